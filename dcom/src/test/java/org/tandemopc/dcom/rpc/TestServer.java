package org.tandemopc.dcom.rpc;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.testkit.Await;

/** A server with two interfaces to try RPC on, and nothing of it left when it is closed. */
final class TestServer implements AutoCloseable {
    static final SyntaxId FORWARD = SyntaxId.of("11111111-2222-3333-4444-555555555501", 1, 4);
    static final SyntaxId BACKWARD = SyntaxId.of("11111111-2222-3333-4444-555555555502", 0, 0);
    static final SyntaxId ABSENT = SyntaxId.of("11111111-2222-3333-4444-555555555503", 0, 0);

    static final int ECHO = 0;
    static final int TELL = 1;
    static final int WAIT = 2;
    static final int FAULT = 3;
    static final int MAKE = 4;
    static final int BAD_STUB = 5;
    static final int BREAK = 6;
    static final int BREAK_HARD = 7;

    /** As {@link #WAIT}, with something to be undone; what it undid is counted. */
    static final int GIVE = 8;

    static final String KEY = "secret";
    static final Duration PATIENCE = Duration.ofSeconds(20);

    /** A call that waits until the test lets it go. */
    static final class Gate {
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch open = new CountDownLatch(1);
        private volatile @Nullable CallContext call;

        CallContext entered() {
            await(entered);
            CallContext inside = call;
            if (inside == null) {
                throw new AssertionError("nobody came");
            }
            return inside;
        }

        boolean hasBeenEntered() {
            return entered.getCount() == 0;
        }

        void open() {
            open.countDown();
        }

        private void pass(CallContext context) {
            call = context;
            entered.countDown();
            await(open);
        }

