package org.tandemopc.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tandemopc.relay.delivery.FakeBatch.bad;
import static org.tandemopc.relay.delivery.FakeBatch.v;
import static org.tandemopc.relay.delivery.ScriptedClient.A;
import static org.tandemopc.relay.delivery.ScriptedClient.B;
import static org.tandemopc.relay.delivery.ScriptedClient.P;
import static org.tandemopc.relay.delivery.ScriptedClient.P_TICKS;
import static org.tandemopc.relay.delivery.ScriptedClient.SUB;
import static org.tandemopc.relay.delivery.ScriptedClient.longLived;
import static org.tandemopc.relay.delivery.ScriptedClient.values;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.tandemopc.relay.delivery.FakeBatch.Entry;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Switches to a member whose items are parked, or are made only then; outages; bounds of queues. */
class WarmAndColdBridgeTest {
    private static final long BRIDGE = DeliveryLimits.defaults().bridgeNanos();
    private static final long HOUR_TICKS = 36_000_000_000L;

    private final ScriptedClient client = ScriptedClient.subscribed(longLived());

    WarmAndColdBridgeTest() {
        client.delivery.addItem(SUB, 1, values(10));
        client.delivery.addItem(SUB, 2, values(10));
        client.starts(A, 1, 2);
    }

    /** B's queue gathered everything since the items were created there. */
    @Nested
    class Warm {
        private void parkedLongAgo() {
            client.startsParked(B, 1, 2);
            client.pass(10 * P);
            client.keepsAlive(A);
        }

        @Test
        @Requirement(
                value = {"MODE-W3", "S17"},
                protocol = Protocol.UA)
        void ofTheParkedBurstOnlyWhatTheClientHasNotSeenIsDelivered() {
            parkedLongAgo();
            client.says(A, v(1, 10), v(1, 11));
            client.switchTo(B);

            client.says(B, v(1, 9), v(1, 10), v(1, 11), v(1, 12), v(1, 13));

            assertThat(client.read()).containsExactly("1=10@10", "1=11@11", "1=12@12", "1=13@13");
            assertThat(client.gaps).isEmpty();
        }

        @Test
        void aFalseOverflowIsClearedWhenTheBurstReachesBackToTheWatermark() {
            parkedLongAgo();
            client.says(A, v(1, 10), v(1, 11));
            client.switchTo(B);

            client.says(B, v(1, 11).overflowed(), v(1, 12), v(1, 13).overflowed());

            assertThat(client.read()).containsExactly("1=10@10", "1=11@11", "1=12@12", "1=13@13");
            assertThat(client.gaps).isEmpty();
        }

        @Test
        @Requirement(value = "I4", protocol = Protocol.UA)
        void aRealOverflowIsKeptAndRecorded() {
            parkedLongAgo();
            client.says(A, v(1, 10));
            client.read();
            client.switchTo(B);

            client.says(B, v(1, 15).overflowed(), v(1, 16));

            assertThat(client.read()).containsExactly("1=15@15!", "1=16@16");
            assertThat(client.gaps).hasSize(1);
        }

        // One value too many, and such a server marks only the newest: the hole is before the first all the same.
        @Test
        @Requirement(value = "I4", protocol = Protocol.UA)
        void aRealOverflowMarkedOnTheNewestValueMarksTheFirst() {
            parkedLongAgo();
            client.says(A, v(1, 10));
            client.read();
            client.switchTo(B);

            client.says(B, v(1, 15), v(1, 16), v(1, 17).overflowed());

            assertThat(client.read().getFirst()).isEqualTo("1=15@15!");
            assertThat(client.gaps).hasSize(1);
        }

        @Test
        @Requirement(value = "I4", protocol = Protocol.UA)
        void aRealOverflowInALaterMessageOfTheBurstIsNotCleared() {
            parkedLongAgo();
            client.says(A, v(1, 10));
            client.read();
            client.switchTo(B);

            client.says(B, v(1, 10), v(1, 15), v(1, 16));
            client.says(B, v(1, 17).overflowed());

            assertThat(client.read()).containsExactly("1=15@15", "1=16@16", "1=17@17!");
        }

        // The parked server stood still: its burst ends with what the client had two values ago.
        @Test
        @Requirement("I7")
        void aBurstThatEndsBeforeTheLastValueIsRecognizedByTheOnesBefore() {
            parkedLongAgo();
            client.says(A, v(1, 10, 0), v(1, 11, 1), v(1, 12, 0), v(1, 13, 1));
            client.read();
            client.switchTo(B);

            client.says(B, v(1, 10, 0), v(1, 11, 1), v(1, 12, 0));
            assertThat(client.read()).isEmpty();

            client.says(B, v(1, 14, 0));
            // It did not see what the client saw last, so perhaps not the next either.
            assertThat(client.read()).containsExactly("1=0@14!");
            assertThat(client.gaps).hasSize(1);
        }

