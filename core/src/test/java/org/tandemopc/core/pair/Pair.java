package org.tandemopc.core.pair;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;

/** A pair in a test: feeds events to the machine at a time of its own and keeps what was ordered. */
final class Pair {
    static final int PRIMARY = 0;
    static final int SECONDARY = 1;

    private PairState state;
    private long nowNanos = 1_000_000_000L;
    private List<PairEffect> last = List.of();
    private final List<PairEffect> all = new ArrayList<>();

    Pair(PairSettings settings) {
        state = PairMachine.initial(settings);
    }

    Pair(PairSettings settings, int pinned) {
        state = PairMachine.initial(settings, new PairState.Pin(pinned, "operator"));
    }

    static PairSettings settings(Mode mode) {
        return PairSettings.of("Boiler", mode, "alpha", "beta");
    }

    static PairSettings withoutFailback(Mode mode) {
        PairSettings s = settings(mode);
        return new PairSettings(
                s.name(),
                s.members(),
                mode,
                false,
                s.pingInterval(),
                s.pingTimeout(),
                s.holdTimeout(),
                s.failbackDwell());
    }

    /** Enabled, and served by the primary; warm and hot: the secondary is connected and synchronized. */
    static Pair serving(Mode mode) {
        return serving(settings(mode));
    }

    static Pair serving(PairSettings settings) {
        Pair pair = new Pair(settings);
        pair.enable();
        pair.opened(PRIMARY);
        pair.rehomed();
        if (settings.mode() != Mode.COLD) {
            pair.opened(SECONDARY);
            pair.synchronizedOn(SECONDARY);
        }
        return pair;
    }

    static ServerCondition running(int serviceLevel) {
        return in(ServerCondition.State.RUNNING, serviceLevel);
    }

    static ServerCondition in(ServerCondition.State state, int serviceLevel) {
        return new ServerCondition(state, serviceLevel, 0, 1_000_000);
    }

    PairState state() {
        return state;
    }

    PairState.Phase phase() {
        return state.phase();
    }

    long now() {
        return nowNanos;
    }

    MemberHealth member(int index) {
        return state.member(index);
    }

    List<PairEffect> on(PairEvent event) {
        Step step = PairMachine.next(state, event);
        state = step.state();
        last = step.effects();
        all.addAll(last);
        return last;
    }

    List<PairEffect> last() {
        return last;
    }

    /** Orders of the last step without records, timers and levels: what the links and relays were told. */
    List<PairEffect> lastOrders() {
        return orders(last);
    }

    static List<PairEffect> orders(List<PairEffect> effects) {
        return effects.stream()
                .filter(e -> !(e instanceof PairEffect.Record
                        || e instanceof PairEffect.StartTimer
                        || e instanceof PairEffect.ShowServiceLevel))
                .toList();
    }

    List<PairEffect> all() {
        return all;
    }

    List<PairRecord> records(RecordKind kind) {
        return all.stream()
                .filter(PairEffect.Record.class::isInstance)
                .map(e -> ((PairEffect.Record) e).record())
                .filter(r -> r.kind() == kind)
                .toList();
    }

    List<String> texts() {
        return all.stream()
                .filter(PairEffect.Record.class::isInstance)
                .map(e -> ((PairEffect.Record) e).record().text())
                .toList();
    }

    void forget() {
        all.clear();
    }

    // ---- events

    List<PairEffect> enable() {
        return on(new PairEvent.EnableRequested(nowNanos, "operator"));
    }

    List<PairEffect> disable() {
        return on(new PairEvent.DisableRequested(nowNanos, "operator"));
    }

    List<PairEffect> passThrough() {
        return on(new PairEvent.PassThroughRequested(nowNanos, "operator"));
    }

    List<PairEffect> opened(int member) {
        return opened(member, running(255));
    }

    List<PairEffect> opened(int member, ServerCondition condition) {
        return on(new PairEvent.LinkOpened(nowNanos, member, condition));
    }

