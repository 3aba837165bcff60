package org.tandemopc.bench.report;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One line of results, as {@link JsonLine} wrote it. */
public final class Line {
    private static final JsonMapper MAPPER = new JsonMapper();

    private final JsonNode node;

    private Line(JsonNode node) {
        this.node = node;
    }

    /** @throws IllegalArgumentException with a sentence for people */
    public static Line parse(String text) {
        try {
            JsonNode node = MAPPER.readTree(text);
            if (node.isObject()) {
                return new Line(node);
            }
        } catch (JacksonException e) {
            throw new IllegalArgumentException("Not a line of results: " + text, e);
        }
        throw new IllegalArgumentException("Not a line of results: " + text);
    }

    public boolean has(String name) {
        return node.has(name);
    }

    /** Whether the line is of this kind: its field {@code name} has this value. */
    public boolean is(String name, String value) {
        return has(name) && text(name).equals(value);
    }

    public String text(String name) {
        return at(name).asString();
    }

    public long whole(String name) {
        return at(name).asLong();
    }

    public int count(String name) {
        return Math.toIntExact(whole(name));
    }

    public boolean flag(String name) {
        return at(name).asBoolean();
    }

    /** NaN for null. */
    public double figure(String name) {
        JsonNode value = at(name);
        return value.isNull() ? Double.NaN : value.asDouble();
    }

    private JsonNode at(String name) {
        JsonNode value = node.get(name);
        if (value == null) {
            throw new IllegalArgumentException("A line of results has no '" + name + "': " + node);
        }
        return value;
    }
}
