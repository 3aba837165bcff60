package org.tandemopc.relay.ua;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.eclipse.milo.opcua.stack.core.AttributeId;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MonitoringMode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateMonitoredItemsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.DataChangeFilter;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteMonitoredItemsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteSubscriptionsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteSubscriptionsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ModifyMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ModifyMonitoredItemsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ModifySubscriptionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ModifySubscriptionResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateResult;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemModifyRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemModifyResult;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoringParameters;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.RepublishRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.SetMonitoringModeRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.SetMonitoringModeResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.SetPublishingModeRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.SetPublishingModeResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.SetTriggeringRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.SetTriggeringResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.SubscriptionAcknowledgement;
import org.eclipse.milo.opcua.stack.core.types.structured.TransferResult;
import org.eclipse.milo.opcua.stack.core.types.structured.TransferSubscriptionsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.TransferSubscriptionsResponse;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.delivery.ItemSettings;
import org.tandemopc.relay.delivery.Outcome;
import org.tandemopc.relay.delivery.PublishAnswer;
import org.tandemopc.relay.ua.wire.HandleMap;
import org.tandemopc.relay.ua.wire.PublishWriter;
import org.tandemopc.relay.ua.wire.UaValueBatch;

/**
 * The subscription and monitored item services (OPC UA Part 4, 5.13 and 5.14) of one session. Ids are Tandem's own;
 * what a client creates or changes is asked of the active, whose answer is the client's, and kept as the wanted state
 * to which every other member is brought.
 */
final class SubscriptionServices implements HandleMap {
    /** Bounds for what a client may ask, whatever a member would grant. */
    private static final double PUBLISHING_MIN_MS = 10;

    private static final double PUBLISHING_MAX_MS = 3_600_000;
    private static final long KEEP_ALIVE_MAX = 100_000;
    private static final long LIFETIME_MAX = 300_000;
    private static final int SUBSCRIPTIONS_MAX = 1_000;
    private static final int ITEMS_MAX = 1_000_000;

    private final UaSession session;

    SubscriptionServices(UaSession session) {
        this.session = session;
    }

    /** @return false if the request is of another service set */
    boolean handle(UaRequestMessageType request, CompletableFuture<UaResponseMessageType> answer) throws UaException {
        switch (request) {
            case PublishRequest r -> publish(r, answer);
            case CreateSubscriptionRequest r -> createSubscription(r, answer);
            case ModifySubscriptionRequest r -> modifySubscription(r, answer);
            case SetPublishingModeRequest r -> answer.complete(setPublishingMode(r));
            case DeleteSubscriptionsRequest r -> answer.complete(deleteSubscriptions(r));
            case RepublishRequest r -> answer.complete(republish(r));
            case TransferSubscriptionsRequest r -> transfer(r, answer);
            case CreateMonitoredItemsRequest r -> createItems(r, answer);
            case ModifyMonitoredItemsRequest r -> modifyItems(r, answer);
            case DeleteMonitoredItemsRequest r -> answer.complete(deleteItems(r));
            case SetMonitoringModeRequest r -> setMonitoringMode(r, answer);
            case SetTriggeringRequest r -> setTriggering(r, answer);
            default -> {
                return false;
            }
        }
        return true;
    }

    // ------------------------------------------------------------------ publishing

    private void publish(PublishRequest request, CompletableFuture<UaResponseMessageType> answer) {
        long token = session.nextId();
        long now = session.now();
        UInteger hint = request.getRequestHeader().getTimeoutHint();
        long deadline = hint == null || hint.longValue() == 0 ? Long.MAX_VALUE : now + hint.longValue() * 1_000_000;
        List<org.tandemopc.relay.delivery.PublishRequest.Acknowledgement> acks = new ArrayList<>();
        SubscriptionAcknowledgement[] given = request.getSubscriptionAcknowledgements();
        if (given != null) {
            for (SubscriptionAcknowledgement a : given) {
                acks.add(new org.tandemopc.relay.delivery.PublishRequest.Acknowledgement(
                        a.getSubscriptionId().intValue(), a.getSequenceNumber().longValue()));
            }
        }
        session.park(token, request, answer);
        session.delivery.publish(new org.tandemopc.relay.delivery.PublishRequest(token, acks, deadline), now);
    }

