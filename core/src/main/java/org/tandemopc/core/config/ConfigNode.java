package org.tandemopc.core.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A configuration file as a plain tree with line numbers, whatever its syntax was. */
public sealed interface ConfigNode {
    /** Where it begins, counted from 1. */
    int line();

    /** Keys may be given twice: that is for the reader to find. */
    record Mapping(int line, List<Entry> entries) implements ConfigNode {
        public Mapping {
            entries = List.copyOf(entries);
        }
    }

    record Entry(String key, int line, ConfigNode value) {}

    record Sequence(int line, List<ConfigNode> items) implements ConfigNode {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /** @param text as written, without quotes; null for an empty value */
    record Scalar(int line, @Nullable String text) implements ConfigNode {}
}
