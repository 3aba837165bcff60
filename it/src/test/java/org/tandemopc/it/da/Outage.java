package org.tandemopc.it.da;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.OpcItemState;
import org.tandemopc.opcda.Quality;
import org.tandemopc.opcda.params.PerItem;

/** What a client is told while nobody is there to serve it, item by item. Any thread. */
final class Outage {
    /** How often each item was told to be bad, by client handle. */
    private final Map<Integer, Integer> bad = new ConcurrentHashMap<>();
    /** Items that were good after that. */
    private final Map<Integer, Boolean> goodAgain = new ConcurrentHashMap<>();

    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicLong longestNanos = new AtomicLong();
    private volatile long watchedFromNanos = System.nanoTime();

    void value(OpcItemChange item) {
        if (item.quality().equals(Quality.COMM_FAILURE)) {
            bad.merge(item.clientHandle(), 1, Integer::sum);
            goodAgain.remove(item.clientHandle());
        } else if (item.quality().isGood() && bad.containsKey(item.clientHandle())) {
            goodAgain.put(item.clientHandle(), true);
        }
    }

    /** Counts a read of one item that says that nobody was there. @return false: it says something else */
    boolean mayAnswer(Result<PerItem<OpcItemState>> answer) {
        boolean isOut = answer.isSuccess()
                && answer.value().values().getFirst().quality().equals(Quality.COMM_FAILURE);
        if (isOut) {
            reads.incrementAndGet();
        }
        return isOut;
    }

    /** A call has ended that was begun then, by {@code System.nanoTime}. */
    void ended(long begunNanos) {
        if (begunNanos - watchedFromNanos >= 0) {
            longestNanos.accumulateAndGet(System.nanoTime() - begunNanos, Math::max);
        }
    }

    Map<Integer, Integer> bad() {
        return Map.copyOf(bad);
    }

    /** How many items were good after they were bad. */
    int goodAgain() {
        return goodAgain.size();
    }

    /** How many reads found nobody. */
    int reads() {
        return reads.get();
    }

    /** Of all calls that were begun since {@link #watchCalls}. */
    Duration longest() {
        return Duration.ofNanos(longestNanos.get());
    }

    void watchCalls() {
        watchedFromNanos = System.nanoTime();
        longestNanos.set(0);
    }
}
