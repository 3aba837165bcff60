package org.tandemopc.it.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** What people do with the console, each against a running Tandem. The pairs of the tests are their own. */
@Timeout(180)
class ConsoleIT {
    private static final String MODIFIED = "[configuration is modified]";
    private static final String DA = "Plant.Server.1";

    @RegisterExtension
    static final OneConsole ONE = new OneConsole(folder -> new RunningConsole(
            folder,
            RunningConsole.Start.NORMAL,
            List.of(DA),
            List.of("seen", "switched", "general", "monitored", "events", "renamed", "removed", "twice")));

    @Test
    @Requirement({"UI-1", "SV-1", "SV-3", "CV-1"})
    void everyPairIsListedAndTheChosenOneHasFourTabsOfSettings() {
        try (ConsolePage console = ONE.open()) {
            assertThat(console.line("seen")).isVisible();
            assertThat(console.line("twice")).isVisible();
            console.line("seen").click();
            for (String tab : new String[] {"General", "Monitoring", "Diagnostics", "Notifications"}) {
                Locator it = console.page()
                        .getByRole(AriaRole.TAB, new com.microsoft.playwright.Page.GetByRoleOptions().setName(tab));
                it.click();
                assertThat(it).hasAttribute("aria-selected", "true");
            }
            console.pair("switched", "general");
            assertThat(console.page().locator("h1")).hasText("switched");
        }
    }

    @Test
    void scriptsAndStylesComeCompressedAndThoseOfOtherViewsBeforeTheyAreWanted() {
        try (ConsolePage console = ONE.open()) {
            List<Response> files = new CopyOnWriteArrayList<>();
            console.page().onResponse(files::add);
            console.page().reload();

            // The overview needs no settings.
            console.page()
                    .waitForCondition(
                            () -> files.stream().anyMatch(each -> each.url().contains("/assets/rest-")));
            List<Response> large = files.stream()
                    .filter(each -> each.url().matches(".*/assets/.*\\.(?:js|css)"))
                    .toList();
            assertThat(large).hasSizeGreaterThanOrEqualTo(3);
            assertThat(large).allMatch(each -> "gzip".equals(each.headerValue("content-encoding")), "compressed");
        }
    }

    @Test
    void somethingIsSeenInTheRightColoursBeforeTheScriptIsThere() {
        try (ConsolePage console = ONE.page(Look.DARK)) {
            console.page().route("**/assets/index-*.js", Route::abort);
            console.page().reload();

            assertThat(console.page().locator("h1")).hasText("Tandem");
            assertThat(console.page().locator("#root")).containsText("Connecting");
            assertThat(console.page().locator("html")).hasAttribute("data-mantine-color-scheme", "dark");
        }
    }

    @Test
    @Requirement("SV-3")
    void whoGoesFromPairToPairSeesNothingOfTheOneBefore() {
        try (ConsolePage console = ONE.open()) {
            console.pair("seen", "live");
            assertThat(console.card("Client sessions")).containsText(console.endpoint());
            console.card("Switches").getByText("7 d").click();
            assertThat(console.card("Switches").getByRole(AriaRole.RADIO).nth(2))
                    .isChecked();
            String before = console.endpoint();

            console.line("twice").click();

            assertThat(console.card("Client sessions")).containsText("twice");
            assertThat(console.page().locator("#main")).not().containsText(before);
            assertThat(console.card("Switches")).isVisible();
            assertThat(console.card("Switches").getByRole(AriaRole.RADIO).nth(1))
                    .isChecked();
        }
    }

    @Test
    @Requirement("UI-2")
    void f1ShowsTheTopicOfEachTab() {
        try (ConsolePage console = ONE.open()) {
            for (String tab : new String[] {"live", "general", "monitoring", "diagnostics", "notifications"}) {
                console.pair("seen", tab);
                assertThat(console.page().locator("#tab-" + tab)).hasAttribute("aria-selected", "true");
                console.page().keyboard().press("F1");
                assertThat(console.dialog())
                        .containsText(
                                tab,
                                new com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions()
                                        .setIgnoreCase(true));
                assertThat(console.page()
                                .locator("[data-help-panel='console." + tab + "']")
                                .first())
                        .isAttached();
                console.page().keyboard().press("Escape");
                assertThat(console.dialog()).hasCount(0);
            }
        }
    }