    /** Composes the response; values go out as they came, with the client's handles patched in. */
    UaResponseMessageType publishResponse(UaRequestMessageType request, PublishAnswer answer) {
        List<UaValueBatch> batches = new ArrayList<>();
        StatusCode ended = null;
        for (PublishAnswer.Content content : answer.content()) {
            switch (content) {
                case PublishAnswer.Values v -> batches.add((UaValueBatch) v.batch());
                case PublishAnswer.StatusChange s ->
                    ended = new StatusCode(
                            s.timedOut() ? StatusCodes.Bad_Timeout : StatusCodes.Good_SubscriptionTransferred);
            }
        }
        StatusCode[] results = answer.acknowledgementResults().stream()
                .map(r -> switch (r) {
                    case GOOD -> StatusCode.GOOD;
                    case SUBSCRIPTION_UNKNOWN -> new StatusCode(StatusCodes.Bad_SubscriptionIdInvalid);
                    case SEQUENCE_UNKNOWN -> new StatusCode(StatusCodes.Bad_SequenceNumberUnknown);
                })
                .toArray(StatusCode[]::new);
        return PublishWriter.response(
                Answers.good(request.getRequestHeader()),
                answer.subscription() & 0xFFFF_FFFFL,
                answer.available().stream().mapToLong(Long::longValue).toArray(),
                answer.moreNotifications(),
                answer.sequenceNumber(),
                DateTime.now(),
                batches,
                ended,
                results,
                this);
    }

    @Override
    public long clientHandle(int item) {
        UaItem known = session.items.get(item);
        return known == null ? NO_ITEM : known.clientHandle;
    }

    @Override
    public TimestampsToReturn timestamps(int item) {
        UaItem known = session.items.get(item);
        return known == null ? TimestampsToReturn.Both : known.timestamps;
    }

    private UaResponseMessageType republish(RepublishRequest request) throws UaException {
        int id = known(request.getSubscriptionId()).id;
        PublishAnswer kept = session.delivery.republish(
                id, request.getRetransmitSequenceNumber().longValue(), session.now());
        if (kept == null) {
            throw Answers.fault(StatusCodes.Bad_MessageNotAvailable, "message is not kept any more");
        }
        List<UaValueBatch> batches = new ArrayList<>();
        for (PublishAnswer.Content content : kept.content()) {
            if (content instanceof PublishAnswer.Values v) {
                batches.add((UaValueBatch) v.batch());
            }
        }
        return Republished.response(
                Answers.good(request.getRequestHeader()),
                PublishWriter.response(
                        Answers.good(request.getRequestHeader()),
                        id & 0xFFFF_FFFFL,
                        new long[0],
                        false,
                        kept.sequenceNumber(),
                        DateTime.now(),
                        batches,
                        null,
                        new StatusCode[0],
                        this));
    }

    // ------------------------------------------------------------------ subscriptions

