package org.tandemopc.simulation;

import static org.tandemopc.simulation.VirtualTime.MS;
import static org.tandemopc.simulation.VirtualTime.SECOND;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.pair.Route;
import org.tandemopc.relay.delivery.DeliveryOutput;
import org.tandemopc.relay.delivery.PublishAnswer;
import org.tandemopc.relay.delivery.PublishRequest;
import org.tandemopc.relay.delivery.SubscriptionSettings;

/**
 * What each client is given, against what the members really sampled and sent: I4-I9, I11, S10, S12-S14, S17-S20 and
 * the rules of Publish (OPC UA Part 4, 5.14). Compares with {@link Run}s and {@link ItemDef}s, never with the engine.
 */
final class DeliveryChecker {
    private static final int SENT_KEPT = 40;
    /** Members whose times lie further apart have clocks that cannot be compared; the engine's rule. */
    private static final long COMPARABLE_TICKS = 100_000_000L;

    private static final int BACKLOG_KEPT = 64;

    /** A member was the source of this session's data in this time. */
    private record Service(int member, long from, long to) {}

    private static final class Item {
        final ModelSession.WantedItem wanted;
        final ItemDef def;

        @Nullable
        Sample last;
        /** The newest change ever delivered. */
        long newest = Long.MIN_VALUE;
        /** Something of Tandem's own came after {@link #last}. */
        boolean toldOwn;

        boolean outage;
        int outages;
        int outagesTold;
        /** Outages up to {@link #last}. */
        int outagesAtLast;

        long outageSince;
        /** How often the client is to hear that the active member lacks it. */
        int missingOwed;

        boolean lastOwnWasOutage;
        long quotaInterval = Long.MIN_VALUE;
        int quotaTaken;
        /** Since when the active member has been one that lacks it, and the client was not told. */
        long untoldSince = Long.MAX_VALUE;
        /** Members activated since {@link #last}. */
        int switches;
        /** Until then values may have been cut to a queue of one that the client had asked for before. */
        long oneUntil;
        /** The smallest queue that the client asked for until {@link #smallUntil}: what waits was cut to it. */
        int smallQueue;

        long smallUntil;

        /** Its first value was a standby's. */
        boolean ledFirst;

        int gapsRecorded;
        int gapsMarked;
        /** Since when there are more marks than records, or {@link Long#MAX_VALUE}. */
        long gapOwedSince = Long.MAX_VALUE;

        Item(ModelSession.WantedItem wanted) {
            this.wanted = wanted;
            this.def = wanted.def;
        }
    }

    private static final class Subscription {
        final int id;
        SubscriptionSettings settings;
        long nextNumber = 1;
        final List<Long> unacknowledged = new ArrayList<>();
        final LinkedHashMap<Long, List<PublishAnswer.Content>> sent = new LinkedHashMap<>();
        final Map<Integer, Item> items = new HashMap<>();
        /** Of the last message with data. */
        long dataSentAt = Long.MIN_VALUE / 2;

        long dataNumber;
        /** Publish requests that came since. */
        int requestsSince;
        /** When a message last said that more is waiting behind it. */
        long moreAt;

        long modifiedAt;
        /** The longest publishing interval that the client asked for until {@link #longUntil}: what waits was cut to it. */
        long longPublishing;

        long longUntil;
        /** Since when a keep-alive may be due. */
        long quietSince;

        long touchedAt;
        /** When each member's subscription was heard last. */
        final long[] heardAt = {Long.MIN_VALUE / 2, Long.MIN_VALUE / 2};
        /** When the active was heard after a silence in which its values may have been overdue. */
        long silentUntil = Long.MIN_VALUE;
        /** The standby's values are delivered, because the active's were overdue. */
        boolean isLed;

        Subscription(int id, SubscriptionSettings settings, long now) {
            this.id = id;
            this.settings = settings;
            quietSince = now;
            touchedAt = now;
        }

        /** Whether the member is silent for so long that its values may be overdue. */
        boolean isSilent(int member, long now) {
            return now - heardAt[member] >= Math.max(MS, settings.publishingNanos() / 8);
        }

        /** By which values that are sent now may have been cut. */
        long publishingOf(long now) {
            return now <= longUntil ? Math.max(longPublishing, settings.publishingNanos()) : settings.publishingNanos();
        }
    }

    private static final class Client {
        final ModelSession session;
        final Map<Integer, Subscription> subscriptions = new HashMap<>();
        final Map<Integer, Subscription> ended = new HashMap<>();
        final Map<Long, List<PublishAnswer.AckResult>> parked = new LinkedHashMap<>();
        /** Since when there has always been a Publish request, or {@link Long#MAX_VALUE}. */
        long parkedSince = Long.MAX_VALUE;

        /** Since when there has been none, or {@link Long#MAX_VALUE}. */
        long unparkedSince;
        /** Since when the client has always sent the next Publish request soon after an answer. */
        long listensSince = Long.MAX_VALUE;

