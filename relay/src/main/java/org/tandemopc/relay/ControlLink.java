package org.tandemopc.relay;

import java.util.List;
import org.tandemopc.core.monitor.MonitorItem;
import org.tandemopc.core.monitor.MonitorReport;

/**
 * Tandem's own connection to one member, for status and monitor items, from enable to disable. Orders return at once,
 * any thread. An attempt in progress is given up by {@link #close()}.
 */
public interface ControlLink {
    /** Start one attempt; answered by exactly one of opened or failed, within the connect timeout. */
    void open();

    /** Close; nothing is reported afterwards for the connection that was open. */
    void close();

    /**
     * Ask for the status, unless a question is under way (pings never overlap). Answered by condition, or by
     * timedOut after {@code timeoutMs}; a loss of the connection is reported by lost instead.
     */
    void probe(long timeoutMs);

    /**
     * Watch these items in place of those before, on the connection that is open and on those to come, by a subscription
     * of Tandem's own. Clients do not notice. Answered by {@link Listener#monitored}.
     *
     * @param revision larger than any before; the reports carry it
     * @param items at most {@link org.tandemopc.core.monitor.Monitoring#ITEMS_MAX}; empty: watch nothing
     */
    void monitor(long revision, List<MonitorItem> items);

    /** What a control link reports; any thread, must return at once. */
    interface Listener {
        void opened(org.tandemopc.core.pair.ServerCondition condition);

        void failed(org.tandemopc.core.pair.LossCause cause, long code, String detail);

        void lost(org.tandemopc.core.pair.LossCause cause, long code, String detail);

        /** The answer to a probe, or an unasked report of a changed state or ServiceLevel. */
        void condition(org.tandemopc.core.pair.ServerCondition condition);

        /**
         * A probe was not answered in time.
         *
         * @param silentNanos for how long nothing at all has come from the member, over this link and the pair's client
         *     links; {@link Long#MAX_VALUE} if nothing ever has
         */
        void timedOut(long silentNanos);

        void shutdownAnnounced(String detail);

        /**
         * News of the monitor items, in the order in which they came in. After opened each item is added or refused, and
         * an added one reports its present value.
         *
         * @param revision of the list that the reports count in
         */
        void monitored(long revision, List<MonitorReport> reports);
    }
}
