package org.tandemopc.it.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.it.client.LedgerCheck;
import org.tandemopc.it.client.Operation;
import org.tandemopc.it.client.Sample;
import org.tandemopc.it.client.StreamVerdict;
import org.tandemopc.it.pair.TandemRecord;
import org.tandemopc.testkit.process.LedgerEntry;

/**
 * Judges a run: the client's history against the ledgers of the servers (I1, I2, I3), its values against what every
 * server shows in each tick (I4, I6, I7), unknown outcomes against their records (S3), switches and outages against the
 * faults that were made (I10, I12): a member that nothing struck is not left, not found wanting, and not forgotten
 * while clients are told that there is none. Pure. What it cannot see: values that are Good and too old (I5), and
 * use of resources (I9).
 */
public final class HistoryCheck {
    /** Nothing was sent (S12). */
    static final long BAD_NO_COMMUNICATION = 0x8031_0000L;

    /** Two clocks that are read one after the other, and the rounding to milliseconds. */
    private static final long SLACK_MS = 50;

    /** Kinds of records that tell of a new epoch. */
    private static final Set<String> BEGINNINGS = Set.of("PROMOTED", "SWITCH_FAILED", "STRANDED");

    private static final int FINDINGS_MAX = 50;

    private final History history;
    private final List<Tenure> tenures;
    private final List<String> findings = new ArrayList<>();

    private HistoryCheck(History history) {
        this.history = history;
        tenures = Tenure.of(history);
    }

    /** What is wrong, for people; empty when nothing is. */
    public static List<String> findings(History history) {
        HistoryCheck check = new HistoryCheck(history);
        check.operations();
        check.members();
        UnknownCheck.findings(history).forEach(check::tell);
        check.switches();
        check.values();
        history.events().forEach(event -> check.tell("the client noticed: " + event));
        return check.findings;
    }

    private void tell(String finding) {
        if (findings.size() < FINDINGS_MAX) {
            findings.add(finding);
        }
    }

    // ---- requests

    private void operations() {
        LedgerCheck.faults(history.operations(), history.ledgers()).forEach(this::tell);
        for (Operation operation : history.operations()) {
            if (!operation.isGood() && !mayFail(operation)) {
                tell("failed without a reason: " + operation);
            }
        }
    }

    /**
     * Only because of a fault of a member that served then and that is not borne, and only with a code that says what
     * is known of the outcome, or is the server's. A read is repeated (S1): it fails only where nobody was well.
     */
    private boolean mayFail(Operation operation) {
        boolean isRead = operation.kind() == Operation.Kind.READ;
        boolean isKnown =
                operation.status() == BAD_NO_COMMUNICATION || operation.status() == LedgerCheck.OUTCOME_UNKNOWN;
        long from = history.wallMs(operation.startNanos()) - SLACK_MS;
        long until = history.wallMs(operation.endNanos()) + SLACK_MS;
        boolean isToldByUs = isKnown && (!isRead || wereAllStruck(from, until));
        return history.injected().stream()
                .filter(fault -> fault.isAt(from, until) && wasActive(fault.member(), operation))
                .anyMatch(fault -> (isToldByUs && !fault.borne())
                        || (isRead && fault.shows().contains(operation.status())));
    }

    private boolean wereAllStruck(long fromMs, long untilMs) {
        return IntStream.range(0, history.machines().size())
                .allMatch(member -> history.injected().stream()
                        .anyMatch(fault ->
                                fault.member() == member && !fault.causes().isEmpty() && fault.isAt(fromMs, untilMs)));
    }

    /** I2: what a member applied was asked for while it was the active one; and nobody else asked for anything. */
    private void members() {
        Map<String, Operation> asked = new HashMap<>();
        history.operations().stream()
                .filter(each -> each.kind() != Operation.Kind.READ)
                .forEach(each -> asked.put(each.token(), each));
        for (int member = 0; member < history.ledgers().size(); member++) {
            for (LedgerEntry entry : history.ledgers().get(member)) {
                Operation operation = asked.get(LedgerCheck.token(entry));
                if (operation == null) {
                    tell("applied and never asked for: " + entry);
                } else if (!wasActive(member, operation)) {
                    tell("applied on the wrong member " + member + ": " + operation);
                }
            }
        }
    }

    private boolean wasActive(int member, Operation operation) {
        long start = history.wallMs(operation.startNanos());
        long end = history.wallMs(operation.endNanos());
        return tenures.stream().anyMatch(each -> each.member() == member && each.touches(start, end, SLACK_MS));
    }

    /**
     * Writes and calls that a member did after it had been left, or before it was moved to. No finding by itself: a server
     * that hung does what it had received when it wakes up.
     */
    public static List<String> untimely(History history) {
        List<Tenure> tenures = Tenure.of(history);
        List<String> untimely = new ArrayList<>();
        for (int member = 0; member < history.ledgers().size(); member++) {
            int of = member;
            for (LedgerEntry entry : history.ledgers().get(member)) {
                if (tenures.stream()
                        .noneMatch(each -> each.member() == of && each.touches(entry.time(), entry.time(), SLACK_MS))) {
                    untimely.add("member " + of + ": " + entry);
                }
            }
        }
        return untimely;
    }

    // ---- switches