        // The client has seen it twice: that the standby said it once proves nothing.
        @Test
        @Requirement("I4")
        void aRepeatingValueIsNoProofThoughItIsFoundOnlyOnce() {
            parkedLongAgo();
            client.says(A, v(1, 10, 0), v(1, 11, 1), v(1, 12, 0));
            client.read();
            client.switchTo(B);

            client.says(B, v(1, 15, 1), v(1, 16, 0), v(1, 17, 1));

            assertThat(client.read()).containsExactly("1=1@17!");
        }

        @Test
        void theBurstMayComeInSeveralMessages() {
            parkedLongAgo();
            client.says(A, v(1, 10), v(1, 11));
            client.switchTo(B);

            client.says(B, v(1, 9), v(1, 10));
            client.says(B, v(1, 11), v(1, 12));
            client.says(B, v(1, 13));

            assertThat(client.read()).containsExactly("1=10@10", "1=11@11", "1=12@12", "1=13@13");
            assertThat(client.gaps).isEmpty();
        }

        // After a pause of our own the burst and the next interval's message come at one moment.
        @Test
        @Requirement("I4")
        void aRealOverflowRightBehindTheBurstIsNotCleared() {
            parkedLongAgo();
            client.says(A, v(1, 10), v(1, 11));
            client.switchTo(B);

            client.says(B, v(1, 10), v(1, 11), v(1, 12));
            client.says(B, v(1, 15).overflowed(), v(1, 16));

            assertThat(client.read()).containsExactly("1=10@10", "1=11@11", "1=12@12", "1=15@15!", "1=16@16");
        }

        @Test
        void anItemThatDidNotChangeGetsNothing() {
            parkedLongAgo();
            client.says(A, v(1, 10), v(2, 3));
            client.read();
            client.switchTo(B);

            client.says(B, v(1, 10), v(2, 3));
            client.pass(2 * BRIDGE);

            assertThat(client.read()).isEmpty();
            assertThat(client.gaps).isEmpty();
        }

        @Test
        @Requirement(value = "I4", protocol = Protocol.UA)
        void aMemberThatSaysNothingOfAnItemProvesNothing() {
            parkedLongAgo();
            client.says(A, v(1, 10), v(2, 3));
            client.read();
            client.switchTo(B);

            client.says(B, v(2, 3));
            client.pass(2 * BRIDGE);

            assertThat(client.read()).isEmpty();
            assertThat(client.gaps).extracting(DeliveryOutput.Gap::items).containsExactly(List.of(1));
        }

        // It was the active before, so it has said its last word: with nothing in its queue it has nothing to burst.
        @Test
        void aMemberThatWasParkedAndHadNoNewsIsProof() {
            client.starts(B, 1);
            client.says(A, v(1, 10));
            client.says(B, v(1, 10));
            client.delivery.runsParked(B, SUB);
            client.pass(10 * P);
            client.keepsAlive(A);
            client.read();

            client.switchTo(B);
            client.keepsAlive(B);
            client.pass(2 * BRIDGE);
            client.says(B, v(1, 11));

            assertThat(client.read()).containsExactly("1=11@11");
            assertThat(client.gaps).isEmpty();
        }

        // Part 4, 7.21: a queue of n keeps the newest n of an interval, and marks that it lost some.
        @Test
        void theClientsQueueSizeIsAppliedPerPublishingInterval() {
            client.delivery.modifyItem(1, values(2));
            parkedLongAgo();
            long t = 1_000 * P_TICKS;
            client.says(A, v(1, t - P_TICKS));
            client.read();
            client.switchTo(B);

            client.says(
                    B,
                    v(1, t - P_TICKS),
                    v(1, t - 2),
                    v(1, t - 1),
                    v(1, t),
                    v(1, t + P_TICKS),
                    v(1, t + 2 * P_TICKS),
                    v(1, t + 2 * P_TICKS + 1));

            assertThat(client.readEntries())
                    .containsExactly(
                            v(1, t - 1).overflowed(),
                            v(1, t),
                            v(1, t + P_TICKS),
                            v(1, t + 2 * P_TICKS),
                            v(1, t + 2 * P_TICKS + 1));
            assertThat(client.gaps).isEmpty();
        }

        // Part 4, 7.21: at queue size 1 the newest wins and Overflow is not set.
        @Test
        void atQueueSizeOneTheNewestOfAnIntervalComesUnmarked() {
            client.delivery.modifyItem(1, values(1));
            parkedLongAgo();
            long t = 1_000 * P_TICKS;
            client.says(A, v(1, t - P_TICKS));
            client.read();
            client.switchTo(B);

            client.says(B, v(1, t - P_TICKS), v(1, t - 1), v(1, t), v(1, t + P_TICKS));

            assertThat(client.readEntries()).containsExactly(v(1, t), v(1, t + P_TICKS));
        }

