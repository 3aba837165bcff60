package org.tandemopc.relay.ua;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.RepublishRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.RepublishResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.SubscriptionAcknowledgement;
import org.tandemopc.relay.ua.MemberState.MemberSubscription;
import org.tandemopc.relay.ua.back.LinkException;
import org.tandemopc.relay.ua.back.MemberSession;
import org.tandemopc.relay.ua.wire.MalformedException;
import org.tandemopc.relay.ua.wire.RawResponse;
import org.tandemopc.relay.ua.wire.UaValueBatch;
import org.tandemopc.relay.ua.wire.UpstreamPublish;

/**
 * Keeps Publish requests open at one member and takes its messages in their order: what comes out of order waits for the
 * one before it; what does not come is asked for again, and then is a hole (I4). Each message is acknowledged once, and
 * never after its subscription ended: some servers hang up at a stale acknowledgement. Owned by the session's loop.
 */
final class PublishPump {
    /** A Publish request may wait long at the member: what tells a dead member is the control link. */
    private static final long PUBLISH_TIMEOUT_MS = 600_000;
    /** How long a message out of order is held back for the one before it, before asking for it again. */
    private static final long RESEQUENCE_MS = 500;
    /** A stall of the network or of ours for this long loses nothing, if the member's items queue nothing at all. */
    private static final double STALL_MS = 3_000;

    /**
     * After a connection was lost: how long the member may still answer requests that waited there, keep-alives too, before
     * it takes up the new ones.
     */
    private static final long CATCH_UP_NANOS = 60_000_000_000L;
    /** For so long it is asked twice in an interval for what it says to those, then at the longest pause. */
    private static final long CATCH_UP_OFTEN_NANOS = 3_000_000_000L;

    private static final double CATCH_UP_PAUSE_MS_MIN = 20;
    private static final double CATCH_UP_PAUSE_MS_MAX = 500;

    private static final int REQUESTS_MIN = 4;
    private static final int REQUESTS_MAX = 20;

    private final SessionLink link;
    private int open;
    private int limit = REQUESTS_MAX;
    private List<SubscriptionAcknowledgement> acknowledgements = new ArrayList<>();

    PublishPump(SessionLink link) {
        this.link = link;
    }

    /** The connection ended. */
    void reset() {
        open = 0;
        limit = REQUESTS_MAX;
        acknowledgements = new ArrayList<>();
    }

    /**
     * The session goes on over a new connection: what the member has sent over the lost one, or still answers to requests
     * that came over that one, is asked for at once and again, until it answers a request of the new one (Part 4, 6.7).
     */
    void catchUp() {
        long until = link.owner.now() + CATCH_UP_NANOS;
        for (MemberSubscription of : link.has.all()) {
            of.republishing = of.publishing;
            if (of.publishing) {
                of.catchUpUntilNanos = until;
                askForMissing(of);
            }
        }
    }

    private boolean isCatchingUp(MemberSubscription of) {
        Long until = of.catchUpUntilNanos;
        if (until != null && link.owner.now() >= until) {
            of.catchUpUntilNanos = null;
        }
        return of.catchUpUntilNanos != null;
    }

    /** The member's subscription ended: its messages can no more be acknowledged. */
    void forget(MemberSubscription ended) {
        acknowledgements.removeIf(a -> a.getSubscriptionId().longValue() == ended.upstreamId);
    }

    /** Keeps enough Publish requests at the member to bridge a stall of about 3 s (ua-relay 3 and 4). */
    void pump() {
        MemberSession with = link.session();
        if (with == null || link.has.isEmpty()) {
            return;
        }
        double smallest = Double.MAX_VALUE;
        for (UaSubscription wanted : link.owner.subscriptions().values()) {
            smallest = Math.min(smallest, Math.max(1, wanted.publishingMs));
        }
        long forStall = Math.clamp((long) Math.ceil(STALL_MS / smallest) + 1, REQUESTS_MIN, REQUESTS_MAX);
        long target = Math.min(limit, forStall) + link.has.size() - 1L;
        while (open < target && with.isOpen()) {
            send(with);
        }
    }

