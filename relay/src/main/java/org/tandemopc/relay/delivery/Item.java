package org.tandemopc.relay.delivery;

import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;

/**
 * What delivery knows of one monitored item: the watermark (what the client has been given last) and the runs at the
 * members.
 */
final class Item {
    private static final int SAME_TIME_MAX = 16;
    private static final int EVENTS_MAX = 1_000;
    private static final int RECENT_MAX = 8;

    final int id;
    final SubscriptionDelivery subscription;
    ItemSettings settings;

    // ---- the watermark
    boolean seen;
    long time;
    long fingerprint;
    /** Number of that state: grows whenever the client is given another one. */
    private int state;
    /** When the member had said it. */
    private long cameNanos;
    /** The member that reported it. */
    private int by = -1;
    /** All that was delivered with the watermark's time: several changes may carry one time. */
    private long[] sameTime = new long[2];

    private int sameTimeCount;
    /** The client was given a Bad value of Tandem's own since: the next value is delivered whatever its time. */
    boolean reset;
    /** Of Tandem's own values the last one was that of the present outage: once is enough (S12). */
    boolean outageTold;
    /** Whether the subscription counts this {@link #reset}; Tandem's own nodes need none of it. */
    boolean resetCounted;
    /** Entries of a report still to come for a {@link #reset} item: the last of them is the state. */
    int left;
    /** The client's first value of it was a leading standby's. */
    boolean ledFirst;
    /** The next value delivered carries the Overflow mark (I4). */
    boolean mark;
    /** A value that waited for the client had to go: the next one that is sent carries the mark. */
    boolean lost;
    /** Number of the batch in the queue, or that was there, with the item's newest value. */
    long newestIn;
    /** Times and fingerprints delivered last, while a standby has yet to be seen to agree on one. */
    private long @Nullable [] recent;

    private int recentCount;
    private int recentBy = -1;

    // ---- a switch under way
    boolean bridging;
    /** Up to here the client has all that an active said; while an item is not through, a new active adds nothing. */
    long completeNanos = Long.MIN_VALUE;
    /** Entries of the ring to be passed over because the watermark's value is found behind them; -1 if not searched. */
    int skip = -1;

    /** The watermark's value was found in the ring, once: what follows it is exactly what is missing. */
    boolean found;
    /** The server's queue lost some of what was searched: a value like the watermark's may be among them. */
    boolean holes;
    /** Entries were passed over by their time alone, though the members were never seen to agree on one. */
    boolean guessed;
    /** The last entry passed over for its old time: the member's last word if no newer one comes. */
    private @Nullable ValueBatch late;

    private int lateIndex;

    int ordinal;
    /** Taking part in the search that is under way. */
    boolean searching;
    /** Source time of the newest entry in the ring. */
    long ringTime;
    /** When it came. */
    private long ringNanos;
    /** Source time of the last entry that {@link #skip} passes over. */
    private long skipTime;
    /** Whether times can be compared in this switch. */
    boolean byTime = true;

    /** Members were once seen to report the same change with the same time, so its source stamps it, not they. */
    private boolean agreed;

    Run[] runs = new Run[0];
    private @Nullable LinkedHashSet<Long> events;

    Item(int id, SubscriptionDelivery subscription, ItemSettings settings) {
        this.id = id;
        this.subscription = subscription;
        this.settings = settings;
    }

    boolean isEvents() {
        return settings.kind() == ItemSettings.Kind.EVENTS;
    }

    Run run(int member) {
        if (member >= runs.length) {
            int old = runs.length;
            runs = Arrays.copyOf(runs, member + 1);
            for (int i = old; i < runs.length; i++) {
                runs[i] = new Run(i);
            }
        }
        return runs[member];
    }

    /** Whether every entry needs a look: cheap to ask, false in steady state. */
    boolean special() {
        return bridging || mark || reset || isEvents();
    }

