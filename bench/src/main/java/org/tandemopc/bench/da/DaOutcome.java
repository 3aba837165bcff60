package org.tandemopc.bench.da;

import java.util.List;
import org.tandemopc.bench.da.DaTicks.Arrival;

/**
 * What a fault cost the client, by its first counter; NaN stands for what did not come. Pure.
 *
 * @param gapMs from the fault to the first value of a tick that began after it
 * @param longestBeforeMs longest interval between two new values in the 1.5 s before the fault: the control
 * @param longestAfterMs the same from the last value before the fault to 1.5 s after it
 */
record DaOutcome(double gapMs, double longestBeforeMs, double longestAfterMs) {
    private static final long WINDOW_NANOS = 1_500_000_000L;

    /**
     * @param arrivals in order
     * @param faultNanos monotonic
     * @param faultTick the tick that ran at the fault
     */
    static DaOutcome of(List<Arrival> arrivals, long faultNanos, long faultTick) {
        double gap = arrivals.stream()
                .filter(one -> one.tick() > faultTick)
                .mapToDouble(one -> (one.nanos() - faultNanos) / 1e6)
                .findFirst()
                .orElse(Double.NaN);
        long before = -1;
        long after = -1;
        for (int i = 1; i < arrivals.size(); i++) {
            long last = arrivals.get(i - 1).nanos();
            long now = arrivals.get(i).nanos();
            if (now - faultNanos < 0) {
                before = last - faultNanos >= -WINDOW_NANOS ? Math.max(before, now - last) : before;
            } else {
                after = last - faultNanos <= WINDOW_NANOS ? Math.max(after, now - last) : after;
            }
        }
        return new DaOutcome(gap, ms(before), ms(after));
    }

    private static double ms(long nanos) {
        return nanos < 0 ? Double.NaN : nanos / 1e6;
    }
}
