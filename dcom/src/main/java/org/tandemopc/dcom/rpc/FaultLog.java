package org.tandemopc.dcom.rpc;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line for each fault of a peer, and no more than a few a minute: whoever sends rubbish must not fill the disk too. Thread-safe. */
final class FaultLog {
    private static final Logger LOG = LoggerFactory.getLogger(FaultLog.class);
    private static final int LINES_PER_MINUTE = 30;
    private static final long MINUTE_NANOS = 60_000_000_000L;

    private long minuteStart = System.nanoTime();
    private int lines;
    private int untold;

    void tell(RpcConnection connection, String what) {
        int before = place();
        if (before >= 0) {
            String more = before == 0 ? "" : " (%d like lines before it were left out)".formatted(before);
            LOG.warn("Client {}: {}{}", connection.remoteAddress(), what, more);
        }
    }

    /** @return how many were left out before this line; -1: it is left out itself */
    private synchronized int place() {
        long now = System.nanoTime();
        if (now - minuteStart > MINUTE_NANOS) {
            minuteStart = now;
            lines = 0;
        }
        if (lines == LINES_PER_MINUTE) {
            untold++;
            return -1;
        }
        lines++;
        int before = untold;
        untold = 0;
        return before;
    }
}
