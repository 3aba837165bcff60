package org.tandemopc.it.matrix;

/** Whom a fault strikes. */
enum Target {
    ACTIVE,
    STANDBY,
    /** Both at once. */
    BOTH,
    /** The active, and while the pair leaves it, the other one; then the first is healed. */
    IN_TURN
}
