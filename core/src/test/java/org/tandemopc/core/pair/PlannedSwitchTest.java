package org.tandemopc.core.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tandemopc.core.pair.Pair.PRIMARY;
import static org.tandemopc.core.pair.Pair.SECONDARY;
import static org.tandemopc.core.pair.Pair.running;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tandemopc.core.pair.PairEffect.Attach;
import org.tandemopc.core.pair.PairEffect.CloseLink;
import org.tandemopc.core.pair.PairEffect.Detach;
import org.tandemopc.core.pair.PairEffect.HoldRelays;
import org.tandemopc.core.pair.PairEffect.OpenLink;
import org.tandemopc.core.pair.PairEffect.RehomeRelays;
import org.tandemopc.core.pair.PairState.Phase;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.testkit.Requirement;

/** Switches between members that both answer: failback, by a person, by ServiceLevel. */
final class PlannedSwitchTest {
    /** The primary failed, the secondary serves, the primary is back; nothing tells yet that it is synchronized. */
    private static Pair onSecondary(PairSettings settings) {
        Pair pair = Pair.serving(settings);
        pair.skip(60);
        pair.lost(PRIMARY);
        pair.rehomed();
        pair.skip(1);
        pair.opened(PRIMARY);
        pair.forget();
        return pair;
    }

    private static PairSettings returningAfter(Duration dwell, PairSettings of) {
        return new PairSettings(
                of.name(), of.members(), of.mode(), true, of.pingInterval(), of.pingTimeout(), of.holdTimeout(), dwell);
    }

    @Nested
    class Failback {
        @ParameterizedTest
        @EnumSource(names = {"WARM", "HOT"})
        @Requirement({"GEN-6", "MODE-W7", "S14"})
        void thePrimaryServesAgainOnceItIsSynchronized(Mode mode) {
            Pair pair = onSecondary(Pair.settings(mode));
            pair.pass(3600);
            assertThat(pair.phase()).isEqualTo(new Phase.Serving(SECONDARY));

            pair.synchronizedOn(PRIMARY);

            assertThat(pair.lastOrders()).containsExactly(new HoldRelays(3), new RehomeRelays(3, PRIMARY));
            pair.rehomed();
            assertThat(pair.records(RecordKind.PROMOTED))
                    .singleElement()
                    .satisfies(r -> assertThat(r.fields()).containsEntry("cause", "FAILBACK"));
        }

        /** A client that adds items a moment before loses nothing (bumpless). */
        @ParameterizedTest
        @EnumSource(names = {"WARM", "HOT"})
        @Requirement({"S14"})
        void waitsForWhatAClientHasJustAskedFor(Mode mode) {
            Pair pair = onSecondary(returningAfter(Duration.ofMinutes(5), Pair.settings(mode)));
            pair.synchronizedOn(PRIMARY);
            pair.pass(299.5);
            pair.lags(PRIMARY, true);
            pair.pass(2);
            assertThat(pair.phase()).isEqualTo(new Phase.Serving(SECONDARY));

            pair.lags(PRIMARY, false);

            assertThat(pair.lastOrders()).containsExactly(new HoldRelays(3), new RehomeRelays(3, PRIMARY));
        }

        /** Clients that change their items all the time do not keep it away for ever. */
        @Test
        @Requirement({"S14", "GEN-6"})
        void waitsForThatTenSecondsAtMost() {
            Pair pair = onSecondary(Pair.settings(Mode.HOT));
            pair.tested(PRIMARY, false);
            pair.synchronizedOn(PRIMARY);
            pair.lags(PRIMARY, true);
            pair.tested(PRIMARY, true);
            pair.pass(9.9);
            assertThat(pair.phase()).isEqualTo(new Phase.Serving(SECONDARY));

            pair.pass(0.2);

            assertThat(pair.phase()).isInstanceOf(Phase.Switching.class);
        }