        final ArrayDeque<Service> services = new ArrayDeque<>();
        int active = Route.NONE;
        long activeSince;
        /** Since when its link to the active has seemed to be in order. */
        long readySince = Long.MAX_VALUE;
        /** Times of messages, and how many values that waited then were delivered later. */
        final ArrayDeque<long[]> backlog = new ArrayDeque<>();

        Client(ModelSession session) {
            this.session = session;
        }
    }

    private final World world;
    /** In the order of their opening: of two violations the same one is found first in each run. */
    private final Map<ModelSession, Client> clients = new LinkedHashMap<>();

    private long delivered;
    private long marked;
    private long bridged;
    private long led;
    private long ownTold;
    private long outagesTold;

    private long faultAt = Long.MAX_VALUE;
    private long gap = -1;

    DeliveryChecker(World world) {
        this.world = world;
    }

    private long now() {
        return world.time.now();
    }

    private Client client(ModelSession session) {
        Client c = clients.get(session);
        if (c == null) {
            throw new IllegalStateException("no such session");
        }
        return c;
    }

    // ---- what the shell does

    void sessionOpened(ModelSession session) {
        Client c = new Client(session);
        c.unparkedSince = now();
        clients.put(session, c);
    }

    void sessionClosed(ModelSession session) {
        Client c = client(session);
        if (!c.parked.isEmpty()) {
            throw new Violation(
                    "M4", "Publish requests without an answer when the session closed: " + c.parked.keySet());
        }
        clients.remove(session);
    }

    void subscriptionCreated(ModelSession session, int id, SubscriptionSettings settings) {
        client(session).subscriptions.put(id, new Subscription(id, settings, now()));
    }

    void subscriptionModified(ModelSession session, int id, SubscriptionSettings settings) {
        Subscription s = client(session).subscriptions.get(id);
        if (s != null) {
            s.longPublishing = Math.max(s.publishingOf(now()), settings.publishingNanos());
            s.longUntil = now() + 30 * SECOND;
            s.settings = settings;
            s.quietSince = now();
            s.touchedAt = now();
            s.modifiedAt = now();
        }
    }

    void subscriptionDeleted(ModelSession session, int id) {
        client(session).subscriptions.remove(id);
    }

    void itemAdded(ModelSession session, int id, ModelSession.WantedItem item) {
        Subscription s = client(session).subscriptions.get(id);
        if (s != null) {
            Item made = new Item(item);
            made.missingOwed = item.def.missingAt() == client(session).active ? 1 : 0;
            made.untoldSince = made.missingOwed > 0 ? now() : Long.MAX_VALUE;
            s.items.put(item.def.id(), made);
            s.touchedAt = now();
        }
    }

    void itemModified(ModelSession session, int id, int item, int queueSize) {
        Subscription s = client(session).subscriptions.get(id);
        Item i = s == null ? null : s.items.get(item);
        if (s != null) {
            s.touchedAt = now();
        }
        if (i != null) {
            i.smallQueue = Math.min(
                    now() <= i.smallUntil ? i.smallQueue : Integer.MAX_VALUE, Math.min(queueSize, i.wanted.queueSize));
            i.smallUntil = now() + 30 * SECOND;
        }
        if (i != null && (queueSize == 1 || i.wanted.queueSize == 1)) {
            i.oneUntil = now() + 30 * SECOND;
        }
    }

    void itemRemoved(ModelSession session, int id, int item) {
        Subscription s = client(session).subscriptions.get(id);
        if (s != null) {
            s.items.remove(item);
            s.touchedAt = now();
        }
    }

    void activated(ModelSession session, int member) {
        Client c = client(session);
        endService(c);
        c.active = member;
        c.activeSince = now();
        for (Subscription s : c.subscriptions.values()) {
            for (Item i : s.items.values()) {
                i.outage = false;
                i.switches++;
                i.missingOwed += i.def.missingAt() == member ? 1 : 0;
                i.untoldSince = i.def.missingAt() == member ? now() : Long.MAX_VALUE;
            }
        }
    }

    void held(ModelSession session) {
        endService(client(session));
    }

    private void endService(Client c) {
        if (c.active != Route.NONE) {
            for (Subscription s : c.subscriptions.values()) {
                if (s.isSilent(c.active, now())) {
                    s.silentUntil = now();
                }
            }
            c.services.addLast(new Service(c.active, c.activeSince, now()));
            if (c.services.size() > BACKLOG_KEPT) {
                c.services.removeFirst();
            }
            c.active = Route.NONE;
        }
    }

    void stranded(ModelSession session, int id) {
        Client c = client(session);
        endService(c);
        Subscription s = c.subscriptions.get(id);
        if (s == null) {
            return;
        }
        for (Item i : s.items.values()) {
            if (!i.outage) {
                i.outage = true;
                i.outages++;
                i.outageSince = now();
            }
        }
    }

    void heard(ModelSession session, int subscription, int member) {
        Client c = client(session);
        Subscription s = c.subscriptions.get(subscription);
        if (s != null) {
            if (member == c.active && s.isSilent(member, now())) {
                s.silentUntil = now();
            }
            s.heardAt[member] = now();
        }
    }

