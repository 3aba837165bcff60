package org.tandemopc.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.relay.delivery.Outcome.Done;
import org.tandemopc.relay.delivery.Outcome.Expired;
import org.tandemopc.relay.delivery.Outcome.NotSent;
import org.tandemopc.relay.delivery.Outcome.Unknown;
import org.tandemopc.testkit.Requirement;

class RequestDeskTest {
    private static final int A = 0;
    private static final int B = 1;
    private static final long HOLD = 5_000;
    private static final long LONG = 60_000;

    private final Links links = new Links();
    private final RequestDesk<String, String> desk = new RequestDesk<>(8, links);

    private void read(long id, long now) {
        desk.submit(id, "read" + id, true, now + LONG, HOLD, now);
    }

    private void write(long id, long now) {
        desk.submit(id, "write" + id, false, now + LONG, HOLD, now);
    }

    @Nested
    class WhileReleased {
        @Test
        void aRequestGoesOutAtOnceWithTheEpochOfItsAdmission() {
            desk.release(3, A, 0);
            write(1, 0);
            assertThat(links.sent).containsExactly("write1@A/3");

            desk.answered(1, A, 3, "Good", 10);

            assertThat(links.outcomes).containsExactly(Map.entry(1L, new Done<>(A, 3, "Good")));
            assertThat(desk.pending()).isZero();
            assertThat(desk.nextTickNanos()).isEqualTo(Long.MAX_VALUE);
        }

        @Test
        @Requirement("S2")
        void aRequestThatTheLinkDidNotTakeWaitsAndGoesToTheNewMember() {
            desk.release(1, A, 0);
            links.down.add(A);
            write(1, 0);

            desk.hold(2, 1);
            desk.release(2, B, 2);

            assertThat(links.sent).containsExactly("write1@B/2");
            assertThat(links.outcomes).isEmpty();
        }

        @Test
        @Requirement("S2")
        void aRequestReportedAsCertainlyNotSentWaitsAndGoesToTheNewMember() {
            desk.release(1, A, 0);
            write(1, 0);
            desk.failed(1, A, 1, true, "closed before the flush", 1);

            desk.release(2, B, 2);
            desk.answered(1, B, 2, "Good", 3);

            assertThat(links.sent).containsExactly("write1@A/1", "write1@B/2");
            assertThat(links.outcomes).containsExactly(Map.entry(1L, new Done<>(B, 2, "Good")));
        }

        @Test
        void aRequestThatKeepsBeingRefusedAfterItWasTakenEndsAsNotSent() {
            desk.release(1, A, 0);
            write(1, 0);

            for (int n = 0; n <= RequestDesk.REFUSALS_MAX; n++) {
                desk.failed(1, A, 1, true, "too large for the member", 1);
                desk.release(1, A, 1);
            }

            assertThat(links.sent).hasSize(RequestDesk.REFUSALS_MAX + 1);
            assertThat(links.outcomes).containsExactly(Map.entry(1L, new NotSent<>("too large for the member")));
        }

        @Test
        void anotherReleaseOfTheSameEpochSendsWhatWaits() {
            desk.release(1, A, 0);
            links.down.add(A);
            write(1, 0);
            write(2, 0);
            links.down.clear();

            desk.release(1, A, 1);

            assertThat(links.sent).containsExactly("write1@A/1", "write2@A/1");
        }

        // Two writes to one node must arrive in the order in which the client made them.
        @Test
        void aNewRequestDoesNotOvertakeOneThatTheLinkDidNotTake() {
            desk.release(1, A, 0);
            links.down.add(A);
            write(1, 0);
            links.down.clear();

            write(2, 1);

            assertThat(links.sent).containsExactly("write1@A/1", "write2@A/1");
        }

        @Test
        void aRequestThatNoLinkTakesIsAnsweredNotSentAfterTheHoldTime() {
            desk.release(1, A, 0);
            links.down.add(A);
            write(1, 0);
            assertThat(desk.nextTickNanos()).isLessThanOrEqualTo(HOLD);

            desk.tick(HOLD - 1);
            assertThat(links.outcomes).isEmpty();
            desk.tick(HOLD);

            assertThat(links.kinds()).containsExactly("1 NotSent");
        }

