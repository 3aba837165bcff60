package org.tandemopc.relay.delivery;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions of one client session: what the members report goes in, Publish answers come out (OPC UA Part 4,
 * 5.14; the same engine serves OPC DA's callbacks). One owner; no locks. All times are monotonic nanoseconds given by
 * the caller, never falling.
 *
 * <p>Publishing follows five rules, each against a way in which clients were seen to lose or repeat values: one data
 * message in flight per subscription; only numbers that were sent are listed as available; an acknowledged message is
 * kept a little longer; answers leave in the order of this object's calls; members' messages come in their own order.
 */
public final class SessionDelivery {
    private static final int ENDINGS_MAX = 100;
    /** Of messages kept for Republish: a client that never acknowledges takes no more, whatever their number. */
    static final long KEPT_BYTES_MAX = 64L << 20;

    private DeliveryLimits limits;
    private final DeliveryOutput output;
    private final Map<Integer, SubscriptionDelivery> subscriptions = new LinkedHashMap<>();
    private final IntTable<Item> items = new IntTable<>();
    private final ArrayDeque<Parked> parked = new ArrayDeque<>();
    private final ArrayDeque<Ending> endings = new ArrayDeque<>();
    private int active = -1;
    private boolean held;
    private boolean clientReads = true;
    private long sendOrder;
    private boolean closed;

    // Counted by the subscriptions.
    long queuedBytes;
    /** Of messages that were sent and are kept for Republish. */
    long keptBytes;
    /** What waits is more than the bound and nothing but one value per item: found so when it was so many bytes. */
    private long newestBytes;

    long ringBytes;
    long delivered;
    long bridged;
    long dropped;

    private record Parked(PublishRequest request, List<PublishAnswer.AckResult> results) {}

    private record Ending(SubscriptionDelivery subscription, boolean timedOut) {}

    public SessionDelivery(DeliveryLimits limits, DeliveryOutput output) {
        this.limits = limits;
        this.output = output;
    }

    /** Other limits from now on; what waits is measured by them when the next thing comes. */
    public void limits(DeliveryLimits now) {
        limits = now;
    }

    DeliveryLimits limits() {
        return limits;
    }

    DeliveryOutput output() {
        return output;
    }

    /** The member that the decision names, -1 before there was one. */
    int active() {
        return active;
    }

    @Nullable
    Item item(int id) {
        return items.get(id);
    }

    // ---- the client's side

    public void createSubscription(int subscription, SubscriptionSettings settings, long nowNanos) {
        SubscriptionDelivery made = new SubscriptionDelivery(subscription, settings, nowNanos);
        made.begin(active, held);
        subscriptions.put(subscription, made);
    }

    /** Ignored for a subscription that is not (any longer) here. */
    public void modifySubscription(int subscription, SubscriptionSettings settings, long nowNanos) {
        SubscriptionDelivery known = subscriptions.get(subscription);
        if (known != null) {
            known.modify(settings, nowNanos);
            dispatch(nowNanos);
        }
    }

    public void deleteSubscription(int subscription, long nowNanos) {
        SubscriptionDelivery gone = subscriptions.remove(subscription);
        if (gone != null) {
            forget(gone);
            dispatch(nowNanos);
        }
    }

    private void forget(SubscriptionDelivery gone) {
        gone.leave(this);
        for (int id : List.copyOf(gone.items.keySet())) {
            items.remove(id);
        }
    }

    /** An item was added; its values may come before or after this call returns to the client. */
    public void addItem(int subscription, int item, ItemSettings settings) {
        SubscriptionDelivery of = subscriptions.get(subscription);
        if (of != null) {
            Item made = new Item(item, of, settings);
            of.items.put(item, made);
            items.put(item, made);
        }
    }

    public void modifyItem(int item, ItemSettings settings) {
        Item known = items.get(item);
        if (known != null) {
            // What a queue that gave up its newest has reported is still on its way, or waits in a ring.
            known.settings = settings.discardingOldest(known.settings.discardsOldest() && settings.discardsOldest());
        }
    }

    public void removeItem(int item) {
        Item gone = items.remove(item);
        if (gone != null) {
            gone.subscription.itemRemoved(this, gone);
        }
    }

    public void publish(PublishRequest request, long nowNanos) {
        if (closed) {
            output.refuse(request.token(), DeliveryOutput.PublishRefusal.SESSION_CLOSED);
            return;
        }
        List<PublishAnswer.AckResult> results = new ArrayList<>();
        for (PublishRequest.Acknowledgement a : request.acknowledgements()) {
            SubscriptionDelivery of = subscriptions.get(a.subscription());
            results.add(
                    of == null
                            ? PublishAnswer.AckResult.SUBSCRIPTION_UNKNOWN
                            : of.acknowledge(a.sequenceNumber(), this));
        }
        if (subscriptions.isEmpty() && endings.isEmpty()) {
            output.refuse(request.token(), DeliveryOutput.PublishRefusal.NO_SUBSCRIPTION);
            return;
        }
        parked.addLast(new Parked(request, results));
        subscriptions.values().forEach(SubscriptionDelivery::touch);
        if (parked.size() > limits.publishRequestsMax()) {
            output.refuse(
                    parked.removeFirst().request().token(), DeliveryOutput.PublishRefusal.TOO_MANY_PUBLISH_REQUESTS);
        }
        dispatch(nowNanos);
    }

    /** A client called a service with this subscription's id: its lifetime starts anew. */
    public void touch(int subscription, long nowNanos) {
        SubscriptionDelivery of = subscriptions.get(subscription);
        if (of != null) {
            of.touch();
        }
    }

    /** @return the message kept under this number, or null (Bad_MessageNotAvailable) */
    public @Nullable PublishAnswer republish(int subscription, long sequenceNumber, long nowNanos) {
        SubscriptionDelivery of = subscriptions.get(subscription);
        if (of == null) {
            return null;
        }
        of.touch();
        return of.republish(sequenceNumber);
    }

    /**
     * Whether the client takes what it is sent. While it does not, its Publish requests wait, however many there are, and
     * so do the values, where their bounds hold; no lifetime ends, whatever it asked for may not have been read.
     */
    public void clientReads(boolean reads, long nowNanos) {
        clientReads = reads;
        dispatch(nowNanos);
    }

    /**
     * The client is gone: its parked requests are refused, so that no message is spent on them and the lifetime of its
     * subscriptions, which may be taken over by another session, runs out.
     */
    public void clientGone() {
        refuseParked(DeliveryOutput.PublishRefusal.SESSION_CLOSED);
    }

    /**
     * The client's connection is gone, and the client may come back on another one: its parked requests are refused. A
     * message spent on them later, after the client has asked for those that it missed, would be missed by itself.
     */
    public void connectionLost() {
        refuseParked(DeliveryOutput.PublishRefusal.CONNECTION_LOST);
    }

    private void refuseParked(DeliveryOutput.PublishRefusal why) {
        while (!parked.isEmpty()) {
            output.refuse(parked.removeFirst().request().token(), why);
        }
    }

    /** Refuses all parked requests and forgets everything. */
    public void close() {
        closed = true;
        clientGone();
        subscriptions.values().forEach(this::forget);
        subscriptions.clear();
        endings.clear();
    }

    /**
     * Takes a subscription out, for a transfer to another session; parked requests stay here, and the client of this
     * session is told (Part 4, 5.14.7).
     *
     * @throws IllegalArgumentException if there is no such subscription
     */
    public SubscriptionDelivery extract(int subscription, long nowNanos) {
        SubscriptionDelivery taken = subscriptions.remove(subscription);
        if (taken == null) {
            throw new IllegalArgumentException("no subscription " + subscription);
        }
        forget(taken);
        end(taken.farewell(nowNanos), false);
        dispatch(nowNanos);
        return taken;
    }

    public void adopt(SubscriptionDelivery subscription, long nowNanos) {
        subscriptions.put(subscription.id, subscription);
        for (Item item : subscription.items.values()) {
            items.put(item.id, item);
        }
        subscription.join(this, active, held, nowNanos);
        dispatch(nowNanos);
    }

    // ---- the members' side

    /**
     * The item was created at the member, now: its run begins. Its first value is an initial value, not a change.
     *
     * @param parked created with publishing off and a long queue (warm): nothing comes before the flush
     */
    public void runStarted(int member, int subscription, int item, boolean parked, long nowNanos) {
        Item known = items.get(item);
        if (known != null && known.subscription.id == subscription) {
            known.subscription.runStarted(member, known, parked, nowNanos);
        }
    }

    /**
     * The member's subscription goes on with publishing off and long queues (warm): what its items report next is a burst
     * of all that happened since.
     */
    public void runsParked(int member, int subscription) {
        SubscriptionDelivery of = subscriptions.get(subscription);
        if (of != null) {
            of.runsParked(member);
        }
    }

    /** The member's subscription publishes again: what it says from now on is no keep-alive of the time before. */
    public void runsUnparked(int member, int subscription) {
        SubscriptionDelivery of = subscriptions.get(subscription);
        if (of != null) {
            of.runsUnparked(member);
        }
    }

    /**
     * The member's queue of the item is longer than the client's (warm), or is the client's own again. A run that starts
     * parked begins with a long one. The shell tells of a longer queue before it asks the member for it, and of the client's
     * own after the member has answered: in between, values of either may come.
     */
    public void queueIsLong(int member, int item, boolean isLong) {
        Item known = items.get(item);
        if (known != null) {
            known.subscription.queueIsLong(member, known, isLong);
        }
    }

    /** The member's subscription is lost or lost a message: runs of all its items end. */
    public void runsEnded(int member, int subscription, long nowNanos) {
        SubscriptionDelivery of = subscriptions.get(subscription);
        if (of != null) {
            of.runsEnded(this, member, nowNanos);
        }
    }

    /**
     * These items were deleted at the member, which has answered, to be made anew in the subscription, which goes on: their
     * runs end. What their queues held is lost, so what the new ones say first is continuous only if it proves to be. The
     * shell hands in nothing more of the old ones: here it would look like the new ones' first words.
     *
     * @param items others' and unknown ones are ignored
     */
    public void runsEnded(int member, int subscription, Set<Integer> items, long nowNanos) {
        SubscriptionDelivery of = subscriptions.get(subscription);
        if (of != null) {
            of.runsEnded(this, member, items, nowNanos);
        }
    }

    /** Values of one data-change or event message of the member, messages already in the member's own order. */
    public void values(int member, int subscription, ValueBatch batch, long nowNanos) {
        SubscriptionDelivery of = subscriptions.get(subscription);
        if (of == null) {
            dropped += batch.size();
            return;
        }
        of.values(this, member, batch, nowNanos);
        dispatch(nowNanos);
    }

    /** The member's keep-alive: it had nothing to report up to now. */
    public void keepAlive(int member, int subscription, long nowNanos) {
        SubscriptionDelivery of = subscriptions.get(subscription);
        if (of != null) {
            of.keepAlive(this, member, nowNanos);
        }
    }

    /** Values that Tandem itself makes: own nodes, a Bad status for items that one member lacks. */
    public void ownValues(int subscription, ValueBatch batch, long nowNanos) {
        SubscriptionDelivery of = subscriptions.get(subscription);
        if (of != null) {
            of.ownValues(this, batch);
        }
    }

    /** The same, at once: a Bad status of Tandem's own must not follow the Good one of a member that comes soon after. */
    public void ownValuesNow(int subscription, ValueBatch batch, long nowNanos) {
        SubscriptionDelivery of = subscriptions.get(subscription);
        if (of != null) {
            of.ownValuesNow(this, batch);
            dispatch(nowNanos);
        }
    }

    /**
     * Whether the client is to be given the item's value even if it does not change: it was told one of Tandem's own
     * last, or asked for the current ones.
     */
    public boolean owesValue(int item) {
        Item known = items.get(item);
        return known != null && known.reset;
    }

    /** The client wants the current value of every item of which none is on its way (Part 4, 5.14.7). */
    public void owe(int subscription) {
        SubscriptionDelivery of = subscriptions.get(subscription);
        if (of != null) {
            of.owe();
        }
    }

    // ---- the switch

    /** From now on nothing of the active is delivered. */
    public void hold(long nowNanos) {
        held = true;
        subscriptions.values().forEach(SubscriptionDelivery::hold);
    }

    /** The member is the active now: bridge from what the client has seen to what this member reports. */
    public void activate(int member, long epoch, long nowNanos) {
        active = member;
        held = false;
        for (SubscriptionDelivery subscription : subscriptions.values()) {
            subscription.activate(this, member, nowNanos);
        }
        dispatch(nowNanos);
    }

    /**
     * No member is usable: the given Bad values are delivered, one per item; the first value of each item afterwards is
     * delivered whatever its time.
     */
    public void strand(int subscription, ValueBatch badValues, long nowNanos) {
        held = true;
        SubscriptionDelivery of = subscriptions.get(subscription);
        if (of != null) {
            of.strand(this, badValues);
            dispatch(nowNanos);
        }
    }

    // ---- sending

    /** Answers Publish requests as long as there is one and something to say. */
    private void dispatch(long nowNanos) {
        while (clientReads && !parked.isEmpty()) {
            if (!endings.isEmpty()) {
                Ending ending = endings.removeFirst();
                Parked request = parked.removeFirst();
                output.answer(
                        request.request().token(),
                        ending.subscription().sendStatusChange(ending.timedOut(), request.results()));
                continue;
            }
            SubscriptionDelivery next = mostUrgent(nowNanos);
            if (next == null) {
                break;
            }
            int before = parked.size();
            Parked request = parked.removeFirst();
            next.lastSentOrder = ++sendOrder;
            output.answer(request.request().token(), next.send(request.results(), before, this, nowNanos));
        }
        if (subscriptions.isEmpty()) {
            while (!parked.isEmpty()) {
                output.refuse(parked.removeFirst().request().token(), DeliveryOutput.PublishRefusal.NO_SUBSCRIPTION);
            }
        }
    }

    /** By priority, then the one that waited longest. */
    private @Nullable SubscriptionDelivery mostUrgent(long nowNanos) {
        SubscriptionDelivery best = null;
        for (SubscriptionDelivery s : subscriptions.values()) {
            if (s.wantsToSend(parked.size(), nowNanos, limits.inFlightNanos())
                    && (best == null
                            || s.settings.priority() > best.settings.priority()
                            || (s.settings.priority() == best.settings.priority()
                                    && s.lastSentOrder < best.lastSentOrder))) {
                best = s;
            }
        }
        return best;
    }

    private void end(SubscriptionDelivery gone, boolean timedOut) {
        if (endings.size() < ENDINGS_MAX) {
            endings.addLast(new Ending(gone, timedOut));
        }
    }

    /** The bound on what waits for the client: the longest queue gives way first. */
    void boundQueues() {
        long bound = limits.queuedBytesMax();
        if (queuedBytes <= bound) {
            newestBytes = 0;
            return;
        }
        if (queuedBytes <= newestBytes + newestBytes / 8) {
            return;
        }
        List<SubscriptionDelivery> able = new ArrayList<>(subscriptions.values());
        while (queuedBytes > bound && !able.isEmpty()) {
            SubscriptionDelivery longest = able.getFirst();
            for (SubscriptionDelivery s : able) {
                longest = s.queuedBytes() > longest.queuedBytes() ? s : longest;
            }
            if (!longest.giveWay(this, queuedBytes - bound)) {
                able.remove(longest);
            }
        }
        newestBytes = queuedBytes > bound ? queuedBytes : 0;
    }

    // ---- time

    /** When {@link #tick} must be called next; {@link Long#MAX_VALUE} = not before something else happens. */
    public long nextTickNanos() {
        long next = Long.MAX_VALUE;
        for (SubscriptionDelivery s : subscriptions.values()) {
            next = Math.min(next, s.nextPublishNanos);
            next = Math.min(next, s.bridgeTickNanos());
            next = Math.min(next, s.leadTickNanos());
            if (clientReads && !parked.isEmpty()) {
                next = Math.min(next, s.inFlightUntilNanos(limits.inFlightNanos()));
            }
        }
        for (Parked p : parked) {
            next = Math.min(next, p.request().deadlineNanos());
        }
        return next;
    }

    public void tick(long nowNanos) {
        if (closed) {
            return;
        }
        refuseLate(nowNanos);
        boolean served = !parked.isEmpty() || !clientReads;
        for (SubscriptionDelivery s : List.copyOf(subscriptions.values())) {
            s.bridgeTick(this, nowNanos);
            s.leadTick(this, nowNanos);
            if (nowNanos >= s.nextPublishNanos && !s.interval(this, served, nowNanos)) {
                subscriptions.remove(s.id);
                forget(s);
                end(s, true);
                output.subscriptionEnded(s.id);
            }
        }
        dispatch(nowNanos);
    }

    private void refuseLate(long nowNanos) {
        for (Parked p : List.copyOf(parked)) {
            if (nowNanos >= p.request().deadlineNanos()) {
                parked.remove(p);
                output.refuse(p.request().token(), DeliveryOutput.PublishRefusal.TIMEOUT);
            }
        }
    }

    // ---- figures

    /** Values queued for the client since the beginning. */
    public long delivered() {
        return delivered;
    }

    /** Of these, values out of a standby's ring. */
    public long bridged() {
        return bridged;
    }

    /** Values not delivered: seen before, late, beyond a bound. */
    public long dropped() {
        return dropped;
    }

    public int itemCount() {
        return items.size();
    }
}
