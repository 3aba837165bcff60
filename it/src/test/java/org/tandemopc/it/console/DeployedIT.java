package org.tandemopc.it.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.file.Path;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.it.dcom.Loopback;
import org.tandemopc.simulator.da.DaSimulatedServer;
import org.tandemopc.simulator.da.DaSimulatorSettings;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** A configuration on a machine that it was copied to: nothing of it is served until a person enables it there. */
@Timeout(120)
class DeployedIT {
    private static final String COPIED = "Plant.Copied.1";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    @Requirement(
            value = {
                "DEP-2", "DEP-3", "DEP-4", "DEP-6", "DEP-7", "DLG-6", "ENA-2", "ENA-4", "ENA-6", "MENU-8", "SV-2",
                "SV-4"
            },
            protocol = Protocol.UA)
    void aCopiedPairIsEnabledByARightClickAndAConfirmationAndLetsInAClientThatWasRefused() throws Exception {
        try (RunningConsole tandem =
                        new RunningConsole(folder, RunningConsole.Start.STRANGE, "copied", "other").withUser();
                Browser browser = new Browser();
                ConsolePage console = browser.page(tandem.address(), Look.LIGHT)) {
            console.login(RunningConsole.USER, RunningConsole.PASSWORD).pair("copied", "live");
            assertThat(console.line("copied").locator(".pairicon")).hasClass("pairicon disabled");
            assertThat(console.line("other").locator(".pairicon")).hasClass("pairicon disabled");
            String before = tandem.file();
            String endpoint = console.endpoint();
            UaReader client = new UaReader(endpoint);
            assertThatThrownBy(client::connect).isInstanceOf(UaException.class);

            console.rightClick("copied", "Enable Redundancy");
            assertThat(console.dialog()).containsText("Enable redundancy for 'copied'?");
            console.answer("Cancel").click();
            assertThat(console.line("copied").locator(".pairicon")).hasClass("pairicon disabled");

            console.rightClick("copied", "Enable Redundancy");
            assertThat(console.dialog()).containsText("lets clients in at " + endpoint);
            console.answer("Enable").click();
            assertThat(console.line("copied").locator(".pairicon")).hasClass("pairicon enabled");
            assertThat(console.line("copied")).containsText("Serving on primary");
            assertThat(console.line("other").locator(".pairicon")).hasClass("pairicon disabled");
            assertThat(console.page().title()).doesNotContain("[configuration is modified]");
            assertThat(tandem.file()).isEqualTo(before);

            Await.until("the same client is let in", RunningConsole.LONG, client::isLetIn);
            client.close();
        }
    }

    @Test
    @Timeout(180)
    @Requirement(
            value = {"DEP-1", "DEP-2", "DEP-3", "DEP-4", "DEP-5", "DEP-6", "ENA-6"},
            protocol = Protocol.DA)
    void aPairOfOpcDaThatIsCopiedToAServiceThatWasShutDownNeedsNothingButItsConfirmation() throws Exception {
        InetAddress door = Loopback.withFreePort135();
        DaSimulatorSettings first = DaSimulatorSettings.at(Loopback.withFreePort135());
        DaSimulatorSettings second = DaSimulatorSettings.at(Loopback.withFreePort135());
        String front = """
                opcda:
                  listen: %s:135
                  accounts:
                    - user: opc
                      password: Secret1!
                """.formatted(door.getHostAddress());
        try (DaSimulatedServer _ = DaSimulatedServer.start(first);
                DaSimulatedServer _ = DaSimulatedServer.start(second);
                RunningConsole tandem =
                        new RunningConsole(folder, RunningConsole.Start.STRANGE.with(front)).withUser();
                Browser browser = new Browser();
                ConsolePage console = browser.page(tandem.address(), Look.LIGHT)) {
            console.login(RunningConsole.USER, RunningConsole.PASSWORD);
            console.menu("File", "Exit and Shutdown");
            console.dialog().getByLabel("Clients may lose their servers now").check();
            console.answer("Shut down the service").click();
            assertThat(tandem.awaitEnd()).isZero();
            tandem.copyHere(tandem.file().replace("pairs: []", pairOf(first, second)));
            String copied = tandem.file();
            tandem.start();
            console.button("Log in").waitFor();
            console.login(RunningConsole.USER, RunningConsole.PASSWORD).pair(COPIED, "live");
            assertThat(console.line(COPIED).locator(".pairicon")).hasClass("pairicon disabled");

            console.rightClick(COPIED, "Enable Redundancy");
            assertThat(console.dialog()).containsText("nothing needs to be saved");
            console.answer("Enable").click();
            assertThat(console.line(COPIED)).containsText("Serving on primary");
            assertThat(tandem.file()).isEqualTo(copied);

            console.menu("Edit", "Add Redundant Server Configuration");
            console.dialog().getByText("OPC DA").click();
            console.answer("Browse for the primary server").click();
            console.dialog().getByLabel("Machine (Hostname or IP Address)").fill(door.getHostAddress());
            ConsolePage.within(console.dialog(), "User").fill("opc");
            ConsolePage.within(console.dialog(), "Password").fill("Secret1!");
            console.answer("Look for servers").click();
            assertThat(console.dialog().getByLabel("Servers")).containsText(COPIED);
        }
    }

    private static String pairOf(DaSimulatorSettings first, DaSimulatorSettings second) {
        return """
                pairs:
                  - name: %s
                    mode: hot
                    members:
                      - host: %s
                        clsid: %s
                        user: opc
                        password: Secret1!
                      - host: %s
                        clsid: %s
                        user: opc
                        password: Secret1!
                """.formatted(
                        COPIED,
                        first.addresses().getFirst().getHostAddress(),
                        first.clsid(),
                        second.addresses().getFirst().getHostAddress(),
                        second.clsid());
    }
}
