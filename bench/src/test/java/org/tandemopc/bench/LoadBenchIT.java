package org.tandemopc.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.bench.load.Load;

/** What is measured without faults: of each there is a figure of Tandem. */
@Timeout(1_200)
class LoadBenchIT {
    private static final List<String> IDS = Stream.concat(
                    Stream.of(Options.LATENCY, Options.START),
                    Arrays.stream(Load.values()).map(Load::id))
            .toList();

    @Test
    void everyScenarioHasAResult() throws Exception {
        String lines = ShortRun.of(IDS);

        for (String id : IDS) {
            assertThat(lines).contains("{\"bench\":\"" + id + "\",\"subject\":\"tandem\"");
        }
    }
}
