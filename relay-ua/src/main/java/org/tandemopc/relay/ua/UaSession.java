package org.tandemopc.relay.ua;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import io.netty.channel.EventLoop;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.milo.opcua.stack.core.AttributeId;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.UaRuntimeException;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.BuildInfo;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteSubscriptionsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ModifyMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ModifySubscriptionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.RepublishRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.SetMonitoringModeRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.SetPublishingModeRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.SetTriggeringRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.TransferResult;
import org.eclipse.milo.opcua.stack.core.types.structured.TransferSubscriptionsRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.pair.Route;
import org.tandemopc.core.record.RecordTexts;
import org.tandemopc.relay.SessionSnapshot;
import org.tandemopc.relay.delivery.DeliveryLimits;
import org.tandemopc.relay.delivery.DeliveryOutput;
import org.tandemopc.relay.delivery.IntTable;
import org.tandemopc.relay.delivery.Outcome;
import org.tandemopc.relay.delivery.PublishAnswer;
import org.tandemopc.relay.delivery.RequestDesk;
import org.tandemopc.relay.delivery.SessionDelivery;
import org.tandemopc.relay.delivery.SubscriptionDelivery;
import org.tandemopc.relay.ua.back.LinkException;
import org.tandemopc.relay.ua.back.MemberConnector;
import org.tandemopc.relay.ua.front.FrontPair.SessionOpening;
import org.tandemopc.relay.ua.front.FrontSession;
import org.tandemopc.relay.ua.security.UserIdentity;
import org.tandemopc.relay.ua.wire.MalformedException;
import org.tandemopc.relay.ua.wire.RawResponse;
import org.tandemopc.relay.ua.wire.UaValueBatch;
import org.tandemopc.relay.ua.wire.UaWire;

/**
 * One client session: joins the front door, the delivery engine, the request desk and a link to each member. Lives on
 * one event loop from CreateSession to its end; everything here runs there, so that nothing needs a lock and a request
 * costs no executor hop. Orders of the pair come as tasks of that loop. Who the client is: {@link Login}; its
 * services: {@link SubscriptionServices}, {@link ItemServices}, {@link PublishServices}, {@link RelayServices}.
 */
