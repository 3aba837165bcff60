package org.tandemopc.simulation;

import static org.tandemopc.simulation.VirtualTime.MS;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.pair.Route;
import org.tandemopc.relay.delivery.DeliveryOutput;
import org.tandemopc.relay.delivery.ItemSettings;
import org.tandemopc.relay.delivery.Outcome;
import org.tandemopc.relay.delivery.PublishAnswer;
import org.tandemopc.relay.delivery.PublishRequest;
import org.tandemopc.relay.delivery.RequestDesk;
import org.tandemopc.relay.delivery.SubscriptionSettings;

/**
 * A client's session in Tandem: the reference of how a relay's shell uses the delivery engine and the request desk.
 *
 * <ul>
 *   <li>Orders come in the sequence hold, rehome, release, or hold, strand; each goes to desk and delivery at once.
 *   <li>At a rehome the member is activated at once, so that what it has said and says reaches the client; it is reported
 *       as moved when it is brought to the client's wishes and parked items are switched on.
 *   <li>The engine is told of a queue that is longer than the client's before the member is, and of the client's own after
 *       the member has answered.
 *   <li>Items whose value the client is owed are made anew at the new active, a while after the switch: a value that does
 *       not change was reported before, and the client would keep Tandem's own Bad value. Their subscription goes on; the
 *       engine is told of the end of their runs at the answer to the deletion, and of the new ones as of any.
 *   <li>When a link ends, runs end and the desk is told, in this order, before anything new is opened.
 *   <li>After every step the next tick is asked for.
 * </ul>
 */
final class ModelSession {
    /** A subscription as the client wants it. */
    static final class Wanted {
        final int id;
        SubscriptionSettings settings;
        final Map<Integer, WantedItem> items = new LinkedHashMap<>();

        Wanted(int id, SubscriptionSettings settings) {
            this.id = id;
            this.settings = settings;
        }
    }

    /** An item as the client wants it. */
    static final class WantedItem {
        final ItemDef def;
        int queueSize;
        boolean discardOldest;

        WantedItem(ItemDef def, int queueSize, boolean discardOldest) {
            this.def = def;
            this.queueSize = queueSize;
            this.discardOldest = discardOldest;
        }

        ItemSettings settings() {
            return new ItemSettings(queueSize, false, discardOldest, ItemSettings.Kind.VALUES);
        }
    }

    private static final int REQUESTS_MAX = 200;
    private static final int IDLE_TICKS_MAX = 1000;
    private static final long DEBT_MARGIN = 200 * MS;

    final int id;
    final ModelRelay relay;
    private final World world;
    private final ModelClient client;
    private final DeliveryPort delivery;
    private final DeskPort desk;
    private final Map<Integer, Wanted> wanted = new LinkedHashMap<>();
    private final List<MemberLink> links;
    private final Map<Long, SimRequest> underWay = new LinkedHashMap<>();
    private boolean closed;
    private int rehomeTo = Route.NONE;
    private long rehomeEpoch;
    private int active = Route.NONE;
    /** Items of which the client was told that the active lacks them. */
    private final Set<Integer> toldMissing = new HashSet<>();

    private long tickAt = Long.MAX_VALUE;
    private long lastTick = Long.MIN_VALUE;
    private int ticksAtOnce;

    ModelSession(World world, ModelRelay relay, ModelClient client) {
        this.world = world;
        this.relay = relay;
        this.client = client;
        this.id = client.id;
        this.delivery = world.plant.delivery(world.knobs.limits, new Out());
        this.desk = world.plant.desk(REQUESTS_MAX, new DeskOut());
        this.links = List.of(new MemberLink(world, this, 0), new MemberLink(world, this, 1));
        world.checker.delivery.sessionOpened(this);
    }

    private long now() {
        return world.time.now();
    }

    Map<Integer, Wanted> wanted() {
        return wanted;
    }

    MemberLink link(int member) {
        return links.get(member);
    }

    int itemCount() {
        return wanted.values().stream().mapToInt(w -> w.items.size()).sum();
    }

    int repeatablesUnderWay() {
        return (int) underWay.values().stream().filter(SimRequest::repeatable).count();
    }

    // ---- orders of the relay

