package org.tandemopc.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tandemopc.relay.delivery.FakeBatch.v;
import static org.tandemopc.relay.delivery.ScriptedClient.A;
import static org.tandemopc.relay.delivery.ScriptedClient.P;
import static org.tandemopc.relay.delivery.ScriptedClient.SUB;
import static org.tandemopc.relay.delivery.ScriptedClient.every100Ms;
import static org.tandemopc.relay.delivery.ScriptedClient.values;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.tandemopc.relay.delivery.DeliveryOutput.PublishRefusal;
import org.tandemopc.relay.delivery.FakeBatch.Entry;
import org.tandemopc.relay.delivery.PublishAnswer.AckResult;
import org.tandemopc.relay.delivery.PublishRequest.Acknowledgement;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** OPC UA Part 4, 5.14, and the rules against losing and repeating values with clients that pipeline. */
class PublishingTest {
    private final ScriptedClient client = subscribed(every100Ms());

    private static ScriptedClient subscribed(SubscriptionSettings settings) {
        ScriptedClient client = ScriptedClient.subscribed(settings);
        addItem(client);
        return client;
    }

    private static void addItem(ScriptedClient client) {
        client.delivery.addItem(SUB, 1, values(10));
        client.starts(A, 1);
    }

    @Nested
    class KeepAlive {
        @Test
        void theFirstMessageIsAKeepAliveAtTheEndOfTheFirstInterval() {
            client.publish();

            client.pass(P - 1);
            assertThat(client.answers).isEmpty();
            client.pass(1);

            assertThat(client.next()).isEqualTo(new PublishAnswer(SUB, 1, List.of(), false, List.of(), List.of()));
        }

        // Part 4, 5.14.1.1: the first message also comes when publishing is disabled.
        @Test
        void theFirstMessageIsAKeepAliveAlsoWithPublishingDisabled() {
            ScriptedClient disabled = subscribed(new SubscriptionSettings(P, 3, 10, 0, 0, false));
            disabled.publish();

            disabled.pass(P);

            assertThat(disabled.next().content()).isEmpty();
        }

        @Test
        void aKeepAliveCarriesTheNumberOfTheNextMessageAndDoesNotUseItUp() {
            client.publish();
            client.pass(P);
            assertThat(client.next().sequenceNumber()).isEqualTo(1);

            client.publish();
            client.says(A, v(1, 10));
            assertThat(client.next().sequenceNumber()).isEqualTo(1);

            client.publish(1);
            client.pass(3 * P);
            assertThat(client.next().sequenceNumber()).isEqualTo(2);
        }

        @Test
        void afterTheFirstOnlyEveryKeepAliveCountIntervals() {
            client.publish();
            client.pass(P);
            client.publish();
            client.next();

            client.pass(3 * P - 1);
            assertThat(client.hasNext()).isFalse();
            client.pass(1);

            assertThat(client.next().content()).isEmpty();
        }

        @Test
        void dataStartsTheCountAnew() {
            client.publish();
            client.pass(P);
            client.publish();
            client.publish();
            client.pass(2 * P + P / 2);
            client.says(A, v(1, 10));
            client.publish(1);
            assertThat(client.answers).hasSize(2);

            client.pass(2 * P);
            assertThat(client.answers).hasSize(2);
            client.pass(P);

            assertThat(client.answers).hasSize(3);
        }

        @Test
        void oneThatCameDueWithoutARequestIsSentWithTheNextRequest() {
            client.pass(P);

            client.publish();

            assertThat(client.next().content()).isEmpty();
        }

        // S12: whatever happens to the members, the client's subscription lives.
        @Test
        @Requirement("S12")
        void keepAlivesGoOnWhileNoMemberIsThere() {
            client.publish();
            client.pass(P);
            client.delivery.hold(client.now);
            client.publish();
            client.pass(3 * P);
            client.publish();
            client.pass(3 * P);

            assertThat(client.answers).hasSize(3);
            assertThat(client.ended).isEmpty();
        }
    }

    @Nested
    class Lifetime {
        @Test
        @Requirement(value = "S20", protocol = Protocol.UA)
        void withoutAPublishRequestTheSubscriptionEndsWithBadTimeout() {
            client.pass(10 * P - 1);
            assertThat(client.ended).isEmpty();

            client.pass(1);
            assertThat(client.ended).containsExactly(SUB);
            client.publish();

            assertThat(client.next().content()).containsExactly(new PublishAnswer.StatusChange(true));
            client.publish();
            assertThat(client.refusals).containsExactly(Map.entry(2L, PublishRefusal.NO_SUBSCRIPTION));
        }