    void delivered(int member, long entryTime, long entryFingerprint, long entryCameNanos) {
        by = member;
        cameNanos = entryCameNanos;
        if (isEvents()) {
            rememberEvent(entryFingerprint);
            seen = true;
            return;
        }
        if (!seen || entryTime != time) {
            sameTimeCount = 0;
        }
        if (sameTimeCount < SAME_TIME_MAX) {
            if (sameTimeCount == sameTime.length) {
                sameTime = Arrays.copyOf(sameTime, 2 * sameTimeCount);
            }
            sameTime[sameTimeCount++] = entryFingerprint;
        }
        state += seen && entryFingerprint != fingerprint ? 1 : 0;
        seen = true;
        time = entryTime;
        fingerprint = entryFingerprint;
        run(member).met(entryTime);
        run(member).lastState = state;
    }

    /** For {@link #recentlyDelivered}; only asked for while it can be of use. */
    void rememberRecent(int member, long entryTime, long entryFingerprint) {
        long[] known = recent;
        if (member != recentBy) {
            recentBy = member;
            recentCount = 0;
        }
        if (known == null) {
            known = new long[2 * RECENT_MAX];
            recent = known;
        }
        int at = 2 * (recentCount++ & (RECENT_MAX - 1));
        known[at] = entryTime;
        known[at + 1] = entryFingerprint;
    }

    /** The member that reported the watermark, -1 if none did. */
    int by() {
        return by;
    }

    void forgetRecent() {
        recent = null;
        recentCount = 0;
    }

    /** Whether times of this run and the watermark's can be compared: one clock, or members that were seen to agree. */
    boolean agrees(Run run) {
        return wasSeenToAgree(run) || run.member == by;
    }

    private boolean wasSeenToAgree(Run run) {
        return agreed || run.matched;
    }

    /** An entry of the run: is exactly this, with a source time, one of the values delivered last from another member? */
    void compare(Run run, long entryTime, long entryFingerprint) {
        if (!run.matched && entryTime != 0 && wasDelivered(run.member, entryTime, entryFingerprint)) {
            matches(run);
            forgetRecentIfAllMatch();
        }
    }

    void matches(Run run) {
        run.matched = true;
        agreed = true;
    }

    private void forgetRecentIfAllMatch() {
        for (Run run : runs) {
            if (run.open && !run.matched && run.member != by) {
                return;
            }
        }
        forgetRecent();
    }

    private boolean wasDelivered(int notBy, long entryTime, long entryFingerprint) {
        if (seen && by != notBy && entryTime == time && deliveredAtWatermark(entryFingerprint)) {
            return true;
        }
        long[] known = recentBy == notBy ? null : recent;
        for (int i = 0; known != null && i < Math.min(recentCount, RECENT_MAX); i++) {
            if (known[2 * i] == entryTime && known[2 * i + 1] == entryFingerprint) {
                return true;
            }
        }
        return false;
    }

    /** Among the values delivered last another was as the watermark's: one that is found so may be another one again. */
    boolean repeats() {
        long[] known = recent;
        for (int i = 0; known != null && i < Math.min(recentCount, RECENT_MAX); i++) {
            if (known[2 * i + 1] == fingerprint && known[2 * i] != time) {
                return true;
            }
        }
        return false;
    }

    void searchNext(long entryTime, long entryFingerprint, boolean afterHole, long entryCameNanos) {
        holes |= afterHole;
        ringTime = entryTime;
        ringNanos = entryCameNanos;
        if (entryFingerprint == fingerprint) {
            // Twice: which of them did the client see? The later, so that nothing is doubled, in doubt.
            found = skip < 0;
            skip = ordinal;
            skipTime = entryTime;
        }
        ordinal++;
    }

    /**
     * A state that goes to and fro has the same value many times, and the one found may be an earlier one: by the member's
     * own clock, more has happened since than there was time for since the client was given its last value. That one had
     * waited for the end of a publishing interval at most.
     */
    void forgetImplausible(long publishingNanos) {
        long sinceNanos = ringNanos - cameNanos + publishingNanos;
        if (skip >= 0 && skipTime != 0 && ringTime != 0 && ringTime - skipTime > sinceNanos / 100) {
            skip = -1;
            found = false;
        }
    }

    void holdBack(ValueBatch batch, int index) {
        late = batch;
        lateIndex = index;
    }

