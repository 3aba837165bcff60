package org.tandemopc.it.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.it.da.DaWatcher.Counted;
import org.tandemopc.it.da.DaWatcher.Written;
import org.tandemopc.it.history.Tenure;
import org.tandemopc.testkit.process.LedgerEntry;

/** The judge sees what it must find. */
class DaVerdictTest {
    private static final int E_FAIL = HResult.E_FAIL;

    @Test
    void lostDoubledAndOldValuesAreFound() {
        assertThat(DaVerdict.ofValues(Mode.HOT, counted(1, 2, 3))).isEmpty();
        assertThat(DaVerdict.ofValues(Mode.HOT, counted(1, 3))).hasSize(1);
        assertThat(DaVerdict.ofValues(Mode.COLD, counted(1, 3))).isEmpty();
        assertThat(DaVerdict.ofValues(Mode.COLD, counted(1, 1))).hasSize(1);
        assertThat(DaVerdict.ofValues(Mode.WARM, counted(5, 4))).hasSize(1);
    }

    @Test
    void whatWasBadMayBeTheSameAgainAndNoOlder() {
        Counted before = new Counted(5, false);

        assertThat(DaVerdict.ofValues(Mode.COLD, List.of(before, new Counted(5, true))))
                .isEmpty();
        assertThat(DaVerdict.ofValues(Mode.COLD, List.of(before, new Counted(4, true))))
                .hasSize(1);
        assertThat(DaVerdict.ofValues(Mode.COLD, List.of(before, new Counted(5, true), new Counted(5, false))))
                .hasSize(1);
    }

    private static List<Counted> counted(long... numbers) {
        return LongStream.of(numbers)
                .mapToObj(number -> new Counted(number, false))
                .toList();
    }

    @Test
    void everyBrokenPromiseOfAWriteIsFound() {
        Map<Integer, Integer> done = DaVerdict.done(List.of(List.of(entry(0, 1), entry(0, 2)), List.of(entry(0, 2))));

        assertThat(DaVerdict.ofWrites(List.of(written(1, HResult.S_OK), written(1, HResult.CALL_FAILED)), done))
                .isEmpty();
        assertThat(DaVerdict.ofWrites(
                        List.of(written(7, HResult.CALL_FAILED_DID_NOT_EXECUTE), written(7, HResult.CALL_FAILED)),
                        done))
                .isEmpty();
        assertThat(DaVerdict.ofWrites(List.of(written(2, HResult.CALL_FAILED)), done))
                .hasSize(1);
        assertThat(DaVerdict.ofWrites(List.of(written(7, HResult.S_OK)), done)).hasSize(1);
        assertThat(DaVerdict.ofWrites(List.of(written(1, HResult.CALL_FAILED_DID_NOT_EXECUTE)), done))
                .hasSize(1);
        assertThat(DaVerdict.ofWrites(List.of(written(1, E_FAIL)), done)).hasSize(1);
        assertThat(DaVerdict.ofWrites(List.of(new Written(7, Optional.empty(), 0, Long.MAX_VALUE)), done))
                .hasSize(1);
    }

    @Test
    void aWriteOnTheWrongSideIsFound() {
        List<Tenure> tenures =
                List.of(new Tenure(0, Long.MIN_VALUE, 1_000), new Tenure(1, 900, 5_000), new Tenure(0, 4_900, 9_000));
        List<Written> writes = List.of(written(1, HResult.S_OK, 500, 600), written(2, HResult.CALL_FAILED, 850, 1_500));

        assertThat(DaVerdict.ofMembers(writes, ledgers(List.of(entry(550, 1), entry(900, 2)), List.of()), tenures))
                .isEmpty();
        // what was received before may be done after, where the client was told that this is not known
        assertThat(DaVerdict.ofMembers(writes, ledgers(List.of(entry(2_000, 2)), List.of()), tenures))
                .isEmpty();
        assertThat(DaVerdict.doneLate(ledgers(List.of(entry(2_000, 2)), List.of(entry(2_000, 1))), tenures))
                .isOne();
        assertThat(DaVerdict.ofMembers(writes, ledgers(List.of(), List.of(entry(550, 1))), tenures))
                .hasSize(1);
        assertThat(DaVerdict.ofMembers(writes, ledgers(List.of(entry(2_000, 1)), List.of()), tenures))
                .hasSize(1);
        assertThat(DaVerdict.ofMembers(writes, ledgers(List.of(entry(500, 3)), List.of()), tenures))
                .hasSize(1);
    }

    private static List<List<LedgerEntry>> ledgers(List<LedgerEntry> first, List<LedgerEntry> second) {
        return List.of(first, second);
    }

    private static LedgerEntry entry(long atMs, int number) {
        return new LedgerEntry(atMs, "write", "static.0", String.valueOf(number), "client 1");
    }

    private static Written written(int number, int error) {
        return written(number, error, 0, 1);
    }

    private static Written written(int number, int error, long fromMs, long untilMs) {
        return new Written(number, Optional.of(error), fromMs, untilMs);
    }
}
