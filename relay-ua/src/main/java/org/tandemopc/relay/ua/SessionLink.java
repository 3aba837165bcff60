package org.tandemopc.relay.ua;

import io.netty.channel.EventLoop;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.UaServiceFaultException;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MonitoringMode;
import org.eclipse.milo.opcua.stack.core.types.structured.RequestHeader;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.ua.MemberState.MemberItem;
import org.tandemopc.relay.ua.MemberState.MemberSubscription;
import org.tandemopc.relay.ua.back.LinkException;
import org.tandemopc.relay.ua.back.MemberConnector;
import org.tandemopc.relay.ua.back.MemberSession;
import org.tandemopc.relay.ua.security.UserIdentity;
import org.tandemopc.relay.ua.wire.MalformedException;
import org.tandemopc.relay.ua.wire.RawRequest;
import org.tandemopc.relay.ua.wire.UaValueBatch;

/**
 * One client session's link to one member: connects while the pair says that the member is there, and tells when the
 * member is as the client wants it and could take over. What is wanted is brought there by {@link Reconciliation},
 * values come by {@link PublishPump}, what the member has is {@link MemberState}. Owned by the session's event loop;
 * nothing here blocks.
 *
 * <pre>
 *   detached --attach()--> connecting --connected--> open --lost--> waiting --timer--> connecting
 *      ^                                                                                   |
 *      +------------------------------------- detach() ------------------------------------+
 * </pre>
 *
 * <p>A connection that breaks need not cost a value: the member keeps the session, its subscriptions and the messages that
 * were not acknowledged. So where it is certain what the member has, the next connection goes on with the session, and what
 * was lost on the way is asked for again (Part 4, 6.7); until then nothing is told of the runs. Else the member's side is
 * made anew from nothing.
 */
final class SessionLink {
    static final long SERVICE_TIMEOUT_MS = 10_000;
    private static final double SESSION_TIMEOUT_MS = 60_000;
    private static final long CONNECT_TIMEOUT_MS = 5_000;
    private static final long SYNCHRONIZE_MARGIN_MS = 200;
    private static final long FIRST_NOTIFICATION_MARGIN_MS = 3_000;
    private static final long UNPARKING_SECONDS = 5;
    /** Values may be long in coming, and a short interval is not to stay for as long. */
    private static final long HURRY_MS_MAX = 2_000;
    /** A member may answer anything. */
    private static final long KEEP_ALIVE_MIN_MS = 1_000;

    private static final long KEEP_ALIVE_MAX_MS = 3_600_000;
    /** What a member's message may be late beyond two keep-alives. */
    private static final long SILENCE_MARGIN_MS = 3_000;

    private static final long OWN_PAUSE_NANOS = 1_000_000_000L;
    private static final long BACKOFF_FIRST_MS = 250;
    private static final long BACKOFF_MAX_MS = 30_000;
    private static final long LISTEN_MS = 90_000;
    private static final long STABLE_NANOS = 10_000_000_000L;
    /** So often in a row a session is gone on with that does not last: it may be the session that is sick. */
    private static final int RESUMPTIONS_MAX = 5;

    /** The member has told that it has no such session. */
    private static final Set<Long> SESSION_GONE = Set.of(
            StatusCodes.Bad_SessionIdInvalid, StatusCodes.Bad_SessionClosed, StatusCodes.Bad_SessionNotActivated);

    /** What the member is for this session. */
    enum Role {
        /** Or about to be, in cold mode. */
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

    /** What the link asks of its session, and tells it; on the loop. */
    interface Owner {
        EventLoop loop();

        /** Monotonic nanoseconds. */
        long now();

        String name();

        /** Where faults of members are said. */
        Complaints complaints();

        UserIdentity identity();

        String[] localeIds();

        /** What the client wants. */
        Map<Integer, UaSubscription> subscriptions();

        /** How long a parked queue must reach: detection and switch, in ms. */
        long parkMs();

        void linkOpened(SessionLink link);

        /** Session, subscriptions and items of the member are as wanted. */
        void linkReconciled(SessionLink link);

        /** Whether a switch to this member could be proven continuous has changed. */
        void linkSynchronized(SessionLink link);

        /** The link ended, or an attempt to open it failed. */
        void linkFailed(SessionLink link, LinkException why, boolean wasOpen);

