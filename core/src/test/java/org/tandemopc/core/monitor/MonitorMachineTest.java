package org.tandemopc.core.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tandemopc.core.monitor.Watched.bad;
import static org.tandemopc.core.monitor.Watched.badOrUncertain;
import static org.tandemopc.core.monitor.Watched.silent;
import static org.tandemopc.core.monitor.Watched.specific;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tandemopc.core.monitor.MonitorValue.Quality;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.testkit.Requirement;

final class MonitorMachineTest {
    private static final BigInteger ONE = BigInteger.ONE;
    private static final BigInteger TWO = BigInteger.TWO;

    @Nested
    class ByQuality {
        /** G, U, B: the qualities in their order; the last state is asked for. */
        @ParameterizedTest
        @CsvSource({
            "G,   false, false",
            "B,   false, true",
            "BG,  false, false",
            "GB,  false, true",
            "GU,  false, false",
            "BU,  false, true",
            "U,   false, false",
            "GU,  true,  true",
            "U,   true,  true",
            "UG,  true,  false",
            "BBB, false, true",
            "BUG, false, false",
        })
        @Requirement({"MON-9", "GAP-5", "LIM-9"})
        void badIsAnErrorGoodClearsItAndUncertainIsAsConfigured(
                String qualities, boolean uncertainIsBad, boolean isInError) {
            Watched watched = Watched.connected(1, uncertainIsBad ? badOrUncertain("i") : bad("i"));

            qualities.chars().forEach(q -> watched.value(0, quality(q), ONE));

            assertThat(watched.isInError(0)).isEqualTo(isInError);
            assertThat(watched.result()).isEqualTo(isInError ? MonitorResult.FAILED : MonitorResult.PASSED);
        }

        private static Quality quality(int letter) {
            return switch (letter) {
                case 'G' -> Quality.GOOD;
                case 'U' -> Quality.UNCERTAIN;
                default -> Quality.BAD;
            };
        }

        /** A value that stands still is no error of this trigger, however long. */
        @Test
        @Requirement({"MON-9", "S9"})
        void aConstantValueIsNoError() {
            Watched watched = Watched.connected(1, bad("i"));
            watched.good(0, ONE);

            watched.pass(3_600_000);

            assertThat(watched.results()).containsExactly(true);
        }
    }

    @Nested
    class ByValue {
        @Test
        @Requirement("MON-10")
        void theValueIsAnErrorAndAnyOtherClearsIt() {
            Watched watched = Watched.connected(1, specific("i", MonitorType.INT16, "1"));

            watched.good(0, ONE);
            assertThat(watched.isInError(0)).isTrue();
            watched.good(0, TWO);

            assertThat(watched.isInError(0)).isFalse();
            assertThat(watched.results()).containsExactly(false, true);
        }

        /** Some servers report the dead value with bad quality. */
        @Test
        @Requirement({"MON-10", "MON-11"})
        void aDeadValueCountsWhateverItsQuality() {
            Watched watched = Watched.connected(1, specific("i", MonitorType.DEFAULT, "-9999"));

            watched.value(0, Quality.BAD, BigInteger.valueOf(-9999));

            assertThat(watched.isInError(0)).isTrue();
        }

        @Test
        @Requirement("MON-10")
        void badQualityWithoutAValueIsNotAnotherValue() {
            Watched watched = Watched.connected(1, specific("i", MonitorType.INT16, "1"));
            watched.good(0, ONE);

            watched.value(0, Quality.BAD, null);

            assertThat(watched.isInError(0)).isTrue();
        }

        @Test
        @Requirement({"MON-12", "EVT-ARR-P"})
        void anArrayIsRecordedOncePerConnectionAndChangesNothing() {
            Watched watched = Watched.connected(1, specific("Line1", MonitorType.INT16, "1"));
            watched.good(0, ONE);

            watched.array(0);
            watched.array(0);

            assertThat(watched.isInError(0)).isTrue();
            assertThat(watched.records(RecordKind.MONITOR_ARRAY))
                    .extracting(PairRecord::text)
                    .containsExactly("Monitor item 'Line1' for 'Boiler' on primary machine 'alpha' contains array data"
                            + " which is not supported for the 'specific value' trigger condition.");
            watched.close();
            watched.open();
            watched.added(0);
            watched.array(0);
            assertThat(watched.records(RecordKind.MONITOR_ARRAY)).hasSize(2);
        }

