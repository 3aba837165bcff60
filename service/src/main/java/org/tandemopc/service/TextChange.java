package org.tandemopc.service;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One change of a configuration as a person makes it in a form. Pairs are named as they are published at that point. */
public sealed interface TextChange {
    /** @param value JSON null: the default from now on */
    record SetSetting(String pair, String path, JsonNode value) implements TextChange {}

    /**
     * @param door {@code opcua}, {@code opcda} or {@code rest}
     * @param path empty: the section as a whole
     * @param value JSON null: the default from now on
     */
    record SetDoor(String door, String path, JsonNode value) implements TextChange {}

    /** @param settings as in the file, with {@code name} and {@code members} at least */
    record AddPair(JsonNode settings) implements TextChange {}

    record RemovePair(String pair) implements TextChange {}

    /** @param alias null: the next free one (ALI-2) */
    record SetAlias(String pair, @Nullable String alias) implements TextChange {}

    record RemoveAlias(String pair) implements TextChange {}
}
