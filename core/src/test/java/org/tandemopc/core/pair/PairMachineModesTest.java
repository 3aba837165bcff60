package org.tandemopc.core.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tandemopc.core.pair.Pair.PRIMARY;
import static org.tandemopc.core.pair.Pair.SECONDARY;

import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.PairEffect.AdmitClients;
import org.tandemopc.core.pair.PairEffect.Attach;
import org.tandemopc.core.pair.PairEffect.CloseLink;
import org.tandemopc.core.pair.PairEffect.CloseRelays;
import org.tandemopc.core.pair.PairEffect.Detach;
import org.tandemopc.core.pair.PairEffect.HoldRelays;
import org.tandemopc.core.pair.PairEffect.OpenLink;
import org.tandemopc.core.pair.PairEffect.RehomeRelays;
import org.tandemopc.core.pair.PairEffect.ReleaseRelays;
import org.tandemopc.core.pair.PairEffect.ShowServiceLevel;
import org.tandemopc.core.pair.PairEffect.StrandRelays;
import org.tandemopc.core.pair.PairState.Phase;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.testkit.Requirement;

/** Start, loss, switch, stranded and return, in each mode. */
final class PairMachineModesTest {
    @Nested
    class Start {
        @ParameterizedTest
        @EnumSource(names = {"WARM", "HOT"})
        @Requirement({"MODE-W1", "MODE-H1"})
        void warmAndHotConnectBothAtOnce(Mode mode) {
            Pair pair = new Pair(Pair.settings(mode));

            pair.enable();

            assertThat(pair.lastOrders())
                    .containsExactly(new AdmitClients(), new OpenLink(PRIMARY), new OpenLink(SECONDARY));
        }

        @Test
        @Requirement({"MODE-C1", "CON-5", "GEN-9", "MODE-C8", "M7"})
        void coldConnectsThePrimaryAlone() {
            Pair pair = new Pair(Pair.settings(Mode.COLD));

            pair.enable();
            pair.opened(PRIMARY);
            pair.rehomed();
            pair.pass(3600);

            assertThat(Pair.orders(pair.all()))
                    .containsExactly(
                            new AdmitClients(),
                            new OpenLink(PRIMARY),
                            new Attach(PRIMARY),
                            new RehomeRelays(1, PRIMARY),
                            new ReleaseRelays(new Route(1, PRIMARY)));
        }

        @ParameterizedTest
        @EnumSource
        @Requirement({"GEN-2"})
        void primaryServesFirstAndIsNoPromotion(Mode mode) {
            Pair pair = new Pair(Pair.settings(mode));
            pair.enable();

            pair.opened(PRIMARY);
            assertThat(pair.lastOrders()).containsExactly(new Attach(PRIMARY), new RehomeRelays(1, PRIMARY));

            pair.rehomed();
            assertThat(pair.last())
                    .containsExactly(new ReleaseRelays(new Route(1, PRIMARY)), new ShowServiceLevel(255));
            assertThat(pair.phase()).isEqualTo(new Phase.Serving(PRIMARY));
            assertThat(pair.records(RecordKind.PROMOTED)).isEmpty();
        }

        @ParameterizedTest
        @EnumSource(names = {"WARM", "HOT"})
        @Requirement({"GEN-2"})
        void secondaryWaitsForThePrimary(Mode mode) {
            Pair pair = new Pair(Pair.settings(mode));
            pair.enable();

            pair.opened(SECONDARY);

            assertThat(pair.lastOrders()).containsExactly(new Attach(SECONDARY));
            assertThat(pair.phase()).isEqualTo(new Phase.Starting(true));
        }

        @ParameterizedTest
        @EnumSource(names = {"WARM", "HOT"})
        @Requirement({"GEN-2", "MODE-W6"})
        void secondaryServesOnceThePrimaryFailed(Mode mode) {
            Pair pair = new Pair(Pair.settings(mode));
            pair.enable();
            pair.opened(SECONDARY);

            pair.failed(PRIMARY);

            assertThat(pair.lastOrders()).containsExactly(new RehomeRelays(1, SECONDARY));
        }

        @ParameterizedTest
        @EnumSource(names = {"WARM", "HOT"})
        void secondaryServesWhenThePrimaryTakesTooLong(Mode mode) {
            Pair pair = new Pair(Pair.settings(mode));
            pair.enable();
            pair.opened(SECONDARY);

            pair.pass(5);

            assertThat(pair.lastOrders()).containsExactly(new RehomeRelays(1, SECONDARY));
        }