    @Test
    @Requirement(
            value = {"SV-2", "ENA-1", "ENA-2", "ENA-3", "ENA-4", "MENU-8"},
            protocol = Protocol.UA)
    void enablingAndDisablingTurnsTheIconAtOnceAndIsNoChangeOfTheConfiguration() {
        try (ConsolePage console = ONE.open()) {
            Locator icon = console.line("switched").locator(".pairicon");
            console.pair("switched", "live");
            assertThat(icon).hasClass("pairicon enabled");

            console.button("Disable").click();
            assertThat(console.dialog()).containsText("no change of the configuration");
            console.answer("Disable").click();
            assertThat(icon).hasClass("pairicon disabled");

            console.button("Enable").click();
            console.answer("Enable").click();
            assertThat(icon).hasClass("pairicon enabled");
            assertThat(console.page().title()).doesNotContain(MODIFIED);
        }
    }

    @Test
    @Requirement(
            value = {"SV-4"},
            protocol = Protocol.UA)
    void aPersonSwitchesAfterReadingWhatWillHappenAndTheTimelineSaysWhy() {
        try (ConsolePage console = ONE.open()) {
            console.pair("seen", "live");
            assertThat(console.page().locator(".pairhead .pill").first()).containsText("Serving on primary");
            console.page().locator(".pairhead").getByText("Switch to secondary").click();
            assertThat(console.dialog()).containsText("Writes that are under way may end with \"outcome unknown\"");
            console.answer("Switch").click();
            assertThat(console.page().locator(".pairhead .pill").first()).containsText("Serving on secondary");
            Locator switches = console.page().getByLabel("Timeline of switches");
            assertThat(switches).containsText("To secondary");
            assertThat(switches).containsText("ordered by a person");
            assertThat(switches).containsText(RunningConsole.USER);

            console.line("seen")
                    .click(new Locator.ClickOptions().setButton(com.microsoft.playwright.options.MouseButton.RIGHT));
            Locator menu = console.page().getByRole(AriaRole.MENU);
            assertThat(menu).containsText("Disable Redundancy");
            assertThat(menu).not().containsText("Enable Redundancy");
            assertThat(menu).containsText("Alias Redundant Server Configuration");
            assertThat(menu).not().containsText("Unalias");
            assertThat(menu).containsText("Switch to Primary");
            console.page().keyboard().press("Escape");
        }
    }

    @Test
    @Requirement(
            value = {"DLG-7", "MENU-1", "TB-1", "APP-1", "APP-2", "MODE-ALL1", "GEN-7", "GEN-10", "CV-1"},
            protocol = Protocol.UA)
    void aChangedSettingIsADraftUntilItIsSavedAndThenStandsInTheFile() {
        try (ConsolePage console = ONE.open()) {
            console.pair("general", "general");
            Locator interval = console.field("Query server status interval (ms)");
            assertThat(interval).hasValue("2500");
            assertThat(console.field("Connection mode").first())
                    .hasValue("Hot: Both machines, subscribe to items on both machines");
            interval.fill("700");
            console.awaitTitle(MODIFIED);
            assertThat(ONE.tandem().file()).doesNotContain("700ms");

            interval.fill("2500");
            console.awaitTitleWithout(MODIFIED);

            interval.fill("700");
            console.awaitTitle(MODIFIED);
            console.save();
            assertThat(ONE.tandem().file()).contains("statusInterval: 700ms").contains("# kept by every save");
            assertThat(interval).hasValue("700");
            console.pair("seen", "general");
            assertThat(console.field("Query server status interval (ms)")).hasValue("2500");
        }
    }

    @Test
    @Requirement({"GEN-7", "MODE-C7"})
    void whatIsNotRightIsSaidAtItsFieldAndColdModeHasNoFailback() {
        try (ConsolePage console = ONE.open()) {
            console.pair("general", "general");
            console.field("Primary (Endpoint URL)").fill("http://elsewhere");
            assertThat(console.page().locator(".mantine-InputWrapper-error").first())
                    .containsText("opc.tcp://");
            assertThat(console.page().locator(".tools")).containsText("not right yet");
            console.page().locator(".tools").getByText("Discard").click();
            console.answer("Discard").click();
            console.awaitTitleWithout(MODIFIED);

            console.field("Connection mode").first().click();
            console.page()
                    .getByRole(
                            AriaRole.OPTION,
                            new com.microsoft.playwright.Page.GetByRoleOptions().setName("Cold: Active machine only"))
                    .click();
            assertThat(console.field("Always reconnect to primary machine upon availability"))
                    .isDisabled();
            console.page().locator(".tools").getByText("Discard").click();
            console.answer("Discard").click();
        }
    }

