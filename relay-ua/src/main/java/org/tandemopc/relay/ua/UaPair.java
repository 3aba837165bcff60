package org.tandemopc.relay.ua;

import io.netty.channel.EventLoop;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.encoding.EncodingContext;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.structured.BuildInfo;
import org.eclipse.milo.opcua.stack.core.types.structured.TransferResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.pair.PairSettings;
import org.tandemopc.core.pair.RehomeReport;
import org.tandemopc.core.pair.Route;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.core.record.RecordTexts;
import org.tandemopc.relay.Relay;
import org.tandemopc.relay.RelayListener;
import org.tandemopc.relay.RelaySnapshot;
import org.tandemopc.relay.SessionSnapshot;
import org.tandemopc.relay.delivery.DeliveryOutput.Gap;
import org.tandemopc.relay.delivery.Outcome;
import org.tandemopc.relay.ua.back.LinkException;
import org.tandemopc.relay.ua.back.MemberConnector;
import org.tandemopc.relay.ua.front.FrontPair;
import org.tandemopc.relay.ua.security.UserIdentity;
import org.tandemopc.relay.ua.wire.OperationDigest;
import org.tandemopc.relay.ua.wire.UaWire;

/**
 * One pair of the relay for OPC UA: its client sessions, and the orders of the pair's machine brought to each of them on
 * its own event loop. Orders come from the pair's actor; what sessions report comes from their loops. What is shared is
 * guarded by this object's lock, which is never held while anything else is called.
 */
final class UaPair implements Relay, FrontPair {
    private static final Logger LOG = LoggerFactory.getLogger(UaPair.class);
    /** What a patient decision and the switch take, in a pair with short times; and in one with long ones. */
    private static final long PARK_MS_MIN = 1_000;

    private static final long PARK_MS_MAX = 2_000;
    /** Of what is told once: so many different ones of a kind. */
    private static final int TOLD_MAX = 10_000;
    /** Clients choose them. */
    private static final int TOLD_LENGTH_MAX = 300;

    /** Replaced whole; whoever needs two things of it at once reads it once. */
    private volatile PairSettings settings;

    private final String path;
    private final List<MemberConnector> connectors;
    private final RelayListener listener;
    private final java.util.function.Consumer<UaPair> closeFront;
    private final LongSupplier nanos;

    private final Set<UaSession> sessions = ConcurrentHashMap.newKeySet();
    private final Map<Integer, UaSession> subscriptionOwners = new ConcurrentHashMap<>();
    private final AtomicInteger subscriptionIds = new AtomicInteger();
    private final AtomicInteger itemIds = new AtomicInteger();
    private final LongAdder requestsDone = new LongAdder();
    private final LongAdder requestsUnknown = new LongAdder();
    private final Set<String> missingReported = ConcurrentHashMap.newKeySet();
    private final Set<String> refusalsReported = ConcurrentHashMap.newKeySet();
    private final Set<String> shortTimeoutsReported = ConcurrentHashMap.newKeySet();
    private final Set<String> mappingsReported = ConcurrentHashMap.newKeySet();
    private final Complaints complaints;

    // Guarded by this.
    private Route route = new Route(0, Route.NONE);
    private boolean released;
    private boolean stranded;
    /** Disabled, as every pair is at first. */
    private boolean closed = true;

    private boolean namespacesKnown;

    private long acceptedEpoch;
    private final boolean[] attached;
    private final boolean[] synchronizedReported;
    private final boolean[] lagReported;

    /** Taken before this object's lock, and held while the listener is told, which returns at once. */
    private final Object reviewing = new Object();

    private volatile Runnable beforeServing = () -> {};
    private volatile OwnNodes ownNodes;
    private final AtomicBoolean buildInfoKnown = new AtomicBoolean();

