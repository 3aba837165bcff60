package org.tandemopc.relay.ua;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.pair.PairSettings;
import org.tandemopc.core.pair.RehomeReport;
import org.tandemopc.core.pair.Route;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.relay.RelayListener;
import org.tandemopc.relay.ua.front.FrontPair.SessionOpening;

/**
 * A pair between clients and two {@link FakeMember}s, in virtual time. Gives the orders that the pair's machine gives, in
 * its order ({@code core.pair}): hold, detach what is lost, attach what is new, rehome, and release at the answer. In cold
 * mode the new one may be attached a while before the others are moved to it.
 */
@NullUnmarked
final class RedundantPair implements RelayListener {
    final VirtualTime time = new VirtualTime();
    final FakeMember a = new FakeMember(0, time);
    final FakeMember b = new FakeMember(1, time);
    final Mode mode;
    final UaPair pair;

    final List<PairRecord> records = new ArrayList<>();
    final List<String> suspicions = new ArrayList<>();
    final List<String> firstMissing = new ArrayList<>();
    final List<Integer> synchronizations = new ArrayList<>();
    final List<String> lagReports = new ArrayList<>();
    final List<RehomeReport> reports = new ArrayList<>();
    long rehomedAtMs = -1;
    long epoch;
    int active = Route.NONE;
    private final boolean[] attached = new boolean[2];
    private boolean closedFront;
    private long lastSession;

    RedundantPair(Mode mode) {
        this(mode, Duration.ofSeconds(5));
    }

    RedundantPair(Mode mode, Duration holdTimeout) {
        this.mode = mode;
        PairSettings usual = PairSettings.of("plant1", mode, "member0", "member1");
        PairSettings settings = new PairSettings(
                usual.name(),
                usual.members(),
                mode,
                usual.failback(),
                usual.pingInterval(),
                usual.pingTimeout(),
                holdTimeout,
                usual.failbackDwell());
        pair = new UaPair(settings, "/plant1", List.of(a, b), "urn:tandem", this, p -> closedFront = true, time::nanos);
        pair.admit();
        for (String node : List.of("x", "y", "z")) {
            a.set(node, 0);
            b.set(node, 0);
        }
    }

    /** As after enable: the primary serves, and in warm and hot mode the secondary is there. */
    RedundantPair started() {
        attach(0);
        rehome(0);
        if (mode != Mode.COLD) {
            attach(1);
        }
        time.run(300);
        return this;
    }

    FakeMember member(int index) {
        return index == 0 ? a : b;
    }

    boolean isFrontClosed() {
        return closedFront;
    }

    /** The same change at both members, at the same moment: the process that both watch. */
    void change(String node, long value) {
        a.set(node, value);
        b.set(node, value);
        time.settle();
    }

    /** So many changes of a node, one each period. */
    long changes(String node, long from, int count, long periodMs) {
        for (int i = 0; i < count; i++) {
            change(node, from + i);
            time.run(periodMs);
        }
        return from + count;
    }

    // ---- orders

    void attach(int member) {
        if (!attached[member]) {
            attached[member] = true;
            pair.attach(member);
        }
    }

    void detach(int member) {
        attached[member] = false;
        pair.detach(member);
    }

    private void rehome(int member) {
        active = member;
        pair.rehome(++epoch, member);
        time.settle();
    }

    void hold() {
        pair.hold(++epoch);
        time.settle();
    }

    /** The active is lost: what the machine orders once it knows. */
    void lose(int member) {
        hold();
        detach(member);
        time.settle();
    }

    /** Goes on after {@link #hold} or {@link #lose}. */
    void promote(int member) {
        attach(member);
        active = member;
        rehomedAtMs = -1;
        pair.rehome(epoch, member);
        time.settle();
    }

    void failOver(int from, int to) {
        lose(from);
        promote(to);
    }

    /** A switch between healthy members. */
    void switchTo(int member) {
        hold();
        if (mode == Mode.COLD) {
            detach(1 - member);
        }
        promote(member);
    }

    void strand() {
        active = Route.NONE;
        pair.strand(epoch);
        time.settle();
    }

    // ---- clients

    SessionOpening opening(String name, double timeoutMs) {
        return new SessionOpening(
                ++lastSession, name, new NodeId(1, "session" + lastSession), "127.0.0.1", "urn:client", timeoutMs, 0);
    }

    FakeClient open() {
        return open("client");
    }

    FakeClient open(String name) {
        try {
            return new FakeClient(this, pair.open(opening(name, 60_000), time.loop()));
        } catch (UaException e) {
            throw new AssertionError(e);
        }
    }

    /** A client that is logged in. */
    FakeClient client() {
        FakeClient client = open();
        client.login();
        time.run(200);
        return client;
    }

    // ---- what the pair reports

    List<PairRecord> records(RecordKind kind) {
        return records.stream().filter(r -> r.kind() == kind).toList();
    }

    RehomeReport report() {
        return reports.get(reports.size() - 1);
    }

    @Override
    public void rehomed(long ofEpoch, RehomeReport report) {
        reports.add(report);
        if (ofEpoch == epoch && active != Route.NONE) {
            rehomedAtMs = time.ms();
            pair.release(new Route(epoch, active));
        }
    }

    @Override
    public void rehomeFailed(long ofEpoch, String why) {
        throw new AssertionError("not used by OPC UA: " + why);
    }

    @Override
    public void synchronizedOn(int member) {
        synchronizations.add(member);
    }

    @Override
    public void lagsOn(int member, boolean lags) {
        lagReports.add((lags ? "behind on " : "up to date on ") + member);
    }

    @Override
    public void suspects(int member, String evidence) {
        suspicions.add(member + " " + evidence);
    }

    @Override
    public void firstNotificationMissing(int member, String detail) {
        firstMissing.add(member + " " + detail);
    }

    @Override
    public void record(PairRecord record) {
        records.add(Objects.requireNonNull(record));
    }

    @Nullable
    PairRecord firstRecord(RecordKind kind) {
        List<PairRecord> of = records(kind);
        return of.isEmpty() ? null : of.get(0);
    }
}
