package org.tandemopc.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lines are those of a run, written down. */
class PageTest {
    private static String begin(String... line) {
        return Sitting.begin(Options.parse(List.of(line)), List.of(line));
    }

    private static String repetition(String bench, String subject, double gapMs, int lost, double pressure) {
        return "{\"bench\":\"" + bench + "\",\"subject\":\"" + subject
                + "\",\"feed\":\"1000x100ms\",\"rep\":1,\"victim\":\"A\","
                + "\"discarded\":false,\"recovered\":true,\"gapMs\":" + gapMs + ",\"lost\":" + lost
                + ",\"lostBefore\":0,\"holesAtMs\":\"[" + (lost == 0 ? "" : "-3, 7")
                + "]\",\"doubled\":0,\"reordered\":0,"
                + "\"stale\":0,\"notGood\":0,\"wrongTime\":0,\"alarmsBefore\":0,\"eventsBefore\":0,\"events\":0,"
                + "\"told\":\"\",\"alarms\":0,\"survivorLost\":0,\"stressSeconds\":0,\"readErrors\":0,\"slowestReadMs\":2.00,"
                + "\"slowestReadBeforeMs\":1.00,\"longestBeforeMs\":20.00,\"longestAfterMs\":22.00,\"ageBeforeMs\":3.00,"
                + "\"noticedMs\":null,\"detectMs\":12.00,\"load\":0.10,\"psiSomeAvg10\":" + pressure
                + ",\"psiSomeQuiet\":1.00,\"faults\":\"\"}";
    }

    private static List<String> hotAndItsPeer(int lost, double pressure) {
        List<String> lines = new ArrayList<>();
        lines.add(begin("--only", "B-F1", "--subjects", "tandem-hot,milo-hot", "--reps", "1", "--feeds", "1000x100ms"));
        lines.add(repetition("B-F1", "tandem-hot", 12, lost, pressure));
        lines.add(repetition("B-F1", "milo-hot", 10, 0, 1));
        lines.add(Sitting.end());
        return lines;
    }

    private static Page page(List<String> lines) {
        return new Page(List.of(Sitting.parse(lines)));
    }

    @Test
    void figuresTargetsAndCircumstancesAreOnThePage() {
        Page page = page(hotAndItsPeer(0, 1));

        assertThat(page.violations()).isEmpty();
        assertThat(page.text())
                .contains("`./bench/run --only B-F1 --subjects tandem-hot,milo-hot --reps 1 --feeds 1000x100ms`")
                .contains("- commit: ")
                .contains("- Milo: milo-sdk-client-")
                .containsPattern(
                        "B-F1 1000x100ms median gap, tandem-hot / milo-hot +\\| 1.20 +\\| at most 1.50 +\\| met")
                .containsPattern("longest interval after / before the fault +\\| 1.10 +\\| at most 1.20 +\\| met")
                .containsPattern("tandem-warm / milo-warm +\\| - +\\| at most 1 +\\| not measured")
                .containsPattern("tandem-hot +\\| 1 of 1 +\\| 0 +\\| 12 \\(12..12\\) +\\|")
                .doesNotContain("cut short")
                .doesNotContain("invalid");
    }

    @Test
    void lossThroughTandemIsBrokenAndSaidWithItsRepetition() {
        Page page = page(hotAndItsPeer(2, 1));

        assertThat(page.violations()).containsExactly("B-F1 1000x100ms tandem-hot repetition 1: 2 lost");
        assertThat(page.text()).contains("- BROKEN: B-F1 1000x100ms tandem-hot repetition 1: 2 lost");
    }

    @Test
    void extremesOfABusyMachineAreMarked() {
        assertThat(page(hotAndItsPeer(0, 20.1)).text())
                .contains("**invalid**")
                .containsPattern("tandem-hot +\\| 1 of 1 +\\| 0 +\\| 12 \\(12..12\\) \\? \\|")
                .containsPattern("milo-hot +\\| 1 of 1 +\\| 0 +\\| 10 \\(10..10\\) +\\|");
    }

    @Test
    void runThatWasCutSaysSoAndWhatIsMissing() {
        List<String> lines = hotAndItsPeer(0, 1).subList(0, 2);

        Page page = page(lines);

        assertThat(page.text()).contains("cut short");
        assertThat(page.violations()).containsExactly("B-F1 1000x100ms milo-hot has no result: []");
    }

    @Test
    void sittingsOfDifferentBenchmarksMakeOnePageAndOfTheSameNone() {
        Sitting first = Sitting.parse(hotAndItsPeer(0, 1));
        Sitting second = Sitting.parse(
                List.of(begin("--only", "B-F2", "--subjects", "milo-hot"), repetition("B-F2", "milo-hot", 10, 0, 1)));

        assertThat(new Page(List.of(first, second)).file()).isEqualTo("benchmarks.md");
        assertThat(new Page(List.of(first, second)).text())
                .contains("## The run of B-F1\n")
                .contains("## The run of B-F2\n")
                .contains("1 of 20");
        assertThatThrownBy(() -> new Page(List.of(first, first)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("B-F1");
    }

    @Test
    void figuresOfOpcDaAreOnThePageAndWhatIsMissingIsSaid() {
        String result =
                "{\"bench\":\"B-D2\",\"subject\":\"%s\",\"kind\":\"1,000 values/s\",\"run\":1,\"perSecond\":1000.00,"
                        + "\"shown\":1.00,\"serverCpuUs\":9.00,\"clientCpuUs\":3.00,\"proxyCpuUs\":4.00,\"troubles\":0.00,\"lost\":%d,"
                        + "\"doubled\":0,\"failed\":0,\"psiSomeAvg10\":1.00}";

        Page page = page(List.of(
                begin("--only", "B-D2,B-D4"),
                result.formatted("direct", 0),
                result.formatted("tandem", 3),
                Sitting.end()));

        assertThat(page.file()).isEqualTo("benchmarks-da.md");
        assertThat(page.text())
                .contains("**B-D2**: 100, 1,000 and 5,000 counters")
                .doesNotContain("**B-F1**")
                .contains("## B-D2: OPC DA, a stream of values\n")
                .containsPattern("1,000 values/s +\\| tandem +\\| 1 +\\| 1,000 \\(1,000..1,000\\) ");
        assertThat(page.violations())
                .containsExactly(
                        "B-D2 1,000 values/s run 1: 3 lost, 0 doubled, 0 failed", "B-D4 has no complete result: []");
    }

    /** Such as those from before there were benchmarks of OPC DA. */
    @Test
    void resultsThatDoNotSayWhetherOpcDaWasMeasuredAreRead() {
        String old = begin("--only", "B-F1", "--subjects", "milo-hot", "--reps", "1", "--feeds", "1000x100ms")
                .replaceFirst("\"da\":\"[^\"]*\",", "");
        assertThat(old).doesNotContain("\"da\"");

        Page page = page(List.of(old, repetition("B-F1", "milo-hot", 10, 0, 1), Sitting.end()));

        assertThat(page.violations()).isEmpty();
    }

    @Test
    void fileWithoutItsBeginningIsRefused() {
        assertThatThrownBy(() -> Sitting.parse(List.of(repetition("B-F1", "milo-hot", 10, 0, 1))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Sitting.parse(List.of("no line of results")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
