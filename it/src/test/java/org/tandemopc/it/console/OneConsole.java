package org.tandemopc.it.console;

import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.tandemopc.testkit.process.TestFolder;

/** One Tandem with a first user, and one browser, for all tests of a class; each page in it is another person's. One thread. */
final class OneConsole implements BeforeAllCallback, AfterAllCallback {
    private final Function<Path, RunningConsole> start;
    private @Nullable TestFolder folder;
    private @Nullable Browser browser;
    private @Nullable RunningConsole tandem;

    /** @param start a Tandem in that folder, which has no user yet */
    OneConsole(Function<Path, RunningConsole> start) {
        this.start = start;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        TestFolder made = new TestFolder("console");
        folder = made;
        browser = new Browser();
        RunningConsole started = start.apply(made.path());
        tandem = started;
        var _ = started.withUser();
    }

    /** Also what was there when the start broke off. */
    @Override
    public void afterAll(ExtensionContext context) {
        if (browser != null) {
            browser.close();
        }
        if (tandem != null) {
            tandem.close();
        }
        if (folder != null) {
            folder.close();
        }
    }

    RunningConsole tandem() {
        return Objects.requireNonNull(tandem);
    }

    /** A page of somebody who has not logged in. */
    ConsolePage page(Look look) {
        return Objects.requireNonNull(browser).page(tandem().address(), look);
    }

    /** A page of the first user, logged in. */
    ConsolePage open(Look look) {
        return page(look).login(RunningConsole.USER, RunningConsole.PASSWORD);
    }

    ConsolePage open() {
        return open(Look.LIGHT);
    }
}
