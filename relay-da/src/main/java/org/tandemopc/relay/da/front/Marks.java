package org.tandemopc.relay.da.front;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last that a group's client got of each item, with what came before it under the same time: some sources know seconds only. One
 * thread at a time.
 */
final class Marks {
    /** Of one item and one time, so many are known again. */
    private static final int ALIKE_MAX = 16;

    private final Map<Integer, Said> last = new HashMap<>();
    /** Of few items ever. */
    private final Map<Integer, List<Said>> before = new HashMap<>();

    /** Null: the client has got nothing of the item. */
    @Nullable
    Said of(int item) {
        return last.get(item);
    }

    /** Whether the client got this very change last, or another one since that carries the same time. */
    boolean has(Said said) {
        Said mark = last.get(said.item());
        if (mark == null || mark.ticks() != said.ticks()) {
            return false;
        }
        return mark.isExactly(said)
                || before.getOrDefault(said.item(), List.of()).stream().anyMatch(said::isExactly);
    }

    void put(Said said) {
        Said former = last.put(said.item(), said);
        if (former == null || former.ticks() != said.ticks() || said.ticks() == 0) {
            if (!before.isEmpty()) {
                before.remove(said.item());
            }
            return;
        }
        List<Said> alike = before.computeIfAbsent(said.item(), item -> new ArrayList<>(2));
        if (alike.size() < ALIKE_MAX) {
            alike.add(former);
        }
    }

    void remove(int item) {
        last.remove(item);
        before.remove(item);
    }

    void clear() {
        last.clear();
        before.clear();
    }

    boolean isEmpty() {
        return last.isEmpty();
    }

    Collection<Said> all() {
        return last.values();
    }
}