        @Test
        @Requirement(value = "S20", protocol = Protocol.UA)
        void aPublishRequestStartsItAnew() {
            client.pass(9 * P);
            client.publish();
            client.pass(9 * P + P / 2);

            assertThat(client.ended).isEmpty();
        }

        @Test
        void aParkedRequestKeepsTheSubscriptionAlive() {
            client.publish();
            client.publish();
            for (int i = 0; i < 20; i++) {
                client.pass(3 * P);
                client.publish();
            }

            assertThat(client.ended).isEmpty();
        }

        @Test
        void anotherServiceWithItsIdStartsItAnew() {
            client.pass(9 * P);
            client.delivery.touch(SUB, client.now);
            client.pass(9 * P);

            assertThat(client.ended).isEmpty();
        }

        @Test
        void itsItemsAreForgotten() {
            client.pass(10 * P);

            client.says(A, v(1, 10));

            assertThat(client.delivery.itemCount()).isZero();
            assertThat(client.delivery.dropped()).isEqualTo(1);
        }

        // A tick that comes late (a pause of our own) counts as one interval, not as many (S35).
        @Test
        @Requirement("S35")
        void aPauseOfOurOwnIsNotReadAsTheClientsSilence() {
            client.now = 50 * P;

            client.delivery.tick(client.now);
            client.pass(P - 1);

            assertThat(client.ended).isEmpty();
            client.publish();
            assertThat(client.next().content()).isEmpty();
        }
    }

    @Nested
    class Numbers {
        @Test
        void messagesCountFromOne() {
            client.publish();
            client.says(A, v(1, 10));
            client.publish(1);
            client.says(A, v(1, 11));

            assertThat(client.answers)
                    .extracting(a -> a.answer().sequenceNumber())
                    .containsExactly(1L, 2L);
        }

        // Part 4, 7.39: the number following 2^32-1 is 1.
        @Test
        void theyWrapToOneAndNeverUseZero() {
            assertThat(SubscriptionDelivery.following(1)).isEqualTo(2);
            assertThat(SubscriptionDelivery.following(0xFFFF_FFFEL)).isEqualTo(0xFFFF_FFFFL);
            assertThat(SubscriptionDelivery.following(0xFFFF_FFFFL)).isEqualTo(1);
        }

        @Test
        void theLastMessageOfASubscriptionHasTheNextNumber() {
            client.publish();
            client.says(A, v(1, 10));
            client.next();
            client.pass(11 * P);

            client.publish();

            assertThat(client.next().sequenceNumber()).isEqualTo(2);
        }
    }

    @Nested
    class Acknowledging {
        @Test
        void resultsComeInTheOrderOfTheAcknowledgements() {
            client.publish();
            client.says(A, v(1, 10));
            client.next();
            client.says(A, v(1, 11));

            client.delivery.publish(
                    new PublishRequest(
                            99,
                            List.of(
                                    new Acknowledgement(7, 1),
                                    new Acknowledgement(SUB, 1),
                                    new Acknowledgement(SUB, 1),
                                    new Acknowledgement(SUB, 5)),
                            Long.MAX_VALUE),
                    client.now);

            assertThat(client.next().acknowledgementResults())
                    .containsExactly(
                            AckResult.SUBSCRIPTION_UNKNOWN,
                            AckResult.GOOD,
                            AckResult.SEQUENCE_UNKNOWN,
                            AckResult.SEQUENCE_UNKNOWN);
        }

        // Rule 2: numbers are listed once they were sent, and as long as they are not acknowledged.
        @Test
        void availableNumbersAreThoseSentAndNotAcknowledged() {
            client.publish();
            client.says(A, v(1, 10));
            assertThat(client.next().available()).containsExactly(1L);
            client.publish();
            client.publish();
            client.says(A, v(1, 11));
            assertThat(client.next().available()).containsExactly(1L, 2L);

            client.says(A, v(1, 12));
            client.publish(1);

            assertThat(client.next().available()).containsExactly(2L, 3L);
        }

        // Rule 2: Milo acknowledges what it has not seen; such a message must not vanish.
        @Test
        void anAcknowledgementOfAnUnsentNumberIsRefusedAndTheMessageStays() {
            client.publish(1);
            client.says(A, v(1, 10));

            PublishAnswer answer = client.next();

            assertThat(answer.acknowledgementResults()).containsExactly(AckResult.SEQUENCE_UNKNOWN);
            assertThat(answer.available()).containsExactly(1L);
            assertThat(client.delivery.republish(SUB, 1, client.now)).isNotNull();
        }

