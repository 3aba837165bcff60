package org.tandemopc.relay.ua;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.eclipse.milo.opcua.stack.core.AttributeId;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.UaRuntimeException;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.DiagnosticInfo;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.DataChangeTrigger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MonitoringMode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateMonitoredItemsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.DataChangeFilter;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteMonitoredItemsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ModifyMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ModifyMonitoredItemsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateResult;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemModifyRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemModifyResult;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoringParameters;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.SetMonitoringModeRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.SetMonitoringModeResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.SetTriggeringRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.SetTriggeringResponse;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.delivery.ItemSettings;
import org.tandemopc.relay.ua.MemberState.MemberItem;
import org.tandemopc.relay.ua.MemberState.MemberSubscription;
import org.tandemopc.relay.ua.back.Revised;

/**
 * The services on monitored items (OPC UA Part 4, 5.13) of one session. Ids are Tandem's own. What a client creates or
 * changes is asked of the active, whose answer, operation by operation, is the client's; what the active granted is the
 * wanted state to which every other member is brought. Items on {@link OwnNodes} are Tandem's to grant. An item that the
 * active lacks for now can be changed all the same: the wanted state is kept until it has it.
 */
final class ItemServices {
    private static final int ITEMS_MAX = 1_000_000;

    private final UaSession session;

    ItemServices(UaSession session) {
        this.session = session;
    }

    /** Whether the session may have so many more, made here or by a transfer: with those on their way. */
    boolean hasRoom(int more) {
        return session.items.size() + session.expectedItems() + more <= ITEMS_MAX;
    }

    // ------------------------------------------------------------------ create