        @Test
        @Requirement({"MON-12", "EVT-ARR-S"})
        void onTheSecondaryTheRecordNamesTheSecondary() {
            Watched watched = new Watched(1, new Monitoring(1, List.of(specific("Line1", MonitorType.INT16, "1"))));
            watched.open();
            watched.added(0);

            watched.array(0);

            assertThat(watched.records(RecordKind.MONITOR_ARRAY).getFirst().text())
                    .contains("on secondary machine 'beta'");
            assertThat(watched.result()).isEqualTo(MonitorResult.PASSED);
        }

        /** Control: only the trigger that compares has trouble with arrays. */
        @Test
        @Requirement("MON-12")
        void theOtherTriggersTakeArrays() {
            Watched watched = Watched.connected(1, bad("a"), silent("b", 2_000));

            watched.array(0);
            watched.array(1);
            watched.array(1);

            assertThat(watched.records(RecordKind.MONITOR_ARRAY)).isEmpty();
            assertThat(watched.results()).containsExactly(true);
        }
    }

    @Nested
    class BySilence {
        private final Watched watched = Watched.connected(1, silent("dog", 3_000));

        @Test
        @Requirement("MON-13")
        void theTimeStartsWhenTheItemIsAdded() {
            watched.pass(2_999);
            assertThat(watched.isInError(0)).isFalse();

            watched.pass(1);

            assertThat(watched.isInError(0)).isTrue();
            assertThat(watched.results()).containsExactly(false);
            assertThat(watched.why(0)).isEqualTo("no data change for 3000 ms");
        }

        @Test
        @Requirement("MON-13")
        void anyNotificationStartsTheTimeAgain() {
            watched.pass(2_900);
            watched.good(0, ONE);
            watched.pass(2_900);
            watched.value(0, Quality.BAD, null);
            watched.pass(2_900);
            watched.good(0, ONE);
            watched.pass(2_999);

            assertThat(watched.results()).containsExactly(true);
            watched.pass(1);
            assertThat(watched.results()).containsExactly(true, false);
        }

        @Test
        @Requirement("MON-13")
        void aValueAfterTheErrorClearsIt() {
            watched.ticking(0, 1_000, 5_000);
            watched.pass(10_000);

            watched.good(0, ONE);

            assertThat(watched.results()).containsExactly(true, false, true);
        }

        /** The latency bound: to the nanosecond, not to the next round of a timer. */
        @Test
        @Requirement("MON-18")
        void theNextTickIsDueExactlyWhenTheTimeEnds() {
            watched.good(0, ONE);
            watched.good(0, TWO);

            assertThat(MonitorMachine.dueNanos(watched.state())).isEqualTo(watched.now() + 3_000_000_000L);
        }

        /** S9: a tag that is constant by nature must not be watched so; nothing but the configured rule judges it. */
        @Test
        @Requirement("S9")
        void onlyTheConfiguredItemIsJudgedByItsAge() {
            Watched both = Watched.connected(1, silent("dog", 3_000), bad("setpoint"));
            both.good(1, ONE);

            both.ticking(0, 1_000, 60_000);

            assertThat(both.results()).containsExactly(true);
        }

        @ParameterizedTest
        @CsvSource({"1000, 3000, false", "1500, 3000, false", "1501, 3002, true", "5000, 10000, true"})
        @Requirement({"MON-8", "MON-14"})
        void theTimeIsAtLeastTwiceTheRateThatTheServerGave(long rateMs, long timeMs, boolean isSaid) {
            Watched slow = Watched.of(1, silent("dog", 3_000));
            slow.open();
            slow.added(0, rateMs);
            slow.added(0, rateMs);

            slow.pass(timeMs - 1);
            assertThat(slow.isInError(0)).isFalse();
            slow.pass(1);

            assertThat(slow.isInError(0)).isTrue();
            assertThat(slow.records(RecordKind.NOTE)).hasSize(isSaid ? 1 : 0);
        }

