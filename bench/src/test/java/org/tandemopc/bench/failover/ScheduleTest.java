package org.tandemopc.bench.failover;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static FailoverRun.Plan plan(int repetitions, int perBlock, List<Subject> subjects) {
        return new FailoverRun.Plan(
                List.of(Fault.values()),
                List.of(Feed.values()),
                subjects,
                repetitions,
                perBlock,
                Duration.ofSeconds(5),
                Duration.ofSeconds(15),
                Pace.FAST);
    }

    private static int repetitions(List<Schedule.Block> blocks, Feed feed, Fault fault, Subject subject) {
        return blocks.stream()
                .filter(b -> b.feed() == feed && b.fault() == fault && b.subject() == subject)
                .mapToInt(Schedule.Block::count)
                .sum();
    }

    @Test
    void subjectsOfATargetGetAllRepetitionsAndTheOthersTheirShare() {
        List<Schedule.Block> blocks = Schedule.of(plan(20, 5, List.of(Subject.values())));

        for (Fault fault : List.of(Fault.KILL, Fault.HANG)) {
            assertThat(repetitions(blocks, Feed.WIDE, fault, Subject.TANDEM_HOT))
                    .isEqualTo(20);
            assertThat(repetitions(blocks, Feed.WIDE, fault, Subject.TANDEM_COLD))
                    .isEqualTo(10);
            assertThat(repetitions(blocks, Feed.WIDE, fault, Subject.MILO_HOT)).isEqualTo(20);
            assertThat(repetitions(blocks, Feed.WIDE, fault, Subject.HAPROXY)).isEqualTo(2);
            assertThat(repetitions(blocks, Feed.FAST, fault, Subject.TANDEM_HOT))
                    .isEqualTo(10);
            assertThat(repetitions(blocks, Feed.FAST, fault, Subject.TANDEM_HOT_DEFAULTS))
                    .isEqualTo(2);
        }
    }

    @Test
    void roundsStartWithAnotherSubjectEachAndGoOnCounting() {
        List<Schedule.Block> blocks = Schedule.of(new FailoverRun.Plan(
                List.of(Fault.KILL),
                List.of(Feed.WIDE),
                List.of(Subject.TANDEM_HOT, Subject.MILO_HOT),
                5,
                3,
                Duration.ofSeconds(5),
                Duration.ofSeconds(15),
                Pace.FAST));

        assertThat(blocks)
                .containsExactly(
                        new Schedule.Block(0, Feed.WIDE, Fault.KILL, Subject.TANDEM_HOT, 0, 2),
                        new Schedule.Block(0, Feed.WIDE, Fault.KILL, Subject.MILO_HOT, 0, 2),
                        new Schedule.Block(1, Feed.WIDE, Fault.KILL, Subject.MILO_HOT, 2, 3),
                        new Schedule.Block(1, Feed.WIDE, Fault.KILL, Subject.TANDEM_HOT, 2, 3));
    }

    /** A long hang is seen once in each block; it takes seconds. */
    @Test
    void lastRepetitionOfABlockIsTheLongOne() {
        Schedule.Block block = new Schedule.Block(1, Feed.FAST, Fault.HANG, Subject.TANDEM_HOT, 5, 3);

        assertThat(List.of(block.isLast(0), block.isLast(1), block.isLast(2))).containsExactly(false, false, true);
    }

    @Test
    void oneRepetitionHasEverySubjectOnce() {
        assertThat(Schedule.of(plan(1, 1, List.of(Subject.values()))))
                .hasSize(2 * 2 * Subject.values().length + 4)
                .allMatch(block -> block.count() == 1);
    }

    /** Those that watch their servers as closely as they can, and so can be wrong about them. */
    @Test
    void falseSuspicionConcernsSomeSubjectsOnly() {
        assertThat(Schedule.of(plan(1, 1, List.of(Subject.values()))))
                .filteredOn(block -> block.fault() == Fault.SUSPICION)
                .extracting(Schedule.Block::subject)
                .containsExactly(Subject.TANDEM_HOT, Subject.TANDEM_WARM, Subject.MILO_COLD, Subject.MILO_HOT);
    }

    @Test
    void timeLeftFollowsWhatWasMeasuredAndEndsAtNothing() {
        List<Schedule.Block> blocks =
                Schedule.of(plan(2, 2, List.of(Subject.MILO_HOT))).subList(0, 2);
        TimeLeft left = new TimeLeft(blocks, Duration.ofSeconds(15));
        left.begin(blocks.getFirst());
        left.took(blocks.getFirst(), 100);

        double afterOne = left.seconds(1);
        left.begin(blocks.getLast());

        assertThat(afterOne).isGreaterThan(100);
        assertThat(left.seconds(0)).isBetween(1.0, 99.0);
        assertThat(left.seconds(2)).isZero();
    }
}
