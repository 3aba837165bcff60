package org.tandemopc.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.bench.da.DaBenchmark;

/** What is measured of OPC DA: there is a result of each, and Tandem loses and doubles nothing. */
@Timeout(900)
class DaBenchIT {
    @Test
    void everyScenarioHasAResultAndTandemLosesAndDoublesNothing() throws Exception {
        String lines = ShortRun.of(
                Arrays.stream(DaBenchmark.values()).map(DaBenchmark::id).toList());

        for (String id : List.of("B-D1", "B-D2", "B-D3", "B-D4")) {
            assertThat(lines).contains("{\"bench\":\"" + id + "\",\"subject\":\"tandem\"");
        }
        assertThat(lines)
                .contains("{\"bench\":\"B-C4\",\"subject\":\"ours\"")
                .contains("{\"bench\":\"B-C4\",\"subject\":\"utgard\"");
    }
}