    /** @param nanos monotonic clock; any thread */
    UaPair(
            PairSettings settings,
            String path,
            List<MemberConnector> connectors,
            String applicationUri,
            RelayListener listener,
            java.util.function.Consumer<UaPair> closeFront,
            LongSupplier nanos) {
        this.settings = settings;
        this.path = path;
        this.connectors = List.copyOf(connectors);
        this.listener = listener;
        this.closeFront = closeFront;
        this.nanos = nanos;
        this.complaints = new Complaints(nanos);
        this.attached = new boolean[connectors.size()];
        this.synchronizedReported = new boolean[connectors.size()];
        this.lagReported = new boolean[connectors.size()];
        this.ownNodes = new OwnNodes(
                DateTime.now(),
                new BuildInfo("urn:tandemopc:tandem", "Tandem", "Tandem", "", "", DateTime.now()),
                applicationUri,
                "",
                List.of("http://opcfoundation.org/UA/", applicationUri),
                255,
                true);
    }

    // ------------------------------------------------------------------ what sessions ask

    @Override
    public String path() {
        return path;
    }

    @Override
    public String name() {
        return settings.name();
    }

    long now() {
        return nanos.getAsLong();
    }

    Complaints complaints() {
        return complaints;
    }

    Mode mode() {
        return settings.mode();
    }

    /**
     * How long a parked queue must reach: detection and switch. Not longer than need be, since all of it comes over at a
     * switch, before what is new.
     */
    long parkMs() {
        long timeoutMs = settings.pingTimeout().toMillis();
        return settings.pingInterval().toMillis() + timeoutMs + Math.clamp(4 * timeoutMs, PARK_MS_MIN, PARK_MS_MAX);
    }

    long holdNanos() {
        return settings.holdTimeout().toNanos();
    }

    OwnNodes ownNodes() {
        return ownNodes;
    }

    /** The pair's namespace array, once the first member has been seen, and again when it has grown. Any thread. */
    void namespaces(List<String> table) {
        synchronized (this) {
            // Who tells may be overtaken by who tells of more.
            if (!namespacesKnown || table.size() >= ownNodes.namespaces().size()) {
                namespacesKnown = true;
                ownNodes = ownNodes.withNamespaces(table);
            }
        }
    }

    /** @param settling what is to be done before the pair serves for the first time; may be done again */
    void beforeServing(Runnable settling) {
        beforeServing = settling;
    }

    /** Once for each member and difference. */
    void namespacesMapped(int member, List<String> lacking) {
        if (isFirst(mappingsReported, member + " " + lacking)) {
            listener.record(new PairRecord(
                    RecordKind.NOTE,
                    RecordTexts.namespacesMapped(settings.name(), member, machine(member), lacking),
                    fields("member", member, "lacking", lacking.size())));
        }
    }

    /** The first member that serves a client tells what clients see as BuildInfo from then on. */
    boolean needsBuildInfo() {
        return !buildInfoKnown.get();
    }

    void buildInfo(BuildInfo info) {
        if (buildInfoKnown.compareAndSet(false, true)) {
            synchronized (this) {
                ownNodes = ownNodes.withBuildInfo(info);
            }
        }
    }

    EncodingContext encodingContext() {
        return UaWire.plainContext();
    }

    int nextSubscriptionId() {
        return subscriptionIds.updateAndGet(i -> i == Integer.MAX_VALUE ? 1 : i + 1);
    }

    int nextItemId() {
        return itemIds.updateAndGet(i -> i == Integer.MAX_VALUE ? 1 : i + 1);
    }

    @Override
    public UaSession open(SessionOpening opening, EventLoop loop) throws UaException {
        synchronized (this) {
            if (closed) {
                throw new UaException(
                        StatusCodes.Bad_ServerHalted,
                        "pair '" + settings.name() + "' serves no clients; see: tandem status, tandem enable "
                                + settings.name());
            }
        }
        UaSession session = new UaSession(this, opening, loop, connectors);
        sessions.add(session);
        warnOfShortTimeout(opening);
        return session;
    }

