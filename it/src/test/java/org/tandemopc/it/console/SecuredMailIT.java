package org.tandemopc.it.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.stack.core.util.SelfSignedCertificateBuilder;
import org.eclipse.milo.opcua.stack.core.util.SelfSignedCertificateGenerator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.TestProcess;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A mail server of another maker (aiosmtpd) that takes mails over TLS and after a login only: what an engineer sees until all is right, and
 * the mail of a switch then.
 */
@Timeout(180)
class SecuredMailIT {
    private static final String USER = "tandem";
    private static final String MAIL = "MAIL ";
    private static final String PASSWORD = "pass wörd 1";

    @RegisterExtension
    static final OneConsole ONE = new OneConsole(folder -> new RunningConsole(folder, "starttls", "tls"));

    private static String certificate = "";

    @BeforeAll
    static void makeCertificate() throws Exception {
        KeyPair keys = SelfSignedCertificateGenerator.generateRsaKeyPair(2048);
        X509Certificate made = new SelfSignedCertificateBuilder(keys)
                .setCommonName("mail of the plant")
                .setApplicationUri("urn:plant:mail")
                .addIpAddress("127.0.0.1")
                .build();
        certificate = pem("CERTIFICATE", made.getEncoded());
        Files.writeString(
                ONE.tandem().folder().resolve("mail.pem"),
                certificate + pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
    }

    private static String pem(String what, byte[] der) {
        return "-----BEGIN %s-----%n%s%n-----END %s-----%n"
                .formatted(what, Base64.getMimeEncoder().encodeToString(der), what);
    }

    @ParameterizedTest
    @CsvSource({"starttls, STARTTLS", "tls, TLS"})
    @Requirement(
            value = {"NOT-2", "NOT-13", "EVT-MAIL", "CON-10"},
            protocol = Protocol.UA)
    void nothingIsSentUntilItIsTrustedAndTheLoginFitsAndThenSwitchesAreMailed(String kind, String security)
            throws IOException {
        Path trusted = ONE.tandem().folder().resolve("data/pki/notifications");
        Files.deleteIfExists(trusted.resolve("mail.crt"));
        try (TestProcess mail = TestProcess.start(
                        "mail server",
                        ONE.tandem().folder().resolve("mail-errors.txt"),
                        List.of(
                                "/usr/bin/python3",
                                "mail-peers/smtp_server.py",
                                kind,
                                ONE.tandem().folder().resolve("mail.pem").toString(),
                                USER,
                                PASSWORD));
                ConsolePage console = ONE.open()) {
            String port = mail.awaitLine("PORT ", RunningConsole.LONG).substring("PORT ".length());
            console.pair(kind, "notifications");
            Locator server = console.group("Primary SMTP");
            ConsolePage.within(server, "Host name or IP address").fill("127.0.0.1");
            ConsolePage.within(server, "Port").fill(port);
            console.choose(ConsolePage.within(server, "Security"), security);
            ConsolePage.within(server, "User").fill(USER);
            ConsolePage.within(server, "Password").fill("a guess");
            console.field("From").fill("tandem@plant.example");
            console.field("To").fill("bob@plant.example");

            test(console);
            assertThat(console.said())
                    .containsText(
                            "primary '127.0.0.1:%s': its certificate is not trusted: put it, or that of its authority, into pki/notifications in the data folder"
                                    .formatted(port));
            Files.createDirectories(trusted);
            Files.writeString(trusted.resolve("mail.crt"), certificate);
            test(console);
            assertThat(console.said())
                    .containsText("primary '127.0.0.1:%s': it refused the login (535)".formatted(port));
            ConsolePage.within(server, "Password").fill(PASSWORD);
            test(console);
            assertThat(console.said()).containsText("sent to all recipients, through the primary SMTP server.");
            assertThat(console.said()).not().containsText("failed");
            JsonNode tried = awaitMail(mail, "");
            assertThat(tried.get("secured").asBoolean()).isTrue();
            assertThat(tried.get("user").asString()).isEqualTo(USER);

            console.save();
            console.button("Switch to secondary").click();
            console.answer("Switch").click();
            assertThat(console.page().locator(".pairhead .pill").first()).containsText("Serving on secondary");
            JsonNode told =
                    awaitMail(mail, "Promoted active connection for server '%s' to secondary machine".formatted(kind));
            assertThat(told.get("secured").asBoolean()).isTrue();
            assertThat(told.get("from").asString()).isEqualTo("tandem@plant.example");
            assertThat(told.get("to").toString()).isEqualTo("[\"bob@plant.example\"]");
        }
    }

    private static void test(ConsolePage console) {
        console.card("E-Mail Setup")
                .getByText("Test", new Locator.GetByTextOptions().setExact(true))
                .click();
    }

    /** The first one that says so. */
    private static JsonNode awaitMail(TestProcess server, String text) {
        Await.until(
                "a mail with '" + text + "'",
                RunningConsole.LONG,
                () -> mails(server, text).findFirst().isPresent());
        return mails(server, text).findFirst().orElseThrow();
    }

    private static Stream<JsonNode> mails(TestProcess server, String text) {
        return server.output().stream()
                .filter(line -> line.startsWith(MAIL))
                .map(line -> JsonMapper.shared().readTree(line.substring(MAIL.length())))
                .filter(mail -> mail.get("text").asString().contains(text));
    }
}