    void attach(int member, long at) {
        links.get(member).attach(at);
    }

    void detach(int member) {
        links.get(member).detach();
        arm();
    }

    void startOn(Route route) {
        active = route.member();
        world.checker.delivery.activated(this, active);
        delivery.activate(active, route.epoch(), now());
        desk.release(route.epoch(), active, now());
        arm();
    }

    void hold(long epoch) {
        rehomeTo = Route.NONE;
        active = Route.NONE;
        world.checker.delivery.held(this);
        world.checker.requests.sessionStranded(id, false);
        desk.hold(epoch, now());
        delivery.hold(now());
        arm();
    }

    void rehome(long epoch, int member) {
        rehomeTo = member;
        rehomeEpoch = epoch;
        MemberLink link = links.get(member);
        active = member;
        toldMissing.clear();
        world.checker.delivery.activated(this, member);
        delivery.activate(member, epoch, now());
        link.hurry();
        link.reconcile();
        checkRehome();
        arm();
    }

    private void checkRehome() {
        if (rehomeTo == Route.NONE || !links.get(rehomeTo).isReady()) {
            return;
        }
        rehomeTo = Route.NONE;
        for (Wanted w : wanted.values()) {
            for (int item : links.get(active).refused(w.id)) {
                tellMissing(w.id, item);
            }
        }
        settleDebtsLater(rehomeEpoch);
        arm();
        relay.sessionMoved(this, rehomeEpoch);
    }

    /**
     * What the client was told of Tandem's own may be followed by nothing, as the value at the member did not change: what
     * is not here after the burst of the switch is made anew there.
     */
    private void settleDebtsLater(long epoch) {
        MemberLink link = links.get(active);
        long attempt = link.attempt();
        long slowest = wanted.values().stream()
                .mapToLong(w -> w.settings.publishingNanos())
                .max()
                .orElse(0);
        world.host.after(2 * slowest + DEBT_MARGIN, () -> {
            boolean sameSwitch = !closed && active == link.member && epoch == rehomeEpoch && attempt == link.attempt();
            if (sameSwitch && world.rules.refreshesAfterOutages) {
                link.renew(delivery::owesValue);
            }
        });
    }

    void release(Route route) {
        desk.release(route.epoch(), route.member(), now());
        arm();
        for (MemberLink link : links) {
            link.reconcile();
        }
    }

    void strand(long epoch) {
        rehomeTo = Route.NONE;
        active = Route.NONE;
        world.checker.requests.sessionStranded(id, true);
        desk.strand(epoch, now());
        for (Wanted w : List.copyOf(wanted.values())) {
            List<Sample> bad = new ArrayList<>();
            for (int item : w.items.keySet()) {
                bad.add(Sample.own(item, ItemDef.BAD_NO_COMMUNICATION, now()));
            }
            world.checker.delivery.stranded(this, w.id);
            if (!bad.isEmpty()) {
                delivery.strand(w.id, new SimBatch(bad), now());
            }
        }
        arm();
    }

    void close() {
        closed = true;
        world.checker.requests.sessionStranded(id, false);
        for (MemberLink link : links) {
            link.detach();
        }
        desk.strand(Long.MAX_VALUE, now());
        delivery.close();
        world.checker.delivery.sessionClosed(this);
        client.sessionClosed(this);
    }

    void paused() {
        links.forEach(MemberLink::paused);
    }

    // ---- links

    void linkChanged(MemberLink link) {
        if (link.member == rehomeTo) {
            checkRehome();
        }
        relay.checkSynchronized(link.member);
    }

    void linkLost(MemberLink link, boolean wasOpen, String why) {
        arm();
        if (link.member == rehomeTo) {
            if (wasOpen) {
                link.hurry();
            } else {
                relay.rehomeFailed(link.member, rehomeEpoch, why);
            }
        }
    }

    boolean isSynchronized(int member) {
        return links.get(member).isSynchronized();
    }

    void deskLinkLost(int member, String why) {
        desk.linkLost(member, why, now());
        arm();
    }

    void sendingFailed(long request, int member, long epoch, boolean certainlyNotSent, String why) {
        desk.failed(request, member, epoch, certainlyNotSent, why, now());
        arm();
    }

