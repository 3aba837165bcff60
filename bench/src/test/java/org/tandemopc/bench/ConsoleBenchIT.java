package org.tandemopc.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.bench.console.ConsoleBenchmark;

/** The console and the static page beside it: there is a result of both, and every record is shown. */
@Timeout(600)
class ConsoleBenchIT {
    private static final List<String> IDS =
            Arrays.stream(ConsoleBenchmark.values()).map(ConsoleBenchmark::id).toList();

    @Test
    void everyScenarioHasAResultAndEveryRecordIsShown() throws Exception {
        String lines = ShortRun.of(IDS);

        for (String id : IDS) {
            assertThat(lines)
                    .contains("{\"bench\":\"" + id + "\",\"subject\":\"static\"")
                    .contains("{\"bench\":\"" + id + "\",\"subject\":\"tandem\"");
        }
    }
}
