package org.tandemopc.service;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Values as they are written into a configuration. Pure; any thread. */
final class YamlValue {
    /** What is surely a text: neither a number nor anything else that YAML would make of it. */
    private static final Pattern PLAIN = Pattern.compile(
            "[A-Za-z][A-Za-z0-9_.:/~%-]*[A-Za-z0-9_/~-]|[A-Za-z]|[0-9]{1,9}(?:ms|s|m|h)|/[A-Za-z0-9_./-]*[A-Za-z0-9_]");

    private static final Set<String> RESERVED = Set.of("true", "false", "null", "yes", "no", "on", "off", "y", "n");
    private static final JsonMapper JSON = JsonMapper.shared();

    private YamlValue() {}

    /** On one line. */
    static String inline(JsonNode value) {
        return switch (value) {
            case ObjectNode object ->
                present(object).stream()
                        .map(key -> scalar(key) + ": " + inline(object.get(key)))
                        .collect(Collectors.joining(", ", "{", "}"));
            case ArrayNode array ->
                array.values().stream().map(YamlValue::inline).collect(Collectors.joining(", ", "[", "]"));
            default -> value.isString() ? scalar(value.asString()) : value.asString();
        };
    }

    /** Whether the value has its place on the line of its key: all but sections and lists of sections. */
    static boolean isShort(JsonNode value) {
        return switch (value) {
            case ObjectNode object -> present(object).isEmpty();
            case ArrayNode array -> array.values().stream().noneMatch(JsonNode::isContainer);
            default -> true;
        };
    }

    /** On lines of their own, without the indentation of the first level. */
    static List<String> lines(JsonNode value) {
        List<String> lines = new ArrayList<>();
        switch (value) {
            case ObjectNode object -> present(object).forEach(key -> lines.addAll(entry(key, object.get(key))));
            case ArrayNode array -> array.values().forEach(item -> lines.addAll(item(item)));
            default -> lines.add(inline(value));
        }
        return lines;
    }

    /** A setting with its value. */
    static List<String> entry(String key, JsonNode value) {
        if (isShort(value)) {
            return List.of(scalar(key) + ": " + inline(value));
        }
        List<String> lines = new ArrayList<>(List.of(scalar(key) + ":"));
        lines(value).forEach(line -> lines.add("  " + line));
        return lines;
    }

    /** An item of a list, with its dash. */
    static List<String> item(JsonNode value) {
        List<String> inner = isShort(value) ? List.of(inline(value)) : lines(value);
        List<String> lines = new ArrayList<>();
        for (String line : inner) {
            lines.add((lines.isEmpty() ? "- " : "  ") + line);
        }
        return lines;
    }

    private static List<String> present(ObjectNode object) {
        return object.properties().stream()
                .filter(entry -> !entry.getValue().isNull())
                .map(java.util.Map.Entry::getKey)
                .toList();
    }

    /** Plain where that is surely a text, else in double quotes, which JSON and YAML write alike. */
    static String scalar(String text) {
        boolean isPlain = PLAIN.matcher(text).matches() && !RESERVED.contains(text.toLowerCase(Locale.ROOT));
        return isPlain ? text : JSON.writeValueAsString(text);
    }
}
