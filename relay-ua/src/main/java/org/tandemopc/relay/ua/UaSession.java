package org.tandemopc.relay.ua;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
import org.eclipse.milo.opcua.stack.core.types.structured.ReadRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.TransferResult;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.pair.Route;
import org.tandemopc.relay.delivery.DeliveryLimits;
import org.tandemopc.relay.delivery.DeliveryOutput;
import org.tandemopc.relay.delivery.Outcome;
import org.tandemopc.relay.delivery.PublishAnswer;
import org.tandemopc.relay.delivery.RequestDesk;
import org.tandemopc.relay.delivery.SessionDelivery;
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
 * costs no executor hop. Orders of the pair come as tasks of that loop.
 */
final class UaSession
        implements FrontSession, SessionLink.Owner, DeliveryOutput, RequestDesk.Output<Relayed, Relayed.Answer> {
    private static final Logger LOG = LoggerFactory.getLogger(UaSession.class);

    private static final int REQUESTS_MAX = 4_096;
    /** A client that gives no timeout hint gets this one. */
    private static final long DEFAULT_TIMEOUT_MS = 60_000;

    private static final long TIMEOUT_MAX_MS = 600_000;
    private static final long ACTIVATION_MS = 20_000;
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
    private final SubscriptionServices subscriptionServices;
    private final RelayServices relayServices;
    private final OwnItems ownItems;

    private final Map<Integer, UaSubscription> subscriptions = new LinkedHashMap<>();
    final Map<Integer, UaItem> items = new HashMap<>();
    private final Map<Long, ParkedPublish> parked = new HashMap<>();
    private long lastId;

    private UserIdentity identity = new UserIdentity.Anonymous();
    private String[] localeIds = new String[0];
    private volatile boolean activated;
    private @Nullable Activation activation;
    private final @Nullable StatusCode[] denied;

    private Route route = new Route(0, Route.NONE);
    private boolean released;
    private boolean stranded;
    private @Nullable Rehoming rehoming;
    private volatile boolean over;
    private volatile boolean frontClosed;
    private long wakeAtNanos = Long.MAX_VALUE;
    private int defects;
    private long defectsSinceNanos;

    // What happened to requests since the last hold, for the record of the switch.
    private int repeatedBefore;
    int unknownSinceHold;
    int notSentSinceHold;
    int doubtfulSinceHold;

    private record Activation(UserIdentity identity, CompletableFuture<StatusCode> answer) {}

    private record Rehoming(long epoch, int member, UaPair.Collector collector) {}

    private record ParkedPublish(UaRequestMessageType request, CompletableFuture<UaResponseMessageType> answer) {}

    UaSession(UaPair pair, SessionOpening opening, EventLoop loop, List<MemberConnector> connectors) {
        this.pair = pair;
        this.opening = opening;
        this.loop = loop;
        this.name = pair.name() + "#" + opening.number();
        this.callbacks = new Callbacks(loop, () -> 0, this::broken);
        this.links = new SessionLink[connectors.size()];
        this.denied = new StatusCode[connectors.size()];
        for (int m = 0; m < links.length; m++) {
            links[m] = new SessionLink(m, this, connectors.get(m));
        }
        this.delivery = new SessionDelivery(limits(pair), this);
        this.desk = new RequestDesk<>(REQUESTS_MAX, this);
        this.subscriptionServices = new SubscriptionServices(this);
        this.relayServices = new RelayServices(this);
        this.ownItems = new OwnItems(this);
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
        callbacks.run(() -> activate(wanted, locales, answer));
        return answer;
    }

    private void activate(UserIdentity wanted, String[] locales, CompletableFuture<StatusCode> answer) {
        if (over) {
            answer.complete(new StatusCode(StatusCodes.Bad_SessionClosed));
            return;
        }
        if (activated && samePassword(identity, wanted)) {
            // The client came back on a new channel: what the members accepted is still in force.
            localeIds = locales.clone();
            answer.complete(StatusCode.GOOD);
            return;
        }
        if (activation != null) {
            activation.answer().complete(new StatusCode(StatusCodes.Bad_InvalidState));
        }
        localeIds = locales.clone();
        Activation now = new Activation(wanted, answer);
        activation = now;
        if (activated) {
            changeUser(now);
        } else {
            identity = wanted;
            if (stranded) {
                finishActivation(new StatusCode(StatusCodes.Bad_NoCommunication));
            } else {
                pair.placed(this);
                callbacks.later(ACTIVATION_MS, TimeUnit.MILLISECONDS, () -> {
                    if (now.equals(activation)) {
                        finishActivation(new StatusCode(StatusCodes.Bad_NoCommunication));
                    }
                });
            }
        }
    }

    private static boolean samePassword(UserIdentity a, UserIdentity b) {
        if (a instanceof UserIdentity.UserName x && b instanceof UserIdentity.UserName y) {
            return x.sameUser(y) && java.security.MessageDigest.isEqual(x.password(), y.password());
        }
        return a.sameUser(b);
    }

    /** Another user on a living session: adopted only when the active agrees; the standby's link is made anew (S32). */
    private void changeUser(Activation now) {
        SessionLink active = route.hasMember() ? links[route.member()] : null;
        if (active == null || !active.isOpen() || active.session() == null) {
            finishActivation(new StatusCode(StatusCodes.Bad_NoCommunication));
            return;
        }
        int at = active.incarnation();
        callbacks.when(
                active.session().activate(now.identity(), localeIds, 10_000),
                status -> {
                    if (now.equals(activation)) {
                        userAnswered(
                                now,
                                active,
                                at == active.incarnation() ? status : new StatusCode(StatusCodes.Bad_NoCommunication));
                    }
                },
                error -> {
                    if (now.equals(activation)) {
                        finishActivation(new StatusCode(StatusCodes.Bad_NoCommunication));
                    }
                });
    }

    private void userAnswered(Activation now, SessionLink active, StatusCode status) {
        if (status.isGood()) {
            identity = now.identity();
            for (SessionLink link : links) {
                if (link.member != active.member && link.state() != SessionLink.State.DETACHED) {
                    denied[link.member] = null;
                    endRunsOf(link);
                    link.detach(true);
                    link.attach(0);
                }
            }
        }
        finishActivation(status);
    }

    private void finishActivation(StatusCode status) {
        Activation now = activation;
        activation = null;
        if (now != null) {
            if (status.isGood()) {
                activated = true;
            }
            now.answer().complete(status);
        }
    }

    @Override
    public CompletableFuture<UaResponseMessageType> handle(UaRequestMessageType request) {
        CompletableFuture<UaResponseMessageType> answer = new CompletableFuture<>();
        if (over) {
            answer.completeExceptionally(Answers.fault(StatusCodes.Bad_SessionClosed, "the session is closed"));
            return answer;
        }
        try {
            if (!subscriptionServices.handle(request, answer) && !relayServices.handle(request, answer)) {
                answer.completeExceptionally(Answers.fault(
                        StatusCodes.Bad_ServiceUnsupported, request.getClass().getSimpleName()));
            }
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

    @Override
    public void channelLost() {
        // The session and its subscriptions live on until their timeouts; the members notice nothing.
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
        if (deleteSubscriptions) {
            for (int id : List.copyOf(subscriptions.keySet())) {
                forgetSubscription(id);
            }
        }
        for (ParkedPublish publish : parked.values()) {
            publish.answer().completeExceptionally(Answers.fault(StatusCodes.Bad_SessionClosed, why));
        }
        parked.clear();
        if (subscriptions.isEmpty()) {
            end();
        }
        // Else: the subscriptions wait for a transfer until their lifetime ends (Part 4, 5.14.1).
    }

    boolean isFrontClosed() {
        return frontClosed;
    }

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
        } finally {
            if (!over) {
                over = true;
                for (SessionLink link : links) {
                    link.detach(true);
                }
                pair.ended(this);
            }
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

    /** No client and no subscription is left: close the links. */
    private void end() {
        if (over) {
            return;
        }
        over = true;
        delivery.close();
        desk.strand(route.epoch(), now());
        for (SessionLink link : links) {
            link.detach(true);
        }
        if (identity instanceof UserIdentity.UserName user) {
            user.forget();
        }
        Rehoming now = rehoming;
        rehoming = null;
        if (now != null) {
            now.collector().done(this);
        }
        pair.ended(this);
    }

    void forgetSubscription(int id) {
        UaSubscription gone = subscriptions.remove(id);
        if (gone != null) {
            for (UaItem item : gone.items.values()) {
                items.remove(item.id);
                ownItems.remove(item);
            }
            delivery.deleteSubscription(id, now());
            pair.subscriptionGone(id);
            reconcileAll();
        }
        if (frontClosed && subscriptions.isEmpty()) {
            end();
        }
    }

    // ------------------------------------------------------------------ orders of the pair, on the loop

    /** The session is told where the pair is, when it begins. */
    void place(Route now, boolean isReleased, boolean isStranded, boolean[] attached) {
        if (over) {
            return;
        }
        route = now;
        released = isReleased;
        stranded = isStranded;
        if (stranded) {
            desk.strand(now.epoch(), now());
            finishActivation(new StatusCode(StatusCodes.Bad_NoCommunication));
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

    void attach(int member) {
        if (over) {
            return;
        }
        denied[member] = null;
        SessionLink link = links[member];
        link.role(roleOf(member));
        boolean needed = member == route.member() || (rehoming != null && rehoming.member() == member);
        // The active first: a standby that is slow must not delay a client's login (P4).
        link.attach(needed ? 0 : standbyDelayMs());
    }

    private long standbyDelayMs() {
        return Math.floorMod(opening.number() * 37, 100);
    }

    void detach(int member) {
        SessionLink link = links[member];
        boolean was = link.isOpen();
        endRunsOf(link);
        link.detach(false);
        if (was) {
            desk.linkLost(member, "member " + member + " is not usable", now());
        }
        wake();
    }

    private void endRunsOf(SessionLink link) {
        long now = now();
        for (int id : subscriptions.keySet()) {
            if (link.upstreamSubscription(id) != 0) {
                delivery.runsEnded(link.member, id, now);
            }
        }
    }

    void hold(long epoch) {
        released = false;
        repeatedBefore = (int) desk.repeated();
        unknownSinceHold = 0;
        notSentSinceHold = 0;
        doubtfulSinceHold = 0;
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
        route = new Route(epoch, member);
        rehoming = new Rehoming(epoch, member, collector);
        for (SessionLink link : links) {
            link.role(roleOf(link.member));
        }
        delivery.activate(member, epoch, now());
        links[member].hurry();
        advance();
        wake();
    }

    private boolean isPlaced() {
        return activated || activation != null || !subscriptions.isEmpty();
    }

    private SessionLink.Role roleOf(int member) {
        if (member == route.member()) {
            return SessionLink.Role.ACTIVE;
        }
        return pair.mode() == Mode.HOT ? SessionLink.Role.LIVE_STANDBY : SessionLink.Role.PARKED_STANDBY;
    }

    /** Answers the rehoming once this session's link is there, or can never be. */
    private void advance() {
        Rehoming now = rehoming;
        if (now == null) {
            return;
        }
        SessionLink link = links[now.member()];
        if (link.isReconciled() || denied[now.member()] != null) {
            rehoming = null;
            markRefused(link);
            now.collector().done(this);
        }
    }

    /** Items that the active lacks are Bad until it has them; the others flow (SYS-12, GAP-13). */
    private void markRefused(SessionLink link) {
        Map<Integer, List<UaItem>> bySubscription = new LinkedHashMap<>();
        Map<UaItem, StatusCode> refused = link.refusedItems();
        refused.keySet()
                .forEach(i -> bySubscription
                        .computeIfAbsent(i.subscription.id, k -> new ArrayList<>())
                        .add(i));
        bySubscription.forEach((id, list) ->
                delivery.ownValues(id, badValues(list, i -> refused.getOrDefault(i, StatusCode.BAD)), now()));
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
        if (released && route.hasMember() && links[route.member()].isReconciled()) {
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
                    reporting.add(item);
                }
            }
            if (!reporting.isEmpty()) {
                StatusCode status = new StatusCode(StatusCodes.Bad_NoCommunication);
                delivery.strand(subscription.id, badValues(reporting, i -> status), now);
            }
        }
        finishActivation(new StatusCode(StatusCodes.Bad_NoCommunication));
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

    /** What happened since the hold, for the record of the switch. */
    int repeatedSinceHold() {
        return (int) desk.repeated() - repeatedBefore;
    }

    boolean isSynchronizedOn(int member) {
        return over || !isPlaced() || denied[member] != null || links[member].isSynchronized();
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
    public long now() {
        return pair.now();
    }

    @Override
    public Map<Integer, UaSubscription> subscriptions() {
        return subscriptions;
    }

    @Override
    public UserIdentity identity() {
        return identity;
    }

    @Override
    public String[] localeIds() {
        return localeIds;
    }

    @Override
    public long parkMs() {
        return pair.parkMs();
    }

    @Override
    public void linkOpened(SessionLink link) {
        finishIfActive();
        if (pair.needsBuildInfo() && link.member == route.member()) {
            learnBuildInfo(link);
        }
    }

    private void learnBuildInfo(SessionLink link) {
        var with = link.session();
        if (with == null) {
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
        if (activation != null && released && route.hasMember() && links[route.member()].isOpen()) {
            finishActivation(StatusCode.GOOD);
        }
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
        pair.sessionSynchronized(link.member);
    }

    @Override
    public void linkFailed(SessionLink link, LinkException why, boolean wasOpen) {
        if (wasOpen) {
            desk.linkLost(link.member, String.valueOf(why.getMessage()), now());
        }
        pair.suspects(link.member, name + ": " + String.valueOf(why.getMessage()));
        wake();
    }

    @Override
    public void linkDenied(SessionLink link, StatusCode status) {
        denied[link.member] = status;
        pair.userRefused(this, link.member, status);
        if (activation != null && link.member == route.member()) {
            // What our own side says of an unencrypted link is no matter of the client's channel.
            finishActivation(
                    status.value() == StatusCodes.Bad_SecurityModeInsufficient
                            ? new StatusCode(StatusCodes.Bad_IdentityTokenRejected)
                            : status);
        }
        advance();
        pair.sessionSynchronized(link.member);
    }

    @Override
    public void runStarted(SessionLink link, UaItem item, boolean parkedRun) {
        delivery.runStarted(link.member, item.subscription.id, item.id, parkedRun, now());
    }

    @Override
    public void runsEnded(SessionLink link, int subscription) {
        delivery.runsEnded(link.member, subscription, now());
        wake();
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
            delivery.ownValues(item.subscription.id, badValues(List.of(item), i -> status), now());
        }
    }

    void reconcileAll() {
        for (SessionLink link : links) {
            link.reconcile();
        }
    }

    SessionLink link(int member) {
        return links[member];
    }

    Route route() {
        return route;
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
        if (route.hasMember() && denied[route.member()] != null) {
            // The active does not know this user: never fall back to a stronger account (S32).
            request.completed()
                    .accept(new Outcome.Done<>(
                            route.member(),
                            route.epoch(),
                            new Relayed.Fault(Answers.fault(
                                    StatusCodes.Bad_UserAccessDenied, "the active server refuses this user"))));
            return;
        }
        long margin = Math.min(50, timeout / 10);
        desk.submit(
                nextId(), request, request.repeatable(), now + (timeout - margin) * 1_000_000, pair.holdNanos(), now);
    }

    @Override
    public boolean send(long id, int member, long epoch, Relayed request) {
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
            desk.answered(id, member, epoch, new Relayed.Response(answer), now());
            wake();
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
                unknownSinceHold++;
                pair.outcomeUnknown(this, request, u);
            }
            case Outcome.NotSent<Relayed.Answer> n -> notSentSinceHold++;
            case Outcome.Done<Relayed.Answer> d -> pair.requestDone();
            case Outcome.Expired<Relayed.Answer> e -> {}
        }
        request.completed().accept(outcome);
    }

    // ------------------------------------------------------------------ publishing

    void park(long token, UaRequestMessageType request, CompletableFuture<UaResponseMessageType> answer) {
        parked.put(token, new ParkedPublish(request, answer));
    }

    @Override
    public void answer(long token, PublishAnswer answer) {
        ParkedPublish publish = parked.remove(token);
        if (publish != null) {
            publish.answer().complete(subscriptionServices.publishResponse(publish.request(), answer));
        }
    }

    @Override
    public void refuse(long token, PublishRefusal refusal) {
        ParkedPublish publish = parked.remove(token);
        if (publish != null) {
            long code = switch (refusal) {
                case NO_SUBSCRIPTION -> StatusCodes.Bad_NoSubscription;
                case TOO_MANY_PUBLISH_REQUESTS -> StatusCodes.Bad_TooManyPublishRequests;
                case TIMEOUT -> StatusCodes.Bad_Timeout;
                case SESSION_CLOSED -> StatusCodes.Bad_SessionClosed;
            };
            publish.answer().completeExceptionally(Answers.fault(code, refusal.toString()));
        }
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
        doubtfulSinceHold += gap.items().size();
        pair.gap(this, gap);
    }

    OwnItems ownItems() {
        return ownItems;
    }

    // ------------------------------------------------------------------ transfer

    /** A subscription on its way to another session: what the client wants, and what it has and has not seen. */
    record Transferred(UaSubscription wanted, org.tandemopc.relay.delivery.SubscriptionDelivery delivered) {}

    /** Gives a subscription to another session; null if its user is another one. On the loop. */
    @Nullable
    Transferred giveUp(int id, UserIdentity to) {
        UaSubscription wanted = subscriptions.get(id);
        if (wanted == null || over || !identity.sameUser(to)) {
            return null;
        }
        subscriptions.remove(id);
        for (UaItem item : wanted.items.values()) {
            items.remove(item.id);
            ownItems.remove(item);
        }
        Transferred taken = new Transferred(wanted, delivery.extract(id, now()));
        reconcileAll();
        wake();
        if (frontClosed && subscriptions.isEmpty()) {
            end();
        }
        return taken;
    }

    /** Takes a subscription over. Its items are made anew at this session's members; watermarks keep the order. */
    TransferResult takeOver(Transferred taken, boolean sendInitialValues) {
        UaSubscription wanted = taken.wanted();
        subscriptions.put(wanted.id, wanted);
        for (UaItem item : wanted.items.values()) {
            items.put(item.id, item);
            if (item.own) {
                ownItems.add(item);
            }
        }
        pair.subscriptionMade(wanted.id, this);
        delivery.adopt(taken.delivered(), now());
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
