package org.tandemopc.relay.delivery;

import java.util.List;

/**
 * The answer to a Publish request.
 *
 * @param sequenceNumber of this message; of a keep-alive the number that the next message will have
 * @param available numbers sent and not acknowledged, oldest first; never one that was not sent
 * @param moreNotifications whether the subscription has more to send at once
 * @param content empty for a keep-alive
 * @param acknowledgementResults one per acknowledgement of the request
 */
public record PublishAnswer(
        int subscription,
        long sequenceNumber,
        List<Long> available,
        boolean moreNotifications,
        List<Content> content,
        List<AckResult> acknowledgementResults) {

    public sealed interface Content {}

    public record Values(ValueBatch batch) implements Content {}

    /** @param timedOut true: the lifetime expired (Bad_Timeout); false: transferred (Good_SubscriptionTransferred) */
    public record StatusChange(boolean timedOut) implements Content {}

    public enum AckResult {
        GOOD,
        SUBSCRIPTION_UNKNOWN,
        SEQUENCE_UNKNOWN
    }
}
