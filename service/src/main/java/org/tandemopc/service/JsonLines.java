package org.tandemopc.service;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tandemopc.core.pair.PairEffect;
import org.tandemopc.core.pair.PairEvent;
import org.tandemopc.core.pair.PairState;
import tools.jackson.core.JacksonException;
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
        line.put("at", logged.at().toString());
        line.put("number", logged.number());
        line.put("pair", logged.pair());
        line.put("kind", logged.record().kind().name());
        line.put("severity", logged.record().kind().severity().name());
        line.put("text", logged.record().text());
        line.put("fields", logged.record().fields());
        return write(line);
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
