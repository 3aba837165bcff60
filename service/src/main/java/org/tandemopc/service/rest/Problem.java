package org.tandemopc.service.rest;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tandemopc.relay.FileTrouble;

/** An answer that is a refusal, in the form of RFC 9457. Carries no stack trace: it is an answer, not a defect. */
final class Problem extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final String remedy;
    private final transient Map<String, Object> more;

    /**
     * @param code for programs; stays what it is
     * @param message what is wrong, a sentence
     * @param remedy what to do about it, a sentence; empty when the message says it
     */
    Problem(int status, String code, String message, String remedy) {
        this(status, code, message, remedy, Map.of());
    }

    /** @param more further members of the answer */
    Problem(int status, String code, String message, String remedy, Map<String, Object> more) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.remedy = remedy;
        this.more = more;
    }

    static Problem badRequest(String message) {
        return new Problem(400, "bad-request", message, "Compare with /api/v1/openapi.yaml.");
    }

    static Problem notFound() {
        return new Problem(404, "not-found", "There is nothing here.", "See /api/v1/openapi.yaml.");
    }

    static Problem tooLarge() {
        return new Problem(
                413,
                "too-large",
                "The body is longer than %d bytes.".formatted(RestLimits.BODY_BYTES_MAX),
                "Send less.");
    }

    static Problem busy() {
        return new Problem(503, "busy", "Too many requests are under way.", "Try again in a moment.");
    }

    /** What the service had to read or write for it could not be. */
    static Problem files(IOException why) {
        String text = FileTrouble.of(why);
        return new Problem(
                500,
                "files",
                text.endsWith(".") ? text : "A file could not be read or written (" + text + ").",
                "Make room where the data folder is, and let the service read and write there.");
    }

    static Problem notAvailable(String what) {
        return new Problem(
                501, "not-available", what + " cannot be reached through this service.", "Edit the files instead.");
    }

    String code() {
        return code;
    }

    int status() {
        return status;
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("type", "urn:tandemopc:problem:" + code);
        json.put("title", code.replace('-', ' '));
        json.put("status", status);
        json.put("detail", String.valueOf(getMessage()));
        json.put("code", code);
        json.put("remedy", remedy);
        json.putAll(more);
        return json;
    }
}