        @Test
        @Requirement(value = "S19", protocol = Protocol.UA)
        void theClientsQueueSizeIsAppliedUntilTheMembersQueueIsTheClientsAgain() {
            client.delivery.modifyItem(1, values(1));
            parkedLongAgo();
            long t = 1_000 * P_TICKS;
            client.says(A, v(1, t));
            client.read();
            client.switchTo(B);
            client.says(B, v(1, t));
            client.pass(3 * BRIDGE);

            client.says(B, v(1, t + P_TICKS), v(1, t + P_TICKS + 1));
            client.delivery.queueIsLong(B, 1, false);
            client.says(B, v(1, t + 2 * P_TICKS), v(1, t + 2 * P_TICKS + 1));

            assertThat(client.readEntries())
                    .containsExactly(v(1, t + P_TICKS + 1), v(1, t + 2 * P_TICKS), v(1, t + 2 * P_TICKS + 1));
        }

        // Its keep-alives of the time before say nothing of the switch: the burst is still to come.
        @Test
        @Requirement(value = "I7", protocol = Protocol.UA)
        void theBurstIsComparedHoweverLateItComes() {
            parkedLongAgo();
            client.says(A, v(1, 10), v(1, 11));
            client.read();
            client.switchTo(B);
            client.keepsAlive(B);
            client.pass(3 * BRIDGE);
            client.delivery.runsUnparked(B, SUB);
            client.pass(3 * BRIDGE);

            client.says(B, v(1, 10), v(1, 11), v(1, 12));

            assertThat(client.read()).containsExactly("1=12@12");
            assertThat(client.gaps).isEmpty();
        }

        // One that was under way when publishing was switched on says nothing of the queue.
        @Test
        @Requirement(value = "I7", protocol = Protocol.UA)
        void theBurstIsComparedHoweverLateItComesAfterAKeepAliveOfTheTimeBefore() {
            parkedLongAgo();
            client.says(A, v(1, 10), v(1, 11));
            client.read();
            client.switchTo(B);
            client.delivery.runsUnparked(B, SUB);
            client.keepsAlive(B);
            client.pass(3 * BRIDGE);

            client.says(B, v(1, 10), v(1, 11), v(1, 12));

            assertThat(client.read()).containsExactly("1=12@12");
            assertThat(client.gaps).isEmpty();
        }

        // Parked and needed again before its publishing was switched off: only the queue tells of it.
        @Test
        @Requirement(value = "S19", protocol = Protocol.UA)
        void theClientsQueueSizeIsAppliedToAQueueThatWasMadeLongWithoutAPark() {
            client.delivery.modifyItem(1, values(1));
            long t = 1_000 * P_TICKS;
            client.says(A, v(1, t));
            client.read();

            client.delivery.queueIsLong(A, 1, true);
            client.says(A, v(1, t + P_TICKS), v(1, t + P_TICKS + 1));

            assertThat(client.readEntries()).containsExactly(v(1, t + P_TICKS + 1));
        }

        @Test
        @Requirement(value = "S19", protocol = Protocol.UA)
        void theClientsQueueSizeIsAppliedToABurstThatCameDuringTheHold() {
            client.delivery.modifyItem(1, values(1));
            parkedLongAgo();
            long t = 1_000 * P_TICKS;
            client.says(A, v(1, t));
            client.read();
            client.delivery.hold(client.now);
            client.says(B, v(1, t), v(1, t + P_TICKS), v(1, t + P_TICKS + 1));

            client.delivery.activate(B, 2, client.now);

            assertThat(client.readEntries()).containsExactly(v(1, t + P_TICKS + 1));
        }

        @Test
        void withoutSourceTimesNothingIsTakenOutOfTheBurst() {
            client.delivery.modifyItem(1, values(1));
            parkedLongAgo();
            client.says(A, v(1, 0, 5));
            client.read();
            client.switchTo(B);

            client.says(B, v(1, 0, 4), v(1, 0, 5), v(1, 0, 6), v(1, 0, 7));

            assertThat(client.readEntries()).extracting(Entry::value).containsExactly(6L, 7L);
        }

        @Test
        @Requirement(
                value = {"S18", "I7"},
                protocol = Protocol.UA)
        void inTheBurstOfAClockAheadTheLastValueIsFoundByWhatItIs() {
            parkedLongAgo();
            client.says(A, v(1, 10), v(1, 11));
            client.read();
            client.switchTo(B);

            client.says(B, v(1, HOUR_TICKS + 10, 10), v(1, HOUR_TICKS + 11, 11), v(1, HOUR_TICKS + 12, 12));

            assertThat(client.read()).containsExactly("1=12@" + (HOUR_TICKS + 12));
            assertThat(client.gaps).isEmpty();
        }

        @Test
        @Requirement(
                value = {"S18", "I8"},
                protocol = Protocol.UA)
        void inTheBurstOfAClockBehindTheLastValueIsFoundByWhatItIs() {
            parkedLongAgo();
            client.says(A, v(1, HOUR_TICKS + 10, 10), v(1, HOUR_TICKS + 11, 11));
            client.read();
            client.switchTo(B);

            client.says(B, v(1, 10), v(1, 11), v(1, 12));
            client.says(B, v(1, 13));

            assertThat(client.read()).containsExactly("1=12@12", "1=13@13");
            assertThat(client.gaps).isEmpty();
        }

