package org.tandemopc.relay.da.front;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.pair.Route;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.ObjectCall;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.Principal;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.common.IOPCSecurityPrivate.Credentials;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;
import org.tandemopc.relay.da.back.DaConnector;
import org.tandemopc.relay.delivery.Outcome;

/**
 * A client's session: the server object that it activated, its groups, and the links to the members. Stays while members come and go.
 * Orders return at once, any thread; what clients call blocks, for {@link #CALL_MAX} at most.
 */
public final class DaSession {
    static final int GROUPS_MAX = 1_000;

    /** For a call to be answered, with all waiting for a switch. */
    static final Duration CALL_MAX = Duration.ofSeconds(60);

    private static final Duration STATUS_MAX = Duration.ofSeconds(1);

    /** So long a client's call waits for a standby to say its rate. */
    private static final Duration RATE_MAX = Duration.ofSeconds(1);

    private static final long AGAIN_NANOS = 20_000_000L;

    /** Faults of a process that has the object no more: the call has certainly not run. */
    private static final Set<Integer> OBJECT_GONE = Set.of(
            HResult.RPC_E_DISCONNECTED,
            HResult.RPC_E_INVALID_IPID,
            HResult.RPC_E_INVALID_OBJECT,
            HResult.CO_E_OBJNOTCONNECTED);

    /**
     * How a switch went.
     *
     * @param itemsContinuous of which it is proven that nothing was missed
     */
    public record Moved(int repeated, int notSent, int unknown, int itemsContinuous, int itemsDoubtful) {}

    private final FrontPair pair;
    private final Principal account;
    private final String address;
    private final Instant since = Instant.now();
    private final List<SessionLink> links = new ArrayList<>();
    private final Map<Integer, DaGroup> groups = new ConcurrentSkipListMap<>();
    private final DaServerObject object;
    private final WaitingBudget waitingBudget = new WaitingBudget();
    /** Whether a member has ever served it: before that nothing can be missed. */
    private volatile boolean served;

    /** Of the last switch. */
    private volatile GapWatch gap = new GapWatch(Route.NONE, 0);

    private final AtomicInteger repeated = new AtomicInteger();
    private final AtomicInteger notSent = new AtomicInteger();
    private final AtomicInteger unknown = new AtomicInteger();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private volatile Place place = new Place.Switching(0);
    /** Guarded by lock. */
    private long epoch;

    private final AtomicReference<Introduction> introduction = new AtomicReference<>(Introduction.NOTHING);

    /** @param call by which the client activated it */
    public DaSession(FrontPair pair, ObjectCall call) {
        this.pair = pair;
        this.account = call.principal();
        this.address = call.remoteAddress().getAddress().getHostAddress();
        for (DaConnector connector : pair.connectors()) {
            links.add(new SessionLink(this, connector));
        }
        this.object = new DaServerObject(this, pair);
    }

    public DaServerObject object() {
        return object;
    }

    /** As the client calls itself, if it does, and where it comes from. */
    public String name() {
        String said = introduction.get().clientName();
        return said.isEmpty() ? account.user() + " at " + address : said;
    }

    public String account() {
        return named(account);
    }

    private static String named(Principal one) {
        return one.domain().isEmpty() ? one.user() : one.domain() + "\\" + one.user();
    }

    /** Under which account the call came that this thread serves. */
    String caller() {
        return named(principal());
    }

    private Principal principal() {
        return ObjectCall.current().map(ObjectCall::principal).orElse(account);
    }

    public String address() {
        return address;
    }

    public Instant since() {
        return since;
    }

    Collection<DaGroup> groups() {
        return groups.values();
    }

    public int groupCount() {
        return groups.size();
    }

    public int itemCount() {
        return groups.values().stream().mapToInt(DaGroup::itemCount).sum();
    }

    public long delivered() {
        return groups.values().stream().mapToLong(DaGroup::delivered).sum();
    }

    public long dropped() {
        return groups.values().stream().mapToLong(DaGroup::dropped).sum();
    }

    // ---- orders

    /** Where the pair is: for a session that has just begun. */
    public void begin(Place now, long atEpoch, boolean[] attached) {
        for (int member = 0; member < attached.length; member++) {
            if (attached[member]) {
                links.get(member).attach();
            }
        }
        move(now, atEpoch);
        if (now instanceof Place.Serving(Route route)) {
            links.get(route.member()).attach();
            live(route.member());
            served = true;
        }
    }

    public void attach(int member) {
        links.get(member).attach();
    }

    public void detach(int member) {
        links.get(member).detach();
    }

    public void hold(long atEpoch) {
        move(new Place.Switching(atEpoch), atEpoch);
    }

