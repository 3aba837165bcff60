package org.tandemopc.testkit.requirement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tandemopc.testkit.Requirement;

class CoverageReportTest {
    @Test
    void idsAreCountedByProtocolAndTheOthersAreNamed() {
        String report = CoverageReport.render(
                List.of("ANY\tGEN-7\ta.T.one", "UA\tGEN-7\ta.T.two", "UA\tGEN-7\ta.T.two", "UA\tS1\ta.T.three"));

        assertThat(report).contains("2 of " + RequirementIds.all().size() + " ids");
        assertThat(report).containsPattern("\\| GEN-7 \\| .* \\| 1 \\| 1 \\|  \\|");
        assertThat(report).containsPattern("\\| S1 \\| .* \\|  \\| 1 \\|  \\|");
        assertThat(report.substring(report.indexOf("## Without")))
                .contains("| GEN-8 |")
                .doesNotContain("| S1 |");
    }

    @Test
    void lineWithAnUnknownIdIsRefused() {
        assertThatThrownBy(() -> CoverageReport.render(List.of("UA\tGEN-99\ta.T.one")))
                .hasMessageContaining("GEN-99");
    }

    @Test
    void testClassThatNamesAnUnknownIdFails() {
        assertThatThrownBy(() -> KnownIds.check(NamesAnUnknownId.class))
                .hasMessageContaining("GEN-99")
                .hasMessageContaining("NamesAnUnknownId");
    }

    /** Control: known ids pass. */
    @Test
    void testClassThatNamesKnownIdsIsFine() {
        KnownIds.check(NamesKnownIds.class);
    }

    @Test
    void listHoldsEveryKindOfId() {
        assertThat(RequirementIds.all()).containsKeys("CON-1", "EVT-PROM-S", "S36", "I12", "M7", "ML2");
        assertThat(RequirementIds.all()).hasSize(254 + 36 + 12 + 9);
    }

    static final class NamesAnUnknownId {
        @Requirement("GEN-99")
        void test() {}
    }

    static final class NamesKnownIds {
        @Requirement({"GEN-7", "M1"})
        void test() {}
    }
}