    @Test
    @Requirement(
            value = {"MON-1", "MON-14", "DLG-5", "MON-20"},
            protocol = Protocol.UA)
    void aMonitorItemIsAddedWithItsTriggerDataAdjustedAndItsTestIsSeenLive() {
        try (ConsolePage console = ONE.open()) {
            console.pair("monitored", "monitoring");
            console.button("Add…").click();
            console.field("Item ID").fill("i=2258");
            console.field("Trigger Condition").first().click();
            console.page()
                    .getByRole(
                            AriaRole.OPTION,
                            new com.microsoft.playwright.Page.GetByRoleOptions()
                                    .setName("No item data changes for a given time (ms)"))
                    .click();
            console.field("Update Rate (ms)").fill("1000");
            console.field("Trigger Data (ms)").fill("500");
            console.answer("OK").click();
            assertThat(console.dialog().last()).containsText("500 ms was adjusted to 2000 ms");
            console.page()
                    .getByRole(
                            AriaRole.DIALOG,
                            new com.microsoft.playwright.Page.GetByRoleOptions().setName("Trigger data was adjusted"))
                    .getByText("OK", new Locator.GetByTextOptions().setExact(true))
                    .click();
            Locator row = console.page().locator("table.plain tbody tr").first();
            assertThat(row).containsText("i=2258");
            assertThat(row).containsText("No item data changes for a given time (ms)");
            assertThat(row).containsText("2000");
            console.save();
            assertThat(ONE.tandem().file()).contains("time: 2000ms");
            assertThat(console.page().getByLabel("State of the test")).containsText("Test passed");

            console.button("Delete").click();
            console.answer("Delete").click();
            console.save();
            assertThat(ONE.tandem().file()).doesNotContain("i=2258");
        }
    }

    @Test
    @Requirement(
            value = {"DIA-1", "DIA-3", "DIA-4", "DIA-5", "DIA-6", "DIA-9"},
            protocol = Protocol.UA)
    void eventsAreShownFilteredSavedAndReset() throws Exception {
        try (ConsolePage console = ONE.open()) {
            console.pair("events", "diagnostics");
            Locator events = console.page().locator(".eventrow");
            Locator connected =
                    events.filter(new Locator.FilterOptions().setHasText("Connected to 'events' on primary machine"));
            assertThat(connected.first()).isVisible();
            assertThat(connected.first().locator(".c-time"))
                    .hasText(java.util.regex.Pattern.compile("\\d\\d:\\d\\d:\\d\\d\\.\\d{3}"));
            assertThat(connected.first().locator(".c-text"))
                    .hasAttribute("title", java.util.regex.Pattern.compile("Connected to 'events'.*"));
            assertThat(console.page().locator(".log-path"))
                    .containsText(ONE.tandem().folder().toString());

            console.field("Text in the event").fill("secondary machine");
            assertThat(events.filter(new Locator.FilterOptions().setHasText("on primary machine")))
                    .hasCount(0);
            assertThat(events.first()).containsText("secondary machine");
            console.button("All events").click();

            Download file = console.page().waitForDownload(() -> {
                console.button("Save As…").click();
                console.page()
                        .getByRole(
                                AriaRole.MENUITEM, new com.microsoft.playwright.Page.GetByRoleOptions().setName("Text"))
                        .click();
            });
            assertThat(Files.readString(file.path())).contains("Connected to 'events' on primary machine");

            console.button("Reset").click();
            console.answer("Reset").click();
            assertThat(connected).hasCount(0);
            Path log = Path.of(console.page().locator(".log-path").innerText());
            Await.until("the log on the disk is empty", Duration.ofSeconds(20), () -> kept(log) < 500);
        }
    }

