package org.tandemopc.service.rest;

import java.net.InetAddress;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** One request, taken apart and within its limits. One thread. */
final class Call {
    private static final int BY_CHARS_MAX = 64;
    private static final String BY_DEFAULT = "rest";

    private final Map<String, String> path;
    private final Map<String, String> query;
    private final byte[] body;
    private final @Nullable Caller caller;
    private final InetAddress from;
    private final String cookie;
    private String note = "";

    /**
     * @param path the variable parts of the path
     * @param query each at most once, and only those that the route knows
     * @param body of a POST; empty when there is none
     * @param caller null: nobody who is known, at a route that is open
     * @param from the machine that asks
     * @param cookie the name of the session's cookie for whoever asks
     */
    Call(
            Map<String, String> path,
            Map<String, String> query,
            byte[] body,
            @Nullable Caller caller,
            InetAddress from,
            String cookie) {
        this.path = path;
        this.query = query;
        this.body = body;
        this.caller = caller;
        this.from = from;
        this.cookie = cookie;
    }

    Optional<Caller> caller() {
        return Optional.ofNullable(caller);
    }

    InetAddress from() {
        return from;
    }

    String cookie() {
        return cookie;
    }

    /** What the audit log says beside who did what to whom; no secrets. */
    void note(String detail) {
        note = detail;
    }

    String note() {
        return note;
    }

    String part(String name) {
        return path.getOrDefault(name, "");
    }

    Optional<String> query(String name) {
        return Optional.ofNullable(query.get(name));
    }

    boolean flag(String name) throws Problem {
        String value = query.getOrDefault(name, "false");
        if (!value.equals("true") && !value.equals("false")) {
            throw Problem.badRequest("'" + name + "' is true or false.");
        }
        return value.equals("true");
    }

    long number(String name, long whenMissing, long least, long most) throws Problem {
        String value = query.get(name);
        if (value == null) {
            return whenMissing;
        }
        try {
            long number = Long.parseLong(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below, with the range
        }
        throw Problem.badRequest("'%s' is a number from %d to %d.".formatted(name, least, most));
    }

    Optional<Instant> instant(String name) throws Problem {
        String value = query.get(name);
        if (value == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Instant.parse(value));
        } catch (DateTimeParseException e) {
            throw Problem.badRequest("'%s' is a time as 2026-11-29T09:00:00Z.".formatted(name));
        }
    }

    JsonNode json() throws Problem {
        return body.length == 0 ? JsonNodeFactory.instance.objectNode() : Json.read(body);
    }

    /** Who asks, for the records: the user; who holds the service's token may say it. */
    String by() throws Problem {
        if (caller != null && caller.session() != null) {
            return caller.name();
        }
        String given = json().path("by").asString("");
        String printable = given.codePoints()
                .filter(c -> !Character.isISOControl(c) && Character.getType(c) != Character.FORMAT)
                .limit(BY_CHARS_MAX)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString()
                .strip();
        return printable.isEmpty() ? BY_DEFAULT : printable;
    }

    String text(String name) throws Problem {
        JsonNode value = json().path(name);
        if (!value.isString()) {
            throw Problem.badRequest("The body needs a text '" + name + "'.");
        }
        return value.asString();
    }

    Optional<String> optionalText(String name) throws Problem {
        JsonNode value = json().path(name);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        return Optional.of(text(name));
    }

    int member(String name) throws Problem {
        JsonNode value = json().path(name);
        if (!value.isInt()) {
            throw Problem.badRequest("The body needs a number '" + name + "': 0 is the primary, 1 the secondary.");
        }
        return value.asInt();
    }
}