    private void send(MemberSession with) {
        SubscriptionAcknowledgement[] acks = acknowledgements.toArray(new SubscriptionAcknowledgement[0]);
        acknowledgements = new ArrayList<>();
        open++;
        link.callbacks.when(
                with.send(new PublishRequest(with.header(PUBLISH_TIMEOUT_MS), acks), PUBLISH_TIMEOUT_MS),
                answer -> {
                    open--;
                    published(answer);
                },
                error -> {
                    open--;
                    failed(error);
                });
    }

    private void failed(Throwable cause) {
        long code = cause instanceof UaException ua ? ua.getStatusCode().value() : 0;
        if (code == StatusCodes.Bad_TooManyPublishRequests) {
            limit = Math.max(1, open);
        } else if (code == StatusCodes.Bad_NoSubscription) {
            // All subscriptions ended at the member, or none is made yet: reconciling makes them and pumps.
            link.subscriptionsLost();
        } else if (code == StatusCodes.Bad_Timeout || code == StatusCodes.Bad_RequestTimeout) {
            pump();
        } else if (!(cause instanceof LinkException)) {
            link.fail(cause);
        }
        // Else onClosed tells.
    }

    private void published(UaResponseMessageType answer) {
        UpstreamPublish message;
        try {
            message = UpstreamPublish.parse(SessionLink.expect(RawResponse.class, answer));
        } catch (MalformedException e) {
            link.unreadable(new LinkException(
                    new StatusCode(StatusCodes.Bad_DecodingError),
                    false,
                    "unreadable Publish response: " + e.getMessage()));
            return;
        }
        MemberSubscription of = link.has.byUpstreamId(message.subscriptionId());
        if (of != null) {
            link.spoke(of);
            of.catchUpUntilNanos = null;
            take(of, message);
        }
        pump();
    }

    /** Members may swap Publish responses on the wire (pitfall P1): messages are taken in the order of their numbers. */
    private void take(MemberSubscription of, UpstreamPublish message) {
        if (message.keepAlive()) {
            link.heard(of);
            if (of.order.keepAlive(message.sequenceNumber())) {
                link.owner.keepAlive(link, of.id);
            } else {
                askForMissingLater(of);
            }
            return;
        }
        switch (of.order.offer(message.sequenceNumber(), message)) {
            case EXPECTED -> {
                acknowledge(of, message);
                deliver(of, message);
                deliverWaiting(of);
            }
            case EARLY -> {
                acknowledge(of, message);
                askForMissingLater(of);
            }
            case TOO_MANY -> {
                acknowledge(of, message);
                skipHole(of);
            }
            case REPEATED -> {}
        }
    }

    private void acknowledge(MemberSubscription of, UpstreamPublish message) {
        acknowledgements.add(new SubscriptionAcknowledgement(uint(of.upstreamId), uint(message.sequenceNumber())));
    }

    private void deliverWaiting(MemberSubscription of) {
        for (UpstreamPublish next = of.order.next(); next != null; next = of.order.next()) {
            deliver(of, next);
        }
    }

    private void deliver(MemberSubscription of, UpstreamPublish message) {
        link.heard(of);
        int left = message.content().size();
        for (UpstreamPublish.Content content : message.content()) {
            of.hasMore = --left > 0 || message.moreNotifications();
            switch (content) {
                case UpstreamPublish.Values v -> {
                    link.saidValues(of);
                    UaValueBatch batch = of.ofItems(v.batch());
                    if (batch != null) {
                        link.owner.values(link, of.id, batch);
                    }
                }
                case UpstreamPublish.StatusChange s -> link.ended(of, s.status());
                case UpstreamPublish.Unrecognised u ->
                    link.complain(
                            Complaints.Kind.NOTIFICATION_UNKNOWN,
                            () -> "sent a notification of unknown kind " + u.encodingId());
            }
        }
    }

