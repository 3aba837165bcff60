package org.tandemopc.relay.da;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.pair.PairSettings;
import org.tandemopc.core.pair.RehomeReport;
import org.tandemopc.core.pair.Route;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.core.record.RecordTexts;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.ObjectCall;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.Principal;
import org.tandemopc.relay.Relay;
import org.tandemopc.relay.RelayListener;
import org.tandemopc.relay.RelaySnapshot;
import org.tandemopc.relay.SessionSnapshot;
import org.tandemopc.relay.da.back.DaConnector;
import org.tandemopc.relay.da.back.Offered;
import org.tandemopc.relay.da.front.DaSession;
import org.tandemopc.relay.da.front.Doubt;
import org.tandemopc.relay.da.front.FrontPair;
import org.tandemopc.relay.da.front.Mirror;
import org.tandemopc.relay.da.front.Place;
import org.tandemopc.relay.da.front.WriteReport;

/**
 * One pair of the relay for OPC DA: its client sessions, and the orders of the pair's machine brought to each of them. Orders return at
 * once. What is shared is guarded by this object's lock, which is never held while anything that waits is called.
 */
final class DaPair implements Relay, FrontPair {
    private static final Logger LOG = LoggerFactory.getLogger(DaPair.class);
    private static final int SESSIONS_MAX = 1_000;
    /** Of what is told once: so many different ones. */
    private static final int TOLD_MAX = 10_000;

    /** Of the items of a call, the record names so many. */
    private static final int NAMED_MAX = 20;

    /** What the server that serves a pair's objects tells of them. */
    interface Exports {
        boolean isReferenced(ComObject object);

        void disconnect(ComObject object);
    }

    private volatile PairSettings settings;
    private final List<DaConnector> connectors;
    private final Predicate<Principal> readers;
    private final Predicate<Principal> writers;
    private final RelayListener listener;
    private final Exports exports;
    private final UnaryOperator<Offered> shown;
    private final Duration askAgainEvery;

    private final Set<DaSession> sessions = ConcurrentHashMap.newKeySet();
    private final AtomicInteger handles = new AtomicInteger();
    private final LongAdder requestsDone = new LongAdder();
    private final LongAdder requestsRepeated = new LongAdder();
    private final LongAdder requestsUnknown = new LongAdder();
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    // Guarded by this.
    private Place place = new Place.Closed();
    private Route route = new Route(0, Route.NONE);
    private long acceptedEpoch;
    private final boolean[] attached;
    private final boolean[] synchronizedReported;

    DaPair(
            PairSettings settings,
            List<DaConnector> connectors,
            Predicate<Principal> readers,
            Predicate<Principal> writers,
            RelayListener listener,
            Exports exports,
            Duration askAgainEvery,
            UnaryOperator<Offered> shown) {
        this.shown = shown;
        this.settings = settings;
        this.connectors = List.copyOf(connectors);
        this.readers = readers;
        this.writers = writers;
        this.listener = listener;
        this.exports = exports;
        this.askAgainEvery = askAgainEvery;
        this.attached = new boolean[connectors.size()];
        this.synchronizedReported = new boolean[connectors.size()];
    }

    // ------------------------------------------------------------------ clients

    /** A client activates the class of the pair. */
    Result<ComObject> activate(ObjectCall call) {
        if (!readers.test(call.principal())) {
            LOG.info("Pair '{}' is not for account {}.", name(), call.principal());
            return Result.failure(HResult.E_ACCESSDENIED);
        }
        DaSession session;
        synchronized (this) {
            if (place instanceof Place.Closed) {
                LOG.info("Pair '{}' serves no clients; see: tandem status, tandem enable {}", name(), name());
                return Result.failure(HResult.SERVER_UNAVAILABLE);
            }
            if (sessions.size() >= SESSIONS_MAX) {
                LOG.warn("Pair '{}' has {} sessions and takes no more.", name(), SESSIONS_MAX);
                return Result.failure(HResult.E_OUTOFMEMORY);
            }
            session = new DaSession(this, call);
            sessions.add(session);
            // under our lock, so that no order comes between what it is told of and what it hears itself
            session.begin(place, acceptedEpoch, attached.clone());
        }
        return Result.ok(session.object().object());
    }

    // ------------------------------------------------------------------ what sessions ask and tell

    @Override
    public String name() {
        return settings.name();
    }

    @Override
    public Mode mode() {
        return settings.mode();
    }

    @Override
    public Duration holdTimeout() {
        return settings.holdTimeout();
    }

    @Override
    public Duration askAgainEvery() {
        return askAgainEvery;
    }

    @Override
    public List<DaConnector> connectors() {
        return connectors;
    }

    /** What the members have in common, as far as they were reached; its categories are those of the pair's class. */
    @Override
    public Offered offered() {
        return shown.apply(Mirror.of(connectors));
    }

    @Override
    public boolean mayWrite(Principal account) {
        return writers.test(account);
    }

    /** Never 0, which some clients take for none. */
    @Override
    public int nextHandle() {
        return handles.updateAndGet(i -> i == Integer.MAX_VALUE ? 1 : i + 1);
    }

