package org.tandemopc.core.monitor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.core.record.RecordTexts;

/**
 * Tests one member by its monitor items: a pure function of state and event.
 *
 * <p>A server may be up while the device behind it is cut off: it answers every question, and its values are bad or stand
 * still (CON-3, S9). So people name items whose behaviour they know. Each item is in error or not, by its own rule
 * ({@code ItemRules}); the member fails when as many are in error as the failure count says (MON-4).
 *
 * <pre>
 *                  link opened            enough in error
 *   UNTESTED ---------------------> ... -------------------> FAILED
 *      ^                             |                       |    ^
 *      | link closed                 | every item known      v    | count met
 *      +---- from everywhere         +---------------------> PASSED
 * </pre>
 *
 * <p>There is no result before every item has shown something, or has had its time to (GAP-6): a watchdog shows that it
 * is alive by a change, not by the value that a subscription begins with. Refused: a result at once, which would be
 * taken back as soon as a time ends; the pair would go back to its primary, and leave it again.
 *
 * <p>Times that ended are taken note of before the event that comes later, so ticks decide how soon something is said
 * and never what.
 */
public final class MonitorMachine {
    /** How many items a detail names. */
    private static final int NAMED_MAX = 3;

    /** Before so many intervals were seen, a time is not called too short. */
    private static final int NEEDED = Intervals.KEPT / 2;

    private MonitorMachine() {}

    /** Not connected. */
    public static MonitorState initial(MonitorSubject subject, Monitoring monitoring) {
        return MonitorState.initial(subject, monitoring);
    }

    /** When the next tick is needed, monotonic; {@link Long#MAX_VALUE} while none is. */
    public static long dueNanos(MonitorState state) {
        long due = Long.MAX_VALUE;
        if (state.isConnected()) {
            for (int i = 0; i < state.items().size(); i++) {
                MonitorItem item = state.monitoring().items().get(i);
                due = Math.min(due, ItemRules.dueNanos(item, state.items().get(i)));
            }
        }
        return due;
    }

    /** Reports of items that are not in the list are not heard. */
    public static MonitorStep next(MonitorState state, MonitorEvent event) {
        Turn turn = new Turn(state);
        if (!(event instanceof MonitorEvent.OwnPauseNoticed)) {
            turn.expire(event.atNanos());
        }
        switch (event) {
            case MonitorEvent.LinkOpened e -> turn.opened(e.atNanos());
            case MonitorEvent.LinkClosed e -> turn.closed(e.atNanos());
            case MonitorEvent.Reported e -> turn.reported(e.reports(), e.atNanos());
            case MonitorEvent.Ticked _ -> {}
            case MonitorEvent.OwnPauseNoticed e -> turn.paused(e.pausedNanos(), e.atNanos());
            case MonitorEvent.MonitoringChanged e -> turn.changed(e.monitoring(), e.atNanos());
        }
        turn.judge();
        return turn.step();
    }

    /** The work on one event. */
    private static final class Turn {
        private final MonitorSubject subject;
        private final List<MonitorEffect> effects = new ArrayList<>();
        private Monitoring monitoring;
        private boolean isConnected;
        private List<ItemState> items;
        private MonitorResult result;

        Turn(MonitorState state) {
            subject = state.subject();
            monitoring = state.monitoring();
            isConnected = state.isConnected();
            items = new ArrayList<>(state.items());
            result = state.result();
        }

        void opened(long nowNanos) {
            isConnected = true;
            result = MonitorResult.UNTESTED;
            items.replaceAll(item -> item.reset(nowNanos));
        }

        void closed(long nowNanos) {
            isConnected = false;
            result = MonitorResult.UNTESTED;
            items.replaceAll(item -> item.reset(nowNanos));
        }

        void changed(Monitoring newMonitoring, long nowNanos) {
            if (newMonitoring.equals(monitoring)) {
                return;
            }
            monitoring = newMonitoring;
            items = new ArrayList<>(MonitorState.unknown(newMonitoring));
            items.replaceAll(item -> item.reset(nowNanos));
            if (items.isEmpty()) {
                result = MonitorResult.UNTESTED;
            }
        }

        void paused(long pausedNanos, long nowNanos) {
            for (int i = 0; i < items.size(); i++) {
                ItemState before = items.get(i);
                long grace = ItemRules.graceNanos(monitoring.items().get(i), before);
                items.set(i, before.borneWith(pausedNanos, grace, nowNanos));
            }
        }

        void expire(long nowNanos) {
            if (!isConnected) {
                return;
            }
            boolean isAny = false;
            for (int i = 0; i < items.size(); i++) {
                MonitorItem item = monitoring.items().get(i);
                if (nowNanos >= ItemRules.dueNanos(item, items.get(i))) {
                    items.set(i, ItemRules.expired(item, items.get(i)));
                    isAny = true;
                }
            }
            if (isAny) {
                judge();
            }
        }

        void reported(List<MonitorReport> reports, long nowNanos) {
            if (!isConnected) {
                return;
            }
            for (MonitorReport report : reports) {
                switch (report) {
                    case MonitorReport.Added r when isKnown(r.item()) -> added(r, nowNanos);
                    case MonitorReport.Refused r when isKnown(r.item()) -> refused(r);
                    case MonitorReport.Value r when isKnown(r.item()) -> valued(r, nowNanos);
                    case MonitorReport.Interrupted _ -> items.replaceAll(item -> item.interrupted(nowNanos));
                    default -> {}
                }
            }
        }

