package org.tandemopc.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tandemopc.relay.delivery.FakeBatch.v;
import static org.tandemopc.relay.delivery.ScriptedClient.A;
import static org.tandemopc.relay.delivery.ScriptedClient.B;
import static org.tandemopc.relay.delivery.ScriptedClient.P;
import static org.tandemopc.relay.delivery.ScriptedClient.P_TICKS;
import static org.tandemopc.relay.delivery.ScriptedClient.SUB;
import static org.tandemopc.relay.delivery.ScriptedClient.longLived;
import static org.tandemopc.relay.delivery.ScriptedClient.values;

import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.tandemopc.relay.delivery.FakeBatch.Entry;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Both members report; A's values go to the client, B's wait in the ring and bridge the switch. */
class HotBridgeTest {
    private static final long BRIDGE = DeliveryLimits.defaults().bridgeNanos();
    private static final long HOUR_TICKS = 36_000_000_000L;

    private final ScriptedClient client = ScriptedClient.subscribed(longLived());

    HotBridgeTest() {
        client.delivery.addItem(SUB, 1, values(10));
        client.delivery.addItem(SUB, 2, values(10));
        client.starts(A, 1, 2);
        client.starts(B, 1, 2);
    }

    /** Both members have been heard for a while: B's runs are older than what A said last. */
    private void steady() {
        client.pass(10 * P);
        client.keepsAlive(A);
        client.keepsAlive(B);
    }

    @Nested
    class Steady {
        @Test
        @Requirement(
                value = {"MODE-H2", "S17"},
                protocol = Protocol.UA)
        void onlyTheActivesStreamIsDelivered() {
            client.says(A, v(1, 10));
            client.says(B, v(1, 10));
            client.says(B, v(1, 11));
            client.says(A, v(1, 11));

            assertThat(client.read()).containsExactly("1=10@10", "1=11@11");
        }

        @Test
        @Requirement("I9")
        void theRingHoldsOnlyWhatTheClientDoesNotHaveYet() {
            for (int t = 1; t <= 100; t++) {
                client.says(A, v(1, t));
                client.says(B, v(1, t));
            }

            assertThat(client.delivery.ringBytes).isZero();
        }

        // A clock ahead makes each standby value look new: it is let go once the active was heard long after it.
        @Test
        @Requirement("I9")
        void valuesOfAClockAheadLeaveTheRingAfterItsTime() {
            for (int t = 1; t <= 300; t++) {
                client.says(A, v(1, t));
                client.says(B, v(1, HOUR_TICKS + t, t));
                client.pass(P);
            }

            assertThat(client.delivery.ringBytes).isLessThanOrEqualTo(102L * FakeBatch.ENTRY_BYTES);
        }

        @Test
        void valuesOfARemovedItemAreDropped() {
            client.delivery.removeItem(1);

            client.says(A, v(1, 10), v(2, 10));

            assertThat(client.read()).containsExactly("2=10@10");
        }

        @Test
        void valuesOfAnotherSubscriptionsItemAreDropped() {
            client.delivery.createSubscription(2, longLived(), 0);
            client.delivery.addItem(2, 3, values(1));

            client.says(A, v(3, 10), v(2, 10));

            assertThat(client.read()).containsExactly("2=10@10");
        }
    }

    @Nested
    class Switch {
        @Test
        @Requirement(
                value = {"MODE-H3", "S17"},
                protocol = Protocol.UA)
        void theStandbysValuesThatTheClientHasNotSeenComeAtOnce() {
            steady();
            client.says(A, v(1, 10));
            client.says(B, v(1, 10), v(1, 11));
            client.says(B, v(1, 12));
            assertThat(client.read()).containsExactly("1=10@10");

            client.switchTo(B);

            assertThat(client.read()).containsExactly("1=11@11", "1=12@12");
            assertThat(client.gaps).isEmpty();
        }

        @Test
        @Requirement({"S8", "I7"})
        void nothingOfTheFormerActiveIsDeliveredFromTheHoldOn() {
            client.says(A, v(1, 10));
            client.says(B, v(1, 10));
            client.delivery.hold(client.now);
            client.says(A, v(1, 11));
            assertThat(client.read()).containsExactly("1=10@10");

            client.delivery.activate(B, 2, client.now);
            client.says(A, v(1, 12));

            assertThat(client.read()).isEmpty();
        }

        @Test
        @Requirement("I7")
        void aStandbyBehindTheActiveDeliversNothingOldAndNothingTwice() {
            steady();
            client.says(A, v(1, 10), v(1, 11), v(1, 12));
            client.says(B, v(1, 10));
            client.switchTo(B);

            client.says(B, v(1, 11), v(1, 12));
            client.says(B, v(1, 13));

            assertThat(client.read()).containsExactly("1=10@10", "1=11@11", "1=12@12", "1=13@13");
            assertThat(client.gaps).isEmpty();
        }

