package org.tandemopc.service;

import java.util.ArrayDeque;
import java.util.List;
import org.tandemopc.core.pair.PairEffect;
import org.tandemopc.core.pair.PairEvent;
import org.tandemopc.core.pair.PairState;

/**
 * The black box of a pair: each event with what it led to, the newest 1,000 in memory, more on disk. A file of it
 * replays: from any checkpoint line on, the same events lead to the same states.
 */
final class PairJournal {
    static final int STEPS_MAX = 1000;
    static final int CHECKPOINT_EVERY = 500;

    /** One turn of the actor. */
    record Turn(PairEvent event, List<PairEffect> effects, PairState after) {}

    private final SegmentLog disk;
    private final ArrayDeque<Turn> ring = new ArrayDeque<>();
    private long turns;
    private long lostBefore;

    PairJournal(SegmentLog disk) {
        this.disk = disk;
    }

    /** The actor only. Returns at once. */
    void add(PairState before, PairEvent event, List<PairEffect> effects, PairState after) {
        synchronized (ring) {
            if (ring.size() >= STEPS_MAX) {
                ring.removeFirst();
            }
            ring.addLast(new Turn(event, effects, after));
        }
        long lost = disk.lost();
        if (turns++ % CHECKPOINT_EVERY == 0 || lost != lostBefore) {
            lostBefore = lost;
            disk.append(() -> JsonLines.checkpoint(before), false);
        }
        disk.append(() -> JsonLines.step(event, effects, after), false);
    }

    SegmentLog disk() {
        return disk;
    }

    /** The newest turns, oldest first; any thread. */
    List<Turn> newest() {
        synchronized (ring) {
            return List.copyOf(ring);
        }
    }
}
