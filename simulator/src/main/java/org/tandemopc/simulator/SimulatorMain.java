package org.tandemopc.simulator;

import java.io.IOException;
import java.util.List;
import org.eclipse.milo.opcua.stack.core.Stack;

/** Starts a simulated OPC UA server as a process, in the {@link Foreground}. */
public final class SimulatorMain {
    private static final String USAGE = "usage: --host 127.0.0.1 --port 0 --name A --period-ms 100 --counters 10"
            + " [--watchdogs 2] [--static 10] --control-port 0 --ledger FILE [--policy none,basic256sha256]"
            + " [--user name:password]... [--data DIR] [--application-uri URI] [--extra-namespace-first]"
            + " [--extra-namespace-last]"
            + " [--session-diagnostics] [--omit-node ID]... [--exit-with-stdin] [--no-rate-limit]";
    /** Milo lets four connections a second in from one address: too few for a test with many pairs on one machine. */
    private static final String NO_RATE_LIMIT = "--no-rate-limit";

    private SimulatorMain() {}

    /** Does not return before the server has ended. Exit codes: 0 told to, 1 cannot start, 2 bad usage. */
    public static void main(String[] arguments) throws InterruptedException {
        System.exit(run(arguments));
    }

    /** Runs until the server has ended, in a process that may be another program's. @return the exit code */
    public static int run(String[] arguments) throws InterruptedException {
        return Foreground.run(List.of(arguments), USAGE, SimulatorMain::start);
    }

    private static SimulatedServer start(List<String> words) throws IOException {
        if (words.contains(NO_RATE_LIMIT)) {
            Stack.ConnectionLimits.RATE_LIMIT_ENABLED = false;
        }
        return SimulatedServer.start(SimulatorSettings.parse(
                words.stream().filter(each -> !each.equals(NO_RATE_LIMIT)).toArray(String[]::new)));
    }
}
