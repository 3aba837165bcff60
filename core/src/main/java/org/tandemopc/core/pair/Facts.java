package org.tandemopc.core.pair;

import java.time.Duration;
import org.tandemopc.core.pair.MemberHealth.Link;
import org.tandemopc.core.pair.MemberHealth.Loss;
import org.tandemopc.core.pair.MemberHealth.MonitorTest;
import org.tandemopc.core.pair.MemberHealth.SearchMark;
import org.tandemopc.core.pair.PairState.Phase;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.core.record.RecordTexts;

/**
 * Takes an event into the knowledge of the members, whatever the phase: what was heard is noted first, what it means is
 * decided afterwards. Stale answers end here.
 */
final class Facts {
    /** S18: a clock that differs by more is worth a warning. */
    private static final long SKEW_MAX_NANOS = 1_000_000_000L;

    private Facts() {}

    /** @return false if the event is stale or says nothing new: then nothing is decided either */
    static boolean take(Turn turn, PairEvent event) {
        boolean isNews = switch (event) {
            case PairEvent.EnableRequested e -> enabled(turn, e);
            case PairEvent.PassThroughRequested e -> passedThrough(turn, e);
            case PairEvent.DisableRequested _ -> !(turn.state().phase() instanceof Phase.Disabled);
            case PairEvent.LinkOpened e -> opened(turn, e);
            case PairEvent.LinkFailed e -> failed(turn, e);
            case PairEvent.LinkLost e -> lost(turn, e);
            case PairEvent.ConditionReported e -> reported(turn, e);
            case PairEvent.ProbeTimedOut e -> missed(turn, e);
            case PairEvent.ShutdownAnnounced e -> shutdownAnnounced(turn, e.member(), e.detail());
            case PairEvent.FirstNotificationMissing e -> firstNotificationMissing(turn, e);
            case PairEvent.MemberSynchronized e -> synchronizedOn(turn, e.member());
            case PairEvent.MemberLags e -> lags(turn, e.member(), e.lags());
            case PairEvent.MonitorTestChanged e -> tested(turn, e);
            case PairEvent.RelayRehomed e -> isCurrent(turn, e.epoch());
            case PairEvent.RelayFailed e -> isCurrent(turn, e.epoch());
            case PairEvent.TimerFired e -> fired(turn, e.timer());
            case PairEvent.SwitchRequested e -> Orders.switchRequested(turn, e);
            case PairEvent.PinRequested e -> Orders.pinRequested(turn, e);
            case PairEvent.PinReleased e -> Orders.pinReleased(turn, e);
            case PairEvent.DampingReset e -> Orders.dampingReset(turn, e);
            case PairEvent.OwnPauseNoticed e -> paused(turn, e);
            case PairEvent.SettingsChanged e -> changed(turn, e);
        };
        if (isNews) {
            judgeAll(turn);
        }
        return isNews;
    }

    /** Renews the verdicts; a member that stops being usable has failed once, however many reasons follow. */
    static void judgeAll(Turn turn) {
        for (int i = 0; i < turn.state().members().size(); i++) {
            Verdict before = turn.member(i).verdict();
            Verdict now = VerdictMachine.judge(turn.member(i));
            turn.update(i, h -> h.judged(now, turn.now()));
            if (before.isUsable() && !now.isUsable()) {
                memberFailed(turn, i);
                turn.update(i, h -> h.damped(DampingPolicy.frozen(h.damping(), turn.now())));
            } else if (!before.isUsable() && now.isUsable()) {
                turn.update(i, h -> h.damped(DampingPolicy.thawed(h.damping(), turn.now())));
            }
        }
    }

    /** Counts a failure for damping. */
    static void memberFailed(Turn turn, int member) {
        Damping before = turn.member(member).damping();
        Damping after = DampingPolicy.failed(before, turn.now());
        turn.update(member, h -> h.damped(after));
        if (member == 0) {
            turn.wishes(w -> w.withFailbackHeld(false));
        }
        if (after.suppressed() && !DampingPolicy.isSuppressed(before, turn.now())) {
            long seconds = (DampingPolicy.reuseNanos(after) - turn.now()) / 1_000_000_000L;
            turn.record(
                    RecordKind.DAMPED,
                    RecordTexts.damped(turn.server(), member, turn.machine(member), seconds),
                    "member",
                    member,
                    "penalty",
                    after.points());
        }
    }

