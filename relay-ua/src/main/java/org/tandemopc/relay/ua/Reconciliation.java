package org.tandemopc.relay.ua;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaServiceFaultException;
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
import org.eclipse.milo.opcua.stack.core.types.structured.ModifyMonitoredItemsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ModifySubscriptionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ModifySubscriptionResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateResult;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemModifyRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemModifyResult;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoringParameters;
import org.eclipse.milo.opcua.stack.core.types.structured.RequestHeader;
import org.eclipse.milo.opcua.stack.core.types.structured.SetMonitoringModeRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.SetPublishingModeRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.SetTriggeringRequest;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.ua.MemberState.MemberItem;
import org.tandemopc.relay.ua.MemberState.MemberSubscription;
import org.tandemopc.relay.ua.SessionLink.Role;
import org.tandemopc.relay.ua.back.MemberSession;
import org.tandemopc.relay.ua.back.Revised;

/**
 * Brings one member to what the client wants: compares the wanted state with what the member has and mends the
 * difference, whatever it came from: a new connection, a new role, a call of the client that the active has answered.
 * One round at a time; a change meanwhile asks for another. Nothing is replayed, so nothing has to be remembered in
 * order, and subscriptions do not wait for each other. Owned by the session's loop.
 *
 * <pre>
 *   round: subscriptions deleted, made, modified ─▶ per subscription: items deleted, made, modified, modes, triggers
 *          ─▶ publishing on and off, last, so that nothing is published before the queues have their size
 * </pre>
 */
final class Reconciliation {
    private static final int ITEMS_PER_CALL = 1_000;
    /** Subscriptions that are brought over side by side. */
    private static final int CALLS_AT_A_TIME = 8;
    /** What a parked queue holds at the most (ua-relay 4). */
    private static final long PARKED_QUEUE_MAX = 1_000;

    private static final int NOTIFICATIONS_MAX = 10_000;
    /**
     * The first message of a subscription comes when its first interval has passed (Part 4, 5.14.1.2). One that is made anew at
     * the member that serves is made with this interval, so that clients need not wait for as long as theirs; with its first
     * values it gets its own.
     */
    private static final double HURRY_MS = 10;
    /** A subscription that is made or to be made with another interval than the wanted one has been told no version. */
    private static final int NO_VERSION = 0;
    /** An idle member proves so often that its subscription lives. */
    private static final double KEEP_ALIVE_MS = 3_000;
    /** A member keeps a subscription so long without a word from us. */
    private static final double LIFETIME_MS = 60_000;

    private final SessionLink link;
    private boolean running;
    private boolean dirty;
    private boolean done;

    Reconciliation(SessionLink link) {
        this.link = link;
    }

    /** The connection ended. */
    void reset() {
        running = false;
        dirty = false;
        done = false;
    }

    /** The member is as wanted. */
    boolean isDone() {
        return done;
    }

    /** Starts a round, or has the one under way followed by another. */
    void run() {
        MemberSession with = link.session();
        if (with == null) {
            return;
        }
        if (running) {
            dirty = true;
            return;
        }
        running = true;
        done = false;
        dirty = false;
        link.callbacks.when(round(with), x -> ended(), error -> {
            running = false;
            link.fail(error);
        });
    }

    private void ended() {
        running = false;
        if (dirty) {
            run();
            return;
        }
        done = true;
        retryRefusedItems();
        link.reconciled();
    }

    private CompletableFuture<Void> round(MemberSession with) {
        return deleteUnwanted(with)
                .thenCompose(x -> makeAndModifySubscriptions(with))
                .thenCompose(x -> items(with))
                .thenCompose(x -> publishingModes(with));
    }

    // ------------------------------------------------------------------ subscriptions

