package org.tandemopc.relay.da.front;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.pair.Route;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.Quality;

/**
 * Which values of which member a group's client gets. Those of the active member flow as they come; those of a standby wait, a bounded
 * number of them, until it is promoted. After a switch nothing is told twice and nothing old after something new: for a while
 * each value is held against the last one that the client got of its item.
 *
 * <p>Members that were seen to tell one change with the same time are compared by time: nothing is lost and nothing doubled so. Of
 * others the first value that is newer, by the member's clock less how much it is ahead, and different is told. Where times differ by
 * more than {@link #SKEW_TICKS_MAX} all the same, they say nothing, and the value counts as new (I8).
 *
 * <p>A different value that is left out as older is the member's last word if no newer one follows: it is told when values are not
 * judged any more, so that a client never stays with a value that the member does not have.
 *
 * <p>Items are named by Tandem's handles. Pure; one thread at a time; time comes in.
 */
final class GroupStream {
    /** Of a standby's values, the newest so many. */
    static final int WAITING_MAX = 2_000;

    /** For how long after a switch values are held against what the client has. */
    static final long SETTLING_NANOS = 5_000_000_000L;

    /** 10 s. */
    static final long SKEW_TICKS_MAX = 100_000_000L;

    /** What came so much earlier than what the client has is old, whatever its time says. */
    static final long LAG_NANOS_MAX = 5_000_000_000L;

    /** Members of a pair are few; a pair of them is one number. */
    private static final int MEMBERS_MAX = 1_000;

    /** What a member said of an item, and when it came. */
    private record Said(int member, long ticks, Variant value, Quality quality, long atNanos) {
        static Said of(int member, OpcItemChange change, long atNanos) {
            return new Said(member, change.timestamp().ticks(), change.value(), change.quality(), atNanos);
        }

        boolean isSame(Said other) {
            return value.equals(other.value) && quality.equals(other.quality);
        }
    }

    private record Waiting(OpcItemChange change, long atNanos) {}

    /** The last that the client got of an item. */
    private final Map<Integer, Said> marks = new HashMap<>();

    private final Map<Integer, ArrayDeque<Waiting>> waiting = new HashMap<>();
    private final Set<Integer> overflowed = new HashSet<>();

    /** By member and item, what it said last. */
    private final Map<Integer, Map<Integer, Said>> words = new HashMap<>();

    /** Pairs of members that were seen to tell one change with the same time. */
    private final Set<Integer> agreed = new HashSet<>();

    /** How much the clocks of members are ahead of ours, as far as it is known. */
    private final Map<Integer, Long> skewTicks = new HashMap<>();

    /** By item, what the active member said last and was left out as older, though it is different. */
    private final Map<Integer, Waiting> heldBack = new LinkedHashMap<>();

    private int live = Route.NONE;
    private boolean isSettling;
    private long settledAtNanos;
    private long dropped;

    /**
     * A callback of a member.
     *
     * @return what the client gets of it now, in order
     */
    List<OpcItemChange> arrived(int member, List<OpcItemChange> changes, long nowNanos) {
        List<Waiting> arrived =
                changes.stream().map(change -> new Waiting(change, nowNanos)).toList();
        arrived.forEach(one ->
                compare(Said.of(member, one.change(), nowNanos), one.change().clientHandle()));
        if (member == live) {
            return passed(arrived, nowNanos);
        }
        ArrayDeque<Waiting> queue = waiting.computeIfAbsent(member, m -> new ArrayDeque<>());
        for (Waiting change : arrived) {
            if (queue.size() == WAITING_MAX) {
                queue.removeFirst();
                overflowed.add(member);
                dropped++;
            }
            queue.addLast(change);
        }
        return List.of();
    }

    /** Whether another member has told this very change with this very time. */
    private void compare(Said word, int item) {
        for (Map.Entry<Integer, Map<Integer, Said>> other : words.entrySet()) {
            Said theirs = other.getValue().get(item);
            if (other.getKey() != word.member()
                    && theirs != null
                    && theirs.ticks() == word.ticks()
                    && word.ticks() != 0
                    && theirs.isSame(word)) {
                agreed.add(pair(other.getKey(), word.member()));
            }
        }
        words.computeIfAbsent(word.member(), m -> new HashMap<>()).put(item, word);
    }

    private static int pair(int one, int other) {
        return Math.min(one, other) * MEMBERS_MAX + Math.max(one, other);
    }

    /**
     * Tells how much a member's clock is ahead of ours, 0 if that is not known. Of use for members alone that do not tell one change with
     * the same time.
     */
    void clock(int member, long aheadTicks) {
        skewTicks.put(member, aheadTicks);
    }

