package org.tandemopc.core.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tandemopc.core.pair.Pair.PRIMARY;
import static org.tandemopc.core.pair.Pair.SECONDARY;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.core.pair.MemberHealth.Link;
import org.tandemopc.core.pair.PairState.Phase;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.testkit.Requirement;

final class DampingTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    @Requirement({"S15"})
    void penaltyHalvesEveryMinute() {
        Damping damping = DampingPolicy.failed(Damping.NONE, 0);

        assertThat(DampingPolicy.pointsAt(damping, 0)).isEqualTo(1000);
        assertThat(DampingPolicy.pointsAt(damping, 60 * SECOND)).isEqualTo(500);
        assertThat(DampingPolicy.pointsAt(damping, 120 * SECOND)).isEqualTo(250);
    }

    @Test
    @Requirement({"S15"})
    void twoThousandSuppressesUntilSevenHundredAndFifty() {
        Damping damping = DampingPolicy.failed(DampingPolicy.failed(Damping.NONE, 0), 0);
        long reuse = DampingPolicy.reuseNanos(damping);

        assertThat(damping.suppressed()).isTrue();
        assertThat(DampingPolicy.isSuppressed(damping, reuse - SECOND)).isTrue();
        assertThat(DampingPolicy.isSuppressed(damping, reuse)).isFalse();
        assertThat(DampingPolicy.pointsAt(damping, reuse)).isBetween(748L, 750L);
    }

    /** Each suppression soon after another holds twice as long, up to ten minutes. */
    @Test
    @Requirement({"S15"})
    void holdDownDoublesToTenMinutes() {
        Damping damping = Damping.NONE;
        long now = 0;
        long[] expectedSeconds = {60, 120, 240, 480, 600, 600};
        for (long expected : expectedSeconds) {
            damping = DampingPolicy.failed(DampingPolicy.failed(damping, now), now);
            assertThat((damping.holdUntilNanos() - now) / SECOND).isEqualTo(expected);
            now = DampingPolicy.reuseNanos(damping);
        }
    }

    @Test
    @Requirement({"S15"})
    void nothingDecaysWhileTheMemberIsDown() {
        Damping damping = DampingPolicy.frozen(DampingPolicy.failed(Damping.NONE, 0), 0);

        assertThat(DampingPolicy.pointsAt(damping, 3600 * SECOND)).isEqualTo(1000);
        assertThat(DampingPolicy.pointsAt(DampingPolicy.thawed(damping, 3600 * SECOND), 3660 * SECOND))
                .isEqualTo(500);
    }

    /** The rule of S15: whatever the rate, away, back, away; and the policy's choice in the end. */
    @ParameterizedTest(name = "{0} Hz")
    @ValueSource(doubles = {0.1, 0.13, 0.2, 0.5, 1, 2, 3.3, 5, 10})
    @Requirement({"S15", "I10", "M5"})
    void aPrimaryThatComesAndGoesCausesThreeSwitchesAtMost(double hertz) {
        Pair pair = Pair.serving(Mode.HOT);
        pair.pass(60);
        pair.forget();
        long start = pair.now();

        while (pair.now() - start < 600 * SECOND) {
            long phase = (long) ((pair.now() - start) / 1e9 * hertz * 2);
            live(pair, phase % 2 == 1);
        }

        assertThat(pair.records(RecordKind.PROMOTED)).hasSizeBetween(1, 3);
        assertThat(pair.phase()).isEqualTo(new Phase.Serving(SECONDARY));
        while (pair.now() - start < 1400 * SECOND) {
            live(pair, true);
        }
        assertThat(pair.phase()).isEqualTo(new Phase.Serving(PRIMARY));
        assertThat(pair.records(RecordKind.PROMOTED)).hasSizeBetween(2, 4);
    }

    /** Ten milliseconds of a world in which the primary is up or down; it answers at once. */
    private static void live(Pair pair, boolean isUp) {
        if (!isUp && pair.member(PRIMARY).isOpen()) {
            pair.lost(PRIMARY);
        }
        if (pair.member(PRIMARY).link() == Link.OPENING) {
            if (isUp) {
                pair.opened(PRIMARY);
                pair.synchronizedOn(PRIMARY);
            } else {
                pair.failed(PRIMARY);
            }
        }
        finish(pair);
        pair.pass(0.01);
    }

    /** The same rule for a member that only says that it is bad: its link never closes. */
    @ParameterizedTest(name = "{0} Hz")
    @ValueSource(doubles = {0.1, 1, 10})
    @Requirement({"S15", "I10"})
    void aPrimaryWhoseStateComesAndGoesCausesThreeSwitchesAtMost(double hertz) {
        Pair pair = Pair.serving(Mode.WARM);
        pair.pass(60);
        long start = pair.now();

        while (pair.now() - start < 600 * SECOND) {
            pair.reported(PRIMARY, Pair.in(ServerCondition.State.FAILED, 255));
            finish(pair);
            pair.pass(0.5 / hertz);
            pair.reported(PRIMARY, Pair.running(255));
            finish(pair);
            pair.pass(0.5 / hertz);
        }

        assertThat(pair.records(RecordKind.PROMOTED)).hasSize(3);
    }

    @Test
    @Requirement({"S15"})
    void aFlappingMemberIsTakenAtOnceWhenTheOtherIsLost() {
        Pair pair = suppressedPrimary();

        pair.lost(SECONDARY);

        assertThat(pair.lastOrders())
                .contains(new PairEffect.RehomeRelays(pair.state().epoch(), PRIMARY));
    }

    @Test
    @Requirement({"S15"})
    void aPersonMayForgetTheFailures() {
        Pair pair = suppressedPrimary();

        pair.on(new PairEvent.DampingReset(pair.now(), "operator"));

        assertThat(pair.lastOrders())
                .contains(new PairEffect.RehomeRelays(pair.state().epoch(), PRIMARY));
    }

    /** Else whoever has started a server again waits for up to 30 s more. */
    @ParameterizedTest
    @EnumSource
    @Requirement({"S15", "S16"})
    void aPersonWhoForgetsTheFailuresHasTheMemberAskedAtOnceAndThePausesBeginAnew(Mode mode) {
        Pair pair = Pair.serving(mode);
        pair.pass(60);
        pair.lost(mode == Mode.COLD ? PRIMARY : SECONDARY);
        for (int i = 0; i < 300; i++) {
            asked(pair).forEach(pair::failed);
            pair.pass(1);
        }
        asked(pair).forEach(pair::failed);
        assertThat(asked(pair)).isEmpty();

        pair.on(new PairEvent.DampingReset(pair.now(), "operator"));

        assertThat(asked(pair)).hasSize(1);
        asked(pair).forEach(pair::failed);
        pair.pass(0.7);
        assertThat(asked(pair)).hasSize(1);
    }

    private static List<Integer> asked(Pair pair) {
        return Stream.of(PRIMARY, SECONDARY)
                .filter(member -> pair.member(member).link() == Link.OPENING)
                .toList();
    }

    @Test
    @Requirement({"S15"})
    void aPersonMaySwitchToAFlappingMember() {
        Pair pair = suppressedPrimary();

        pair.switchTo(PRIMARY);

        assertThat(pair.lastOrders())
                .contains(new PairEffect.RehomeRelays(pair.state().epoch(), PRIMARY));
    }

    /** Control of the three above: without them it stays on the secondary until the penalty has decayed. */
    @Test
    @Requirement({"S15"})
    void theReturnComesByItselfWhenThePenaltyHasDecayed() {
        Pair pair = suppressedPrimary();
        pair.pass(55);
        assertThat(pair.phase()).isEqualTo(new Phase.Serving(SECONDARY));

        for (int i = 0; i < 120; i++) {
            pair.pass(1);
            finish(pair);
        }

        assertThat(pair.phase()).isEqualTo(new Phase.Serving(PRIMARY));
    }

    private static Pair suppressedPrimary() {
        Pair pair = Pair.serving(Mode.HOT);
        pair.pass(60);
        for (int i = 0; i < 600; i++) {
            live(pair, i / 100 % 2 == 1);
        }
        while (!pair.member(PRIMARY).isSynchronized()) {
            live(pair, true);
        }
        assertThat(pair.phase()).isEqualTo(new Phase.Serving(SECONDARY));
        return pair;
    }

    private static void finish(Pair pair) {
        if (pair.phase() instanceof Phase.Switching) {
            pair.rehomed();
        }
    }
}
