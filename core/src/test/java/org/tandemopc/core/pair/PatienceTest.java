package org.tandemopc.core.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tandemopc.core.pair.Pair.PRIMARY;
import static org.tandemopc.core.pair.Pair.SECONDARY;

import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.PairEffect.CloseLink;
import org.tandemopc.core.pair.PairEffect.Detach;
import org.tandemopc.core.pair.PairEffect.HoldRelays;
import org.tandemopc.core.pair.PairEffect.OpenLink;
import org.tandemopc.core.pair.PairEffect.ProbeNow;
import org.tandemopc.core.pair.PairEffect.RehomeRelays;
import org.tandemopc.core.pair.PairState.Phase;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.testkit.Requirement;

/** Which late answer is borne with, and for how long. The timeout is 1 s, the interval 2.5 s. */
final class PatienceTest {
    private static final Phase ON_PRIMARY = new Phase.Serving(PRIMARY);

    @Nested
    class WhileTheOtherIsNotReady {
        private static Pair notReady(Mode mode) {
            Pair pair = Pair.serving(mode);
            pair.skip(60);
            pair.lost(SECONDARY);
            pair.opened(SECONDARY);
            return pair;
        }

        /** What the standby cannot know yet would be lost, and whoever is asked again may answer. */
        @ParameterizedTest
        @EnumSource(names = {"WARM", "HOT"})
        @Requirement({"S15"})
        void aSilentMemberIsBorneWithForTwoTimeoutsMore(Mode mode) {
            Pair pair = notReady(mode);

            for (int i = 0; i < PatiencePolicy.UNREADY_TIMEOUTS; i++) {
                pair.missed(PRIMARY);
                assertThat(pair.lastOrders()).containsExactly(new ProbeNow(PRIMARY));
                pair.skip(1);
            }
            assertThat(pair.phase()).isEqualTo(ON_PRIMARY);
            pair.missed(PRIMARY);

            assertThat(pair.lastOrders()).contains(new HoldRelays(2), new CloseLink(PRIMARY));
        }

        @ParameterizedTest
        @EnumSource(names = {"WARM", "HOT"})
        @Requirement({"GAP-3", "S7"})
        void aSilentMemberIsLeftAtOnceWhenItIs(Mode mode) {
            Pair pair = notReady(mode);
            pair.synchronizedOn(SECONDARY);

            pair.missed(PRIMARY);

            assertThat(pair.lastOrders()).contains(new HoldRelays(2), new CloseLink(PRIMARY));
        }
    }

    @Nested
    class HeardOtherwise {
        /** A false alarm must not cost values: notifications still arrive, only the status service is late. */
        @ParameterizedTest
        @EnumSource
        @Requirement({"GAP-3"})
        void keepsAMemberAndAsksItAgain(Mode mode) {
            Pair pair = Pair.serving(mode);

            pair.missedThoughHeard(PRIMARY, 999);

            assertThat(pair.lastOrders()).containsExactly(new ProbeNow(PRIMARY));
            assertThat(pair.phase()).isEqualTo(ON_PRIMARY);
            assertThat(pair.records(RecordKind.STATUS_LOST)).isEmpty();
        }

        /** Control for the test above, and the bound of S7. */
        @ParameterizedTest
        @EnumSource
        @Requirement({"GAP-3", "S7"})
        void butNotWhenThatWasLongerAgoThanTheTimeout(Mode mode) {
            Pair pair = Pair.serving(mode);

            pair.missedThoughHeard(PRIMARY, 1000);

            assertThat(pair.lastOrders()).contains(new HoldRelays(2), new CloseLink(PRIMARY));
        }

        /** A server that stops in the middle of a question was heard since; its next silence is the loss. */
        @Test
        @Requirement({"S7"})
        void onlyUntilNothingIsHeardAnyMore() {
            Pair pair = Pair.serving(Mode.HOT);
            pair.missedThoughHeard(PRIMARY, 300);
            pair.skip(1);

            pair.missedThoughHeard(PRIMARY, 1300);

            assertThat(pair.lastOrders()).contains(new RehomeRelays(2, SECONDARY));
            assertThat(pair.records(RecordKind.STATUS_LOST))
                    .singleElement()
                    .satisfies(r -> assertThat(r.fields()).containsEntry("detail", "no answer within 2000 ms"));
        }

        /** With a timeout above the interval, twice the timeout would be more than interval and timeout. */
        @Test
        @Requirement({"S7"})
        void withinTheIntervalWhereThatIsShorter() {
            Pair pair = Pair.serving(withInterval(Pair.settings(Mode.HOT), 500));

            pair.missedThoughHeard(PRIMARY, 500);

            assertThat(pair.lastOrders()).contains(new RehomeRelays(2, SECONDARY));
        }