        @Test
        @Requirement("MON-14")
        void theLengthenedTimeIsSaid() {
            Watched slow = Watched.of(1, silent("dog", 3_000));
            slow.open();

            slow.added(0, 5_000);

            assertThat(slow.records(RecordKind.NOTE).getFirst().text())
                    .isEqualTo("Monitor item 'dog' for 'Boiler' on primary machine 'alpha' is updated every 5000 ms"
                            + " only. It is in error after 10000 ms without a data change.");
        }

        /** The server lost the subscription: what it then calls the first value is the one that stands still. */
        @Test
        @Requirement({"MON-13", "S9"})
        void aSubscriptionMadeAnewDoesNotWakeAFrozenItem() {
            watched.ticking(0, 1_000, 5_000);
            watched.good(0, ONE);
            watched.pass(3_000);
            assertThat(watched.result()).isEqualTo(MonitorResult.FAILED);

            watched.interrupted();
            watched.added(0);
            watched.good(0, ONE);
            assertThat(watched.result()).isEqualTo(MonitorResult.FAILED);
            watched.good(0, TWO);

            assertThat(watched.results()).containsExactly(true, false, true);
        }

        /** Nobody looked, so nothing was seen; but not for ever. */
        @Test
        @Requirement("MON-13")
        void whileNoSubscriptionStandsTheTimeDoesNotRun() {
            watched.ticking(0, 1_000, 5_000);

            watched.interrupted();
            watched.pass(29_999);
            assertThat(watched.results()).containsExactly(true);
            watched.pass(1);

            assertThat(watched.results()).containsExactly(true, false);
            assertThat(watched.why(0)).isEqualTo("could not be added in time");
        }
    }

    @Nested
    class Refused {
        @Test
        @Requirement({"MON-16", "EVT-ADD-P"})
        void anItemThatCannotBeAddedIsInErrorAndSaidOncePerConnection() {
            Watched watched = Watched.of(1, bad("nowhere"));
            watched.open();

            watched.refused(0);
            watched.refused(0);

            assertThat(watched.results()).containsExactly(false);
            assertThat(watched.records(RecordKind.MONITOR_NOT_ADDED))
                    .singleElement()
                    .satisfies(record -> {
                        assertThat(record.text())
                                .isEqualTo(
                                        "Attempt to add monitor item 'nowhere' for 'Boiler' on primary machine 'alpha'"
                                                + " failed. This monitor item will be considered in error.");
                        assertThat(record.fields())
                                .containsEntry("code", 0x80340000L)
                                .containsEntry("item", "nowhere");
                    });
            watched.close();
            watched.open();
            watched.refused(0);
            assertThat(watched.records(RecordKind.MONITOR_NOT_ADDED)).hasSize(2);
        }

        @Test
        @Requirement({"MON-16", "EVT-ADD-S"})
        void onTheSecondaryTheRecordNamesTheSecondary() {
            Watched watched = new Watched(1, new Monitoring(1, List.of(bad("nowhere"))));
            watched.open();

            watched.refused(0);

            assertThat(watched.records(RecordKind.MONITOR_NOT_ADDED).getFirst().text())
                    .contains("on secondary machine 'beta'");
        }

        @Test
        @Requirement({"MON-16", "MON-4"})
        void itCountsAsOneOfTheItemsInError() {
            Watched watched = Watched.of(2, bad("nowhere"), bad("i"));
            watched.open();
            watched.refused(0);
            watched.added(1);

            watched.good(1, ONE);
            watched.value(1, Quality.BAD, null);

            assertThat(watched.results()).containsExactly(true, false);
        }