    private void askForMissingLater(MemberSubscription of) {
        if (!of.republishing) {
            of.republishing = true;
            link.callbacks.later(RESEQUENCE_MS, TimeUnit.MILLISECONDS, () -> askForMissing(of));
        }
    }

    private void askForMissing(MemberSubscription of) {
        MemberSession with = link.session();
        if (with == null || !link.has.holds(of) || !(of.order.isMissing() || isCatchingUp(of))) {
            of.republishing = false;
            return;
        }
        long missing = of.order.expected();
        link.callbacks.when(
                with.send(
                        new RepublishRequest(
                                with.header(SessionLink.SERVICE_TIMEOUT_MS), uint(of.upstreamId), uint(missing)),
                        SessionLink.SERVICE_TIMEOUT_MS),
                answer -> {
                    of.republishing = false;
                    if (of.order.expected() == missing) {
                        republished(of, answer);
                    }
                },
                error -> {
                    of.republishing = false;
                    if (isCatchingUp(of) && !of.order.isMissing()) {
                        saidNothing(of, error);
                    } else if (of.order.isMissing() && of.order.expected() == missing) {
                        skipHole(of);
                    }
                });
    }

    /** The member has nothing that was not heard of, up to now. */
    private void saidNothing(MemberSubscription of, Throwable error) {
        long code = error instanceof UaException told ? told.getStatusCode().value() : 0;
        if (code == StatusCodes.Bad_SubscriptionIdInvalid && link.has.holds(of)) {
            link.ended(of, new StatusCode(code));
            return;
        }
        if (code == StatusCodes.Bad_MessageNotAvailable) {
            // Its keep-alives still go nowhere.
            link.spoke(of);
        }
        Long until = of.catchUpUntilNanos;
        boolean often = until != null && until - link.owner.now() > CATCH_UP_NANOS - CATCH_UP_OFTEN_NANOS;
        UaSubscription wanted = link.owner.subscriptions().get(of.id);
        double pauseMs = wanted == null || !often ? CATCH_UP_PAUSE_MS_MAX : wanted.publishingMs / 2;
        of.republishing = true;
        link.callbacks.later(
                (long) Math.clamp(pauseMs, CATCH_UP_PAUSE_MS_MIN, CATCH_UP_PAUSE_MS_MAX),
                TimeUnit.MILLISECONDS,
                () -> askForMissing(of));
    }

    private void republished(MemberSubscription of, UaResponseMessageType answer) {
        UpstreamPublish message;
        try {
            message = Republished.parse(SessionLink.expect(RepublishResponse.class, answer), of.upstreamId);
        } catch (MalformedException e) {
            skipHole(of);
            return;
        }
        if (message.sequenceNumber() != of.order.expected()) {
            skipHole(of);
            return;
        }
        take(of, message);
        askAgain(of);
    }

    /** A message of the member is lost for good: what follows is not continuous with what came before (I4). */
    private void skipHole(MemberSubscription of) {
        if (!link.has.holds(of)) {
            return;
        }
        long missing = of.order.expected();
        link.complain(
                Complaints.Kind.MESSAGE_LOST, () -> "lost message " + missing + " of subscription " + of.upstreamId);
        link.owner.runsEnded(link, of.id);
        for (MemberState.MemberItem item : of.items.values()) {
            if (item.exists()) {
                link.owner.runStarted(link, item.item, false);
                link.owner.queueIsLong(link, item.item, item.bigQueue);
            }
        }
        of.order.skip();
        deliverWaiting(of);
        askAgain(of);
    }

    /** More than one may be missing. */
    private void askAgain(MemberSubscription of) {
        if ((of.order.isMissing() || isCatchingUp(of)) && !of.republishing) {
            of.republishing = true;
            askForMissing(of);
        }
    }
}
