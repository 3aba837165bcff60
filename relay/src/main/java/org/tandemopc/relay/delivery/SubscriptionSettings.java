package org.tandemopc.relay.delivery;

/**
 * Revised settings of a client's subscription, as Tandem answered them (OPC UA Part 4, 5.14.2).
 *
 * @param publishingNanos publishing interval
 * @param keepAliveCount publishing intervals without data before a keep-alive
 * @param lifetimeCount publishing intervals without a Publish request before the subscription ends; at least 3 times
 *     keepAliveCount
 * @param maxNotifications most values in one message; 0 = no limit
 */
public record SubscriptionSettings(
        long publishingNanos,
        long keepAliveCount,
        long lifetimeCount,
        int maxNotifications,
        int priority,
        boolean publishingEnabled) {}
