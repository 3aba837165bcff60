package org.tandemopc.core.pair;

/**
 * How often a member failed lately, after the idea of RFC 2439 (S15): each failure adds to a penalty that halves every
 * minute. A member whose penalty reaches {@link DampingPolicy#SUPPRESS} is suppressed until the penalty has fallen to
 * {@link DampingPolicy#REUSE}, and for a hold-down that doubles from one suppression to the next.
 *
 * @param points penalty at {@code atNanos}; it decays from there
 * @param holdUntilNanos earliest end of the suppression
 * @param suppressions how many came in a row; forgotten after {@link DampingPolicy#HOLD_DOWN_MAX_NANOS} without failure
 */
public record Damping(long points, long atNanos, boolean suppressed, long holdUntilNanos, int suppressions) {
    static final Damping NONE = new Damping(0, 0, false, 0, 0);
}
