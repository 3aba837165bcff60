package org.tandemopc.service;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One of the small differences that a change of a section or a list comes down to, so that what is equal stays as it is
 * written. To be made in the order given. Pure; any thread.
 */
sealed interface SettingDifference {
    /** More than these are not looked for: the section is written anew. */
    int MOST = 64;

    /** The value is there from now on, whatever was there before. */
    record Put(SettingPath path, JsonNode value) implements SettingDifference {}

    /** The value becomes the item of this number; those from it on move. */
    record Insert(SettingPath list, int index, JsonNode value) implements SettingDifference {}

    record Remove(SettingPath path) implements SettingDifference {}

    /**
     * @param root the whole tree as it is
     * @param value JSON null: nothing is to be there
     */
    static List<SettingDifference> between(JsonNode root, SettingPath path, JsonNode value) {
        JsonNode old = SettingTree.find(root, path);
        if (value.isNull()) {
            return old == null ? List.of() : List.of(new Remove(path));
        }
        List<SettingDifference> found = new ArrayList<>();
        collect(path, old, value, found);
        return found.size() <= MOST ? found : List.of(new Put(path, value));
    }

    private static void collect(
            SettingPath path, @Nullable JsonNode old, JsonNode value, List<SettingDifference> found) {
        if (old == null || found.size() > MOST) {
            found.add(new Put(path, value));
        } else if (old.equals(SettingTree.asRead(value))) {
            return;
        } else if (old instanceof ObjectNode before && value instanceof ObjectNode after && !before.isEmpty()) {
            collect(path, before, after, found);
        } else if (old instanceof ArrayNode before && value instanceof ArrayNode after && !before.isEmpty()) {
            collect(path, before, after, found);
        } else {
            found.add(new Put(path, value));
        }
    }

    private static void collect(SettingPath path, ObjectNode before, ObjectNode after, List<SettingDifference> found) {
        after.properties().forEach(entry -> {
            if (!entry.getValue().isNull()) {
                collect(path.key(entry.getKey()), before.get(entry.getKey()), entry.getValue(), found);
            }
        });
        // Last, so that no section is empty in between.
        before.propertyNames().stream()
                .filter(key -> !after.hasNonNull(key))
                .forEach(key -> found.add(new Remove(path.key(key))));
    }

    /** Items at the beginning and at the end that are equal stay; those between are compared one by one. */
    private static void collect(SettingPath path, ArrayNode before, ArrayNode after, List<SettingDifference> found) {
        int first = 0;
        int common = Math.min(before.size(), after.size());
        while (first < common && isEqual(before, first, after, first)) {
            first++;
        }
        int last = 0;
        while (last < common - first && isEqual(before, before.size() - 1 - last, after, after.size() - 1 - last)) {
            last++;
        }
        int pairs = common - first - last;
        for (int i = first; i < first + pairs; i++) {
            collect(path.item(i), before.get(i), after.get(i), found);
        }
        for (int i = before.size() - last - 1; i >= first + pairs; i--) {
            found.add(new Remove(path.item(i)));
        }
        for (int i = first + pairs; i < after.size() - last; i++) {
            found.add(new Insert(path, i, after.get(i)));
        }
    }

    private static boolean isEqual(ArrayNode before, int i, ArrayNode after, int j) {
        return before.get(i).equals(SettingTree.asRead(after.get(j)));
    }
}
