package org.tandemopc.it.history;

import java.util.List;
import java.util.Map;
import org.tandemopc.it.client.ClientEvent;
import org.tandemopc.it.client.Operation;
import org.tandemopc.it.client.Sample;
import org.tandemopc.it.pair.TandemRecord;
import org.tandemopc.testkit.process.LedgerEntry;

/**
 * One run, from all sides. All clocks are of one machine.
 *
 * @param operations reads, writes and calls of the only client
 * @param streams values of its items, by item; all are counters
 * @param events what else its application noticed
 * @param ledgers what each member applied
 * @param records what Tandem wrote down, in the order of their numbers
 * @param injected faults that the test made
 * @param machines URL of each member, as configured
 * @param firstActive the member that served when the run began
 * @param firstEpoch its epoch
 * @param lastEpoch that of the member that served when the run ended
 * @param promises what the pair must keep
 * @param periodMs length of a tick
 * @param wallMinusNanosMs what to add to ms of {@code System.nanoTime} to get ms since the epoch
 */
public record History(
        List<Operation> operations,
        Map<String, List<Sample>> streams,
        List<ClientEvent> events,
        List<List<LedgerEntry>> ledgers,
        List<TandemRecord> records,
        List<Injected> injected,
        List<String> machines,
        int firstActive,
        long firstEpoch,
        long lastEpoch,
        Promises promises,
        long periodMs,
        long wallMinusNanosMs) {
    /** Two clocks that are read one after the other, and the rounding to milliseconds. */
    static final long SLACK_MS = 50;

    /** What {@link #wallMinusNanosMs} is on this machine now. */
    public static long wallMinusNanosNow() {
        return System.currentTimeMillis() - System.nanoTime() / 1_000_000;
    }

    long wallMs(long nanos) {
        return nanos / 1_000_000 + wallMinusNanosMs;
    }

    List<TandemRecord> recordsOf(String kind) {
        return records.stream().filter(each -> each.kind().equals(kind)).toList();
    }

    /** The member, or -1 for none. */
    int member(String machine) {
        return machines.indexOf(machine);
    }
}
