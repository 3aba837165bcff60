package org.tandemopc.it.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.sdk.client.DiscoveryClient;
import org.eclipse.milo.opcua.stack.core.types.structured.ApplicationDescription;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** What the manual says happens to clients and events, done in the browser, with clients that are connected meanwhile. */
@Timeout(180)
class ManualRowsIT {
    private static final String EVENTS = "Plant.Events.1";
    private static final String MAXIMUM = "Maximum number of events to capture";
    private static final String STARTED = "was enabled by 'start'";

    /** Each of them makes an event at least. */
    private static final String ORDERS = """
            async ([pair, times]) => {
              const session = await (await fetch('/api/v1/session')).json();
              for (let i = 0; i < times; i++) {
                for (const order of ['disable', 'enable']) {
                  const answer = await fetch(`/api/v1/pairs/${pair}/${order}`, {
                    method: 'POST',
                    headers: { 'X-Tandem-Csrf': session.csrf, 'Content-Type': 'application/json' },
                    body: '{}',
                  });
                  if (!answer.ok) {
                    throw new Error(`${order}: ${answer.status} ${await answer.text()}`);
                  }
                }
              }
            }""";

    /** A configuration, saved and in force. */
    private static final String APPLY = """
            async text => {
              const session = await (await fetch('/api/v1/session')).json();
              const answer = await fetch('/api/v1/configuration/apply', {
                method: 'POST',
                headers: { 'X-Tandem-Csrf': session.csrf, 'Content-Type': 'application/json' },
                body: JSON.stringify({ text }),
              });
              if (!answer.ok) {
                throw new Error(`${answer.status} ${await answer.text()}`);
              }
            }""";

    @RegisterExtension
    static final OneConsole ONE = new OneConsole(folder -> new RunningConsole(
            folder, RunningConsole.Start.NORMAL, List.of(EVENTS), List.of("stays", "boiler", "removed", "loaded")));

    /** A client of the pair that has read something. */
    private static UaReader clientOf(ConsolePage console, String pair) throws Exception {
        console.pair(pair, "live");
        assertThat(console.line(pair)).containsText("Serving on primary");
        assertThat(console.page().locator("h1")).hasText(pair);
        String url = console.endpoint();
        assertThat(url).endsWith("/" + pair);
        UaReader client = new UaReader(url);
        Await.until(pair + " lets a client in", RunningConsole.LONG, client::isLetIn);
        return client;
    }

    @Test
    @Requirement({"DIA-7", "DIA-8", "DIA-10"})
    void eventsAreKeptUpToTheMaximumThatIsSavedAndTheOldestGoFirst() {
        try (ConsolePage console = ONE.open()) {
            console.pair(EVENTS, "diagnostics");
            Locator maximum = console.field(MAXIMUM);
            assertThat(maximum).hasValue("5000");
            for (String wrong : new String[] {"999", "30001"}) {
                maximum.fill(wrong);
                assertThat(console.page().locator(".mantine-InputWrapper-error").first())
                        .containsText("1000");
                assertThat(console.page().locator(".tools")).containsText("not right yet");
            }
            Locator oldest =
                    console.page().locator(".eventrow").filter(new Locator.FilterOptions().setHasText(STARTED));
            console.field("Text in the event").fill(STARTED);
            assertThat(oldest.first()).isVisible();

            maximum.fill("1000");
            console.awaitTitle("[configuration is modified]");
            assertThat(ONE.tandem().file()).doesNotContain("maximumEvents");
            console.save();
            assertThat(ONE.tandem().file()).contains("maximumEvents: 1000");
            assertThat(oldest.first()).isVisible();

            console.page().evaluate(ORDERS, List.of(EVENTS, 550));

            console.reload();
            console.pair(EVENTS, "diagnostics");
            Locator events = console.page().locator(".eventrow");
            assertThat(events.filter(new Locator.FilterOptions().setHasText("was enabled by 'anna'"))
                            .first())
                    .isVisible();
            console.field("Text in the event").fill(STARTED);
            assertThat(events).hasCount(0);
        }
    }