        static Stream<Arguments> refusals() {
            return Stream.of(
                    refusal("failback is off", Pair.withoutFailback(Mode.WARM), _ -> {}),
                    refusal(
                            "the monitor item test of the primary is in error",
                            Pair.settings(Mode.WARM),
                            p -> p.tested(PRIMARY, false)),
                    refusal("the pair is pinned", Pair.settings(Mode.HOT), p -> p.pin(SECONDARY)),
                    refusal(
                            "the primary's state is not Running",
                            Pair.settings(Mode.HOT),
                            p -> p.reported(PRIMARY, Pair.in(ServerCondition.State.SUSPENDED, 255))),
                    refusal(
                            "the primary is in a lower sub-range of ServiceLevel",
                            Pair.settings(Mode.HOT),
                            p -> p.reported(PRIMARY, running(199))));
        }

        private static Arguments refusal(String why, PairSettings settings, Consumer<Pair> cause) {
            return Arguments.of(why, settings, cause);
        }

        @ParameterizedTest(name = "{0}")
        @MethodSource("refusals")
        @Requirement({"GEN-6", "GAP-9", "S14", "MODE-W7"})
        void isRefusedWhile(String why, PairSettings settings, Consumer<Pair> cause) {
            Pair pair = onSecondary(settings);
            cause.accept(pair);

            pair.synchronizedOn(PRIMARY);
            pair.pass(3600);

            assertThat(pair.phase()).as(why).isEqualTo(new Phase.Serving(SECONDARY));
            assertThat(pair.records(RecordKind.PROMOTED)).isEmpty();
        }

        @Test
        void isNotEvenWaitedForWhilePinned() {
            Pair pair = onSecondary(Pair.settings(Mode.WARM));
            pair.tested(PRIMARY, false);
            pair.synchronizedOn(PRIMARY);
            pair.pin(SECONDARY);

            pair.tested(PRIMARY, true);

            assertThat(FailbackPolicy.wanted(pair.state(), SECONDARY)).isEqualTo(Route.NONE);
            pair.releasePin();
            assertThat(pair.lastOrders()).contains(new RehomeRelays(3, PRIMARY));
        }

        @Test
        @Requirement({"S14"})
        void waitsForTheDwell() {
            Pair pair = onSecondary(returningAfter(Duration.ofSeconds(20), Pair.settings(Mode.WARM)));
            pair.synchronizedOn(PRIMARY);

            pair.pass(19.9);
            assertThat(pair.phase()).isEqualTo(new Phase.Serving(SECONDARY));
            pair.pass(0.1);

            assertThat(pair.lastOrders()).containsExactly(new HoldRelays(3), new RehomeRelays(3, PRIMARY));
        }

        @Test
        @Requirement({"GAP-9", "MON-21"})
        void followsWhenTheMonitorTestPasses() {
            Pair pair = onSecondary(Pair.settings(Mode.WARM));
            pair.tested(PRIMARY, false);
            pair.synchronizedOn(PRIMARY);

            pair.tested(PRIMARY, true);

            assertThat(pair.lastOrders()).containsExactly(new HoldRelays(3), new RehomeRelays(3, PRIMARY));
        }

        /** A connection says nothing of the devices behind it: the items are asked first. */
        @Test
        @Requirement({"GAP-9", "S14", "MON-21"})
        void waitsForTheFirstResultOfTheMonitorTest() {
            Pair pair = onSecondary(Pair.settings(Mode.WARM).withMonitored(true));
            pair.synchronizedOn(PRIMARY);
            assertThat(pair.phase()).isEqualTo(new Phase.Serving(SECONDARY));

            pair.tested(PRIMARY, true);

            assertThat(pair.lastOrders()).containsExactly(new HoldRelays(3), new RehomeRelays(3, PRIMARY));
        }

        @Test
        @Requirement({"GAP-9"})
        void waitsForNoTestWhenTheItemsAreTakenAway() {
            Pair pair = onSecondary(Pair.settings(Mode.WARM).withMonitored(true));
            pair.tested(PRIMARY, false);
            pair.synchronizedOn(PRIMARY);
            assertThat(pair.phase()).isEqualTo(new Phase.Serving(SECONDARY));

            pair.change(s -> s.withMonitored(false));

            assertThat(pair.lastOrders()).endsWith(new HoldRelays(3), new RehomeRelays(3, PRIMARY));
        }

