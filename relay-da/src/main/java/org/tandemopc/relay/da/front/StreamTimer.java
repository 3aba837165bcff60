package org.tandemopc.relay.da.front;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Has something done at a time that changes all the time, mostly to a later one: one wake-up is under way at most, on a thread that all
 * groups share; what is done then has a thread of its own. Any thread; returns at once.
 */
final class StreamTimer {
    private static final ScheduledThreadPoolExecutor CLOCK = clock();

    private final Runnable body;

    // Guarded by this.
    private long dueNanos = Long.MAX_VALUE;
    private @Nullable Future<?> wakeUp;

    /** @param body done a little after a time was reached; it may be too early, and sets the next time itself */
    StreamTimer(Runnable body) {
        this.body = body;
    }

    private static ScheduledThreadPoolExecutor clock() {
        ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(
                1, task -> Thread.ofPlatform().daemon().name("da-stream-clock").unstarted(task));
        clock.setRemoveOnCancelPolicy(true);
        return clock;
    }

    /** @param nanos as {@link System#nanoTime} will be then; {@link Long#MAX_VALUE}: a wake-up that is under way does no harm */
    synchronized void at(long nanos) {
        if (nanos >= dueNanos) {
            return;
        }
        end();
        dueNanos = nanos;
        wakeUp = CLOCK.schedule(this::due, Math.max(0, nanos - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    private void due() {
        synchronized (this) {
            dueNanos = Long.MAX_VALUE;
            wakeUp = null;
        }
        Thread.ofVirtual().name("da-stream").start(body);
    }

    /** No wake-up is under way any more. */
    synchronized void end() {
        if (wakeUp != null) {
            wakeUp.cancel(false);
            wakeUp = null;
        }
        dueNanos = Long.MAX_VALUE;
    }
}
