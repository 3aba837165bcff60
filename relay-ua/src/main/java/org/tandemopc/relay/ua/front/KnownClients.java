package org.tandemopc.relay.ua.front;

import java.util.LinkedHashSet;

/** The clients that had an activated session since Tandem started, the latest {@value #KEPT}. Confined by its owner. */
final class KnownClients {
    private static final int KEPT = 10_000;

    private final LinkedHashSet<String> keys = new LinkedHashSet<>();

    boolean contains(String key) {
        return keys.contains(key);
    }

    void add(String key) {
        keys.remove(key);
        keys.add(key);
        if (keys.size() > KEPT) {
            keys.removeFirst();
        }
    }
}
