package org.tandemopc.relay;

import java.time.Instant;

/**
 * A client session at one moment, for people.
 *
 * @param name as the client calls the session; may hold anything
 * @param application as the client calls itself (OPC UA: its ApplicationUri); may hold anything
 * @param address where the client connected from
 * @param since wall clock
 */
public record SessionSnapshot(
        String name, String application, String address, Instant since, int subscriptions, int items) {}
