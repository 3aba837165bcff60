package org.tandemopc.core.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tandemopc.core.pair.Pair.PRIMARY;
import static org.tandemopc.core.pair.Pair.SECONDARY;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.PairEffect.Attach;
import org.tandemopc.core.pair.PairEffect.CloseLink;
import org.tandemopc.core.pair.PairEffect.Detach;
import org.tandemopc.core.pair.PairEffect.HoldRelays;
import org.tandemopc.core.pair.PairEffect.OpenLink;
import org.tandemopc.core.pair.PairEffect.ProbeNow;
import org.tandemopc.core.pair.PairEffect.RehomeRelays;
import org.tandemopc.core.pair.PairEffect.UseSettings;
import org.tandemopc.core.pair.PairState.Phase;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.testkit.Requirement;

/** What counts as a loss, and what does not. */
final class DetectionTest {
    @ParameterizedTest
    @EnumSource(names = {"WARM", "HOT"})
    @Requirement({"CON-2", "EVT-SHUT-P"})
    void anAnnouncedShutdownOfTheActiveMovesAtOnce(Mode mode) {
        Pair pair = Pair.serving(mode);

        pair.announced(PRIMARY);

        assertThat(pair.lastOrders())
                .containsExactly(
                        new HoldRelays(2), new RehomeRelays(2, SECONDARY), new Detach(PRIMARY), new CloseLink(PRIMARY));
        assertThat(pair.state().timers().isPending(Timer.Kind.RECONNECT, PRIMARY))
                .isTrue();
    }

    @Test
    @Requirement({"EVT-SHUT-P"})
    void coldMovesAtAnAnnouncedShutdown() {
        Pair pair = Pair.serving(Mode.COLD);

        pair.announced(PRIMARY);

        assertThat(pair.lastOrders())
                .containsExactly(
                        new HoldRelays(2),
                        new Detach(PRIMARY),
                        new CloseLink(PRIMARY),
                        new OpenLink(SECONDARY),
                        new Attach(SECONDARY));
    }

    /** Nobody else is there: the clients keep what they have until it really goes. */
    @Test
    @Requirement({"S11"})
    void anAnnouncedShutdownOfTheLastMemberIsWaitedFor() {
        Pair pair = Pair.serving(Mode.WARM);
        pair.lost(SECONDARY);
        pair.failed(SECONDARY);

        pair.announced(PRIMARY);
        assertThat(pair.lastOrders()).isEmpty();
        pair.pass(1);
        pair.opened(SECONDARY);

        assertThat(pair.lastOrders()).contains(new RehomeRelays(2, SECONDARY), new CloseLink(PRIMARY));
    }

    /** It runs again on the same connection: there is nothing to leave it for, and it has not failed. */
    @ParameterizedTest
    @EnumSource(names = {"WARM", "HOT"})
    @Requirement({"S11", "I10"})
    void aShutdownThatTheLastMemberTakesBackIsForgotten(Mode mode) {
        Pair pair = Pair.serving(mode);
        pair.lost(SECONDARY);
        pair.failed(SECONDARY);
        pair.announced(PRIMARY);
        pair.reported(PRIMARY, Pair.in(ServerCondition.State.SHUTDOWN, 255));

        pair.reported(PRIMARY, Pair.running(255));
        pair.pass(1);
        pair.opened(SECONDARY);
        pair.pass(1);

        assertThat(pair.phase()).isEqualTo(new Phase.Serving(PRIMARY));
        assertThat(pair.state().member(PRIMARY).isOpen()).isTrue();
        assertThat(pair.records(RecordKind.PROMOTED)).isEmpty();
        pair.announced(PRIMARY);
        assertThat(pair.records(RecordKind.SHUTDOWN_RECEIVED)).hasSize(2);
        assertThat(pair.lastOrders()).contains(new RehomeRelays(2, SECONDARY), new CloseLink(PRIMARY));
    }

    /** Its last answer from before the announcement comes after it. */
    @Test
    @Requirement({"EVT-SHUT-P"})
    void anAnswerThatWasOnItsWayTakesNoShutdownBack() {
        Pair pair = Pair.serving(Mode.WARM);
        pair.lost(SECONDARY);
        pair.failed(SECONDARY);
        pair.announced(PRIMARY);

        pair.reported(PRIMARY, Pair.running(255));
        pair.pass(1);
        pair.opened(SECONDARY);

        assertThat(pair.lastOrders()).contains(new RehomeRelays(2, SECONDARY), new CloseLink(PRIMARY));
    }

    /** Both connect again and call themselves unusable: a switch would win nothing. */
    @Test
    @Requirement({"S11", "ML2"})
    void amongUnusableMembersTheOneThatServedIsStayedWith() {
        Pair pair = Pair.serving(Mode.WARM);
        pair.lost(PRIMARY);
        pair.rehomed();
        pair.reported(SECONDARY, Pair.running(0));
        pair.pass(1);
        pair.opened(PRIMARY, Pair.running(0));
        pair.skip(20);

        pair.lost(SECONDARY);
        pair.opened(SECONDARY, Pair.running(0));

        assertThat(pair.lastOrders()).contains(new RehomeRelays(3, SECONDARY));
    }

