package org.tandemopc.it.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.MouseButton;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * One page of the console, by what a person sees of it. Closing it checks that nothing went wrong behind: no error in the
 * page (which a breach of the page's policy would be, too), nothing loaded from elsewhere. One thread.
 */
final class ConsolePage implements AutoCloseable {
    private static final double PATIENCE_MS = 20_000;
    /** The browser itself writes these down: a refusal that the page expects, and a service that is away on purpose. */
    private static final String EXPECTED = "Failed to load resource";

    static {
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MS);
    }

    private final BrowserContext context;
    private final Page page;
    private final String address;
    private final List<String> errors = new ArrayList<>();
    private final List<String> foreign = new ArrayList<>();

    ConsolePage(BrowserContext context, String address) {
        this.context = context;
        this.address = address;
        context.setDefaultTimeout(PATIENCE_MS);
        page = context.newPage();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") && !message.text().startsWith(EXPECTED)) {
                errors.add(message.text());
            }
        });
        page.onPageError(errors::add);
        String host = URI.create(address).getAuthority();
        page.onRequest(request -> {
            URI to = URI.create(request.url());
            if (!host.equals(to.getAuthority()) && !"blob".equals(to.getScheme())) {
                foreign.add(request.url());
            }
        });
        // Asked before a page with unsaved changes is left.
        page.onDialog(dialog -> dialog.accept());
        page.navigate(address);
    }

    Page page() {
        return page;
    }

    /** Logs in; the page that was asked for is there then. */
    ConsolePage login(String user, String password) {
        page.getByLabel("User").fill(user);
        page.locator("input[name=password]").fill(password);
        button("Log in").click();
        page.locator("[data-live=true]").waitFor();
        return this;
    }

    /** @param hash as {@code #/pair/plant1/general} */
    ConsolePage go(String hash) {
        page.evaluate("hash => { window.location.hash = hash; }", hash);
        return this;
    }

    ConsolePage pair(String pair, String tab) {
        return go("#/pair/" + pair + "/" + tab);
    }

    Locator button(String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    Locator field(String label) {
        return page.getByLabel(label, new Page.GetByLabelOptions().setExact(true));
    }

    /** The label of a field that must be filled in has a mark behind its words. */
    Locator required(String label) {
        return page.getByLabel(label);
    }

    Locator text(String text) {
        return page.getByText(text);
    }

    /** The open dialog. */
    Locator dialog() {
        return page.getByRole(AriaRole.DIALOG);
    }

    /** A button of the open dialog. */
    Locator answer(String name) {
        return dialog().getByRole(
                        AriaRole.BUTTON,
                        new Locator.GetByRoleOptions().setName(name).setExact(true));
    }

    /** Of a group of fields on the page or in a dialog. @param legend a part of it */
    Locator group(String legend) {
        return page.locator("fieldset")
                .filter(new Locator.FilterOptions()
                        .setHas(page.locator("legend", new Page.LocatorOptions().setHasText(legend))));
    }

    /** A part of a tab. @param heading whole */
    Locator card(String heading) {
        return page.locator("section.card")
                .filter(new Locator.FilterOptions()
                        .setHas(page.getByRole(
                                AriaRole.HEADING,
                                new Page.GetByRoleOptions().setName(heading).setExact(true))));
    }

    /** A field of a group, a part or a dialog. */
    static Locator within(Locator where, String label) {
        return where.getByLabel(label, new Locator.GetByLabelOptions().setExact(true))
                .first();
    }

    /** Chooses in a field with a list of its own. */
    void choose(Locator field, String option) {
        field.click();
        page.getByRole(
                        AriaRole.OPTION,
                        new Page.GetByRoleOptions().setName(option).setExact(true))
                .click();
    }

    /** Where clients find the pair whose tab Live is open. */
    String endpoint() {
        return card("Now").locator("dt:has-text('Clients connect to') + dd").innerText();
    }

    /** The box before an event that can be notified of. @param template as the list shows it */
    Locator event(String template) {
        return page.locator(".checks li")
                .filter(new Locator.FilterOptions().setHasText(template))
                .getByRole(AriaRole.CHECKBOX);
    }

    /** What is said in a corner, for a while or until it is closed. */
    Locator said() {
        return page.locator(".toasts");
    }

    /** The line of a pair in the list on the left. */
    Locator line(String pair) {
        return page.locator("a.pairrow[data-pair='" + pair + "']");
    }

    /** An entry of one of the menus at the top. */
    void menu(String menu, String entry) {
        page.locator(".menubar")
                .getByText(menu, new Locator.GetByTextOptions().setExact(true))
                .click();
        page.getByRole(AriaRole.MENUITEM, new Page.GetByRoleOptions().setName(entry))
                .first()
                .click();
    }

    void awaitTitle(String part) {
        page.waitForCondition(() -> page.title().contains(part));
    }

    void awaitTitleWithout(String part) {
        page.waitForCondition(() -> !page.title().contains(part));
    }

    /** An entry of the menu of a pair, by a right click on its line. */
    void rightClick(String pair, String entry) {
        line(pair).click(new Locator.ClickOptions().setButton(MouseButton.RIGHT));
        page.getByRole(
                        AriaRole.MENUITEM,
                        new Page.GetByRoleOptions().setName(entry).setExact(true))
                .click();
    }

    /** Saves, also where clients have to connect anew, and waits until it is done. */
    void save() {
        String modified = "[configuration is modified]";
        page.locator(".tools").getByText("Save").click();
        page.waitForCondition(() -> dialog().isVisible() || !page.title().contains(modified));
        if (dialog().isVisible()) {
            answer("Save").click();
        }
        awaitTitleWithout(modified);
    }

    void reload() {
        page.navigate(address);
        page.reload();
        page.locator("[data-live=true]").waitFor();
    }

    @Override
    public void close() {
        context.close();
        assertThat(errors).as("errors in the page").isEmpty();
        assertThat(foreign).as("resources from elsewhere").isEmpty();
    }
}
