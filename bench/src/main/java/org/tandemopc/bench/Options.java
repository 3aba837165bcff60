package org.tandemopc.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.tandemopc.bench.console.ConsoleBenchmark;
import org.tandemopc.bench.console.ConsoleRun;
import org.tandemopc.bench.da.DaBenchmark;
import org.tandemopc.bench.da.DaRun;
import org.tandemopc.bench.failover.FailoverRun;
import org.tandemopc.bench.failover.Fault;
import org.tandemopc.bench.failover.Feed;
import org.tandemopc.bench.failover.Pace;
import org.tandemopc.bench.failover.Subject;
import org.tandemopc.bench.latency.ReadLatency;
import org.tandemopc.bench.load.Load;
import org.tandemopc.bench.load.LoadRun;
import org.tandemopc.bench.start.StartUp;

/**
 * What the command line asks for.
 *
 * @param ci every scenario once; only loss, doubles, order and that there is a result are judged, as ever
 * @param keep leaves what each Tandem wrote where it is, and says where
 * @param profile whether JFR records each Tandem
 * @param write whether a page of docs is written
 * @param from files with results of earlier runs, to make the page of; with them nothing is measured
 */
record Options(
        boolean ci,
        boolean write,
        boolean keep,
        boolean profile,
        List<Path> from,
        Set<String> only,
        FailoverRun.Plan failover,
        ReadLatency.Plan latency,
        StartUp.Plan start,
        LoadRun.Plan load,
        DaRun.Plan da,
        ConsoleRun.Plan console) {
    static final String LATENCY = "B-L1";
    static final String START = "B-U1";

    /** Blocks; then the JVMs have long compiled what they will. */
    private static final int WARM_UP_MAX = 16;

    private static final Duration CI_STRESS = Duration.ofSeconds(4);
    private static final Duration CI_TIME = Duration.ofSeconds(1);
    private static final int CI_ITEMS = 1_000;
    private static final int CI_SESSIONS = 20;
    private static final int CI_DA_CLIENTS = 4;
    private static final int CI_DA_ITEMS = 100;
    private static final int CI_CONSOLE_PAIRS = 10;
    private static final int CI_CONSOLE_RECORDS = 3_000;
    private static final int CI_CONSOLE_STREAMED = 20;
    private static final int CONSOLE_PAIRS = 50;
    private static final int CONSOLE_RECORDS = 30_000;
    private static final int CONSOLE_STREAMED = 100;
    private static final int DA_CLIENTS = 100;
    private static final int DA_ITEMS = 1_000;

    static final String USAGE = """
            usage: bench/run [--ci] [--write] [--keep] [--only B-F1,B-F2,B-F6,B-L1,B-T1,...]
                         [--subjects tandem-hot,milo-hot,...] [--feeds 1000x100ms,10x10ms]
                         [--reps 20] [--per-block 10] [--hang 5] [--stress 15]
                         [--runs 5] [--blocks 10] [--reads 300] [--time 3] [--items 10000,100000] [--sessions 1000]
                         [--profile]
                   bench/run [--write] --from FILE,...
              --ci         each scenario once, in a few minutes, with longer status times for a busy machine
              --only       B-F1, B-F2, B-F6 faults, B-L1 reads, B-U1 start-up (needs package/build image), B-T1, B-T2,
                           B-S1, B-S2 load; of OPC DA B-D1 reads, B-C4 clients,
                           B-D2 values, B-D3 faults, B-D4 many clients (all five: 12 minutes; needs root, for port 135); of the
                           console B-W1 its start, B-W2 50 pairs and 30,000 records (both: 2 minutes; needs chromium)
              --write      writes the figures to docs/benchmarks.md; of B-U1 alone, of OPC DA alone or of the console alone to
                           docs/benchmarks-start.md, -da.md or -console.md
              --keep       leaves the folder of each Tandem process, with its records and journal
              --profile    records each Tandem with JFR, with OPC DA servers and callers too; recordings, and where the
                           processor time went in words, go to target/bench. Slows it, so not with --write
              --subjects   instead of those that are usual with a feed
              --feeds      of B-F1 and B-F2: 1,000 counters of 100 ms, 10 of 10 ms; B-F6 has the latter
              --reps       faults of each kind and feed for each subject; a half with the second feed
                           and in cold mode, a tenth for haproxy and tandem-hot-defaults; of B-F6 a fifth for Tandem, a tenth for its
                           peers; of B-D3 as it is
              --per-block  of them in a row, before the next subject has its turn
              --hang       seconds that a server hangs at least in the last repetition of a block, before it goes on
              --stress     seconds that B-F6 gives cause for suspicion in each repetition
              --runs       of B-L1, each with --blocks blocks of --reads reads for each kind and path; of B-T1, B-T2
                           (three fifths as many), B-S1 and B-S2 (a fifth) a run has all paths once; of B-U1 twice as many; of B-D1
                           and B-D2 as of B-L1 and B-T2, of B-C4 two runs' blocks; of B-W1 two, of B-W2 two thirds as many
              --time       seconds of a block of B-T1, B-T2, B-S1 and B-D2
              --items      sizes of B-S1
              --sessions   of B-S2
              --from       no measurement: the page of results that earlier runs left, such as B-F1, B-F2 and B-L1 apart
            A line of JSON for each repetition goes to standard output and, as it comes, to a file in target/bench; tables
            follow. Standard error has the progress and the time left. Exit codes: 0 all rules kept,
            1 values lost, doubled or out of order through Tandem, or no result; 2 wrong command line.
            """;

    /** How long the measurement takes on a quiet machine, by experience. */
    double seconds() {
        return failover.seconds() + afterFailoverSeconds();
    }

    /** Of it, what comes after the faults. */
    double afterFailoverSeconds() {
        return (wants(LATENCY) ? latency.seconds() : 0)
                + (wants(START) ? start.seconds() : 0)
                + load.seconds()
                + da.seconds()
                + console.seconds();
    }

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
                case "--profile" -> builder.profile = true;
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
        private boolean profile;
        private boolean measures;
        private List<Path> from = List.of();
        private final Set<String> only = new TreeSet<>();
        private List<Subject> subjects = List.of();
        private List<Feed> feeds = List.of(Feed.values());
        private int repetitions = 20;
        private int perBlock = 10;
        private int hangSeconds = 5;
        private int stressSeconds = 15;
        private int timeSeconds = 3;
        private List<Integer> items = List.of(10_000, 100_000);
        private int sessions = 1_000;
        private int runs = 5;
        private int blocks = 10;
        private int reads = 300;

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
                case "--feeds" ->
                    feeds = Arrays.stream(value.split(",")).map(Feed::of).toList();
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
                    && !id.equals(START)
                    && Arrays.stream(Fault.values()).noneMatch(f -> f.id().equals(id))
                    && Arrays.stream(Load.values()).noneMatch(l -> l.id().equals(id))
                    && Arrays.stream(DaBenchmark.values()).noneMatch(d -> d.id().equals(id))
                    && Arrays.stream(ConsoleBenchmark.values()).noneMatch(c -> c.id().equals(id))) {
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
            if (profile && write) {
                throw new IllegalArgumentException("Figures of a run with --profile are not for the page.");
            }
            if (!from.isEmpty() && (measures || ci || keep || profile)) {
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
            List<DaBenchmark> das = Arrays.stream(DaBenchmark.values())
                    .filter(each -> only.isEmpty() || only.contains(each.id()))
                    .toList();
            List<ConsoleBenchmark> consoles = Arrays.stream(ConsoleBenchmark.values())
                    .filter(each -> only.isEmpty() || only.contains(each.id()))
                    .toList();
            if (!ci) {
                return new Options(
                        false,
                        write,
                        keep,
                        profile,
                        from,
                        only,
                        new FailoverRun.Plan(
                                faults,
                                feeds,
                                subjects,
                                repetitions,
                                perBlock,
                                Duration.ofSeconds(hangSeconds),
                                Duration.ofSeconds(stressSeconds),
                                Pace.FAST),
                        new ReadLatency.Plan(runs, blocks, reads, Math.min(WARM_UP_MAX, 3 * blocks)),
                        new StartUp.Plan(2 * runs),
                        new LoadRun.Plan(loads, runs, Duration.ofSeconds(timeSeconds), items, sessions),
                        da(das),
                        new ConsoleRun.Plan(consoles, 2 * runs, CONSOLE_PAIRS, CONSOLE_RECORDS, CONSOLE_STREAMED));
            }
            return new Options(
                    true,
                    write,
                    keep,
                    profile,
                    from,
                    only,
                    new FailoverRun.Plan(faults, feeds, subjects, 1, 1, Duration.ZERO, CI_STRESS, Pace.PATIENT),
                    new ReadLatency.Plan(1, 3, 50, 3),
                    new StartUp.Plan(1),
                    new LoadRun.Plan(loads, 1, CI_TIME, List.of(CI_ITEMS), CI_SESSIONS),
                    new DaRun.Plan(
                            das,
                            1,
                            2,
                            50,
                            1,
                            CI_TIME,
                            1,
                            Pace.PATIENT.statusInterval(),
                            Pace.PATIENT.statusTimeout(),
                            CI_DA_CLIENTS,
                            CI_DA_ITEMS),
                    new ConsoleRun.Plan(consoles, 1, CI_CONSOLE_PAIRS, CI_CONSOLE_RECORDS, CI_CONSOLE_STREAMED));
        }

        private DaRun.Plan da(List<DaBenchmark> benchmarks) {
            return new DaRun.Plan(
                    benchmarks,
                    runs,
                    blocks,
                    reads,
                    Math.ceilDiv(3 * runs, 5),
                    Duration.ofSeconds(timeSeconds),
                    repetitions,
                    Pace.FAST.statusInterval(),
                    Pace.FAST.statusTimeout(),
                    DA_CLIENTS,
                    DA_ITEMS);
        }
    }
}