        /**
         * The member refused this session's user or this session as such: no more attempts for now. Or we keep the user's
         * password back: attempts go on, for a person may trust the member's certificate.
         */
        void linkDenied(SessionLink link, LinkException why);

        /** A defect of Tandem in what this link called back: {@link #restart} it, or end the session. */
        void linkBroken(SessionLink link, RuntimeException defect);

        /** The member answered which publishing interval it keeps for the wanted parameters of this version. */
        void subscriptionRevised(SessionLink link, int subscription, int version, double publishingMs);

        void runStarted(SessionLink link, UaItem item, boolean parked);

        void runsEnded(SessionLink link, int subscription);

        /** These items are made anew in a subscription that goes on. */
        void runsEnded(SessionLink link, int subscription, Set<Integer> items);

        /** The subscription goes on with publishing off and long queues. */
        void runsParked(SessionLink link, int subscription);

        /** The subscription publishes again. */
        void runsUnparked(SessionLink link, int subscription);

        /** The member's queue of the item is longer than the client's from now on, or is the client's again. */
        void queueIsLong(SessionLink link, UaItem item, boolean isLong);

        void values(SessionLink link, int subscription, UaValueBatch batch);

        void keepAlive(SessionLink link, int subscription);

        void firstNotificationMissing(SessionLink link, String detail);

        /** The member refuses an item that another member has. */
        void itemRefused(SessionLink link, UaItem item, StatusCode status);
    }

    final int member;
    final Owner owner;
    final MemberState has = new MemberState();
    final Callbacks callbacks;
    private final MemberConnector connector;
    private final EventLoop loop;
    private final Reconciliation reconciliation = new Reconciliation(this);
    private final PublishPump pump = new PublishPump(this);

    /** Read by figures and by the pair from other threads. */
    private volatile State state = State.DETACHED;

    private volatile boolean synchronizedReported;
    /** What the client wants is all there, and reaches back behind what the active has delivered. */
    private volatile boolean current;

    private Role role = Role.ACTIVE;
    private @Nullable MemberSession session;
    /** One that has no answer coming but late ones. */
    private @Nullable MemberSession left;

    /** Its connection was lost; it is to be resumed, and what the member {@link #has} is kept until then. */
    private @Nullable MemberSession suspended;

    private int resumptions;
    /** The answer to something that changes what the member has did not come. */
    private boolean doubtful;

    private @Nullable CompletableFuture<MemberSession> connecting;
    /** Grows with each connection: whatever belongs to an earlier one is ignored. */
    private int incarnation;

    private int failures;
    private long openedNanos;
    private boolean denied;
    private boolean catchingUp;
    private int catchUps;
    /** The member was parked: its long queues are kept until their burst has come over, and a while longer. */
    private boolean unparking;

    private boolean unparkingEnds;
    private int unparkings;

    SessionLink(int member, Owner owner, MemberConnector connector) {
        this.member = member;
        this.owner = owner;
        this.connector = connector;
        this.loop = owner.loop();
        this.callbacks = new Callbacks(loop, () -> incarnation, defect -> owner.linkBroken(this, defect));
    }

    // ------------------------------------------------------------------ state

