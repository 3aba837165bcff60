package org.tandemopc.dcom.rpc;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.vectors.Hostile;
import org.tandemopc.dcom.vectors.VectorFile;

/** What anybody may ask without a login, cut and changed anywhere: an answer, a fault, or a refusal of the stub. */
class HostileQuestionsTest {
    private static final SyntaxId SYNTAX = SyntaxId.of("11111111-2222-3333-4444-555555555501", 1, 4);
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    private enum Order {
        LITTLE(ByteOrder.LITTLE_ENDIAN),
        BIG(ByteOrder.BIG_ENDIAN);

        private final ByteOrder order;

        Order(ByteOrder order) {
            this.order = order;
        }
    }

    /** Nobody, who asks. */
    private record Stranger(ByteOrder order, AssociationGroup group) implements CallContext {
        @Override
        public Principal principal() {
            return Principal.ANONYMOUS;
        }

        @Override
        public CallProtection protection() {
            return CallProtection.NONE;
        }

        @Override
        public SyntaxId abstractSyntax() {
            return EndpointMapper.SYNTAX;
        }

        @Override
        public int opnum() {
            return 0;
        }

        @Override
        public @Nullable Guid object() {
            return null;
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public void ifUnanswered(Runnable undo) {
            // all are answered here
        }

        @Override
        public RpcConnection connection() {
            throw new IllegalStateException("there is none");
        }

        @Override
        public InetSocketAddress localAddress() {
            return new InetSocketAddress(HERE, 135);
        }
    }

    private final EndpointMapper mapper = new EndpointMapper(() -> List.of(
            EndpointMapper.Endpoint.of(SYNTAX, 4711, "one"), EndpointMapper.Endpoint.of(SYNTAX, 4712, "another")));

    private final AssociationGroup group = new AssociationGroup(1, HERE);

    private Hostile.Decoder asked(int opnum, ByteOrder order) {
        RpcHandler handler = Objects.requireNonNull(mapper.operation(opnum));
        return octets -> {
            try {
                return handler.handle(new Stranger(order, group), Bytes.of(octets));
            } catch (RpcFaultException e) {
                return e;
            }
        };
    }

    private static void tower(ByteWriter out) {
        Bytes octets = Tower.tcp(SYNTAX, 0, HERE).write();
        out.u32(octets.size(), "max_count")
                .u32(octets.size(), "tower_length")
                .bytes(octets)
                .align(4);
    }

    @ParameterizedTest
    @EnumSource(Order.class)
    void ofThePortOfAnInterface(Order order) {
        ByteWriter in = new ByteWriter().order(order.order).i32(1);
        Guid.NULL.write(in);
        tower(in.i32(2));
        Hostile.survives(in.zeros(20).u32(3, "max_towers").toArray(), asked(3, order.order));
    }

    @Test
    void ofThePortAsSambaAsks() {
        byte[] recorded =
                VectorFile.named("samba/rpcclient-1-03-req-epmapper-ept-map").stub();
        Hostile.survives(recorded, asked(3, ByteOrder.LITTLE_ENDIAN));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void ofWhatIsRegistered(int inquiry) {
        ByteWriter in = new ByteWriter().i32(inquiry).i32(1);
        Guid.NULL.write(in);
        SYNTAX.uuid().write(in.i32(2));
        in.u16(1, "major").u16(0, "minor").i32(2).zeros(20).u32(2, "max_ents");
        Hostile.survives(in.toArray(), asked(2, ByteOrder.LITTLE_ENDIAN));
    }

    @Test
    void ofTheEndOfALookup() {
        Hostile.survives(new ByteWriter().zeros(20).toArray(), asked(4, ByteOrder.LITTLE_ENDIAN));
    }

    /** And the answer, which a client reads. */
    @ParameterizedTest
    @EnumSource(Order.class)
    void andTheirAnswers(Order order) {
        ByteWriter out = new ByteWriter().order(order.order).zeros(20);
        out.u32(2, "num_towers")
                .u32(4, "max_count")
                .u32(0, "offset")
                .u32(2, "actual_count")
                .i32(4)
                .i32(8);
        tower(out);
        tower(out);
        Hostile.survives(
                out.i32(0).toArray(), octets -> EndpointMapper.port(new RpcAnswer(Bytes.of(octets), order.order)));
    }

    /** Which takes numbers and a name, or nothing. */
    @Test
    void ofManagement() {
        try (RpcServer server = new RpcServer(
                TestServer.policy(AuthLevel.NONE), InterfaceTable.of(), ServerLimits.defaults(), PduTap.NONE)) {
            Management management = new Management(server);
            for (int opnum : new int[] {1, 4}) {
                RpcHandler handler = Objects.requireNonNull(management.operation(opnum));
                Hostile.survives(new ByteWriter().i32(4).i32(20).toArray(), octets -> {
                    try {
                        return handler.handle(new Stranger(ByteOrder.LITTLE_ENDIAN, group), Bytes.of(octets));
                    } catch (RpcFaultException e) {
                        throw new MalformedException("of a test", "stub", 0, String.valueOf(e.getMessage()));
                    }
                });
            }
        }
    }
}
