package org.tandemopc.relay.ua;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.RepublishRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.SubscriptionAcknowledgement;
import org.tandemopc.relay.delivery.DeliveryOutput.PublishRefusal;
import org.tandemopc.relay.delivery.PublishAnswer;
import org.tandemopc.relay.delivery.SessionDelivery;
import org.tandemopc.relay.ua.MemberState.MemberSubscription;
import org.tandemopc.relay.ua.wire.HandleMap;
import org.tandemopc.relay.ua.wire.PublishWriter;
import org.tandemopc.relay.ua.wire.UaValueBatch;

/**
 * Publish and Republish of one session (OPC UA Part 4, 5.14.5 and 5.14.6): parks the client's requests until the
 * delivery engine has something to say, and composes the answers. Values go out as they came, with the client's handles
 * patched in. Owned by the session's loop.
 */
final class PublishServices implements HandleMap {
    private final UaSession session;
    private final SessionDelivery delivery;
    private final Map<Long, Parked> parked = new HashMap<>();

    private record Parked(PublishRequest request, CompletableFuture<UaResponseMessageType> answer) {}

    PublishServices(UaSession session, SessionDelivery delivery) {
        this.session = session;
        this.delivery = delivery;
    }

    void publish(PublishRequest request, CompletableFuture<UaResponseMessageType> answer) {
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
        parked.put(token, new Parked(request, answer));
        delivery.publish(new org.tandemopc.relay.delivery.PublishRequest(token, acks, deadline), now);
    }

    /** The engine has a message for a request. */
    void answer(long token, PublishAnswer answer) {
        Parked request = parked.remove(token);
        if (request != null) {
            request.answer().complete(response(request.request(), answer));
        }
    }

    /** The engine has none, for good. */
    void refuse(long token, PublishRefusal refusal) {
        Parked request = parked.remove(token);
        if (request != null) {
            long code = switch (refusal) {
                case NO_SUBSCRIPTION -> StatusCodes.Bad_NoSubscription;
                case TOO_MANY_PUBLISH_REQUESTS -> StatusCodes.Bad_TooManyPublishRequests;
                case TIMEOUT -> StatusCodes.Bad_Timeout;
                case CONNECTION_LOST -> StatusCodes.Bad_SecureChannelClosed;
                case SESSION_CLOSED -> StatusCodes.Bad_SessionClosed;
            };
            request.answer().completeExceptionally(Answers.fault(code, refusal.toString()));
        }
    }

    private UaResponseMessageType response(PublishRequest request, PublishAnswer answer) {
        StatusCode ended = null;
        for (PublishAnswer.Content content : answer.content()) {
            if (content instanceof PublishAnswer.StatusChange s) {
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
                answer.moreNotifications() || hasMore(answer),
                answer.sequenceNumber(),
                DateTime.now(),
                batches(answer),
                ended,
                results,
                this);
    }

    /** Part 4, 5.14.5: a member that cuts its messages short has said so, and what is left is on its way. */
    private boolean hasMore(PublishAnswer answer) {
        SessionLink active = session.activeLink();
        MemberSubscription there = active == null ? null : active.has.subscription(answer.subscription());
        return !answer.content().isEmpty() && there != null && there.hasMore;
    }

    private static List<UaValueBatch> batches(PublishAnswer answer) {
        List<UaValueBatch> batches = new ArrayList<>();
        for (PublishAnswer.Content content : answer.content()) {
            if (content instanceof PublishAnswer.Values v) {
                batches.add((UaValueBatch) v.batch());
            }
        }
        return batches;
    }

    UaResponseMessageType republish(RepublishRequest request) throws UaException {
        int id = session.subscription(request.getSubscriptionId()).id;
        PublishAnswer kept =
                delivery.republish(id, request.getRetransmitSequenceNumber().longValue(), session.now());
        if (kept == null) {
            throw Answers.fault(StatusCodes.Bad_MessageNotAvailable, "message is not kept any more");
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
                        batches(kept),
                        null,
                        new StatusCode[0],
                        this));
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
}
