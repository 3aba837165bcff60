package org.tandemopc.simulator;

import java.util.List;

/** Carries out lines of a fault console. Any thread. */
public interface LineConsole {
    /**
     * @param line a command and its arguments, with spaces between them; not blank
     * @return what it answers, a line each
     * @throws IllegalArgumentException with a message for people: the line is not understood; nothing was done
     * @throws IllegalStateException it was understood and could not be done
     */
    List<String> execute(String line);
}
