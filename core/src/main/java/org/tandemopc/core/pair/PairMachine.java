package org.tandemopc.core.pair;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.pair.ActivePolicy.Choice;
import org.tandemopc.core.pair.MemberHealth.Link;
import org.tandemopc.core.pair.MemberHealth.Loss;
import org.tandemopc.core.pair.MemberHealth.SearchMark;
import org.tandemopc.core.pair.PairState.Phase;
import org.tandemopc.core.pair.PairState.Story;
import org.tandemopc.core.pair.SearchPolicy.Finding;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.core.record.RecordTexts;

/**
 * Decides for one pair: a pure function of state and event.
 *
 * <p>Each call first takes the fact into what is known of the members ({@code Facts}), then decides in the phase the pair
 * is in, then brings the links to what the mode wants ({@code Links}). Decisions look at what is known, not at which
 * event brought it, so an event that is lost, doubled or late changes when something happens, never whether.
 *
 * <pre>
 *              enabled              member found               relays moved
 *   Disabled ----------> Starting ----------------> Switching --------------> Serving
 *      ^                    |                       ^  |   ^                    |
 *      |                    | each failed  returned |  |   |  lost, unusable,   |
 *      |                    |                       |  |   |  ordered, failback |
 *      |                    +------> Stranded ------+  |   +--------------------+
 *      |                                ^              |
 *      |                                +--------------+
 *      +-- from every phase               each failed
 * </pre>
 *
 * <p>Which events can cause which move; a move to the same phase is a new epoch. {@code PictureTest} compares this table
 * with what the machine does.
 *
 * <pre>
 *   Disabled  -> Starting  : EnableRequested, PassThroughRequested
 *   Starting  -> Disabled  : DisableRequested
 *   Starting  -> Switching : ConditionReported, EnableRequested, LinkFailed, LinkOpened, PassThroughRequested,
 *                            PinReleased, PinRequested, TimerFired
 *   Starting  -> Stranded  : LinkFailed, PassThroughRequested, PinRequested
 *   Serving   -> Disabled  : DisableRequested
 *   Serving   -> Switching : ConditionReported, DampingReset, EnableRequested, FirstNotificationMissing, LinkLost,
 *                            LinkOpened, MemberLags, MemberSynchronized, MonitorTestChanged, PassThroughRequested,
 *                            PinReleased, PinRequested, ProbeTimedOut, SettingsChanged, ShutdownAnnounced,
 *                            SwitchRequested, TimerFired
 *   Serving   -> Stranded  : LinkLost, ProbeTimedOut
 *   Switching -> Disabled  : DisableRequested
 *   Switching -> Serving   : RelayRehomed
 *   Switching -> Switching : ConditionReported, FirstNotificationMissing, LinkLost, LinkOpened, ProbeTimedOut,
 *                            RelayFailed, RelayRehomed, ShutdownAnnounced, TimerFired
 *   Switching -> Stranded  : ConditionReported, EnableRequested, FirstNotificationMissing, LinkFailed, LinkLost,
 *                            LinkOpened, PassThroughRequested, PinRequested, ProbeTimedOut, RelayFailed,
 *                            ShutdownAnnounced, TimerFired
 *   Stranded  -> Disabled  : DisableRequested
 *   Stranded  -> Switching : EnableRequested, LinkOpened, PassThroughRequested, PinReleased, PinRequested
 * </pre>
 */
public final class PairMachine {
    /** How long the preferred member may take to connect at the start before another one is taken. */
    static final long START_WAIT_MAX_NANOS = 5_000_000_000L;

    /** How long the search for a member, or the relays' move to one, may take before it is given up. */
    static final long SWITCH_MAX_NANOS = 30_000_000_000L;

    /** Cold mode: how long a member that calls itself unusable is served from before a better one is looked for. */
    static final long COLD_RETRY_NANOS = 60_000_000_000L;

    /** OPC UA Part 4, 6.6.2.4.2: NoData. */
    static final int SERVICE_LEVEL_STRANDED = 1;

    private PairMachine() {}

    public static PairState initial(PairSettings settings) {
        return initial(settings, null);
    }

    /** @param pin as it was when the process ended, or null */
    public static PairState initial(PairSettings settings, PairState.@Nullable Pin pin) {
        return PairState.disabled(settings, pin);
    }