    void forgetHeldBack() {
        late = null;
    }

    /** The member's last word, if it is another state than the client has; its own batch of one. */
    @Nullable
    ValueBatch heldBack() {
        ValueBatch batch = late;
        if (batch == null || batch.fingerprint(lateIndex) == fingerprint) {
            return null;
        }
        BitSet one = new BitSet();
        one.set(lateIndex);
        return batch.select(one, one, new BitSet());
    }

    /**
     * @param former the member whose values were delivered until now, or -1
     * @param formerHeardNanos when it was heard last
     */
    void beginBridge(int former, long formerHeardNanos) {
        if (!bridging && (former < 0 || said(former))) {
            completeNanos = formerHeardNanos;
        }
        bridging = seen;
        byTime = true;
        skip = -1;
        found = false;
        holes = false;
        guessed = false;
        ordinal = 0;
        late = null;
    }

    /**
     * Whether the member's last word is what the client has. One that is heard and says nothing of what the client has
     * from another member stands still or lags behind: its silence proves nothing.
     */
    private boolean said(int member) {
        if (isEvents() || by == member || !seen) {
            return true;
        }
        Run run = run(member);
        return run.hasFirst && run.lastFingerprint == fingerprint && (!agrees(run) || run.lastTime >= time);
    }

    /** Than the watermark. */
    boolean isLater(long entryTime) {
        return seen && time != 0 && entryTime > time;
    }

    boolean isWatermark(long entryTime, long entryFingerprint) {
        return seen && time != 0 && entryTime == time && deliveredAtWatermark(entryFingerprint);
    }

    /**
     * Whether the client can go on with this member's run, and no doubt: it was seen to say the same changes with the same times as
     * another, and has said the very value that the client was given last. That this was its own is not enough, for the other one
     * could not go on from there.
     *
     * @param saysWatermark that value is among what waits
     */
    boolean continuesAt(int member, boolean saysWatermark) {
        if (isEvents() || reset || mark) {
            return false;
        }
        if (!seen || ledFirst) {
            return true;
        }
        if (member >= runs.length) {
            return false;
        }
        Run run = runs[member];
        return run.open
                && !run.parked
                && !run.longQueue
                && !run.evicted
                && !run.overflowed
                && wasSeenToAgree(run)
                && time != 0
                && run.hasFirst
                && run.firstTime != 0
                && run.firstTime <= time
                && (saysWatermark || run.metTime == time);
    }

    /** What the run said last is the watermark's value, and no earlier one like it. */
    boolean wasLastWord(Run run) {
        boolean wasEarlierState = run.lastState >= 0 && run.lastState != state;
        return run.open && run.hasFirst && run.lastFingerprint == fingerprint && !wasEarlierState && !repeats();
    }

    /** What was found in the run before says nothing of a new one. */
    void runBegins() {
        byTime = true;
        skip = -1;
        found = false;
        holes = false;
    }

    private void rememberEvent(long entryFingerprint) {
        LinkedHashSet<Long> known = events;
        if (known == null) {
            known = new LinkedHashSet<>();
            events = known;
        }
        if (known.add(entryFingerprint) && known.size() > EVENTS_MAX) {
            known.removeFirst();
        }
    }

    boolean eventDelivered(long entryFingerprint) {
        return events != null && events.contains(entryFingerprint);
    }

    boolean deliveredAtWatermark(long entryFingerprint) {
        for (int i = 0; i < sameTimeCount; i++) {
            if (sameTime[i] == entryFingerprint) {
                return true;
            }
        }
        return false;
    }

    /** The client has this entry or a later one. Without source times only the very last one is known. */
    boolean covers(long entryTime, long entryFingerprint) {
        if (!seen) {
            return false;
        }
        if (isEvents()) {
            return eventDelivered(entryFingerprint);
        }
        if (entryTime == 0 || time == 0) {
            return entryTime == time && deliveredAtWatermark(entryFingerprint);
        }
        return entryTime < time || (entryTime == time && deliveredAtWatermark(entryFingerprint));
    }
}
