package org.tandemopc.service;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What counts where a setting is not written, by the sections of the file, as the published schema says it (which a test
 * holds against the reader). Immutable; any thread.
 */
public final class SettingDefaults {
    private static final String SCHEMA = "tandem.schema.json";

    private SettingDefaults() {}

    /**
     * {@code pair}, {@code member}, {@code daMember}, {@code monitor}, {@code monitorItem}, {@code notifications},
     * {@code opcua}, {@code opcda} and {@code rest}, each with its settings that have a default.
     */
    public static Map<String, Object> all() {
        JsonNode sections = schema().path("$defs");
        Map<String, Object> all = new LinkedHashMap<>();
        for (String name : new String[] {"pair", "member", "daMember", "monitor", "monitorItem", "notifications"}) {
            all.put(name, defaults(sections.path(name)));
        }
        all.put("opcua", defaults(sections.path("frontDoor")));
        all.put("opcda", defaults(sections.path("daFrontDoor")));
        all.put("rest", defaults(sections.path("rest")));
        return all;
    }

    private static Map<String, Object> defaults(JsonNode section) {
        Map<String, Object> defaults = new LinkedHashMap<>();
        section.path("properties").properties().forEach(property -> {
            JsonNode value = property.getValue().get("default");
            if (value != null) {
                defaults.put(property.getKey(), value);
            }
        });
        return defaults;
    }

    private static JsonNode schema() {
        try (InputStream in = SettingDefaults.class.getResourceAsStream(SCHEMA)) {
            if (in == null) {
                throw new IllegalStateException(SCHEMA + " is not in this build");
            }
            return JsonMapper.shared().readTree(in.readAllBytes());
        } catch (IOException e) {
            throw new IllegalStateException(SCHEMA + " cannot be read", e);
        }
    }
}
