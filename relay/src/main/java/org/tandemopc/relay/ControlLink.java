package org.tandemopc.relay;

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
    }
}
