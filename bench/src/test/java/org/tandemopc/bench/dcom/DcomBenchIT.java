package org.tandemopc.bench.dcom;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each scenario once, as {@code bench/run dcom --ci}: there is a figure of each, and nothing is left behind. */
@Timeout(300)
class DcomBenchIT {
    @Test
    void everyScenarioHasAResultAndNothingIsLeft() throws Exception {
        ByteArrayOutputStream results = new ByteArrayOutputStream();
        ByteArrayOutputStream progress = new ByteArrayOutputStream();

        int exit = DcomBench.run(
                List.of("--ci"),
                new PrintStream(results, true, StandardCharsets.UTF_8),
                new PrintStream(progress, true, StandardCharsets.UTF_8));

        String lines = results.toString(StandardCharsets.UTF_8);
        assertThat(exit).as(progress.toString(StandardCharsets.UTF_8) + lines).isZero();
        for (String subject : List.of("tandem-dcom", "j-interop")) {
            for (String level : List.of("CONNECT", "PKT_PRIVACY")) {
                for (int values : new int[] {1, 1_000}) {
                    assertThat(lines)
                            .contains("{\"bench\":\"B-C1\",\"subject\":\"%s\",\"level\":\"%s\",\"values\":%d,"
                                    .formatted(subject, level, values));
                }
            }
        }
        assertThat(lines)
                .contains("\"bench\":\"B-C2\",\"subject\":\"cost per value\"")
                .contains("\"bench\":\"B-C3\",\"subject\":\"cycles\"")
                .contains("\"bench\":\"B-C3\",\"subject\":\"vanishing\"")
                .contains("times j-Interop's calls a second");
    }

    @Test
    void aWrongOptionIsSaid() throws Exception {
        ByteArrayOutputStream said = new ByteArrayOutputStream();

        int exit = DcomBench.run(
                List.of("--cycles", "many"),
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                new PrintStream(said, true, StandardCharsets.UTF_8));

        assertThat(exit).isEqualTo(2);
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("--cycles").contains("usage: bench/run dcom");
    }
}