        // What came between the switch and the end of publishing is a fragment; its values repeat, its time has passed.
        @Test
        @Requirement(value = "I7", protocol = Protocol.UA)
        void whatAMemberSaidBeforeItWasParkedDoesNotMisleadTheSearch() {
            client.startsParked(B, 1);
            client.pass(10 * P);
            client.says(A, v(1, 8, 0), v(1, 9, 1));
            client.switchTo(B);
            client.says(B, v(1, 1_008, 0), v(1, 1_009, 1), v(1, 1_010, 0));
            client.says(A, v(1, 10, 0));
            client.delivery.runsParked(A, SUB);
            client.pass(10 * P);
            client.says(B, v(1, 1_011, 1), v(1, 1_012, 0));
            client.read();

            client.switchTo(A);
            client.says(A, v(1, 11, 1), v(1, 12, 0), v(1, 13, 1));

            assertThat(client.read()).containsExactly("1=1@13!");
        }

        @Test
        @Requirement(value = "I7", protocol = Protocol.UA)
        void whatAMemberSaidLongBeforeTheSwitchIsNotDelivered() {
            client.startsParked(B, 1);
            client.pass(10 * P);
            client.says(A, v(1, HOUR_TICKS + 10, 10));
            client.switchTo(B);
            client.says(B, v(1, 10), v(1, 11));
            client.says(A, v(1, HOUR_TICKS + 11, 11), v(1, HOUR_TICKS + 12, 12));
            client.delivery.runsParked(A, SUB);
            client.says(B, v(1, 12));
            client.pass(300 * P);
            client.says(B, v(1, 13));
            client.read();

            client.switchTo(A);
            client.says(A, v(1, HOUR_TICKS + 13, 13), v(1, HOUR_TICKS + 14, 14));

            assertThat(client.read()).containsExactly("1=14@" + (HOUR_TICKS + 14));
        }

        // B was heard, but its burst never came: what lay in its queue is lost with it.
        @Test
        @Requirement(value = "I4", protocol = Protocol.UA)
        void aMemberWhoseBurstNeverCameProvesNothing() {
            parkedLongAgo();
            client.says(A, v(1, 10));
            client.read();
            client.delivery.runsEnded(A, SUB, client.now);
            client.switchTo(B);
            client.keepsAlive(B);
            client.pass(5 * P);
            client.starts(A, 1, 2);
            client.says(A, v(1, 20));
            client.pass(10 * P);
            client.keepsAlive(B);

            client.switchTo(A);

            assertThat(client.read()).containsExactly("1=20@20!");
            assertThat(client.gaps).hasSize(1);
        }

        // The member may take longer than the bridge to turn publishing on; its burst is as old as ever.
        @Test
        @Requirement(value = "I7", protocol = Protocol.UA)
        void aBurstThatComesLateIsStillFiltered() {
            parkedLongAgo();
            client.says(A, v(1, 10), v(1, 11));
            client.read();
            client.switchTo(B);
            client.pass(3 * BRIDGE);
            client.read();

            client.says(B, v(1, 10), v(1, 11), v(1, 12));

            assertThat(client.read()).containsExactly("1=12@12");
            assertThat(client.gaps).isEmpty();
        }

        @Test
        @Requirement(value = "I4", protocol = Protocol.UA)
        void parkedAgainTheNextBurstIsJudgedByItsOwnBeginning() {
            parkedLongAgo();
            client.says(A, v(1, 10));
            client.switchTo(B);
            client.says(B, v(1, 10), v(1, 11));
            client.says(A, v(1, 11));
            client.pass(10 * P);
            client.switchTo(A);
            client.says(A, v(1, 12));
            client.pass(10 * P);
            client.says(A, v(1, 20));
            client.read();

            client.switchTo(B);
            client.says(B, v(1, 50).overflowed(), v(1, 51));

            assertThat(client.read()).containsExactly("1=50@50!", "1=51@51");
            assertThat(client.gaps).hasSize(1);
        }

        @Test
        void theFormerActiveIsParkedAndFlushedInItsTurn() {
            client.starts(B, 1, 2);
            client.says(A, v(1, 10));
            client.switchTo(B);
            client.says(B, v(1, 10), v(1, 11));
            client.delivery.runsParked(A, SUB);
            client.pass(10 * P);
            client.says(B, v(1, 12));
            client.read();

            client.switchTo(A);
            client.says(A, v(1, 11).overflowed(), v(1, 12), v(1, 13));

            assertThat(client.read()).containsExactly("1=13@13");
            assertThat(client.gaps).isEmpty();
        }

