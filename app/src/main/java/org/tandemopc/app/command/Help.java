package org.tandemopc.app.command;

import java.util.ArrayList;
import java.util.List;

/** The texts of {@code --help}. Pure. */
public final class Help {
    private static final int NAME_COLUMN = 12;
    private static final int OPTION_COLUMN = 26;
    static final String EXIT_CODES =
            "Exit codes: 0 done, 1 failed, 2 wrong command line, 3 unusable configuration, 4 no running service,"
                    + " 5 refused or changed by somebody else meanwhile.";

    private Help() {}

    /** What there is. */
    public static String overview(List<CommandSpec> commands) {
        StringBuilder text = new StringBuilder("usage: tandem COMMAND ...\n\n");
        for (CommandSpec command : commands) {
            text.append("  tandem ")
                    .append(padded(command.name(), NAME_COLUMN))
                    .append(command.summary())
                    .append('\n');
        }
        text.append("  tandem ").append(padded("--version", NAME_COLUMN)).append("the version of this program\n");
        text.append("\n'tandem COMMAND --help' says more. ").append(EXIT_CODES).append('\n');
        return text.toString();
    }

    /** One command. */
    public static String of(CommandSpec command) {
        StringBuilder text = new StringBuilder("usage: " + command.usage() + "\n\n");
        text.append(command.details()).append("\n\n");
        for (String line : options(command)) {
            text.append("  ").append(line).append('\n');
        }
        return text.toString();
    }

    static List<String> options(CommandSpec command) {
        List<String> lines = new ArrayList<>();
        for (Option option : command.options()) {
            lines.add(padded(option.usage(), OPTION_COLUMN) + option.help());
        }
        return lines;
    }

    private static String padded(String text, int width) {
        return text.length() < width ? text + " ".repeat(width - text.length()) : text + " ";
    }
}
