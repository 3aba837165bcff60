package org.tandemopc.it.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;
import jakarta.mail.internet.MimeMessage;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.client.Unnoticed;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.ServerProcess;

/**
 * What the manual leads its reader through, from a service without users and pairs to the mail that tells of the first
 * switch: everything that a person does is done in the browser, and everything else is real.
 */
@Timeout(180)
class StoryIT {
    private static final String PAIR = "plant1";
    private static final int PERIOD_MS = 100;
    private static final String TO_SECONDARY = "Promoted active connection for server '%s' to secondary machine '%s'.";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    @Requirement(
            value = {
                "ADD-2", "ADD-3", "ADD-4", "ADD-8", "ADD-9", "ADD-10", "DLG-1", "CON-7", "CON-8", "CON-10", "NOT-2",
                "NOT-8", "NOT-9", "NOT-11", "NOT-13", "NOT-15", "DIA-1", "DIA-2"
            },
            protocol = Protocol.UA)
    void aPairIsMadeInTheBrowserAndPeopleLearnOfTheDeathOfItsPrimaryWhileItsClientDoesNot() throws Exception {
        try (RunningConsole tandem = new RunningConsole(folder, RunningConsole.Start.STRANGE);
                MailServer mail = new MailServer();
                Browser browser = new Browser();
                ConsolePage console = browser.page(tandem.address(), Look.LIGHT)) {
            makeTheFirstUser(tandem, console);
            addThePair(tandem, console);
            tellByMail(tandem, console, mail);

            console.pair(PAIR, "live");
            assertThat(console.page().locator(".pairhead .pill").first()).containsText("Serving on primary");
            Locator healthy = console.card("Servers").getByText("Healthy");
            assertThat(healthy).hasCount(2);
            String url = console.endpoint();
            try (StreamClient client = StreamClient.connect(url);
                    ConsolePage second = browser.page(tandem.address(), Look.DARK)) {
                client.watchCounters(0, 5, StreamClient.Subscribing.NORMAL);
                second.login(RunningConsole.USER, RunningConsole.PASSWORD).pair(PAIR, "diagnostics");
                anotherClientIsNamedByItsEvent(second, url);

                tandem.primary().kill();

                bothPagesTellOfIt(console, second, tandem);
                client.awaitPresent(PERIOD_MS, RunningConsole.LONG);
                Unnoticed.values(client, PERIOD_MS);
                assertThat(console.card("Client sessions").locator("tbody tr")).hasCount(1);
            }
            mailTellsOfIt(mail, tandem.secondary());
        }
    }

    private static void makeTheFirstUser(RunningConsole tandem, ConsolePage console) {
        console.required("Token from setup.token").fill(tandem.setupToken());
        console.required("User").fill(RunningConsole.USER);
        console.page().locator("input[autocomplete=new-password]").nth(0).fill(RunningConsole.PASSWORD);
        console.page().locator("input[autocomplete=new-password]").nth(1).fill(RunningConsole.PASSWORD);
        console.button("Make the first user").click();
        console.page().locator("[data-live=true]").waitFor();
    }

    private static void addThePair(RunningConsole tandem, ConsolePage console) {
        console.text("Click here to add redundancy to a server.").first().click();
        browseFor(console, "primary", tandem.primary());
        browseFor(console, "secondary", tandem.secondary());
        assertThat(ConsolePage.within(console.dialog(), "Primary (Endpoint URL)"))
                .hasValue(tandem.primary().url());
        assertThat(ConsolePage.within(console.dialog(), "Secondary (Endpoint URL)"))
                .hasValue(tandem.secondary().url());
        Locator name = ConsolePage.within(console.dialog(), "Name (clients find the pair under it)");
        assertThat(name).hasValue("Tandem-simulator-A");
        name.fill(PAIR);
        console.choose(
                ConsolePage.within(console.dialog(), "Connection mode"),
                "Hot: Both machines, subscribe to items on both machines");
        console.answer("OK").click();

        assertThat(console.line(PAIR)).containsText("not saved yet");
        assertThat(console.field("Query server status interval (ms)")).hasValue("2500");
        assertThat(console.field("Query server status timeout (ms)")).hasValue("1000");
        assertThat(console.field("Always reconnect to primary machine upon availability"))
                .isChecked();
        assertThat(tandem.file()).doesNotContain(PAIR);
        console.field("Query server status interval (ms)").fill("12000");
        console.save();
        assertThat(tandem.file())
                .contains("name: " + PAIR)
                .contains(tandem.primary().url(), "statusInterval: 12000ms");
        assertThat(console.line(PAIR)).containsText("Serving on primary");
    }

