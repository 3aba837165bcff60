package org.tandemopc.simulator;

import java.io.IOException;
import java.util.List;
import org.eclipse.milo.opcua.stack.core.Stack;

/**
 * Starts a simulated server as a process. Prints one line when it serves ({@code READY url=… control=… pid=…}), logs to
 * standard error, and takes the commands of the fault console on standard input (answers go to standard error).
 */
public final class SimulatorMain {
    private static final String USAGE = "usage: --host 127.0.0.1 --port 0 --name A --period-ms 100 --counters 10"
            + " [--watchdogs 2] [--static 10] --control-port 0 --ledger FILE [--policy none,basic256sha256]"
            + " [--user name:password]... [--data DIR] [--application-uri URI] [--extra-namespace-first]"
            + " [--extra-namespace-last]"
            + " [--omit-node ID]... [--exit-with-stdin] [--no-rate-limit]";
    private static final String EXIT_WITH_STDIN = "--exit-with-stdin";
    /** Milo lets four connections a second in from one address: too few for a test with many pairs on one machine. */
    private static final String NO_RATE_LIMIT = "--no-rate-limit";

    private SimulatorMain() {}

    /** Does not return before the server has ended. Exit codes: 0 told to, 1 cannot start, 2 bad usage. */
    public static void main(String[] arguments) throws InterruptedException {
        System.exit(run(arguments));
    }

    /** Runs until the server has ended, in a process that may be another program's. @return the exit code */
    public static int run(String[] arguments) throws InterruptedException {
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "org/tandemopc/simulator/logback-simulator.xml");
        }
        List<String> words = List.of(arguments);
        boolean exitWithStdin = words.contains(EXIT_WITH_STDIN);
        if (words.contains(NO_RATE_LIMIT)) {
            Stack.ConnectionLimits.RATE_LIMIT_ENABLED = false;
        }
        SimulatorSettings settings;
        try {
            settings = SimulatorSettings.parse(words.stream()
                    .filter(each -> !each.equals(EXIT_WITH_STDIN) && !each.equals(NO_RATE_LIMIT))
                    .toArray(String[]::new));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(USAGE);
            return 2;
        }
        try (SimulatedServer server = SimulatedServer.start(settings)) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> closeQuietly(server)));
            System.out.println("READY url=" + server.url() + " control=" + server.controlPort() + " pid="
                    + ProcessHandle.current().pid());
            Thread.ofPlatform().daemon().name("console").start(() -> converse(server, exitWithStdin));
            server.awaitExit();
            return 0;
        } catch (IOException e) {
            System.err.println(e.getMessage());
            return 1;
        }
    }

    private static void converse(SimulatedServer server, boolean exitWithStdin) {
        try {
            ControlPort.converse(new FaultConsole(server), System.in, System.err);
        } catch (IOException e) {
            System.err.println("console: " + e.getMessage());
        }
        if (exitWithStdin) {
            server.requestExit();
        }
    }

    private static void closeQuietly(SimulatedServer server) {
        try {
            server.close();
        } catch (IOException e) {
            System.err.println("closing: " + e.getMessage());
        }
    }
}