        @Test
        @Requirement({"S15"})
        void isHeldAfterAPersonSwitchedAwayUntilThePrimaryFailedAndReturned() {
            Pair pair = Pair.serving(Mode.WARM);
            pair.switchTo(SECONDARY);
            pair.rehomed();
            pair.synchronizedOn(PRIMARY);
            pair.pass(3600);
            assertThat(pair.phase()).isEqualTo(new Phase.Serving(SECONDARY));

            pair.lost(PRIMARY);
            pair.opened(PRIMARY);
            pair.synchronizedOn(PRIMARY);

            assertThat(pair.lastOrders()).containsExactly(new HoldRelays(3), new RehomeRelays(3, PRIMARY));
        }

        @Test
        void isFreeAgainAfterAPersonSwitchedBack() {
            Pair pair = Pair.serving(Mode.WARM);
            pair.switchTo(SECONDARY);
            pair.rehomed();
            pair.switchTo(PRIMARY);
            pair.rehomed();

            assertThat(pair.phase()).isEqualTo(new Phase.Serving(PRIMARY));
            assertThat(pair.state().wishes().holdsFailback()).isFalse();
        }

        @Test
        void goesBackToTheSecondaryWhenTheRelaysCannotFollow() {
            Pair pair = onSecondary(Pair.settings(Mode.WARM));
            pair.synchronizedOn(PRIMARY);

            pair.relayFailed();

            assertThat(pair.lastOrders())
                    .startsWith(
                            new HoldRelays(4),
                            new Detach(PRIMARY),
                            new CloseLink(PRIMARY),
                            new RehomeRelays(4, SECONDARY));
            assertThat(pair.records(RecordKind.SWITCH_FAILED)).singleElement().satisfies(r -> {
                assertThat(r.text())
                        .isEqualTo("Switch of active connection for server 'Boiler' to primary machine 'alpha'"
                                + " failed: no session.");
                assertThat(r.fields()).containsEntry("cause", "REHOME_FAILED").containsEntry("epoch", 3L);
            });
        }
    }

    @Nested
    class ByAPerson {
        @ParameterizedTest
        @EnumSource(names = {"WARM", "HOT"})
        void aSynchronizedMemberIsTakenAtOnce(Mode mode) {
            Pair pair = Pair.serving(mode);

            pair.switchTo(SECONDARY);

            assertThat(pair.lastOrders()).containsExactly(new HoldRelays(2), new RehomeRelays(2, SECONDARY));
            pair.rehomed();
            assertThat(pair.records(RecordKind.PROMOTED))
                    .singleElement()
                    .satisfies(r -> assertThat(r.fields())
                            .containsEntry("cause", "ORDERED")
                            .containsEntry("by", "operator"));
        }

        @Test
        @Requirement({"S14"})
        void oneThatIsNotSynchronizedIsWaitedForButNotForEver() {
            Pair pair = new Pair(Pair.settings(Mode.WARM));
            pair.enable();
            pair.opened(PRIMARY);
            pair.rehomed();
            pair.opened(SECONDARY);

            pair.switchTo(SECONDARY);
            assertThat(pair.lastOrders()).isEmpty();
            pair.pass(9.9);
            assertThat(pair.phase()).isEqualTo(new Phase.Serving(PRIMARY));
            pair.pass(0.1);

            assertThat(pair.lastOrders()).containsExactly(new HoldRelays(2), new RehomeRelays(2, SECONDARY));
        }

        @Test
        @Requirement({"S14"})
        void oneThatLagsIsWaitedForButNotForEver() {
            Pair pair = Pair.serving(Mode.HOT);
            pair.lags(SECONDARY, true);
            pair.switchTo(SECONDARY);
            assertThat(pair.lastOrders()).isEmpty();
            pair.pass(5);
            assertThat(pair.phase()).isEqualTo(new Phase.Serving(PRIMARY));

            pair.lags(SECONDARY, false);

            assertThat(pair.lastOrders()).containsExactly(new HoldRelays(2), new RehomeRelays(2, SECONDARY));
        }

