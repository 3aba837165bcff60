package org.tandemopc.relay.ua.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.EventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import java.net.ConnectException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.sdk.client.identity.UsernameProvider;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MessageSecurityMode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tandemopc.relay.ua.front.FrontDoorConfig.Security;
import org.tandemopc.relay.ua.security.FrontTrust;
import org.tandemopc.relay.ua.security.SecurityPolicies;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** An unmodified Milo client goes through the door. */
@Timeout(60)
class UaFrontDoorTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    static List<Security> securities() {
        return Stream.concat(
                        Stream.of(Security.NONE),
                        SecurityPolicies.SECURED.stream()
                                .flatMap(policy -> Stream.of(
                                                MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt)
                                        .map(mode -> new Security(policy, mode))))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("securities")
    void anonymousClientReadsAndLeaves(Security security) throws Exception {
        try (DoorFixture door = DoorFixture.with(security)) {
            FakePair pair = door.publish("/plant1");

            OpcUaClient client = door.client("/plant1", security, c -> {});
            client.connect();

            assertThat(read(client, "x")).isEqualTo("plant1:x");
            assertThat(pair.last().history).containsExactly("activate Anonymous[]");
            client.disconnect();
            Await.until("session closed", SOON, () -> pair.last().history.contains("closed CloseSession"));
            assertThat(door.door().sessions()).isZero();
            assertThat(pair.last().opening.clientApplicationUri())
                    .isEqualTo(DoorFixture.CLIENT.back().applicationUri());
        }
    }

    /** The password is encrypted on the unsecured channel as well: the door offers no other way. */
    @ParameterizedTest
    @MethodSource("securities")
    void userNameAndPasswordReachThePair(Security security) throws Exception {
        try (DoorFixture door = DoorFixture.with(security)) {
            FakePair pair = door.publish("/plant1");

            OpcUaClient client = door.client(
                    "/plant1", security, c -> c.setIdentityProvider(new UsernameProvider("ann", FakePair.PASSWORD)));
            client.connect();

            assertThat(read(client, "x")).isEqualTo("plant1:x");
            assertThat(pair.last().history).containsExactly("activate UserName[ann]");
        }
    }

    @Test
    void wrongPasswordIsRefused() throws Exception {
        try (DoorFixture door = DoorFixture.with(Security.SIGN_AND_ENCRYPT)) {
            door.publish("/plant1");

            OpcUaClient client = door.client(
                    "/plant1",
                    Security.SIGN_AND_ENCRYPT,
                    c -> c.setIdentityProvider(new UsernameProvider("ann", "wrong")));

            assertThatThrownBy(() -> client.connectAsync().get(10, TimeUnit.SECONDS))
                    .satisfies(e -> assertThat(UaException.extract(e)
                                    .orElseThrow()
                                    .getStatusCode()
                                    .value())
                            .isEqualTo(StatusCodes.Bad_IdentityTokenRejected));
        }
    }

    @Test
    void pairsOnOnePortAreToldApartByPath() throws Exception {
        try (DoorFixture door = DoorFixture.with(Security.NONE)) {
            door.publish("/plant1");
            door.publish("/plant2");

            OpcUaClient one = door.client("/plant1");
            OpcUaClient two = door.client("/plant2");
            one.connect();
            two.connect();

            assertThat(read(one, "x")).isEqualTo("plant1:x");
            assertThat(read(two, "x")).isEqualTo("plant2:x");
        }
    }

    @Test
    void pairsComeAndGoWhileTheDoorIsOpen() throws Exception {
        try (DoorFixture door = DoorFixture.with(Security.NONE)) {
            FakePair first = door.publish("/plant1");
            OpcUaClient client = door.client("/plant1");
            client.connect();
            door.publish("/plant2");
            OpcUaClient late = door.client("/plant2");
            late.connect();

            door.door().withdraw(first);

            Await.until("told", SOON, () -> first.last().history.contains("closed pair withdrawn"));
            assertThat(read(late, "x")).isEqualTo("plant2:x");
            assertThat(door.door().sessions()).isEqualTo(1);
        }
    }

    @Test
    void onlyPairIsFoundWithoutAPath() throws Exception {
        try (DoorFixture door = DoorFixture.with(Security.NONE)) {
            door.publish("/plant1");

            OpcUaClient client = door.client("");
            client.connect();

            assertThat(read(client, "x")).isEqualTo("plant1:x");
        }
    }

    /** The session survives the connection: the client comes back over a new channel and goes on. */
    @Requirement(
            value = {"CON-7"},
            protocol = Protocol.UA)
    @ParameterizedTest
    @MethodSource("securities")
    void sessionMovesToANewChannelWhenTheConnectionIsCut(Security security) throws Exception {
        try (DoorFixture door = DoorFixture.with(security);
                TcpCutter line = new TcpCutter(door.door().port())) {
            FakePair pair = door.publish("/plant1");
            OpcUaClient client = door.clientOver(
                    line.port(),
                    "/plant1",
                    security,
                    c -> c.setIdentityProvider(new UsernameProvider("ann", FakePair.PASSWORD)));
            client.connect();
            NodeId session = client.getSession().getSessionId();
            // Nobody may ask a member when an unchanged user comes back: it may be away just now.
            pair.member = new StatusCode(StatusCodes.Bad_NoCommunication);

            line.cut();

            Await.until("reads again", SOON, () -> "plant1:y".equals(tryRead(client, "y")));
            assertThat(client.getSession().getSessionId()).isEqualTo(session);
            assertThat(pair.sessions).hasSize(1);
            assertThat(pair.last().history).containsExactly("activate UserName[ann]", "channelLost");
        }
    }