    @Override
    public boolean isReferenced(ComObject object) {
        return exports.isReferenced(object);
    }

    @Override
    public void disconnect(ComObject object) {
        exports.disconnect(object);
    }

    @Override
    public void suspects(int member, String evidence) {
        listener.suspects(member, evidence);
    }

    /** Tells once when every session could be served by the member at once. */
    @Override
    public void ready(int member) {
        for (DaSession session : sessions) {
            if (!session.isReady(member)) {
                return;
            }
        }
        synchronized (this) {
            if (!attached[member] || synchronizedReported[member]) {
                return;
            }
            synchronizedReported[member] = true;
        }
        listener.synchronizedOn(member);
    }

    @Override
    public void ended(DaSession session) {
        sessions.remove(session);
        for (int member = 0; member < attached.length; member++) {
            ready(member);
        }
    }

    @Override
    public void requestDone() {
        requestsDone.increment();
    }

    @Override
    public void outcomeUnknown(
            DaSession session, String operation, int member, long epoch, List<String> items, String why) {
        requestsUnknown.increment();
        listener.record(new PairRecord(
                RecordKind.OUTCOME_UNKNOWN,
                RecordTexts.outcomeUnknown(operation, name(), member, machine(member)),
                client(session),
                fields(
                        "session",
                        session.name(),
                        "service",
                        operation,
                        "member",
                        member,
                        "epoch",
                        epoch,
                        "why",
                        why,
                        "user",
                        session.account(),
                        "operations",
                        items.size(),
                        "items",
                        named(items))));
    }

    @Override
    public void outcomeResolved(DaSession session, Doubt doubt, int member, long epoch, String results) {
        listener.record(new PairRecord(
                RecordKind.OUTCOME_RESOLVED,
                RecordTexts.outcomeResolved(doubt.operation(), name(), member, machine(member), results),
                client(session),
                fields(
                        "session",
                        session.name(),
                        "service",
                        doubt.operation(),
                        "member",
                        member,
                        "epoch",
                        epoch,
                        "user",
                        doubt.account(),
                        "operations",
                        doubt.itemIds().size(),
                        "items",
                        named(doubt.itemIds()),
                        "results",
                        results)));
    }

    @Override
    public void written(DaSession session, WriteReport report) {
        WriteAudit.told(name(), session.address(), report);
    }

    @Override
    public void itemMissing(DaSession session, int member, String itemId, int hresult) {
        if (told.size() < TOLD_MAX && told.add(member + " " + itemId)) {
            listener.record(new PairRecord(
                    RecordKind.ITEM_MISSING,
                    RecordTexts.itemMissing(itemId, name(), member, machine(member), Integer.toUnsignedLong(hresult)),
                    fields("item", itemId, "member", member, "status", "0x%08X".formatted(hresult))));
        }
    }

    @Override
    public void userRefused(DaSession session, int member, String user, int hresult) {
        listener.record(new PairRecord(
                RecordKind.USER_REFUSED,
                RecordTexts.userRefused(user, name(), member, machine(member), Integer.toUnsignedLong(hresult)),
                client(session),
                fields(
                        "session",
                        session.name(),
                        "member",
                        member,
                        "user",
                        user,
                        "status",
                        "0x%08X".formatted(hresult))));
    }

    @Override
    public void gap(DaSession session, List<String> items, FileTime from, FileTime to, String reason) {
        listener.record(new PairRecord(
                RecordKind.GAP,
                RecordTexts.gap(name(), items.size(), reason),
                client(session),
                fields(
                        "session",
                        session.name(),
                        "items",
                        named(items),
                        "from",
                        time(from),
                        "to",
                        time(to),
                        "reason",
                        reason)));
    }

    private static String time(FileTime time) {
        return time.equals(FileTime.ZERO) ? "" : time.toString();
    }

    private static String named(List<String> items) {
        String some = String.join(", ", items.subList(0, Math.min(NAMED_MAX, items.size())));
        return items.size() > NAMED_MAX ? some + ", …" : some;
    }

    private static String client(DaSession session) {
        return RecordTexts.client(session.name(), session.address());
    }

    private String machine(int member) {
        return settings.members().get(member).machine();
    }

