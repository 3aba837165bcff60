package org.tandemopc.core.pair;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.tandemopc.testkit.Requirement;

class ModeTest {
    /** The manual's own words (p.18), in its order: who knows them from there must find them here. */
    @Test
    @Requirement("MODE-ALL1")
    void modesAreCalledAsTheManualCallsThem() {
        assertThat(Arrays.stream(Mode.values()).map(Mode::label))
                .containsExactly(
                        "Cold: Active machine only",
                        "Warm: Both machines, subscribe to items on active machine",
                        "Hot: Both machines, subscribe to items on both machines");
    }
}
