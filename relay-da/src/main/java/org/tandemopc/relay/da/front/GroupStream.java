package org.tandemopc.relay.da.front;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.pair.Route;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.Quality;

/**
 * Which values of which member a group's client gets. Those of the active member flow as they come; those of a standby wait, a bounded
 * number of them, until it is promoted. After a switch nothing is told twice and nothing old after something new: for a while
 * each value is held against the last one that the client got of its item.
 *
 * <p>Members that tell one change with the same time lose nothing and double nothing so. Where clocks differ by more than
 * {@link #SKEW_TICKS_MAX}, times say nothing, and the first value of the new member counts as new (I8).
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

    /** The last that the client got of an item, and when it came. */
    private record Mark(long ticks, Variant value, Quality quality, long atNanos) {}

    private record Waiting(OpcItemChange change, long atNanos) {}

    private final Map<Integer, Mark> marks = new HashMap<>();
    private final Map<Integer, ArrayDeque<Waiting>> waiting = new HashMap<>();
    private final Set<Integer> overflowed = new HashSet<>();
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

    /** The connection to the member is a new one, which tells what it has from the beginning. */
    void restarted(int member, long nowNanos) {
        waiting.remove(member);
        overflowed.remove(member);
        if (member == live) {
            settle(nowNanos);
        }
    }

    private void settle(long nowNanos) {
        // a client that has nothing yet can get nothing twice
        isSettling = !marks.isEmpty();
        settledAtNanos = nowNanos + SETTLING_NANOS;
    }

    /** The client was told something that no member said: whatever comes next is news. */
    void forgetMarks() {
        marks.clear();
    }

    void remove(int item) {
        marks.remove(item);
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
            OpcItemChange change = one.change();
            @Nullable Mark mark = marks.get(change.clientHandle());
            if (isSettling && mark != null && isKnown(mark, one)) {
                dropped++;
                continue;
            }
            marks.put(
                    change.clientHandle(),
                    new Mark(change.timestamp().ticks(), change.value(), change.quality(), one.atNanos()));
            passed.add(change);
        }
        return passed;
    }

    private static boolean isKnown(Mark mark, Waiting one) {
        if (mark.atNanos() - one.atNanos() > LAG_NANOS_MAX) {
            return true;
        }
        OpcItemChange change = one.change();
        long behind = mark.ticks() - change.timestamp().ticks();
        boolean isSame = mark.value().equals(change.value()) && mark.quality().equals(change.quality());
        return behind == 0 ? isSame : behind > 0 && behind < SKEW_TICKS_MAX;
    }
}