    /** The relay says that every session could go on at this member: is it so? (S14) */
    void checkSynchronized(int member) {
        for (Client c : clients.values()) {
            for (Subscription s : c.subscriptions.values()) {
                if (!c.session.link(member).isSynchronized()) {
                    throw new Violation(
                            "S14",
                            "member " + member + " is reported as synchronized, but subscription " + s.id + " is not");
                }
            }
        }
    }

    // ---- publishing

    void publishing(ModelSession session, PublishRequest request) {
        Client c = client(session);
        for (Subscription s : c.subscriptions.values()) {
            checkLateEnd(c, s);
            s.touchedAt = now();
            s.requestsSince++;
        }
        List<PublishAnswer.AckResult> expected = new ArrayList<>();
        for (PublishRequest.Acknowledgement a : request.acknowledgements()) {
            Subscription s = c.subscriptions.get(a.subscription());
            if (s == null) {
                expected.add(PublishAnswer.AckResult.SUBSCRIPTION_UNKNOWN);
            } else {
                expected.add(
                        s.unacknowledged.remove(Long.valueOf(a.sequenceNumber()))
                                ? PublishAnswer.AckResult.GOOD
                                : PublishAnswer.AckResult.SEQUENCE_UNKNOWN);
            }
        }
        if (c.parked.isEmpty()) {
            c.listensSince = listens(c) ? Math.min(c.listensSince, now()) : now();
            c.parkedSince = now();
            c.unparkedSince = Long.MAX_VALUE;
        }
        c.parked.put(request.token(), expected);
        if (c.parked.size() > world.knobs.limits.publishRequestsMax() + 1) {
            throw new Violation("I9", c.parked.size() + " Publish requests are parked");
        }
    }

    /** A Publish request waits, or the client is about to send one. */
    private boolean listens(Client c) {
        return c.unparkedSince == Long.MAX_VALUE || now() - c.unparkedSince <= world.knobs.clientThink + 100 * MS;
    }

    /** S20: who does not publish for a lifetime loses the subscription. */
    private void checkLateEnd(Client c, Subscription s) {
        if (c.unparkedSince == Long.MAX_VALUE || world.lastPauseEnd() > now() - 60 * SECOND) {
            return;
        }
        long silent = now() - Math.max(c.unparkedSince, s.touchedAt);
        long lifetime = s.settings.lifetimeCount() * s.settings.publishingNanos();
        if (silent > lifetime + 2 * s.settings.publishingNanos() + SECOND) {
            throw new Violation(
                    "S20",
                    "subscription " + s.id + " outlived its lifetime by far: " + silent / MS + " of " + lifetime / MS);
        }
    }

    private List<PublishAnswer.AckResult> take(Client c, long token) {
        List<PublishAnswer.AckResult> expected = c.parked.remove(token);
        if (expected == null) {
            throw new Violation("M4", "an answer to Publish request " + token + ", which does not wait");
        }
        if (c.parked.isEmpty()) {
            c.parkedSince = Long.MAX_VALUE;
            c.unparkedSince = now();
        }
        return expected;
    }

    void refused(ModelSession session, long token, DeliveryOutput.PublishRefusal refusal) {
        Client c = client(session);
        take(c, token);
        switch (refusal) {
            case NO_SUBSCRIPTION -> {
                if (!c.subscriptions.isEmpty()) {
                    throw new Violation("S20", "refused for want of a subscription, and there is one");
                }
            }
            case TOO_MANY_PUBLISH_REQUESTS -> {
                if (c.parked.size() < world.knobs.limits.publishRequestsMax()) {
                    throw new Violation("I9", "too many Publish requests: " + (c.parked.size() + 1));
                }
            }
            case TIMEOUT, CONNECTION_LOST, SESSION_CLOSED -> {}
        }
    }

    void answered(ModelSession session, long token, PublishAnswer answer) {
        Client c = client(session);
        long parkedSince = c.parkedSince;
        List<PublishAnswer.AckResult> expected = take(c, token);
        if (!expected.equals(answer.acknowledgementResults())) {
            throw new Violation(
                    "S20", "acknowledgements answered " + answer.acknowledgementResults() + ", right is " + expected);
        }
        Subscription s = c.subscriptions.get(answer.subscription());
        boolean statusChange = answer.content().stream().anyMatch(x -> x instanceof PublishAnswer.StatusChange);
        if (s == null) {
            s = statusChange ? c.ended.remove(answer.subscription()) : null;
            if (s == null) {
                throw new Violation(
                        "I6", "a message of subscription " + answer.subscription() + ", which is not there");
            }
        }
        number(s, answer);
        oneInFlight(s, answer);
        keepAliveInTime(s, parkedSince);
        s.quietSince = now();
        s.moreAt = answer.moreNotifications() ? now() : s.moreAt;
        int size = 0;
        for (PublishAnswer.Content content : answer.content()) {
            if (content instanceof PublishAnswer.Values values) {
                if (!s.settings.publishingEnabled()) {
                    throw new Violation("S20", "values though publishing is off in subscription " + s.id);
                }
                SimBatch batch = (SimBatch) values.batch();
                for (int i = 0; i < batch.size(); i++) {
                    value(c, s, batch.sample(i), batch.overflow(i));
                }
                size += batch.size();
            }
        }
        if (s.settings.maxNotifications() > 0 && size > s.settings.maxNotifications()) {
            throw new Violation("I9", size + " values in a message of at most " + s.settings.maxNotifications());
        }
        c.backlog.addLast(new long[] {now(), 0});
        if (c.backlog.size() > BACKLOG_KEPT) {
            c.backlog.removeFirst();
        }
    }

