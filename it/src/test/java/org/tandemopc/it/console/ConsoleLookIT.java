package org.tandemopc.it.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.testkit.Requirement;

/** Every page in both themes, wide and narrow: contrast, names and roles by axe, and nothing wider than the page. */
@Timeout(300)
class ConsoleLookIT {
    /** As WCAG 2.2 AA has them. */
    private static final String AXE =
            "async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']"
                    + " })).violations.map(v => v.id + ': ' + v.help + ' at ' + v.nodes.map(n => n.target.join('"
                    + " ')).join(' | '))";

    /** What comes behind the rest of a page is there, with what is loaded for it. */
    private static final String DRAWN = "() => !document.querySelector('#main').innerText.includes('Loading …')"
            + " && !document.querySelector('.behind[data-before]')"
            + " && [...document.querySelectorAll('.chart')].every(chart => chart.querySelector('canvas'))";

    private static final String CHOSEN_TAB_IS_SEEN =
            "() => [...document.querySelectorAll('[role=tab][aria-selected=true]')]"
                    + ".every(tab => tab.getBoundingClientRect().right <= window.innerWidth)";

    private static final Map<String, String> PAGES = Map.of(
            "overview", "#/",
            "live", "#/pair/plant1/live",
            "general", "#/pair/plant1/general",
            "monitoring", "#/pair/plant1/monitoring",
            "diagnostics", "#/pair/plant1/diagnostics",
            "notifications", "#/pair/plant1/notifications",
            "addresses", "#/service/addresses",
            "users", "#/service/users",
            "help", "#/help/console");

    @RegisterExtension
    static final OneConsole ONE = new OneConsole(folder -> new RunningConsole(folder, "plant1", "plant2", "tank-farm"));

    @ParameterizedTest
    @EnumSource
    @Requirement("UI-1")
    void everyPageCanBeReadAndReached(Look look) {
        try (ConsolePage console = ONE.open(look)) {
            console.page().evaluate(axe());
            for (Map.Entry<String, String> page : PAGES.entrySet()) {
                console.go(page.getValue());
                console.page()
                        .waitForCondition(() -> console.page()
                                        .locator("#main")
                                        .innerText()
                                        .strip()
                                        .length()
                                > 60);
                console.page().waitForFunction(DRAWN);
                Object violations = console.page().evaluate(AXE);
                assertThat((List<?>) violations).as(page.getKey() + " " + look).isEmpty();
                int width = (Integer) console.page().evaluate("() => document.documentElement.scrollWidth");
                assertThat(width).as("width of " + page.getKey()).isLessThanOrEqualTo(look.width());
                // Of a telephone's width the tabs do not fit; the chosen one is seen.
                assertThat((Boolean) console.page().evaluate(CHOSEN_TAB_IS_SEEN))
                        .as("chosen tab of " + page.getKey())
                        .isTrue();
                picture(console.page(), page.getKey(), look);
            }
        }
    }

    private static String axe() {
        try {
            return Files.readString(Path.of("axe", "node_modules", "axe-core", "axe.min.js")) + "\n;undefined";
        } catch (IOException e) {
            throw new UncheckedIOException("axe-core is not installed; ./verify does it", e);
        }
    }

    /** With {@code -Dpictures}, for docs/images. */
    private static void picture(Page page, String name, Look look) {
        if (System.getProperty("pictures") != null) {
            String file =
                    name + "-" + look.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-') + ".png";
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("..", "docs", "images", file)));
        }
    }
}