    /**
     * What follows from the event: the new state, and orders in the order in which they must be given.
     *
     * @throws IllegalStateException if the machine broke one of its own invariants (M1, M3, M7)
     */
    public static Step next(PairState state, PairEvent event) {
        Turn turn = new Turn(state, event.atNanos());
        if (!Facts.take(turn, event)) {
            return new Step(state, List.of());
        }
        if (event instanceof PairEvent.DisableRequested request) {
            disable(turn, request);
        } else {
            decide(turn, event);
        }
        Links.maintain(turn);
        Alarms.set(turn);
        showServiceLevel(turn);
        Step step = turn.step();
        Invariants.check(state, step);
        return step;
    }

    private static void decide(Turn turn, PairEvent event) {
        switch (turn.state().phase()) {
            case Phase.Disabled _ -> disabled(turn, event);
            case Phase.Starting phase -> starting(turn, phase);
            case Phase.Serving phase -> serving(turn, phase);
            case Phase.Switching phase -> switching(turn, phase, event);
            case Phase.Stranded phase -> stranded(turn, phase);
        }
    }

    private static void disabled(Turn turn, PairEvent event) {
        boolean isEnabled = event instanceof PairEvent.EnableRequested;
        if (!isEnabled && !(event instanceof PairEvent.PassThroughRequested)) {
            return;
        }
        turn.phase(new Phase.Starting(true));
        turn.order(new PairEffect.AdmitClients());
        if (event instanceof PairEvent.EnableRequested request) {
            turn.record(RecordKind.ENABLED, RecordTexts.enabled(turn.server(), request.by()), "by", request.by());
        }
        turn.startTimer(Timer.Kind.START_DEADLINE, Route.NONE, turn.now() + START_WAIT_MAX_NANOS);
    }

    private static void starting(Turn turn, Phase.Starting phase) {
        int awaited = phase.isPatient() ? turn.state().preferred() : Route.NONE;
        switch (SearchPolicy.find(turn.state(), awaited, phase.isPatient(), turn.now())) {
            case Finding.Take take -> {
                Story story = new Story(turn.now(), "", "", Route.NONE, false);
                leave(turn, Route.NONE, LossCause.START, story);
                rehome(turn, take.member());
            }
            case Finding.Reject reject -> reject(turn, reject.member());
            case Finding.AllFailed _ -> {
                turn.set(turn.state().withNextEpoch());
                strand(turn, Route.NONE, LossCause.CONNECT_FAILED, "no machine could be connected", false);
            }
            case Finding.Wait _ -> {}
        }
    }

    private static void serving(Turn turn, Phase.Serving phase) {
        int active = phase.active();
        if (!turn.member(active).isOpen()) {
            Verdict verdict = turn.state().verdict(active);
            search(turn, active, verdict.cause(), story(turn, verdict.evidence()));
            return;
        }
        Orders.review(turn);
        turn.watch(w -> w.withBetter(ServiceLevelPolicy.better(turn.state(), active, turn.now())));
        if (turn.state().verdict(active).isUsable() && !turn.state().isTestAwaited(active)) {
            turn.watch(w -> w.coldRetryAt(0));
        }
        switch (ActivePolicy.choose(turn.state(), active, turn.now())) {
            case Choice.Stay _ -> {}
            case Choice.Go go -> go(turn, active, go);
            case Choice.Seek seek ->
                search(
                        turn,
                        active,
                        seek.cause(),
                        new Story(turn.now(), seek.evidence(), seek.orderedBy(), seek.wanted(), false));
        }
    }

    private static void switching(Turn turn, Phase.Switching phase, PairEvent event) {
        if (!phase.isRehoming()) {
            seek(turn);
            return;
        }
        MemberHealth target = turn.member(phase.to());
        Loss doubt = target.doubt();
        if (!target.isOpen()) {
            failed(turn, phase, target.verdict().cause(), target.verdict().evidence());
        } else if (doubt != null) {
            failed(turn, phase, doubt.cause(), doubt.evidence());
        } else if (event instanceof PairEvent.RelayFailed answer) {
            failed(turn, phase, LossCause.REHOME_FAILED, answer.why());
        } else if (event instanceof PairEvent.RelayRehomed answer) {
            promoted(turn, phase, answer.report());
        } else if (turn.now() >= phase.deadlineNanos()) {
            failed(
                    turn,
                    phase,
                    LossCause.REHOME_FAILED,
                    "not done within %d s".formatted(SWITCH_MAX_NANOS / 1_000_000_000L));
        }
    }

