package org.tandemopc.bench.da;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.tandemopc.bench.world.LoopbackAddress;
import org.tandemopc.bench.world.Profiler;
import org.tandemopc.testkit.process.PortPicker;
import org.tandemopc.testkit.process.Posix;
import org.tandemopc.testkit.process.TestFolder;
import org.tandemopc.testkit.process.TestProcess;

/** {@link DaServers} in a process of its own, which can be killed, frozen and started again where it was. One thread at a time. */
final class DaServerProcess implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofSeconds(60);
    /** As fast as the JVM makes them: here the servers are a part of what is measured. */
    private static final List<String> FLAGS = List.of("-Xmx1g", "-XX:TieredStopAtLevel=4");

    private final TestFolder folder = new TestFolder("da-server");
    private final String name;
    private final InetAddress address;
    private final List<String> arguments;
    private TestProcess process;

    private DaServerProcess(String name, InetAddress address, List<String> arguments) {
        this.name = name;
        this.address = address;
        this.arguments = arguments;
        this.process = launch();
    }

    /**
     * One server that takes signed calls only. Started without waiting; {@link #awaitReady()} must follow.
     *
     * @throws IOException there is no address with a port 135 for it
     */
    static DaServerProcess strict(String name, int periodMs, int counters) throws IOException {
        InetAddress address = LoopbackAddress.free();
        return new DaServerProcess(
                name,
                address,
                List.of(
                        DaServers.STRICT,
                        String.valueOf(periodMs),
                        String.valueOf(counters),
                        address.getHostAddress() + "," + PortPicker.pick()));
    }

    /**
     * Takes Utgard, too. With it in the same process is one that is reached through a proxy only.
     *
     * @param behind where the other one listens
     * @param behindPort its port of objects
     * @param proxy what the other one tells its clients
     */
    static DaServerProcess forgiving(
            String name, int periodMs, int counters, InetAddress behind, int behindPort, InetAddress proxy)
            throws IOException {
        InetAddress address = LoopbackAddress.free();
        List<String> arguments = new ArrayList<>(List.of(
                DaServers.FORGIVING,
                String.valueOf(periodMs),
                String.valueOf(counters),
                address.getHostAddress() + "," + PortPicker.pick(),
                behind.getHostAddress() + "," + behindPort + "," + proxy.getHostAddress()));
        return new DaServerProcess(name, address, arguments);
    }

    private TestProcess launch() {
        return TestProcess.startJava(
                "DA server " + name, folder.path().resolve("errors.txt"), FLAGS, DaServers.class.getName(), arguments);
    }

    void awaitReady() {
        String unused = process.awaitLine("READY", START_MAX);
        Profiler.begin(process.pid());
    }

    String name() {
        return name;
    }

    String address() {
        return address.getHostAddress();
    }

    long pid() {
        return process.pid();
    }

    /** Items in all groups of all clients, and of all servers of the process. */
    int items() {
        process.take("stats");
        process.send("stats");
        return Integer.parseInt(process.awaitLine("stats", START_MAX).split(" ")[1]);
    }

    void kill() {
        process.signal(Posix.Signal.KILL);
    }

    void freeze() {
        process.signal(Posix.Signal.STOP);
    }

    void thaw() {
        process.signal(Posix.Signal.CONT);
    }

    /** Ends the old process first if it lives. {@link #awaitReady()} must follow. */
    void relaunch() {
        process.close();
        process = launch();
    }

    @Override
    public void close() {
        Profiler.end(process.pid(), "da-server-" + name);
        process.close();
        folder.close();
    }
}