        @Test
        void severalChangesWithOneTimeAreAllDeliveredOnce() {
            steady();
            client.says(A, v(1, 10, 1), v(1, 10, 2));
            client.says(B, v(1, 10, 1), v(1, 10, 2), v(1, 10, 3));

            client.switchTo(B);
            client.says(B, v(1, 10, 4), v(1, 11, 5));

            assertThat(client.read()).containsExactly("1=1@10", "1=2@10", "1=3@10", "1=4@10", "1=5@11");
            assertThat(client.gaps).isEmpty();
        }

        @Test
        void afterTheFirstNewValueAnItemPassesUnfiltered() {
            steady();
            client.says(A, v(1, 10));
            client.says(B, v(1, 10), v(1, 11));
            client.switchTo(B);

            client.says(B, v(1, 5, 99));

            assertThat(client.read()).containsExactly("1=10@10", "1=11@11", "1=99@5");
        }

        @Test
        void anItemWithoutAValueYetGetsItFromTheStandby() {
            client.says(A, v(1, 10));
            client.says(B, v(1, 10), v(2, 3));

            client.switchTo(B);

            assertThat(client.read()).containsExactly("1=10@10", "2=3@3");
            assertThat(client.gaps).isEmpty();
        }

        @Test
        void thereAndBackAgainNothingIsLostOrDoubled() {
            steady();
            client.says(A, v(1, 10));
            client.says(B, v(1, 10), v(1, 11));
            client.switchTo(B);
            client.says(A, v(1, 11), v(1, 12));
            client.says(B, v(1, 12));
            client.says(A, v(1, 13));
            client.pass(P);

            client.switchTo(A);
            client.says(B, v(1, 13));
            client.says(A, v(1, 14));

            assertThat(client.read()).containsExactly("1=10@10", "1=11@11", "1=12@12", "1=13@13", "1=14@14");
            assertThat(client.gaps).isEmpty();
        }

        @Test
        void aSwitchThatEndsAtTheSameMemberDeliversWhatCameDuringTheHold() {
            steady();
            client.says(A, v(1, 10));
            client.delivery.hold(client.now);
            client.says(A, v(1, 11));

            client.delivery.activate(A, 2, client.now);
            client.says(A, v(1, 12));

            assertThat(client.read()).containsExactly("1=10@10", "1=11@11", "1=12@12");
            assertThat(client.gaps).isEmpty();
        }

        @Test
        void anotherActivationOfTheActiveChangesNothing() {
            client.says(A, v(1, 10));

            client.delivery.activate(A, 2, client.now);
            client.says(A, v(1, 5, 99));

            assertThat(client.read()).containsExactly("1=10@10", "1=99@5");
        }

        @Test
        void theBridgeNeedsNoTickOnceAllItemsAreThrough() {
            steady();
            client.says(A, v(1, 10), v(2, 10));
            client.says(B, v(1, 11), v(2, 11));
            client.switchTo(B);
            client.read();

            assertThat(client.delivery.bridged()).isEqualTo(2);
            assertThat(client.delivery.nextTickNanos() - client.now).isLessThanOrEqualTo(P);
        }
    }

    /** The value is the same but its time is not: a change only if the client asked for time stamps as well. */
    @Nested
    class EqualValues {
        @Test
        void theOtherMembersStampOfTheSameStateIsNoChange() {
            steady();
            client.says(A, v(1, 10, 7));
            client.says(B, v(1, 10, 7));
            client.read();

            client.switchTo(B);
            client.says(B, v(1, 12, 7));

            assertThat(client.read()).isEmpty();
            assertThat(client.gaps).isEmpty();
        }

        // To and fro in a queue too short: the value is the same again, and only its mark tells of what was between.
        @Test
        @Requirement("I4")
        void theOneWithAnOverflowIsDeliveredForItsMark() {
            steady();
            client.says(A, v(1, 10, 0));
            client.says(B, v(1, 10, 0));
            client.says(B, v(1, 12, 0).overflowed());
            client.read();

            client.switchTo(B);
            client.says(B, v(1, 13, 1));

            assertThat(client.read()).containsExactly("1=0@12!", "1=1@13");
        }

        @Test
        @Requirement("I4")
        void theOneWithAnOverflowIsDeliveredOutOfAQueueThatGaveUpItsNewest() {
            client.delivery.modifyItem(1, new ItemSettings(10, false, false, ItemSettings.Kind.VALUES));
            steady();
            client.says(A, v(1, 10, 0));
            client.says(B, v(1, 10, 0), v(1, 12, 0).overflowed());
            client.read();

            client.switchTo(B);
            client.says(B, v(1, 13, 1));

            assertThat(client.read()).containsExactly("1=0@12!", "1=1@13");
        }

        @Test
        @Requirement("I4")
        void theOneWithAnOverflowIsDeliveredAlsoWithoutSourceTimes() {
            steady();
            client.says(A, v(1, 0, 7));
            client.read();
            client.switchTo(B);

            client.says(B, v(1, 0, 7).overflowed());

            assertThat(client.read()).containsExactly("1=7@0!");
        }

