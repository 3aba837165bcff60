package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.TandemRecord;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** People are told of a switch by mail, and no switch waits for a mail server. */
@Timeout(300)
class NotificationsIT {
    private static final Duration LONG = Duration.ofSeconds(90);

    /** Takes connections and says nothing; notes when each was given up. */
    private static final class SilentServer implements AutoCloseable {
        final List<Instant> accepted = new CopyOnWriteArrayList<>();
        final List<Instant> givenUp = new CopyOnWriteArrayList<>();
        private final ServerSocket server = new ServerSocket(0, 20, InetAddress.getByName("127.0.0.1"));

        SilentServer() throws IOException {
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        Socket socket = server.accept();
                        accepted.add(Instant.now());
                        Thread.ofVirtual().start(() -> hold(socket));
                    }
                } catch (IOException e) {
                    accepted.add(Instant.MAX);
                }
            });
        }

        private void hold(Socket socket) {
            try (socket) {
                socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
            } catch (IOException e) {
                // Reset: given up, too.
            } finally {
                givenUp.add(Instant.now());
            }
        }

        int port() {
            return server.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    @Test
    @Requirement(
            value = {"NOT-3", "NOT-14", "NOT-15", "CON-8", "CON-10", "S24", "APP-1"},
            protocol = Protocol.UA)
    void switchIsMailedByTheSecondaryServerAndDoesNotWaitForThePrimaryThatHangs() throws Exception {
        GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        mail.start();
        try (SilentServer silent = new SilentServer();
                PairUnderTest pair = PairUnderTest.start(Mode.HOT)) {
            pair.awaitReady();
            String text = pair.tandem().configuration();
            assertThat(pair.tandem()
                            .apply(text
                                    + notifications(
                                            silent.port(), mail.getSmtp().getPort())))
                    .containsExactly("CHANGE_SETTINGS plant false");
            Await.until("the mail about it hangs", LONG, () -> !silent.accepted.isEmpty());

            pair.server(0).kill();
            pair.awaitServing(1);
            TandemRecord promoted = pair.tandem().newestRecords(PairUnderTest.NAME, 200).stream()
                    .filter(record -> record.kind().equals("PROMOTED"))
                    .findFirst()
                    .orElseThrow();
            Await.until(
                    "the switch is mailed",
                    LONG,
                    () -> bodies(mail).anyMatch(body -> body.contains("Promoted active connection")));

            assertThat(Instant.parse(promoted.at()))
                    .as("switched while the mail hung")
                    .isBefore(silent.givenUp.getFirst());
            String body = bodies(mail)
                    .filter(one -> one.contains("Promoted active connection"))
                    .findFirst()
                    .orElseThrow();
            assertThat(body.replace("\r\n", "\n").stripTrailing())
                    .startsWith("Hall 3\n")
                    .contains("  " + promoted.text() + "\n")
                    .endsWith("Call 112.");
            assertThat(pair.tandem().records(PairUnderTest.NAME, "NOTIFICATION_FAILED"))
                    .isEmpty();
        } finally {
            mail.stop();
        }
    }

    /** The pair is the last one of the file: what is appended is its own. */
    private static String notifications(int primary, int secondary) {
        return """
                    notifications:
                      smtp:
                        primary: { host: 127.0.0.1, port: %d, security: none }
                        secondary: { host: 127.0.0.1, port: %d, security: none }
                      from: tandem@plant.example
                      to: [bob@plant.example]
                      header: Hall 3
                      footer: Call 112.
                """.formatted(primary, secondary);
    }

    private static Stream<String> bodies(GreenMail mail) {
        return Arrays.stream(mail.getReceivedMessages()).map(NotificationsIT::decoded);
    }

    private static String decoded(jakarta.mail.internet.MimeMessage message) {
        try {
            return message.getContent().toString();
        } catch (IOException | jakarta.mail.MessagingException e) {
            throw new AssertionError(GreenMailUtil.getWholeMessage(message), e);
        }
    }
}
