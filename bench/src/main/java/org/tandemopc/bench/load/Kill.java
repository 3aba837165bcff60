package org.tandemopc.bench.load;

import java.time.Duration;
import org.tandemopc.testkit.Await;

/** The end of the first server, by kill -9, and what clients have to see after it. */
final class Kill {
    private final long nanos;
    private final long tick;
    private final Ticks ticks;

    private Kill(long nanos, long tick, Ticks ticks) {
        this.nanos = nanos;
        this.tick = tick;
        this.ticks = ticks;
    }

    /** Kills it now. */
    static Kill of(World world, int periodMs, Ticks ticks) {
        long nanos = System.nanoTime();
        world.servers().get(0).kill();
        return new Kill(nanos, System.currentTimeMillis() / periodMs + 1, ticks);
    }

    /**
     * Waits until each item shows a tick that began after the kill.
     *
     * @return ms until the item that waited longest had one; up to a period is a part of them
     * @throws AssertionError when one of them has none in that time
     */
    double gapMs(Duration atMost) {
        Await.until("every counter goes on", atMost, () -> ticks.reached() >= tick);
        return (ticks.lastHeardNanos() - nanos) / 1e6;
    }
}
