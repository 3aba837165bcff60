package org.tandemopc.it.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.net.InetAddress;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.tandemopc.dcom.Guid;
import org.tandemopc.it.dcom.Loopback;
import org.tandemopc.simulator.da.DaSimulatedServer;
import org.tandemopc.simulator.da.DaSimulatorSettings;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Servers and items are found by looking, and what is picked stands in the form: before real servers of both protocols. */
@Timeout(180)
class BrowsersIT {
    private static final String DA_USER = "opc";
    private static final String DA_PASSWORD = "Secret1!";
    private static final String ADDED = "Tandem.Added.1";
    private static final Guid ADDED_CLASS = Guid.of("3c1f4f6e-5d0a-4b7e-8a43-2f6a90d1e0aa");

    /** Where this Tandem is found by clients of OPC DA. */
    private static final InetAddress DOOR = Loopback.withFreePort135();

    private static final String DOOR_OF_DA = """
            opcda:
              listen: %s:135
              accounts:
                - user: %s
                  password: %s
            """.formatted(DOOR.getHostAddress(), DA_USER, DA_PASSWORD);

    @RegisterExtension
    static final OneConsole ONE = new OneConsole(
            folder -> new RunningConsole(folder, RunningConsole.Start.NORMAL.with(DOOR_OF_DA), "watched"));

    private static void openAddDialog(ConsolePage console) {
        console.menu("Edit", "Add Redundant Server Configuration");
        assertThat(console.dialog()).containsText("Add Redundant Server Configuration");
    }

    @Test
    @Requirement(
            value = {"DLG-1", "DLG-2", "ADD-3"},
            protocol = Protocol.UA)
    void serversOfADiscoveryServerAreListedRefreshedAndPickedAndMachinesThatItKnowsAreOffered() {
        try (DiscoveryServer discovery = new DiscoveryServer();
                ConsolePage console = ONE.open()) {
            discovery.register(ONE.tandem().primary());
            discovery.hear("opc.tcp://scada-7.plant.example:4840");
            discovery.hear("opc.tcp://127.0.0.77:4840/line");
            openAddDialog(console);
            console.answer("Browse for the primary server").click();
            Locator machine = console.dialog().getByLabel("Machine (Hostname or IP Address)");
            machine.fill("127.0.0.1");
            ConsolePage.within(console.dialog(), "Port").fill(String.valueOf(discovery.port()));
            console.answer("Look for servers").click();
            Locator servers = console.dialog().getByLabel("Servers");
            assertThat(servers).containsText("Line A");
            assertThat(endpoint(servers, ONE.tandem().primary().url())).isVisible();
            assertThat(servers).not().containsText("Line B");

            discovery.register(ONE.tandem().secondary());
            console.answer("Refresh").click();
            assertThat(servers).containsText("Line B");
            discovery.unregister(ONE.tandem().primary());
            console.answer("Refresh").click();
            assertThat(servers).not().containsText("Line A");

            Locator machines = console.dialog().getByLabel("Machines");
            assertThat(machines).containsText("localhost");
            assertThat(machines).not().containsText("scada-7");
            console.answer("Look for machines").click();
            assertThat(machines).containsText("scada-7.plant.example");
            endpoint(servers, ONE.tandem().secondary().url()).click();
            assertThat(ConsolePage.within(console.dialog(), "Primary (Endpoint URL)"))
                    .hasValue(ONE.tandem().secondary().url());
            assertThat(ConsolePage.within(console.dialog(), "Name (clients find the pair under it)"))
                    .hasValue("Line-B");

            console.answer("Browse for the secondary server").click();
            machine.fill("127.0.0.1");
            ConsolePage.within(console.dialog(), "Port").fill(String.valueOf(discovery.port()));
            console.answer("Look for servers").click();
            assertThat(servers).containsText("Line B");
            console.answer("Look for machines").click();
            console.answer("127.0.0.77").click();
            assertThat(machine).hasValue("127.0.0.77");
            assertThat(ConsolePage.within(console.dialog(), "Port")).hasValue("");
            assertThat(servers).hasCount(0);
            assertThat(console.answer("Look for servers")).isVisible();
        }
    }

    private static Locator endpoint(Locator servers, String url) {
        return servers.getByRole(AriaRole.BUTTON).filter(new Locator.FilterOptions().setHasText(url));
    }