    void answered(long request, int member, long epoch, SimAnswer answer) {
        desk.answered(request, member, epoch, answer, now());
        arm();
    }

    void runStarted(int member, int subscription, int item, boolean parked) {
        delivery.runStarted(member, subscription, item, parked, now());
        arm();
    }

    void runsParked(int member, int subscription) {
        delivery.runsParked(member, subscription);
        arm();
    }

    void runsUnparked(int member, int subscription) {
        delivery.runsUnparked(member, subscription);
    }

    void queueIsLong(int member, int item, boolean isLong) {
        delivery.queueIsLong(member, item, isLong);
    }

    void runsEnded(int member, int subscription) {
        delivery.runsEnded(member, subscription, now());
        arm();
    }

    /** Items are made anew in a subscription that goes on. */
    void runsEnded(int member, int subscription, List<Integer> items) {
        if (world.rules.endsRunsOfItemsMadeAnew) {
            delivery.runsEnded(member, subscription, Set.copyOf(items), now());
            arm();
        }
    }

    void itemAnswered(MemberLink link, int subscription, WantedItem item, boolean created) {
        if (!created && link.member == active) {
            tellMissing(subscription, item.def.id());
            arm();
        }
    }

    private void tellMissing(int subscription, int item) {
        if (world.rules.tellsOfMissingItems && toldMissing.add(item)) {
            delivery.ownValues(
                    subscription, new SimBatch(List.of(Sample.own(item, ItemDef.BAD_NODE_ID_UNKNOWN, now()))), now());
        }
    }

    void values(int member, int subscription, SimBatch batch) {
        if (!wanted.containsKey(subscription) || closed) {
            return;
        }
        for (Sample s : batch.samples()) {
            s.arrived(now());
        }
        if (world.log.on()) {
            world.log.line(now(), "s" + id + "<m" + member, "values", "sub " + subscription + " " + batch);
        }
        world.checker.delivery.heard(this, subscription, member);
        delivery.values(member, subscription, batch, now());
        arm();
    }

    void keepAlive(int member, int subscription) {
        if (wanted.containsKey(subscription) && !closed) {
            world.checker.delivery.heard(this, subscription, member);
            delivery.keepAlive(member, subscription, now());
            arm();
        }
    }

    // ---- the client

    void createSubscription(int subscription, SubscriptionSettings settings) {
        wanted.put(subscription, new Wanted(subscription, settings));
        world.checker.delivery.subscriptionCreated(this, subscription, settings);
        delivery.createSubscription(subscription, settings, now());
        links.forEach(MemberLink::reconcile);
        arm();
    }

    void modifySubscription(int subscription, SubscriptionSettings settings) {
        Wanted w = wanted.get(subscription);
        if (w == null) {
            return;
        }
        w.settings = settings;
        world.checker.delivery.subscriptionModified(this, subscription, settings);
        delivery.modifySubscription(subscription, settings, now());
        links.forEach(MemberLink::reconcile);
        arm();
    }

    void deleteSubscription(int subscription) {
        if (wanted.remove(subscription) == null) {
            return;
        }
        world.checker.delivery.subscriptionDeleted(this, subscription);
        delivery.deleteSubscription(subscription, now());
        links.forEach(MemberLink::reconcile);
        arm();
    }

    void addItem(int subscription, WantedItem item) {
        Wanted w = wanted.get(subscription);
        if (w == null) {
            return;
        }
        w.items.put(item.def.id(), item);
        world.checker.delivery.itemAdded(this, subscription, item);
        delivery.addItem(subscription, item.def.id(), item.settings());
        delivery.touch(subscription, now());
        links.forEach(MemberLink::reconcile);
        arm();
    }

    void modifyItem(int subscription, int item, int queueSize, boolean discardOldest) {
        Wanted w = wanted.get(subscription);
        WantedItem i = w == null ? null : w.items.get(item);
        if (w == null || i == null) {
            return;
        }
        world.checker.delivery.itemModified(this, subscription, item, queueSize);
        i.queueSize = queueSize;
        i.discardOldest = discardOldest;
        delivery.modifyItem(item, i.settings());
        delivery.touch(subscription, now());
        links.forEach(l -> l.itemModified(w, i));
        arm();
    }

