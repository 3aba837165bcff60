package org.tandemopc.bench.console;

import com.microsoft.playwright.PlaywrightException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.tandemopc.bench.world.Machine;
import org.tandemopc.testkit.browser.InstalledBrowser;

/** The benchmarks of this package, one after the other, in one browser. */
public final class ConsoleRun {
    /**
     * How much is measured.
     *
     * @param runs in each all subjects have their turn; of B-W2 a third
     * @param pairs of the larger configuration
     * @param records of its first pair, to 30,000
     * @param streamed records that come while one looks, 20 a second
     */
    public record Plan(List<ConsoleBenchmark> benchmarks, int runs, int pairs, int records, int streamed) {
        public Plan {
            benchmarks = List.copyOf(benchmarks);
        }

        /** How long it takes, by experience. */
        public double seconds() {
            return benchmarks.stream().mapToDouble(this::seconds).sum();
        }

        private double seconds(ConsoleBenchmark benchmark) {
            return switch (benchmark) {
                case START -> 5 + 3.0 * (runs + 1);
                case USE -> 5 + (12 + streamed / 20.0) * useRuns();
            };
        }

        int useRuns() {
            return Math.ceilDiv(runs, 3);
        }
    }

    private static final String LINE = "document.querySelector(\"a.pairrow[data-pair='p01']\")";
    private static final String SHOWN = "document.querySelector('h1')?.textContent === 'p01'";
    private static final String MENU =
            "(document.querySelector('[data-live=true]')" + " && document.querySelector('.menubar .menubutton'))";
    private static final String ENTRIES = "document.querySelector('[role=menuitem]') !== null";

    private final Plan plan;
    private final Consumer<String> results;
    private final Consumer<String> failures;
    private final PrintStream out;

    /**
     * @param results gets a line of JSON for each result
     * @param failures gets a sentence for each benchmark that broke off
     */
    public ConsoleRun(Plan plan, Consumer<String> results, Consumer<String> failures, PrintStream progress) {
        this.plan = plan;
        this.results = results;
        this.failures = failures;
        this.out = progress;
    }

    public void run() {
        for (ConsoleBenchmark benchmark : plan.benchmarks()) {
            try (InstalledBrowser browser = new InstalledBrowser();
                    ConsoleTandem large = new ConsoleTandem(plan.pairs(), plan.records());
                    StaticPage page = new StaticPage(large.pairs(), plan.records())) {
                switch (benchmark) {
                    case START -> start(browser, large, page);
                    case USE -> {
                        for (int run = 1; run <= plan.useRuns(); run++) {
                            out.println(benchmark.id() + " run " + run + " of " + plan.useRuns());
                            new ConsoleUse(plan, browser, large, page, this::result).run(run);
                        }
                    }
                }
            } catch (PlaywrightException | AssertionError | UncheckedIOException | IllegalStateException e) {
                String what = benchmark.id() + ": " + e.getMessage();
                failures.accept(what);
                out.println(what);
            }
        }
    }

    private void result(ConsoleMeasured measured) {
        results.accept(measured.json());
    }

    /** One of a kind. */
    private record Beginning(
            String kind, String subject, String address, String cookie, String target, String isAnswered) {}

    private void start(InstalledBrowser browser, ConsoleTandem large, StaticPage page) {
        String many = plan.pairs() + " pairs";
        String none = "no pairs";
        try (ConsoleTandem empty = new ConsoleTandem(0, 0)) {
            List<Beginning> all = List.of(
                    new Beginning(many, ConsoleBenchmark.STATIC, page.address(), "", LINE, SHOWN),
                    new Beginning(many, ConsoleBenchmark.TANDEM, large.address(), large.cookie(), LINE, SHOWN),
                    new Beginning(none, ConsoleBenchmark.STATIC, page.address(), "", LINE, SHOWN),
                    new Beginning(none, ConsoleBenchmark.TANDEM, empty.address(), empty.cookie(), MENU, ENTRIES));
            // The first time is for the JVMs.
            all.forEach(each -> begin(browser, each));
            for (int run = 1; run <= plan.runs(); run++) {
                out.println(ConsoleBenchmark.START.id() + " run " + run + " of " + plan.runs());
                List<Beginning> order = new java.util.ArrayList<>(all);
                Collections.rotate(order, -run);
                for (Beginning each : order) {
                    double pressure = Machine.pressure();
                    Begun begun = begin(browser, each);
                    result(new ConsoleMeasured(
                            ConsoleBenchmark.START,
                            each.kind(),
                            each.subject(),
                            run,
                            begun.figures(),
                            begun.errors(),
                            Math.max(pressure, Machine.pressure())));
                }
            }
        }
    }

    private record Begun(Map<String, Double> figures, int errors) {}

    private static Begun begin(InstalledBrowser browser, Beginning what) {
        try (Visit visit = new Visit(browser, what.address(), what.cookie())) {
            Map<String, Double> figures = visit.start(what.address(), what.target(), what.isAnswered());
            return new Begun(figures, visit.errors().size());
        }
    }

    /** The pairs that are clicked on, one after the other; the first ones are seen without scrolling. */
    static List<String> visited(List<String> pairs) {
        int some = Math.min(pairs.size(), 12);
        return IntStream.range(0, 2 * some)
                .mapToObj(i -> pairs.get((i * 5 + 1) % some))
                .toList();
    }
}