        @Test
        void whoLaggedAndIsConnectedAnewDoesNot() {
            Pair pair = Pair.serving(Mode.HOT);
            pair.lags(SECONDARY, true);
            pair.lost(SECONDARY);
            pair.opened(SECONDARY);

            pair.lags(SECONDARY, true);
            assertThat(pair.member(SECONDARY).lags())
                    .as("void until it is synchronized")
                    .isFalse();
        }

        @Test
        void anOrderIsRefusedWhenItsTargetFailsWhileItWaits() {
            Pair pair = new Pair(Pair.settings(Mode.WARM));
            pair.enable();
            pair.opened(PRIMARY);
            pair.rehomed();
            pair.opened(SECONDARY);
            pair.switchTo(SECONDARY);

            pair.lost(SECONDARY);
            pair.pass(60);

            assertThat(pair.phase()).isEqualTo(new Phase.Serving(PRIMARY));
            assertThat(pair.records(RecordKind.NOTE))
                    .singleElement()
                    .satisfies(r -> assertThat(r.text())
                            .isEqualTo("Switch of server 'Boiler', ordered by 'operator', was refused:"
                                    + " the machine cannot be used (reset)."));
        }

        static Stream<Arguments> refusals() {
            return Stream.of(
                    refusal("there is no such machine", 2, _ -> {}),
                    refusal("there is no such machine", -1, _ -> {}),
                    refusal("it is the active machine already", PRIMARY, _ -> {}),
                    refusal("the machine cannot be used (reset)", SECONDARY, p -> p.lost(SECONDARY)),
                    refusal(
                            "the machine cannot be used (ServiceLevel 1)",
                            SECONDARY,
                            p -> p.reported(SECONDARY, running(1))),
                    refusal("the pair is pinned to primary machine 'alpha'", SECONDARY, p -> p.pin(PRIMARY)),
                    refusal("a switch is under way", SECONDARY, p -> p.lost(PRIMARY)),
                    refusal("the pair is disabled", SECONDARY, Pair::disable),
                    refusal("the pair is starting", SECONDARY, p -> {
                        p.disable();
                        p.enable();
                    }),
                    refusal("no machine can be used", SECONDARY, p -> {
                        p.skip(60);
                        p.lost(SECONDARY);
                        p.failed(SECONDARY);
                        p.lost(PRIMARY);
                        p.failed(SECONDARY);
                        p.failed(PRIMARY);
                    }));
        }

        private static Arguments refusal(String why, int target, Consumer<Pair> cause) {
            return Arguments.of(why, target, cause);
        }

        @ParameterizedTest(name = "{0}")
        @MethodSource("refusals")
        void isRefusedWithItsReason(String why, int target, Consumer<Pair> cause) {
            Pair pair = Pair.serving(Mode.WARM);
            cause.accept(pair);
            Phase before = pair.phase();

            pair.switchTo(target);

            assertThat(pair.phase()).isEqualTo(before);
            assertThat(pair.lastOrders()).isEmpty();
            assertThat(pair.records(RecordKind.NOTE))
                    .singleElement()
                    .satisfies(r -> assertThat(r.text())
                            .isEqualTo("Switch of server 'Boiler', ordered by 'operator', was refused: " + why + "."));
        }

        @Test
        @Requirement({"M7", "MODE-C8"})
        void coldLeavesTheActiveBeforeItConnectsTheOther() {
            Pair pair = Pair.serving(Mode.COLD);

            pair.switchTo(SECONDARY);

            assertThat(pair.lastOrders())
                    .containsExactly(
                            new HoldRelays(2),
                            new Detach(PRIMARY),
                            new CloseLink(PRIMARY),
                            new OpenLink(SECONDARY),
                            new Attach(SECONDARY));
            assertThat(pair.texts()).contains("Disconnected from 'Boiler' on primary machine 'alpha'.");
        }

