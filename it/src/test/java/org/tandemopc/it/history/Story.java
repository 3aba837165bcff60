package org.tandemopc.it.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.TandemRecord;
import org.tandemopc.testkit.process.LedgerEntry;

/**
 * A run of one pair with one client, from now on: remembers how the pair was and what a test did to it, and judges at the
 * end. {@link #records()} is to be called often enough that less than 1,000 records come between. One thread.
 */
public final class Story {
    /** That of {@code PairSpec}. */
    private static final int HOLD_MS = 5_000;
    /** Times are not judged: where they matter, the test that made the fault says so. */
    private static final long NOTICED_MS = PairUnderTest.LONG.toMillis();

    private static final long AGE_MS = 3_600_000;

    private final PairUnderTest pair;
    private final int firstActive;
    private final long firstEpoch;
    private final List<Integer> ledgers;
    private final List<Injected> injected = new ArrayList<>();
    private final List<TandemRecord> records = new ArrayList<>();
    private long lastRecord;

    private Story(PairUnderTest pair) {
        this.pair = pair;
        firstActive = pair.active();
        firstEpoch = pair.epoch();
        ledgers = pair.ledgers().stream().map(List::size).toList();
        lastRecord =
                pair.tandem().newestRecords(PairUnderTest.NAME, 1).getLast().number();
    }

    /** Before the client reads, writes or calls: what it did earlier would be judged without its entries in the ledgers. */
    public static Story of(PairUnderTest pair) {
        return new Story(pair);
    }

    /** A fault of a member that began then and is over now. @param causes why the pair may have left the member */
    public void struck(String what, int member, long fromMs, LossCause... causes) {
        Set<LossCause> why = Set.of(causes);
        told(Injected.of(what, why)
                .of(member, why)
                .at(fromMs, 0, System.currentTimeMillis())
                .noticedIn(NOTICED_MS, false));
    }

    public void told(Injected fault) {
        injected.add(fault);
    }

    /** What Tandem wrote down since the beginning. */
    public List<TandemRecord> records() {
        for (TandemRecord record : pair.tandem().recordsAfter(PairUnderTest.NAME, lastRecord)) {
            records.add(record);
            lastRecord = record.number();
        }
        return List.copyOf(records);
    }

    /** Those of one kind, as in {@code RecordKind}. */
    public List<TandemRecord> records(String kind) {
        return records().stream().filter(each -> each.kind().equals(kind)).toList();
    }

    /** See {@link HistoryCheck#untimely}. */
    public List<String> untimely(StreamClient client) {
        return HistoryCheck.untimely(history(client, false));
    }

    /** @param gapless see {@link History} @return what is wrong, for people */
    public List<String> findings(StreamClient client, boolean gapless) {
        return HistoryCheck.findings(history(client, gapless));
    }

    private History history(StreamClient client, boolean gapless) {
        List<List<LedgerEntry>> now = pair.ledgers();
        return new History(
                client.operations(),
                client.streams(),
                client.events(),
                IntStream.range(0, now.size())
                        .mapToObj(i ->
                                now.get(i).subList(ledgers.get(i), now.get(i).size()))
                        .toList(),
                records(),
                injected,
                pair.machines(),
                firstActive,
                firstEpoch,
                pair.epoch(),
                new Promises(HOLD_MS, 0, 0, AGE_MS, -1, gapless),
                PairUnderTest.PERIOD_MS,
                History.wallMinusNanosNow());
    }
}
