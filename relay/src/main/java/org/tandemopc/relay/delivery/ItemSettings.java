package org.tandemopc.relay.delivery;

/**
 * What delivery must know of a monitored item.
 *
 * @param queueSize the client's revised queue size, at least 1; applied per publishing interval when a parked queue is
 *     flushed
 * @param equalValuesAreNews whether the client asked for notifications when only the source time changes
 *     (StatusValueTimestamp); otherwise a value equal to the last delivered one is never a change
 * @param discardsOldest whether a full queue gives up its oldest value (Part 4, 7.21), so that what is lost lies before all
 *     that it reports; else the newest but one
 * @param kind whether the entries are values or events
 */
public record ItemSettings(int queueSize, boolean equalValuesAreNews, boolean discardsOldest, Kind kind) {
    /** One whose queue gives up its oldest. */
    public ItemSettings(int queueSize, boolean equalValuesAreNews, Kind kind) {
        this(queueSize, equalValuesAreNews, true, kind);
    }

    ItemSettings discardingOldest(boolean oldest) {
        return new ItemSettings(queueSize, equalValuesAreNews, oldest, kind);
    }

    public enum Kind {
        VALUES,
        EVENTS
    }
}
