package org.tandemopc.simulator.da;

import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.client.DisconnectedException;
import org.tandemopc.dcom.rpc.RpcFaultException;

/**
 * Sends callbacks to one sink in their order, one call at a time, on a thread of its own: a slow client holds up nobody else. One
 * that is so slow that {@link #QUEUE_MAX} callbacks wait loses the oldest; one that does not answer {@link #FAILURES_MAX} times in
 * a row is given up.
 */
final class DaSender implements AutoCloseable {
    static final int QUEUE_MAX = 1_000;
    static final int FAILURES_MAX = 3;

    private static final Logger LOG = LoggerFactory.getLogger(DaSender.class);

    private final String name;
    private final Sink sink;
    private final Runnable onDead;

    /** Empty: the end. */
    private final BlockingQueue<Optional<DaCallback>> queue = new ArrayBlockingQueue<>(QUEUE_MAX);

    private volatile boolean isClosed;

    /** A client's object, whichever kind. What it answers is not looked at (DA 3.0 4.5.1). */
    interface Sink {
        void send(DaCallback callback) throws LinkException, RpcFaultException;
    }

    /** @param onDead called once, on the sender's thread, when the sink is given up */
    DaSender(String name, Sink sink, Runnable onDead) {
        this.name = name;
        this.sink = sink;
        this.onDead = onDead;
        Thread.ofVirtual().name("da-callbacks " + name).start(this::run);
    }

    /** Never waits. By one thread at a time. */
    void offer(DaCallback callback) {
        offer(Optional.of(callback));
    }

    private void offer(Optional<DaCallback> what) {
        while (!queue.offer(what)) {
            if (queue.poll() != null) {
                LOG.warn("{} is too slow: a callback is lost.", name);
            }
        }
    }

    private void run() {
        int failures = 0;
        try {
            while (!isClosed) {
                Optional<DaCallback> next = queue.take();
                if (isClosed || next.isEmpty()) {
                    return;
                }
                failures = send(next.get()) ? 0 : failures + 1;
                if (failures == FAILURES_MAX) {
                    LOG.info("{} does not answer any more; it is called back no longer.", name);
                    onDead.run();
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean send(DaCallback callback) {
        try {
            sink.send(callback);
            return true;
        } catch (DisconnectedException e) {
            LOG.debug("{}: the client's process is gone.", name, e);
        } catch (LinkException | RpcFaultException e) {
            LOG.debug("{}: not called back.", name, e);
        } catch (IllegalStateException e) {
            LOG.debug("{}: the sink was given back meanwhile.", name, e);
        }
        return false;
    }

    /** Begins no call any more; one that runs ends as it does. */
    @Override
    public void close() {
        isClosed = true;
        queue.clear();
        offer(Optional.empty());
    }
}