    /**
     * Moves to the member: what is under way at another one ends first, so that nothing reaches it later (I2).
     *
     * @param done hears when the groups are there, or when the hold timeout is over and it goes on by itself
     */
    public void rehome(long atEpoch, int member, Consumer<Moved> done) {
        move(new Place.Switching(atEpoch), atEpoch);
        links.get(member).attach();
        var unused = Thread.ofVirtual().name("da-rehome").start(() -> {
            boolean isContinuous = false;
            try {
                isContinuous = moveTo(atEpoch, member, Deadline.after(pair.holdTimeout()));
            } finally {
                done.accept(moved(isContinuous));
            }
        });
    }

    /**
     * Leaves a member that still serves only when the next one has everything, as the client may have changed something a moment ago.
     *
     * @return whether it is proven that no value was missed
     */
    private boolean moveTo(long atEpoch, int member, Deadline deadline) {
        SessionLink target = links.get(member);
        boolean wasReady = target.isReady();
        boolean isLeftAlive = links.stream().anyMatch(link -> link.member() != member && link.isServing());
        if (isLeftAlive) {
            var unused = target.awaitBrought(deadline);
        }
        for (SessionLink link : links) {
            boolean isQuiet =
                    link.member() == member || (link.awaitIdle(deadline) && awaitEnded(link.member(), deadline));
            // a later order may have made it the one that serves
            if (!isQuiet && isAt(atEpoch)) {
                link.restart();
            }
        }
        boolean isContinuous = pair.mode() == Mode.HOT
                && target.isReady()
                && (wasReady || isLeftAlive)
                && groups.values().stream().allMatch(group -> group.isWhole(member));
        if (isAt(atEpoch)) {
            gap = new GapWatch(
                    member,
                    groups.values().stream().mapToLong(DaGroup::lastTicks).max().orElse(0));
            live(member);
            var unused = target.awaitBrought(deadline);
        }
        return isContinuous;
    }

    /** A member that is left tells nothing more soon, the ends of transactions neither. */
    private boolean awaitEnded(int member, Deadline deadline) {
        return groups.values().stream().allMatch(group -> group.awaitEnded(member, deadline));
    }

    private Moved moved(boolean isContinuous) {
        int items = itemCount();
        if (items > 0 && !isContinuous && served) {
            List<String> ids = groups.values().stream()
                    .flatMap(group -> group.itemIds().stream())
                    .distinct()
                    .toList();
            String reason = "%s mode".formatted(pair.mode().name().toLowerCase(Locale.ROOT));
            GapWatch watch = gap;
            watch.report(
                    groups.values().stream().anyMatch(DaGroup::isAdvised),
                    first -> pair.gap(this, ids, new FileTime(watch.fromTicks()), new FileTime(first), reason));
        }
        return new Moved(
                repeated.getAndSet(0),
                notSent.getAndSet(0),
                unknown.getAndSet(0),
                isContinuous ? items : 0,
                isContinuous ? 0 : items);
    }

    private void live(int member) {
        // first, as the link tells at once what the member has not
        groups.values().forEach(group -> {
            links.forEach(link -> group.clock(link.member(), link.clockAheadNanos()));
            group.promote(member);
        });
        for (SessionLink link : links) {
            link.live(link.member() == member);
        }
    }

    public void release(Route route) {
        // one that was activated while the others moved has not moved itself
        links.get(route.member()).attach();
        live(route.member());
        served = true;
        move(new Place.Serving(route), route.epoch());
        if (links.get(route.member()).isRefused()) {
            groups.values().forEach(DaGroup::stranded);
        }
    }

    /** No member can be used: each item is told to be bad, once, and whoever waits for a member that hangs is told as well (S12). */
    public void strand(long atEpoch) {
        move(new Place.Stranded(atEpoch), atEpoch);
        groups.values().forEach(DaGroup::stranded);
        links.stream().filter(SessionLink::isBusy).forEach(SessionLink::restart);
    }

    /** Ends it, and tells the client. */
    public void close(String why) {
        move(new Place.Closed(), Long.MAX_VALUE);
        object.announceEnd(why);
        end();
    }

    /** The client has given everything back. */
    void released() {
        move(new Place.Closed(), Long.MAX_VALUE);
        end();
        pair.ended(this);
    }

    private void end() {
        links.forEach(SessionLink::end);
        groups.values().forEach(DaGroup::end);
        groups.clear();
    }

