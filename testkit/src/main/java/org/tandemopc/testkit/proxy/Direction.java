package org.tandemopc.testkit.proxy;

/** Which way bytes go through a proxy. */
public enum Direction {
    /** From who connected to the target. */
    REQUESTS,
    /** From the target back. */
    ANSWERS
}
