package org.tandemopc.relay.delivery;

import org.jspecify.annotations.Nullable;

/**
 * The subscriptions of one client session: what the members report goes in, Publish answers come out. One owner; no
 * locks. All times are monotonic nanoseconds given by the caller, never falling.
 */
public final class SessionDelivery {
    public SessionDelivery(DeliveryLimits limits, DeliveryOutput output) {
        throw new UnsupportedOperationException();
    }

    // ---- the client's side

    public void createSubscription(int subscription, SubscriptionSettings settings, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    public void modifySubscription(int subscription, SubscriptionSettings settings, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    public void deleteSubscription(int subscription, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /** An item was added; its values may come before or after this call returns to the client. */
    public void addItem(int subscription, int item, ItemSettings settings) {
        throw new UnsupportedOperationException();
    }

    public void modifyItem(int item, ItemSettings settings) {
        throw new UnsupportedOperationException();
    }

    public void removeItem(int item) {
        throw new UnsupportedOperationException();
    }

    public void publish(PublishRequest request, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /** A client called a service with this subscription's id: its lifetime starts anew. */
    public void touch(int subscription, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /** @return the message kept under this number, or null (Bad_MessageNotAvailable) */
    public @Nullable PublishAnswer republish(int subscription, long sequenceNumber, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /** Refuses all parked requests and forgets everything. */
    public void close() {
        throw new UnsupportedOperationException();
    }

    /** Takes a subscription out, for a transfer to another session; parked requests stay here. */
    public SubscriptionDelivery extract(int subscription, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    public void adopt(SubscriptionDelivery subscription, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    // ---- the members' side

    /**
     * The item was created at the member, now: its run begins. Its first value is an initial value, not a change.
     *
     * @param parked created with publishing off and a long queue (warm): nothing comes before the flush
     */
    public void runStarted(int member, int subscription, int item, boolean parked, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /** The member's subscription is lost or lost a message: runs of all its items end. */
    public void runsEnded(int member, int subscription, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /** Values of one data-change or event message of the member, messages already in the member's own order. */
    public void values(int member, int subscription, ValueBatch batch, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /** The member's keep-alive: it had nothing to report up to now. */
    public void keepAlive(int member, int subscription, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /** Values that Tandem itself makes: own nodes, a Bad status for items that one member lacks. */
    public void ownValues(int subscription, ValueBatch batch, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    // ---- the switch

    /** From now on nothing of the active is delivered. */
    public void hold(long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /** The member is the active now: bridge from what the client has seen to what this member reports. */
    public void activate(int member, long epoch, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    /**
     * No member is usable: the given Bad values are delivered, one per item; the first value of each item afterwards is
     * delivered whatever its time.
     */
    public void strand(int subscription, ValueBatch badValues, long nowNanos) {
        throw new UnsupportedOperationException();
    }

    // ---- time

    /** When {@link #tick} must be called next; {@link Long#MAX_VALUE} = not before something else happens. */
    public long nextTickNanos() {
        throw new UnsupportedOperationException();
    }

    public void tick(long nowNanos) {
        throw new UnsupportedOperationException();
    }
}