        @Test
        @Requirement({"MODE-C2", "GEN-2"})
        void coldTriesTheSecondaryWhenThePrimaryFails() {
            Pair pair = new Pair(Pair.settings(Mode.COLD));
            pair.enable();

            pair.failed(PRIMARY);
            assertThat(pair.lastOrders()).containsExactly(new OpenLink(SECONDARY));

            pair.opened(SECONDARY);
            assertThat(pair.lastOrders()).containsExactly(new Attach(SECONDARY), new RehomeRelays(1, SECONDARY));
        }

        @ParameterizedTest
        @EnumSource(names = {"WARM", "HOT"})
        @Requirement({"S12"})
        void clientsAreToldWhenNobodyAnswersAtTheStart(Mode mode) {
            Pair pair = new Pair(Pair.settings(mode));
            pair.enable();

            pair.failed(SECONDARY);
            pair.failed(PRIMARY);

            assertThat(pair.phase()).isEqualTo(new Phase.Stranded(Route.NONE, LossCause.CONNECT_FAILED));
            assertThat(pair.last()).contains(new StrandRelays(1), new ShowServiceLevel(1));
            assertThat(pair.records(RecordKind.STRANDED)).hasSize(1);
        }
    }

    @Nested
    class Loss {
        @ParameterizedTest
        @EnumSource(names = {"WARM", "HOT"})
        @Requirement({"MODE-W3", "MODE-H3", "S7"})
        void missedAnswerMovesToTheStandbyAndReconnectsAtOnce(Mode mode) {
            Pair pair = Pair.serving(mode);
            pair.skip(60);

            pair.missed(PRIMARY);

            assertThat(pair.lastOrders())
                    .containsExactly(
                            new HoldRelays(2),
                            new Detach(PRIMARY),
                            new CloseLink(PRIMARY),
                            new RehomeRelays(2, SECONDARY),
                            new OpenLink(PRIMARY));
        }

        @ParameterizedTest
        @EnumSource(names = {"WARM", "HOT"})
        @Requirement({"I12", "CON-8", "M6"})
        void theSwitchIsRecordedOnceWithItsStory(Mode mode) {
            Pair pair = Pair.serving(mode);
            pair.missed(PRIMARY);
            pair.skip(0.040);

            pair.on(new PairEvent.RelayRehomed(pair.now(), 2, new RehomeReport(3, 4, 5, 6, 7, 8)));

            assertThat(pair.lastOrders()).containsExactly(new ReleaseRelays(new Route(2, SECONDARY)));
            assertThat(pair.records(RecordKind.PROMOTED)).singleElement().satisfies(r -> {
                assertThat(r.text())
                        .isEqualTo("Promoted active connection for server 'Boiler' to secondary machine 'beta'.");
                assertThat(r.fields().toString())
                        .isEqualTo("{cause=NO_ANSWER, evidence=no answer within 1000 ms, from=alpha, to=beta, epoch=2,"
                                + " durationMs=40, sessions=3, requestsRepeated=4, requestsNotSent=5,"
                                + " requestsUnknown=6, itemsContinuous=7, itemsDoubtful=8, by=}");
            });
        }

        @ParameterizedTest
        @EnumSource(names = {"WARM", "HOT"})
        @Requirement({"MODE-ALL3", "MODE-W5"})
        void lossOfTheStandbyLeavesTheActiveAlone(Mode mode) {
            Pair pair = Pair.serving(mode);
            pair.skip(60);

            pair.lost(SECONDARY);

            assertThat(pair.lastOrders()).containsExactly(new Detach(SECONDARY), new OpenLink(SECONDARY));
            assertThat(pair.phase()).isEqualTo(new Phase.Serving(PRIMARY));
        }

        @Test
        @Requirement({"MODE-C2", "MODE-C5", "M7"})
        void coldMovesToTheOtherMemberAndBack() {
            Pair pair = Pair.serving(Mode.COLD);
            pair.skip(60);

            pair.lost(PRIMARY);
            assertThat(pair.lastOrders())
                    .containsExactly(
                            new HoldRelays(2), new Detach(PRIMARY), new OpenLink(SECONDARY), new Attach(SECONDARY));
            pair.opened(SECONDARY);
            assertThat(pair.lastOrders()).containsExactly(new RehomeRelays(2, SECONDARY));
            pair.rehomed();
            pair.pass(60);
            pair.lost(SECONDARY);
            assertThat(pair.lastOrders())
                    .containsExactly(
                            new HoldRelays(3), new Detach(SECONDARY), new OpenLink(PRIMARY), new Attach(PRIMARY));
        }

