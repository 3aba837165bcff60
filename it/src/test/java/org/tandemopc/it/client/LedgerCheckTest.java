package org.tandemopc.it.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tandemopc.testkit.process.LedgerEntry;

class LedgerCheckTest {
    private static final long BAD_NO_COMMUNICATION = 0x8031_0000L;

    private static Operation write(double value, long status) {
        return new Operation(Operation.Kind.WRITE, 0, 1, "static/0=" + value, status, "");
    }

    private static LedgerEntry applied(double value) {
        return new LedgerEntry(1, "write", "ns=2;s=static/0", String.valueOf(value), "s");
    }

    private static List<String> faults(Operation operation, LedgerEntry... applied) {
        return LedgerCheck.faults(List.of(operation), List.of(List.of(applied), List.of()));
    }

    @Test
    void anAppliedWriteAnsweredGoodIsFine() {
        assertThat(faults(write(1, 0), applied(1))).isEmpty();
    }

    @Test
    void aWriteOnBothServersIsAFault() {
        assertThat(LedgerCheck.faults(List.of(write(1, 0)), List.of(List.of(applied(1)), List.of(applied(1)))))
                .hasSize(1);
    }

    @Test
    void aGoodAnswerWithoutAWriteIsAFault() {
        assertThat(faults(write(1, 0), applied(2))).hasSize(1);
    }

    @Test
    void anUnknownOutcomeMayBeEither() {
        assertThat(faults(write(1, LedgerCheck.OUTCOME_UNKNOWN), applied(1))).isEmpty();
        assertThat(faults(write(1, LedgerCheck.OUTCOME_UNKNOWN))).isEmpty();
    }

    @Test
    void aWriteThatIsSaidNotToHaveBeenSentMustNotBeApplied() {
        assertThat(faults(write(1, BAD_NO_COMMUNICATION), applied(1))).hasSize(1);
        assertThat(faults(write(1, BAD_NO_COMMUNICATION))).isEmpty();
    }

    @Test
    void callsAreFoundByTheirText() {
        Operation call = new Operation(Operation.Kind.CALL, 0, 1, "c-1", 0, "");
        LedgerEntry entry = new LedgerEntry(1, "call", "ns=2;s=methods/record", "c-1", "s");
        assertThat(faults(call, entry)).isEmpty();
        assertThat(faults(call, entry, entry)).hasSize(1);
    }
}
