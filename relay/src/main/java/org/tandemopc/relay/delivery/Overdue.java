package org.tandemopc.relay.delivery;

/**
 * When the active's values are overdue: the standby has said a change, and the active has not for longer than it usually
 * comes behind. Then the standby's may be given to the client before anybody knows what is wrong with the active, see
 * {@link SubscriptionDelivery}; the relay for OPC DA does the same with its groups.
 *
 * <p>The usual distance is learned as TCP learns the round trip (RFC 6298): a mean and a deviation of how long the standby's
 * values have waited when the active said the same. A suspicion that proves wrong costs the client nothing, so patience
 * need not be long; but it costs work for each item, so each wrong one makes the next come later for a while. Pure; one
 * thread at a time; times in ns of one monotonic clock.
 */
public final class Overdue {
    /** So many values must have been said by both before anything is judged. */
    private static final int SAMPLES_MIN = 8;
    /** So many in time after a wrong suspicion make one step of caution forgotten. */
    private static final int SAMPLES_FORGET = 64;

    private static final int CAUTION_MAX = 6;
    private static final long FLOOR_NANOS = 1_000_000L;

    private int samples;
    private double mean;
    private double deviation;
    private int caution;
    private int inTime;

    /** @param waitedNanos how long a value of the standby had waited when the active said the same; 0 if it came later */
    public void agreed(long waitedNanos) {
        if (samples == 0) {
            mean = waitedNanos;
            deviation = waitedNanos / 2.0;
        } else {
            deviation += (Math.abs(waitedNanos - mean) - deviation) / 4;
            mean += (waitedNanos - mean) / 8;
        }
        samples = Math.min(samples + 1, SAMPLES_MIN);
        if (caution > 0 && ++inTime >= SAMPLES_FORGET) {
            inTime = 0;
            caution--;
        }
    }

    /** The active was alive, only late. */
    public void wasWrong() {
        caution = Math.min(caution + 1, CAUTION_MAX);
        inTime = 0;
    }

    /** The members have changed places, or one of them began anew: what was learned is of another pair of streams. */
    public void forget() {
        samples = 0;
        mean = 0;
        deviation = 0;
        caution = 0;
        inTime = 0;
    }

    /**
     * How long a value of the standby waits for the active to say the same.
     *
     * @param publishingNanos of the subscription, or the update rate of a group; 0 or more
     * @return {@link Long#MAX_VALUE} while too little is known
     */
    public long patienceNanos(long publishingNanos) {
        if (samples < SAMPLES_MIN) {
            return Long.MAX_VALUE;
        }
        long floor = Math.max(FLOOR_NANOS, publishingNanos / 8);
        return (long) (mean + (2 + caution) * deviation) + (1L + caution) * floor;
    }
}