    private void warnOfShortTimeout(SessionOpening opening) {
        long bound = settings.pingInterval().toMillis() + settings.pingTimeout().toMillis() + 100;
        // Many clients give each session a new name: what stays is who they are and where they come from.
        String who = opening.clientApplicationUri() + " " + opening.clientAddress();
        if (opening.timeoutMs() < bound && isFirst(shortTimeoutsReported, who)) {
            listener.record(new PairRecord(
                    RecordKind.SESSION_TIMEOUT_SHORT,
                    RecordTexts.sessionTimeoutShort(opening.sessionName()),
                    RecordTexts.client(opening.sessionName(), opening.clientAddress()),
                    fields(
                            "session",
                            opening.sessionName(),
                            "application",
                            opening.clientApplicationUri(),
                            "timeoutMs",
                            opening.timeoutMs(),
                            "boundMs",
                            bound)));
        }
    }

    /** A client logs in: the session learns where the pair is. Called on the session's loop. */
    void placed(UaSession session) {
        Route now;
        boolean isReleased;
        boolean isStranded;
        boolean[] links;
        synchronized (this) {
            now = route;
            isReleased = released;
            isStranded = stranded;
            links = attached.clone();
        }
        session.place(now, isReleased, isStranded, links);
    }

    void ended(UaSession session) {
        sessions.remove(session);
        for (int m = 0; m < attached.length; m++) {
            review(m);
        }
    }

    void subscriptionMade(int id, UaSession owner) {
        subscriptionOwners.put(id, owner);
    }

    void subscriptionGone(int id, UaSession owner) {
        subscriptionOwners.remove(id, owner);
    }

    /** Whether another session has that subscription. Any thread. */
    boolean isSomebodyElses(int subscription, UaSession asking) {
        UaSession owner = subscriptionOwners.get(subscription);
        return owner != null && owner != asking;
    }

    /** Sessions that live on, also without their client, and subscriptions that can be found: for tests. */
    int[] held() {
        return new int[] {sessions.size(), subscriptionOwners.size()};
    }

    void requestDone() {
        requestsDone.increment();
    }

    /** Moves a subscription to another session. On the loop of that session. */
    CompletableFuture<TransferResult> transfer(int id, UaSession to, boolean sendInitialValues) {
        UaSession from = subscriptionOwners.get(id);
        if (from == null || from == to) {
            return CompletableFuture.completedFuture(SubscriptionTransfer.refused(
                    from == null ? StatusCodes.Bad_SubscriptionIdInvalid : StatusCodes.Bad_NothingToDo));
        }
        return SubscriptionTransfer.start(id, from, to, sendInitialValues);
    }

    // ------------------------------------------------------------------ what sessions report

    /**
     * Tells once when every session could be served by the member at once; and from then on, each time it changes, whether
     * one could not without a gap.
     */
    void review(int member) {
        // One review after the other, telling included: what is told last must be what was found last.
        synchronized (reviewing) {
            boolean isServing;
            boolean wasReported;
            synchronized (this) {
                if (!attached[member]) {
                    return;
                }
                isServing = route.member() == member;
                wasReported = synchronizedReported[member];
            }
            if (!wasReported && sessions.stream().allMatch(s -> s.isSynchronizedOn(member))) {
                tellSynchronized(member);
            }
            tellLag(member, !isServing && sessions.stream().anyMatch(s -> s.lagsOn(member)));
        }
    }

    private void tellSynchronized(int member) {
        synchronized (this) {
            if (!attached[member]) {
                return;
            }
            synchronizedReported[member] = true;
        }
        listener.synchronizedOn(member);
    }

    private void tellLag(int member, boolean lags) {
        synchronized (this) {
            if (!synchronizedReported[member] || lagReported[member] == lags) {
                return;
            }
            lagReported[member] = lags;
        }
        listener.lagsOn(member, lags);
    }

