package org.tandemopc.relay.ua.wire;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The way from the namespace indexes that a pair's clients use to those of one member, and back: by URI, never by number
 * (S10). Namespace 0 is that of OPC UA, entry 1 is a server's own (Part 5, 6.3.1): these two are each other's on every
 * server. A namespace that the other side does not have becomes {@link #NOWHERE}, which no table reaches: the member itself
 * then answers that it has no such node, and the other operations of the request go on.
 *
 * <p>An index keeps its length on the wire, so nothing else in a message moves: no table has more than
 * {@value #ENTRIES_MAX} entries, and whatever index there is fits into the one octet of the shortest form. Immutable.
 */
public final class NamespaceMap {
    /** More are not mapped: index 255 stays free for {@link #NOWHERE} in its one-octet form. */
    public static final int ENTRIES_MAX = 255;

    /** In two octets; 255 in one. */
    public static final int NOWHERE = 0xFFFF;

    /** Tables that agree: every index means the same on both sides. */
    public static final NamespaceMap IDENTITY = new NamespaceMap(new int[0], new int[0]);

    private static final int INDEXES = 1 << Short.SIZE;
    private static final int OWN_NAMESPACE = 1;
    private static final int FIRST_BY_URI = 2;

    private final int[] toMember;
    private final int[] toPair;

    private NamespaceMap(int[] toMember, int[] toPair) {
        this.toMember = toMember;
        this.toPair = toPair;
    }

    /** @throws IllegalArgumentException if the two cannot be mapped: {@link #difference} says so before */
    public static NamespaceMap of(List<String> pair, List<String> member) {
        if (isSame(pair, member)) {
            return IDENTITY;
        }
        String difference = difference(pair, member);
        if (difference != null) {
            throw new IllegalArgumentException(difference);
        }
        return new NamespaceMap(indexes(pair, member), indexes(member, pair));
    }

    private static int[] indexes(List<String> from, List<String> to) {
        Map<String, Integer> known = new HashMap<>();
        for (int i = FIRST_BY_URI; i < to.size(); i++) {
            known.put(to.get(i), i);
        }
        int[] indexes = new int[Math.max(FIRST_BY_URI, from.size())];
        indexes[OWN_NAMESPACE] = OWN_NAMESPACE;
        for (int i = FIRST_BY_URI; i < from.size(); i++) {
            indexes[i] = known.getOrDefault(from.get(i), NOWHERE);
        }
        return indexes;
    }

    /** Whether the tables agree in everything but the server's own name. */
    public static boolean isSame(List<String> pair, List<String> member) {
        if (pair.size() != member.size()) {
            return false;
        }
        for (int i = 0; i < pair.size(); i++) {
            if (i != OWN_NAMESPACE && !pair.get(i).equals(member.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Why two tables cannot be mapped onto each other, for people; null when they can. */
    public static @Nullable String difference(List<String> pair, List<String> member) {
        if (member.size() > INDEXES) {
            return "it names " + member.size() + " namespaces, more than an index can tell apart";
        }
        if (isSame(pair, member)) {
            return null;
        }
        String first = pair.isEmpty() ? "" : pair.getFirst();
        if (member.isEmpty() || !member.getFirst().equals(first)) {
            return "namespace 0 is \"" + (member.isEmpty() ? "" : member.getFirst()) + "\", expected \"" + first + "\"";
        }
        String ofMember = ambiguity(member);
        if (ofMember != null) {
            return ofMember;
        }
        String ofPair = ambiguity(grown(pair, member));
        return ofPair == null ? null : "with those of the other member " + ofPair;
    }

    /** What keeps the entries of a table from being told apart by their URIs. */
    private static @Nullable String ambiguity(List<String> table) {
        if (table.size() > ENTRIES_MAX) {
            return "it has " + table.size() + " namespaces, and more than " + ENTRIES_MAX + " are not mapped";
        }
        Map<String, Integer> seen = new HashMap<>();
        for (int i = 0; i < table.size(); i++) {
            if (table.get(i).isEmpty() && i != OWN_NAMESPACE) {
                return "namespace " + i + " has no URI";
            }
            Integer other = seen.put(table.get(i), i);
            if (other != null) {
                return "namespaces " + other + " and " + i + " are both \"" + table.get(i) + "\"";
            }
        }
        return null;
    }

    /** The pair's table with what the member has in addition at its end: an entry never moves (Part 5, 6.3.1). */
    public static List<String> grown(List<String> pair, List<String> member) {
        List<String> grown = new ArrayList<>(pair);
        for (int i = FIRST_BY_URI; i < member.size(); i++) {
            String uri = member.get(i);
            if (!pair.subList(Math.min(FIRST_BY_URI, pair.size()), pair.size()).contains(uri)) {
                grown.add(uri);
            }
        }
        return List.copyOf(grown);
    }

    /** URIs of the pair's table that the member does not have, in order. */
    public static List<String> lacking(List<String> pair, List<String> member) {
        List<String> here = member.subList(Math.min(FIRST_BY_URI, member.size()), member.size());
        return pair.stream()
                .skip(FIRST_BY_URI)
                .filter(uri -> !here.contains(uri))
                .toList();
    }

    public boolean isIdentity() {
        return this == IDENTITY;
    }

    /** The member's index of one of the pair's; not of an identity. */
    int toMember(int index) {
        return index < toMember.length ? toMember[index] : NOWHERE;
    }

    /** The pair's index of one of the member's; not of an identity. */
    int toPair(int index) {
        return index < toPair.length ? toPair[index] : NOWHERE;
    }
}
