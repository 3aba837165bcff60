package org.tandemopc.relay.delivery;

/**
 * Bounds of one session's delivery.
 *
 * @param publishRequestsMax parked Publish requests; beyond it the oldest is refused (Part 4, 5.14.5)
 * @param queuedBytesMax values waiting for a Publish request, per session; beyond it the oldest are dropped and the
 *     items marked, but for each item's newest value
 * @param ringBytesMax standby values, per session
 * @param ringNanos how long a standby value that is not covered by a watermark is kept at least
 * @param retransmitMessages acknowledged messages kept for Republish
 * @param inFlightNanos after which the next data message of a subscription goes out though the last is not acknowledged
 * @param bridgeNanos how long after a switch values are compared with the watermark
 */
public record DeliveryLimits(
        int publishRequestsMax,
        long queuedBytesMax,
        long ringBytesMax,
        long ringNanos,
        int retransmitMessages,
        long inFlightNanos,
        long bridgeNanos) {
    public static DeliveryLimits defaults() {
        return new DeliveryLimits(100, 64L << 20, 64L << 20, 10_000_000_000L, 16, 1_000_000_000L, 5_000_000_000L);
    }
}
