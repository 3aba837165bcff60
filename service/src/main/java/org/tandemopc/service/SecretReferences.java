package org.tandemopc.service;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The files and variables in which a configuration keeps its passwords: they are not part of its text. Pure; any thread. */
public final class SecretReferences {
    private SecretReferences() {}

    /** As {@code file:/path} and {@code env:NAME}, each once; empty also for a text that is no configuration. */
    public static List<String> of(String text) {
        Set<String> found = new TreeSet<>();
        try {
            collect(SettingTree.of(text), found);
        } catch (IllegalArgumentException e) {
            return List.of();
        }
        return List.copyOf(found);
    }

    private static void collect(JsonNode node, Set<String> found) {
        if (node instanceof ObjectNode object) {
            object.properties().forEach(entry -> {
                String value = entry.getValue().asString("");
                if (HiddenSecrets.isSecret(entry.getKey()) && value.matches("(file|env):.*")) {
                    found.add(value);
                }
            });
        }
        node.values().forEach(child -> collect(child, found));
    }
}
