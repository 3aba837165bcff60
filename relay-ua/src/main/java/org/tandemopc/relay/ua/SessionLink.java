package org.tandemopc.relay.ua;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MonitoringMode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateMonitoredItemsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteSubscriptionsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ModifyMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ModifySubscriptionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateResult;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemModifyRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoringParameters;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.RepublishRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.RepublishResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.SetMonitoringModeRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.SetPublishingModeRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.SetTriggeringRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.SubscriptionAcknowledgement;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.relay.ua.back.LinkException;
import org.tandemopc.relay.ua.back.MemberConnector;
import org.tandemopc.relay.ua.back.MemberSession;
import org.tandemopc.relay.ua.wire.MalformedException;
import org.tandemopc.relay.ua.wire.RawResponse;
import org.tandemopc.relay.ua.wire.UaValueBatch;
import org.tandemopc.relay.ua.wire.UpstreamPublish;

/**
 * One client session's link to one member: connects while the pair says that the member is there, brings the member to
 * the state that the client wants (subscriptions, items, modes) by comparing, not by replaying, and keeps Publish
 * requests open. Owned by the session's event loop; nothing here blocks.
 *
 * <pre>
 *   detached --attach()--> connecting --connected--> open --lost--> waiting --timer--> connecting
 *      ^                                                                                   |
 *      +------------------------------------- detach() ------------------------------------+
 * </pre>
 */
final class SessionLink {
    private static final Logger LOG = LoggerFactory.getLogger(SessionLink.class);

    private static final int ITEMS_PER_CALL = 1000;
    private static final long SERVICE_TIMEOUT_MS = 10_000;
    /** A Publish request may wait long at the member: what tells a dead member is the control link. */
    private static final long PUBLISH_TIMEOUT_MS = 600_000;
    /** How long a message out of order is held back for the one before it, before asking for it again. */
    private static final long RESEQUENCE_MS = 500;

    private static final long SYNCHRONIZE_MARGIN_MS = 200;
    private static final long ITEM_RETRY_FIRST_MS = 1_000;
    private static final long ITEM_RETRY_MAX_MS = 60_000;
    /** What a parked queue holds at the most (ua-relay 4). */
    private static final long PARKED_QUEUE_MAX = 1000;

    /** What the member is for this session. */
    enum Role {
        ACTIVE,
        /** Hot: reports, its values wait. */
        LIVE_STANDBY,
        /** Warm: samples into its queues, publishing off. */
        PARKED_STANDBY
    }

    enum State {
        DETACHED,
        CONNECTING,
        OPEN,
        WAITING
    }

    /** What the link tells its session; on the loop. */
    interface Owner {
        EventLoop loop();

        /** Monotonic nanoseconds. */
        long now();

        String name();

        Map<Integer, UaSubscription> subscriptions();

        /** Session, subscriptions and items of the member are as wanted. */
        void linkReconciled(SessionLink link);

        void linkSynchronized(SessionLink link);

        /** The link ended, or an attempt to open it failed. */
        void linkFailed(SessionLink link, LinkException why, boolean wasOpen);

        /** The member refused this session's user or this session as such; no more attempts for now. */
        void linkDenied(SessionLink link, StatusCode status);

        void linkOpened(SessionLink link);

        void runStarted(SessionLink link, UaItem item, boolean parked);

        void runsEnded(SessionLink link, int subscription);

        void values(SessionLink link, int subscription, UaValueBatch batch);

        void keepAlive(SessionLink link, int subscription);

        void firstNotificationMissing(SessionLink link, String detail);

        /** A defect of Tandem in what this link called back: {@link #restart} it, or end the session. */
        void linkBroken(SessionLink link, RuntimeException defect);

        /** The member refuses an item that another member has. */
        void itemRefused(SessionLink link, UaItem item, StatusCode status);

        org.tandemopc.relay.ua.security.UserIdentity identity();

        String[] localeIds();

        /** How long a parked queue must reach: detection and switch, in ms. */
        long parkMs();
    }

    /** What exists at the member for one subscription. */
    static final class MemberSubscription {
        final int id;
        final long upstreamId;
        int version;
        boolean publishing;
        final Map<Integer, MemberItem> items = new LinkedHashMap<>();
        final Map<Integer, java.util.Set<Integer>> triggers = new HashMap<>();
        final MessageOrder<UpstreamPublish> order = new MessageOrder<>();
        boolean republishing;
        boolean heard;
        boolean firstMissing;

        MemberSubscription(int id, long upstreamId, int version, boolean publishing) {
            this.id = id;
            this.upstreamId = upstreamId;
            this.version = version;
            this.publishing = publishing;
        }
    }

    /** What exists at the member for one item. */
    static final class MemberItem {
        final UaItem item;
        /** 0 while the member refuses the item. */
        long upstreamId;

        int version;
        boolean bigQueue;
        MonitoringMode mode = MonitoringMode.Reporting;
        StatusCode refusal = StatusCode.GOOD;
        long retryMs = ITEM_RETRY_FIRST_MS;
        long retryAtNanos;

        MemberItem(UaItem item) {
            this.item = item;
        }
    }

    final int member;
    private final Owner owner;
    private final MemberConnector connector;
    private final EventLoop loop;
    private final Callbacks callbacks;