        /** A server that delivers values and never says how it is. */
        @Test
        @Requirement({"GAP-3", "S9"})
        void forFourTimeoutsMoreAndNotLonger() {
            Pair pair = Pair.serving(Mode.HOT);
            for (int i = 0; i < 4; i++) {
                pair.missedThoughHeard(PRIMARY, 0);
                assertThat(pair.phase()).isEqualTo(ON_PRIMARY);
                pair.skip(1);
            }

            pair.missedThoughHeard(PRIMARY, 0);

            assertThat(pair.lastOrders()).contains(new RehomeRelays(2, SECONDARY));
        }

        @Test
        @Requirement({"GAP-3"})
        void fromAnAnswerOnAnew() {
            Pair pair = Pair.serving(Mode.HOT);
            pair.missedThoughHeard(PRIMARY, 0);
            pair.skip(3);
            pair.reported(PRIMARY, Pair.running(255));
            pair.skip(3);

            pair.missedThoughHeard(PRIMARY, 0);

            assertThat(pair.phase()).isEqualTo(ON_PRIMARY);
        }

        @Test
        @Requirement({"GAP-3"})
        void doesNotSaveAClosedConnection() {
            Pair pair = Pair.serving(Mode.HOT);
            pair.missedThoughHeard(PRIMARY, 0);

            pair.lost(PRIMARY);

            assertThat(pair.lastOrders()).contains(new RehomeRelays(2, SECONDARY));
        }
    }

    @Nested
    class TheLastUsableMember {
        /** What it costs is a late answer; what leaving it would cost is every value. */
        @Test
        @Requirement({"S11"})
        void isNotCutForALateAnswer() {
            Pair pair = Pair.serving(Mode.WARM);
            pair.lost(SECONDARY);
            pair.failed(SECONDARY);

            pair.missed(PRIMARY);

            assertThat(pair.lastOrders()).containsExactly(new ProbeNow(PRIMARY));
            assertThat(pair.phase()).isEqualTo(ON_PRIMARY);
        }

        /** Both miss one answer in the same moment: the machine is starved, not two servers dead. */
        @ParameterizedTest
        @EnumSource(names = {"WARM", "HOT"})
        @Requirement({"S11", "ML2"})
        void isWhoeverIsLeftWhenBothAreLate(Mode mode) {
            Pair pair = Pair.serving(mode);
            pair.missedThoughHeard(PRIMARY, 100);

            pair.missed(SECONDARY);

            assertThat(pair.lastOrders()).containsExactly(new ProbeNow(SECONDARY));
            assertThat(pair.phase()).isEqualTo(ON_PRIMARY);
        }

        /** The pair goes to the other one, which then is late as well: its link is what the values come over. */
        @Test
        @Requirement({"S11", "ML2"})
        void isTheTargetOfTheSwitchOnceTheOtherIsCut() {
            Pair pair = Pair.serving(Mode.HOT);
            pair.missed(PRIMARY);
            assertThat(pair.lastOrders()).contains(new RehomeRelays(2, SECONDARY));

            pair.missed(SECONDARY);
            pair.rehomed();

            assertThat(pair.phase()).isEqualTo(new Phase.Serving(SECONDARY));
        }

        /** Two timeouts more, then the clients must hear of it (S12). */
        @Test
        @Requirement({"S7", "S12"})
        void isLostWhenItStaysSilent() {
            Pair pair = Pair.serving(Mode.WARM);
            pair.lost(SECONDARY);
            pair.failed(SECONDARY);
            pair.missed(PRIMARY);
            pair.skip(1);
            pair.missed(PRIMARY);
            assertThat(pair.phase()).isEqualTo(ON_PRIMARY);
            pair.skip(1);

            pair.missed(PRIMARY);

            assertThat(pair.lastOrders()).contains(new CloseLink(PRIMARY), new Detach(PRIMARY));
            pair.failed(PRIMARY);
            pair.failed(SECONDARY);
            assertThat(pair.phase()).isInstanceOf(Phase.Stranded.class);
        }

        /** A short timeout is chosen to leave early, not to be left alone early. */
        @Test
        @Requirement({"S11"})
        void isKeptForTwoSecondsAtLeast() {
            Pair pair = Pair.serving(withTimeout(Pair.settings(Mode.WARM), 100));
            pair.lost(SECONDARY);
            pair.failed(SECONDARY);
            pair.missed(PRIMARY);
            pair.skip(1.9);

            pair.missed(PRIMARY);
            assertThat(pair.lastOrders()).containsExactly(new ProbeNow(PRIMARY));
            pair.skip(0.1);
            pair.missed(PRIMARY);

            assertThat(pair.lastOrders()).contains(new CloseLink(PRIMARY));
        }

        @Test
        @Requirement({"S15"})
        void isThePinnedOne() {
            Pair pair = Pair.serving(Mode.HOT);
            pair.pin(PRIMARY);

            pair.missed(PRIMARY);

            assertThat(pair.lastOrders()).containsExactly(new ProbeNow(PRIMARY));
        }