        @Test
        @Requirement("MON-16")
        void itIsInErrorUntilALaterAttemptBringsAValue() {
            Watched watched = Watched.of(1, bad("late"), silent("dog", 2_000));
            watched.open();
            watched.refused(0);
            watched.refused(1);

            watched.added(0);
            watched.added(1);
            assertThat(watched.result()).isEqualTo(MonitorResult.FAILED);
            watched.good(0, ONE);
            watched.good(1, ONE);

            assertThat(watched.results()).containsExactly(false, true);
        }

        /** A link that says nothing at all would keep the pair from ever going back to its primary. */
        @Test
        @Requirement("GAP-6")
        void anItemOfWhichNothingIsHeardIsInErrorInTheEnd() {
            Watched watched = Watched.of(1, bad("i"));
            watched.open();

            watched.pass(30_000);

            assertThat(watched.results()).containsExactly(false);
        }
    }

    @Nested
    class Counting {
        /** Of three items the first so many are bad. */
        @ParameterizedTest
        @CsvSource({"1, 0, true", "1, 1, false", "2, 1, true", "2, 2, false", "2, 3, false", "3, 2, true", "3, 3, false"
        })
        @Requirement({"MON-4", "MON-17"})
        void theMemberFailsWhenTheCountIsMetOrExceeded(int failureCount, int bad, boolean isPassed) {
            Watched watched = Watched.connected(failureCount, bad("a"), bad("b"), bad("c"));

            for (int i = 0; i < 3; i++) {
                watched.value(i, i < bad ? Quality.BAD : Quality.GOOD, ONE);
            }

            assertThat(watched.results()).containsExactly(isPassed);
        }

        @Test
        @Requirement({"MON-4", "GAP-8"})
        void withoutItemsNothingIsTested() {
            Watched watched = Watched.of(0);

            watched.open();
            watched.pass(3_600_000);

            assertThat(watched.all()).isEmpty();
            assertThat(MonitorMachine.dueNanos(watched.state())).isEqualTo(Long.MAX_VALUE);
        }

        @Test
        @Requirement({"EVT-MERR-P", "EVT-MOK-P"})
        void aHundredBadValuesAreOneTransition() {
            Watched watched = Watched.connected(1, bad("a"));
            watched.good(0, ONE);

            for (int i = 0; i < 100; i++) {
                watched.pass(1_000);
                watched.value(0, Quality.BAD, BigInteger.valueOf(i));
            }

            assertThat(watched.results()).containsExactly(true, false);
        }

        @Test
        @Requirement("EVT-MERR-P")
        void theDetailNamesSomeOfTheItemsAndWhy() {
            MonitorItem[] items = new MonitorItem[5];
            Arrays.setAll(items, i -> bad("i" + i));
            Watched watched = Watched.connected(4, items);

            for (int i = 0; i < 5; i++) {
                watched.value(i, Quality.BAD, null);
            }

            assertThat(watched.lastDetail())
                    .isEqualTo("4 of 5 monitor items in error, 4 make a failure:"
                            + " i0 bad quality; i1 bad quality; i2 bad quality; …");
        }

        @Test
        @Requirement({"EVT-MERR-P", "EVT-MOK-P"})
        void eachConnectionBeginsWithAFirstResult() {
            Watched watched = Watched.connected(1, bad("a"));
            watched.good(0, ONE);

            watched.close();
            assertThat(watched.result()).isEqualTo(MonitorResult.UNTESTED);
            watched.open();
            watched.added(0);
            watched.good(0, ONE);

            assertThat(watched.results()).containsExactly(true, true);
        }

        @Test
        @Requirement("MON-3")
        void whatComesWhileNotConnectedIsNotHeard() {
            Watched watched = Watched.of(1, bad("a"));

            watched.added(0);
            watched.value(0, Quality.BAD, null);
            watched.pass(60_000);

            assertThat(watched.all()).isEmpty();
        }
    }

    @Nested
    class BeforeTheFirstValue {
        @Test
        @Requirement("GAP-6")
        void thereIsNoResultUntilEveryItemHasShownSomething() {
            Watched watched = Watched.connected(1, bad("a"), silent("dog", 5_000));

            watched.good(0, ONE);
            watched.good(1, ONE);
            assertThat(watched.results()).isEmpty();
            watched.good(1, TWO);

            assertThat(watched.results()).containsExactly(true);
        }

