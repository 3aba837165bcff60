package org.tandemopc.simulation;

import static org.tandemopc.simulation.VirtualTime.MS;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.delivery.Outcome;

/** The ledger of both members, and what each client was told about each of its requests: I1-I3, M2, M4, S1-S5, S8, S12. */
final class RequestChecker {
    /** Rounding of deadlines, and the moment of the step itself. */
    private static final long SLACK = MS;

    private static final class Life {
        final SimRequest request;
        int sendings;
        int left;
        int applications;
        int operations;
        boolean ended;
        boolean promisedNotDone;
        /** Last time that bytes left to each member. */
        final long[] leftAt = {Long.MIN_VALUE, Long.MIN_VALUE};

        final List<SimAnswer> answers = new ArrayList<>();

        Life(SimRequest request) {
            this.request = request;
        }
    }

    private final World world;
    private final DecisionChecker decisions;
    private final Map<Long, Life> open = new HashMap<>();
    /** Ended writes and calls: nothing may come after. */
    private final Map<Long, Life> ended = new HashMap<>();

    private final Map<Long, Long> linkGoneAt = new HashMap<>();
    private final Set<Integer> strandedSessions = new HashSet<>();
    private int done;
    private int unknown;
    private int notSent;

    RequestChecker(World world, DecisionChecker decisions) {
        this.world = world;
        this.decisions = decisions;
    }

    private static long linkKey(int session, int member) {
        return session * 2L + member;
    }

    void sessionStranded(int session, boolean stranded) {
        if (stranded) {
            strandedSessions.add(session);
        } else {
            strandedSessions.remove(session);
        }
    }

    void submitted(SimRequest request) {
        open.put(request.id(), new Life(request));
    }

    /** The desk has dealt with a new request as far as it can now. */
    void taken(SimRequest request) {
        if (strandedSessions.contains(request.session()) && open.containsKey(request.id())) {
            throw new Violation("S12", "request " + request + " waits though no member is usable");
        }
    }

    private Life life(long id) {
        Life l = open.get(id);
        if (l == null) {
            l = ended.get(id);
        }
        if (l == null) {
            throw new Violation("M4", "request " + id + " is not under way");
        }
        return l;
    }

    void sending(SimRequest request, int member, long epoch) {
        Life l = life(request.id());
        if (l.ended) {
            throw new Violation("I1", "sent after it was answered: " + request);
        }
        if (decisions.memberOf(epoch) != member) {
            throw new Violation(
                    "I2", request + " is sent to member " + member + " which is not active in epoch " + epoch);
        }
        if (epoch < decisions.highestOrdered()) {
            throw new Violation(
                    "M2", request + " is sent for epoch " + epoch + " after an order of " + decisions.highestOrdered());
        }
        if (!request.repeatable() && l.left > 0) {
            throw new Violation("I1", "a write whose bytes left is sent again: " + request);
        }
        l.sendings++;
    }

    void left(SimRequest request, int member, long epoch) {
        if (request.repeatable() && !open.containsKey(request.id())) {
            // Answered as expired while it was on its way to the socket: no harm done.
            return;
        }
        Life l = life(request.id());
        l.left++;
        l.leftAt[member] = world.time.now();
        if (!request.repeatable() && l.left > 1) {
            throw new Violation("I1", "the bytes of a write left twice: " + request);
        }
    }

    void applied(SimRequest request, int member, long epoch, int operations) {
        Life l = life(request.id());
        l.applications++;
        l.operations = operations;
        if (l.applications > 1) {
            throw new Violation("I1", "applied " + l.applications + " times: " + request);
        }
        if (decisions.memberOf(epoch) != member) {
            throw new Violation(
                    "I2", "applied at member " + member + ", not active in epoch " + epoch + ": " + request);
        }
        if (l.promisedNotDone) {
            throw new Violation("S3", "applied after it was answered as certainly not sent: " + request);
        }
    }

