package org.tandemopc.testkit.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.tandemopc.testkit.Await;

/**
 * A simulated OPC UA server in its own process, which can be killed, frozen and started again on the same port. Needs
 * the simulator on the class path of the test. One thread at a time.
 */
public final class ServerProcess implements MemberProcess {
    private static final String MAIN = "org.tandemopc.simulator.SimulatorMain";
    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final Pattern READY = Pattern.compile("READY url=(\\S+:(\\d+)/\\S*) control=(\\d+) pid=(\\d+)");

    private final TestFolder folder;
    private final String name;
    private final List<String> jvmFlags;
    private List<String> options;
    private TestProcess process;
    private String url = "";
    private int port;
    private int controlPort;

    private ServerProcess(String name, List<String> jvmFlags, List<String> options) {
        this.folder = new TestFolder("server-" + name);
        this.name = name;
        this.jvmFlags = jvmFlags;
        this.options = options;
        this.process = launch(0);
    }

    /** Starts a server with these options of the simulator and waits until it serves. */
    public static ServerProcess start(String name, String... options) {
        return start(name, List.of("-Xmx256m"), options);
    }

    public static ServerProcess start(String name, List<String> jvmFlags, String... options) {
        ServerProcess server = launchOnly(name, jvmFlags, options);
        server.awaitReady();
        return server;
    }

    /** Starts without waiting, so that several can start at the same time; {@link #awaitReady()} must follow. */
    public static ServerProcess launchOnly(String name, List<String> jvmFlags, String... options) {
        return new ServerProcess(name, jvmFlags, List.of(options));
    }

    private TestProcess launch(int wantedPort) {
        List<String> arguments = new ArrayList<>(List.of(
                "--name",
                name,
                "--port",
                String.valueOf(wantedPort),
                "--ledger",
                ledgerFile().toString(),
                "--data",
                folder.path().toString(),
                "--exit-with-stdin"));
        arguments.addAll(options);
        return TestProcess.startJava("server " + name, folder.path().resolve("errors.txt"), jvmFlags, MAIN, arguments);
    }

    @Override
    public void awaitReady() {
        String line = process.awaitLine("READY ", START_MAX);
        Matcher ready = READY.matcher(line);
        if (!ready.matches()) {
            throw new AssertionError("not a READY line: " + line);
        }
        url = ready.group(1);
        port = Integer.parseInt(ready.group(2));
        controlPort = Integer.parseInt(ready.group(3));
    }

    public String name() {
        return name;
    }

    @Override
    public String url() {
        return url;
    }

    public int port() {
        return port;
    }

    public int controlPort() {
        return controlPort;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    // ---- faults

    @Override
    public void kill() {
        process.signal(Posix.Signal.KILL);
    }

    @Override
    public void announceStop() {
        var unused = command("shutdown 1");
    }

    /** SIGTERM: the server closes its connections and ends. */
    @Override
    public void terminate() {
        process.signal(Posix.Signal.TERM);
    }

    @Override
    public void freeze() {
        process.freeze();
    }

    @Override
    public void thaw() {
        process.signal(Posix.Signal.CONT);
    }

    /** Ends the old process first if it lives. */
    @Override
    public void restart() {
        relaunch();
        awaitReady();
    }

    /** {@link #restart()} without waiting; {@link #awaitReady()} must follow. */
    public void relaunch() {
        process.close();
        process = launch(port);
    }

    /** {@link #restart()} on the same port of another address of this machine. */
    public void restartAt(String host) {
        process.close();
        options = Stream.concat(options.stream(), Stream.of("--host", host)).toList();
        process = launch(port);
        awaitReady();
    }

    /** {@link #restart()} with other options of the simulator than those that it was started with. */
    public void restartWith(String... others) {
        process.close();
        options = List.of(others);
        process = launch(port);
        awaitReady();
    }

    @Override
    public void awaitEnd(Duration atMost) {
        Await.until("server " + name + " has ended", atMost, () -> !process.isAlive());
    }

    /** A command of the fault console; see the simulator's {@code help}. */
    public List<String> command(String line) {
        return ControlClient.send(controlPort, line);
    }

    // ---- figures

    /** A number of the console's {@code stats}. */
    public long stat(String key) {
        String stats = command("stats").get(0);
        Matcher matcher = Pattern.compile("\"" + key + "\":(\\d+)").matcher(stats);
        if (!matcher.find()) {
            throw new AssertionError("no " + key + " in " + stats);
        }
        return Long.parseLong(matcher.group(1));
    }

    @Override
    public List<LedgerEntry> ledger() {
        return LedgerEntry.readAll(ledgerFile());
    }

    /** Where the ledger is; another server can be started with {@code --ledger} and this, to go on with it. */
    public Path ledgerFile() {
        return folder.path().resolve("ledger.jsonl");
    }

    /** Output of the process, for messages. */
    public String log() {
        return process.log();
    }

    @Override
    public void close() {
        process.close();
        folder.close();
    }
}
