package org.tandemopc.relay.ua.back;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.ua.wire.NamespaceMap;

/**
 * The namespace arrays that checks have found, so that the check of one member can be compared with that of the other
 * (parity, S10). The latest check of a member counts: whoever repairs a server checks again. Any thread.
 */
public final class CheckedNamespaces {
    private static final int PAIRS_MAX = 1_000;

    private final Map<String, Map<Integer, List<String>>> found = new HashMap<>();

    /**
     * How a member's namespaces are to those of the other members that were checked.
     *
     * @param difference why they cannot be mapped, for people; null when they can
     * @param mapped they are not in the same places
     * @param lacking URIs that another member has, and this one has not
     */
    public record Comparison(@Nullable String difference, boolean mapped, List<String> lacking) {
        /** Nothing differs. */
        public static final Comparison SAME = new Comparison(null, false, List.of());
    }

    public synchronized Comparison compare(String pair, int member, List<String> namespaceArray) {
        if (found.size() >= PAIRS_MAX && !found.containsKey(pair)) {
            found.clear();
        }
        Map<Integer, List<String>> ofPair = found.computeIfAbsent(pair, name -> new HashMap<>());
        ofPair.put(member, List.copyOf(namespaceArray));
        boolean mapped = false;
        List<String> lacking = new ArrayList<>();
        for (Map.Entry<Integer, List<String>> other : ofPair.entrySet()) {
            if (other.getKey() != member) {
                String difference = NamespaceMap.difference(other.getValue(), namespaceArray);
                if (difference != null) {
                    return new Comparison(difference, false, List.of());
                }
                mapped |= !NamespaceMap.isSame(other.getValue(), namespaceArray);
                lacking.addAll(NamespaceMap.lacking(other.getValue(), namespaceArray));
            }
        }
        return new Comparison(null, mapped, List.copyOf(lacking));
    }
}