        @Test
        void beyondTheMaximumANewRequestIsAnsweredNotSentAndTheOthersStay() {
            desk.release(1, A, 0);
            for (int id = 1; id <= 9; id++) {
                write(id, 0);
            }

            assertThat(links.kinds()).containsExactly("9 NotSent");
            assertThat(links.sent).hasSize(8);
            assertThat(desk.pending()).isEqualTo(8);
        }

        @Test
        void anIdThatIsUnderWayIsRefused() {
            read(1, 0);

            assertThatThrownBy(() -> read(1, 0)).isInstanceOf(IllegalStateException.class);

            desk.release(1, A, 1);
            assertThat(links.sent).containsExactly("read1@A/1");
        }

        @Test
        void aRequestWhoseDeadlineHasPassedIsNotSent() {
            desk.release(1, A, 0);

            desk.submit(1, "write1", false, 10, HOLD, 10);

            assertThat(links.sent).isEmpty();
            assertThat(links.kinds()).containsExactly("1 NotSent");
        }
    }

    @Nested
    class WhileHeld {
        @Test
        void requestsWaitBeforeTheFirstReleaseAndGoOutInOrderOfArrival() {
            write(1, 0);
            read(2, 1);
            write(3, 2);
            assertThat(links.sent).isEmpty();

            desk.release(1, A, 3);

            assertThat(links.sent).containsExactly("write1@A/1", "read2@A/1", "write3@A/1");
        }

        @Test
        void repeatableOnesTooAreAnsweredNotSentAfterTheHoldTime() {
            desk.release(1, A, 0);
            desk.hold(2, 0);
            read(1, 0);
            write(2, 0);

            desk.tick(HOLD);

            assertThat(links.kinds()).containsExactly("1 NotSent", "2 NotSent");
        }

        @Test
        void noneWaitsPastItsOwnDeadline() {
            desk.submit(1, "read1", true, 100, HOLD, 0);
            assertThat(desk.nextTickNanos()).isEqualTo(100);

            desk.tick(100);

            assertThat(links.kinds()).containsExactly("1 NotSent");
        }

        @Test
        void whatIsOverdueAtTheReleaseIsNotSent() {
            desk.submit(1, "write1", false, 100, HOLD, 0);

            desk.release(1, A, 100);

            assertThat(links.sent).isEmpty();
            assertThat(links.kinds()).containsExactly("1 NotSent");
        }

        @Test
        void whatWasSentBeforeMayStillBeAnsweredByItsMember() {
            desk.release(1, A, 0);
            write(1, 0);
            desk.hold(2, 1);

            desk.answered(1, A, 1, "Good", 2);

            assertThat(links.outcomes).containsExactly(Map.entry(1L, new Done<>(A, 1, "Good")));
        }

        @Test
        void whatALinkDidNotTakeKeepsItsPlaceBeforeLaterOnes() {
            desk.release(1, A, 0);
            links.down.add(A);
            write(1, 0);
            desk.hold(2, 1);
            write(2, 1);

            desk.release(2, B, 2);

            assertThat(links.sent).containsExactly("write1@B/2", "write2@B/2");
        }
    }

    @Nested
    class AfterALoss {
        @Test
        @Requirement({"S3", "S5", "I1"})
        void aWriteWhoseBytesMayHaveLeftIsUnknownAndNeverSentAgain() {
            desk.release(1, A, 0);
            write(1, 0);
            desk.linkLost(A, "closed", 10);

            desk.release(2, B, 11);
            desk.release(2, B, 12);

            assertThat(links.sent).containsExactly("write1@A/1");
            assertThat(links.outcomes).containsExactly(Map.entry(1L, new Unknown<>(A, 1, "closed")));
            assertThat(desk.unknown()).isEqualTo(1);
        }

        @Test
        @Requirement({"S3", "I1"})
        void aWriteThatFailedAfterBytesMayHaveLeftIsUnknownAndNeverSentAgain() {
            desk.release(1, A, 0);
            write(1, 0);
            desk.failed(1, A, 1, false, "reset", 10);

            desk.release(2, B, 11);

            assertThat(links.sent).containsExactly("write1@A/1");
            assertThat(links.outcomes).containsExactly(Map.entry(1L, new Unknown<>(A, 1, "reset")));
        }