    void suspects(int member, String evidence) {
        listener.suspects(member, evidence);
    }

    void firstNotificationMissing(int member, String detail) {
        listener.firstNotificationMissing(member, detail);
    }

    void itemMissing(int member, UaItem item, StatusCode status) {
        String node = item.node.getNodeId().toParseableString();
        if (isFirst(missingReported, member + " " + node)) {
            listener.record(new PairRecord(
                    RecordKind.ITEM_MISSING,
                    RecordTexts.itemMissing(node, settings.name(), member, machine(member), status.value()),
                    fields("item", node, "member", member, "status", hex(status))));
        }
    }

    void gap(UaSession session, Gap gap) {
        listener.record(new PairRecord(
                RecordKind.GAP,
                RecordTexts.gap(settings.name(), gap.items().size(), gap.reason()),
                session.client(),
                fields(
                        "session",
                        session.name(),
                        "subscription",
                        gap.subscription(),
                        "items",
                        session.describe(gap.items()),
                        "from",
                        time(gap.fromTicks()),
                        "to",
                        time(gap.toTicks()),
                        "reason",
                        gap.reason())));
    }

    /** @return what to tell of it if its answer comes after all */
    Doubts.Doubt outcomeUnknown(UaSession session, Relayed request, Outcome.Unknown<Relayed.Answer> unknown) {
        requestsUnknown.increment();
        OperationDigest digest = request.digest().get();
        listener.record(new PairRecord(
                RecordKind.OUTCOME_UNKNOWN,
                RecordTexts.outcomeUnknown(
                        request.name(), settings.name(), unknown.member(), machine(unknown.member())),
                session.client(),
                fields(
                        "session",
                        session.name(),
                        "service",
                        request.name(),
                        "member",
                        unknown.member(),
                        "epoch",
                        unknown.epoch(),
                        "why",
                        unknown.why(),
                        "user",
                        userOf(session.identity()),
                        "operations",
                        digest.operations(),
                        "nodes",
                        digest.nodes(),
                        "hashes",
                        digest.hashes())));
        return new Doubts.Doubt(request.name(), unknown.member(), unknown.epoch(), digest);
    }

    /** S8: the client was told long ago, and is not told again. */
    void outcomeResolved(UaSession session, Doubts.Doubt doubt, String results) {
        listener.record(new PairRecord(
                RecordKind.OUTCOME_RESOLVED,
                RecordTexts.outcomeResolved(
                        doubt.service(), settings.name(), doubt.member(), machine(doubt.member()), results),
                session.client(),
                fields(
                        "session",
                        session.name(),
                        "service",
                        doubt.service(),
                        "member",
                        doubt.member(),
                        "epoch",
                        doubt.epoch(),
                        "user",
                        userOf(session.identity()),
                        "operations",
                        doubt.digest().operations(),
                        "nodes",
                        doubt.digest().nodes(),
                        "hashes",
                        doubt.digest().hashes(),
                        "results",
                        results)));
    }

    void sessionBroken(UaSession session, RuntimeException defect) {
        listener.record(new PairRecord(
                RecordKind.PROGRAM_ERROR,
                RecordTexts.sessionBroken(settings.name(), String.valueOf(defect)),
                session.client(),
                fields("session", session.name())));
    }

    /**
     * A member does not let a session's user in, or must not hear its password: this session is refused there, the
     * others go on (S32).
     */
    void userRefused(UaSession session, int member, StatusCode status) {
        String user = userOf(session.identity());
        if (!isFirst(refusalsReported, member + " " + hex(status) + " " + user)) {
            LOG.debug("{}: member {} is not open to {}: {}", session.name(), member, user, status);
            return;
        }
        listener.record(new PairRecord(
                RecordKind.USER_REFUSED,
                RecordTexts.userRefused(user, settings.name(), member, machine(member), status.value()),
                session.client(),
                fields("user", user, "member", member, "status", hex(status))));
    }

