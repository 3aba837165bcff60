package org.tandemopc.simulation;

import static org.tandemopc.simulation.VirtualTime.MS;
import static org.tandemopc.simulation.VirtualTime.SECOND;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.delivery.DeliveryOutput.PublishRefusal;
import org.tandemopc.relay.delivery.Outcome;
import org.tandemopc.relay.delivery.PublishAnswer;
import org.tandemopc.relay.delivery.PublishRequest;
import org.tandemopc.relay.delivery.SubscriptionSettings;

/**
 * A client: connects, subscribes, publishes, acknowledges (late, wrongly, not at all), reads, writes, calls, changes its
 * mind. It is never told of members.
 */
final class ModelClient {
    private static final long FRONT_DELAY = MS / 5;
    private static final int OPEN_REQUESTS_MAX = 20;

    final int id;
    private final World world;
    private final ModelRelay relay;
    private final Chance chance;
    private final Map<Integer, SubscriptionSettings> subscriptions = new LinkedHashMap<>();
    private final Map<Integer, List<ItemDef>> items = new LinkedHashMap<>();
    private final List<PublishRequest.Acknowledgement> unacknowledged = new ArrayList<>();
    private @Nullable ModelSession session;
    private int parked;
    private int openRequests;
    private long stalledUntil;
    private boolean quiet;
    /** When the last Good read was answered, by the client's wish to know. */
    private long lastGoodRead = Long.MIN_VALUE;

    private long lastGoodWrite = Long.MIN_VALUE;

    ModelClient(World world, ModelRelay relay, int id, Chance chance) {
        this.world = world;
        this.relay = relay;
        this.id = id;
        this.chance = chance;
    }

    long lastGoodRead() {
        return lastGoodRead;
    }

    long lastGoodWrite() {
        return lastGoodWrite;
    }

    @Nullable
    ModelSession session() {
        return session;
    }

    /** From now on it behaves: no stalls, no changes, everything acknowledged; a read and a write now and then. */
    void behave() {
        quiet = true;
        stalledUntil = 0;
        fillUp();
        if (world.knobs.requestEvery == 0) {
            requestLater(500 * MS);
        }
    }

    void start() {
        connect();
        if (world.knobs.requestEvery > 0) {
            requestLater(chance.between(0, world.knobs.requestEvery));
        }
        if (world.knobs.clientsModify) {
            changeLater();
        }
        if (world.knobs.clientsStall) {
            stallLater();
        }
    }

    private void connect() {
        if (!relay.isOpen() || world.host.paused()) {
            world.time.after(200 * MS, this::connect);
            return;
        }
        ModelSession s = new ModelSession(world, relay, this);
        session = s;
        relay.join(s);
        long count = chance.between(1, world.knobs.subscriptionsMax);
        for (int i = 0; i < count; i++) {
            subscribe(s);
        }
        fillUp();
    }

    private void subscribe(ModelSession s) {
        long publishing =
                world.knobs.publishing > 0 ? world.knobs.publishing : chance.pick(100, 100, 200, 250, 500, 1000) * MS;
        int keepAlive = (int) chance.between(1, 5);
        int subscription = world.nextId();
        // A client that allows small messages must fetch them fast: one is in flight at a time.
        int most = chance.in(0.2) && world.knobs.clientThink < 5 * MS ? (int) chance.between(5, 20) : 0;
        SubscriptionSettings settings = new SubscriptionSettings(
                publishing,
                keepAlive,
                Math.max(3L * keepAlive, 12 * SECOND / publishing),
                most,
                // A subscription of high priority starves the others of a client that publishes rarely.
                world.knobs.clientThink < 5 * MS ? chance.below(3) : 0,
                true);
        subscriptions.put(subscription, settings);
        items.put(subscription, new ArrayList<>());
        s.createSubscription(subscription, settings);
        long count = chance.between(1, world.knobs.itemsMax);
        for (int i = 0; i < count; i++) {
            addItem(s, subscription);
        }
    }

