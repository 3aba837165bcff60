package org.tandemopc.relay.ua.back;

import io.netty.channel.EventLoop;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.eclipse.milo.opcua.stack.core.encoding.EncodingContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.core.monitor.MonitorItem;
import org.tandemopc.relay.ControlLink;
import org.tandemopc.relay.ua.security.UserIdentity;
import org.tandemopc.relay.ua.wire.UaWire;

/**
 * The control link to an OPC UA member: a session of its own, on its own event loop, under a service account. Reports
 * changes of state and ServiceLevel by a small subscription, so that an announced shutdown is known without waiting for
 * the next ping; a server that refuses subscriptions is only pinged. The monitor items have a subscription of their own
 * on the same session.
 *
 * <p>Each {@link #open} makes a new {@link ControlConnection}; only the current one may report.
 */
public final class UaControlLink implements ControlLink {
    private static final Logger LOG = LoggerFactory.getLogger(UaControlLink.class);

    private final UaMemberConnector connector;
    private final EventLoop loop;
    private final Settings settings;
    private final NamespaceCheck namespaces;
    private final InstantSource clock;
    private final BiConsumer<Integer, MemberFacts> onFacts;
    private final Listener listener;
    private final AtomicReference<@Nullable ControlConnection> current = new AtomicReference<>();
    private volatile @Nullable MemberFacts facts;
    private volatile Watched watched = new Watched(0, List.of());

    /**
     * How long to wait before another attempt to watch monitor items.
     *
     * @param afterLossMs of the subscription, or of an answer
     * @param afterRefusalMs by the server, which will hardly change its mind soon
     * @param silenceLeastMs how long nothing may be heard of the subscription at least, before it counts as lost
     */
    public record Pauses(long afterLossMs, long afterRefusalMs, long silenceLeastMs) {
        static final Pauses USUAL = new Pauses(5_000, 60_000, 10_000);
    }

    /** The monitor items of now. */
    record Watched(long revision, List<MonitorItem> items) {
        Watched {
            items = List.copyOf(items);
        }
    }

    /**
     * @param connectTimeoutMs for TCP, channel, session and the first status together
     * @param sessionTimeoutMs requested of the server
     * @param publishingIntervalMs of the status subscription
     * @param monitorPauses of the monitor items
     */
    public record Settings(
            UserIdentity identity,
            String sessionName,
            long connectTimeoutMs,
            double sessionTimeoutMs,
            double publishingIntervalMs,
            Pauses monitorPauses) {
        public Settings(
                UserIdentity identity,
                String sessionName,
                long connectTimeoutMs,
                double sessionTimeoutMs,
                double publishingIntervalMs) {
            this(identity, sessionName, connectTimeoutMs, sessionTimeoutMs, publishingIntervalMs, Pauses.USUAL);
        }

        /** Anonymous, 5 s to connect, a status change is seen within about 250 ms. */
        public static Settings of(String sessionName) {
            return new Settings(new UserIdentity.Anonymous(), sessionName, 5_000, 60_000, 250);
        }
    }

    /**
     * @param clock our wall clock, for the skew of the server's
     * @param onFacts hears what each new connection has found, with the member's index; must return at once
     */
    public UaControlLink(
            UaMemberConnector connector,
            EventLoop loop,
            Settings settings,
            NamespaceCheck namespaces,
            InstantSource clock,
            BiConsumer<Integer, MemberFacts> onFacts,
            Listener listener) {
        this.connector = connector;
        this.loop = loop;
        this.settings = settings;
        this.namespaces = namespaces;
        this.clock = clock;
        this.onFacts = onFacts;
        this.listener = listener;
    }

    @Override
    public void open() {
        ControlConnection fresh = new ControlConnection(this);
        ControlConnection old = current.getAndSet(fresh);
        loop.execute(() -> {
            if (old != null) {
                old.stop();
            }
            fresh.start();
        });
    }

    @Override
    public void close() {
        ControlConnection old = current.getAndSet(null);
        if (old != null) {
            loop.execute(old::stop);
        }
    }

    @Override
    public void probe(long timeoutMs) {
        ControlConnection now = current.get();
        if (now != null) {
            loop.execute(() -> now.probe(timeoutMs));
        }
    }

    @Override
    public void monitor(long revision, List<MonitorItem> items) {
        watched = new Watched(revision, items);
        ControlConnection now = current.get();
        if (now != null) {
            loop.execute(now::monitor);
        }
    }

    /** Of the latest connection, kept after its end; null before the first. Any thread. */
    public @Nullable MemberFacts facts() {
        return facts;
    }

    UaMemberConnector connector() {
        return connector;
    }

    EventLoop loop() {
        return loop;
    }

    Settings settings() {
        return settings;
    }

    NamespaceCheck namespaces() {
        return namespaces;
    }

    Watched watched() {
        return watched;
    }

    InstantSource clock() {
        return clock;
    }

    /** Status is read typed, whatever client links do with bodies. */
    EncodingContext encoding() {
        return UaWire.typedContext();
    }

    void saw(MemberFacts seen) {
        facts = seen;
        onFacts.accept(connector.address().member(), seen);
    }

    /**
     * Runs what a future, a timer or an order calls on the loop, which keep to themselves what it throws: nobody would be
     * told how an attempt or a question ended, and whoever decides would wait for it for ever. So a defect of ours is
     * told aloud, and ends what it belongs to.
     *
     * @param broken ends it
     */
    void guarded(Runnable callback, Consumer<Throwable> broken) {
        try {
            callback.run();
        } catch (RuntimeException | AssertionError | StackOverflowError e) {
            LOG.atError()
                    .addKeyValue("member", connector.address().member())
                    .setCause(e)
                    .log("A defect of Tandem was met on a control link; the connection is ended.");
            broken.accept(e);
        }
    }

    /** The same for what a session's connection ends with. */
    void guarded(MemberSession session, Runnable callback) {
        guarded(callback, defect -> session.abort());
    }

    /** The listener, for the current connection only; null for one that was closed meanwhile. */
    @Nullable
    Listener listenerFor(ControlConnection connection) {
        return current.get() == connection ? listener : null;
    }

    /** The same for a connection's last report. */
    @Nullable
    Listener lastReportOf(ControlConnection connection) {
        return current.compareAndSet(connection, null) ? listener : null;
    }
}
