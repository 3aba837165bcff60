package org.tandemopc.service;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.config.ConfigNode;
import org.tandemopc.service.SettingPath.Step;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The settings of a text as a tree, and what a change makes of it: what a changed text is compared with. All single values
 * are texts here, as they are for {@link org.tandemopc.core.config.ConfigReader}; the order of settings does not matter. Pure;
 * any thread.
 */
final class SettingTree {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private SettingTree() {}

    /** @throws IllegalArgumentException with a sentence for people: not YAML as it is allowed here, or a setting is there twice */
    static ObjectNode of(String text) {
        try {
            if (of(YamlTree.read(text)) instanceof ObjectNode object) {
                return object;
            }
        } catch (YamlTree.NotReadable e) {
            throw new IllegalArgumentException(
                    "Line %d: %s Correct the file by hand first."
                            .formatted(e.problem().line(), e.problem().message()),
                    e);
        }
        throw new IllegalArgumentException("The configuration is not a list of settings. Correct it by hand first.");
    }

    private static JsonNode of(ConfigNode node) {
        return switch (node) {
            case ConfigNode.Scalar scalar -> scalar.text() == null ? NODES.nullNode() : NODES.stringNode(scalar.text());
            case ConfigNode.Sequence sequence -> {
                ArrayNode array = NODES.arrayNode();
                sequence.items().forEach(item -> array.add(of(item)));
                yield array;
            }
            case ConfigNode.Mapping mapping -> {
                ObjectNode object = NODES.objectNode();
                for (ConfigNode.Entry entry : mapping.entries()) {
                    if (object.has(entry.key())) {
                        throw new IllegalArgumentException(
                                "Line %d: '%s' is given twice. Correct the file by hand first."
                                        .formatted(entry.line(), entry.key()));
                    }
                    object.set(entry.key(), of(entry.value()));
                }
                yield object;
            }
        };
    }

    /** What the value is once it was written and read again. */
    static JsonNode asRead(JsonNode value) {
        if (value instanceof ObjectNode object) {
            ObjectNode read = NODES.objectNode();
            object.properties().forEach(entry -> {
                if (!entry.getValue().isNull()) {
                    read.set(entry.getKey(), asRead(entry.getValue()));
                }
            });
            return read;
        }
        if (value instanceof ArrayNode array) {
            ArrayNode read = NODES.arrayNode();
            array.values().forEach(item -> read.add(asRead(item)));
            return read;
        }
        return value.isNull() ? value : NODES.stringNode(value.asString());
    }

    /** The value in the sections and lists that lead to it. */
    static JsonNode wrap(List<Step> steps, JsonNode value) {
        if (steps.isEmpty()) {
            return value;
        }
        JsonNode inner = wrap(steps.subList(1, steps.size()), value);
        return switch (steps.getFirst()) {
            case Step.Key(String name) -> NODES.objectNode().set(name, inner);
            case Step.Item _ -> NODES.arrayNode().add(inner);
        };
    }

    /** The node at the place, or null. */
    static @Nullable JsonNode find(JsonNode root, SettingPath path) {
        JsonNode node = root;
        for (Step step : path.steps()) {
            JsonNode next = child(node, step);
            if (next == null) {
                return null;
            }
            node = next;
        }
        return node;
    }

    static @Nullable JsonNode child(JsonNode node, Step step) {
        return switch (step) {
            case Step.Key(String name) -> node instanceof ObjectNode object ? object.get(name) : null;
            case Step.Item(int index) -> node instanceof ArrayNode array ? array.get(index) : null;
        };
    }

    /**
     * A copy with the value at the place; sections on the way are made, an item behind the last one is added.
     *
     * @param value JSON null removes what is there
     * @throws IllegalArgumentException with a sentence for people: there is no such place
     */
    static JsonNode with(@Nullable JsonNode node, List<Step> steps, JsonNode value) {
        if (steps.isEmpty()) {
            return asRead(value);
        }
        List<Step> inner = steps.subList(1, steps.size());
        boolean isRemoval = value.isNull();
        return switch (steps.getFirst()) {
            case Step.Key(String name) -> {
                ObjectNode object = node instanceof ObjectNode present ? present.deepCopy() : NODES.objectNode();
                refuseOther(node, node instanceof ObjectNode, name);
                JsonNode old = object.get(name);
                if (!isRemoval) {
                    object.set(name, with(old, inner, value));
                } else if (inner.isEmpty()) {
                    object.remove(name);
                } else if (old != null) {
                    object.set(name, with(old, inner, value));
                }
                yield object;
            }
            case Step.Item(int index) -> {
                ArrayNode array = node instanceof ArrayNode present ? present.deepCopy() : NODES.arrayNode();
                refuseOther(node, node instanceof ArrayNode, "[" + index + "]");
                if (index > array.size() || (isRemoval && index == array.size())) {
                    throw new IllegalArgumentException(
                            "The list has %d items, so there is none [%d].".formatted(array.size(), index));
                }
                if (isRemoval && inner.isEmpty()) {
                    array.remove(index);
                } else if (index == array.size()) {
                    array.add(with(null, inner, value));
                } else {
                    array.set(index, with(array.get(index), inner, value));
                }
                yield array;
            }
        };
    }

    private static void refuseOther(@Nullable JsonNode node, boolean fits, String step) {
        if (node != null && !node.isNull() && !fits) {
            throw new IllegalArgumentException("'%s' is in something that has no such parts.".formatted(step));
        }
    }
}
