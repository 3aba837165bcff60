package org.tandemopc.it.client;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tandemopc.testkit.process.LedgerEntry;

/**
 * Compares what a client was told of its writes and calls with what the servers applied: never twice (I1), never
 * applied when the answer says that nothing was sent, and always applied when the answer is Good (I3).
 */
public final class LedgerCheck {
    /** Bad_Timeout: the outcome is unknown (S3). */
    public static final long OUTCOME_UNKNOWN = 0x800A_0000L;

    private LedgerCheck() {}

    /** The faults found, for people; empty when there are none. */
    public static List<String> faults(Collection<Operation> operations, List<List<LedgerEntry>> ledgers) {
        Map<String, Integer> applied = new HashMap<>();
        ledgers.forEach(ledger -> ledger.forEach(entry -> applied.merge(token(entry), 1, Integer::sum)));
        List<String> faults = new ArrayList<>();
        for (Operation operation : operations) {
            if (operation.kind() != Operation.Kind.READ) {
                check(operation, applied.getOrDefault(operation.token(), 0), faults);
            }
        }
        return faults;
    }

    /** The token of the operation that the entry comes from. */
    public static String token(LedgerEntry entry) {
        String id = entry.node().substring(entry.node().indexOf(";s=") + 3);
        return entry.kind().equals("call") ? entry.value() : id + "=" + entry.value();
    }

    private static void check(Operation operation, int times, List<String> faults) {
        if (times > 1) {
            faults.add("applied " + times + " times: " + operation);
        } else if (operation.isGood() && times == 0) {
            faults.add("answered Good and never applied: " + operation);
        } else if (!operation.isGood() && operation.status() != OUTCOME_UNKNOWN && times == 1) {
            faults.add("applied, though the answer says that it was not: " + operation);
        }
    }
}
