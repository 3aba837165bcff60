package org.tandemopc.bench.start;

import java.util.Arrays;

/** What is started. */
enum Starter {
    /** From its image, with the cache of the training run. */
    TANDEM("tandem"),
    /** The same without that cache. */
    TANDEM_WITHOUT_CACHE("tandem-no-cache"),
    /** {@link StockServer} in a plain JVM. */
    MILO("milo");

    private final String word;

    Starter(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }

    /** @throws IllegalArgumentException with a sentence for people */
    static Starter of(String word) {
        return Arrays.stream(values())
                .filter(each -> each.word.equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no subject '" + word + "'."));
    }
}
