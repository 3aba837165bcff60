package org.tandemopc.relay.delivery;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One subscription's queue, numbering, watermarks and rings; see {@link SessionDelivery}, which owns it.
 *
 * <p>The problem in everyday words. Two servers tell the same story. The client hears one of them; the other's words are
 * written down. When the first falls silent, the client must go on hearing the story from the word after the last one it
 * heard: no word twice, none left out. The two may be a few words apart, may start at different places, may even carry
 * different clocks.
 *
 * <p>The rule. Per item, the <i>watermark</i> is what the client was given last (source time, and value with status as a
 * fingerprint). At a switch the new active's waiting values, then its live ones, pass a filter until the item is
 * <i>through</i>: what is not newer than the watermark is dropped, the first newer one ends the filter. Continuity is
 * <i>proven</i> if the new active's run holds the watermark itself; else the first value carries the Overflow mark and a
 * gap is recorded (I4). Refused: merging both streams by time all the while (a standby that is wrong would reach the
 * client), and keeping the last n messages (a message holds any number of items, so a count proves nothing).
 *
 * <p>Data and decision are separate. Where a standby has said all that the client has, word for word, and goes on while
 * the active is {@link Overdue}, its values are given at once: the standby <i>leads</i>, by the same steps as a switch,
 * until the active has caught up or the decision has come. Only where the bridge is proven for each item, both ways: so
 * a suspicion that proves wrong shows the client nothing.
 */
public final class SubscriptionDelivery {
    /** A message is cut at this many entries, whatever the client allows. */
    private static final int MESSAGE_ENTRIES_MAX = 10_000;
    /** And at this size: half of the message limit that common clients start with. */
    private static final int MESSAGE_BYTES_MAX = 1 << 20;

    private static final int UNACKNOWLEDGED_MAX = 256;
    /** Tandem's own reports that wait for the end of the interval. */
    private static final int OWN_MAX = 64;
    /** Members whose times for an item lie further apart than this have clocks that cannot be compared. */
    private static final long COMPARABLE_TICKS = 100_000_000L;
    /** So often in a row it is looked whether a standby can lead; then the active must speak first. */
    private static final int LEAD_REFUSALS_MAX = 8;
    /** For so long the active may speak again without saying what the client has; then it is the source whatever it says. */
    static final long OVERSTAYED_NANOS = 5_000_000_000L;
    /** Messages that follow each other closer than by this part of the publishing interval are one. */
    private static final int BURST_PART = 4;

    final int id;
    SubscriptionSettings settings;

    // ---- sending
    private final WaitingValues queue = new WaitingValues();
    private final List<ValueBatch> own = new ArrayList<>();
    private long nextNumber = 1;
    private final ArrayDeque<Sent> sent = new ArrayDeque<>();
    private int acknowledgedKept;
    /** Of {@link #sent}. */
    private long keptBytes;

    private @Nullable Sent inFlight;
    private long inFlightNanos;
    private int inFlightParked;
    long nextPublishNanos;
    private long idleIntervals;
    private long unservedIntervals;
    private boolean keepAliveDue;
    private boolean neverSent = true;
    long lastSentOrder;

    // ---- items and members
    final Map<Integer, Item> items = new HashMap<>();
    private Stream[] streams = new Stream[0];
    /** Whose values are delivered. */
    private int active = -1;

    private boolean held;
    private int bridging;
    /** When comparing ends; MAX_VALUE: it cannot end before the active makes an item or is heard. */
    private long bridgeUntilNanos = Long.MIN_VALUE;

    private long bridgeNanos;
    /** The active has said nothing since it became that. */
    private boolean silent;
    /** The values delivered are a standby's, and nobody has decided so. */
    private boolean leads;

    /** How far the active comes behind. */
    private final Overdue overdue = new Overdue();
    /** How long it is silent between two messages: what a standby that says something by itself does not bring about. */
    private final Overdue silence = new Overdue();
    /** When it was heard last, as {@link #silence} has it; MIN_VALUE: not since that was forgotten. */
    private long spokeNanos = Long.MIN_VALUE;
    /** When the active spoke first while a standby leads; MAX_VALUE: it has not. */
    private long spokeAgainNanos = Long.MAX_VALUE;
    /** When to look whether the active is overdue; MAX_VALUE: not before a standby says something. */
    private long leadNanos = Long.MAX_VALUE;
    /** How often in a row a standby could not lead; then it is looked at less often. */
    private int leadRefusals;
    /** Items of members that were given Tandem's own value last. */
    private int resets;
    /** Items whose next value in the queue carries the mark. */
    private int losses;

    private final List<Integer> doubtful = new ArrayList<>();
    private long doubtfulFrom;
    private long doubtfulTo;
    private String doubt = "";
    /** The record waits for all items of a switch, but not longer: a member may say nothing for hours. */
    private long recordByNanos;

    private static final class Sent {
        final long number;
        final List<PublishAnswer.Content> content;
        final long bytes;
        boolean acknowledged;

        Sent(long number, List<PublishAnswer.Content> content) {
            this.number = number;
            this.content = content;
            this.bytes = content.stream()
                    .mapToLong(c -> c instanceof PublishAnswer.Values values
                            ? values.batch().bytes()
                            : 0)
                    .sum();
        }
    }

    /** What one member says in this subscription. */
    private static final class Stream {
        final Ring ring = new Ring();
        long heardNanos = Long.MIN_VALUE;
        /** It says only keep-alives until its publishing is switched on. */
        boolean parked;
        /** Publishing was switched on, and nothing has come since: what waited there is still to come. */
        boolean burstDue;
        /** Runs whose queue is longer than the client's. */
        int longQueues;

        void queueIsLong(Run run, boolean isLong) {
            if (run.longQueue != isLong) {
                run.longQueue = isLong;
                longQueues += isLong ? 1 : -1;
            }
        }
    }

    SubscriptionDelivery(int id, SubscriptionSettings settings, long nowNanos) {
        this.id = id;
        this.settings = settings;
        this.nextPublishNanos = nowNanos + settings.publishingNanos();
    }

    /** What tells the session that it leaves: the message after its last one, as its client expects. */
    SubscriptionDelivery farewell(long nowNanos) {
        SubscriptionDelivery last = new SubscriptionDelivery(id, settings, nowNanos);
        last.nextNumber = nextNumber;
        return last;
    }

    private Stream stream(int member) {
        if (member >= streams.length) {
            int old = streams.length;
            streams = Arrays.copyOf(streams, member + 1);
            for (int i = old; i < streams.length; i++) {
                streams[i] = new Stream();
            }
        }
        return streams[member];
    }

    // ------------------------------------------------------------------ values of members

