package org.tandemopc.bench.load;

import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.eclipse.milo.opcua.stack.core.UaException;

/** The benchmarks of this package, one after the other. */
public final class LoadRun {
    /**
     * How much is measured.
     *
     * @param runs of each benchmark; in each of them all ways have their turn
     * @param time of one block of reads or values
     * @param items of B-S1, each size once a run
     * @param sessions of B-S2
     */
    public record Plan(List<Load> loads, int runs, Duration time, List<Integer> items, int sessions) {
        private static final double START_SECONDS = 20;
        private static final int BLOCKS = 6;

        public Plan {
            loads = List.copyOf(loads);
            items = List.copyOf(items);
        }

        /** How long it takes, roughly. */
        public double seconds() {
            return loads.size() * (START_SECONDS + (double) runs * BLOCKS * time.toSeconds());
        }
    }

    private final Plan plan;
    private final Reporter reporter;
    private final Consumer<String> failures;

    /**
     * @param results gets a line of JSON for each result
     * @param failures gets a sentence for each benchmark that broke off
     */
    public LoadRun(Plan plan, Consumer<String> results, Consumer<String> failures, PrintStream progress) {
        this.plan = plan;
        this.reporter = new Reporter(results, progress);
        this.failures = failures;
    }

    public void run() {
        for (Load load : plan.loads()) {
            try {
                scenario(load).run(plan, reporter);
            } catch (UaException | AssertionError | UncheckedIOException e) {
                failures.accept(load.id() + ": " + e.getMessage());
                reporter.out().println(load.id() + ": " + e.getMessage());
            }
        }
    }

    private static Scenario scenario(Load load) {
        return switch (load) {
            case READS -> new PipelinedReads();
            case VALUES -> new ValueStream();
            case ITEMS -> new ManyItems();
            case SESSIONS -> new ManySessions();
        };
    }
}
