package org.tandemopc.core.pair;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;

/**
 * The scratch paper of one call of {@link PairMachine#next}: the state so far and the orders so far. Never outlives the
 * call.
 */
final class Turn {
    private PairState state;
    private final long nowNanos;
    private final List<PairEffect> effects = new ArrayList<>();
    private final List<PairEffect> deferred = new ArrayList<>();

    Turn(PairState state, long nowNanos) {
        this.state = state;
        this.nowNanos = nowNanos;
    }

    PairState state() {
        return state;
    }

    long now() {
        return nowNanos;
    }

    MemberHealth member(int index) {
        return state.member(index);
    }

    void set(PairState newState) {
        state = newState;
    }

    void phase(PairState.Phase phase) {
        state = state.withPhase(phase);
    }

    void update(int member, UnaryOperator<MemberHealth> change) {
        state = state.withMember(member, change);
    }

    void updateAll(UnaryOperator<MemberHealth> change) {
        for (int i = 0; i < state.members().size(); i++) {
            update(i, change);
        }
    }

    void wishes(UnaryOperator<PairState.Wishes> change) {
        state = state.withWishes(change.apply(state.wishes()));
    }

    void watch(UnaryOperator<PairState.Watch> change) {
        state = state.withWatch(change.apply(state.watch()));
    }

    void order(PairEffect effect) {
        effects.add(effect);
    }

    /**
     * An order that must come after requests are held, if this turn holds them: dropping links first would answer
     * requests that the switch can save.
     */
    void orderAfterHold(PairEffect effect) {
        deferred.add(effect);
    }

    void hold() {
        effects.add(new PairEffect.HoldRelays(state.epoch()));
        releaseDeferred();
    }

    void releaseDeferred() {
        effects.addAll(deferred);
        deferred.clear();
    }

    void startTimer(Timer.Kind kind, int member, long atNanos) {
        state = state.withTimers(state.timers().started(kind, state.epoch(), member, atNanos));
        effects.add(new PairEffect.StartTimer(state.timers().pending().getLast().timer(), atNanos));
    }

    void cancelTimer(Timer.Kind kind, int member) {
        state = state.withTimers(state.timers().without(kind, member));
    }

    String server() {
        return state.settings().name();
    }

    String machine(int member) {
        return state.settings().members().get(member).machine();
    }

    /** @param keysAndValues machine-readable details in their order: name, value, name, value … */
    void record(RecordKind kind, String text, Object... keysAndValues) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            fields.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        effects.add(new PairEffect.Record(new PairRecord(kind, text, java.util.Collections.unmodifiableMap(fields))));
    }

    Step step() {
        return new Step(state, List.copyOf(effects));
    }
}
