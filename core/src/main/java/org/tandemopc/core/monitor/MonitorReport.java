package org.tandemopc.core.monitor;

import java.time.Duration;

/** What a control link says of the items that it was told to monitor; an item is named by its place in that list. */
public sealed interface MonitorReport {
    /**
     * The server took the item, for the first time or anew after a refusal or an interruption. Its present value follows
     * as the first {@link Value}.
     *
     * @param rate how often the server will tell changes at most, as it revised what was asked for
     */
    record Added(int item, Duration rate) implements MonitorReport {}

    /**
     * The item cannot be added, now; the link goes on trying.
     *
     * @param code StatusCode or HRESULT, as unsigned 32 bits
     */
    record Refused(int item, long code) implements MonitorReport {}

    /** A notification. */
    record Value(int item, MonitorValue value) implements MonitorReport {}

    /** The server lost the subscription: no item is watched until it is added again. */
    record Interrupted() implements MonitorReport {}
}