    private void heard(int member, long nowNanos) {
        if ((member == active && held) || !settings.publishingEnabled()) {
            // What it says now does not reach the client: no proof that the client has all. With publishing off a
            // member
            // says nothing of its values.
            return;
        }
        stream(member).heardNanos = nowNanos;
        if (member == active) {
            spokeNanos = nowNanos;
        }
        if (silent && member == active && !stream(member).parked) {
            silent = false;
            bridgeUntilNanos = nowNanos + bridgeNanos;
        }
    }

    /** The first one after publishing was switched on may have been under way by then, and proves nothing. */
    void keepAlive(SessionDelivery session, int member, long nowNanos) {
        Stream stream = stream(member);
        if (stream.burstDue) {
            stream.burstDue = false;
        } else {
            heard(member, nowNanos);
            if (leads && !held && member == session.active()) {
                spoke(nowNanos);
            }
        }
    }

    void values(SessionDelivery session, int member, ValueBatch batch, long nowNanos) {
        stream(member).parked &= member != active;
        stream(member).burstDue = false;
        long spokeBefore = spokeNanos;
        heard(member, nowNanos);
        if (member == active && !held) {
            if (!leads
                    && spokeBefore != Long.MIN_VALUE
                    && nowNanos - spokeBefore >= settings.publishingNanos() / BURST_PART) {
                silence.agreed(nowNanos - spokeBefore);
            }
            if (leadRefusals > 0) {
                leadRefusals = 0;
                overdue.wasWrong();
            }
            deliver(session, member, batch, nowNanos, nowNanos, true);
            letGo(session, member, nowNanos);
        } else {
            wait(session, member, batch, nowNanos);
            if (leads && !held && member == session.active()) {
                speaksAgain(session, member, nowNanos);
            }
        }
    }

    /** While a standby leads. */
    private void speaksAgain(SessionDelivery session, int member, long nowNanos) {
        if (continues(session, member)) {
            overdue.wasWrong();
            goOnWith(session, member, "member " + member + " speaks again", nowNanos);
        } else {
            spoke(nowNanos);
        }
    }

    /** It is alive, whatever it has to tell. */
    private void spoke(long nowNanos) {
        if (spokeAgainNanos == Long.MAX_VALUE) {
            spokeAgainNanos = nowNanos;
            leadNanos = nowNanos + OVERSTAYED_NANOS;
        }
    }

    /** The active has spoken again, and may not have said what the client has because it never will. */
    private void overstay(SessionDelivery session, long nowNanos) {
        long endNanos = spokeAgainNanos + OVERSTAYED_NANOS;
        if (nowNanos < endNanos) {
            leadNanos = endNanos;
            return;
        }
        int member = session.active();
        overdue.wasWrong();
        goOnWith(session, member, "member " + member + " does not say what the standby said", nowNanos);
    }

    /** What the active says lets the standbys' values go, and tells how far it usually comes behind. */
    private void letGo(SessionDelivery session, int member, long nowNanos) {
        for (int other = 0; other < streams.length; other++) {
            if (other != member && streams[other].ring.size() > 0) {
                prune(session, other, Long.MIN_VALUE, nowNanos);
            }
        }
    }

    /** A standby's values: into the ring, and noted for the proof of continuity. */
    private void wait(SessionDelivery session, int member, ValueBatch batch, long nowNanos) {
        boolean known = false;
        for (int i = 0; i < batch.size(); i++) {
            Item item = session.item(batch.item(i));
            if (item == null || item.subscription != this) {
                continue;
            }
            known = true;
            Run run = openRun(item, member, nowNanos);
            long time = batch.sourceTime(i);
            long fingerprint = batch.fingerprint(i);
            run.observe(time, fingerprint);
            item.compare(run, time, fingerprint);
        }
        if (known) {
            Ring ring = stream(member).ring;
            ring.add(batch, nowNanos);
            session.ringBytes += batch.bytes();
            prune(session, member, active < 0 || held ? Long.MIN_VALUE : stream(active).heardNanos, nowNanos);
            while (session.ringBytes > session.limits().ringBytesMax() && ring.size() > 1) {
                evict(session, member);
            }
            if (!leads && ring.size() > 0 && leadRefusals < LEAD_REFUSALS_MAX) {
                leadNanos = Math.min(leadNanos, overdueNanos(member));
            }
        } else {
            session.dropped += batch.size();
        }
    }

    /** A value may overtake the answer that tells of its item's creation. */
    private static Run openRun(Item item, int member, long nowNanos) {
        Run run = item.run(member);
        if (!run.open) {
            run.start(false, nowNanos);
        }
        return run;
    }

    /** Lets go of what the client has: by watermark, or because the active was heard long after it came. */
    private void prune(SessionDelivery session, int member, long activeHeard, long nowNanos) {
        Ring ring = stream(member).ring;
        for (Ring.Entry first = ring.first(); first != null; first = ring.first()) {
            boolean old = activeHeard != Long.MIN_VALUE
                    && activeHeard - first.receivedNanos > session.limits().ringNanos();
            if (!isCovered(session, member, first)) {
                if (!old) {
                    break;
                }
                noteUnseen(session, member, first, true);
            } else if (!leads) {
                overdue.agreed(nowNanos - first.receivedNanos);
            }
            session.ringBytes -= first.batch.bytes();
            ring.poll();
        }
    }

    private static boolean isCovered(SessionDelivery session, int member, Ring.Entry entry) {
        ValueBatch batch = entry.batch;
        while (entry.coveredTo < batch.size()) {
            int i = entry.coveredTo;
            Item item = session.item(batch.item(i));
            if (item != null && !isCovered(item, member, batch.sourceTime(i), batch.fingerprint(i))) {
                return false;
            }
            entry.coveredTo++;
        }
        return true;
    }

    /** By time only where the members were seen to agree on times: a clock behind makes news look old (I8). */
    private static boolean isCovered(Item item, int member, long time, long fingerprint) {
        if (item.isEvents()) {
            return item.eventDelivered(fingerprint);
        }
        if (item.reset) {
            // The client has a Bad value of Tandem's own, and waits for this one though it had it before.
            return false;
        }
        Run run = item.run(member);
        item.compare(run, time, fingerprint);
        if (item.agrees(run) && time != 0 && item.covers(time, fingerprint)) {
            run.met(time);
            return true;
        }
        return false;
    }

    private void evict(SessionDelivery session, int member) {
        Ring.Entry gone = stream(member).ring.poll();
        if (gone == null) {
            return;
        }
        session.ringBytes -= gone.batch.bytes();
        noteUnseen(session, member, gone, false);
    }

    /**
     * An entry leaves the ring though the client may not have it.
     *
     * @param old the active was heard long after it came: where times do not agree, it will have said the same
     */
    private static void noteUnseen(SessionDelivery session, int member, Ring.Entry gone, boolean old) {
        ValueBatch batch = gone.batch;
        for (int i = gone.coveredTo; i < batch.size(); i++) {
            Item item = session.item(batch.item(i));
            if (item != null && !isCovered(item, member, batch.sourceTime(i), batch.fingerprint(i))) {
                Run run = item.run(member);
                if (!old || item.agrees(run)) {
                    run.evict(batch.sourceTime(i), gone.receivedNanos);
                }
            }
        }
    }

