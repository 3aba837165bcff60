package org.tandemopc.service.notify;

import java.util.concurrent.TimeUnit;
import org.tandemopc.core.notify.Budget;

/**
 * How often one way may be used, and how much it tells at once.
 *
 * @param burst notifications at once
 * @param intervalNanos after them, one in each
 * @param most events that one notification tells in full
 */
record Pace(int burst, long intervalNanos, int most) {
    /** People: ten, then 60 an hour. */
    static final Pace OF_PEOPLE = new Pace(10, TimeUnit.MINUTES.toNanos(1), 50);

    /** Programs that collect: what there is. */
    static final Pace OF_PROGRAMS = new Pace(1_000, TimeUnit.MILLISECONDS.toNanos(100), NoticeQueue.MAX);

    /** Records that a notification failed: five, then one a minute. */
    static final Pace OF_FAILURES = new Pace(5, TimeUnit.MINUTES.toNanos(1), 2);

    Budget budget(long nowNanos) {
        return Budget.of(burst, intervalNanos, nowNanos);
    }
}
