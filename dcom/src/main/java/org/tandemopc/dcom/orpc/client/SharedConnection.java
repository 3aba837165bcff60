package org.tandemopc.dcom.orpc.client;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.DeadlineException;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.rpc.LateReply;
import org.tandemopc.dcom.rpc.RpcAnswer;
import org.tandemopc.dcom.rpc.RpcClient;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.dcom.rpc.RpcStatus;
import org.tandemopc.dcom.rpc.SyntaxId;

/**
 * The one connection to a server that all calls to it share: made when it is first needed, and made anew for the next call
 * after it has ended. A call of which certainly nothing has left goes out once more on the new one; no other ever does.
 * Thread-safe.
 */
final class SharedConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SharedConnection.class);

    /** A server that is there answers sooner; a call may have much longer, and must not wait for one that is not. */
    static final Duration DIAL_MAX = Duration.ofSeconds(10);

    private final String server;
    private final Dialer dialer;
    private final ReentrantLock dialing = new ReentrantLock();
    private volatile Dials.@Nullable Dialed current;
    private volatile boolean closed;
    private volatile int made;
    private volatile boolean hasBeenProven;
    private volatile boolean isDeserted;

    /** How often the server was left: who came before sends nothing afterwards, though it may have been resumed meanwhile. */
    private final AtomicInteger departures = new AtomicInteger();

    /** Makes a connection. */
    @FunctionalInterface
    interface Dialer {
        /** @param first the interface to bind with */
        Dials.Dialed dial(SyntaxId first, Deadline deadline) throws LinkException, RpcFaultException;
    }

    /** @param server for messages */
    SharedConnection(String server, Dialer dialer) {
        this.server = server;
        this.dialer = dialer;
    }

    /** How many connections have been made up to now. */
    int made() {
        return made;
    }

    boolean isOpen() {
        Dials.Dialed dialed = current;
        return dialed != null && dialed.client().isOpen();
    }

    /** Whether the server has ever answered anything but a refusal. */
    boolean hasBeenProven() {
        return hasBeenProven;
    }

    /** The connection itself, made if there is none. */
    RpcClient open(SyntaxId first, Deadline deadline) throws LinkException, RpcFaultException {
        return dialed(first, deadline).client();
    }

    /** As {@link RpcClient#call}. */
    RpcAnswer call(SyntaxId syntax, int opnum, @Nullable Guid object, Bytes stub, Deadline deadline)
            throws LinkException, RpcFaultException {
        return call(syntax, opnum, object, stub, deadline, null);
    }

    /** As the other. @param late see {@link RpcClient#call} */
    RpcAnswer call(
            SyntaxId syntax, int opnum, @Nullable Guid object, Bytes stub, Deadline deadline, @Nullable LateReply late)
            throws LinkException, RpcFaultException {
        int came = departures.get();
        Dials.Dialed before = current;
        Dials.Dialed dialed = dialed(syntax, deadline);
        requireNotLeftSince(came);
        try {
            return call(dialed, syntax, opnum, object, stub, deadline, late);
        } catch (LinkException e) {
            boolean wasUsed = dialed.equals(before);
            if (!e.isNotSent() || !wasUsed || deadline.isOver() || departures.get() != came) {
                throw e;
            }
            // it had ended, or was ending, before the call could leave
            LOG.debug("The connection with {} has ended, and is made anew: {}", server, e.getMessage());
            forget(dialed);
            return call(dialed(syntax, deadline), syntax, opnum, object, stub, deadline, late);
        }
    }

    private RpcAnswer call(
            Dials.Dialed dialed,
            SyntaxId syntax,
            int opnum,
            @Nullable Guid object,
            Bytes stub,
            Deadline deadline,
            @Nullable LateReply late)
            throws LinkException, RpcFaultException {
        try {
            RpcAnswer answer = dialed.client().call(syntax, opnum, object, stub, deadline, late);
            proven(dialed);
            return answer;
        } catch (RpcFaultException e) {
            boolean isRefusal = e.status() == RpcStatus.ACCESS_DENIED || e.status() == RpcStatus.SECURITY_PACKAGE_ERROR;
            if (!isRefusal) {
                // that an interface is not there is said without a look at the login
                if (e.status() != RpcStatus.UNKNOWN_INTERFACE) {
                    proven(dialed);
                }
            } else if (dialed.refused("the first call was answered with " + e.getMessage())) {
                forget(dialed);
                dialed.client().close();
            }
            throw e;
        } catch (LinkException e) {
            dialed.unknown();
            throw e;
        }
    }

    private void proven(Dials.Dialed dialed) {
        dialed.accepted();
        hasBeenProven = true;
    }

    private Dials.Dialed dialed(SyntaxId first, Deadline deadline) throws LinkException, RpcFaultException {
        Dials.Dialed known = current;
        if (known != null && known.client().isOpen()) {
            return known;
        }
        lock(deadline);
        try {
            known = current;
            if (known != null && known.client().isOpen()) {
                return known;
            }
            requireNotClosed();
            Dials.Dialed dialed = dialer.dial(first, deadline.orBefore(Deadline.after(DIAL_MAX)));
            made++;
            current = dialed;
            if (closed || isDeserted) {
                dialed.client().close();
                requireNotClosed();
            }
            return dialed;
        } finally {
            dialing.unlock();
        }
    }

    private void lock(Deadline deadline) throws LinkException {
        try {
            if (!dialing.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                throw new DeadlineException("no connection to %s in time".formatted(server), true);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LinkException("interrupted before a call to " + server, e, true);
        }
    }

    private void requireNotLeftSince(int came) throws LinkException {
        if (departures.get() != came) {
            throw new LinkException("%s was left while a connection was made".formatted(server), true);
        }
    }

    private void requireNotClosed() throws LinkException {
        if (closed || isDeserted) {
            throw new LinkException("the client is closed: no connection to " + server, true);
        }
    }

    /** The next call makes another one; calls that are under way on it go on. */
    private synchronized void forget(Dials.Dialed dialed) {
        if (dialed.equals(current)) {
            current = null;
        }
    }

    /** Ends the connection; another one is made when it is needed. */
    void drop() {
        Dials.Dialed dialed = current;
        if (dialed != null) {
            forget(dialed);
            dialed.client().close();
        }
    }

    /**
     * Nothing more is sent until {@link #resume}, and whoever waits goes at once: see {@link RpcClient#desert}.
     *
     * @return answers that are still listened for
     */
    int desert() {
        isDeserted = true;
        departures.incrementAndGet();
        Dials.Dialed dialed = current;
        return dialed == null ? 0 : dialed.client().desert();
    }

    /** After {@link #desert}: calls are made again, but none that had begun before. */
    void resume() {
        isDeserted = false;
        Dials.Dialed dialed = current;
        if (dialed != null) {
            dialed.client().resume();
        }
    }

    /** For good. */
    @Override
    public void close() {
        closed = true;
        drop();
    }
}