    private CompletableFuture<Void> deleteUnwanted(MemberSession with) {
        List<UInteger> unwanted = new ArrayList<>();
        for (MemberSubscription has : link.has.all()) {
            if (!link.owner.subscriptions().containsKey(has.id)) {
                unwanted.add(uint(has.upstreamId));
                link.forget(has);
            }
        }
        if (unwanted.isEmpty()) {
            return done();
        }
        return with.send(
                        new DeleteSubscriptionsRequest(header(with), unwanted.toArray(new UInteger[0])),
                        SessionLink.SERVICE_TIMEOUT_MS)
                .thenApply(r -> null);
    }

    private CompletableFuture<Void> makeAndModifySubscriptions(MemberSession with) {
        List<Supplier<CompletableFuture<Void>>> steps = new ArrayList<>();
        for (UaSubscription wanted : link.owner.subscriptions().values()) {
            MemberSubscription has = link.has.subscription(wanted.id);
            if (has == null) {
                steps.add(() -> makeSubscription(with, wanted));
            } else if (has.version != wanted.version && !has.hurried) {
                steps.add(() -> modifySubscription(with, wanted, has));
            }
        }
        return Flight.of(steps, CALLS_AT_A_TIME);
    }

    /** The request that creates a client's subscription here; used for the client's own call too. */
    CreateSubscriptionRequest createRequest(RequestHeader header, UaSubscription wanted) {
        return createRequest(header, wanted, wanted.publishingMs);
    }

    private CreateSubscriptionRequest createRequest(RequestHeader header, UaSubscription wanted, double publishingMs) {
        return new CreateSubscriptionRequest(
                header,
                publishingMs,
                uint(lifetimeCount(publishingMs)),
                uint(keepAliveCount(publishingMs)),
                uint(wanted.maxNotifications > 0 ? wanted.maxNotifications : NOTIFICATIONS_MAX),
                isPublishing(wanted),
                ubyte(wanted.priority));
    }

    private CompletableFuture<Void> makeSubscription(MemberSession with, UaSubscription wanted) {
        boolean hurries = hurries(wanted);
        int version = hurries ? NO_VERSION : wanted.version;
        CreateSubscriptionRequest request =
                createRequest(header(with), wanted, hurries ? HURRY_MS : wanted.publishingMs);
        return with.send(request, SessionLink.SERVICE_TIMEOUT_MS).thenAccept(answer -> {
            CreateSubscriptionResponse made = SessionLink.expect(CreateSubscriptionResponse.class, answer);
            long upstreamId = made.getSubscriptionId().longValue();
            double publishingMs =
                    Revised.publishingMs(made.getRevisedPublishingInterval(), request.getRequestedPublishingInterval());
            link.subscriptionMade(
                    wanted.id,
                    version,
                    request.getPublishingEnabled(),
                    Revised.keepAliveMs(publishingMs, made.getRevisedMaxKeepAliveCount()),
                    upstreamId);
            if (!hurries) {
                link.owner.subscriptionRevised(link, wanted.id, version, publishingMs);
            } else if (publishingMs < wanted.publishingMs) {
                link.hurried(upstreamId);
            } else {
                // It does not publish that often; there are servers that then take an interval of their own.
                dirty = true;
            }
            // Deleted or transferred meanwhile: the next round deletes it.
            dirty |= !wanted.equals(link.owner.subscriptions().get(wanted.id));
        });
    }

    private boolean hurries(UaSubscription wanted) {
        return link.role() == Role.ACTIVE
                && isPublishing(wanted)
                && wanted.publishingMs >= 2 * HURRY_MS
                && !wanted.items.isEmpty();
    }

