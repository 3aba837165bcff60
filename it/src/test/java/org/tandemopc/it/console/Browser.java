package org.tandemopc.it.console;

import org.tandemopc.testkit.browser.InstalledBrowser;

/** The browser of this machine, and pages of the console in it. One thread. */
final class Browser implements AutoCloseable {
    private final InstalledBrowser browser = new InstalledBrowser();

    /** A page of a person who has been nowhere yet. @param address of the console */
    ConsolePage page(String address, Look look) {
        return new ConsolePage(browser.person(look.options()), address);
    }

    @Override
    public void close() {
        browser.close();
    }
}
