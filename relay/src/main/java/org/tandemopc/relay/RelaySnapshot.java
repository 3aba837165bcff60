package org.tandemopc.relay;

import org.tandemopc.core.pair.Route;

/** Figures of a relay at one moment. Counters count since start. */
public record RelaySnapshot(
        Route route,
        int sessions,
        int subscriptions,
        int items,
        long valuesDelivered,
        long valuesBridged,
        long valuesDropped,
        long requestsDone,
        long requestsRepeated,
        long requestsUnknown) {}
