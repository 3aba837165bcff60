package org.tandemopc.relay.ua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadResponse;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.pair.PairSettings;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.relay.ua.back.LinkException;
import org.tandemopc.relay.ua.security.UserIdentity;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

@NullUnmarked
class LoginTest {
    private static final LinkException KEPT =
            LinkException.passwordKept(new StatusCode(StatusCodes.Bad_SecurityModeInsufficient), "the link is plain");
    private static final StatusCode DENIED = new StatusCode(StatusCodes.Bad_UserAccessDenied);

    /** Pitfall P4: joining both logins would give every client the standby's troubles. */
    @Test
    void slowStandbyDoesNotDelayTheLogin() {
        RedundantPair world = new RedundantPair(Mode.HOT).started();
        world.b.connectMs = 4_000;

        FakeClient client = world.open();
        client.login();
        world.time.run(20);

        assertThat(client.isLoggedIn()).isTrue();
        assertThat(world.b.logins).isEmpty();
        world.time.run(5_000);
        assertThat(world.b.sessions).hasSize(1);
    }

    @Test
    void standbyThatHangsDoesNotDelayTheLogin() {
        RedundantPair world = new RedundantPair(Mode.WARM).started();
        world.b.silent = true;

        FakeClient client = world.open();
        client.login();
        world.time.run(20);

        assertThat(client.isLoggedIn()).isTrue();
        FakeClient.Answer read = client.read("x");
        world.time.run(20);
        assertThat(read.get(ReadResponse.class).getResults()).hasSize(1);
    }

    @Test
    void activeIsLoggedInToBeforeTheStandby() {
        RedundantPair world = new RedundantPair(Mode.WARM).started();

        for (int i = 0; i < 20; i++) {
            world.client();
        }

        for (int i = 0; i < 20; i++) {
            assertThat(world.a.logins.get(i).atMs())
                    .isLessThan(world.b.logins.get(i).atMs());
        }
    }

