package org.tandemopc.service.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.Message;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tandemopc.core.config.MemberConfig.Account;
import org.tandemopc.core.config.Secret;
import org.tandemopc.core.config.SmtpSecurity;
import org.tandemopc.core.config.SmtpServer;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Requirement;

@Timeout(120)
class MailChannelTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private MailChannel channel(SmtpServer primary, SmtpServer... secondary) {
        return channel(Peers.usual(new PeerTrust(folder.resolve("trusted"))), primary, secondary);
    }

    private static MailChannel channel(Peers peers, SmtpServer primary, SmtpServer... secondary) {
        return new MailChannel(Mails.config(primary, secondary), peers);
    }

    private static GreenMail greenMail(String protocol) {
        GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", protocol));
        mail.start();
        return mail;
    }

    private static int port(GreenMail mail, String protocol) {
        return protocol.equals(ServerSetup.PROTOCOL_SMTPS)
                ? mail.getSmtps().getPort()
                : mail.getSmtp().getPort();
    }

    @Test
    @Requirement({"NOT-2", "NOT-5", "NOT-6", "NOT-7", "NOT-8", "NOT-9", "CON-10"})
    void mailHasSenderRecipientsSubjectHeaderEventAndFooter() throws Exception {
        GreenMail mail = greenMail(ServerSetup.PROTOCOL_SMTP);
        try {
            assertThat(channel(Mails.plain(port(mail, ServerSetup.PROTOCOL_SMTP)))
                            .send(Mails.batch("Es ist geschehen: ü €.")))
                    .isEqualTo("primary");

            MimeMessage[] received = mail.getReceivedMessages();
            assertThat(received).hasSize(Mails.TO.size());
            MimeMessage one = received[0];
            assertThat(one.getFrom()[0]).hasToString("tandem@plant.example");
            assertThat(Arrays.stream(one.getRecipients(Message.RecipientType.TO))
                            .map(Object::toString))
                    .containsExactlyElementsOf(Mails.TO);
            assertThat(one.getSubject()).isEqualTo("Störung in Halle 3");
            assertThat(one.getHeader("Auto-Submitted")).containsExactly("auto-generated");
            // The last line end may belong to the end of the message (RFC 5321, 4.1.1.4).
            assertThat(one.getContent().toString().replace("\r\n", "\n").stripTrailing())
                    .isEqualTo("Kopf\n2026-12-01 00:00:05.000 UTC  Es ist geschehen: ü €.\nFuß");
        } finally {
            mail.stop();
        }
    }

    @Test
    @Requirement("LIM-11")
    void loginIsMadeOverTls() throws Exception {
        TestKeys keys = TestKeys.make(folder, "ip:127.0.0.1");
        keys.trusted(folder.resolve("trusted"));
        System.setProperty("greenmail.tls.keystore.file", keys.store.toString());
        System.setProperty("greenmail.tls.keystore.password", TestKeys.PASSWORD);
        GreenMail mail = greenMail(ServerSetup.PROTOCOL_SMTPS);
        try {
            mail.setUser("bob@home.net", "tandem", "pass-word");
            int port = port(mail, ServerSetup.PROTOCOL_SMTPS);

            assertThat(channel(Mails.secured(port, SmtpSecurity.TLS)).send(Mails.batch("It happened.")))
                    .isEqualTo("primary");
            assertThat(mail.getReceivedMessages()).isNotEmpty();
            SmtpServer wrong =
                    new SmtpServer("127.0.0.1", port, SmtpSecurity.TLS, new Account("tandem", new Secret("no-word")));
            assertThatThrownBy(() -> channel(wrong).send(Mails.batch("It happened.")))
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("it refused the login")
                    .hasMessageNotContaining("no-word");
        } finally {
            mail.stop();
        }
    }

    @Test
    @Requirement("LIM-11")
    void startTlsComesBeforeLoginAndMail() throws Exception {
        TestKeys keys = TestKeys.make(folder, "ip:127.0.0.1");
        keys.trusted(folder.resolve("trusted"));
        try (ScriptedSmtpServer server = new ScriptedSmtpServer(keys.context())) {
            channel(Mails.secured(server.port(), SmtpSecurity.STARTTLS)).send(Mails.batch("It happened."));

            assertThat(server.taken).hasSize(1);
            List<String> commands =
                    server.lines.stream().map(line -> line.split("[ :]")[0]).toList();
            assertThat(commands).startsWith("EHLO", "STARTTLS", "EHLO", "AUTH", "MAIL", "RCPT", "RCPT", "RCPT", "DATA");
        }
    }

    /** Somebody on the way who takes the offer out must not get the password. */
    @Test
    @Requirement("LIM-11")
    void withoutStartTlsNothingIsSent() throws Exception {
        TestKeys keys = TestKeys.make(folder, "ip:127.0.0.1");
        try (ScriptedSmtpServer server = new ScriptedSmtpServer(keys.context()).withoutStartTls()) {
            assertThatThrownBy(() -> channel(Mails.secured(server.port(), SmtpSecurity.STARTTLS))
                            .send(Mails.batch("It happened.")))
                    .hasMessageContaining("it offers no STARTTLS");
            assertThat(server.lines).noneMatch(line -> line.startsWith("AUTH") || line.startsWith("MAIL"));
        }
    }

    @Test
    @Requirement("LIM-11")
    void certificateThatIsNotTrustedGetsNothing() throws Exception {
        TestKeys keys = TestKeys.make(folder, "ip:127.0.0.1");
        try (ScriptedSmtpServer server = new ScriptedSmtpServer(keys.context())) {
            assertThatThrownBy(() -> channel(Mails.secured(server.port(), SmtpSecurity.STARTTLS))
                            .send(Mails.batch("It happened.")))
                    .hasMessageContaining("its certificate is not trusted: put it, or that of its authority, into");
            assertThat(server.lines).noneMatch(line -> line.startsWith("AUTH") || line.startsWith("MAIL"));
        }
    }

    @Test
    @Requirement("LIM-11")
    void certificateOfAnotherNameGetsNothing() throws Exception {
        TestKeys keys = TestKeys.make(folder, "dns:other.example");
        keys.trusted(folder.resolve("trusted"));
        try (ScriptedSmtpServer server = new ScriptedSmtpServer(keys.context())) {
            assertThatThrownBy(() -> channel(Mails.secured(server.port(), SmtpSecurity.STARTTLS))
                            .send(Mails.batch("It happened.")))
                    .hasMessageContaining("its certificate is not of that name");
            assertThat(server.lines).noneMatch(line -> line.startsWith("AUTH") || line.startsWith("MAIL"));
        }
    }

    static Stream<Arguments> failures() {
        return ScriptedSmtpServer.STEPS.stream()
                .flatMap(step -> Stream.of(
                                ScriptedSmtpServer.CLOSE,
                                "421 closing",
                                "450 greylisted",
                                "451 local error",
                                "452 full",
                                "500 what",
                                "503 no",
                                "535 login",
                                "550 no such user",
                                "552 too much",
                                "554 refused")
                        .map(what -> Arguments.of(step, what)));
    }

    /** S24: whatever the primary does, the secondary gets the mail, once; alone, it is a failure that names its number. */
    @ParameterizedTest
    @MethodSource("failures")
    @Requirement({"S24", "NOT-3", "NOT-4"})
    void whatThePrimaryDoesNotTakeTheSecondaryGets(String step, String what) throws Exception {
        try (ScriptedSmtpServer primary = new ScriptedSmtpServer().at(step, what);
                ScriptedSmtpServer secondary = new ScriptedSmtpServer()) {
            String text = what.length() > 3 ? what.substring(4) : what;

            assertThat(channel(Mails.plain(primary.port()), Mails.plain(secondary.port()))
                            .send(Mails.batch("It happened.")))
                    .isEqualTo("secondary");
            assertThat(secondary.taken).hasSize(1);
            assertThat(secondary.taken.getFirst()).contains("<bob@home.net>", "<john@xyz.com>", "<mary@xyz.com>");
            assertThat(primary.taken).isEmpty();
            assertThatThrownBy(() -> channel(Mails.plain(primary.port())).send(Mails.batch("It happened.")))
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("127.0.0.1:" + primary.port())
                    .satisfies(e -> {
                        if (!what.equals(ScriptedSmtpServer.CLOSE)) {
                            assertThat(e)
                                    .hasMessageContaining(what.substring(0, 3))
                                    .hasMessageNotContaining(text);
                        }
                    });
        }
    }

    @Test
    @Requirement({"NOT-3", "S24"})
    void serverThatIsNotThereIsNotWaitedFor() throws Exception {
        int nobody;
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            nobody = gone.getLocalPort();
        }
        try (ScriptedSmtpServer secondary = new ScriptedSmtpServer()) {
            assertThat(channel(Mails.plain(nobody), Mails.plain(secondary.port()))
                            .send(Mails.batch("It happened.")))
                    .isEqualTo("secondary");
            assertThatThrownBy(() -> channel(Mails.plain(nobody)).send(Mails.batch("It happened.")))
                    .hasMessageContaining("it refused the connection");
        }
    }

    @Test
    @Requirement({"NOT-6", "S24"})
    void recipientThatThePrimaryRefusesIsTriedAtTheSecondaryAndTheOthersAreNotTroubledTwice() throws Exception {
        try (ScriptedSmtpServer primary = new ScriptedSmtpServer().at("RCPT TO:<john@xyz.com>", "550 unknown");
                ScriptedSmtpServer secondary = new ScriptedSmtpServer()) {
            assertThat(channel(Mails.plain(primary.port()), Mails.plain(secondary.port()))
                            .send(Mails.batch("It happened.")))
                    .isEqualTo("secondary");

            assertThat(primary.taken.getFirst()).startsWith("<bob@home.net> <mary@xyz.com>\n");
            assertThat(secondary.taken.getFirst()).startsWith("<john@xyz.com>\n");
            assertThat(messageId(primary)).isEqualTo(messageId(secondary));
            assertThatThrownBy(() -> channel(Mails.plain(primary.port())).send(Mails.batch("It happened.")))
                    .hasMessageContaining("it refused 1 of 3 recipients");
        }
    }

    private static String messageId(ScriptedSmtpServer server) {
        return server.taken
                .getFirst()
                .lines()
                .filter(line -> line.startsWith("Message-ID:"))
                .findFirst()
                .orElseThrow();
    }

    /** A line of a header that is a dot would end the mail (RFC 5321, 4.5.2); what follows would be commands. */
    @Test
    void lineOfADotEndsNothing() throws Exception {
        try (ScriptedSmtpServer server = new ScriptedSmtpServer()) {
            MailChannel dots = new MailChannel(
                    new org.tandemopc.core.config.MailConfig(
                            Mails.plain(server.port()),
                            java.util.Optional.empty(),
                            "tandem@plant.example",
                            Mails.TO,
                            "x",
                            "a\n.\nMAIL FROM:<eve@evil.example>\n.b",
                            ""),
                    Peers.usual(new PeerTrust(folder)));

            dots.send(Mails.batch("from 'a\r\n.\r\nRSET'"));

            assertThat(server.taken).hasSize(1);
            assertThat(server.taken.getFirst().lines()).contains("..", "..b", "MAIL FROM:<eve@evil.example>");
            assertThat(server.lines).noneMatch(line -> line.startsWith("RSET") || line.contains("evil"));
        }
    }

    /** A mail that was taken is not sent again because the server does not say goodbye. */
    @Test
    void serverThatHangsAfterTheMailHasTakenIt() throws Exception {
        try (ScriptedSmtpServer primary = new ScriptedSmtpServer().at("QUIT", ScriptedSmtpServer.HANG);
                ScriptedSmtpServer secondary = new ScriptedSmtpServer()) {
            assertThat(channel(Mails.plain(primary.port()), Mails.plain(secondary.port()))
                            .send(Mails.batch("It happened.")))
                    .isEqualTo("primary");
            assertThat(secondary.connections).hasValue(0);
        }
    }

    static Stream<String> steps() {
        return ScriptedSmtpServer.STEPS.stream();
    }

    /** S24: it accepts and says nothing. Time-outs end it; the secondary gets the mail. */
    @ParameterizedTest
    @MethodSource("steps")
    @Requirement({"S24", "NOT-14"})
    void serverThatHangsIsGivenUp(String step) throws Exception {
        try (ScriptedSmtpServer primary = new ScriptedSmtpServer().at(step, ScriptedSmtpServer.HANG);
                ScriptedSmtpServer secondary = new ScriptedSmtpServer()) {
            Peers hasty = new Peers(
                    new PeerTrust(folder), Duration.ofSeconds(5), Duration.ofMillis(300), Duration.ofSeconds(60));
            assertThat(channel(hasty, Mails.plain(primary.port()), Mails.plain(secondary.port()))
                            .send(Mails.batch("It happened.")))
                    .isEqualTo("secondary");
            assertThat(primary.hanging).hasValue(1);
            assertThat(secondary.taken).hasSize(1);
        }
    }

    /** Each of its octets comes in time, and the whole never: the attempt as a whole has an end. */
    @Test
    @Requirement({"S24", "I9"})
    void serverThatDripsIsGivenUp() throws Exception {
        try (ScriptedSmtpServer server = new ScriptedSmtpServer().at("EHLO", ScriptedSmtpServer.DRIP)) {
            Peers hasty = new Peers(
                    new PeerTrust(folder), Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofMillis(500));

            assertThatThrownBy(() -> channel(hasty, Mails.plain(server.port())).send(Mails.batch("It happened.")))
                    .hasMessageContaining("it was not done within 500 ms");
            Await.until("its connection is closed", Duration.ofSeconds(10), () -> server.lines.contains("ended"));
        }
    }

    /** It answers without end: neither memory nor time go with it. */
    @Test
    @Requirement("I9")
    void answerWithoutEndIsCutOff() throws Exception {
        try (ScriptedSmtpServer server =
                new ScriptedSmtpServer().at("EHLO", "250-" + "x".repeat(PeerSocket.BYTES_MAX + 1))) {
            assertThatThrownBy(() -> channel(Mails.plain(server.port())).send(Mails.batch("It happened.")))
                    .isInstanceOf(DeliveryException.class);
        }
    }

    @Test
    void linkLocalAddressesAreRefused() throws IOException {
        for (String host : List.of("169.254.169.254", "fe80::1", "224.0.0.1")) {
            assertThatThrownBy(() -> channel(new SmtpServer(host, 25, SmtpSecurity.NONE, null))
                            .send(Mails.batch("It happened.")))
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("to which Tandem sends nothing");
        }
    }
}
