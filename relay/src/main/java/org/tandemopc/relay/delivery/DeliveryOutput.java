package org.tandemopc.relay.delivery;

import java.util.List;

/** What the engine wants done; called on the owner's thread, inside the step that caused it. */
public interface DeliveryOutput {
    void answer(long token, PublishAnswer answer);

    /** A Publish request that gets no message. */
    void refuse(long token, PublishRefusal refusal);

    /** The lifetime of a subscription expired: delete it at the members. Not called for one that was taken out. */
    void subscriptionEnded(int subscription);

    /** Continuity of these items over a switch or a hole is not proven; their next value carries the mark (I4). */
    void gap(Gap gap);

    enum PublishRefusal {
        NO_SUBSCRIPTION,
        TOO_MANY_PUBLISH_REQUESTS,
        TIMEOUT,
        CONNECTION_LOST,
        SESSION_CLOSED
    }

    /**
     * @param fromTicks source time of the last value delivered before, 0 if none
     * @param toTicks source time of the first value delivered after, 0 if not known yet
     */
    record Gap(int subscription, List<Integer> items, long fromTicks, long toTicks, String reason) {}
}
