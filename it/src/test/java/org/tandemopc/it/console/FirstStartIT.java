package org.tandemopc.it.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** A service that nobody has logged in to yet, and one that goes away and comes back. */
@Timeout(180)
class FirstStartIT {
    private static final Duration BACK_WITHIN = Duration.ofSeconds(10);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    @Requirement({"UI-3", "ADM-2"})
    void theFirstUserIsMadeWithTheTokenAndAFreshConfigurationOffersToAddRedundancy() {
        try (RunningConsole tandem = new RunningConsole(folder);
                Browser browser = new Browser();
                ConsolePage console = browser.page(tandem.address(), Look.LIGHT)) {
            console.required("Token from setup.token").fill("not the token");
            console.required("User").fill(RunningConsole.USER);
            console.page().locator("input[autocomplete=new-password]").nth(0).fill(RunningConsole.PASSWORD);
            console.page().locator("input[autocomplete=new-password]").nth(1).fill(RunningConsole.PASSWORD);
            console.button("Make the first user").click();
            assertThat(console.page().locator(".notice.tone-bad")).isVisible();

            console.required("Token from setup.token").fill(tandem.setupToken());
            console.button("Make the first user").click();

            console.page().locator("[data-live=true]").waitFor();
            console.text("Click here to add redundancy to a server.").first().click();
            assertThat(console.dialog()).containsText("Add Redundant Server Configuration");
        }
    }

    @Test
    @Requirement({"ADM-6", "EVT-SVC"})
    void aLostServiceIsSaidAndTheConsoleIsBackWithinTenSecondsAfterIt() {
        loseAndFindAgain(new RunningConsole(folder, "plant1"), "plant1");
    }

    @Test
    @Requirement(value = "EVT-SVC", protocol = Protocol.DA)
    void aLostServiceIsSaidToWhoeverLooksAtAPairOfOpcDa() {
        loseAndFindAgain(
                new RunningConsole(folder, RunningConsole.Start.NORMAL, List.of("Plant.Server.1"), List.of()),
                "Plant.Server.1");
    }

    private static void loseAndFindAgain(RunningConsole running, String pair) {
        try (RunningConsole tandem = running.withUser();
                Browser browser = new Browser();
                ConsolePage console = browser.page(tandem.address(), Look.LIGHT)) {
            console.login(RunningConsole.USER, RunningConsole.PASSWORD);
            console.pair(pair, "general");
            console.field("Query server status interval (ms)").fill("900");
            console.awaitTitle("[configuration is modified]");

            tandem.kill();
            assertThat(console.page().locator(".banner")).containsText("Disconnected from the Tandem service");

            tandem.start();
            // Sessions end with the service: whoever comes back logs in again, and finds the draft.
            console.page()
                    .locator("[data-live=true], input[name=password]")
                    .first()
                    .waitFor(new com.microsoft.playwright.Locator.WaitForOptions()
                            .setTimeout((double) BACK_WITHIN.toMillis()));
            if (console.button("Log in").isVisible()) {
                console.login(RunningConsole.USER, RunningConsole.PASSWORD);
            }
            console.awaitTitle("[configuration is modified]");
        }
    }
}