    /** Bytes of the records on the disk; what was put aside lies in a folder beside them, and the pair's journal is no record. */
    private static long kept(Path log) {
        try (var segments = Files.list(log)) {
            return segments.filter(f -> f.getFileName().toString().startsWith("records"))
                    .mapToLong(f -> f.toFile().length())
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @Requirement(
            value = {"ALI-2", "ALI-4", "ALI-5", "ALI-9", "UNA-1", "DLG-4", "MENU-6", "MENU-7", "SV-4"},
            protocol = Protocol.UA)
    void aPairIsPublishedUnderAnAliasAndUnderItsOwnNameAgain() {
        aliasAndBack("renamed");
    }

    @Test
    @Requirement(
            value = {"ALI-2", "ALI-4", "ALI-5", "ALI-9", "UNA-1", "DLG-4", "MENU-6", "MENU-7", "MODE-ALL1"},
            protocol = Protocol.DA)
    void aPairOfOpcDaIsPublishedUnderAnAliasAndUnderItsOwnNameAgain() {
        try (ConsolePage console = ONE.open()) {
            console.pair(DA, "general");
            assertThat(console.field("Connection mode").first())
                    .hasValue("Hot: Both machines, subscribe to items on both machines");
        }
        aliasAndBack(DA);
    }

    private void aliasAndBack(String pair) {
        String alias = pair + ".Alias1";
        try (ConsolePage console = ONE.open()) {
            console.line(pair).click();
            console.menu("Edit", "Alias Redundant Server Configuration");
            Locator name = console.dialog().getByLabel("New name (ProgID)");
            assertThat(name).hasValue(alias);
            name.fill("a<b");
            assertThat(console.dialog()).containsText("cannot include the characters <, > and &");
            name.fill(alias);
            console.answer("OK").click();
            assertThat(console.line(pair)).containsText(alias);
            console.save();
            assertThat(console.line(alias)).isVisible();

            console.line(alias).click();
            console.menu("Edit", "Unalias Redundant Server Configuration");
            console.save();
            assertThat(console.line(pair)).isVisible();
            assertThat(console.line(alias)).hasCount(0);
        }
    }

    @Test
    @Requirement(
            value = {
                "ADD-2", "ADD-4", "ADD-5", "ADD-8", "ADD-9", "MENU-4", "TB-2", "UNA-2", "SV-5", "REM-1", "REM-4",
                "MENU-5", "TB-3"
            },
            protocol = Protocol.UA)
    void aSecondPairOfTheSameNameNeedsAnAliasAndRunsFromTheSaveOn() {
        try (ConsolePage console = ONE.open()) {
            console.page().locator(".tools").getByText("Add").click();
            console.field("Primary (Endpoint URL)").fill(ONE.tandem().primary().url());
            console.field("Secondary (Endpoint URL)")
                    .fill(ONE.tandem().secondary().url());
            console.field("Name (clients find the pair under it)").fill("twice");
            assertThat(console.dialog()).containsText("twice.Alias1");
            console.answer("OK").click();
            assertThat(console.line("twice.Alias1")).containsText("not saved yet");
            assertThat(console.field("Query server status interval (ms)")).hasValue("2500");
            assertThat(ONE.tandem().file()).doesNotContain("twice.Alias1");
            console.save();
            assertThat(ONE.tandem().file()).contains("twice.Alias1");
            assertThat(console.line("twice.Alias1").locator(".pairicon")).hasClass("pairicon enabled");

            console.menu("Edit", "Unalias Redundant Server Configuration");
            assertThat(console.said()).containsText("'twice' is in use by another pair");
            console.said().locator(".tone-bad").getByText("Close").click();
            assertThat(console.said()).not().containsText("'twice' is in use by another pair");
            console.rightClick("twice.Alias1", "Unalias Redundant Server Configuration");
            assertThat(console.said()).containsText("'twice' is in use by another pair");
            assertThat(console.line("twice.Alias1")).isVisible();

            console.page().locator(".tools").getByText("Remove").click();
            console.answer("Remove").click();
            assertThat(console.line("twice.Alias1")).containsText("Is removed when you save");
            assertThat(ONE.tandem().file()).contains("twice.Alias1");
            console.page().locator(".tools").getByText("Save").click();
            console.answer("Save").click();
            assertThat(console.line("twice.Alias1")).hasCount(0);
            assertThat(ONE.tandem().file()).doesNotContain("twice.Alias1");
        }
    }

    @Test
    @Requirement({"MENU-9", "MENU-10"})
    void theToolbarAndHiddenPromptsAreRememberedAndPromptsCanBeHadBack() {
        try (ConsolePage console = ONE.open()) {
            console.menu("View", "Toolbar");
            assertThat(console.page().locator(".tools")).hasCount(0);
            console.reload();
            assertThat(console.page().locator(".tools")).hasCount(0);
            console.menu("View", "Toolbar");

            console.line("removed").click();
            console.page().locator(".tools").getByText("Remove").click();
            console.dialog().getByText("Do not show this dialog in the future").click();
            console.answer("Remove").click();
            assertThat(console.line("removed")).containsText("Is removed when you save");
            console.menu("Edit", "Do Not Remove");
            console.page().locator(".tools").getByText("Remove").click();
            assertThat(console.dialog()).hasCount(0);
            console.menu("Edit", "Do Not Remove");

            console.menu("Tools", "Reset Prompt Dialogs");
            console.page().locator(".tools").getByText("Remove").click();
            assertThat(console.dialog()).isVisible();
            console.answer("Cancel").click();
        }
    }

    @Test
    @Requirement("MENU-11")
    void helpHasContentsASearchAndWhatThisTandemIs() {
        try (ConsolePage console = ONE.open()) {
            console.menu("Help", "Contents");
            assertThat(console.page().getByLabel("Contents")).containsText("Monitor items");
            console.page().getByLabel("Search the help").fill("failure count");
            assertThat(console.page().getByLabel("Found")).containsText("failure");
            console.menu("Help", "About");
            assertThat(console.dialog()).containsText("Data folder");
            assertThat(console.dialog()).containsText(ONE.tandem().folder().toString());
        }
    }

    @Test
    @Requirement("MENU-12")
    void noMenuAsksForALicenceAndNothingIsForATimeOnly() {
        Pattern licence = Pattern.compile("licen[cs]e|activation|demo|trial|expire", Pattern.CASE_INSENSITIVE);
        try (ConsolePage console = ONE.open()) {
            for (String menu : List.of("File", "Edit", "View", "Tools", "Help")) {
                console.page()
                        .locator(".menubar")
                        .getByText(menu, new Locator.GetByTextOptions().setExact(true))
                        .click();
                Locator entries = console.page().getByRole(AriaRole.MENU);
                assertThat(entries.getByRole(AriaRole.MENUITEM).first()).isVisible();
                assertThat(entries).not().containsText(licence);
                console.page().keyboard().press("Escape");
                assertThat(entries).hasCount(0);
            }
            console.menu("Help", "About");
            assertThat(console.dialog()).containsText("Data folder");
            assertThat(console.dialog()).not().containsText(licence);
        }
    }

    @Test
    @Requirement({"APP-4", "DLG-7"})
    void aDraftOutlivesAReloadAndASaveOfSomebodyElseIsShownBeforeAnythingIsOverwritten() {
        try (ConsolePage mine = ONE.open();
                ConsolePage theirs = ONE.open()) {
            mine.pair("seen", "general");
            mine.field("Hold requests during a switch (ms)").fill("4000");
            mine.awaitTitle(MODIFIED);
            mine.reload();
            mine.awaitTitle(MODIFIED);
            mine.pair("seen", "general");
            assertThat(mine.field("Hold requests during a switch (ms)")).hasValue("4000");

            theirs.pair("seen", "general");
            theirs.field("Query server status timeout (ms)").fill("900");
            theirs.awaitTitle(MODIFIED);
            theirs.save();

            assertThat(mine.page().locator(".banner")).containsText("Somebody else has saved");
            mine.page().locator(".tools").getByText("Save").click();
            assertThat(mine.dialog()).containsText("statusTimeout");
            mine.answer("Keep mine, on top of theirs").click();
            mine.save();
            assertThat(ONE.tandem().file()).contains("statusTimeout: 900ms").contains("holdTimeout: 4000ms");
        }
    }

    @Test
    @Requirement({"MENU-2"})
    void leavingTheConsoleEndsTheLoginAndNothingElse() {
        try (ConsolePage console = ONE.open()) {
            console.menu("File", "Exit (log out");
            assertThat(console.button("Log in")).isVisible();
            console.page().reload();
            assertThat(console.button("Log in")).isVisible();
            Await.until(
                    "the pairs go on",
                    Duration.ofSeconds(20),
                    () -> ONE.tandem().primary().stat("sessions") > 0);
        }
    }
}
