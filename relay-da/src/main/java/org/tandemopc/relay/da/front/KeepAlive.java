package org.tandemopc.relay.da.front;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A group's {@link KeepAliveClock} with a virtual thread that waits for it, while there is a period. It is Tandem's own, so that it
 * goes on while no member tells anything. Any thread; returns at once.
 */
final class KeepAlive {
    private final Runnable onDue;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by lock, which is never held while anybody is called.
    private final KeepAliveClock clock = new KeepAliveClock();
    private @Nullable Thread waiter;
    private boolean isEnded;

    /** @param onDue called each time that it is due; must not block */
    KeepAlive(Runnable onDue) {
        this.onDue = onDue;
    }

    /** @return the period that it is */
    long set(long requestedMs) {
        lock.lock();
        try {
            long revised = isEnded ? 0 : KeepAliveClock.revised(requestedMs);
            clock.set(revised, System.nanoTime());
            if (revised > 0 && waiter == null) {
                waiter = Thread.ofVirtual().name("da-keep-alive").start(this::work);
            }
            changed.signalAll();
            return revised;
        } finally {
            lock.unlock();
        }
    }

    /** For good: nothing is due any more, whatever is set. */
    void end() {
        lock.lock();
        try {
            isEnded = true;
            clock.set(0, System.nanoTime());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    long periodMs() {
        lock.lock();
        try {
            return clock.periodMs();
        } finally {
            lock.unlock();
        }
    }

    /** The client gets a callback now. */
    void told() {
        lock.lock();
        try {
            clock.told(System.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    private void work() {
        while (awaitDue()) {
            onDue.run();
        }
    }

    /** @return false: there is no period any more, and the thread ends */
    private boolean awaitDue() {
        lock.lock();
        try {
            while (clock.periodMs() > 0) {
                long left = clock.untilDueNanos(System.nanoTime());
                if (left == 0) {
                    clock.told(System.nanoTime());
                    return true;
                }
                var unused = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (clock.periodMs() == 0 || Thread.currentThread().isInterrupted()) {
                waiter = null;
            }
            lock.unlock();
        }
        return false;
    }
}