    private static boolean opened(Turn turn, PairEvent.LinkOpened event) {
        int member = event.member();
        MemberHealth health = turn.member(member);
        if (health.link() == Link.CLOSED) {
            // It crossed our order to close: say it again, for the shell may have taken them in either order.
            turn.order(new PairEffect.CloseLink(member));
            return true;
        }
        if (health.isOpen()) {
            return reported(turn, new PairEvent.ConditionReported(event.atNanos(), member, event.condition()));
        }
        turn.update(member, h -> h.opened(event.condition(), turn.now()));
        turn.record(
                RecordKind.CONNECTED,
                RecordTexts.connected(turn.server(), member, turn.machine(member)),
                "member",
                member);
        warnOfSkew(turn, member, event.condition());
        return true;
    }

    /** S18: once per connection, and only where the time of the round trip does not explain it. */
    private static void warnOfSkew(Turn turn, int member, ServerCondition condition) {
        long skewNanos = condition.clockSkewNanos();
        boolean isNews = skewNanos != Long.MIN_VALUE && !turn.member(member).skewRecorded();
        if (isNews && Math.abs(skewNanos) - condition.roundTripNanos() / 2 > SKEW_MAX_NANOS) {
            long skewMs = skewNanos / 1_000_000L;
            turn.record(
                    RecordKind.CLOCK_SKEW,
                    RecordTexts.clockSkew(turn.server(), member, turn.machine(member), skewMs),
                    "member",
                    member,
                    "skewMs",
                    skewMs);
            turn.update(member, MemberHealth::withSkewRecorded);
        }
    }

    /** EVT-FAIL: only the first failure after a connection, or ever, is recorded. */
    private static boolean failed(Turn turn, PairEvent.LinkFailed event) {
        int member = event.member();
        MemberHealth health = turn.member(member);
        if (health.link() != Link.OPENING) {
            return false;
        }
        if (event.cause() == LossCause.NO_ANSWER && isForgiven(turn, health)) {
            Links.failed(turn, member, health.loss(), health.mark());
            turn.update(member, h -> h.withMissForgiven());
            Links.open(turn, member);
            return true;
        }
        Loss before = health.loss();
        boolean isWrong = event.cause() == LossCause.WRONG_SERVER;
        boolean wasWrong = health.failureRecorded() && before != null && before.cause() == LossCause.WRONG_SERVER;
        if (isWrong ? !wasWrong : !health.failureRecorded()) {
            String text = isWrong
                    ? RecordTexts.wrongServer(turn.server(), member, turn.machine(member), event.detail())
                    : RecordTexts.connectFailed(turn.server(), member, turn.machine(member), event.code());
            turn.record(
                    isWrong ? RecordKind.WRONG_SERVER : RecordKind.CONNECT_FAILED,
                    text,
                    "member",
                    member,
                    "cause",
                    event.cause().name(),
                    "code",
                    event.code(),
                    "detail",
                    event.detail());
        }
        Loss loss = new Loss(event.cause(), event.code(), event.detail());
        Links.failed(turn, member, loss, SearchMark.FAILED);
        turn.update(member, MemberHealth::withFailureRecorded);
        return true;
    }

    private static boolean lost(Turn turn, PairEvent.LinkLost event) {
        int member = event.member();
        if (!turn.member(member).isOpen()) {
            return false;
        }
        MemberHealth health = turn.member(member);
        if (health.isLeavingForShutdown()) {
            // Its record is written.
        } else if (health.shutdownRecorded()) {
            // Connected again while it counted down: that it ends now is no news, that this connection did is.
            Links.recordDisconnected(turn, member);
        } else if (event.cause() == LossCause.SHUTDOWN_ANNOUNCED) {
            recordShutdown(turn, member, event.detail());
        } else {
            recordStatusLost(turn, member, event.cause(), event.code(), event.detail());
        }
        Loss loss = new Loss(event.cause(), event.code(), event.detail());
        Loss doubt = health.doubt();
        Links.lost(turn, member, doubt == null ? loss : doubt.followedBy(loss), false);
        return true;
    }

    private static boolean reported(Turn turn, PairEvent.ConditionReported event) {
        if (!turn.member(event.member()).isOpen()) {
            return false;
        }
        turn.update(event.member(), h -> h.withCondition(event.condition()));
        warnOfSkew(turn, event.member(), event.condition());
        if (event.condition().state() == ServerCondition.State.SHUTDOWN) {
            shutdownAnnounced(turn, event.member(), "state SHUTDOWN");
        }
        return true;
    }

