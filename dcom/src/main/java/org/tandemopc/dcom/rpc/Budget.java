package org.tandemopc.dcom.rpc;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Octets that all connections of a server, or some of them, may hold together. Thread-safe. */
final class Budget {
    private final long max;
    private final @Nullable Budget whole;
    private final AtomicLong used = new AtomicLong();

    Budget(long max) {
        this(max, null);
    }

    private Budget(long max, @Nullable Budget whole) {
        this.max = max;
        this.whole = whole;
    }

    /** A part of it: what is taken of the part is taken of the whole, and the part never has more. */
    Budget part(long most) {
        return new Budget(most, this);
    }

    /** @return false: taken nothing, as it would be too much */
    boolean take(long octets) {
        if (used.addAndGet(octets) > max || (whole != null && !whole.take(octets))) {
            used.addAndGet(-octets);
            return false;
        }
        return true;
    }

    void give(long octets) {
        used.addAndGet(-octets);
        if (whole != null) {
            whole.give(octets);
        }
    }

    long used() {
        return used.get();
    }
}