    private CompletableFuture<Void> modifySubscription(
            MemberSession with, UaSubscription wanted, MemberSubscription has) {
        int version = wanted.version;
        double askedMs = wanted.publishingMs;
        return with.send(modifyRequest(header(with), wanted, has.upstreamId), SessionLink.SERVICE_TIMEOUT_MS)
                .thenAccept(answer -> {
                    ModifySubscriptionResponse made = SessionLink.expect(ModifySubscriptionResponse.class, answer);
                    double publishingMs = Revised.publishingMs(made.getRevisedPublishingInterval(), askedMs);
                    link.subscriptionModified(
                            wanted.id, version, Revised.keepAliveMs(publishingMs, made.getRevisedMaxKeepAliveCount()));
                    link.owner.subscriptionRevised(link, wanted.id, version, publishingMs);
                });
    }

    ModifySubscriptionRequest modifyRequest(RequestHeader header, UaSubscription wanted, long upstreamId) {
        return new ModifySubscriptionRequest(
                header,
                uint(upstreamId),
                wanted.publishingMs,
                uint(lifetimeCount(wanted.publishingMs)),
                uint(keepAliveCount(wanted.publishingMs)),
                uint(wanted.maxNotifications > 0 ? wanted.maxNotifications : NOTIFICATIONS_MAX),
                ubyte(wanted.priority));
    }

    private static long keepAliveCount(double publishingMs) {
        return Math.max(1, (long) Math.ceil(KEEP_ALIVE_MS / Math.max(1, publishingMs)));
    }

    /** At least three keep-alives (Part 4, 5.14.2.2). */
    private static long lifetimeCount(double publishingMs) {
        return Math.max(3 * keepAliveCount(publishingMs), (long) Math.ceil(LIFETIME_MS / Math.max(1, publishingMs)));
    }

    private boolean isPublishing(UaSubscription wanted) {
        return wanted.publishingEnabled && link.role() != Role.PARKED_STANDBY;
    }

    private CompletableFuture<Void> publishingModes(MemberSession with) {
        CompletableFuture<Void> chain = done();
        for (boolean on : new boolean[] {true, false}) {
            List<MemberSubscription> wrong = new ArrayList<>();
            for (MemberSubscription has : link.has.all()) {
                UaSubscription wanted = link.owner.subscriptions().get(has.id);
                if (wanted != null && isPublishing(wanted) == on && has.publishing != on) {
                    wrong.add(has);
                }
            }
            if (!wrong.isEmpty()) {
                UInteger[] ids = wrong.stream().map(s -> uint(s.upstreamId)).toArray(UInteger[]::new);
                chain = chain.thenCompose(x -> with.send(
                                new SetPublishingModeRequest(header(with), on, ids), SessionLink.SERVICE_TIMEOUT_MS)
                        .thenAccept(answer -> wrong.forEach(s -> link.publishingSet(s, on))));
            }
        }
        return chain;
    }

    // ------------------------------------------------------------------ items

    private CompletableFuture<Void> items(MemberSession with) {
        List<Supplier<CompletableFuture<Void>>> steps = new ArrayList<>();
        for (UaSubscription wanted : link.owner.subscriptions().values()) {
            steps.add(() -> {
                MemberSubscription has = link.has.subscription(wanted.id);
                return has == null ? done() : itemsOf(with, wanted, has);
            });
        }
        return Flight.of(steps, CALLS_AT_A_TIME);
    }

