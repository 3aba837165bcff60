package org.tandemopc.dcom.rpc;

import java.util.concurrent.atomic.AtomicLong;

/** Octets that all connections of a server may hold together. Thread-safe. */
final class Budget {
    private final long max;
    private final AtomicLong used = new AtomicLong();

    Budget(long max) {
        this.max = max;
    }

    /** @return false: taken nothing, as it would be too much */
    boolean take(long octets) {
        if (used.addAndGet(octets) > max) {
            used.addAndGet(-octets);
            return false;
        }
        return true;
    }

    void give(long octets) {
        used.addAndGet(-octets);
    }

    long used() {
        return used.get();
    }
}
