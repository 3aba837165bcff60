package org.tandemopc.it.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.PortPicker;

/** The tab Notifications: each of its fields, its list of events, and what its test says of mail servers of each kind. */
@Timeout(180)
class NotificationsTabIT {
    private static final String CONNECTED = "Connected to '%s' on primary machine '%s'.";
    private static final String FAILED = "Failed to connect to '%s' on secondary machine '%s' (Error = 0x%08X).";
    private static final String TO_SECONDARY = "Promoted active connection for server '%s' to secondary machine '%s'.";
    private static final String NONE = "None (in clear)";
    private static final String SENDER = "tandem@plant.example";

    @RegisterExtension
    static final OneConsole ONE = new OneConsole(
            folder -> new RunningConsole(folder, "form", "untouched", "chosen", "tried", "hung", "unheard"));

    private static ConsolePage open(String pair) {
        ConsolePage console = ONE.open();
        return console.pair(pair, "notifications");
    }

    private static void server(ConsolePage console, String which, String host, int port, String security) {
        Locator server = console.group(which + " SMTP");
        ConsolePage.within(server, "Host name or IP address").fill(host);
        ConsolePage.within(server, "Port").fill(String.valueOf(port));
        console.choose(ConsolePage.within(server, "Security"), security);
    }

    private static void account(ConsolePage console, String which, String user, String password) {
        Locator server = console.group(which + " SMTP");
        ConsolePage.within(server, "User").fill(user);
        ConsolePage.within(server, "Password").fill(password);
    }

    private static void sees(
            ConsolePage console, String which, String host, String port, String security, String user) {
        Locator server = console.group(which + " SMTP");
        assertThat(ConsolePage.within(server, "Host name or IP address")).hasValue(host);
        assertThat(ConsolePage.within(server, "Port")).hasValue(port);
        assertThat(ConsolePage.within(server, "Security")).hasValue(security);
        assertThat(ConsolePage.within(server, "User")).hasValue(user);
        assertThat(ConsolePage.within(server, "Password")).hasValue("is set");
    }

    private static void address(ConsolePage console, String to) {
        console.field("From").fill(SENDER);
        console.field("To").fill(to);
    }

    private static void test(ConsolePage console) {
        console.card("E-Mail Setup")
                .getByText("Test", new Locator.GetByTextOptions().setExact(true))
                .click();
    }

    /** Types lines as the hint says. */
    private static void type(Locator field, String... lines) {
        for (int i = 0; i < lines.length; i++) {
            if (i > 0) {
                field.press("Control+Enter");
            }
            field.pressSequentially(lines[i]);
        }
    }

    @Test
    @Requirement({"NOT-1", "NOT-2", "NOT-3", "NOT-5", "NOT-6", "NOT-7", "NOT-8", "NOT-9", "NOT-10", "NOT-15", "CV-1"})
    void everyFieldIsSavedAndReadBackAndCtrlEnterBeginsALineAsTheHintSays() {
        try (ConsolePage console = open("form")) {
            assertThat(console.field("Enable e-mail notifications")).not().isChecked();
            assertThat(console.text("Enter a newline between multiple addresses for the To field."))
                    .containsText("Ctrl-Enter to insert a newline for the To/Header/Footer fields.");
            console.field("Enable e-mail notifications").check();
            server(console, "Primary", "mail.plant.example", 2587, "STARTTLS");
            account(console, "Primary", "tandem", "first secret");
            assertThat(console.page().locator(".mantine-InputWrapper-error").first())
                    .containsText("Write the address that mails come from");
            server(console, "Secondary", "192.0.2.201", 2465, "TLS");
            account(console, "Secondary", "deputy", "second secret");
            console.field("From").fill(SENDER);
            type(console.field("To"), "bob@plant.example", "shift@plant.example", "eve@plant.example");
            console.field("Subject (optional)").fill("Look at hall 3");
            type(console.field("Header (optional)"), "Hall 3", "Line 4");
            type(console.field("Footer (optional)"), "Call 112.", "Then run.");
            assertThat(ONE.tandem().file()).doesNotContain("mail.plant.example");
            console.save();

            assertThat(ONE.tandem().file())
                    .contains("host: mail.plant.example", "port: 2587", "user: tandem", "password: \"first secret\"")
                    .contains("host: \"192.0.2.201\"", "port: 2465", "security: tls", "user: deputy")
                    .contains("password: \"second secret\"", "from: \"" + SENDER, "Look at hall 3")
                    .containsSubsequence("bob@plant.example", "shift@plant.example", "eve@plant.example")
                    .containsSubsequence("Hall 3", "Line 4")
                    .containsSubsequence("Call 112.", "Then run.");
            console.reload();
            console.pair("form", "notifications");
            assertThat(console.field("Enable e-mail notifications")).isChecked();
            sees(console, "Primary", "mail.plant.example", "2587", "STARTTLS", "tandem");
            sees(console, "Secondary", "192.0.2.201", "2465", "TLS", "deputy");
            assertThat(console.field("From")).hasValue(SENDER);
            assertThat(console.field("To")).hasValue("bob@plant.example\nshift@plant.example\neve@plant.example");
            assertThat(console.field("Subject (optional)")).hasValue("Look at hall 3");
            assertThat(console.field("Header (optional)")).hasValue("Hall 3\nLine 4");
            assertThat(console.field("Footer (optional)")).hasValue("Call 112.\nThen run.");
            console.pair("untouched", "notifications");
            assertThat(console.field("From")).hasValue("");

            console.pair("form", "notifications");
            console.field("Enable e-mail notifications").uncheck();
            console.save();
            assertThat(ONE.tandem().file()).contains("enabled: false").contains("host: mail.plant.example");
        }
    }

