package org.tandemopc.simulation;

import static org.tandemopc.simulation.VirtualTime.MS;
import static org.tandemopc.simulation.VirtualTime.SECOND;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.pair.Mode;

/**
 * One client session's link to one member: connects while attached, brings the member to what the client wants by
 * comparing, not by replaying, parks it or switches it on as its role demands, and gives it up when it is silent for
 * longer than its keep-alives allow.
 */
final class MemberLink {
    static final long CONNECT_TIMEOUT = 2 * SECOND;
    private static final long BACKOFF_FIRST = 250 * MS;
    private static final long BACKOFF_MAX = 30 * SECOND;
    /** A long queue is kept a little longer than the item is parked, for the burst to come over. */
    private static final long QUEUE_GRACE = 5 * SECOND;
    /** What a parked queue reaches at least, besides detection: the switch itself. */
    private static final long SWITCH_REACH = 6 * SECOND;

    private static final int PARKED_QUEUE_MAX = 1000;
    private static final long KEEP_ALIVE = SECOND;
    /** Of a member's message: Tandem's own limit, for the client's is kept on the way out; a burst stays in one piece. */
    private static final int NOTIFICATIONS_MAX = 10_000;

    private enum State {
        DETACHED,
        WAITING,
        OPENING,
        OPEN
    }

    /** What exists at the member for one subscription of the client. */
    static final class There {
        /** The member's own id of it. */
        final long upstreamId;

        /** As last ordered. */
        boolean publishing;

        boolean created;
        boolean heard;
        /** When it spoke last; what else the member says is no sign of it. */
        long lastHeard;
        /** As it was created or last told to be. */
        boolean isParked;
        /** Switched on, and its burst has not come yet. */
        boolean burstDue;
        /** Parked, or not long enough ago to be sure that the burst has come over. */
        boolean longQueues;
        /** Answers to come before it is as ordered. */
        int pending;

        long publishingNanos;
        final Map<Integer, Run> runs = new LinkedHashMap<>();
        /** Created, being created, or refused. */
        final Set<Integer> asked = new LinkedHashSet<>();

        final Set<Integer> refused = new LinkedHashSet<>();

        There(long upstreamId) {
            this.upstreamId = upstreamId;
        }
    }

    /** A request handed over but not yet to the socket, or waiting for its answer. */
    private static final class Sending {
        final long id;
        final long epoch;
        boolean left;

        Sending(long id, long epoch) {
            this.id = id;
            this.epoch = epoch;
        }
    }

    final int member;
    private final World world;
    private final ModelSession session;
    private State state = State.DETACHED;
    private @Nullable Connection connection;
    private int failures;
    private long attempt;
    private final Map<Integer, There> subscriptions = new LinkedHashMap<>();
    /** All that ever were, for the planted bug that still listens to them. */
    private final Map<Long, Integer> formerIds = new LinkedHashMap<>();

    private final Map<Long, Sending> sendings = new LinkedHashMap<>();

    MemberLink(World world, ModelSession session, int member) {
        this.world = world;
        this.session = session;
        this.member = member;
    }