    @Test
    @Requirement(value = "GEN-2", protocol = Protocol.UA)
    void newClientOfAPairOnItsSecondaryJoinsTheSecondary() throws UaException {
        RedundantPair world = new RedundantPair(Mode.COLD).started();
        world.a.kill();
        world.failOver(0, 1);
        world.b.set("x", 5);

        FakeClient client = world.client();

        assertThat(client.isLoggedIn()).isTrue();
        client.write("x");
        world.time.run(20);
        assertThat(world.a.ledger).isEmpty();
        assertThat(world.b.ledger).containsExactly("write x=7");
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(
            value = {"MODE-C8", "MODE-W1"},
            protocol = Protocol.UA)
    void standbyIsConnectedInWarmAndHotModeOnly(Mode mode) {
        RedundantPair world = new RedundantPair(mode).started();
        FakeClient client = world.client();

        client.monitor(client.subscribe(100), "x");
        world.time.run(60_000);

        assertThat(world.a.sessions).hasSize(1);
        assertThat(world.b.logins).hasSize(mode == Mode.COLD ? 0 : 1);
    }

    @Test
    void loginDuringASwitchWaitsForIt() {
        RedundantPair world = new RedundantPair(Mode.WARM).started();
        world.a.kill();
        world.lose(0);

        FakeClient client = world.open();
        client.login();
        world.time.run(1_000);
        assertThat(client.activation).isNotDone();
        world.promote(1);
        world.time.run(200);

        assertThat(client.isLoggedIn()).isTrue();
    }

    /** It has been asked before it was to serve: its no counts from the moment that it serves. */
    @Test
    @Requirement(value = "S32", protocol = Protocol.UA)
    void loginThatThePreparedMemberRefusedIsRefusedWhenThatServes() {
        RedundantPair world = new RedundantPair(Mode.COLD).started();
        world.b.users = identity -> new StatusCode(StatusCodes.Bad_UserAccessDenied);
        world.a.kill();
        world.lose(0);
        FakeClient client = world.open();
        client.login();
        world.attach(1);
        world.time.run(100);
        assertThat(client.activation).isNotDone();

        world.promote(1);
        world.time.run(100);

        assertThat(client.activation)
                .isCompletedWithValueMatching(status -> status.value() == StatusCodes.Bad_UserAccessDenied);
    }

    @Test
    void loginThatTheActiveNeverAnswersIsRefusedInTheEnd() {
        RedundantPair world = new RedundantPair(Mode.WARM).started();
        world.a.silent = true;

        FakeClient client = world.open();
        client.login();
        world.time.run(19_000);
        assertThat(client.activation).isNotDone();
        world.time.run(2_000);

        assertThat(client.loginStatus().value()).isEqualTo(StatusCodes.Bad_NoCommunication);
    }

    @Test
    @Requirement(value = "S12", protocol = Protocol.UA)
    void loginWithNoMemberIsRefusedAtOnce() {
        RedundantPair world = new RedundantPair(Mode.WARM).started();
        world.lose(0);
        world.strand();

        FakeClient client = world.open();
        client.login();

        assertThat(client.loginStatus().value()).isEqualTo(StatusCodes.Bad_NoCommunication);
    }

    /** A client whose own network broke comes back while the members are away: it must not lose its session for that. */
    @Test
    void sameUserOnALivingSessionIsAcceptedWithoutAMember() {
        RedundantPair world = new RedundantPair(Mode.WARM).started();
        FakeClient client = world.open();
        client.login(FakeClient.user("ann"));
        world.time.run(200);
        world.lose(0);
        world.strand();

        client.login(FakeClient.user("ann"));

        assertThat(client.isLoggedIn()).isTrue();
    }

    @Nested
    class Users {
        @Test
        void memberIsToldTheUserOfTheClient() {
            RedundantPair world = new RedundantPair(Mode.HOT).started();
            FakeClient client = world.open();

            client.login(FakeClient.user("ann"));
            world.time.run(300);

            assertThat(world.a.logins).extracting(l -> l.identity().toString()).containsExactly("UserName[ann]");
            assertThat(world.b.logins).extracting(l -> l.identity().toString()).containsExactly("UserName[ann]");
        }

        @Test
        void userThatTheActiveRefusesIsRefusedAtOnceWithItsStatus() {
            RedundantPair world = new RedundantPair(Mode.WARM).started();
            world.a.users = identity -> DENIED;

            FakeClient client = world.open();
            client.login(FakeClient.user("eve"));
            world.time.run(50);

            assertThat(client.loginStatus()).isEqualTo(DENIED);
            assertThat(world.a.logins).hasSize(1);
        }

        /** Never to fall back to a stronger account; and one refused user must not hold up the others. */
        @Test
        @Requirement(value = "S32", protocol = Protocol.UA)
        void userThatTheNewActiveRefusesHasBadUserAccessDeniedAndTheOthersGoOn() {
            RedundantPair world = new RedundantPair(Mode.WARM).started();
            world.b.users = identity -> identity.sameUser(FakeClient.user("eve")) ? DENIED : StatusCode.GOOD;
            FakeClient ann = world.open("ann");
            ann.login(FakeClient.user("ann"));
            FakeClient eve = world.open("eve");
            eve.login(FakeClient.user("eve"));
            world.time.run(500);
            assertThat(eve.isLoggedIn()).isTrue();

            world.a.kill();
            world.failOver(0, 1);
            world.time.run(20);

            assertThat(world.rehomedAtMs).isPositive();
            FakeClient.Answer ofAnn = ann.read("x");
            FakeClient.Answer ofEve = eve.read("x");
            FakeClient.Answer written = eve.write("x");
            world.time.run(20);
            assertThat(ofAnn.get(ReadResponse.class).getResults()[0].getStatusCode())
                    .isEqualTo(StatusCode.GOOD);
            assertThat(ofEve.status()).isEqualTo(DENIED);
            assertThat(written.status()).isEqualTo(DENIED);
            assertThat(world.b.ledger).isEmpty();
            assertThat(world.b.logins).noneMatch(l -> l.identity() instanceof UserIdentity.Anonymous);
        }

        /** Not for as long as they may wait, and not as if there were no server. */
        @Test
        @Requirement(value = "S32", protocol = Protocol.UA)
        void requestsThatWaitedForTheSwitchAreDeniedWithIt() {
            RedundantPair world = new RedundantPair(Mode.WARM).started();
            world.b.users = identity -> DENIED;
            FakeClient eve = world.open("eve");
            eve.login(FakeClient.user("eve"));
            world.time.run(500);
            world.a.kill();
            world.lose(0);
            FakeClient.Answer read = eve.read("x");
            FakeClient.Answer written = eve.write("x");
            world.time.run(50);
            assertThat(read.isThere() || written.isThere()).isFalse();

            world.promote(1);
            world.time.run(50);

            assertThat(read.status()).isEqualTo(DENIED);
            assertThat(written.status()).isEqualTo(DENIED);
            assertThat(world.b.ledger).isEmpty();
        }

        /** What a client was told before must not look like the present, however often the pair comes there (I5). */
        @ParameterizedTest
        @EnumSource(Mode.class)
        @Requirement(
                value = {"S32", "I5"},
                protocol = Protocol.UA)
        void itemsOfAUserWhomTheActiveRefusesAreBadOnceUntilTheUserIsServedAgain(Mode mode) {
            RedundantPair world = new RedundantPair(mode).started();
            world.b.users = identity -> DENIED;
            FakeClient eve = world.open("eve");
            eve.login(FakeClient.user("eve"));
            world.time.run(500);
            eve.monitor(eve.subscribe(100), "x");
            world.time.run(1_000);
            for (int i = 0; i < 2; i++) {
                eve.forget();
                world.switchTo(1);
                world.time.run(10_000);
                assertThat(eve.of("x")).extracting(FakeClient.Received::status).containsExactly(DENIED);

                eve.forget();
                world.switchTo(0);
                world.time.run(10_000);
                assertThat(eve.of("x")).extracting(FakeClient.Received::status).containsExactly(StatusCode.GOOD);
            }
        }

        /** The same where the active refuses the user while it serves: after a restart, say. */
        @Test
        @Requirement(
                value = {"S32", "I5"},
                protocol = Protocol.UA)
        void itemsAreBadOnceTheActiveRefusesTheUser() {
            RedundantPair world = new RedundantPair(Mode.WARM).started();
            FakeClient eve = world.open("eve");
            eve.login(FakeClient.user("eve"));
            world.time.run(500);
            eve.monitor(eve.subscribe(100), "x");
            world.time.run(1_000);
            eve.forget();

            world.a.users = identity -> DENIED;
            world.a.cut("restarted quickly");
            world.time.run(10_000);

            assertThat(eve.of("x")).extracting(FakeClient.Received::status).containsExactly(DENIED);
        }

        @Test
        void userIsAskedForAgainWhenTheMemberComesBack() {
            RedundantPair world = new RedundantPair(Mode.WARM).started();
            world.b.users = identity -> DENIED;
            FakeClient eve = world.open("eve");
            eve.login(FakeClient.user("eve"));
            world.time.run(500);
            world.b.users = identity -> StatusCode.GOOD;

            world.detach(1);
            world.attach(1);
            world.time.run(500);
            world.failOver(0, 1);
            FakeClient.Answer read = eve.read("x");
            world.time.run(50);

            assertThat(read.get(ReadResponse.class).getResults()[0].getStatusCode())
                    .isEqualTo(StatusCode.GOOD);
        }

        /** The client encrypted its password for Tandem; it must not travel on in clear. */
        @Test
        void passwordThatWouldLeaveInClearIsRefusedAndRecordedOnce() {
            RedundantPair world = new RedundantPair(Mode.WARM).started();
            world.a.keptBack = identity -> KEPT;

            for (int i = 0; i < 3; i++) {
                FakeClient client = world.open();
                client.login(FakeClient.user("ann"));
                world.time.run(50);
                assertThat(client.loginStatus().value()).isEqualTo(StatusCodes.Bad_IdentityTokenRejected);
                assertThat(client.activation).isDone();
            }

            assertThat(world.records(RecordKind.NOTE)).hasSize(1);
            assertThat(world.records(RecordKind.NOTE).get(0).text())
                    .contains("password")
                    .contains("ann")
                    .contains("member0")
                    .contains("the link is plain");
        }

        /** A person trusts the standby's certificate after the client came: the next switch must know of it. */
        @Test
        @Requirement(value = "S32", protocol = Protocol.UA)
        void passwordThatWasKeptBackFromTheStandbyIsSentOnceItMayBe() {
            RedundantPair world = new RedundantPair(Mode.WARM).started();
            world.b.keptBack = identity -> KEPT;
            FakeClient ann = world.open();
            ann.login(FakeClient.user("ann"));
            world.time.run(5_000);
            assertThat(ann.isLoggedIn()).isTrue();
            assertThat(world.b.sessions).as("control").isEmpty();
            world.b.keptBack = identity -> null;
            world.time.run(40_000);

            world.failOver(0, 1);
            FakeClient.Answer read = ann.read("x");
            world.time.run(50);

            assertThat(read.get(ReadResponse.class).getResults()[0].getStatusCode())
                    .isEqualTo(StatusCode.GOOD);
        }

        @Test
        void passwordOfAnotherUserThatIsKeptBackLeavesTheOldOneInForce() {
            RedundantPair world = new RedundantPair(Mode.WARM).started();
            FakeClient client = world.open();
            client.login(FakeClient.user("ann"));
            world.time.run(300);
            world.a.keptBack = identity -> KEPT;

            client.login(FakeClient.user("bob"));
            world.time.run(300);

            assertThat(client.loginStatus().value()).isEqualTo(StatusCodes.Bad_IdentityTokenRejected);
            assertThat(world.records(RecordKind.NOTE))
                    .singleElement()
                    .satisfies(note -> assertThat(note.text()).contains("bob"));
            world.a.keptBack = identity -> null;
            FakeClient.Answer read = client.read("x");
            world.time.run(50);
            assertThat(read.get(ReadResponse.class).getResults()).hasSize(1);
        }

        @Test
        void otherUserOfALivingSessionIsAdoptedByBothMembers() {
            RedundantPair world = new RedundantPair(Mode.WARM).started();
            FakeClient client = world.open();
            client.login(FakeClient.user("ann"));
            world.time.run(300);
            FakeMemberSession before = world.b.session();

            client.login(FakeClient.user("bob"));
            world.time.run(300);

            assertThat(client.isLoggedIn()).isTrue();
            assertThat(before.closedPolitely).isTrue();
            assertThat(world.b.logins.getLast().identity()).hasToString("UserName[bob]");
            assertThat(world.a.sessions).hasSize(1);
        }

        /** Its link is made anew there, and has nothing of the client's until then. */
        @Test
        @Requirement(
                value = {"S14", "S32"},
                protocol = Protocol.UA)
        void standbyLagsWhileAnotherUserIsLetIn() {
            RedundantPair world = new RedundantPair(Mode.WARM).started();
            FakeClient client = world.open();
            client.login(FakeClient.user("ann"));
            client.monitor(client.subscribe(100), "x");
            world.time.run(2_000);
            world.lagReports.clear();
            world.b.connectMs = 300;

            client.login(FakeClient.user("bob"));
            world.time.run(100);
            assertThat(world.lagReports).containsExactly("behind on 1");
            world.time.run(2_000);

            assertThat(world.lagReports).containsExactly("behind on 1", "up to date on 1");
        }

        @Test
        void otherUserThatTheActiveRefusesLeavesTheOldOneInForce() {
            RedundantPair world = new RedundantPair(Mode.WARM).started();
            FakeClient client = world.open();
            client.login(FakeClient.user("ann"));
            world.time.run(300);
            world.a.users = identity -> DENIED;

            client.login(FakeClient.user("bob"));
            world.time.run(300);
            assertThat(client.loginStatus()).isEqualTo(DENIED);
            world.a.users = identity -> StatusCode.GOOD;
            world.b.kill();
            world.b.restart();
            world.time.run(40_000);

            assertThat(world.b.logins.getLast().identity()).hasToString("UserName[ann]");
        }
    }

    /** CreateSession costs a client nothing: before ActivateSession it must move nothing at a member (S32). */
    @Nested
    class BeforeTheLogin {
        private static final StatusCode FULL = new StatusCode(StatusCodes.Bad_TooManySessions);

        @ParameterizedTest
        @EnumSource(Mode.class)
        @Requirement(value = "S32", protocol = Protocol.UA)
        void sessionThatNobodyActivatedIsUnknownToEveryMember(Mode mode) {
            RedundantPair world = new RedundantPair(mode).started();
            var unused = world.open();

            world.lose(0);
            world.attach(1);
            world.time.run(1_000);
            world.promote(1);
            world.time.run(1_000);
            world.strand();
            world.hold();
            world.attach(0);
            world.promote(0);
            world.time.run(1_000);

            assertThat(world.a.logins).isEmpty();
            assertThat(world.b.logins).isEmpty();
        }

        /** The link was there before the user: it must not speak for a password that no member has seen. */
        @ParameterizedTest
        @ValueSource(longs = {5, 400})
        @Requirement(value = "S32", protocol = Protocol.UA)
        void userThatComesInTheMiddleOfASwitchIsLetInByTheMemberOnly(long connectMs) {
            RedundantPair world = new RedundantPair(Mode.COLD).started();
            world.b.users = identity -> identity.sameUser(FakeClient.user("mallory")) ? DENIED : StatusCode.GOOD;
            world.b.connectMs = connectMs;
            FakeClient client = world.open();
            world.lose(0);
            world.attach(1);
            world.time.run(100);

            client.login(FakeClient.user("mallory"));
            world.promote(1);
            world.time.run(1_000);

            assertThat(client.loginStatus()).isEqualTo(DENIED);
            assertThat(world.b.logins).extracting(l -> l.identity().toString()).containsExactly("UserName[mallory]");
        }

        @Test
        void loginAfterASwitchThatTheSessionSawIsNotLeftWaiting() {
            RedundantPair world = new RedundantPair(Mode.COLD).started();
            FakeClient client = world.open();
            world.failOver(0, 1);
            world.time.run(1_000);

            client.login(FakeClient.user("ann"));
            world.time.run(50);

            assertThat(client.isLoggedIn()).isTrue();
        }

        /** The active had no room for the first one; the standby let it in and knows nothing of the second one. */
        @Test
        @Requirement(value = "S32", protocol = Protocol.UA)
        void secondUserIsNotLetInOnTheStrengthOfTheFirstOnesLink() {
            RedundantPair world = new RedundantPair(Mode.WARM).started();
            world.a.users = identity -> FULL;
            world.b.users = identity -> identity.sameUser(FakeClient.user("mallory")) ? DENIED : StatusCode.GOOD;
            FakeClient client = world.open();
            client.login(FakeClient.user("ann"));
            world.time.run(1_000);
            assertThat(world.b.sessions).as("control").hasSize(1);
            world.time.run(20_000);
            assertThat(client.loginStatus().value()).isEqualTo(StatusCodes.Bad_NoCommunication);
            assertThat(world.b.sessions).as("nobody is logged in any more").isEmpty();

            client.login(FakeClient.user("mallory"));
            world.time.run(500);
            world.failOver(0, 1);
            world.time.run(500);

            assertThat(client.loginStatus()).isEqualTo(DENIED);
        }

        @Test
        @Requirement(value = "S32", protocol = Protocol.UA)
        void secondUserWhileTheFirstOneWaitsIsNotLetInOnTheStrengthOfItsLink() {
            RedundantPair world = new RedundantPair(Mode.WARM).started();
            world.a.users = identity -> FULL;
            world.b.users = identity -> identity.sameUser(FakeClient.user("mallory")) ? DENIED : StatusCode.GOOD;
            FakeClient client = world.open();
            client.login(FakeClient.user("ann"));
            world.time.run(1_000);
            assertThat(world.b.sessions).as("control").hasSize(1);

            client.login(FakeClient.user("mallory"));
            world.time.run(500);
            world.failOver(0, 1);
            world.time.run(500);

            assertThat(client.loginStatus()).isEqualTo(DENIED);
        }

        /** A wrong password counts once: members lock accounts. */
        @Test
        void userThatTheActiveRefusesIsNotTriedAtTheStandby() {
            RedundantPair world = new RedundantPair(Mode.WARM).started();
            world.a.users = identity -> DENIED;
            world.b.users = identity -> DENIED;
            FakeClient client = world.open();

            client.login(FakeClient.user("eve"));
            world.time.run(5_000);

            assertThat(client.loginStatus()).isEqualTo(DENIED);
            assertThat(world.b.logins).isEmpty();
        }

        /** Failback waits until every session could be served: not for one that nobody is logged in with. */
        @Test
        void loginThatFailedDoesNotKeepAMemberFromBeingReady() {
            RedundantPair world = new RedundantPair(Mode.WARM).started();
            world.a.users = identity -> FULL;
            world.b.users = identity -> FULL;
            world.detach(1);
            FakeClient client = world.open();
            client.login(FakeClient.user("ann"));
            world.time.run(100);
            world.synchronizations.clear();
            world.attach(1);
            world.time.run(10_000);
            assertThat(world.synchronizations).as("control").isEmpty();

            world.time.run(15_000);

            assertThat(client.loginStatus().value()).isEqualTo(StatusCodes.Bad_NoCommunication);
            assertThat(world.synchronizations).containsExactly(1);
        }
    }

    @Nested
    class Disabled {
        @Test
        @Requirement(value = "ENA-1", protocol = Protocol.UA)
        void disabledPairRefusesWithAWordOfHowToEnableIt() {
            RedundantPair world = new RedundantPair(Mode.WARM).started();
            world.pair.closeSessions(world.epoch);

            assertThatThrownBy(() -> world.pair.open(world.opening("late", 60_000), world.time.loop()))
                    .isInstanceOfSatisfying(
                            UaException.class,
                            e -> assertThat(e.getStatusCode().value()).isEqualTo(StatusCodes.Bad_ServerHalted))
                    .hasMessageContaining("tandem enable plant1");
        }

        /** Closed by default: a client must not wait for a member that nothing will connect to. */
        @Test
        @Requirement(value = "ENA-1", protocol = Protocol.UA)
        void pairThatStartsDisabledRefusesAtOnceAndAdmitsOnceEnabled() throws UaException {
            RedundantPair world = new RedundantPair(Mode.WARM);
            UaPair pair = new UaPair(
                    PairSettings.of("plant1", Mode.WARM, "member0", "member1"),
                    "/plant1",
                    List.of(world.a, world.b),
                    "urn:tandem",
                    world,
                    p -> {},
                    world.time::nanos);

            assertThatThrownBy(() -> pair.open(world.opening("early", 60_000), world.time.loop()))
                    .hasMessageContaining("tandem enable plant1");
            pair.admit();

            assertThat(pair.open(world.opening("later", 60_000), world.time.loop()))
                    .isNotNull();
        }

        @Test
        @Requirement(value = "ENA-1", protocol = Protocol.UA)
        void sessionsOfADisabledPairAreClosedTowardsClientsAndMembers() {
            RedundantPair world = new RedundantPair(Mode.WARM).started();
            FakeClient client = world.client();
            client.monitor(client.subscribe(100), "x");
            FakeMemberSession atA = world.a.session();
            FakeMemberSession atB = world.b.session();

            world.pair.closeSessions(world.epoch);
            world.detach(0);
            world.detach(1);
            world.time.run(100);

            assertThat(world.isFrontClosed()).isTrue();
            assertThat(client.publishFaults).isNotEmpty().allMatch(s -> s.value() == StatusCodes.Bad_SessionClosed);
            assertThat(client.read("x").status().value()).isEqualTo(StatusCodes.Bad_SessionClosed);
            assertThat(atA.closedPolitely).isTrue();
            assertThat(atB.closedPolitely).isTrue();
        }

        @Test
        @Requirement(value = "ENA-2", protocol = Protocol.UA)
        void pairThatIsEnabledAgainServesAgain() {
            RedundantPair world = new RedundantPair(Mode.WARM).started();
            world.pair.closeSessions(world.epoch);
            world.detach(0);
            world.detach(1);

            world.started();

            assertThat(world.client().isLoggedIn()).isTrue();
        }

        /** Enabled while both members are down: clients hear that, not that the pair is disabled. */
        @Test
        void pairThatIsEnabledWithoutAMemberIsNotTakenForDisabled() throws UaException {
            RedundantPair world = new RedundantPair(Mode.WARM);
            world.pair.closeSessions(0);
            world.strand();

            FakeClient client = world.open();
            client.login();

            assertThat(client.loginStatus().value()).isEqualTo(StatusCodes.Bad_NoCommunication);
        }
    }

    @Test
    @Requirement(value = "S28", protocol = Protocol.UA)
    void sessionTimeoutShorterThanDetectionIsRecorded() throws UaException {
        RedundantPair world = new RedundantPair(Mode.WARM).started();

        var unused = world.pair.open(world.opening("hasty", 3_000), world.time.loop());
        var unused2 = world.pair.open(world.opening("patient", 60_000), world.time.loop());

        assertThat(world.records(RecordKind.SESSION_TIMEOUT_SHORT))
                .singleElement()
                .satisfies(r -> assertThat(r.text()).contains("hasty"));
    }
}
