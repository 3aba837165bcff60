package org.tandemopc.it.history;

import static org.tandemopc.it.history.History.SLACK_MS;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tandemopc.it.client.LedgerCheck;
import org.tandemopc.it.client.Operation;
import org.tandemopc.it.pair.TandemRecord;
import org.tandemopc.testkit.process.LedgerEntry;

/** Each request against the ledgers, the faults and the records. */
final class RequestCheck {
    /** Nothing was sent (S12). */
    static final long BAD_NO_COMMUNICATION = 0x8031_0000L;

    private static final Set<String> ENDS = Set.of("PROMOTED", "SWITCH_FAILED", "STRANDED");

    private final History history;
    private final List<Tenure> tenures;
    private final List<String> findings = new ArrayList<>();

    RequestCheck(History history) {
        this.history = history;
        tenures = Tenure.of(history);
    }

    List<String> findings() {
        findings.addAll(LedgerCheck.faults(history.operations(), history.ledgers()));
        history.operations().stream()
                .filter(each -> !each.isGood() && !mayFail(each))
                .forEach(each -> findings.add("failed without a reason: " + each));
        members();
        unknowns();
        return findings;
    }

    // ---- what failed

    /**
     * Only because of a fault of a member that served then and that is not borne, and only with a code that says what
     * is known of the outcome, or is the server's. A read is repeated (S1): it fails only where nobody was well.
     */
    private boolean mayFail(Operation operation) {
        boolean isRead = operation.kind() == Operation.Kind.READ;
        long status = operation.status();
        if (isRead && wasShown(operation)) {
            return true;
        }
        if (isRead && (status == BAD_NO_COMMUNICATION || status == LedgerCheck.OUTCOME_UNKNOWN)) {
            return faultsOf(operation).stream().anyMatch(fault -> !fault.borne()) && wereAllStruck(operation);
        }
        if (status == BAD_NO_COMMUNICATION) {
            return faultsOf(operation).stream().anyMatch(fault -> !fault.borne())
                    && (wereAllStruck(operation)
                            || operation.tookMs() >= history.promises().holdMs() - SLACK_MS);
        }
        return status == LedgerCheck.OUTCOME_UNKNOWN
                && faultsOf(operation).stream().anyMatch(fault -> !fault.borne() && wasSentUnaware(operation, fault));
    }

    private boolean wasShown(Operation operation) {
        return faultsOf(operation).stream().anyMatch(fault -> fault.shows().contains(operation.status()));
    }

    /** Faults of members that served while the request was under way. */
    private List<Injected> faultsOf(Operation operation) {
        return history.injected().stream()
                .filter(fault -> fault.isAt(startMs(operation) - SLACK_MS, endMs(operation) + SLACK_MS)
                        && wasActive(fault.member(), operation))
                .toList();
    }

    private boolean wereAllStruck(Operation operation) {
        return SwitchCheck.wereAllStruck(history, startMs(operation) - SLACK_MS, endMs(operation) + SLACK_MS);
    }

    /** Whoever knows that a member is lost sends it nothing more. */
    private boolean wasSentUnaware(Operation operation, Injected fault) {
        return startMs(operation) <= noticedMs(fault) + SLACK_MS;
    }

    /** When the pair last left the struck member; if it did not, as long as it may take to notice. */
    private long noticedMs(Injected fault) {
        String machine = history.machines().get(fault.member());
        return history.records().stream()
                .filter(each -> ENDS.contains(each.kind()))
                .filter(each ->
                        (each.kind().equals("SWITCH_FAILED") ? each.field("to") : each.field("from")).equals(machine))
                .filter(each -> fault.isAt(Tenure.decidedMs(each), Tenure.atMs(each)))
                .mapToLong(Tenure::decidedMs)
                .max()
                .orElse(fault.fromMs() + fault.noticedMs());
    }

    // ---- who did it

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
                    findings.add("applied and never asked for: " + entry);
                } else if (!wasActive(member, operation)) {
                    findings.add("applied on the wrong member " + member + ": " + operation);
                } else {
                    applied(member, entry.time(), operation);
                }
            }
        }
    }

    /**
     * When it was applied. One of unknown outcome may be applied by a member long after it was left: the bytes were under
     * way, and nobody can call them back. But not before they were sent; and what was answered was applied before.
     */
    private void applied(int member, long atMs, Operation operation) {
        boolean isUnknown = operation.status() == LedgerCheck.OUTCOME_UNKNOWN;
        boolean wasUnderWay =
                atMs >= startMs(operation) - SLACK_MS && (isUnknown || atMs <= endMs(operation) + SLACK_MS);
        if (!wasUnderWay) {
            findings.add("applied at " + atMs + ", when it was not under way: " + operation);
        } else if (!isUnknown
                && tenures.stream().noneMatch(each -> each.member() == member && each.isAt(atMs, SLACK_MS))) {
            findings.add("applied at " + atMs + ", when member " + member + " was not the active one: " + operation);
        }
    }

    private boolean wasActive(int member, Operation operation) {
        return tenures.stream()
                .anyMatch(each ->
                        each.member() == member && each.touches(startMs(operation), endMs(operation), SLACK_MS));
    }

    // ---- what is not known

    /** S3: each unknown outcome has its record, and each record its answer; and the switches count them (I12). */
    private void unknowns() {
        for (Operation.Kind kind : List.of(Operation.Kind.WRITE, Operation.Kind.CALL)) {
            long told = history.operations().stream()
                    .filter(each -> each.kind() == kind && each.status() == LedgerCheck.OUTCOME_UNKNOWN)
                    .count();
            long recorded = history.recordsOf("OUTCOME_UNKNOWN").stream()
                    .filter(each -> each.field("service").equalsIgnoreCase(kind.name()))
                    .count();
            if (told != recorded) {
                findings.add(
                        "unknown outcomes of " + kind + ": " + told + " told to the client, " + recorded + " recorded");
            }
        }
        if (history.recordsOf("STRANDED").isEmpty()
                && history.recordsOf("SWITCH_FAILED").isEmpty()) {
            countedBySwitches();
        }
    }

    /**
     * Where switches simply follow each other: a switch counts those that came while it lasted, and may count those since
     * the one before, which it may have begun with.
     */
    private void countedBySwitches() {
        List<Long> unknownMs = new ArrayList<>();
        for (TandemRecord record : history.records()) {
            if (record.kind().equals("OUTCOME_UNKNOWN")) {
                unknownMs.add(Tenure.atMs(record));
            } else if (record.kind().equals("PROMOTED")) {
                long counted = Long.parseLong(record.field("requestsUnknown"));
                long begunMs = Tenure.decidedMs(record);
                long least = unknownMs.stream().filter(ms -> ms > begunMs).count();
                if (counted < least || counted > unknownMs.size()) {
                    findings.add(
                            "the switch of %s counts %d unknown outcomes; recorded since the one before %d, %d while it"
                                            .formatted(record.at(), counted, unknownMs.size(), least)
                                    + " lasted");
                }
                unknownMs.clear();
            }
        }
    }

    private long startMs(Operation operation) {
        return history.wallMs(operation.startNanos());
    }

    private long endMs(Operation operation) {
        return history.wallMs(operation.endNanos());
    }
}