        @Test
        @Requirement("S1")
        void aReadIsRepeatedAtTheNewMember() {
            desk.release(1, A, 0);
            read(1, 0);
            desk.hold(2, 1);
            desk.linkLost(A, "closed", 1);
            desk.release(2, B, 2);

            desk.answered(1, B, 2, "42", 3);

            assertThat(links.sent).containsExactly("read1@A/1", "read1@B/2");
            assertThat(links.outcomes).containsExactly(Map.entry(1L, new Done<>(B, 2, "42")));
            assertThat(desk.repeated()).isEqualTo(1);
        }

        @Test
        @Requirement("S1")
        void aReadLostAtTheOldMemberAfterTheReleaseGoesToTheNewOneAtOnce() {
            desk.release(1, A, 0);
            read(1, 0);
            desk.release(2, B, 1);

            desk.linkLost(A, "closed", 2);

            assertThat(links.sent).containsExactly("read1@A/1", "read1@B/2");
        }

        @Test
        void aReadLostOnTheCurrentRouteWaitsForTheReleaseAndHoldsUpNobody() {
            desk.release(1, A, 0);
            read(1, 0);
            desk.failed(1, A, 1, false, "answer not readable", 1);
            write(2, 2);
            assertThat(links.sent).containsExactly("read1@A/1", "write2@A/1");

            desk.release(1, A, 3);

            assertThat(links.sent).containsExactly("read1@A/1", "write2@A/1", "read1@A/1");
        }

        @Test
        void aRepeatedReadKeepsItsPlaceBeforeLaterRequests() {
            desk.release(1, A, 0);
            read(1, 0);
            desk.hold(2, 1);
            read(2, 1);
            desk.linkLost(A, "closed", 2);

            desk.release(2, B, 3);

            assertThat(links.sent).containsExactly("read1@A/1", "read1@B/2", "read2@B/2");
        }

        @Test
        @Requirement("S1")
        void aReadIsSentThreeTimesAtMost() {
            desk.release(1, A, 0);
            read(1, 0);
            for (int epoch = 2; epoch < 10; epoch++) {
                desk.linkLost((epoch + 1) % 2 == 0 ? B : A, "closed", epoch);
                desk.linkLost(epoch % 2 == 0 ? B : A, "closed", epoch);
                desk.release(epoch, epoch % 2 == 0 ? B : A, epoch);
            }

            assertThat(links.sent).containsExactly("read1@A/1", "read1@B/2", "read1@A/3");
            assertThat(links.kinds()).containsExactly("1 Expired");
            assertThat(desk.repeated()).isEqualTo(2);
        }

        @Test
        void theHoldTimeCountsFromTheLoss() {
            desk.release(1, A, 0);
            read(1, 0);
            desk.hold(2, 20_000);
            desk.linkLost(A, "closed", 20_000);

            desk.tick(20_000 + HOLD - 1);
            assertThat(links.outcomes).isEmpty();
            desk.tick(20_000 + HOLD);

            // It was sent once: NotSent would be untrue.
            assertThat(links.kinds()).containsExactly("1 Expired");
        }

        @Test
        void aReadIsNotRepeatedPastItsDeadline() {
            desk.release(1, A, 0);
            desk.submit(1, "read1", true, 100, HOLD, 0);

            desk.linkLost(A, "closed", 100);

            assertThat(links.kinds()).containsExactly("1 Expired");
        }

        @Test
        void onlyWhatWasSentToThatMemberIsLost() {
            desk.release(1, A, 0);
            write(1, 0);
            desk.release(2, B, 1);
            write(2, 1);

            desk.linkLost(A, "closed", 2);

            assertThat(links.kinds()).containsExactly("1 Unknown");
            assertThat(desk.pending()).isEqualTo(1);
        }
    }

    @Nested
    class AtTheDeadline {
        @Test
        @Requirement({"S3", "S7"})
        void aSentWriteIsUnknown() {
            desk.release(1, A, 0);
            desk.submit(1, "write1", false, 100, HOLD, 0);
            assertThat(desk.nextTickNanos()).isEqualTo(100);

            desk.tick(99);
            assertThat(links.outcomes).isEmpty();
            desk.tick(100);

            assertThat(links.kinds()).containsExactly("1 Unknown");
        }

        @Test
        @Requirement({"S1", "S7"})
        void aSentReadIsExpired() {
            desk.release(1, A, 0);
            desk.submit(1, "read1", true, 100, HOLD, 0);

            desk.tick(100);

            assertThat(links.kinds()).containsExactly("1 Expired");
        }