    private void number(Subscription s, PublishAnswer answer) {
        if (answer.sequenceNumber() != s.nextNumber) {
            throw new Violation(
                    "S20",
                    (answer.content().isEmpty() ? "keep-alive" : "message") + " has number " + answer.sequenceNumber()
                            + ", right is " + s.nextNumber);
        }
        if (!answer.content().isEmpty()) {
            s.nextNumber++;
            s.unacknowledged.add(answer.sequenceNumber());
            s.sent.put(answer.sequenceNumber(), answer.content());
            if (s.sent.size() > SENT_KEPT) {
                s.sent.pollFirstEntry();
            }
        }
        if (!s.unacknowledged.equals(answer.available())) {
            throw new Violation(
                    "S20", "available numbers " + answer.available() + ", sent and open are " + s.unacknowledged);
        }
    }

    /** Clients were seen to mix up two messages that come at once: the second waits for a sign that the first is there. */
    private void oneInFlight(Subscription s, PublishAnswer answer) {
        if (answer.content().isEmpty()) {
            return;
        }
        if (s.requestsSince == 0
                && s.unacknowledged.contains(s.dataNumber)
                && now() - s.dataSentAt < world.knobs.limits.inFlightNanos()) {
            throw new Violation("S20", "two messages in flight in subscription " + s.id + ": " + answer);
        }
        s.dataSentAt = now();
        s.dataNumber = answer.sequenceNumber();
        s.requestsSince = 0;
    }

    /** Keep-alives go on whatever the members do (S12, S20). */
    private void keepAliveInTime(Subscription s, long parkedSince) {
        if (parkedSince == Long.MAX_VALUE || world.lastPauseEnd() > now() - 60 * SECOND) {
            return;
        }
        long quiet = now() - Math.max(parkedSince, s.quietSince);
        long due = (s.settings.keepAliveCount() + 1) * s.settings.publishingNanos();
        if (quiet > due + world.knobs.limits.inFlightNanos() + 50 * MS) {
            throw new Violation("I11", "subscription " + s.id + " said nothing for " + quiet / MS + " ms");
        }
    }

    void subscriptionEnded(ModelSession session, int id) {
        Client c = client(session);
        Subscription s = c.subscriptions.remove(id);
        if (s == null) {
            throw new Violation("S20", "subscription " + id + " ends, which is not there");
        }
        c.ended.put(id, s);
        long alive = Math.max(c.unparkedSince == Long.MAX_VALUE ? now() : c.unparkedSince, s.touchedAt);
        long lifetime = s.settings.lifetimeCount() * s.settings.publishingNanos();
        // An interval that a pause of our own made late ends right after the request that it should have found.
        long late = world.lastPauseEnd() >= alive - MS ? s.settings.publishingNanos() : 0;
        if (now() - alive < lifetime - s.settings.publishingNanos() - late - MS) {
            throw new Violation("S20", "subscription " + id + " ends before its lifetime is over");
        }
    }

    void republished(ModelSession session, int id, long number, @Nullable PublishAnswer kept) {
        Subscription s = client(session).subscriptions.get(id);
        if (s == null) {
            return;
        }
        s.touchedAt = now();
        List<PublishAnswer.Content> sent = s.sent.get(number);
        if (kept == null) {
            if (s.unacknowledged.contains(number)) {
                throw new Violation("S20", "message " + number + " is not acknowledged and not kept");
            }
        } else if (kept.sequenceNumber() != number || number >= s.nextNumber) {
            throw new Violation("S20", "asked for message " + number + ", got " + kept.sequenceNumber());
        } else if (sent != null && !sent.equals(kept.content())) {
            throw new Violation("S20", "message " + number + " is repeated with other content");
        }
    }

    void gap(ModelSession session, DeliveryOutput.Gap gap) {
        Subscription s = client(session).subscriptions.get(gap.subscription());
        if (s == null) {
            return;
        }
        for (int id : gap.items()) {
            Item i = s.items.get(id);
            if (i != null) {
                i.gapsRecorded++;
                if (i.gapsRecorded >= i.gapsMarked) {
                    i.gapOwedSince = Long.MAX_VALUE;
                }
            }
        }
    }

