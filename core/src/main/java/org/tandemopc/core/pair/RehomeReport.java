package org.tandemopc.core.pair;

/** What happened to the requests in flight during a switch, and how the streams came over (for the record, I12). */
public record RehomeReport(
        int sessions,
        int requestsRepeated,
        int requestsNotSent,
        int requestsUnknown,
        int itemsContinuous,
        int itemsDoubtful) {
    public static final RehomeReport EMPTY = new RehomeReport(0, 0, 0, 0, 0, 0);
}