    @Test
    void silentSessionExpires() throws Exception {
        try (DoorFixture door = DoorFixture.with(DoorFixture.timeouts(Duration.ofMillis(100)), Security.NONE)) {
            FakePair pair = door.publish("/plant1");
            try (RawClient client = door.raw("/plant1", Security.NONE)) {
                RawClient.Session session = client.activate(client.create(door.url("/plant1"), 300));
                assertThat(session.response().getRevisedSessionTimeout()).isEqualTo(300);

                // well before the activation deadline, which counted until the activation
                Await.until(
                        "expired",
                        Duration.ofSeconds(5),
                        () -> pair.last().history.contains("closed session timeout"));

                assertThat(client.status(client.readRequest(session, "x")).value())
                        .isEqualTo(StatusCodes.Bad_SessionIdInvalid);
                assertThat(door.door().sessions()).isZero();
            }
        }
    }

    @Test
    void requestsKeepASessionAlive() throws Exception {
        try (DoorFixture door = DoorFixture.with(DoorFixture.timeouts(Duration.ofMillis(100)), Security.NONE)) {
            FakePair pair = door.publish("/plant1");
            try (RawClient client = door.raw("/plant1", Security.NONE)) {
                RawClient.Session session = client.activate(client.create(door.url("/plant1"), 1_000));

                long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2_500);
                while (System.nanoTime() < end) {
                    assertThat(client.status(client.readRequest(session, "x"))).isEqualTo(StatusCode.GOOD);
                }

                assertThat(pair.last().history).containsExactly("activate Anonymous[]");
            }
        }
    }

    /** After a pause of our own, what clients sent meanwhile is still unread: they are not to blame for silence. */
    @Requirement(
            value = {"S35"},
            protocol = Protocol.UA)
    @Test
    void pauseOfOurOwnDoesNotEndSessions() throws Exception {
        try (DoorFixture door = DoorFixture.with(DoorFixture.timeouts(Duration.ofMillis(100)), Security.NONE)) {
            FakePair pair = door.publish("/plant1");
            try (RawClient client = door.raw("/plant1", Security.NONE)) {
                RawClient.Session session = client.activate(client.create(door.url("/plant1"), 500));
                EventLoop loop = pair.last().loop;
                loop.submit(() -> LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2)))
                        .get(10, TimeUnit.SECONDS);
                // Timers that are due run before this; the client's request has still not arrived.
                loop.schedule(() -> {}, 1, TimeUnit.MILLISECONDS).get(10, TimeUnit.SECONDS);

                assertThat(client.status(client.readRequest(session, "x"))).isEqualTo(StatusCode.GOOD);
            }
        }
    }

    @Test
    void sessionTimeoutIsKeptWithinItsBounds() throws Exception {
        try (DoorFixture door = DoorFixture.with(Security.NONE)) {
            door.publish("/plant1");
            try (RawClient client = door.raw("/plant1", Security.NONE)) {
                assertThat(client.create(door.url("/plant1"), 1).response().getRevisedSessionTimeout())
                        .isEqualTo(5_000);
                assertThat(client.create(door.url("/plant1"), Double.NaN)
                                .response()
                                .getRevisedSessionTimeout())
                        .isEqualTo(5_000);
                assertThat(client.create(door.url("/plant1"), 1e12).response().getRevisedSessionTimeout())
                        .isEqualTo(3_600_000);
            }
        }
    }

    @Test
    void closingTheDoorEndsItsSessions() throws Exception {
        FakePair pair;
        try (DoorFixture door = DoorFixture.with(Security.NONE)) {
            pair = door.publish("/plant1");
            door.client("/plant1").connect();
            door.door().close();
            assertThat(pair.last().history).contains("closed shutdown");
            assertThat(door.door().sessions()).isZero();
        }
    }

    /** However much the loop has to do in one turn: who opens a door at the same place must get it. */
    @Test
    void closedDoorHasGivenItsPortBack() throws Exception {
        NioEventLoopGroup loops = new NioEventLoopGroup(1);
        AtomicBoolean isBusy = new AtomicBoolean(true);
        loops.execute(new Runnable() {
            @Override
            public void run() {
                if (isBusy.get()) {
                    loops.execute(this);
                }
            }
        });
        try {
            for (int round = 0; round < 100; round++) {
                UaFrontDoor door = UaFrontDoor.open(
                        FrontDoorConfig.of("127.0.0.1", 0, List.of(Security.NONE)),
                        FrontIdentity.fixed(DoorFixture.TANDEM.front()),
                        FrontTrust.acceptAll(DoorFixture.TANDEM::contains),
                        loops);
                door.close();

                assertThatThrownBy(() -> new Socket("127.0.0.1", door.port()).close())
                        .as("round %d", round)
                        .isInstanceOf(ConnectException.class);
            }
        } finally {
            isBusy.set(false);
            var unused = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    private static Object tryRead(OpcUaClient client, String name) {
        try {
            return read(client, name);
        } catch (UaException e) {
            return e.getStatusCode();
        }
    }

    private static Object read(OpcUaClient client, String name) throws UaException {
        List<DataValue> values = client.readValues(0.0, TimestampsToReturn.Neither, List.of(new NodeId(1, name)));
        Object value = values.get(0).getValue().getValue();
        return value == null ? values.get(0).getStatusCode() : value;
    }
}
