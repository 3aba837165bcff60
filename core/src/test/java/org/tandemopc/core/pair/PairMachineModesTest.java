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

        /** Members that come and go are waited for ever longer, also by a switch; those that lasted are not. */
        @Test
        @Requirement({"MODE-C3", "S16"})
        void coldSwitchesAtOnceWhereConnectionsLastedAndElseEverLater() {
            Pair pair = Pair.serving(Mode.COLD);
            pair.skip(60);
            List<Long> hastyMs = new java.util.ArrayList<>();
            for (int i = 0; i < 20; i++) {
                hastyMs.add(switched(pair));
                pair.skip(9);
            }
            pair.skip(2);
            List<Long> patientMs = new java.util.ArrayList<>();
            for (int i = 0; i < 20; i++) {
                patientMs.add(switched(pair));
                pair.skip(11);
            }

            assertThat(hastyMs.getFirst()).isZero();
            assertThat(hastyMs.subList(14, 20)).anyMatch(ms -> ms >= 24_000).allMatch(ms -> ms <= 30_001);
            assertThat(patientMs).containsOnly(0L);
        }

        /** @return how long the attempt to connect the next one was waited for, in ms */
        private static long switched(Pair pair) {
            long before = pair.now();
            pair.lost(((Phase.Serving) pair.phase()).active());
            while (pair.state().members().stream().noneMatch(m -> m.link() == MemberHealth.Link.OPENING)) {
                pair.pass(0.001);
            }
            long waitedMs = (pair.now() - before) / 1_000_000;
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
