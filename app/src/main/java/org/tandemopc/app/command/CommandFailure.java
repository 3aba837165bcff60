package org.tandemopc.app.command;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A command cannot do what was asked. The message is for people; no stack trace, for it is no defect. */
public final class CommandFailure extends Exception {
    private static final long serialVersionUID = 1L;

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

    public int exitCode() {
        return exitCode;
    }

    Optional<JsonNode> problem() {
        return Optional.ofNullable(problem);
    }
}