        @Test
        void nothingIsMarkedThatTheMemberMarksLongAfterTheSwitch() {
            parkedLongAgo();
            client.says(A, v(1, 10));
            client.switchTo(B);
            client.says(B, v(1, 10), v(1, 11));
            client.pass(2 * BRIDGE);
            client.read();

            client.says(B, v(1, 30).overflowed());

            assertThat(client.read()).containsExactly("1=30@30!");
        }
    }

    /** Items are made at B only after the switch. */
    @Nested
    class Cold {
        @Test
        @Requirement(
                value = {"MODE-C6", "GAP-12", "S13"},
                protocol = Protocol.UA)
        void anInitialValueThatTheClientHasIsNotDelivered() {
            client.says(A, v(1, 10));
            client.read();
            client.switchTo(B);
            client.pass(P);
            client.starts(B, 1);

            client.says(B, v(1, 10));
            client.pass(2 * BRIDGE);

            assertThat(client.read()).isEmpty();
            assertThat(client.gaps).isEmpty();
        }

        @Test
        @Requirement(
                value = {"MODE-C6", "GAP-12", "I4"},
                protocol = Protocol.UA)
        void anotherInitialValueIsDeliveredMarkedAndRecordedOnce() {
            client.says(A, v(1, 10), v(2, 10));
            client.read();
            client.switchTo(B);
            client.pass(P);
            client.starts(B, 1, 2);

            client.says(B, v(1, 20));
            client.says(B, v(2, 20));
            client.says(B, v(1, 21));

            assertThat(client.read()).containsExactly("1=20@20!", "2=20@20!", "1=21@21");
            assertThat(client.gaps).extracting(DeliveryOutput.Gap::items).containsExactly(List.of(1, 2));
        }

        @Test
        void anInitialValueMayOvertakeTheNewsOfItsCreation() {
            client.says(A, v(1, 10));
            client.read();
            client.switchTo(B);

            client.says(B, v(1, 20));
            client.starts(B, 1);
            client.says(B, v(1, 21));

            assertThat(client.read()).containsExactly("1=20@20!", "1=21@21");
            assertThat(client.gaps).hasSize(1);
        }

        // B was never told of the change that A made, or undid it: A's value must not stand for ever.
        @Test
        @Requirement(
                value = {"I4", "I8"},
                protocol = Protocol.UA)
        void anOlderInitialValueComesMarkedWhenTheBridgeEnds() {
            client.says(A, v(1, 10));
            client.read();
            client.switchTo(B);
            client.starts(B, 1);

            client.says(B, v(1, 4));
            client.pass(2 * BRIDGE);

            assertThat(client.read()).containsExactly("1=4@4!");
        }

        @Test
        void itemsThatTheMemberTakesLongToMakeAreStillFiltered() {
            client.says(A, v(1, 10));
            client.read();
            client.switchTo(B);
            client.pass(3 * BRIDGE);
            client.read();
            client.starts(B, 1);

            client.says(B, v(1, 10));

            assertThat(client.read()).isEmpty();
        }
    }

    /** The active's subscription was lost and made anew, without a switch. */
    @Nested
    class MadeAnew {
        @Test
        @Requirement(value = "GAP-12", protocol = Protocol.UA)
        void valuesThatTheClientHasAreNotRepeated() {
            client.says(A, v(1, 10), v(2, 10));
            client.read();
            client.delivery.runsEnded(A, SUB, client.now);
            client.starts(A, 1, 2);

            client.says(A, v(1, 10), v(2, 10));
            client.says(A, v(1, 11));

            assertThat(client.read()).containsExactly("1=11@11");
            assertThat(client.gaps).isEmpty();
        }

        @Test
        @Requirement(value = "I4", protocol = Protocol.UA)
        void aChangeMeanwhileIsMarkedAndRecorded() {
            client.says(A, v(1, 10));
            client.read();
            client.delivery.runsEnded(A, SUB, client.now);
            client.starts(A, 1);

            client.says(A, v(1, 15));

            assertThat(client.read()).containsExactly("1=15@15!");
            assertThat(client.gaps).hasSize(1);
        }

        @Test
        @Requirement("I9")
        void aStandbyThatIsLostLeavesNothingInTheRing() {
            client.starts(B, 1);
            client.says(B, v(1, 10));
            assertThat(client.delivery.ringBytes).isPositive();

            client.delivery.runsEnded(B, SUB, client.now);

            assertThat(client.delivery.ringBytes).isZero();
        }
    }

    /** An item was deleted at a member and made again, for its current value; its subscription went on. */
    @Nested
    class ItemMadeAnew {
        private void madeAnew(int member, int item) {
            client.delivery.runsEnded(member, SUB, Set.of(item), client.now);
            client.pass(P);
            client.starts(member, item);
        }

        @Test
        @Requirement(value = "I4", protocol = Protocol.UA)
        void whatItsOldQueueHeldIsMarkedAndRecorded() {
            client.says(A, v(1, 10), v(2, 10));
            client.read();
            madeAnew(A, 1);

            client.says(A, v(1, 12), v(2, 11));
            client.says(A, v(1, 13), v(2, 12));

            assertThat(client.read()).containsExactly("1=12@12!", "2=11@11", "1=13@13", "2=12@12");
            assertThat(client.gaps)
                    .singleElement()
                    .satisfies(gap -> assertThat(gap.items()).containsExactly(1));
        }