    // ---- values

    private void value(Client c, Subscription s, Sample sample, boolean mark) {
        if (sample.run != null && sample.run.item.id() != sample.item) {
            throw new Violation("I6", sample + " is a value of another item");
        }
        Item item = s.items.get(sample.item);
        if (item == null) {
            if (sample.run != null && sample.run.subscription != s.id) {
                throw new Violation("I6", sample + " is not an item of subscription " + s.id);
            }
            // Removed by the client while it waited.
            return;
        }
        if (sample.run == null) {
            own(item, sample);
            return;
        }
        delivered++;
        marked += mark ? 1 : 0;
        if (gap < 0 && now() > faultAt && item.def.nanosOf(sample.tick) > faultAt) {
            gap = now() - faultAt;
        }
        invented(c, s, item, sample);
        if (sample.run != null && sample.sourceTime != sample.run.stampOf(sample.tick)) {
            throw new Violation("I8", "the source time is not the member's: " + sample);
        }
        if (item.outage && item.toldOwn && item.outagesTold == item.outages) {
            throw new Violation("I5", "a member's value after the outage was told, and none serves: " + sample);
        }
        rightSide(c, s, item, sample);
        backlog(c, sample);
        Sample last = item.last;
        if (last != null) {
            order(item, last, sample, mark);
            continuity(s, item, last, sample, mark);
        } else if (mark && !sample.overflow && item.gapsRecorded == 0 && !isTrimmed(s, item)) {
            throw new Violation("I4", "the first value of " + item.def + " is marked for no reason");
        }
        quota(s, item, sample);
        item.last = sample;
        item.outagesAtLast = item.outages;
        item.newest = Math.max(item.newest, sample.tick);
        item.switches = 0;
        item.toldOwn = false;
    }

    /**
     * S19: of each interval the client gets what its own queue would have kept, however long the member's is. A member's
     * intervals lie anywhere, so two of them may meet in one of the plant's, and at a switch two of each member.
     */
    private void quota(Subscription s, Item item, Sample sample) {
        long publishing = s.settings.publishingNanos();
        long interval = Math.floorDiv(item.def.nanosOf(sample.tick), publishing);
        if (item.def.kind() == ItemDef.Kind.STATIC
                || interval != item.quotaInterval
                || now() < item.oneUntil
                || now() - s.modifiedAt < 30 * SECOND) {
            item.quotaInterval = interval;
            item.quotaTaken = 1;
            return;
        }
        if (++item.quotaTaken > 4 * item.wanted.queueSize) {
            throw new Violation(
                    "S19",
                    item.quotaTaken + " values of one interval for a queue of " + item.wanted.queueSize + ": "
                            + item.def);
        }
    }

    /** Tandem's own statuses: known codes, at the right time, once. */
    private void own(Item item, Sample sample) {
        ownTold++;
        switch (sample.status) {
            case ItemDef.BAD_NO_COMMUNICATION -> {
                if (item.outageSince == 0) {
                    throw new Violation("I6", "Bad_NoCommunication without an outage, " + item.def);
                }
                outagesTold++;
                if (++item.outagesTold > item.outages) {
                    throw new Violation("S12", "Bad_NoCommunication twice in one outage, " + item.def);
                }
            }
            case ItemDef.BAD_NODE_ID_UNKNOWN -> {
                if (item.def.missingAt() < 0) {
                    throw new Violation("S10", "both members have it, and it is told to be missing: " + item.def);
                }
                item.untoldSince = Long.MAX_VALUE;
                if (--item.missingOwed < 0) {
                    throw new Violation("S10", "told twice that it is missing: " + item.def);
                }
            }
            default -> throw new Violation("I6", "a status of nobody: " + sample);
        }
        item.toldOwn = true;
        item.lastOwnWasOutage = sample.status == ItemDef.BAD_NO_COMMUNICATION;
    }

    private static void invented(Client c, Subscription s, Item item, Sample sample) {
        Run run = sample.run;
        if (run == null
                || !run.item.equals(item.def)
                || run.session != c.session.id
                || run.subscription != s.id
                || !run.wasSent(sample.tick)
                || sample.value != item.def.value(sample.tick)
                || sample.status != item.def.status(sample.tick)
                || sample.arrivedAt == Long.MAX_VALUE) {
            throw new Violation("I6", "no member ever reported " + sample);
        }
    }

    /**
     * Only the stream of a member that was active when or after the value came (I2, I7, S8); or, of members in lockstep,
     * the standby's while the active is silent.
     */
    private void rightSide(Client c, Subscription s, Item item, Sample sample) {
        Run run = sample.run;
        if (run == null || run.member == c.active) {
            s.isLed = false;
            item.ledFirst = false;
            return;
        }
        for (Service service : c.services) {
            if (service.member == run.member && sample.arrivedAt <= service.to) {
                return;
            }
        }
        // An item that the client has nothing of yet can begin with any member.
        item.ledFirst |= item.last == null;
        boolean isSilent = c.active != Route.NONE && s.isSilent(c.active, now());
        if ((item.def.lockstep() || item.ledFirst) && (s.isLed || s.silentUntil >= sample.arrivedAt || isSilent)) {
            led += s.isLed ? 0 : 1;
            s.isLed = true;
            return;
        }
        throw new Violation("I7", sample + " is delivered, but member " + run.member + " was not active then or after");
    }

