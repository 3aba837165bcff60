package org.tandemopc.core.pair;

/**
 * How often a member failed lately, after the idea of RFC 2439 (S15): each failure adds to a penalty that halves every
 * minute, as long as the member is usable. A member whose penalty reaches {@link DampingPolicy#SUPPRESS} is suppressed until the penalty has fallen to
 * {@link DampingPolicy#REUSE}, and for a hold-down that doubles from one suppression to the next.
 *
 * @param points penalty at {@code atNanos}; it decays from there
 * @param isFrozen the member is not usable: nothing decays, for silence proves no calm
 * @param holdUntilNanos earliest end of the suppression
 * @param suppressions how many came in a row; forgotten once the penalty has decayed to nothing, ten minutes of calm
 */
public record Damping(
        long points, long atNanos, boolean isFrozen, boolean suppressed, long holdUntilNanos, int suppressions) {
    static final Damping NONE = new Damping(0, 0, false, false, 0, 0);
}