    private void addItem(ModelSession s, int subscription) {
        SubscriptionSettings settings = subscriptions.get(subscription);
        if (settings == null) {
            return;
        }
        ItemDef def = ItemDef.drawn(world.nextId(), chance, settings.publishingNanos());
        if (world.log.on()) {
            world.log.line(world.time.now(), "client" + id, "adds", "sub " + subscription + " " + settings + " " + def);
        }
        items.computeIfAbsent(subscription, k -> new ArrayList<>()).add(def);
        s.addItem(
                subscription, new ModelSession.WantedItem(def, (int) chance.pick(1, 1, 2, 5, 10, 50), chance.in(0.8)));
    }

    // ---- publishing

    /** Sends Publish requests up to the wanted number. */
    private void fillUp() {
        while (session != null && !subscriptions.isEmpty() && parked < world.knobs.publishRequests) {
            parked++;
            publishLater(world.knobs.clientThink);
        }
    }

    private void publishLater(long think) {
        ModelSession to = session;
        long at = Math.max(world.time.now() + think + FRONT_DELAY, stalledUntil);
        world.time.at(at, () -> {
            if (to != session || to == null) {
                return;
            }
            if (world.time.now() < stalledUntil) {
                publishLater(0);
                return;
            }
            List<PublishRequest.Acknowledgement> acks = acknowledgements();
            long deadline = chance.in(0.02) ? world.time.now() + chance.between(100, 5000) * MS : Long.MAX_VALUE;
            long token = world.nextId();
            world.host.network(() -> to.publish(new PublishRequest(token, acks, deadline)));
        });
    }

    private List<PublishRequest.Acknowledgement> acknowledgements() {
        List<PublishRequest.Acknowledgement> acks = new ArrayList<>();
        if (quiet || unacknowledged.size() > world.knobs.lateAcks) {
            acks.addAll(unacknowledged);
            unacknowledged.clear();
        }
        if (!quiet && chance.in(0.01) && !subscriptions.isEmpty()) {
            int any = subscriptions.keySet().iterator().next();
            acks.add(new PublishRequest.Acknowledgement(any, chance.between(1, 3000)));
        }
        if (!quiet && chance.in(0.003)) {
            acks.add(new PublishRequest.Acknowledgement(999_999, 1));
        }
        return acks;
    }

    /** Called within the engine's step: the answer travels. */
    void publishAnswered(PublishAnswer answer) {
        ModelSession from = session;
        world.time.after(FRONT_DELAY, () -> {
            if (from != session) {
                return;
            }
            parked--;
            if (!answer.content().isEmpty()) {
                unacknowledged.add(new PublishRequest.Acknowledgement(answer.subscription(), answer.sequenceNumber()));
            }
            for (PublishAnswer.Content c : answer.content()) {
                if (c instanceof PublishAnswer.StatusChange) {
                    forget(answer.subscription());
                }
            }
            if (!quiet && chance.in(0.01)) {
                republish(answer.subscription(), answer.sequenceNumber());
            }
            fillUp();
        });
    }

    private void republish(int subscription, long number) {
        ModelSession to = session;
        world.host.network(() -> {
            if (to != null && to == session && subscriptions.containsKey(subscription)) {
                to.republish(subscription, number);
            }
        });
    }

    void publishRefused(PublishRefusal refusal) {
        ModelSession from = session;
        world.time.after(FRONT_DELAY, () -> {
            if (from != session) {
                return;
            }
            parked--;
            switch (refusal) {
                case TIMEOUT, CONNECTION_LOST -> fillUp();
                case TOO_MANY_PUBLISH_REQUESTS -> {}
                case NO_SUBSCRIPTION, SESSION_CLOSED -> subscribeAgainLater();
            }
        });
    }

    private void forget(int subscription) {
        subscriptions.remove(subscription);
        items.remove(subscription);
        unacknowledged.removeIf(a -> a.subscription() == subscription);
        subscribeAgainLater();
    }

    private void subscribeAgainLater() {
        world.time.after(
                100 * MS,
                () -> world.host.network(() -> {
                    if (session != null && subscriptions.isEmpty()) {
                        subscribe(session);
                        fillUp();
                    }
                }));
    }

    void sessionClosed(ModelSession which) {
        if (session == which) {
            session = null;
            subscriptions.clear();
            items.clear();
            unacknowledged.clear();
            parked = 0;
            openRequests = 0;
            world.time.after(300 * MS, this::connect);
        }
    }

    // ---- requests

    private void requestLater(long after) {
        world.time.after(after, () -> {
            request();
            requestLater(quiet ? 500 * MS : chance.between(1, 2 * world.knobs.requestEvery));
        });
    }