        // Rule 3.
        @Test
        void anAcknowledgedMessageIsKeptForRepublishALittleLonger() {
            client.publish();
            client.says(A, v(1, 10));
            client.publish(1);

            PublishAnswer again = Objects.requireNonNull(client.delivery.republish(SUB, 1, client.now));

            assertThat(again.sequenceNumber()).isEqualTo(1);
            assertThat(ScriptedClient.entriesOf(again)).containsExactly(v(1, 10));
        }

        @Test
        void onlySoManyAcknowledgedMessagesAreKept() {
            for (int i = 1; i <= 18; i++) {
                client.says(A, v(1, i));
                client.publish(i - 1);
            }
            client.publish(18);

            assertThat(client.delivery.republish(SUB, 2, client.now)).isNull();
            assertThat(client.delivery.republish(SUB, 3, client.now)).isNotNull();
        }

        @Test
        @Requirement("I9")
        void clientThatNeverAcknowledgesTakesNoMoreThanSoManyBytes() {
            ScriptedClient silent = subscribed(ScriptedClient.longLived());
            int entries = 10_000;
            int messages = (int) (SessionDelivery.KEPT_BYTES_MAX / (entries * FakeBatch.ENTRY_BYTES)) + 10;
            for (int i = 1; i <= messages; i++) {
                silent.publish();
                silent.says(A, Collections.nCopies(entries, v(1, i)).toArray(Entry[]::new));
                silent.pass(DeliveryLimits.defaults().inFlightNanos());
            }

            assertThat(silent.delivery.keptBytes).isBetween(1L, SessionDelivery.KEPT_BYTES_MAX);
            assertThat(silent.delivery.republish(SUB, 1, silent.now)).isNull();
            long newest = silent.answers.stream()
                    .map(ScriptedClient.Answer::answer)
                    .filter(answer -> !answer.content().isEmpty())
                    .mapToLong(PublishAnswer::sequenceNumber)
                    .max()
                    .orElseThrow();
            assertThat(silent.delivery.republish(SUB, newest, silent.now)).isNotNull();
            silent.delivery.deleteSubscription(SUB, silent.now);
            assertThat(silent.delivery.keptBytes).isZero();
        }

        @Test
        void whatWasNeverSentCannotBeRepublished() {
            client.says(A, v(1, 10));

            assertThat(client.delivery.republish(SUB, 1, client.now)).isNull();
            assertThat(client.delivery.republish(7, 1, client.now)).isNull();
        }
    }

    @Nested
    class Requests {
        @Test
        void beyondTheMaximumTheOldestIsRefused() {
            for (int i = 0; i < 101; i++) {
                client.publish();
            }

            assertThat(client.refusals).containsExactly(Map.entry(1L, PublishRefusal.TOO_MANY_PUBLISH_REQUESTS));
        }

        @Test
        void eachIsAnsweredBadTimeoutAtItsDeadline() {
            client.publishUntil(50);
            client.publishUntil(70);
            assertThat(client.delivery.nextTickNanos()).isEqualTo(50);

            client.pass(49);
            assertThat(client.refusals).isEmpty();
            client.pass(1);

            assertThat(client.refusals).containsExactly(Map.entry(1L, PublishRefusal.TIMEOUT));
        }

        @Test
        void withoutASubscriptionTheyAreRefusedAtOnce() {
            ScriptedClient empty = new ScriptedClient();

            empty.publish();

            assertThat(empty.refusals).containsExactly(Map.entry(1L, PublishRefusal.NO_SUBSCRIPTION));
        }

        @Test
        void whenTheLastSubscriptionIsDeletedTheParkedOnesAreRefused() {
            client.publish();
            client.publish();

            client.delivery.deleteSubscription(SUB, client.now);

            assertThat(client.refusals)
                    .containsExactly(
                            Map.entry(1L, PublishRefusal.NO_SUBSCRIPTION),
                            Map.entry(2L, PublishRefusal.NO_SUBSCRIPTION));
        }

        /** A client asks for what it missed when it is back; what went to the old connection after that it would miss. */
        @Test
        void whenTheConnectionIsLostTheyAreRefused() {
            client.publish();
            client.publish();

            client.delivery.connectionLost();

            assertThat(client.refusals)
                    .containsExactly(
                            Map.entry(1L, PublishRefusal.CONNECTION_LOST),
                            Map.entry(2L, PublishRefusal.CONNECTION_LOST));
        }