        @Test
        @Requirement(value = "GAP-12", protocol = Protocol.UA)
        void aValueThatTheClientHasIsNotRepeatedAndProvesThatNothingIsMissing() {
            client.says(A, v(1, 10), v(2, 10));
            client.read();
            madeAnew(A, 1);

            client.says(A, v(1, 10));
            client.says(A, v(1, 11));
            client.pass(2 * BRIDGE);

            assertThat(client.read()).containsExactly("1=11@11");
            assertThat(client.gaps).isEmpty();
        }

        @Test
        @Requirement("I11")
        void aValueThatTheClientIsOwedIsDeliveredThoughItHadItBefore() {
            client.says(A, v(1, 10));
            client.delivery.strand(SUB, FakeBatch.of(bad(1)), client.now);
            client.delivery.activate(A, 2, client.now);
            client.read();
            madeAnew(A, 1);

            client.says(A, v(1, 10));

            assertThat(client.read()).containsExactly("1=10@10");
            assertThat(client.gaps).isEmpty();
        }

        @Test
        @Requirement(value = "I8", protocol = Protocol.UA)
        void comparingEndsABridgeAfterItIsThereAlsoIfItsFirstValueOvertookTheNews() {
            client.says(A, v(1, 10));
            client.read();
            client.delivery.runsEnded(A, SUB, Set.of(1), client.now);
            client.pass(2 * BRIDGE);
            client.says(A, v(1, 5));
            client.starts(A, 1);
            assertThat(client.read()).isEmpty();

            client.pass(2 * BRIDGE);

            assertThat(client.read()).containsExactly("1=5@5!");
        }

        @Test
        @Requirement(value = "I4", protocol = Protocol.UA)
        void whatAStandbySaidBeforeIsNotJoinedToWhatItSaysAfter() {
            client.starts(B, 1, 2);
            client.pass(10 * P);
            client.says(A, v(1, 10), v(2, 10));
            client.says(B, v(1, 10), v(2, 10), v(1, 11), v(2, 11));
            client.read();
            madeAnew(B, 1);
            client.says(B, v(1, 13), v(2, 12));

            client.switchTo(B);

            assertThat(client.read()).containsExactly("2=11@11", "1=13@13!", "2=12@12");
            assertThat(client.gaps).hasSize(1);
        }

        @Test
        @Requirement("I9")
        void onlyItsValuesLeaveTheRing() {
            client.starts(B, 1, 2);
            client.says(B, v(1, 10), v(2, 10));
            client.says(B, v(1, 11));

            client.delivery.runsEnded(B, SUB, Set.of(1), client.now);

            assertThat(client.delivery.ringBytes).isEqualTo(FakeBatch.ENTRY_BYTES);
        }

        @Test
        @Requirement(value = "I4", protocol = Protocol.UA)
        void aSwitchUnderWayIsJudgedForItToo() {
            client.starts(B, 1, 2);
            client.pass(10 * P);
            client.says(A, v(1, 10), v(2, 10));
            client.read();
            client.switchTo(B);
            madeAnew(B, 1);

            client.says(B, v(2, 10), v(1, 12));
            client.says(B, v(2, 11));

            assertThat(client.read()).containsExactly("1=12@12!", "2=11@11");
            assertThat(client.gaps).hasSize(1);
        }
    }

    @Nested
    class Stranded {
        @Test
        @Requirement("S12")
        void eachItemGetsOneBadValue() {
            client.says(A, v(1, 10), v(2, 10));
            client.read();

            client.delivery.strand(SUB, FakeBatch.of(bad(1), bad(2)), client.now);
            client.pass(20 * P);

            assertThat(client.read()).containsExactly("1=Bad@0", "2=Bad@0");
        }

        @Test
        @Requirement({"S12", "S13"})
        void theNextValueIsDeliveredThoughTheClientHadItBefore() {
            client.says(A, v(1, 10));
            client.delivery.strand(SUB, FakeBatch.of(bad(1)), client.now);
            client.delivery.runsEnded(A, SUB, client.now);
            client.delivery.activate(A, 2, client.now);
            client.starts(A, 1);

            client.says(A, v(1, 10));

            assertThat(client.read()).containsExactly("1=10@10", "1=Bad@0", "1=10@10");
            assertThat(client.gaps).isEmpty();
        }

        @Test
        @Requirement({"S12", "S13", "I8"})
        void theNextValueIsDeliveredWhateverItsTime() {
            client.says(A, v(1, 10));
            client.delivery.strand(SUB, FakeBatch.of(bad(1)), client.now);
            client.delivery.activate(B, 2, client.now);
            client.starts(B, 1);

            client.says(B, v(1, 5));
            client.says(B, v(1, 6));

            assertThat(client.read()).containsExactly("1=10@10", "1=Bad@0", "1=5@5!", "1=6@6");
        }