    void removeItem(int subscription, int item) {
        Wanted w = wanted.get(subscription);
        if (w == null || w.items.remove(item) == null) {
            return;
        }
        world.checker.delivery.itemRemoved(this, subscription, item);
        delivery.removeItem(item);
        delivery.touch(subscription, now());
        links.forEach(MemberLink::reconcile);
        arm();
    }

    void publish(PublishRequest request) {
        if (closed) {
            return;
        }
        world.checker.delivery.publishing(this, request);
        delivery.publish(request, now());
        arm();
    }

    @Nullable
    PublishAnswer republish(int subscription, long sequenceNumber) {
        PublishAnswer kept = delivery.republish(subscription, sequenceNumber, now());
        world.checker.delivery.republished(this, subscription, sequenceNumber, kept);
        arm();
        return kept;
    }

    void submit(SimRequest request, long hold) {
        if (closed) {
            return;
        }
        underWay.put(request.id(), request);
        world.checker.requests.submitted(request);
        desk.submit(request.id(), request, request.repeatable(), request.deadline(), hold, now());
        world.checker.requests.taken(request);
        arm();
    }

    // ---- time

    private void arm() {
        if (closed) {
            return;
        }
        long next = Math.min(delivery.nextTickNanos(), desk.nextTickNanos());
        if (next < tickAt) {
            long at = Math.max(next, now());
            tickAt = at;
            world.host.at(at, () -> tick(at));
        }
    }

    private void tick(long at) {
        if (closed || at != tickAt) {
            return;
        }
        tickAt = Long.MAX_VALUE;
        ticksAtOnce = lastTick == now() ? ticksAtOnce + 1 : 0;
        lastTick = now();
        if (ticksAtOnce > IDLE_TICKS_MAX) {
            throw new Violation("I9", "session " + id + " asks for ticks without end at one moment");
        }
        desk.tick(now());
        delivery.tick(now());
        arm();
    }

    private final class Out implements DeliveryOutput {
        @Override
        public void answer(long token, PublishAnswer answer) {
            if (world.log.on()) {
                world.log.line(
                        now(),
                        "s" + id,
                        "answer",
                        "sub " + answer.subscription() + " #" + answer.sequenceNumber() + " " + answer.content()
                                + " unacked " + answer.available() + (answer.moreNotifications() ? " more" : ""));
            }
            world.checker.delivery.answered(ModelSession.this, token, answer);
            client.publishAnswered(answer);
        }

        @Override
        public void refuse(long token, PublishRefusal refusal) {
            world.checker.delivery.refused(ModelSession.this, token, refusal);
            client.publishRefused(refusal);
        }

        @Override
        public void subscriptionEnded(int subscription) {
            world.checker.delivery.subscriptionEnded(ModelSession.this, subscription);
            wanted.remove(subscription);
            world.host.after(0, () -> {
                if (!closed) {
                    links.forEach(MemberLink::reconcile);
                }
            });
        }

        @Override
        public void gap(Gap gap) {
            if (world.log.on()) {
                world.log.line(now(), "s" + id, "gap", gap);
            }
            world.checker.delivery.gap(ModelSession.this, gap);
        }
    }

    private final class DeskOut implements RequestDesk.Output<SimRequest, SimAnswer> {
        @Override
        public boolean send(long request, int member, long epoch, SimRequest what) {
            world.checker.requests.sending(what, member, epoch);
            boolean taken = links.get(member).send(request, epoch, what);
            if (world.log.on()) {
                world.log.line(
                        now(), "s" + id + ">m" + member, taken ? "send" : "send refused", "e" + epoch + " " + what);
            }
            return taken;
        }

        @Override
        public void complete(long request, SimRequest what, Outcome<SimAnswer> outcome) {
            if (world.log.on()) {
                world.log.line(now(), "s" + id, "outcome", what.kind() + " #" + request + " " + outcome);
            }
            underWay.remove(request);
            relay.requestEnded(outcome instanceof Outcome.Unknown, outcome instanceof Outcome.NotSent);
            world.checker.requests.completed(what, outcome);
            client.requestCompleted(what, outcome);
        }
    }
}
