package org.tandemopc.core.monitor;

import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One monitor item of one member. Every method gives the state after one fact; none reads a clock.
 *
 * @param status whether it is in error
 * @param why in words, for people
 * @param isAdded the server watches it now
 * @param rateNanos how often the server tells changes at most; 0 while unknown
 * @param sinceNanos since when a value, or the adding, is waited for
 * @param notBeforeNanos nothing that rests on waiting is judged before (S35)
 * @param isHeard a value came since the link opened
 * @param last the newest value
 * @param lastNanos when it came, or {@link #NEVER}: the next interval is not measured
 * @param isRepeatExpected it was added anew: the first value may be the one that is known
 */
record ItemState(
        Status status,
        String why,
        boolean isAdded,
        long rateNanos,
        long sinceNanos,
        long notBeforeNanos,
        boolean isHeard,
        @Nullable MonitorValue last,
        long lastNanos,
        boolean isRepeatExpected,
        boolean isRefusalTold,
        boolean isArrayTold,
        boolean isLengtheningTold,
        boolean isProposalTold,
        Intervals intervals) {
    enum Status {
        /** No evidence since the link opened. */
        PENDING,
        CLEAR,
        IN_ERROR
    }

    static final long NEVER = Long.MIN_VALUE;

    static final ItemState UNKNOWN = new ItemState(
            Status.PENDING,
            "",
            false,
            0,
            0,
            NEVER,
            false,
            null,
            NEVER,
            false,
            false,
            false,
            false,
            false,
            Intervals.NONE);

    boolean isInError() {
        return status == Status.IN_ERROR;
    }

    /** A new connection: only what was measured stays. */
    ItemState reset(long nowNanos) {
        return UNKNOWN.edited(d -> {
            d.sinceNanos = nowNanos;
            d.intervals = intervals;
        });
    }

    ItemState added(long newRateNanos, long nowNanos) {
        return edited(d -> {
            d.isAdded = true;
            d.rateNanos = newRateNanos;
            d.sinceNanos = nowNanos;
            d.isRepeatExpected = isHeard;
            d.lastNanos = NEVER;
        });
    }

    ItemState refused(String reason) {
        return edited(d -> {
                    d.isAdded = false;
                    d.isRefusalTold = true;
                })
                .inError(reason);
    }

    ItemState interrupted(long nowNanos) {
        return isAdded
                ? edited(d -> {
                    d.isAdded = false;
                    d.sinceNanos = nowNanos;
                })
                : this;
    }

    /** S35: for so long we did not listen; what waits gets that time back, and a round more. */
    ItemState borneWith(long pausedNanos, long graceNanos, long nowNanos) {
        return edited(d -> {
            d.sinceNanos = Math.min(nowNanos, sinceNanos + pausedNanos);
            d.notBeforeNanos = nowNanos + graceNanos;
            d.lastNanos = NEVER;
        });
    }

    ItemState heard(MonitorValue value, boolean isNews, long nowNanos) {
        return edited(d -> {
            d.isHeard = true;
            d.last = value;
            d.isRepeatExpected = false;
            if (isNews) {
                d.sinceNanos = nowNanos;
                d.intervals = lastNanos == NEVER ? intervals : intervals.with(nowNanos - lastNanos);
                d.lastNanos = nowNanos;
            }
        });
    }

    ItemState inError(String reason) {
        return edited(d -> {
            d.status = Status.IN_ERROR;
            d.why = reason;
        });
    }

    ItemState clear(String note) {
        return edited(d -> {
            d.status = Status.CLEAR;
            d.why = note;
        });
    }

    ItemState arrayTold() {
        return edited(d -> d.isArrayTold = true);
    }

    ItemState lengtheningTold() {
        return edited(d -> d.isLengtheningTold = true);
    }

    ItemState proposalTold() {
        return edited(d -> d.isProposalTold = true);
    }

    MonitorSnapshot.Item snapshot(MonitorItem item) {
        OptionalLong slowest = intervals.slowestNanos();
        return new MonitorSnapshot.Item(
                item.item(),
                isInError(),
                why,
                rateNanos == 0 ? MonitorSnapshot.UNKNOWN : rateNanos / 1_000_000L,
                slowest.isEmpty() ? MonitorSnapshot.UNKNOWN : millisUp(slowest.getAsLong()),
                slowest.isEmpty() ? MonitorSnapshot.UNKNOWN : millisUp(2 * Math.max(slowest.getAsLong(), rateNanos)));
    }

    private static long millisUp(long nanos) {
        return (nanos + 999_999L) / 1_000_000L;
    }

    private ItemState edited(Consumer<Draft> edit) {
        Draft draft = new Draft(this);
        edit.accept(draft);
        return draft.done();
    }

    /** The fields for the length of one edit, so that an edit names only what it changes. */
    private static final class Draft {
        private Status status;
        private String why;
        private boolean isAdded;
        private long rateNanos;
        private long sinceNanos;
        private long notBeforeNanos;
        private boolean isHeard;
        private @Nullable MonitorValue last;
        private long lastNanos;
        private boolean isRepeatExpected;
        private boolean isRefusalTold;
        private boolean isArrayTold;
        private boolean isLengtheningTold;
        private boolean isProposalTold;
        private Intervals intervals;

        private Draft(ItemState item) {
            status = item.status;
            why = item.why;
            isAdded = item.isAdded;
            rateNanos = item.rateNanos;
            sinceNanos = item.sinceNanos;
            notBeforeNanos = item.notBeforeNanos;
            isHeard = item.isHeard;
            last = item.last;
            lastNanos = item.lastNanos;
            isRepeatExpected = item.isRepeatExpected;
            isRefusalTold = item.isRefusalTold;
            isArrayTold = item.isArrayTold;
            isLengtheningTold = item.isLengtheningTold;
            isProposalTold = item.isProposalTold;
            intervals = item.intervals;
        }

        private ItemState done() {
            return new ItemState(
                    status,
                    why,
                    isAdded,
                    rateNanos,
                    sinceNanos,
                    notBeforeNanos,
                    isHeard,
                    last,
                    lastNanos,
                    isRepeatExpected,
                    isRefusalTold,
                    isArrayTold,
                    isLengtheningTold,
                    isProposalTold,
                    intervals);
        }
    }
}
