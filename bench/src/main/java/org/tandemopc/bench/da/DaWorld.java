package org.tandemopc.bench.da;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.dcom.orpc.server.DcomServer;
import org.tandemopc.dcom.orpc.server.DcomServerSettings;
import org.tandemopc.dcom.rpc.PortRange;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.PortPicker;

/** Two simulated servers that count in step, and a door for callbacks to clients in this process. Ends with all of it. */
final class DaWorld implements AutoCloseable {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final List<DaServerProcess> servers;
    private final DcomServer sinks;
    private final int periodMs;

    private DaWorld(List<DaServerProcess> servers, DcomServer sinks, int periodMs) {
        this.servers = servers;
        this.sinks = sinks;
        this.periodMs = periodMs;
    }

    static DaWorld start(int periodMs, int counters) throws IOException {
        DcomServer sinks = DcomServer.startWithoutClasses(DcomServerSettings.of(DaLogins.strict())
                .at(InetAddress.ofLiteral("127.0.0.1"))
                .withResolverPorts(PortRange.only(PortPicker.pick()))
                .withOnePort());
        DaWorld world = new DaWorld(
                List.of(
                        DaServerProcess.strict("A", periodMs, counters),
                        DaServerProcess.strict("B", periodMs, counters)),
                sinks,
                periodMs);
        try {
            world.servers.forEach(DaServerProcess::awaitReady);
            return world;
        } catch (AssertionError e) {
            world.close();
            throw e;
        }
    }

    DaServerProcess server(int member) {
        return servers.get(member);
    }

    /** Hot, with one pair at the level of {@link DaSubscriber}. */
    DaTandemProcess tandem(Duration interval, Duration timeout) throws IOException {
        return DaTandemProcess.start(Mode.HOT, interval, timeout, servers, DaSubscriber.LEVEL);
    }

    DcomServer sinks() {
        return sinks;
    }

    int periodMs() {
        return periodMs;
    }

    /** The tick that runs. */
    long tick() {
        return System.currentTimeMillis() / periodMs;
    }

    /** Until the server has so many items in groups of whichever clients. */
    void awaitItems(int member, int items) {
        Await.until(
                "server " + servers.get(member).name() + " has " + items + " items",
                LONG,
                () -> servers.get(member).items() >= items);
    }

    /** Lets time pass: here it is what is measured, not what is waited for. */
    static void pass(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        Await.until("time passes", time.plus(LONG), () -> System.nanoTime() - end >= 0);
    }

    @Override
    public void close() {
        servers.forEach(DaServerProcess::close);
        sinks.close();
    }
}
