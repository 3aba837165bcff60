package org.tandemopc.relay.ua.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.enumerated.UserTokenType;
import org.eclipse.milo.opcua.stack.core.types.structured.ActivateSessionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.EndpointDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.SignatureData;
import org.eclipse.milo.opcua.stack.core.types.structured.UserNameIdentityToken;
import org.eclipse.milo.opcua.stack.core.types.structured.UserTokenPolicy;
import org.eclipse.milo.opcua.stack.core.types.structured.X509IdentityToken;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.tandemopc.relay.ua.back.TestServer;
import org.tandemopc.relay.ua.front.FrontDoorConfig.Security;
import org.tandemopc.relay.ua.front.RawClient.Session;
import org.tandemopc.relay.ua.security.ApplicationCertificate;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/**
 * What was found on a stock Milo server and must not be found here: each attack goes to both, so that it is known to
 * reach what it aims at.
 */
@Timeout(120)
class ChecklistTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int STOCK_SESSIONS_MAX = 100;
    private static final byte[] NONE =
            "http://opcfoundation.org/UA/SecurityPolicy#None".getBytes(StandardCharsets.UTF_8);

    @Test
    @Requirement(
            value = {"S29", "I9"},
            protocol = Protocol.UA)
    void sessionsThatNobodyActivatesLockNobodyOut() throws Exception {
        try (TestServer stock = TestServer.start();
                RawClient flood = stockClient(stock, Security.NONE);
                RawClient late = stockClient(stock, Security.NONE)) {
            for (int i = 0; i < STOCK_SESSIONS_MAX; i++) {
                flood.create();
            }
            assertThat(refusal(late::create)).as("control: stock Milo").isEqualTo(StatusCodes.Bad_TooManySessions);
        }
        try (DoorFixture door = DoorFixture.with(Security.NONE)) {
            FakePair pair = door.publish("/p");
            try (RawClient flood = door.raw("/p", Security.NONE);
                    RawClient late = door.raw("/p", Security.NONE)) {
                Session living = late.activate(late.create());
                for (int i = 0; i < 3 * STOCK_SESSIONS_MAX; i++) {
                    flood.create();
                }
                assertThat(pair.sessions).as("control: all of them came").hasSize(3 * STOCK_SESSIONS_MAX + 1);

                late.activate(late.create());

                assertThat(late.status(late.readRequest(living, "x")).isGood()).isTrue();
                assertThat(door.door().sessions())
                        .isLessThanOrEqualTo(FrontDoorConfig.Limits.DEFAULT.sessionsUnactivatedPerAddress() + 2);
            }
        }
    }

    @Test
    @Requirement(value = "I9", protocol = Protocol.UA)
    void connectionsThatOnlySayHelloEnd() throws Exception {
        try (TestServer stock = TestServer.start();
                DoorFixture door = DoorFixture.with(
                        DoorFixture.limits(l -> l.channelDeadline = Duration.ofMillis(500)), Security.NONE);
                Socket atStock = saidHello(stock.port(), TestServer.url(stock.port()));
                Socket atDoor = saidHello(door.door().port(), door.url("/p"))) {
            assertThat(atDoor.getInputStream().read()).as("closed by the door").isEqualTo(-1);

            atStock.setSoTimeout(2_000);
            assertThatThrownBy(() -> atStock.getInputStream().read())
                    .as("control: stock Milo keeps it")
                    .isInstanceOf(java.net.SocketTimeoutException.class);
        }
    }

    /** Milo 1.1.5 #1800: chunks of a request whose end never came were kept when the connection went. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Requirement(value = "I9", protocol = Protocol.UA)
    void chunksOfCutRequestsAreReleased(boolean inAChannel) throws Exception {
        int cuts = 1_000;
        int chunkBytes = 30_000;
        try (DoorFixture door = DoorFixture.with(
                DoorFixture.limits(l -> {
                    l.connectsBurst = 10 * cuts;
                    l.connectsPerSecond = cuts;
                }),
                Security.NONE)) {
            cutInAChunk(door.door().port(), door.url("/p"), 50, chunkBytes, inAChannel);
            Await.until("all gone", SOON, () -> door.door().connections() == 0);
            long before = pinned();

            cutInAChunk(door.door().port(), door.url("/p"), cuts, chunkBytes, inAChannel);

            Await.until("all gone", SOON, () -> door.door().connections() == 0);
            assertThat(door.door().unfinishedBytes()).isZero();
            // Pinned memory counts whole pages of what is in use just now, so a little comes and goes.
            Await.until(
                    "memory is back", SOON, () -> pinned() <= before + before / 20 + (long) chunkBytes * cuts / 100);
        }
        try (TestServer stock = TestServer.start()) {
            long before = pinned();

            cutInAChunk(stock.port(), TestServer.url(stock.port()), 200, chunkBytes, inAChannel);

            Await.until("control: stock Milo keeps them", SOON, () -> pinned() > before + 100L * chunkBytes);
        }
    }

    @Test
    @Requirement(value = "I9", protocol = Protocol.UA)
    void nobodyLeavesMoreThanOneChunkBeforeAChannelIsOpen() throws Exception {
        try (DoorFixture door = DoorFixture.with(Security.NONE);
                Socket hoarder = saidHello(door.door().port(), door.url("/p"))) {
            hoarder.getOutputStream().write(openingChunk(60_000));
            Await.until(
                    "control: the first one is held", SOON, () -> door.door().unfinishedBytes() >= 60_000);

            hoarder.getOutputStream().write(openingChunk(60_000));

            assertThat(hoarder.getInputStream().read()).isEqualTo(-1);
            Await.until("nothing held", SOON, () -> door.door().unfinishedBytes() == 0);
        }
    }

    @Test
    @Requirement(value = "I9", protocol = Protocol.UA)
    void malformedMessageIsOneLine() throws Exception {
        int messages = 20;
        try (TestServer stock = TestServer.start();
                Lines lines = new Lines(Set.of())) {
            sayNonsense(stock.port(), TestServer.url(stock.port()), messages);
            Await.until("control: stock Milo says more", SOON, () -> lines.count() > 5 * messages);
        }
        // As Tandem's own logging is set up: app/src/main/resources/logback.xml.
        try (DoorFixture door = DoorFixture.with(Security.NONE);
                Lines lines = new Lines(Set.of(
                        "org.eclipse.milo.opcua.stack.transport", "org.eclipse.milo.opcua.stack.core.channel"))) {
            sayNonsense(door.door().port(), door.url("/p"), messages);
            Await.until("all closed", SOON, () -> door.door().connections() == 0);
            assertThat(lines.count()).isBetween(1, messages);
        }
    }

    /** Many real clients come from behind one address; whoever comes more often than they do is held up, loopback too. */
    @Test
    @Requirement(value = "I9", protocol = Protocol.UA)
    void burstOfOneAddressIsLetInAndAStormIsNot() throws Exception {
        try (TestServer stock = TestServer.start()) {
            assertThat(answers(stock.port(), TestServer.url(stock.port()), 50))
                    .as("control: without a limit all of a storm come in; for Milo's own one see StockLimiterIT")
                    .isEqualTo(50);
        }
        try (DoorFixture door = DoorFixture.with(Security.NONE)) {
            door.publish("/p");
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                clients.add(saidHello(door.door().port(), door.url("/p"))); // answers, or fails
            }
            for (Socket client : clients) {
                client.close();
            }
        }
        try (DoorFixture door = DoorFixture.with(
                DoorFixture.limits(l -> {
                    l.connectsBurst = 5;
                    l.connectsPerSecond = 1;
                }),
                Security.NONE)) {
            assertThat(answers(door.door().port(), door.url("/p"), 50)).isBetween(5, 15);
        }
    }

    /** Of so many connections in a row, how many get an answer to their Hello. */
    private static int answers(int port, String url, int connections) {
        int answered = 0;
        for (int i = 0; i < connections; i++) {
            try (Socket socket = connect(port)) {
                socket.getOutputStream().write(hello(url));
                answered += socket.getInputStream().read() == 'A' ? 1 : 0;
            } catch (IOException reset) {
                // Refused: the door closes before it reads.
            }
        }
        return answered;
    }

    /** Milo 1.1.5 #1804: wrong passwords and broken ciphertext told apart make a padding oracle. */
    @Test
    void wrongPasswordAndBrokenCiphertextSoundAlike() throws Exception {
        try (TestServer stock = TestServer.start();
                RawClient client = stockClient(stock, Security.SIGN_AND_ENCRYPT)) {
            Session one = client.create();
            long wrong = refusal(() -> client.activate(one, client.user(one, "operator", "wrong")));
            Session two = client.create();
            UserNameIdentityToken token = client.user(two, "operator", "secret");
            long broken = refusal(() -> client.activate(two, broken(token)));
            assertThat(broken)
                    .as("control: stock Milo tells them apart")
                    .isNotEqualTo(wrong)
                    .isNotEqualTo(StatusCodes.Good);
        }
        try (DoorFixture door = DoorFixture.with(Security.SIGN_AND_ENCRYPT)) {
            door.publish("/p");
            try (RawClient client = door.raw("/p", Security.SIGN_AND_ENCRYPT)) {
                Session session = client.create();
                assertThat(refusal(() -> client.activate(session, client.user(session, "ann", "wrong"))))
                        .isEqualTo(StatusCodes.Bad_IdentityTokenRejected);
                assertThat(refusal(
                                () -> client.activate(session, broken(client.user(session, "ann", FakePair.PASSWORD)))))
                        .isEqualTo(StatusCodes.Bad_IdentityTokenRejected);
                client.activate(session, client.user(session, "ann", FakePair.PASSWORD)); // control
            }
        }
    }

    /** Milo 1.1.5 #1805: they would be accepted on a channel without security. Tandem cannot hand them on at all. */
    @Test
    void certificatesOfUsersAreNeitherOfferedNorAccepted() throws Exception {
        try (TestServer stock = TestServer.startWithUserCertificates();
                RawClient stranger = stockClient(stock, Security.NONE)) {
            // Anybody may show the certificate of somebody else: no proof of its key is asked for.
            stranger.ask(ofUser(
                    stranger, stranger.create(), DoorFixture.CLIENT.front().encoded()));
        }
        try (DoorFixture door = DoorFixture.with(Security.NONE, Security.SIGN_AND_ENCRYPT)) {
            door.publish("/p");
            for (Security security : List.of(Security.NONE, Security.SIGN_AND_ENCRYPT)) {
                try (RawClient client = door.raw("/p", security)) {
                    Session session = client.create();
                    EndpointDescription[] endpoints =
                            Objects.requireNonNull(session.response().getServerEndpoints());
                    assertThat(Arrays.stream(endpoints)
                                    .flatMap(e -> Arrays.stream(Objects.requireNonNull(e.getUserIdentityTokens())))
                                    .map(UserTokenPolicy::getTokenType)
                                    .collect(Collectors.toSet()))
                            .containsExactlyInAnyOrder(UserTokenType.Anonymous, UserTokenType.UserName);
                    assertThat(refusal(() -> client.activate(
                                    session,
                                    new X509IdentityToken(
                                            "certificate",
                                            DoorFixture.CLIENT.back().encoded()))))
                            .isEqualTo(StatusCodes.Bad_IdentityTokenInvalid);
                    assertThat(client.status(ofUser(
                                            client,
                                            client.create(),
                                            DoorFixture.CLIENT.front().encoded()))
                                    .value())
                            .as("as it works with stock Milo")
                            .isEqualTo(StatusCodes.Bad_IdentityTokenInvalid);
                    client.activate(session); // control
                }
            }
        }
    }

    /** With a signature of nothing by the algorithm of policy None. */
    private static ActivateSessionRequest ofUser(RawClient client, Session session, ByteString certificate)
            throws UaException {
        ActivateSessionRequest usual = client.activateRequest(
                session, new X509IdentityToken("certificate", certificate), client.sign(session));
        return new ActivateSessionRequest(
                usual.getRequestHeader(),
                usual.getClientSignature(),
                usual.getClientSoftwareCertificates(),
                usual.getLocaleIds(),
                usual.getUserIdentityToken(),
                new SignatureData("", ByteString.NULL_VALUE));
    }

    private static RawClient stockClient(TestServer stock, Security security) throws Exception {
        return new RawClient(
                TestServer.url(stock.port()),
                security,
                DoorFixture.CLIENT.back(),
                new ApplicationCertificate(DoorFixture.CLIENT.back().keyPair(), stock.certificate()));
    }

    private static UserNameIdentityToken broken(UserNameIdentityToken token) {
        byte[] password = token.getPassword().bytesOrEmpty().clone();
        password[password.length - 1] ^= 1;
        return new UserNameIdentityToken(
                token.getPolicyId(), token.getUserName(), ByteString.of(password), token.getEncryptionAlgorithm());
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

    /** Bytes of pooled memory that somebody holds just now. */
    private static long pinned() {
        return PooledByteBufAllocator.DEFAULT.pinnedDirectMemory();
    }

    private static void cutInAChunk(int port, String url, int times, int chunkBytes, boolean inAChannel)
            throws IOException {
        for (int i = 0; i < times; i++) {
            try (Socket socket = saidHello(port, url)) {
                byte[] chunk = inAChannel ? messageChunk(opened(socket), chunkBytes) : openingChunk(chunkBytes);
                socket.getOutputStream().write(chunk);
                // The chunk is whole and the request is not: only now the handler holds it. What is cut is the rest.
                socket.getOutputStream().write(chunk, 0, 1_000);
                socket.getOutputStream().flush();
                socket.shutdownOutput();
                while (socket.getInputStream().read() >= 0) {
                    // An answer would be an error message; either way the server closes in the end.
                }
            }
        }
    }

    private static void sayNonsense(int port, String url, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            try (Socket socket = saidHello(port, url)) {
                socket.getOutputStream()
                        .write("OPNF\u0010\0\0\0\1\2\3\4\5\6\7\b".getBytes(StandardCharsets.ISO_8859_1));
                socket.getOutputStream().flush();
                while (socket.getInputStream().read() >= 0) {
                    // The error message, then the end.
                }
            }
        }
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        return socket;
    }

    /** Connected, and the server's Acknowledge has come. */
    private static Socket saidHello(int port, String url) throws IOException {
        Socket socket = connect(port);
        socket.getOutputStream().write(hello(url));
        byte[] answer = socket.getInputStream().readNBytes(28);
        assertThat(new String(answer, 0, 3, StandardCharsets.US_ASCII)).isEqualTo("ACK");
        return socket;
    }

    private static byte[] hello(String url) {
        byte[] text = url.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(32 + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("HELF".getBytes(StandardCharsets.US_ASCII))
                .putInt(32 + text.length)
                .putInt(0)
                .putInt(65_535)
                .putInt(65_535)
                .putInt(0)
                .putInt(0)
                .putInt(text.length)
                .put(text)
                .array();
    }

    /** A first chunk of an OpenSecureChannel message with policy None, with more to come. */
    private static byte[] openingChunk(int bytes) {
        return ByteBuffer.allocate(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("OPNC".getBytes(StandardCharsets.US_ASCII))
                .putInt(bytes)
                .putInt(0)
                .putInt(NONE.length)
                .put(NONE)
                .putInt(-1)
                .putInt(-1)
                .putInt(1)
                .putInt(1)
                .array();
    }

    /** Opens a channel with policy None and returns its id and the id of its token. */
    private static int[] opened(Socket socket) throws IOException {
        byte[] request = ByteBuffer.wrap(openingChunk(132))
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(3, (byte) 'F')
                .position(12 + 4 + NONE.length + 8 + 8)
                .put(new byte[] {1, 0})
                .putShort((short) 446) // OpenSecureChannelRequest
                .put(new byte[2 + 8 + 4 + 4]) // no token, no time, handle and diagnostics 0
                .putInt(-1)
                .put(new byte[4 + 3]) // no time-out hint, no additional header
                .putInt(0)
                .putInt(0) // issue
                .putInt(1) // mode None
                .putInt(-1)
                .putInt(3_600_000)
                .array();
        socket.getOutputStream().write(request);
        ByteBuffer head = ByteBuffer.wrap(socket.getInputStream().readNBytes(8)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(head.get(0)).as("control: a channel is opened").isEqualTo((byte) 'O');
        ByteBuffer rest = ByteBuffer.wrap(socket.getInputStream().readNBytes(head.getInt(4) - 8))
                .order(ByteOrder.LITTLE_ENDIAN);
        // channel id, security header, sequence header, type, response header without strings, protocol version
        int token = 4 + 4 + NONE.length + 8 + 8 + 4 + 8 + 4 + 4 + 1 + 4 + 3 + 4;
        return new int[] {rest.getInt(token), rest.getInt(token + 4)};
    }

    private static byte[] messageChunk(int[] channelAndToken, int bytes) {
        return ByteBuffer.allocate(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("MSGC".getBytes(StandardCharsets.US_ASCII))
                .putInt(bytes)
                .putInt(channelAndToken[0])
                .putInt(channelAndToken[1])
                .putInt(2)
                .putInt(2)
                .array();
    }

    /** Lines that would be logged, stack traces counted by the line. */
    private static final class Lines implements AutoCloseable {
        private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        private final Logger milo = (Logger) LoggerFactory.getLogger("org.eclipse.milo");
        private final Level before = milo.getLevel();
        private final List<Logger> silenced = new ArrayList<>();
        private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

        Lines(Set<String> silent) {
            milo.setLevel(Level.WARN);
            for (String name : silent) {
                Logger logger = (Logger) LoggerFactory.getLogger(name);
                logger.setLevel(Level.OFF);
                silenced.add(logger);
            }
            appender.start();
            root.addAppender(appender);
        }

        int count() {
            synchronized (appender) {
                return List.copyOf(appender.list).stream()
                        .mapToInt(Lines::lines)
                        .sum();
            }
        }

        private static int lines(ILoggingEvent event) {
            int lines = 1;
            for (IThrowableProxy at = event.getThrowableProxy(); at != null; at = at.getCause()) {
                lines += 1 + at.getStackTraceElementProxyArray().length;
            }
            return lines;
        }

        @Override
        public void close() {
            root.detachAppender(appender);
            silenced.forEach(logger -> logger.setLevel(null));
            milo.setLevel(before);
        }
    }
}