    private void createSubscription(CreateSubscriptionRequest request, CompletableFuture<UaResponseMessageType> answer)
            throws UaException {
        if (session.subscriptions().size() >= SUBSCRIPTIONS_MAX) {
            throw Answers.fault(StatusCodes.Bad_TooManySubscriptions, "at most " + SUBSCRIPTIONS_MAX);
        }
        double publishing = publishingMs(request.getRequestedPublishingInterval());
        long keepAlive = keepAlive(request.getRequestedMaxKeepAliveCount());
        UaSubscription wanted = new UaSubscription(
                session.pair.nextSubscriptionId(),
                publishing,
                keepAlive,
                lifetime(request.getRequestedLifetimeCount(), keepAlive),
                limit(request.getMaxNotificationsPerPublish()),
                request.getPriority().intValue(),
                request.getPublishingEnabled());
        session.relay(
                request,
                new Relayed(
                        "CreateSubscription",
                        true,
                        link -> {
                            var with = link.session();
                            return with == null ? null : link.createRequest(with, wanted);
                        },
                        outcome -> {
                            CreateSubscriptionResponse made =
                                    answered(outcome, answer, CreateSubscriptionResponse.class);
                            if (made != null) {
                                subscriptionCreated(wanted, made, done(outcome).member());
                                answer.complete(new CreateSubscriptionResponse(
                                        Answers.good(request.getRequestHeader()),
                                        uint(wanted.id),
                                        wanted.publishingMs,
                                        uint(wanted.lifetimeCount),
                                        uint(wanted.keepAliveCount)));
                            }
                        }));
    }

    private void subscriptionCreated(UaSubscription wanted, CreateSubscriptionResponse made, int member) {
        boolean publishing = wanted.publishingEnabled;
        wanted.publishingMs = Math.max(PUBLISHING_MIN_MS, made.getRevisedPublishingInterval());
        session.subscriptions().put(wanted.id, wanted);
        session.delivery.createSubscription(wanted.id, wanted.settings(), session.now());
        session.pair.subscriptionMade(wanted.id, session);
        session.link(member)
                .subscriptionCreated(
                        wanted.id,
                        wanted.version,
                        publishing,
                        made.getSubscriptionId().longValue());
        session.reconcileAll();
    }

    private void modifySubscription(ModifySubscriptionRequest request, CompletableFuture<UaResponseMessageType> answer)
            throws UaException {
        UaSubscription wanted = known(request.getSubscriptionId());
        session.delivery.touch(wanted.id, session.now());
        double publishing = publishingMs(request.getRequestedPublishingInterval());
        long keepAlive = keepAlive(request.getRequestedMaxKeepAliveCount());
        UaSubscription changed = new UaSubscription(
                wanted.id,
                publishing,
                keepAlive,
                lifetime(request.getRequestedLifetimeCount(), keepAlive),
                limit(request.getMaxNotificationsPerPublish()),
                request.getPriority().intValue(),
                wanted.publishingEnabled);
        session.relay(
                request,
                new Relayed(
                        "ModifySubscription",
                        true,
                        link -> {
                            var with = link.session();
                            long upstream = link.upstreamSubscription(wanted.id);
                            return with == null || upstream == 0 ? null : link.modifyRequest(with, changed, upstream);
                        },
                        outcome -> {
                            ModifySubscriptionResponse made =
                                    answered(outcome, answer, ModifySubscriptionResponse.class);
                            if (made != null) {
                                wanted.publishingMs = Math.max(PUBLISHING_MIN_MS, made.getRevisedPublishingInterval());
                                wanted.keepAliveCount = changed.keepAliveCount;
                                wanted.lifetimeCount = changed.lifetimeCount;
                                wanted.maxNotifications = changed.maxNotifications;
                                wanted.priority = changed.priority;
                                wanted.version++;
                                session.link(done(outcome).member()).subscriptionModified(wanted.id, wanted.version);
                                if (session.subscriptions().containsKey(wanted.id)) {
                                    session.delivery.modifySubscription(wanted.id, wanted.settings(), session.now());
                                }
                                session.reconcileAll();
                                answer.complete(new ModifySubscriptionResponse(
                                        Answers.good(request.getRequestHeader()),
                                        wanted.publishingMs,
                                        uint(wanted.lifetimeCount),
                                        uint(wanted.keepAliveCount)));
                            }
                        }));
    }