        @Test
        void theNextTickMovesOnToTheNextDeadline() {
            desk.release(1, A, 0);
            desk.submit(1, "read1", true, 100, HOLD, 0);
            desk.submit(2, "read2", true, 300, HOLD, 0);

            desk.tick(100);

            assertThat(desk.nextTickNanos()).isEqualTo(300);
        }
    }

    @Nested
    class Stale {
        @Test
        @Requirement({"S8", "I3"})
        void anAnswerAfterTheOutcomeIsRefusedAndCounted() {
            desk.release(1, A, 0);
            write(1, 0);
            desk.linkLost(A, "silent", 1);

            desk.answered(1, A, 1, "Good", 60_000);

            assertThat(links.kinds()).containsExactly("1 Unknown");
            assertThat(desk.lateAnswers()).isEqualTo(1);
            assertThat(links.late).containsExactly("1 of " + A + " in 1: Good");
        }

        @Test
        @Requirement("S8")
        void anAnswerOfTheFormerActiveToARepeatedReadIsRefusedAndCounted() {
            desk.release(1, A, 0);
            read(1, 0);
            desk.linkLost(A, "silent", 1);
            desk.release(2, B, 2);

            desk.answered(1, A, 1, "old", 3);
            desk.answered(1, B, 1, "wrong epoch", 3);
            desk.answered(1, A, 2, "wrong member", 3);
            desk.answered(1, B, 2, "new", 4);
            desk.answered(1, B, 2, "new again", 5);

            assertThat(links.outcomes).containsExactly(Map.entry(1L, new Done<>(B, 2, "new")));
            assertThat(desk.lateAnswers()).isEqualTo(4);
        }

        @Test
        @Requirement("S8")
        void anAnswerToARequestThatWaitsIsRefused() {
            desk.release(1, A, 0);
            read(1, 0);
            desk.linkLost(A, "silent", 1);

            desk.answered(1, A, 1, "old", 2);

            assertThat(links.outcomes).isEmpty();
            assertThat(desk.lateAnswers()).isEqualTo(1);
        }

        @Test
        @Requirement("I1")
        void aFailureOfTheFormerSendingChangesNothing() {
            desk.release(1, A, 0);
            write(1, 0);
            desk.failed(1, A, 1, true, "closed", 1);
            desk.release(2, B, 2);

            desk.failed(1, A, 1, true, "closed", 3);
            desk.release(2, B, 4);

            assertThat(links.sent).containsExactly("write1@A/1", "write1@B/2");
        }

        @Test
        @Requirement({"I2", "M2"})
        void anOrderOfASmallerEpochIsRefused() {
            desk.release(5, A, 0);

            desk.release(4, B, 1);
            desk.hold(4, 1);
            desk.strand(4, 1);
            write(1, 2);

            assertThat(links.sent).containsExactly("write1@A/5");
        }

        @Test
        @Requirement({"I2", "M2"})
        void aReleaseOfTheEpochBeforeTheHoldIsRefused() {
            desk.release(5, A, 0);
            desk.hold(6, 1);
            write(1, 2);

            desk.release(5, A, 3);

            assertThat(links.sent).isEmpty();
        }
    }

    @Nested
    class Stranded {
        @Test
        @Requirement("S12")
        void whatWaitsAndWhatComesIsAnsweredNotSentAtOnce() {
            desk.release(1, A, 0);
            desk.hold(2, 1);
            write(1, 1);
            read(2, 1);

            desk.strand(2, 2);
            write(3, 3);

            assertThat(links.kinds()).containsExactly("1 NotSent", "2 NotSent", "3 NotSent");
            assertThat(links.sent).isEmpty();
        }

        @Test
        @Requirement("S12")
        void whatWasSentStaysUntilItIsAnsweredOrLost() {
            desk.release(1, A, 0);
            write(1, 0);
            write(2, 0);
            read(3, 0);

            desk.strand(2, 1);
            assertThat(links.outcomes).isEmpty();
            desk.answered(1, A, 1, "Good", 2);
            desk.linkLost(A, "closed", 3);

            assertThat(links.kinds()).containsExactly("1 Done", "2 Unknown", "3 Expired");
        }