        private static void await(CountDownLatch latch) {
            try {
                if (!latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                    throw new AssertionError("nobody opened");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
    }

    final AtomicInteger undone = new AtomicInteger();

    /** Which did the last {@link #ECHO}. */
    final AtomicReference<@Nullable Thread> echoed = new AtomicReference<>();

    private final Map<Integer, Gate> gates = new ConcurrentHashMap<>();
    private final RpcServer server;
    private final InetSocketAddress address;

    TestServer(ServerLimits limits, ServerPolicy policy, PduTap tap) throws IOException {
        RpcInterface forward = new Operations(FORWARD);
        RpcInterface backward = new Operations(BACKWARD);
        server = new RpcServer(policy, InterfaceTable.of(forward, backward), limits, tap);
        address = server.listen(InetAddress.getLoopbackAddress(), PortRange.ANY);
    }

    /** Open to all. */
    static TestServer open() throws IOException {
        return new TestServer(ServerLimits.defaults(), policy(AuthLevel.NONE), PduTap.NONE);
    }

    static TestServer with(ServerLimits limits) throws IOException {
        return new TestServer(limits, policy(AuthLevel.NONE), PduTap.NONE);
    }

    /** Knows the toy logins, and asks for a level. */
    static ServerPolicy policy(AuthLevel least) {
        return new ServerPolicy() {
            @Override
            public @Nullable SecurityMechanism acceptor(int authType, AuthLevel level, InetSocketAddress client) {
                return authType == ToySecurity.THREE_LEGS || authType == ToySecurity.FOUR_LEGS
                        ? ToySecurity.server(authType, KEY)
                        : null;
            }

            @Override
            public PeerPolicy peer(InetSocketAddress client) {
                return PeerPolicy.strict().withMinCallLevel(least);
            }
        };
    }

    InetSocketAddress address() {
        return address;
    }

    RpcServer server() {
        return server;
    }

    /** Each number is one gate, passed by the calls of {@link #WAIT} that name it. */
    Gate gate(int number) {
        return gates.computeIfAbsent(number, ignored -> new Gate());
    }

    static Bytes number(long number) {
        return new ByteWriter().u32(number, "number").toBytes();
    }

    /** Octets that differ from place to place. */
    static Bytes octets(int count) {
        byte[] octets = new byte[count];
        for (int i = 0; i < count; i++) {
            octets[i] = (byte) (i * 31 + i / 251);
        }
        return Bytes.of(octets);
    }

    static Bytes reversed(Bytes stub) {
        byte[] octets = new byte[stub.size()];
        for (int i = 0; i < octets.length; i++) {
            octets[i] = stub.at(octets.length - 1 - i);
        }
        return Bytes.of(octets);
    }

    static Deadline soon() {
        return Deadline.after(PATIENCE);
    }

    static ClientOptions lenient() {
        return ClientOptions.defaults(PeerPolicy.strict().withMinCallLevel(AuthLevel.NONE));
    }

    RpcClient client() throws Exception {
        return client(lenient());
    }

    RpcClient client(ClientOptions options) throws Exception {
        return RpcClient.connect(address, FORWARD, null, options, soon());
    }

    RpcClient client(int authType, AuthLevel level) throws Exception {
        Login login = new Login(ToySecurity.client(authType, "ann", KEY), level);
        return RpcClient.connect(address, FORWARD, login, ClientOptions.defaults(PeerPolicy.strict()), soon());
    }

    private final class Operations implements RpcInterface {
        private final SyntaxId syntax;

        Operations(SyntaxId syntax) {
            this.syntax = syntax;
        }

        @Override
        public SyntaxId syntax() {
            return syntax;
        }

        @Override
        public @Nullable RpcHandler operation(int opnum) {
            return switch (opnum) {
                case ECHO ->
                    (call, stub) -> {
                        echoed.set(Thread.currentThread());
                        return syntax.equals(FORWARD) ? stub : reversed(stub);
                    };
                case TELL ->
                    (call, stub) -> ToySecurity.text(String.join(
                            " ",
                            call.principal().user(),
                            call.level().toString(),
                            call.order().toString(),
                            String.valueOf(call.object())));
                case WAIT ->
                    (call, stub) -> {
                        gate(stub.reader().order(call.order()).i32("gate")).pass(call);
                        return stub;
                    };
                case FAULT ->
                    (call, stub) -> {
                        throw new RpcFaultException(stub.reader().i32("status"));
                    };
                case MAKE -> (call, stub) -> octets(stub.reader().i32("count"));
                case BAD_STUB ->
                    (call, stub) -> {
                        throw new MalformedException("of a test", "field", 0, "is bad");
                    };
                case BREAK ->
                    (call, stub) -> {
                        throw new IllegalStateException("broken on purpose");
                    };
                case BREAK_HARD ->
                    (call, stub) -> {
                        throw new StackOverflowError("broken on purpose");
                    };
                case GIVE ->
                    (call, stub) -> {
                        call.ifUnanswered(undone::incrementAndGet);
                        call.ifUnanswered(() -> {
                            throw new IllegalStateException("broken on purpose");
                        });
                        call.ifUnanswered(undone::incrementAndGet);
                        int gate = stub.reader().order(call.order()).i32("gate");
                        gate(Math.abs(gate)).pass(call);
                        if (gate < 0) {
                            throw new RpcFaultException(RpcStatus.ACCESS_DENIED);
                        }
                        return stub;
                    };
                default -> null;
            };
        }
    }

    void awaitNoConnections() {
        Await.until("no connections", PATIENCE, () -> server.connections() == 0);
        Await.until("no octets kept", PATIENCE, () -> server.bufferedBytes() == 0);
        Await.until("no groups", PATIENCE, () -> server.groups().size() == 0);
    }

    /** Waits until nothing is left: no connection, no memory, no thread. */
    @Override
    public void close() {
        gates.values().forEach(Gate::open);
        server.close();
        awaitNoConnections();
        Await.until("no threads", PATIENCE, () -> threads().isEmpty());
    }

    /** Virtual threads are in no list but the dump of the JVM. */
    static List<String> threads() {
        try {
            Path dump = Files.createTempDirectory("threads").resolve("dump");
            ManagementFactory.getPlatformMXBean(com.sun.management.HotSpotDiagnosticMXBean.class)
                    .dumpThreads(
                            dump.toString(), com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
            List<String> ours = Files.readAllLines(dump).stream()
                    .filter(line -> line.startsWith("#") && line.contains("\"dcom-"))
                    .toList();
            Files.delete(dump);
            Files.delete(dump.getParent());
            return ours;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
