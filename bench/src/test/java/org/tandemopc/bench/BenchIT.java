package org.tandemopc.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.bench.failover.Fault;
import org.tandemopc.bench.failover.Feed;
import org.tandemopc.bench.failover.Subject;
import org.tandemopc.bench.load.Load;

/** Each scenario once, as {@code bench/run --ci} with one feed: nothing lost, doubled or out of order, and a result of each. */
@Timeout(1_800)
class BenchIT {
    private static final Feed FEED = Feed.WIDE;
    private static final List<String> SHORT = List.of("--ci", "--feeds", FEED.word());

    @Test
    void everyScenarioHasAResultAndTandemLosesAndDoublesNothing() throws Exception {
        ByteArrayOutputStream results = new ByteArrayOutputStream();
        ByteArrayOutputStream progress = new ByteArrayOutputStream();

        int exit = Bench.run(
                SHORT,
                new PrintStream(results, true, StandardCharsets.UTF_8),
                new PrintStream(progress, true, StandardCharsets.UTF_8));

        String lines = results.toString(StandardCharsets.UTF_8);
        assertThat(exit).as(progress.toString(StandardCharsets.UTF_8) + lines).isZero();
        for (Fault fault : Fault.values()) {
            for (Subject subject :
                    Options.parse(SHORT).failover().asked(fault, FEED).keySet()) {
                assertThat(lines)
                        .contains("{\"bench\":\"" + fault.id() + "\",\"subject\":\"" + subject.word() + "\",\"feed\":\""
                                + FEED.word() + "\"");
            }
        }
        assertThat(lines).contains("{\"bench\":\"B-L1\",\"subject\":\"tandem\"");
        for (Load load : Load.values()) {
            assertThat(lines).contains("{\"bench\":\"" + load.id() + "\",\"subject\":\"tandem\"");
        }
    }
}