        @Test
        void theyAreDeliveredWhereTheClientAskedForTimeStamps() {
            client.delivery.modifyItem(1, new ItemSettings(10, true, ItemSettings.Kind.VALUES));
            steady();
            client.says(A, v(1, 10, 7));
            client.says(B, v(1, 10, 7), v(1, 12, 7));

            client.switchTo(B);
            client.says(B, v(1, 13, 7));

            assertThat(client.read()).containsExactly("1=7@10", "1=7@12", "1=7@13");
        }
    }

    @Nested
    class NotProven {
        @Test
        @Requirement("I4")
        void aStandbyThatBeganAfterTheWatermarkIsMarkedAndOneGapIsRecorded() {
            client.delivery.runsEnded(B, SUB, client.now);
            client.says(A, v(1, 10), v(2, 10));
            client.read();
            client.pass(10 * P);
            client.starts(B, 1, 2);
            client.says(B, v(1, 20), v(2, 20));

            client.switchTo(B);
            client.says(B, v(1, 21));

            assertThat(client.read()).containsExactly("1=20@20!", "2=20@20!", "1=21@21");
            assertThat(client.gaps)
                    .containsExactly(new DeliveryOutput.Gap(SUB, List.of(1, 2), 10, 20, "switch to member 1"));
        }

        // Heard well after the standby began, the active had nothing to say. But its last word may have been long on
        // its
        // way, or it may have stood still: a standby that saw all would have begun with what the client has.
        @Test
        @Requirement(value = "I4", protocol = Protocol.UA)
        void aStandbyWhoseFirstWordIsNewsIsNoProofHoweverEarlyItBegan() {
            client.delivery.runsEnded(B, SUB, client.now);
            client.says(A, v(1, 10));
            client.starts(B, 1);
            steady();

            client.says(B, v(1, 20));
            client.switchTo(B);

            assertThat(client.read()).containsExactly("1=10@10", "1=20@20!");
            assertThat(client.gaps).hasSize(1);
        }

        @Test
        @Requirement(value = "I4", protocol = Protocol.UA)
        void aStandbyThatStoodStillWhenTheLastValueCameIsNoProof() {
            client.says(A, v(1, 10), v(1, 11));
            client.says(B, v(1, 10));
            steady();
            client.read();

            client.switchTo(B);
            client.says(B, v(1, 15));

            assertThat(client.read()).containsExactly("1=15@15!");
            assertThat(client.gaps).hasSize(1);
        }

        // The value goes to and fro, so only its time tells that the standby's last word is not the client's last
        // value.
        @Test
        @Requirement(value = "I4", protocol = Protocol.UA)
        void membersThatAgreedOnceAgreeThoughTheirItemsWereMadeAnew() {
            client.says(A, v(1, 10, 0));
            client.says(B, v(1, 10, 0));
            client.switchTo(B);
            client.delivery.runsParked(A, SUB);
            client.delivery.runsEnded(B, SUB, client.now);
            client.starts(B, 1);
            client.says(B, v(1, 11, 1), v(1, 12, 0));
            steady();
            client.read();

            client.switchTo(A);
            client.says(A, v(1, 20, 1));

            assertThat(client.read()).containsExactly("1=1@20!");
        }

        @Test
        void whatAnEarlierRunSaidLastIsNotTakenForAWordOfTheNewOne() {
            client.says(B, v(1, 8, 1));
            client.delivery.runsEnded(B, SUB, client.now);
            client.says(A, v(1, 9, 0), v(1, 10, 1));
            client.read();
            client.switchTo(B);
            client.starts(B, 1);

            client.says(B, v(1, 10, 1), v(1, 11, 0));

            assertThat(client.read()).containsExactly("1=0@11");
            assertThat(client.gaps).isEmpty();
        }

        // A queue of one holds the newest of an interval, and the members' intervals lie anywhere: no need to know the
        // very
        // last value, but one of the same interval.
        @Test
        @Requirement(value = "I4", protocol = Protocol.UA)
        void aStandbyWithAQueueOfOneMayMissTheLastValueButNotTheInterval() {
            client.delivery.modifyItem(1, values(1));
            client.delivery.modifyItem(2, values(1));
            long t = P_TICKS;
            client.says(A, v(1, 10 * t), v(2, 10 * t));
            client.says(B, v(1, 10 * t), v(2, 10 * t));
            client.says(A, v(1, 11 * t), v(2, 11 * t));
            steady();
            client.read();

            client.switchTo(B);
            client.says(B, v(1, 12 * t), v(2, 15 * t));

            assertThat(client.readEntries())
                    .containsExactly(v(1, 12 * t), v(2, 15 * t).overflowed());
        }

        @Test
        @Requirement(value = "I4", protocol = Protocol.UA)
        void anActiveThatStandsStillHidesNothingFromTheNextOne() {
            client.says(A, v(1, 10));
            client.says(B, v(1, 10));
            client.says(A, v(1, 11));
            client.read();
            client.switchTo(B);
            client.delivery.runsEnded(A, SUB, client.now);
            client.starts(A, 1);
            client.says(A, v(1, 15));
            for (int i = 0; i < 100; i++) {
                client.pass(P);
                client.keepsAlive(B);
            }

            client.switchTo(A);

            assertThat(client.read()).containsExactly("1=15@15!");
        }