    private CompletableFuture<Void> itemsOf(MemberSession with, UaSubscription wanted, MemberSubscription has) {
        List<MemberItem> delete = forgetUnwantedItems(wanted, has);
        long now = link.owner.now();
        List<UaItem> make = new ArrayList<>();
        List<MemberItem> modify = new ArrayList<>();
        for (UaItem item : wanted.items.values()) {
            if (item.own) {
                continue;
            }
            MemberItem there = has.items.get(item.id);
            if (there == null || (!there.exists() && now - there.retryAtNanos >= 0)) {
                make.add(item);
            } else if (there.exists() && (there.version != item.version || there.bigQueue != bigQueue(there))) {
                modify.add(there);
            }
        }
        CompletableFuture<Void> chain = done();
        for (List<MemberItem> part : parts(delete)) {
            UInteger[] ids = part.stream().map(i -> uint(i.upstreamId)).toArray(UInteger[]::new);
            chain = chain.thenCompose(x -> with.send(
                            new DeleteMonitoredItemsRequest(header(with), uint(has.upstreamId), ids),
                            SessionLink.SERVICE_TIMEOUT_MS)
                    .<Void>thenApply(r -> null)
                    .exceptionallyCompose(error -> bear(error, "DeleteMonitoredItems"))
                    .thenRun(() -> link.itemsDeleted(has, part)));
        }
        for (List<UaItem> part : parts(make)) {
            chain = chain.thenCompose(x -> makeItems(with, has, part));
        }
        for (List<MemberItem> part : parts(modify)) {
            chain = chain.thenCompose(x -> modifyItems(with, has, part));
        }
        return chain.thenCompose(x -> monitoringModes(with, has)).thenCompose(x -> triggers(with, wanted, has));
    }

    /** @return those to be deleted at the member */
    private static List<MemberItem> forgetUnwantedItems(UaSubscription wanted, MemberSubscription has) {
        List<MemberItem> delete = new ArrayList<>();
        for (MemberItem item : List.copyOf(has.items.values())) {
            boolean isWanted = wanted.items.containsKey(item.item.id);
            if (item.renew || !isWanted) {
                has.forget(item.item.id);
                if (!isWanted) {
                    has.forgetHandle(item.item.id);
                }
                if (item.exists()) {
                    delete.add(item);
                }
            }
        }
        return delete;
    }

    /** A parked member samples into a long queue; it keeps it until its burst has come over, see {@link SessionLink#role}. */
    private boolean bigQueue(MemberItem there) {
        return link.role() == Role.PARKED_STANDBY || (link.isUnparking() && there.bigQueue);
    }

    private MonitoringParameters parameters(UaItem item, boolean big) {
        long queue = item.queueSize;
        boolean discardOldest = item.discardOldest;
        if (big) {
            queue = bigQueue(item.subscription, item.samplingMs, queue);
            discardOldest = true;
        }
        MemberSubscription there = link.has.subscription(item.subscription.id);
        boolean asItsSubscription = item.samplingMs < 0 && there != null && there.hurried;
        return new MonitoringParameters(
                uint(link.has.handle(item)),
                asItsSubscription ? item.subscription.publishingMs : item.samplingMs,
                item.filter,
                uint(queue),
                discardOldest);
    }

    /** So long that it reaches over detection and switch, and never shorter than the client's. */
    long bigQueue(UaSubscription subscription, double samplingMs, long clientQueue) {
        double sampling = samplingMs > 0 ? samplingMs : subscription.publishingMs;
        long reach = (long) Math.ceil((link.owner.parkMs() + 2 * subscription.publishingMs) / Math.max(1, sampling));
        return Math.max(clientQueue, Math.min(PARKED_QUEUE_MAX, Math.max(2, reach)));
    }

    /** The request that creates items here; used for the client's own call too. Members always give both timestamps. */
    CreateMonitoredItemsRequest createItemsRequest(
            RequestHeader header, long upstreamSubscription, List<UaItem> items, boolean big) {
        MonitoredItemCreateRequest[] requests = new MonitoredItemCreateRequest[items.size()];
        for (int i = 0; i < requests.length; i++) {
            UaItem item = items.get(i);
            requests[i] = new MonitoredItemCreateRequest(item.node, item.mode, parameters(item, big));
        }
        return new CreateMonitoredItemsRequest(header, uint(upstreamSubscription), TimestampsToReturn.Both, requests);
    }

