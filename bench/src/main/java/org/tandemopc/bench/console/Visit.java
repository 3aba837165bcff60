package org.tandemopc.bench.console;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.Cookie;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.tandemopc.testkit.browser.InstalledBrowser;

/** One page of a browser that has been nowhere yet, so that nothing comes from its cache. One thread. */
final class Visit implements AutoCloseable {
    private static final int WIDTH = 1280;
    private static final int HEIGHT = 860;
    private static final double PATIENCE_MS = 60_000;
    private static final double P50 = 0.5;
    private static final double P95 = 0.95;
    private static final String WATCH = script();

    private final BrowserContext context;
    private final Page page;
    private final List<String> errors = new ArrayList<>();

    /** @param cookie {@code name=value} of a login at the address; empty: none */
    Visit(InstalledBrowser browser, String address, String cookie) {
        context = browser.person(
                new Browser.NewContextOptions().setViewportSize(WIDTH, HEIGHT).setLocale("en-GB"));
        context.setDefaultTimeout(PATIENCE_MS);
        if (!cookie.isEmpty()) {
            int end = cookie.indexOf('=');
            context.addCookies(
                    List.of(new Cookie(cookie.substring(0, end), cookie.substring(end + 1)).setUrl(address)));
        }
        context.addInitScript(WATCH);
        page = context.newPage();
        page.onPageError(errors::add);
        page.onConsoleMessage(message -> {
            if (message.type().equals("error")) {
                errors.add(message.text());
            }
        });
    }

    private static String script() {
        try (InputStream in = Objects.requireNonNull(Visit.class.getResourceAsStream("watch.js"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void go(String address) {
        var unused = page.navigate(address);
    }

    /**
     * Goes there and clicks on what is there first.
     *
     * @param target an expression: the element that is clicked, or nothing as long as it is not there
     * @param isAnswered an expression
     */
    Map<String, Double> start(String address, String target, String isAnswered) {
        context.addInitScript("window.started = bench.start(() => %s, () => %s);".formatted(target, isAnswered));
        go(address);
        Map<?, ?> found = (Map<?, ?>) page.evaluate("() => window.started");
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("fcpMs", number(found, "fcp"));
        figures.put("thereMs", number(found, "there"));
        figures.put("answeredMs", number(found, "answered"));
        figures.put("longestTaskMs", number(found, "task"));
        return figures;
    }

    /** @param expression a promise of what {@code during} of the script finds */
    Map<?, ?> found(String expression) {
        return (Map<?, ?>) page.evaluate("async () => " + expression);
    }

    void run(String expression) {
        var unused = page.evaluate("async () => { " + expression + " }");
    }

    /** The figures of B-W2 in it. */
    static Map<String, Double> figures(Map<?, ?> found) {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("longestTaskMs", number(found, "task"));
        double[] frames = numbers(found, "frames");
        double all = java.util.Arrays.stream(frames).sum();
        figures.put("framesPerSecond", all > 0 ? frames.length * 1_000 / all : Double.NaN);
        figures.put("frameP95Ms", quantile(frames, P95));
        figures.put("frameMaxMs", quantile(frames, 1));
        answers(figures, numbers(found, "answers"));
        return figures;
    }

    static void answers(Map<String, Double> figures, double... answers) {
        if (answers.length > 0) {
            figures.put("answers", (double) answers.length);
            figures.put("p50Ms", quantile(answers, P50));
            figures.put("maxMs", quantile(answers, 1));
        }
    }

    static double number(Map<?, ?> found, String name) {
        return found.get(name) instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    private static double[] numbers(Map<?, ?> found, String name) {
        return found.get(name) instanceof List<?> list
                ? list.stream()
                        .mapToDouble(each -> ((Number) each).doubleValue())
                        .toArray()
                : new double[0];
    }

    private static double quantile(double[] figures, double part) {
        double[] sorted = figures.clone();
        java.util.Arrays.sort(sorted);
        return sorted.length == 0
                ? Double.NaN
                : sorted[Math.min(sorted.length - 1, (int) Math.ceil(part * sorted.length) - (part > 0 ? 1 : 0))];
    }

    /** What went wrong in the page. */
    List<String> errors() {
        return List.copyOf(errors);
    }

    @Override
    public void close() {
        context.close();
    }
}