    @Test
    @Requirement({"MODE-ALL3"})
    void anAnnouncedShutdownOfTheStandbyOnlyDropsIt() {
        Pair pair = Pair.serving(Mode.WARM);

        pair.announced(SECONDARY);

        assertThat(pair.lastOrders()).containsExactly(new Detach(SECONDARY), new CloseLink(SECONDARY));
        assertThat(pair.phase()).isEqualTo(new Phase.Serving(PRIMARY));
    }

    /** A server that accepts subscriptions and never reports (user need U8). */
    @Test
    @Requirement({"S9"})
    void aMissingFirstNotificationIsALossOfThatMember() {
        Pair pair = Pair.serving(Mode.HOT);
        pair.skip(60);

        pair.silent(PRIMARY);
        assertThat(pair.lastOrders())
                .containsExactly(
                        new HoldRelays(2),
                        new RehomeRelays(2, SECONDARY),
                        new Detach(PRIMARY),
                        new CloseLink(PRIMARY),
                        new OpenLink(PRIMARY));
        pair.rehomed();

        assertThat(pair.records(RecordKind.PROMOTED))
                .singleElement()
                .satisfies(r -> assertThat(r.fields()).containsEntry("cause", "NO_FIRST_NOTIFICATION"));
    }

    @Test
    @Requirement({"S15"})
    void aMemberThatStaysSilentIsDamped() {
        Pair pair = Pair.serving(Mode.HOT);
        pair.skip(60);
        for (int i = 0; i < 3; i++) {
            pair.silent(PRIMARY);
            finish(pair);
            pair.pass(2);
            if (pair.member(PRIMARY).link() == MemberHealth.Link.OPENING) {
                pair.opened(PRIMARY);
            }
            pair.synchronizedOn(PRIMARY);
            finish(pair);
        }

        assertThat(pair.records(RecordKind.PROMOTED)).hasSize(3);
        assertThat(pair.phase()).isEqualTo(new Phase.Serving(SECONDARY));
    }

    private static void finish(Pair pair) {
        if (pair.phase() instanceof Phase.Switching) {
            pair.rehomed();
        }
    }

    @Test
    @Requirement({"MON-4", "EVT-MERR-P"})
    void aMonitorTestInErrorMovesWhenTheOtherIsUsable() {
        Pair pair = Pair.serving(Mode.WARM);

        pair.tested(PRIMARY, false);

        assertThat(pair.lastOrders()).containsExactly(new HoldRelays(2), new RehomeRelays(2, SECONDARY));
    }

    /** The record of the switch names the items. */
    @Test
    @Requirement({"EVT-MERR-P", "I12"})
    void theEvidenceIsWhatTheMonitorTestSaid() {
        Pair pair = Pair.serving(Mode.WARM);

        pair.tested(PRIMARY, false);
        pair.rehomed();

        assertThat(pair.records(RecordKind.PROMOTED).getFirst().fields())
                .containsEntry("evidence", "monitor item test in error: 1 of 1");
    }

    @Test
    @Requirement({"MON-3", "EVT-MERR-S"})
    void aMonitorTestInErrorOnTheStandbyIsARecordOnly() {
        Pair pair = Pair.serving(Mode.WARM);

        pair.tested(SECONDARY, false);

        assertThat(pair.lastOrders()).isEmpty();
    }

    @Nested
    @Requirement({"S35"})
    class AfterAPauseOfOurOwn {
        @Test
        @Requirement({"S35"})
        void bothAreAskedAgain() {
            Pair pair = Pair.serving(Mode.HOT);

            pair.paused(60_000);

            assertThat(pair.lastOrders()).containsExactly(new ProbeNow(PRIMARY), new ProbeNow(SECONDARY));
        }

        @Test
        @Requirement({"S35"})
        void oneMissPerMemberIsForgiven() {
            Pair pair = Pair.serving(Mode.HOT);
            pair.paused(60_000);

            pair.missed(PRIMARY);
            assertThat(pair.lastOrders()).containsExactly(new ProbeNow(PRIMARY));
            pair.missed(SECONDARY);
            assertThat(pair.lastOrders()).containsExactly(new ProbeNow(SECONDARY));

            assertThat(pair.phase()).isEqualTo(new Phase.Serving(PRIMARY));
            assertThat(pair.records(RecordKind.STATUS_LOST)).isEmpty();
        }

        @Test
        @Requirement({"S35"})
        void theSecondMissCounts() {
            Pair pair = Pair.serving(Mode.HOT);
            pair.paused(60_000);
            pair.missed(PRIMARY);

            pair.missed(PRIMARY);

            assertThat(pair.lastOrders()).contains(new RehomeRelays(2, SECONDARY));
        }

