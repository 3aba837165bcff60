package org.tandemopc.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.bench.console.ConsoleBenchmark;
import org.tandemopc.bench.da.DaBenchmark;
import org.tandemopc.bench.failover.Fault;
import org.tandemopc.bench.failover.Feed;
import org.tandemopc.bench.failover.Subject;
import org.tandemopc.bench.load.Load;

/**
 * Each scenario once, as {@code bench/run --ci} with one feed, those of OPC DA and of the console apart: nothing lost, doubled or out of order, and a
 * result of each.
 */
@Timeout(1_800)
class BenchIT {
    private static final Feed FEED = Feed.WIDE;
    private static final List<String> SHORT = List.of("--ci", "--feeds", FEED.word(), "--only", opcUa());

    private static String opcUa() {
        return Stream.of(
                        Arrays.stream(Fault.values()).map(Fault::id),
                        Stream.of(Options.LATENCY, Options.START),
                        Arrays.stream(Load.values()).map(Load::id))
                .flatMap(ids -> ids)
                .collect(Collectors.joining(","));
    }

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
        assertThat(lines).contains("{\"bench\":\"B-U1\",\"subject\":\"tandem\"");
        for (Load load : Load.values()) {
            assertThat(lines).contains("{\"bench\":\"" + load.id() + "\",\"subject\":\"tandem\"");
        }
    }

    @Test
    void everyScenarioOfTheConsoleHasAResultAndEveryRecordIsShown() throws Exception {
        ByteArrayOutputStream results = new ByteArrayOutputStream();
        ByteArrayOutputStream progress = new ByteArrayOutputStream();

        int exit = Bench.run(
                List.of(
                        "--ci",
                        "--only",
                        Arrays.stream(ConsoleBenchmark.values())
                                .map(ConsoleBenchmark::id)
                                .collect(Collectors.joining(","))),
                new PrintStream(results, true, StandardCharsets.UTF_8),
                new PrintStream(progress, true, StandardCharsets.UTF_8));

        String lines = results.toString(StandardCharsets.UTF_8);
        assertThat(exit).as(progress.toString(StandardCharsets.UTF_8) + lines).isZero();
        for (ConsoleBenchmark each : ConsoleBenchmark.values()) {
            assertThat(lines)
                    .contains("{\"bench\":\"" + each.id() + "\",\"subject\":\"static\"")
                    .contains("{\"bench\":\"" + each.id() + "\",\"subject\":\"tandem\"");
        }
    }

    @Test
    void everyScenarioOfOpcDaHasAResultAndTandemLosesAndDoublesNothing() throws Exception {
        ByteArrayOutputStream results = new ByteArrayOutputStream();
        ByteArrayOutputStream progress = new ByteArrayOutputStream();

        int exit = Bench.run(
                List.of(
                        "--ci",
                        "--only",
                        Arrays.stream(DaBenchmark.values()).map(DaBenchmark::id).collect(Collectors.joining(","))),
                new PrintStream(results, true, StandardCharsets.UTF_8),
                new PrintStream(progress, true, StandardCharsets.UTF_8));

        String lines = results.toString(StandardCharsets.UTF_8);
        assertThat(exit).as(progress.toString(StandardCharsets.UTF_8) + lines).isZero();
        for (String id : List.of("B-D1", "B-D2", "B-D3", "B-D4")) {
            assertThat(lines).contains("{\"bench\":\"" + id + "\",\"subject\":\"tandem\"");
        }
        assertThat(lines)
                .contains("{\"bench\":\"B-C4\",\"subject\":\"ours\"")
                .contains("{\"bench\":\"B-C4\",\"subject\":\"utgard\"");
    }
}