    private static void stranded(Turn turn, Phase.Stranded phase) {
        switch (SearchPolicy.find(turn.state(), Route.NONE, true, turn.now())) {
            case Finding.Take take -> {
                leave(
                        turn,
                        phase.last(),
                        phase.cause(),
                        new Story(turn.now(), "first machine to return", "", Route.NONE, true));
                rehome(turn, take.member());
            }
            case Finding.Reject reject -> reject(turn, reject.member());
            case Finding.AllFailed _, Finding.Wait _ -> {}
        }
    }

    // ---- ways out of Serving

    private static void go(Turn turn, int active, Choice.Go go) {
        boolean isByLevel = go.cause() == LossCause.SERVICE_LEVEL
                && turn.state().verdict(active).isUsable();
        if (isByLevel) {
            Facts.memberFailed(turn, active);
        }
        if (isByLevel || go.cause() == LossCause.FAILBACK) {
            turn.update(go.to(), h -> h.damped(DampingPolicy.returnedTo(h.damping(), turn.now())));
        }
        int wanted = go.orderedBy().isEmpty() ? Route.NONE : go.to();
        leave(turn, active, go.cause(), new Story(turn.now(), go.evidence(), go.orderedBy(), wanted, false));
        rehome(turn, go.to());
    }

    /** A new epoch begins: requests wait, and what comes from the member of the epoch before is refused. */
    private static void leave(Turn turn, int from, LossCause cause, Story story) {
        boolean isStart = turn.state().phase() instanceof Phase.Starting;
        turn.set(turn.state().withNextEpoch());
        turn.wishes(w -> w.withOrder(null));
        turn.watch(w -> w.withBetter(null));
        turn.phase(new Phase.Switching(from, Route.NONE, cause, turn.now() + SWITCH_MAX_NANOS, story));
        if (!isStart) {
            turn.hold();
        }
    }

    private static void rehome(Turn turn, int to) {
        Phase.Switching phase = (Phase.Switching) turn.state().phase();
        long deadlineNanos = turn.now() + SWITCH_MAX_NANOS;
        Links.attach(turn, to);
        turn.phase(new Phase.Switching(phase.from(), to, phase.cause(), deadlineNanos, phase.story()));
        turn.order(new PairEffect.RehomeRelays(turn.state().epoch(), to));
        turn.startTimer(Timer.Kind.SWITCH_DEADLINE, Route.NONE, deadlineNanos);
    }

    /** The active member is lost, or must be left before another one may be connected (cold). */
    private static void search(Turn turn, int from, LossCause cause, Story story) {
        leave(turn, from, cause, story);
        if (turn.state().isCold()) {
            if (turn.member(from).isOpen()) {
                Links.disconnect(turn, from);
            }
            boolean isFresh = story.wanted() != Route.NONE || turn.member(from).attempts() == 0;
            int attempts = isFresh ? 0 : ConnectPolicy.attemptsAtLoss(turn.state());
            int last = story.wanted() == Route.NONE ? from : ConnectPolicy.before(turn.state(), story.wanted());
            turn.watch(w -> w.coldFrom(last, attempts));
            // planned before, in another mode or with another pin
            turn.state().candidates().forEach(i -> turn.cancelTimer(Timer.Kind.RECONNECT, i));
        }
        turn.updateAll(h -> h.marked(SearchMark.UNTRIED));
        if (!turn.state().isCold()) {
            hurry(turn, from);
        }
        turn.startTimer(Timer.Kind.SWITCH_DEADLINE, Route.NONE, turn.now() + SWITCH_MAX_NANOS);
        seek(turn);
    }

    /** Attempts that were planned for later are made now, but none on a member that comes and goes (S16). */
    private static void hurry(Turn turn, int lost) {
        for (int i : turn.state().candidates()) {
            MemberHealth health = turn.member(i);
            if (health.link() != Link.CLOSED) {
                continue;
            }
            if (i != lost) {
                Links.open(turn, i);
            } else if (ConnectPolicy.delayNanos(turn.state(), i, turn.now()) > 0) {
                turn.update(i, h -> h.marked(SearchMark.FAILED));
            }
        }
    }

    // ---- within Switching

