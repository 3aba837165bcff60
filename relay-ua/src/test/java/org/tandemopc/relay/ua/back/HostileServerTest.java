package org.tandemopc.relay.ua.back;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tandemopc.relay.ua.back.Links.CONNECT_MS;
import static org.tandemopc.relay.ua.back.Links.linkFailure;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.channel.messages.ErrorMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tandemopc.relay.ua.security.UserIdentity;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** A member that is another program than it seems, before a secure channel is open: the link ends, and nothing else. */
@Timeout(60)
class HostileServerTest {
    private static final int HUGE = 100_000_000;
    private static final long ALLOCATION_MAX = 10_000_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final byte[] ACKNOWLEDGE = frame("ACKF", 28, 0, 65_535, 65_535, 0, 0);

    private final Links links = new Links();

    @AfterEach
    void close() {
        links.close();
    }

    static Stream<Arguments> greetings() {
        return Stream.of(
                Arguments.of(
                        "reason of 100 MB in 16 bytes",
                        frame("ERRF", 16, 0x80130000, HUGE),
                        "Bad_SecurityChecksFailed"),
                Arguments.of("reason of -2 bytes", frame("ERRF", 16, 0x80130000, -2), "Bad_SecurityChecksFailed"),
                Arguments.of(
                        "error of 60 kB", frame("ERRF", 60_000, 0x80130000, HUGE), "an Error message of 60000 bytes"),
                Arguments.of("error of 12 bytes", frame("ERRF", 12, 0x80130000), "an Error message of 12 bytes"),
                Arguments.of("no buffers", frame("ACKF", 28, 0, 0, 0, 0, 0), "an Acknowledge with buffers of 0 bytes"),
                Arguments.of(
                        "one small buffer",
                        frame("ACKF", 28, 0, 65_535, 100, 0, 0),
                        "an Acknowledge with buffers of 100 bytes"),
                Arguments.of(
                        "long acknowledge",
                        frame("ACKF", 32, 0, 65_535, 65_535, 0, 0, 0),
                        "an Acknowledge of 32 bytes"),
                Arguments.of(
                        "more than was asked",
                        joined(ACKNOWLEDGE, frame("ERRF", 16, 0x80130000, HUGE)),
                        "unasked, behind its Acknowledge, of 16 bytes"),
                Arguments.of("frame of nothing", frame("MSGF", 0), "a message of 0 bytes"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("greetings")
    @Requirement(value = "I9", protocol = Protocol.UA)
    void greetingThatLiesEndsTheLinkAndCostsNothing(String name, byte[] greeting, String told) {
        try (Liar server = new Liar(greeting)) {
            long before = allocated();

            LinkException failure =
                    linkFailure(links.connecting(links.plain(server.port()), new UserIdentity.Anonymous(), CONNECT_MS));

            assertThat(failure).hasMessageContaining(told);
            assertThat(failure.status().getValue()).isNotEqualTo(StatusCodes.Bad_Timeout);
            assertThat(allocated() - before).as("bytes").isLessThan(ALLOCATION_MAX);
        }
    }

    /** Milo's handler for what comes after the greeting puts itself before all others. */
    @Test
    @Requirement(value = "I9", protocol = Protocol.UA)
    void lieBehindTheGreetingEndsTheLinkAndCostsNothing() {
        try (Liar server = new Liar(ACKNOWLEDGE, frame("ERRF", 16, 0x80130000, HUGE))) {
            long before = allocated();

            LinkException failure =
                    linkFailure(links.connecting(links.plain(server.port()), new UserIdentity.Anonymous(), CONNECT_MS));

            assertThat(server.heard()).as("control: a channel was asked for").containsExactly("HELF", "OPNF");
            assertThat(failure).hasMessageContaining("Bad_SecurityChecksFailed");
            assertThat(allocated() - before).as("bytes").isLessThan(ALLOCATION_MAX);
        }
    }

    @Test
    void reasonThatIsTrueIsToldWithoutWhatSpoilsALog() {
        byte[] reason = "too busy\u001b[2J\u202e".getBytes(StandardCharsets.UTF_8);
        byte[] error = ByteBuffer.wrap(frame("ERRF", 16 + reason.length, 0x80130000, reason.length))
                .put(16, reason)
                .array();
        try (Liar server = new Liar(error)) {
            LinkException failure =
                    linkFailure(links.connecting(links.plain(server.port()), new UserIdentity.Anonymous(), CONNECT_MS));

            assertThat(failure).hasMessageContaining("too busy?[2J?");
        }
    }

    @Test
    void miloBelievesTheLengthOfAReason() {
        var error = Unpooled.buffer().writeIntLE(0x80130000).writeIntLE(HUGE);
        long before = THREADS.getCurrentThreadAllocatedBytes();

        assertThatThrownBy(() -> ErrorMessage.decode(error)).isInstanceOf(IndexOutOfBoundsException.class);

        assertThat(THREADS.getCurrentThreadAllocatedBytes() - before)
                .as("control: Milo believes it")
                .isGreaterThan(HUGE);
    }

    /** By the links' only thread, so far. */
    private long allocated() {
        return links.on(THREADS::getCurrentThreadAllocatedBytes);
    }

    /** A header and numbers; as long as it says, or longer. */
    private static byte[] frame(String type, int length, int... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.max(length, 8 + 4 * numbers.length))
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(type.getBytes(StandardCharsets.US_ASCII))
                .putInt(length);
        for (int number : numbers) {
            bytes.putInt(number);
        }
        return bytes.array();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** Answers each message of a connection with the next of these, and keeps the connection open. */
    private static final class Liar implements AutoCloseable {
        private final List<byte[]> answers;
        private final ServerSocket listening;
        private final List<Socket> sockets = new CopyOnWriteArrayList<>();
        private final List<String> heard = new CopyOnWriteArrayList<>();

        Liar(byte[]... answers) {
            this.answers = List.of(answers);
            try {
                listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            Thread.ofVirtual().start(this::accept);
        }

        int port() {
            return listening.getLocalPort();
        }

        List<String> heard() {
            return List.copyOf(heard);
        }

        private void accept() {
            try {
                while (true) {
                    Socket socket = listening.accept();
                    sockets.add(socket);
                    Thread.ofVirtual().start(() -> answer(socket));
                }
            } catch (IOException closed) {
                // The test has ended.
            }
        }

        private void answer(Socket socket) {
            try {
                for (byte[] answer : answers) {
                    byte[] head = socket.getInputStream().readNBytes(8);
                    heard.add(new String(head, 0, 4, StandardCharsets.US_ASCII));
                    int length =
                            ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
                    socket.getInputStream().readNBytes(length - 8);
                    socket.getOutputStream().write(answer);
                }
            } catch (IOException closed) {
                // The link has ended.
            }
        }

        @Override
        public void close() {
            try {
                listening.close();
                for (Socket socket : sockets) {
                    socket.close();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
