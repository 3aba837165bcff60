package org.tandemopc.dcom.rpc;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Ends waits that sockets cannot end by themselves: a write to a peer that does not read, a PDU of which half came, a login
 * that does not go on, a connection on which nothing happens.
 *
 * <p>One virtual thread per connection sleeps until the first of a few moments. Setting a moment is one volatile write: the
 * thread is woken only when it would sleep beyond it. Taking a moment back wakes nobody; the thread finds out when it wakes.
 * Refused: a timer thread for all connections, which one slow close holds up for everybody; a timeout of the socket, which
 * there is for reading only and starts afresh with each octet.
 */
final class Watch {
    /** What is waited for. */
    enum Wait {
        LOGIN("it did not log in or call in time"),
        REST("the rest of a PDU or of a message did not come in time"),
        IDLE("nothing happened on it for long"),
        WRITE("it did not read in time"),
        /** The thread that reads does a call meanwhile; no reason to end anything. */
        READER("the call that its reader does takes long"),
        /** The first of the deadlines of a client's calls; a call that is overdue ends nothing else. */
        CALL("an answer is overdue");

        private final String complaint;

        Wait(String complaint) {
            this.complaint = complaint;
        }

        String complaint() {
            return complaint;
        }
    }

    private static final long NEVER = Long.MAX_VALUE;

    /** While the thread is awake it looks at all moments before it sleeps: nobody need wake it. */
    private static final long AWAKE = Long.MIN_VALUE;

    private final long start = System.nanoTime();
    private final AtomicLongArray moments = new AtomicLongArray(Wait.values().length);
    private final Consumer<Wait> over;
    private volatile long sleepsUntil = AWAKE;
    private volatile boolean stopped;
    private final Thread thread;

    /** @param over called once for each moment that has passed; on the thread of the watch */
    Watch(String name, Consumer<Wait> over) {
        this.over = over;
        for (Wait wait : Wait.values()) {
            take(wait);
        }
        thread = Thread.ofVirtual().name(name).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** @param nanos from now */
    void set(Wait wait, long nanos) {
        long moment = now() + nanos;
        moments.set(index(wait), moment < 0 ? NEVER : moment);
        if (moment < sleepsUntil) {
            LockSupport.unpark(thread);
        }
    }

    /** As {@link #set}, unless the moment that is set already comes first. @param nanos from now */
    void setNoLater(Wait wait, long nanos) {
        long moment = now() + nanos;
        if (moment >= 0 && moments.accumulateAndGet(index(wait), moment, Math::min) < sleepsUntil) {
            LockSupport.unpark(thread);
        }
    }

    void take(Wait wait) {
        moments.set(index(wait), NEVER);
    }

    void stop() {
        stopped = true;
        LockSupport.unpark(thread);
    }

    Thread thread() {
        return thread;
    }

    private void run() {
        while (!stopped) {
            sleepsUntil = AWAKE;
            tellWhatIsOver();
            long first = first();
            sleepsUntil = first;
            // a moment that was set just before this line is seen here; one that is set after it wakes this thread
            if (first() >= first && !stopped) {
                LockSupport.parkNanos(this, first == NEVER ? NEVER : Math.max(1, first - now()));
            }
        }
    }

    private void tellWhatIsOver() {
        long now = now();
        for (Wait wait : Wait.values()) {
            long moment = moments.get(index(wait));
            if (moment <= now && moments.compareAndSet(index(wait), moment, NEVER)) {
                over.accept(wait);
            }
        }
    }

    private long first() {
        long first = NEVER;
        for (int i = 0; i < moments.length(); i++) {
            first = Math.min(first, moments.get(i));
        }
        return first;
    }

    private long now() {
        return System.nanoTime() - start;
    }

    private static int index(Wait wait) {
        return switch (wait) {
            case LOGIN -> 0;
            case REST -> 1;
            case IDLE -> 2;
            case WRITE -> 3;
            case READER -> 4;
            case CALL -> 5;
        };
    }
}
