package org.tandemopc.app.command;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.ExitCode;

/** {@code tandem open}: the console's address, shown and opened (ADM-2). */
final class OpenCommand implements Command {
    private static final String PRINT = "--print";

    @Override
    public CommandSpec spec() {
        return new CommandSpec(
                "open",
                "",
                List.of(),
                List.of(Option.flag(PRINT, "only print the address"), Option.DATA),
                "print the address of the console, and open it where there is a screen",
                "The console comes from the running service, which must answer there. Where there is no screen the address is"
                        + " printed only.");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CommandFailure, InterruptedException {
        arguments.noWords();
        String address;
        try (RestClient service = Places.service(arguments)) {
            var unused = service.get("/health/live");
            address = service.base() + "/";
        }
        console.line(address);
        if (!arguments.has(PRINT)) {
            Optional<List<String>> opener =
                    opener(System.getProperty("os.name", "").toLowerCase(Locale.ROOT), System.getenv());
            if (opener.isPresent()) {
                open(opener.get(), address, console);
            }
        }
        return ExitCode.OK;
    }

    /** What opens an address on a system; empty where nobody would see it. */
    static Optional<List<String>> opener(String system, Map<String, String> environment) {
        if (system.startsWith("windows")) {
            return Optional.of(List.of("rundll32", "url.dll,FileProtocolHandler"));
        }
        if (system.startsWith("mac")) {
            return Optional.of(List.of("open"));
        }
        boolean hasScreen = environment.containsKey("DISPLAY") || environment.containsKey("WAYLAND_DISPLAY");
        return hasScreen ? Optional.of(List.of("xdg-open")) : Optional.empty();
    }

    /** The address is printed already: nothing is lost when it cannot be opened. */
    private static void open(List<String> opener, String address, Console console) {
        List<String> line = new java.util.ArrayList<>(opener);
        line.add(address);
        try {
            new ProcessBuilder(line)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            console.err().println("tandem: It could not be opened (" + e.getMessage() + "). Open it in a browser.");
        }
    }
}