        // The clock of the server is set back while it goes on: what follows the value that the client has is news.
        @Test
        @Requirement(value = "I8", protocol = Protocol.UA)
        void whatFollowsTheLastValueInARunIsNewsWhateverItsTime() {
            client.says(A, v(1, 1_000));
            client.read();
            client.delivery.runsEnded(A, SUB, client.now);
            client.starts(A, 1);

            client.says(A, v(1, 1_000), v(1, 500), v(1, 510));

            assertThat(client.read()).containsExactly("1=500@500", "1=510@510");
            assertThat(client.gaps).isEmpty();
        }

        @Test
        @Requirement(value = "I4", protocol = Protocol.UA)
        void aServerThatCameBackWithItsClockSetBackIsNoProof() {
            client.delivery.modifyItem(1, values(1));
            client.says(A, v(1, 1_000));
            client.read();
            client.delivery.runsEnded(A, SUB, client.now);
            client.starts(A, 1);

            client.says(A, v(1, 500));
            client.says(A, v(1, 1_010));

            assertThat(client.read()).containsExactly("1=1010@1010!");
            assertThat(client.gaps).hasSize(1);
        }

        // Both queues lost values: the one that the standby said once need not be the one that the client saw.
        @Test
        @Requirement("I7")
        void aValueLikeTheLastOneIsNotTakenForItWhereTheQueueHasHoles() {
            long t = P_TICKS / 5;
            client.says(B, v(1, 16 * t, 0), v(1, 21 * t, 1).overflowed());
            client.pass(9 * P);
            client.says(A, v(1, 20 * t, 0), v(1, 25 * t, 1).overflowed());
            client.pass(P);
            client.says(B, v(1, 22 * t, 2), v(1, 26 * t, 0).overflowed());
            client.read();

            client.switchTo(B);

            assertThat(client.readEntries()).extracting(Entry::value).containsExactly(0L);
        }

        // What the active said during the hold did not reach the client.
        @Test
        @Requirement("I4")
        void thatTheActiveWasHeardDuringTheHoldIsNoProof() {
            client.delivery.runsEnded(B, SUB, client.now);
            client.says(A, v(1, 10));
            client.read();
            client.delivery.hold(client.now);
            client.starts(B, 1);
            client.says(B, v(1, 12));
            client.pass(5 * P);
            client.says(A, v(1, 11), v(1, 12));

            client.delivery.activate(B, 2, client.now);

            assertThat(client.read()).containsExactly("1=12@12!");
        }

        @Test
        void anInitialValueThatIsTheWatermarkIsProof() {
            client.delivery.runsEnded(B, SUB, client.now);
            client.says(A, v(1, 10));
            client.starts(B, 1);
            client.says(B, v(1, 10));

            client.switchTo(B);
            client.says(B, v(1, 11));

            assertThat(client.read()).containsExactly("1=10@10", "1=11@11");
            assertThat(client.gaps).isEmpty();
        }

        @Test
        @Requirement("I4")
        void anUnseenValueThatHadToLeaveTheRingIsMarked() {
            ScriptedClient small = ScriptedClient.subscribed(
                    longLived(),
                    new DeliveryLimits(
                            100, 1 << 20, 3L * FakeBatch.ENTRY_BYTES, 10_000_000_000L, 16, 1_000_000_000L, BRIDGE));
            small.delivery.addItem(SUB, 1, values(10));
            small.starts(A, 1);
            small.starts(B, 1);
            small.pass(10 * P);
            small.says(A, v(1, 10));
            for (int t = 11; t <= 20; t++) {
                small.says(B, v(1, t));
            }
            assertThat(small.delivery.ringBytes).isLessThanOrEqualTo(3L * FakeBatch.ENTRY_BYTES);

            small.switchTo(B);

            assertThat(small.read()).containsExactly("1=10@10", "1=18@18!", "1=19@19", "1=20@20");
            assertThat(small.gaps).hasSize(1);
        }

        @Test
        void aValueThatHadToLeaveTheRingIsNoLossOnceTheActiveSaidItToo() {
            ScriptedClient small = ScriptedClient.subscribed(
                    longLived(),
                    new DeliveryLimits(
                            100, 1 << 20, 2L * FakeBatch.ENTRY_BYTES, 10_000_000_000L, 16, 1_000_000_000L, BRIDGE));
            small.delivery.addItem(SUB, 1, values(10));
            small.starts(A, 1);
            small.starts(B, 1);
            small.pass(10 * P);
            small.says(A, v(1, 10));
            small.says(B, v(1, 10), v(1, 11));
            small.says(B, v(1, 12));
            small.says(B, v(1, 13));
            small.says(A, v(1, 11), v(1, 12), v(1, 13));
            small.read();

            small.switchTo(B);
            small.says(B, v(1, 14));

            assertThat(small.read()).containsExactly("1=14@14");
            assertThat(small.gaps).isEmpty();
        }

