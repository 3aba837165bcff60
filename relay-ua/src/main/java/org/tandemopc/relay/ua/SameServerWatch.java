package org.tandemopc.relay.ua;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.tandemopc.relay.ua.back.MemberFacts;

/**
 * Notices that two members of a pair are the same server (S33): each looks well by itself, and nothing is redundant. Told
 * once, and again only after the two have looked different. Any thread.
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
        int same = sameAs(member, facts);
        if (same < 0) {
            told = false;
        } else if (!told) {
            told = true;
            onSame.accept(Math.min(member, same), Math.max(member, same));
        }
    }

    private int sameAs(int member, MemberFacts facts) {
        return seen.entrySet().stream()
                .filter(e -> e.getKey() != member && facts.looksLikeSameServer(e.getValue()))
                .mapToInt(Map.Entry::getKey)
                .findFirst()
                .orElse(-1);
    }
}
