package org.tandemopc.service;

/** Hears of the records of all pairs, also of those that are added later. On threads of the logs: must return at once. */
public interface RecordListener {
    /** A record of a pair, in the order of its numbers. */
    void recorded(LoggedRecord record);

    /** The pair was removed, or has another name now: nothing comes under this name, unless a pair is added under it. */
    void removed(String pair);

    /** Ends the listening; any thread, idempotent. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
