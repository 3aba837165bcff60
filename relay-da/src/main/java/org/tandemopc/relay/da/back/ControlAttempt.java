package org.tandemopc.relay.da.back;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.core.monitor.MonitorReport;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.core.pair.ServerCondition;
import org.tandemopc.core.record.Printable;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.DeadlineException;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.client.ActivationException;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.OpcServerStatus;
import org.tandemopc.relay.ControlLink;

/**
 * One connection of a control link, from open to its end.
 *
 * <pre>
 *   CONNECTING --server object, sink, status--> UP --lost--> DONE     (reports opened, then lost)
 *        +------------- failure ------------------------------> DONE     (reports failed)
 *        +------------- stop() -------------------------------> DONE     (reports nothing more)
 * </pre>
 *
 * <p>A TCP connection that ends is not yet the end of the server object, for DCOM makes another one for the next call. So the end of
 * one only makes the question come at once: its answer, or that nobody can be reached, is the fact.
 */
final class ControlAttempt {
    /** Faults of a process that has the object no more: another one answers, or the object was given up. */
    static final Set<Integer> OBJECT_GONE = Set.of(
            HResult.RPC_E_DISCONNECTED,
            HResult.RPC_E_INVALID_IPID,
            HResult.RPC_E_INVALID_OBJECT,
            HResult.CO_E_OBJNOTCONNECTED);

    private static final Logger LOG = LoggerFactory.getLogger(ControlAttempt.class);

    /** How soon it is seen that a TCP connection has ended. */
    private static final long LOOK_NANOS = 50_000_000L;

    private static final long TIMEOUT_MS_FIRST = 1_000;
    private static final int DETAIL_MAX = 300;

    private enum Phase {
        CONNECTING,
        UP,
        DONE
    }

    private final DaControlLink link;
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile long timeoutMs = TIMEOUT_MS_FIRST;

    // Guarded by this, which is never held while anybody is called.
    private Phase phase = Phase.CONNECTING;
    private @Nullable DaConnection connection;
    /** Whether the listener has heard that it is open: nothing is said of monitor items before. */
    private boolean isTold;

    private DaControlLink.Watched watched = DaControlLink.Watched.NOTHING;
    private @Nullable MonitorWatch monitors;

    ControlAttempt(DaControlLink link) {
        this.link = link;
    }

    void start() {
        run("open", this::connect);
    }

    /** Each on a virtual thread of its own: calls of DCOM block. A defect of ours must not leave who decides without an answer. */
    private void run(String what, Runnable body) {
        var unused = Thread.ofVirtual()
                .name("da-control-%d-%s".formatted(link.connector().address().member(), what))
                .start(() -> {
                    try {
                        body.run();
                    } catch (RuntimeException | AssertionError e) {
                        LOG.atError()
                                .addKeyValue(
                                        "member", link.connector().address().member())
                                .setCause(e)
                                .log("A defect of Tandem was met on a control link; the connection is ended.");
                        end(LossCause.CONNECTION_CLOSED, 0, "a defect of Tandem: " + e);
                    }
                });
    }

    private void connect() {
        Deadline deadline = Deadline.after(link.connectTimeout());
        try {
            DaConnection made = link.connector().connect(deadline);
            if (!keep(made)) {
                made.close();
                return;
            }
            Result<Integer> advised = made.adviseShutdown(this::shutdownAnnounced, deadline);
            if (!advised.isSuccess()) {
                LOG.info("{} tells nobody when it stops: {}.", made.address(), OpcResult.describe(advised.hresult()));
            }
            boolean isNew = link.connector().offered().isEmpty();
            if (isNew) {
                InterfaceProbe.learnFirst(link.connector(), made, deadline);
            }
            opened(made, ask(made, deadline));
            if (!isNew || link.connector().offered().isEmpty()) {
                InterfaceProbe.learnAgain(link.connector(), made);
            }
        } catch (ActivationException e) {
            end(LossCause.CONNECT_FAILED, Integer.toUnsignedLong(e.hresult()), detail(e));
        } catch (DeadlineException e) {
            end(LossCause.NO_ANSWER, Integer.toUnsignedLong(HResult.CALL_FAILED), detail(e));
        } catch (LinkException e) {
            end(LossCause.CONNECT_FAILED, Integer.toUnsignedLong(HResult.SERVER_UNAVAILABLE), detail(e));
        } catch (RpcFaultException e) {
            end(LossCause.CONNECT_FAILED, Integer.toUnsignedLong(HResult.ofStatus(e.status())), detail(e));
        }
    }

    private synchronized boolean keep(DaConnection made) {
        if (phase == Phase.DONE) {
            return false;
        }
        connection = made;
        return true;
    }

    private void opened(DaConnection made, ServerCondition condition) {
        ControlLink.Listener listener;
        synchronized (this) {
            if (phase != Phase.CONNECTING) {
                return;
            }
            listener = link.listenerFor(this);
            phase = Phase.UP;
        }
        if (listener != null) {
            listener.opened(condition);
            synchronized (this) {
                isTold = true;
            }
            monitor();
        }
        run("watch", () -> watch(made));
    }

