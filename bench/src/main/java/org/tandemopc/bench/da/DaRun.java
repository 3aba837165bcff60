package org.tandemopc.bench.da;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.rpc.RpcFaultException;

/** The benchmarks of this package, one after the other. */
public final class DaRun {
    /**
     * How much is measured.
     *
     * @param runs of B-D1, each with all ways in turn
     * @param blocks of each way and kind of call in a run of B-D1, and of each client in B-C4
     * @param reads in a block of B-D1, and calls with one item in one of B-C4
     * @param streams runs of B-D2
     * @param time of a block of values, and of the quiet time of B-D4
     * @param faults of each kind in B-D3
     * @param interval between two status requests of B-D3
     * @param timeout of one
     * @param clients of B-D4
     * @param items of each of them, to 1,000
     */
    public record Plan(
            List<DaBenchmark> benchmarks,
            int runs,
            int blocks,
            int reads,
            int streams,
            Duration time,
            int faults,
            Duration interval,
            Duration timeout,
            int clients,
            int items) {
        public Plan {
            benchmarks = List.copyOf(benchmarks);
        }

        /** How long it takes, by experience. */
        public double seconds() {
            return benchmarks.stream().mapToDouble(this::seconds).sum();
        }

        private double seconds(DaBenchmark benchmark) {
            return switch (benchmark) {
                case READS -> 20 + 18 * 0.3e-3 * reads * (runs + 1) * blocks;
                case CALLS -> 10 + 1.4e-3 * reads * 2 * 2 * blocks;
                case VALUES -> 20 + 6 * (time.toSeconds() + 3.0) * streams;
                case FAULTS -> 20 + 11.0 * faults;
                case CLIENTS -> 45 + 0.2 * clients;
            };
        }
    }

    /** One of the benchmarks. */
    @FunctionalInterface
    interface Scenario {
        void run(Plan plan, Reporter reporter) throws IOException, LinkException, RpcFaultException;
    }

    /** Where results and progress go. */
    record Reporter(Consumer<String> results, PrintStream out) {
        void result(DaMeasured measured) {
            results.accept(measured.json());
        }

        void progress(DaBenchmark benchmark, int run, int runs) {
            out.println(benchmark.id() + " run " + run + " of " + runs);
        }
    }

    private final Plan plan;
    private final Reporter reporter;
    private final Consumer<String> failures;

    /**
     * @param results gets a line of JSON for each result
     * @param failures gets a sentence for each benchmark that broke off
     */
    public DaRun(Plan plan, Consumer<String> results, Consumer<String> failures, PrintStream progress) {
        this.plan = plan;
        this.reporter = new Reporter(results, progress);
        this.failures = failures;
    }

    public void run() {
        for (DaBenchmark benchmark : plan.benchmarks()) {
            try {
                scenario(benchmark).run(plan, reporter);
            } catch (IOException
                    | RpcFaultException
                    | AssertionError
                    | UncheckedIOException
                    | IllegalStateException e) {
                String what = benchmark.id() + ": " + e.getMessage();
                failures.accept(what);
                reporter.out().println(what);
            }
        }
    }

    private static Scenario scenario(DaBenchmark benchmark) {
        return switch (benchmark) {
            case READS -> new DaReads();
            case CALLS -> new DaCalls();
            case VALUES -> new DaStream();
            case FAULTS -> new DaFaults();
            case CLIENTS -> new DaManyClients();
        };
    }
}
