package org.tandemopc.app.command;

import java.util.List;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.Service;

/** {@code tandem run}. */
final class RunCommand implements Command {
    private static final String ENABLE_ALL = "--enable-all";

    @Override
    public CommandSpec spec() {
        return new CommandSpec(
                "run",
                "",
                List.of(),
                List.of(
                        Option.CONFIG,
                        Option.DATA,
                        Option.flag(ENABLE_ALL, "serve every pair, whatever was enabled on this machine (containers)")),
                "serve the pairs of a configuration until stopped",
                "Serves until SIGTERM or Ctrl-C, then closes every client session and link in order. Prints the address"
                        + " of each pair, then READY.");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException {
        arguments.noWords();
        return new Service(Places.config(arguments), Places.data(arguments), console.out(), console.err())
                .run(arguments.has(ENABLE_ALL));
    }
}