    /**
     * The active's values, live or out of its ring: through the filter where an item needs one, then queued.
     *
     * @param cameNanos when Tandem had them from the member
     * @param live whether they come from the member now; else out of the ring, where they were observed already
     */
    private void deliver(
            SessionDelivery session, int member, ValueBatch batch, long cameNanos, long nowNanos, boolean live) {
        int size = batch.size();
        BitSet drop = null;
        BitSet mark = null;
        BitSet clear = null;
        List<Item> bursts = List.of();
        List<Item> covered = List.of();
        if (bridging > 0 || resets > 0) {
            covered = new ArrayList<>(0);
            bursts = survey(session, member, batch, nowNanos, live, covered);
        }
        BitSet tooMany = stream(member).longQueues > 0 ? beyondClientQueue(session, member, batch) : null;
        for (int i = 0; i < size; i++) {
            Item item = session.item(batch.item(i));
            if (item == null || item.subscription != this) {
                drop = set(drop, i);
                continue;
            }
            long time = batch.sourceTime(i);
            long fingerprint = batch.fingerprint(i);
            Run run = openRun(item, member, nowNanos);
            if (live) {
                run.observe(time, fingerprint);
            }
            if (item.special() && !passes(item, run, batch, i, nowNanos)) {
                drop = set(drop, i);
                continue;
            }
            if (tooMany != null && tooMany.get(i)) {
                item.delivered(member, time, fingerprint, cameNanos);
                // Part 4, 7.21: a queue of one has no Overflow.
                item.mark |= item.settings.queueSize() > 1;
                drop = set(drop, i);
                continue;
            }
            if (item.mark) {
                mark = set(mark, i);
                item.mark = false;
            } else if (batch.overflow(i) && (run.lossIsCovered || (live && isBeforeBurst(run)))) {
                clear = set(clear, i);
            }
            item.ledFirst |= leads && !item.seen;
            item.delivered(member, time, fingerprint, cameNanos);
            item.newestIn = queue.nextNumber();
            match(item, member, time, fingerprint);
        }
        for (Item item : bursts) {
            item.skip = -1;
            item.run(member).burstBeginsHere = false;
        }
        for (Item item : covered) {
            item.run(member).lossIsCovered = false;
        }
        enqueueKept(session, batch, drop, mark, clear, live);
        if (bridging == 0) {
            reportDoubt(session);
        }
    }

    /**
     * Whether the hole that an Overflow bit tells of lies before the burst, where the client has everything. So only in
     * the message with which the burst begins: a later one may tell of what a live queue lost, however soon it comes.
     */
    private static boolean isBeforeBurst(Run run) {
        return run.burstBeginsHere && run.burstReachesBack;
    }

    private static BitSet set(@Nullable BitSet bits, int index) {
        BitSet result = bits == null ? new BitSet() : bits;
        result.set(index);
        return result;
    }

    private void enqueueKept(
            SessionDelivery session,
            ValueBatch batch,
            @Nullable BitSet drop,
            @Nullable BitSet mark,
            @Nullable BitSet clear,
            boolean live) {
        int size = batch.size();
        int dropped = drop == null ? 0 : drop.cardinality();
        session.dropped += dropped;
        if (dropped == size) {
            return;
        }
        session.delivered += size - dropped;
        if (!live) {
            session.bridged += size - dropped;
        }
        ValueBatch kept = batch;
        if (dropped > 0 || mark != null || clear != null) {
            BitSet keep = new BitSet(size);
            keep.set(0, size);
            if (drop != null) {
                keep.andNot(drop);
            }
            kept = batch.select(keep, mark == null ? new BitSet() : mark, clear == null ? new BitSet() : clear);
        }
        enqueue(session, kept);
    }

    /** The members report the same change with the same time: remembered per item, as it makes switches exact. */
    private static void match(Item item, int member, long time, long fingerprint) {
        Run[] runs = item.runs;
        for (int m = 0; m < runs.length; m++) {
            Run other = runs[m];
            if (m == member || !other.open || other.matched || time == 0) {
                continue;
            }
            // A parked run says nothing before its burst, which may end before the watermark if its server stood still.
            if (!other.parked && other.hasFirst && other.lastTime == time && other.lastFingerprint == fingerprint) {
                item.matches(other);
                item.forgetRecent();
            } else {
                item.rememberRecent(member, time, fingerprint);
            }
        }
    }