    private static Map<String, Object> fields(Object... pairs) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            fields.put((String) pairs[i], pairs[i + 1]);
        }
        return fields;
    }

    // ------------------------------------------------------------------ orders

    /** Under our lock. */
    private boolean accept(long epoch) {
        if (epoch < acceptedEpoch) {
            LOG.warn("{}: order of epoch {} refused, {} was accepted", name(), epoch, acceptedEpoch);
            return false;
        }
        acceptedEpoch = epoch;
        return true;
    }

    @Override
    public synchronized void admit() {
        place = new Place.Switching(acceptedEpoch);
        sessions.forEach(session -> session.hold(acceptedEpoch));
    }

    @Override
    public void attach(int member) {
        synchronized (this) {
            attached[member] = true;
            synchronizedReported[member] = false;
            sessions.forEach(session -> session.attach(member));
        }
        // with no session there is nothing to bring over; else each reports for itself
        ready(member);
    }

    @Override
    public synchronized void detach(int member) {
        attached[member] = false;
        synchronizedReported[member] = false;
        sessions.forEach(session -> session.detach(member));
    }

    @Override
    public synchronized void hold(long epoch) {
        if (accept(epoch)) {
            place = new Place.Switching(epoch);
            sessions.forEach(session -> session.hold(epoch));
        }
    }

    @Override
    public void rehome(long epoch, int member) {
        Collector collector;
        synchronized (this) {
            if (!accept(epoch)) {
                return;
            }
            route = new Route(epoch, member);
            place = new Place.Switching(epoch);
            collector = new Collector(epoch, Set.copyOf(sessions));
        }
        collector.begin(member);
    }

    @Override
    public synchronized void release(Route now) {
        if (accept(now.epoch())) {
            route = now;
            place = new Place.Serving(now);
            // a session that has begun since the move goes there now
            sessions.forEach(session -> session.release(now));
        }
    }

    @Override
    public synchronized void strand(long epoch) {
        if (accept(epoch)) {
            route = new Route(epoch, Route.NONE);
            place = new Place.Stranded(epoch);
            sessions.forEach(session -> session.strand(epoch));
        }
    }

    @Override
    public void closeSessions(long epoch) {
        List<DaSession> closing;
        synchronized (this) {
            if (!accept(epoch)) {
                return;
            }
            place = new Place.Closed();
            route = new Route(epoch, Route.NONE);
            closing = List.copyOf(sessions);
            sessions.clear();
        }
        for (DaSession session : closing) {
            var unused = Thread.ofVirtual().name("da-close").start(() -> session.close("the pair is disabled"));
        }
    }

    /** The front door closes: clients come again by another one. The pair stays where it is. */
    void dropSessions(String why) {
        List<DaSession> closing;
        synchronized (this) {
            closing = List.copyOf(sessions);
            sessions.clear();
        }
        for (DaSession session : closing) {
            session.close(why);
        }
    }

    /** OPC DA has no ServiceLevel: what clients see is the state of the active server, or COMM_FAULT where there is none. */
    @Override
    public void showServiceLevel(int level) {
        // nothing to show it by
    }

    @Override
    public void settings(PairSettings now) {
        if (now.members().size() != connectors.size() || !now.name().equals(name())) {
            throw new IllegalArgumentException("settings of another pair: " + now.name());
        }
        settings = now;
    }

    @Override
    public RelaySnapshot snapshot() {
        Route now;
        synchronized (this) {
            now = route;
        }
        int groups = 0;
        int items = 0;
        long delivered = 0;
        long dropped = 0;
        for (DaSession session : sessions) {
            groups += session.groupCount();
            items += session.itemCount();
            delivered += session.delivered();
            dropped += session.dropped();
        }
        return new RelaySnapshot(
                now,
                sessions.size(),
                groups,
                items,
                delivered,
                0,
                dropped,
                requestsDone.sum(),
                requestsRepeated.sum(),
                requestsUnknown.sum());
    }

    @Override
    public List<SessionSnapshot> sessions() {
        return sessions.stream()
                .map(session -> new SessionSnapshot(
                        session.name(),
                        session.account(),
                        session.address(),
                        session.since(),
                        session.groupCount(),
                        session.itemCount()))
                .sorted(Comparator.comparing(SessionSnapshot::since))
                .toList();
    }

    /**
     * Waits for every session to follow one order; a session that cannot within the hold timeout goes on by itself and does not keep
     * the others waiting.
     */
    private final class Collector {
        private final long epoch;
        private final Set<DaSession> waiting;
        private final int sessionCount;
        private RehomeReport sum = RehomeReport.EMPTY;

        Collector(long epoch, Set<DaSession> waiting) {
            this.epoch = epoch;
            this.waiting = new HashSet<>(waiting);
            this.sessionCount = waiting.size();
        }

        void begin(int member) {
            if (sessionCount == 0) {
                listener.rehomed(epoch, RehomeReport.EMPTY);
                return;
            }
            for (DaSession session : Set.copyOf(waiting)) {
                Consumer<DaSession.Moved> done = moved -> done(session, moved);
                session.rehome(epoch, member, done);
            }
        }

        private void done(DaSession session, DaSession.Moved moved) {
            RehomeReport report;
            synchronized (this) {
                if (!waiting.remove(session)) {
                    return;
                }
                requestsRepeated.add(moved.repeated());
                sum = new RehomeReport(
                        sessionCount,
                        sum.requestsRepeated() + moved.repeated(),
                        sum.requestsNotSent() + moved.notSent(),
                        sum.requestsUnknown() + moved.unknown(),
                        sum.itemsContinuous() + moved.itemsContinuous(),
                        sum.itemsDoubtful() + moved.itemsDoubtful());
                if (!waiting.isEmpty()) {
                    return;
                }
                report = sum;
            }
            listener.rehomed(epoch, report);
        }
    }
}
