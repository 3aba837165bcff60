package org.tandemopc.relay.da.front;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Writes of a group that end with a callback, by Tandem's transaction: the newest {@link #KEPT_MAX}. Any thread. */
final class Doubts {
    static final int KEPT_MAX = Transactions.OPEN_MAX + 256;

    private final Map<Integer, Doubt> all = new LinkedHashMap<>();

    synchronized void put(int transaction, Doubt doubt) {
        if (all.size() >= KEPT_MAX) {
            all.remove(all.keySet().iterator().next());
        }
        all.put(transaction, doubt);
    }

    synchronized Optional<Doubt> find(int transaction) {
        return Optional.ofNullable(all.get(transaction));
    }

    synchronized Optional<Doubt> take(int transaction) {
        return Optional.ofNullable(all.remove(transaction));
    }
}