    /** We keep a user's password back from a member; once for each user, member and reason. */
    void passwordKept(UaSession session, int member, UserIdentity of, LinkException why) {
        String user = userOf(of);
        String reason = String.valueOf(why.getMessage());
        if (!isFirst(refusalsReported, member + " kept " + hex(why.status()) + " " + user)) {
            LOG.debug("{}: the password of {} is not sent to member {}: {}", session.name(), user, member, reason);
            return;
        }
        listener.record(new PairRecord(
                RecordKind.NOTE,
                RecordTexts.passwordNotSent(user, settings.name(), member, machine(member), reason),
                session.client(),
                fields("user", user, "member", member, "status", hex(why.status()))));
    }

    /** Whether this is told for the first time; after very many nothing more is told. */
    private static boolean isFirst(Set<String> told, String what) {
        String key = what.length() <= TOLD_LENGTH_MAX ? what : what.substring(0, TOLD_LENGTH_MAX) + what.hashCode();
        return told.size() < TOLD_MAX && told.add(key);
    }

    private static String userOf(UserIdentity identity) {
        return identity instanceof UserIdentity.UserName named ? named.name() : identity.toString();
    }

    private String machine(int member) {
        return settings.members().get(member).machine();
    }

    private static String hex(StatusCode status) {
        return "0x%08X".formatted(status.value());
    }

    private static String time(long ticks) {
        return ticks == 0 ? "" : String.valueOf(new DateTime(ticks).getJavaInstant());
    }