    List<PairEffect> failed(int member) {
        return on(new PairEvent.LinkFailed(nowNanos, member, LossCause.CONNECT_FAILED, 0x800A0000L, "refused"));
    }

    List<PairEffect> lost(int member) {
        return on(new PairEvent.LinkLost(nowNanos, member, LossCause.CONNECTION_CLOSED, 0x80AE0000L, "reset"));
    }

    /** No answer, and nothing else was heard of the member either. */
    List<PairEffect> missed(int member) {
        return on(new PairEvent.ProbeTimedOut(nowNanos, member, Long.MAX_VALUE));
    }

    /** No answer, but something else came from the member so long ago. */
    List<PairEffect> missedThoughHeard(int member, long silentMs) {
        return on(new PairEvent.ProbeTimedOut(nowNanos, member, silentMs * 1_000_000L));
    }

    List<PairEffect> reported(int member, ServerCondition condition) {
        return on(new PairEvent.ConditionReported(nowNanos, member, condition));
    }

    List<PairEffect> announced(int member) {
        return on(new PairEvent.ShutdownAnnounced(nowNanos, member, "in 5 s"));
    }

    List<PairEffect> silent(int member) {
        return on(new PairEvent.FirstNotificationMissing(nowNanos, member, "subscription 7"));
    }

    List<PairEffect> synchronizedOn(int member) {
        return on(new PairEvent.MemberSynchronized(nowNanos, member));
    }

    List<PairEffect> lags(int member, boolean lags) {
        return on(new PairEvent.MemberLags(nowNanos, member, lags));
    }

    List<PairEffect> tested(int member, boolean passed) {
        return on(new PairEvent.MonitorTestChanged(nowNanos, member, passed, "1 of 1"));
    }

    List<PairEffect> rehomed() {
        return on(new PairEvent.RelayRehomed(nowNanos, state.epoch(), RehomeReport.EMPTY));
    }

    List<PairEffect> relayFailed() {
        return on(new PairEvent.RelayFailed(nowNanos, state.epoch(), "no session"));
    }

    List<PairEffect> switchTo(int member) {
        return on(new PairEvent.SwitchRequested(nowNanos, "operator", member));
    }

    List<PairEffect> pin(int member) {
        return on(new PairEvent.PinRequested(nowNanos, "operator", member));
    }

    List<PairEffect> releasePin() {
        return on(new PairEvent.PinReleased(nowNanos, "operator"));
    }

    List<PairEffect> paused(long pausedMs) {
        return on(new PairEvent.OwnPauseNoticed(nowNanos, pausedMs * 1_000_000L));
    }

    List<PairEffect> change(UnaryOperator<PairSettings> change) {
        return on(new PairEvent.SettingsChanged(nowNanos, change.apply(state.settings())));
    }

    // ---- time

    /** Lets time pass and fires every timer that becomes due, in order. */
    void pass(double seconds) {
        long end = nowNanos + (long) (seconds * 1e9);
        for (PairEvent due = due(end); due != null; due = due(end)) {
            on(due);
        }
    }

    /** The next timer that is due until then, with the time moved on to it; null, at that time, if there is none. */
    @Nullable
    PairEvent due(long endNanos) {
        Timers.Pending next = nextTimer();
        if (next == null || next.atNanos() > endNanos) {
            nowNanos = Math.max(nowNanos, endNanos);
            return null;
        }
        nowNanos = Math.max(nowNanos, next.atNanos());
        return new PairEvent.TimerFired(nowNanos, next.timer());
    }

    /** Lets time pass without firing timers. */
    void skip(double seconds) {
        nowNanos += (long) (seconds * 1e9);
    }

    private Timers.@Nullable Pending nextTimer() {
        Timers.Pending next = null;
        for (Timers.Pending pending : state.timers().pending()) {
            if (next == null || pending.atNanos() < next.atNanos()) {
                next = pending;
            }
        }
        return next;
    }
}
