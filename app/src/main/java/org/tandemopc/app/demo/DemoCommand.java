package org.tandemopc.app.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.ExitCode;
import org.tandemopc.core.config.ProtocolKind;
import org.tandemopc.core.pair.Mode;

/** {@code tandem demo}. */
public final class DemoCommand {
    private DemoCommand() {}

    /**
     * Runs the demo to its end.
     *
     * @param kind of the servers and the client
     * @param script no screen, also where there is one
     * @param mode cold, warm or hot; empty: all
     * @return the exit code
     */
    public static int run(
            ProtocolKind kind, boolean script, boolean json, String mode, PrintStream out, PrintStream err)
            throws UsageException {
        boolean live = !json && !script && Terminal.isThere();
        List<Mode> modes = modes(mode);
        try {
            Path folder = Files.createTempDirectory("tandem-demo");
            logTo(folder);
            if (!json) {
                out.println("Starting two simulated servers and a pair ...");
            }
            try (DemoWorld world = DemoWorld.start(folder, protocol(kind))) {
                run(world, live, json, modes, out);
            }
            return ExitCode.OK;
        } catch (IOException | IllegalStateException e) {
            err.println("tandem: " + e.getMessage());
            return ExitCode.FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.FAILED;
        }
    }

    private static void run(DemoWorld world, boolean live, boolean json, List<Mode> modes, PrintStream out)
            throws IOException, InterruptedException {
        if (live) {
            new LiveDemo(world, out).run(modes.size() == 1 ? modes.getFirst() : Mode.HOT);
        } else {
            new ScriptedDemo(world, out, json).run(modes);
        }
    }

    private static DemoProtocol protocol(ProtocolKind kind) throws IOException {
        return switch (kind) {
            case OPC_UA -> new UaDemo();
            case OPC_DA -> new DaDemo();
        };
    }

    private static List<Mode> modes(String wanted) throws UsageException {
        if (wanted.isEmpty()) {
            return Arrays.asList(Mode.values());
        }
        return Arrays.stream(Mode.values())
                .filter(m -> DemoWorld.name(m).equals(wanted))
                .findFirst()
                .map(List::of)
                .orElseThrow(() -> new UsageException("There is no mode '" + wanted + "': cold, warm or hot."));
    }

    /** The screen is for the demo: what the service logs goes to a file. Before the first logger is made. */
    private static void logTo(Path folder) {
        System.setProperty("tandem.demo.log", folder.resolve("tandem.log").toString());
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "logback-demo.xml");
        }
    }
}