    private void order(Item item, Sample last, Sample sample, boolean mark) {
        if (item.toldOwn) {
            // The first value after an outage comes whatever its time, but the clock of a plant does not run backwards:
            // only a server that stands still tells what is older than what the client had before, and then with a
            // mark.
            if (item.def.lockstep() && sample.tick < last.tick && !(isFrozen(sample) && mark)) {
                throw new Violation("I7", "old after new: " + sample + " after " + last + ", " + item.def);
            }
            return;
        }
        boolean sameRun = sample.run == last.run;
        boolean strict = item.def.lockstep() || sameRun || !world.clocksDiffer;
        // Another server's stamp of the same state is told again only together with the doubt.
        boolean restamped = !item.def.lockstep() && mark && sample.sourceTime != last.sourceTime;
        // Tandem's own Bad value stood between the two, and gave way to the bound of what waits: the mark tells of it.
        boolean outageGaveWay = mark && !world.knobs.wideLimits() && item.outages > item.outagesAtLast;
        if (sample.tick == last.tick
                && (strict || sample.sourceTime == last.sourceTime)
                && !restamped
                && !outageGaveWay) {
            throw new Violation("S17", "delivered twice: " + sample + " after " + last + ", " + item.def);
        }
        // A member that says nothing newer for the time of a bridge has said its last word (I8).
        boolean lastWord = mark && sample.nextArrivedAt - sample.arrivedAt >= world.knobs.limits.bridgeNanos() - SECOND;
        // A server that stands still for longer than clocks may differ and be compared has, for all that anybody can
        // know,
        // another clock: its newest value is told at once, in doubt (I8).
        boolean otherClock = mark && last.sourceTime - sample.sourceTime > COMPARABLE_TICKS && isNewest(sample);
        if (sample.tick < last.tick && strict && !lastWord && !otherClock) {
            throw new Violation("I7", "old after new: " + sample + " after " + last + ", " + item.def);
        }
    }

    /** Its run had nothing newer to say when it came. */
    private static boolean isNewest(Sample sample) {
        return sample.nextArrivedAt > sample.arrivedAt;
    }

    /** A server whose items do not move any more tells an old value as its newest. */
    private static boolean isFrozen(Sample sample) {
        Run run = sample.run;
        return run != null && sample.tick == run.firstTick && run.firstTick < run.item.tickAt(run.createdAt);
    }

    private void continuity(Subscription s, Item item, Sample last, Sample sample, boolean mark) {
        Run run = sample.run;
        Run before = last.run;
        boolean aliased = item.def.toggles() && (item.wanted.queueSize == 1 || now() < item.oneUntil);
        if (run == null || before == null || item.def.kind() == ItemDef.Kind.STATIC || aliased) {
            return;
        }
        boolean missed = false;
        boolean mustSay = false;
        long first = -1;
        for (long tick = Math.max(last.tick, item.newest) + 1; tick < sample.tick; tick++) {
            if (isExcused(s, item, run, last, tick, sample)) {
                continue;
            }
            missed = true;
            first = first < 0 ? tick : first;
            mustSay |= !run.wasDiscarded(tick) || sample.overflow || run != before;
        }
        boolean clean = isClean(item, before, run, last, sample);
        if (missed && clean && !isTrimmed(s, item)) {
            throw new Violation(
                    "S17",
                    "the standby had it, and it is lost: " + item.def + " from " + last + " to " + sample
                            + (mark ? ", marked" : ", not even marked"));
        }
        if (mustSay && !mark && !item.toldOwn) {
            throw new Violation(
                    "I4", "lost in silence: " + item.def + " from " + last + " to " + sample + ", at least " + first);
        }
        if (mark && !sample.overflow && sample.tick == last.tick + 1) {
            // Where in a report a hole lies cannot be told from its Overflow bit for sure: servers differ.
            long report = 64 + 2L * item.wanted.queueSize;
            boolean unproven =
                    (run != before && !clean) || item.switches > 1 || anyDiscarded(run, last.tick, last.tick + report);
            if (!unproven && item.def.lockstep() && !item.toldOwn) {
                throw new Violation("I4", "marked, but nothing is missing: " + item.def + " " + last + " " + sample);
            }
        }
        boolean owes = mark && !sample.overflow && run != before && !clean && !isTrimmed(s, item);
        if (owes && ++item.gapsMarked > item.gapsRecorded) {
            item.gapOwedSince = Math.min(item.gapOwedSince, now());
        }
        if (run != before && run.member != before.member) {
            bridged++;
        }
    }

