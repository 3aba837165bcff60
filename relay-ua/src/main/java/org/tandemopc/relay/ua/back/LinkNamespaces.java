package org.tandemopc.relay.ua.back;

import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.ua.wire.NamespaceMap;

/**
 * The namespaces of one session with a member, as that session has read them: a server that was restarted may have another
 * order, and then it has lost its sessions, so a request never goes out with the numbers of an earlier life. Until they are
 * read nothing is mapped, and nothing may be sent that names a node beyond namespace 0.
 *
 * <p>Both tables may grow meanwhile (Part 5, 6.3.1). Any thread.
 */
final class LinkNamespaces {
    private final PairNamespaces pair;
    private final Supplier<List<String>> newest;
    private volatile @Nullable Known known;

    /**
     * @param ofPair what the map was made with
     * @param newest the same
     */
    private record Known(List<String> member, @Nullable List<String> ofPair, List<String> newest, NamespaceMap map) {}

    /** @param newest what was last read of the member on any link, and fits the pair; empty before */
    LinkNamespaces(PairNamespaces pair, Supplier<List<String>> newest) {
        this.pair = pair;
        this.newest = newest;
    }

    /** The session's server has these; {@link PairNamespaces#difference} has found that they fit. */
    void learned(List<String> namespaceArray) {
        known = known(List.copyOf(namespaceArray));
    }

    /** Empty before they are known. */
    List<String> table() {
        Known now = known;
        return now == null ? List.of() : now.member;
    }

    /** How the session's messages are mapped now. */
    NamespaceMap map() {
        Known now = known;
        if (now == null) {
            return NamespaceMap.IDENTITY;
        }
        // As a rule they are the very lists, which is quickly seen.
        if (!Objects.equals(now.ofPair, pair.current()) || !now.newest.equals(newest.get())) {
            now = known(now.member);
            known = now;
        }
        return now.map;
    }

    private Known known(List<String> read) {
        List<String> latest = newest.get();
        List<String> member = isGrown(latest, read) ? latest : read;
        List<String> ofPair = pair.current();
        return new Known(
                member, ofPair, latest, ofPair == null ? NamespaceMap.IDENTITY : NamespaceMap.of(ofPair, member));
    }

    /** Whether one table is another with entries more. */
    static boolean isGrown(List<String> table, List<String> before) {
        return table.size() > before.size() && table.subList(0, before.size()).equals(before);
    }
}
