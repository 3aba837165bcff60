package org.tandemopc.relay.ua;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.tandemopc.relay.delivery.SubscriptionSettings;

/** A subscription as the client wants it: what every member is brought to. Owned by the session's event loop. */
final class UaSubscription {
    /** Seen by the client; unique in the pair, so that a transfer keeps it. */
    final int id;

    double publishingMs;
    long keepAliveCount;
    long lifetimeCount;
    int maxNotifications;
    int priority;
    boolean publishingEnabled;
    /** Grows with each change that members must be told. */
    int version = 1;

    final Map<Integer, UaItem> items = new LinkedHashMap<>();
    /** Triggering item to the items it triggers (Part 4, 5.13.1.6). */
    final Map<Integer, Set<Integer>> triggers = new LinkedHashMap<>();

    UaSubscription(
            int id,
            double publishingMs,
            long keepAliveCount,
            long lifetimeCount,
            int maxNotifications,
            int priority,
            boolean publishingEnabled) {
        this.id = id;
        this.publishingMs = publishingMs;
        this.keepAliveCount = keepAliveCount;
        this.lifetimeCount = lifetimeCount;
        this.maxNotifications = maxNotifications;
        this.priority = priority;
        this.publishingEnabled = publishingEnabled;
    }

    SubscriptionSettings settings() {
        return new SubscriptionSettings(
                Math.round(publishingMs * 1_000_000),
                keepAliveCount,
                lifetimeCount,
                maxNotifications,
                priority,
                publishingEnabled);
    }

    Set<Integer> triggeredBy(int item) {
        return triggers.computeIfAbsent(item, k -> new LinkedHashSet<>());
    }
}