    /** This change was not to be had from this member, or its queue of one was overwritten as the client asked. */
    private boolean isExcused(Subscription s, Item item, Run run, Sample last, long tick, Sample next) {
        if (tick < run.firstTick) {
            return false;
        }
        if (!run.wasSampled(tick)) {
            // Nobody can know of it, unless by this: the member does not know what the client has already. Of a queue
            // of one
            // it need not know that, but then something newer of about the same interval, which may be cut for the
            // newest.
            long since = item.def.nanosOf(next.tick) - item.def.nanosOf(last.tick);
            return run == last.run
                    || run.wasSampled(last.tick)
                    || (item.wanted.queueSize == 1 && since <= 3 * s.publishingOf(now()));
        }
        if (item.def.toggles() && item.def.equal(tick, last.tick)) {
            // An equal value is not a change.
            return true;
        }
        if (item.wanted.queueSize > 1 && now() > item.oneUntil) {
            return false;
        }
        if (run.wasDiscarded(tick)) {
            return !next.overflow;
        }
        if (!item.def.lockstep() && world.clocksDiffer) {
            // Two clocks cannot be compared; a queue of one promises the newest value, a bridge later at the latest.
            return next.tick - tick <= 2 + world.knobs.limits.bridgeNanos() / item.def.period();
        }
        // A parked queue is cut to the client's, which keeps the newest of each publishing interval.
        return world.knobs.mode == Mode.WARM && next.tick - tick <= 1 + s.publishingOf(now()) / item.def.period();
    }

    /** Warm: a direct subscription with the client's queue would lose these as well, and say so. */
    private boolean isTrimmed(Subscription s, Item item) {
        int queue = now() <= item.smallUntil ? Math.min(item.smallQueue, item.wanted.queueSize) : item.wanted.queueSize;
        return world.knobs.mode == Mode.WARM
                && queue * item.def.period() < s.settings.publishingNanos() + item.def.period();
    }

    /** The switch between these two runs can be proven to be without a hole, so there must be neither loss nor mark. */
    private boolean isClean(Item item, Run before, Run run, Sample last, Sample sample) {
        return run != before
                && !item.toldOwn
                && world.knobs.mode != Mode.COLD
                && world.knobs.wideLimits()
                && item.def.kind() == ItemDef.Kind.COUNTER
                && run.started()
                && run.wasSent(last.tick)
                && !sample.overflow
                && now() - item.def.nanosOf(last.tick + 1) < world.knobs.limits.ringNanos() - SECOND
                && !anyDiscarded(run, last.tick, sample.tick);
    }

    private static boolean anyDiscarded(Run run, long after, long before) {
        for (long tick = after + 1; tick < before; tick++) {
            if (run.wasDiscarded(tick)) {
                return true;
            }
        }
        return false;
    }

    /** I9: what waits for a client never exceeds the bound. */
    private void backlog(Client c, Sample sample) {
        var times = c.backlog.descendingIterator();
        while (times.hasNext()) {
            long[] message = times.next();
            if (message[0] < sample.arrivedAt) {
                break;
            }
            // One more message of the largest size may be in the making.
            if (++message[1] * SimBatch.BYTES_EACH > world.knobs.limits.queuedBytesMax() + 100 * SimBatch.BYTES_EACH) {
                throw new Violation("I9", message[1] + " values waited for a client at once");
            }
        }
    }

    // ---- the end

    /** Every mark of ours has its record, once the switch is over for all items (I4). */
    void checkGaps() {
        if (world.host.paused()) {
            return;
        }
        for (Client c : clients.values()) {
            for (Subscription s : c.subscriptions.values()) {
                long patience = Math.max(world.knobs.limits.bridgeNanos(), 3 * s.settings.publishingNanos()) + SECOND;
                for (Item i : s.items.values()) {
                    if (i.gapOwedSince != Long.MAX_VALUE
                            && c.active != Route.NONE
                            && now() - Math.max(world.lastPauseEnd(), Math.max(i.gapOwedSince, c.activeSince))
                                    > patience) {
                        throw new Violation("I4", "marked without a record of the gap: " + i.def);
                    }
                }
            }
        }
    }

    /** What a client must get while its member serves and its link seems to be in order (I5, S10). */
    void checkPromises() {
        for (Client c : clients.values()) {
            if (c.active == Route.NONE
                    || !listens(c)
                    || world.host.paused()
                    || !c.session.link(c.active).isReady()) {
                c.readySince = Long.MAX_VALUE;
                continue;
            }
            c.readySince = Math.max(Math.min(c.readySince, now()), Math.max(c.listensSince, world.lastPauseEnd()));
            for (Subscription s : c.subscriptions.values()) {
                if (s.settings.publishingEnabled()) {
                    checkStale(c, s);
                    checkMissing(c, s);
                }
            }
        }
    }

