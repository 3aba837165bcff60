package org.tandemopc.service.rest;

import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON as bytes; what comes in is bounded in depth, and in length by the body. Any thread. */
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(RestLimits.JSON_DEPTH_MAX)
                            .maxStringLength(RestLimits.BODY_BYTES_MAX)
                            .build())
                    .build())
            .build();

    private Json() {}

    static byte[] bytes(Object value) {
        return MAPPER.writeValueAsString(value).getBytes(StandardCharsets.UTF_8);
    }

    static JsonNode read(byte[] body) throws Problem {
        try {
            JsonNode node = MAPPER.readTree(body);
            if (node == null || !node.isObject()) {
                throw Problem.badRequest("The body is not a JSON object.");
            }
            return node;
        } catch (JacksonException e) {
            throw Problem.badRequest("The body is not JSON: " + e.getOriginalMessage() + ".");
        }
    }
}