    private static void seek(Turn turn) {
        Phase.Switching phase = (Phase.Switching) turn.state().phase();
        boolean isPatient = turn.now() < phase.deadlineNanos() && !phase.story().isAfterOutage();
        switch (SearchPolicy.find(turn.state(), Route.NONE, isPatient, turn.now())) {
            case Finding.Take take -> rehome(turn, take.member());
            case Finding.Reject reject -> reject(turn, reject.member());
            case Finding.AllFailed _ -> strand(turn, phase);
            case Finding.Wait _ -> {
                if (!isPatient) {
                    strand(turn, phase);
                }
            }
        }
    }

    private static void reject(Turn turn, int member) {
        Links.disconnect(turn, member);
        turn.update(member, h -> h.marked(SearchMark.REJECTED));
    }

    /** The target is lost or the relays cannot follow: another epoch, another member. */
    private static void failed(Turn turn, Phase.Switching phase, LossCause cause, String why) {
        int target = phase.to();
        recordFailure(turn, phase, cause, why);
        if (turn.member(target).isOpen()) {
            turn.update(target, h -> h.doubted(new Loss(cause, 0, why)));
            Facts.judgeAll(turn);
            Links.drop(turn, target, new Loss(cause, 0, why));
        }
        Story before = phase.story();
        // Why the target failed has its own record; the one at the end says why the active member was left.
        boolean wasLost = wasLost(turn, phase);
        String evidence = wasLost ? before.evidence() : why;
        Story story =
                new Story(before.startedNanos(), evidence, before.orderedBy(), Route.NONE, before.isAfterOutage());
        leave(turn, phase.from(), wasLost ? phase.cause() : cause, story);
        turn.updateAll(h -> h.marked(SearchMark.UNTRIED));
        turn.update(target, h -> h.marked(SearchMark.FAILED));
        if (!turn.state().isCold()) {
            hurry(turn, target);
        }
        turn.startTimer(Timer.Kind.SWITCH_DEADLINE, Route.NONE, turn.now() + SWITCH_MAX_NANOS);
        seek(turn);
    }

    /** Whether the active member was left because something was wrong with it, not for a better one or by an order. */
    private static boolean wasLost(Turn turn, Phase.Switching phase) {
        boolean isForABetterOne = phase.cause() == LossCause.SERVICE_LEVEL
                && phase.from() != Route.NONE
                && turn.state().verdict(phase.from()).isUsable();
        return phase.from() != Route.NONE && phase.cause().isLoss() && !isForABetterOne;
    }

    private static void promoted(Turn turn, Phase.Switching phase, RehomeReport report) {
        int to = phase.to();
        turn.phase(new Phase.Serving(to));
        turn.order(new PairEffect.ReleaseRelays(new Route(turn.state().epoch(), to)));
        turn.cancelTimer(Timer.Kind.SWITCH_DEADLINE, Route.NONE);
        turn.cancelTimer(Timer.Kind.START_DEADLINE, Route.NONE);
        if (turn.state().watch().hasServed()) {
            recordPromotion(turn, phase, report);
        }
        Story story = phase.story();
        if (story.wanted() != Route.NONE && story.wanted() != to) {
            recordFailure(
                    turn,
                    phase,
                    phase.cause(),
                    turn.state().verdict(story.wanted()).evidence());
        }
        boolean isOrderedAway = phase.cause() == LossCause.ORDERED && to != 0;
        turn.wishes(w -> w.withFailbackHeld(to != 0 && (isOrderedAway || w.holdsFailback())));
        turn.update(to, MemberHealth::synchronizedNow);
        boolean isLastResort = !turn.state().verdict(to).isUsable() || ActivePolicy.isNoneBetter(turn.state(), phase);
        turn.watch(w -> w.served().coldRetryAt(isLastResort ? turn.now() + COLD_RETRY_NANOS : 0));
        serving(turn, new Phase.Serving(to));
    }

    private static void strand(Turn turn, Phase.Switching phase) {
        strand(
                turn,
                phase.from(),
                phase.cause(),
                phase.story().evidence(),
                phase.story().isAfterOutage());
    }