        // What was lost from the ring is lost also when the item then falls silent.
        @Test
        @Requirement("I4")
        void aLossFromTheRingIsRecordedAlsoWhenNothingFollows() {
            ScriptedClient small = ScriptedClient.subscribed(
                    longLived(),
                    new DeliveryLimits(
                            100, 1 << 20, FakeBatch.ENTRY_BYTES, 10_000_000_000L, 16, 1_000_000_000L, BRIDGE));
            small.delivery.addItem(SUB, 1, values(10));
            small.delivery.addItem(SUB, 2, values(10));
            small.starts(A, 1, 2);
            small.starts(B, 1, 2);
            small.pass(10 * P);
            small.says(A, v(1, 10), v(2, 10));
            small.says(B, v(1, 10), v(2, 10));
            small.says(B, v(1, 11));
            small.says(B, v(2, 11));
            small.read();

            small.switchTo(B);
            small.keepsAlive(B);
            small.pass(BRIDGE + P);
            small.says(B, v(1, 12));

            assertThat(small.read()).containsExactly("2=11@11", "1=12@12!");
            assertThat(small.gaps).extracting(DeliveryOutput.Gap::items).containsExactly(List.of(1));
        }

        @Test
        void aCoveredValueThatHadToLeaveTheRingIsNoLoss() {
            ScriptedClient small = ScriptedClient.subscribed(
                    longLived(),
                    new DeliveryLimits(
                            100, 1 << 20, 2L * FakeBatch.ENTRY_BYTES, 10_000_000_000L, 16, 1_000_000_000L, BRIDGE));
            small.delivery.addItem(SUB, 1, values(10));
            small.delivery.addItem(SUB, 2, values(10));
            small.starts(A, 1, 2);
            small.starts(B, 1, 2);
            small.pass(10 * P);
            small.says(A, v(1, 10), v(2, 10));
            small.says(B, v(1, 10), v(2, 11));
            small.says(B, v(1, 11));
            small.says(B, v(1, 12));
            small.read();

            small.switchTo(B);

            // Item 2's value was evicted, item 1's was not: only item 2 is in doubt.
            small.says(B, v(2, 12));
            assertThat(small.read()).containsExactly("1=11@11", "1=12@12", "2=12@12!");
        }

        @Test
        @Requirement("I4")
        void anOverflowInTheRingIsAHoleAndMarked() {
            steady();
            client.says(A, v(1, 10));
            client.says(B, v(1, 10));
            client.says(B, v(1, 15).overflowed(), v(1, 16));

            client.switchTo(B);

            assertThat(client.read()).containsExactly("1=10@10", "1=15@15!", "1=16@16");
            assertThat(client.gaps).hasSize(1);
        }

        // Some servers mark the newest value where Part 4 marks the oldest: the hole is before the first.
        @Test
        @Requirement("I4")
        void anOverflowMarkedOnALaterValueOfTheMessageIsAHoleBeforeItsFirst() {
            steady();
            client.says(A, v(1, 10));
            client.says(B, v(1, 10));
            client.says(B, v(1, 15), v(1, 16).overflowed());

            client.switchTo(B);

            assertThat(client.read()).containsExactly("1=10@10", "1=15@15!", "1=16@16!");
            assertThat(client.gaps).hasSize(1);
        }

        @Test
        void anOverflowThatTheWatermarkCoversIsNoHole() {
            steady();
            client.says(A, v(1, 10), v(1, 11), v(2, 10));
            client.says(B, v(2, 10), v(2, 11), v(1, 10).overflowed(), v(1, 11), v(1, 12));

            client.switchTo(B);

            assertThat(client.read()).containsExactly("1=10@10", "1=11@11", "2=10@10", "2=11@11", "1=12@12");
            assertThat(client.gaps).isEmpty();
        }

        // What waited while the connection was lost comes in one report, and such a server marks the newest of it.
        @Test
        void aMarkOnTheNewestValueOfAReportThatTheWatermarkIsInTellsOfNoHole() {
            steady();
            client.says(A, v(1, 10), v(1, 11));
            client.says(B, v(1, 10), v(1, 11), v(1, 12).overflowed());

            client.switchTo(B);

            assertThat(client.read()).containsExactly("1=10@10", "1=11@11", "1=12@12");
            assertThat(client.gaps).isEmpty();
        }

        @Test
        void itTellsOfNoneWhenTheReportComesAfterTheSwitch() {
            steady();
            client.says(A, v(1, 10), v(1, 11));
            client.says(B, v(1, 10));
            client.switchTo(B);

            client.says(B, v(1, 11), v(1, 12).overflowed());
            client.says(B, v(1, 14).overflowed());

            assertThat(client.read()).containsExactly("1=10@10", "1=11@11", "1=12@12", "1=14@14!");
            assertThat(client.gaps).isEmpty();
        }