    static Map<String, Object> fields(Object... pairs) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            fields.put((String) pairs[i], pairs[i + 1]);
        }
        return fields;
    }

    // ------------------------------------------------------------------ orders

    private boolean accept(long epoch) {
        if (epoch < acceptedEpoch) {
            LOG.warn("{}: order of epoch {} refused, {} was accepted", settings.name(), epoch, acceptedEpoch);
            return false;
        }
        acceptedEpoch = epoch;
        return true;
    }

    private void each(java.util.function.Consumer<UaSession> order) {
        for (UaSession session : sessions) {
            session.order(() -> order.accept(session));
        }
    }

    @Override
    public void attach(int member) {
        synchronized (this) {
            closed = false;
            attached[member] = true;
            synchronizedReported[member] = false;
            lagReported[member] = false;
        }
        each(s -> s.attach(member));
        // With no session there is nothing to bring over; else each reports for itself.
        each(s -> review(member));
        if (sessions.isEmpty()) {
            review(member);
        }
    }

    @Override
    public synchronized void admit() {
        closed = false;
        stranded = false;
    }

    @Override
    public void detach(int member) {
        synchronized (this) {
            attached[member] = false;
            synchronizedReported[member] = false;
            lagReported[member] = false;
        }
        each(s -> s.detach(member));
    }

    @Override
    public void hold(long epoch) {
        synchronized (this) {
            if (!accept(epoch)) {
                return;
            }
            released = false;
        }
        each(s -> s.hold(epoch));
    }

    @Override
    public void rehome(long epoch, int member) {
        beforeServing.run();
        synchronized (this) {
            if (!accept(epoch)) {
                return;
            }
            route = new Route(epoch, member);
            released = false;
            stranded = false;
            closed = false;
        }
        Collector collector = new Collector(epoch, Set.copyOf(sessions));
        collector.begin(member);
    }

    @Override
    public void release(Route now) {
        synchronized (this) {
            if (!accept(now.epoch())) {
                return;
            }
            route = now;
            released = true;
            stranded = false;
        }
        show(true, machine(now.member()));
        each(s -> s.release(now));
        for (int m = 0; m < attached.length; m++) {
            review(m);
        }
    }

    @Override
    public void strand(long epoch) {
        synchronized (this) {
            if (!accept(epoch)) {
                return;
            }
            route = new Route(epoch, Route.NONE);
            released = false;
            stranded = true;
            closed = false;
        }
        show(false, "");
        each(s -> s.strand(epoch));
    }

    @Override
    public void closeSessions(long epoch) {
        synchronized (this) {
            if (!accept(epoch)) {
                return;
            }
            closed = true;
            released = false;
            route = new Route(epoch, Route.NONE);
        }
        closeFront.accept(this);
        each(s -> s.closed(true, "the pair is disabled"));
    }

    @Override
    public synchronized void showServiceLevel(int level) {
        ownNodes = ownNodes.withServiceLevel(level);
    }

    /** What a session has made for the old settings stays; orders follow where that has to be made anew. */
    @Override
    public void settings(PairSettings now) {
        if (now.members().size() != connectors.size() || !now.name().equals(settings.name())) {
            throw new IllegalArgumentException("settings of another pair: " + now.name());
        }
        settings = now;
        each(UaSession::settingsChanged);
    }

    private synchronized void show(boolean serving, String serverId) {
        ownNodes = ownNodes.withServing(serving, serverId);
    }

    @Override
    public RelaySnapshot snapshot() {
        Route now;
        synchronized (this) {
            now = route;
        }
        int subscriptions = 0;
        int items = 0;
        long delivered = 0;
        long bridged = 0;
        long dropped = 0;
        long repeated = 0;
        int open = 0;
        for (UaSession session : sessions) {
            UaSession.Figures f = session.figures();
            open += session.isFrontClosed() ? 0 : 1;
            subscriptions += f.subscriptions();
            items += f.items();
            delivered += f.delivered();
            bridged += f.bridged();
            dropped += f.dropped();
            repeated += f.repeated();
        }
        return new RelaySnapshot(
                now,
                open,
                subscriptions,
                items,
                delivered,
                bridged,
                dropped,
                requestsDone.sum(),
                repeated,
                requestsUnknown.sum());
    }

    @Override
    public List<SessionSnapshot> sessions() {
        return sessions.stream()
                .filter(s -> !s.isFrontClosed())
                .map(UaSession::snapshot)
                .sorted(Comparator.comparing(SessionSnapshot::since))
                .toList();
    }

    /**
     * Waits for every session of the pair to follow one order. A session that cannot follow within the hold timeout
     * (the member refuses it, say) goes on trying by itself and does not keep the others waiting.
     */
    final class Collector {
        private final long epoch;
        private final Set<UaSession> waiting;
        private final int sessionCount;
        private int repeated;
        private int notSent;
        private int unknown;
        private int doubtful;
        private int continuous;

        Collector(long epoch, Set<UaSession> waiting) {
            this.epoch = epoch;
            this.waiting = new HashSet<>(waiting);
            this.sessionCount = waiting.size();
        }

        void begin(int member) {
            if (sessionCount == 0) {
                listener.rehomed(epoch, RehomeReport.EMPTY);
                return;
            }
            for (UaSession session : Set.copyOf(waiting)) {
                session.order(() -> {
                    session.callbacks()
                            .later(settings.holdTimeout().toMillis(), TimeUnit.MILLISECONDS, () -> done(session));
                    session.rehome(epoch, member, this);
                });
            }
        }

        /** Called on the session's loop. */
        void done(UaSession session) {
            RehomeReport report;
            synchronized (this) {
                if (!waiting.remove(session)) {
                    return;
                }
                repeated += session.requestsToRepeat();
                notSent += session.tally.notSent();
                unknown += session.tally.unknown();
                doubtful += session.itemsDoubtful();
                continuous += session.itemsContinuous();
                session.tally.reported();
                if (!waiting.isEmpty()) {
                    return;
                }
                report = new RehomeReport(sessionCount, repeated, notSent, unknown, continuous, doubtful);
            }
            listener.rehomed(epoch, report);
        }
    }
}