    private String name() {
        return "s" + session.id + "m" + member;
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    @Nullable
    Connection connection() {
        return connection;
    }

    // ---- connecting

    void attach(long at) {
        if (state != State.DETACHED) {
            return;
        }
        failures = 0;
        waitUntil(at);
    }

    /** The session needs this member now. */
    void hurry() {
        if (state == State.WAITING || state == State.DETACHED) {
            open();
        }
    }

    void detach() {
        if (!world.rules.connectsOnlyWhatIsAttached) {
            return;
        }
        if (state == State.OPEN || state == State.OPENING) {
            end("detached");
        }
        state = State.DETACHED;
        attempt++;
    }

    private void waitUntil(long at) {
        state = State.WAITING;
        long of = ++attempt;
        world.host.at(at, () -> {
            if (of == attempt && state == State.WAITING) {
                open();
            }
        });
    }

    private void open() {
        state = State.OPENING;
        long of = ++attempt;
        Connection c = new Connection(world, world.server(member), name(), () -> {
            if (of == attempt) {
                lost("connection reset");
            }
        });
        connection = c;
        world.checker.decisions.connecting(member, name());
        c.connect(
                () -> {
                    c.session = new ServerSession(world, c.server, c, session.id, (subscription, batch) -> {
                        if (of == attempt || !world.rules.refusesValuesOfClosedLinks) {
                            notified(c, subscription, batch);
                        }
                    });
                    c.toRelay(() -> {
                        if (of == attempt && state == State.OPENING) {
                            opened();
                        }
                    });
                },
                () -> {
                    if (of == attempt && state == State.OPENING) {
                        lost("connection refused");
                    }
                });
        world.host.after(CONNECT_TIMEOUT, () -> {
            if (of == attempt && state == State.OPENING) {
                lost("no answer to the connection request");
            }
        });
    }

    private void opened() {
        state = State.OPEN;
        failures = 0;
        watch(attempt);
        if (world.log.on()) {
            world.log.line(world.time.now(), name(), "link open", "");
        }
        reconcile();
        session.linkChanged(this);
    }

    private void lost(String why) {
        boolean wasOpen = state == State.OPEN;
        end(why);
        failures++;
        session.relay.suspects(member, why);
        if (session.relay.isAttached(member)) {
            long jitter = world.net.between(0, BACKOFF_FIRST / 2);
            waitUntil(
                    failures == 1 && wasOpen
                            ? session.relay.slot(member)
                            : world.time.now()
                                    + Math.min(BACKOFF_MAX, BACKOFF_FIRST << Math.min(failures - 1, 7))
                                    + jitter);
        } else {
            state = State.DETACHED;
        }
        session.linkLost(this, wasOpen, why);
    }

    /** Closes, and tells the engine what that means. */
    private void end(String why) {
        Connection c = connection;
        connection = null;
        attempt++;
        state = State.WAITING;
        if (c != null) {
            c.closeAtRelay();
            world.checker.decisions.closed(member, name());
        }
        if (world.log.on()) {
            world.log.line(world.time.now(), name(), "link ended", why);
        }
        long now = world.time.now();
        for (Map.Entry<Integer, There> e : subscriptions.entrySet()) {
            endRuns(e.getKey(), e.getValue(), now);
        }
        subscriptions.clear();
        List<Sending> under = new ArrayList<>(sendings.values());
        sendings.clear();
        for (Sending s : under) {
            if (!s.left || !world.rules.admitsDoubt) {
                session.sendingFailed(s.id, member, s.epoch, true, why);
            }
        }
        world.checker.requests.linkGone(session.id, member, now);
        if (world.rules.tellsTheDeskOfLostLinks) {
            session.deskLinkLost(member, why);
        }
    }

    private void endRuns(int subscription, There there, long now) {
        for (Run run : there.runs.values()) {
            run.endedAt = now;
        }
        if (world.rules.endsRunsOfLostLinks) {
            session.runsEnded(member, subscription);
        }
    }

    /** A half-open connection shows by keep-alives that do not come. */
    private void watch(long of) {
        world.host.after(SECOND, () -> {
            if (of != attempt || state != State.OPEN) {
                return;
            }
            boolean silent = false;
            for (There t : subscriptions.values()) {
                long longest = keepAliveCount(t.publishingNanos) * t.publishingNanos;
                silent |= t.created && world.time.now() - t.lastHeard > 2 * longest + 2 * SECOND;
            }
            if (silent && world.rules.watchesSilentLinks) {
                lost("silent");
            } else {
                watch(of);
            }
        });
    }

    /** After a pause of our own, silence proves nothing. */
    void paused() {
        for (There t : subscriptions.values()) {
            t.lastHeard = world.time.now();
        }
    }

    // ---- requests

    boolean send(long id, long epoch, SimRequest request) {
        Connection c = connection;
        if (c == null || state != State.OPEN) {
            return false;
        }
        Sending s = new Sending(id, epoch);
        sendings.put(id, s);
        world.host.after(world.net.between(0, world.knobs.socketDelay), () -> {
            if (connection != c || sendings.get(id) != s) {
                return;
            }
            s.left = true;
            world.checker.requests.left(request, member, epoch);
            c.toServer(() -> {
                if (c.serverOpen) {
                    world.server(member).execute(request, epoch, answer -> answered(c, s, answer));
                }
            });
        });
        return true;
    }

    /** Late answers reach the desk as well: refusing them is its duty. */
    private void answered(Connection c, Sending s, SimAnswer answer) {
        int times = world.net.in(world.knobs.duplicateAnswers) ? 2 : 1;
        for (int i = 0; i < times; i++) {
            c.toRelay(() -> {
                if (connection == c) {
                    sendings.remove(s.id, s);
                }
                session.answered(s.id, member, s.epoch, answer);
            });
        }
    }

    // ---- what the member has

    boolean isReady() {
        if (state != State.OPEN) {
            return false;
        }
        for (ModelSession.Wanted w : session.wanted().values()) {
            There t = subscriptions.get(w.id);
            if (t == null || !t.created || t.pending > 0 || !t.asked.containsAll(w.items.keySet())) {
                return false;
            }
        }
        return true;
    }

    boolean isSynchronized() {
        if (!isReady()) {
            return false;
        }
        for (There t : subscriptions.values()) {
            if (!t.heard) {
                return false;
            }
        }
        return true;
    }

    /** Items that the client wants of this subscription and the member refused. */
    Set<Integer> refused(int subscription) {
        There t = subscriptions.get(subscription);
        return t == null ? Set.of() : t.refused;
    }

    /** Something of the client's is still switched off here. */
    boolean isParked() {
        return subscriptions.values().stream().anyMatch(t -> t.isParked);
    }

    /** How long it may be silent before it is given up, and a second for the look. */
    long silenceMax() {
        long longest = 0;
        for (There t : subscriptions.values()) {
            longest = Math.max(longest, keepAliveCount(t.publishingNanos) * t.publishingNanos);
        }
        return 2 * longest + 3 * SECOND;
    }

    /** Grows with each connection. */
    long attempt() {
        return attempt;
    }

    private boolean isActive() {
        return session.relay.target() == member;
    }

    private boolean parks() {
        return world.knobs.mode == Mode.WARM && !isActive();
    }

    static long keepAliveCount(long publishingNanos) {
        return Math.max(1, (KEEP_ALIVE + publishingNanos - 1) / publishingNanos);
    }

    /** A parked queue covers detection and switch, whatever the client asked (architecture 9, Warm). */
    private int queue(ModelSession.WantedItem item, ModelSession.Wanted of, boolean big) {
        if (!big) {
            return item.queueSize;
        }
        long period = item.def.period() > 0 ? item.def.period() : of.settings.publishingNanos();
        long reach =
                world.knobs.pingInterval + world.knobs.pingTimeout + SWITCH_REACH + 2 * of.settings.publishingNanos();
        return Math.max(item.queueSize, (int) Math.min(PARKED_QUEUE_MAX, 2 + reach / period));
    }

    /** Makes items anew that the member has, in subscriptions that go on: each begins with its current value. */
    void renew(IntPredicate which) {
        if (state != State.OPEN) {
            return;
        }
        for (ModelSession.Wanted w : session.wanted().values()) {
            There t = subscriptions.get(w.id);
            List<Integer> renewed = t == null
                    ? List.of()
                    : t.runs.keySet().stream().filter(which::test).toList();
            if (t != null && !renewed.isEmpty()) {
                renew(w, t, renewed);
            }
        }
    }

    /** Created when the deletion is answered, so that all that comes after the answer is of the new items. */
    private void renew(ModelSession.Wanted w, There t, List<Integer> items) {
        items.forEach(t.runs::remove);
        t.pending++;
        ask(s -> items.forEach(id -> s.deleteItem(t.upstreamId, id)), () -> {
            t.pending--;
            session.runsEnded(member, w.id, items);
            for (int id : items) {
                ModelSession.WantedItem item = w.items.get(id);
                if (item != null && t.asked.contains(id)) {
                    createItem(w, t, item);
                }
            }
            session.linkChanged(this);
        });
    }

    /** Compares what the client wants with what the member has, and mends it. */
    void reconcile() {
        if (state != State.OPEN) {
            return;
        }
        for (int id : List.copyOf(subscriptions.keySet())) {
            if (!session.wanted().containsKey(id)) {
                There gone = java.util.Objects.requireNonNull(subscriptions.remove(id));
                // It may have been the one that kept this member from being ready.
                ask(s -> s.deleteSubscription(gone.upstreamId), () -> session.linkChanged(this));
            }
        }
        for (ModelSession.Wanted w : session.wanted().values()) {
            There t = subscriptions.get(w.id);
            if (t == null) {
                t = create(w);
            } else {
                modify(w, t);
            }
            items(w, t);
        }
    }

    private There create(ModelSession.Wanted w) {
        There t = new There(world.nextId());
        t.isParked = parks();
        t.longQueues = parks();
        t.publishing = w.settings.publishingEnabled() && !parks();
        t.publishingNanos = w.settings.publishingNanos();
        subscriptions.put(w.id, t);
        formerIds.put(t.upstreamId, w.id);
        boolean enabled = t.publishing;
        long nanos = t.publishingNanos;
        t.pending++;
        ask(
                s -> s.createSubscription(t.upstreamId, w.id, nanos, keepAliveCount(nanos), NOTIFICATIONS_MAX, enabled),
                () -> {
                    t.pending--;
                    t.created = true;
                    t.lastHeard = world.time.now();
                    expectFirst(w.id, t);
                    session.linkChanged(this);
                });
        return t;
    }

    private void expectFirst(int id, There t) {
        long of = attempt;
        long start = world.time.now();
        long wait = 2 * t.publishingNanos + 3 * SECOND;
        world.host.after(wait, () -> {
            boolean waits = of == attempt && subscriptions.get(id) == t && !t.heard;
            if (waits && world.lastPauseEnd() > start) {
                expectFirst(id, t);
            } else if (waits) {
                session.relay.listener().firstNotificationMissing(member, "nothing within " + wait / MS + " ms");
            }
        });
    }

    private void modify(ModelSession.Wanted w, There t) {
        long nanos = w.settings.publishingNanos();
        if (t.publishingNanos != nanos) {
            t.publishingNanos = nanos;
            t.lastHeard = world.time.now();
            t.pending++;
            ask(s -> s.modifySubscription(t.upstreamId, nanos, keepAliveCount(nanos), NOTIFICATIONS_MAX), () -> {
                t.pending--;
                session.linkChanged(this);
            });
        }
        if (t.isParked && !parks() && !world.rules.unparksAtRehome && session.relay.released() != member) {
            return;
        }
        if (t.isParked != parks()) {
            t.isParked = parks();
            t.burstDue = !parks();
            if (parks()) {
                t.longQueues = true;
                queues(w, t, true);
                t.pending++;
                ask(s -> {}, () -> {
                    t.pending--;
                    if (t.isParked) {
                        session.runsParked(member, w.id);
                    }
                    session.linkChanged(this);
                });
            }
        }
        boolean enabled = w.settings.publishingEnabled() && !t.isParked;
        if (t.publishing != enabled) {
            t.publishing = enabled;
            t.pending++;
            ask(s -> s.publishingMode(t.upstreamId, enabled), () -> {
                t.pending--;
                if (enabled) {
                    session.runsUnparked(member, w.id);
                }
                session.linkChanged(this);
            });
        }
    }

    /** The burst of a member that was parked has come: a little later its queues get the client's sizes. */
    private void burstCame(int subscription, There t) {
        t.burstDue = false;
        long of = attempt;
        world.host.after(QUEUE_GRACE, () -> {
            ModelSession.Wanted w = session.wanted().get(subscription);
            if (of == attempt && w != null && subscriptions.get(subscription) == t && !parks() && !t.burstDue) {
                t.longQueues = false;
                queues(w, t, false);
            }
        });
    }

    private void queues(ModelSession.Wanted w, There t, boolean big) {
        for (int id : t.runs.keySet()) {
            ModelSession.WantedItem item = w.items.get(id);
            if (item != null && state == State.OPEN) {
                // Also where its size is the same: which value gives way is not.
                resize(t, item, queue(item, w, big), big);
            }
        }
    }

    private void items(ModelSession.Wanted w, There t) {
        for (int id : List.copyOf(t.asked)) {
            if (!w.items.containsKey(id)) {
                t.asked.remove(id);
                t.refused.remove(id);
                t.runs.remove(id);
                ask(s -> s.deleteItem(t.upstreamId, id), () -> {});
            }
        }
        for (ModelSession.WantedItem item : w.items.values()) {
            if (t.asked.add(item.def.id())) {
                createItem(w, t, item);
            }
        }
    }

    private void createItem(ModelSession.Wanted w, There t, ModelSession.WantedItem item) {
        boolean parked = parks();
        int queue = queue(item, w, parked);
        boolean oldest = parked || item.discardOldest;
        int id = item.def.id();
        t.pending++;
        @org.jspecify.annotations.Nullable Run[] made = new Run[1];
        ask(s -> made[0] = s.createItem(t.upstreamId, item.def, queue, oldest), () -> {
            t.pending--;
            Run run = made[0];
            if (w.items.get(id) == item && t.asked.contains(id)) {
                if (run == null) {
                    t.refused.add(id);
                } else {
                    run.startedAt = world.time.now();
                    t.runs.put(id, run);
                    session.runStarted(member, w.id, id, parked);
                }
                session.itemAnswered(this, w.id, item, run != null);
            }
            session.linkChanged(this);
        });
    }

    /** The item changed its queue size. */
    void itemModified(ModelSession.Wanted w, ModelSession.WantedItem item) {
        There t = subscriptions.get(w.id);
        if (t != null && state == State.OPEN && t.runs.containsKey(item.def.id())) {
            // A queue that is long stays so until the grace is over: what it holds is not to be lost by the client's
            // wish.
            resize(t, item, queue(item, w, t.longQueues), t.longQueues);
        }
    }

    /** The engine is told of a long queue before it is asked for, of the client's own after the member has it. */
    private void resize(There t, ModelSession.WantedItem item, int queue, boolean big) {
        int id = item.def.id();
        boolean oldest = big || item.discardOldest;
        if (big) {
            session.queueIsLong(member, id, true);
        }
        ask(s -> s.modifyItem(t.upstreamId, id, queue, oldest), () -> {
            if (!big && !t.longQueues) {
                session.queueIsLong(member, id, false);
            }
        });
    }

    /** Our own request to the member: lost with the link, else answered. */
    private void ask(Consumer<ServerSession> atServer, Runnable done) {
        Connection c = connection;
        long of = attempt;
        if (c == null) {
            throw new IllegalStateException("no connection");
        }
        c.toServer(() -> {
            ServerSession s = c.session;
            if (s != null) {
                atServer.accept(s);
                c.toRelay(() -> {
                    if (of == attempt && state == State.OPEN) {
                        done.run();
                    }
                });
            }
        });
    }

    private void notified(Connection c, long upstreamId, @Nullable SimBatch batch) {
        c.toServer(() -> {
            if (c.session != null) {
                c.session.credit();
            }
        });
        Integer subscription = clientSubscription(upstreamId);
        if (subscription == null) {
            // Deleted meanwhile, or made anew: what the old one still says is not of this run.
            return;
        }
        There t = subscriptions.get(subscription);
        if (t != null) {
            t.lastHeard = world.time.now();
        }
        if (batch == null) {
            session.keepAlive(member, subscription);
        } else {
            session.values(member, subscription, batch);
        }
        if (t != null && t.burstDue && batch != null) {
            burstCame(subscription, t);
        }
        if (t != null && !t.heard) {
            t.heard = true;
            session.linkChanged(this);
        }
    }

    private @Nullable Integer clientSubscription(long upstreamId) {
        for (Map.Entry<Integer, There> e : subscriptions.entrySet()) {
            if (e.getValue().upstreamId == upstreamId) {
                return e.getKey();
            }
        }
        return world.rules.refusesValuesOfClosedLinks ? null : formerIds.get(upstreamId);
    }
}
