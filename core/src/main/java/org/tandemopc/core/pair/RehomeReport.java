package org.tandemopc.core.pair;

/**
 * What happened to the requests in flight during a switch, and how the streams came over (for the record, I12).
 *
 * @param itemsContinuous of sessions whose new member had everything before the switch, less those with a known gap
 * @param itemsDoubtful all other items: their continuity is not proven when the switch is over
 */
public record RehomeReport(
        int sessions,
        int requestsRepeated,
        int requestsNotSent,
        int requestsUnknown,
        int itemsContinuous,
        int itemsDoubtful) {
    public static final RehomeReport EMPTY = new RehomeReport(0, 0, 0, 0, 0, 0);
}