    /** A link on which nothing comes is given up, and the client hears of the plant again. */
    private void checkStale(Client c, Subscription s) {
        long bridge = Math.max(world.knobs.limits.bridgeNanos(), 3 * s.settings.publishingNanos());
        long patience = c.session.link(c.active).silenceMax() + SECOND;
        // What waited for the client comes first, and the client decides how fast.
        long since = Math.max(Math.max(c.readySince, Math.max(s.modifiedAt, s.moreAt)), c.activeSince + bridge);
        long quiet = world.checker.decisions.quietSince(c.active);
        if (!world.knobs.wideLimits() || now() - Math.max(since, quiet) < patience) {
            return;
        }
        for (Item i : s.items.values()) {
            Sample last = i.last;
            if (last != null
                    && i.def.missingAt() < 0
                    && i.def.kind() != ItemDef.Kind.STATIC
                    && i.def.nanosOf(last.tick + 1) < now() - patience - allowance(s, i)) {
                throw new Violation(
                        "I5",
                        "stale for " + (now() - i.def.nanosOf(last.tick + 1)) / MS + " ms: " + last + ", " + i.def
                                + ", session " + c.session.id);
            }
        }
    }

    private void checkMissing(Client c, Subscription s) {
        for (Item i : s.items.values()) {
            long patience = 2 * s.settings.publishingNanos() + 2 * SECOND;
            if (i.untoldSince != Long.MAX_VALUE
                    && now() - Math.max(i.untoldSince, Math.max(c.readySince, Math.max(s.modifiedAt, s.moreAt)))
                            > patience
                    && world.knobs.wideLimits()) {
                throw new Violation("S10", "the client was not told that the member lacks it: " + i.def);
            }
        }
    }

    /** The relay says that every session is at this member, and ready to go on there (S14). */
    void checkMoved(int member) {
        for (Client c : clients.values()) {
            if (c.active != member) {
                throw new Violation("S14", "session " + c.session.id + " counts as moved, and is not there");
            }
            if (c.session.link(member).isParked()) {
                throw new Violation("S14", "session " + c.session.id + " counts as moved, and is still parked there");
            }
        }
    }

    /** Each outage that lasts long enough was told once to each item whose client listens. */
    void checkOutage() {
        if (world.host.paused() || world.lastPauseEnd() > now() - 10 * SECOND) {
            return;
        }
        for (Client c : clients.values()) {
            if (c.active != Route.NONE || c.parkedSince == Long.MAX_VALUE) {
                continue;
            }
            for (Subscription s : c.subscriptions.values()) {
                long patience = 2 * s.settings.publishingNanos() + 2 * SECOND;
                for (Item i : s.items.values()) {
                    // What waited before it comes first, and the client decides how fast.
                    if (s.settings.publishingEnabled()
                            && i.outage
                            && !(i.toldOwn && i.lastOwnWasOutage)
                            && now() - Math.max(i.outageSince, s.moreAt) > patience
                            && now() - c.parkedSince > patience) {
                        throw new Violation("S12", "the client was not told of the outage: " + i.def);
                    }
                }
            }
        }
    }

    /** Whether every client has fresh Good values; throws nothing. */
    @Nullable
    String whatIsMissing() {
        for (Client c : clients.values()) {
            for (Subscription s : c.subscriptions.values()) {
                for (Item i : s.items.values()) {
                    String missing = missing(c, s, i);
                    if (missing != null) {
                        return missing;
                    }
                }
            }
        }
        return null;
    }

    private @Nullable String missing(Client c, Subscription s, Item i) {
        if (i.def.missingAt() == c.active) {
            return null;
        }
        Sample last = i.last;
        if (last == null || i.toldOwn) {
            return "no value of " + i.def + " since " + (last == null ? "ever" : "the outage") + ", session "
                    + c.session.id;
        }
        if (i.def.kind() == ItemDef.Kind.STATIC) {
            return null;
        }
        long due = i.def.tickAt(now() - allowance(s, i));
        return last.tick >= due
                ? null
                : "the newest value of " + i.def + " is " + last + ", due is " + due + ", session " + c.session.id
                        + " on member " + c.active;
    }

    private long allowance(Subscription s, Item i) {
        return 2 * s.settings.publishingNanos()
                + 2 * i.def.period()
                + 4 * (world.knobs.delay + world.knobs.jitter)
                + 2 * world.knobs.clientThink * (1 + s.items.size())
                + 2 * world.knobs.limits.inFlightNanos()
                + SECOND;
    }

    /** A fault begins now: the gap is the time from here to the first value that is younger. */
    void faultBegins() {
        faultAt = now();
    }

    /** What a run exercised: a run in which nothing happens proves nothing. @param gap after the fault, -1 = none seen */
    record Tally(long values, long marked, long bridged, long led, long outagesTold, long gap) {}

    Tally tally() {
        return new Tally(delivered, marked, bridged, led, outagesTold, gap);
    }

    Set<Integer> sessions() {
        Set<Integer> ids = new HashSet<>();
        clients.keySet().forEach(s -> ids.add(s.id));
        return ids;
    }

    @Override
    public String toString() {
        return "values " + delivered + " marked " + marked + " bridged " + bridged + " own " + ownTold;
    }
}