        @Test
        void aSendingThatCertainlyFailedEndsAsNotSentAtOnce() {
            desk.release(1, A, 0);
            write(1, 0);
            desk.strand(2, 1);

            desk.failed(1, A, 1, true, "closed", 2);

            assertThat(links.kinds()).containsExactly("1 NotSent");
        }

        @Test
        void fromTheNextHoldOnRequestsWaitAgain() {
            desk.strand(2, 0);
            desk.hold(3, 1);
            write(1, 2);

            desk.release(3, B, 3);

            assertThat(links.sent).containsExactly("write1@B/3");
        }

        @Test
        void fromTheNextReleaseOnRequestsGoOutAgain() {
            desk.strand(2, 0);
            desk.release(3, A, 1);

            write(1, 2);

            assertThat(links.sent).containsExactly("write1@A/3");
        }
    }

    @Nested
    class FromInsideACallback {
        @Test
        void anAnswerInsideTheSendingCompletesTheRequest() {
            links.onSend = (id, member, epoch) -> desk.answered(id, member, epoch, "Good", 0);
            desk.release(1, A, 0);

            write(1, 0);

            assertThat(links.outcomes).containsExactly(Map.entry(1L, new Done<>(A, 1, "Good")));
            assertThat(desk.pending()).isZero();
        }

        @Test
        void aFailureInsideTheSendingMakesTheRequestWait() {
            links.onSend = (id, member, epoch) -> desk.failed(id, member, epoch, true, "closed", 0);
            desk.release(1, A, 0);
            write(1, 0);
            write(2, 0);
            links.onSend = (id, member, epoch) -> {};

            desk.release(2, B, 1);

            assertThat(links.sent.subList(links.sent.size() - 2, links.sent.size()))
                    .containsExactly("write1@B/2", "write2@B/2");
            assertThat(links.outcomes).isEmpty();
        }

        @Test
        @Requirement({"S3", "I1"})
        void aLossInsideTheSendingMakesTheWriteUnknown() {
            links.onSend = (id, member, epoch) -> desk.linkLost(member, "closed", 0);
            desk.release(1, A, 0);

            write(1, 0);
            desk.release(2, B, 1);

            assertThat(links.kinds()).containsExactly("1 Unknown");
            assertThat(links.sent).containsExactly("write1@A/1");
        }

        @Test
        void aRequestMadeWhileThoseOnHoldAreSentGoesLast() {
            write(1, 0);
            write(2, 0);
            links.onSend = (id, member, epoch) -> {
                if (id == 1) {
                    write(3, 1);
                }
            };

            desk.release(1, A, 1);

            assertThat(links.sent).containsExactly("write1@A/1", "write2@A/1", "write3@A/1");
        }

        @Test
        void aRequestMadeWhileTheLastOnHoldIsRefusedStaysBehindIt() {
            write(1, 0);
            links.refused.add(1L);
            links.onSend = (id, member, epoch) -> {
                if (id == 1 && desk.pending() == 1) {
                    write(2, 1);
                }
            };
            desk.release(1, A, 1);
            links.sent.clear();
            links.refused.clear();

            desk.release(1, A, 2);

            assertThat(links.sent).containsExactly("write1@A/1", "write2@A/1");
        }

        @Test
        @Requirement("I2")
        void aHoldWhileThoseOnHoldAreSentStopsTheRest() {
            write(1, 0);
            write(2, 0);
            links.onSend = (id, member, epoch) -> desk.hold(2, 1);

            desk.release(1, A, 1);

            assertThat(links.sent).containsExactly("write1@A/1");
        }

        @Test
        @Requirement("I2")
        void aReleaseWhileThoseOnHoldAreSentTakesTheRestElsewhere() {
            write(1, 0);
            write(2, 0);
            write(3, 0);
            links.onSend = (id, member, epoch) -> {
                if (id == 1) {
                    desk.release(2, B, 1);
                }
            };

            desk.release(1, A, 1);

            assertThat(links.sent).containsExactly("write1@A/1", "write2@B/2", "write3@B/2");
        }

        @Test
        void aRequestMadeInsideAnOutcomeFindsTheDeskInOrder() {
            desk.release(1, A, 0);
            read(1, 0);
            write(2, 0);
            read(3, 0);
            desk.hold(2, 0);
            links.onComplete = (id, outcome) -> {
                if (id == 2) {
                    read(4, 1);
                }
            };

            desk.linkLost(A, "closed", 1);
            desk.release(2, B, 2);

            assertThat(links.kinds()).containsExactly("2 Unknown");
            assertThat(links.sent).endsWith("read1@B/2", "read3@B/2", "read4@B/2");
        }

