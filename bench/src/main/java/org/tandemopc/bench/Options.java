package org.tandemopc.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.tandemopc.bench.failover.FailoverRun;
import org.tandemopc.bench.failover.Fault;
import org.tandemopc.bench.failover.Pace;
import org.tandemopc.bench.failover.Subject;
import org.tandemopc.bench.latency.ReadLatency;
import org.tandemopc.bench.load.Load;
import org.tandemopc.bench.load.LoadRun;

/**
 * What the command line asks for.
 *
 * @param ci every scenario once; only loss, doubles, order and that there is a result are judged, as ever
 * @param keep leaves what each Tandem wrote where it is, and says where
 * @param write whether docs/benchmarks.md is written
 * @param from files with results of earlier runs, to make the page of; with them nothing is measured
 */
record Options(
        boolean ci,
        boolean write,
        boolean keep,
        List<Path> from,
        Set<String> only,
        FailoverRun.Plan failover,
        ReadLatency.Plan latency,
        LoadRun.Plan load) {
    static final String LATENCY = "B-L1";

    /** Blocks; then the JVMs have long compiled what they will. */
    private static final int WARM_UP_MAX = 24;

    private static final Duration CI_STRESS = Duration.ofSeconds(4);
    private static final Duration CI_TIME = Duration.ofSeconds(1);
    private static final int CI_ITEMS = 1_000;
    private static final int CI_SESSIONS = 20;

    static final String USAGE = """
            usage: bench/run [--ci] [--write] [--keep] [--only B-F1,B-F2,B-F6,B-L1,B-T1,...] [--subjects tandem-hot,milo-hot,...]
                         [--reps 20] [--per-block 5] [--hang 5] [--stress 15] [--runs 5] [--blocks 16] [--reads 200]
                         [--time 10] [--items 10000,100000] [--sessions 1000]
                   bench/run [--write] --from FILE,...
              --ci         each scenario once, in a few minutes, with longer status times for a busy machine
              --write      writes the figures to docs/benchmarks.md
              --keep       leaves the folder of each Tandem process, with its records and journal
              --reps       faults of each kind for each subject; half for haproxy, a quarter for tandem-hot-defaults
              --per-block  of them in a row, before the next subject has its turn
              --hang       seconds that the active server of Tandem hangs at least
              --stress     seconds that B-F6 gives cause for suspicion in each repetition
              --runs       of B-L1, each with --blocks blocks of --reads reads for each kind and path; of B-T1, B-T2,
                           B-S1 and B-S2 a run has all paths once
              --time       seconds of a block of B-T1, B-T2 and B-S1
              --items      sizes of B-S1
              --sessions   of B-S2
              --from       no measurement: the page of results that earlier runs left, such as B-F1, B-F2 and B-L1 apart
            A line of JSON for each repetition goes to standard output and, as it comes, to a file in target/bench; tables
            follow. Standard error has the progress and the time left. Exit codes: 0 all rules kept,
            1 values lost, doubled or out of order through Tandem, or no result; 2 wrong command line.
            """;

    boolean wants(String id) {
        return only.isEmpty() || only.contains(id);
    }

    /** @throws IllegalArgumentException with a sentence for people */
    static Options parse(List<String> line) {
        Builder builder = new Builder();
        for (int i = 0; i < line.size(); i++) {
            String option = line.get(i);
            switch (option) {
                case "--ci" -> builder.ci = true;
                case "--write" -> builder.write = true;
                case "--keep" -> builder.keep = true;
                default -> {
                    if (i + 1 == line.size()) {
                        throw new IllegalArgumentException("No value after " + option + ".");
                    }
                    builder.set(option, line.get(++i));
                }
            }
        }
        return builder.build();
    }

    private static final class Builder {
        private boolean ci;
        private boolean write;
        private boolean keep;
        private boolean measures;
        private List<Path> from = List.of();
        private final Set<String> only = new TreeSet<>();
        private List<Subject> subjects = List.of();
        private int repetitions = 20;
        private int perBlock = 5;
        private int hangSeconds = 5;
        private int stressSeconds = 15;
        private int timeSeconds = 10;
        private List<Integer> items = List.of(10_000, 100_000);
        private int sessions = 1_000;
        private int runs = 5;
        private int blocks = 16;
        private int reads = 200;

        void set(String option, String value) {
            measures |= !option.equals("--from");
            switch (option) {
                case "--from" ->
                    from = Arrays.stream(value.split(",")).map(Path::of).toList();
                case "--only" -> {
                    for (String id : value.split(",")) {
                        only.add(known(id));
                    }
                }
                case "--subjects" ->
                    subjects = Arrays.stream(value.split(",")).map(Subject::of).toList();
                case "--reps" -> repetitions = number(option, value, 1);
                case "--per-block" -> perBlock = number(option, value, 1);
                case "--hang" -> hangSeconds = number(option, value, 0);
                case "--stress" -> stressSeconds = number(option, value, 1);
                case "--time" -> timeSeconds = number(option, value, 1);
                case "--items" ->
                    items = Arrays.stream(value.split(","))
                            .map(each -> number(option, each, 1))
                            .toList();
                case "--sessions" -> sessions = number(option, value, 1);
                case "--runs" -> runs = number(option, value, 1);
                case "--blocks" -> blocks = number(option, value, 1);
                case "--reads" -> reads = number(option, value, 1);
                default -> throw new IllegalArgumentException("There is no option '" + option + "'.");
            }
        }

        private static String known(String id) {
            if (!id.equals(LATENCY)
                    && Arrays.stream(Fault.values()).noneMatch(f -> f.id().equals(id))
                    && Arrays.stream(Load.values()).noneMatch(l -> l.id().equals(id))) {
                throw new IllegalArgumentException("There is no benchmark '" + id + "'.");
            }
            return id;
        }

        private static int number(String option, String value, int atLeast) {
            try {
                int number = Integer.parseInt(value);
                if (number >= atLeast && number <= 100_000) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // Said below, as for a number that does not fit.
                return refuse(option, value, atLeast);
            }
            return refuse(option, value, atLeast);
        }

        private static int refuse(String option, String value, int atLeast) {
            throw new IllegalArgumentException(
                    option + " takes a number from " + atLeast + " to 100000, not '" + value + "'.");
        }

        Options build() {
            if (!from.isEmpty() && (measures || ci || keep)) {
                throw new IllegalArgumentException("With --from nothing is measured: of the rest only --write fits.");
            }
            List<Fault> faults = new ArrayList<>();
            for (Fault fault : Fault.values()) {
                if (only.isEmpty() || only.contains(fault.id())) {
                    faults.add(fault);
                }
            }
            List<Load> loads = Arrays.stream(Load.values())
                    .filter(load -> only.isEmpty() || only.contains(load.id()))
                    .toList();
            List<Subject> chosen = subjects.isEmpty() ? new ArrayList<>(EnumSet.allOf(Subject.class)) : subjects;
            if (!ci) {
                return new Options(
                        false,
                        write,
                        keep,
                        from,
                        only,
                        new FailoverRun.Plan(
                                faults,
                                chosen,
                                repetitions,
                                perBlock,
                                Duration.ofSeconds(hangSeconds),
                                Duration.ofSeconds(stressSeconds),
                                Pace.FAST),
                        new ReadLatency.Plan(runs, blocks, reads, Math.min(WARM_UP_MAX, 3 * blocks)),
                        new LoadRun.Plan(loads, runs, Duration.ofSeconds(timeSeconds), items, sessions));
            }
            if (subjects.isEmpty()) {
                // Differs from the other by waiting only.
                chosen.remove(Subject.TANDEM_HOT_DEFAULTS);
            }
            return new Options(
                    true,
                    write,
                    keep,
                    from,
                    only,
                    new FailoverRun.Plan(faults, chosen, 1, 1, Duration.ZERO, CI_STRESS, Pace.PATIENT),
                    new ReadLatency.Plan(1, 3, 50, 3),
                    new LoadRun.Plan(loads, 1, CI_TIME, List.of(CI_ITEMS), CI_SESSIONS));
        }
    }
}
