package org.tandemopc.app.command;

import java.nio.file.Path;
import java.util.Map;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;

/** What several commands read off their command lines. */
final class Places {
    static final String DEFAULT_CONFIG = "/etc/tandem/tandem.yaml";
    static final String DEFAULT_DATA = "/var/lib/tandem";

    private Places() {}

    static String config(Arguments arguments) {
        return arguments.value("--config", DEFAULT_CONFIG);
    }

    static String data(Arguments arguments) {
        return arguments.value("--data", DEFAULT_DATA);
    }

    static RestClient service(Arguments arguments) throws CommandFailure {
        return RestClient.find(Path.of(data(arguments)));
    }

    static String pairPath(String pair) {
        return "/api/v1/pairs/" + RestClient.segment(pair);
    }

    static String required(Arguments arguments, int place, String what) throws UsageException {
        return arguments.word(place).orElseThrow(() -> new UsageException("Name " + what + "."));
    }

    /** Who orders, for the records of the service. */
    static Map<String, ?> by() {
        return Map.of("by", user());
    }

    static String user() {
        return System.getProperty("user.name", "somebody");
    }

    static int member(String word) throws UsageException {
        return switch (word) {
            case "primary", "0" -> 0;
            case "secondary", "1" -> 1;
            case "third", "2" -> 2;
            case "fourth", "3" -> 3;
            default ->
                throw new UsageException(
                        "'" + word + "' is no member: primary or secondary, or third and fourth where there are.");
        };
    }

    static String role(int member) {
        return switch (member) {
            case 0 -> "primary";
            case 1 -> "secondary";
            case 2 -> "third";
            default -> "fourth";
        };
    }
}
