package org.tandemopc.relay.da.front;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.tandemopc.relay.da.back.DaConnection;

/**
 * Connections to a member that was left while it had not answered all writes. Nothing is sent over them any more; they stay until the
 * answers have come, for {@link #STAY} at most, so that the log can tell what became of those writes (S8, decision 17). The
 * newest {@link #PARKED_MAX} of a link. Any thread; closing waits on threads of its own.
 */
final class Parking {
    static final Duration STAY = Duration.ofSeconds(90);
    static final int PARKED_MAX = 4;

    private static final Executor LATER = CompletableFuture.delayedExecutor(
            STAY.toNanos(),
            TimeUnit.NANOSECONDS,
            task -> Thread.ofVirtual().name("da-parked").start(task));

    /** By connection, the answers that are to come. Guarded by itself. */
    private final Map<DaConnection, Integer> owed = new LinkedHashMap<>();

    private volatile boolean isClosed;

    /**
     * Leaves a connection. Blocks a moment.
     *
     * @param callbacks that writes are still to end with
     */
    void leave(DaConnection gone, int callbacks) {
        synchronized (owed) {
            owed.put(gone, callbacks);
        }
        add(gone, gone.desert());
        if (isParked(gone)) {
            LATER.execute(() -> end(gone));
        }
        endOldest();
        if (isClosed) {
            close();
        }
    }

    private boolean isParked(DaConnection at) {
        synchronized (owed) {
            return owed.containsKey(at);
        }
    }

    private void endOldest() {
        List<DaConnection> oldest;
        synchronized (owed) {
            oldest = owed.keySet().stream()
                    .limit(Math.max(0, owed.size() - PARKED_MAX))
                    .toList();
        }
        oldest.forEach(this::end);
    }

    /** An answer has come over the connection, or by a callback for it. */
    void resolved(DaConnection at) {
        add(at, -1);
    }

    private void add(DaConnection at, int answers) {
        boolean isOver;
        synchronized (owed) {
            Integer now = owed.computeIfPresent(at, (key, before) -> before + answers);
            isOver = now != null && now <= 0;
        }
        if (isOver) {
            end(at);
        }
    }

    private void end(DaConnection at) {
        boolean isOurs;
        synchronized (owed) {
            isOurs = owed.remove(at) != null;
        }
        if (isOurs) {
            var unused = Thread.ofVirtual().name("da-link-close").start(at::close);
        }
    }

    /** The session ends: nobody is left to tell. */
    void close() {
        isClosed = true;
        List<DaConnection> all;
        synchronized (owed) {
            all = new ArrayList<>(owed.keySet());
        }
        all.forEach(this::end);
    }
}