    private UaResponseMessageType setPublishingMode(SetPublishingModeRequest request) throws UaException {
        UInteger[] ids = notEmpty(request.getSubscriptionIds());
        StatusCode[] results = new StatusCode[ids.length];
        for (int i = 0; i < ids.length; i++) {
            UaSubscription wanted = session.subscriptions().get(ids[i].intValue());
            if (wanted == null) {
                results[i] = new StatusCode(StatusCodes.Bad_SubscriptionIdInvalid);
            } else {
                wanted.publishingEnabled = request.getPublishingEnabled();
                session.delivery.touch(wanted.id, session.now());
                session.delivery.modifySubscription(wanted.id, wanted.settings(), session.now());
                results[i] = StatusCode.GOOD;
            }
        }
        session.reconcileAll();
        return new SetPublishingModeResponse(Answers.good(request.getRequestHeader()), results, null);
    }

    private UaResponseMessageType deleteSubscriptions(DeleteSubscriptionsRequest request) throws UaException {
        UInteger[] ids = notEmpty(request.getSubscriptionIds());
        StatusCode[] results = new StatusCode[ids.length];
        for (int i = 0; i < ids.length; i++) {
            int id = ids[i].intValue();
            if (session.subscriptions().containsKey(id)) {
                session.forgetSubscription(id);
                results[i] = StatusCode.GOOD;
            } else {
                results[i] = new StatusCode(StatusCodes.Bad_SubscriptionIdInvalid);
            }
        }
        return new DeleteSubscriptionsResponse(Answers.good(request.getRequestHeader()), results, null);
    }

    /** Part 4, 5.14.7: takes subscriptions over from other sessions of the same user, with queues and numbers. */
    private void transfer(TransferSubscriptionsRequest request, CompletableFuture<UaResponseMessageType> answer)
            throws UaException {
        UInteger[] ids = notEmpty(request.getSubscriptionIds());
        TransferResult[] results = new TransferResult[ids.length];
        CompletableFuture<Void> chain = CompletableFuture.completedFuture(null);
        for (int i = 0; i < ids.length; i++) {
            int at = i;
            chain = chain.thenCompose(x -> session.pair
                    .transfer(ids[at].intValue(), session, request.getSendInitialValues())
                    .thenAccept(result -> results[at] = result));
        }
        session.callbacks()
                .when(
                        chain,
                        x -> answer.complete(new TransferSubscriptionsResponse(
                                Answers.good(request.getRequestHeader()), results, null)),
                        answer::completeExceptionally);
    }

    // ------------------------------------------------------------------ items

    private void createItems(CreateMonitoredItemsRequest request, CompletableFuture<UaResponseMessageType> answer)
            throws UaException {
        UaSubscription subscription = known(request.getSubscriptionId());
        session.delivery.touch(subscription.id, session.now());
        MonitoredItemCreateRequest[] wanted = notEmpty(request.getItemsToCreate());
        if (request.getTimestampsToReturn() == null) {
            throw Answers.fault(StatusCodes.Bad_TimestampsToReturnInvalid, "timestampsToReturn");
        }
        if (session.items.size() + wanted.length > ITEMS_MAX) {
            throw Answers.fault(StatusCodes.Bad_TooManyMonitoredItems, "at most " + ITEMS_MAX + " per session");
        }
        MonitoredItemCreateResult[] results = new MonitoredItemCreateResult[wanted.length];
        List<UaItem> relayed = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < wanted.length; i++) {
            UaItem item = newItem(subscription, wanted[i], request.getTimestampsToReturn());
            if (item.own) {
                results[i] = addOwn(item, wanted[i]);
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
                            var with = link.session();
                            long upstream = link.upstreamSubscription(subscription.id);
                            return with == null || upstream == 0
                                    ? null
                                    : link.createItemsRequest(with, upstream, relayed);
                        },
                        outcome -> {
                            CreateMonitoredItemsResponse made =
                                    answered(outcome, answer, CreateMonitoredItemsResponse.class);
                            if (made == null) {
                                relayed.forEach(this::dropItem);
                                return;
                            }
                            MonitoredItemCreateResult[] given = made.getResults();
                            for (int k = 0; k < relayed.size(); k++) {
                                MonitoredItemCreateResult result = given != null && k < given.length ? given[k] : null;
                                results[places.get(k)] = itemAnswered(
                                        subscription,
                                        relayed.get(k),
                                        result,
                                        done(outcome).member());
                            }
                            session.reconcileAll();
                            answer.complete(new CreateMonitoredItemsResponse(
                                    Answers.good(request.getRequestHeader()), results, null));
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
                Math.max(1, p.getQueueSize().longValue()),
                p.getDiscardOldest(),
                noFilter(p.getFilter()) ? null : p.getFilter());
    }