        @Test
        @Requirement("GAP-6")
        void enoughErrorsAreAResultWhateverTheOthersWillShow() {
            Watched watched = Watched.connected(1, bad("a"), silent("dog", 5_000));

            watched.value(0, Quality.BAD, null);

            assertThat(watched.results()).containsExactly(false);
        }

        @Test
        @Requirement("GAP-6")
        void anItemThatOnlyAValueCanPutInErrorIsWaitedForSoLong() {
            Watched watched = Watched.connected(1, bad("a"));

            watched.pass(4_999);
            assertThat(watched.results()).isEmpty();
            watched.pass(1);

            assertThat(watched.results()).containsExactly(true);
            assertThat(watched.why(0)).isEqualTo("no value yet");
        }

        /** A frozen device whose server was restarted: the first value alone must not call the primary back. */
        @Test
        @Requirement({"GAP-6", "GAP-9"})
        void aFrozenItemPassesNoTestOnANewConnection() {
            Watched watched = Watched.connected(1, silent("dog", 3_000));
            watched.good(0, ONE);

            watched.pass(60_000);

            assertThat(watched.results()).containsExactly(false);
        }
    }

    @Nested
    class AfterAPauseOfOurOwn {
        @Test
        @Requirement({"S35", "MON-13"})
        void theTimeThatWeDidNotListenDoesNotCount() {
            Watched watched = Watched.connected(1, silent("dog", 5_000));
            watched.ticking(0, 1_000, 5_000);
            watched.pass(2_000);

            watched.paused(60_000);
            watched.pass(2_999);
            assertThat(watched.results()).containsExactly(true);
            watched.pass(1);

            assertThat(watched.results()).containsExactly(true, false);
        }

        /** What waited at the member while we stood still is on its way. */
        @Test
        @Requirement({"S35", "MON-13"})
        void oneUpdateMayStillComeInWhenTheTimeWasNearlyOver() {
            Watched watched = Watched.connected(1, silent("dog", 5_000));
            watched.ticking(0, 1_000, 5_000);
            watched.pass(4_999);

            watched.paused(60_000);
            watched.pass(999);
            assertThat(watched.results()).containsExactly(true);
            watched.pass(1);

            assertThat(watched.results()).containsExactly(true, false);
        }

        @Test
        @Requirement({"S35", "MON-13"})
        void anErrorStaysOne() {
            Watched watched = Watched.connected(1, silent("dog", 5_000));
            watched.pass(5_000);

            watched.paused(60_000);

            assertThat(watched.results()).containsExactly(false);
        }

        @Test
        @Requirement({"S35", "MON-15"})
        void itIsNoIntervalOfTheItem() {
            Watched watched = Watched.connected(1, silent("dog", 5_000));
            watched.ticking(0, 1_000, 10_000);

            watched.paused(4_000);
            watched.good(0, ONE);
            watched.ticking(0, 1_000, 10_000);

            assertThat(watched.state().snapshot().items().getFirst().slowestMs())
                    .isEqualTo(1_000);
        }
    }

    @Nested
    class Measuring {
        @Test
        @Requirement("MON-15")
        void theProposalIsTwiceTheSlowestUpdate() {
            Watched watched = Watched.connected(1, silent("dog", 60_000));
            watched.ticking(0, 1_000, 10_000);
            watched.ticking(0, 3_000, 3_000);
            watched.ticking(0, 1_000, 10_000);

            MonitorSnapshot.Item item = watched.state().snapshot().items().getFirst();

            assertThat(item.slowestMs()).isEqualTo(3_000);
            assertThat(item.proposedTimeMs()).isEqualTo(6_000);
        }

        /** The case in which the proposal is needed: the time is too short, and every update ends an error. */
        @Test
        @Requirement("MON-15")
        void aTimeThatIsTooShortStillGetsItsProposal() {
            Watched watched = Watched.connected(1, silent("dog", 2_000));

            watched.ticking(0, 3_000, 30_000);

            assertThat(watched.state().snapshot().items().getFirst().proposedTimeMs())
                    .isEqualTo(6_000);
        }

