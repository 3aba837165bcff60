package org.tandemopc.relay.da.front;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.Quality;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/**
 * A standby leads while the active is overdue. Two counters tick each {@link #TICK_MS}; tick n is shown at n ticks under that time, by
 * the active 1 ms later than by the standby. Times in ms since the beginning.
 */
class GroupStreamLeadTest {
    private static final long TICK_MS = 10;
    private static final int LEARNED = 20;
    private static final long START_NANOS = 1_000_000_000_000L;
    private static final long START_TICKS = 1_000_000_000L;

    private final StreamedGroup group = new StreamedGroup();
    private final WaitingBudget budget = new WaitingBudget();
    private final GroupStream stream = new GroupStream(group, budget);
    private final List<Integer> told = new ArrayList<>();
    private final List<Integer> toldOfOther = new ArrayList<>();
    private final List<Quality> qualities = new ArrayList<>();
    private double nowMs;
    private double toldMs;

    /** What a callback of a counter's tick holds. */
    private static OpcItemChange[] tick(int tick) {
        return new OpcItemChange[] {change(1, tick, tick * TICK_MS), change(2, 1_000 + tick, tick * TICK_MS)};
    }

    private static OpcItemChange change(int item, int value, long timeMs) {
        return change(item, value, timeMs, Quality.GOOD);
    }

    private static OpcItemChange change(int item, int value, long timeMs, Quality quality) {
        return new OpcItemChange(item, new Variant.I4(value), quality, new FileTime(START_TICKS + timeMs * 10_000), 0);
    }

    private long nanos() {
        return START_NANOS + (long) (nowMs * 1_000_000);
    }

    private void hear(List<OpcItemChange> changes) {
        for (OpcItemChange change : changes) {
            int value = ((Variant.I4) change.value()).value();
            if (change.clientHandle() <= 2) {
                (change.clientHandle() == 1 ? told : toldOfOther).add(value);
                qualities.add(change.quality());
                toldMs = nowMs;
            }
        }
    }

    /** Time passes, and whatever is due meanwhile happens at its time. */
    private void at(double ms) {
        while (stream.nextNanos() <= START_NANOS + (long) (ms * 1_000_000)) {
            double dueMs = (stream.nextNanos() - START_NANOS) / 1e6;
            nowMs = Math.max(nowMs, dueMs);
            long before = stream.nextNanos();
            hear(stream.tick(Math.max(before, nanos())));
            assertThat(stream.nextNanos()).as("it goes on").isGreaterThan(before);
        }
        nowMs = ms;
    }

    private void arrives(int member, OpcItemChange... changes) {
        hear(stream.arrived(member, List.of(changes), nanos()));
    }

    private void promote(int member) {
        hear(stream.promote(member, nanos()));
    }

    private void bothTick(int from, int to) {
        for (int tick = from; tick <= to; tick++) {
            at(tick * TICK_MS);
            arrives(1, tick(tick));
            at(tick * TICK_MS + 1);
            arrives(0, tick(tick));
        }
    }

    private void standbyTicks(int from, int to) {
        for (int tick = from; tick <= to; tick++) {
            at(tick * TICK_MS);
            arrives(1, tick(tick));
        }
    }