    private static void strand(Turn turn, int last, LossCause cause, String evidence, boolean isRecorded) {
        turn.phase(new Phase.Stranded(last, cause));
        turn.order(new PairEffect.StrandRelays(turn.state().epoch()));
        turn.cancelTimer(Timer.Kind.SWITCH_DEADLINE, Route.NONE);
        turn.cancelTimer(Timer.Kind.START_DEADLINE, Route.NONE);
        turn.updateAll(h -> h.marked(SearchMark.FAILED));
        if (isRecorded) {
            return;
        }
        PairState.Pin pin = turn.state().wishes().pin();
        String text = pin == null
                ? RecordTexts.stranded(turn.server())
                : RecordTexts.pinnedIsDead(turn.server(), pin.member(), turn.machine(pin.member()));
        turn.record(
                RecordKind.STRANDED,
                text,
                "cause",
                cause.name(),
                "evidence",
                evidence,
                "from",
                machineOrNone(turn, last),
                "epoch",
                turn.state().epoch());
    }

    // ---- the rest

    private static void disable(Turn turn, PairEvent.DisableRequested request) {
        turn.order(new PairEffect.CloseRelays(turn.state().epoch()));
        for (int i = 0; i < turn.state().members().size(); i++) {
            if (turn.member(i).link() != Link.CLOSED) {
                Links.disconnect(turn, i);
            }
            Damping damping = turn.member(i).damping();
            turn.update(i, _ -> MemberHealth.UNKNOWN.damped(damping));
        }
        turn.releaseDeferred();
        turn.record(RecordKind.DISABLED, RecordTexts.disabled(turn.server(), request.by()), "by", request.by());
        turn.set(turn.state()
                .withPhase(new Phase.Disabled())
                .withTimers(turn.state().timers().cleared())
                .withWishes(PairState.Wishes.NONE.withPin(turn.state().wishes().pin()))
                .withWatch(PairState.Watch.NONE));
    }

    /** Clients see the level of the active member, and NoData while there is none (S12). */
    private static void showServiceLevel(Turn turn) {
        int level = switch (turn.state().phase()) {
            case Phase.Disabled _, Phase.Starting _, Phase.Switching _ ->
                turn.state().watch().shownLevel();
            case Phase.Stranded _ -> SERVICE_LEVEL_STRANDED;
            case Phase.Serving p -> levelOf(turn, p.active());
        };
        if (level != turn.state().watch().shownLevel()) {
            turn.watch(w -> w.showing(level));
            turn.order(new PairEffect.ShowServiceLevel(level));
        }
    }

    private static int levelOf(Turn turn, int active) {
        ServerCondition condition = turn.member(active).condition();
        return condition == null ? turn.state().watch().shownLevel() : condition.serviceLevel();
    }

    private static Story story(Turn turn, String evidence) {
        return new Story(turn.now(), evidence, "", Route.NONE, false);
    }

    private static void recordPromotion(Turn turn, Phase.Switching phase, RehomeReport report) {
        turn.record(
                RecordKind.PROMOTED,
                RecordTexts.promoted(turn.server(), phase.to(), turn.machine(phase.to())),
                "cause",
                phase.cause().name(),
                "evidence",
                phase.story().evidence(),
                "from",
                machineOrNone(turn, phase.from()),
                "to",
                turn.machine(phase.to()),
                "epoch",
                turn.state().epoch(),
                "durationMs",
                durationMs(turn, phase),
                "sessions",
                report.sessions(),
                "requestsRepeated",
                report.requestsRepeated(),
                "requestsNotSent",
                report.requestsNotSent(),
                "requestsUnknown",
                report.requestsUnknown(),
                "itemsContinuous",
                report.itemsContinuous(),
                "itemsDoubtful",
                report.itemsDoubtful(),
                "by",
                phase.story().orderedBy());
    }

    private static void recordFailure(Turn turn, Phase.Switching phase, LossCause cause, String why) {
        int target = phase.story().wanted() != Route.NONE ? phase.story().wanted() : phase.to();
        turn.record(
                RecordKind.SWITCH_FAILED,
                RecordTexts.switchFailed(turn.server(), target, turn.machine(target), why),
                "cause",
                cause.name(),
                "evidence",
                why,
                "from",
                machineOrNone(turn, phase.from()),
                "to",
                turn.machine(target),
                "epoch",
                turn.state().epoch(),
                "durationMs",
                durationMs(turn, phase),
                "by",
                phase.story().orderedBy());
    }

    private static long durationMs(Turn turn, Phase.Switching phase) {
        return (turn.now() - phase.story().startedNanos()) / 1_000_000L;
    }

    private static String machineOrNone(Turn turn, int member) {
        return member == Route.NONE ? "none" : turn.machine(member);
    }
}
