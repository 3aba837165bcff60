package org.tandemopc.relay.ua.front;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of requests that members have not answered, over all sessions of a door: they are kept until then, to be sent
 * to the other member if need be, and a member may be silent for long. Any thread.
 */
final class UnansweredRequests {
    /** Every session may have so many, whatever the others have. */
    static final int OWN_BYTES = 64 << 10;

    private final long bytesMax;
    private final AtomicLong bytes = new AtomicLong();

    UnansweredRequests(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /**
     * Counts a request, if there is room for it.
     *
     * @param own bytes that the session has already
     */
    boolean take(int more, long own) {
        if (bytes.addAndGet(more) > bytesMax && own + more > OWN_BYTES) {
            bytes.addAndGet(-more);
            return false;
        }
        return true;
    }

    void answered(int taken) {
        bytes.addAndGet(-taken);
    }

    long bytes() {
        return bytes.get();
    }
}