        @Test
        @Requirement("I4")
        void aQueueThatGivesUpItsNewestMarksARealHole() {
            client.delivery.modifyItem(1, new ItemSettings(10, false, false, ItemSettings.Kind.VALUES));
            steady();
            client.says(A, v(1, 10), v(1, 11));
            client.says(B, v(1, 10), v(1, 11), v(1, 14).overflowed());

            client.switchTo(B);

            assertThat(client.read()).containsExactly("1=10@10", "1=11@11", "1=14@14!");
        }

        // The record waits for all items of the switch; the last of them may leave instead of speaking.
        @Test
        @Requirement("I4")
        void theGapIsRecordedWhenTheItemThatItWaitedForIsRemoved() {
            client.delivery.runsEnded(B, SUB, client.now);
            client.says(A, v(1, 10), v(2, 10));
            client.pass(10 * P);
            client.starts(B, 1, 2);
            client.switchTo(B);
            client.says(B, v(1, 20));
            assertThat(client.gaps).isEmpty();

            client.delivery.removeItem(2);

            assertThat(client.gaps).extracting(DeliveryOutput.Gap::items).containsExactly(List.of(1));
        }

        @Test
        @Requirement("I4")
        void theGapIsRecordedWhenTheSubscriptionIsDeletedBeforeAllItemsHaveSpoken() {
            client.delivery.runsEnded(B, SUB, client.now);
            client.says(A, v(1, 10), v(2, 10));
            client.pass(10 * P);
            client.starts(B, 1, 2);
            client.switchTo(B);
            client.says(B, v(1, 20));

            client.delivery.deleteSubscription(SUB, client.now);

            assertThat(client.gaps).extracting(DeliveryOutput.Gap::items).containsExactly(List.of(1));
        }

        // With publishing off the new active says nothing of its values, for as long as the client likes.
        @Test
        @Requirement("I4")
        void theGapIsRecordedAlsoWhenTheNewActiveIsSilent() {
            client.delivery.runsEnded(B, SUB, client.now);
            client.says(A, v(1, 10), v(2, 10));
            client.pass(10 * P);
            client.starts(B, 1, 2);
            client.says(B, v(1, 20));
            client.switchTo(B);
            assertThat(client.gaps).isEmpty();

            client.pass(BRIDGE + P);

            assertThat(client.gaps).extracting(DeliveryOutput.Gap::items).containsExactly(List.of(1));
        }

        @Test
        @Requirement("I4")
        void theMarkComesOnceAlsoWhenTheFirstNewValueIsLongInComing() {
            client.delivery.runsEnded(B, SUB, client.now);
            client.says(A, v(1, 10));
            client.read();
            client.pass(10 * P);
            client.starts(B, 1);
            client.switchTo(B);
            client.keepsAlive(B);

            client.pass(2 * BRIDGE);
            client.says(B, v(1, 20));
            client.says(B, v(1, 21));

            assertThat(client.read()).containsExactly("1=20@20!", "1=21@21");
            assertThat(client.gaps).hasSize(1);
        }
    }

    /** Members whose clocks differ: I8. */
    @Nested
    class Clocks {
        @Test
        @Requirement({"I8", "S18"})
        void aClockBehindIsBridgedByTheValueTheClientSawLast() {
            steady();
            client.says(A, v(1, HOUR_TICKS + 10, 10));
            client.says(B, v(1, 9, 9), v(1, 10, 10), v(1, 11, 11));

            client.switchTo(B);
            client.says(B, v(1, 12, 12));

            assertThat(client.read()).containsExactly("1=10@" + (HOUR_TICKS + 10), "1=11@11", "1=12@12");
        }

        @Test
        @Requirement({"I8", "S18"})
        void aClockAheadIsBridgedByTheValueTheClientSawLast() {
            steady();
            client.says(A, v(1, 10));
            client.says(B, v(1, HOUR_TICKS + 9, 9), v(1, HOUR_TICKS + 10, 10), v(1, HOUR_TICKS + 11, 11));

            client.switchTo(B);

            assertThat(client.read()).containsExactly("1=10@10", "1=11@" + (HOUR_TICKS + 11));
        }

        @Test
        @Requirement({"I8", "S18", "I4"})
        void withoutTheLastValueInTheRingOnlyTheNewestComesAndIsMarked() {
            steady();
            client.says(A, v(1, HOUR_TICKS + 10, 10));
            client.says(B, v(1, 21, 21), v(1, 22, 22));

            client.switchTo(B);

            assertThat(client.read()).containsExactly("1=10@" + (HOUR_TICKS + 10), "1=22@22!");
            assertThat(client.gaps).hasSize(1);
        }

        @Test
        @Requirement({"I8", "S18"})
        void afterTheBridgeValuesOfAClockBehindPassUnchanged() {
            steady();
            client.says(A, v(1, 1_000));
            client.read();
            client.switchTo(B);
            client.says(B, v(1, 500));
            assertThat(client.read()).isEmpty();

            client.pass(BRIDGE + P);
            client.read();
            client.says(B, v(1, 600));

            assertThat(client.read()).containsExactly("1=600@600");
        }