        @Test
        @Requirement({"MODE-C3"})
        void coldReturnsWhenTheOrderedMemberCannotBeConnected() {
            Pair pair = Pair.serving(Mode.COLD);
            pair.switchTo(SECONDARY);

            pair.failed(SECONDARY);
            assertThat(pair.lastOrders())
                    .containsExactly(new Detach(SECONDARY), new OpenLink(PRIMARY), new Attach(PRIMARY));
            pair.opened(PRIMARY);
            pair.rehomed();

            assertThat(pair.phase()).isEqualTo(new Phase.Serving(PRIMARY));
            assertThat(pair.records(RecordKind.SWITCH_FAILED)).hasSize(1);
            assertThat(pair.state().wishes().holdsFailback()).isFalse();
        }
    }

    @Nested
    class ByServiceLevel {
        /** Every pair of levels from S11's matrix: who serves a minute after both have reported. */
        static Stream<Arguments> levels() {
            int[] levels = {0, 1, 2, 50, 199, 200, 255};
            return Stream.of(levels)
                    .flatMapToInt(java.util.Arrays::stream)
                    .boxed()
                    .flatMap(active -> java.util.Arrays.stream(levels)
                            .mapToObj(other ->
                                    Arguments.of(active, other, subRange(other) > Math.max(1, subRange(active)))));
        }

        private static int subRange(int level) {
            return level >= 200 ? 3 : level >= 2 ? 2 : 1;
        }

        @ParameterizedTest(name = "active {0}, other {1}: leaves {2}")
        @MethodSource("levels")
        @Requirement({"S11", "I10"})
        void theActiveIsLeftForAStrictlyBetterSubRangeOnly(int active, int other, boolean leaves) {
            Pair pair = Pair.serving(Pair.withoutFailback(Mode.HOT));
            pair.reported(SECONDARY, running(other));
            pair.reported(PRIMARY, running(active));

            for (int i = 0; i < 60; i++) {
                pair.pass(1);
                if (pair.phase() instanceof Phase.Switching) {
                    pair.rehomed();
                }
            }

            assertThat(pair.phase()).isEqualTo(new Phase.Serving(leaves ? SECONDARY : PRIMARY));
        }

        @Test
        @Requirement({"S11"})
        void aDegradedActiveIsLeftAfterTenSecondsInARow() {
            Pair pair = Pair.serving(Mode.HOT);
            pair.reported(PRIMARY, running(199));
            pair.pass(9);
            pair.reported(PRIMARY, running(200));
            pair.reported(PRIMARY, running(199));
            pair.pass(9);
            assertThat(pair.phase()).isEqualTo(new Phase.Serving(PRIMARY));

            pair.pass(1);

            assertThat(pair.lastOrders()).containsExactly(new HoldRelays(2), new RehomeRelays(2, SECONDARY));
            pair.rehomed();
            assertThat(pair.records(RecordKind.PROMOTED))
                    .singleElement()
                    .satisfies(r -> assertThat(r.fields())
                            .containsEntry("cause", "SERVICE_LEVEL")
                            .containsEntry("evidence", "ServiceLevel 199 against ServiceLevel 255 for 10 s"));
        }

        @ParameterizedTest
        @EnumSource(names = {"FAILED", "NO_CONFIGURATION", "SUSPENDED", "COMMUNICATION_FAULT", "UNKNOWN"})
        @Requirement({"GAP-4"})
        void anActiveThatIsNotRunningIsLeftAtOnce(ServerCondition.State serverState) {
            Pair pair = Pair.serving(Mode.HOT);

            pair.reported(PRIMARY, Pair.in(serverState, 255));

            assertThat(pair.lastOrders()).containsExactly(new HoldRelays(2), new RehomeRelays(2, SECONDARY));
        }

        @Test
        @Requirement({"GAP-4"})
        void testCountsAsRunning() {
            Pair pair = Pair.serving(Mode.HOT);

            pair.reported(PRIMARY, Pair.in(ServerCondition.State.TEST, 255));

            assertThat(pair.lastOrders()).isEmpty();
        }