    /**
     * GAP-3: one miss is the loss; but not one that our own pause explains (S35), nor one that {@link PatiencePolicy}
     * bears with.
     */
    private static boolean missed(Turn turn, PairEvent.ProbeTimedOut event) {
        int member = event.member();
        MemberHealth health = turn.member(member);
        if (!health.isOpen()) {
            return false;
        }
        if (isForgiven(turn, health)) {
            turn.update(member, h -> h.withMissForgiven().overdue(turn.now()));
            turn.order(new PairEffect.ProbeNow(member));
            return true;
        }
        turn.update(member, h -> h.overdue(turn.now()));
        if (PatiencePolicy.keeps(turn.state(), member, event.silentNanos(), turn.now())) {
            turn.order(new PairEffect.ProbeNow(member));
            return true;
        }
        String evidence = "no answer within %d ms".formatted(owedMs(turn, member));
        recordStatusLost(turn, member, LossCause.NO_ANSWER, 0, evidence);
        Loss doubt = health.doubt();
        Loss loss = new Loss(LossCause.NO_ANSWER, 0, evidence);
        Links.lost(turn, member, doubt == null ? loss : doubt.followedBy(loss), true);
        return true;
    }

    /** Since the first question that was not answered. */
    private static long owedMs(Turn turn, int member) {
        long sinceNanos = turn.now() - turn.member(member).overdueSinceNanos();
        return turn.state().settings().pingTimeout().toMillis() + sinceNanos / 1_000_000L;
    }

    private static boolean isForgiven(Turn turn, MemberHealth health) {
        return VerdictMachine.forgivesMiss(health, turn.state().watch().graceUntilNanos(), turn.now());
    }

    /**
     * News once per shutdown: whoever is connected to again while it counts down says so as its state, which keeps it from
     * being used; leaving it once more would win nothing.
     */
    private static boolean shutdownAnnounced(Turn turn, int member, String detail) {
        if (!turn.member(member).isOpen() || turn.member(member).shutdownRecorded()) {
            return false;
        }
        recordShutdown(turn, member, detail);
        turn.update(member, h -> h.doubted(new Loss(LossCause.SHUTDOWN_ANNOUNCED, 0, detail)));
        return true;
    }

    private static boolean firstNotificationMissing(Turn turn, PairEvent.FirstNotificationMissing event) {
        int member = event.member();
        if (!turn.member(member).isOpen() || turn.member(member).doubt() != null) {
            return false;
        }
        turn.record(
                RecordKind.NOTE,
                RecordTexts.firstNotificationMissing(turn.server(), member, turn.machine(member)),
                "member",
                member,
                "detail",
                event.detail());
        turn.update(member, h -> h.doubted(new Loss(LossCause.NO_FIRST_NOTIFICATION, 0, event.detail())));
        return true;
    }

    private static boolean synchronizedOn(Turn turn, int member) {
        if (!turn.member(member).isOpen() || turn.member(member).isSynchronized()) {
            return false;
        }
        turn.update(member, MemberHealth::synchronizedNow);
        return true;
    }

    private static boolean lags(Turn turn, int member, boolean lags) {
        MemberHealth health = turn.member(member);
        if (!health.isOpen() || !health.isSynchronized() || health.lags() == lags) {
            return false;
        }
        turn.update(member, h -> h.lagging(lags, turn.now()));
        return true;
    }

    private static boolean tested(Turn turn, PairEvent.MonitorTestChanged event) {
        int member = event.member();
        MonitorTest result = event.passed() ? MonitorTest.PASSED : MonitorTest.FAILED;
        if (!turn.member(member).isOpen() || turn.member(member).monitorTest() == result) {
            return false;
        }
        boolean isFirst = turn.member(member).monitorTest() == MonitorTest.UNTESTED;
        turn.update(member, h -> h.tested(result, event.detail()));
        if (isFirst) {
            // Not a failure more: the member has not been well since it was connected.
            turn.update(member, h -> h.judged(VerdictMachine.judge(h), turn.now()));
        }
        String machine = turn.machine(member);
        turn.record(
                event.passed() ? RecordKind.MONITOR_PASSED : RecordKind.MONITOR_ERROR,
                event.passed()
                        ? RecordTexts.monitorTestPassed(turn.server(), member, machine)
                        : RecordTexts.monitorTestInError(turn.server(), member, machine),
                "member",
                member,
                "detail",
                event.detail());
        return true;
    }

    /** Only the answer to the order that is out is heard (M2). */
    private static boolean isCurrent(Turn turn, long epoch) {
        return turn.state().phase() instanceof Phase.Switching p
                && p.isRehoming()
                && epoch == turn.state().epoch();
    }