    @Test
    @Requirement(value = "DLG-1", protocol = Protocol.UA)
    void aMachineWithoutServersIsSaidWithWhatToDo() {
        try (ConsolePage console = ONE.open()) {
            openAddDialog(console);
            console.answer("Browse for the primary server").click();
            console.dialog().getByLabel("Machine (Hostname or IP Address)").fill("127.0.0.78");
            ConsolePage.within(console.dialog(), "Port").fill("9");
            console.answer("Look for servers").click();
            assertThat(console.dialog()).containsText("opc.tcp://127.0.0.78:9 gives no list of servers");
            assertThat(console.dialog()).containsText("name another port");
        }
    }

    @Test
    @Requirement(
            value = {"DLG-5", "MON-6", "MON-7", "MON-20"},
            protocol = Protocol.UA)
    void anItemOfTheLiveServerIsPickedFromItsTreeAndItsTestIsSeenOnceSaved() {
        try (ConsolePage console = ONE.open()) {
            console.pair("watched", "monitoring");
            console.button("Add…").click();
            console.dialog().getByLabel("Browse for an item").click();
            Locator tree = console.dialog().getByLabel("Items of the server");
            unfold(tree, "Simulator");
            unfold(tree, "watchdog");
            assertThat(item(tree, "watchdog/1")).isVisible();
            unfold(tree, "counter");
            console.dialog().getByLabel("Filter items").fill("counter/3");
            assertThat(item(tree, "watchdog/1")).hasCount(0);
            item(tree, "counter/3").click();
            assertThat(console.field("Item ID")).hasValue("nsu=urn:tandemopc:simulator;s=counter/3");
            assertThat(console.field("Data Type").first()).hasValue("Int64");
            assertThat(tree).hasCount(0);

            console.choose(console.field("Trigger Condition").first(), "No item data changes for a given time (ms)");
            console.field("Update Rate (ms)").fill("500");
            console.field("Trigger Data (ms)").fill("5000");
            console.answer("OK").click();
            Locator row = console.page().locator("table.plain tbody tr").first();
            assertThat(row).containsText("not saved yet");
            console.save();
            assertThat(ONE.tandem().file()).contains("nsu=urn:tandemopc:simulator;s=counter/3", "dataType: Int64");
            Locator state = console.page().getByLabel("State of the test");
            assertThat(state.getByText("Test passed")).hasCount(2);
            assertThat(row.getByText("good")).hasCount(2);
        }
    }

    private static void unfold(Locator tree, String name) {
        tree.getByRole(
                        AriaRole.BUTTON,
                        new Locator.GetByRoleOptions().setName(name).setExact(true))
                .click();
    }

    private static Locator item(Locator tree, String name) {
        return tree.getByRole(AriaRole.BUTTON)
                .filter(new Locator.FilterOptions()
                        .setHas(tree.page().getByText(name, new Page.GetByTextOptions().setExact(true))));
    }