    private void request() {
        ModelSession to = session;
        if (to == null || openRequests >= OPEN_REQUESTS_MAX) {
            return;
        }
        openRequests++;
        int dice = chance.below(10);
        SimRequest.Kind kind =
                dice < 5 ? SimRequest.Kind.READ : dice < 9 ? SimRequest.Kind.WRITE : SimRequest.Kind.CALL;
        int operations = kind == SimRequest.Kind.READ || chance.in(0.7) ? 1 : (int) chance.between(2, 100);
        long patience = quiet ? 10 * SECOND : chance.pick(300, 2000, 10_000, 10_000) * MS;
        long number = world.nextId();
        boolean refused = !quiet && chance.in(0.03);
        world.time.after(
                FRONT_DELAY,
                () -> world.host.network(() -> {
                    if (to == session) {
                        long now = world.time.now();
                        to.submit(
                                new SimRequest(number, id, kind, operations, refused, now, now + patience),
                                world.knobs.holdTimeout);
                    }
                }));
    }

    void requestCompleted(SimRequest request, Outcome<SimAnswer> outcome) {
        openRequests--;
        if (outcome instanceof Outcome.Done<SimAnswer> done && done.answer().status == SimAnswer.GOOD) {
            if (request.repeatable()) {
                lastGoodRead = world.time.now();
            } else {
                lastGoodWrite = world.time.now();
            }
        }
    }

    // ---- changes of mind

    private void changeLater() {
        world.time.after(chance.between(500, 6000) * MS, () -> {
            if (!quiet) {
                world.host.network(this::change);
                changeLater();
            }
        });
    }

    private void change() {
        ModelSession to = session;
        if (to == null || subscriptions.isEmpty()) {
            return;
        }
        List<Integer> ids = List.copyOf(subscriptions.keySet());
        int of = ids.get(chance.below(ids.size()));
        List<ItemDef> has = items.getOrDefault(of, new ArrayList<>());
        SubscriptionSettings s = subscriptions.get(of);
        if (s == null) {
            return;
        }
        switch (chance.below(8)) {
            case 0, 1 -> {
                if (has.size() < 8) {
                    addItem(to, of);
                }
            }
            case 2 -> {
                if (has.size() > 1) {
                    to.removeItem(of, has.removeFirst().id());
                }
            }
            case 3 -> {
                if (!has.isEmpty()) {
                    to.modifyItem(of, has.getFirst().id(), (int) chance.between(1, 20), chance.in(0.8));
                }
            }
            case 4 -> modify(to, of, s, !s.publishingEnabled(), s.publishingNanos());
            case 5 -> modify(to, of, s, s.publishingEnabled(), chance.pick(100, 300, 800) * MS);
            case 6 -> {
                if (ids.size() < 3) {
                    subscribe(to);
                    fillUp();
                }
            }
            default -> {
                if (ids.size() > 1) {
                    subscriptions.remove(of);
                    items.remove(of);
                    unacknowledged.removeIf(a -> a.subscription() == of);
                    to.deleteSubscription(of);
                }
            }
        }
    }

    private void modify(ModelSession to, int of, SubscriptionSettings s, boolean enabled, long publishing) {
        SubscriptionSettings changed = new SubscriptionSettings(
                publishing,
                s.keepAliveCount(),
                Math.max(3 * s.keepAliveCount(), 12 * SECOND / publishing),
                s.maxNotifications(),
                s.priority(),
                enabled);
        subscriptions.put(of, changed);
        to.modifySubscription(of, changed);
    }

    /** Brings publishing back on where the client had switched it off, for the end of a run. */
    void enableAll() {
        if (session != null) {
            ModelSession to = session;
            for (Map.Entry<Integer, SubscriptionSettings> e : List.copyOf(subscriptions.entrySet())) {
                if (!e.getValue().publishingEnabled()) {
                    modify(to, e.getKey(), e.getValue(), true, e.getValue().publishingNanos());
                }
            }
        }
    }

    private void stallLater() {
        world.time.after(chance.between(2000, 15_000) * MS, () -> {
            if (!quiet) {
                stalledUntil = world.time.now() + (chance.in(0.1) ? 20 * SECOND : chance.between(200, 5000) * MS);
                stallLater();
            }
        });
    }
}