    /** Until the end: asks at once when a TCP connection has ended. */
    private void watch(DaConnection made) {
        int before = made.connections();
        while (isUp()) {
            LockSupport.parkNanos(LOOK_NANOS);
            int now = made.connections();
            if (now < before) {
                probe(timeoutMs);
            }
            before = now;
        }
    }

    private synchronized boolean isUp() {
        return phase == Phase.UP;
    }

    /** Watches what the link is to watch now, in place of what it watched. */
    void monitor() {
        MonitorWatch old;
        MonitorWatch fresh;
        synchronized (this) {
            DaControlLink.Watched wanted = link.watched();
            DaConnection open = connection;
            if (!isTold || phase != Phase.UP || open == null || wanted.equals(watched)) {
                return;
            }
            watched = wanted;
            old = monitors;
            fresh = wanted.items().isEmpty()
                    ? null
                    : new MonitorWatch(
                            open, wanted.items(), link.pauses(), reports -> monitored(wanted.revision(), reports));
            monitors = fresh;
        }
        if (old != null) {
            old.stop(true);
        }
        if (fresh != null) {
            run("monitor", fresh::run);
        }
    }

    private void monitored(long revision, List<MonitorReport> reports) {
        if (link.watched().revision() == revision && isUp()) {
            report(listener -> listener.monitored(revision, reports));
        }
    }

    void probe(long withinMs) {
        timeoutMs = withinMs;
        DaConnection open;
        synchronized (this) {
            open = phase == Phase.UP ? connection : null;
        }
        if (open == null || !asking.compareAndSet(false, true)) {
            return;
        }
        run("probe", () -> probe(open, withinMs));
    }

    private void probe(DaConnection open, long withinMs) {
        ServerCondition condition;
        try {
            condition = ask(open, Deadline.after(Duration.ofMillis(withinMs)));
        } catch (DeadlineException e) {
            long silentNanos = link.connector().lastHeard().silentNanos();
            asking.set(false);
            report(listener -> listener.timedOut(silentNanos));
            return;
        } catch (LinkException e) {
            end(LossCause.CONNECTION_CLOSED, Integer.toUnsignedLong(HResult.SERVER_UNAVAILABLE), detail(e));
            return;
        } catch (RpcFaultException e) {
            end(LossCause.CONNECTION_CLOSED, Integer.toUnsignedLong(HResult.ofStatus(e.status())), detail(e));
            return;
        } finally {
            asking.set(false);
        }
        report(listener -> listener.condition(condition));
    }

    /**
     * A refusal is an answer: the server lives, but its status is not to be had.
     *
     * @throws RpcFaultException the server has the object no more
     */
    private ServerCondition ask(DaConnection open, Deadline deadline) throws LinkException, RpcFaultException {
        Instant sent = link.clock().instant();
        long sentNanos = System.nanoTime();
        Result<OpcServerStatus> answer;
        try {
            answer = open.status(deadline);
        } catch (RpcFaultException e) {
            if (OBJECT_GONE.contains(e.status())) {
                throw e;
            }
            open.heard();
            answer = Result.failure(HResult.E_FAIL);
        }
        long roundTripNanos = System.nanoTime() - sentNanos;
        ServerCondition condition = answer.isSuccess()
                ? Conditions.of(answer.value(), sent.plusNanos(roundTripNanos / 2), roundTripNanos)
                : Conditions.unknown(roundTripNanos);
        link.connector().clock().told(condition);
        return condition;
    }

    private void shutdownAnnounced(String reason) {
        if (isUp()) {
            report(listener -> listener.shutdownAnnounced(
                    reason.isBlank() ? "ShutdownRequest" : "ShutdownRequest: " + shortened(reason)));
        }
    }

    /** Closes without a report. */
    void stop() {
        DaConnection open;
        MonitorWatch watching;
        synchronized (this) {
            phase = Phase.DONE;
            open = connection;
            connection = null;
            watching = monitors;
            monitors = null;
        }
        if (watching != null) {
            watching.stop(false);
        }
        if (open != null) {
            run("close", open::close);
        }
    }

    private void end(LossCause cause, long code, String detail) {
        boolean wasUp;
        synchronized (this) {
            if (phase == Phase.DONE) {
                return;
            }
            wasUp = phase == Phase.UP;
        }
        stop();
        ControlLink.Listener listener = link.lastReportOf(this);
        if (listener == null) {
            return;
        }
        if (wasUp) {
            listener.lost(cause, code, detail);
        } else {
            listener.failed(cause == LossCause.CONNECTION_CLOSED ? LossCause.CONNECT_FAILED : cause, code, detail);
        }
    }

    private void report(Consumer<ControlLink.Listener> what) {
        ControlLink.Listener listener = link.listenerFor(this);
        if (listener != null) {
            what.accept(listener);
        }
    }

    private static String detail(Exception e) {
        return shortened(String.valueOf(e.getMessage()));
    }

    /** What others wrote is harmless to read, and short. */
    private static String shortened(String text) {
        return Printable.of(text.length() <= DETAIL_MAX ? text : text.substring(0, DETAIL_MAX) + "…");
    }
}