    @Test
    @Requirement({"NOT-11", "NOT-12", "NOT-15"})
    void eventsAreChosenOneByOneAllOrNone() {
        try (ConsolePage console = open("chosen")) {
            server(console, "Primary", "127.0.0.1", 2525, NONE);
            address(console, "bob@plant.example");
            Locator all = console.page().locator(".checks input");
            int count = all.count();
            assertThat(count).isGreaterThanOrEqualTo(20);
            Locator chosen = console.page().locator(".checks input:checked");
            assertThat(chosen).hasCount(count);

            console.button("Clear All").click();
            assertThat(chosen).hasCount(0);
            assertThat(console.text("0 of " + count)).isVisible();
            console.event(CONNECTED).check();
            console.event(FAILED).check();
            console.save();
            assertThat(ONE.tandem().file()).contains("CONNECTED_PRIMARY", "CONNECT_FAILED_SECONDARY");
            assertThat(ONE.tandem().file()).doesNotContain("CONNECTED_SECONDARY", "CONNECT_FAILED_PRIMARY");
            console.reload();
            console.pair("chosen", "notifications");
            assertThat(chosen).hasCount(2);
            assertThat(console.event(CONNECTED)).isChecked();
            assertThat(console.event(FAILED)).isChecked();

            console.button("Select All").click();
            assertThat(chosen).hasCount(count);
            console.save();
            assertThat(ONE.tandem().file()).doesNotContain("CONNECTED_PRIMARY");
            console.reload();
            console.pair("chosen", "notifications");
            assertThat(chosen).hasCount(count);
        }
    }

    /** One hangs while the others are tried: its test is begun first and looked at last. */
    @Test
    @Requirement({"NOT-2", "NOT-3", "NOT-6", "NOT-13"})
    void theTestTakesWhatIsWrittenTheSecondaryWhereThePrimaryRefusesAndSaysInWordsWhatFailed() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 20, InetAddress.getByName("127.0.0.1"));
                MailServer mail = new MailServer();
                ConsolePage hung = open("hung");
                ConsolePage console = open("tried")) {
            server(hung, "Primary", "127.0.0.1", silent.getLocalPort(), NONE);
            address(hung, "bob@plant.example");
            test(hung);

            server(console, "Primary", "127.0.0.1", mail.port(), NONE);
            address(console, "bob@tried.example\nshift@tried.example\neve@tried.example");
            test(console);
            assertThat(console.said()).containsText("sent to all recipients, through the primary SMTP server.");
            assertThat(mail.await(3))
                    .allSatisfy(one -> assertThat(recipients(one))
                            .containsExactly("bob@tried.example", "shift@tried.example", "eve@tried.example"));

            int refusing = PortPicker.pick();
            server(console, "Primary", "127.0.0.1", refusing, NONE);
            server(console, "Secondary", "127.0.0.1", mail.port(), NONE);
            test(console);
            assertThat(console.said()).containsText("sent to all recipients, through the secondary SMTP server.");
            assertThat(mail.await(6)).hasSize(6);

            int refusingToo = PortPicker.pick();
            server(console, "Secondary", "127.0.0.1", refusingToo, NONE);
            test(console);
            assertThat(console.said())
                    .containsText(
                            "The test failed. The test by mail failed: primary '127.0.0.1:%d': it refused the connection; secondary '127.0.0.1:%d': it refused the connection."
                                    .formatted(refusing, refusingToo));
            assertThat(console.said()).containsText("Look at the address, the security and the account.");
            assertThat(mail.messages()).hasSize(6);
            assertThat(ONE.tandem().file()).doesNotContain("tried.example");

            assertThat(hung.said())
                    .containsText("primary '127.0.0.1:%d': it did not answer in time".formatted(silent.getLocalPort()));
        }
    }

    private static String[] recipients(MimeMessage message) throws Exception {
        return Arrays.stream(message.getAllRecipients()).map(Object::toString).toArray(String[]::new);
    }

    @Test
    @Requirement(
            value = {"NOT-4", "NOT-11", "EVT-MAIL", "CON-10"},
            protocol = Protocol.UA)
    void aMailThatNoServerTakesIsDiscardedAndTheDiagnosticsSaySoOnce() throws IOException {
        try (ConsolePage console = open("unheard")) {
            int first = PortPicker.pick();
            int second = PortPicker.pick();
            server(console, "Primary", "127.0.0.1", first, NONE);
            server(console, "Secondary", "127.0.0.1", second, NONE);
            address(console, "bob@plant.example");
            console.button("Clear All").click();
            console.event(TO_SECONDARY).check();
            console.save();
            console.pair("unheard", "diagnostics");
            Locator discarded = console.page().locator(".eventrow[data-kind=NOTIFICATION_FAILED]");
            Locator promoted = console.page().locator(".eventrow[data-kind=PROMOTED]");
            assertThat(console.page().locator(".eventrow").first()).isVisible();
            int before = promoted.count();

            switchTo(console, "secondary");
            assertThat(discarded.locator(".c-text"))
                    .hasText(
                            "E-mail notification could not be sent through '127.0.0.1:%d' or '127.0.0.1:%d' and was discarded."
                                    .formatted(first, second));
            assertThat(discarded.locator(".unseen").first()).hasText("error");
            switchTo(console, "primary");
            assertThat(promoted).hasCount(before + 2);
            assertThat(promoted.first().locator(".c-text")).hasText(Pattern.compile(".*to primary machine.*"));
            assertThat(discarded).hasCount(1);
        }
    }

    private static void switchTo(ConsolePage console, String side) {
        assertThat(console.button("Switch to " + side)).isVisible();
        console.button("Switch to " + side).click();
        console.answer("Switch").click();
        assertThat(console.page().locator(".pairhead .pill").first()).containsText("Serving on " + side);
    }
}
