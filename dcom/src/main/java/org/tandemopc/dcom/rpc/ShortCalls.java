package org.tandemopc.dcom.rpc;

/**
 * Whether calls that wait behind each other are done in turn by who reads them. If they are short that is the quickest way: to give one
 * to another thread takes longer than to do it, and their answers can leave together. Whether one will be short is known when it is over;
 * it is taken to be like those before it.
 *
 * <p>What a mistake costs is bounded: a call that is not short keeps those behind it until another thread reads on, and a few like it
 * raise the mean so far that all are given away, as long as it is no better.
 *
 * <p>One for each connection. Thread-safe: that the time of a call is lost now and then changes little.
 */
final class ShortCalls {
    /** What it takes to give a call away, where the processors are busy. */
    static final long SHORT_NANOS = 50_000;

    /** More than that no call counts: a thread that had to wait for a processor says nothing of the next. */
    static final long COUNTED_NANOS = 20 * SHORT_NANOS;

    /** Each call counts for one of so many. */
    private static final int OF = 16;

    private volatile long meanNanos;

    /** Whether the next call is likely to be short. */
    boolean isNextShort() {
        return meanNanos < SHORT_NANOS;
    }

    /** A call is over. @param nanos from its begin to its results, without the way of the answer */
    void took(long nanos) {
        long mean = meanNanos;
        meanNanos = mean + (Math.min(COUNTED_NANOS, nanos) - mean) / OF;
    }
}