    /** -1 asks for the publishing interval (Part 4, 7.21); members are told the number. */
    private static double sampling(@Nullable Double requested, UaSubscription subscription) {
        return requested == null || requested < 0 ? subscription.publishingMs : requested;
    }

    private static boolean noFilter(@Nullable ExtensionObject filter) {
        return filter == null || filter.isNull();
    }

    static boolean isOwnValue(ReadValueId node) {
        NodeId id = node.getNodeId();
        return AttributeId.Value.uid().equals(node.getAttributeId())
                && id.getNamespaceIndex().intValue() == 0
                && id.getIdentifier() instanceof UInteger number
                && number.longValue() <= Integer.MAX_VALUE
                && OwnNodes.owns(number.intValue());
    }

    private MonitoredItemCreateResult addOwn(UaItem item, MonitoredItemCreateRequest wanted) {
        item.samplingMs = OwnItems.revisedSampling(
                wanted.getRequestedParameters().getSamplingInterval(), item.subscription.publishingMs);
        session.items.put(item.id, item);
        item.subscription.items.put(item.id, item);
        session.delivery.addItem(item.subscription.id, item.id, settings(item));
        session.ownItems().add(item);
        return new MonitoredItemCreateResult(
                StatusCode.GOOD, uint(item.id), item.samplingMs, uint(item.queueSize), null);
    }

    private MonitoredItemCreateResult itemAnswered(
            UaSubscription subscription, UaItem item, @Nullable MonitoredItemCreateResult result, int member) {
        if (result == null
                || !result.getStatusCode().isGood()
                || !session.subscriptions().containsKey(subscription.id)) {
            dropItem(item);
            return result != null && !result.getStatusCode().isGood()
                    ? result
                    : new MonitoredItemCreateResult(
                            new StatusCode(StatusCodes.Bad_SubscriptionIdInvalid), uint(0), 0.0, uint(0), null);
        }
        // Revised rates are the active's, never changed by a switch. A queue of a parked role is not the client's.
        item.samplingMs = result.getRevisedSamplingInterval();
        item.queueSize = Math.min(
                item.queueSize, Math.max(1, result.getRevisedQueueSize().longValue()));
        session.delivery.modifyItem(item.id, settings(item));
        subscription.items.put(item.id, item);
        session.link(member)
                .itemCreated(
                        subscription.id,
                        item,
                        item.version,
                        item.mode,
                        result.getMonitoredItemId().longValue());
        return new MonitoredItemCreateResult(
                result.getStatusCode(), uint(item.id), item.samplingMs, uint(item.queueSize), result.getFilterResult());
    }

    private void dropItem(UaItem item) {
        session.items.remove(item.id);
        item.subscription.items.remove(item.id);
        session.delivery.removeItem(item.id);
    }

    ItemSettings settings(UaItem item) {
        boolean events = AttributeId.EventNotifier.uid().equals(item.node.getAttributeId());
        return new ItemSettings(
                (int) Math.min(Integer.MAX_VALUE, item.queueSize),
                !events && equalValuesAreNews(item.filter),
                events ? ItemSettings.Kind.EVENTS : ItemSettings.Kind.VALUES);
    }

