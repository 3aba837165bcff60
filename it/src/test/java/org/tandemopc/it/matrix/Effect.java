package org.tandemopc.it.matrix;

/** What a fault of a member means for the pair. */
enum Effect {
    /** The member is gone: the pair leaves it. */
    LOST,
    /** The connections are gone, and new ones are welcome: a pair with a ready standby leaves the member. */
    BROKEN,
    /** Slow, damaged or doubled: the pair may leave the member or bear it. */
    DOUBTFUL,
    /** The pair bears it. */
    BORNE
}
