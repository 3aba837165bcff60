package org.tandemopc.relay.da.front;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;

/**
 * A client's sink, called in order by a thread of its own, so that a client that is slow or gone delays nobody. What waits for it
 * is bounded: beyond that the oldest values are dropped, which the log says once. Any thread.
 *
 * @param <T> the sink's interface
 */
final class ClientSink<T> {
    private static final Logger LOG = LoggerFactory.getLogger(ClientSink.class);
    private static final int WAITING_MAX = 1_000;
    private static final Duration CALL_MAX = Duration.ofSeconds(10);

    /** One callback. */
    @FunctionalInterface
    interface Callback<T> {
        Result<Nothing> on(T sink) throws LinkException, RpcFaultException;
    }

    private record Waiting<T>(Callback<T> callback, boolean isPromised) {}

    private final ComPointer<T> pointer;
    private final String whose;

    // Guarded by this.
    private final ArrayDeque<Waiting<T>> waiting = new ArrayDeque<>();
    private boolean isCalling;
    private boolean isClosed;
    private boolean isEnding;
    private boolean hasDropped;

    /** @param whose for the log */
    ClientSink(ComPointer<T> pointer, String whose) {
        this.pointer = pointer;
        this.whose = whose;
    }

    ComPointer<T> pointer() {
        return pointer;
    }

    /**
     * Has it called, after what was given before.
     *
     * @param isPromised the end of a transaction, of which there are few: never dropped
     */
    void call(Callback<T> callback, boolean isPromised) {
        synchronized (this) {
            if (isClosed || isEnding) {
                return;
            }
            if (waiting.size() >= WAITING_MAX) {
                dropOldest();
            }
            waiting.addLast(new Waiting<>(callback, isPromised));
            if (isCalling) {
                return;
            }
            isCalling = true;
        }
        Thread.ofVirtual().name("da-callback " + whose).start(this::work);
    }

    /** Has it called, unless it is being called or something waits for it. */
    void callIfIdle(Callback<T> callback) {
        synchronized (this) {
            if (isCalling) {
                return;
            }
        }
        call(callback, false);
    }

    private void dropOldest() {
        Iterator<Waiting<T>> oldest = waiting.iterator();
        while (oldest.hasNext()) {
            if (!oldest.next().isPromised()) {
                oldest.remove();
                break;
            }
        }
        if (!hasDropped) {
            hasDropped = true;
            LOG.warn("{} takes callbacks too slowly: of more than {} the oldest are dropped.", whose, WAITING_MAX);
        }
    }

    private void work() {
        while (true) {
            Callback<T> next;
            synchronized (this) {
                if (isClosed || waiting.isEmpty()) {
                    isCalling = false;
                    if (isEnding) {
                        close();
                    }
                    return;
                }
                next = waiting.removeFirst().callback();
            }
            try {
                var unused = next.on(pointer.within(CALL_MAX));
            } catch (LinkException | RpcFaultException | IllegalStateException e) {
                LOG.debug("A callback did not reach {}: {}", whose, e.getMessage());
            }
        }
    }

    /** Nothing more is taken; what waits is called first. */
    synchronized void end() {
        isEnding = true;
        if (!isCalling) {
            close();
        }
    }

    /** Nothing more is called. */
    void close() {
        synchronized (this) {
            isClosed = true;
            waiting.clear();
        }
        pointer.close();
    }
}
