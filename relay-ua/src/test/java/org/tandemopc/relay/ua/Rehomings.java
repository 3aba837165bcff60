package org.tandemopc.relay.ua;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.tandemopc.core.pair.RehomeReport;
import org.tandemopc.core.pair.Route;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.relay.Relay;
import org.tandemopc.relay.RelayListener;
import org.tandemopc.testkit.Await;

/** In the place of a pair's machine: orders a relay to a member, and keeps what is recorded. */
final class Rehomings implements RelayListener {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final Set<Long> done = ConcurrentHashMap.newKeySet();
    private final List<PairRecord> records = new CopyOnWriteArrayList<>();

    /** The member is attached. */
    void serve(Relay relay, long epoch, int member) {
        relay.rehome(epoch, member);
        Await.until("rehomed", SOON, () -> done.contains(epoch));
        relay.release(new Route(epoch, member));
    }

    /** All that was recorded up to now, in its order. */
    List<PairRecord> records() {
        return List.copyOf(records);
    }

    /** The texts of a kind, in their order. */
    List<String> texts(RecordKind kind) {
        return records.stream()
                .filter(record -> record.kind() == kind)
                .map(PairRecord::text)
                .toList();
    }

    @Override
    public void rehomed(long epoch, RehomeReport report) {
        done.add(epoch);
    }

    @Override
    public void rehomeFailed(long epoch, String why) {
        throw new AssertionError(why);
    }

    @Override
    public void synchronizedOn(int member) {}

    @Override
    public void lagsOn(int member, boolean lags) {}

    @Override
    public void suspects(int member, String evidence) {}

    @Override
    public void firstNotificationMissing(int member, String detail) {}

    @Override
    public void record(PairRecord record) {
        records.add(record);
    }
}
