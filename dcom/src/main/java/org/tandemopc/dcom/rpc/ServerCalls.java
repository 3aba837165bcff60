package org.tandemopc.dcom.rpc;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one client that run or wait. They run side by side if the client asked for that when it bound (CONC_MPX); if
 * not, in the order in which they came: a client that sends a second call all the same must not see it overtake the first.
 * Thread-safe.
 */
final class ServerCalls {
    private final int max;
    private final Predicate<Runnable> executor;
    private final Consumer<ServerCall> body;

    private final Set<ServerCall> running = new HashSet<>();
    private final ArrayDeque<ServerCall> queue = new ArrayDeque<>();
    private boolean queueIsWorked;
    private boolean concurrent;

    /**
     * @param max running or waiting
     * @param executor runs what it is given on a thread of its own; false: it will not
     * @param body performs a call and answers it; throws nothing
     */
    ServerCalls(int max, Predicate<Runnable> executor, Consumer<ServerCall> body) {
        this.max = max;
        this.executor = executor;
        this.body = body;
    }

    /** Before the first call. */
    synchronized void allowConcurrent() {
        concurrent = true;
    }

    synchronized int size() {
        return running.size();
    }

    /** @return false: there are too many, or nobody runs it */
    boolean begin(ServerCall call) {
        synchronized (this) {
            if (running.size() >= max) {
                return false;
            }
            running.add(call);
            if (!concurrent && queueIsWorked) {
                queue.add(call);
                return true;
            }
            queueIsWorked = true;
        }
        if (executor.test(() -> work(call))) {
            return true;
        }
        synchronized (this) {
            running.remove(call);
            queueIsWorked = false;
        }
        return false;
    }

    /** As {@link #begin}, for a thread that will {@link #work} by itself. @return false: others run or wait */
    synchronized boolean beginAlone(ServerCall call) {
        if (!running.isEmpty() || queueIsWorked) {
            return false;
        }
        running.add(call);
        queueIsWorked = true;
        return true;
    }

    /**
     * As {@link #beginAlone}, but others may run beside it if the client asked for that.
     *
     * @return false: they must end before, or there are too many
     */
    synchronized boolean beginBeside(ServerCall call) {
        if (!concurrent) {
            return beginAlone(call);
        }
        return running.size() < max && running.add(call);
    }

    /** Performs a call that has begun, and after it those that waited for it. */
    void work(ServerCall first) {
        for (ServerCall call = first; call != null; call = next()) {
            try {
                body.accept(call);
            } finally {
                done(call);
            }
        }
    }

    private synchronized @Nullable ServerCall next() {
        ServerCall next = concurrent ? null : queue.poll();
        queueIsWorked = next != null;
        return next;
    }

    /** It does not count any more, though its answer may still be on its way. */
    synchronized void done(ServerCall call) {
        running.remove(call);
    }

    /** Peers use a call_id twice (node-dcom uses 0 for all): all calls that have it. */
    synchronized void forEach(long callId, Consumer<ServerCall> action) {
        running.stream().filter(call -> call.callId() == callId).forEach(action);
    }

    synchronized void forEach(Consumer<ServerCall> action) {
        running.forEach(action);
    }
}
