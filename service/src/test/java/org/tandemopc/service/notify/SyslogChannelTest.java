package org.tandemopc.service.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.config.SyslogConfig;
import org.tandemopc.core.notify.Batch;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Requirement;

@Timeout(60)
@Requirement("LIM-11")
class SyslogChannelTest {
    private static final Batch TWO = new Batch(
            List.of(Mails.notice(1, RecordKind.STRANDED, "one"), Mails.notice(2, RecordKind.ENABLED, "zwölf")),
            0,
            List.of());

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private SyslogChannel channel(String host, int port, SyslogConfig.Transport protocol) {
        return new SyslogChannel(
                new SyslogConfig(host, port, protocol, SyslogConfig.Facility.LOCAL0),
                Peers.usual(new PeerTrust(folder.resolve("trusted"))));
    }

    @Test
    void eachEventIsADatagram() throws Exception {
        try (DatagramSocket receiver = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
            receiver.setSoTimeout(10_000);
            channel("127.0.0.1", receiver.getLocalPort(), SyslogConfig.Transport.UDP)
                    .send(TWO);

            assertThat(datagram(receiver))
                    .startsWith("<131>1 2026-12-01T00:00:05.000Z ")
                    .endsWith("\uFEFFone");
            assertThat(datagram(receiver))
                    .startsWith("<134>1 ")
                    .contains(" ENABLED ")
                    .endsWith("\uFEFFzwölf");
        }
    }

    private static String datagram(DatagramSocket receiver) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
        receiver.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }

    @Test
    void overTcpEachHasItsLength() throws Exception {
        try (ServerSocket receiver = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            CompletableFuture<byte[]> all = received(receiver);
            channel("127.0.0.1", receiver.getLocalPort(), SyslogConfig.Transport.TCP)
                    .send(TWO);

            assertFramed(all.get(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void overTlsTheCertificateMustBeTrusted() throws Exception {
        TestKeys keys = TestKeys.make(folder, "ip:127.0.0.1");
        try (ServerSocket receiver =
                keys.context().getServerSocketFactory().createServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            CompletableFuture<byte[]> nothing = received(receiver);
            SyslogChannel channel = channel("127.0.0.1", receiver.getLocalPort(), SyslogConfig.Transport.TLS);
            assertThatThrownBy(() -> channel.send(TWO)).hasMessageStartingWith("its certificate is not trusted: ");
            assertThat(nothing.get(10, TimeUnit.SECONDS)).isEmpty();

            keys.trusted(folder.resolve("trusted"));
            CompletableFuture<byte[]> all = received(receiver);
            channel.send(TWO);
            assertFramed(all.get(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void nobodyThereIsAFailure() throws Exception {
        int nobody;
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            nobody = gone.getLocalPort();
        }
        assertThatThrownBy(() ->
                        channel("127.0.0.1", nobody, SyslogConfig.Transport.TCP).send(TWO))
                .hasMessage("it refused the connection");
        assertThatThrownBy(() ->
                        channel("169.254.1.1", 514, SyslogConfig.Transport.UDP).send(TWO))
                .hasMessageContaining("to which Tandem sends nothing");
    }

    /** It takes the connection, and then reads nothing: neither what is sent, nor the begin of TLS. */
    @ParameterizedTest
    @EnumSource(
            value = SyslogConfig.Transport.class,
            names = {"TCP", "TLS"})
    void serverThatTakesConnectionsAndThenNothingEndsInTime(SyslogConfig.Transport protocol) throws Exception {
        try (StalledServer server = new StalledServer()) {
            Peers impatient = new Peers(
                    new PeerTrust(folder.resolve("trusted")),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(3));
            SyslogChannel channel = new SyslogChannel(
                    new SyslogConfig("127.0.0.1", server.port(), protocol, SyslogConfig.Facility.LOCAL0), impatient);
            Batch much = new Batch(
                    Collections.nCopies(10_000, Mails.notice(1, RecordKind.STRANDED, "x".repeat(1_500))), 0, List.of());

            assertThatThrownBy(() -> channel.send(much))
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("not done within 3000 ms");
            Await.until("it has the connection", Duration.ofSeconds(10), () -> server.count() == 1);
            assertThat(server.isLeft()).as("its connection is closed").isTrue();
        }
    }

    private static void assertFramed(byte[] all) {
        int at = 0;
        for (String end : List.of("\uFEFFone", "\uFEFFzwölf")) {
            int blank = at;
            while (all[blank] != ' ') {
                blank++;
            }
            int length = Integer.parseInt(new String(all, at, blank - at, StandardCharsets.US_ASCII));
            assertThat(new String(all, blank + 1, length, StandardCharsets.UTF_8))
                    .startsWith("<13")
                    .endsWith(end);
            at = blank + 1 + length;
        }
        assertThat(at).isEqualTo(all.length);
    }

    /** Everything that the next connection brings; nothing where it breaks. */
    private static CompletableFuture<byte[]> received(ServerSocket receiver) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (Socket socket = receiver.accept()) {
                        return socket.getInputStream().readAllBytes();
                    } catch (IOException e) {
                        return new byte[0];
                    }
                },
                runnable -> Thread.ofVirtual().start(runnable));
    }
}