    State state() {
        return state;
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    /** Open and brought to what the client wants. */
    boolean isReconciled() {
        return state == State.OPEN && reconciliation.isDone();
    }

    /** A switch to the member could have been proven continuous once since the connection was opened. */
    boolean isSynchronized() {
        return state == State.OPEN && synchronizedReported;
    }

    /** It could be now: the client has asked for nothing since that is not there for long enough. */
    boolean isCurrent() {
        return state == State.OPEN && current;
    }

    int incarnation() {
        return incarnation;
    }

    Role role() {
        return role;
    }

    boolean isUnparking() {
        return unparking;
    }

    /** The member's session, null unless the link is open. */
    @Nullable
    MemberSession session() {
        return session;
    }

    Reconciliation reconciliation() {
        return reconciliation;
    }

    // ------------------------------------------------------------------ connecting

    /** The member is there (again): connect now, or after a while. */
    void attach(long delayMs) {
        denied = false;
        if (state == State.DETACHED) {
            failures = 0;
            state = State.WAITING;
            connectLater(delayMs);
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

    /**
     * The member that served hangs or is not usable: what it still sends is refused, but late answers to writes and calls are
     * told as such (S8), for {@value #LISTEN_MS} ms at most, until it is detached again.
     */
    void leave() {
        MemberSession old = session;
        detachLeft();
        reset(State.DETACHED);
        if (old != null) {
            left = old;
            old.leave(LISTEN_MS);
        }
    }

    private void detachLeft() {
        if (left != null) {
            left.abort();
            left = null;
        }
    }

    /** The member is gone or not wanted: what it still sends is refused. */
    void detach(boolean politely) {
        MemberSession old = session;
        detachLeft();
        reset(State.DETACHED);
        if (old != null) {
            if (politely) {
                old.close();
            } else {
                old.abort();
            }
        }
    }

    private void reset(State now) {
        incarnation++;
        if (connecting != null) {
            // Nothing is to reach the member any more, and in cold mode another one is asked next.
            connecting.cancel(false);
            connecting = null;
        }
        state = now;
        session = null;
        pump.reset();
        forgetMember();
    }

    private void forgetMember() {
        suspended = null;
        doubtful = false;
        has.clear();
        reconciliation.reset();
        synchronizedReported = false;
        current = false;
        catchingUp = false;
        unparking = false;
        unparkingEnds = false;
    }

    /** The connection is lost, and what the member has is not. */
    private void suspend(MemberSession broken) {
        incarnation++;
        state = State.WAITING;
        suspended = broken;
        session = null;
        pump.reset();
        catchingUp = false;
        unparkingEnds = false;
    }

    private void endRuns(Iterable<MemberSubscription> ended) {
        for (MemberSubscription subscription : ended) {
            owner.runsEnded(this, subscription.id);
        }
    }

    private void connectLater(long delayMs) {
        callbacks.later(delayMs, TimeUnit.MILLISECONDS, () -> {
            if (state == State.WAITING && !denied) {
                connect();
            }
        });
    }

    private void connect() {
        state = State.CONNECTING;
        int of = ++incarnation;
        MemberSession former = suspended;
        connecting = former == null
                ? connector.connect(
                        loop, owner.identity(), owner.localeIds(), owner.name(), SESSION_TIMEOUT_MS, CONNECT_TIMEOUT_MS)
                : connector.resume(
                        former,
                        loop,
                        owner.identity(),
                        owner.localeIds(),
                        owner.name(),
                        SESSION_TIMEOUT_MS,
                        CONNECT_TIMEOUT_MS);
        var unused = connecting.whenComplete((opened, error) -> callbacks.run(() -> connectEnded(of, opened, error)));
    }

    private void connectEnded(int of, @Nullable MemberSession opened, @Nullable Throwable error) {
        if (of != incarnation) {
            // Given up, see reset: too late for the attempt to notice.
            if (opened != null) {
                opened.close();
            }
            return;
        }
        if (opened != null) {
            connected(opened);
        } else {
            connectFailed(
                    asLinkException(error == null ? new IllegalStateException("neither session nor error") : error));
        }
    }

    private void connected(MemberSession opened) {
        boolean resumed = suspended != null && opened.isResumed();
        if (suspended != null && !resumed) {
            loseMember();
        }
        suspended = null;
        session = opened;
        state = State.OPEN;
        openedNanos = owner.now();
        int of = incarnation;
        opened.onClosed(why -> callbacks.run(() -> {
            if (of == incarnation) {
                connectionLost(why);
            }
        }));
        if (state == State.OPEN) {
            owner.linkOpened(this);
            if (resumed) {
                resumed();
            }
            reconcile();
        }
    }

    /** The member has made nothing of the session that was lost: it has none of what it had. */
    private void loseMember() {
        Iterable<MemberSubscription> ended = has.all();
        forgetMember();
        endRuns(ended);
    }

    /** Timers of the connection before have ended with it. */
    private void resumed() {
        for (MemberSubscription of : has.all()) {
            of.spokeNanos = owner.now();
            watch(of);
            if (!of.heard) {
                expectFirstNotification(of);
            }
        }
        pump.catchUp();
        if (synchronizedReported) {
            owner.linkSynchronized(this);
        }
    }

    private void connectFailed(LinkException why) {
        state = State.WAITING;
        failures++;
        if (suspended != null && (isRefusalOfUser(why.status()) || why.isPasswordKept())) {
            loseMember();
        }
        if (isRefusalOfUser(why.status()) && !why.isPasswordKept()) {
            denied = true;
            owner.linkDenied(this, why);
            return;
        }
        if (why.isPasswordKept()) {
            connectLater(backoffMs());
            owner.linkDenied(this, why);
            return;
        }
        connectLater(backoffMs());
        owner.linkFailed(this, why, false);
    }

    /** The connection has ended, and we do not know of anything that is wrong with the session. */
    private void connectionLost(LinkException why) {
        boolean lasted = owner.now() - openedNanos >= STABLE_NANOS;
        resumptions = lasted ? 0 : resumptions;
        MemberSession broken = session;
        if (broken == null || !mayResume(why)) {
            lost(why);
            return;
        }
        resumptions++;
        suspend(broken);
        broken.abort();
        connectAnew(why, lasted);
    }

    private boolean mayResume(LinkException why) {
        return resumptions < RESUMPTIONS_MAX
                && reconciliation.isDone()
                && !doubtful
                && !has.isEmpty()
                && !SESSION_GONE.contains(why.status().value());
    }

    private void lost(LinkException why) {
        boolean lasted = owner.now() - openedNanos >= STABLE_NANOS;
        Iterable<MemberSubscription> ended = has.all();
        MemberSession old = session;
        reset(State.WAITING);
        if (old != null) {
            old.abort();
        }
        endRuns(ended);
        connectAnew(why, lasted);
    }

    private void connectAnew(LinkException why, boolean lasted) {
        // A member that lets us in and fails us at once must not be asked in a loop: only what lasted was a connection.
        failures = lasted ? 1 : failures + 1;
        connectLater(failures == 1 ? 0 : backoffMs());
        owner.linkFailed(this, why, true);
    }

    /** Doubling, with jitter by session, so that many sessions do not come at once (S16). */
    private long backoffMs() {
        long base = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS << Math.min(failures - 1, 7));
        return base / 2 + Math.floorMod(owner.name().hashCode() * 31L + failures * 7919L, base / 2 + 1);
    }

    private static boolean isRefusalOfUser(StatusCode status) {
        long code = status.value();
        return code == StatusCodes.Bad_UserAccessDenied
                || code == StatusCodes.Bad_IdentityTokenInvalid
                || code == StatusCodes.Bad_IdentityTokenRejected
                || code == StatusCodes.Bad_UserSignatureInvalid
                // A member that takes passwords over encrypted links only.
                || code == StatusCodes.Bad_SecurityModeInsufficient;
    }

    /**
     * The member answers in a way with which we cannot go on: the link ends and is made anew.
     *
     * @throws RuntimeException that it is given: a defect of ours is not the member's fault
     */
    void fail(Throwable error) {
        if (error instanceof RuntimeException defect && !(error instanceof MalformedException)) {
            throw defect;
        }
        LinkException why = asLinkException(error);
        complain(Complaints.Kind.LINK_FAILED, () -> "could not be brought to the wanted state: " + why.getMessage());
        if (state == State.OPEN) {
            lost(why);
        }
    }

    void complain(Complaints.Kind kind, Supplier<String> text) {
        owner.complaints().say(member, kind, () -> owner.name() + ": member " + member + " " + text.get());
    }

    /** What has come over the connection cannot be read: that may be the way's fault, so the session is gone on with. */
    void unreadable(LinkException why) {
        complain(Complaints.Kind.LINK_FAILED, () -> "is connected anew: " + why.getMessage());
        if (state == State.OPEN) {
            connectionLost(why);
        }
    }

    /** After a defect: the member's side of the session is made anew from nothing. */
    void restart(RuntimeException defect) {
        if (state != State.DETACHED) {
            lost(new LinkException(new StatusCode(StatusCodes.Bad_InternalError), false, "defect: " + defect));
        }
    }

    // ------------------------------------------------------------------ what is wanted, and what the member has

    /** What the member is for the session from now on; takes effect by reconciling. */
    void role(Role now) {
        if (role == now) {
            return;
        }
        unparking = role == Role.PARKED_STANDBY;
        unparkingEnds = false;
        role = now;
        reconcile();
    }

    /** A burst may take its time: publishing is to be switched on first, and then an interval to pass. */
    private void checkUnparking() {
        if (!unparking || unparkingEnds || !reconciliation.isDone() || awaitsFirstMessage()) {
            return;
        }
        unparkingEnds = true;
        int of = ++unparkings;
        callbacks.later(UNPARKING_SECONDS, TimeUnit.SECONDS, () -> {
            if (unparkingEnds && of == unparkings) {
                unparking = false;
                unparkingEnds = false;
                reconcile();
            }
        });
    }

    private boolean awaitsFirstMessage() {
        for (MemberSubscription there : has.all()) {
            if (there.publishing && !there.heard) {
                return true;
            }
        }
        return false;
    }

    void reconcile() {
        if (state == State.OPEN) {
            fallBehindIfLacking();
            reconciliation.run();
        }
    }

    void reconciled() {
        pump.pump();
        owner.linkReconciled(this);
        checkSynchronized();
        checkUnparking();
        checkHurried();
    }

    /** The member made the subscription with a short interval, for now. */
    void hurried(long upstreamId) {
        MemberSubscription of = has.byUpstreamId(upstreamId);
        if (of == null) {
            return;
        }
        of.hurried = true;
        callbacks.later(HURRY_MS_MAX, TimeUnit.MILLISECONDS, () -> {
            if (has.holds(of) && of.hurried) {
                of.hurried = false;
                reconcile();
            }
        });
    }

    /** Values of the subscription have come. */
    void saidValues(MemberSubscription of) {
        if (!of.saidValues) {
            of.saidValues = true;
            checkHurried();
        }
    }

    /** Who has all its items, and has said something of them, gets its own interval. */
    private void checkHurried() {
        if (!reconciliation.isDone()) {
            return;
        }
        boolean any = false;
        for (MemberSubscription of : has.all()) {
            if (of.hurried && of.saidValues) {
                of.hurried = false;
                any = true;
            }
        }
        if (any) {
            reconcile();
        }
    }

    /** Makes items anew that the member has: each begins with its current value. */
    void renew(Predicate<UaItem> which) {
        if (has.markForRenewal(which)) {
            reconcile();
        }
    }

    /**
     * The member made a subscription for the client's; {@code version} is what it was told.
     *
     * @param keepAliveMs how often it speaks at least, by the member's answer
     */
    void subscriptionMade(int id, int version, boolean publishing, double keepAliveMs, long upstreamId) {
        MemberSubscription made = has.created(id, upstreamId, version, publishing);
        fallBehind(made);
        made.keepAliveMs = keepAliveMs;
        made.spokeNanos = owner.now();
        pump.pump();
        expectFirstNotification(made);
        watch(made);
    }

    /** The member was told the subscription's new parameters. */
    void subscriptionModified(int id, int version, double keepAliveMs) {
        MemberSubscription known = has.subscription(id);
        if (known != null) {
            known.version = version;
            known.keepAliveMs = keepAliveMs;
            known.spokeNanos = owner.now();
        }
    }

    /**
     * A half-open connection, or a server whose publishing hangs, shows by keep-alives that do not come: other connections
     * to the member, and its answers to requests, may be as ever (S7).
     */
    private void watch(MemberSubscription of) {
        long waitMs = Math.clamp((long) Math.ceil(of.keepAliveMs), KEEP_ALIVE_MIN_MS, KEEP_ALIVE_MAX_MS);
        long dueNanos = owner.now() + waitMs * 1_000_000;
        callbacks.later(waitMs, TimeUnit.MILLISECONDS, () -> {
            if (!has.holds(of)) {
                return;
            }
            long now = owner.now();
            if (now - dueNanos > OWN_PAUSE_NANOS) {
                // We were late, so what has come may still have to be read (S35).
                of.spokeNanos = now;
            }
            long silentMs = (now - of.spokeNanos) / 1_000_000;
            if ((of.publishing || of.speaksParked) && silentMs > 2 * waitMs + SILENCE_MARGIN_MS) {
                lost(new LinkException(
                        new StatusCode(StatusCodes.Bad_NoCommunication),
                        false,
                        "subscription " + of.upstreamId + " is silent for " + silentMs + " ms"));
            } else {
                watch(of);
            }
        });
    }

    /** A message of the subscription has come, whatever it says. */
    void spoke(MemberSubscription of) {
        of.spokeNanos = owner.now();
        of.speaksParked |= !of.publishing;
    }

    /** The member was told to publish, or not to. */
    void publishingSet(MemberSubscription of, boolean on) {
        of.publishing = on;
        of.spokeNanos = owner.now();
        of.speaksParked = false;
        if (on) {
            of.heard = false;
            owner.runsUnparked(this, of.id);
            expectFirstNotification(of);
        } else if (role == Role.PARKED_STANDBY) {
            owner.runsParked(this, of.id);
        }
    }

    /** It is being deleted at the member. */
    void forget(MemberSubscription gone) {
        pump.forget(gone);
        has.remove(gone);
    }

    /** The member made the item; {@code version}, {@code mode} and {@code big} are what it was told. */
    void itemMade(int subscription, UaItem item, int version, MonitoringMode mode, boolean big, long upstreamId) {
        MemberSubscription of = has.subscription(subscription);
        if (of == null) {
            return;
        }
        MemberItem made = has.created(of, item, upstreamId);
        made.madeNanos = owner.now();
        fallBehind(of);
        made.version = version;
        made.mode = mode;
        made.bigQueue = big;
        owner.runStarted(this, item, big);
    }

    /** The member has answered to their deletion: of those that are made anew nothing more is taken. */
    void itemsDeleted(MemberSubscription of, List<MemberItem> items) {
        UaSubscription wanted = owner.subscriptions().get(of.id);
        if (wanted == null || !has.holds(of)) {
            return;
        }
        Set<Integer> renewed = new HashSet<>();
        for (MemberItem gone : items) {
            if (gone.renew && wanted.items.containsKey(gone.item.id)) {
                of.renewHandle(gone.item.id);
                renewed.add(gone.item.id);
            }
        }
        if (!renewed.isEmpty()) {
            owner.runsEnded(this, of.id, renewed);
        }
    }

    /** The member ended its subscription (P8): that is between it and us; it is made anew. */
    void ended(MemberSubscription of, StatusCode why) {
        complain(Complaints.Kind.SUBSCRIPTION_ENDED, () -> "ended subscription " + of.upstreamId + ": " + why);
        forget(of);
        owner.runsEnded(this, of.id);
        fallBehind(of);
        reconcile();
    }

    /** The member says that it has no subscription at all. */
    void subscriptionsLost() {
        if (has.isEmpty() || !reconciliation.isDone()) {
            return;
        }
        for (MemberSubscription lost : has.all()) {
            ended(lost, new StatusCode(StatusCodes.Bad_NoSubscription));
        }
    }

    // ------------------------------------------------------------------ ready to take over

    void heard(MemberSubscription of) {
        if (!of.heard) {
            of.heard = true;
            checkSynchronized();
            checkUnparking();
        }
    }

    /** A member that accepts a subscription and then stays silent is not healthy (user needs U4, U8). */
    private void expectFirstNotification(MemberSubscription made) {
        UaSubscription wanted = owner.subscriptions().get(made.id);
        if (wanted == null || !made.publishing) {
            return;
        }
        long waitMs = (long) Math.ceil(2 * wanted.publishingMs) + FIRST_NOTIFICATION_MARGIN_MS;
        // Parked and switched on again meanwhile, it has its whole time anew.
        int of = ++made.expectations;
        callbacks.later(waitMs, TimeUnit.MILLISECONDS, () -> {
            if (has.holds(made) && of == made.expectations && !made.heard && made.publishing && !made.reportedMissing) {
                made.reportedMissing = true;
                owner.firstNotificationMissing(
                        this, "no first notification within " + waitMs + " ms after CreateSubscription");
            }
        });
    }

    /** At once, so that a client that has its answer can be sure that nobody calls the member ready. */
    private void fallBehindIfLacking() {
        if (!current) {
            return;
        }
        for (UaSubscription wanted : owner.subscriptions().values()) {
            MemberSubscription there = has.subscription(wanted.id);
            for (UaItem item : wanted.items.values()) {
                // One that it has refused it may refuse again.
                if (!item.own && (there == null || !there.items.containsKey(item.id))) {
                    fallBehind(there);
                    return;
                }
            }
        }
    }

    /** Something of the subscription, null if it is not there at all, is not at the member, or not for long enough yet. */
    private void fallBehind(@Nullable MemberSubscription of) {
        if (of != null) {
            of.current = false;
        }
        catchingUp = false;
        if (current) {
            current = false;
            owner.linkSynchronized(this);
        }
    }

    /**
     * Ready to take over: everything is made, every live subscription has spoken, and two publishing intervals have
     * passed since, so that what the member holds reaches back behind what the active has delivered. A planned switch
     * sooner than that could not be proven continuous.
     */
    private void checkSynchronized() {
        if (!reconciliation.isDone() || current || catchingUp) {
            return;
        }
        double slowest = 0;
        boolean any = false;
        for (UaSubscription wanted : owner.subscriptions().values()) {
            MemberSubscription there = has.subscription(wanted.id);
            if (there == null || (there.publishing && !there.heard)) {
                return;
            }
            boolean waits = !there.current && !wanted.items.isEmpty();
            any |= waits;
            slowest = waits ? Math.max(slowest, wanted.publishingMs) : slowest;
        }
        if (!any) {
            caughtUp();
            return;
        }
        catchingUp = true;
        int of = ++catchUps;
        callbacks.later(reachingBackMs(slowest), TimeUnit.MILLISECONDS, () -> {
            if (catchingUp && of == catchUps) {
                caughtUp();
            } else if (!synchronizedReported) {
                // A client that asks for something new all the time must not keep the member from ever taking over.
                synchronizedReported = true;
                owner.linkSynchronized(this);
            }
        });
    }

    private void caughtUp() {
        catchingUp = false;
        current = true;
        synchronizedReported = true;
        for (MemberSubscription of : has.all()) {
            of.current = true;
        }
        owner.linkSynchronized(this);
    }

    private static long reachingBackMs(double publishingMs) {
        return (long) Math.ceil(2 * publishingMs) + SYNCHRONIZE_MARGIN_MS;
    }

    /** How many of the client's items could go on at this member without a gap; items of Tandem's own always can. */
    int itemsReachingBack() {
        if (state != State.OPEN) {
            return 0;
        }
        int count = 0;
        for (UaSubscription wanted : owner.subscriptions().values()) {
            MemberSubscription there = has.subscription(wanted.id);
            boolean speaks = there != null && (there.heard || !there.publishing);
            long madeBefore = owner.now() - 1_000_000 * reachingBackMs(wanted.publishingMs);
            for (UaItem item : wanted.items.values()) {
                MemberItem at = there == null ? null : there.items.get(item.id);
                boolean reaches = speaks && at != null && at.exists() && at.madeNanos - madeBefore <= 0;
                count += item.own || reaches ? 1 : 0;
            }
        }
        return count;
    }

    // ------------------------------------------------------------------ the client's requests

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
        callbacks.when(with.send(message, timeoutMs), message instanceof RawRequest ? completion : shaping(completion));
        return true;
    }

    /** Of a request of the client after which the member may have other subscriptions or items. */
    private <T> Callbacks.Completion<T> shaping(Callbacks.Completion<T> completion) {
        return new Callbacks.Completion<>() {
            @Override
            public void done(T answer) {
                completion.done(answer);
            }

            @Override
            public void failed(Throwable cause) {
                doubtful |= !(cause instanceof UaServiceFaultException)
                        && !(cause instanceof LinkException link && link.certainlyNotSent());
                completion.failed(cause);
            }

            @Override
            public void late(T answer) {
                completion.late(answer);
            }
        };
    }

    /** The header of a client's request as this member must see it. Only while the link is open. */
    RequestHeader headerFor(UaRequestMessageType request) {
        MemberSession with = session;
        if (with == null) {
            throw new IllegalStateException("the link is not open");
        }
        return Answers.toMember(request.getRequestHeader(), with.authenticationToken(), UaSession.timeoutMs(request));
    }

    /** A member may answer anything: what is no answer to the request ends the link. */
    static <T> T expect(Class<T> type, UaResponseMessageType answer) {
        if (!type.isInstance(answer)) {
            throw new MalformedException(
                    "OPC UA Part 4, 5.3",
                    type.getSimpleName(),
                    0,
                    "answered " + answer.getClass().getSimpleName());
        }
        return type.cast(answer);
    }

    private static LinkException asLinkException(Throwable error) {
        Throwable cause = Callbacks.unwrap(error);
        if (cause instanceof LinkException link) {
            return link;
        }
        StatusCode status =
                UaException.extractStatusCode(cause).orElse(new StatusCode(StatusCodes.Bad_UnexpectedError));
        return new LinkException(status, false, cause.getMessage() == null ? cause.toString() : cause.getMessage());
    }
}
