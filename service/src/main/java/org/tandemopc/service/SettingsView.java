package org.tandemopc.service;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** The settings of a text as maps, lists, texts, numbers and flags, with the keys of the file and without its secrets. Pure; any thread. */
public final class SettingsView {
    private static final Pattern NUMBER = Pattern.compile("0|-?[1-9][0-9]{0,14}");
    private static final String PAIRS = "pairs";

    private SettingsView() {}

    /**
     * @param doors the sections beside the pairs that are written, by their names
     */
    public record Settings(List<Object> pairs, Map<String, Object> doors) {}

    /** @throws IllegalArgumentException with a sentence for people: the text is no configuration */
    public static Settings of(String text) {
        // Refuses what could be read in two ways.
        SettingTree.of(text);
        List<Object> pairs = new ArrayList<>();
        Map<String, Object> doors = new LinkedHashMap<>();
        if (YamlText.of(text).root().orElse(null) instanceof MappingNode root) {
            Map<String, Object> all = mapping(root);
            if (all.get(PAIRS) instanceof List<?> list) {
                pairs.addAll(list);
            }
            all.forEach((key, value) -> {
                if (value instanceof Map<?, ?>) {
                    doors.put(key, value);
                }
            });
        }
        return new Settings(pairs, doors);
    }

    private static Map<String, Object> mapping(MappingNode node) {
        Map<String, Object> all = new LinkedHashMap<>();
        node.getValue().forEach(tuple -> {
            String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
            Object value = value(tuple.getValueNode());
            if (value != null) {
                all.put(key, HiddenSecrets.isSecret(key) ? Map.of("hidden", true) : value);
            }
        });
        return all;
    }

    private static @Nullable Object value(Node node) {
        return switch (node) {
            case MappingNode mapping -> mapping(mapping);
            case SequenceNode sequence -> {
                List<Object> items = new ArrayList<>();
                for (Node item : sequence.getValue()) {
                    Object value = value(item);
                    items.add(value == null ? "" : value);
                }
                yield items;
            }
            case ScalarNode scalar -> scalar(scalar);
            default -> "";
        };
    }

    /** Only what is the same when it is written again is a number: 1.10 and 007 are texts. */
    private static @Nullable Object scalar(ScalarNode node) {
        String text = node.getValue();
        if (node.getScalarStyle() != ScalarStyle.PLAIN) {
            return text;
        }
        if (NUMBER.matcher(text).matches()) {
            return Long.parseLong(text);
        }
        return switch (text) {
            case "", "~", "null", "Null", "NULL" -> null;
            case "true" -> true;
            case "false" -> false;
            default -> text;
        };
    }
}