    private volatile State state = State.DETACHED;
    private Role role = Role.ACTIVE;
    private @Nullable MemberSession session;
    /** Grows with each connection: whatever belongs to an earlier one is ignored. */
    private int incarnation;

    private int failures;
    private boolean denied;

    private final Map<Integer, MemberSubscription> subscriptions = new LinkedHashMap<>();
    private final Map<Long, MemberSubscription> byUpstream = new HashMap<>();
    private boolean reconciling;
    private boolean dirty;
    private boolean reconciled;
    private volatile boolean synchronizedReported;
    private boolean synchronizing;

    private int publishesOpen;
    private int publishLimit = 20;
    private List<SubscriptionAcknowledgement> acknowledgements = new ArrayList<>();
    private int queueGrace;

    SessionLink(int member, Owner owner, MemberConnector connector) {
        this.member = member;
        this.owner = owner;
        this.connector = connector;
        this.loop = owner.loop();
        this.callbacks = new Callbacks(loop, () -> incarnation, this::broken);
    }

    // ------------------------------------------------------------------ connecting

    State state() {
        return state;
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    /** Open and brought to what the client wants. */
    boolean isReconciled() {
        return state == State.OPEN && reconciled;
    }

    boolean isSynchronized() {
        return state == State.OPEN && synchronizedReported;
    }

    int incarnation() {
        return incarnation;
    }

    Role role() {
        return role;
    }

    @Nullable
    MemberSession session() {
        return session;
    }

    MemberConnector connector() {
        return connector;
    }

    /** The member is there (again): connect now. */
    void attach(long delayMs) {
        denied = false;
        if (state == State.DETACHED) {
            failures = 0;
            state = State.WAITING;
            later(delayMs);
        } else if (state == State.WAITING) {
            connect();
        }
    }

    /** Stop waiting between attempts: the session needs this member now. */
    void hurry() {
        if (state == State.WAITING && !denied) {
            connect();
        }
    }

    /** The member is gone or not wanted: what it still sends is refused. */
    void detach(boolean politely) {
        MemberSession old = session;
        forget();
        state = State.DETACHED;
        if (old != null) {
            if (politely) {
                old.close();
            } else {
                old.abort();
            }
        }
    }

    private void forget() {
        incarnation++;
        session = null;
        subscriptions.clear();
        byUpstream.clear();
        reconciling = false;
        dirty = false;
        reconciled = false;
        synchronizedReported = false;
        synchronizing = false;
        publishesOpen = 0;
        publishLimit = 20;
        queueGrace = 0;
        acknowledgements = new ArrayList<>();
    }

    private void later(long delayMs) {
        callbacks.later(delayMs, TimeUnit.MILLISECONDS, () -> {
            if (state == State.WAITING && !denied) {
                connect();
            }
        });
    }

    private void connect() {
        state = State.CONNECTING;
        int of = ++incarnation;
        var unused = connector
                .connect(loop, owner.identity(), owner.localeIds(), owner.name(), 60_000, 5_000)
                .whenComplete((opened, error) -> callbacks.run(() -> connectEnded(of, opened, error)));
    }

    private void connectEnded(int of, @Nullable MemberSession opened, @Nullable Throwable error) {
        if (of != incarnation) {
            if (opened != null) {
                opened.close();
            }
        } else if (opened != null) {
            connected(opened);
        } else {
            connectFailed(
                    asLinkException(error == null ? new IllegalStateException("neither session nor error") : error));
        }
    }

    private void connected(MemberSession opened) {
        session = opened;
        state = State.OPEN;
        failures = 0;
        int of = incarnation;
        opened.onClosed(why -> callbacks.run(() -> {
            if (of == incarnation) {
                lost(why);
            }
        }));
        if (state == State.OPEN) {
            owner.linkOpened(this);
            reconcile();
        }
    }

    private void connectFailed(LinkException why) {
        state = State.WAITING;
        failures++;
        if (isRefusalOfUser(why.status())) {
            denied = true;
            owner.linkDenied(this, why.status());
            return;
        }
        later(backoffMs());
        owner.linkFailed(this, why, false);
    }

    private void lost(LinkException why) {
        List<Integer> ended = List.copyOf(subscriptions.keySet());
        MemberSession old = session;
        forget();
        state = State.WAITING;
        if (old != null) {
            old.abort();
        }
        failures++;
        for (int subscription : ended) {
            owner.runsEnded(this, subscription);
        }
        later(failures == 1 ? 0 : backoffMs());
        owner.linkFailed(this, why, true);
    }

    /** 0.25 s doubling to 30 s, with jitter by session, so that many sessions do not come at once (S16). */
    private long backoffMs() {
        long base = Math.min(30_000, 250L << Math.min(failures - 1, 7));
        return base / 2 + Math.floorMod(owner.name().hashCode() * 31L + failures * 7919L, base / 2 + 1);
    }

    static boolean isRefusalOfUser(StatusCode status) {
        long code = status.value();
        return code == StatusCodes.Bad_UserAccessDenied
                || code == StatusCodes.Bad_IdentityTokenInvalid
                || code == StatusCodes.Bad_IdentityTokenRejected
                || code == StatusCodes.Bad_UserSignatureInvalid
                // What our own side says when a password would leave in clear, see UaProtocol.
                || code == StatusCodes.Bad_SecurityModeInsufficient;
    }

    private void broken(RuntimeException defect) {
        owner.linkBroken(this, defect);
    }

    /** After a defect: the member's side of the session is made anew from nothing. */
    void restart(RuntimeException defect) {
        if (state != State.DETACHED) {
            lost(new LinkException(new StatusCode(StatusCodes.Bad_InternalError), false, "defect: " + defect));
        }
    }

    // ------------------------------------------------------------------ bringing the member to what is wanted

    /** What the member is for the session from now on; takes effect by reconciling. */
    void role(Role now) {
        if (role != now) {
            role = now;
            if (now != Role.PARKED_STANDBY) {
                // The long queue of the parked time is kept until its burst has come over.
                queueGrace++;
                int grace = queueGrace;
                callbacks.later(5, TimeUnit.SECONDS, () -> {
                    if (grace == queueGrace) {
                        queueGrace = 0;
                        reconcile();
                    }
                });
            } else {
                queueGrace = 0;
            }
            reconcile();
        }
    }

    /** Compares what is wanted with what the member has, and mends it; again if something changes meanwhile. */
    void reconcile() {
        if (state != State.OPEN || session == null) {
            return;
        }
        if (reconciling) {
            dirty = true;
            return;
        }
        reconciling = true;
        reconciled = false;
        dirty = false;
        callbacks.when(reconcileOnce(session), x -> reconcileEnded(), this::reconcileFailed);
    }

    private void reconcileEnded() {
        reconciling = false;
        if (dirty) {
            reconcile();
            return;
        }
        reconciled = true;
        pump();
        scheduleItemRetry();
        owner.linkReconciled(this);
        checkSynchronized();
    }

    private void reconcileFailed(Throwable error) {
        reconciling = false;
        if (error instanceof RuntimeException defect && !(error instanceof MalformedException)) {
            throw defect;
        }
        LinkException why = asLinkException(error);
        LOG.warn("{}: member {} could not be brought to the wanted state: {}", owner.name(), member, why.getMessage());
        if (session != null) {
            session.abort();
        }
        if (state == State.OPEN) {
            lost(why);
        }
    }

    private CompletableFuture<Void> reconcileOnce(MemberSession with) {
        return deleteUnwanted(with)
                .thenCompose(x -> createAndModifySubscriptions(with))
                .thenCompose(x -> items(with))
                .thenCompose(x -> publishingModes(with));
    }

    private CompletableFuture<Void> deleteUnwanted(MemberSession with) {
        List<UInteger> unwanted = new ArrayList<>();
        for (MemberSubscription has : List.copyOf(subscriptions.values())) {
            if (!owner.subscriptions().containsKey(has.id)) {
                unwanted.add(uint(has.upstreamId));
                subscriptions.remove(has.id);
                byUpstream.remove(has.upstreamId);
            }
        }
        if (unwanted.isEmpty()) {
            return done();
        }
        return with.send(
                        new DeleteSubscriptionsRequest(
                                with.header(SERVICE_TIMEOUT_MS), unwanted.toArray(new UInteger[0])),
                        SERVICE_TIMEOUT_MS)
                .thenApply(r -> null);
    }

    private CompletableFuture<Void> createAndModifySubscriptions(MemberSession with) {
        CompletableFuture<Void> chain = done();
        for (UaSubscription wanted : List.copyOf(owner.subscriptions().values())) {
            MemberSubscription has = subscriptions.get(wanted.id);
            if (has == null) {
                chain = chain.thenCompose(x -> createSubscription(with, wanted));
            } else if (has.version != wanted.version) {
                chain = chain.thenCompose(x -> modifySubscription(with, wanted, has));
            }
        }
        return chain;
    }

    /** The request that creates a client's subscription here; used for the client's own call too. */
    CreateSubscriptionRequest createRequest(MemberSession with, UaSubscription wanted) {
        return new CreateSubscriptionRequest(
                with.header(SERVICE_TIMEOUT_MS),
                wanted.publishingMs,
                uint(lifetimeCount(wanted.publishingMs)),
                uint(keepAliveCount(wanted.publishingMs)),
                uint(wanted.maxNotifications > 0 ? wanted.maxNotifications : 10_000),
                wantedPublishing(wanted),
                ubyte(wanted.priority));
    }

    private CompletableFuture<Void> createSubscription(MemberSession with, UaSubscription wanted) {
        int version = wanted.version;
        CreateSubscriptionRequest request = createRequest(with, wanted);
        return with.send(request, SERVICE_TIMEOUT_MS).thenAccept(answer -> {
            if (owner.subscriptions().get(wanted.id) == wanted) {
                subscriptionCreated(
                        wanted.id,
                        version,
                        request.getPublishingEnabled(),
                        expect(CreateSubscriptionResponse.class, answer)
                                .getSubscriptionId()
                                .longValue());
            } else {
                dirty = true;
            }
        });
    }

    /** The member made a subscription for the client's; {@code version} is what it was told. */
    void subscriptionCreated(int id, int version, boolean publishing, long upstreamId) {
        MemberSubscription made = new MemberSubscription(id, upstreamId, version, publishing);
        subscriptions.put(id, made);
        byUpstream.put(upstreamId, made);
        pump();
        expectFirstNotification(made);
    }

    private CompletableFuture<Void> modifySubscription(
            MemberSession with, UaSubscription wanted, MemberSubscription has) {
        int version = wanted.version;
        return with.send(modifyRequest(with, wanted, has.upstreamId), SERVICE_TIMEOUT_MS)
                .thenAccept(answer -> has.version = version);
    }

    ModifySubscriptionRequest modifyRequest(MemberSession with, UaSubscription wanted, long upstreamId) {
        return new ModifySubscriptionRequest(
                with.header(SERVICE_TIMEOUT_MS),
                uint(upstreamId),
                wanted.publishingMs,
                uint(lifetimeCount(wanted.publishingMs)),
                uint(keepAliveCount(wanted.publishingMs)),
                uint(wanted.maxNotifications > 0 ? wanted.maxNotifications : 10_000),
                ubyte(wanted.priority));
    }

    /** About 3 s: how soon an idle member proves that its subscription lives. */
    private static long keepAliveCount(double publishingMs) {
        return Math.max(1, (long) Math.ceil(3_000 / Math.max(1, publishingMs)));
    }

    /** About 60 s, and at least three keep-alives (Part 4, 5.14.2.2). */
    private static long lifetimeCount(double publishingMs) {
        return Math.max(3 * keepAliveCount(publishingMs), (long) Math.ceil(60_000 / Math.max(1, publishingMs)));
    }

    private boolean wantedPublishing(UaSubscription wanted) {
        return wanted.publishingEnabled && role != Role.PARKED_STANDBY;
    }

    private CompletableFuture<Void> items(MemberSession with) {
        CompletableFuture<Void> chain = done();
        for (UaSubscription wanted : List.copyOf(owner.subscriptions().values())) {
            chain = chain.thenCompose(x -> {
                MemberSubscription has = subscriptions.get(wanted.id);
                return has == null ? done() : itemsOf(with, wanted, has);
            });
        }
        return chain;
    }

    private CompletableFuture<Void> itemsOf(MemberSession with, UaSubscription wanted, MemberSubscription has) {
        List<UInteger> delete = new ArrayList<>();
        for (MemberItem item : List.copyOf(has.items.values())) {
            if (!wanted.items.containsKey(item.item.id)) {
                has.items.remove(item.item.id);
                if (item.upstreamId != 0) {
                    delete.add(uint(item.upstreamId));
                }
            }
        }
        long now = owner.now();
        List<UaItem> create = new ArrayList<>();
        List<MemberItem> modify = new ArrayList<>();
        for (UaItem item : wanted.items.values()) {
            if (item.own) {
                continue;
            }
            MemberItem there = has.items.get(item.id);
            if (there == null || (there.upstreamId == 0 && now - there.retryAtNanos >= 0)) {
                create.add(item);
            } else if (there.upstreamId != 0 && (there.version != item.version || there.bigQueue != bigQueue(there))) {
                modify.add(there);
            }
        }
        CompletableFuture<Void> chain = done();
        for (List<UInteger> part : parts(delete)) {
            chain = chain.thenCompose(x -> with.send(
                            new DeleteMonitoredItemsRequest(
                                    with.header(SERVICE_TIMEOUT_MS),
                                    uint(has.upstreamId),
                                    part.toArray(new UInteger[0])),
                            SERVICE_TIMEOUT_MS)
                    .thenApply(r -> null));
        }
        for (List<UaItem> part : parts(create)) {
            chain = chain.thenCompose(x -> createItems(with, has, part));
        }
        for (List<MemberItem> part : parts(modify)) {
            chain = chain.thenCompose(x -> modifyItems(with, has, part));
        }
        return chain.thenCompose(x -> monitoringModes(with, has)).thenCompose(x -> triggers(with, wanted, has));
    }

    /** A parked member samples into a long queue; it keeps it a little longer than it is parked, see {@link #role}. */
    private boolean bigQueue(MemberItem there) {
        return role == Role.PARKED_STANDBY || (queueGrace > 0 && there.bigQueue);
    }

    MonitoringParameters parameters(UaItem item, boolean big) {
        long queue = item.queueSize;
        boolean discardOldest = item.discardOldest;
        if (big) {
            double sampling = item.samplingMs > 0 ? item.samplingMs : item.subscription.publishingMs;
            long reach =
                    (long) Math.ceil((owner.parkMs() + 2 * item.subscription.publishingMs) / Math.max(1, sampling));
            queue = Math.max(queue, Math.min(PARKED_QUEUE_MAX, Math.max(2, reach)));
            discardOldest = true;
        }
        return new MonitoringParameters(uint(item.id), item.samplingMs, item.filter, uint(queue), discardOldest);
    }

    /** The request that creates items here; used for the client's own call too. Members always give both timestamps. */
    CreateMonitoredItemsRequest createItemsRequest(MemberSession with, long upstreamSubscription, List<UaItem> items) {
        MonitoredItemCreateRequest[] requests = new MonitoredItemCreateRequest[items.size()];
        for (int i = 0; i < requests.length; i++) {
            UaItem item = items.get(i);
            requests[i] =
                    new MonitoredItemCreateRequest(item.node, item.mode, parameters(item, role == Role.PARKED_STANDBY));
        }
        return new CreateMonitoredItemsRequest(
                with.header(SERVICE_TIMEOUT_MS), uint(upstreamSubscription), TimestampsToReturn.Both, requests);
    }

    private CompletableFuture<Void> createItems(MemberSession with, MemberSubscription has, List<UaItem> items) {
        int[] versions = items.stream().mapToInt(i -> i.version).toArray();
        MonitoringMode[] modes = items.stream().map(i -> i.mode).toArray(MonitoringMode[]::new);
        return with.send(createItemsRequest(with, has.upstreamId, items), SERVICE_TIMEOUT_MS)
                .thenAccept(answer -> {
                    MonitoredItemCreateResult[] results =
                            expect(CreateMonitoredItemsResponse.class, answer).getResults();
                    for (int i = 0; i < items.size(); i++) {
                        MonitoredItemCreateResult result = results != null && i < results.length ? results[i] : null;
                        UaItem item = items.get(i);
                        if (result != null && result.getStatusCode().isGood()) {
                            itemCreated(
                                    has.id,
                                    item,
                                    versions[i],
                                    modes[i],
                                    result.getMonitoredItemId().longValue());
                        } else {
                            itemRefused(
                                    has,
                                    item,
                                    result == null
                                            ? new StatusCode(StatusCodes.Bad_UnexpectedError)
                                            : result.getStatusCode());
                        }
                    }
                });
    }

    /** The member made the item; {@code version} and {@code mode} are what it was told. */
    void itemCreated(int subscription, UaItem item, int version, MonitoringMode mode, long upstreamId) {
        MemberSubscription has = subscriptions.get(subscription);
        if (has == null) {
            return;
        }
        MemberItem made = new MemberItem(item);
        made.upstreamId = upstreamId;
        made.version = version;
        made.mode = mode;
        made.bigQueue = role == Role.PARKED_STANDBY;
        has.items.put(item.id, made);
        owner.runStarted(this, item, role == Role.PARKED_STANDBY);
    }

    private void itemRefused(MemberSubscription has, UaItem item, StatusCode status) {
        MemberItem known = has.items.get(item.id);
        boolean first = known == null;
        if (known == null) {
            known = new MemberItem(item);
            has.items.put(item.id, known);
        } else {
            known.retryMs = Math.min(ITEM_RETRY_MAX_MS, known.retryMs * 2);
        }
        known.refusal = status;
        known.retryAtNanos = owner.now() + known.retryMs * 1_000_000;
        if (first) {
            owner.itemRefused(this, item, status);
        }
    }

    /** Items that this member does not have, with its reason: they are Bad while it is active (SYS-12, GAP-13). */
    Map<UaItem, StatusCode> refusedItems() {
        Map<UaItem, StatusCode> refused = new LinkedHashMap<>();
        for (MemberSubscription has : subscriptions.values()) {
            for (MemberItem item : has.items.values()) {
                if (item.upstreamId == 0) {
                    refused.put(item.item, item.refusal);
                }
            }
        }
        return refused;
    }

    /** A server that has just come up may lack its address space for a while: ask again for what it refused. */
    private void scheduleItemRetry() {
        long soonest = Long.MAX_VALUE;
        long now = owner.now();
        for (MemberSubscription has : subscriptions.values()) {
            for (MemberItem item : has.items.values()) {
                if (item.upstreamId == 0) {
                    soonest = Math.min(soonest, Math.max(0, item.retryAtNanos - now));
                }
            }
        }
        if (soonest != Long.MAX_VALUE) {
            callbacks.later(soonest + 1_000_000, TimeUnit.NANOSECONDS, this::reconcile);
        }
    }

    private CompletableFuture<Void> modifyItems(MemberSession with, MemberSubscription has, List<MemberItem> items) {
        int[] versions = items.stream().mapToInt(i -> i.item.version).toArray();
        boolean[] big = new boolean[items.size()];
        MonitoredItemModifyRequest[] requests = new MonitoredItemModifyRequest[items.size()];
        for (int i = 0; i < requests.length; i++) {
            MemberItem there = items.get(i);
            big[i] = bigQueue(there);
            requests[i] = new MonitoredItemModifyRequest(uint(there.upstreamId), parameters(there.item, big[i]));
        }
        return with.send(
                        new ModifyMonitoredItemsRequest(
                                with.header(SERVICE_TIMEOUT_MS),
                                uint(has.upstreamId),
                                TimestampsToReturn.Both,
                                requests),
                        SERVICE_TIMEOUT_MS)
                .thenAccept(answer -> {
                    for (int i = 0; i < versions.length; i++) {
                        items.get(i).version = versions[i];
                        items.get(i).bigQueue = big[i];
                    }
                });
    }

    private CompletableFuture<Void> monitoringModes(MemberSession with, MemberSubscription has) {
        Map<MonitoringMode, List<MemberItem>> wrong = new LinkedHashMap<>();
        for (MemberItem there : has.items.values()) {
            if (there.upstreamId != 0 && there.mode != there.item.mode) {
                wrong.computeIfAbsent(there.item.mode, k -> new ArrayList<>()).add(there);
            }
        }
        CompletableFuture<Void> chain = done();
        for (Map.Entry<MonitoringMode, List<MemberItem>> entry : wrong.entrySet()) {
            for (List<MemberItem> part : parts(entry.getValue())) {
                UInteger[] ids = part.stream().map(i -> uint(i.upstreamId)).toArray(UInteger[]::new);
                chain = chain.thenCompose(x -> with.send(
                                new SetMonitoringModeRequest(
                                        with.header(SERVICE_TIMEOUT_MS), uint(has.upstreamId), entry.getKey(), ids),
                                SERVICE_TIMEOUT_MS)
                        .thenAccept(answer -> part.forEach(i -> i.mode = entry.getKey())));
            }
        }
        return chain;
    }

    private CompletableFuture<Void> triggers(MemberSession with, UaSubscription wanted, MemberSubscription has) {
        CompletableFuture<Void> chain = done();
        for (Map.Entry<Integer, java.util.Set<Integer>> entry : wanted.triggers.entrySet()) {
            MemberItem triggering = has.items.get(entry.getKey());
            if (triggering == null || triggering.upstreamId == 0) {
                continue;
            }
            java.util.Set<Integer> known = has.triggers.computeIfAbsent(entry.getKey(), k -> new java.util.HashSet<>());
            List<UInteger> add = new ArrayList<>();
            List<Integer> added = new ArrayList<>();
            for (int linked : entry.getValue()) {
                MemberItem there = has.items.get(linked);
                if (there != null && there.upstreamId != 0 && !known.contains(linked)) {
                    add.add(uint(there.upstreamId));
                    added.add(linked);
                }
            }
            List<UInteger> remove = new ArrayList<>();
            for (int linked : List.copyOf(known)) {
                if (!entry.getValue().contains(linked)) {
                    known.remove(linked);
                    MemberItem there = has.items.get(linked);
                    if (there != null && there.upstreamId != 0) {
                        remove.add(uint(there.upstreamId));
                    }
                }
            }
            if (!add.isEmpty() || !remove.isEmpty()) {
                chain = chain.thenCompose(x -> with.send(
                                new SetTriggeringRequest(
                                        with.header(SERVICE_TIMEOUT_MS),
                                        uint(has.upstreamId),
                                        uint(triggering.upstreamId),
                                        add.toArray(new UInteger[0]),
                                        remove.toArray(new UInteger[0])),
                                SERVICE_TIMEOUT_MS)
                        .thenAccept(answer -> known.addAll(added)));
            }
        }
        return chain;
    }

    private CompletableFuture<Void> publishingModes(MemberSession with) {
        CompletableFuture<Void> chain = done();
        for (boolean on : new boolean[] {true, false}) {
            List<MemberSubscription> wrong = new ArrayList<>();
            for (MemberSubscription has : subscriptions.values()) {
                UaSubscription wanted = owner.subscriptions().get(has.id);
                if (wanted != null && wantedPublishing(wanted) == on && has.publishing != on) {
                    wrong.add(has);
                }
            }
            if (!wrong.isEmpty()) {
                UInteger[] ids = wrong.stream().map(s -> uint(s.upstreamId)).toArray(UInteger[]::new);
                chain = chain.thenCompose(x -> with.send(
                                new SetPublishingModeRequest(with.header(SERVICE_TIMEOUT_MS), on, ids),
                                SERVICE_TIMEOUT_MS)
                        .thenAccept(answer -> wrong.forEach(s -> {
                            s.publishing = on;
                            if (on) {
                                s.heard = false;
                                expectFirstNotification(s);
                            }
                        })));
            }
        }
        return chain;
    }

    /** The member's id of a client's subscription, or 0. */
    long upstreamSubscription(int id) {
        MemberSubscription has = subscriptions.get(id);
        return has == null ? 0 : has.upstreamId;
    }

    /** The member's id of a client's item, or 0. */
    long upstreamItem(int subscription, int item) {
        MemberSubscription has = subscriptions.get(subscription);
        MemberItem there = has == null ? null : has.items.get(item);
        return there == null ? 0 : there.upstreamId;
    }

    @Nullable
    MemberItem memberItem(int subscription, int item) {
        MemberSubscription has = subscriptions.get(subscription);
        return has == null ? null : has.items.get(item);
    }

    /** The client's own call told this member the subscription's new parameters. */
    void subscriptionModified(int id, int version) {
        MemberSubscription has = subscriptions.get(id);
        if (has != null) {
            has.version = version;
        }
    }

    // ------------------------------------------------------------------ publishing

    /** Keeps enough Publish requests at the member to bridge a stall of about 3 s (ua-relay 3 and 4). */
    private void pump() {
        MemberSession with = session;
        if (state != State.OPEN || with == null || subscriptions.isEmpty()) {
            return;
        }
        double smallest = Double.MAX_VALUE;
        for (UaSubscription wanted : owner.subscriptions().values()) {
            smallest = Math.min(smallest, Math.max(1, wanted.publishingMs));
        }
        long forStall = Math.clamp((long) Math.ceil(3_000 / smallest) + 1, 4, 20);
        long target = Math.min(publishLimit + subscriptions.size() - 1L, forStall + subscriptions.size() - 1);
        while (publishesOpen < target && with.isOpen()) {
            sendPublish(with);
        }
    }

    private void sendPublish(MemberSession with) {
        SubscriptionAcknowledgement[] acks = acknowledgements.toArray(new SubscriptionAcknowledgement[0]);
        acknowledgements = new ArrayList<>();
        publishesOpen++;
        callbacks.when(
                with.send(new PublishRequest(with.header(PUBLISH_TIMEOUT_MS), acks), PUBLISH_TIMEOUT_MS),
                answer -> {
                    publishesOpen--;
                    published(answer);
                },
                error -> {
                    publishesOpen--;
                    publishFailed(error);
                });
    }

    private void publishFailed(Throwable cause) {
        long code = cause instanceof UaException ua ? ua.getStatusCode().value() : 0;
        if (code == StatusCodes.Bad_TooManyPublishRequests) {
            publishLimit = Math.max(1, publishesOpen);
        } else if (code == StatusCodes.Bad_NoSubscription) {
            // All subscriptions ended at the member, or none is made yet: reconciling makes them and pumps.
            if (!subscriptions.isEmpty() && !reconciling) {
                subscriptionsLost();
            }
        } else if (code == StatusCodes.Bad_Timeout || code == StatusCodes.Bad_RequestTimeout) {
            pump();
        } else if (cause instanceof LinkException) {
            // onClosed tells; nothing to add.
            return;
        } else {
            reconcileFailed(cause);
        }
    }

    private void subscriptionsLost() {
        List<Integer> ended = List.copyOf(subscriptions.keySet());
        subscriptions.clear();
        byUpstream.clear();
        acknowledgements.clear();
        for (int id : ended) {
            owner.runsEnded(this, id);
        }
        reconcile();
    }

    private void published(UaResponseMessageType answer) {
        UpstreamPublish message;
        try {
            message = UpstreamPublish.parse(expect(RawResponse.class, answer));
        } catch (MalformedException e) {
            reconcileFailed(new LinkException(
                    new StatusCode(StatusCodes.Bad_DecodingError),
                    false,
                    "unreadable Publish response: " + e.getMessage()));
            return;
        }
        MemberSubscription of = byUpstream.get(message.subscriptionId());
        if (of != null) {
            resequence(of, message);
        }
        pump();
    }

    /** Members may swap Publish responses on the wire (pitfall P1): messages are taken in the order of their numbers. */
    private void resequence(MemberSubscription of, UpstreamPublish message) {
        if (message.keepAlive()) {
            heard(of);
            if (of.order.keepAlive(message.sequenceNumber())) {
                owner.keepAlive(this, of.id);
            } else {
                askForMissingLater(of);
            }
            return;
        }
        acknowledgements.add(new SubscriptionAcknowledgement(uint(of.upstreamId), uint(message.sequenceNumber())));
        switch (of.order.offer(message.sequenceNumber(), message)) {
            case EXPECTED -> {
                take(of, message);
                takeWaiting(of);
            }
            case EARLY -> askForMissingLater(of);
            case TOO_MANY -> skipHole(of);
            case REPEATED -> {}
        }
    }

    private void takeWaiting(MemberSubscription of) {
        for (UpstreamPublish next = of.order.next(); next != null; next = of.order.next()) {
            take(of, next);
        }
    }

    private void askForMissingLater(MemberSubscription of) {
        if (!of.republishing) {
            of.republishing = true;
            callbacks.later(RESEQUENCE_MS, TimeUnit.MILLISECONDS, () -> republish(of));
        }
    }

    private void take(MemberSubscription of, UpstreamPublish message) {
        heard(of);
        for (UpstreamPublish.Content content : message.content()) {
            switch (content) {
                case UpstreamPublish.Values v -> owner.values(this, of.id, v.batch());
                case UpstreamPublish.StatusChange s -> ended(of, s.status());
                case UpstreamPublish.Unrecognised u ->
                    LOG.warn(
                            "{}: member {} sent a notification of unknown kind {}",
                            owner.name(),
                            member,
                            u.encodingId());
            }
        }
    }

    /** The member ended its subscription (P8): that is between it and us; it is made anew. */
    private void ended(MemberSubscription of, StatusCode why) {
        LOG.info("{}: member {} ended subscription {}: {}", owner.name(), member, of.upstreamId, why);
        subscriptions.remove(of.id);
        byUpstream.remove(of.upstreamId);
        owner.runsEnded(this, of.id);
        reconcile();
    }

    private void republish(MemberSubscription of) {
        MemberSession with = session;
        if (with == null || !of.equals(subscriptions.get(of.id)) || !of.order.isMissing()) {
            of.republishing = false;
            return;
        }
        long missing = of.order.expected();
        callbacks.when(
                with.send(
                        new RepublishRequest(with.header(SERVICE_TIMEOUT_MS), uint(of.upstreamId), uint(missing)),
                        SERVICE_TIMEOUT_MS),
                answer -> {
                    of.republishing = false;
                    if (of.order.expected() == missing) {
                        republished(of, answer);
                    }
                },
                error -> {
                    of.republishing = false;
                    if (of.order.expected() == missing) {
                        skipHole(of);
                    }
                });
    }

    private void republished(MemberSubscription of, UaResponseMessageType answer) {
        UpstreamPublish message;
        try {
            message = Republished.parse(expect(RepublishResponse.class, answer), of.upstreamId);
        } catch (MalformedException e) {
            skipHole(of);
            return;
        }
        if (message.sequenceNumber() != of.order.expected()) {
            skipHole(of);
            return;
        }
        resequence(of, message);
        askAgain(of);
    }

    /** A message of the member is lost for good: what follows is not continuous with what came before (I4). */
    private void skipHole(MemberSubscription of) {
        LOG.warn(
                "{}: member {} lost message {} of subscription {}",
                owner.name(),
                member,
                of.order.expected(),
                of.upstreamId);
        owner.runsEnded(this, of.id);
        for (MemberItem item : of.items.values()) {
            if (item.upstreamId != 0) {
                owner.runStarted(this, item.item, false);
            }
        }
        of.order.skip();
        takeWaiting(of);
        askAgain(of);
    }

    /** More than one may be missing. */
    private void askAgain(MemberSubscription of) {
        if (of.order.isMissing() && !of.republishing) {
            of.republishing = true;
            republish(of);
        }
    }

    private void heard(MemberSubscription of) {
        if (!of.heard) {
            of.heard = true;
            checkSynchronized();
        }
    }

    /** A member that accepts a subscription and then stays silent is not healthy (user needs U4, U8). */
    private void expectFirstNotification(MemberSubscription made) {
        UaSubscription wanted = owner.subscriptions().get(made.id);
        if (wanted == null || !made.publishing) {
            return;
        }
        long waitMs = (long) Math.ceil(2 * wanted.publishingMs) + 3_000;
        callbacks.later(waitMs, TimeUnit.MILLISECONDS, () -> {
            if (made.equals(subscriptions.get(made.id)) && !made.heard && made.publishing && !made.firstMissing) {
                made.firstMissing = true;
                owner.firstNotificationMissing(
                        this, "no first notification within " + waitMs + " ms after CreateSubscription");
            }
        });
    }

    /**
     * Ready to take over: everything is made, every live subscription has spoken, and two publishing intervals have
     * passed since, so that what the member holds reaches back behind what the active has delivered. A planned switch
     * sooner than that could not be proven continuous.
     */
    private void checkSynchronized() {
        if (!reconciled || synchronizedReported || synchronizing) {
            return;
        }
        double slowest = 0;
        for (UaSubscription wanted : owner.subscriptions().values()) {
            MemberSubscription has = subscriptions.get(wanted.id);
            if (has == null || (has.publishing && !has.heard)) {
                return;
            }
            slowest = Math.max(slowest, wanted.items.isEmpty() ? 0 : wanted.publishingMs);
        }
        if (slowest == 0) {
            reportSynchronized();
            return;
        }
        synchronizing = true;
        callbacks.later(
                (long) Math.ceil(2 * slowest) + SYNCHRONIZE_MARGIN_MS, TimeUnit.MILLISECONDS, this::reportSynchronized);
    }

    private void reportSynchronized() {
        synchronizedReported = true;
        owner.linkSynchronized(this);
    }

    // ------------------------------------------------------------------ small things

    /**
     * Sends a request of the client; false if it was certainly not handed to a socket.
     *
     * @throws MalformedException if the client's request cannot be made the member's
     */
    boolean send(Relayed request, long timeoutMs, Callbacks.Completion<UaResponseMessageType> completion) {
        MemberSession with = session;
        if (state != State.OPEN || with == null || !with.isOpen()) {
            return false;
        }
        UaRequestMessageType message = request.build().apply(this);
        if (message == null) {
            return false;
        }
        callbacks.when(with.send(message, timeoutMs), completion);
        return true;
    }

    /** A member may answer anything: what is no answer to the request ends the link. */
    private static <T> T expect(Class<T> type, UaResponseMessageType answer) {
        if (!type.isInstance(answer)) {
            throw new MalformedException(
                    "OPC UA Part 4, 5.3",
                    type.getSimpleName(),
                    0,
                    "answered " + answer.getClass().getSimpleName());
        }
        return type.cast(answer);
    }

    private static CompletableFuture<Void> done() {
        return CompletableFuture.completedFuture(null);
    }

    private static <T> List<List<T>> parts(List<T> all) {
        List<List<T>> parts = new ArrayList<>();
        for (int i = 0; i < all.size(); i += ITEMS_PER_CALL) {
            parts.add(all.subList(i, Math.min(all.size(), i + ITEMS_PER_CALL)));
        }
        return parts;
    }

    static LinkException asLinkException(Throwable error) {
        Throwable cause = Callbacks.unwrap(error);
        if (cause instanceof LinkException link) {
            return link;
        }
        StatusCode status =
                UaException.extractStatusCode(cause).orElse(new StatusCode(StatusCodes.Bad_UnexpectedError));
        return new LinkException(status, false, cause.getMessage() == null ? cause.toString() : cause.getMessage());
    }
}