        // The active's last word is the item's state; a client that is left with another one is left with a wrong one.
        @Test
        @Requirement({"I4", "I8"})
        void aValueHeldBackForItsOldTimeComesMarkedWhenTheBridgeEnds() {
            steady();
            client.says(A, v(1, 1_000));
            client.read();
            client.switchTo(B);
            client.says(B, v(1, 400));
            client.says(B, v(1, 500));

            client.pass(BRIDGE + P);

            assertThat(client.read()).containsExactly("1=500@500!");
            assertThat(client.gaps).hasSize(1);
        }

        @Test
        @Requirement("I7")
        void aValueHeldBackIsForgottenWhenTheNewMemberCatchesUp() {
            steady();
            client.says(A, v(1, 1_000));
            client.read();
            client.switchTo(B);
            client.says(B, v(1, 999));
            client.says(B, v(1, 1_000));

            client.pass(BRIDGE + P);

            assertThat(client.read()).isEmpty();
            assertThat(client.gaps).isEmpty();
        }

        // Its own old stamp says nothing of the other's clock.
        @Test
        @Requirement({"I4", "I8"})
        void aValueThatAMemberReportedItselfIsNoAgreementOfClocks() {
            steady();
            client.says(A, v(1, 200, 7));
            client.switchTo(B);
            client.says(B, v(1, 150, 8));
            client.pass(BRIDGE + P);
            client.says(B, v(1, 160, 9));
            client.delivery.runsEnded(B, SUB, client.now);
            client.says(A, v(1, 260, 9));
            client.switchTo(A);
            client.starts(B, 1);
            client.says(B, v(1, 160, 9));
            client.says(A, v(1, 300, 10));
            client.says(B, v(1, 200, 10));
            client.pass(10 * P);
            client.says(A, v(1, 400, 11));
            client.read();

            client.switchTo(B);
            client.says(B, v(1, 300, 11), v(1, 350, 12));
            client.says(B, v(1, 450, 13));

            assertThat(client.read()).containsExactly("1=13@450!");
        }

        // A state that goes to and fro has the same value many times: the time must tell which one was seen.
        @Test
        @Requirement("S17")
        void aRepeatingValueIsFoundByItsTimeWhereTheMembersAgree() {
            steady();
            client.says(A, v(1, 8, 0), v(1, 9, 1));
            client.says(B, v(1, 8, 0), v(1, 9, 1), v(1, 10, 0), v(1, 11, 1), v(1, 12, 0));
            client.says(A, v(1, 10, 0));

            client.switchTo(B);

            assertThat(client.read()).containsExactly("1=0@8", "1=1@9", "1=0@10", "1=1@11", "1=0@12");
            assertThat(client.gaps).isEmpty();
        }

        @Test
        @Requirement({"I4", "S18"})
        void whatAMemberSaidWhenItWasTheActiveIsNoWordOfTheStateThatCameBackSince() {
            client.switchTo(B);
            client.says(B, v(1, 10, 1));
            client.pass(10 * P);
            client.switchTo(A);
            client.says(A, v(1, 20, 0));
            client.says(A, v(1, 30, 1));
            client.pass(10 * P);
            client.keepsAlive(A);
            client.read();
            client.gaps.clear();

            // It had stood still all the time, and goes on.
            client.switchTo(B);
            client.says(B, v(1, 50, 1));
            client.says(B, v(1, 60, 0));

            assertThat(client.read()).containsExactly("1=1@50!", "1=0@60");
            assertThat(client.gaps).hasSize(1);
        }

        @Test
        @Requirement({"I4", "S18"})
        void aRepeatingValueOfClocksThatDifferIsInDoubt() {
            steady();
            client.says(A, v(1, 8, 0), v(1, 9, 1));
            client.says(
                    B,
                    v(1, HOUR_TICKS + 9, 1),
                    v(1, HOUR_TICKS + 10, 0),
                    v(1, HOUR_TICKS + 11, 1),
                    v(1, HOUR_TICKS + 12, 0));
            client.read();

            client.switchTo(B);

            assertThat(client.read()).containsExactly("1=0@" + (HOUR_TICKS + 12) + "!");
            assertThat(client.gaps).hasSize(1);
        }

        @Test
        void aMembersOwnTimesCanAlwaysBeCompared() {
            steady();
            client.says(A, v(1, 8, 0), v(1, 9, 1));
            client.read();
            client.delivery.hold(client.now);
            client.delivery.runsEnded(A, SUB, client.now);
            client.starts(A, 1);
            client.says(A, v(1, 9, 1), v(1, 10, 0), v(1, 11, 1));

            client.delivery.activate(A, 2, client.now);

            assertThat(client.read()).containsExactly("1=0@10", "1=1@11");
        }

