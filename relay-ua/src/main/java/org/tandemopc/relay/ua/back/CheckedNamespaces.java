package org.tandemopc.relay.ua.back;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The namespace arrays that checks have found, so that the check of one member can be compared with that of the other
 * (parity, S10). The latest check of a member counts: whoever repairs a server checks again. Any thread.
 */
public final class CheckedNamespaces {
    private static final int PAIRS_MAX = 1_000;

    private final Map<String, Map<Integer, List<String>>> found = new HashMap<>();

    /** Null when it fits what was found of the other members, or nothing was found yet; else what differs. */
    public synchronized @Nullable String difference(String pair, int member, List<String> namespaceArray) {
        if (found.size() >= PAIRS_MAX && !found.containsKey(pair)) {
            found.clear();
        }
        Map<Integer, List<String>> ofPair = found.computeIfAbsent(pair, name -> new HashMap<>());
        ofPair.put(member, List.copyOf(namespaceArray));
        List<String> differences = new ArrayList<>();
        ofPair.forEach((other, array) -> {
            if (other == member) {
                return;
            }
            CanonicalNamespaces canonical = new CanonicalNamespaces();
            String first = canonical.difference(other, array);
            String difference = first != null ? first : canonical.difference(member, namespaceArray);
            if (difference != null) {
                differences.add(difference);
            }
        });
        return differences.isEmpty() ? null : differences.getFirst();
    }
}
