package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.PortPicker;
import org.tandemopc.testkit.proxy.Direction;
import org.tandemopc.testkit.proxy.Ending;
import org.tandemopc.testkit.proxy.Fault;
import org.tandemopc.testkit.proxy.Fault.Door;
import org.tandemopc.testkit.proxy.Fault.Strike;
import org.tandemopc.testkit.proxy.FaultProxy;

/** What each fault looks like from both ends of a plain connection. */
@Timeout(60)
class FaultProxyIT {
    private static final Duration LONG = Duration.ofSeconds(20);
    /** How long nothing must come, where nothing is to come. */
    private static final int SILENCE_MS = 150;

    private final Echo target = new Echo();
    private final FaultProxy proxy = FaultProxy.before(target.port());
    private final List<Socket> clients = new ArrayList<>();

    @AfterEach
    void closeAll() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        proxy.close();
        target.close();
        Await.until("no connection is left", LONG, () -> proxy.connections() == 0);
    }

    private Socket connect() throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        client.setSoTimeout((int) LONG.toMillis());
        clients.add(client);
        return client;
    }

    /** A connection over which something has gone to and fro. */
    private Socket connected() throws IOException {
        Socket client = connect();
        assertThat(echo(client, "hello")).isEqualTo("hello");
        return client;
    }

    private static void send(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** @return so many characters, or fewer at the end of the stream */
    private static String receive(Socket client, int count) throws IOException {
        return new String(client.getInputStream().readNBytes(count), StandardCharsets.ISO_8859_1);
    }

    private static String echo(Socket client, String text) throws IOException {
        send(client, text);
        return receive(client, text.length());
    }

    private static void assertSilent(Socket client) throws IOException {
        client.setSoTimeout(SILENCE_MS);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        client.setSoTimeout((int) LONG.toMillis());
    }

    private static void assertReset(Socket client) {
        assertThatThrownBy(() -> receive(client, 1))
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
    }

    @Test
    void withoutAFaultBytesGoToAndFroAndTheEndIsToldBothWays() throws Exception {
        Socket client = connected();
        client.shutdownOutput();
        assertThat(receive(client, 1)).isEmpty();
        Await.until("the connection is over", LONG, () -> proxy.connections() == 0);
    }

    @Test
    void nobodyListensAndThenSomebodyDoes() throws Exception {
        Socket before = connected();
        proxy.set(Door.REFUSE);
        assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
        assertThat(echo(before, "still here")).isEqualTo("still here");
        proxy.heal();
        connected();
    }

    @Test
    void aSilentDoorAcceptsAndAnswersWhenItIsHealed() throws Exception {
        proxy.set(Door.SILENCE);
        Socket client = connect();
        send(client, "anybody?");
        assertSilent(client);
        assertThat(target.accepted()).isZero();
        proxy.heal();
        assertThat(receive(client, 8)).isEqualTo("anybody?");
    }

    @Test
    void aConnectionIsResetAtOnce() throws Exception {
        proxy.set(Door.RESET);
        // The reset may come before the handshake is told to us.
        try {
            assertReset(connect());
        } catch (ConnectException early) {
            assertThat(early).hasMessageContaining("reset");
        }
        assertThat(target.accepted()).isZero();
    }

    @Test
    void whenTheTargetIsGoneTheConnectionIsReset() throws Exception {
        Socket before = connected();
        target.close();
        assertThat(receive(before, 1)).isEmpty();
        assertReset(connect());
    }

    @Test
    void strikesEndTheConnectionsThatThereAre() throws Exception {
        Socket closed = connected();
        proxy.strike(Strike.CLOSE);
        assertThat(receive(closed, 1)).isEmpty();
        Socket reset = connected();
        proxy.strike(Strike.RESET);
        assertReset(reset);
        Await.until("both ends are told", LONG, () -> target.ended() == 2);
        connected();
    }

    @Test
    void aStrikeEndsTheConnectionThatIsJustBeingMade() throws Exception {
        proxy.observe(Direction.REQUESTS, () -> {
            proxy.strike(Strike.RESET);
            return message -> {};
        });
        assertReset(connect());
    }

    @Test
    void aHalfOpenConnectionIsSilentWhileTheTargetIsGone() throws Exception {
        Socket client = connected();
        proxy.strike(Strike.HALF_OPEN);
        Await.until("the target is told", LONG, () -> target.ended() == 1);
        send(client, "x".repeat(100_000));
        assertSilent(client);
        client.close();
        Await.until("nothing is left", LONG, () -> proxy.connections() == 0);
    }

    @Test
    void oneWayIsLostAndTheOtherWorks() throws Exception {
        Socket client = connected();
        proxy.set(Direction.ANSWERS, new Fault.Drop());
        send(client, "lost");
        Await.until("it went there", LONG, () -> target.received().endsWith("lost"));
        assertSilent(client);
        proxy.heal();
        assertThat(echo(client, "again")).as("what was dropped never comes").isEqualTo("again");

        proxy.set(Direction.REQUESTS, new Fault.Drop());
        send(client, "void");
        assertSilent(client);
        assertThat(target.received()).doesNotContain("void");
    }

    @Test
    void whatIsHeldComesWhenTheFaultIsOver() throws Exception {
        Socket client = connected();
        proxy.setBoth(new Fault.Hold());
        send(client, "later");
        assertSilent(client);
        assertThat(target.received()).doesNotContain("later");
        proxy.heal();
        assertThat(receive(client, 5)).isEqualTo("later");
    }

    @Test
    void delayTrickleAndBandwidthTakeTheirTimeAndChangeNothing() throws Exception {
        Socket client = connected();
        for (Fault.Line slow : List.of(
                new Fault.Delay(Duration.ofMillis(100), Duration.ofMillis(20), 7),
                new Fault.Trickle(1, Duration.ofMillis(10)),
                new Fault.Bandwidth(100))) {
            proxy.set(Direction.ANSWERS, slow);
            long start = System.nanoTime();
            assertThat(echo(client, "0123456789")).as(slow.toString()).isEqualTo("0123456789");
            assertThat(System.nanoTime() - start).as(slow.toString()).isGreaterThanOrEqualTo(99_000_000L);
        }
    }

    @Test
    void aSlowCloseIsToldLate() throws Exception {
        Socket client = connected();
        proxy.set(Direction.ANSWERS, new Fault.SlowClose(Duration.ofMillis(200)));
        long start = System.nanoTime();
        target.closeConnections();
        assertThat(receive(client, 1)).isEmpty();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(200_000_000L);
    }

    @Test
    void oneByteIsTurnedAndTheNextConnectionIsWell() throws Exception {
        Socket client = connected();
        proxy.set(Direction.REQUESTS, new Fault.Corrupt(2, 1));
        assertThat(echo(client, "aaaa")).isEqualTo("aa`a");
        assertThat(proxy.hasFired(Direction.REQUESTS)).isTrue();
        assertThat(echo(connected(), "aaaa")).isEqualTo("aaaa");
    }

    @Test
    void aSegmentComesTwice() throws Exception {
        Socket client = connected();
        proxy.set(Direction.REQUESTS, new Fault.Duplicate(message -> true));
        send(client, "twice");
        assertThat(receive(client, 10)).isEqualTo("twicetwice");
        assertThat(echo(client, "once")).isEqualTo("once");
    }

    @Test
    void aCutHappensAtItsByteAndOnce() throws Exception {
        Socket client = connected();
        proxy.set(Direction.ANSWERS, new Fault.CutAt(3, Ending.CLOSE));
        assertThat(echo(client, "12345")).isEqualTo("123");
        connected();

        Socket other = connected();
        Socket bystander = connected();
        proxy.set(Direction.ANSWERS, new Fault.CutAt(3, Ending.RESET));
        send(other, "12345");
        assertThatThrownBy(() -> receive(other, 5)).isInstanceOf(SocketException.class);
        assertThat(echo(bystander, "12345")).isEqualTo("12345");
    }

    @Test
    void anAnswerIsCutOffAfterTheRequestWasDoneAndAllElseGoesWithIt() throws Exception {
        Socket client = connected();
        Socket bystander = connected();
        proxy.set(Direction.ANSWERS, new Fault.CutBefore(message -> true, Ending.RESET_ALL));
        assertThat(proxy.hasFired(Direction.ANSWERS)).isFalse();
        send(client, "done");
        assertReset(client);
        assertReset(bystander);
        assertThat(target.received()).endsWith("done");
        assertThat(proxy.hasFired(Direction.ANSWERS)).isTrue();
        connected();
    }

    @Test
    void messagesAreCutInTheMiddleHoweverTheyCome() throws Exception {
        // Messages of four bytes.
        try (FaultProxy framed = FaultProxy.before(target.port(), start -> 4);
                Socket client = new Socket(InetAddress.getLoopbackAddress(), framed.port())) {
            framed.set(Direction.REQUESTS, new Fault.CutInside(message -> message.get(0) == 'b', Ending.CLOSE));
            send(client, "aaa");
            send(client, "abbb");
            send(client, "b");
            Await.until("the cut", LONG, () -> target.ended() == 1);
            assertThat(target.received()).isEqualTo("aaaabb");
        }
    }

    @Test
    void messagesAreShownToWhoAsked() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        proxy.observe(
                Direction.REQUESTS,
                () -> message ->
                        seen.add(StandardCharsets.ISO_8859_1.decode(message).toString()));
        connected();
        Await.until("the message", LONG, () -> String.join("", seen).equals("hello"));
    }

    @Test
    void connectionsToComeGoToAnotherTarget() throws Exception {
        try (Echo other = new Echo()) {
            Socket before = connected();
            proxy.moveTo(other.port());
            connected();
            assertThat(other.accepted()).isOne();
            assertThat(echo(before, "stays")).isEqualTo("stays");
        }
    }

    @Test
    void closingFreesThePort() throws Exception {
        Socket client = connected();
        proxy.set(Door.SILENCE);
        Socket silent = connect();
        Await.until("accepted", LONG, () -> proxy.accepted() == 2);
        proxy.close();
        assertThat(receive(client, 1)).isEmpty();
        Await.until("the silent one is told", LONG, () -> isOver(silent));
        try (ServerSocket again = new ServerSocket()) {
            again.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()));
        }
    }

    private static boolean isOver(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException reset) {
            return true;
        }
    }

    /** Sends back what comes. */
    private static final class Echo implements AutoCloseable {
        private final ServerSocket listener;
        private final Thread acceptor;
        private final List<Socket> connections = new CopyOnWriteArrayList<>();
        private final List<Integer> ends = new CopyOnWriteArrayList<>();
        private final List<String> received = new CopyOnWriteArrayList<>();

        Echo() {
            try {
                listener = new ServerSocket();
                listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), PortPicker.pick()));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            acceptor = Thread.ofVirtual().start(this::accept);
        }

        int port() {
            return listener.getLocalPort();
        }

        int accepted() {
            return connections.size();
        }

        int ended() {
            return ends.size();
        }

        String received() {
            return String.join("", received);
        }

        private void accept() {
            try {
                while (true) {
                    Socket connection = listener.accept();
                    connections.add(connection);
                    Thread.ofVirtual().start(() -> serve(connection));
                }
            } catch (IOException closed) {
                // For good.
                return;
            }
        }

        private void serve(Socket connection) {
            byte[] buffer = new byte[1024];
            try (connection) {
                for (int n = connection.getInputStream().read(buffer);
                        n >= 0;
                        n = connection.getInputStream().read(buffer)) {
                    received.add(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
                    connection.getOutputStream().write(buffer, 0, n);
                }
            } catch (IOException e) {
                // The other side is gone.
                return;
            } finally {
                ends.add(connection.getPort());
            }
        }

        void closeConnections() throws IOException {
            for (Socket connection : connections) {
                connection.close();
            }
        }

        @Override
        public void close() throws IOException {
            listener.close();
            try {
                // The system goes on listening until the thread that accepts has noticed.
                acceptor.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            closeConnections();
        }
    }
}
