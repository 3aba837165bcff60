package org.tandemopc.bench.world;

import java.util.Arrays;
import java.util.Locale;

/** The ways to a server that are compared. */
public enum Way {
    DIRECT,
    HAPROXY,
    TANDEM;

    /** The word for result lines and tables. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException with a sentence for people */
    public static Way of(String word) {
        return Arrays.stream(values())
                .filter(each -> each.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no way '" + word + "'."));
    }
}
