package org.tandemopc.bench.failover;

/**
 * A good value as the application got it.
 *
 * @param nanos when, monotonic
 * @param item index of the counter
 * @param tick the value
 * @param sourceMs source time, ms since the epoch
 */
record Arrival(long nanos, int item, long tick, long sourceMs) {}