        /** What the relay has begun there must end before it begins at the other: never two members at a time. */
        @Test
        @Requirement({"MODE-C3", "M7"})
        void coldEndsThePreparationsWhereTheAttemptFails() {
            Pair pair = Pair.serving(Mode.COLD);
            pair.skip(60);
            pair.lost(PRIMARY);

            pair.failed(SECONDARY);
            assertThat(pair.lastOrders())
                    .containsExactly(new Detach(SECONDARY), new OpenLink(PRIMARY), new Attach(PRIMARY));
            pair.failed(PRIMARY);
            assertThat(pair.lastOrders()).startsWith(new Detach(PRIMARY), new StrandRelays(2));
        }

        /** Nobody knows how long the members are away: sessions do not come along to each attempt (S16). */
        @Test
        @Requirement({"MODE-C3", "S16"})
        void coldPreparesNothingWhileNobodyCanServe() {
            Pair pair = Pair.serving(Mode.COLD);
            pair.skip(60);
            pair.lost(PRIMARY);
            pair.failed(SECONDARY);
            pair.failed(PRIMARY);

            pair.pass(1);
            assertThat(pair.lastOrders()).containsExactly(new OpenLink(SECONDARY));
            pair.opened(SECONDARY);
            assertThat(pair.lastOrders())
                    .containsExactly(new HoldRelays(3), new Attach(SECONDARY), new RehomeRelays(3, SECONDARY));
        }

        /** Our own pause made the first status late: the same member is asked once more, and prepared anew. */
        @Test
        @Requirement({"S35"})
        void coldPreparesAnewWithAnAttemptThatOurPauseSpoilt() {
            Pair pair = Pair.serving(Mode.COLD);
            pair.skip(60);
            pair.lost(PRIMARY);
            pair.on(new PairEvent.OwnPauseNoticed(pair.now(), 1_000_000_000L));

            pair.on(new PairEvent.LinkFailed(pair.now(), SECONDARY, LossCause.NO_ANSWER, 0, "late"));

            assertThat(pair.lastOrders())
                    .containsExactly(new Detach(SECONDARY), new OpenLink(SECONDARY), new Attach(SECONDARY));
        }

        @Test
        @Requirement({"MODE-C7"})
        void coldStaysWhereItIsWhenThePrimaryReturns() {
            Pair pair = Pair.serving(Mode.COLD);
            pair.lost(PRIMARY);
            pair.opened(SECONDARY);
            pair.rehomed();
            pair.forget();

            pair.pass(3600);

            assertThat(Pair.orders(pair.all())).isEmpty();
            assertThat(pair.phase()).isEqualTo(new Phase.Serving(SECONDARY));
        }
    }

    @Nested
    class BothDown {
        @ParameterizedTest
        @EnumSource(names = {"WARM", "HOT"})
        @Requirement({"S12", "GAP-11"})
        void strandedOnceEachMemberHasFailedAfterTheLoss(Mode mode) {
            Pair pair = Pair.serving(mode);
            pair.skip(60);
            pair.lost(SECONDARY);
            pair.failed(SECONDARY);

            pair.lost(PRIMARY);
            assertThat(pair.lastOrders())
                    .containsExactly(
                            new HoldRelays(2), new Detach(PRIMARY), new OpenLink(SECONDARY), new OpenLink(PRIMARY));
            pair.failed(PRIMARY);
            assertThat(pair.lastOrders()).isEmpty();
            pair.failed(SECONDARY);

            assertThat(pair.last()).contains(new StrandRelays(2), new ShowServiceLevel(1));
            assertThat(pair.phase()).isEqualTo(new Phase.Stranded(PRIMARY, LossCause.CONNECTION_CLOSED));
            assertThat(pair.records(RecordKind.STRANDED)).hasSize(1);
        }

        @ParameterizedTest
        @EnumSource(names = {"WARM", "HOT"})
        @Requirement({"I11", "S13"})
        void theFirstToReturnServes(Mode mode) {
            Pair pair = stranded(mode);

            pair.pass(2);
            pair.opened(SECONDARY);
            assertThat(pair.lastOrders())
                    .containsExactly(new HoldRelays(3), new Attach(SECONDARY), new RehomeRelays(3, SECONDARY));
            pair.rehomed();

            assertThat(pair.last()).contains(new ShowServiceLevel(255));
            assertThat(pair.records(RecordKind.PROMOTED)).hasSize(1);
        }

