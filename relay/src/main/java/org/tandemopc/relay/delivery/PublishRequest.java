package org.tandemopc.relay.delivery;

import java.util.List;

/**
 * A client's Publish request, parked until it is answered.
 *
 * @param token names the request to the shell
 * @param acknowledgements in the client's order; answered in the same order
 * @param deadlineNanos when it is answered Bad_Timeout at the latest; {@link Long#MAX_VALUE} = never
 */
public record PublishRequest(long token, List<Acknowledgement> acknowledgements, long deadlineNanos) {
    public record Acknowledgement(int subscription, long sequenceNumber) {}
}
