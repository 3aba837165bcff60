package org.tandemopc.dcom.rpc;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether a thread that waits for octets looks for them again and again for a moment before it sleeps. To be put to sleep and woken
 * costs it more than a short call takes altogether, most of all where a processor without work sleeps too. So where calls come in a
 * row and each is answered within the moment, both ends stay awake in between.
 *
 * <p>What it costs is bounded: a look lasts {@value #LOOK_NANOS} ns at most; after one in vain some waits pass without, twice as many
 * each time, up to {@value #PASS_MAX}; where waits are long there is none; and no more threads look at a time than half of the processors,
 * on a machine with one none. Whoever does not look sleeps at once.
 *
 * <p>One for each connection, used by who reads it.
 */
final class Lookout {
    /** What a thread spends at most before it sleeps. */
    static final long LOOK_NANOS = 50_000;

    /** After a longer wait it does not look. Being woken is a part of each wait without a look, and may take as long as this. */
    static final long SHORT_NANOS = 4 * LOOK_NANOS;

    /** So many waits pass without a look at most, after looks in vain. */
    static final int PASS_MAX = 1_024;

    /** So many looks of use in a row make up for one in vain, which costs more than one of use saves. */
    static final int HITS = 4;

    private static final Places OF_ALL = new Places(Runtime.getRuntime().availableProcessors() / 2);

    private final Places places;
    private boolean isShort;
    private int pass;
    private int step = 1;
    private int hits;

    Lookout() {
        this(OF_ALL);
    }

    Lookout(Places places) {
        this.places = places;
    }

    /** How many threads may look at a time. Thread-safe. */
    static final class Places {
        private final int max;
        private final AtomicInteger taken = new AtomicInteger();

        Places(int max) {
            this.max = max;
        }

        boolean take() {
            if (taken.incrementAndGet() <= max) {
                return true;
            }
            taken.decrementAndGet();
            return false;
        }

        void give() {
            taken.decrementAndGet();
        }
    }

    /** Whether the next wait begins with a look, if there is a place. */
    boolean isWorthIt() {
        return isShort && pass == 0;
    }

    /** A wait is over. @param nanos that it took, with a look or without */
    void waited(long nanos) {
        isShort = nanos < SHORT_NANOS;
        pass = Math.max(0, pass - 1);
    }

    /** A look is over. */
    void looked(boolean isInVain) {
        if (isInVain) {
            step = Math.min(PASS_MAX, 2 * step);
            pass = step;
            hits = 0;
            return;
        }
        hits++;
        if (hits == HITS) {
            step = Math.max(1, step / 2);
            hits = 0;
        }
    }

    /** Returns as soon as something has come, or when it is time to sleep: at once if it is not worth it. */
    void look(InputStream in) throws IOException {
        if (!isWorthIt() || !places.take()) {
            return;
        }
        try {
            long start = System.nanoTime();
            boolean isThere = in.available() > 0;
            while (!isThere && System.nanoTime() - start < LOOK_NANOS) {
                Thread.onSpinWait();
                isThere = in.available() > 0;
            }
            looked(!isThere);
        } finally {
            places.give();
        }
    }
}