        @Test
        void clientsSeeTheLevelOfTheActive() {
            Pair pair = Pair.serving(Mode.HOT);

            pair.reported(SECONDARY, running(10));
            assertThat(pair.last()).doesNotContain(new PairEffect.ShowServiceLevel(10));
            pair.reported(PRIMARY, running(230));

            assertThat(pair.last()).contains(new PairEffect.ShowServiceLevel(230));
        }
    }

    @Nested
    class BothBad {
        @Test
        @Requirement({"S11", "ML2", "MON-22", "I10"})
        void atMostOneSwitch() {
            Pair pair = Pair.serving(Pair.withoutFailback(Mode.HOT));
            pair.tested(PRIMARY, false);
            pair.rehomed();
            pair.tested(SECONDARY, false);
            for (int i = 0; i < 100; i++) {
                pair.reported(i % 2, running(i % 3));
                pair.pass(10);
            }

            assertThat(pair.records(RecordKind.PROMOTED)).hasSize(1);
            assertThat(pair.phase()).isEqualTo(new Phase.Serving(SECONDARY));
        }

        /** Connected anew, the other has no result yet; it had one that was bad. */
        @Test
        @Requirement({"MON-22", "I10"})
        void aFailedMemberIsNotLeftForOneThatWasOnlyConnectedAnew() {
            Pair pair = Pair.serving(Pair.withoutFailback(Mode.HOT).withMonitored(true));
            pair.tested(PRIMARY, false);
            pair.rehomed();
            pair.tested(SECONDARY, false);
            pair.skip(60);

            pair.lost(PRIMARY);
            pair.opened(PRIMARY);
            pair.synchronizedOn(PRIMARY);
            pair.pass(3600);
            assertThat(pair.phase()).isEqualTo(new Phase.Serving(SECONDARY));
            pair.tested(PRIMARY, true);

            assertThat(pair.lastOrders()).containsExactly(new HoldRelays(3), new RehomeRelays(3, PRIMARY));
        }

        /** Control: a member that is gone is left for any other. */
        @Test
        @Requirement({"MON-22", "I11"})
        void aLostMemberIsLeftForOneThatWasOnlyConnectedAnew() {
            Pair pair = Pair.serving(Pair.withoutFailback(Mode.HOT).withMonitored(true));
            pair.tested(PRIMARY, false);
            pair.rehomed();
            pair.skip(60);
            pair.lost(PRIMARY);
            pair.opened(PRIMARY);
            pair.synchronizedOn(PRIMARY);

            pair.lost(SECONDARY);

            assertThat(pair.lastOrders()).contains(new RehomeRelays(3, PRIMARY));
        }

        @Test
        @Requirement({"S11"})
        void theActiveIsLeftOnceTheOtherIsGoodAgain() {
            Pair pair = Pair.serving(Mode.HOT);
            pair.reported(SECONDARY, running(1));
            pair.reported(PRIMARY, running(0));
            assertThat(pair.phase()).isEqualTo(new Phase.Serving(PRIMARY));

            pair.reported(SECONDARY, running(100));

            assertThat(pair.lastOrders()).containsExactly(new HoldRelays(2), new RehomeRelays(2, SECONDARY));
        }

        /** A member that answers and calls itself bad is better than none, but only if the other does not answer. */
        @ParameterizedTest
        @EnumSource(names = {"WARM", "HOT"})
        @Requirement({"S11"})
        void aBadMemberServesWhenTheOtherIsDead(Mode mode) {
            Pair pair = Pair.serving(mode);
            pair.skip(60);
            pair.reported(SECONDARY, running(1));

            pair.lost(PRIMARY);
            assertThat(pair.lastOrders()).doesNotContain(new RehomeRelays(2, SECONDARY));
            pair.failed(PRIMARY);

            assertThat(pair.lastOrders()).contains(new RehomeRelays(2, SECONDARY));
        }

