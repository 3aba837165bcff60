package org.tandemopc.relay;

import org.tandemopc.core.pair.RehomeReport;
import org.tandemopc.core.record.PairRecord;

/** What a relay reports; called on any thread, must return at once. */
public interface RelayListener {
    void rehomed(long epoch, RehomeReport report);

    void rehomeFailed(long epoch, String why);

    /** Every session has its items, and first values or keep-alives, on the (attached, not active) member. */
    void synchronizedOn(int member);

    /**
     * After {@link #synchronizedOn}, each time it changes: whether a session has asked for something that the member does
     * not have yet, or not for long enough to go on with it without a gap. A relay whose moves wait for that by themselves
     * never calls it.
     */
    void lagsOn(int member, boolean lags);

    /** A session's link to the member failed in a way that makes the member doubtful: ask it for its status now. */
    void suspects(int member, String evidence);

    /** A subscription on the member was accepted and its first notification did not come in time. */
    void firstNotificationMissing(int member, String detail);

    void record(PairRecord record);
}
