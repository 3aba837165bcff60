package org.tandemopc.bench.console;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.tandemopc.bench.world.Machine;
import org.tandemopc.testkit.browser.InstalledBrowser;

/** B-W2: what somebody does who looks for a record among many, while others come. */
final class ConsoleUse {
    private static final int SCROLL_FRAMES = 240;
    private static final int SCROLL_STEP = 450;
    private static final int FILTERINGS = 5;
    private static final Duration BETWEEN_RECORDS = Duration.ofMillis(50);

    private final ConsoleRun.Plan plan;
    private final InstalledBrowser browser;
    private final ConsoleTandem tandem;
    private final StaticPage page;
    private final Consumer<ConsoleMeasured> results;
    private int run;

    ConsoleUse(
            ConsoleRun.Plan plan,
            InstalledBrowser browser,
            ConsoleTandem tandem,
            StaticPage page,
            Consumer<ConsoleMeasured> results) {
        this.plan = plan;
        this.browser = browser;
        this.tandem = tandem;
        this.page = page;
        this.results = results;
    }

    void run(int number) {
        run = number;
        String switching = "bench.switching(['" + String.join("', '", ConsoleRun.visited(tandem.pairs())) + "'])";
        String scrolling = "bench.scrolling(" + SCROLL_FRAMES + ", " + SCROLL_STEP + ")";
        try (Visit plain = new Visit(browser, page.address(), "")) {
            plain.go(page.address());
            add("switching pairs", ConsoleBenchmark.STATIC, Visit.figures(plain.found(switching)), 0);
            plain.go(page.address() + StaticPage.ROWS);
            plain.run("await bench.until(() => bench.rows().length >= " + plan.records() + ")");
            add("scrolling", ConsoleBenchmark.STATIC, Visit.figures(plain.found(scrolling)), 0);
        }
        try (Visit console = new Visit(browser, tandem.address(), tandem.cookie())) {
            String first = tandem.pairs().getFirst();
            console.go(tandem.address() + "#/pair/" + first + "/live");
            console.run("await bench.until(() => document.querySelector('h1')?.textContent === '" + first + "')");
            add("switching pairs", ConsoleBenchmark.TANDEM, Visit.figures(console.found(switching)), 0);

            console.run("window.location.hash = '#/pair/" + first + "/diagnostics';"
                    + " await bench.until(() => bench.list() && bench.rows().length > 0)");
            Map<?, ?> loaded = console.found("bench.loadingAll()");
            long missing = Math.max(0, plan.records() - (long) Visit.number(loaded, "count"));
            add("fetching all", ConsoleBenchmark.TANDEM, Visit.figures(loaded), missing);
            add("scrolling", ConsoleBenchmark.TANDEM, Visit.figures(console.found(scrolling)), 0);
            stream(console);
            add(
                    "filtering",
                    ConsoleBenchmark.TANDEM,
                    Visit.figures(console.found("bench.filtering('" + ConsoleTandem.WORD + "', " + FILTERINGS + ")")),
                    console.errors().size());
        }
    }

    /** An answer is here how long it takes from the order that makes a record until it is seen. */
    private void stream(Visit console) {
        String word = "bench-" + run + "-";
        console.run("bench.awaitStream('" + word + "')");
        Map<String, Long> made = new LinkedHashMap<>();
        for (int i = 1; i <= plan.streamed(); i++) {
            long next = System.nanoTime() + BETWEEN_RECORDS.toNanos();
            made.put(word + i, System.currentTimeMillis());
            tandem.makeRecord(word + i);
            LockSupport.parkNanos(next - System.nanoTime());
        }
        Map<?, ?> found = console.found("bench.endStream('" + word + plan.streamed() + "')");
        Map<?, ?> seen = found.get("seen") instanceof Map<?, ?> map ? map : Map.of();
        List<Double> waits = new ArrayList<>();
        made.forEach((record, at) -> {
            if (seen.get(record) instanceof Number then) {
                waits.add(then.doubleValue() - at);
            }
        });
        Map<String, Double> figures = Visit.figures(found);
        Visit.answers(figures, waits.stream().mapToDouble(Double::doubleValue).toArray());
        add("records coming", ConsoleBenchmark.TANDEM, figures, plan.streamed() - waits.size());
    }

    private void add(String kind, String subject, Map<String, Double> figures, long failed) {
        results.accept(
                new ConsoleMeasured(ConsoleBenchmark.USE, kind, subject, run, figures, failed, Machine.pressure()));
    }
}
