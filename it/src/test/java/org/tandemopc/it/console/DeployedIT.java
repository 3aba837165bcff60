package org.tandemopc.it.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** A configuration on a machine that it was copied to: nothing of it is served until a person enables it there. */
@Timeout(120)
class DeployedIT {
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
}
