package org.tandemopc.it.history;

import static org.tandemopc.it.history.History.SLACK_MS;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.it.pair.TandemRecord;

/**
 * Each switch, failure and outage against the faults that were made: a member that nothing struck is not left, not found
 * wanting, and not forgotten while clients are told that there is none.
 */
final class SwitchCheck {
    /** Kinds of records that tell of a new epoch. */
    private static final Set<String> BEGINNINGS = Set.of("PROMOTED", "SWITCH_FAILED", "STRANDED");

    private final History history;
    private final List<String> findings = new ArrayList<>();

    SwitchCheck(History history) {
        this.history = history;
    }

    /** Each epoch has one record: of the switch that began it, of one that failed, or of an outage. */
    List<String> findings() {
        long epoch = history.firstEpoch();
        for (TandemRecord began : history.records()) {
            if (!BEGINNINGS.contains(began.kind())) {
                continue;
            }
            epoch++;
            if (!began.field("epoch").equals(String.valueOf(epoch))) {
                findings.add("epoch " + epoch + " has no record, or one too many: " + describe(began));
                epoch = Long.parseLong(began.field("epoch"));
            }
            if (!isExplained(began)) {
                findings.add("no fault explains " + began.kind() + ": " + describe(began));
            }
        }
        flaps();
        if (epoch != history.lastEpoch()) {
            findings.add("the last epoch is " + history.lastEpoch() + ", the last one recorded " + epoch);
        }
        outages();
        return findings;
    }

    /** I10: a fault is a reason to leave its member once. Who ends an outage leaves nobody: that was done when it began. */
    private void flaps() {
        List<Injected> left = new ArrayList<>(history.injected());
        boolean isStranded = false;
        for (TandemRecord switched : history.records()) {
            boolean endsOutage = isStranded;
            isStranded = switched.kind().equals("STRANDED")
                    || (isStranded && !switched.kind().equals("PROMOTED"));
            if (switched.kind().equals("PROMOTED") && !endsOutage && isExplained(switched)) {
                long at = Tenure.atMs(switched);
                int from = history.member(switched.field("from"));
                left.stream()
                        .filter(fault -> fault.member() == from && fault.isAt(at - SLACK_MS, at + SLACK_MS))
                        .findFirst()
                        .ifPresentOrElse(
                                left::remove, () -> findings.add("one fault, several switches: " + describe(switched)));
            }
        }
    }

    /** S12: one record for each time that nobody can serve. */
    private void outages() {
        int promised = history.promises().outages();
        int recorded = history.recordsOf("STRANDED").size();
        if (promised >= 0 && recorded != promised) {
            findings.add("outages: " + promised + " made, " + recorded + " recorded");
        }
    }

    private boolean isExplained(TandemRecord began) {
        long at = Tenure.atMs(began);
        return switch (began.kind()) {
            case "PROMOTED" -> isFault(began.field("from"), LossCause.valueOf(began.field("cause")), at);
            case "SWITCH_FAILED" -> isFault(began.field("to"), LossCause.valueOf(began.field("cause")), at);
            default -> wereAllStruck(history, at - SLACK_MS, at + SLACK_MS);
        };
    }

    /** Whether the member was struck then by something that may have this consequence. */
    private boolean isFault(String machine, LossCause cause, long atMs) {
        int member = history.member(machine);
        return history.injected().stream()
                .anyMatch(fault -> fault.member() == member
                        && fault.causes().contains(cause)
                        && fault.isAt(atMs - SLACK_MS, atMs + SLACK_MS));
    }

    /** Whether nobody was well, at some time within these. */
    static boolean wereAllStruck(History history, long fromMs, long untilMs) {
        return IntStream.range(0, history.machines().size())
                .allMatch(member -> history.injected().stream()
                        .anyMatch(fault ->
                                fault.member() == member && !fault.causes().isEmpty() && fault.isAt(fromMs, untilMs)));
    }

    static String describe(TandemRecord switched) {
        return switched.at() + " " + switched.text() + " " + switched.fields();
    }
}
