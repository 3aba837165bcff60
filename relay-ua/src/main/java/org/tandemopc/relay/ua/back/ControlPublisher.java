package org.tandemopc.relay.ua.back;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaSerializationException;
import org.eclipse.milo.opcua.stack.core.UaServiceFaultException;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaStructuredType;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.structured.DataChangeNotification;
import org.eclipse.milo.opcua.stack.core.types.structured.NotificationMessage;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.StatusChangeNotification;
import org.eclipse.milo.opcua.stack.core.types.structured.SubscriptionAcknowledgement;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps Publish requests waiting at the server for a control link's subscriptions, and hands out what they bring. One
 * for the session, since a server answers a Publish for whichever of the session's subscriptions has news (Part 4,
 * 5.14.5). On the link's event loop.
 */
final class ControlPublisher {
    private static final Logger LOG = LoggerFactory.getLogger(ControlPublisher.class);

    private static final long PUBLISH_MS_MIN = 10_000;
    private static final long PUBLISH_MS_MAX = 600_000;

    /** A server that answers every Publish at once must not keep the loop busy: answers a second before a pause. */
    private static final int ANSWERS_PER_SECOND_MAX = 50;

    /** A subscription of Tandem's own. */
    interface Subscriber {
        /** The server named the subscription: a keep-alive or news. */
        default void heard() {}

        /**
         * How many changes of values a message may tell. A subscription whose items queue one value each has no more than
         * that many, or a few more where an item was made anew; a server that sends hundreds of thousands would keep us
         * busy with nothing else.
         */
        int changesMax();

        /** News. */
        void take(UaStructuredType body);

        /**
         * The server does not have the subscription any more; nothing is heard of it from now on.
         *
         * @param fault why nothing can be published at all; null when only the subscription is gone
         */
        void lost(@Nullable UaServiceFaultException fault);
    }

    private record Entry(Subscriber subscriber, long publishMs, int answersPerSecond) {}

    private final UaControlLink link;
    private final MemberSession session;
    private final Consumer<String> tooMuch;
    private final Map<UInteger, Entry> entries = new LinkedHashMap<>();
    private final List<SubscriptionAcknowledgement> toAcknowledge = new ArrayList<>();

    private boolean oneAtATime;
    private int publishOpen;
    private long secondStartNanos;
    private int answersThisSecond;

    /** @param tooMuch ends the connection, for this reason; nothing is handed out any more */
    ControlPublisher(UaControlLink link, MemberSession session, Consumer<String> tooMuch) {
        this.link = link;
        this.session = session;
        this.tooMuch = tooMuch;
    }

    /**
     * Publishes for the subscription from now on.
     *
     * @param intervalMs publishing interval as revised
     * @param keepAliveMs after which the server says at least that there is nothing new
     */
    void add(UInteger subscriptionId, double intervalMs, double keepAliveMs, Subscriber subscriber) {
        int rate = (int) Math.ceil(1_000 / Math.clamp(intervalMs, 10, 1_000));
        long publishMs = (long) Math.clamp(keepAliveMs * 3, PUBLISH_MS_MIN, PUBLISH_MS_MAX);
        entries.put(subscriptionId, new Entry(subscriber, publishMs, rate));
        publish();
    }

    /** Hands out nothing of the subscription any more; the caller deletes it. */
    void remove(UInteger subscriptionId) {
        entries.remove(subscriptionId);
    }

    private void publish() {
        int most = oneAtATime ? 1 : entries.size() + 1;
        while (session.isOpen() && !entries.isEmpty() && publishOpen < most) {
            publishOpen++;
            SubscriptionAcknowledgement[] acks = toAcknowledge.toArray(SubscriptionAcknowledgement[]::new);
            toAcknowledge.clear();
            long publishMs =
                    entries.values().stream().mapToLong(Entry::publishMs).max().orElse(PUBLISH_MS_MAX);
            boolean isAlone = oneAtATime;
            var unused = session.send(new PublishRequest(session.header(publishMs), acks), publishMs)
                    .whenComplete(
                            (response, failure) -> link.guarded(session, () -> published(isAlone, response, failure)));
        }
    }

    private void published(boolean isAlone, @Nullable UaResponseMessageType response, @Nullable Throwable failure) {
        publishOpen--;
        if (response instanceof PublishResponse answer) {
            take(answer);
            again();
        } else if (failure instanceof UaServiceFaultException fault) {
            faulted(isAlone, fault);
        } else if (failure instanceof LinkException && session.isOpen()) {
            publish(); // this one got lost; pings judge the server
        }
    }

    private void again() {
        long now = System.nanoTime();
        if (now - secondStartNanos > TimeUnit.SECONDS.toNanos(1)) {
            secondStartNanos = now;
            answersThisSecond = 0;
        }
        answersThisSecond++;
        if (answersThisSecond > answersPerSecondMax()) {
            var unused = link.loop().schedule(() -> link.guarded(session, this::publish), 1, TimeUnit.SECONDS);
        } else {
            publish();
        }
    }

    private int answersPerSecondMax() {
        int usual = entries.values().stream().mapToInt(Entry::answersPerSecond).sum();
        return Math.max(ANSWERS_PER_SECOND_MAX, 2 * usual);
    }

    private void faulted(boolean isAlone, UaServiceFaultException fault) {
        long status = fault.getStatusCode().getValue();
        if (status == StatusCodes.Bad_TooManyPublishRequests && !isAlone) {
            oneAtATime = true;
            publish();
        } else if (status == StatusCodes.Bad_NoSubscription || status == StatusCodes.Bad_SubscriptionIdInvalid) {
            allLost(null);
        } else {
            allLost(fault);
        }
    }

    private void allLost(@Nullable UaServiceFaultException fault) {
        List<Entry> lost = List.copyOf(entries.values());
        entries.clear();
        toAcknowledge.clear();
        lost.forEach(entry -> entry.subscriber().lost(fault));
    }

    private void take(PublishResponse answer) {
        Entry entry = entries.get(answer.getSubscriptionId());
        if (entry == null) {
            return;
        }
        entry.subscriber().heard();
        NotificationMessage message = answer.getNotificationMessage();
        ExtensionObject[] data = message.getNotificationData();
        if (data == null || data.length == 0) {
            return;
        }
        toAcknowledge.add(new SubscriptionAcknowledgement(answer.getSubscriptionId(), message.getSequenceNumber()));
        int changesLeft = entry.subscriber().changesMax();
        for (ExtensionObject body : data) {
            try {
                UaStructuredType decoded = body.decode(link.encoding());
                changesLeft -= changes(decoded);
                if (changesLeft < 0) {
                    entries.clear();
                    tooMuch.accept("the server tells of more than "
                            + entry.subscriber().changesMax() + " values in a message of Tandem's own subscription");
                    return;
                }
                take(answer.getSubscriptionId(), entry.subscriber(), decoded);
            } catch (UaSerializationException e) {
                LOG.atDebug().addKeyValue("member", session.member()).log("unreadable notification: {}", e.toString());
            }
        }
    }

    /** A body that is none of these counts as one: it takes time too. */
    private static int changes(UaStructuredType body) {
        return body instanceof DataChangeNotification change && change.getMonitoredItems() != null
                ? change.getMonitoredItems().length
                : 1;
    }

    private void take(UInteger subscriptionId, Subscriber subscriber, UaStructuredType body) {
        if (!(body instanceof StatusChangeNotification)) {
            subscriber.take(body);
        } else if (entries.remove(subscriptionId) != null) {
            subscriber.lost(null);
        }
    }
}
