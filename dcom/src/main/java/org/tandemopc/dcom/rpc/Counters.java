package org.tandemopc.dcom.rpc;

import java.util.concurrent.atomic.LongAdder;

/** Counts for {@link ServerStatistics}. Thread-safe. */
final class Counters {
    private final LongAdder calls = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final LongAdder sent = new LongAdder();

    void call() {
        calls.increment();
    }

    void pdu(PduTap.Direction direction) {
        switch (direction) {
            case RECEIVED -> received.increment();
            case SENT -> sent.increment();
        }
    }

    ServerStatistics read() {
        return new ServerStatistics(calls.sum(), received.sum(), sent.sum());
    }
}
