package org.tandemopc.simulation;

import org.jspecify.annotations.Nullable;

/** One value on its way to a client, with its true origin, which the engine cannot see or change. */
final class Sample {
    /** Where it comes from; null: Tandem's own. */
    final @Nullable Run run;

    final int item;
    final long tick;
    final long sourceTime;
    final long value;
    final int status;
    /** The server's queue dropped something before it. */
    boolean overflow;
    /** When the relay's shell had it; before that {@link Long#MAX_VALUE}. */
    long arrivedAt = Long.MAX_VALUE;

    /** When the shell had the run's next one; before that {@link Long#MAX_VALUE}. */
    long nextArrivedAt = Long.MAX_VALUE;

    Sample(@Nullable Run run, int item, long tick, long sourceTime, long value, int status) {
        this.run = run;
        this.item = item;
        this.tick = tick;
        this.sourceTime = sourceTime;
        this.value = value;
        this.status = status;
    }

    void arrived(long nowNanos) {
        arrivedAt = nowNanos;
        if (run != null) {
            if (run.lastArrived != null) {
                run.lastArrived.nextArrivedAt = nowNanos;
            }
            run.lastArrived = this;
        }
    }

    static Sample own(int item, int status, long nowNanos) {
        return new Sample(null, item, -1, nowNanos / 100, 0, status);
    }

    @Override
    public String toString() {
        return run == null
                ? item + "=" + Integer.toHexString(status)
                : item + "=" + tick + (overflow ? "!" : "") + "@" + run.member;
    }
}
