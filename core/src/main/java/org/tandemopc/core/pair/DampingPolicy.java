package org.tandemopc.core.pair;

/**
 * When a member that failed repeatedly may be returned to.
 *
 * <p>A door that keeps banging is not opened again each time; one waits until the wind has calmed down, and listens for
 * calm only while it is quiet: the penalty of a member that is down does not decay (RFC 2439 has a rate of its own for
 * the unreachable). Every failure costs 1000, every automatic return to a member that failed lately 500 more (RFC 2439 calls it an attribute change):
 * so the second failure soon after a return reaches 2000, and a member that comes and goes at any rate from 0.1 to 10 Hz
 * causes three switches: away, back, away. Refused: a fixed number of switches per hour, because it would also hold
 * a client on a dead member; damping never delays leaving an unusable member for a usable one.
 */
final class DampingPolicy {
    static final long FAILURE = 1000;
    static final long RETURN = 500;
    static final long SUPPRESS = 2000;
    static final long REUSE = 750;
    static final long POINTS_MAX = 6000;
    static final long HALF_LIFE_NANOS = 60_000_000_000L;
    static final long HOLD_DOWN_NANOS = 60_000_000_000L;
    static final long HOLD_DOWN_MAX_NANOS = 600_000_000_000L;

    private DampingPolicy() {}

    /** The penalty now, decayed. */
    static long pointsAt(Damping damping, long nowNanos) {
        if (damping.isFrozen()) {
            return damping.points();
        }
        double halfLives = (double) Math.max(0, nowNanos - damping.atNanos()) / HALF_LIFE_NANOS;
        return (long) (damping.points() * StrictMath.pow(0.5, halfLives));
    }

    static Damping failed(Damping damping, long nowNanos) {
        return charged(damping, FAILURE, nowNanos);
    }

    /** An automatic return was made; free for a member that did not fail lately. */
    static Damping returnedTo(Damping damping, long nowNanos) {
        return pointsAt(damping, nowNanos) == 0 ? damping : charged(damping, RETURN, nowNanos);
    }

    static boolean isSuppressed(Damping damping, long nowNanos) {
        return damping.suppressed() && (nowNanos < damping.holdUntilNanos() || pointsAt(damping, nowNanos) > REUSE);
    }

    /** The member is not usable any more. */
    static Damping frozen(Damping damping, long nowNanos) {
        return settled(damping, true, nowNanos);
    }

    /** The member is usable again. */
    static Damping thawed(Damping damping, long nowNanos) {
        return settled(damping, false, nowNanos);
    }

    private static Damping settled(Damping damping, boolean isFrozen, long nowNanos) {
        return new Damping(
                pointsAt(damping, nowNanos),
                nowNanos,
                isFrozen,
                damping.suppressed(),
                damping.holdUntilNanos(),
                damping.suppressions());
    }

    /** When the suppression ends if nothing more happens and the member is usable from {@code atNanos} on. */
    static long reuseNanos(Damping damping) {
        double halfLives = StrictMath.log((double) damping.points() / REUSE) / StrictMath.log(2);
        long decayedNanos = damping.atNanos() + (long) (Math.max(0, halfLives) * HALF_LIFE_NANOS) + 1_000_000;
        return Math.max(decayedNanos, damping.holdUntilNanos());
    }

    private static Damping charged(Damping damping, long points, long nowNanos) {
        long sum = Math.min(POINTS_MAX, pointsAt(damping, nowNanos) + points);
        if (isSuppressed(damping, nowNanos)) {
            return new Damping(
                    sum, nowNanos, damping.isFrozen(), true, damping.holdUntilNanos(), damping.suppressions());
        }
        int earlier = pointsAt(damping, nowNanos) == 0 ? 0 : damping.suppressions();
        if (sum < SUPPRESS) {
            return new Damping(sum, nowNanos, damping.isFrozen(), false, 0, earlier);
        }
        long hold = Math.min(HOLD_DOWN_MAX_NANOS, HOLD_DOWN_NANOS << Math.min(earlier, 4));
        return new Damping(sum, nowNanos, damping.isFrozen(), true, nowNanos + hold, earlier + 1);
    }
}
