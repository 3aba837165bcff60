package org.tandemopc.it.history;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.tandemopc.it.client.LedgerCheck;
import org.tandemopc.it.client.Operation;
import org.tandemopc.it.pair.TandemRecord;
import org.tandemopc.testkit.process.LedgerEntry;

/**
 * Compares the unknown outcomes that a client was told with the records of them: as many of each kind (S3, S4), each record
 * about operations that were told so, by node and hash of the value, and about the member that they were sent to. Pure.
 */
final class UnknownCheck {
    /** How many operations a record names one by one. */
    private static final int NAMED_MAX = 20;

    private final History history;
    private final List<String> findings = new ArrayList<>();

    private UnknownCheck(History history) {
        this.history = history;
    }

    static List<String> findings(History history) {
        UnknownCheck check = new UnknownCheck(history);
        check.counts(Operation.Kind.WRITE);
        check.counts(Operation.Kind.CALL);
        check.each();
        return check.findings;
    }

    private List<TandemRecord> records() {
        return history.recordsOf("OUTCOME_UNKNOWN");
    }

    private List<Operation> told() {
        return history.operations().stream()
                .filter(each -> each.kind() != Operation.Kind.READ && each.status() == LedgerCheck.OUTCOME_UNKNOWN)
                .toList();
    }

    private void counts(Operation.Kind kind) {
        long told = told().stream().filter(each -> each.kind() == kind).count();
        long recorded = records().stream()
                .filter(each -> each.field("service").equalsIgnoreCase(kind.name()))
                .mapToLong(UnknownCheck::operations)
                .sum();
        if (told != recorded) {
            findings.add(
                    "unknown outcomes of " + kind + ": " + told + " told to the client, " + recorded + " recorded");
        }
    }

    private static long operations(TandemRecord record) {
        String count = record.field("operations");
        return count.isEmpty() ? 1 : Long.parseLong(count);
    }

    private void each() {
        Map<String, Operation> told = new HashMap<>();
        told().forEach(each -> told.put(asRecorded(each), each));
        Map<String, Integer> applied = appliedAt();
        long unnamed = 0;
        for (TandemRecord record : records()) {
            String[] nodes = words(record.field("nodes"));
            String[] hashes = words(record.field("hashes"));
            if (nodes.length != Math.min(operations(record), NAMED_MAX) || nodes.length != hashes.length) {
                findings.add("a record that does not say what was asked: " + record.text() + " " + record.fields());
                continue;
            }
            unnamed += operations(record) - nodes.length;
            for (int i = 0; i < nodes.length; i++) {
                Operation operation = told.remove(nodes[i] + "#" + hashes[i]);
                if (operation == null) {
                    findings.add("recorded as unknown, and not told: " + nodes[i] + "#" + hashes[i]);
                } else {
                    member(record, operation, applied);
                }
            }
        }
        if (told.size() > unnamed) {
            findings.add("told to be unknown, and not recorded: " + told.values());
        }
    }

    private void member(TandemRecord record, Operation operation, Map<String, Integer> applied) {
        Integer member = applied.get(operation.token());
        if (member != null && !record.field("member").equals(String.valueOf(member))) {
            findings.add("applied on member " + member + ", while the record says " + record.field("member") + ": "
                    + operation);
        }
    }

    private Map<String, Integer> appliedAt() {
        Map<String, Integer> applied = new HashMap<>();
        for (int member = 0; member < history.ledgers().size(); member++) {
            for (LedgerEntry entry : history.ledgers().get(member)) {
                applied.put(LedgerCheck.token(entry), member);
            }
        }
        return applied;
    }

    private static String[] words(String text) {
        return text.isEmpty() ? new String[0] : text.split(" ");
    }

    /** Node and hash as docs/reference/records.md has them, of a Double that was written or a String that was given. */
    static String asRecorded(Operation operation) {
        if (operation.kind() == Operation.Kind.CALL) {
            byte[] text = operation.token().getBytes(StandardCharsets.UTF_8);
            return "ns=2;s=methods/record#"
                    + hash(bytes(9 + text.length)
                            .putInt(1)
                            .put((byte) 12)
                            .putInt(text.length)
                            .put(text));
        }
        String[] parts = operation.token().split("=", 2);
        return "ns=2;s=" + parts[0] + "#" + hash(bytes(9).put((byte) 11).putDouble(Double.parseDouble(parts[1])));
    }

    private static ByteBuffer bytes(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static String hash(ByteBuffer bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