        private boolean isKnown(int index) {
            return index >= 0 && index < items.size();
        }

        private void added(MonitorReport.Added report, long nowNanos) {
            long rateNanos = Math.max(0, report.rate().toNanos());
            MonitorItem item = monitoring.items().get(report.item());
            ItemState now = items.get(report.item()).added(rateNanos, nowNanos);
            if (item.trigger() instanceof MonitorTrigger.NoChange trigger
                    && ItemRules.timeNanos(trigger, rateNanos) > trigger.time().toNanos()
                    && !now.isLengtheningTold()) {
                now = now.lengtheningTold();
                long timeMs = ItemRules.timeNanos(trigger, rateNanos) / 1_000_000L;
                record(
                        RecordKind.NOTE,
                        RecordTexts.monitorTimeLengthened(
                                item.item(),
                                subject.server(),
                                subject.member(),
                                subject.machine(),
                                rateNanos / 1_000_000L,
                                timeMs),
                        item,
                        "timeMs",
                        timeMs);
            }
            items.set(report.item(), now);
        }

        private void refused(MonitorReport.Refused report) {
            MonitorItem item = monitoring.items().get(report.item());
            ItemState before = items.get(report.item());
            if (!before.isRefusalTold()) {
                record(
                        RecordKind.MONITOR_NOT_ADDED,
                        RecordTexts.monitorItemNotAdded(
                                item.item(), subject.server(), subject.member(), subject.machine()),
                        item,
                        "code",
                        report.code());
            }
            String why = "could not be added (0x%08X)".formatted(report.code() & 0xFFFF_FFFFL);
            items.set(report.item(), before.refused(why));
        }

        private void valued(MonitorReport.Value report, long nowNanos) {
            MonitorItem item = monitoring.items().get(report.item());
            ItemState before = items.get(report.item());
            if (!before.isAdded()) {
                return;
            }
            ItemState now = ItemRules.valued(item, before, report.value(), nowNanos);
            boolean isUnfit = report.value().isArray() && item.trigger() instanceof MonitorTrigger.SpecificValue;
            if (isUnfit && !now.isArrayTold()) {
                now = now.arrayTold();
                record(
                        RecordKind.MONITOR_ARRAY,
                        RecordTexts.monitorItemIsArray(
                                item.item(), subject.server(), subject.member(), subject.machine()),
                        item,
                        "trigger",
                        "specificValue");
            }
            if (item.trigger() instanceof MonitorTrigger.NoChange trigger) {
                now = proposed(item, trigger, now);
            }
            items.set(report.item(), now);
        }

        /** MON-15: once for each connection, when enough was seen and the time is too short for it. */
        private ItemState proposed(MonitorItem item, MonitorTrigger.NoChange trigger, ItemState now) {
            long timeNanos = ItemRules.timeNanos(trigger, now.rateNanos());
            int seen = now.intervals().newestNanos().size();
            boolean mayHaveChanged = seen == NEEDED
                    || (seen > NEEDED && 2 * now.intervals().newestNanos().getLast() > timeNanos);
            if (now.isProposalTold() || !mayHaveChanged) {
                return now;
            }
            MonitorSnapshot.Item measured = now.snapshot(item);
            long timeMs = timeNanos / 1_000_000L;
            if (measured.proposedTimeMs() <= timeMs) {
                return now;
            }
            record(
                    RecordKind.NOTE,
                    RecordTexts.monitorTimeProposed(
                            item.item(),
                            subject.server(),
                            subject.member(),
                            subject.machine(),
                            measured.slowestMs(),
                            timeMs,
                            measured.proposedTimeMs()),
                    item,
                    "proposedTimeMs",
                    measured.proposedTimeMs());
            return now.proposalTold();
        }

        private void record(RecordKind kind, String text, MonitorItem item, String key, Object value) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("member", subject.member());
            fields.put("item", item.item());
            fields.put(key, value);
            effects.add(new MonitorEffect.Record(
                    new PairRecord(kind, text, java.util.Collections.unmodifiableMap(fields))));
        }

        /** First result, then only changes (EVT-MERR, EVT-MOK). */
        void judge() {
            if (!isConnected || items.isEmpty()) {
                return;
            }
            MonitorState now = state();
            MonitorResult next = result;
            if (now.errors() >= monitoring.failureCount()) {
                next = MonitorResult.FAILED;
            } else if (!now.isAnyPending()) {
                next = MonitorResult.PASSED;
            }
            if (next != result) {
                result = next;
                effects.add(new MonitorEffect.TestChanged(next == MonitorResult.PASSED, detail(now.errors())));
            }
        }

        private String detail(int errors) {
            String count = "%d of %d monitor items in error, %d make a failure"
                    .formatted(errors, items.size(), monitoring.failureCount());
            StringJoiner named = new StringJoiner("; ", ": ", errors > NAMED_MAX ? "; …" : "").setEmptyValue("");
            int names = 0;
            for (int i = 0; i < items.size() && names < NAMED_MAX; i++) {
                if (items.get(i).isInError()) {
                    named.add(monitoring.items().get(i).item() + " "
                            + items.get(i).why());
                    names++;
                }
            }
            return count + named;
        }

        private MonitorState state() {
            return new MonitorState(subject, monitoring, isConnected, items, result);
        }

        MonitorStep step() {
            return new MonitorStep(state(), effects);
        }
    }
}
