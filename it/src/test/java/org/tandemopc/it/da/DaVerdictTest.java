package org.tandemopc.it.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.it.da.DaWatcher.Written;

/** The judge sees what it must find. */
class DaVerdictTest {
    private static final int E_FAIL = HResult.E_FAIL;

    @Test
    void lostDoubledAndOldValuesAreFound() {
        assertThat(DaVerdict.ofValues(Mode.HOT, List.of(1L, 2L, 3L))).isEmpty();
        assertThat(DaVerdict.ofValues(Mode.HOT, List.of(1L, 3L))).hasSize(1);
        assertThat(DaVerdict.ofValues(Mode.COLD, List.of(1L, 3L))).isEmpty();
        assertThat(DaVerdict.ofValues(Mode.COLD, List.of(1L, 1L))).hasSize(1);
        assertThat(DaVerdict.ofValues(Mode.WARM, List.of(5L, 4L))).hasSize(1);
    }

    @Test
    void everyBrokenPromiseOfAWriteIsFound() {
        Map<Integer, Integer> done =
                DaVerdict.done(List.of("{\"value\":\"1\"}", "{\"value\":\"2\"}", "{\"value\":\"2\"}"));

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
        assertThat(DaVerdict.ofWrites(List.of(new Written(7, Optional.empty())), done))
                .hasSize(1);
    }

    private static Written written(int number, int error) {
        return new Written(number, Optional.of(error));
    }
}
