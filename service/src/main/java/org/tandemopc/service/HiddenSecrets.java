package org.tandemopc.service;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tandemopc.service.SettingPath.Step;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Secrets of a configuration are set and never read: whoever looks sees that there is one, as {@code {"hidden": true}}, and may
 * send that back for "as it is". In a list the one that stays is that of the item with the same address and user, so that
 * exchanged members keep their own. Pure; any thread.
 */
final class HiddenSecrets {
    private static final Set<String> KEYS = Set.of("password", "secret");
    /** What an item of a list is known by. */
    private static final List<String> IDENTITY = List.of("url", "host", "port", "progId", "clsid", "user");

    private HiddenSecrets() {}

    static boolean isSecret(String key) {
        return KEYS.contains(key);
    }

    static boolean isHidden(JsonNode value) {
        return value instanceof ObjectNode && value.path("hidden").asBoolean(false);
    }

    /**
     * The value with its hidden secrets put in.
     *
     * @param root the whole tree as it is
     * @throws IllegalArgumentException with a sentence for people: it cannot be told which secret is meant
     */
    static JsonNode revealed(JsonNode root, SettingPath path, JsonNode value) {
        boolean isOfSecret =
                !path.isEmpty() && path.steps().getLast() instanceof Step.Key(String name) && isSecret(name);
        return revealed(isOfSecret, path, SettingTree.find(root, path), value);
    }

    private static JsonNode revealed(boolean isOfSecret, SettingPath path, @Nullable JsonNode old, JsonNode value) {
        if (isHidden(value)) {
            if (isOfSecret && old != null && old.isString()) {
                return old;
            }
            throw new IllegalArgumentException(
                    "%s: there is no secret that could stay as it is; write it again.".formatted(path));
        }
        return switch (value) {
            case ObjectNode object -> {
                ObjectNode all = JsonNodeFactory.instance.objectNode();
                object.properties()
                        .forEach(entry -> all.set(
                                entry.getKey(),
                                revealed(
                                        isSecret(entry.getKey()),
                                        path.key(entry.getKey()),
                                        old == null ? null : old.get(entry.getKey()),
                                        entry.getValue())));
                yield all;
            }
            case ArrayNode array -> {
                ArrayNode all = JsonNodeFactory.instance.arrayNode();
                for (int i = 0; i < array.size(); i++) {
                    all.add(revealed(false, path.item(i), same(old, array.get(i)), array.get(i)));
                }
                yield all;
            }
            default -> value;
        };
    }

    /** The one item that is known by the same; null if there is none, or more than one. */
    private static @Nullable JsonNode same(@Nullable JsonNode list, JsonNode item) {
        if (list == null) {
            return null;
        }
        List<JsonNode> found =
                list.values().stream().filter(other -> isSame(other, item)).toList();
        return found.size() == 1 ? found.getFirst() : null;
    }

    private static boolean isSame(JsonNode one, JsonNode other) {
        return IDENTITY.stream()
                .allMatch(key -> one.path(key)
                        .asString("")
                        .equalsIgnoreCase(other.path(key).asString("")));
    }
}