    private CompletableFuture<Void> makeItems(MemberSession with, MemberSubscription has, List<UaItem> items) {
        int[] versions = items.stream().mapToInt(i -> i.version).toArray();
        MonitoringMode[] modes = items.stream().map(i -> i.mode).toArray(MonitoringMode[]::new);
        // As it is asked for: the role may be another when the answer comes.
        boolean big = link.role() == Role.PARKED_STANDBY;
        return with.send(createItemsRequest(header(with), has.upstreamId, items, big), SessionLink.SERVICE_TIMEOUT_MS)
                .thenAccept(answer -> {
                    MonitoredItemCreateResult[] results = SessionLink.expect(CreateMonitoredItemsResponse.class, answer)
                            .getResults();
                    for (int i = 0; i < items.size(); i++) {
                        MonitoredItemCreateResult result = results != null && i < results.length ? results[i] : null;
                        if (result != null && result.getStatusCode().isGood()) {
                            link.itemMade(
                                    has.id,
                                    items.get(i),
                                    versions[i],
                                    modes[i],
                                    big,
                                    result.getMonitoredItemId().longValue());
                        } else {
                            itemRefused(
                                    has,
                                    items.get(i),
                                    result == null
                                            ? new StatusCode(StatusCodes.Bad_UnexpectedError)
                                            : result.getStatusCode());
                        }
                    }
                })
                .exceptionallyCompose(error -> {
                    StatusCode fault = faultOf(error);
                    if (fault == null) {
                        return CompletableFuture.failedFuture(error);
                    }
                    items.forEach(item -> itemRefused(has, item, fault));
                    return done();
                });
    }

    private void itemRefused(MemberSubscription has, UaItem item, StatusCode status) {
        if (link.has.refused(has, item, status, link.owner.now())) {
            link.owner.itemRefused(link, item, status);
        }
    }

    /**
     * The server's own refusal of a whole call, which the link can live with; null for a broken link, and for a
     * subscription that the server does not know any more: then everything is made anew.
     */
    private static @Nullable StatusCode faultOf(Throwable error) {
        return Callbacks.unwrap(error) instanceof UaServiceFaultException fault
                        && fault.getStatusCode().value() != StatusCodes.Bad_SubscriptionIdInvalid
                ? fault.getStatusCode()
                : null;
    }

    /** A member that cannot do what the active did is worse than the active, and still better than none. */
    private CompletableFuture<Void> bear(Throwable error, String service) {
        StatusCode fault = faultOf(error);
        if (fault == null) {
            return CompletableFuture.failedFuture(error);
        }
        link.complain(Complaints.Kind.SERVICE_REFUSED, () -> "refuses " + service + ": " + fault);
        return done();
    }

    /** A server that has just come up may lack its address space for a while: ask again for what it refused. */
    private void retryRefusedItems() {
        long next = link.has.nextRetryNanos();
        if (next != Long.MAX_VALUE) {
            link.callbacks.later(Math.max(0, next - link.owner.now()) + 1_000_000, TimeUnit.NANOSECONDS, this::run);
        }
    }

    private CompletableFuture<Void> modifyItems(MemberSession with, MemberSubscription has, List<MemberItem> items) {
        int[] versions = items.stream().mapToInt(i -> i.item.version).toArray();
        boolean[] big = new boolean[items.size()];
        MonitoredItemModifyRequest[] requests = new MonitoredItemModifyRequest[items.size()];
        for (int i = 0; i < requests.length; i++) {
            MemberItem there = items.get(i);
            big[i] = bigQueue(there);
            if (big[i]) {
                link.owner.queueIsLong(link, there.item, true);
            }
            requests[i] = new MonitoredItemModifyRequest(uint(there.upstreamId), parameters(there.item, big[i]));
        }
        Runnable told = () -> {
            for (int i = 0; i < versions.length; i++) {
                items.get(i).version = versions[i];
                items.get(i).bigQueue = big[i];
            }
        };
        return with.send(
                        new ModifyMonitoredItemsRequest(
                                header(with), uint(has.upstreamId), TimestampsToReturn.Both, requests),
                        SessionLink.SERVICE_TIMEOUT_MS)
                .thenAccept(answer -> modified(items, big, answer))
                .exceptionallyCompose(error -> bear(error, "ModifyMonitoredItems"))
                .thenRun(told);
    }

