package org.tandemopc.relay.ua;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.tandemopc.relay.ua.back.MemberFacts;

/**
 * Notices that two members of a pair are the same server (S33): each looks well by itself, and nothing is redundant. Told
 * once, and again only after one of them had another name: when the one server starts anew, the first of its two names to
 * be connected shows another start than the second did before. Any thread.
 */
final class SameServerWatch {
    private final Map<Integer, MemberFacts> seen = new HashMap<>();
    private final BiConsumer<Integer, Integer> onSame;
    private boolean told;

    /** @param onSame gets the two members, the smaller index first; must return at once */
    SameServerWatch(BiConsumer<Integer, Integer> onSame) {
        this.onSame = onSame;
    }

    /** The control link to the member has just opened. */
    synchronized void saw(int member, MemberFacts facts) {
        seen.put(member, facts);
        int same = other(member, facts::looksLikeSameServer);
        if (same >= 0 && !told) {
            told = true;
            onSame.accept(Math.min(member, same), Math.max(member, same));
        } else if (other(member, facts::hasSameName) < 0) {
            told = false;
        }
    }

    private int other(int member, Predicate<MemberFacts> wanted) {
        return seen.entrySet().stream()
                .filter(e -> e.getKey() != member && wanted.test(e.getValue()))
                .mapToInt(Map.Entry::getKey)
                .findFirst()
                .orElse(-1);
    }
}