    /**
     * The member is active from now on; values of others wait, and what the former active still sends is for nobody.
     *
     * @return what the client has not got of the values that waited, in order
     */
    List<OpcItemChange> promote(int member, long nowNanos) {
        if (member == live) {
            return List.of();
        }
        live = member;
        settle(nowNanos);
        overflowed.remove(member);
        ArrayDeque<Waiting> waited = waiting.remove(member);
        return waited == null ? List.of() : passed(List.copyOf(waited), nowNanos);
    }

    /** Whether the member's values are the client's. */
    boolean isLive(int member) {
        return member == live;
    }

    /** Whether more of the member's values waited than can. */
    boolean hasOverflowed(int member) {
        return overflowed.contains(member);
    }

    /** The newest time of a value that the client has; 0: it has none. */
    long lastTicks() {
        return marks.values().stream().mapToLong(Said::ticks).max().orElse(0);
    }

    /** The connection to the member is a new one, which tells what it has from the beginning. */
    void restarted(int member, long nowNanos) {
        waiting.remove(member);
        overflowed.remove(member);
        words.remove(member);
        if (member == live) {
            settle(nowNanos);
        }
    }

    private void settle(long nowNanos) {
        // a client that has nothing yet can get nothing twice
        isSettling = !marks.isEmpty();
        settledAtNanos = nowNanos + SETTLING_NANOS;
        heldBack.clear();
    }

    /**
     * After {@link #SETTLING_NANOS}: values are not judged any more.
     *
     * @return what was left out of the member's last words though the client has something else
     */
    List<OpcItemChange> settled(long nowNanos) {
        return passed(List.of(), nowNanos);
    }

    /** The client was told something that no member said: whatever comes next is news. */
    void forgetMarks() {
        marks.clear();
        heldBack.clear();
    }

    /** What the client got last of each item: for one more sink of it. Errors of a moment are not told again. */
    List<OpcItemChange> last() {
        List<OpcItemChange> last = new ArrayList<>(marks.size());
        marks.forEach((item, mark) -> last.add(
                new OpcItemChange(item, mark.value(), mark.quality(), new FileTime(mark.ticks()), HResult.S_OK)));
        return last;
    }

    void remove(int item) {
        marks.remove(item);
        heldBack.remove(item);
        words.values().forEach(of -> of.remove(item));
    }

    /** Values that were not delivered: told already, too old, or more than could wait. */
    long dropped() {
        return dropped;
    }

    private List<OpcItemChange> passed(List<Waiting> arrived, long nowNanos) {
        if (isSettling && nowNanos - settledAtNanos >= 0) {
            isSettling = false;
        }
        List<OpcItemChange> passed = new ArrayList<>(arrived.size());
        for (Waiting one : arrived) {
            int item = one.change().clientHandle();
            @Nullable Said mark = marks.get(item);
            if (isSettling && mark != null && isKnown(mark, one)) {
                dropped++;
                continue;
            }
            pass(one, passed);
        }
        if (!isSettling && !heldBack.isEmpty()) {
            List.copyOf(heldBack.values()).forEach(one -> pass(one, passed));
        }
        return passed;
    }

    private void pass(Waiting one, List<OpcItemChange> passed) {
        int item = one.change().clientHandle();
        heldBack.remove(item);
        marks.put(item, Said.of(live, one.change(), one.atNanos()));
        passed.add(one.change());
    }

    private boolean isKnown(Said mark, Waiting one) {
        Said said = Said.of(live, one.change(), one.atNanos());
        boolean isSame = mark.isSame(said);
        boolean isKnown = isLate(mark, one) || (isSame && isWithoutNews(mark, said)) || isOlder(behind(mark, said));
        if (isSame) {
            heldBack.remove(one.change().clientHandle());
        } else if (isKnown) {
            heldBack.put(one.change().clientHandle(), one);
        }
        return isKnown;
    }

    private static boolean isLate(Said mark, Waiting one) {
        return mark.atNanos() - one.atNanos() > LAG_NANOS_MAX;
    }

    /** Of the same value: the same time says that it is the same change; times that say nothing leave it as if it were. */
    private boolean isWithoutNews(Said mark, Said said) {
        return mark.ticks() == said.ticks() || !isByTime(mark);
    }

    private long behind(Said mark, Said said) {
        long behind = mark.ticks() - said.ticks();
        return isByTime(mark)
                ? behind
                : behind + skewTicks.getOrDefault(live, 0L) - skewTicks.getOrDefault(mark.member(), 0L);
    }

    /** Whether times of the active member and of the one that said what the client has can be compared. */
    private boolean isByTime(Said mark) {
        return mark.member() == live || agreed.contains(pair(mark.member(), live));
    }

    private static boolean isOlder(long behind) {
        return behind > 0 && behind < SKEW_TICKS_MAX;
    }
}