        @Test
        void whenTheSessionClosesTheyAreRefusedAndNothingIsLeft() {
            client.publish();

            client.delivery.close();
            client.publish();

            assertThat(client.refusals)
                    .containsExactly(
                            Map.entry(1L, PublishRefusal.SESSION_CLOSED), Map.entry(2L, PublishRefusal.SESSION_CLOSED));
            assertThat(client.delivery.itemCount()).isZero();
        }

        @Test
        void theyAreAnsweredInTheOrderOfTheirArrival() {
            client.publish();
            client.publish();
            client.says(A, v(1, 10));
            client.publish(1);
            client.says(A, v(1, 11));

            assertThat(client.answers).extracting(ScriptedClient.Answer::token).containsExactly(1L, 2L);
        }

        @Test
        void theSubscriptionOfHigherPriorityIsServedFirstThenTheOneThatWaitedLonger() {
            client.delivery.createSubscription(2, new SubscriptionSettings(P, 3, 10, 0, 5, true), 0);
            client.delivery.createSubscription(3, every100Ms(), 0);
            client.pass(P);

            client.publish();
            client.publish();
            client.publish();
            client.pass(3 * P);
            client.publish();
            client.publish();
            client.publish();

            assertThat(client.answers)
                    .extracting(a -> a.answer().subscription())
                    .containsExactly(2, 1, 3, 2, 1, 3);
        }
    }

    @Nested
    class DataMessages {
        @Test
        void dataWaitsForARequestAndIsMergedIntoOneMessage() {
            client.says(A, v(1, 10));
            client.says(A, v(1, 11));
            client.publish();

            assertThat(ScriptedClient.entriesOf(client.next())).containsExactly(v(1, 10), v(1, 11));
        }

        @Test
        void withPublishingDisabledThereAreKeepAlivesOnlyAndTheDataComesAfterwards() {
            client.delivery.modifySubscription(SUB, new SubscriptionSettings(P, 3, 10, 0, 0, false), 0);
            client.says(A, v(1, 10));
            client.publish();
            client.pass(P);
            client.publish();
            client.pass(3 * P);
            assertThat(client.answers)
                    .hasSize(2)
                    .allMatch(a -> a.answer().content().isEmpty());
            client.publish();

            client.delivery.modifySubscription(SUB, every100Ms(), client.now);

            assertThat(client.answers).hasSize(3);
            assertThat(ScriptedClient.entriesOf(client.answers.getLast().answer()))
                    .containsExactly(v(1, 10));
        }

        @Test
        void aMessageIsCutAtTheClientsMaximumAndSaysThatMoreIsToCome() {
            ScriptedClient small = subscribed(new SubscriptionSettings(P, 3, 10, 2, 0, true));
            small.says(A, v(1, 10), v(1, 11), v(1, 12), v(1, 13), v(1, 14));

            small.publish();
            small.publish(1);
            small.publish(2);

            assertThat(small.answers)
                    .extracting(a -> ScriptedClient.entriesOf(a.answer()))
                    .containsExactly(List.of(v(1, 10), v(1, 11)), List.of(v(1, 12), v(1, 13)), List.of(v(1, 14)));
            assertThat(small.answers)
                    .extracting(a -> a.answer().moreNotifications())
                    .containsExactly(true, true, false);
        }

        @Test
        void theMaximumCountsOverMergedBatches() {
            ScriptedClient small = subscribed(new SubscriptionSettings(P, 3, 10, 3, 0, true));
            small.says(A, v(1, 10), v(1, 11));
            small.says(A, v(1, 12), v(1, 13));

            small.publish();

            assertThat(ScriptedClient.entriesOf(small.next())).containsExactly(v(1, 10), v(1, 11), v(1, 12));
        }

        @Test
        void aBacklogLargerThanAMessageMayBeIsCut() {
            FakeBatch.Entry[] many = new FakeBatch.Entry[25_000];
            for (int i = 0; i < many.length; i++) {
                many[i] = v(1, i + 1);
            }
            client.says(A, many);
            client.publish();
            client.publish(1);
            client.publish(2);

            assertThat(client.answers).allMatch(a -> a.answer().content().size() > 0);
            assertThat(client.answers)
                    .extracting(a -> ScriptedClient.entriesOf(a.answer()).size())
                    .allMatch(size -> size <= 10_000);
            assertThat(client.answers).hasSize(3);
        }
    }

