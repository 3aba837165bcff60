package org.tandemopc.relay.da.back;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.monitor.MonitorItem;
import org.tandemopc.relay.ControlLink;

/**
 * The control link to an OPC DA member: a server object of its own, asked for its status by GetStatus, with a sink for the
 * notice that the server stops. Calls of DCOM block, so each question has a virtual thread of its own, and orders return at
 * once.
 *
 * <p>Each {@link #open} makes a new {@link ControlAttempt}; only the current one may report.
 */
public final class DaControlLink implements ControlLink {
    private final DaConnector connector;
    private final Duration connectTimeout;
    private final InstantSource clock;
    private final Listener listener;
    private final AtomicReference<@Nullable ControlAttempt> current = new AtomicReference<>();
    private final MonitorPauses pauses;
    private volatile Watched watched = Watched.NOTHING;
    private volatile boolean isClosed;

    /** The monitor items of now. */
    record Watched(long revision, List<MonitorItem> items) {
        static final Watched NOTHING = new Watched(Long.MIN_VALUE, List.of());

        Watched {
            items = List.copyOf(items);
        }
    }

    /**
     * @param connectTimeout for name, TCP, login, activation, sink and the first status together
     * @param clock our wall clock, for the skew of the server's
     */
    public DaControlLink(DaConnector connector, Duration connectTimeout, InstantSource clock, Listener listener) {
        this(connector, connectTimeout, clock, MonitorPauses.USUAL, listener);
    }

    /** @param pauses of the monitor items */
    DaControlLink(
            DaConnector connector,
            Duration connectTimeout,
            InstantSource clock,
            MonitorPauses pauses,
            Listener listener) {
        this.connector = connector;
        this.connectTimeout = connectTimeout;
        this.clock = clock;
        this.pauses = pauses;
        this.listener = listener;
    }

    /**
     * After a close, logins that were refused before may be tried again: people who have mended a password enable the pair anew. A link
     * that was lost, or did not come about, is opened anew without that.
     */
    @Override
    public void open() {
        if (isClosed) {
            isClosed = false;
            connector.allowLoginsAgain();
        }
        ControlAttempt fresh = new ControlAttempt(this);
        ControlAttempt old = current.getAndSet(fresh);
        if (old != null) {
            old.stop();
        }
        fresh.start();
    }

    @Override
    public void close() {
        isClosed = true;
        ControlAttempt old = current.getAndSet(null);
        if (old != null) {
            old.stop();
        }
    }

    @Override
    public void probe(long timeoutMs) {
        ControlAttempt now = current.get();
        if (now != null) {
            now.probe(timeoutMs);
        }
    }

    /** Items are plain item ids. They are watched by {@link MonitorWatch}. */
    @Override
    public void monitor(long revision, List<MonitorItem> items) {
        watched = new Watched(revision, items);
        ControlAttempt now = current.get();
        if (now != null) {
            now.monitor();
        }
    }

    DaConnector connector() {
        return connector;
    }

    Duration connectTimeout() {
        return connectTimeout;
    }

    Watched watched() {
        return watched;
    }

    MonitorPauses pauses() {
        return pauses;
    }

    InstantSource clock() {
        return clock;
    }

    /** The listener, for the current attempt only; null for one that was closed meanwhile. */
    @Nullable
    Listener listenerFor(ControlAttempt attempt) {
        return current.get() == attempt ? listener : null;
    }

    /** The same for an attempt's last report. */
    @Nullable
    Listener lastReportOf(ControlAttempt attempt) {
        return current.compareAndSet(attempt, null) ? listener : null;
    }
}
