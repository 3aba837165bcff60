package org.tandemopc.core.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tandemopc.core.pair.Pair.PRIMARY;
import static org.tandemopc.core.pair.Pair.SECONDARY;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tandemopc.testkit.Requirement;

/** What follows a failure is what the settings say (CON-6). */
class SettingsDecideTest {
    @ParameterizedTest
    @CsvSource({"WARM, true, 0", "WARM, false, 1", "HOT, true, 0", "HOT, false, 1", "COLD, true, 1", "COLD, false, 1"})
    @Requirement({"CON-6", "GEN-6", "MODE-C7"})
    void afterALossThePairReturnsIfItIsToldTo(Mode mode, boolean failback, int active) {
        Pair pair = Pair.serving(failback ? Pair.settings(mode) : Pair.withoutFailback(mode));
        pair.skip(60);
        pair.lost(PRIMARY);
        if (mode == Mode.COLD) {
            pair.failed(PRIMARY);
            pair.pass(1);
            pair.opened(SECONDARY);
        }
        pair.rehomed();
        assertThat(pair.state().active()).isEqualTo(SECONDARY);

        pair.pass(5);
        if (mode != Mode.COLD) {
            pair.opened(PRIMARY);
            pair.synchronizedOn(PRIMARY);
            pair.pass(1);
        }
        if (pair.phase() instanceof PairState.Phase.Switching) {
            pair.rehomed();
        }

        assertThat(pair.state().active()).isEqualTo(active);
    }
}