        @Test
        @Requirement({"MODE-C3", "S16", "GAP-2"})
        void coldAlternatesWithGrowingPauses() {
            Pair pair = Pair.serving(Mode.COLD);
            pair.skip(60);
            pair.lost(PRIMARY);
            List<Integer> tried = new java.util.ArrayList<>();
            List<Long> pausesMs = new java.util.ArrayList<>();

            for (int i = 0; i < 20; i++) {
                int member = pair.member(PRIMARY).link() == MemberHealth.Link.OPENING ? PRIMARY : SECONDARY;
                tried.add(member);
                long before = pair.now();
                pair.failed(member);
                while (pair.state().members().stream().noneMatch(m -> m.link() == MemberHealth.Link.OPENING)) {
                    pair.pass(0.001);
                }
                pausesMs.add((pair.now() - before) / 1_000_000);
            }

            assertThat(tried).containsExactly(1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0);
            assertThat(pausesMs.get(0)).isZero();
            assertThat(pausesMs.get(1)).isBetween(500L, 630L);
            assertThat(pausesMs.get(3)).isBetween(1000L, 1260L);
            assertThat(pausesMs.get(19)).isBetween(24_000L, 30_001L);
            assertThat(pair.phase()).isInstanceOf(Phase.Stranded.class);
            assertThat(pair.records(RecordKind.STRANDED)).hasSize(1);
        }

        /** Clients wait for the next member no longer than requests are held, whatever has been lost before. */
        @Test
        @Requirement({"MODE-C2", "MODE-C5", "I11"})
        void coldSwitchesAtOnceHoweverOftenConnectionsWereShort() {
            Pair pair = Pair.serving(Mode.COLD);
            for (int seconds : new int[] {9, 1, 2, 60, 5}) {
                for (int i = 0; i < 20; i++) {
                    int active = active(pair);
                    pair.skip(seconds);
                    assertThat(lostAndFound(pair)).isZero();
                    assertThat(active(pair)).isEqualTo(1 - active);
                }
            }
        }

        /** The other is asked at once each time; only the one that comes and goes is waited for. */
        @Test
        @Requirement({"MODE-C3", "S15", "S16"})
        void coldComesBackToAMemberThatComesAndGoesAfterPausesThatGrow() {
            Pair pair = Pair.serving(Mode.COLD);
            pair.skip(60);
            List<Long> pausesMs = new java.util.ArrayList<>();

            for (int i = 0; i < 12; i++) {
                pair.lost(PRIMARY);
                assertThat(pair.lastOrders()).contains(new OpenLink(SECONDARY));
                pair.pass(0.01);
                pair.failed(SECONDARY);
                pausesMs.add(untilAsked(pair));
                assertThat(pair.member(PRIMARY).link()).isEqualTo(MemberHealth.Link.OPENING);
                pair.opened(PRIMARY);
                pair.rehomed();
                pair.skip(2);
            }

            assertThat(pausesMs.get(0)).isZero();
            assertThat(pausesMs.get(1)).isBetween(1000L, 1260L);
            assertThat(pausesMs.get(2)).isBetween(2000L, 2510L);
            assertThat(pausesMs.subList(7, 12)).allMatch(ms -> ms >= 24_000 && ms <= 30_001);
        }

        @Test
        @Requirement("S16")
        void coldAsksNoMemberTwiceWithinHalfASecondThoughAllComeAndGo() {
            Pair pair = Pair.serving(Mode.COLD);
            List<Long> lastAsked = new java.util.ArrayList<>(List.of(0L, 0L));

            for (int i = 0; i < 50; i++) {
                pair.pass(0.05);
                int next = 1 - active(pair);
                long waitedMs = lostAndFound(pair);
                assertThat(active(pair)).isEqualTo(next);
                assertThat(waitedMs).isLessThanOrEqualTo(500);
                if (i > 1) {
                    assertThat(pair.now() - lastAsked.get(next)).isGreaterThanOrEqualTo(500_000_000L);
                }
                lastAsked.set(next, pair.now());
            }
        }

