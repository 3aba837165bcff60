package org.tandemopc.app.command;

import java.util.List;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;

/** One command of {@code tandem}. */
public interface Command {
    CommandSpec spec();

    /** Takes a command line apart as this command understands it. */
    default Arguments parse(List<String> line) throws UsageException {
        return spec().parse(line);
    }

    default String usage() {
        return spec().usage();
    }

    /**
     * Runs to its end.
     *
     * @return the exit code
     */
    int run(Arguments arguments, Console console) throws UsageException, CommandFailure, InterruptedException;
}
