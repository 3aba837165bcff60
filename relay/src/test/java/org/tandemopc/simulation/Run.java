package org.tandemopc.simulation;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One monitored item at one member, from its creation there until it is gone: the checker's knowledge of what that
 * server sampled, dropped and sent.
 */
final class Run {
    final int member;
    final ItemDef item;
    final int session;
    final int subscription;
    final long firstTick;
    final long createdAt;
    /** When the relay's shell told the engine. */
    long startedAt = Long.MAX_VALUE;

    /** When the shell told the engine that it is over. */
    long endedAt = Long.MAX_VALUE;

    /** What the shell got of it last. */
    @Nullable
    Sample lastArrived;

    private final BitSet sampled = new BitSet();
    private final BitSet discarded = new BitSet();
    private final BitSet sent = new BitSet();
    private final Map<Long, Long> stamps = new HashMap<>();

    Run(int member, ItemDef item, int session, int subscription, long firstTick, long createdAt) {
        this.member = member;
        this.item = item;
        this.session = session;
        this.subscription = subscription;
        this.firstTick = firstTick;
        this.createdAt = createdAt;
    }

    private int index(long tick) {
        return (int) (tick - firstTick);
    }

    void sampled(long tick) {
        sampled.set(index(tick));
    }

    void discarded(long tick) {
        discarded.set(index(tick));
    }

    void sent(Sample sample) {
        sent.set(index(sample.tick));
        if (!item.lockstep()) {
            stamps.put(sample.tick, sample.sourceTime);
        }
    }

    /** The source time with which this server sent the change. */
    long stampOf(long tick) {
        return item.lockstep() ? item.sourceTime(tick, 0, 0) : stamps.getOrDefault(tick, Long.MIN_VALUE);
    }

    /** This server had the item then, and looked. */
    boolean wasSampled(long tick) {
        return tick >= firstTick && sampled.get(index(tick));
    }

    /** Sampled, and thrown out of the item's queue by a newer one. */
    boolean wasDiscarded(long tick) {
        return tick >= firstTick && discarded.get(index(tick));
    }

    boolean wasSent(long tick) {
        return tick >= firstTick && sent.get(index(tick));
    }

    boolean started() {
        return startedAt != Long.MAX_VALUE;
    }

    @Override
    public String toString() {
        return "run of item " + item.id() + " at member " + member + " from tick " + firstTick;
    }
}