    /** Rule 1: two data messages at once are swapped by a client's thread pool, and then repeated. */
    @Nested
    class OneInFlight {
        @Test
        void theNextWaitsForTheAcknowledgementOfTheLast() {
            client.publish();
            client.publish();
            client.says(A, v(1, 10));
            client.says(A, v(1, 11));
            assertThat(client.answers).hasSize(1);

            client.publish(1);

            assertThat(client.answers).hasSize(2);
        }

        // Another subscription took a request as well: not all are back, but the message is acknowledged.
        @Test
        void theAcknowledgementIsEnoughThoughNotAllRequestsAreBack() {
            client.delivery.createSubscription(2, every100Ms(), 0);
            client.delivery.addItem(2, 2, values(1));
            client.publish();
            client.publish();
            client.publish();
            client.says(A, v(1, 10));
            client.delivery.values(A, 2, FakeBatch.of(v(2, 10)), client.now);
            client.says(A, v(1, 11));
            assertThat(client.answers).hasSize(2);

            client.publish(1);

            assertThat(ScriptedClient.entriesOf(client.answers.getLast().answer()))
                    .containsExactly(v(1, 11));
        }

        @Test
        void theNextGoesWhenTheClientHasAllItsRequestsBackWithUs() {
            client.publish();
            client.publish();
            client.says(A, v(1, 10));
            client.says(A, v(1, 11));
            assertThat(client.answers).hasSize(1);

            client.publish();

            assertThat(client.answers).hasSize(2);
        }

        @Test
        void theNextGoesAfterOneSecondWhateverTheClientDoes() {
            client.publish();
            client.publish();
            client.says(A, v(1, 10));
            client.says(A, v(1, 11));

            client.pass(1_000_000_000L - 1);
            assertThat(client.answers).hasSize(1);
            client.pass(1);

            assertThat(client.answers).hasSize(2);
        }

        @Test
        void aKeepAliveWaitsToo() {
            client.publish();
            client.publish();
            client.says(A, v(1, 10));

            client.pass(4 * P);
            assertThat(client.answers).hasSize(1);
            client.publish(1);

            assertThat(client.answers).hasSize(2);
            assertThat(client.answers.getLast().answer().content()).isEmpty();
        }

        @Test
        void theNextMessageCarriesAllThatCameMeanwhile() {
            client.publish();
            client.publish();
            client.says(A, v(1, 10));
            client.says(A, v(1, 11));
            client.says(A, v(1, 12));
            client.publish(1);

            assertThat(ScriptedClient.entriesOf(client.answers.getLast().answer()))
                    .containsExactly(v(1, 11), v(1, 12));
        }

        @Test
        void anotherSubscriptionIsNotHeldUp() {
            client.delivery.createSubscription(2, every100Ms(), 0);
            client.delivery.addItem(2, 2, values(1));
            client.publish();
            client.publish();
            client.says(A, v(1, 10));

            client.delivery.values(A, 2, FakeBatch.of(v(2, 10)), client.now);

            assertThat(client.answers)
                    .extracting(a -> a.answer().subscription())
                    .containsExactly(1, 2);
        }
    }

    @Nested
    class Transferring {
        private final ScriptedClient other = new ScriptedClient();

        @Test
        @Requirement(value = "S20", protocol = Protocol.UA)
        void numbersAndUnacknowledgedMessagesGoAlong() {
            client.publish();
            client.says(A, v(1, 10));
            client.says(A, v(1, 11));
            other.delivery.activate(A, 1, 0);

            SubscriptionDelivery moved = client.delivery.extract(SUB, client.now);
            assertThat(moved.available()).containsExactly(1L);
            other.delivery.adopt(moved, other.now);
            other.publish();

            PublishAnswer answer = other.next();
            assertThat(answer.sequenceNumber()).isEqualTo(2);
            assertThat(answer.available()).containsExactly(1L, 2L);
            assertThat(ScriptedClient.entriesOf(answer)).containsExactly(v(1, 11));
            assertThat(other.delivery.republish(SUB, 1, other.now)).isNotNull();
        }

        // Part 4, 5.14.7: the old session is told Good_SubscriptionTransferred.
        @Test
        void theFormerSessionIsToldOnce() {
            client.publish();
            client.publish();

            client.delivery.extract(SUB, client.now);

            assertThat(client.next().content()).containsExactly(new PublishAnswer.StatusChange(false));
            assertThat(client.hasNext()).isFalse();
            assertThat(client.refusals).containsExactly(Map.entry(2L, PublishRefusal.NO_SUBSCRIPTION));
        }