    /** Each epoch has one record: of the switch that began it, of one that failed, or of an outage. */
    private void switches() {
        long epoch = history.firstEpoch();
        for (TandemRecord began : history.records()) {
            if (!BEGINNINGS.contains(began.kind())) {
                continue;
            }
            epoch++;
            if (!began.field("epoch").equals(String.valueOf(epoch))) {
                tell("epoch " + epoch + " has no record, or one too many: " + describe(began));
                epoch = Long.parseLong(began.field("epoch"));
            }
            if (!isExplained(began)) {
                tell("no fault explains " + began.kind() + ": " + describe(began));
            }
        }
        flaps();
        if (epoch != history.lastEpoch()) {
            tell("the last epoch is " + history.lastEpoch() + ", the last one recorded " + epoch);
        }
    }

    /** I10: a fault is a reason to leave its member once. */
    private void flaps() {
        List<Injected> left = new ArrayList<>(history.injected());
        for (TandemRecord switched : history.recordsOf("PROMOTED")) {
            if (isExplained(switched)) {
                long at = Tenure.atMs(switched);
                int from = history.machines().indexOf(switched.field("from"));
                left.stream()
                        .filter(fault -> fault.member() == from && fault.isAt(at - SLACK_MS, at + SLACK_MS))
                        .findFirst()
                        .ifPresentOrElse(
                                left::remove, () -> tell("one fault, several switches: " + describe(switched)));
            }
        }
    }

    private boolean isExplained(TandemRecord began) {
        long at = Tenure.atMs(began);
        return switch (began.kind()) {
            case "PROMOTED" -> isFault(began.field("from"), LossCause.valueOf(began.field("cause")), at);
            case "SWITCH_FAILED" -> isFault(began.field("to"), LossCause.valueOf(began.field("cause")), at);
            default -> wereAllStruck(at - SLACK_MS, at + SLACK_MS);
        };
    }

    /** Whether the member was struck then by something that may have this consequence. */
    private boolean isFault(String machine, LossCause cause, long atMs) {
        int member = history.machines().indexOf(machine);
        return history.injected().stream()
                .anyMatch(fault -> fault.member() == member
                        && fault.causes().contains(cause)
                        && fault.isAt(atMs - SLACK_MS, atMs + SLACK_MS));
    }

    private static String describe(TandemRecord switched) {
        return switched.at() + " " + switched.text() + " " + switched.fields();
    }

    // ---- values

    private void values() {
        int outages = history.recordsOf("STRANDED").size();
        history.streams().forEach((item, samples) -> {
            List<Sample> judged = samples.stream()
                    .filter(this::isNotTheServersOwn)
                    .map(this::withoutSkew)
                    .toList();
            StreamVerdict verdict = StreamVerdict.of(judged, history.periodMs());
            String what = item + ": " + verdict.details();
            tellIf(verdict.doubled() > 0, "a value twice: " + what);
            tellIf(verdict.backwards() > 0, "an old value after a new one: " + what);
            tellIf(verdict.wrongTime() > 0, "a value with another time: " + what);
            tellIf(verdict.lostUnmarked() > hidden(samples), "values lost without a mark: " + what);
            tellIf(
                    history.gapless() && verdict.lost() > hidden(samples),
                    "values lost, though a member was well and ready: " + what);
            tellIf(verdict.notGood() > outages, "bad more often than there were outages: " + what);
            tellIf(verdict.notGood() < outages, "not told of an outage: " + what);
            tellIf(judged.stream().anyMatch(HistoryCheck::isUnexpected), "a status of nobody: " + what);
        });
    }

    private void tellIf(boolean wrong, String finding) {
        if (wrong) {
            tell(finding);
        }
    }

    private boolean isNotTheServersOwn(Sample sample) {
        return sample.isGood()
                || history.injected().stream()
                        .map(Injected::shows)
                        .noneMatch((Set<Long> shows) -> shows.contains(sample.statusWithoutInfo()));
    }

    /** I8: the time of a server whose clock is wrong is passed on as it is. */
    private Sample withoutSkew(Sample sample) {
        long aheadMs = sample.sourceMs() - sample.tick() * history.periodMs();
        boolean isSkew = aheadMs != 0 && history.injected().stream().anyMatch(fault -> fault.skewMs() == aheadMs);
        return isSkew
                ? new Sample(
                        sample.arrivalNanos(),
                        sample.tick(),
                        sample.hasTick(),
                        sample.sourceMs() - aheadMs,
                        sample.status())
                : sample;
    }

    private static boolean isUnexpected(Sample sample) {
        return !sample.isGood() && sample.statusWithoutInfo() != BAD_NO_COMMUNICATION;
    }

    /** Missing ticks that a server kept back itself. */
    private long hidden(List<Sample> samples) {
        long hidden = 0;
        for (Injected fault : history.injected()) {
            if (fault.hidesTicks()) {
                long first = fault.fromMs() / history.periodMs() - 1;
                long last = fault.untilMs() / history.periodMs() + 1;
                long seen = samples.stream()
                        .filter(each -> each.hasTick() && each.tick() >= first && each.tick() <= last)
                        .count();
                hidden += Math.max(0, last - first + 1 - seen);
            }
        }
        return hidden;
    }
}
