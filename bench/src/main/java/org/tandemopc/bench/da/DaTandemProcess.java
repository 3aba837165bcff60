package org.tandemopc.bench.da;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tandemopc.bench.world.LoopbackAddress;
import org.tandemopc.bench.world.Profiler;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.PortPicker;
import org.tandemopc.testkit.process.TestFolder;
import org.tandemopc.testkit.process.TestProcess;

/** {@link DaTandem} in a process of its own, with the JVM settings of {@code ./tandem}. One thread at a time. */
final class DaTandemProcess implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofSeconds(60);
    /** Undo what keeps the JVMs of tests small: the product runs as its command starts it. */
    private static final List<String> PRODUCT_FLAGS =
            List.of("-XX:-UseSerialGC", "-XX:+UseG1GC", "-XX:TieredStopAtLevel=4");

    private final TestFolder folder = new TestFolder("da-tandem");
    private final String name;
    private final InetAddress address;
    private final TestProcess process;

    /**
     * What Tandem says of a pair.
     *
     * @param active the member that serves; -1: none
     * @param areReady whether both could
     * @param troubles how often a member was lost or a switch failed so far
     */
    record State(String phase, int active, boolean areReady, int troubles) {
        boolean isServing() {
            return phase.equals("serving");
        }
    }

    /**
     * Starts it and waits until every pair serves and could switch.
     *
     * @param levels a pair for each, whose members are called at it
     * @throws IOException there is no address with a port 135 for it
     */
    static DaTandemProcess start(
            Mode mode, Duration interval, Duration timeout, List<DaServerProcess> members, AuthLevel... levels)
            throws IOException {
        DaTandemProcess tandem = new DaTandemProcess(mode, interval, timeout, members, List.of(levels));
        try {
            String unused = tandem.process.awaitLine("READY", START_MAX);
            for (AuthLevel level : levels) {
                tandem.awaitReady(level);
            }
            Profiler.begin(tandem.pid());
            return tandem;
        } catch (AssertionError e) {
            tandem.close();
            throw e;
        }
    }

    private DaTandemProcess(
            Mode mode, Duration interval, Duration timeout, List<DaServerProcess> members, List<AuthLevel> levels)
            throws IOException {
        name = "da-" + mode.name();
        address = LoopbackAddress.free();
        List<String> arguments = new ArrayList<>(List.of(
                folder.path().resolve("data").toString(),
                mode.name(),
                String.valueOf(interval.toMillis()),
                String.valueOf(timeout.toMillis()),
                address.getHostAddress(),
                String.valueOf(PortPicker.pick()),
                String.valueOf(PortPicker.pick()),
                String.join(",", members.stream().map(DaServerProcess::address).toList())));
        levels.forEach(level -> arguments.add(level.name()));
        process = TestProcess.startJava(
                "tandem", folder.path().resolve("errors.txt"), PRODUCT_FLAGS, DaTandem.class.getName(), arguments);
    }

    /** Until the pair serves, and both members could. */
    void awaitReady(AuthLevel level) {
        Await.until(
                "the pair of " + level + " is ready",
                START_MAX,
                () -> state(level).isServing() && state(level).areReady());
    }

    State state(AuthLevel level) {
        process.take("state");
        process.send("state " + DaTandem.pair(level).name());
        String[] words = process.awaitLine("state", START_MAX).split(" ");
        return new State(
                words[1],
                Integer.parseInt(words[2]),
                Arrays.asList(words).subList(3, 5).stream().allMatch(Boolean::parseBoolean),
                Integer.parseInt(words[5]));
    }

    String address() {
        return address.getHostAddress();
    }

    long pid() {
        return process.pid();
    }

    /** What it printed, for messages. */
    String log() {
        return process.log();
    }

    @Override
    public void close() {
        Profiler.end(pid(), name);
        process.close();
        folder.close();
    }
}
