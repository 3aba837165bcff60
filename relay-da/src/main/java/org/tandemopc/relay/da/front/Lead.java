package org.tandemopc.relay.da.front;

import org.tandemopc.relay.delivery.Overdue;

/**
 * When a standby's values may be told before anybody knows what is wrong with the active member (decisions 12 and 27): they have waited for
 * longer than the active usually comes behind, and the active has been silent for longer than it usually is. The latter is what a
 * standby that says something by itself does not bring about. Pure; one thread at a time; times in ns.
 */
final class Lead {
    /** For so long the active may speak again without saying what the client has; then it is the source whatever it says. */
    static final long OVERSTAYED_NANOS = 5_000_000_000L;

    /** So often in a row it is looked whether a standby can lead; then the active must speak first. */
    private static final int REFUSALS_MAX = 8;

    /** Callbacks that follow each other closer than by this part of the update rate are one. */
    private static final int BURST_PART = 4;

    private final Overdue distance = new Overdue();
    private final Overdue silence = new Overdue();
    private long heardNanos;
    private boolean isHeard;
    private int refusals;
    private boolean isRefused;
    private boolean isLeading;
    private long spokeNanos = Long.MAX_VALUE;

    boolean isLeading() {
        return isLeading;
    }

    void begin() {
        isLeading = true;
        spokeNanos = Long.MAX_VALUE;
    }

    void end() {
        isLeading = false;
        spokeNanos = Long.MAX_VALUE;
    }

    /** The active member has called back. */
    void heard(boolean isOfValues, long rateNanos, long nowNanos) {
        if (isLeading) {
            spokeNanos = Math.min(spokeNanos, nowNanos);
        } else {
            if (isHeard && isOfValues && nowNanos - heardNanos >= rateNanos / BURST_PART) {
                silence.agreed(nowNanos - heardNanos);
            }
            if (refusals > 0) {
                refusals = 0;
                distance.wasWrong();
            }
        }
        isHeard = true;
        heardNanos = nowNanos;
    }

    /** Both have said the same. @param waitedNanos how long the standby's had waited; 0 if the active was first */
    void agreed(long waitedNanos) {
        if (!isLeading) {
            distance.agreed(waitedNanos);
        }
    }

    /** The active was alive, only late. */
    void wasWrong() {
        distance.wasWrong();
    }

    /** A standby cannot lead; not before one says something more. */
    void refused() {
        isRefused = true;
        refusals++;
    }

    /** A standby has said something. */
    void standbySpoke() {
        isRefused = false;
    }

    /** Another member is the active, or the connection to one is new. */
    void forget() {
        distance.forget();
        silence.forget();
        isHeard = false;
        isRefused = false;
        refusals = 0;
    }

    /**
     * When a standby could lead.
     *
     * @param firstNanos when the oldest of its values came that wait
     * @return {@link Long#MAX_VALUE}: not before something else happens
     */
    long dueNanos(long firstNanos, long rateNanos) {
        if (isLeading || !isHeard || isRefused || refusals >= REFUSALS_MAX) {
            return Long.MAX_VALUE;
        }
        long late = distance.patienceNanos(rateNanos);
        long silent = silence.patienceNanos(0);
        if (late == Long.MAX_VALUE || silent == Long.MAX_VALUE) {
            return Long.MAX_VALUE;
        }
        return Math.max(Math.max(firstNanos, heardNanos) + late, heardNanos + silent);
    }

    /** When the active has spoken for long enough without saying what the client has; {@link Long#MAX_VALUE}: not yet known. */
    long overstayedNanos() {
        return spokeNanos == Long.MAX_VALUE ? Long.MAX_VALUE : spokeNanos + OVERSTAYED_NANOS;
    }
}
