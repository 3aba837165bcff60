package org.tandemopc.service.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.service.rest.RunningService.Answer;
import org.tandemopc.testkit.Await;

/** Figures in the text format of Prometheus, read as Prometheus reads them. */
@Timeout(60)
class MetricsRoutesTest {
    private static final Pattern SAMPLE =
            Pattern.compile("([a-z_]+)(?:\\{((?:[a-z_]+=\"(?:[^\"\\\\\\n]|\\\\.)*\",?)*)})? (-?[0-9.E+-]+|NaN)");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private RunningService service;

    @BeforeEach
    void start() throws IOException {
        service = new RunningService(folder);
    }

    @AfterEach
    void stop() throws IOException {
        service.close();
    }

    private String body() {
        try {
            return service.get("/api/v1/metrics").body();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Map<String, Double> samples() throws IOException {
        Map<String, Double> samples = new TreeMap<>();
        for (String line : service.get("/api/v1/metrics").body().split("\n")) {
            if (!line.startsWith("#")) {
                Matcher matcher = SAMPLE.matcher(line);
                assertThat(matcher.matches()).as(line).isTrue();
                String labels = matcher.group(2) == null ? "" : "{" + matcher.group(2) + "}";
                assertThat(samples.put(matcher.group(1) + labels, Double.valueOf(matcher.group(3))))
                        .as(line)
                        .isNull();
            }
        }
        return samples;
    }

    @Test
    void pairThatServesIsUpAndItsSwitchIsCountedByItsCause() throws IOException {
        assertThat(samples())
                .containsEntry("tandem_pair_up{pair=\"plant1\"}", 0.0)
                .containsEntry("tandem_pair_active_member{pair=\"plant1\"}", -1.0)
                .containsEntry("tandem_pair_switches_total{cause=\"no_answer\",pair=\"plant1\"}", 0.0);

        service.serve();
        service.protocol
                .planes
                .getFirst()
                .listener
                .record(new PairRecord(RecordKind.PROMOTED, "promoted", Map.of("cause", "NO_ANSWER")));

        Await.until(
                "the switch is counted",
                RunningService.SOON,
                () -> body().contains("{cause=\"no_answer\",pair=\"plant1\"} 1.0"));
        assertThat(samples())
                .containsEntry("tandem_pair_up{pair=\"plant1\"}", 1.0)
                .containsEntry("tandem_pair_phase{pair=\"plant1\",phase=\"serving\"}", 1.0)
                .containsEntry("tandem_pair_phase{pair=\"plant1\",phase=\"disabled\"}", 0.0)
                .containsEntry("tandem_pair_active_member{pair=\"plant1\"}", 0.0)
                .containsEntry("tandem_pair_switches_total{cause=\"no_answer\",pair=\"plant1\"}", 1.0)
                .containsEntry("tandem_pair_switches_total{cause=\"ordered\",pair=\"plant1\"}", 0.0)
                .containsEntry(
                        "tandem_member_connected{machine=\"opc.tcp://a:4840\",member=\"0\",pair=\"plant1\",role=\"primary\"}",
                        1.0)
                .containsEntry(
                        "tandem_member_service_level{machine=\"opc.tcp://a:4840\",member=\"0\",pair=\"plant1\",role=\"primary\"}",
                        255.0)
                .containsEntry(
                        "tandem_member_round_trip_seconds{machine=\"opc.tcp://a:4840\",member=\"0\",pair=\"plant1\",role=\"primary\"}",
                        0.001)
                .containsEntry("tandem_front_door_open", 1.0);
    }

    @Test
    void figuresOfTheProcessArePlausible() throws IOException {
        Map<String, Double> samples = samples();

        assertThat(samples.get("jvm_memory_used_bytes{area=\"heap\"}")).isGreaterThan(1e6);
        assertThat(samples.get("jvm_threads_current")).isBetween(3.0, 1000.0);
        assertThat(samples.get("process_open_fds")).isBetween(3.0, samples.get("process_max_fds"));
        assertThat(samples).containsKey("jvm_buffer_pool_used_bytes{pool=\"direct\"}");
        assertThat(samples.get("process_cpu_seconds_total")).isPositive();
    }

    @Test
    void typeAndHelpStandBeforeEachFigureAndTheContentTypeIsThatOfTheFormat() throws IOException {
        Answer answer = service.get("/api/v1/metrics");

        assertThat(answer.head()).containsIgnoringCase("content-type: text/plain; version=0.0.4");
        assertThat(answer.body())
                .contains("# TYPE tandem_pair_switches_total counter\n", "# TYPE tandem_pair_up gauge\n");
    }

    /** docs/reference/metrics.md has a row for each figure, and none for another. */
    @Test
    void pageHasEveryFigureWithItsTypeAndItsLabels() throws IOException {
        service.serve();
        Map<String, String> said = new TreeMap<>();
        Matcher row = Pattern.compile("(?m)^\\| `([a-z_]+)` \\| (gauge|counter) \\| ([^|]*) \\| [^|]+ \\|$")
                .matcher(Files.readString(Path.of("..", "docs", "reference", "metrics.md")));
        while (row.find()) {
            said.put(row.group(1), row.group(2) + " " + row.group(3).replace("`", ""));
        }
        Map<String, String> given = new TreeMap<>();
        String body = service.get("/api/v1/metrics").body();
        for (String sample : samples().keySet()) {
            String name = sample.replaceFirst("\\{.*", "");
            boolean isCounter = body.contains("# TYPE " + name + " counter");
            String labels = Pattern.compile("([a-z_]+)=\"")
                    .matcher(sample)
                    .results()
                    .map(m -> m.group(1))
                    .collect(java.util.stream.Collectors.joining(", "));
            given.put(name, (isCounter ? "counter" : "gauge") + " " + labels);
        }
        // Only members that tell their time have it.
        given.putIfAbsent("tandem_member_clock_skew_seconds", "gauge machine, member, pair, role");

        assertThat(said).isEqualTo(given);
    }
}