final class UaSession
        implements FrontSession, SessionLink.Owner, DeliveryOutput, RequestDesk.Output<Relayed, Relayed.Answer> {
    private static final Logger LOG = LoggerFactory.getLogger(UaSession.class);

    private static final int REQUESTS_MAX = 4_096;
    /** A client that gives no timeout hint gets this one. */
    private static final long DEFAULT_TIMEOUT_MS = 60_000;

    private static final long TIMEOUT_MAX_MS = 600_000;
    /** The client has its answer a little before it gives up by itself. */
    private static final long ANSWER_MARGIN_MS = 50;

    private static final long DEBT_MARGIN_MS = 200;
    /** A link that ends by a defect of ours is made anew; so many times within a minute end the session. */
    private static final int DEFECTS_MAX = 3;

    private static final long DEFECTS_NANOS = 60_000_000_000L;

    final UaPair pair;
    private final SessionOpening opening;
    private final EventLoop loop;
    private final String name;
    private final Callbacks callbacks;
    private final SessionLink[] links;
    final SessionDelivery delivery;
    private final RequestDesk<Relayed, Relayed.Answer> desk;
    private final Login login;
    private final PublishServices publishServices;
    private final SubscriptionServices subscriptionServices;
    private final ItemServices itemServices;
    private final RelayServices relayServices;
    private final OwnItems ownItems;
    final SwitchTally tally;
    private final Doubts doubts = new Doubts();

    private final Map<Integer, UaSubscription> subscriptions = new LinkedHashMap<>();
    final IntTable<UaItem> items = new IntTable<>();
    private long lastId;

    /** Per member, what the pair was told last of {@link #lagsOn}. */
    private final boolean[] lagTold;

    /** Per member, why it does not let the user in; null while it does. */
    private final @Nullable LinkException[] denied;

    private Route route = new Route(0, Route.NONE);
    private boolean released;
    private boolean stranded;
    private @Nullable Rehoming rehoming;
    /** Read by figures and by the pair from other threads. */
    private volatile boolean over;

    private volatile boolean frontClosed;
    /** The client has closed the session with all subscriptions, also those that are on their way to it. */
    private boolean keepsNothing;
    /** Transferred subscriptions and their items that are on their way to this session. */
    private int expectedSubscriptions;

    private int expectedItems;
    private long wakeAtNanos = Long.MAX_VALUE;
    private int defects;
    private long defectsSinceNanos;

    private final Instant since = Instant.now();

    private record Rehoming(long epoch, int member, UaPair.Collector collector) {}

    /** Of how many items what the member of the last switch held before it reaches back behind what was delivered. */
    private int reachingBack;

    UaSession(UaPair pair, SessionOpening opening, EventLoop loop, List<MemberConnector> connectors) {
        this.pair = pair;
        this.opening = opening;
        this.loop = loop;
        this.name = pair.name() + "#" + opening.number();
        this.callbacks = new Callbacks(loop, () -> 0, this::broken);
        this.login = new Login(this, callbacks);
        this.links = new SessionLink[connectors.size()];
        this.denied = new LinkException[connectors.size()];
        this.lagTold = new boolean[connectors.size()];
        for (int m = 0; m < links.length; m++) {
            links[m] = new SessionLink(m, this, connectors.get(m));
        }
        this.tally = new SwitchTally(1_000_000L * pair.parkMs());
        this.delivery = new SessionDelivery(limits(pair), this);
        this.desk = new RequestDesk<>(REQUESTS_MAX, this);
        this.publishServices = new PublishServices(this, delivery);
        this.subscriptionServices = new SubscriptionServices(this);
        this.itemServices = new ItemServices(this);
        this.relayServices = new RelayServices(this);
        this.ownItems = new OwnItems(this);
    }

    /** The pair has other settings: what is kept for a switch reaches as far as they ask. */
    void settingsChanged() {
        tally.detection(1_000_000L * pair.parkMs());
        delivery.limits(limits(pair));
    }

    private static DeliveryLimits limits(UaPair pair) {
        DeliveryLimits usual = DeliveryLimits.defaults();
        return new DeliveryLimits(
                usual.publishRequestsMax(),
                usual.queuedBytesMax(),
                usual.ringBytesMax(),
                Math.max(usual.ringNanos(), 2_000_000L * pair.parkMs()),
                usual.retransmitMessages(),
                usual.inFlightNanos(),
                usual.bridgeNanos());
    }

    // ------------------------------------------------------------------ the front door

    @Override
    public CompletableFuture<StatusCode> activate(UserIdentity wanted, String[] locales) {
        CompletableFuture<StatusCode> answer = new CompletableFuture<>();
        if (over) {
            answer.complete(new StatusCode(StatusCodes.Bad_SessionClosed));
        } else {
            callbacks.run(() -> login.activate(wanted, locales, answer));
        }
        return answer;
    }

    @Override
    public CompletableFuture<UaResponseMessageType> handle(UaRequestMessageType request) {
        CompletableFuture<UaResponseMessageType> answer = new CompletableFuture<>();
        if (over) {
            answer.completeExceptionally(Answers.fault(StatusCodes.Bad_SessionClosed, "the session is closed"));
            return answer;
        }
        try {
            handle(request, answer);
            wake();
        } catch (UaException e) {
            answer.completeExceptionally(e);
        } catch (MalformedException e) {
            answer.completeExceptionally(Answers.fault(StatusCodes.Bad_DecodingError, e.getMessage()));
        } catch (RuntimeException e) {
            answer.completeExceptionally(Answers.fault(StatusCodes.Bad_InternalError, "defect in Tandem"));
            broken(e);
        }
        return answer;
    }

    private void handle(UaRequestMessageType request, CompletableFuture<UaResponseMessageType> answer)
            throws UaException {
        switch (request) {
            case PublishRequest r -> publishServices.publish(r, answer);
            case RepublishRequest r -> answer.complete(publishServices.republish(r));
            case CreateSubscriptionRequest r -> subscriptionServices.create(r, answer);
            case ModifySubscriptionRequest r -> subscriptionServices.modify(r, answer);
            case SetPublishingModeRequest r -> answer.complete(subscriptionServices.setPublishingMode(r));
            case DeleteSubscriptionsRequest r -> answer.complete(subscriptionServices.delete(r));
            case TransferSubscriptionsRequest r -> subscriptionServices.transfer(r, answer);
            case CreateMonitoredItemsRequest r -> itemServices.create(r, answer);
            case ModifyMonitoredItemsRequest r -> itemServices.modify(r, answer);
            case DeleteMonitoredItemsRequest r -> answer.complete(itemServices.delete(r));
            case SetMonitoringModeRequest r -> itemServices.setMonitoringMode(r, answer);
            case SetTriggeringRequest r -> itemServices.setTriggering(r, answer);
            default -> {
                if (!relayServices.handle(request, answer)) {
                    throw Answers.fault(
                            StatusCodes.Bad_ServiceUnsupported,
                            request.getClass().getSimpleName());
                }
            }
        }
    }

    @Override
    public void clientReads(boolean reads) {
        callbacks.run(() -> {
            delivery.clientReads(reads, now());
            wake();
        });
    }

    @Override
    public void channelLost() {
        // The session and its subscriptions live on until their timeouts; the members notice nothing.
        callbacks.run(delivery::connectionLost);
    }

    @Override
    public void closed(boolean deleteSubscriptions, String why) {
        callbacks.run(() -> close(deleteSubscriptions, why));
    }

    private void close(boolean deleteSubscriptions, String why) {
        if (frontClosed) {
            return;
        }
        frontClosed = true;
        LOG.debug("{} closed: {}", name, why);
        // Part 4, 5.6.4: what is pending is answered so, whatever becomes of the subscriptions.
        delivery.clientGone();
        keepsNothing = deleteSubscriptions;
        if (deleteSubscriptions) {
            for (int id : List.copyOf(subscriptions.keySet())) {
                forgetSubscription(id);
            }
        }
        endIfNothingIsLeft();
        // Else: the subscriptions wait for a transfer until their lifetime ends (Part 4, 5.14.1).
    }

    boolean isFrontClosed() {
        return frontClosed;
    }

    /** Without a client a session lives for its subscriptions, here or on their way. */
    private void endIfNothingIsLeft() {
        if (frontClosed && subscriptions.isEmpty() && expectedSubscriptions == 0) {
            end();
        }
    }

    /** No client and no subscription is left: close the links. */
    private void end() {
        if (over) {
            return;
        }
        over = true;
        delivery.close();
        desk.strand(route.epoch(), now());
        for (SessionLink link : links) {
            // What a member has not answered is answered here, for nobody hears it any more: the door counts until
            // then.
            desk.linkLost(link.member, "the session is closed", now());
            link.detach(true);
        }
        subscriptionServices.finishAll();
        login.end();
        leaveRehoming();
        pair.ended(this);
    }

    private void leaveRehoming() {
        Rehoming now = rehoming;
        rehoming = null;
        if (now != null) {
            now.collector().done(this);
        }
    }

    void forgetSubscription(int id) {
        subscriptionServices.finish(id);
        UaSubscription gone = subscriptions.remove(id);
        if (gone != null) {
            for (UaItem item : gone.items.values()) {
                items.remove(item.id);
                var unused = ownItems.remove(item);
            }
            delivery.deleteSubscription(id, now());
            pair.subscriptionGone(id, this);
            reconcileAll();
        }
        endIfNothingIsLeft();
    }

    // ------------------------------------------------------------------ defects

    /** Runs an order of the pair on the loop; any thread. */
    void order(Runnable order) {
        callbacks.order(order);
    }

    Callbacks callbacks() {
        return callbacks;
    }

    /** A defect of Tandem: it is told once and ends this session, not the others (house style 3.7). */
    void broken(RuntimeException defect) {
        if (over) {
            LOG.debug("{}: after its end", name, defect);
            return;
        }
        LOG.error("{}: the session is ended by a defect of Tandem", name, defect);
        pair.sessionBroken(this, defect);
        try {
            close(true, "defect in Tandem");
        } catch (RuntimeException again) {
            LOG.debug("{}: while ending it", name, again);
        }
        if (!over) {
            over = true;
            for (SessionLink link : links) {
                link.detach(true);
            }
            leaveRehoming();
            pair.ended(this);
        }
    }

    @Override
    public void linkBroken(SessionLink link, RuntimeException defect) {
        if (over) {
            LOG.debug("{}: member {}, after its end", name, link.member, defect);
            return;
        }
        if (defects == 0 || now() - defectsSinceNanos > DEFECTS_NANOS) {
            defects = 0;
            defectsSinceNanos = now();
        }
        if (++defects >= DEFECTS_MAX) {
            broken(defect);
            return;
        }
        LOG.error("{}: the link to member {} is made anew after a defect of Tandem", name, link.member, defect);
        try {
            link.restart(defect);
        } catch (RuntimeException again) {
            broken(again);
        }
    }

    // ------------------------------------------------------------------ orders of the pair, on the loop

    /** The session begins. */
    void place() {
        pair.placed(this);
    }

    /** The session is told where the pair is. */
    void place(Route now, boolean isReleased, boolean isStranded, boolean[] attached) {
        if (over) {
            return;
        }
        route = now;
        released = isReleased;
        stranded = isStranded;
        if (stranded) {
            desk.strand(now.epoch(), now());
            login.refused(new StatusCode(StatusCodes.Bad_NoCommunication));
        } else {
            desk.hold(now.epoch(), now());
            if (now.hasMember()) {
                delivery.activate(now.member(), now.epoch(), now());
            }
        }
        for (int m = 0; m < links.length; m++) {
            if (attached[m]) {
                attach(m);
            }
        }
        wake();
    }

    /**
     * Nobody is logged in any more, and nobody was before: nothing of this session is to stay at a member.
     *
     * @see Login
     */
    void leave() {
        if (over) {
            return;
        }
        for (SessionLink link : links) {
            denied[link.member] = null;
            link.detach(true);
        }
        leaveRehoming();
        for (SessionLink link : links) {
            pair.review(link.member);
        }
    }

    /** Ignored while nobody is logged in: a link would log in at the member in nobody's name, see {@link Login}. */
    void attach(int member) {
        if (over || !isPlaced()) {
            return;
        }
        denied[member] = null;
        SessionLink link = links[member];
        link.role(roleOf(member));
        boolean needed = member == route.member() || (rehoming != null && rehoming.member() == member);
        // The active first: a standby that is slow must not delay a client's login (P4). In cold mode there is no
        // standby:
        // who is attached is about to be the active.
        link.attach(needed || pair.mode() == Mode.COLD ? 0 : standbyDelayMs());
    }

    private long standbyDelayMs() {
        return Math.floorMod(opening.number() * 37, 100);
    }

    void detach(int member) {
        SessionLink link = links[member];
        boolean was = link.isOpen();
        endRunsOf(link);
        // A standby that is not wanted any more is told so, else its server keeps the session until that times out. The
        // active is left without a word: it may hang. In cold mode nothing may lead there any more (MODE-C7).
        if (member == route.member() && pair.mode() != Mode.COLD) {
            link.leave();
        } else {
            link.detach(member != route.member());
        }
        if (was) {
            desk.linkLost(member, "member " + member + " is not usable", now());
        }
        wake();
    }

    private void endRunsOf(SessionLink link) {
        long now = now();
        for (int id : subscriptions.keySet()) {
            if (link.has.upstreamId(id) != 0) {
                delivery.runsEnded(link.member, id, now);
            }
        }
    }

    void hold(long epoch) {
        released = false;
        tally.hold(now());
        desk.hold(epoch, now());
        delivery.hold(now());
        wake();
    }

    void rehome(long epoch, int member, UaPair.Collector collector) {
        if (over || !isPlaced()) {
            collector.done(this);
            return;
        }
        stranded = false;
        reachingBack = links[member].itemsReachingBack();
        route = new Route(epoch, member);
        rehoming = new Rehoming(epoch, member, collector);
        for (SessionLink link : links) {
            link.role(roleOf(link.member));
        }
        delivery.activate(member, epoch, now());
        links[member].hurry();
        learnBuildInfo(links[member]);
        refuseLoginIfDenied();
        advance();
        wake();
    }

    /** The member may have been asked before it was to serve. */
    private void refuseLoginIfDenied() {
        LinkException why = route.hasMember() ? denied[route.member()] : null;
        if (why == null) {
            return;
        }
        if (why.isPasswordKept()) {
            login.refusedByUs();
        } else {
            login.refused(why.status());
        }
    }

    private boolean isPlaced() {
        return login.isActivated() || login.isUnderWay();
    }

    private SessionLink.Role roleOf(int member) {
        // Cold: who is attached is prepared for the switch that is under way, and needs nothing more when it comes.
        if (member == route.member() || pair.mode() == Mode.COLD) {
            return SessionLink.Role.ACTIVE;
        }
        return pair.mode() == Mode.WARM ? SessionLink.Role.PARKED_STANDBY : SessionLink.Role.LIVE_STANDBY;
    }

    /** Answers the rehoming once this session's link is there, or can never be. */
    private void advance() {
        Rehoming now = rehoming;
        if (now == null) {
            return;
        }
        SessionLink link = links[now.member()];
        if (link.isReconciled() || isDenied()) {
            rehoming = null;
            Map<UaItem, StatusCode> missing = isDenied() ? everyItemDenied() : link.has.refusedItems();
            for (UaSubscription subscription : subscriptions.values()) {
                subscription.items.values().stream()
                        .filter(item -> !missing.containsKey(item))
                        .forEach(item -> item.toldBad = null);
            }
            tellRefused(missing);
            settleDebtsLater(link);
            now.collector().done(this);
        }
    }

    /** A client whose user the active refuses must not go on looking at what it was told before (S32, I5). */
    private Map<UaItem, StatusCode> everyItemDenied() {
        StatusCode status = new StatusCode(StatusCodes.Bad_UserAccessDenied);
        Map<UaItem, StatusCode> all = new LinkedHashMap<>();
        for (UaSubscription subscription : subscriptions.values()) {
            subscription.items.values().stream().filter(item -> !item.own).forEach(item -> all.put(item, status));
        }
        return all;
    }

    /** Items that the active lacks are Bad until it has them; the others flow (SYS-12, GAP-13). */
    private void tellRefused(Map<UaItem, StatusCode> refused) {
        Map<Integer, List<UaItem>> bySubscription = new LinkedHashMap<>();
        refused.forEach((item, status) -> {
            if (item.reporting() && !status.equals(item.toldBad)) {
                item.toldBad = status;
                bySubscription
                        .computeIfAbsent(item.subscription.id, k -> new ArrayList<>())
                        .add(item);
            }
        });
        bySubscription.forEach((id, list) ->
                delivery.ownValuesNow(id, badValues(list, i -> refused.getOrDefault(i, StatusCode.BAD)), now()));
    }

    /**
     * The client was told a Bad value of Tandem's own, the new active has the item and had it all the time: its value did
     * not change, so nothing comes by itself. What is not here after the burst of the switch is made anew, for its
     * initial value.
     */
    private void settleDebtsLater(SessionLink link) {
        double slowest = 0;
        for (UaSubscription subscription : subscriptions.values()) {
            slowest = Math.max(slowest, subscription.publishingMs);
        }
        long epoch = route.epoch();
        int incarnation = link.incarnation();
        callbacks.later((long) Math.ceil(2 * slowest) + DEBT_MARGIN_MS, TimeUnit.MILLISECONDS, () -> {
            if (!over && epoch == route.epoch() && incarnation == link.incarnation()) {
                link.renew(item -> item.reporting() && delivery.owesValue(item.id));
            }
        });
    }

    void release(Route now) {
        route = now;
        released = true;
        stranded = false;
        releaseDesk();
        finishIfActive();
        wake();
    }

    private void releaseDesk() {
        if (released && route.hasMember() && (links[route.member()].isReconciled() || isDenied())) {
            desk.release(route.epoch(), route.member(), now());
        }
    }

    void strand(long epoch) {
        stranded = true;
        released = false;
        rehoming = null;
        route = new Route(epoch, Route.NONE);
        long now = now();
        desk.strand(epoch, now);
        for (UaSubscription subscription : subscriptions.values()) {
            List<UaItem> reporting = new ArrayList<>();
            for (UaItem item : subscription.items.values()) {
                if (!item.own && item.reporting()) {
                    item.toldBad = null;
                    reporting.add(item);
                }
            }
            if (!reporting.isEmpty()) {
                StatusCode status = new StatusCode(StatusCodes.Bad_NoCommunication);
                delivery.strand(subscription.id, badValues(reporting, i -> status), now);
            }
        }
        login.refused(new StatusCode(StatusCodes.Bad_NoCommunication));
        wake();
    }

    private static UaValueBatch badValues(List<UaItem> of, java.util.function.Function<UaItem, StatusCode> statusOf) {
        int[] ids = new int[of.size()];
        DataValue[] values = new DataValue[of.size()];
        DateTime now = DateTime.now();
        for (int i = 0; i < ids.length; i++) {
            ids[i] = of.get(i).id;
            values[i] = new DataValue(Variant.NULL_VALUE, statusOf.apply(of.get(i)), null, now);
        }
        return UaValueBatch.of(ids, values);
    }

    /** Requests that will be sent a second time once they flow again. */
    int requestsToRepeat() {
        return desk.waitingToRepeat();
    }

    /** Items whose stream the switch has gone on with, as far as it is known when the session is there. */
    int itemsContinuous() {
        return Math.clamp(items.size() - tally.doubtful(), 0, reachingBack);
    }

    /** The others: made anew at the new member, so that what changed meanwhile is not known, or with a known gap. */
    int itemsDoubtful() {
        return items.size() - itemsContinuous();
    }

    boolean isSynchronizedOn(int member) {
        return !isMirroredOn(member) || links[member].isSynchronized();
    }

    /** A switch to the member now would cost this session values, as it has asked for something a moment ago. */
    boolean lagsOn(int member) {
        return isMirroredOn(member) && items.size() > 0 && !links[member].isCurrent();
    }

    private boolean isMirroredOn(int member) {
        return !over && isPlaced() && denied[member] == null;
    }

    // ------------------------------------------------------------------ what the links tell

    @Override
    public EventLoop loop() {
        return loop;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Complaints complaints() {
        return pair.complaints();
    }

    /** How records call the client (DIA-2). */
    String client() {
        return RecordTexts.client(opening.sessionName(), opening.clientAddress());
    }

    @Override
    public long now() {
        return pair.now();
    }

    @Override
    public Map<Integer, UaSubscription> subscriptions() {
        return subscriptions;
    }

    @Override
    public UserIdentity identity() {
        return login.identity();
    }

    @Override
    public String[] localeIds() {
        return login.localeIds();
    }

    @Override
    public long parkMs() {
        return pair.parkMs();
    }

    @Override
    public void linkOpened(SessionLink link) {
        denied[link.member] = null;
        finishIfActive();
        learnBuildInfo(link);
    }

    private void learnBuildInfo(SessionLink link) {
        var with = link.session();
        if (with == null || link.member != route.member() || !pair.needsBuildInfo()) {
            return;
        }
        ReadValueId node = new ReadValueId(
                new NodeId(0, OwnNodes.BUILD_INFO), AttributeId.Value.uid(), null, QualifiedName.NULL_VALUE);
        ReadRequest read =
                new ReadRequest(with.header(5_000), 0.0, TimestampsToReturn.Neither, new ReadValueId[] {node});
        callbacks.when(
                with.send(read, 5_000), this::buildInfoRead, error -> LOG.debug("{}: no BuildInfo", name, error));
    }

    private void buildInfoRead(UaResponseMessageType answer) {
        try {
            if (answer instanceof RawResponse raw
                    && UaWire.decode(raw) instanceof ReadResponse typed
                    && typed.getResults() != null
                    && typed.getResults().length == 1
                    && typed.getResults()[0].getValue().getValue() instanceof ExtensionObject body
                    && body.decode(pair.encodingContext()) instanceof BuildInfo info) {
                pair.buildInfo(info);
            }
        } catch (MalformedException | UaRuntimeException unreadable) {
            LOG.debug("{}: BuildInfo of the member is unreadable", name, unreadable);
        }
    }

    /** A client is logged in once the active has accepted its user and requests flow. */
    private void finishIfActive() {
        SessionLink active = activeLink();
        if (login.isUnderWay() && released && active != null && active.isOpen()) {
            login.accepted();
        }
    }

    @Nullable
    SessionLink activeLink() {
        return route.hasMember() ? links[route.member()] : null;
    }

    /** The active has accepted another user: the others are asked anew. */
    void userChanged(SessionLink active) {
        for (SessionLink link : links) {
            if (link.member != active.member && link.state() != SessionLink.State.DETACHED) {
                denied[link.member] = null;
                endRunsOf(link);
                link.detach(true);
                link.attach(0);
                reviewOn(link.member);
            }
        }
    }

    /** Members but one to which a link is open. */
    List<Integer> openLinksBut(int member) {
        List<Integer> open = new ArrayList<>();
        for (SessionLink link : links) {
            if (link.member != member && link.isOpen()) {
                open.add(link.member);
            }
        }
        return open;
    }

    @Override
    public void linkReconciled(SessionLink link) {
        advance();
        if (link.member == route.member()) {
            releaseDesk();
        }
        wake();
    }

    @Override
    public void linkSynchronized(SessionLink link) {
        reviewOn(link.member);
    }

    /** Has the pair see whether this session makes a difference to how ready the member is. */
    private void reviewOn(int member) {
        lagTold[member] = lagsOn(member);
        pair.review(member);
    }

    @Override
    public void linkFailed(SessionLink link, LinkException why, boolean wasOpen) {
        if (wasOpen) {
            desk.linkLost(link.member, String.valueOf(why.getMessage()), now());
        }
        if (why.isCertificateRefused() && link.member == route.member()) {
            login.refusedByUs();
        }
        reviewOn(link.member);
        pair.suspects(link.member, name + ": " + String.valueOf(why.getMessage()));
        wake();
    }

    @Override
    public void linkDenied(SessionLink link, LinkException why) {
        denied[link.member] = why;
        if (why.isPasswordKept()) {
            passwordKept(link.member, login.identity(), why);
        } else {
            pair.userRefused(this, link.member, why.status());
        }
        refuseLoginIfDenied();
        advance();
        if (link.member == route.member() && rehoming == null) {
            tellRefused(everyItemDenied());
            releaseDesk();
        }
        reviewOn(link.member);
    }

    /** Told to people, for the client must not learn what is wrong between us and the member. */
    void passwordKept(int member, UserIdentity of, LinkException why) {
        pair.passwordKept(this, member, of, why);
    }

    @Override
    public void subscriptionRevised(SessionLink link, int subscription, int version, double publishingMs) {
        subscriptionServices.revised(link.member, subscription, version, publishingMs);
    }

    @Override
    public void runStarted(SessionLink link, UaItem item, boolean parkedRun) {
        if (link.member == route.member()) {
            item.toldBad = null;
        }
        delivery.runStarted(link.member, item.subscription.id, item.id, parkedRun, now());
    }

    @Override
    public void runsEnded(SessionLink link, int subscription) {
        delivery.runsEnded(link.member, subscription, now());
        wake();
    }

    @Override
    public void runsEnded(SessionLink link, int subscription, Set<Integer> ended) {
        delivery.runsEnded(link.member, subscription, ended, now());
        wake();
    }

    @Override
    public void runsParked(SessionLink link, int subscription) {
        delivery.runsParked(link.member, subscription);
    }

    @Override
    public void runsUnparked(SessionLink link, int subscription) {
        delivery.runsUnparked(link.member, subscription);
    }

    @Override
    public void queueIsLong(SessionLink link, UaItem item, boolean isLong) {
        delivery.queueIsLong(link.member, item.id, isLong);
    }

    @Override
    public void values(SessionLink link, int subscription, UaValueBatch batch) {
        delivery.values(link.member, subscription, batch, now());
        wake();
    }

    @Override
    public void keepAlive(SessionLink link, int subscription) {
        delivery.keepAlive(link.member, subscription, now());
        wake();
    }

    @Override
    public void firstNotificationMissing(SessionLink link, String detail) {
        pair.firstNotificationMissing(link.member, name + ": " + detail);
    }

    @Override
    public void itemRefused(SessionLink link, UaItem item, StatusCode status) {
        pair.itemMissing(link.member, item, status);
        if (link.member == route.member() && rehoming == null) {
            tellRefused(Map.of(item, status));
        }
    }

    /**
     * A client's own subscription, whose lifetime starts anew because a service names it.
     *
     * @throws UaException Bad_SubscriptionIdInvalid
     */
    UaSubscription subscription(@Nullable UInteger id) throws UaException {
        UaSubscription known = id == null ? null : subscriptions.get(id.intValue());
        if (known == null) {
            throw Answers.fault(StatusCodes.Bad_SubscriptionIdInvalid, "subscription " + id);
        }
        delivery.touch(known.id, now());
        return known;
    }

    void reconcileAll() {
        for (SessionLink link : links) {
            link.reconcile();
            if (lagTold[link.member] != lagsOn(link.member)) {
                // A link that is not open tells of nothing.
                reviewOn(link.member);
            }
        }
    }

    SessionLink link(int member) {
        return links[member];
    }

    // ------------------------------------------------------------------ requests

    long nextId() {
        return ++lastId;
    }

    static long timeoutMs(UaRequestMessageType request) {
        var hint = request.getRequestHeader().getTimeoutHint();
        long asked = hint == null ? 0 : hint.longValue();
        return asked <= 0 ? DEFAULT_TIMEOUT_MS : Math.min(asked, TIMEOUT_MAX_MS);
    }

    /** Sends through the desk; answered a little before the client gives up by itself. */
    void relay(UaRequestMessageType from, Relayed request) {
        long timeout = timeoutMs(from);
        long now = now();
        if (isDenied()) {
            request.completed().accept(new Outcome.Done<>(route.member(), route.epoch(), denial()));
            return;
        }
        long margin = Math.min(ANSWER_MARGIN_MS, timeout / 10);
        desk.submit(
                nextId(), request, request.repeatable(), now + (timeout - margin) * 1_000_000, pair.holdNanos(), now);
    }

    /** Whether the active does not know this user. */
    private boolean isDenied() {
        return route.hasMember() && denied[route.member()] != null;
    }

    /** Never to fall back to a stronger account (S32). */
    private static Relayed.Answer denial() {
        return new Relayed.Fault(
                Answers.fault(StatusCodes.Bad_UserAccessDenied, "the active server refuses this user"));
    }

    @Override
    public boolean send(long id, int member, long epoch, Relayed request) {
        if (denied[member] != null) {
            // Waited for the switch, or was lost on the way and may be repeated: not for as long as it may wait.
            desk.answered(id, member, epoch, denial(), now());
            return true;
        }
        try {
            return links[member].send(request, TIMEOUT_MAX_MS, new Sending(id, member, epoch));
        } catch (MalformedException e) {
            // Found only when the request was made the member's: never sent, and never to be tried again.
            UaException fault = Answers.fault(StatusCodes.Bad_DecodingError, String.valueOf(e.getMessage()));
            desk.answered(id, member, epoch, new Relayed.Fault(fault), now());
            return true;
        }
    }

    /** One sending of a request to a member, for the answer to find its way back. */
    private final class Sending implements Callbacks.Completion<UaResponseMessageType> {
        private final long id;
        private final int member;
        private final long epoch;

        Sending(long id, int member, long epoch) {
            this.id = id;
            this.member = member;
            this.epoch = epoch;
        }

        @Override
        public void done(UaResponseMessageType answer) {
            LinkException unreadable = Answers.unreadable(answer);
            if (unreadable != null) {
                // Passed on, it would end the client's own connection; and what follows on this one is no better.
                links[member].fail(unreadable);
                failed(unreadable);
                return;
            }
            desk.answered(id, member, epoch, new Relayed.Response(answer), now());
            wake();
        }

        /** The link has ended, and with it the request: never this sending again, so not for the desk. */
        @Override
        public void late(UaResponseMessageType answer) {
            UaSession.this.late(id, member, epoch, new Relayed.Response(answer));
        }

        /** A member that forgot the session ends the link by itself ({@code MemberChannel}). */
        @Override
        public void failed(Throwable cause) {
            if (cause instanceof LinkException link) {
                desk.failed(id, member, epoch, link.certainlyNotSent(), String.valueOf(link.getMessage()), now());
            } else if (cause instanceof UaException fault) {
                desk.answered(id, member, epoch, new Relayed.Fault(fault), now());
            } else {
                desk.failed(id, member, epoch, false, String.valueOf(cause), now());
            }
            wake();
        }
    }

    @Override
    public void complete(long id, Relayed request, Outcome<Relayed.Answer> outcome) {
        switch (outcome) {
            case Outcome.Unknown<Relayed.Answer> u -> {
                tally.unknown(now());
                doubts.add(id, pair.outcomeUnknown(this, request, u));
            }
            case Outcome.NotSent<Relayed.Answer> n -> tally.notSent(now());
            case Outcome.Done<Relayed.Answer> d -> pair.requestDone();
            case Outcome.Expired<Relayed.Answer> e -> {}
        }
        request.completed().accept(outcome);
    }

    @Override
    public void late(long id, int member, long epoch, Relayed.Answer answer) {
        Doubts.Doubt doubt = doubts.take(id, member, epoch);
        if (doubt != null) {
            pair.outcomeResolved(this, doubt, Doubts.results(answer));
        }
    }

    // ------------------------------------------------------------------ what the engine says

    @Override
    public void answer(long token, PublishAnswer answer) {
        publishServices.answer(token, answer);
    }

    @Override
    public void refuse(long token, PublishRefusal refusal) {
        publishServices.refuse(token, refusal);
    }

    @Override
    public void subscriptionEnded(int subscription) {
        // The engine has let go of it already; the members and the pair's list follow, outside this step.
        callbacks.order(() -> {
            forgetSubscription(subscription);
            wake();
        });
    }

    @Override
    public void gap(Gap gap) {
        tally.doubtful(gap.items().size());
        pair.gap(this, gap);
    }

    OwnItems ownItems() {
        return ownItems;
    }

    // ------------------------------------------------------------------ transfer

    /** A subscription on its way to another session: what the client wants, and what it has and has not seen. */
    record Transferred(UaSubscription wanted, SubscriptionDelivery delivered, Map<UaItem, OwnItems.Sampled> ownItems) {}

    /** Why a subscription may not be taken over from here by this user, or null. */
    @Nullable
    StatusCode refusesToGiveUp(int id, UserIdentity to) {
        if (over || !subscriptions.containsKey(id)) {
            return new StatusCode(StatusCodes.Bad_SubscriptionIdInvalid);
        }
        return login.identity().sameUser(to) ? null : new StatusCode(StatusCodes.Bad_UserAccessDenied);
    }

    /** How many items a subscription of this session has. */
    int itemsOf(int id) {
        UaSubscription of = subscriptions.get(id);
        return of == null ? 0 : of.items.size();
    }

    /** Lets a subscription that may go leave for another session. */
    Transferred giveUp(int id) {
        subscriptionServices.finish(id);
        UaSubscription wanted = Objects.requireNonNull(subscriptions.remove(id));
        pair.subscriptionGone(id, this);
        itemServices.dropUnanswered(wanted);
        Map<UaItem, OwnItems.Sampled> own = new HashMap<>();
        for (UaItem item : wanted.items.values()) {
            items.remove(item.id);
            OwnItems.Sampled sampled = ownItems.remove(item);
            if (sampled != null) {
                own.put(item, sampled);
            }
        }
        Transferred taken = new Transferred(wanted, delivery.extract(id, now()), own);
        reconcileAll();
        wake();
        endIfNothingIsLeft();
        return taken;
    }

    /**
     * A subscription with so many items may come: room is kept for it until it does, or is expected no more.
     *
     * @return why not, or null
     */
    @Nullable
    StatusCode expect(int itemCount) {
        if (frontClosed || over) {
            return new StatusCode(StatusCodes.Bad_SessionClosed);
        }
        if (!subscriptionServices.hasRoom()) {
            return new StatusCode(StatusCodes.Bad_TooManySubscriptions);
        }
        if (!itemServices.hasRoom(itemCount)) {
            return new StatusCode(StatusCodes.Bad_TooManyMonitoredItems);
        }
        expectedSubscriptions++;
        expectedItems += itemCount;
        return null;
    }

    int expectedSubscriptions() {
        return expectedSubscriptions;
    }

    int expectedItems() {
        return expectedItems;
    }

    /** It does not come. */
    void expectNoMore(int itemCount) {
        expectedSubscriptions--;
        expectedItems -= itemCount;
        endIfNothingIsLeft();
    }

    /**
     * Takes a subscription over. Its items are made anew at this session's members; watermarks keep the order. Whoever
     * closed this session with its subscriptions meanwhile, closed it with this one.
     *
     * @param itemCount for which room was kept
     */
    TransferResult takeOver(Transferred taken, int itemCount, boolean sendInitialValues) {
        if (over || keepsNothing) {
            expectNoMore(itemCount);
            return SubscriptionTransfer.refused(StatusCodes.Bad_SessionClosed);
        }
        expectedSubscriptions--;
        expectedItems -= itemCount;
        UaSubscription wanted = taken.wanted();
        subscriptions.put(wanted.id, wanted);
        for (UaItem item : wanted.items.values()) {
            items.put(item.id, item);
        }
        taken.ownItems().forEach((item, sampled) -> ownItems.adopt(item, sampled, sendInitialValues));
        pair.subscriptionMade(wanted.id, this);
        delivery.adopt(taken.delivered(), now());
        if (sendInitialValues) {
            delivery.owe(wanted.id);
        }
        reconcileAll();
        wake();
        return new TransferResult(
                StatusCode.GOOD,
                taken.delivered().available().stream().map(n -> uint(n)).toArray(UInteger[]::new));
    }

    // ------------------------------------------------------------------ figures

    /** For people; read from any thread, so only nearly exact. */
    record Figures(int subscriptions, int items, long delivered, long bridged, long dropped, long repeated) {}

    Figures figures() {
        return new Figures(
                subscriptions.size(),
                items.size(),
                delivery.delivered(),
                delivery.bridged(),
                delivery.dropped(),
                desk.repeated());
    }

    /** Read from any thread, so only nearly exact. */
    SessionSnapshot snapshot() {
        return new SessionSnapshot(
                opening.sessionName(),
                opening.clientApplicationUri(),
                opening.clientAddress(),
                since,
                subscriptions.size(),
                items.size());
    }

    /** The nodes of some items, for a record; at most 20, then how many more. */
    String describe(List<Integer> ids) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(20, ids.size()); i++) {
            UaItem item = items.get(ids.get(i));
            text.append(i == 0 ? "" : ", ")
                    .append(item == null ? "?" : item.node.getNodeId().toParseableString());
        }
        return ids.size() > 20 ? text + " and " + (ids.size() - 20) + " more" : text.toString();
    }

    // ------------------------------------------------------------------ time

    /** Makes sure that the loop comes back when the engine, the desk or an own item next has to. */
    void wake() {
        if (over) {
            return;
        }
        long next = Math.min(Math.min(delivery.nextTickNanos(), desk.nextTickNanos()), ownItems.nextNanos());
        if (next < wakeAtNanos) {
            wakeAtNanos = next;
            long inNanos = Math.max(0, next - now());
            callbacks.later(inNanos, TimeUnit.NANOSECONDS, () -> tick(next));
        }
    }

    private void tick(long planned) {
        if (over || planned != wakeAtNanos) {
            // A sooner one was planned since; it plans the next.
            return;
        }
        wakeAtNanos = Long.MAX_VALUE;
        long now = now();
        ownItems.tick(now);
        desk.tick(now);
        delivery.tick(now);
        wake();
    }
}