        @Test
        void requestsMadeInsideTheOutcomesOfATickAreNotLost() {
            write(1, 0);
            write(2, 0);
            links.onComplete = (id, outcome) -> {
                if (id < 10) {
                    write(id + 10, HOLD);
                }
            };

            desk.tick(HOLD);

            assertThat(links.kinds()).containsExactly("1 NotSent", "2 NotSent");
            assertThat(desk.pending()).isEqualTo(2);
            assertThat(desk.nextTickNanos()).isLessThanOrEqualTo(2 * HOLD);
        }
    }

    /** Random orders, losses, answers (also late and false ones) and re-entrant calls, judged from outside. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    @Requirement({"I1", "I2", "I3", "I9", "M2", "M4"})
    void everyRequestHasOneOutcomeAndNoWriteIsSentTwice(long seed) {
        for (long run = 0; run < 200; run++) {
            new Chaos(seed * 1_000 + run).run();
        }
    }

    @Test
    void everyRequestHasOneOutcomeAndNoWriteIsSentTwiceWithAFreshSeed() {
        new Chaos(System.nanoTime()).run();
    }

    private static final class Links implements RequestDesk.Output<String, String> {
        interface OnSend {
            void sent(long id, int member, long epoch);
        }

        interface OnComplete {
            void completed(long id, Outcome<String> outcome);
        }

        final List<String> sent = new ArrayList<>();
        final List<Map.Entry<Long, Outcome<String>>> outcomes = new ArrayList<>();
        final List<String> late = new ArrayList<>();
        final Set<Integer> down = new HashSet<>();
        final Set<Long> refused = new HashSet<>();
        OnSend onSend = (id, member, epoch) -> {};
        OnComplete onComplete = (id, outcome) -> {};

        @Override
        public boolean send(long id, int member, long epoch, String request) {
            if (down.contains(member)) {
                return false;
            }
            sent.add(request + "@" + (member == A ? "A" : "B") + "/" + epoch);
            onSend.sent(id, member, epoch);
            return !refused.contains(id);
        }

        @Override
        public void complete(long id, String request, Outcome<String> outcome) {
            outcomes.add(Map.entry(id, outcome));
            onComplete.completed(id, outcome);
        }

        @Override
        public void late(long id, int member, long epoch, String answer) {
            late.add(id + " of " + member + " in " + epoch + ": " + answer);
        }

        List<String> kinds() {
            return outcomes.stream()
                    .map(entry ->
                            entry.getKey() + " " + entry.getValue().getClass().getSimpleName())
                    .toList();
        }
    }

    /** One seeded life of a desk, with its own books of what was sent and answered. */
    private static final class Chaos implements RequestDesk.Output<String, String> {
        private static final int REQUESTS_MAX = 20;

        private record Sending(long id, int member, long epoch) {}

        private final long seed;
        private final Random random;
        private final RequestDesk<String, String> desk = new RequestDesk<>(REQUESTS_MAX, this);
        /** Sendings of which the member may have taken something, by request. */
        private final Map<Long, Integer> left = new HashMap<>();

        private final Map<Long, Long> deadlines = new HashMap<>();
        private final Map<Long, Outcome<String>> outcomes = new HashMap<>();
        private final List<Sending> open = new ArrayList<>();
        private final List<Sending> over = new ArrayList<>();
        private final boolean[] up = {true, true};
        private long now;
        private long ids;
        private long epochSeen = Long.MIN_VALUE;
        private int depth;

