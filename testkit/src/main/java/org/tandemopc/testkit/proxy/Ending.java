package org.tandemopc.testkit.proxy;

/** How a proxy ends a connection. */
public enum Ending {
    /** Closed on both sides, as a program does that has nothing more to say. */
    CLOSE,
    /** Reset on both sides (RST), as of a program that died. */
    RESET,
    /** Reset, and every other connection of the proxy with it: the target is gone, not one connection to it. */
    RESET_ALL
}
