package org.tandemopc.app.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.tandemopc.app.ExitCode;

/** Where a new password comes from. */
interface NewPassword {
    /** @throws CommandFailure there is none, or it was not written twice alike */
    String read(String prompt, Console console) throws CommandFailure;

    /** The terminal, unseen and twice; without one the first line of what is fed in. */
    static NewPassword ofProcess() {
        return (prompt, _) -> {
            java.io.Console terminal = System.console();
            return terminal != null && terminal.isTerminal() ? typed(terminal, prompt) : firstLine(System.in);
        };
    }

    private static String typed(java.io.Console terminal, String prompt) throws CommandFailure {
        char[] once = terminal.readPassword("%s", prompt);
        char[] twice = once == null ? null : terminal.readPassword("%s", "Once more: ");
        if (once == null || twice == null || !Arrays.equals(once, twice)) {
            throw new CommandFailure(ExitCode.FAILED, "The two are not the same; nothing was changed.");
        }
        return new String(once);
    }

    static String firstLine(InputStream in) throws CommandFailure {
        try {
            String line = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine();
            if (line != null && !line.isEmpty()) {
                return line;
            }
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.FAILED, "Standard input cannot be read: " + e.getMessage() + ".");
        }
        throw new CommandFailure(
                ExitCode.FAILED, "There is no password: type it on a terminal, or feed it in as one line.");
    }
}
