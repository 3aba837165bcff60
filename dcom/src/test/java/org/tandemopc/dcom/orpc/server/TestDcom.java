package org.tandemopc.dcom.orpc.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.ntlm.Accounts;
import org.tandemopc.dcom.ntlm.Leniency;
import org.tandemopc.dcom.ntlm.NtHash;
import org.tandemopc.dcom.ntlm.NtlmAcceptor;
import org.tandemopc.dcom.ntlm.NtlmServerSettings;
import org.tandemopc.dcom.orpc.Activator;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.ObjectCall;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.Thermometer;
import org.tandemopc.dcom.orpc.Thermometer.Alarm;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.FaultLog;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.PortRange;
import org.tandemopc.dcom.rpc.WeakCalls;
import org.tandemopc.testkit.Await;

/** A server on loopback that makes rooms with a thermometer and an alarm, whose time the test moves. */
final class TestDcom implements AutoCloseable {
    static final Guid ROOM = Guid.of("7b1d7f3e-3b57-4b34-9c5c-aa6a5c0a0001");

    /** A class whose objects cannot be made. */
    static final Guid BROKEN = Guid.of("7b1d7f3e-3b57-4b34-9c5c-aa6a5c0a0002");

    /** A class with one object for all, which counts for itself. */
    static final Guid SHARED = Guid.of("7b1d7f3e-3b57-4b34-9c5c-aa6a5c0a0004");

    static final Guid ABSENT = Guid.of("7b1d7f3e-3b57-4b34-9c5c-aa6a5c0a0003");
    static final String PASSWORD = "Secret1!";
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final Accounts ACCOUNTS = (domain, user) ->
            Set.of("opc", "eve").contains(user) ? Optional.of(NtHash.of(PASSWORD.toCharArray())) : Optional.empty();

    final AtomicLong clock = new AtomicLong(1_000_000);
    final AtomicInteger made = new AtomicInteger();
    final AtomicInteger unreferenced = new AtomicInteger();
    final AtomicInteger sharedUnreferenced = new AtomicInteger();
    /** What the server says of its clients. */
    final List<String> log = new CopyOnWriteArrayList<>();

    final List<ObjectCall> calls = new CopyOnWriteArrayList<>();
    final List<Room> rooms = new CopyOnWriteArrayList<>();
    final List<ComObject> objects = new CopyOnWriteArrayList<>();

    /** Done within each activation. */
    volatile Runnable meanwhile = () -> {};

    private final ComObject shared = ComObject.named("shared")
            .with(Thermometer.DEF, new Room())
            .onUnreferenced(sharedUnreferenced::incrementAndGet)
            .build();
    private final DcomServer server;

    /** Strict: integrity, and logins without leniency. */
    static TestDcom strict() throws IOException {
        return new TestDcom(PeerPolicy.strict(), Set.of(), settings -> settings);
    }

    static TestDcom with(UnaryOperator<DcomServerSettings> more) throws IOException {
        return new TestDcom(PeerPolicy.strict(), Set.of(), more);
    }

    /** For clients that can do no more than CONNECT. */
    static TestDcom lenient() throws IOException {
        PeerPolicy policy =
                PeerPolicy.strict().withMinCallLevel(AuthLevel.CONNECT).withMinActivationLevel(AuthLevel.CONNECT);
        return new TestDcom(policy, EnumSet.allOf(Leniency.class), settings -> settings);
    }

    TestDcom(PeerPolicy policy, Set<Leniency> leniencies, UnaryOperator<DcomServerSettings> more) throws IOException {
        NtlmAcceptor acceptor = new NtlmAcceptor(NtlmServerSettings.of("TANDEM").withLeniencies(leniencies), ACCOUNTS);
        DcomServerSettings settings = DcomServerSettings.of(acceptor, policy)
                .at(InetAddress.getLoopbackAddress())
                .withResolverPorts(PortRange.ANY);
        server = new DcomServer(
                more.apply(settings),
                Optional.of(new Rooms()),
                clock::get,
                Names.random(),
                () -> new FaultLog((line, error) -> log.add(line)),
                new WeakCalls(log::add));
    }

    private final class Rooms implements Activator {
        @Override
        public boolean hasClass(Guid clsid) {
            return !clsid.equals(ABSENT);
        }

        @Override
        public Result<ComObject> activate(Guid clsid, List<Guid> iids, ObjectCall call) {
            if (clsid.equals(BROKEN)) {
                throw new IllegalStateException("broken on purpose");
            }
            if (clsid.equals(SHARED)) {
                return Result.ok(shared);
            }
            if (!clsid.equals(ROOM)) {
                return Result.failure(HResult.REGDB_E_CLASSNOTREG);
            }
            calls.add(call);
            meanwhile.run();
            Room room = new Room();
            rooms.add(room);
            ComObject object = ComObject.named("room " + made.incrementAndGet())
                    .with(Thermometer.DEF, room)
                    .with(Alarm.DEF, times -> Result.ok(Nothing.NOTHING))
                    .onUnreferenced(unreferenced::incrementAndGet)
                    .build();
            objects.add(object);
            return Result.ok(object);
        }
    }

    DcomServer server() {
        return server;
    }

    InetSocketAddress resolver() {
        return server.resolverAddresses().getFirst();
    }

    InetSocketAddress objects() {
        return server.objectAddresses().getFirst();
    }

    /** Lets time pass, and the dead be looked for. */
    int pass(Duration time) {
        clock.addAndGet(time.toNanos());
        return server.collect();
    }

    void awaitUnreferenced(int objects) {
        Await.until("objects let go", PATIENCE, () -> unreferenced.get() == objects);
    }

    @Override
    public void close() {
        server.close();
        Await.until("no connections", PATIENCE, () -> server.connections() == 0);
        Await.until("every object let go", PATIENCE, () -> unreferenced.get() == made.get());
    }
}