    private static void browseFor(ConsolePage console, String which, ServerProcess server) {
        console.answer("Browse for the " + which + " server").click();
        console.dialog().getByLabel("Machine (Hostname or IP Address)").fill("127.0.0.1");
        ConsolePage.within(console.dialog(), "Port").fill(String.valueOf(server.port()));
        console.answer("Look for servers").click();
        Locator servers = console.dialog().getByLabel("Servers");
        assertThat(servers).containsText("Tandem simulator " + server.name());
        servers.getByRole(AriaRole.BUTTON)
                .filter(new Locator.FilterOptions().setHasText(server.url()))
                .click();
    }

    /** One event chosen, so that a mail more or less would show. */
    private static void tellByMail(RunningConsole tandem, ConsolePage console, MailServer mail) throws Exception {
        console.pair(PAIR, "notifications");
        console.field("Enable e-mail notifications").check();
        Locator primary = console.group("Primary SMTP");
        ConsolePage.within(primary, "Host name or IP address").fill("127.0.0.1");
        ConsolePage.within(primary, "Port").fill(String.valueOf(mail.port()));
        console.choose(ConsolePage.within(primary, "Security"), "None (in clear)");
        console.field("From").fill("tandem@plant.example");
        console.field("To").fill("bob@plant.example");
        console.field("Subject (optional)").fill("Plant 1 has switched");
        console.field("Header (optional)").fill("Hall 3");
        console.field("Footer (optional)").fill("Call 112.");
        console.button("Clear All").click();
        console.event(TO_SECONDARY).check();

        console.card("E-Mail Setup")
                .getByText("Test", new Locator.GetByTextOptions().setExact(true))
                .click();
        assertThat(console.said()).containsText("A test message was sent to all recipients");
        MimeMessage test = mail.await(1).getFirst();
        assertThat(test.getSubject()).isEqualTo("Plant 1 has switched");
        assertThat(tandem.file()).doesNotContain("bob@plant.example");

        console.save();
        assertThat(tandem.file()).contains("bob@plant.example").contains("PROMOTED_SECONDARY");
    }

    /** It wants its session closed sooner than the pair may notice that a server is silent. */
    private static void anotherClientIsNamedByItsEvent(ConsolePage diagnostics, String url) throws Exception {
        try (StreamClient hasty = StreamClient.connect(
                url, config -> config.setSessionName(() -> "HMI 3").setSessionTimeout(uint(1_000)))) {
            assertThat(hasty.readOnce()).isTrue();
            Locator event = diagnostics.page().locator(".eventrow[data-kind=SESSION_TIMEOUT_SHORT]");
            assertThat(event.locator(".c-process")).containsText("HMI 3 (127.0.0.1)");
        }
    }

    /** Neither page is loaded anew. */
    private static void bothPagesTellOfIt(ConsolePage live, ConsolePage diagnostics, RunningConsole tandem) {
        assertThat(live.page().locator(".pairhead .pill").first()).containsText("Serving on secondary");
        assertThat(live.line(PAIR)).containsText("Serving on secondary, no spare");
        Locator servers = live.card("Servers").locator("tbody tr");
        assertThat(servers.nth(0)).containsText("Down");
        assertThat(servers.nth(1)).containsText("Healthy");
        assertThat(servers.nth(1)).containsText("active");
        Locator switches = live.page().getByLabel("Timeline of switches");
        assertThat(switches.locator("tbody tr").first()).containsText("To secondary");
        assertThat(switches.locator("tbody tr").first()).containsText("connection was closed or reset");

        Locator lost =
                diagnostics.page().locator(".eventrow[data-kind=STATUS_LOST]").first();
        assertThat(lost.locator(".c-text"))
                .hasText(
                        "Unable to retrieve status for server '%s' on primary machine '%s'. Server communications has been lost."
                                .formatted(PAIR, tandem.primary().url()));
        Locator promoted =
                diagnostics.page().locator(".eventrow[data-kind=PROMOTED]").first();
        assertThat(promoted.locator(".c-text"))
                .hasText(TO_SECONDARY.formatted(PAIR, tandem.secondary().url()));
        assertThat(promoted.locator(".c-date")).hasText(Pattern.compile("\\d{4}-\\d\\d-\\d\\d"));
        assertThat(promoted.locator(".c-time")).hasText(Pattern.compile("\\d\\d:\\d\\d:\\d\\d\\.\\d{3}"));
        assertThat(promoted.locator(".c-process")).hasText("tandem");
    }

    private static void mailTellsOfIt(MailServer mail, ServerProcess secondary) throws Exception {
        List<MimeMessage> all = mail.await(2);
        assertThat(all).as("the test and the switch").hasSize(2);
        MimeMessage switched = all.getLast();
        assertThat(switched.getSubject()).isEqualTo("Plant 1 has switched");
        assertThat(switched.getFrom()[0]).hasToString("tandem@plant.example");
        assertThat(switched.getAllRecipients()[0]).hasToString("bob@plant.example");
        assertThat(MailServer.body(switched))
                .matches("Hall 3\n\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3} UTC  "
                        + Pattern.quote(TO_SECONDARY.formatted(PAIR, secondary.url())) + "\nCall 112\\.");
    }
}
