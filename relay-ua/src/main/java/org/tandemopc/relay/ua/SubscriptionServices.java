package org.tandemopc.relay.ua;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteSubscriptionsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteSubscriptionsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ModifySubscriptionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ModifySubscriptionResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ResponseHeader;
import org.eclipse.milo.opcua.stack.core.types.structured.SetPublishingModeRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.SetPublishingModeResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.TransferResult;
import org.eclipse.milo.opcua.stack.core.types.structured.TransferSubscriptionsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.TransferSubscriptionsResponse;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.ua.back.Revised;

/**
 * The services on subscriptions (OPC UA Part 4, 5.14) of one session. Ids, keep-alives and lifetimes are Tandem's own;
 * what a client creates or changes is asked of the active, whose refusal is the client's, and kept as the wanted state
 * to which every other member is brought.
 *
 * <p>The publishing interval that the client is told is the slower one of both members, where the standby answers
 * within {@link #REVISION_WAIT_MS}; it never changes because of a switch (architecture 9, ServiceLevel). Rates and
 * queues of items are the active's: to ask the standby for each would put its slowness into every call.
 */
final class SubscriptionServices {
    /** Bounds for what a client may ask, whatever a member would grant. */
    private static final double PUBLISHING_MIN_MS = 10;

    private static final double PUBLISHING_MAX_MS = 3_600_000;
    private static final double PUBLISHING_DEFAULT_MS = 1_000;
    private static final long KEEP_ALIVE_DEFAULT = 10;
    private static final long KEEP_ALIVE_MAX = 100_000;
    private static final long LIFETIME_MAX = 300_000;
    private static final int SUBSCRIPTIONS_MAX = 1_000;
    /** How long a client's call waits for the standby's word. */
    private static final long REVISION_WAIT_MS = 500;

    private final UaSession session;
    private final Map<Integer, Revision> revisions = new HashMap<>();

    /** A call that the active has answered and the standby has not. */
    private static final class Revision {
        final UaSubscription wanted;
        final int version;
        final Set<Integer> waitingFor = new HashSet<>();
        final Runnable answer;
        double slowestMs;

        Revision(UaSubscription wanted, Runnable answer) {
            this.wanted = wanted;
            this.version = wanted.version;
            this.slowestMs = wanted.publishingMs;
            this.answer = answer;
        }
    }

    /** Asked for and not answered: a client may ask for very many at once. */
    private int beingCreated;

    SubscriptionServices(UaSession session) {
        this.session = session;
    }

    /** Whether the session may have one more, made here or by a transfer: with those on their way (CVE-2022-25897). */
    boolean hasRoom() {
        return session.subscriptions().size() + beingCreated + session.expectedSubscriptions() < SUBSCRIPTIONS_MAX;
    }

    // ------------------------------------------------------------------ create and modify