        // The standby's ring may reach far back before the outage: its last word is the state, not its first.
        @Test
        @Requirement("I7")
        void ofWhatWaitedInTheRingNothingOldComesBeforeTheNewest() {
            client.starts(B, 1, 2);
            client.pass(10 * P);
            client.says(A, v(1, 10), v(1, 11), v(1, 12), v(2, 1));
            client.says(B, v(2, 1), v(2, 2), v(1, 10), v(1, 11));
            client.says(B, v(1, 12));
            client.delivery.strand(SUB, FakeBatch.of(bad(1)), client.now);
            client.read();

            client.delivery.activate(B, 2, client.now);

            assertThat(client.read()).containsExactly("2=2@2", "1=12@12");
        }

        @Test
        @Requirement("I7")
        void ofAParkedBurstNothingOldComesBeforeTheNewest() {
            client.startsParked(B, 1);
            client.pass(10 * P);
            client.says(A, v(1, 10), v(1, 11), v(1, 12));
            client.keepsAlive(A);
            client.delivery.strand(SUB, FakeBatch.of(bad(1)), client.now);
            client.read();

            client.delivery.activate(B, 2, client.now);
            client.says(B, v(1, 10), v(1, 11), v(1, 12), v(1, 13));

            assertThat(client.read()).containsExactly("1=13@13");
        }

        // It was the active before: its last words of then are older than the client's, and its burst is on its way.
        @Test
        @Requirement({"I7", "S13"})
        void whatAParkedMemberSaidLongAgoIsNotItsState() {
            client.starts(B, 1);
            client.says(B, v(1, 10));
            client.delivery.runsParked(B, SUB);
            client.says(A, v(1, 10), v(1, 11), v(1, 12));
            client.delivery.strand(SUB, FakeBatch.of(bad(1)), client.now);
            client.read();

            client.delivery.activate(B, 2, client.now);
            client.delivery.runsUnparked(B, SUB);
            client.says(B, v(1, 11), v(1, 12), v(1, 13));

            assertThat(client.read()).containsExactly("1=13@13");
        }

        // The active says nothing, and the standby has what the client had before the outage: the client still needs
        // it.
        @Test
        @Requirement(value = "I11", protocol = Protocol.UA)
        void aStandbyKeepsWhatTheClientHadBeforeTheOutage() {
            client.says(A, v(1, 10));
            client.delivery.strand(SUB, FakeBatch.of(bad(1)), client.now);
            client.read();
            client.delivery.activate(A, 2, client.now);
            client.starts(B, 1);
            client.says(B, v(1, 10));

            client.delivery.activate(B, 3, client.now);

            assertThat(client.read()).containsExactly("1=10@10");
        }

        // A server that stands still: its state is what it says, but the client knew more before the outage.
        @Test
        @Requirement(value = "I4", protocol = Protocol.UA)
        void aValueOlderThanTheLastOneBeforeTheOutageIsMarked() {
            client.delivery.modifyItem(1, values(1));
            client.startsParked(B, 1);
            client.says(A, v(1, 10), v(1, 11));
            client.delivery.strand(SUB, FakeBatch.of(bad(1)), client.now);
            client.read();

            client.delivery.activate(B, 2, client.now);
            client.says(B, v(1, 9), v(1, 10));

            assertThat(client.read()).containsExactly("1=10@10!");
            client.pass(2 * BRIDGE);
            assertThat(client.gaps).hasSize(1);
        }

        @Test
        @Requirement("S8")
        void valuesThatComeWhileStrandedAreNotDelivered() {
            client.delivery.strand(SUB, FakeBatch.of(bad(1)), client.now);

            client.says(A, v(1, 10));

            assertThat(client.read()).containsExactly("1=Bad@0");
        }
    }

    @Nested
    class OwnValues {
        @Test
        void theyComeAtTheNextPublishingInterval() {
            client.publish();
            client.delivery.ownValues(SUB, FakeBatch.of(v(1, 10)), client.now);
            assertThat(client.answers).isEmpty();

            client.pass(P);

            assertThat(ScriptedClient.entriesOf(client.next())).containsExactly(v(1, 10));
        }

        @Test
        void afterABadOneTheMembersValueComesWhateverItsTime() {
            client.says(A, v(1, 10));
            client.delivery.ownValues(SUB, FakeBatch.of(bad(1)), client.now);
            client.pass(P);

            client.says(A, v(1, 10));

            assertThat(client.read()).containsExactly("1=10@10", "1=Bad@0", "1=10@10");
        }
    }

    /** A client that reads slowly or not at all. */
    @Nested
    class Bounds {
        private final ScriptedClient slow = ScriptedClient.subscribed(
                longLived(),
                new DeliveryLimits(
                        100, 3L * FakeBatch.ENTRY_BYTES, 1 << 20, 10_000_000_000L, 16, 1_000_000_000L, BRIDGE));

