package org.tandemopc.relay.delivery;

/** One subscription's queue, numbering, watermarks and rings; see {@link SessionDelivery}. */
public final class SubscriptionDelivery {
    SubscriptionDelivery() {}
}