        @Test
        void aValueThatTheClientHasIsNotRepeatedByTheNewSessionsItems() {
            client.publish();
            client.says(A, v(1, 10));
            other.delivery.activate(A, 1, 0);
            other.delivery.adopt(client.delivery.extract(SUB, client.now), other.now);
            other.starts(A, 1);

            other.says(A, v(1, 10));
            other.says(A, v(1, 11));

            assertThat(other.read()).containsExactly("1=11@11");
            assertThat(other.gaps).isEmpty();
        }

        @Test
        void aChangeBetweenTheSessionsIsMarked() {
            client.publish();
            client.says(A, v(1, 10));
            other.delivery.activate(A, 1, 0);
            other.delivery.adopt(client.delivery.extract(SUB, client.now), other.now);
            other.starts(A, 1);

            other.says(A, v(1, 12));

            assertThat(other.read()).containsExactly("1=12@12!");
            assertThat(other.gaps).hasSize(1);
        }

        @Test
        void whatWaitsCountsForTheNewSessionOnly() {
            client.says(A, v(1, 10));
            assertThat(client.delivery.queuedBytes).isEqualTo(FakeBatch.ENTRY_BYTES);

            other.delivery.adopt(client.delivery.extract(SUB, client.now), other.now);

            assertThat(client.delivery.queuedBytes).isZero();
            assertThat(other.delivery.queuedBytes).isEqualTo(FakeBatch.ENTRY_BYTES);
        }
    }

    /** Its socket takes nothing; its requests that came before are here. */
    @Nested
    class ClientThatDoesNotRead {
        private void publishes(int requests) {
            publishes(client, requests);
        }

        private static void publishes(ScriptedClient of, int requests) {
            for (int i = 0; i < requests; i++) {
                of.publish();
            }
        }

        @Test
        @Requirement(
                value = {"S19", "I9"},
                protocol = Protocol.UA)
        void valuesWaitWhereTheirBoundsHoldHoweverManyRequestsAreThere() {
            DeliveryLimits usual = DeliveryLimits.defaults();
            ScriptedClient slow = ScriptedClient.subscribed(
                    every100Ms(),
                    new DeliveryLimits(
                            usual.publishRequestsMax(),
                            10L * FakeBatch.ENTRY_BYTES,
                            usual.ringBytesMax(),
                            usual.ringNanos(),
                            usual.retransmitMessages(),
                            usual.inFlightNanos(),
                            usual.bridgeNanos()));
            addItem(slow);
            publishes(slow, 50);
            slow.delivery.clientReads(false, slow.now);

            for (int i = 1; i <= 30; i++) {
                slow.says(A, v(1, i));
                slow.pass(P);
            }
            assertThat(slow.answers).isEmpty();
            assertThat(slow.delivery.queuedBytes).isEqualTo(10L * FakeBatch.ENTRY_BYTES);
            slow.delivery.clientReads(true, slow.now);

            assertThat(ScriptedClient.entriesOf(slow.next()))
                    .hasSize(10)
                    .first()
                    .as("what went is marked")
                    .hasToString("1=21@21!");
        }

        @Test
        @Requirement(
                value = {"S19"},
                protocol = Protocol.UA)
        void noLifetimeEndsWhileRequestsMayWaitUnread() {
            client.delivery.clientReads(false, client.now);

            client.pass(100 * P);
            client.delivery.clientReads(true, client.now);
            assertThat(client.ended).isEmpty();
            client.pass(100 * P);

            assertThat(client.ended).as("control: it does afterwards").containsExactly(SUB);
        }

        @Test
        void requestsThatAreTooManyOrTooLateAreRefusedAllTheSame() {
            client.delivery.clientReads(false, client.now);
            client.publishUntil(client.now + P);
            publishes(DeliveryLimits.defaults().publishRequestsMax());

            assertThat(client.refusals).hasSize(1);
            client.publishUntil(client.now + P);
            client.pass(2 * P);

            assertThat(client.refusals)
                    .extracting(Map.Entry::getValue)
                    .containsExactly(
                            PublishRefusal.TOO_MANY_PUBLISH_REQUESTS,
                            PublishRefusal.TOO_MANY_PUBLISH_REQUESTS,
                            PublishRefusal.TIMEOUT);
        }
    }
}
