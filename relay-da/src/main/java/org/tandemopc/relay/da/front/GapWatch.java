package org.tandemopc.relay.da.front;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * Waits for the first value that a session's client gets of a new active member, the end of a gap (I4): for {@link #WAIT_SECONDS} at
 * most, as a member may have nothing new to tell. Any thread; returns at once.
 */
final class GapWatch {
    static final long WAIT_SECONDS = 5;

    private final int member;
    private final long fromTicks;
    private final CompletableFuture<Long> first = new CompletableFuture<>();

    /**
     * @param member the new active one
     * @param fromTicks time of the last value that the client had before; 0: none
     */
    GapWatch(int member, long fromTicks) {
        this.member = member;
        this.fromTicks = fromTicks;
    }

    long fromTicks() {
        return fromTicks;
    }

    /** A value of the member was told; only the first counts. */
    void told(int byMember, long ticks) {
        if (byMember == member) {
            var unused = first.complete(ticks);
        }
    }

    /**
     * @param isAwaited whether anybody is told values at all
     * @param told hears the time of the first one, once; 0: none came in time
     */
    void report(boolean isAwaited, LongConsumer told) {
        if (isAwaited) {
            var unusedTimeout = first.completeOnTimeout(0L, WAIT_SECONDS, TimeUnit.SECONDS);
        } else {
            var unusedEnd = first.complete(0L);
        }
        var unused = first.thenAccept(told::accept);
    }
}