        /** Once another one can serve again, there is no reason to wait. */
        @Test
        @Requirement({"S7"})
        void isNotTheLastWhenTheOtherReturns() {
            Pair pair = Pair.serving(Mode.HOT);
            pair.lost(SECONDARY);
            pair.missed(PRIMARY);
            pair.pass(1);
            pair.opened(SECONDARY);
            pair.synchronizedOn(SECONDARY);

            pair.missed(PRIMARY);

            assertThat(pair.lastOrders()).contains(new RehomeRelays(2, SECONDARY));
        }

        /** Our own pause is no time that it let us wait. */
        @Test
        @Requirement({"S35"})
        void isNotChargedWithAPauseOfOurOwn() {
            Pair pair = Pair.serving(Mode.WARM);
            pair.lost(SECONDARY);
            pair.failed(SECONDARY);
            pair.missed(PRIMARY);
            pair.skip(60);
            pair.paused(60_000);

            pair.missed(PRIMARY);
            pair.missed(PRIMARY);

            assertThat(pair.phase()).isEqualTo(ON_PRIMARY);
        }
    }

    /** Nothing moves to a member that owes an answer while nothing forces it. */
    @Test
    @Requirement({"S14"})
    void failbackWaitsForTheOverdueAnswer() {
        Pair pair = Pair.serving(Mode.HOT);
        pair.skip(60);
        pair.lost(PRIMARY);
        pair.rehomed();
        pair.opened(PRIMARY);
        pair.missedThoughHeard(PRIMARY, 0);

        pair.synchronizedOn(PRIMARY);
        assertThat(pair.phase()).isEqualTo(new Phase.Serving(SECONDARY));
        pair.reported(PRIMARY, Pair.running(255));

        assertThat(pair.lastOrders()).contains(new RehomeRelays(3, PRIMARY));
    }

    @Nested
    class Cold {
        /** The standby is not connected, yet it is there to be tried: the bound of S7 holds. */
        @Test
        @Requirement({"S7", "GAP-3"})
        void leavesASilentActiveAtTheFirstMiss() {
            Pair pair = Pair.serving(Mode.COLD);

            pair.missed(PRIMARY);

            assertThat(pair.lastOrders()).contains(new HoldRelays(2), new OpenLink(SECONDARY));
        }

        /** The dead one would be tried again, for up to 5 s, while the new one only was busy. */
        @Test
        @Requirement({"MODE-C3"})
        void doesNotGiveUpTheNewMemberForALateAnswerWhileItIsSetUp() {
            Pair pair = settingUpTheSecondary();

            pair.missed(SECONDARY);
            assertThat(pair.lastOrders()).containsExactly(new ProbeNow(SECONDARY));
            pair.rehomed();

            assertThat(pair.phase()).isEqualTo(new Phase.Serving(SECONDARY));
        }

        /** It answers everything else: the deadline of the switch alone limits that. */
        @Test
        @Requirement({"MODE-C3"})
        void waitsForTheSwitchAsLongAsTheNewMemberIsHeard() {
            Pair pair = settingUpTheSecondary();
            for (int i = 0; i < 20; i++) {
                pair.missedThoughHeard(SECONDARY, 10);
                pair.skip(1);
            }

            assertThat(pair.phase()).isInstanceOf(Phase.Switching.class);
            assertThat(pair.records(RecordKind.SWITCH_FAILED)).isEmpty();
            pair.pass(15);
            assertThat(pair.records(RecordKind.SWITCH_FAILED)).hasSize(1);
        }

        @Test
        @Requirement({"MODE-C3"})
        void givesUpANewMemberThatIsSilent() {
            Pair pair = settingUpTheSecondary();
            pair.missed(SECONDARY);
            pair.skip(2);

            pair.missed(SECONDARY);

            assertThat(pair.lastOrders()).contains(new CloseLink(SECONDARY), new OpenLink(PRIMARY));
        }

        private Pair settingUpTheSecondary() {
            Pair pair = Pair.serving(Mode.COLD);
            pair.skip(60);
            pair.lost(PRIMARY);
            pair.opened(SECONDARY);
            assertThat(pair.lastOrders()).contains(new RehomeRelays(2, SECONDARY));
            return pair;
        }
    }

    private static PairSettings withInterval(PairSettings s, long intervalMs) {
        return with(s, Duration.ofMillis(intervalMs), s.pingTimeout());
    }

    private static PairSettings withTimeout(PairSettings s, long timeoutMs) {
        return with(s, s.pingInterval(), Duration.ofMillis(timeoutMs));
    }

    private static PairSettings with(PairSettings s, Duration interval, Duration timeout) {
        return new PairSettings(
                s.name(), s.members(), s.mode(), s.failback(), interval, timeout, s.holdTimeout(), s.failbackDwell());
    }
}
