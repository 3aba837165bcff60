package org.tandemopc.relay.delivery;

/**
 * What delivery must know of a monitored item.
 *
 * @param queueSize the client's revised queue size, at least 1; applied per publishing interval when a parked queue is
 *     flushed
 * @param equalValuesAreNews whether the client asked for notifications when only the source time changes
 *     (StatusValueTimestamp); otherwise a value equal to the last delivered one is never a change
 * @param kind whether the entries are values or events
 */
public record ItemSettings(int queueSize, boolean equalValuesAreNews, Kind kind) {
    public enum Kind {
        VALUES,
        EVENTS
    }
}