    void answeredByServer(SimRequest request, SimAnswer answer) {
        Life l = open.get(request.id());
        if (l != null) {
            l.answers.add(answer);
        }
    }

    /** The shell closed or lost a session's link: answers that come over it later are too late. */
    void linkGone(int session, int member, long now) {
        linkGoneAt.put(linkKey(session, member), now);
    }

    void completed(SimRequest request, Outcome<SimAnswer> outcome) {
        Life l = life(request.id());
        if (l.ended) {
            throw new Violation("M4", "answered twice: " + request + ", now " + outcome);
        }
        l.ended = true;
        switch (outcome) {
            case Outcome.Done<SimAnswer> o -> done(l, o);
            case Outcome.NotSent<SimAnswer> o -> notSent(l, o);
            case Outcome.Unknown<SimAnswer> o -> unknown(l, o);
            case Outcome.Expired<SimAnswer> o -> {
                if (!request.repeatable()) {
                    throw new Violation("S3", "a write ends as expired, which says nothing: " + request);
                }
            }
        }
        inTime(l, outcome);
        open.remove(request.id());
        if (!request.repeatable()) {
            ended.put(request.id(), l);
        }
    }

    private void done(Life l, Outcome.Done<SimAnswer> o) {
        done++;
        SimRequest request = l.request;
        if (o.answer().request != request.id() || !l.answers.contains(o.answer())) {
            throw new Violation("I3", "no member gave this answer to " + request + ": " + o);
        }
        if (o.answer().member != o.member() || o.answer().epoch != o.epoch()) {
            throw new Violation("I3", "the answer is attributed to another sending: " + o);
        }
        Long gone = linkGoneAt.get(linkKey(request.session(), o.member()));
        if (gone != null && l.leftAt[o.member()] < gone) {
            throw new Violation("S8", "a late answer over a link that is gone was taken: " + request + " " + o);
        }
        if (!request.repeatable() && o.answer().status == SimAnswer.GOOD && l.operations != request.operations()) {
            throw new Violation("I3", "Good for a batch that was applied in part: " + request);
        }
    }

    private void notSent(Life l, Outcome.NotSent<SimAnswer> o) {
        notSent++;
        if (!l.request.repeatable()) {
            l.promisedNotDone = true;
            if (l.left > 0) {
                throw new Violation("S3", "answered as certainly not sent, but its bytes left: " + l.request + " " + o);
            }
        }
    }

    private void unknown(Life l, Outcome.Unknown<SimAnswer> o) {
        unknown++;
        if (l.request.repeatable()) {
            throw new Violation("S1", "a read ends as unknown: " + l.request + " " + o);
        }
        if (l.sendings == 0) {
            throw new Violation("S12", "unknown, though it was never handed to a link: " + l.request + " " + o);
        }
    }

    private void inTime(Life l, Outcome<SimAnswer> outcome) {
        long now = world.time.now();
        SimRequest r = l.request;
        if (world.lastPauseEnd() >= r.submittedAt()) {
            return;
        }
        if (now > r.deadline() + SLACK) {
            throw new Violation("I11", "answered " + (now - r.deadline()) / MS + " ms after its deadline: " + r);
        }
        boolean helped = outcome instanceof Outcome.Done || l.sendings > 0;
        if (!helped && now > r.submittedAt() + world.knobs.holdTimeout + SLACK) {
            throw new Violation("I11", "held for longer than the hold timeout: " + r + " " + outcome);
        }
    }

    /** Every request has its answer, once all deadlines are over. */
    void finish() {
        for (Life l : open.values()) {
            if (l.request.deadline() + SLACK < world.time.now()) {
                throw new Violation("M4", "never answered: " + l.request);
            }
        }
    }

    @Nullable
    SimRequest anyOpen() {
        return open.values().stream().map(l -> l.request).findFirst().orElse(null);
    }

    /** Requests that ended with an unknown outcome. */
    long unknown() {
        return unknown;
    }

    @Override
    public String toString() {
        return "requests done " + done + " unknown " + unknown + " not sent " + notSent;
    }
}
