package org.tandemopc.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.bench.da.DaBenchmark;
import org.tandemopc.bench.failover.Fault;
import org.tandemopc.bench.failover.Feed;
import org.tandemopc.bench.failover.Subject;
import org.tandemopc.bench.load.Load;

class OptionsTest {
    @Test
    void everythingIsMeasuredTwentyTimesUnlessAskedOtherwise() {
        Options options = Options.parse(List.of());

        assertThat(options.failover().faults()).containsExactly(Fault.values());
        assertThat(options.load().loads()).containsExactly(Load.values());
        assertThat(options.da().benchmarks()).containsExactly(DaBenchmark.values());
        assertThat(options.da().faults()).isEqualTo(20);
        assertThat(options.da().clients()).isEqualTo(100);
        assertThat(options.failover().feeds()).containsExactly(Feed.values());
        assertThat(options.failover().asked(Fault.KILL, Feed.WIDE))
                .containsEntry(Subject.TANDEM_WARM, 20)
                .containsEntry(Subject.MILO_WARM, 20)
                .containsEntry(Subject.TANDEM_COLD, 10)
                .containsEntry(Subject.MILO_COLD, 10)
                .containsEntry(Subject.HAPROXY, 2);
        assertThat(options.failover().asked(Fault.SUSPICION, Feed.WIDE)).isEmpty();
        assertThat(options.failover().repetitions()).isEqualTo(20);
        assertThat(options.wants(Options.LATENCY)).isTrue();
        assertThat(options.wants(Options.START)).isTrue();
        assertThat(options.start().runs()).isEqualTo(10);
    }

    @Test
    void ciMeasuresEachScenarioOnce() {
        Options options = Options.parse(List.of("--ci"));

        assertThat(options.failover().repetitions()).isEqualTo(1);
        assertThat(options.failover().faults()).containsExactly(Fault.values());
        assertThat(options.load().loads()).containsExactly(Load.values());
        assertThat(options.load().runs()).isEqualTo(1);
        assertThat(options.da().benchmarks()).containsExactly(DaBenchmark.values());
        assertThat(options.da().faults()).isEqualTo(1);
        assertThat(options.failover().asked(Fault.HANG, Feed.WIDE)).hasSize(7).containsValue(1);
        assertThat(options.failover().asked(Fault.HANG, Feed.FAST))
                .containsOnlyKeys(Subject.TANDEM_HOT, Subject.MILO_HOT);
        assertThat(options.wants(Options.LATENCY)).isTrue();
    }

    /** In a time in which a machine can be kept quiet for it. */
    @Test
    void allOfOpcDaTakesLessThanTwelveMinutes() {
        Options options = Options.parse(List.of("--only", "B-D1,B-C4,B-D2,B-D3,B-D4"));

        assertThat(options.failover().faults()).isEmpty();
        assertThat(options.load().loads()).isEmpty();
        assertThat(options.da().benchmarks()).containsExactly(DaBenchmark.values());
        assertThat(options.seconds()).isBetween(60.0, 12 * 60.0);
    }

    @Test
    void choiceLeavesOutTheRest() {
        Options options = Options.parse(
                List.of("--only", "B-F2", "--subjects", "tandem-hot,milo-hot", "--reps", "3", "--feeds", "1000x100ms"));

        assertThat(options.failover().faults()).containsExactly(Fault.HANG);
        assertThat(options.failover().feeds()).containsExactly(Feed.WIDE);
        assertThat(options.failover().asked(Fault.HANG, Feed.WIDE))
                .containsExactly(Map.entry(Subject.TANDEM_HOT, 3), Map.entry(Subject.MILO_HOT, 3));
        assertThat(options.failover().repetitions()).isEqualTo(3);
        assertThat(options.wants(Options.LATENCY)).isFalse();
        assertThat(options.load().loads()).isEmpty();
    }

    @Test
    void sizesAreChosenByNumber() {
        Options options = Options.parse(
                List.of("--only", "B-S1,B-S2", "--items", "10,20", "--sessions", "30", "--time", "4", "--runs", "2"));

        assertThat(options.load().loads()).containsExactly(Load.ITEMS, Load.SESSIONS);
        assertThat(options.load().items()).containsExactly(10, 20);
        assertThat(options.load().sessions()).isEqualTo(30);
        assertThat(options.load().time()).isEqualTo(Duration.ofSeconds(4));
        assertThat(options.load().runs()).isEqualTo(2);
    }

    /** docs/benchmarks.md is made by one command in three quarters of an hour. */
    @Test
    void wholeRunIsExpectedToTakeNoMoreThanAnHourAndTheShortOneMinutes() {
        assertThat(Options.parse(List.of("--write")).seconds()).isBetween(20 * 60.0, 60 * 60.0);
        // the start-up and the console are a minute and a half of it
        assertThat(Options.parse(List.of("--ci")).seconds()).isLessThan(11 * 60.0);
        assertThat(Options.parse(List.of("--only", "B-T1,B-T2")).seconds()).isLessThan(6 * 60.0);
    }

    @Test
    void figuresOfAProfiledRunAreNotWritten() {
        assertThat(Options.parse(List.of("--profile", "--only", "B-T1")).profile())
                .isTrue();
        assertThatThrownBy(() -> Options.parse(List.of("--profile", "--write")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--profile");
    }

    @Test
    void pageOfEarlierRunsNeedsTheirFilesOnly() {
        Options options = Options.parse(List.of("--write", "--from", "f1.jsonl,l1.jsonl"));

        assertThat(options.from()).containsExactly(Path.of("f1.jsonl"), Path.of("l1.jsonl"));
        assertThat(options.write()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--reps",
                "--reps 0",
                "--reps many",
                "--only B-X9",
                "--items 10,many",
                "--feeds all",
                "--subjects tandem-tepid",
                "--verbose 1",
                "1",
                "--from a.jsonl --reps 3",
                "--from a.jsonl --ci"
            })
    void mistakeIsNotIgnored(String line) {
        assertThatThrownBy(() -> Options.parse(Arrays.asList(line.split(" "))))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
