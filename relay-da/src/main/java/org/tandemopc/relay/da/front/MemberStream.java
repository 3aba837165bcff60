package org.tandemopc.relay.da.front;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What one member has said of a group on its present connection: its last word of each item, and its callbacks of which the client has
 * not got everything, oldest first. Those are bounded by the {@link WaitingBudget}; an item's last word is kept whatever goes. One
 * thread at a time.
 */
final class MemberStream {
    /** Some values of one callback. */
    static final class Callback {
        private final List<Said> values;
        private final long bytes;
        /** So many of the first the client has. */
        private int known;

        private Callback(List<Said> values) {
            this.values = values;
            this.bytes = values.stream()
                    .mapToLong(each -> WaitingBudget.bytesOf(each.change()))
                    .sum();
        }

        long atNanos() {
            return values.getFirst().atNanos();
        }

        /** What the client has not got, as far as is known. */
        List<Said> rest() {
            return values.subList(known, values.size());
        }

        /** Passes over the first ones of which this holds. @return whether that is all */
        boolean areAll(Predicate<Said> isKnown) {
            while (known < values.size() && isKnown.test(values.get(known))) {
                known++;
            }
            return known == values.size();
        }
    }

    private static final class Word {
        private Said last;
        /** The newest that the client was seen to have as well, or had then. */
        private @Nullable Said met;

        Word(Said last) {
            this.last = last;
        }
    }

    private final WaitingBudget budget;
    private final Map<Integer, Word> words = new HashMap<>();
    private final ArrayDeque<Callback> waiting = new ArrayDeque<>();
    private long bytes;
    private long heardNanos;

    /** By item, the newest that had to go before the client had it. */
    private final Map<Integer, Said> lost = new HashMap<>();

    MemberStream(WaitingBudget budget) {
        this.budget = budget;
    }

    /** When it called back last; 0: not yet. */
    long heardNanos() {
        return heardNanos;
    }

    void heard(long nowNanos) {
        heardNanos = nowNanos;
    }

    // ---- its words

    @Nullable
    Said word(int item) {
        Word word = words.get(item);
        return word == null ? null : word.last;
    }

    void says(Said said) {
        Word word = words.get(said.item());
        if (word == null) {
            words.put(said.item(), new Word(said));
        } else {
            word.last = said;
        }
    }

    /** It has said this, and the client has it. */
    void meets(Said said) {
        Word word = words.get(said.item());
        if (word != null) {
            word.met = said;
        }
    }

    @Nullable
    Said met(int item) {
        Word word = words.get(item);
        return word == null ? null : word.met;
    }

    /** Last words of items of which nothing waits. */
    List<Said> settledWords() {
        Set<Integer> items = new HashSet<>();
        waiting.forEach(callback -> callback.rest().forEach(said -> items.add(said.item())));
        List<Said> settled = new ArrayList<>();
        words.forEach((item, word) -> {
            if (!items.contains(item)) {
                settled.add(word.last);
            }
        });
        return settled;
    }

    // ---- what waits

    /** @return values for which there was no room: the oldest */
    int await(List<Said> values) {
        if (values.isEmpty()) {
            return 0;
        }
        Callback added = new Callback(values);
        waiting.addLast(added);
        bytes += added.bytes;
        budget.take(added.bytes);
        int gone = 0;
        while (budget.isExceeded() && waiting.size() > 1) {
            gone += waiting.getFirst().rest().size();
            loseFirst();
        }
        return gone;
    }

    Collection<Callback> waiting() {
        return waiting;
    }

    /** Null: nothing waits. */
    @Nullable
    Callback first() {
        return waiting.peekFirst();
    }

    void removeFirst() {
        Callback gone = waiting.removeFirst();
        bytes -= gone.bytes;
        budget.giveBack(gone.bytes);
    }

    /** The first goes though the client has not got all of it. */
    void loseFirst() {
        waiting.getFirst().rest().forEach(said -> lost.put(said.item(), said));
        removeFirst();
    }

    /** Everything that waits, in order; nothing does any more. */
    List<Said> takeAll() {
        List<Said> all = new ArrayList<>();
        waiting.forEach(callback -> all.addAll(callback.rest()));
        clearWaiting();
        return all;
    }

    private void clearWaiting() {
        waiting.clear();
        budget.giveBack(bytes);
        bytes = 0;
        lost.clear();
    }

    /** Whether something was lost that the client has not got since. */
    boolean hasLost(Predicate<Said> isMadeUpFor) {
        lost.values().removeIf(isMadeUpFor);
        return !lost.isEmpty();
    }

    void remove(int item) {
        words.remove(item);
        lost.remove(item);
    }

    /** The connection has ended. */
    void clear() {
        clearWaiting();
        words.clear();
        heardNanos = 0;
    }
}
