package org.tandemopc.core.pair;

/**
 * Where the requests of a pair go: the active member in one epoch. Read once per request and carried along.
 *
 * @param epoch grows with each promotion; an order with a smaller epoch than the receiver has seen is refused
 * @param member index of the active member in the pair's list (0 = primary), or {@link #NONE}
 */
public record Route(long epoch, int member) {
    /** No member is active: the pair starts, is stranded or disabled. */
    public static final int NONE = -1;

    public boolean hasMember() {
        return member != NONE;
    }
}
