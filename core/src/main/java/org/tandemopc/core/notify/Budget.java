package org.tandemopc.core.notify;

/**
 * How often something may happen: at once for some times, then once per interval. Each interval that passes gives one
 * time back. An immutable value; whoever holds it hands the time in.
 *
 * @param left times that are left at {@code sinceNanos}
 * @param sinceNanos monotonic
 */
public record Budget(int burst, long intervalNanos, int left, long sinceNanos) {
    public Budget {
        if (burst < 1 || intervalNanos < 1 || left < 0 || left > burst) {
            throw new IllegalArgumentException("burst " + burst + ", interval " + intervalNanos + ", left " + left);
        }
    }

    /** With everything left. */
    public static Budget of(int burst, long intervalNanos, long nowNanos) {
        return new Budget(burst, intervalNanos, burst, nowNanos);
    }

    /** How long until it may happen; 0: now. */
    public long waitNanos(long nowNanos) {
        Budget now = at(nowNanos);
        return now.left > 0 ? 0 : intervalNanos - (nowNanos - now.sinceNanos);
    }

    /** After it happened; also where it happened too early. */
    public Budget spent(long nowNanos) {
        Budget now = at(nowNanos);
        return new Budget(burst, intervalNanos, Math.max(0, now.left - 1), now.sinceNanos);
    }

    private Budget at(long nowNanos) {
        long passed = Math.max(0, nowNanos - sinceNanos) / intervalNanos;
        return passed >= burst - left
                ? new Budget(burst, intervalNanos, burst, nowNanos)
                : new Budget(burst, intervalNanos, left + (int) passed, sinceNanos + passed * intervalNanos);
    }
}
