package org.tandemopc.relay.delivery;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one client session between arrival and answer: holds them during a switch, sends each with the epoch
 * it was admitted in, repeats what may be repeated, never what may not (I1, I2, S1-S5). One owner; no locks; time is an
 * argument.
 *
 * <pre>
 *   submit ──released──▶ SENT ──answered──▶ Done
 *     │                  │ ▲ │
 *     │ holding          │ │ └─ lost, deadline: not repeatable ▶ Unknown, repeatable ▶ Expired (or waits again)
 *     ▼    not handed to │ │
 *   WAITING ◀── a socket ┘ │
 *     │ └──────release─────┘
 *     └─ hold time, deadline, strand ▶ NotSent (Expired if an earlier sending may have left)
 * </pre>
 *
 * What waits keeps the order of arrival: a new request waits behind those that a link did not take, and is tried after
 * them. Only a repeatable request that was lost on the route still in force stands aside until the next release.
 *
 * <p>Both callbacks may call this desk again. Each sending is to be reported at most once: by {@code send} returning
 * false, by {@link #answered}, by {@link #failed} or by {@link #linkLost}.
 *
 * @param <R> the protocol's request, opaque
 * @param <A> the protocol's answer, opaque
 */
public final class RequestDesk<R, A> {
    /** Sendings of one repeatable request that may have left: the first and two repetitions. */
    static final int SENDINGS_MAX = 3;
    /** Sendings of one request that a link took and then reported as certainly not sent. */
    static final int REFUSALS_MAX = 16;

    /** Where sent requests and outcomes go; called inside the step. */
    public interface Output<R, A> {
        /**
         * Hand the request to the member's link.
         *
         * @return false if it was certainly not handed to a socket (then it may be sent elsewhere)
         */
        boolean send(long id, int member, long epoch, R request);

        void complete(long id, R request, Outcome<A> outcome);

        /**
         * An answer to a sending that is over, or never was: its client has been told something else, and is told no more
         * (S8). To be looked at by people, at most.
         */
        default void late(long id, int member, long epoch, A answer) {}
    }

    private enum Gate {
        HOLDING,
        RELEASED,
        STRANDED
    }

    private final int requestsMax;
    private final Output<R, A> output;
    /** In order of arrival. */
    private final LinkedHashMap<Long, Entry<R>> underWay = new LinkedHashMap<>();
    /** Those of {@link #underWay} that wait, by arrival; empty while all goes well. */
    private final TreeMap<Long, Entry<R>> waiting = new TreeMap<>();

    private Gate gate = Gate.HOLDING;
    private long epoch = Long.MIN_VALUE;
    private int member = -1;
    /** Counts accepted orders, so that a loop notices one given from inside a callback. */
    private long orders;

    private boolean flushing;
    private long arrivals;
    /** No limit of a request is earlier; looked up anew by the tick that reaches it. */
    private long earliestNanos = Long.MAX_VALUE;

    private long lateAnswers;
    private long repeated;
    private long unknown;

    /** @param requestsMax requests under way at once; beyond it a new one is answered NotSent */
    public RequestDesk(int requestsMax, Output<R, A> output) {
        this.requestsMax = requestsMax;
        this.output = output;
    }

    /**
     * A client's request arrived.
     *
     * @param id of a request that is not under way
     * @param repeatable whether sending it twice does no harm (Read, Browse); false for writes and calls
     * @param deadlineNanos answered at the latest then
     * @param holdNanos how long it may wait for a member; counted anew when a link is lost under it
     */
    public void submit(long id, R request, boolean repeatable, long deadlineNanos, long holdNanos, long nowNanos) {
        if (underWay.size() >= requestsMax) {
            output.complete(id, request, new Outcome.NotSent<>("too many requests under way"));
            return;
        }
        Entry<R> entry = new Entry<>(id, request, repeatable, deadlineNanos, holdNanos, ++arrivals);
        entry.holdFrom(nowNanos);
        if (underWay.isEmpty()) {
            earliestNanos = Long.MAX_VALUE;
        }
        if (underWay.putIfAbsent(id, entry) != null) {
            throw new IllegalStateException("request " + id + " is under way already");
        }
        if (gate == Gate.RELEASED && waiting.isEmpty() && !flushing && deadlineNanos > nowNanos) {
            hand(entry, nowNanos);
            return;
        }
        park(entry, nowNanos);
        flush(nowNanos);
    }

    /** The member answered. Refused (and counted) if that is not the sending that waits for it. */
    public void answered(long id, int member, long epoch, A answer, long nowNanos) {
        Entry<R> entry = underWay.get(id);
        if (entry == null || !entry.isSentTo(member, epoch)) {
            lateAnswers++;
            output.late(id, member, epoch, answer);
            return;
        }
        end(entry, new Outcome.Done<>(member, epoch, answer));
    }

    /**
     * The sending failed.
     *
     * @param certainlyNotSent no byte of it left
     */
    public void failed(long id, int member, long epoch, boolean certainlyNotSent, String why, long nowNanos) {
        Entry<R> entry = underWay.get(id);
        if (entry == null || !entry.isSentTo(member, epoch)) {
            return;
        }
        if (certainlyNotSent) {
            entry.left--;
            entry.refusals++;
            entry.holdFrom(nowNanos);
            if (entry.refusals > REFUSALS_MAX) {
                end(entry, notDone(entry, why));
            } else {
                park(entry, nowNanos);
            }
        } else {
            Outcome<A> outcome = lost(entry, why, nowNanos);
            if (outcome != null) {
                end(entry, outcome);
            }
        }
        if (member != this.member || epoch != this.epoch) {
            flush(nowNanos);
        }
    }

    /** All links of this session to the member are gone: what was sent there has no answer coming. */
    public void linkLost(int member, String why, long nowNanos) {
        List<Ending<R, A>> endings = new ArrayList<>();
        for (Entry<R> entry : underWay.values()) {
            if (entry.state == State.SENT && entry.member == member) {
                Outcome<A> outcome = lost(entry, why, nowNanos);
                if (outcome != null) {
                    endings.add(new Ending<>(entry, outcome));
                }
            }
        }
        endAll(endings);
        if (member != this.member) {
            flush(nowNanos);
        }
    }

    /** Requests wait from now on; what was sent before may still be answered until its link is dropped. */
    public void hold(long epoch, long nowNanos) {
        if (accept(epoch)) {
            gate = Gate.HOLDING;
        }
    }

    /**
     * Requests go to this member; those on hold are sent now, in the order of their arrival. Given again for the same
     * epoch (a link of this session to the member is there anew), it sends what waits. A smaller epoch than seen before
     * is refused (M2).
     */
    public void release(long epoch, int member, long nowNanos) {
        if (!accept(epoch)) {
            return;
        }
        gate = Gate.RELEASED;
        this.member = member;
        waiting.values().forEach(entry -> entry.aside = false);
        flushing = false;
        flush(nowNanos);
        tick(nowNanos);
    }

    /** No member: what waits and what comes is answered at once as not sent, until the next hold or release. */
    public void strand(long epoch, long nowNanos) {
        if (!accept(epoch)) {
            return;
        }
        gate = Gate.STRANDED;
        List<Ending<R, A>> endings = new ArrayList<>();
        waiting.values().forEach(entry -> endings.add(new Ending<>(entry, notDone(entry, NO_MEMBER))));
        endAll(endings);
    }

    /** When {@link #tick} must be called at the latest; {@link Long#MAX_VALUE} = not before something else happens. */
    public long nextTickNanos() {
        return underWay.isEmpty() ? Long.MAX_VALUE : earliestNanos;
    }

    public void tick(long nowNanos) {
        if (nowNanos < nextTickNanos()) {
            return;
        }
        List<Ending<R, A>> endings = new ArrayList<>();
        earliestNanos = Long.MAX_VALUE;
        for (Entry<R> entry : underWay.values()) {
            if (entry.limitNanos() <= nowNanos) {
                endings.add(new Ending<>(entry, timedOut(entry)));
            } else {
                earliestNanos = Math.min(earliestNanos, entry.limitNanos());
            }
        }
        endAll(endings);
    }

    /** Answers refused because their sending was over: late answers of a former active (S8). */
    public long lateAnswers() {
        return lateAnswers;
    }

    /** Sendings beyond the first of a request that may have left before; only of repeatable requests. */
    public long repeated() {
        return repeated;
    }

    /** Requests that wait and may have left before: the next release repeats them. */
    public int waitingToRepeat() {
        int count = 0;
        for (Entry<R> entry : waiting.values()) {
            count += entry.left > 0 ? 1 : 0;
        }
        return count;
    }

    /** Requests that ended {@link Outcome.Unknown} (S3). */
    public long unknown() {
        return unknown;
    }

    /** Requests without an outcome yet: waiting or sent. */
    public int pending() {
        return underWay.size();
    }

    // ---- sending

    private static final String NO_MEMBER = "no member is usable";

    /** Sends what waits, oldest first, until a link does not take one. A loop that runs already takes the rest. */
    private void flush(long nowNanos) {
        if (gate != Gate.RELEASED || flushing) {
            return;
        }
        long round = orders;
        flushing = true;
        try {
            Map.Entry<Long, Entry<R>> next = waiting.firstEntry();
            while (next != null && orders == round) {
                Entry<R> entry = next.getValue();
                if (!entry.aside && entry.limitNanos() > nowNanos) {
                    waiting.remove(entry.arrival);
                    if (!hand(entry, nowNanos)) {
                        return;
                    }
                }
                next = waiting.higherEntry(next.getKey());
            }
        } finally {
            flushing = false;
        }
    }

    /** @return false if the link did not take it: then those behind it wait too */
    private boolean hand(Entry<R> entry, long nowNanos) {
        boolean again = entry.left > 0;
        int sending = entry.send(member, epoch);
        earliestNanos = Math.min(earliestNanos, entry.limitNanos());
        boolean handed = output.send(entry.id, member, epoch, entry.request);
        if (handed && again) {
            repeated++;
        }
        if (entry.state == State.SENT && entry.sendings == sending && !handed) {
            entry.left--;
            park(entry, nowNanos);
        }
        return entry.state != State.WAITING || entry.aside;
    }

    private void park(Entry<R> entry, long nowNanos) {
        entry.state = State.WAITING;
        if (gate == Gate.STRANDED) {
            end(entry, notDone(entry, NO_MEMBER));
        } else if (entry.limitNanos() <= nowNanos) {
            end(entry, timedOut(entry));
        } else {
            waiting.put(entry.arrival, entry);
            earliestNanos = Math.min(earliestNanos, entry.limitNanos());
        }
    }

    /**
     * Bytes may have left and no answer is coming.
     *
     * @return null if the request waits to be repeated
     */
    private @Nullable Outcome<A> lost(Entry<R> entry, String why, long nowNanos) {
        if (!entry.repeatable) {
            return new Outcome.Unknown<>(entry.member, entry.epoch, why);
        }
        if (entry.left >= SENDINGS_MAX || gate == Gate.STRANDED || entry.deadlineNanos <= nowNanos) {
            return new Outcome.Expired<>(why);
        }
        entry.holdFrom(nowNanos);
        if (entry.holdUntilNanos <= nowNanos) {
            return new Outcome.Expired<>(why);
        }
        entry.aside = gate == Gate.RELEASED && entry.member == member && entry.epoch == epoch;
        park(entry, nowNanos);
        return null;
    }

    // ---- outcomes

    private Outcome<A> timedOut(Entry<R> entry) {
        if (entry.state == State.WAITING) {
            return notDone(entry, "no member took it in time");
        }
        return entry.repeatable
                ? new Outcome.Expired<>("no answer in time")
                : new Outcome.Unknown<>(entry.member, entry.epoch, "no answer in time");
    }

    /** Not under way at any member. NotSent says that it never was; after a sending that is no longer true. */
    private Outcome<A> notDone(Entry<R> entry, String why) {
        return entry.left > 0 ? new Outcome.Expired<>(why) : new Outcome.NotSent<>(why);
    }

    /** All leave the books before the first callback, so that a callback finds the desk in order. */
    private void endAll(List<Ending<R, A>> endings) {
        endings.forEach(ending -> forget(ending.entry));
        endings.forEach(ending -> report(ending.entry, ending.outcome));
    }

    private void end(Entry<R> entry, Outcome<A> outcome) {
        forget(entry);
        report(entry, outcome);
    }

    private void forget(Entry<R> entry) {
        underWay.remove(entry.id);
        if (entry.state == State.WAITING) {
            waiting.remove(entry.arrival);
        }
        entry.state = State.ENDED;
    }

    private void report(Entry<R> entry, Outcome<A> outcome) {
        if (outcome instanceof Outcome.Unknown<A>) {
            unknown++;
        }
        output.complete(entry.id, entry.request, outcome);
    }

    /** An order of an epoch that is over is refused (M2). */
    private boolean accept(long epoch) {
        if (epoch < this.epoch) {
            return false;
        }
        this.epoch = epoch;
        orders++;
        return true;
    }

    private enum State {
        WAITING,
        SENT,
        ENDED
    }

    private record Ending<R, A>(Entry<R> entry, Outcome<A> outcome) {}

    private static final class Entry<R> {
        final long id;
        final R request;
        final boolean repeatable;
        final long deadlineNanos;
        final long holdNanos;
        /** Place in the order of arrival. */
        final long arrival;

        State state = State.WAITING;
        long holdUntilNanos;
        /** Lost on the route that is still in force: waits for a release, lets others pass. */
        boolean aside;
        /** Where it was sent last. */
        int member;

        long epoch;
        int sendings;
        /** Sendings of which bytes may have left. */
        int left;

        int refusals;

        Entry(long id, R request, boolean repeatable, long deadlineNanos, long holdNanos, long arrival) {
            this.id = id;
            this.request = request;
            this.repeatable = repeatable;
            this.deadlineNanos = deadlineNanos;
            this.holdNanos = holdNanos;
            this.arrival = arrival;
        }

        void holdFrom(long nowNanos) {
            long until = nowNanos + holdNanos;
            holdUntilNanos = until < nowNanos ? Long.MAX_VALUE : until;
        }

        int send(int toMember, long inEpoch) {
            state = State.SENT;
            member = toMember;
            epoch = inEpoch;
            aside = false;
            left++;
            return ++sendings;
        }

        boolean isSentTo(int atMember, long inEpoch) {
            return state == State.SENT && member == atMember && epoch == inEpoch;
        }

        long limitNanos() {
            return state == State.WAITING ? Math.min(deadlineNanos, holdUntilNanos) : deadlineNanos;
        }
    }
}