        /** Else nobody would hear of a dead server, on a machine that has no time for us. */
        @Test
        @Requirement({"S35", "S12"})
        void aMissIsNotExcusedByPauseAfterPauseForEver() {
            Pair pair = Pair.serving(Mode.HOT);
            for (int i = 0; i < MemberHealth.PAUSES_MAX; i++) {
                pair.paused(1_000);
                pair.missed(PRIMARY);
                assertThat(pair.phase()).isEqualTo(new Phase.Serving(PRIMARY));
            }
            pair.paused(1_000);
            pair.missed(PRIMARY);

            assertThat(pair.lastOrders()).contains(new RehomeRelays(2, SECONDARY));
        }

        @Test
        @Requirement({"S35"})
        void whoAnswersBetweenPausesIsExcusedEachTime() {
            Pair pair = Pair.serving(Mode.HOT);
            for (int i = 0; i < 3 * MemberHealth.PAUSES_MAX; i++) {
                pair.paused(1_000);
                pair.missed(PRIMARY);
                pair.reported(PRIMARY, Pair.running(255));
            }

            assertThat(pair.phase()).isEqualTo(new Phase.Serving(PRIMARY));
        }

        /** The round is interval and timeout, 3.5 s by default. */
        @Test
        @Requirement({"S35"})
        void aMissAfterTheRoundCounts() {
            Pair pair = Pair.serving(Mode.HOT);
            pair.paused(60_000);
            pair.skip(3.5);

            pair.missed(PRIMARY);

            assertThat(pair.lastOrders()).contains(new RehomeRelays(2, SECONDARY));
        }

        @Test
        @Requirement({"S35"})
        void aClosedConnectionCountsAtOnce() {
            Pair pair = Pair.serving(Mode.HOT);
            pair.paused(60_000);

            pair.lost(PRIMARY);

            assertThat(pair.lastOrders()).contains(new RehomeRelays(2, SECONDARY));
        }

        /** Both connecting when we stopped: their silence must not strand the clients. */
        @Test
        @Requirement({"S35"})
        void attemptsThatTimedOutMeanwhileAreMadeAgain() {
            Pair pair = Pair.serving(Mode.HOT);
            pair.skip(60);
            pair.lost(SECONDARY);
            pair.lost(PRIMARY);
            pair.paused(60_000);

            silentAttempt(pair, PRIMARY);
            assertThat(pair.lastOrders()).containsExactly(new OpenLink(PRIMARY));
            silentAttempt(pair, SECONDARY);
            assertThat(pair.phase()).isInstanceOf(Phase.Switching.class);

            silentAttempt(pair, PRIMARY);
            silentAttempt(pair, SECONDARY);
            assertThat(pair.phase()).isInstanceOf(Phase.Stranded.class);
        }

        private static void silentAttempt(Pair pair, int member) {
            pair.on(new PairEvent.LinkFailed(pair.now(), member, LossCause.NO_ANSWER, 0x800A0000L, "silent"));
        }

        @Test
        @Requirement({"S35"})
        void aSwitchUnderWayGetsItsTimeBack() {
            Pair pair = Pair.serving(Mode.HOT);
            pair.lost(PRIMARY);
            pair.skip(60);

            pair.paused(60_000);
            pair.pass(29);

            assertThat(pair.phase()).isInstanceOf(Phase.Switching.class);
            assertThat(pair.state().epoch()).isEqualTo(2);
        }

        @Test
        @Requirement({"S35"})
        void theHoldOfTheServiceLevelBeginsAgain() {
            Pair pair = Pair.serving(Mode.HOT);
            pair.reported(PRIMARY, Pair.running(100));
            pair.skip(9);

            pair.paused(5_000);
            pair.pass(2);

            assertThat(pair.phase()).isEqualTo(new Phase.Serving(PRIMARY));
        }
    }

    @Nested
    class SettingsChange {
        @Test
        @Requirement({"APP-1", "M7"})
        void toColdDropsTheStandby() {
            Pair pair = Pair.serving(Mode.WARM);

            pair.change(s -> Pair.settings(Mode.COLD));

            assertThat(pair.lastOrders())
                    .containsExactly(
                            new UseSettings(Pair.settings(Mode.COLD)), new Detach(SECONDARY), new CloseLink(SECONDARY));
        }

        @Test
        @Requirement({"APP-1"})
        void toHotConnectsTheStandby() {
            Pair pair = Pair.serving(Mode.COLD);

            pair.change(s -> Pair.settings(Mode.HOT));
            assertThat(pair.lastOrders())
                    .containsExactly(new UseSettings(Pair.settings(Mode.HOT)), new OpenLink(SECONDARY));
            pair.opened(SECONDARY);

            assertThat(pair.lastOrders()).containsExactly(new Attach(SECONDARY));
        }
    }
}