        // Times agreed once for an item: so they do after one of the members was connected anew.
        @Test
        void anAgreementHoldsInBothDirections() {
            steady();
            client.says(A, v(1, 8));
            client.says(B, v(1, 8), v(1, 9));
            client.switchTo(B);
            client.delivery.runsEnded(A, SUB, client.now);
            client.starts(A, 1);
            client.says(A, v(1, 8));
            client.says(B, v(1, 10));
            client.pass(10 * P);
            client.keepsAlive(B);
            client.read();

            client.switchTo(A);
            client.says(A, v(1, 9), v(1, 10));
            client.says(A, v(1, 11));

            assertThat(client.read()).containsExactly("1=11@11");
            assertThat(client.gaps).isEmpty();
        }

        // Both cut what they report to a queue of one, at different moments: no time is ever the same at both.
        @Test
        @Requirement("I7")
        void aRepeatingValueIsNotTakenForAnEarlierOneThatIsTooLongAgo() {
            steady();
            client.says(B, v(1, P_TICKS, 1));
            client.pass(P);
            client.says(B, v(1, 2 * P_TICKS, 0));
            client.pass(P);
            client.says(B, v(1, 3 * P_TICKS, 2));
            client.pass(P / 2);
            client.says(A, v(1, 3 * P_TICKS + P_TICKS / 2, 1));
            client.read();

            client.switchTo(B);
            client.says(B, v(1, 4 * P_TICKS, 0));

            assertThat(client.read()).containsExactly("1=0@" + 4 * P_TICKS + "!");
            assertThat(client.gaps).hasSize(1);
        }

        @Test
        @Requirement("I7")
        void aRepeatingValueThatIsFoundTwiceIsBridgedByTimeAndMarked() {
            steady();
            client.says(B, v(1, 10, 1), v(1, 12, 0), v(1, 14, 1), v(1, 16, 0), v(1, 20, 2));
            client.says(A, v(1, 17, 1));
            client.read();

            client.switchTo(B);

            assertThat(client.read()).containsExactly("1=2@20!");
            assertThat(client.gaps).hasSize(1);
        }

        @Test
        @Requirement("S17")
        void aRepeatingValueIsFoundAlsoWhenTheStandbyIsAlwaysAhead() {
            steady();
            for (int t = 10; t < 30; t++) {
                client.says(B, v(1, t + 2, t % 2), v(1, t + 3, (t + 1) % 2));
                t++;
                client.says(A, v(1, t - 1, (t - 1) % 2), v(1, t, t % 2));
            }
            client.read();

            client.switchTo(B);

            assertThat(client.read()).containsExactly("1=0@30", "1=1@31");
            assertThat(client.gaps).isEmpty();
        }
    }

    @Nested
    class WithoutSourceTimes {
        @Test
        void theRingIsBridgedByTheValueTheClientSawLast() {
            steady();
            client.says(A, v(1, 0, 7), v(1, 0, 8));
            client.says(B, v(1, 0, 7), v(1, 0, 8), v(1, 0, 9));

            client.switchTo(B);

            assertThat(client.read()).containsExactly("1=7@0", "1=8@0", "1=9@0");
            assertThat(client.gaps).isEmpty();
        }

        @Test
        void aValueEqualToTheLastOneIsNotDeliveredAgain() {
            steady();
            client.says(A, v(1, 0, 7));
            client.says(B, v(1, 0, 7));
            client.read();

            client.switchTo(B);
            client.says(B, v(1, 0, 7));
            client.says(B, v(1, 0, 8));

            assertThat(client.read()).containsExactly("1=8@0");
        }
    }

    @Nested
    class Events {
        @Test
        void eventsThatTheClientHasAreNotRepeatedInTheBridge() {
            client.delivery.modifyItem(1, new ItemSettings(10, false, ItemSettings.Kind.EVENTS));
            client.says(A, v(1, 10, 1), v(1, 10, 2));
            client.says(B, v(1, 10, 2), v(1, 10, 3));

            client.switchTo(B);
            client.says(B, v(1, 11, 1), v(1, 11, 4));

            assertThat(client.read()).containsExactly("1=1@10", "1=2@10", "1=3@10", "1=4@11");
        }

        @Test
        void anEventWithAnOlderTimeIsDelivered() {
            client.delivery.modifyItem(1, new ItemSettings(10, false, ItemSettings.Kind.EVENTS));
            client.says(A, v(1, 10, 1));
            client.switchTo(B);

            client.says(B, v(1, 5, 2));

            assertThat(client.read()).containsExactly("1=1@10", "1=2@5");
        }

        @Test
        void afterTheBridgeTheSameEventIsDeliveredAgain() {
            client.delivery.modifyItem(1, new ItemSettings(10, false, ItemSettings.Kind.EVENTS));
            client.says(A, v(1, 10, 1));
            client.read();
            client.switchTo(B);
            client.keepsAlive(B);
            client.pass(BRIDGE + P);
            client.read();

            client.says(B, v(1, 11, 1));

            assertThat(client.read()).containsExactly("1=1@11");
        }
    }
}