    private static boolean fired(Turn turn, Timer timer) {
        if (!turn.state().timers().contains(timer)) {
            return false;
        }
        long dueNanos = turn.state().timers().dueNanos(timer.kind(), timer.member());
        if (turn.now() < dueNanos) {
            turn.startTimer(timer.kind(), timer.member(), dueNanos);
            return true;
        }
        turn.cancelTimer(timer.kind(), timer.member());
        if (timer.kind() == Timer.Kind.RECONNECT) {
            Links.reconnect(turn, timer.member());
        }
        if (timer.kind() == Timer.Kind.START_DEADLINE && turn.state().phase() instanceof Phase.Starting) {
            turn.phase(new Phase.Starting(false));
        }
        return true;
    }

    /** S35: we did not run, so nobody could answer us. What waits for time starts anew, what was missed is asked again. */
    private static boolean paused(Turn turn, PairEvent.OwnPauseNoticed event) {
        PairSettings settings = turn.state().settings();
        long roundNanos =
                settings.pingInterval().toNanos() + settings.pingTimeout().toNanos();
        turn.watch(w -> w.graceUntil(turn.now() + roundNanos).withBetter(null));
        turn.updateAll(h -> h.excusedBy(event.pausedNanos(), turn.now()));
        for (int i = 0; i < turn.state().members().size(); i++) {
            if (turn.member(i).isOpen()) {
                turn.order(new PairEffect.ProbeNow(i));
            }
        }
        extend(turn, Timer.Kind.START_DEADLINE, event.pausedNanos());
        if (turn.state().phase() instanceof Phase.Switching p) {
            turn.phase(new Phase.Switching(
                    p.from(), p.to(), p.cause(), p.deadlineNanos() + event.pausedNanos(), p.story()));
            extend(turn, Timer.Kind.SWITCH_DEADLINE, event.pausedNanos());
        }
        return true;
    }

    private static void extend(Turn turn, Timer.Kind kind, long byNanos) {
        long dueNanos = turn.state().timers().dueNanos(kind, Route.NONE);
        if (dueNanos != Long.MAX_VALUE) {
            turn.startTimer(kind, Route.NONE, dueNanos + byNanos);
        }
    }

    private static boolean changed(Turn turn, PairEvent.SettingsChanged event) {
        if (event.settings().members().size() != turn.state().members().size()) {
            throw new IllegalArgumentException(
                    "pair '%s': settings with another number of members need a new pair".formatted(turn.server()));
        }
        PairSettings before = turn.state().settings();
        if (event.settings().equals(before)) {
            return false;
        }
        turn.set(turn.state().withSettings(event.settings()));
        if (before.isMonitored() && !event.settings().isMonitored()) {
            turn.updateAll(h -> h.tested(MonitorTest.UNTESTED, ""));
        }
        if (silence(event.settings()).compareTo(silence(before)) > 0) {
            turn.updateAll(MemberHealth::outdated);
        }
        turn.order(new PairEffect.UseSettings(event.settings()));
        return true;
    }

    /** For how long a dead member may go unnoticed. */
    private static Duration silence(PairSettings settings) {
        return settings.pingInterval().plus(settings.pingTimeout());
    }

    /** A pair that passes through is running: it gets its other members back, and its clients notice nothing. */
    private static boolean enabled(Turn turn, PairEvent.EnableRequested event) {
        if (turn.state().isPassThrough() && !(turn.state().phase() instanceof Phase.Disabled)) {
            turn.wishes(w -> w.passingThrough(null));
            turn.record(RecordKind.ENABLED, RecordTexts.enabled(turn.server(), event.by()), "by", event.by());
            return true;
        }
        return turn.state().phase() instanceof Phase.Disabled;
    }

    private static boolean passedThrough(Turn turn, PairEvent.PassThroughRequested event) {
        if (turn.state().isPassThrough()) {
            return false;
        }
        turn.wishes(w -> w.passingThrough(event.by()));
        turn.cancelTimer(Timer.Kind.ORDER_DEADLINE, Route.NONE);
        turn.record(
                RecordKind.DISABLED,
                RecordTexts.passedThrough(turn.server(), event.by(), turn.machine(0)),
                "by",
                event.by());
        return true;
    }

    private static void recordShutdown(Turn turn, int member, String detail) {
        turn.update(member, MemberHealth::withShutdownRecorded);
        turn.record(
                RecordKind.SHUTDOWN_RECEIVED,
                RecordTexts.shutdownReceived(turn.server(), member, turn.machine(member)),
                "member",
                member,
                "detail",
                detail);
    }

    private static void recordStatusLost(Turn turn, int member, LossCause cause, long code, String detail) {
        turn.record(
                RecordKind.STATUS_LOST,
                RecordTexts.statusLost(turn.server(), member, turn.machine(member)),
                "member",
                member,
                "cause",
                cause.name(),
                "code",
                code,
                "detail",
                detail);
    }
}
