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
     * @param runs of B-T1; of the others, a part of them: in each of them all ways have their turn
     * @param time of one block of reads or values
     * @param items of B-S1, each size once a run
     * @param sessions of B-S2
     */
    public record Plan(List<Load> loads, int runs, Duration time, List<Integer> items, int sessions) {
        private static final double START_SECONDS = 15;
        /** Two kinds on three ways. */
        private static final int BLOCKS = 6;
        /** Of B-T2, beside what is measured: connecting, and until all is as it stays. */
        private static final double BLOCK_START_SECONDS = 4;

        private static final double SIZE_SECONDS = 35;
        private static final double ITEMS_PER_SECOND = 4_000;
        private static final double SESSIONS_SECONDS = 40;
        private static final double SESSIONS_PER_SECOND = 15;

        public Plan {
            loads = List.copyOf(loads);
            items = List.copyOf(items);
        }

        /** How long it takes, roughly. */
        public double seconds() {
            return loads.stream().mapToDouble(this::seconds).sum();
        }

        private double seconds(Load load) {
            double ofRun = switch (load) {
                case READS -> BLOCKS * (double) time.toSeconds();
                case VALUES -> BLOCKS * (time.toSeconds() + BLOCK_START_SECONDS);
                case ITEMS ->
                    items.stream()
                            .mapToDouble(size -> SIZE_SECONDS + 2.0 * time.toSeconds() + size / ITEMS_PER_SECOND)
                            .sum();
                case SESSIONS -> SESSIONS_SECONDS + sessions / SESSIONS_PER_SECOND;
            };
            double warmUp = load == Load.READS || load == Load.VALUES ? BLOCKS * (double) time.toSeconds() : 0;
            return START_SECONDS + warmUp + runs(load) * ofRun;
        }

        /** Ratios of reads vary most; how much an item or a session costs, hardly. */
        int runs(Load load) {
            return switch (load) {
                case READS -> runs;
                case VALUES -> Math.ceilDiv(3 * runs, 5);
                case ITEMS, SESSIONS -> Math.ceilDiv(runs, 5);
            };
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