    /**
     * What must be known of a report before its entries are judged one by one.
     *
     * @param covered gets the items whose losses that the report tells of lie before what the client has
     * @return the items whose parked bursts begin here
     */
    private List<Item> survey(
            SessionDelivery session, int member, ValueBatch batch, long nowNanos, boolean live, List<Item> covered) {
        boolean overflow = false;
        List<Item> bursts = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            Item item = session.item(batch.item(i));
            if (item == null || item.subscription != this || item.isEvents()) {
                continue;
            }
            if (item.reset && live) {
                item.left = 0;
            }
            if (item.bridging) {
                Run run = openRun(item, member, nowNanos);
                if (live && !run.burst) {
                    run.burstBegins(batch.sourceTime(i), item.time);
                    if (run.parked) {
                        bursts.add(item);
                    }
                }
                overflow |= batch.overflow(i);
            }
        }
        if (resets > 0 && live) {
            countResets(session, batch);
        }
        if (!bursts.isEmpty()) {
            searchWatermarks(session, member, List.of(new Ring.Entry(batch, nowNanos)), bursts);
        }
        if (overflow) {
            noteHoles(session, member, batch, live, covered);
        }
        return bursts;
    }

    private static void countResets(SessionDelivery session, ValueBatch batch) {
        for (int i = 0; i < batch.size(); i++) {
            Item item = session.item(batch.item(i));
            if (item != null && item.reset) {
                item.left++;
            }
        }
    }

    /**
     * Part 4, 7.21 marks the oldest value that a queue kept, some servers mark the newest: wherever the mark stands, what
     * was lost lies before the report's first value of the item.
     */
    private static void noteHoles(
            SessionDelivery session, int member, ValueBatch batch, boolean live, List<Item> covered) {
        Map<Item, Long> firstTimes = new HashMap<>();
        for (int i = 0; i < batch.size(); i++) {
            Item item = session.item(batch.item(i));
            if (item == null || !item.bridging || item.isEvents()) {
                continue;
            }
            Run run = item.run(member);
            long first = firstTimes.computeIfAbsent(item, k -> live && run.parked ? run.burstTime : Long.MIN_VALUE);
            if (first == Long.MIN_VALUE) {
                first = batch.sourceTime(i);
                firstTimes.put(item, first);
            }
            boolean behind = first != 0 && item.time != 0 && item.byTime && first <= item.time;
            if (batch.overflow(i) && !behind) {
                run.overflowed = true;
            } else if (batch.overflow(i) && !run.lossIsCovered && item.agrees(run) && item.settings.discardsOldest()) {
                // A server that marks the newest value would tell the client of a loss where it has all.
                run.lossIsCovered = true;
                covered.add(item);
            }
        }
    }

    /** Whether an entry of an item in a switch, or with a mark to carry, goes to the client. */
    private boolean passes(Item item, Run run, ValueBatch batch, int index, long nowNanos) {
        long time = batch.sourceTime(index);
        long fingerprint = batch.fingerprint(index);
        if (item.isEvents()) {
            boolean inWindow = item.bridging && nowNanos < bridgeUntilNanos;
            return !(inWindow && item.eventDelivered(fingerprint));
        }
        if (item.reset) {
            if (--item.left > 0 && item.covers(time, fingerprint)) {
                run.met(time);
                return false;
            }
            boolean older = time != 0 && time < item.time;
            if (older && run.parked && !run.burst) {
                // Said before it was parked, so not its state: that comes with the burst, or with a new run.
                return false;
            }
            clearReset(item);
            boolean same = item.seen && time == item.time && item.deliveredAtWatermark(fingerprint);
            item.guessed |= older;
            through(item, run, time, same);
            if (older && !item.mark) {
                // It is this member's state, so the client gets it; but the client had known more before the outage.
                doubt(item, time);
                item.mark = true;
            }
            return true;
        }
        if (!item.bridging) {
            return true;
        }
        if (item.skip >= 0 && item.ordinal++ <= item.skip) {
            return false;
        }
        // A value that came back to what it was is marked where the server's queue was too short for what lay between.
        boolean sameState = fingerprint == item.fingerprint
                && !item.settings.equalValuesAreNews()
                && (!batch.overflow(index) || isBeforeBurst(run));
        boolean comparable = item.byTime && time != 0 && item.time != 0;
        if (comparable) {
            if (time == item.time && item.deliveredAtWatermark(fingerprint)) {
                // The run holds the very value that the client saw last: nothing lies between.
                item.compare(run, time, fingerprint);
                run.met(time);
                item.forgetHeldBack();
                return false;
            }
            if (time < item.time && run.metTime != item.time) {
                item.guessed = true;
                item.holdBack(batch, index);
                return false;
            }
            if (sameState && proven(item, run, time)) {
                // Not a change, so no such subscription reports it: the other member's stamp of the same state.
                item.forgetHeldBack();
                return false;
            }
        } else if (sameState) {
            return false;
        }
        through(item, run, time, false);
        return true;
    }

    /** The first entry that the client has not seen: the item's switch is over. */
    private void through(Item item, Run run, long time, boolean certainlySame) {
        if (item.bridging) {
            item.bridging = false;
            bridging--;
        }
        if (!certainlySame && item.seen && !proven(item, run, time)) {
            doubt(item, time);
            item.mark = true;
        }
        settled(item, run);
    }

    private static void settled(Item item, Run run) {
        item.guessed = false;
        item.forgetHeldBack();
        run.overflowed = false;
        run.evicted = false;
    }

    private void clearReset(Item item) {
        item.reset = false;
        item.outageTold = false;
        if (item.resetCounted) {
            item.resetCounted = false;
            resets--;
        }
    }

    /**
     * Whether nothing can lie between the watermark and the first entry after it. The run must have said the watermark
     * itself: one that spans it and does not know it stands still, or sees other changes than its partner. (A queue of one
     * knows only the newest of each interval: then a newer one of about the same interval will do.) Where times do not
     * agree, the same value must have been found, and the run must be older than the last word of the member before;
     * being older alone proves nothing, as that word may have been long on its way, or that member have stood still.
     *
     * @param time source time of the first entry that the client has not seen, 0 if none came
     */
    private boolean proven(Item item, Run run, long time) {
        if (run.evicted || run.overflowed || (item.guessed && !item.agrees(run))) {
            return false;
        }
        if (item.agrees(run) && item.time != 0 && run.hasFirst && run.firstTime != 0) {
            boolean mayMissIt = item.settings.queueSize() == 1
                    && (run.matched || run.member != item.by())
                    && time != 0
                    && time - item.time <= 2 * settings.publishingNanos() / 100;
            return run.firstTime <= item.time && (mayMissIt || run.metTime == item.time);
        }
        boolean beganEarly = item.completeNanos != Long.MIN_VALUE
                && run.open
                && item.completeNanos - run.startedNanos >= 2 * settings.publishingNanos();
        return beganEarly && item.found;
    }

    private void doubt(Item item, long time) {
        if (doubtful.isEmpty()) {
            doubtfulFrom = item.time;
            doubtfulTo = time;
        }
        doubtfulFrom = Math.min(doubtfulFrom, item.time);
        doubtfulTo = Math.max(doubtfulTo, time);
        doubtful.add(item.id);
    }

    private void reportDoubt(SessionDelivery session) {
        if (!doubtful.isEmpty()) {
            session.output().gap(new DeliveryOutput.Gap(id, List.copyOf(doubtful), doubtfulFrom, doubtfulTo, doubt));
            doubtful.clear();
        }
    }

    /**
     * Where the member's queue is longer than the client's: per publishing interval the client gets what its own queue
     * would have kept, the newest. Null if nothing is beyond it.
     */
    private @Nullable BitSet beyondClientQueue(SessionDelivery session, int member, ValueBatch batch) {
        Map<Item, Kept> keptOf = null;
        BitSet beyond = null;
        long intervalTicks = Math.max(1, settings.publishingNanos() / 100);
        for (int i = batch.size() - 1; i >= 0; i--) {
            Item item = session.item(batch.item(i));
            if (item == null || item.isEvents() || member >= item.runs.length || !item.runs[member].longQueue) {
                continue;
            }
            if (batch.sourceTime(i) == 0) {
                continue;
            }
            if (keptOf == null) {
                keptOf = new HashMap<>();
            }
            // Intervals are counted back from the newest value: a message of one interval is one, wherever it lies.
            long time = batch.sourceTime(i);
            Kept kept = keptOf.computeIfAbsent(item, k -> new Kept(time));
            if (kept.countIn((kept.newestTime - time) / intervalTicks) > item.settings.queueSize()) {
                beyond = set(beyond, i);
            }
        }
        return beyond;
    }

    /** What an item's queue of the client's size would have kept of one interval. */
    private static final class Kept {
        final long newestTime;
        private long interval = -1;
        private int count;

        Kept(long newestTime) {
            this.newestTime = newestTime;
        }

        int countIn(long ofInterval) {
            if (interval != ofInterval) {
                interval = ofInterval;
                count = 0;
            }
            return ++count;
        }
    }

    // ------------------------------------------------------------------ runs and switches

    void runStarted(int member, Item item, boolean parked, long nowNanos) {
        Run run = item.run(member);
        // Else its first value overtook the news of its creation.
        boolean begins = !run.open || run.parked || parked || !run.hasFirst;
        if (begins) {
            run.start(parked, nowNanos);
            stream(member).queueIsLong(run, parked);
            stream(member).parked |= parked;
        }
        if (member == active && item.bridging) {
            if (begins) {
                item.runBegins();
            }
            bridgeUntilNanos = nowNanos + bridgeNanos;
        }
    }

    void runsUnparked(int member) {
        stream(member).parked = false;
        stream(member).burstDue = true;
    }

    void runsParked(int member) {
        stream(member).parked = true;
        stream(member).burstDue = false;
        for (Item item : items.values()) {
            if (member < item.runs.length && item.runs[member].open) {
                item.runs[member].parked = true;
                stream(member).queueIsLong(item.runs[member], true);
            }
        }
    }

    void queueIsLong(int member, Item item, boolean isLong) {
        stream(member).queueIsLong(item.run(member), isLong);
    }

    void runsEnded(SessionDelivery session, int member, long nowNanos) {
        Stream stream = stream(member);
        session.ringBytes -= stream.ring.bytes();
        stream.ring.clear();
        stream.parked = false;
        stream.burstDue = false;
        for (Item item : items.values()) {
            endRun(stream, item, member);
        }
        forgetDistances();
        if (member == active && !held) {
            if (leads) {
                goOnWith(session, session.active(), "the subscription at the leading server ended", nowNanos);
            } else {
                beginBridge(session, "the subscription at the active server was made anew", member, nowNanos);
            }
        }
    }

    private static void endRun(Stream stream, Item item, int member) {
        if (member < item.runs.length) {
            item.runs[member].open = false;
            stream.queueIsLong(item.runs[member], false);
        }
    }

    void runsEnded(SessionDelivery session, int member, Set<Integer> ended, long nowNanos) {
        Stream stream = stream(member);
        // What of them still waits lies before a hole.
        session.ringBytes -= stream.ring.bytes();
        stream.ring.remove(ended);
        session.ringBytes += stream.ring.bytes();
        for (int id : ended) {
            Item item = items.get(id);
            if (item != null) {
                endRun(stream, item, member);
                if (member == active && !held) {
                    bridgeAlone(session, item, nowNanos);
                }
            }
        }
    }

    void hold() {
        held = true;
    }

    /** The decision has come: the member is the active now. */
    void activate(SessionDelivery session, int member, long nowNanos) {
        boolean same = active == member && !held;
        held = false;
        forgetDistances();
        if (same) {
            follow(session, member);
        } else {
            goOnWith(session, member, "switch to member " + member, nowNanos);
        }
    }

    /** The members have changed places, or one of them began anew. */
    private void forgetDistances() {
        overdue.forget();
        silence.forget();
        spokeNanos = Long.MIN_VALUE;
    }

    private void follow(SessionDelivery session, int member) {
        active = member;
        leads = member != session.active();
        leadNanos = Long.MAX_VALUE;
        spokeNanos = Long.MIN_VALUE;
        spokeAgainNanos = Long.MAX_VALUE;
        if (!leads) {
            items.values().forEach(item -> item.ledFirst = false);
        }
    }

    /** From here on the member's values are delivered, from what the client has seen. */
    private void goOnWith(SessionDelivery session, int member, String why, long nowNanos) {
        long heard = active >= 0 ? stream(active).heardNanos : Long.MIN_VALUE;
        int former = active;
        follow(session, member);
        Ring ring = stream(member).ring;
        prune(session, member, heard, nowNanos);
        beginBridge(session, why, former, nowNanos);
        for (Item item : items.values()) {
            Run run = item.run(member);
            run.beforeBurst();
            forgiveEviction(session, item, run);
            item.left = 0;
        }
        searchRing(session, member, ring);
        for (Ring.Entry entry : ring.entries()) {
            if (resets > 0) {
                countResets(session, entry.batch);
            }
            forgetMeetings(session, member, entry);
        }
        for (Ring.Entry entry = ring.poll(); entry != null; entry = ring.poll()) {
            session.ringBytes -= entry.batch.bytes();
            deliver(session, member, entry.batch, entry.receivedNanos, nowNanos, false);
        }
        for (Item item : items.values()) {
            item.skip = -1;
        }
        if (bridging == 0) {
            reportDoubt(session);
        }
    }

    // ------------------------------------------------------------------ a standby that leads

    /** When the member's oldest waiting value makes the active overdue. */
    private long overdueNanos(int member) {
        Ring.Entry first = stream(member).ring.first();
        long patience = overdue.patienceNanos(settings.publishingNanos());
        long silent = silence.patienceNanos(0);
        if (first == null || patience == Long.MAX_VALUE || silent == Long.MAX_VALUE || active < 0) {
            return Long.MAX_VALUE;
        }
        long heard = stream(active).heardNanos;
        return Math.max(Math.max(first.receivedNanos, heard) + patience, heard + silent);
    }

    void leadTick(SessionDelivery session, long nowNanos) {
        if (nowNanos < leadNanos) {
            return;
        }
        leadNanos = Long.MAX_VALUE;
        if (leads && !held && spokeAgainNanos != Long.MAX_VALUE) {
            overstay(session, nowNanos);
            return;
        }
        if (held || leads || active < 0 || !settings.publishingEnabled()) {
            return;
        }
        for (int member = 0; member < streams.length; member++) {
            long due = member == active ? Long.MAX_VALUE : overdueNanos(member);
            if (due > nowNanos) {
                leadNanos = Math.min(leadNanos, due);
            } else if (continues(session, member)) {
                goOnWith(session, member, "member " + active + " is overdue", nowNanos);
                return;
            } else {
                leadRefusals++;
            }
        }
    }

    /**
     * Whether the member's values go on from what the client has, proven for each item: nothing would be marked. Not for
     * those that began while a standby led, which must not keep the active out. Nor where something waits before that
     * which has a later time: the member's clock has been set back since, and by time that would be news.
     */
    private boolean continues(SessionDelivery session, int member) {
        Set<Item> said = new HashSet<>();
        Set<Item> later = new HashSet<>();
        for (Ring.Entry entry : stream(member).ring.entries()) {
            ValueBatch batch = entry.batch;
            for (int i = entry.coveredTo; i < batch.size(); i++) {
                Item item = session.item(batch.item(i));
                if (item == null) {
                    continue;
                }
                if (item.isWatermark(batch.sourceTime(i), batch.fingerprint(i))) {
                    said.add(item);
                    if (later.contains(item)) {
                        return false;
                    }
                } else if (item.isLater(batch.sourceTime(i)) && !said.contains(item)) {
                    later.add(item);
                }
            }
        }
        for (Item item : items.values()) {
            if (!item.continuesAt(member, said.contains(item))) {
                return false;
            }
        }
        return true;
    }

    /** What was covered while it waited comes again, before what is news: the watermark is met on the way. */
    private static void forgetMeetings(SessionDelivery session, int member, Ring.Entry entry) {
        for (int i = 0; i < entry.coveredTo; i++) {
            Item item = session.item(entry.batch.item(i));
            if (item != null) {
                item.run(member).met(0);
            }
        }
    }

    /** A parked item's few values of the time before it was parked tell nothing; its burst will be searched. */
    private void searchRing(SessionDelivery session, int member, Ring ring) {
        List<Item> searched = new ArrayList<>();
        for (Item item : items.values()) {
            if (!item.run(member).parked) {
                searched.add(item);
            }
        }
        searchWatermarks(session, member, ring.entries(), searched);
    }

    /** @param former the member whose values were delivered until now, or -1 */
    private void beginBridge(SessionDelivery session, String why, int former, long nowNanos) {
        long heard = former >= 0 ? stream(former).heardNanos : Long.MIN_VALUE;
        expectBridges(session, why, nowNanos);
        bridging = 0;
        silent = true;
        for (Item item : items.values()) {
            item.beginBridge(former, heard);
            if (item.bridging) {
                bridging++;
            }
        }
    }

    private void expectBridges(SessionDelivery session, String why, long nowNanos) {
        reportDoubt(session);
        doubt = why;
        bridgeNanos = Math.max(session.limits().bridgeNanos(), 3 * settings.publishingNanos());
        bridgeUntilNanos = nowNanos + bridgeNanos;
        recordByNanos = bridgeUntilNanos;
    }

    /** From the item's old run at the active to its next one there, while the others go on as they are. */
    private void bridgeAlone(SessionDelivery session, Item item, long nowNanos) {
        if (bridging == 0) {
            expectBridges(session, "the item at the active server was made anew", nowNanos);
            silent = false;
        }
        bridging -= item.bridging ? 1 : 0;
        item.beginBridge(active, stream(active).heardNanos);
        bridging += item.bridging ? 1 : 0;
    }

    /** What left the ring unseen has been said by the former active since. */
    private void forgiveEviction(SessionDelivery session, Item item, Run run) {
        boolean passed = item.agrees(run) && run.evictedTime != 0 && item.seen && run.evictedTime <= item.time;
        boolean heardSince = item.completeNanos != Long.MIN_VALUE
                && item.completeNanos - run.evictedNanos > session.limits().ringNanos();
        if (passed || (!item.agrees(run) && heardSince)) {
            run.evicted = false;
        }
    }

    /**
     * For items whose members were never seen to agree on a time: where in the ring, or in a parked item's burst, stands
     * the value that the client saw last? What follows it is news. Not found and times not comparable: only the newest is
     * delivered, in doubt.
     */
    private void searchWatermarks(
            SessionDelivery session, int member, Iterable<Ring.Entry> entries, Collection<Item> searched) {
        for (Ring.Entry entry : entries) {
            ValueBatch batch = entry.batch;
            for (int i = 0; i < batch.size(); i++) {
                Item item = session.item(batch.item(i));
                if (item != null && item.bridging && !item.isEvents()) {
                    item.compare(item.run(member), batch.sourceTime(i), batch.fingerprint(i));
                }
            }
        }
        for (Item item : searched) {
            item.searching = item.bridging && !item.isEvents() && !isMatched(item, member);
            item.ordinal = 0;
        }
        for (Ring.Entry entry : entries) {
            ValueBatch batch = entry.batch;
            for (int i = 0; i < batch.size(); i++) {
                Item item = session.item(batch.item(i));
                if (item != null && item.searching) {
                    item.searchNext(batch.sourceTime(i), batch.fingerprint(i), batch.overflow(i), entry.receivedNanos);
                }
            }
        }
        for (Item item : searched) {
            if (item.searching) {
                item.searching = false;
                item.forgetImplausible(settings.publishingNanos());
                Run run = item.run(member);
                boolean saidBefore = (run.parked || item.ordinal == 0) && item.wasLastWord(run);
                if (item.skip < 0 && saidBefore) {
                    item.found = true;
                    item.byTime = false;
                } else if (item.skip >= 0 && (!item.found || item.holes) && isComparable(item)) {
                    // There are several such values, or may have been, so in doubt: then at least in the order of time.
                    item.skip = -1;
                } else if (item.skip >= 0) {
                    item.found &= !item.repeats();
                    item.byTime = false;
                } else if (item.ordinal > 0 && !isComparable(item)) {
                    item.byTime = false;
                    item.skip = item.ordinal - 2;
                }
                item.ordinal = 0;
            }
        }
    }

    private static boolean isMatched(Item item, int member) {
        return item.time != 0 && item.agrees(item.run(member));
    }

    private static boolean isComparable(Item item) {
        return item.time != 0 && item.ringTime != 0 && Math.abs(item.ringTime - item.time) <= COMPARABLE_TICKS;
    }

    /** The time of comparing is over: what has not come through passes from now on (I8). */
    private void endBridge(SessionDelivery session, long nowNanos) {
        if (silent) {
            bridgeUntilNanos = Long.MAX_VALUE;
            return;
        }
        boolean waiting = false;
        for (Item item : items.values()) {
            if (!item.bridging) {
                continue;
            }
            Run run = item.run(Math.max(0, active));
            if (!run.open) {
                waiting = true;
                continue;
            }
            item.bridging = false;
            bridging--;
            if (!item.isEvents()) {
                endBridge(session, item, run, nowNanos);
            }
        }
        bridgeUntilNanos = waiting ? Long.MAX_VALUE : bridgeUntilNanos;
        reportDoubt(session);
    }

    /** Nothing newer came: the member's last word is the item's state, however old its time (I8). */
    private void endBridge(SessionDelivery session, Item item, Run run, long nowNanos) {
        item.found |= item.wasLastWord(run);
        ValueBatch last = item.heldBack();
        if (last != null) {
            doubt(item, last.sourceTime(0));
            item.delivered(run.member, last.sourceTime(0), last.fingerprint(0), nowNanos);
            item.mark = false;
            session.delivered++;
            item.newestIn = queue.nextNumber();
            enqueue(session, last);
        } else if (!proven(item, run, 0) && !item.mark) {
            item.mark = true;
            doubt(item, 0);
        }
        settled(item, run);
    }

    /** Tandem's own words: Bad values of an outage; the next value of each item is delivered whatever its time. */
    void strand(SessionDelivery session, ValueBatch bad) {
        held = true;
        enqueueOwn(session);
        BitSet untold = new BitSet();
        for (int i = 0; i < bad.size(); i++) {
            Item item = session.item(bad.item(i));
            if (item != null && !item.outageTold) {
                untold.set(i);
            }
        }
        if (untold.isEmpty()) {
            return;
        }
        ValueBatch news = untold.cardinality() == bad.size() ? bad : bad.select(untold, new BitSet(), new BitSet());
        ownSent(session, news, true);
        enqueueOwn(session, news);
    }

    void ownValues(SessionDelivery session, ValueBatch batch) {
        ownSent(session, batch, false);
        own.add(batch);
        if (own.size() >= OWN_MAX) {
            enqueueOwn(session);
        }
    }

    void ownValuesNow(SessionDelivery session, ValueBatch batch) {
        ownSent(session, batch, false);
        enqueueOwn(session, batch);
    }

    void owe() {
        Set<Integer> queued = queue.items();
        for (Item item : items.values()) {
            if (!item.isEvents() && !queued.contains(item.id)) {
                owe(item);
            }
        }
    }

    private void enqueueOwn(SessionDelivery session) {
        own.forEach(batch -> enqueueOwn(session, batch));
        own.clear();
    }

    private void enqueueOwn(SessionDelivery session, ValueBatch batch) {
        for (int i = 0; i < batch.size(); i++) {
            Item item = session.item(batch.item(i));
            if (item != null) {
                item.newestIn = queue.nextNumber();
            }
        }
        enqueue(session, batch);
    }

    private void ownSent(SessionDelivery session, ValueBatch batch, boolean isOutage) {
        for (int i = 0; i < batch.size(); i++) {
            Item item = session.item(batch.item(i));
            if (item != null) {
                item.outageTold = isOutage;
                owe(item);
            }
        }
    }

    /** The next value of a member is delivered whatever it is. */
    private void owe(Item item) {
        item.reset = true;
        if (!item.resetCounted && item.runs.length > 0) {
            item.resetCounted = true;
            resets++;
        }
    }

    // ------------------------------------------------------------------ queue

    private void enqueue(SessionDelivery session, ValueBatch batch) {
        queue.add(batch);
        session.queuedBytes += batch.bytes();
        session.boundQueues();
    }

    long queuedBytes() {
        return queue.bytes();
    }

    /**
     * The oldest waiting values give way, of each item all but its newest; the items' next ones, which wait already,
     * carry the mark.
     *
     * @return false if none can give way
     */
    boolean giveWay(SessionDelivery session, long excess) {
        List<ValueBatch> gone = queue.giveWay(excess, session::item);
        List<Integer> lost = new ArrayList<>();
        for (ValueBatch batch : gone) {
            session.queuedBytes -= batch.bytes();
            session.dropped += batch.size();
            for (int i = 0; i < batch.size(); i++) {
                Item item = session.item(batch.item(i));
                if (item != null && !item.lost) {
                    item.lost = true;
                    losses++;
                    lost.add(item.id);
                }
            }
        }
        if (!lost.isEmpty()) {
            session.output()
                    .gap(new DeliveryOutput.Gap(
                            id, lost, gone.getFirst().sourceTime(0), 0, "the client did not take values in time"));
        }
        return !gone.isEmpty();
    }

    // ------------------------------------------------------------------ publishing

    /** Whether a message of this subscription could go out now, given a Publish request. */
    boolean wantsToSend(int parkedRequests, long nowNanos, long inFlightMaxNanos) {
        boolean data = settings.publishingEnabled() && !queue.isEmpty();
        return (data || keepAliveDue) && mayFollow(parkedRequests, nowNanos, inFlightMaxNanos);
    }

    /** Rule 1 of pitfall P1: one data message in flight. */
    private boolean mayFollow(int parkedRequests, long nowNanos, long inFlightMaxNanos) {
        Sent last = inFlight;
        if (last == null
                || last.acknowledged
                || parkedRequests >= inFlightParked
                || nowNanos - inFlightNanos >= inFlightMaxNanos) {
            inFlight = null;
            return true;
        }
        return false;
    }

    /** When a message that waits for the one in flight may go out at the latest. */
    long inFlightUntilNanos(long inFlightMaxNanos) {
        boolean waiting = keepAliveDue || (settings.publishingEnabled() && !queue.isEmpty());
        return inFlight != null && waiting ? inFlightNanos + inFlightMaxNanos : Long.MAX_VALUE;
    }

    PublishAnswer send(
            List<PublishAnswer.AckResult> results, int parkedBefore, SessionDelivery session, long nowNanos) {
        if (!settings.publishingEnabled() || queue.isEmpty()) {
            keepAliveDue = false;
            idleIntervals = 0;
            neverSent = false;
            return new PublishAnswer(id, nextNumber, available(), false, List.of(), results);
        }
        Sent message = new Sent(takeNumber(), takeContent(session));
        remember(message, session);
        inFlight = message;
        inFlightNanos = nowNanos;
        inFlightParked = parkedBefore;
        keepAliveDue = false;
        idleIntervals = 0;
        neverSent = false;
        return new PublishAnswer(id, message.number, available(), !queue.isEmpty(), message.content, results);
    }

    /** The last message of a subscription that ends. */
    PublishAnswer sendStatusChange(boolean timedOut, List<PublishAnswer.AckResult> results) {
        long number = takeNumber();
        List<Long> numbers = new ArrayList<>(available());
        numbers.add(number);
        return new PublishAnswer(
                id, number, numbers, false, List.of(new PublishAnswer.StatusChange(timedOut)), results);
    }

    private long takeNumber() {
        long number = nextNumber;
        nextNumber = following(number);
        return number;
    }

    /** Part 4, 7.39: numbers wrap to 1, never to 0. */
    static long following(long number) {
        return number == 0xFFFF_FFFFL ? 1 : number + 1;
    }

    private List<PublishAnswer.Content> takeContent(SessionDelivery session) {
        int room = settings.maxNotifications() > 0
                ? Math.min(settings.maxNotifications(), MESSAGE_ENTRIES_MAX)
                : MESSAGE_ENTRIES_MAX;
        long bytes = 0;
        List<PublishAnswer.Content> content = new ArrayList<>();
        while (room > 0 && !queue.isEmpty()) {
            ValueBatch first = queue.removeFirst();
            session.queuedBytes -= first.bytes();
            if (!content.isEmpty() && bytes + first.bytes() > MESSAGE_BYTES_MAX) {
                putBack(session, first);
                break;
            }
            int fit = Math.min(room, entriesWithin(first, MESSAGE_BYTES_MAX));
            if (first.size() > fit) {
                putBack(session, part(first, fit, first.size()));
                first = part(first, 0, fit);
                room = fit;
            }
            content.add(new PublishAnswer.Values(losses > 0 ? markLosses(session, first) : first));
            bytes += first.bytes();
            room -= first.size();
        }
        return content;
    }

    private ValueBatch markLosses(SessionDelivery session, ValueBatch batch) {
        BitSet mark = new BitSet();
        for (int i = 0; i < batch.size(); i++) {
            Item item = session.item(batch.item(i));
            if (item != null && item.lost) {
                item.lost = false;
                losses--;
                mark.set(i);
            }
        }
        if (mark.isEmpty()) {
            return batch;
        }
        BitSet all = new BitSet();
        all.set(0, batch.size());
        return batch.select(all, mark, new BitSet());
    }

    private void putBack(SessionDelivery session, ValueBatch batch) {
        queue.putBack(batch);
        session.queuedBytes += batch.bytes();
    }

    private static int entriesWithin(ValueBatch batch, int bytesMax) {
        return batch.bytes() <= bytesMax
                ? batch.size()
                : Math.max(1, (int) ((long) batch.size() * bytesMax / batch.bytes()));
    }

    private static ValueBatch part(ValueBatch batch, int from, int to) {
        BitSet keep = new BitSet(batch.size());
        keep.set(from, to);
        return batch.select(keep, new BitSet(), new BitSet());
    }

    private void remember(Sent message, SessionDelivery session) {
        sent.addLast(message);
        keptBytes += message.bytes;
        session.keptBytes += message.bytes;
        while (sent.size() - acknowledgedKept > UNACKNOWLEDGED_MAX) {
            forget(oldestUnacknowledged(), session);
        }
        forgetAcknowledged(session);
        while (session.keptBytes > SessionDelivery.KEPT_BYTES_MAX && sent.size() > 1) {
            forget(sent.getFirst(), session);
        }
    }

    private void forget(Sent message, SessionDelivery session) {
        sent.removeFirstOccurrence(message);
        acknowledgedKept -= message.acknowledged ? 1 : 0;
        keptBytes -= message.bytes;
        session.keptBytes -= message.bytes;
    }

    private Sent oldestUnacknowledged() {
        for (Sent s : sent) {
            if (!s.acknowledged) {
                return s;
            }
        }
        return sent.getFirst();
    }

    private void forgetAcknowledged(SessionDelivery session) {
        while (acknowledgedKept > session.limits().retransmitMessages()) {
            for (Sent s : sent) {
                if (s.acknowledged) {
                    forget(s, session);
                    break;
                }
            }
        }
    }

    PublishAnswer.AckResult acknowledge(long number, SessionDelivery session) {
        for (Sent s : sent) {
            if (s.number == number && !s.acknowledged) {
                s.acknowledged = true;
                acknowledgedKept++;
                forgetAcknowledged(session);
                return PublishAnswer.AckResult.GOOD;
            }
        }
        return PublishAnswer.AckResult.SEQUENCE_UNKNOWN;
    }

    @Nullable
    PublishAnswer republish(long number) {
        for (Sent s : sent) {
            if (s.number == number) {
                return new PublishAnswer(id, number, available(), false, s.content, List.of());
            }
        }
        return null;
    }

    /** Numbers sent and not acknowledged, oldest first. */
    public List<Long> available() {
        List<Long> numbers = new ArrayList<>();
        for (Sent s : sent) {
            if (!s.acknowledged) {
                numbers.add(s.number);
            }
        }
        return numbers;
    }

    // ------------------------------------------------------------------ time

    void touch() {
        unservedIntervals = 0;
    }

    void modify(SubscriptionSettings changed, long nowNanos) {
        if (changed.publishingNanos() != settings.publishingNanos()) {
            forgetDistances();
            nextPublishNanos = nowNanos + changed.publishingNanos();
        }
        settings = changed;
        touch();
    }

    /**
     * One publishing interval has passed.
     *
     * @return false when the lifetime is over
     */
    boolean interval(SessionDelivery session, boolean requestParked, long nowNanos) {
        nextPublishNanos += settings.publishingNanos();
        if (nextPublishNanos <= nowNanos) {
            // A pause of our own is one interval, not many (S35).
            nextPublishNanos = nowNanos + settings.publishingNanos();
        }
        enqueueOwn(session);
        if (requestParked) {
            unservedIntervals = 0;
        } else if (++unservedIntervals >= settings.lifetimeCount()) {
            return false;
        }
        if (!settings.publishingEnabled() || queue.isEmpty()) {
            idleIntervals++;
            if (neverSent || idleIntervals >= settings.keepAliveCount()) {
                keepAliveDue = true;
            }
        }
        return true;
    }

    void bridgeTick(SessionDelivery session, long nowNanos) {
        if (!doubtful.isEmpty() && nowNanos >= recordByNanos) {
            reportDoubt(session);
        }
        if (bridging > 0 && nowNanos >= bridgeUntilNanos) {
            endBridge(session, nowNanos);
        }
    }

    long bridgeTickNanos() {
        long bridge = bridging > 0 ? bridgeUntilNanos : Long.MAX_VALUE;
        return doubtful.isEmpty() ? bridge : Math.min(bridge, recordByNanos);
    }

    long leadTickNanos() {
        return leadNanos;
    }

    /** Leaves the session: what it holds counts there no more. */
    void leave(SessionDelivery session) {
        reportDoubt(session);
        session.queuedBytes -= queue.bytes();
        session.keptBytes -= keptBytes;
        for (Stream stream : streams) {
            session.ringBytes -= stream.ring.bytes();
            stream.ring.clear();
        }
        for (Item item : items.values()) {
            for (Run run : item.runs) {
                run.open = false;
                stream(run.member).queueIsLong(run, false);
            }
        }
    }

    /** Joins another session, whose links make its items anew. */
    void join(SessionDelivery session, int activeMember, boolean isHeld, long nowNanos) {
        session.queuedBytes += queue.bytes();
        session.keptBytes += keptBytes;
        inFlight = null;
        active = activeMember;
        held = isHeld;
        leads = false;
        forgetDistances();
        nextPublishNanos = nowNanos + settings.publishingNanos();
        touch();
        beginBridge(session, "the subscription was transferred", active, nowNanos);
        bridgeUntilNanos = Long.MAX_VALUE;
    }

    void begin(int activeMember, boolean isHeld) {
        active = activeMember;
        held = isHeld;
    }

    void itemRemoved(SessionDelivery session, Item item) {
        items.remove(item.id);
        for (Run run : item.runs) {
            stream(run.member).queueIsLong(run, false);
        }
        if (item.bridging) {
            bridging--;
            if (bridging == 0) {
                // The last item that the record of the switch waited for.
                reportDoubt(session);
            }
        }
        if (item.lost) {
            losses--;
        }
        clearReset(item);
    }
}
