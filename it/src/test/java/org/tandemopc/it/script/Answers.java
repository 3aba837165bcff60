package org.tandemopc.it.script;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.jspecify.annotations.Nullable;

/** The answers of a script, as text, by the name of the request. One thread at a time. */
final class Answers {
    private final Map<String, String> texts = new LinkedHashMap<>();

    /** A request and its answer. */
    interface Request {
        @Nullable
        Object send() throws UaException;
    }

    /** Sends, and keeps the answer or the fault; each name may come once. */
    void step(String name, Request request) {
        String answer;
        try {
            answer = text(request.send());
        } catch (UaException e) {
            answer = "fault " + e.getStatusCode();
        }
        keep(name, answer);
    }

    void keep(String name, @Nullable Object answer) {
        if (texts.putIfAbsent(name, text(answer)) != null) {
            throw new IllegalStateException("two requests are named " + name);
        }
    }

    Map<String, String> texts() {
        return texts;
    }

    static String text(@Nullable Object answer) {
        return switch (answer) {
            // An empty list may be told as none (Part 6, 5.2.5).
            case null -> "[]";
            case Object[] array ->
                Arrays.stream(array).map(Answers::text).toList().toString();
            case StatusCode status -> text(status);
            default -> String.valueOf(answer);
        };
    }

    private static String text(StatusCode status) {
        return StatusCodes.lookup(status.value())
                .map(names -> names[0])
                .orElseGet(() -> "0x%08X".formatted(status.value()));
    }
}