        /** Else the plan of warm mode, which is of a standby that cannot be reached, would be waited for. */
        @Test
        @Requirement({"MODE-C2", "I11"})
        void coldDoesNotWaitForAnAttemptThatAnotherModeHasPlanned() {
            Pair pair = Pair.serving(Mode.WARM);
            pair.skip(60);
            pair.lost(SECONDARY);
            for (int i = 0; i < 8; i++) {
                pair.failed(SECONDARY);
                pair.pass(31);
            }
            pair.failed(SECONDARY);
            pair.change(settings -> Pair.settings(Mode.COLD));

            pair.lost(PRIMARY);

            assertThat(pair.lastOrders()).contains(new OpenLink(SECONDARY));
        }

        @Test
        @Requirement({"MODE-C3", "I11"})
        void aPinWhileNoneServesHasThatMemberAskedAtOnce() {
            Pair pair = stranded(Mode.COLD);
            for (int i = 0; i < 20; i++) {
                untilAsked(pair);
                failAll(pair);
            }

            pair.pin(SECONDARY);

            assertThat(pair.lastOrders()).contains(new OpenLink(SECONDARY));
            failAll(pair);
            assertThat(untilAsked(pair)).isBetween(500L, 630L);
        }

        private static int active(Pair pair) {
            return ((Phase.Serving) pair.phase()).active();
        }

        private static boolean isAnyAsked(Pair pair) {
            return pair.state().members().stream().anyMatch(m -> m.link() == MemberHealth.Link.OPENING);
        }

        /** Until none is asked without a pause. */
        private static void failAll(Pair pair) {
            while (isAnyAsked(pair)) {
                failEach(pair);
            }
        }

        private static void failEach(Pair pair) {
            for (int member : List.of(PRIMARY, SECONDARY)) {
                if (pair.member(member).link() == MemberHealth.Link.OPENING) {
                    pair.failed(member);
                }
            }
        }

        /** @return after how many ms a member is asked */
        private static long untilAsked(Pair pair) {
            long before = pair.now();
            while (!isAnyAsked(pair)) {
                pair.pass(0.001);
            }
            return (pair.now() - before) / 1_000_000;
        }

        /** The active member is lost and the one that is asked next serves. @return after how many ms that was asked */
        private static long lostAndFound(Pair pair) {
            pair.lost(active(pair));
            long waitedMs = untilAsked(pair);
            pair.opened(pair.member(PRIMARY).link() == MemberHealth.Link.OPENING ? PRIMARY : SECONDARY);
            pair.rehomed();
            return waitedMs;
        }

        private static Pair stranded(Mode mode) {
            Pair pair = Pair.serving(mode);
            pair.skip(60);
            pair.lost(SECONDARY);
            pair.failed(SECONDARY);
            pair.lost(PRIMARY);
            pair.failed(PRIMARY);
            pair.failed(SECONDARY);
            return pair;
        }
    }

    @Nested
    class Reconnection {
        @ParameterizedTest
        @EnumSource(names = {"WARM", "HOT"})
        @Requirement({"MODE-W5", "MODE-H5", "S16"})
        void pausesDoubleFromHalfASecondToHalfAMinute(Mode mode) {
            Pair pair = Pair.serving(mode);
            pair.skip(60);
            pair.lost(SECONDARY);
            List<Double> seconds = new java.util.ArrayList<>();

            for (int i = 0; i < 9; i++) {
                pair.failed(SECONDARY);
                long dueNanos = pair.state().timers().dueNanos(Timer.Kind.RECONNECT, SECONDARY);
                seconds.add((dueNanos - pair.now()) / 1e9);
                pair.pass(31);
            }

            double expected = 0.5;
            for (double actual : seconds) {
                assertThat(actual).isBetween(expected, expected * 1.25);
                expected = Math.min(24, expected * 2);
            }
            assertThat(seconds).anySatisfy(s -> assertThat(s * 2 % 1).isNotZero());
        }

        @ParameterizedTest
        @EnumSource
        void disableClosesEverything(Mode mode) {
            Pair pair = Pair.serving(mode);

            pair.disable();

            assertThat(pair.lastOrders()).startsWith(new CloseRelays(1), new Detach(PRIMARY), new CloseLink(PRIMARY));
            assertThat(pair.lastOrders().contains(new CloseLink(SECONDARY))).isEqualTo(mode != Mode.COLD);
            assertThat(pair.phase()).isEqualTo(new Phase.Disabled());
            assertThat(pair.state().timers().pending()).isEmpty();
        }
    }
}
