package org.tandemopc.relay.da.front;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.record.Printable;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.DeadlineException;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;
import org.tandemopc.relay.da.back.DaConnection;
import org.tandemopc.relay.da.back.DaConnector;
import org.tandemopc.relay.da.back.GroupSpec;
import org.tandemopc.relay.da.back.ItemSpec;
import org.tandemopc.relay.da.back.MemberGroup;

/**
 * A session's link to one member: a server object of its own there, and in it the session's groups. While it is attached, a virtual
 * thread makes the connection, brings the groups to what the client has now, waits until something changes, and begins anew when
 * the connection fails.
 *
 * <pre>
 *   detached --attach()--> connecting --groups brought--> ready --change--> behind --brought--> ready
 *                             ^  pause, 0.5 s to 30 s        |                 |
 *                             +----------- failed -----------+-----------------+
 *   any --detach()--> detached, calls under way end
 * </pre>
 *
 * <p>The pause ends with the next {@link #attach}: the pair has connected the member anew, or its clients are about to move to it.
 */
final class SessionLink {
    private static final Logger LOG = LoggerFactory.getLogger(SessionLink.class);
    private static final Duration CONNECT_MAX = Duration.ofSeconds(5);
    /** For what is not of items; a group has as much again, and a millisecond more for each of its items. */
    private static final Duration BRING_MAX = Duration.ofSeconds(30);

    private static final long PAUSE_FIRST_NANOS = 500_000_000L;
    private static final long PAUSE_MAX_NANOS = 30_000_000_000L;

    private final DaSession session;
    private final DaConnector connector;
    private final int member;

    /** Held while groups and items are changed at the member; a call of it may take long. */
    private final ReentrantLock structure = new ReentrantLock();

    private final Map<Integer, MemberGroup> groups = new HashMap<>();
    private final Map<Integer, Long> brought = new HashMap<>();
    /** Groups that the member does not make, with its reasons. Guarded by structure. */
    private final Map<Integer, Integer> refusedGroups = new HashMap<>();
    /** What the server object was told of the client. Guarded by structure. */
    private @Nullable Introduction introduced;

    /** Why it takes the client's login not; S_OK: it does, or there is none. */
    private volatile int refusal = HResult.S_OK;

    private final Parking parking = new Parking();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Of its own, as calls end all the time and whoever waits for a change is not to be woken by each of them. */
    private final Condition idle = lock.newCondition();

    // Guarded by lock, which is never held while anybody is called.
    private boolean isAttached;
    private boolean isLive;
    private boolean isBehind;
    private boolean isBringing;
    /** It was ordered to be there since the last attempt to connect began. */
    private boolean isHurried;

    private @Nullable DaConnection connection;
    private boolean isReady;
    private int running;
    private @Nullable Thread worker;
    /** The member does not take some items, which it is asked for again when the time has come. */
    private boolean areItemsRefused;

    private long askAgainNanos;

    SessionLink(DaSession session, DaConnector connector) {
        this.session = session;
        this.connector = connector;
        this.member = connector.address().member();
    }

    int member() {
        return member;
    }

    /** How much the member's clock is ahead of ours; 0 if that is not known. */
    long clockAheadNanos() {
        return connector.clock().aheadNanos();
    }

    // ---- orders; return at once

