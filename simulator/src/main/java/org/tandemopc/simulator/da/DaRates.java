package org.tandemopc.simulator.da;

/**
 * The rates that a server has: the multiples of a step, from one of them on. The same request always gets the same answer
 * (DA 3.0 4.3.4.1). Immutable.
 *
 * @param stepMs 1 to 60,000
 * @param minMs the fastest; a multiple of the step
 */
record DaRates(long stepMs, long minMs) {
    /** The greatest age, which means the cache. */
    static final long CACHE = 0xFFFF_FFFFL;

    private static final long STEP_MAX = 60_000;
    private static final long MAX = 0xFFFF_FFFFL;

    DaRates {
        if (stepMs < 1 || stepMs > STEP_MAX || minMs < stepMs || minMs % stepMs != 0) {
            throw new IllegalArgumentException("rates from %d ms on in steps of %d ms".formatted(minMs, stepMs));
        }
    }

    /** The same or the next slower one. @param requestedMs 0: the fastest; to 4,294,967,295 */
    long revised(long requestedMs) {
        long up = Math.ceilDiv(requestedMs, stepMs) * stepMs;
        return Math.max(minMs, up > MAX ? MAX / stepMs * stepMs : up);
    }
}
