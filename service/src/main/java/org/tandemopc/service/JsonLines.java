package org.tandemopc.service;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.pair.PairEffect;
import org.tandemopc.core.pair.PairEvent;
import org.tandemopc.core.pair.PairState;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The lines of the files that the service writes, as JSON. Sealed types of {@code core} carry their simple name as
 * {@code "is"}, so that {@code core} needs no annotations for it.
 */
final class JsonLines {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().annotationIntrospector(new SealedNames()).build();

    /** Always with three digits of a second, so that the lines stand in columns. */
    private static final DateTimeFormatter AT = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private JsonLines() {}

    private static final class SealedNames extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1L;

        @Override
        public JsonTypeInfo.Value findPolymorphicTypeInfo(MapperConfig<?> config, Annotated annotated) {
            Class<?> type = annotated.getRawType();
            if (type.isSealed() && type.getName().startsWith("org.tandemopc.core.")) {
                return JsonTypeInfo.Value.construct(
                        JsonTypeInfo.Id.SIMPLE_NAME, JsonTypeInfo.As.PROPERTY, "is", null, false, true, null);
            }
            return super.findPolymorphicTypeInfo(config, annotated);
        }
    }

    static String record(LoggedRecord logged) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("at", AT.format(logged.at()));
        line.put("number", logged.number());
        line.put("pair", logged.pair());
        line.put("kind", logged.record().kind().name());
        line.put("severity", logged.record().kind().severity().name());
        line.put("client", logged.record().client());
        line.put("text", logged.record().text());
        line.put("fields", logged.record().fields());
        return write(line);
    }

    /**
     * A record as it was written. Lines of an earlier Tandem have no client; a kind that a later one added is shown as a
     * note, which is what its text still is.
     *
     * @return null for a line that is not a whole record
     */
    static @Nullable LoggedRecord readRecord(String line) {
        try {
            JsonNode json = MAPPER.readTree(line);
            Map<String, Object> fields = new LinkedHashMap<>();
            json.required("fields").properties().forEach(f -> fields.put(f.getKey(), simple(f.getValue())));
            PairRecord record = new PairRecord(
                    kind(json.required("kind").asString()),
                    json.required("text").asString(),
                    json.path("client").asString(PairRecord.TANDEM),
                    Collections.unmodifiableMap(fields));
            return new LoggedRecord(
                    json.required("number").asLong(),
                    Instant.parse(json.required("at").asString()),
                    json.required("pair").asString(),
                    record);
        } catch (JacksonException | DateTimeException | IllegalArgumentException damaged) {
            return null;
        }
    }

    private static RecordKind kind(String name) {
        return Arrays.stream(RecordKind.values())
                .filter(k -> k.name().equals(name))
                .findFirst()
                .orElse(RecordKind.NOTE);
    }

    private static Object simple(JsonNode value) {
        if (value.isBoolean()) {
            return value.asBoolean();
        }
        if (value.isInt()) {
            return value.asInt();
        }
        if (value.isNumber()) {
            return value.isIntegralNumber() ? (Object) value.asLong() : (Object) value.asDouble();
        }
        return value.asString("");
    }

    static String step(PairEvent event, List<PairEffect> effects, PairState after) {
        ObjectNode line = MAPPER.createObjectNode();
        line.set("event", MAPPER.readTree(MAPPER.writerFor(PairEvent.class).writeValueAsString(event)));
        line.put("effects", effects.toString());
        line.put("state", hash(after));
        return write(line);
    }

    static String checkpoint(PairState state) {
        ObjectNode line = MAPPER.createObjectNode();
        line.set("checkpoint", MAPPER.valueToTree(state));
        line.put("state", hash(state));
        return write(line);
    }

    static PairEvent readEvent(String line) {
        return MAPPER.treeToValue(MAPPER.readTree(line).get("event"), PairEvent.class);
    }

    static PairState readCheckpoint(String line) {
        return MAPPER.treeToValue(MAPPER.readTree(line).get("checkpoint"), PairState.class);
    }

    /** Equal states have equal hashes in every process: the state's text counts, not its identity. */
    static String hash(PairState state) {
        return Integer.toHexString(state.toString().hashCode());
    }

    private static String write(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JacksonException e) {
            throw new IllegalStateException("a line could not be written as JSON", e);
        }
    }
}
