package org.tandemopc.core.monitor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.monitor.MonitorValue.Quality;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;

/** A member with monitor items in a test: a time of its own, and what followed. */
final class Watched {
    static final Duration RATE = Duration.ofSeconds(1);

    private MonitorState state;
    private long nowNanos = 1_000_000_000L;
    private final List<MonitorEffect> all = new ArrayList<>();

    Watched(int member, Monitoring monitoring) {
        state = MonitorMachine.initial(
                new MonitorSubject("Boiler", member, member == 0 ? "alpha" : "beta"), monitoring);
    }

    static Watched of(int failureCount, MonitorItem... items) {
        return new Watched(0, new Monitoring(failureCount, List.of(items)));
    }

    /** Connected, and every item added at the rate that was asked for. */
    static Watched connected(int failureCount, MonitorItem... items) {
        Watched watched = of(failureCount, items);
        watched.open();
        for (int i = 0; i < items.length; i++) {
            watched.added(i);
        }
        return watched;
    }

    static MonitorItem bad(String item) {
        return new MonitorItem(item, MonitorType.DEFAULT, RATE, new MonitorTrigger.BadQuality(), false);
    }

    static MonitorItem badOrUncertain(String item) {
        return new MonitorItem(item, MonitorType.DEFAULT, RATE, new MonitorTrigger.BadQuality(), true);
    }

    static MonitorItem specific(String item, MonitorType type, String data) {
        return new MonitorItem(item, type, RATE, new MonitorTrigger.SpecificValue(data), false);
    }

    static MonitorItem silent(String item, long timeMs) {
        return new MonitorItem(
                item, MonitorType.DEFAULT, RATE, new MonitorTrigger.NoChange(Duration.ofMillis(timeMs)), false);
    }

    MonitorState state() {
        return state;
    }

    long now() {
        return nowNanos;
    }

    MonitorResult result() {
        return state.result();
    }

    boolean isInError(int item) {
        return state.snapshot().items().get(item).isInError();
    }

    String why(int item) {
        return state.snapshot().items().get(item).why();
    }

    List<MonitorEffect> on(MonitorEvent event) {
        MonitorStep step = MonitorMachine.next(state, event);
        state = step.state();
        all.addAll(step.effects());
        return step.effects();
    }

    void open() {
        on(new MonitorEvent.LinkOpened(nowNanos));
    }

    void close() {
        on(new MonitorEvent.LinkClosed(nowNanos));
    }

    void report(MonitorReport... reports) {
        on(new MonitorEvent.Reported(nowNanos, List.of(reports)));
    }

    void added(int item) {
        added(item, RATE.toMillis());
    }

    void added(int item, long rateMs) {
        report(new MonitorReport.Added(item, Duration.ofMillis(rateMs)));
    }

    void refused(int item) {
        report(new MonitorReport.Refused(item, 0x80340000L));
    }

    void value(int item, Quality quality, @Nullable Object value) {
        report(new MonitorReport.Value(item, MonitorValue.of(quality, value)));
    }

    void good(int item, @Nullable Object value) {
        value(item, Quality.GOOD, value);
    }

    void array(int item) {
        report(new MonitorReport.Value(item, MonitorValue.array(Quality.GOOD)));
    }

    void interrupted() {
        report(new MonitorReport.Interrupted());
    }

    void paused(long ms) {
        nowNanos += ms * 1_000_000L;
        on(new MonitorEvent.OwnPauseNoticed(nowNanos, ms * 1_000_000L));
    }

    void change(Monitoring monitoring) {
        on(new MonitorEvent.MonitoringChanged(nowNanos, monitoring));
    }

    /** Lets time pass, with a tick whenever the machine needs one. */
    void pass(long ms) {
        long end = nowNanos + ms * 1_000_000L;
        for (long due = MonitorMachine.dueNanos(state); due <= end; due = MonitorMachine.dueNanos(state)) {
            nowNanos = Math.max(nowNanos, due);
            on(new MonitorEvent.Ticked(nowNanos));
        }
        nowNanos = end;
    }

    /** Values of an item, one each so many milliseconds, for a while; each another one. */
    void ticking(int item, long everyMs, long forMs) {
        for (long at = 0; at < forMs; at += everyMs) {
            pass(everyMs);
            good(item, java.math.BigInteger.valueOf(nowNanos));
        }
    }

    List<MonitorEffect> all() {
        return all;
    }

    /** Results in their order: true = passed. */
    List<Boolean> results() {
        return all.stream()
                .filter(MonitorEffect.TestChanged.class::isInstance)
                .map(e -> ((MonitorEffect.TestChanged) e).passed())
                .toList();
    }

    String lastDetail() {
        return all.stream()
                .filter(MonitorEffect.TestChanged.class::isInstance)
                .map(e -> ((MonitorEffect.TestChanged) e).detail())
                .reduce("", (a, b) -> b);
    }

    List<PairRecord> records(RecordKind kind) {
        return all.stream()
                .filter(MonitorEffect.Record.class::isInstance)
                .map(e -> ((MonitorEffect.Record) e).record())
                .filter(r -> r.kind() == kind)
                .toList();
    }
}
