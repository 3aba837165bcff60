package org.tandemopc.relay.ua;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Faults of a pair's members in the log: each kind of each member once a minute, with how often it was besides. A server
 * that misbehaves does so towards every session and at every attempt, and what fills the disk tells nobody more. Any
 * thread.
 */
final class Complaints {
    static final long QUIET_NANOS = 60_000_000_000L;
    private static final Logger LOG = LoggerFactory.getLogger(Complaints.class);

    enum Kind {
        LINK_FAILED,
        SERVICE_REFUSED,
        NOTIFICATION_UNKNOWN,
        MESSAGE_LOST,
        SUBSCRIPTION_ENDED
    }

    private record Key(int member, Kind kind) {}

    private static final class Said {
        private long atNanos;
        private int unsaid;
    }

    private final LongSupplier nanos;
    private final Map<Key, Said> said = new HashMap<>();

    /** @param nanos monotonic clock */
    Complaints(LongSupplier nanos) {
        this.nanos = nanos;
    }

    void say(int member, Kind kind, Supplier<String> text) {
        int unsaid = due(member, kind);
        if (unsaid == 0) {
            LOG.warn("{}", text.get());
        } else if (unsaid > 0) {
            LOG.warn("{} ({} more like this since the last line)", text.get(), unsaid);
        }
    }

    /** How often it was not said since the last time, or -1 while it must not be said again. */
    synchronized int due(int member, Kind kind) {
        long now = nanos.getAsLong();
        Said last = said.get(new Key(member, kind));
        if (last != null && now - last.atNanos < QUIET_NANOS) {
            last.unsaid++;
            return -1;
        }
        Said first = last == null ? new Said() : last;
        int unsaid = first.unsaid;
        first.atNanos = now;
        first.unsaid = 0;
        said.put(new Key(member, kind), first);
        return unsaid;
    }
}