    @Test
    @Requirement(
            value = {"ALI-1", "ALI-3", "ALI-6", "ALI-7", "ALI-8"},
            protocol = Protocol.UA)
    void anAliasOfOnesOwnWordsIsFoundAndServedBesideOtherPairsOfTheSameServers() throws Exception {
        try (ConsolePage console = ONE.open();
                UaReader other = clientOf(console, "stays");
                UaReader ofTheOldName = clientOf(console, "boiler")) {
            console.menu("Edit", "Alias Redundant Server Configuration");
            assertThat(console.dialog()).containsText("refer to the present name have to be changed to the new one");
            console.dialog().getByLabel("New name (ProgID)").fill("boiler.east");
            console.answer("OK").click();
            console.save();

            try (UaReader client = clientOf(console, "boiler.east")) {
                assertThat(ofTheOldName.isLetIn()).isFalse();
                assertThat(published(console.endpoint()))
                        .contains("boiler.east", "stays")
                        .doesNotContain("boiler");
                assertThat(client.reads()).isTrue();
                assertThat(other.reads()).isTrue();
            }
        }
    }

    /** The names under which a client that looks for servers finds the pairs. */
    private static List<String> published(String url) throws Exception {
        return DiscoveryClient.findServers(url.substring(0, url.lastIndexOf('/'))).get().stream()
                .flatMap(ManualRowsIT::urls)
                .map(each -> each.substring(each.lastIndexOf('/') + 1))
                .toList();
    }

    private static Stream<String> urls(ApplicationDescription application) {
        String[] urls = application.getDiscoveryUrls();
        return urls == null ? Stream.of() : Arrays.stream(urls);
    }

    @Test
    @Requirement(
            value = {"REM-1", "REM-2", "REM-3", "REM-4", "REM-5", "APP-3", "ADD-7"},
            protocol = Protocol.UA)
    void aRemovedPairIsServedUntilTheSaveShownUntilTheRefreshAndLeavesOtherClientsAlone() throws Exception {
        try (ConsolePage console = ONE.open();
                ConsolePage looking = ONE.open();
                UaReader other = clientOf(console, "stays");
                UaReader client = clientOf(console, "removed")) {
            String url = console.endpoint();
            looking.menu("Edit", "Add Redundant Server Configuration");
            looking.answer("Browse for the primary server").click();
            looking.dialog().getByLabel("Machine (Hostname or IP Address)").fill("127.0.0.1");
            ConsolePage.within(looking.dialog(), "Port")
                    .fill(String.valueOf(java.net.URI.create(url).getPort()));
            looking.answer("Look for servers").click();
            Locator servers = looking.dialog().getByLabel("Servers");
            assertThat(servers).containsText("/removed");
            assertThat(servers).containsText("/stays");

            console.page().locator(".tools").getByText("Remove").click();
            console.answer("Remove").click();
            assertThat(console.line("removed")).containsText("Is removed when you save");
            assertThat(client.reads()).isTrue();
            console.save();
            assertThat(console.line("removed")).hasCount(0);

            Await.until("its client is closed", RunningConsole.LONG, () -> !client.reads());
            assertThat(client.isLetIn()).isFalse();
            assertThat(other.reads()).isTrue();
            assertThat(servers).containsText("/removed");
            looking.answer("Refresh").click();
            assertThat(servers).not().containsText("/removed");
            assertThat(servers).containsText("/stays");
        }
    }