    /** The member is there, or is to serve the client now: connects without a pause if it is not connected. */
    void attach() {
        lock.lock();
        try {
            isHurried = true;
            // one that is there already is no less ready for the order that it be there
            isBehind |= !isAttached;
            isAttached = true;
            if (worker == null) {
                worker = Thread.ofVirtual().name("da-link-" + member).start(this::work);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the connection, with all calls that are under way on it. */
    void detach() {
        DaConnection gone;
        lock.lock();
        try {
            isAttached = false;
            isLive = false;
            isReady = false;
            gone = connection;
            connection = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        left(gone);
    }

    /** Whether the member serves the client: then it tells its values to us. */
    void live(boolean now) {
        lock.lock();
        try {
            if (isLive != now) {
                isLive = now;
                isBehind = true;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The client has changed something. */
    void behind() {
        lock.lock();
        try {
            isBehind = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What was asked for there and not answered comes no more. */
    private void left(@Nullable DaConnection gone) {
        if (gone == null) {
            return;
        }
        int callbacks = session.lost(this);
        // in cold mode nothing leads to a member that does not serve
        var unused = Thread.ofVirtual()
                .name("da-link-close-" + member)
                .start(session.pair().mode() == Mode.COLD ? gone::close : () -> parking.leave(gone, callbacks));
    }

    /** A write of unknown outcome has been answered after all. */
    void resolved(DaConnection at) {
        parking.resolved(at);
    }

    /** Nobody is left for whom anything could be resolved. */
    void end() {
        detach();
        parking.close();
    }

    /** Whether calls are under way. */
    boolean isBusy() {
        lock.lock();
        try {
            return running > 0;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the connection with all calls that are under way on it, and makes a new one. */
    void restart() {
        DaConnection at = connection();
        if (at != null) {
            failed(at, new LinkException("calls to member " + member + " do not end"));
        }
    }

    // ---- the worker

    private void work() {
        long pause = 0;
        while (true) {
            DaConnection at = connection();
            try {
                if (!awaitWork()) {
                    return;
                }
                at = connection();
                if (at == null) {
                    keepPace();
                    at = connect();
                }
                if (at != null) {
                    bring(at, Deadline.after(BRING_MAX));
                    pause = 0;
                }
            } catch (LinkException | RpcFaultException e) {
                LOG.debug("{}: the link to member {} failed: {}", session.name(), member, e.getMessage());
                failed(at, e);
                pause = pause == 0 ? PAUSE_FIRST_NANOS : Math.min(PAUSE_MAX_NANOS, 2 * pause);
                pause(pause);
            } catch (RuntimeException e) {
                LOG.error("{}: a defect of Tandem on the link to member {}.", session.name(), member, e);
                failed(at, e);
                pause(PAUSE_MAX_NANOS);
            }
        }
    }

    /** @return false: detached, and the worker ends */
    private boolean awaitWork() {
        lock.lock();
        try {
            while (isAttached && connection != null && !isBehind && !isTimeToAskAgain()) {
                awaitChange();
            }
            if (!isAttached) {
                worker = null;
            }
            return isAttached;
        } finally {
            lock.unlock();
        }
    }

    /** Guarded by lock. */
    private boolean isTimeToAskAgain() {
        return areItemsRefused && System.nanoTime() - askAgainNanos >= 0;
    }

    private void awaitChange() {
        if (!areItemsRefused) {
            changed.awaitUninterruptibly();
            return;
        }
        try {
            var unused = changed.awaitNanos(askAgainNanos - System.nanoTime());
        } catch (InterruptedException e) {
            // nobody ends the worker so; it looks again
            LOG.debug("The link to member {} was interrupted.", member);
        }
    }

    /** Not hurried: all links of a pair are when it moves, and they are many (S16). */
    private void keepPace() {
        await(connector.pace().take(System.nanoTime()), () -> false);
        lock.lock();
        try {
            isHurried = false;
        } finally {
            lock.unlock();
        }
    }

    private void pause(long nanos) {
        await(nanos, () -> isHurried);
    }

    /** @param isOver ends the wait sooner, as does a detachment; asked within {@link #lock} */
    private void await(long nanos, BooleanSupplier isOver) {
        lock.lock();
        try {
            long left = nanos;
            while (isAttached && left > 0 && !isOver.getAsBoolean()) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable DaConnection connection() {
        lock.lock();
        try {
            return connection;
        } finally {
            lock.unlock();
        }
    }

    /** @return null: detached meanwhile */
    private @Nullable DaConnection connect() throws LinkException, RpcFaultException {
        DaConnection made = connector.connect(Deadline.after(CONNECT_MAX));
        structure.lock();
        try {
            groups.clear();
            brought.clear();
            refusedGroups.clear();
            introduced = null;
            refusal = HResult.S_OK;
        } finally {
            structure.unlock();
        }
        boolean isKept = false;
        try {
            isKept = keep(made);
        } finally {
            if (!isKept) {
                made.close();
            }
        }
        return isKept ? made : null;
    }

    private boolean keep(DaConnection made) {
        lock.lock();
        try {
            if (isAttached) {
                connection = made;
            }
            return isAttached;
        } finally {
            lock.unlock();
        }
    }

    /** Makes the groups at the member what they are for the client now. */
    private void bring(DaConnection at, Deadline deadline) throws LinkException, RpcFaultException {
        boolean isToBeTold;
        boolean isAskingAgain;
        lock.lock();
        try {
            isBehind = false;
            isBringing = true;
            isToBeTold = isLive || session.standbyTells();
            isAskingAgain = isTimeToAskAgain();
        } finally {
            lock.unlock();
        }
        boolean isBrought = false;
        structure.lock();
        try {
            bringAll(at, isToBeTold, deadline);
            refusals(isAskingAgain, deadline);
            isBrought = true;
        } finally {
            structure.unlock();
            brought(at, isBrought);
        }
    }

    private void brought(DaConnection at, boolean isBrought) {
        boolean isDone;
        lock.lock();
        try {
            isBringing = false;
            isDone = isBrought && connection == at && !isBehind;
            isReady |= isDone;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (isDone) {
            session.ready(this);
        }
    }

    /** Tells the client of items that it does not get from this member (S10). Within {@link #structure}. */
    private void refusals(boolean isAskingAgain, Deadline deadline) throws LinkException, RpcFaultException {
        boolean areSome = false;
        for (DaGroup group : session.groups()) {
            MemberGroup there = groups.get(group.handle());
            if (there == null) {
                Integer why = refusedGroups.get(group.handle());
                if (why != null) {
                    areSome = true;
                    group.refusedAt(member, group.allRefused(why));
                }
                continue;
            }
            if (isAskingAgain) {
                there.askAgain(deadline);
            }
            Map<Integer, Integer> refused = there.refused();
            areSome |= !refused.isEmpty();
            group.refusedAt(member, refused);
        }
        lock.lock();
        try {
            if (areSome && (isAskingAgain || !areItemsRefused)) {
                askAgainNanos =
                        System.nanoTime() + session.pair().askAgainEvery().toNanos();
            }
            areItemsRefused = areSome;
        } finally {
            lock.unlock();
        }
    }

    /**
     * What the member has made of the group's rate, when it has the group as the client has it.
     *
     * @return empty: it is not connected, or not that far in time
     */
    OptionalLong rateOf(DaGroup group, Deadline deadline) {
        if (!isReadyNow() || !awaitBrought(deadline) || !isLockedBy(deadline)) {
            return OptionalLong.empty();
        }
        try {
            MemberGroup there = groups.get(group.handle());
            return there == null ? OptionalLong.empty() : OptionalLong.of(there.revisedRateMs());
        } finally {
            structure.unlock();
        }
    }

    /**
     * What the member has made of sampling rates of single items, when it has them as the client has them.
     *
     * @param epoch in which the client's call was admitted
     * @return empty: it is not connected, not that far in time, or has no such rates
     */
    Optional<PerItem<Long>> samplingOf(DaGroup group, Ints items, long epoch, Deadline deadline) {
        if (!isReadyNow() || !awaitBrought(deadline)) {
            return Optional.empty();
        }
        try {
            Result<PerItem<Long>> told = call(
                    (access, until) -> access.group(group, until).tuning().sampling(items, until),
                    epoch,
                    () -> true,
                    false,
                    deadline,
                    deadline);
            return told.isSuccess() ? Optional.of(told.value()) : Optional.empty();
        } catch (LinkException | RpcFaultException e) {
            // as if it were not connected: that it is lost comes to be known elsewhere
            LOG.debug("{}: member {} tells no sampling rates: {}", session.name(), member, e.toString());
            return Optional.empty();
        }
    }

    /** There is a connection that takes calls, though changes may be on their way to it. */
    private boolean isReadyNow() {
        lock.lock();
        try {
            return isReady;
        } finally {
            lock.unlock();
        }
    }

    /** Whether {@link #structure} is ours in time. */
    private boolean isLockedBy(Deadline deadline) {
        try {
            return structure.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void bringAll(DaConnection at, boolean isToBeTold, Deadline deadline)
            throws LinkException, RpcFaultException {
        introduce(at, deadline);
        Map<Integer, DaGroup> wanted = new LinkedHashMap<>();
        if (!isRefused()) {
            session.groups().forEach(group -> wanted.put(group.handle(), group));
        }
        refusedGroups.keySet().retainAll(wanted.keySet());
        for (Integer handle : List.copyOf(groups.keySet())) {
            if (!wanted.containsKey(handle)) {
                brought.remove(handle);
                MemberGroup gone = groups.remove(handle);
                if (gone != null) {
                    gone.remove(deadline);
                }
            }
        }
        for (DaGroup group : wanted.values()) {
            // of its own: of a session with many items, a server that is slow at adding them would never have them all
            // in time
            Duration most = BRING_MAX.plusMillis(group.itemCount());
            bring(at, group, isToBeTold, Deadline.after(most));
        }
    }

    /** First of all: what is done for a client is done under its login, or not at all (S32). */
    private void introduce(DaConnection at, Deadline deadline) throws LinkException, RpcFaultException {
        Introduction now = session.introduction();
        Introduction before = introduced;
        if (before != null && before.revision() == now.revision()) {
            return;
        }
        int told = now.tell(at, Optional.ofNullable(before), session.nameOfOurs(), deadline);
        introduced = now;
        if (now.login().equals(Optional.ofNullable(before).flatMap(Introduction::login))) {
            return;
        }
        refusal = HResult.isSuccess(told) ? HResult.S_OK : told;
        if (isRefused()) {
            session.loginRefused(this, now, told);
        }
    }

    /** Whether the member does not take the client's login: nothing is done there for it until it has another. */
    boolean isRefused() {
        return refusal != HResult.S_OK;
    }

    private void bring(DaConnection at, DaGroup group, boolean isToBeTold, Deadline deadline)
            throws LinkException, RpcFaultException {
        // what comes later counts as later, though it may be among what is read below
        long revision = 2 * group.revision() + (isToBeTold ? 1 : 0);
        Long before = brought.get(group.handle());
        if (before != null && before == revision) {
            return;
        }
        GroupSpec spec = group.spec(isToBeTold);
        List<ItemSpec> items = group.itemSpecs();
        MemberGroup there = groups.get(group.handle());
        if (there == null) {
            group.restarted(member);
            Result<MemberGroup> added = MemberGroup.add(at, spec, group.callbackOf(this, at), deadline);
            if (!added.isSuccess()) {
                refused(group, spec.name(), added.hresult());
                return;
            }
            refusedGroups.remove(group.handle());
            there = added.value();
            groups.put(group.handle(), there);
        }
        Map<Integer, Integer> refused = there.bring(spec, items, deadline);
        brought.put(group.handle(), revision);
        refused.forEach((item, hresult) -> session.itemMissing(member, group, item, hresult));
    }

    /** The other groups are none the worse for it; it is asked for again with the next change or call, and after a while. */
    private void refused(DaGroup group, String name, int hresult) {
        Integer before = refusedGroups.put(group.handle(), hresult);
        if (before == null || before != hresult) {
            LOG.warn(
                    "{}: member {} makes no group '{}': {}",
                    session.name(),
                    member,
                    Printable.of(name),
                    OpcResult.describe(hresult));
        }
    }

    private void failed(@Nullable DaConnection at, Exception why) {
        boolean isOurs;
        lock.lock();
        try {
            isOurs = isAttached && connection == at;
            if (isOurs) {
                connection = null;
                isReady = false;
                isBehind = true;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
        if (isOurs) {
            left(at);
            session.failed(this, why);
        }
    }

    // ---- calls

    /** Work at the member, by the thread of a client's call. */
    @FunctionalInterface
    interface Work<X> {
        Result<X> on(Access access, Deadline deadline) throws LinkException, RpcFaultException;
    }

    /** What a call has of the link: the connection, and the group on it. */
    final class Access {
        private final DaConnection at;
        private final long epoch;

        private Access(DaConnection at, long epoch) {
            this.at = at;
            this.epoch = epoch;
        }

        /** In which the call was admitted. */
        long epoch() {
            return epoch;
        }

        DaConnection connection() {
            return at;
        }

        int member() {
            return member;
        }

        SessionLink link() {
            return SessionLink.this;
        }

        /**
         * The group at the member. Brought there first if it is not yet.
         *
         * @throws RpcFaultException nothing was done: the member does not make it, or the client has removed it while the call waited
         */
        MemberGroup group(DaGroup group, Deadline deadline) throws LinkException, RpcFaultException {
            DeadlineException doubt = null;
            lockStructure(deadline);
            try {
                requireCurrent();
                MemberGroup there = groups.get(group.handle());
                if (there == null && session.find(group.handle()).isPresent()) {
                    bring(at, group, isToBeTold(), deadline);
                    there = groups.get(group.handle());
                }
                if (there == null) {
                    throw new RpcFaultException(refusedGroups.getOrDefault(group.handle(), HResult.E_FAIL), true);
                }
                return there;
            } catch (DeadlineException e) {
                // what was not answered may have been done: to do it once more would have items tell everything twice
                doubt = e.isNotSent() ? null : e;
                throw e;
            } finally {
                structure.unlock();
                if (doubt != null) {
                    failed(at, doubt);
                }
            }
        }

        /** Does something that changes groups or items, while nobody else does. */
        <X> Result<X> exclusive(Change<X> change, Deadline deadline) throws LinkException, RpcFaultException {
            lockStructure(deadline);
            try {
                requireCurrent();
                return change.make();
            } finally {
                structure.unlock();
            }
        }

        /** The member knows so much of the client already, by a call. Within {@link #exclusive}. */
        void introduced(Introduction now) {
            introduced = now;
            refusal = HResult.S_OK;
        }

        /** The group was made there by a call. Within {@link #exclusive}. */
        void made(DaGroup group, MemberGroup there) {
            groups.put(group.handle(), there);
        }

        private void lockStructure(Deadline deadline) throws LinkException {
            try {
                if (!structure.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                    throw new DeadlineException("member %d takes changes too slowly".formatted(member), true);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new LinkException("interrupted before a call to member " + member, e, true);
            }
        }

        private boolean isToBeTold() {
            lock.lock();
            try {
                return isLive || session.standbyTells();
            } finally {
                lock.unlock();
            }
        }

        private void requireCurrent() throws LinkException {
            if (SessionLink.this.connection() != at) {
                throw new LinkException("the connection to member %d has ended".formatted(member), true);
            }
        }
    }

    @FunctionalInterface
    interface Change<X> {
        Result<X> make() throws LinkException, RpcFaultException;
    }

    /**
     * Does work at the member, when the link is ready.
     *
     * @param epoch in which the call was admitted
     * @param isStillHere whether the session's requests still go to this member
     * @param isForAnybody whether it may be done though the member does not take the client's login
     * @param readyBy until when that is waited for
     */
    <X> Result<X> call(
            Work<X> work,
            long epoch,
            BooleanSupplier isStillHere,
            boolean isForAnybody,
            Deadline readyBy,
            Deadline deadline)
            throws LinkException, RpcFaultException {
        DaConnection at = enter(isStillHere, readyBy);
        try {
            if (isRefused() && !isForAnybody) {
                return Result.failure(HResult.E_ACCESSDENIED);
            }
            // counted by now: whoever moves the session either is seen here or waits for us (I2)
            if (!isStillHere.getAsBoolean()) {
                throw new LinkException("the session leaves member " + member, true);
            }
            return work.on(new Access(at, epoch), deadline);
        } catch (DeadlineException e) {
            // the member is slow, or it hangs, which the probe finds out
            throw e;
        } catch (LinkException e) {
            if (isStillHere.getAsBoolean()) {
                failed(at, e);
            }
            throw e;
        } catch (RpcFaultException e) {
            if (DaSession.isObjectGone(e)) {
                failed(at, e);
            }
            throw e;
        } finally {
            leave();
        }
    }

    /** Whoever waits for a link that is not ready goes when the session leaves the member: another one may be ready. */
    private DaConnection enter(BooleanSupplier isStillHere, Deadline readyBy) throws LinkException {
        lock.lock();
        try {
            while (isAttached && !isReady && isStillHere.getAsBoolean() && !readyBy.isOver()) {
                var unused = changed.awaitNanos(readyBy.remainingNanos());
            }
            DaConnection at = connection;
            if (!isAttached || !isReady || at == null) {
                throw new LinkException("there is no connection to member " + member, true);
            }
            running++;
            return at;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LinkException("interrupted before a call to member " + member, e, true);
        } finally {
            lock.unlock();
        }
    }

    private void leave() {
        lock.lock();
        try {
            running--;
            if (running == 0) {
                idle.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Until everything is brought and the member tells its values. @return false: not in time, or detached */
    boolean awaitBrought(Deadline deadline) {
        return await(deadline, () -> isReady && !isBehind && !isBringing);
    }

    /** Until no call is under way. @return false: not in time */
    boolean awaitIdle(Deadline deadline) {
        lock.lock();
        try {
            while (running > 0 && !deadline.isOver()) {
                var unused = idle.awaitNanos(deadline.remainingNanos());
            }
            return running == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private boolean await(Deadline deadline, BooleanSupplier condition) {
        lock.lock();
        try {
            while (isAttached && !condition.getAsBoolean() && !deadline.isOver()) {
                var unused = changed.awaitNanos(deadline.remainingNanos());
            }
            return isAttached && condition.getAsBoolean();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the member serves the client, and has a connection. */
    boolean isServing() {
        lock.lock();
        try {
            return isAttached && isLive && connection != null;
        } finally {
            lock.unlock();
        }
    }

    boolean isReady() {
        lock.lock();
        try {
            return isAttached && isReady && !isBehind && !isBringing;
        } finally {
            lock.unlock();
        }
    }

    /** Whether callbacks of a connection are still those of this link. */
    boolean isCurrent(DaConnection at) {
        lock.lock();
        try {
            return isAttached && connection == at;
        } finally {
            lock.unlock();
        }
    }
}
