package org.tandemopc.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tandemopc.testkit.Requirement;

/**
 * What the checker's silence is worth: it finds each of the planted bugs within a bounded number of drawn schedules, and
 * for the right reason. A test that names a rule shows that the checker can see that rule broken.
 */
class PlantedBugsTest {
    /** Most are found in the first ten; the rarest need two things to go wrong within a moment. */
    private static final long SCHEDULES_MAX = 2000;

    /** @param seed of the first schedule in which the checker reports anything */
    private record Finding(PlantedBug bug, long seed, Violation violation) {}

    private static final Map<PlantedBug, Finding> FINDINGS = new ConcurrentHashMap<>();

    /** All at once: the processors share the work. */
    @BeforeAll
    static void search() {
        PlantedBugs.all().parallelStream().forEach(bug -> {
            Finding finding = firstFinding(bug);
            if (finding != null) {
                FINDINGS.put(bug, finding);
            }
        });
    }

    private static @Nullable Finding firstFinding(PlantedBug bug) {
        long last = bug.story() == null ? SCHEDULES_MAX : 1;
        for (long seed = 1; seed <= last; seed++) {
            Violation violation = bug.run(seed, false).violation();
            if (violation != null) {
                return new Finding(bug, seed, violation);
            }
        }
        return null;
    }

    private static Finding finding(PlantedBug bug) {
        Finding finding = FINDINGS.get(bug);
        if (finding == null) {
            throw new AssertionError("the checker does not see that " + bug);
        }
        return finding;
    }

    static List<PlantedBug> bugs() {
        return PlantedBugs.all();
    }

    @ParameterizedTest
    @MethodSource("bugs")
    void isFoundAndTheRuleIsOneThatItBreaks(PlantedBug bug) {
        Finding finding = finding(bug);

        assertThat(bug.rules())
                .as("seed " + finding.seed() + ": " + finding.violation().getMessage())
                .contains(finding.violation().promise());
    }

    @ParameterizedTest
    @MethodSource("bugs")
    void theScheduleThatShowsTheBugIsCleanWithoutIt(PlantedBug bug) {
        Finding finding = finding(bug);

        assertThat(bug.runWithout(finding.seed(), false).violation())
                .as("seed " + finding.seed())
                .isNull();
    }

    @Test
    void thereAreAtLeastThirtyAndEachIsNamedOnce() {
        assertThat(PlantedBugs.all())
                .hasSizeGreaterThanOrEqualTo(30)
                .extracting(PlantedBug::mistake)
                .doesNotHaveDuplicates();
    }

    @Test
    void aRuleThatABugBreaksIsAnIdOfThePromisesAndNoDefect() {
        assertThat(PlantedBugs.all())
                .allSatisfy(bug -> assertThat(bug.rules())
                        .isNotEmpty()
                        .allMatch(rule -> rule.matches("M[1-7]|ML[12]|I([1-9]|1[0-2])|S([1-9]|[12][0-9]|3[0-6])")));
    }

    @Test
    void aFindingNamesItsSeedAndWhatWasDrawnAndTellsTheStory() {
        PlantedBug bug = PlantedBugs.all().getFirst();
        long seed = finding(bug).seed();

        Simulation.Result result = bug.run(seed, true);

        assertThat(result.knobs().toString()).startsWith("seed=" + seed + " ").contains("mode=", "faults=");
        assertThat(result.timeline()).hasSizeGreaterThan(10);
        assertThat(result.timeline().getLast())
                .contains("VIOLATION", String.valueOf(finding(bug).violation().getMessage()));
    }

    @ParameterizedTest
    @MethodSource("bugs")
    void oneSeedIsOneRun(PlantedBug bug) {
        long seed = finding(bug).seed();

        Simulation.Result once = bug.run(seed, true);
        Simulation.Result again = bug.run(seed, true);

        assertThat(again.timeline()).isEqualTo(once.timeline());
        assertThat(once.violation()).isNotNull();
        assertThat(once.violation()).hasMessage(finding(bug).violation().getMessage());
    }

    /**
     * There are bugs whose first report is this very rule, all bugs that break it are found, and without them their
     * schedules break nothing.
     */
    private static void isSeenBroken(String rule) {
        List<PlantedBug> breaking =
                PlantedBugs.all().stream().filter(bug -> bug.breaks(rule)).toList();
        List<Finding> reported = breaking.stream()
                .map(PlantedBugsTest::finding)
                .filter(finding -> finding.violation().promise().equals(rule))
                .toList();
        assertThat(reported).as("planted bugs that are reported as " + rule).isNotEmpty();
        assertThat(reported)
                .extracting(finding ->
                        finding.bug().runWithout(finding.seed(), false).violation())
                .as("the same schedules without the bugs")
                .containsOnlyNulls();
    }

    @Nested
    class TheCheckerSees {
        @Test
        @Requirement("M1")
        void anEpochThatFallsOrHasTwoActiveMembers() {
            isSeenBroken("M1");
        }

        @Test
        @Requirement("M2")
        void workForAnEpochThatIsOver() {
            isSeenBroken("M2");
        }

        @Test
        @Requirement("M3")
        void aPromotionOfWhatCannotBeUsed() {
            isSeenBroken("M3");
        }

        @Test
        @Requirement("M4")
        void aRequestWithoutExactlyOneAnswer() {
            isSeenBroken("M4");
        }

        @Test
        @Requirement("M5")
        void aPlannedSwitchToWhatFlaps() {
            isSeenBroken("M5");
        }

        @Test
        @Requirement("M6")
        void aSwitchWithoutExactlyOneRecord() {
            isSeenBroken("M6");
        }

        @Test
        @Requirement("M7")
        void connectionsToBothInColdMode() {
            isSeenBroken("M7");
        }

        @Test
        @Requirement("ML1")
        void aPairThatDoesNotComeBack() {
            isSeenBroken("ML1");
        }

        @Test
        @Requirement("ML2")
        void aSecondSwitchWhileBothAreBad() {
            isSeenBroken("ML2");
        }

        @Test
        @Requirement("I1")
        void aWriteThatIsDoneTwice() {
            isSeenBroken("I1");
        }

        @Test
        @Requirement("I2")
        void aRequestToTheWrongMember() {
            isSeenBroken("I2");
        }

        @Test
        @Requirement("I3")
        void aSuccessThatNoMemberGave() {
            isSeenBroken("I3");
        }

        @Test
        @Requirement("I4")
        void aSilentLoss() {
            isSeenBroken("I4");
        }

        @Test
        @Requirement("I5")
        void goodValuesWhileNothingCanBeKnown() {
            isSeenBroken("I5");
        }

        @Test
        @Requirement("I6")
        void anInventedValue() {
            isSeenBroken("I6");
        }

        @Test
        @Requirement("I7")
        void oldAfterNew() {
            isSeenBroken("I7");
        }

        @Test
        @Requirement("I8")
        void aRewrittenTime() {
            isSeenBroken("I8");
        }

        @Test
        @Requirement("I9")
        void aBoundThatIsExceeded() {
            isSeenBroken("I9");
        }

        @Test
        @Requirement("I10")
        void aSwitchForNothing() {
            isSeenBroken("I10");
        }

        @Test
        @Requirement("I11")
        void waitingWithoutEnd() {
            isSeenBroken("I11");
        }

        @Test
        @Requirement("I12")
        void aRecordThatDoesNotExplain() {
            isSeenBroken("I12");
        }
    }
}