    void create(CreateSubscriptionRequest request, CompletableFuture<UaResponseMessageType> answer) throws UaException {
        if (!hasRoom()) {
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
        beingCreated++;
        // As it was asked for last: the role may be another when the answer comes.
        boolean[] asksToPublish = new boolean[1];
        session.relay(
                request,
                new Relayed(
                        "CreateSubscription",
                        true,
                        link -> {
                            CreateSubscriptionRequest asked =
                                    link.reconciliation().createRequest(link.headerFor(request), wanted);
                            asksToPublish[0] = asked.getPublishingEnabled();
                            return asked;
                        },
                        outcome -> {
                            beingCreated--;
                            CreateSubscriptionResponse made =
                                    Answers.typed(outcome, answer, CreateSubscriptionResponse.class);
                            if (made != null) {
                                created(request, wanted, asksToPublish[0], made, Answers.memberOf(outcome), answer);
                            }
                        }));
    }

    private void created(
            CreateSubscriptionRequest request,
            UaSubscription wanted,
            boolean publishing,
            CreateSubscriptionResponse made,
            int member,
            CompletableFuture<UaResponseMessageType> answer) {
        double askedMs = wanted.publishingMs;
        double memberMs = Revised.publishingMs(made.getRevisedPublishingInterval(), askedMs);
        wanted.publishingMs = Math.max(PUBLISHING_MIN_MS, memberMs);
        session.subscriptions().put(wanted.id, wanted);
        session.pair.subscriptionMade(wanted.id, session);
        session.link(member)
                .subscriptionMade(
                        wanted.id,
                        versionTold(wanted, askedMs),
                        publishing,
                        Revised.keepAliveMs(memberMs, made.getRevisedMaxKeepAliveCount()),
                        made.getSubscriptionId().longValue());
        ResponseHeader header = Answers.relayed(request.getRequestHeader(), made.getResponseHeader());
        revise(wanted, member, () -> {
            // Only now: no message may come before the client knows the subscription.
            session.delivery.createSubscription(wanted.id, wanted.settings(), session.now());
            answer.complete(new CreateSubscriptionResponse(
                    header,
                    uint(wanted.id),
                    wanted.publishingMs,
                    uint(wanted.lifetimeCount),
                    uint(wanted.keepAliveCount)));
        });
    }

    void modify(ModifySubscriptionRequest request, CompletableFuture<UaResponseMessageType> answer) throws UaException {
        UaSubscription wanted = session.subscription(request.getSubscriptionId());
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
                            long upstream = link.has.upstreamId(wanted.id);
                            return upstream == 0
                                    ? null
                                    : link.reconciliation().modifyRequest(link.headerFor(request), changed, upstream);
                        },
                        outcome -> {
                            ModifySubscriptionResponse made =
                                    Answers.typed(outcome, answer, ModifySubscriptionResponse.class);
                            if (made == null) {
                                return;
                            }
                            if (!wanted.equals(session.subscriptions().get(wanted.id))) {
                                // Deleted, or another session's by now and that one's loop's to change.
                                answer.completeExceptionally(Answers.fault(
                                        StatusCodes.Bad_SubscriptionIdInvalid, "subscription " + wanted.id));
                            } else {
                                modified(request, wanted, changed, made, Answers.memberOf(outcome), answer);
                            }
                        }));
    }

    private void modified(
            ModifySubscriptionRequest request,
            UaSubscription wanted,
            UaSubscription changed,
            ModifySubscriptionResponse made,
            int member,
            CompletableFuture<UaResponseMessageType> answer) {
        double memberMs = Revised.publishingMs(made.getRevisedPublishingInterval(), changed.publishingMs);
        wanted.publishingMs = Math.max(PUBLISHING_MIN_MS, memberMs);
        wanted.keepAliveCount = changed.keepAliveCount;
        wanted.lifetimeCount = changed.lifetimeCount;
        wanted.maxNotifications = changed.maxNotifications;
        wanted.priority = changed.priority;
        wanted.version++;
        double keepAliveMs = Revised.keepAliveMs(memberMs, made.getRevisedMaxKeepAliveCount());
        session.link(member).subscriptionModified(wanted.id, versionTold(wanted, changed.publishingMs), keepAliveMs);
        ResponseHeader header = Answers.relayed(request.getRequestHeader(), made.getResponseHeader());
        revise(wanted, member, () -> {
            session.delivery.modifySubscription(wanted.id, wanted.settings(), session.now());
            session.ownItems().modified(wanted);
            answer.complete(new ModifySubscriptionResponse(
                    header, wanted.publishingMs, uint(wanted.lifetimeCount), uint(wanted.keepAliveCount)));
        });
    }

    /** Brings the others to what the active has granted, and answers when they have said what they keep of it. */
    private void revise(UaSubscription wanted, int answered, Runnable answer) {
        finish(revisions.get(wanted.id));
        Revision revision = new Revision(wanted, answer);
        revision.waitingFor.addAll(session.openLinksBut(answered));
        revisions.put(wanted.id, revision);
        session.reconcileAll();
        if (revision.waitingFor.isEmpty()) {
            finish(revision);
        } else {
            session.callbacks().later(REVISION_WAIT_MS, TimeUnit.MILLISECONDS, () -> finish(revision));
        }
    }

    /** A member tells which interval it keeps. */
    void revised(int member, int subscription, int version, double publishingMs) {
        Revision revision = revisions.get(subscription);
        if (revision != null && revision.version == version && revision.waitingFor.remove(member)) {
            revision.slowestMs = Math.max(revision.slowestMs, publishingMs(publishingMs));
            if (revision.waitingFor.isEmpty()) {
                finish(revision);
            }
        }
    }

    private void finish(@Nullable Revision revision) {
        if (revision == null || !revisions.remove(revision.wanted.id, revision)) {
            return;
        }
        UaSubscription wanted = revision.wanted;
        if (wanted.version == revision.version && revision.slowestMs > wanted.publishingMs) {
            wanted.publishingMs = revision.slowestMs;
            wanted.version++;
            session.reconcileAll();
        }
        revision.answer.run();
    }

    /**
     * The subscription ends here or goes to another session: the standby's word is not waited for any more. Whoever names
     * a subscription before its creation is answered finds it created.
     */
    void finish(int subscription) {
        finish(revisions.get(subscription));
    }

    /** The session ends: nobody is waited for any more. */
    void finishAll() {
        List.copyOf(revisions.values()).forEach(this::finish);
    }

    // ------------------------------------------------------------------ the others

    UaResponseMessageType setPublishingMode(SetPublishingModeRequest request) throws UaException {
        UInteger[] ids = Answers.notEmpty(request.getSubscriptionIds());
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

    UaResponseMessageType delete(DeleteSubscriptionsRequest request) throws UaException {
        UInteger[] ids = Answers.notEmpty(request.getSubscriptionIds());
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
    void transfer(TransferSubscriptionsRequest request, CompletableFuture<UaResponseMessageType> answer)
            throws UaException {
        UInteger[] ids = Answers.notEmpty(request.getSubscriptionIds());
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

    // ------------------------------------------------------------------ what a client may ask

    /** 0 or less asks for the fastest that the server likes (Part 4, 5.14.2.2): that is the member's to say. */
    private static double publishingMs(@Nullable Double requested) {
        double wanted = requested == null || requested.isNaN() ? PUBLISHING_DEFAULT_MS : requested;
        return Math.clamp(wanted, 0, PUBLISHING_MAX_MS);
    }

    /** Keep-alives and lifetime are counted in intervals: a member that did not keep so short a one is told them anew. */
    private static int versionTold(UaSubscription wanted, double askedMs) {
        return askedMs < PUBLISHING_MIN_MS ? wanted.version - 1 : wanted.version;
    }

    private static long keepAlive(UInteger requested) {
        long wanted = requested.longValue() == 0 ? KEEP_ALIVE_DEFAULT : requested.longValue();
        return Math.clamp(wanted, 1, KEEP_ALIVE_MAX);
    }

    /** At least three keep-alives (Part 4, 5.14.2.2). */
    private static long lifetime(UInteger requested, long keepAlive) {
        return Math.clamp(requested.longValue(), 3 * keepAlive, Math.max(LIFETIME_MAX, 3 * keepAlive));
    }

    private static int limit(UInteger requested) {
        return (int) Math.min(Integer.MAX_VALUE, requested.longValue());
    }
}
