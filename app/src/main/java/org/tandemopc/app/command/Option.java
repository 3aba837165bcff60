package org.tandemopc.app.command;

import java.util.Arrays;
import java.util.List;

/**
 * An option of a command.
 *
 * @param name with its dashes
 * @param value how its value is called in help; empty for an option without value
 * @param values what the value is, for completion
 */
public record Option(String name, String value, Values values, String help) {
    static final Option HELP = flag("--help", "this text");
    static final Option JSON = flag("--json", "print JSON, for programs");
    static final Option DATA =
            new Option("--data", "FOLDER", Values.FILES, "the service's data folder; /var/lib/tandem unless given");
    static final Option CONFIG =
            new Option("--config", "FILE", Values.FILES, "the configuration; /etc/tandem/tandem.yaml unless given");

    /** What stands in a place of the command line. */
    public record Values(List<String> choices, boolean areFiles, boolean arePairs) {
        static final Values ANY = new Values(List.of(), false, false);
        static final Values FILES = new Values(List.of(), true, false);
        static final Values PAIRS = new Values(List.of(), false, true);

        static Values of(String... choices) {
            return new Values(List.of(choices), false, false);
        }

        static Values named(Enum<?>... choices) {
            return of(Arrays.stream(choices).map(Enum::name).toArray(String[]::new));
        }
    }

    static Option flag(String name, String help) {
        return new Option(name, "", Values.ANY, help);
    }

    static Option text(String name, String value, String help) {
        return new Option(name, value, Values.ANY, help);
    }

    boolean hasValue() {
        return !value.isEmpty();
    }

    String usage() {
        return hasValue() ? name + " " + value : name;
    }
}