        @Test
        @Requirement({"GAP-4", "ML2", "M7"})
        void coldLooksAtTheOtherAndReturnsIfThatIsNoBetter() {
            Pair pair = Pair.serving(Mode.COLD);
            pair.skip(60);

            pair.reported(PRIMARY, Pair.in(ServerCondition.State.FAILED, 255));
            assertThat(pair.lastOrders()).contains(new CloseLink(PRIMARY), new OpenLink(SECONDARY));
            pair.opened(SECONDARY, running(0));
            assertThat(pair.lastOrders())
                    .containsExactly(
                            new Detach(SECONDARY),
                            new CloseLink(SECONDARY),
                            new OpenLink(PRIMARY),
                            new Attach(PRIMARY));
            pair.opened(PRIMARY, Pair.in(ServerCondition.State.FAILED, 255));
            pair.rehomed();
            assertThat(pair.phase()).isEqualTo(new Phase.Serving(PRIMARY));
            pair.forget();
            pair.pass(59);

            assertThat(Pair.orders(pair.all())).isEmpty();
            pair.pass(1);
            assertThat(pair.lastOrders()).contains(new CloseLink(PRIMARY), new OpenLink(SECONDARY));
        }

        private static Pair monitoredCold() {
            Pair pair = Pair.serving(Pair.settings(Mode.COLD).withMonitored(true));
            pair.tested(PRIMARY, true);
            pair.skip(60);
            return pair;
        }

        /** It is tested only while it serves: that it fails as well is known after the switch only. */
        @Test
        @Requirement({"MON-22", "I10"})
        void coldStaysAfterOneSwitchAndLooksAtTheOtherOnceAMinute() {
            Pair pair = monitoredCold();

            pair.tested(PRIMARY, false);
            pair.opened(SECONDARY);
            pair.rehomed();
            pair.pass(1);
            pair.forget();
            pair.tested(SECONDARY, false);
            pair.pass(58);
            assertThat(Pair.orders(pair.all())).isEmpty();
            assertThat(pair.phase()).isEqualTo(new Phase.Serving(SECONDARY));
            pair.pass(1);
            assertThat(pair.lastOrders()).contains(new CloseLink(SECONDARY), new OpenLink(PRIMARY));

            pair.opened(PRIMARY);
            pair.rehomed();
            pair.forget();
            pair.tested(PRIMARY, false);
            pair.pass(59);
            assertThat(Pair.orders(pair.all())).isEmpty();
        }

        /** Control: what passes and fails then is another story, and the other may be well again. */
        @Test
        @Requirement({"MON-22", "I11"})
        void coldLeavesAtOnceAMemberWhoseTestHadPassed() {
            Pair pair = monitoredCold();

            pair.tested(PRIMARY, false);
            pair.opened(SECONDARY);
            pair.rehomed();
            pair.tested(SECONDARY, true);
            pair.pass(1);
            pair.tested(SECONDARY, false);

            assertThat(pair.lastOrders()).contains(new CloseLink(SECONDARY), new OpenLink(PRIMARY));
        }

        /** Control: where the other was left for another reason, its test may well pass. */
        @Test
        @Requirement({"MON-22", "I11"})
        void coldLeavesAtOnceForAMemberWhoseTestDidNotFail() {
            Pair pair = monitoredCold();

            pair.lost(PRIMARY);
            pair.opened(SECONDARY);
            pair.rehomed();
            pair.tested(SECONDARY, false);

            assertThat(pair.lastOrders()).contains(new CloseLink(SECONDARY), new OpenLink(PRIMARY));
        }

        @Test
        @Requirement({"MON-22", "I10"})
        void coldStaysWhereTheOtherCannotBeConnected() {
            Pair pair = monitoredCold();

            pair.tested(PRIMARY, false);
            pair.failed(SECONDARY);
            pair.opened(PRIMARY);
            pair.rehomed();
            pair.pass(1);
            pair.forget();
            pair.tested(PRIMARY, false);
            pair.pass(58);
            assertThat(Pair.orders(pair.all())).isEmpty();
            pair.pass(1);

            assertThat(pair.lastOrders()).contains(new CloseLink(PRIMARY), new OpenLink(SECONDARY));
        }
    }
}
