package org.tandemopc.relay.ua.front;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.relay.ua.front.FrontDoorConfig.Security;
import org.tandemopc.testkit.Await;

/** What peers do below the services: bytes by hand. */
@Timeout(60)
class ConnectionRulesTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @Test
    void connectionWithoutASecureChannelIsClosed() throws Exception {
        try (DoorFixture door =
                DoorFixture.with(DoorFixture.limits(l -> l.channelDeadline = Duration.ofMillis(300)), Security.NONE)) {
            door.publish("/p");
            try (RawClient good = door.raw("/p", Security.NONE);
                    Socket silent = connect(door);
                    Socket helloOnly = connect(door)) {
                helloOnly.getOutputStream().write(hello(door.url("/p"), 65_535));
                assertThat(new String(helloOnly.getInputStream().readNBytes(3), StandardCharsets.US_ASCII))
                        .isEqualTo("ACK"); // control: it went that far

                Await.until("two closed", SOON, () -> door.door().connections() == 1);

                assertThat(silent.getInputStream().read()).isEqualTo(-1);
                good.activate(good.create());
            }
        }
    }

    @Test
    void silentConnectionWithoutASessionIsClosed() throws Exception {
        try (DoorFixture door = DoorFixture.with(
                DoorFixture.limits(l -> {
                    l.channelDeadline = Duration.ofMillis(200);
                    l.channelIdle = Duration.ofMillis(300);
                }),
                Security.NONE)) {
            door.publish("/p");
            try (RawClient user = door.raw("/p", Security.NONE)) {
                RawClient.Session session = user.activate(user.create());
                try (RawClient idle = door.raw("/p", Security.NONE)) {
                    List<Integer> seen = new ArrayList<>();
                    Await.until("idle one closed", SOON, () -> {
                        seen.add(door.door().connections());
                        return door.door().connections() == 1;
                    });
                    assertThat(seen).as("control").contains(2);
                    assertThat(user.status(user.readRequest(session, "x"))).isEqualTo(StatusCode.GOOD);
                    assertThat(idle.answered()).isEmpty();
                }
            }
        }
    }

    @Test
    void malformedHelloIsAnsweredAndClosed() throws Exception {
        try (DoorFixture door = DoorFixture.with(Security.NONE)) {
            door.publish("/p");
            byte[] good = hello(door.url("/p"), 65_535);
            assertThat(answer(door, good)).as("control").startsWith("ACK");
            assertThat(error(door, withInt(good, 28, 0x7FFF_FFFF))).isEqualTo(StatusCodes.Bad_TcpInternalError);
            assertThat(error(door, withInt(good, 28, -2))).isEqualTo(StatusCodes.Bad_TcpInternalError);
            assertThat(error(door, withInt(good, 28, 1))).isEqualTo(StatusCodes.Bad_TcpInternalError);
            assertThat(error(door, withInt(good, 4, -1))).isEqualTo(StatusCodes.Bad_TcpMessageTooLarge);
            assertThat(error(door, withInt(good, 4, 8))).isEqualTo(StatusCodes.Bad_TcpMessageTooLarge);
            assertThat(error(door, hello(door.url("/p"), 100))).isEqualTo(StatusCodes.Bad_TcpNotEnoughResources);
            assertThat(error(door, "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII)))
                    .isEqualTo(StatusCodes.Bad_TcpMessageTypeInvalid);
            assertThat(error(door, hello("x".repeat(4097), 65_535))).isEqualTo(StatusCodes.Bad_TcpMessageTooLarge);
            Await.until("all closed", SOON, () -> door.door().connections() == 0);
        }
    }

    @Test
    void helloMayArriveByteByByte() throws Exception {
        try (DoorFixture door = DoorFixture.with(Security.NONE);
                Socket socket = connect(door)) {
            for (byte b : hello(door.url("/p"), 65_535)) {
                socket.getOutputStream().write(b);
                socket.getOutputStream().flush();
            }
            assertThat(new String(socket.getInputStream().readNBytes(3), StandardCharsets.US_ASCII))
                    .isEqualTo("ACK");
        }
    }

    /** Milo keeps chunks until the last one comes; many connections that never send it must not eat the memory. */
    @Test
    void unfinishedRequestsAreBoundedOverAllConnections() throws Exception {
        try (DoorFixture door = DoorFixture.with(DoorFixture.limits(l -> l.unfinishedBytes = 100_000), Security.NONE)) {
            door.publish("/p");
            List<Socket> hoarders = new ArrayList<>();
            try (RawClient good = door.raw("/p", Security.NONE)) {
                for (int i = 0; i < 4; i++) {
                    Socket socket = connect(door);
                    hoarders.add(socket);
                    socket.getOutputStream().write(hello(door.url("/p"), 65_535));
                    socket.getInputStream().readNBytes(28);
                    // a chunk that is announced, and never ends
                    socket.getOutputStream().write(chunk('C', 60_000, 40_000));
                }

                Await.until("some closed", SOON, () -> door.door().connections() == 3);

                good.activate(good.create());
                for (Socket hoarder : hoarders) {
                    hoarder.close();
                }
                Await.until("all closed", SOON, () -> door.door().connections() == 1);
                assertThat(door.door().unfinishedBytes()).isZero();
            }
        }
    }

    @Test
    void finishedRequestsLeaveNothingUnfinished() throws Exception {
        try (DoorFixture door = DoorFixture.with(DoorFixture.limits(l -> l.unfinishedBytes = 100_000), Security.NONE)) {
            door.publish("/p");
            try (RawClient client = door.raw("/p", Security.NONE)) {
                RawClient.Session session = client.activate(client.create());
                String longName = "x".repeat(1000);
                for (int i = 0; i < 300; i++) {
                    assertThat(client.status(client.readRequest(session, longName)))
                            .isEqualTo(StatusCode.GOOD);
                }
                assertThat(door.door().unfinishedBytes()).isZero();
            }
        }
    }

    @Test
    void tooManyConnectionsOfOneAddressAreRefused() throws Exception {
        try (DoorFixture door = DoorFixture.with(DoorFixture.limits(l -> l.connectionsPerAddress = 3), Security.NONE)) {
            List<Socket> sockets = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                sockets.add(connect(door));
            }
            Await.until("three in", SOON, () -> door.door().connections() == 3);

            try (Socket fourth = connect(door)) {
                assertThat(fourth.getInputStream().read()).isEqualTo(-1);
            }

            sockets.get(0).close();
            Await.until("one out", SOON, () -> door.door().connections() == 2);
            assertThat(answer(door, hello(door.url("/p"), 65_535))).startsWith("ACK");
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private static Socket connect(DoorFixture door) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.door().port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static String answer(DoorFixture door, byte[] bytes) throws IOException {
        return new String(exchange(door, bytes), StandardCharsets.ISO_8859_1);
    }

    private static long error(DoorFixture door, byte[] bytes) throws IOException {
        byte[] answer = exchange(door, bytes);
        assertThat(new String(answer, 0, 4, StandardCharsets.US_ASCII)).isEqualTo("ERRF");
        return Integer.toUnsignedLong(
                ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN).getInt(8));
    }

    private static byte[] exchange(DoorFixture door, byte[] bytes) throws IOException {
        try (Socket socket = connect(door)) {
            socket.getOutputStream().write(bytes);
            return socket.getInputStream().readNBytes(12);
        }
    }

    private static byte[] hello(String url, int bufferBytes) {
        byte[] text = url.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(32 + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("HELF".getBytes(StandardCharsets.US_ASCII))
                .putInt(32 + text.length)
                .putInt(0)
                .putInt(bufferBytes)
                .putInt(bufferBytes)
                .putInt(0)
                .putInt(0)
                .putInt(text.length)
                .put(text)
                .array();
    }

    private static byte[] chunk(char flag, int announced, int sent) {
        return ByteBuffer.allocate(sent)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(("OPN" + flag).getBytes(StandardCharsets.US_ASCII))
                .putInt(announced)
                .array();
    }

    private static byte[] withInt(byte[] bytes, int at, int value) {
        byte[] changed = bytes.clone();
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
        return changed;
    }
}
