package org.tandemopc.relay.ua.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.security.CertificateValidator;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.structured.CancelRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CancelResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteSubscriptionsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.SignatureData;
import org.eclipse.milo.opcua.stack.core.types.structured.UserNameIdentityToken;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.relay.ua.front.FrontDoorConfig.Security;
import org.tandemopc.relay.ua.front.RawClient.Session;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** The rules of OPC UA Part 4, 5.6, told to the door one by one by a client that breaks them. */
@Timeout(60)
class SessionRulesTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Security SECURE = Security.SIGN_AND_ENCRYPT;

    @Test
    void requestBeforeActivationClosesTheSession() throws Exception {
        try (DoorFixture door = DoorFixture.with(Security.NONE)) {
            FakePair pair = door.publish("/p");
            try (RawClient client = door.raw("/p", Security.NONE)) {
                Session session = client.create();

                assertThat(client.status(client.readRequest(session, "x")).value())
                        .isEqualTo(StatusCodes.Bad_SessionNotActivated);

                assertThat(pair.last().history).containsExactly("closed request before ActivateSession");
                assertThat(refusal(() -> client.activate(session))).isEqualTo(StatusCodes.Bad_SessionIdInvalid);
            }
        }
    }

    @Test
    void sessionIsNotServedOverAForeignChannel() throws Exception {
        try (DoorFixture door = DoorFixture.with(Security.NONE)) {
            FakePair pair = door.publish("/p");
            try (RawClient owner = door.raw("/p", Security.NONE);
                    RawClient foreign = door.raw("/p", Security.NONE)) {
                Session session = owner.activate(owner.create());

                assertThat(foreign.status(foreign.readRequest(session, "x")).value())
                        .isEqualTo(StatusCodes.Bad_SecureChannelIdInvalid);
                assertThat(foreign.status(foreign.closeRequest(session)).value())
                        .isEqualTo(StatusCodes.Bad_SecureChannelIdInvalid);

                assertThat(owner.status(owner.readRequest(session, "x"))).isEqualTo(StatusCode.GOOD);
                assertThat(pair.last().history).containsExactly("activate Anonymous[]");
            }
        }
    }

    @Test
    void firstActivationMustComeOverTheCreatingChannel() throws Exception {
        try (DoorFixture door = DoorFixture.with(Security.NONE)) {
            door.publish("/p");
            try (RawClient owner = door.raw("/p", Security.NONE);
                    RawClient foreign = door.raw("/p", Security.NONE)) {
                Session session = owner.create();

                assertThat(refusal(() -> foreign.activate(session))).isEqualTo(StatusCodes.Bad_SecurityChecksFailed);
                owner.activate(session);
            }
        }
    }

    /** The old channel may be half open: it is served no more, and the pair hears that it is lost. */
    @Test
    void sessionMovesAwayFromALivingChannel() throws Exception {
        try (DoorFixture door = DoorFixture.with(SECURE)) {
            FakePair pair = door.publish("/p");
            try (RawClient old = door.raw("/p", SECURE);
                    RawClient fresh = door.raw("/p", SECURE)) {
                Session session = old.activate(old.create());

                Session moved = fresh.activate(session);

                assertThat(fresh.status(fresh.readRequest(moved, "x"))).isEqualTo(StatusCode.GOOD);
                assertThat(old.status(old.readRequest(moved, "x")).value())
                        .isEqualTo(StatusCodes.Bad_SecureChannelIdInvalid);
                assertThat(pair.last().history).containsExactly("activate Anonymous[]", "channelLost");
            }
        }
    }

    @Test
    void closedOldChannelDoesNotDisturbAMovedSession() throws Exception {
        try (DoorFixture door = DoorFixture.with(Security.NONE)) {
            FakePair pair = door.publish("/p");
            RawClient old = door.raw("/p", Security.NONE);
            try (RawClient fresh = door.raw("/p", Security.NONE)) {
                Session moved = fresh.activate(old.activate(old.create()));
                int before = door.door().connections();

                old.close();

                Await.until("old channel gone", SOON, () -> door.door().connections() == before - 1);
                assertThat(fresh.status(fresh.readRequest(moved, "x"))).isEqualTo(StatusCode.GOOD);
                assertThat(pair.last().history).containsExactly("activate Anonymous[]", "channelLost");
            }
        }
    }

    @Test
    void otherCertificateCannotTakeASessionOver() throws Exception {
        try (DoorFixture door = DoorFixture.with(SECURE)) {
            door.publish("/p");
            try (RawClient owner = door.raw("/p", SECURE);
                    RawClient thief = door.raw("/p", SECURE, DoorFixture.CLIENT.front())) {
                Session session = owner.activate(owner.create());

                assertThat(refusal(() -> thief.activate(session))).isEqualTo(StatusCodes.Bad_SecurityChecksFailed);
                assertThat(owner.status(owner.readRequest(session, "x"))).isEqualTo(StatusCode.GOOD);
            }
        }
    }

    @Test
    void securedSessionCannotMoveToAnUnsecuredChannel() throws Exception {
        try (DoorFixture door = DoorFixture.with(SECURE, Security.NONE)) {
            door.publish("/p");
            try (RawClient owner = door.raw("/p", SECURE);
                    RawClient open = door.raw("/p", Security.NONE)) {
                Session session = owner.activate(owner.create());

                assertThat(refusal(() -> open.activate(session))).isEqualTo(StatusCodes.Bad_SecurityChecksFailed);
            }
        }
    }

    @Test
    void otherUserCannotTakeASessionOverByMovingIt() throws Exception {
        try (DoorFixture door = DoorFixture.with(SECURE)) {
            door.publish("/p");
            try (RawClient owner = door.raw("/p", SECURE);
                    RawClient other = door.raw("/p", SECURE)) {
                Session created = owner.create();
                Session session = owner.activate(created, owner.user(created, "ann", FakePair.PASSWORD));

                assertThat(refusal(() -> other.activate(session, other.user(session, "bob", FakePair.PASSWORD))))
                        .isEqualTo(StatusCodes.Bad_IdentityTokenRejected);
                assertThat(refusal(() -> other.activate(session, other.user(session, "ann", "guess"))))
                        .isEqualTo(StatusCodes.Bad_IdentityTokenRejected);
                other.activate(session, other.user(session, "ann", FakePair.PASSWORD));
            }
        }
    }

    @Test
    void userChangesOnTheSameChannelOnlyWhenTheMemberAgrees() throws Exception {
        try (DoorFixture door = DoorFixture.with(SECURE)) {
            FakePair pair = door.publish("/p");
            try (RawClient client = door.raw("/p", SECURE)) {
                Session session = client.activate(client.create());

                assertThat(refusal(() -> client.activate(session, client.user(session, "ann", "wrong"))))
                        .isEqualTo(StatusCodes.Bad_IdentityTokenRejected);
                Session ann = client.activate(session, client.user(session, "ann", FakePair.PASSWORD));
                client.activate(ann, client.user(ann, "ann", FakePair.PASSWORD));

                // the last one is the same user again: not asked
                assertThat(pair.last().history)
                        .containsExactly("activate Anonymous[]", "activate UserName[ann]", "activate UserName[ann]");
            }
        }
    }

    /** A padding oracle needs one bit of difference: all of these answer alike, no sooner than the refusal delay. */
    @Test
    void everyFaultOfAPasswordAnswersAlike() throws Exception {
        try (DoorFixture door = DoorFixture.with(SECURE)) {
            FakePair pair = door.publish("/p");
            try (RawClient client = door.raw("/p", SECURE)) {
                Session session = client.create();
                Session otherNonce = new Session(session.token(), SessionSecurity.nonce(), session.response());
                UserNameIdentityToken good = client.user(session, "ann", FakePair.PASSWORD);
                byte[] broken = good.getPassword().bytesOrEmpty().clone();
                broken[broken.length - 1] ^= 1;
                String algorithm = good.getEncryptionAlgorithm();
                List<UserNameIdentityToken> faults = List.of(
                        client.user(session, "ann", "wrong"),
                        client.user(otherNonce, "ann", FakePair.PASSWORD),
                        token("ann", ByteString.of(broken), algorithm),
                        token("ann", ByteString.of(new byte[256]), algorithm),
                        token("ann", ByteString.of(new byte[7]), algorithm),
                        token("ann", ByteString.NULL_VALUE, algorithm),
                        token("ann", ByteString.of(new byte[256 * 64]), algorithm),
                        token("ann", good.getPassword(), "http://www.w3.org/2001/04/xmlenc#rsa-1_5"),
                        token(
                                "ann",
                                ByteString.of(FakePair.PASSWORD.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                                null));

                for (UserNameIdentityToken fault : faults) {
                    long began = System.nanoTime();
                    assertThat(refusal(() -> client.activate(session, fault)))
                            .isEqualTo(StatusCodes.Bad_IdentityTokenRejected);
                    assertThat(Duration.ofNanos(System.nanoTime() - began)).isBetween(DoorFixture.REFUSAL, SOON);
                }

                assertThat(pair.last().history).containsExactly("activate UserName[ann]"); // the wrong one only
                client.activate(session, good); // control
            }
        }
    }

    @Test
    void memberThatIsAwayIsNotMistakenForAWrongPassword() throws Exception {
        try (DoorFixture door = DoorFixture.with(SECURE)) {
            FakePair pair = door.publish("/p");
            pair.member = new StatusCode(StatusCodes.Bad_NoCommunication);
            try (RawClient client = door.raw("/p", SECURE)) {
                Session session = client.create();

                assertThat(refusal(() -> client.activate(session, client.user(session, "ann", FakePair.PASSWORD))))
                        .isEqualTo(StatusCodes.Bad_NoCommunication);
            }
        }
    }

    /** Nobody guesses passwords through us, or has members lock the accounts of the plant. */
    @Test
    void wrongPasswordsOfAnAddressAreBounded() throws Exception {
        try (DoorFixture door = DoorFixture.with(
                DoorFixture.limits(l -> {
                    l.refusalsBurst = 3;
                    l.refusalsPerMinute = 1;
                    l.refusalDelay = Duration.ofMillis(1);
                }),
                SECURE)) {
            FakePair pair = door.publish("/p");
            try (RawClient client = door.raw("/p", SECURE)) {
                Session created = client.create();
                Session ann = client.activate(created, client.user(created, "ann", FakePair.PASSWORD));
                for (int i = 0; i < 5; i++) {
                    assertThat(refusal(() -> client.activate(ann, client.user(ann, "ann", "guess"))))
                            .isEqualTo(StatusCodes.Bad_IdentityTokenRejected);
                }

                // the right one and three wrong ones were asked, the others not
                assertThat(pair.last().history).hasSize(4).containsOnly("activate UserName[ann]");
                assertThat(client.status(client.readRequest(ann, "x"))).isEqualTo(StatusCode.GOOD);
            }
        }
    }

    /** The answer with the new nonce was lost with the channel: the client can only prove the old one. */
    @Test
    void clientWhoseActivationAnswerWasLostComesBackWithTheOldNonce() throws Exception {
        try (DoorFixture door = DoorFixture.with(SECURE)) {
            FakePair pair = door.publish("/p");
            CompletableFuture<StatusCode> activation = new CompletableFuture<>();
            pair.activation = activation;
            RawClient client = door.raw("/p", SECURE);
            Session created = client.create();
            var unused = client.send(client.activateRequest(created, RawClient.anonymous(), client.sign(created)));
            Await.until("asked", SOON, () -> pair.last().history.contains("activate Anonymous[]"));
            client.close();
            Await.until("lost", SOON, () -> pair.last().history.contains("channelLost"));
            activation.complete(StatusCode.GOOD);

            try (RawClient back = door.raw("/p", SECURE)) {
                Session again = back.activate(created);
                assertThat(back.status(back.readRequest(again, "x"))).isEqualTo(StatusCode.GOOD);
            }
        }
    }

    @Test
    void anonymousIsRefusedWhereItIsNotOffered() throws Exception {
        try (DoorFixture door = DoorFixture.with(
                c -> new FrontDoorConfig(
                        c.bindHost(),
                        c.port(),
                        c.publishedHosts(),
                        c.securities(),
                        false,
                        true,
                        c.sessionTimeoutMin(),
                        c.sessionTimeoutMax(),
                        c.limits()),
                SECURE)) {
            door.publish("/p");
            try (RawClient client = door.raw("/p", SECURE)) {
                Session session = client.create();

                assertThat(refusal(() -> client.activate(session))).isEqualTo(StatusCodes.Bad_IdentityTokenRejected);
                client.activate(session, client.user(session, "ann", FakePair.PASSWORD));
            }
        }
    }

    @Test
    void clientMustProveItsKeyWithTheLatestNonce() throws Exception {
        try (DoorFixture door = DoorFixture.with(SECURE)) {
            door.publish("/p");
            try (RawClient client = door.raw("/p", SECURE)) {
                Session created = client.create();
                SignatureData good = client.sign(created);
                byte[] tampered = good.getSignature().bytesOrEmpty().clone();
                tampered[0] ^= 1;
                List<SignatureData> bad = List.of(
                        new SignatureData(good.getAlgorithm(), ByteString.of(tampered)),
                        new SignatureData(null, ByteString.NULL_VALUE),
                        // The same bytes under another algorithm's name: the policy decides.
                        new SignatureData("http://www.w3.org/2000/09/xmldsig#rsa-sha1", good.getSignature()));
                for (SignatureData signature : bad) {
                    assertThat(client.status(client.activateRequest(created, RawClient.anonymous(), signature))
                                    .value())
                            .isEqualTo(StatusCodes.Bad_ApplicationSignatureInvalid);
                }

                Session activated = client.activate(created);

                assertThat(activated.nonce()).isNotEqualTo(created.nonce());
                assertThat(refusal(() -> client.activate(created)))
                        .isEqualTo(StatusCodes.Bad_ApplicationSignatureInvalid);
                client.activate(activated);
            }
        }
    }

    @Test
    void serverProvesItsKey() throws Exception {
        try (DoorFixture door = DoorFixture.with(SECURE)) {
            door.publish("/p");
            try (RawClient client = door.raw("/p", SECURE)) {
                ByteString nonce = SessionSecurity.nonce();
                ByteString certificate = DoorFixture.CLIENT.back().encoded();

                SignatureData signature = ((org.eclipse.milo.opcua.stack.core.types.structured.CreateSessionResponse)
                                client.ask(client.createRequest(
                                        nonce,
                                        certificate,
                                        DoorFixture.CLIENT.back().applicationUri())))
                        .getServerSignature();

                SessionSecurity.verify(
                        SecurityPolicy.Basic256Sha256,
                        DoorFixture.TANDEM.front().certificate(),
                        DoorFixture.CLIENT.back(),
                        nonce,
                        signature);
            }
        }
    }

    @Test
    void creationIsRefusedWithoutFreshNonceOwnCertificateAndOwnName() throws Exception {
        try (DoorFixture door = DoorFixture.with(SECURE)) {
            FakePair pair = door.publish("/p");
            String uri = DoorFixture.CLIENT.back().applicationUri();
            ByteString certificate = DoorFixture.CLIENT.back().encoded();
            try (RawClient client = door.raw("/p", SECURE)) {
                ByteString nonce = SessionSecurity.nonce();
                assertThat(client.status(client.createRequest(nonce, certificate, uri)))
                        .isEqualTo(StatusCode.GOOD);

                assertThat(client.status(client.createRequest(nonce, certificate, uri))
                                .value())
                        .as("used before")
                        .isEqualTo(StatusCodes.Bad_NonceInvalid);
                assertThat(client.status(client.createRequest(ByteString.of(new byte[31]), certificate, uri))
                                .value())
                        .as("short")
                        .isEqualTo(StatusCodes.Bad_NonceInvalid);
                assertThat(client.status(client.createRequest(
                                        SessionSecurity.nonce(),
                                        DoorFixture.CLIENT.front().encoded(),
                                        uri))
                                .value())
                        .as("another certificate than the channel's")
                        .isEqualTo(StatusCodes.Bad_SecurityChecksFailed);
                assertThat(client.status(client.createRequest(SessionSecurity.nonce(), certificate, "urn:other"))
                                .value())
                        .as("a name that is not in the certificate")
                        .isEqualTo(StatusCodes.Bad_CertificateUriInvalid);
                assertThat(pair.sessions).hasSize(1);
                assertThat(door.door().sessions()).isEqualTo(1);
            }
        }
    }

    /** With one key for both roles, a peer could have Tandem's client sign what Tandem's server is asked to prove. */
    @Test
    void peerThatPresentsOurOwnCertificateIsRefused() throws Exception {
        try (DoorFixture door = DoorFixture.with(SECURE)) {
            door.publish("/p");

            assertThatThrownBy(() -> door.raw("/p", SECURE, DoorFixture.TANDEM.back()))
                    .satisfies(e -> assertThat(UaException.extract(e)
                                    .orElseThrow()
                                    .getStatusCode()
                                    .value())
                            .isEqualTo(StatusCodes.Bad_SecurityChecksFailed));
        }
    }

    @Test
    void sessionsThatNobodyActivatesGo() throws Exception {
        try (DoorFixture door = DoorFixture.with(
                DoorFixture.limits(l -> l.activationDeadline = Duration.ofMillis(200)), Security.NONE)) {
            FakePair pair = door.publish("/p");
            try (RawClient client = door.raw("/p", Security.NONE)) {
                client.create();

                Await.until("gone", SOON, () -> door.door().sessions() == 0);

                assertThat(pair.last().history).containsExactly("closed not activated in time");
            }
        }
    }

    /** Sessions that are created and left alone must not lock the others out. */
    @Test
    void oldestUnactivatedSessionMakesRoom() throws Exception {
        try (DoorFixture door = DoorFixture.with(DoorFixture.limits(l -> l.sessionsUnactivated = 3), Security.NONE)) {
            FakePair pair = door.publish("/p");
            try (RawClient client = door.raw("/p", Security.NONE)) {
                Session first = client.create();
                Session second = client.create();
                client.create();
                client.create();

                assertThat(door.door().sessions()).isEqualTo(3);
                assertThat(refusal(() -> client.activate(first))).isEqualTo(StatusCodes.Bad_SessionIdInvalid);
                client.activate(second);
                assertThat(pair.sessions.get(0).history)
                        .containsExactly("closed not activated, put out by a newer session");
            }
        }
    }

    @Test
    @Requirement(value = "S29", protocol = Protocol.UA)
    void activatedSessionsAreNeverPutOut() throws Exception {
        try (DoorFixture door = DoorFixture.with(DoorFixture.limits(l -> l.sessionsPerPair = 2), Security.NONE)) {
            door.publish("/p");
            FakePair other = door.publish("/q");
            try (RawClient client = door.raw("/p", Security.NONE)) {
                client.activate(client.create());
                Session two = client.activate(client.create());

                assertThat(refusal(client::create)).isEqualTo(StatusCodes.Bad_TooManySessions);
                client.create(door.url("/q"), 60_000); // another pair has its own room
                assertThat(other.sessions).hasSize(1);
                client.ask(client.closeRequest(two));
                client.create();
            }
        }
    }

    /** S29: a plant's own clients find their place again, however many strangers are there. */
    @Test
    @Requirement(value = "S29", protocol = Protocol.UA)
    void somePlacesAreKeptForClientsThatWereHereBefore() throws Exception {
        try (DoorFixture door = DoorFixture.with(DoorFixture.limits(l -> l.sessionsPerPair = 20), SECURE)) {
            door.publish("/p");
            try (RawClient known = door.raw("/p", SECURE);
                    RawClient stranger = door.raw("/p", SECURE, DoorFixture.CLIENT.front())) {
                known.ask(known.closeRequest(known.activate(known.create())));
                for (int i = 0; i < 19; i++) {
                    stranger.create();
                }
                stranger.activate(stranger.create()); // the oldest unactivated one made room
                assertThat(door.door().sessions()).isEqualTo(19);

                known.activate(known.create());

                assertThat(door.door().sessions()).isEqualTo(20);
            }
        }
    }

    @Test
    void unknownPathGetsNoSession() throws Exception {
        try (DoorFixture door = DoorFixture.with(Security.NONE)) {
            door.publish("/p");
            try (RawClient client = door.raw("/nowhere", Security.NONE)) {
                assertThat(refusal(client::create)).isEqualTo(StatusCodes.Bad_TcpEndpointUrlInvalid);
                // a URL without a path leaves the choice to the connection's URL
                assertThat(refusal(() -> client.create(door.url(""), 60_000)))
                        .isEqualTo(StatusCodes.Bad_TcpEndpointUrlInvalid);
                client.activate(client.create(door.url("/p"), 60_000));
            }
        }
    }

    @Test
    void withoutAPathTheClientMustChooseAmongSeveralPairs() throws Exception {
        try (DoorFixture door = DoorFixture.with(Security.NONE)) {
            door.publish("/p");
            try (RawClient client = door.raw("", Security.NONE)) {
                client.create();
                door.publish("/q");
                assertThat(refusal(client::create)).isEqualTo(StatusCodes.Bad_TcpEndpointUrlInvalid);
            }
        }
    }

    @Test
    void sessionOnAnUnsecuredChannelIsRefusedWhereNoneIsNotOffered() throws Exception {
        try (DoorFixture door = DoorFixture.with(SECURE)) {
            FakePair pair = door.publish("/p");
            try (RawClient client = door.raw("/p", Security.NONE)) {
                assertThat(refusal(client::create)).isEqualTo(StatusCodes.Bad_SecurityPolicyRejected);
                assertThat(pair.sessions).isEmpty();
            }
        }
    }

    @Test
    void refusalsOfThePairReachTheClient() throws Exception {
        try (DoorFixture door = DoorFixture.with(Security.NONE)) {
            FakePair pair = door.publish("/p");
            pair.refuse = new UaException(StatusCodes.Bad_OutOfService);
            try (RawClient client = door.raw("/p", Security.NONE)) {
                assertThat(refusal(client::create)).isEqualTo(StatusCodes.Bad_OutOfService);
                assertThat(door.door().sessions()).isZero();
            }
        }
    }

    @Test
    void serviceThatThePairDoesNotHaveIsUnsupported() throws Exception {
        try (DoorFixture door = DoorFixture.with(Security.NONE)) {
            door.publish("/p");
            try (RawClient client = door.raw("/p", Security.NONE)) {
                Session session = client.activate(client.create());

                assertThat(client.status(new DeleteSubscriptionsRequest(
                                        client.header(session.token()), new UInteger[] {uint(1)}))
                                .value())
                        .isEqualTo(StatusCodes.Bad_ServiceUnsupported);
            }
        }
    }

    /** A programming error in one request is that request's, not the connection's. */
    @Test
    void thrownErrorBecomesAFaultAndTheSessionGoesOn() throws Exception {
        try (DoorFixture door = DoorFixture.with(DoorFixture.limits(l -> l.requestsPerSession = 2), Security.NONE)) {
            FakePair pair = door.publish("/p");
            try (RawClient client = door.raw("/p", Security.NONE)) {
                Session session = client.activate(client.create());
                pair.service = request -> {
                    throw new IllegalStateException("planted");
                };
                for (int i = 0; i < 4; i++) { // more than may be unanswered
                    assertThat(client.status(client.readRequest(session, "x")).value())
                            .isEqualTo(StatusCodes.Bad_InternalError);
                }
                pair.service = pair::read;
                assertThat(client.status(client.readRequest(session, "x"))).isEqualTo(StatusCode.GOOD);
            }
        }
    }

    @Test
    void cancelCancelsNothing() throws Exception {
        try (DoorFixture door = DoorFixture.with(Security.NONE)) {
            door.publish("/p");
            try (RawClient client = door.raw("/p", Security.NONE)) {
                Session session = client.activate(client.create());

                CancelResponse response = client.ask(new CancelRequest(client.header(session.token()), uint(1)));

                assertThat(response.getCancelCount()).isEqualTo(uint(0));
                assertThat(client.status(new CancelRequest(client.header(NodeId.NULL_VALUE), uint(1)))
                                .value())
                        .isEqualTo(StatusCodes.Bad_SessionIdInvalid);
            }
        }
    }

    /** All threads for work with keys are at work, for whoever asked for very much of it. */
    @Test
    @Requirement(
            value = {"S29", "I9"},
            protocol = Protocol.UA)
    void aConnectionHasAFewPlacesForWorkWithKeysAndWhoNeedsNoneDoesNotWait() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CertificateValidator slow = (chain, uri, hosts) -> {
            if (uri != null) {
                awaitQuietly(end);
            }
        };
        try (DoorFixture door = DoorFixture.trusting(slow, SECURE, Security.NONE)) {
            door.publish("/p");
            try (RawClient greedy = door.raw("/p", SECURE);
                    RawClient plain = door.raw("/p", Security.NONE)) {
                List<RawClient.Session> before = new ArrayList<>();
                for (int i = 0; i < FrontDoorConfig.Limits.DEFAULT.sessionsUnactivatedPerAddress(); i++) {
                    before.add(plain.create());
                }
                List<CompletableFuture<UaResponseMessageType>> asked = new ArrayList<>();
                for (int i = 0; i < KeyWork.PER_CONNECTION_MAX + 4; i++) {
                    asked.add(greedy.sendCreate());
                }
                greedy.written();

                plain.activate(before.getFirst());
                plain.activate(plain.create());

                assertThat(asked.stream().filter(one -> one.isDone() && !one.isCompletedExceptionally()))
                        .as("control: the threads are at work")
                        .isEmpty();
                end.countDown();
                Await.until("all are answered", SOON, () -> asked.stream().allMatch(CompletableFuture::isDone));
                // Those that came in one piece with the last that had a place are refused, others waited unread.
                assertThat(asked.stream()
                                .filter(CompletableFuture::isCompletedExceptionally)
                                .map(SessionRulesTest::statusOf))
                        .hasSizeLessThanOrEqualTo(4)
                        .allMatch(status -> status == StatusCodes.Bad_TooManyOperations);
            } finally {
                end.countDown();
            }
        }
    }

    @Test
    void aPairThatIsWithdrawnDuringTheWorkWithKeysGetsNoSession() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        CertificateValidator slow = (chain, uri, hosts) -> {
            if (uri != null) {
                begun.countDown();
                awaitQuietly(end);
            }
        };
        try (DoorFixture door = DoorFixture.trusting(slow, SECURE)) {
            FakePair pair = door.publish("/p");
            try (RawClient client = door.raw("/p", SECURE)) {
                CompletableFuture<UaResponseMessageType> asked = client.sendCreate();
                begun.await();

                door.door().withdraw(pair);
                end.countDown();

                Await.until("answered", SOON, asked::isDone);
                assertThat(statusOf(asked)).isEqualTo(StatusCodes.Bad_TcpEndpointUrlInvalid);
                assertThat(pair.sessions).isEmpty();
            } finally {
                end.countDown();
            }
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static long statusOf(CompletableFuture<?> failed) {
        return UaException.extractStatusCode(failed.exceptionNow())
                .orElseThrow()
                .value();
    }

    @Test
    void unansweredRequestsOfASessionAreBounded() throws Exception {
        try (DoorFixture door = DoorFixture.with(DoorFixture.limits(l -> l.requestsPerSession = 5), Security.NONE)) {
            FakePair pair = door.publish("/p");
            List<CompletableFuture<UaResponseMessageType>> parked = new CopyOnWriteArrayList<>();
            try (RawClient client = door.raw("/p", Security.NONE)) {
                Session session = client.activate(client.create());
                pair.service = request -> {
                    CompletableFuture<UaResponseMessageType> answer = new CompletableFuture<>();
                    parked.add(answer);
                    return answer;
                };
                for (int i = 0; i < 5; i++) {
                    var unused = client.send(client.readRequest(session, "x"));
                }
                assertThat(client.status(client.readRequest(session, "x")).value())
                        .isEqualTo(StatusCodes.Bad_TooManyOperations);

                parked.get(0).completeExceptionally(new UaException(StatusCodes.Bad_Timeout));
                pair.service = pair::read;
                Await.until("room again", SOON, () -> isGood(client, session));
            }
        }
    }

    /** A member that is silent, or does not read: what is kept for it must not eat the memory. */
    @Test
    @Requirement(
            value = {"I9"},
            protocol = Protocol.UA)
    void bytesOfUnansweredRequestsAreBoundedOverAllSessions() throws Exception {
        try (DoorFixture door =
                DoorFixture.with(DoorFixture.limits(l -> l.unansweredBytes = 1_000_000), Security.NONE)) {
            FakePair pair = door.publish("/p");
            List<CompletableFuture<UaResponseMessageType>> parked = new CopyOnWriteArrayList<>();
            try (RawClient hoarder = door.raw("/p", Security.NONE);
                    RawClient other = door.raw("/p", Security.NONE)) {
                Session hoarding = hoarder.activate(hoarder.create());
                Session session = other.activate(other.create());
                pair.service = request -> {
                    CompletableFuture<UaResponseMessageType> answer = new CompletableFuture<>();
                    parked.add(answer);
                    return answer;
                };
                String large = "x".repeat(300_000);
                for (int i = 0; i < 3; i++) {
                    var unused = hoarder.send(hoarder.readRequest(hoarding, large));
                }
                Await.until("three wait", SOON, () -> parked.size() == 3);

                assertThat(hoarder.status(hoarder.readRequest(hoarding, large)).value())
                        .isEqualTo(StatusCodes.Bad_TooManyOperations);

                pair.service = pair::read;
                assertThat(other.status(other.readRequest(session, "y".repeat(150_000)))
                                .value())
                        .as("there is no room for much")
                        .isEqualTo(StatusCodes.Bad_TooManyOperations);
                assertThat(isGood(other, session))
                        .as("but for a little of everybody")
                        .isTrue();
                parked.forEach(answer -> answer.completeExceptionally(new UaException(StatusCodes.Bad_Timeout)));
                Await.until("room again", SOON, () -> door.door().unansweredBytes() == 0);
                assertThat(isGood(hoarder, hoarding)).isTrue();
                assertThat(hoarder.status(hoarder.readRequest(hoarding, large))).isEqualTo(StatusCode.GOOD);
            }
        }
    }

    /**
     * P1.4: Milo writes where an answer is completed; were that on any thread, or at once on the loop while earlier ones
     * wait in its queue, answers would overtake each other on the wire.
     */
    @Test
    void orderOnTheWireIsTheOrderOfCompletion() throws Exception {
        int count = 20_000;
        Random random = new Random(4711);
        List<Long> completed = new ArrayList<>(count);
        List<Long> onTheWire;
        try (ExecutorService others = Executors.newFixedThreadPool(3);
                DoorFixture door =
                        DoorFixture.with(DoorFixture.limits(l -> l.requestsPerSession = count), Security.NONE)) {
            FakePair pair = door.publish("/p");
            try (RawClient client = door.raw("/p", Security.NONE)) {
                Session session = client.activate(client.create());
                int before = client.answered().size();
                // On the loop of the session: answers that wait, completed there or by others, in any order.
                List<Runnable> waiting = new ArrayList<>();
                AtomicInteger requests = new AtomicInteger();
                pair.service = request -> {
                    CompletableFuture<UaResponseMessageType> answer = new CompletableFuture<>();
                    UaResponseMessageType read = pair.read(request).join();
                    waiting.add(() -> {
                        synchronized (completed) {
                            completed.add(request.getRequestHeader()
                                    .getRequestHandle()
                                    .longValue());
                            answer.complete(read);
                        }
                    });
                    boolean last = requests.incrementAndGet() == count;
                    pair.last().loop.execute(() -> {
                        while (waiting.size() > (last ? 0 : 10)) {
                            Runnable complete = waiting.remove(random.nextInt(waiting.size()));
                            if (random.nextBoolean()) {
                                complete.run();
                            } else {
                                others.execute(complete);
                            }
                        }
                    });
                    return answer;
                };
                List<CompletableFuture<?>> answers = new ArrayList<>(count);
                for (int i = 0; i < count; i++) {
                    answers.add(client.send(client.readRequest(session, "x")));
                }
                CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                        .get(40, TimeUnit.SECONDS);
                List<Long> answered = client.answered();
                onTheWire = answered.subList(before, answered.size());
            }
        }
        // Both count up by one with each request.
        assertThat(fromZero(onTheWire)).hasSize(count).isEqualTo(fromZero(completed));
        // control: the answers were indeed completed out of the order of the requests
        assertThat(completed).isNotEqualTo(completed.stream().sorted().toList());
    }

    private static List<Long> fromZero(List<Long> numbers) {
        long least = Collections.min(numbers);
        return numbers.stream().map(n -> n - least).toList();
    }

    private static UserNameIdentityToken token(String name, ByteString password, @Nullable String algorithm) {
        return new UserNameIdentityToken(Endpoints.userNamePolicyId(SECURE.policy()), name, password, algorithm);
    }

    private static boolean isGood(RawClient client, Session session) {
        try {
            return client.status(client.readRequest(session, "x")).isGood();
        } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    private interface Attempt {
        void run() throws Exception;
    }

    private static long refusal(Attempt attempt) throws Exception {
        try {
            attempt.run();
            return StatusCodes.Good;
        } catch (UaException e) {
            return e.getStatusCode().value();
        }
    }
}