    private void requireTicks(int from, int to) {
        assertThat(told)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(from, to).boxed().toList());
        assertThat(toldOfOther)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1_000 + from, 1_000 + to).boxed().toList());
    }

    @BeforeEach
    void bothHaveTicked() {
        promote(0);
        bothTick(1, LEARNED);
        requireTicks(1, LEARNED);
    }

    /** The client waits for little longer than it always does: the target is a fifth more. */
    @Test
    @Requirement(
            value = {"S7", "S17"},
            protocol = Protocol.DA)
    void whileTheActiveHangsTheClientGetsWhatTheStandbySaysAtOnce() {
        double lastMs = toldMs;
        at((LEARNED + 1) * TICK_MS);
        arrives(1, tick(LEARNED + 1));
        at((LEARNED + 2) * TICK_MS - 1);

        requireTicks(1, LEARNED + 1);
        assertThat(stream.source()).isEqualTo(1);
        assertThat(stream.isLive(0)).isTrue();
        assertThat(toldMs - lastMs).isBetween((double) TICK_MS, 1.4 * TICK_MS);

        standbyTicks(LEARNED + 2, LEARNED + 50);
        requireTicks(1, LEARNED + 50);
        assertThat(toldMs).as("from then on without any delay").isEqualTo((LEARNED + 50) * TICK_MS);
    }

    @Test
    @Requirement(
            value = {"S7", "S17", "I7"},
            protocol = Protocol.DA)
    void withTheDecisionTheStreamJustGoesOn() {
        standbyTicks(LEARNED + 1, LEARNED + 10);
        promote(1);
        standbyTicks(LEARNED + 11, LEARNED + 20);

        requireTicks(1, LEARNED + 20);
        assertThat(stream.hasOverflowed(1)).isFalse();
    }

    /** The zombie's queue, after the decision. */
    @Test
    @Requirement(
            value = {"S8", "I7"},
            protocol = Protocol.DA)
    void whatTheFormerActiveStillSaysAfterTheDecisionIsForNobody() {
        standbyTicks(LEARNED + 1, LEARNED + 10);
        promote(1);
        for (int tick = LEARNED + 1; tick <= LEARNED + 10; tick++) {
            arrives(0, tick(tick));
        }
        standbyTicks(LEARNED + 11, LEARNED + 12);

        requireTicks(1, LEARNED + 12);
    }

    /** It only stalled: what it says then the client has, and from there on it is the source again. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Requirement(
            value = {"S8", "S17", "I7"},
            protocol = Protocol.DA)
    void afterAStallTheActiveIsHeardAgainWhoeverIsFirstThen(boolean isStandbyFirst) {
        standbyTicks(LEARNED + 1, LEARNED + 10);
        assertThat(stream.source()).isEqualTo(1);
        for (int tick = LEARNED + 1; tick <= LEARNED + 9; tick++) {
            arrives(0, tick(tick));
            assertThat(stream.source()).as("at tick %d", tick).isEqualTo(1);
        }
        int next = LEARNED + 11;
        if (isStandbyFirst) {
            arrives(0, tick(next - 1));
            at(next * TICK_MS);
            arrives(1, tick(next));
            at(next * TICK_MS + 1);
            arrives(0, tick(next));
        } else {
            at(next * TICK_MS);
            arrives(0, tick(next - 1));
            arrives(0, tick(next));
            at(next * TICK_MS + 1);
            arrives(1, tick(next));
        }

        assertThat(stream.source()).isZero();
        bothTick(LEARNED + 12, LEARNED + 100);
        requireTicks(1, LEARNED + 100);
        assertThat(budget.taken()).isZero();
    }

    /** The active may be ahead when it speaks again: its values wait until the standby has said what lies between. */
    @Test
    @Requirement(
            value = {"S17", "I7"},
            protocol = Protocol.DA)
    void anActiveThatComesBackAheadOfTheStandbyLosesNothing() {
        standbyTicks(LEARNED + 1, LEARNED + 3);
        at((LEARNED + 6) * TICK_MS);
        arrives(0, tick(LEARNED + 5));
        arrives(0, tick(LEARNED + 6));
        assertThat(stream.source()).isEqualTo(1);
        arrives(1, tick(LEARNED + 4));
        arrives(1, tick(LEARNED + 5));
        arrives(1, tick(LEARNED + 6));
        bothTick(LEARNED + 7, LEARNED + 60);

        requireTicks(1, LEARNED + 60);
        assertThat(stream.source()).isZero();
    }

    /** Each wrong suspicion makes the next come later, and shows the client nothing. */
    @Test
    @Requirement(value = "S17", protocol = Protocol.DA)
    void anActiveThatStallsAgainAndAgainShowsTheClientNothing() {
        int tick = LEARNED;
        double firstMs = 0;
        double lastMs = 0;
        for (int stall = 0; stall < 5; stall++) {
            double before = toldMs;
            standbyTicks(tick + 1, tick + 1);
            at((tick + 5) * TICK_MS);
            lastMs = toldMs - before;
            firstMs = stall == 0 ? lastMs : firstMs;
            standbyTicks(tick + 5, tick + 5);
            for (int late = tick + 1; late <= tick + 5; late++) {
                arrives(0, tick(late));
            }
            bothTick(tick + 6, tick + 12);
            tick += 12;
        }

        assertThat(told).isSorted().doesNotHaveDuplicates().contains(tick);
        assertThat(lastMs).isGreaterThan(firstMs);
        assertThat(stream.source()).isZero();
    }

    // ---- where it is not proven

    @Test
    @Requirement(value = "S10", protocol = Protocol.DA)
    void aStandbyThatSaysOtherValuesDoesNotLead() {
        at((LEARNED + 1) * TICK_MS);
        arrives(1, change(1, 77, (LEARNED + 1) * TICK_MS), change(2, 1_000 + LEARNED + 1, (LEARNED + 1) * TICK_MS));
        at((LEARNED + 1) * TICK_MS + 1);
        arrives(0, tick(LEARNED + 1));
        standbyTicks(LEARNED + 2, LEARNED + 2);
        at((LEARNED + 2) * TICK_MS + 1);
        arrives(1, change(1, 88, (LEARNED + 2) * TICK_MS + 1));
        arrives(0, change(1, LEARNED + 2, (LEARNED + 2) * TICK_MS), change(1, 5, (LEARNED + 2) * TICK_MS + 1));
        standbyTicks(LEARNED + 3, LEARNED + 20);

        assertThat(stream.source()).as("it has not said 5").isZero();
        assertThat(told).doesNotContain(77, 88).endsWith(LEARNED + 2, 5);
    }

    /** One that loses its devices says so of all items; the active, which has nothing new to tell, is as well as ever. */
    @Test
    @Requirement(
            value = {"S10", "I6"},
            protocol = Protocol.DA)
    void aStandbyWhoseItemsTurnBadDoesNotLead() {
        long timeMs = (LEARNED + 1) * TICK_MS;
        at(timeMs);
        arrives(1, change(1, LEARNED, timeMs, Quality.BAD), change(2, 1_000 + LEARNED, timeMs, Quality.BAD));
        at(timeMs + 1_000);

        assertThat(stream.source()).isZero();
        requireTicks(1, LEARNED);
        assertThat(qualities).containsOnly(Quality.GOOD);
    }

    /** It leads, and then its items turn bad: the client hears of the active, or of nobody, until the decision. */
    @Test
    @Requirement(value = "S10", protocol = Protocol.DA)
    void aStandbyLeadsNoLongerThanItsQualitiesStay() {
        standbyTicks(LEARNED + 1, LEARNED + 5);
        long timeMs = (LEARNED + 6) * TICK_MS;
        at(timeMs);
        arrives(1, change(1, LEARNED + 5, timeMs, Quality.BAD));
        at(timeMs + 10_000);
        assertThat(stream.source()).isZero();
        assertThat(qualities).containsOnly(Quality.GOOD);
        requireTicks(1, LEARNED + 5);

        promote(1);
        assertThat(qualities).endsWith(Quality.BAD);
    }

    /** It led with a value that the active does not have: as soon as that one is heard again, its word counts. */
    @Test
    @Requirement(
            value = {"S10", "I4"},
            protocol = Protocol.DA)
    void aClientDoesNotStayWithWhatOnlyAStandbyHas() {
        standbyTicks(LEARNED + 1, LEARNED + 3);
        long timeMs = (LEARNED + 4) * TICK_MS;
        at(timeMs);
        arrives(1, change(1, 777, timeMs - 1));
        for (int i = 1; i <= 2_000; i++) {
            at(timeMs + i * TICK_MS);
            arrives(0, change(2, 5_000 + i, timeMs + i * TICK_MS));
        }

        assertThat(stream.source()).isZero();
        assertThat(told).endsWith(777, LEARNED);
    }

    /** Both are quiet, and the standby says something by itself: an active that is silent as always is not overdue. */
    @Test
    @Requirement(value = "S10", protocol = Protocol.DA)
    void anActiveThatIsSilentAsUsualIsNotOverdue() {
        long now = LEARNED * TICK_MS;
        for (int i = 1; i <= 20; i++) {
            now += i % 2 == 0 ? 3_000 : 200;
            at(now);
            arrives(1, change(1, LEARNED + i, now));
            at(now + 1);
            arrives(0, change(1, LEARNED + i, now));
        }
        at(now + 100);
        arrives(1, change(1, 999, now + 100));
        at(now + 3_000);

        assertThat(stream.source()).isZero();
        assertThat(told).doesNotContain(999);
    }

    /** An item that each server stamps by itself: nobody can prove anything. */
    @Test
    @Requirement(value = "S17", protocol = Protocol.DA)
    void anItemWithTimesOfItsOwnKeepsItsGroupWaiting() {
        arrives(0, change(3, 1, 0));
        arrives(1, change(3, 1, 1));
        standbyTicks(LEARNED + 1, LEARNED + 20);

        assertThat(stream.source()).isZero();
        requireTicks(1, LEARNED);

        promote(1);
        assertThat(told).endsWith(LEARNED + 19, LEARNED + 20);
    }

    @Test
    void anItemThatTheClientDoesNotWantProvesNothingAndHindersNothing() {
        arrives(0, change(3, 1_001, 0));
        group.inactive = 3;
        standbyTicks(LEARNED + 1, LEARNED + 2);
        at((LEARNED + 3) * TICK_MS - 1);

        assertThat(stream.source()).isEqualTo(1);
    }

    @Test
    void whereStandbysTellNothingOfUseTheyDoNotLead() {
        group.mayBeLed = false;
        standbyTicks(LEARNED + 1, LEARNED + 20);

        assertThat(stream.source()).isZero();
        requireTicks(1, LEARNED);
    }

    /** Of an item of which the client has nothing, only the active may say the first. */
    @Test
    @Requirement(value = "S10", protocol = Protocol.DA)
    void anItemThatTheClientKnowsNothingOfKeepsItsGroupWaiting() {
        arrives(1, change(3, 1, 0));
        standbyTicks(LEARNED + 1, LEARNED + 20);

        assertThat(stream.source()).isZero();
    }

    /** The active is well, but says something else than the standby from now on: what was decided counts. */
    @Test
    @Requirement(
            value = {"S10", "I7"},
            protocol = Protocol.DA)
    void anActiveThatSaysSomethingElseIsTheSourceAgainAfterAWhile() {
        standbyTicks(LEARNED + 1, LEARNED + 5);
        for (int i = 6; i <= 600; i++) {
            long timeMs = (LEARNED + i) * TICK_MS;
            at(timeMs);
            arrives(1, tick(LEARNED + i));
            arrives(0, change(1, 100_000 + LEARNED + i, timeMs), change(2, 1_000 + LEARNED + i, timeMs));
        }

        assertThat(stream.source()).isZero();
        assertThat(told).isSorted().doesNotHaveDuplicates().contains(LEARNED + 400, 100_000 + LEARNED + 600);
    }

    // ---- connections

    @Test
    @Requirement(value = "S17", protocol = Protocol.DA)
    void aLeadingStandbyThatIsLostLeavesTheClientToTheActive() {
        standbyTicks(LEARNED + 1, LEARNED + 5);
        hear(stream.ended(1, nanos()));
        assertThat(stream.source()).isZero();
        for (int tick = LEARNED + 1; tick <= LEARNED + 30; tick++) {
            at(Math.max(nowMs, tick * TICK_MS));
            arrives(0, tick(tick));
        }

        requireTicks(1, LEARNED + 30);
    }

    @Test
    @Requirement(value = "S17", protocol = Protocol.DA)
    void anActiveThatIsConnectedAnewMeanwhileTakesOverWithItsFirstValues() {
        standbyTicks(LEARNED + 1, LEARNED + 5);
        hear(stream.restarted(0, nanos()));
        assertThat(stream.source()).isEqualTo(1);
        arrives(0, tick(LEARNED + 5));
        assertThat(stream.source()).isZero();
        bothTick(LEARNED + 6, LEARNED + 30);

        requireTicks(1, LEARNED + 30);
    }

    /** All items were told to be bad: nobody leads any more, and what comes next is news. */
    @Test
    @Requirement(value = "S12", protocol = Protocol.DA)
    void withoutAnyMemberNobodyLeads() {
        standbyTicks(LEARNED + 1, LEARNED + 5);
        stream.forgetMarks();
        standbyTicks(LEARNED + 6, LEARNED + 20);
        requireTicks(1, LEARNED + 5);

        arrives(0, tick(LEARNED + 20));
        assertThat(told).endsWith(LEARNED + 20);
    }

    @Test
    void ofThreeMembersTheOneThatIsDecidedForGoesOn() {
        for (int tick = LEARNED + 1; tick <= LEARNED + 10; tick++) {
            at(tick * TICK_MS);
            arrives(1, tick(tick));
            arrives(2, tick(tick));
        }
        assertThat(stream.source()).isEqualTo(1);
        promote(2);
        at((LEARNED + 11) * TICK_MS);
        arrives(1, tick(LEARNED + 11));
        arrives(2, tick(LEARNED + 11));

        requireTicks(1, LEARNED + 11);
    }
}
