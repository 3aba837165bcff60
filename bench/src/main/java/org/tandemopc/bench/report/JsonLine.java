package org.tandemopc.bench.report;

import java.util.Locale;

/** One result as one line of JSON, fields in the order in which they were put. */
public final class JsonLine {
    private final StringBuilder text = new StringBuilder("{");

    public JsonLine put(String name, String value) {
        name(name).append('"');
        for (char c : value.toCharArray()) {
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else {
                text.append(c < ' ' ? ' ' : c);
            }
        }
        text.append('"');
        return this;
    }

    public JsonLine put(String name, long value) {
        name(name).append(value);
        return this;
    }

    public JsonLine put(String name, boolean value) {
        name(name).append(value);
        return this;
    }

    /** With two decimals; what is not a number becomes null. */
    public JsonLine put(String name, double value) {
        name(name).append(Double.isFinite(value) ? String.format(Locale.ROOT, "%.2f", value) : "null");
        return this;
    }

    private StringBuilder name(String name) {
        if (text.length() > 1) {
            text.append(',');
        }
        return text.append('"').append(name).append("\":");
    }

    @Override
    public String toString() {
        return text + "}";
    }
}