    /** DataChangeTrigger StatusValueTimestamp (Part 4, 7.22.2). */
    private boolean equalValuesAreNews(@Nullable ExtensionObject filter) {
        if (filter == null) {
            return false;
        }
        try {
            return filter.decode(session.pair.encodingContext()) instanceof DataChangeFilter f
                    && f.getTrigger()
                            == org.eclipse.milo.opcua.stack.core.types.enumerated.DataChangeTrigger
                                    .StatusValueTimestamp;
        } catch (RuntimeException undecodable) {
            return false;
        }
    }

    private void modifyItems(ModifyMonitoredItemsRequest request, CompletableFuture<UaResponseMessageType> answer)
            throws UaException {
        UaSubscription subscription = known(request.getSubscriptionId());
        session.delivery.touch(subscription.id, session.now());
        MonitoredItemModifyRequest[] wanted = notEmpty(request.getItemsToModify());
        MonitoredItemModifyResult[] results = new MonitoredItemModifyResult[wanted.length];
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < wanted.length; i++) {
            UaItem item = subscription.items.get(wanted[i].getMonitoredItemId().intValue());
            if (item == null) {
                results[i] = new MonitoredItemModifyResult(
                        new StatusCode(StatusCodes.Bad_MonitoredItemIdInvalid), 0.0, uint(0), null);
            } else if (item.own) {
                MonitoringParameters p = wanted[i].getRequestedParameters();
                item.clientHandle = p.getClientHandle().longValue();
                item.timestamps = request.getTimestampsToReturn();
                item.samplingMs = OwnItems.revisedSampling(p.getSamplingInterval(), subscription.publishingMs);
                results[i] =
                        new MonitoredItemModifyResult(StatusCode.GOOD, item.samplingMs, uint(item.queueSize), null);
            } else {
                places.add(i);
            }
        }
        if (places.isEmpty()) {
            answer.complete(new ModifyMonitoredItemsResponse(Answers.good(request.getRequestHeader()), results, null));
            return;
        }
        session.relay(
                request,
                new Relayed(
                        "ModifyMonitoredItems",
                        true,
                        link -> modifyRequest(link, subscription, wanted, places),
                        outcome -> {
                            ModifyMonitoredItemsResponse made =
                                    answered(outcome, answer, ModifyMonitoredItemsResponse.class);
                            if (made != null) {
                                modified(
                                        request,
                                        subscription,
                                        wanted,
                                        places,
                                        results,
                                        made,
                                        done(outcome).member());
                                session.reconcileAll();
                                answer.complete(new ModifyMonitoredItemsResponse(
                                        Answers.good(request.getRequestHeader()), results, null));
                            }
                        }));
    }

    private @Nullable UaRequestMessageType modifyRequest(
            SessionLink link, UaSubscription subscription, MonitoredItemModifyRequest[] wanted, List<Integer> places) {
        var with = link.session();
        long upstream = link.upstreamSubscription(subscription.id);
        if (with == null || upstream == 0) {
            return null;
        }
        MonitoredItemModifyRequest[] requests = new MonitoredItemModifyRequest[places.size()];
        for (int k = 0; k < requests.length; k++) {
            MonitoredItemModifyRequest w = wanted[places.get(k)];
            int id = w.getMonitoredItemId().intValue();
            MonitoringParameters p = w.getRequestedParameters();
            requests[k] = new MonitoredItemModifyRequest(
                    uint(link.upstreamItem(subscription.id, id)),
                    new MonitoringParameters(
                            uint(id),
                            sampling(p.getSamplingInterval(), subscription),
                            p.getFilter(),
                            uint(Math.max(1, p.getQueueSize().longValue())),
                            p.getDiscardOldest()));
        }
        return new ModifyMonitoredItemsRequest(with.header(10_000), uint(upstream), TimestampsToReturn.Both, requests);
    }

    private void modified(
            ModifyMonitoredItemsRequest request,
            UaSubscription subscription,
            MonitoredItemModifyRequest[] wanted,
            List<Integer> places,
            MonitoredItemModifyResult[] results,
            ModifyMonitoredItemsResponse made,
            int member) {
        MonitoredItemModifyResult[] given = made.getResults();
        for (int k = 0; k < places.size(); k++) {
            int at = places.get(k);
            MonitoredItemModifyResult result = given != null && k < given.length
                    ? given[k]
                    : new MonitoredItemModifyResult(
                            new StatusCode(StatusCodes.Bad_UnexpectedError), 0.0, uint(0), null);
            results[at] = result;
            UaItem item = subscription.items.get(wanted[at].getMonitoredItemId().intValue());
            if (item == null || !result.getStatusCode().isGood()) {
                continue;
            }
            MonitoringParameters p = wanted[at].getRequestedParameters();
            item.clientHandle = p.getClientHandle().longValue();
            item.timestamps = request.getTimestampsToReturn();
            item.samplingMs = result.getRevisedSamplingInterval();
            item.queueSize = Math.max(
                    1,
                    Math.min(
                            p.getQueueSize().longValue(),
                            result.getRevisedQueueSize().longValue()));
            item.discardOldest = p.getDiscardOldest();
            item.filter = noFilter(p.getFilter()) ? null : p.getFilter();
            item.version++;
            session.delivery.modifyItem(item.id, settings(item));
            SessionLink.MemberItem there = session.link(member).memberItem(subscription.id, item.id);
            if (there != null) {
                there.version = item.version;
                there.bigQueue = false;
            }
        }
    }

    private UaResponseMessageType deleteItems(DeleteMonitoredItemsRequest request) throws UaException {
        UaSubscription subscription = known(request.getSubscriptionId());
        session.delivery.touch(subscription.id, session.now());
        UInteger[] ids = notEmpty(request.getMonitoredItemIds());
        StatusCode[] results = new StatusCode[ids.length];
        for (int i = 0; i < ids.length; i++) {
            UaItem item = subscription.items.get(ids[i].intValue());
            if (item == null) {
                results[i] = new StatusCode(StatusCodes.Bad_MonitoredItemIdInvalid);
            } else {
                session.ownItems().remove(item);
                subscription.triggers.remove(item.id);
                subscription.triggers.values().forEach(linked -> linked.remove(item.id));
                dropItem(item);
                results[i] = StatusCode.GOOD;
            }
        }
        session.reconcileAll();
        return new DeleteMonitoredItemsResponse(Answers.good(request.getRequestHeader()), results, null);
    }

    /** Kept as the wanted state and brought to the members; only unknown items are refused. */
    private void setMonitoringMode(SetMonitoringModeRequest request, CompletableFuture<UaResponseMessageType> answer)
            throws UaException {
        UaSubscription subscription = known(request.getSubscriptionId());
        session.delivery.touch(subscription.id, session.now());
        UInteger[] ids = notEmpty(request.getMonitoredItemIds());
        MonitoringMode mode = request.getMonitoringMode();
        if (mode == null) {
            throw Answers.fault(StatusCodes.Bad_MonitoringModeInvalid, "monitoringMode");
        }
        StatusCode[] results = new StatusCode[ids.length];
        for (int i = 0; i < ids.length; i++) {
            UaItem item = subscription.items.get(ids[i].intValue());
            results[i] = item == null ? new StatusCode(StatusCodes.Bad_MonitoredItemIdInvalid) : StatusCode.GOOD;
            if (item != null) {
                item.mode = mode;
            }
        }
        session.reconcileAll();
        answer.complete(new SetMonitoringModeResponse(Answers.good(request.getRequestHeader()), results, null));
    }

    private void setTriggering(SetTriggeringRequest request, CompletableFuture<UaResponseMessageType> answer)
            throws UaException {
        UaSubscription subscription = known(request.getSubscriptionId());
        session.delivery.touch(subscription.id, session.now());
        UaItem triggering = subscription.items.get(request.getTriggeringItemId().intValue());
        if (triggering == null) {
            throw Answers.fault(StatusCodes.Bad_MonitoredItemIdInvalid, "triggeringItemId");
        }
        UInteger[] add = orEmpty(request.getLinksToAdd());
        UInteger[] remove = orEmpty(request.getLinksToRemove());
        if (add.length + remove.length == 0) {
            throw Answers.fault(StatusCodes.Bad_NothingToDo, "no links");
        }
        StatusCode[] removed = new StatusCode[remove.length];
        for (int i = 0; i < remove.length; i++) {
            boolean was = subscription.triggeredBy(triggering.id).remove(remove[i].intValue());
            removed[i] = was ? StatusCode.GOOD : new StatusCode(StatusCodes.Bad_MonitoredItemIdInvalid);
        }
        StatusCode[] added = new StatusCode[add.length];
        for (int i = 0; i < add.length; i++) {
            boolean exists = subscription.items.containsKey(add[i].intValue());
            if (exists) {
                subscription.triggeredBy(triggering.id).add(add[i].intValue());
            }
            added[i] = exists ? StatusCode.GOOD : new StatusCode(StatusCodes.Bad_MonitoredItemIdInvalid);
        }
        session.reconcileAll();
        answer.complete(new SetTriggeringResponse(
                Answers.good(request.getRequestHeader()),
                Answers.nullIfEmpty(added),
                null,
                Answers.nullIfEmpty(removed),
                null));
    }

    // ------------------------------------------------------------------ small things

    /** The member's typed answer, or null after the client has got its fault. */
    private static <T extends UaResponseMessageType> @Nullable T answered(
            Outcome<Relayed.Answer> outcome, CompletableFuture<UaResponseMessageType> answer, Class<T> type) {
        if (outcome instanceof Outcome.Done<Relayed.Answer> d) {
            switch (d.answer()) {
                case Relayed.Response r
                when type.isInstance(r.message()) -> {
                    return type.cast(r.message());
                }
                case Relayed.Response r ->
                    answer.completeExceptionally(Answers.fault(
                            StatusCodes.Bad_UnknownResponse,
                            r.message().getClass().getSimpleName()));
                case Relayed.Fault f -> answer.completeExceptionally(f.cause());
            }
        } else {
            answer.completeExceptionally(Answers.fault(Answers.statusOf(outcome).value(), Answers.reasonOf(outcome)));
        }
        return null;
    }

    private static Outcome.Done<Relayed.Answer> done(Outcome<Relayed.Answer> outcome) {
        return (Outcome.Done<Relayed.Answer>) outcome;
    }

    private UaSubscription known(@Nullable UInteger id) throws UaException {
        UaSubscription subscription =
                id == null ? null : session.subscriptions().get(id.intValue());
        if (subscription == null) {
            throw Answers.fault(StatusCodes.Bad_SubscriptionIdInvalid, "subscription " + id);
        }
        return subscription;
    }

    private static <T> T[] notEmpty(T @Nullable [] array) throws UaException {
        if (array == null || array.length == 0) {
            throw Answers.fault(StatusCodes.Bad_NothingToDo, "nothing to do");
        }
        return array;
    }

    private static UInteger[] orEmpty(UInteger @Nullable [] array) {
        return array == null ? new UInteger[0] : array;
    }

    private static double publishingMs(@Nullable Double requested) {
        double wanted = requested == null || requested.isNaN() ? 1_000 : requested;
        return Math.clamp(wanted, PUBLISHING_MIN_MS, PUBLISHING_MAX_MS);
    }

    private static long keepAlive(UInteger requested) {
        return Math.clamp(requested.longValue() == 0 ? 10 : requested.longValue(), 1, KEEP_ALIVE_MAX);
    }

    private static long lifetime(UInteger requested, long keepAlive) {
        return Math.clamp(requested.longValue(), 3 * keepAlive, Math.max(LIFETIME_MAX, 3 * keepAlive));
    }

    private static int limit(UInteger requested) {
        return (int) Math.min(Integer.MAX_VALUE, requested.longValue());
    }
}