    @Test
    @Requirement(
            value = {"DLG-1", "DLG-3", "ADD-3", "ADD-6", "ADD-7", "ADD-9", "REM-6"},
            protocol = Protocol.DA)
    void aServerOfAnOpcEnumIsPickedAndItsPairHasTheLocalConfigurationThatIsAskedForUntilItIsRemoved() throws Exception {
        DaSimulatorSettings here = DaSimulatorSettings.at(Loopback.withFreePort135());
        DaSimulatorSettings there =
                DaSimulatorSettings.at(Loopback.withFreePort135()).withClass(ADDED_CLASS, ADDED);
        DaSimulatedServer first = DaSimulatedServer.start(here);
        try (ConsolePage console = ONE.open();
                DaSimulatedServer _ = DaSimulatedServer.start(there)) {
            openAddDialog(console);
            console.dialog().getByText("OPC DA").click();
            console.answer("Browse for the primary server").click();
            console.dialog().getByLabel("Machine (Hostname or IP Address)").fill(host(here));
            ConsolePage.within(console.dialog(), "User").fill(DA_USER);
            ConsolePage.within(console.dialog(), "Password").fill(DA_PASSWORD);
            console.answer("Look for servers").click();
            Locator servers = console.dialog().getByLabel("Servers");
            assertThat(servers).containsText("Tandem.SimulatedDA.1");
            assertThat(servers).containsText("DA 1.0, 2.05a, 3.0");

            first.close();
            first = DaSimulatedServer.start(here.withClass(ADDED_CLASS, ADDED));
            console.answer("Refresh").click();
            assertThat(servers).containsText(ADDED);
            assertThat(servers).not().containsText("Tandem.SimulatedDA.1");
            endpoint(servers, ADDED).click();

            Locator dialog = console.dialog();
            assertThat(ConsolePage.within(dialog, "Primary (Hostname or IP Address)"))
                    .hasValue(host(here));
            assertThat(ConsolePage.within(dialog, "ProgID on the primary")).hasValue(ADDED);
            assertThat(ConsolePage.within(dialog, "ProgID on the secondary")).hasValue(ADDED);
            assertThat(ConsolePage.within(dialog, "ProgID (name for clients)")).hasValue(ADDED);
            ConsolePage.within(dialog, "Secondary (Hostname or IP Address)").fill(host(there));
            console.answer("OK").click();
            asksForTheLocalConfiguration(console, "No");
            assertThat(console.line(ADDED)).hasCount(0);

            console.answer("OK").click();
            asksForTheLocalConfiguration(console, "Yes");
            assertThat(console.line(ADDED)).containsText("not saved yet");
            assertThat(ONE.tandem().file()).doesNotContain(ADDED);
            console.save();
            assertThat(ONE.tandem().file())
                    .contains("name: " + ADDED, "progId: " + ADDED)
                    .containsPattern("host: \"?" + Pattern.quote(host(here)))
                    .containsPattern("host: \"?" + Pattern.quote(host(there)))
                    .containsIgnoringCase(ADDED_CLASS.toString());
            assertThat(console.line(ADDED)).containsText("Serving on primary");
            itemsOfItAreBrowsedToo(console);
            isFoundHereUntilItIsRemoved(console);
        } finally {
            first.close();
        }
    }

    private static void itemsOfItAreBrowsedToo(ConsolePage console) {
        console.pair(ADDED, "monitoring");
        console.button("Add…").click();
        console.dialog().getByLabel("Browse for an item").click();
        Locator tree = console.dialog().getByLabel("Items of the server");
        assertThat(tree.getByRole(AriaRole.BUTTON).first()).isVisible();
    }

    /** By whoever looks at this machine for servers. */
    private static void isFoundHereUntilItIsRemoved(ConsolePage console) {
        try (ConsolePage looking = ONE.open()) {
            openAddDialog(looking);
            looking.dialog().getByText("OPC DA").click();
            looking.answer("Browse for the primary server").click();
            looking.dialog().getByLabel("Machine (Hostname or IP Address)").fill(DOOR.getHostAddress());
            ConsolePage.within(looking.dialog(), "User").fill(DA_USER);
            ConsolePage.within(looking.dialog(), "Password").fill(DA_PASSWORD);
            looking.answer("Look for servers").click();
            assertThat(looking.dialog().getByLabel("Servers")).containsText(ADDED);

            console.page().keyboard().press("Escape");
            assertThat(console.dialog()).hasCount(0);
            console.page().locator(".tools").getByText("Remove").click();
            console.answer("Remove").click();
            console.save();
            assertThat(console.line(ADDED)).hasCount(0);
            assertThat(ONE.tandem().file()).doesNotContain(ADDED).doesNotContainIgnoringCase(ADDED_CLASS.toString());
            looking.answer("Refresh").click();
            assertThat(looking.dialog()).not().containsText(ADDED);
        }
    }

    private static void asksForTheLocalConfiguration(ConsolePage console, String answer) {
        Locator asked = console.page()
                .getByRole(AriaRole.DIALOG, new Page.GetByRoleOptions().setName("Make the local configuration?"));
        assertThat(asked)
                .containsText(
                        "Would you like to automatically create the necessary configuration for '" + ADDED + "'?");
        asked.getByText(answer, new Locator.GetByTextOptions().setExact(true)).click();
        assertThat(asked).hasCount(0);
    }

    private static String host(DaSimulatorSettings settings) {
        InetAddress address = settings.addresses().getFirst();
        return address.getHostAddress();
    }
}