        @Test
        @Requirement("MON-15")
        void aTimeThatIsTooShortIsSaidOncePerConnection() {
            Watched watched = Watched.connected(1, silent("dog", 5_000));

            watched.ticking(0, 3_000, 150_000);

            assertThat(watched.records(RecordKind.NOTE))
                    .extracting(PairRecord::text)
                    .containsExactly("Monitor item 'dog' for 'Boiler' on primary machine 'alpha' came after 3000 ms at"
                            + " the slowest. A time of 6000 ms would fit it better than 5000 ms.");
            assertThat(watched.results()).containsExactly(true);
        }

        @Test
        @Requirement("MON-15")
        void aTimeThatFitsNeedsNoProposal() {
            Watched watched = Watched.connected(1, silent("dog", 6_000));

            watched.ticking(0, 3_000, 150_000);

            assertThat(watched.records(RecordKind.NOTE)).isEmpty();
        }

        @Test
        @Requirement("MON-15")
        void anOutageIsNoRate() {
            Watched watched = Watched.connected(1, silent("dog", 5_000));
            watched.ticking(0, 1_000, 10_000);
            watched.pass(600_000);
            watched.ticking(0, 1_000, 10_000);

            assertThat(watched.state().snapshot().items().getFirst().slowestMs())
                    .isEqualTo(1_000);
        }

        @Test
        @Requirement("MON-15")
        void nothingIsProposedBeforeSomeUpdatesWereSeen() {
            Watched watched = Watched.connected(1, silent("dog", 5_000));
            watched.ticking(0, 1_000, 4_000);
            assertThat(watched.state().snapshot().items().getFirst().proposedTimeMs())
                    .isEqualTo(MonitorSnapshot.UNKNOWN);

            watched.ticking(0, 1_000, 1_000);

            assertThat(watched.state().snapshot().items().getFirst().proposedTimeMs())
                    .isEqualTo(2_000);
        }

        @Test
        @Requirement("MON-15")
        void oldIntervalsAreForgotten() {
            Watched watched = Watched.connected(1, silent("dog", 60_000));
            watched.ticking(0, 3_000, 6_000);

            watched.ticking(0, 1_000, 1_000 * Intervals.KEPT);

            assertThat(watched.state().snapshot().items().getFirst().slowestMs())
                    .isEqualTo(1_000);
        }
    }

    @Nested
    class OtherItems {
        @Test
        @Requirement({"MON-1", "MON-4"})
        void theResultStaysUntilTheNewItemsAreKnown() {
            Watched watched = Watched.connected(1, bad("a"));
            watched.good(0, ONE);

            watched.change(new Monitoring(1, List.of(bad("a"), bad("b"))));
            assertThat(watched.result()).isEqualTo(MonitorResult.PASSED);
            watched.added(0);
            watched.added(1);
            watched.good(0, ONE);
            watched.value(1, Quality.BAD, null);

            assertThat(watched.results()).containsExactly(true, false);
        }

        @Test
        @Requirement({"MON-1", "GAP-8"})
        void withoutItemsThereIsNoResultAnyMore() {
            Watched watched = Watched.connected(1, bad("a"));
            watched.value(0, Quality.BAD, null);

            watched.change(Monitoring.NONE);

            assertThat(watched.result()).isEqualTo(MonitorResult.UNTESTED);
            assertThat(watched.results()).containsExactly(false);
        }

        @Test
        void theSameItemsChangeNothing() {
            Watched watched = Watched.connected(1, bad("a"));
            watched.good(0, ONE);
            MonitorState before = watched.state();

            watched.change(before.monitoring());

            assertThat(watched.state()).isEqualTo(before);
        }

        @Test
        void reportsOfItemsThatAreNotInTheListAreNotHeard() {
            Watched watched = Watched.connected(1, bad("a"));

            watched.value(7, Quality.BAD, null);
            watched.refused(-1);

            assertThat(watched.all()).isEmpty();
        }
    }
}