    private void move(Place to, long atEpoch) {
        lock.lock();
        try {
            if (atEpoch < epoch) {
                return;
            }
            epoch = atEpoch;
            place = to;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean isAt(long atEpoch) {
        lock.lock();
        try {
            return epoch == atEpoch;
        } finally {
            lock.unlock();
        }
    }

    public boolean isReady(int member) {
        return links.get(member).isReady();
    }

    // ---- what links and groups tell

    /** The client is told a value of a member. */
    void told(int member, FileTime time) {
        gap.told(member, time.ticks());
    }

    boolean standbyTells() {
        return pair.mode() == Mode.HOT;
    }

    /** Of what standbys tell, all groups together. */
    WaitingBudget waitingBudget() {
        return waitingBudget;
    }

    void ready(SessionLink link) {
        pair.ready(link.member());
    }

    void failed(SessionLink link, Exception why) {
        if (place instanceof Place.Serving(Route route) && route.member() == link.member()) {
            pair.suspects(link.member(), name() + ": " + why.getMessage());
        }
    }

    /**
     * The connection has ended: transactions that were begun on it do not end by themselves.
     *
     * @return writes among them
     */
    int lost(SessionLink link) {
        return groups.values().stream()
                .mapToInt(group -> group.lost(link.member()))
                .sum();
    }

    void itemMissing(int member, DaGroup group, int item, int hresult) {
        group.itemId(item).ifPresent(id -> pair.itemMissing(this, member, id, hresult));
    }

    /** What each server object behind the client is to know of it. */
    Introduction introduction() {
        return introduction.get();
    }

    /** The client has told something of itself. */
    Introduction introduce(UnaryOperator<Introduction> how) {
        return introduction.updateAndGet(how);
    }

    /** What servers hear of a client that has not said how it is called. */
    String nameOfOurs() {
        return "Tandem " + pair.name();
    }

    /** Never under another account instead: calls are refused there, and where the member serves its items are bad (S32). */
    void loginRefused(SessionLink link, Introduction told, int hresult) {
        String user = told.login().map(Credentials::userId).orElse("");
        pair.userRefused(this, link.member(), user, hresult);
        if (place instanceof Place.Serving(Route route) && route.member() == link.member()) {
            groups.values().forEach(DaGroup::stranded);
        }
    }

    // ---- groups

    Optional<DaGroup> find(int handle) {
        return Optional.ofNullable(groups.get(handle));
    }

    Optional<DaGroup> named(String name) {
        return groups.values().stream()
                .filter(group -> group.view().name().equals(name))
                .findFirst();
    }

    void add(DaGroup group) {
        groups.put(group.handle(), group);
    }

    void remove(DaGroup group) {
        groups.remove(group.handle(), group);
        group.end();
        changed();
    }

    /** The client has changed something that members are to know, and which the active is asked to take now. */
    void changed() {
        links.forEach(SessionLink::behind);
        if (place instanceof Place.Serving(Route route)) {
            // what does not get there in time gets there by and by
            var unused = links.get(route.member()).awaitBrought(Deadline.after(pair.holdTimeout()));
        }
    }

    /** The active member knows already; the others are to. */
    void changedElsewhere() {
        links.forEach(SessionLink::behind);
    }

    /**
     * Gives the group the rate of the slower member, where both are connected, so that it is the same whichever serves (GAP-15).
     * What a member says later changes nothing.
     *
     * @return the rate that the client has from now on
     */
    long settleRate(DaGroup group) {
        long slowest = group.view().rateMs();
        Deadline soon = Deadline.after(RATE_MAX);
        for (SessionLink link : links) {
            slowest = Math.max(slowest, link.rateOf(group, soon).orElse(0));
        }
        if (slowest > group.view().rateMs()) {
            group.slowedTo(slowest);
            changed();
        }
        return slowest;
    }

    /**
     * Gives single items the sampling rates of the slower member, as {@link #settleRate} does with groups.
     *
     * @param items that have rates of their own, none twice
     * @param told what the active member has made of them, in the same order
     * @return the rates that the client has from now on
     */
    List<Long> settleSampling(DaGroup group, Ints items, List<Long> told) {
        if (!(place instanceof Place.Serving(Route route))) {
            return told;
        }
        Deadline soon = Deadline.after(RATE_MAX);
        List<Long> slowest = new ArrayList<>(told);
        for (SessionLink link : links) {
            Optional<PerItem<Long>> there = link.member() == route.member()
                    ? Optional.empty()
                    : link.samplingOf(group, items, route.epoch(), soon);
            for (int i = 0; there.isPresent() && i < items.size(); i++) {
                if (HResult.isSuccess(there.get().errors().at(i))) {
                    slowest.set(i, Math.max(slowest.get(i), there.get().values().get(i)));
                }
            }
        }
        if (!slowest.equals(told)) {
            for (int i = 0; i < items.size(); i++) {
                Optional<Long> rate = Optional.of(slowest.get(i));
                var unused = group.changeItem(
                        items.at(i), item -> item.withTuning(item.tuning().withSampling(rate)));
            }
            group.touched();
            changed();
        }
        return slowest;
    }

    Place place() {
        return place;
    }

    boolean mayWrite() {
        return pair.mayWrite(principal());
    }

    FrontPair pair() {
        return pair;
    }

    // ---- calls

    static boolean isObjectGone(RpcFaultException fault) {
        return OBJECT_GONE.contains(fault.status());
    }

    /**
     * Does work at the active member, waiting for one while the pair switches. Work of which nothing has left goes to the next active
     * one; work that may have arrived only if it may be repeated.
     */
    <X> Outcome<Result<X>> carry(boolean isRepeatable, SessionLink.Work<X> work) {
        return carry(isRepeatable, false, work);
    }

    /** The same for what may be repeated, and done at a member that does not take the client's login: another login. */
    <X> Outcome<Result<X>> carryAnyhow(SessionLink.Work<X> work) {
        return carry(true, true, work);
    }

    private <X> Outcome<Result<X>> carry(boolean isRepeatable, boolean isForAnybody, SessionLink.Work<X> work) {
        Deadline whole = Deadline.after(CALL_MAX);
        Deadline hold = Deadline.after(pair.holdTimeout()).orBefore(whole);
        String why = "no member serves";
        boolean mayHaveRun = false;
        boolean isFirst = true;
        while (true) {
            if (!(awaitServing(hold) instanceof Place.Serving(Route route))) {
                if (!mayHaveRun) {
                    notSent.incrementAndGet();
                }
                return mayHaveRun ? new Outcome.Expired<>(why) : new Outcome.NotSent<>(why);
            }
            try {
                Result<X> answer = links.get(route.member())
                        .call(
                                work,
                                route.epoch(),
                                () -> place.equals(new Place.Serving(route)),
                                isForAnybody,
                                hold,
                                whole);
                return done(route, answer, isFirst);
            } catch (RpcFaultException e) {
                if (!isObjectGone(e)) {
                    return done(route, Result.failure(HResult.ofStatus(e.status())), isFirst);
                }
                why = String.valueOf(e.getMessage());
            } catch (LinkException e) {
                why = String.valueOf(e.getMessage());
                if (!e.isNotSent() && !isRepeatable) {
                    unknown.incrementAndGet();
                    return new Outcome.Unknown<>(route.member(), route.epoch(), why);
                }
                mayHaveRun |= !e.isNotSent();
            }
            if (isFirst) {
                // the member was there: from now on the pair may take its time to find out and to switch
                hold = Deadline.after(pair.holdTimeout()).orBefore(whole);
                isFirst = false;
            }
            awaitMove(hold);
        }
    }

    /** Does work at the member that serves now, within a second; waits for no switch, and for no other member. */
    <X> Outcome<Result<X>> carryNow(SessionLink.Work<X> work) {
        if (!(place instanceof Place.Serving(Route route))) {
            return new Outcome.NotSent<>("no member serves");
        }
        Deadline soon = Deadline.after(STATUS_MAX);
        try {
            return new Outcome.Done<>(
                    route.member(),
                    route.epoch(),
                    links.get(route.member()).call(work, route.epoch(), () -> true, true, soon, soon));
        } catch (LinkException | RpcFaultException e) {
            return new Outcome.Expired<>(String.valueOf(e.getMessage()));
        }
    }

    private <X> Outcome<Result<X>> done(Route route, Result<X> answer, boolean isFirst) {
        pair.requestDone();
        if (!isFirst) {
            repeated.incrementAndGet();
        }
        return new Outcome.Done<>(route.member(), route.epoch(), answer);
    }

    /** Until the place is one that decides, or the time is over. */
    private Place awaitServing(Deadline deadline) {
        lock.lock();
        try {
            while (place instanceof Place.Switching && !deadline.isOver()) {
                var unused = moved.awaitNanos(deadline.remainingNanos());
            }
            return deadline.isOver() && place instanceof Place.Serving ? new Place.Switching(epoch) : place;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Place.Switching(0);
        } finally {
            lock.unlock();
        }
    }

    /** A moment, or until the pair moves: a link that is not there fails at once, and must not be asked in a circle. */
    private void awaitMove(Deadline deadline) {
        lock.lock();
        try {
            if (!deadline.isOver()) {
                var unused = moved.awaitNanos(Math.min(AGAIN_NANOS, deadline.remainingNanos()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** For methods without results per item. */
    static <X> Result<X> overall(Outcome<Result<X>> outcome) {
        return switch (outcome) {
            case Outcome.Done<Result<X>> done -> done.answer();
            case Outcome.NotSent<Result<X>> _ -> Result.failure(HResult.CALL_FAILED_DID_NOT_EXECUTE);
            case Outcome.Unknown<Result<X>> _ -> Result.failure(HResult.CALL_FAILED);
            case Outcome.Expired<Result<X>> _ -> Result.failure(HResult.CALL_FAILED);
        };
    }

    /** What stands for each item where a call was not answered. */
    static int errorOf(Outcome<?> outcome) {
        return outcome instanceof Outcome.NotSent ? HResult.CALL_FAILED_DID_NOT_EXECUTE : HResult.CALL_FAILED;
    }
}
