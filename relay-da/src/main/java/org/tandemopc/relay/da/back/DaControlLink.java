package org.tandemopc.relay.da.back;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.monitor.MonitorItem;
import org.tandemopc.core.monitor.MonitorReport;
import org.tandemopc.dcom.orpc.HResult;
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
    private volatile Watched watched = new Watched(0, List.of());

    private record Watched(long revision, List<MonitorItem> items) {
        Watched {
            items = List.copyOf(items);
        }
    }

    /**
     * @param connectTimeout for name, TCP, login, activation, sink and the first status together
     * @param clock our wall clock, for the skew of the server's
     */
    public DaControlLink(DaConnector connector, Duration connectTimeout, InstantSource clock, Listener listener) {
        this.connector = connector;
        this.connectTimeout = connectTimeout;
        this.clock = clock;
        this.listener = listener;
    }

    @Override
    public void open() {
        ControlAttempt fresh = new ControlAttempt(this);
        ControlAttempt old = current.getAndSet(fresh);
        if (old != null) {
            old.stop();
        }
        fresh.start();
    }

    @Override
    public void close() {
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

    /** Items of OPC DA members are not watched yet: each is refused, so that nobody waits for its first value. */
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

    InstantSource clock() {
        return clock;
    }

    void refuseItems(Listener to) {
        Watched now = watched;
        if (!now.items().isEmpty()) {
            long code = Integer.toUnsignedLong(HResult.E_NOTIMPL);
            to.monitored(
                    now.revision(),
                    IntStream.range(0, now.items().size())
                            .<MonitorReport>mapToObj(item -> new MonitorReport.Refused(item, code))
                            .toList());
        }
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
