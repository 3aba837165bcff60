package org.tandemopc.it.pair;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A diagnostics record as a program outside sees it: a line of JSON. */
public record TandemRecord(
        long number, String at, String kind, String severity, String client, String text, Map<String, String> fields) {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    public static TandemRecord parse(String line) {
        JsonNode json = MAPPER.readTree(line);
        Map<String, String> fields = new LinkedHashMap<>();
        json.required("fields")
                .properties()
                .forEach(f -> fields.put(f.getKey(), f.getValue().asString()));
        return new TandemRecord(
                json.required("number").asLong(),
                json.required("at").asString(),
                json.required("kind").asString(),
                json.required("severity").asString(),
                json.required("client").asString(),
                json.required("text").asString(),
                fields);
    }

    public String field(String name) {
        return fields.getOrDefault(name, "");
    }
}
