package org.tandemopc.it.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.tandemopc.it.wire.WireTap;
import org.tandemopc.testkit.process.LedgerEntry;

/** What a client may see of a fault or switch behind Tandem. */
public final class Unnoticed {
    private Unnoticed() {}

    /**
     * As {@link #values(StreamClient, long)}, and Tandem itself knows of no gap.
     *
     * @param gaps what the pair recorded of gaps
     */
    public static void values(StreamClient client, long periodMs, List<String> gaps) {
        values(client, periodMs);
        assertThat(gaps).as("gaps that Tandem recorded").isEmpty();
    }

    /** Every value once and in order, with Good, no mark and its own source time; no event. */
    public static void values(StreamClient client, long periodMs) {
        client.streams().forEach((item, samples) -> {
            StreamVerdict verdict = StreamVerdict.of(samples, periodMs);
            assertThat(verdict.isPerfect()).as(item + " " + verdict).isTrue();
        });
        assertThat(client.events()).as("events at the client").isEmpty();
    }

    /** Nothing twice, nothing out of order, nothing invented, and each hole marked by the Overflow bit (I4). */
    public static void valuesButMarkedHoles(StreamClient client, long periodMs) {
        client.streams().forEach((item, samples) -> {
            StreamVerdict verdict = StreamVerdict.of(samples, periodMs);
            String what = item + " " + verdict;
            assertThat(verdict.doubled()).as(what).isZero();
            assertThat(verdict.backwards()).as(what).isZero();
            assertThat(verdict.wrongTime()).as(what).isZero();
            assertThat(verdict.notGood()).as(what).isZero();
            assertThat(verdict.lostUnmarked()).as(what).isZero();
        });
        assertThat(client.events()).as("events at the client").isEmpty();
    }

    /** Reads all Good; writes and calls Good, and where one was under way at a fault, perhaps of unknown outcome. */
    public static void operations(StreamClient client, List<Long> faultNanos, List<List<LedgerEntry>> ledgers) {
        for (Operation operation : client.operations()) {
            boolean fine = operation.isGood()
                    || (operation.kind() != Operation.Kind.READ
                            && operation.status() == LedgerCheck.OUTCOME_UNKNOWN
                            && faultNanos.stream().anyMatch(fault -> wasUnderWay(operation, fault)));
            assertThat(fine).as(operation.toString()).isTrue();
        }
        assertThat(LedgerCheck.faults(client.operations(), ledgers)).isEmpty();
    }

    /** Sent before the fault was noticed by anybody, and answered after it. */
    private static boolean wasUnderWay(Operation operation, long faultNanos) {
        return operation.endNanos() > faultNanos && operation.startNanos() < faultNanos + 5_000_000_000L;
    }

    /** Every message once and in order on the wire, and nothing asked for again. */
    public static void wire(WireTap tap) {
        assertThat(tap.verdict().faults()).as("faults on the wire").isEmpty();
        assertThat(tap.verdict().messages()).isPositive();
        assertThat(tap.republishes()).as("messages asked for again").isZero();
    }
}