        Bounds() {
            slow.delivery.addItem(SUB, 1, values(10));
            slow.delivery.addItem(SUB, 2, values(10));
            slow.starts(A, 1, 2);
        }

        @Test
        @Requirement({"I9", "I4", "S19"})
        void theOldestWaitingValuesGiveWayAndTheNextOneOfTheItemIsMarked() {
            slow.says(A, v(1, 10));
            slow.says(A, v(2, 10));
            slow.says(A, v(1, 11));
            slow.says(A, v(1, 12));
            slow.says(A, v(1, 13));
            assertThat(slow.delivery.queuedBytes).isEqualTo(3L * FakeBatch.ENTRY_BYTES);
            assertThat(slow.delivery.dropped()).isEqualTo(2);

            assertThat(slow.read()).containsExactly("2=10@10", "1=12@12!", "1=13@13");
        }

        // What never changes is told once: dropped, the client would never have it.
        @Test
        @Requirement({"I9", "I11", "S19"})
        void anItemsNewestValueStaysHoweverLongItWaits() {
            slow.says(A, v(2, 10));
            for (int t = 10; t < 100; t++) {
                slow.says(A, v(1, t));
            }
            assertThat(slow.delivery.queuedBytes).isEqualTo(3L * FakeBatch.ENTRY_BYTES);

            assertThat(slow.read()).containsExactly("2=10@10", "1=98@98!", "1=99@99");
        }

        @Test
        @Requirement({"I9", "I4", "I11"})
        void ofAMessageLargerThanTheBoundTheNewestValuesComeMarked() {
            slow.says(A, v(1, 10), v(1, 11), v(1, 12), v(2, 10), v(2, 11), v(2, 12));

            assertThat(slow.delivery.queuedBytes).isEqualTo(3L * FakeBatch.ENTRY_BYTES);
            assertThat(slow.read()).containsExactly("1=12@12!", "2=11@11!", "2=12@12");
        }

        @Test
        @Requirement({"I9", "I11"})
        void moreItemsThanTheBoundHasRoomForKeepOneValueEach() {
            for (int item = 3; item <= 6; item++) {
                slow.delivery.addItem(SUB, item, values(10));
            }
            for (int t = 10; t < 100; t++) {
                slow.says(A, v(1, t), v(2, t), v(3, t), v(4, t), v(5, t), v(6, t));
                assertThat(slow.delivery.queuedBytes).isLessThanOrEqualTo(7L * FakeBatch.ENTRY_BYTES);
            }

            assertThat(slow.read())
                    .containsExactly("1=99@99!", "2=99@99!", "3=99@99!", "4=99@99!", "5=99@99!", "6=99@99!");
        }

        @Test
        @Requirement("I9")
        void eventsGiveWayAltogether() {
            slow.delivery.addItem(SUB, 3, new ItemSettings(10, false, ItemSettings.Kind.EVENTS));
            for (int t = 10; t < 20; t++) {
                slow.says(A, v(3, t));
                slow.says(A, v(1, t));
            }

            assertThat(slow.delivery.queuedBytes).isLessThanOrEqualTo(3L * FakeBatch.ENTRY_BYTES);
            assertThat(slow.read()).containsExactly("1=18@18!", "3=19@19!", "1=19@19");
        }

        @Test
        @Requirement({"I9", "I4"})
        void aLossIsRecordedOncePerItemUntilItsNextValue() {
            for (int t = 10; t < 100; t++) {
                slow.says(A, v(1, t));
            }

            assertThat(slow.gaps).extracting(DeliveryOutput.Gap::items).containsExactly(List.of(1));
        }

        @Test
        void theSubscriptionWithTheLongestQueueGivesWay() {
            slow.delivery.createSubscription(2, longLived(), 0);
            slow.delivery.addItem(2, 3, values(1));
            slow.delivery.values(A, 2, FakeBatch.of(v(3, 10)), slow.now);
            slow.says(A, v(1, 10));
            slow.says(A, v(1, 11));
            slow.says(A, v(1, 12));
            slow.publish();
            slow.publish();

            List<Entry> all = new ArrayList<>();
            slow.answers.forEach(a -> all.addAll(ScriptedClient.entriesOf(a.answer())));
            assertThat(all).containsExactlyInAnyOrder(v(3, 10), v(1, 11).overflowed(), v(1, 12));
        }

        @Test
        @Requirement("I9")
        void tandemsOwnValuesCountToo() {
            for (int t = 0; t < 100; t++) {
                slow.delivery.ownValues(SUB, FakeBatch.of(v(1, t)), slow.now);
            }
            assertThat(slow.delivery.queuedBytes).isLessThanOrEqualTo(3L * FakeBatch.ENTRY_BYTES);

            slow.pass(P);

            assertThat(slow.delivery.queuedBytes).isLessThanOrEqualTo(3L * FakeBatch.ENTRY_BYTES);
        }
    }
}