    @Test
    @Requirement(
            value = {"ENA-5", "ENA-6"},
            protocol = Protocol.UA)
    void redundancyGoesOffAndOnWithAClientConnectedThatNeedsNoRestartAndTheFileStaysAsItIs() throws Exception {
        try (ConsolePage console = ONE.open();
                UaReader client = clientOf(console, "loaded")) {
            String before = ONE.tandem().file();

            console.rightClick("loaded", "Disable Redundancy");
            console.answer("Disable").click();
            assertThat(console.line("loaded").locator(".pairicon")).hasClass("pairicon disabled");
            Await.until("its client is closed", RunningConsole.LONG, () -> !client.reads());
            assertThat(ONE.tandem().file()).isEqualTo(before).doesNotContain("enabled");

            console.rightClick("loaded", "Enable Redundancy");
            console.answer("Enable").click();
            assertThat(console.line("loaded").locator(".pairicon")).hasClass("pairicon enabled");
            Await.until("the same client is let in", RunningConsole.LONG, client::isLetIn);
            assertThat(ONE.tandem().file()).isEqualTo(before);
        }
    }

    @Test
    @Requirement({"ADD-1", "DEP-8"})
    void theWayToEachServerIsCheckedLegByLegAndWhatFailsHasItsRemedy() {
        try (ConsolePage console = ONE.open()) {
            console.pair("stays", "live");
            console.button("Check").click();
            assertThat(console.dialog()).containsText("Everything passed.");
            console.page().keyboard().press("Escape");
            assertThat(console.dialog()).hasCount(0);

            console.pair(EVENTS, "live");
            console.button("Check").click();
            assertThat(console.answer("Check again")).isEnabled();
            assertThat(console.dialog()).not().containsText("Everything passed.");
            assertThat(console.dialog().getByText("failed")).hasCount(2);
            assertThat(console.dialog().locator("td > div.tone-bad")).hasCount(2);
        }
    }

    @Test
    @Requirement(value = "ADM-3", protocol = Protocol.UA)
    void theConsoleIsTurnedOffAndLeftAndTheClientsOfThePairsDoNotNotice() throws Exception {
        ConsolePage console = ONE.open();
        try (UaReader client = clientOf(console, "stays")) {
            String before = ONE.tandem().file();
            String address = ONE.tandem().address();
            try (Page page = console.page().context().newPage()) {
                assertThat(page.navigate(address).status()).as("control").isEqualTo(200);
                apply(console, before.replace("rest:\n", "rest:\n  console: false\n"));
                try {
                    assertThat(page.navigate(address).status()).isEqualTo(404);
                    assertThat(page.locator("body")).containsText("console-off");
                    assertThat(console.line("stays")).containsText("Serving on primary");
                    assertThat(client.reads()).isTrue();
                } finally {
                    apply(console, before);
                }
                assertThat(page.navigate(address).status()).isEqualTo(200);
            }
            console.close();
            assertThat(client.reads()).isTrue();
        } finally {
            console.close();
        }
    }

    private static void apply(ConsolePage console, String text) {
        console.page().evaluate(APPLY, text);
    }

    @Test
    @Requirement(
            value = {"MENU-3", "ADM-1", "ADM-4", "ADM-5"},
            protocol = Protocol.UA)
    void exitAndShutdownClosesClientsAndEndsTheServiceAndAStartServesTheSamePairsAgain() throws Exception {
        try (ConsolePage console = ONE.open();
                UaReader client = clientOf(console, "stays")) {
            console.menu("File", "Exit and Shutdown");
            assertThat(console.dialog()).containsText("All clients are closed cleanly");
            assertThat(console.answer("Shut down the service")).isDisabled();
            console.dialog().getByLabel("Clients may lose their servers now").check();
            console.answer("Shut down the service").click();

            assertThat(ONE.tandem().awaitEnd()).isZero();
            assertThat(client.reads()).isFalse();

            ONE.tandem().start();
            console.button("Log in").waitFor();
            console.login(RunningConsole.USER, RunningConsole.PASSWORD);
            assertThat(console.line("stays")).containsText("Serving on primary");
            try (UaReader next = clientOf(console, "stays")) {
                assertThat(next.reads()).isTrue();
            }
        }
    }
}
