package org.tandemopc.relay.ua.front;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory of answers that clients' sockets have not taken, over all connections of a door. When it is too much, the
 * connection with the largest share is given up, not the one that happens to need some: who reads keeps his place,
 * whatever others do. Any thread.
 */
final class UnsentAnswers {
    private final long bytesMax;
    private final AtomicLong bytes = new AtomicLong();
    private final Set<Share> shares = ConcurrentHashMap.newKeySet();

    UnsentAnswers(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Of the connections that are not given up. */
    long bytes() {
        return bytes.get();
    }

    /** @param giveUp closes the connection; called at most once, by whoever found too much, and must not wait */
    Share join(Runnable giveUp) {
        Share made = new Share(giveUp);
        shares.add(made);
        return made;
    }

    private synchronized void relieve() {
        while (bytes.get() > bytesMax) {
            Share largest = null;
            for (Share share : shares) {
                largest = largest == null || share.bytes() > largest.bytes() ? share : largest;
            }
            if (largest == null || largest.bytes() == 0) {
                return; // all of it is about to be counted down
            }
            largest.leave();
            largest.giveUp.run();
        }
    }

    /** What one connection has of it. Written by its event loop, read by all. */
    final class Share {
        private final Runnable giveUp;
        private volatile long own;
        private boolean left;

        private Share(Runnable giveUp) {
            this.giveUp = giveUp;
        }

        long bytes() {
            return own;
        }

        void add(int more) {
            count(more);
            if (bytes.get() > bytesMax) {
                relieve();
            }
        }

        void remove(int taken) {
            count(-taken);
        }

        /** Counts no more. Idempotent. */
        synchronized void leave() {
            if (!left) {
                left = true;
                shares.remove(this);
                bytes.addAndGet(-own);
            }
        }

        private synchronized void count(int change) {
            own += change;
            if (!left) {
                bytes.addAndGet(change);
            }
        }
    }
}