        Chaos(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        void run() {
            for (int step = 0; step < 200; step++) {
                now += random.nextInt(50);
                act();
                if (desk.nextTickNanos() <= now) {
                    desk.tick(now);
                }
                assertThat(desk.pending()).as("seed %d", seed).isLessThanOrEqualTo(REQUESTS_MAX);
                assertThat(desk.pending()).as("seed %d", seed).isEqualTo(deadlines.size() - outcomes.size());
            }
            depth = Integer.MAX_VALUE;
            now += 1_000_000;
            desk.tick(now);
            assertThat(outcomes.keySet()).as("seed %d", seed).isEqualTo(deadlines.keySet());
            assertThat(desk.nextTickNanos()).isEqualTo(Long.MAX_VALUE);
        }

        private void act() {
            int member = random.nextInt(2);
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3 -> submit();
                case 4, 5 -> answer(true);
                case 6 -> answer(false);
                case 7 -> fail();
                case 8 -> {
                    up[member] = false;
                    open.removeIf(sending -> sending.member == member && over.add(sending));
                    desk.linkLost(member, "closed", now);
                }
                case 9 -> up[member] = true;
                case 10 -> desk.release(epoch(), member, now);
                default -> {
                    if (random.nextInt(3) == 0) {
                        desk.strand(epoch(), now);
                    } else {
                        desk.hold(epoch(), now);
                    }
                }
            }
        }

        /** Now and then one that is over; the desk is told before it can call back, so the books are kept first. */
        private long epoch() {
            long epoch = Math.max(0, Math.max(0, epochSeen) + random.nextInt(4) - 1);
            epochSeen = Math.max(epochSeen, epoch);
            return epoch;
        }

        private void submit() {
            long id = ++ids;
            deadlines.put(id, now + 1 + random.nextInt(2_000));
            desk.submit(id, "request", isRepeatable(id), deadlines.getOrDefault(id, 0L), random.nextInt(500), now);
        }

        private void answer(boolean due) {
            List<Sending> from = due ? open : over;
            if (!from.isEmpty()) {
                Sending sending = from.remove(random.nextInt(from.size()));
                boolean ended = outcomes.containsKey(sending.id);
                long late = desk.lateAnswers();
                desk.answered(sending.id, sending.member, sending.epoch, "answer", now);
                if (ended) {
                    assertThat(desk.lateAnswers()).as("seed %d", seed).isGreaterThan(late);
                } else if (due && depth == 0) {
                    // Inside a callback its own outcome may be next in line.
                    assertThat(outcomes.containsKey(sending.id))
                            .as("seed %d: %s answered", seed, sending)
                            .isTrue();
                }
            }
        }

        private void fail() {
            if (!open.isEmpty()) {
                Sending sending = open.remove(random.nextInt(open.size()));
                boolean certainlyNot = random.nextBoolean();
                if (certainlyNot) {
                    left.merge(sending.id, -1, Integer::sum);
                } else {
                    over.add(sending);
                }
                desk.failed(sending.id, sending.member, sending.epoch, certainlyNot, "reset", now);
            }
        }

        @Override
        public boolean send(long id, int member, long epoch, String request) {
            assertThat(epoch).as("seed %d: epoch of request %d", seed, id).isEqualTo(epochSeen);
            assertThat(outcomes).as("seed %d: sent after its outcome", seed).doesNotContainKey(id);
            assertThat(deadlines.getOrDefault(id, 0L)).as("seed %d", seed).isGreaterThan(now);
            if (!up[member]) {
                return false;
            }
            int times = left.merge(id, 1, Integer::sum);
            assertThat(times)
                    .as("seed %d: sendings of request %d", seed, id)
                    .isLessThanOrEqualTo(isRepeatable(id) ? RequestDesk.SENDINGS_MAX : 1);
            open.add(new Sending(id, member, epoch));
            sometimesActFromInside();
            return true;
        }

        @Override
        public void complete(long id, String request, Outcome<String> outcome) {
            assertThat(outcomes.put(id, outcome))
                    .as("seed %d: second outcome of %d", seed, id)
                    .isNull();
            int times = left.getOrDefault(id, 0);
            switch (outcome) {
                case Done<String> done -> assertThat(times).as("seed %d", seed).isPositive();
                case NotSent<String> notSent ->
                    assertThat(times).as("seed %d: NotSent of %d", seed, id).isZero();
                case Unknown<String> unknown ->
                    assertThat(isRepeatable(id)).as("seed %d", seed).isFalse();
                case Expired<String> expired ->
                    assertThat(isRepeatable(id)).as("seed %d", seed).isTrue();
            }
            sometimesActFromInside();
        }

        private void sometimesActFromInside() {
            if (depth < 3 && random.nextInt(5) == 0) {
                depth++;
                act();
                depth--;
            }
        }

        private static boolean isRepeatable(long id) {
            return id % 2 == 0;
        }
    }
}
