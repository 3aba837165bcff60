package org.tandemopc.simulator.da;

import java.util.List;
import org.tandemopc.simulator.Foreground;

/** Starts a simulated OPC DA server as a process, in the {@link Foreground}. */
public final class DaSimulatorMain {
    private DaSimulatorMain() {}

    /** Does not return before the server has ended. Exit codes: 0 told to, 1 cannot start, 2 bad usage. */
    public static void main(String[] arguments) throws InterruptedException {
        System.exit(run(arguments));
    }

    /** Runs until the server has ended, in a process that may be another program's. @return the exit code */
    public static int run(String[] arguments) throws InterruptedException {
        return Foreground.run(
                List.of(arguments),
                DaSimulatorOptions.USAGE,
                words -> DaSimulatorProcess.start(DaSimulatorOptions.parse(words)));
    }
}
