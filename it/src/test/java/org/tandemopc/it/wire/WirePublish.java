package org.tandemopc.it.wire;

import java.util.List;

/**
 * A PublishResponse on the wire (Part 4, 5.14.5).
 *
 * @param atNanos when the tap had it all
 * @param sequenceNumber of the message; of the next one in a keep-alive
 * @param keepAlive no notification inside
 * @param available numbers that the server offers for Republish
 */
public record WirePublish(
        long atNanos, long subscriptionId, long sequenceNumber, boolean keepAlive, List<Long> available) {
    @Override
    public String toString() {
        return atNanos / 1_000_000 + "=" + (keepAlive ? "k" : "") + subscriptionId + ":" + sequenceNumber + available;
    }
}
