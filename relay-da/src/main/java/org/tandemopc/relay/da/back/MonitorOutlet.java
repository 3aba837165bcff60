package org.tandemopc.relay.da.back;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.monitor.MonitorReport;
import org.tandemopc.core.monitor.MonitorValue;
import org.tandemopc.core.monitor.Monitoring;

/**
 * Brings what callbacks of several groups and the thread of the watch have to say of monitor items to one listener, in order: an item's
 * values after the news that it was added. Any thread; nobody waits for another, and no lock is held while the listener is called.
 */
final class MonitorOutlet {
    /** Of reports that the listener has not taken yet. It returns at once, so that this many never wait. */
    private static final int WAITING_MAX = 4 * Monitoring.ITEMS_MAX;

    private final Consumer<List<MonitorReport>> to;

    // Guarded by this.
    private final ArrayDeque<MonitorReport> waiting = new ArrayDeque<>();
    private final Set<Integer> added = new HashSet<>();
    /** Came before the answer that adds the item: told after it. */
    private final Map<Integer, MonitorValue> early = new HashMap<>();

    private boolean isTelling;
    private boolean isClosed;

    MonitorOutlet(Consumer<List<MonitorReport>> to) {
        this.to = to;
    }

    void added(Collection<Integer> items, Duration rate) {
        synchronized (this) {
            for (int item : items) {
                added.add(item);
                put(new MonitorReport.Added(item, rate));
                @Nullable MonitorValue first = early.remove(item);
                if (first != null) {
                    put(new MonitorReport.Value(item, first));
                }
            }
        }
        tell();
    }

    /** @param codes HRESULTs by item */
    void refused(Map<Integer, Integer> codes) {
        synchronized (this) {
            codes.forEach((item, code) -> {
                added.remove(item);
                put(new MonitorReport.Refused(item, Integer.toUnsignedLong(code)));
            });
        }
        tell();
    }

    /** Nothing is watched any more until it is added again. */
    void interrupted() {
        synchronized (this) {
            added.clear();
            early.clear();
            put(new MonitorReport.Interrupted());
        }
        tell();
    }

    void values(List<MonitorReport.Value> values) {
        synchronized (this) {
            for (MonitorReport.Value value : values) {
                if (added.contains(value.item())) {
                    put(value);
                } else {
                    early.put(value.item(), value.value());
                }
            }
        }
        tell();
    }

    /** Of what waits, nothing is told any more; a call of the listener that has begun goes on. */
    synchronized void close() {
        isClosed = true;
        waiting.clear();
    }

    private void put(MonitorReport report) {
        if (isClosed) {
            return;
        }
        if (waiting.size() >= WAITING_MAX) {
            // what a listener that hangs misses are values, the oldest
            waiting.removeFirstOccurrence(waiting.stream()
                    .filter(one -> one instanceof MonitorReport.Value)
                    .findFirst()
                    .orElse(waiting.getFirst()));
        }
        waiting.add(report);
    }

    /** Whoever finds nobody telling tells, until nothing waits. */
    private void tell() {
        List<MonitorReport> next = take(true);
        boolean isTold = false;
        try {
            while (!next.isEmpty()) {
                to.accept(next);
                next = take(false);
            }
            isTold = true;
        } finally {
            if (!isTold) {
                synchronized (this) {
                    isTelling = false;
                }
            }
        }
    }

    /** @return nothing: there is nothing to tell, or somebody else tells it */
    private synchronized List<MonitorReport> take(boolean begins) {
        if (begins && isTelling) {
            return List.of();
        }
        List<MonitorReport> all = new ArrayList<>(waiting);
        waiting.clear();
        isTelling = !all.isEmpty();
        return all;
    }
}
