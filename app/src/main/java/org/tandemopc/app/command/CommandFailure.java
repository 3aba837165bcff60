package org.tandemopc.app.command;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tandemopc.app.ExitCode;
import org.tandemopc.core.config.ConfigProblem;
import org.tandemopc.core.config.ConfigReading;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A command cannot do what was asked. The message is for people; no stack trace, for it is no defect. */
public final class CommandFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private static final JsonMapper MAPPER = new JsonMapper();

    private final int exitCode;
    private final transient @Nullable JsonNode problem;

    public CommandFailure(int exitCode, String message) {
        this(exitCode, message, null);
    }

    /** @param problem as the service told it */
    CommandFailure(int exitCode, String message, @Nullable JsonNode problem) {
        super(message, null, false, false);
        this.exitCode = exitCode;
        this.problem = problem;
    }

    /** Nothing can be served with a configuration; what is wrong with it was told already. */
    public static CommandFailure unusable(ConfigReading reading) {
        ObjectNode problem = MAPPER.createObjectNode();
        ArrayNode problems = problem.putArray("problems");
        for (ConfigProblem each : reading.problems()) {
            problems.addObject()
                    .put("severity", each.severity().name().toLowerCase(Locale.ROOT))
                    .put("path", each.path())
                    .put("line", each.line())
                    .put("message", each.message())
                    .put("remedy", each.remedy());
        }
        return new CommandFailure(ExitCode.CONFIGURATION, "Nothing can be served with this configuration.", problem);
    }

    public int exitCode() {
        return exitCode;
    }

    Optional<JsonNode> problem() {
        return Optional.ofNullable(problem);
    }

    /** For programs, in the form in which the service tells a problem: with {@code code} and {@code detail} at least. */
    public JsonNode json() {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("code", code(exitCode));
        json.put("detail", String.valueOf(getMessage()));
        if (problem instanceof ObjectNode told) {
            json.setAll(told);
        }
        return json;
    }

    private static String code(int exitCode) {
        return switch (exitCode) {
            case ExitCode.USAGE -> "bad-request";
            case ExitCode.CONFIGURATION -> "invalid-configuration";
            case ExitCode.NO_SERVICE -> "no-service";
            case ExitCode.REFUSED -> "refused";
            default -> "failed";
        };
    }
}
