package org.tandemopc.it.matrix;

/** What a fault of a member means for the pair. */
enum Effect {
    /** The member is gone: the pair leaves it, and is stranded when the other one is gone as well. */
    LOST,
    /** The member answers, and what it says is that it is of no use: the pair leaves it, unless the other one is as bad. */
    USELESS,
    /** The connections are gone, and new ones are welcome: a pair with a ready standby leaves the member. */
    BROKEN,
    /** The member is worse than the other one, and serves: a pair that knows the other one leaves it after a while. */
    WORSE,
    /** Too late to be believed alive: the pair leaves the member for another one, and may keep its last one. */
    LATE,
    /** Slow, damaged or doubled: the pair may leave the member or bear it. */
    DOUBTFUL,
    /** The pair bears it. */
    BORNE
}
