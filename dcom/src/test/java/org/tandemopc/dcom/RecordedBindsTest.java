package org.tandemopc.dcom;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.dcom.ntlm.NtlmAcceptor;
import org.tandemopc.dcom.ntlm.RecordedServer;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.CallContext;
import org.tandemopc.dcom.rpc.InterfaceTable;
import org.tandemopc.dcom.rpc.PduTap;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.PortRange;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.dcom.rpc.RpcHandler;
import org.tandemopc.dcom.rpc.RpcInterface;
import org.tandemopc.dcom.rpc.RpcServer;
import org.tandemopc.dcom.rpc.RpcStatus;
import org.tandemopc.dcom.rpc.SecurityMechanism;
import org.tandemopc.dcom.rpc.ServerLimits;
import org.tandemopc.dcom.rpc.ServerPolicy;
import org.tandemopc.dcom.rpc.SyntaxId;
import org.tandemopc.dcom.vectors.Replay;
import org.tandemopc.dcom.vectors.VectorFile;

/**
 * smbtorture's rpc.bind, replayed whole to a server of this module: NTLM and SPNEGO with their MICs, signed and sealed, little and
 * big endian, the login and the calls under it.
 */
@Timeout(120)
class RecordedBindsTest {
    private static final int CLOSE = 0;
    private static final int OPEN_POLICY_2 = 44;
    private static final int FAULT = 3;
    private static final int FAULT_STATUS_AT = 24;
    private static final int HANDLE_BYTES = 20;

    private final AtomicReference<Instant> clock = new AtomicReference<>(Instant.EPOCH);
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final RpcServer server =
            new RpcServer(new Policy(), InterfaceTable.of(new Lsarpc()), ServerLimits.defaults(), PduTap.NONE);
    private final InetSocketAddress address;

    RecordedBindsTest() throws IOException {
        address = server.listen(InetAddress.getLoopbackAddress(), PortRange.ANY);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** What the recorded client asks for: a handle, which can be closed once. */
    private final class Lsarpc implements RpcInterface {
        private boolean isOpen;

        @Override
        public SyntaxId syntax() {
            return SyntaxId.of("12345778-1234-abcd-ef00-0123456789ab", 0, 0);
        }

        @Override
        public @Nullable RpcHandler operation(int opnum) {
            return switch (opnum) {
                case OPEN_POLICY_2 -> this::open;
                case CLOSE -> this::close;
                default -> null;
            };
        }

        private Bytes open(CallContext call, Bytes stub) {
            calls.add("open as %s at %s, %s".formatted(call.principal().user(), call.level(), call.order()));
            isOpen = true;
            return new ByteWriter().zeros(HANDLE_BYTES).i32(0).toBytes();
        }

        private Bytes close(CallContext call, Bytes stub) throws RpcFaultException {
            calls.add("close");
            if (!isOpen) {
                throw new RpcFaultException(RpcStatus.CONTEXT_MISMATCH);
            }
            isOpen = false;
            return new ByteWriter().zeros(HANDLE_BYTES).i32(0).toBytes();
        }
    }

    private final class Policy implements ServerPolicy {
        private final NtlmAcceptor acceptor = RecordedServer.acceptor(Set.of(), clock::get);

        @Override
        public @Nullable SecurityMechanism acceptor(int authType, AuthLevel level, InetSocketAddress client) {
            return acceptor.accept(authType, level);
        }

        @Override
        public PeerPolicy peer(InetSocketAddress client) {
            return PeerPolicy.strict();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ntlm-sign",
                "ntlm-seal",
                "be-ntlm-sign",
                "be-ntlm-seal",
                "spnego-sign",
                "spnego-seal",
                "be-spnego-sign",
                "be-spnego-seal"
            })
    void sambasLoginAndCallsAreVerified(String kind) throws Exception {
        String prefix = "samba/bind-" + kind;
        String leg = kind.contains("spnego") ? "-02-alter-context-lsarpc" : "-02-auth3";
        try (Replay samba = new Replay(address, clock::set)) {
            samba.replay(
                    prefix + "-01-bind-lsarpc",
                    prefix + leg,
                    prefix + "-03-req-lsarpc-openpolicy2",
                    prefix + "-04-req-lsarpc-close");
            // what is closed already cannot be closed: samba asks for that fault
            samba.send(VectorFile.named(prefix + "-05-req-lsarpc-close").pdu());
            isFault(samba.received(), RpcStatus.CONTEXT_MISMATCH);
        }
        AuthLevel level = kind.endsWith("seal") ? AuthLevel.PKT_PRIVACY : AuthLevel.PKT_INTEGRITY;
        ByteOrder order = kind.startsWith("be") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        assertThat(calls).containsExactly("open as opc at %s, %s".formatted(level, order), "close", "close");
    }

    /** The control: a call out of its order under the same keys is not taken. */
    @Test
    void aCallOutOfItsOrderIsNotTaken() throws Exception {
        try (Replay samba = new Replay(address, clock::set)) {
            samba.replay("samba/bind-ntlm-sign-01-bind-lsarpc", "samba/bind-ntlm-sign-02-auth3");
            samba.send(
                    VectorFile.named("samba/bind-ntlm-sign-04-req-lsarpc-close").pdu());
            isFault(samba.received(), RpcStatus.SECURITY_PACKAGE_ERROR);
        }
        assertThat(calls).isEmpty();
    }

    private static void isFault(byte[] pdu, int status) {
        assertThat((int) pdu[2]).isEqualTo(FAULT);
        assertThat(ByteBuffer.wrap(pdu).order(ByteOrder.LITTLE_ENDIAN).getInt(FAULT_STATUS_AT))
                .isEqualTo(status);
    }
}
