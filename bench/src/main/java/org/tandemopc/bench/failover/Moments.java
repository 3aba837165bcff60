package org.tandemopc.bench.failover;

/**
 * When the fault came and went.
 *
 * @param steadyNanos monotonic, the beginning of the quiet time before the fault
 * @param faultNanos monotonic, before the signal was sent
 * @param faultEpochMicros wall clock, after the signal was sent: a tick that began later is not the victim's
 * @param thawNanos monotonic, when a hanging server went on; {@link Long#MAX_VALUE} when it did not
 */
record Moments(long steadyNanos, long faultNanos, long faultEpochMicros, long thawNanos) {
    static final long NEVER = Long.MAX_VALUE;
}