    void create(CreateMonitoredItemsRequest request, CompletableFuture<UaResponseMessageType> answer)
            throws UaException {
        UaSubscription subscription = session.subscription(request.getSubscriptionId());
        MonitoredItemCreateRequest[] wanted = Answers.notEmpty(request.getItemsToCreate());
        TimestampsToReturn timestamps = Answers.valid(request.getTimestampsToReturn());
        if (!hasRoom(wanted.length)) {
            throw Answers.fault(StatusCodes.Bad_TooManyMonitoredItems, "at most " + ITEMS_MAX + " per session");
        }
        MonitoredItemCreateResult[] results = new MonitoredItemCreateResult[wanted.length];
        List<UaItem> relayed = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i].getMonitoringMode() == null) {
                results[i] = notCreated(new StatusCode(StatusCodes.Bad_MonitoringModeInvalid));
                continue;
            }
            UaItem item = newItem(subscription, wanted[i], timestamps);
            if (item.own) {
                results[i] = addOwn(item);
            } else {
                relayed.add(item);
                places.add(i);
                // Known before the member answers: its first value may overtake the answer.
                session.items.put(item.id, item);
                session.delivery.addItem(subscription.id, item.id, settings(item));
            }
        }
        if (relayed.isEmpty()) {
            answer.complete(new CreateMonitoredItemsResponse(Answers.good(request.getRequestHeader()), results, null));
            return;
        }
        session.relay(
                request,
                new Relayed(
                        "CreateMonitoredItems",
                        true,
                        link -> {
                            long upstream = link.has.upstreamId(subscription.id);
                            return upstream == 0
                                    ? null
                                    : link.reconciliation()
                                            .createItemsRequest(link.headerFor(request), upstream, relayed, false);
                        },
                        outcome -> {
                            CreateMonitoredItemsResponse made =
                                    Answers.typed(outcome, answer, CreateMonitoredItemsResponse.class);
                            if (made == null) {
                                relayed.forEach(this::drop);
                                return;
                            }
                            MonitoredItemCreateResult[] given = made.getResults();
                            SessionLink link = session.link(Answers.memberOf(outcome));
                            for (int k = 0; k < relayed.size(); k++) {
                                results[places.get(k)] = created(
                                        subscription,
                                        relayed.get(k),
                                        given != null && k < given.length ? given[k] : null,
                                        link);
                            }
                            session.reconcileAll();
                            answer.complete(new CreateMonitoredItemsResponse(
                                    Answers.relayed(request.getRequestHeader(), made.getResponseHeader()),
                                    results,
                                    Answers.placed(results.length, places, made.getDiagnosticInfos())));
                        }));
    }

    private UaItem newItem(
            UaSubscription subscription, MonitoredItemCreateRequest wanted, TimestampsToReturn timestamps) {
        MonitoringParameters p = wanted.getRequestedParameters();
        ReadValueId node = wanted.getItemToMonitor();
        return new UaItem(
                session.pair.nextItemId(),
                subscription,
                node,
                isOwnValue(node),
                p.getClientHandle().longValue(),
                timestamps,
                wanted.getMonitoringMode(),
                sampling(p.getSamplingInterval(), subscription),
                queueSize(node, p),
                p.getDiscardOldest(),
                filter(p));
    }

    /** -1 asks for the publishing interval (Part 4, 7.21); members are told the number. */
    private static double sampling(@Nullable Double requested, UaSubscription subscription) {
        return requested == null || requested.isNaN() || requested < 0 ? subscription.publishingMs : requested;
    }

    /** For events 0 asks for the length that the server likes best (Part 4, 7.21); values have a queue of one at least. */
    private static long queueSize(ReadValueId node, MonitoringParameters p) {
        return Math.max(isEvents(node) ? 0 : 1, p.getQueueSize().longValue());
    }

    /** A server may keep more events than it was asked to; no client has longer queues of values than it asked for. */
    private static long grantedQueue(ReadValueId node, long asked, UInteger revised) {
        long given = Math.max(1, revised.longValue());
        return isEvents(node) ? given : Math.min(asked, given);
    }

    private static boolean isEvents(ReadValueId node) {
        return AttributeId.EventNotifier.uid().equals(node.getAttributeId());
    }

    private static @Nullable ExtensionObject filter(MonitoringParameters p) {
        ExtensionObject filter = p.getFilter();
        return filter == null || filter.isNull() ? null : filter;
    }

    /** Whole values, as in a Read: a part of an array is the member's to cut, but for a few. */
    private static boolean isOwnValue(ReadValueId node) {
        NodeId id = node.getNodeId();
        String range = node.getIndexRange();
        boolean isPart = range != null && !range.isEmpty();
        return AttributeId.Value.uid().equals(node.getAttributeId())
                && id.getNamespaceIndex().intValue() == 0
                && id.getIdentifier() instanceof UInteger number
                && number.longValue() <= Integer.MAX_VALUE
                && OwnNodes.owns(number.intValue())
                && (!isPart || OwnNodes.ownsParts(number.intValue()));
    }

    private MonitoredItemCreateResult addOwn(UaItem item) {
        if (item.filter != null) {
            return notCreated(new StatusCode(StatusCodes.Bad_MonitoredItemFilterUnsupported));
        }
        int id = ((UInteger) item.node.getNodeId().getIdentifier()).intValue();
        if (!OwnNodes.encodingOf(id, item.node.getDataEncoding()).isGood()) {
            return notCreated(new StatusCode(StatusCodes.Bad_DataEncodingUnsupported));
        }
        item.samplingMs = OwnItems.revisedSampling(item.samplingMs);
        session.items.put(item.id, item);
        item.subscription.items.put(item.id, item);
        session.delivery.addItem(item.subscription.id, item.id, settings(item));
        session.ownItems().add(item);
        return new MonitoredItemCreateResult(
                StatusCode.GOOD, uint(item.id), item.samplingMs, uint(item.queueSize), null);
    }

    private static MonitoredItemCreateResult notCreated(StatusCode why) {
        return new MonitoredItemCreateResult(why, uint(0), 0.0, uint(0), null);
    }

    private MonitoredItemCreateResult created(
            UaSubscription subscription, UaItem item, @Nullable MonitoredItemCreateResult result, SessionLink link) {
        if (result == null) {
            drop(item);
            return notCreated(new StatusCode(StatusCodes.Bad_UnexpectedError));
        }
        if (!result.getStatusCode().isGood()) {
            drop(item);
            return result;
        }
        if (!isHere(subscription) || session.items.get(item.id) == null) {
            drop(item);
            return notCreated(new StatusCode(StatusCodes.Bad_SubscriptionIdInvalid));
        }
        // Revised rates are the active's, never changed by a switch. A queue of a parked role is not the client's.
        item.samplingMs = Revised.samplingMs(result.getRevisedSamplingInterval(), item.samplingMs);
        item.queueSize = grantedQueue(item.node, item.queueSize, result.getRevisedQueueSize());
        session.delivery.modifyItem(item.id, settings(item));
        subscription.items.put(item.id, item);
        link.itemMade(
                subscription.id,
                item,
                item.version,
                item.mode,
                false,
                result.getMonitoredItemId().longValue());
        return new MonitoredItemCreateResult(
                result.getStatusCode(), uint(item.id), item.samplingMs, uint(item.queueSize), result.getFilterResult());
    }

    private void drop(UaItem item) {
        if (session.items.remove(item.id) != null) {
            item.subscription.items.remove(item.id);
            session.delivery.removeItem(item.id);
        }
    }

    /** Those of a subscription that is leaving for another session: the answer will find nothing to add them to. */
    void dropUnanswered(UaSubscription leaving) {
        List<UaItem> unanswered = new ArrayList<>();
        session.items.forEach(item -> {
            if (item.subscription.equals(leaving) && !leaving.items.containsKey(item.id)) {
                unanswered.add(item);
            }
        });
        unanswered.forEach(this::drop);
    }

    private boolean isHere(UaSubscription subscription) {
        return subscription.equals(session.subscriptions().get(subscription.id));
    }

    /** A subscription that left for another session while the member was asked is that one's loop's to change. */
    private boolean hasLeft(UaSubscription subscription, CompletableFuture<UaResponseMessageType> answer) {
        if (isHere(subscription)) {
            return false;
        }
        answer.completeExceptionally(
                Answers.fault(StatusCodes.Bad_SubscriptionIdInvalid, "subscription " + subscription.id));
        return true;
    }

    private ItemSettings settings(UaItem item) {
        boolean events = isEvents(item.node);
        return new ItemSettings(
                Math.clamp(item.queueSize, 1, Integer.MAX_VALUE),
                !events && equalValuesAreNews(item.filter),
                item.discardOldest,
                events ? ItemSettings.Kind.EVENTS : ItemSettings.Kind.VALUES);
    }

    /** DataChangeTrigger StatusValueTimestamp (Part 4, 7.22.2). */
    private boolean equalValuesAreNews(@Nullable ExtensionObject filter) {
        if (filter == null) {
            return false;
        }
        try {
            return filter.decode(session.pair.encodingContext()) instanceof DataChangeFilter f
                    && f.getTrigger() == DataChangeTrigger.StatusValueTimestamp;
        } catch (UaRuntimeException | IndexOutOfBoundsException undecodable) {
            return false;
        }
    }

    // ------------------------------------------------------------------ modify

    void modify(ModifyMonitoredItemsRequest request, CompletableFuture<UaResponseMessageType> answer)
            throws UaException {
        UaSubscription subscription = session.subscription(request.getSubscriptionId());
        MonitoredItemModifyRequest[] wanted = Answers.notEmpty(request.getItemsToModify());
        TimestampsToReturn timestamps = Answers.valid(request.getTimestampsToReturn());
        MonitoredItemModifyResult[] results = new MonitoredItemModifyResult[wanted.length];
        List<UaItem> relayed = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < wanted.length; i++) {
            UaItem item = subscription.items.get(wanted[i].getMonitoredItemId().intValue());
            if (item == null) {
                results[i] = notModified(new StatusCode(StatusCodes.Bad_MonitoredItemIdInvalid));
            } else if (item.own) {
                results[i] = modifyOwn(item, wanted[i].getRequestedParameters(), timestamps);
            } else {
                relayed.add(item);
                places.add(i);
            }
        }
        if (relayed.isEmpty()) {
            answer.complete(new ModifyMonitoredItemsResponse(Answers.good(request.getRequestHeader()), results, null));
            return;
        }
        long[] asked = new long[relayed.size()];
        boolean[] big = new boolean[relayed.size()];
        session.relay(
                request,
                new Relayed(
                        "ModifyMonitoredItems",
                        true,
                        link -> {
                            long upstream = link.has.upstreamId(subscription.id);
                            upstreamIds(link, subscription, relayed, asked);
                            haveBigQueues(link, subscription, relayed, big);
                            return upstream == 0
                                    ? null
                                    : new ModifyMonitoredItemsRequest(
                                            link.headerFor(request),
                                            uint(upstream),
                                            TimestampsToReturn.Both,
                                            modifications(link, subscription, wanted, relayed, places, asked, big));
                        },
                        outcome -> {
                            ModifyMonitoredItemsResponse made =
                                    Answers.typed(outcome, answer, ModifyMonitoredItemsResponse.class);
                            if (made == null || hasLeft(subscription, answer)) {
                                return;
                            }
                            MonitoredItemModifyResult[] given = made.getResults();
                            SessionLink link = session.link(Answers.memberOf(outcome));
                            for (int k = 0; k < relayed.size(); k++) {
                                int at = places.get(k);
                                MonitoredItemModifyResult result = asked[k] == 0
                                        ? accepted(relayed.get(k), wanted[at].getRequestedParameters())
                                        : given != null && k < given.length ? given[k] : null;
                                results[at] = modified(
                                        relayed.get(k),
                                        wanted[at].getRequestedParameters(),
                                        timestamps,
                                        big[k],
                                        result,
                                        link);
                            }
                            session.reconcileAll();
                            answer.complete(new ModifyMonitoredItemsResponse(
                                    Answers.relayed(request.getRequestHeader(), made.getResponseHeader()),
                                    results,
                                    Answers.placed(results.length, places, made.getDiagnosticInfos())));
                        }));
    }

    private static MonitoredItemModifyResult notModified(StatusCode why) {
        return new MonitoredItemModifyResult(why, 0.0, uint(0), null);
    }

    private MonitoredItemModifyResult modifyOwn(UaItem item, MonitoringParameters p, TimestampsToReturn timestamps) {
        if (filter(p) != null) {
            return notModified(new StatusCode(StatusCodes.Bad_MonitoredItemFilterUnsupported));
        }
        item.clientHandle = p.getClientHandle().longValue();
        item.timestamps = timestamps;
        item.samplingMs = OwnItems.revisedSampling(sampling(p.getSamplingInterval(), item.subscription));
        item.queueSize = queueSize(item.node, p);
        item.discardOldest = p.getDiscardOldest();
        session.delivery.modifyItem(item.id, settings(item));
        session.ownItems().modified(item);
        return new MonitoredItemModifyResult(StatusCode.GOOD, item.samplingMs, uint(item.queueSize), null);
    }

    /**
     * @param big items whose queue holds what came while the member was parked: it stays long until that has come over,
     *     see {@link Reconciliation}
     */
    private static MonitoredItemModifyRequest[] modifications(
            SessionLink link,
            UaSubscription subscription,
            MonitoredItemModifyRequest[] wanted,
            List<UaItem> relayed,
            List<Integer> places,
            long[] asked,
            boolean[] big) {
        MonitoredItemModifyRequest[] requests = new MonitoredItemModifyRequest[relayed.size()];
        for (int k = 0; k < requests.length; k++) {
            MonitoringParameters p = wanted[places.get(k)].getRequestedParameters();
            double sampling = sampling(p.getSamplingInterval(), subscription);
            long queue = queueSize(relayed.get(k).node, p);
            requests[k] = new MonitoredItemModifyRequest(
                    uint(asked[k]),
                    new MonitoringParameters(
                            uint(link.has.handle(relayed.get(k))),
                            sampling,
                            p.getFilter(),
                            uint(big[k] ? link.reconciliation().bigQueue(subscription, sampling, queue) : queue),
                            big[k] || p.getDiscardOldest()));
        }
        return requests;
    }

    private static void haveBigQueues(
            SessionLink link, UaSubscription subscription, List<UaItem> items, boolean[] into) {
        for (int k = 0; k < into.length; k++) {
            MemberItem there = link.has.item(subscription.id, items.get(k).id);
            into[k] = there != null && there.exists() && there.bigQueue;
        }
    }

    /** The member lacks the item, for now: it gets what the client wants when it has it. */
    private static MonitoredItemModifyResult accepted(UaItem item, MonitoringParameters p) {
        long queue = queueSize(item.node, p);
        return new MonitoredItemModifyResult(
                StatusCode.GOOD,
                sampling(p.getSamplingInterval(), item.subscription),
                uint(queue == 0 ? item.queueSize : queue),
                null);
    }

    private MonitoredItemModifyResult modified(
            UaItem item,
            MonitoringParameters p,
            TimestampsToReturn timestamps,
            boolean big,
            @Nullable MonitoredItemModifyResult result,
            SessionLink link) {
        if (result == null) {
            return notModified(new StatusCode(StatusCodes.Bad_UnexpectedError));
        }
        if (!result.getStatusCode().isGood()) {
            return result;
        }
        item.clientHandle = p.getClientHandle().longValue();
        item.timestamps = timestamps;
        item.samplingMs = Revised.samplingMs(
                result.getRevisedSamplingInterval(), sampling(p.getSamplingInterval(), item.subscription));
        long asked = queueSize(item.node, p);
        item.queueSize = !big
                ? grantedQueue(item.node, asked, result.getRevisedQueueSize())
                : asked > 0 ? asked : item.queueSize;
        item.discardOldest = p.getDiscardOldest();
        item.filter = filter(p);
        item.version++;
        session.delivery.modifyItem(item.id, settings(item));
        MemberItem there = link.has.item(item.subscription.id, item.id);
        if (there != null && there.exists()) {
            there.version = item.version;
            there.bigQueue = big;
        }
        return new MonitoredItemModifyResult(
                result.getStatusCode(), item.samplingMs, uint(item.queueSize), result.getFilterResult());
    }

    /** The member's ids of these items as they are now; 0 where it lacks one. */
    private static void upstreamIds(SessionLink link, UaSubscription subscription, List<UaItem> items, long[] into) {
        for (int k = 0; k < into.length; k++) {
            into[k] = link.has.upstreamId(subscription.id, items.get(k).id);
        }
    }

    // ------------------------------------------------------------------ delete

    UaResponseMessageType delete(DeleteMonitoredItemsRequest request) throws UaException {
        UaSubscription subscription = session.subscription(request.getSubscriptionId());
        UInteger[] ids = Answers.notEmpty(request.getMonitoredItemIds());
        StatusCode[] results = new StatusCode[ids.length];
        for (int i = 0; i < ids.length; i++) {
            UaItem item = subscription.items.get(ids[i].intValue());
            if (item == null) {
                results[i] = new StatusCode(StatusCodes.Bad_MonitoredItemIdInvalid);
            } else {
                var unused = session.ownItems().remove(item);
                subscription.triggers.remove(item.id);
                subscription.triggers.values().forEach(linked -> linked.remove(item.id));
                drop(item);
                results[i] = StatusCode.GOOD;
            }
        }
        session.reconcileAll();
        return new DeleteMonitoredItemsResponse(Answers.good(request.getRequestHeader()), results, null);
    }

    // ------------------------------------------------------------------ modes

    void setMonitoringMode(SetMonitoringModeRequest request, CompletableFuture<UaResponseMessageType> answer)
            throws UaException {
        UaSubscription subscription = session.subscription(request.getSubscriptionId());
        UInteger[] ids = Answers.notEmpty(request.getMonitoredItemIds());
        MonitoringMode mode = request.getMonitoringMode();
        if (mode == null) {
            throw Answers.fault(StatusCodes.Bad_MonitoringModeInvalid, "monitoringMode");
        }
        StatusCode[] results = new StatusCode[ids.length];
        List<UaItem> relayed = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) {
            UaItem item = subscription.items.get(ids[i].intValue());
            if (item == null) {
                results[i] = new StatusCode(StatusCodes.Bad_MonitoredItemIdInvalid);
            } else if (item.own) {
                session.ownItems().mode(item, mode);
                results[i] = StatusCode.GOOD;
            } else {
                relayed.add(item);
                places.add(i);
            }
        }
        if (relayed.isEmpty()) {
            session.wake();
            answer.complete(new SetMonitoringModeResponse(Answers.good(request.getRequestHeader()), results, null));
            return;
        }
        long[] asked = new long[relayed.size()];
        session.relay(
                request,
                new Relayed(
                        "SetMonitoringMode",
                        true,
                        link -> {
                            long upstream = link.has.upstreamId(subscription.id);
                            upstreamIds(link, subscription, relayed, asked);
                            return upstream == 0
                                    ? null
                                    : new SetMonitoringModeRequest(
                                            link.headerFor(request), uint(upstream), mode, ids(asked));
                        },
                        outcome -> {
                            SetMonitoringModeResponse made =
                                    Answers.typed(outcome, answer, SetMonitoringModeResponse.class);
                            if (made == null || hasLeft(subscription, answer)) {
                                return;
                            }
                            SessionLink link = session.link(Answers.memberOf(outcome));
                            for (int k = 0; k < relayed.size(); k++) {
                                results[places.get(k)] = asked[k] == 0 ? StatusCode.GOOD : result(made.getResults(), k);
                                if (results[places.get(k)].isGood()) {
                                    modeSet(relayed.get(k), mode, link);
                                }
                            }
                            session.reconcileAll();
                            answer.complete(new SetMonitoringModeResponse(
                                    Answers.relayed(request.getRequestHeader(), made.getResponseHeader()),
                                    results,
                                    Answers.placed(results.length, places, made.getDiagnosticInfos())));
                        }));
    }

    private static void modeSet(UaItem item, MonitoringMode mode, SessionLink link) {
        item.mode = mode;
        MemberItem there = link.has.item(item.subscription.id, item.id);
        if (there != null && there.exists()) {
            there.mode = mode;
        }
    }

    private static UInteger[] ids(long[] upstreamIds) {
        UInteger[] ids = new UInteger[upstreamIds.length];
        for (int k = 0; k < ids.length; k++) {
            ids[k] = uint(upstreamIds[k]);
        }
        return ids;
    }

    private static StatusCode result(StatusCode @Nullable [] results, int index) {
        return results != null && index < results.length
                ? results[index]
                : new StatusCode(StatusCodes.Bad_UnexpectedError);
    }

    // ------------------------------------------------------------------ triggering

    void setTriggering(SetTriggeringRequest request, CompletableFuture<UaResponseMessageType> answer)
            throws UaException {
        UaSubscription subscription = session.subscription(request.getSubscriptionId());
        UaItem triggering = subscription.items.get(request.getTriggeringItemId().intValue());
        if (triggering == null) {
            throw Answers.fault(StatusCodes.Bad_MonitoredItemIdInvalid, "triggeringItemId");
        }
        Links add = new Links(subscription, triggering, request.getLinksToAdd());
        Links remove = new Links(subscription, triggering, request.getLinksToRemove());
        if (add.results.length + remove.results.length == 0) {
            throw Answers.fault(StatusCodes.Bad_NothingToDo, "no links");
        }
        if (add.relayed.isEmpty() && remove.relayed.isEmpty()) {
            answer.complete(new SetTriggeringResponse(
                    Answers.good(request.getRequestHeader()),
                    Answers.nullIfEmpty(add.results),
                    null,
                    Answers.nullIfEmpty(remove.results),
                    null));
            return;
        }
        session.relay(
                request,
                new Relayed(
                        "SetTriggering",
                        true,
                        link -> {
                            long upstream = link.has.upstreamId(subscription.id);
                            long triggeringId = link.has.upstreamId(subscription.id, triggering.id);
                            return upstream == 0
                                    ? null
                                    : new SetTriggeringRequest(
                                            link.headerFor(request),
                                            uint(upstream),
                                            uint(triggeringId),
                                            add.upstreamIds(link),
                                            remove.upstreamIds(link));
                        },
                        outcome -> {
                            SetTriggeringResponse made = Answers.typed(outcome, answer, SetTriggeringResponse.class);
                            if (made == null || hasLeft(subscription, answer)) {
                                return;
                            }
                            SessionLink link = session.link(Answers.memberOf(outcome));
                            add.answered(made.getAddResults(), link, true);
                            remove.answered(made.getRemoveResults(), link, false);
                            session.reconcileAll();
                            answer.complete(new SetTriggeringResponse(
                                    Answers.relayed(request.getRequestHeader(), made.getResponseHeader()),
                                    Answers.nullIfEmpty(add.results),
                                    add.diagnostics(made.getAddDiagnosticInfos()),
                                    Answers.nullIfEmpty(remove.results),
                                    remove.diagnostics(made.getRemoveDiagnosticInfos())));
                        }));
    }

    /** Links from one triggering item, to be added or removed. */
    private static final class Links {
        private final UaSubscription subscription;
        private final UaItem triggering;
        private final StatusCode[] results;
        private final List<UaItem> relayed = new ArrayList<>();
        private final List<Integer> places = new ArrayList<>();

        Links(UaSubscription subscription, UaItem triggering, UInteger @Nullable [] ids) {
            this.subscription = subscription;
            this.triggering = triggering;
            this.results = new StatusCode[ids == null ? 0 : ids.length];
            for (int i = 0; ids != null && i < ids.length; i++) {
                UaItem item = subscription.items.get(ids[i].intValue());
                if (item == null) {
                    results[i] = new StatusCode(StatusCodes.Bad_MonitoredItemIdInvalid);
                } else if (item.own || triggering.own) {
                    results[i] = new StatusCode(StatusCodes.Bad_NotSupported);
                } else {
                    relayed.add(item);
                    places.add(i);
                }
            }
        }

        UInteger[] upstreamIds(SessionLink link) {
            long[] ids = new long[relayed.size()];
            ItemServices.upstreamIds(link, subscription, relayed, ids);
            return ids(ids);
        }

        void answered(StatusCode @Nullable [] given, SessionLink link, boolean add) {
            MemberSubscription there = link.has.subscription(subscription.id);
            for (int k = 0; k < relayed.size(); k++) {
                StatusCode result = result(given, k);
                results[places.get(k)] = result;
                if (result.isGood()) {
                    int linked = relayed.get(k).id;
                    set(subscription.triggeredBy(triggering.id), linked, add);
                    if (there != null) {
                        set(there.triggeredBy(triggering.id), linked, add);
                    }
                }
            }
        }

        private static void set(java.util.Set<Integer> links, int linked, boolean add) {
            var unused = add ? links.add(linked) : links.remove(linked);
        }

        DiagnosticInfo @Nullable [] diagnostics(DiagnosticInfo @Nullable [] given) {
            return relayed.isEmpty() ? null : Answers.placed(results.length, places, given);
        }
    }
}