    /** Where the member refuses, its queue stays long. */
    private void modified(List<MemberItem> items, boolean[] big, UaResponseMessageType answer) {
        MonitoredItemModifyResult[] results =
                SessionLink.expect(ModifyMonitoredItemsResponse.class, answer).getResults();
        for (int i = 0; results != null && i < Math.min(big.length, results.length); i++) {
            if (!big[i] && results[i].getStatusCode().isGood()) {
                link.owner.queueIsLong(link, items.get(i).item, false);
            }
        }
    }

    private CompletableFuture<Void> monitoringModes(MemberSession with, MemberSubscription has) {
        Map<MonitoringMode, List<MemberItem>> wrong = new LinkedHashMap<>();
        for (MemberItem there : has.items.values()) {
            if (there.exists() && there.mode != there.item.mode) {
                wrong.computeIfAbsent(there.item.mode, k -> new ArrayList<>()).add(there);
            }
        }
        CompletableFuture<Void> chain = done();
        for (Map.Entry<MonitoringMode, List<MemberItem>> entry : wrong.entrySet()) {
            for (List<MemberItem> part : parts(entry.getValue())) {
                UInteger[] ids = part.stream().map(i -> uint(i.upstreamId)).toArray(UInteger[]::new);
                chain = chain.thenCompose(x -> with.send(
                                new SetMonitoringModeRequest(header(with), uint(has.upstreamId), entry.getKey(), ids),
                                SessionLink.SERVICE_TIMEOUT_MS)
                        .<Void>thenApply(answer -> null)
                        .exceptionallyCompose(error -> bear(error, "SetMonitoringMode"))
                        .thenRun(() -> part.forEach(i -> i.mode = entry.getKey())));
            }
        }
        return chain;
    }

    private CompletableFuture<Void> triggers(MemberSession with, UaSubscription wanted, MemberSubscription has) {
        CompletableFuture<Void> chain = done();
        for (Map.Entry<Integer, Set<Integer>> entry : wanted.triggers.entrySet()) {
            MemberItem triggering = has.items.get(entry.getKey());
            if (triggering == null || !triggering.exists()) {
                continue;
            }
            Set<Integer> known = has.triggeredBy(entry.getKey());
            List<Integer> added = new ArrayList<>();
            List<UInteger> add = new ArrayList<>();
            for (int linked : entry.getValue()) {
                long upstreamId = link.has.upstreamId(has.id, linked);
                if (upstreamId != 0 && !known.contains(linked)) {
                    add.add(uint(upstreamId));
                    added.add(linked);
                }
            }
            List<UInteger> remove = new ArrayList<>();
            for (int linked : List.copyOf(known)) {
                if (!entry.getValue().contains(linked)) {
                    known.remove(linked);
                    long upstreamId = link.has.upstreamId(has.id, linked);
                    if (upstreamId != 0) {
                        remove.add(uint(upstreamId));
                    }
                }
            }
            if (!add.isEmpty() || !remove.isEmpty()) {
                chain = chain.thenCompose(x -> with.send(
                                new SetTriggeringRequest(
                                        header(with),
                                        uint(has.upstreamId),
                                        uint(triggering.upstreamId),
                                        add.toArray(new UInteger[0]),
                                        remove.toArray(new UInteger[0])),
                                SessionLink.SERVICE_TIMEOUT_MS)
                        .<Void>thenApply(answer -> null)
                        .exceptionallyCompose(error -> bear(error, "SetTriggering"))
                        .thenRun(() -> known.addAll(added)));
            }
        }
        return chain;
    }

    // ------------------------------------------------------------------ small things

    private static RequestHeader header(MemberSession with) {
        return with.header(SessionLink.SERVICE_TIMEOUT_MS);
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
}
