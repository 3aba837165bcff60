package org.tandemopc.bench.failover;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;

/** Where an application puts what it gets. Thread-safe. */
final class Recorder {
    private final boolean merging;
    private final long[] newest;
    private final List<Arrival> arrivals = new ArrayList<>();
    private final List<Recording.Event> events = new ArrayList<>();
    private final List<Recording.Reading> reads = new ArrayList<>();
    private long notGood;

    /** @param merging drops values that are not newer than the newest of their item, for two streams of the same */
    Recorder(int items, boolean merging) {
        this.merging = merging;
        newest = new long[items];
        Arrays.fill(newest, -1);
    }

    void value(int item, DataValue value) {
        long now = System.nanoTime();
        DateTime source = value.sourceTime();
        synchronized (this) {
            if (source != null && value.statusCode().isGood() && value.value().value() instanceof Number number) {
                keep(new Arrival(now, item, number.longValue(), source.getJavaTime()));
            } else {
                notGood++;
            }
        }
    }

    private void keep(Arrival arrival) {
        if (merging && arrival.tick() <= newest[arrival.item()]) {
            return;
        }
        newest[arrival.item()] = Math.max(newest[arrival.item()], arrival.tick());
        arrivals.add(arrival);
    }

    synchronized void event(String what, boolean isSessionLost) {
        events.add(new Recording.Event(System.nanoTime(), what, isSessionLost));
    }

    synchronized void read(long startNanos, boolean isGood) {
        reads.add(new Recording.Reading(startNanos, System.nanoTime(), isGood));
    }

    /** The newest tick of the item that is furthest behind; -1 while one has none. */
    synchronized long reached() {
        return Arrays.stream(newest).min().orElse(-1);
    }

    synchronized Recording recording() {
        return new Recording(arrivals, events, reads, notGood);
    }
}
