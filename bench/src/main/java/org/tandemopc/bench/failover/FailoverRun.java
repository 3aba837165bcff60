package org.tandemopc.bench.failover;

import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.jspecify.annotations.Nullable;

/** All repetitions of B-F1, B-F2 and B-F6, in the order of {@link Schedule}. One thread at a time. */
public final class FailoverRun {
    /**
     * How much is measured.
     *
     * @param chosen subjects; empty: those that are usual with a fault and feed
     * @param repetitions of each fault and feed, and of each subject its share of them
     * @param perBlock repetitions of one subject in a row
     * @param hang how long the server hangs at least in the last repetition of a block
     * @param stress how long B-F6 gives cause for suspicion in each repetition
     */
    public record Plan(
            List<Fault> faults,
            List<Feed> feeds,
            List<Subject> chosen,
            int repetitions,
            int perBlock,
            Duration hang,
            Duration stress,
            Pace pace) {
        public Plan {
            faults = List.copyOf(faults);
            feeds = List.copyOf(feeds);
            chosen = List.copyOf(chosen);
        }

        /** How long it takes, by experience. */
        public double seconds() {
            List<Schedule.Block> blocks = Schedule.of(this);
            return new TimeLeft(blocks, stress).seconds();
        }

        /** How many repetitions are made of whom, in the order of the first round. */
        public Map<Subject, Integer> asked(Fault fault, Feed feed) {
            Map<Subject, Integer> asked = new LinkedHashMap<>();
            for (Subject subject : chosen.isEmpty() ? fault.usual(feed) : chosen) {
                int share = fault.share(feed, subject, repetitions);
                // Patient, nobody looks at times: of the second feed the subject and its bound are enough.
                boolean isLeftOut = chosen.isEmpty()
                        && pace.equals(Pace.PATIENT)
                        && feed == Feed.FAST
                        && (subject == Subject.TANDEM_HOT_DEFAULTS || subject == Subject.HAPROXY);
                if (share > 0 && !isLeftOut) {
                    asked.put(subject, share);
                }
            }
            return asked;
        }
    }

    /** Repetitions that were no result (a set-up that failed, a false alarm) are tried again, this often more than asked. */
    private static final int AGAIN_MAX = 3;

    private final Plan plan;
    private final double afterwardsSeconds;
    private final Consumer<String> results;
    private final Consumer<String> failures;
    private final PrintStream progress;
    private final TimeLeft left;

    /**
     * @param afterwardsSeconds what comes after this, for the time left
     * @param results gets a line of JSON for each repetition
     * @param failures gets a sentence for each repetition that came to no result
     */
    public FailoverRun(
            Plan plan,
            double afterwardsSeconds,
            Consumer<String> results,
            Consumer<String> failures,
            PrintStream progress) {
        this.plan = plan;
        this.afterwardsSeconds = afterwardsSeconds;
        this.results = results;
        this.failures = failures;
        this.progress = progress;
        left = new TimeLeft(Schedule.of(plan), plan.stress());
    }

    public void run() {
        runIn();
        List<Schedule.Block> blocks = Schedule.of(plan);
        int rounds = blocks.isEmpty() ? 0 : blocks.getLast().round() + 1;
        for (int i = 0; i < rounds; i++) {
            int round = i;
            for (Feed feed : plan.feeds()) {
                round(
                        round,
                        feed,
                        blocks.stream()
                                .filter(b -> b.round() == round && b.feed() == feed)
                                .toList());
            }
        }
    }

    private void round(int round, Feed feed, List<Schedule.Block> blocks) {
        if (blocks.isEmpty()) {
            return;
        }
        try (FailoverBench bench = new FailoverBench(feed, plan.hang(), plan.stress(), plan.pace())) {
            blocks.forEach(block -> block(bench, block));
        } catch (AssertionError | UncheckedIOException e) {
            failed("round " + (round + 1) + ", " + feed.text() + ": " + e.getMessage());
        }
    }

    /** A repetition that is not counted: the first one has a client whose JVM has just started. */
    private void runIn() {
        progress.println("run-in");
        try (FailoverBench bench = new FailoverBench(Feed.FAST, Duration.ZERO, Duration.ZERO, plan.pace());
                FailoverBench.Block block = bench.block(Subject.MILO_HOT)) {
            Repetition unused = block.measure(Fault.KILL, 0, false);
        } catch (UaException | AssertionError | UncheckedIOException e) {
            progress.println("run-in: " + e.getMessage());
        }
    }

    private void block(FailoverBench bench, Schedule.Block planned) {
        left.begin(planned);
        int again = 0;
        try (FailoverBench.Block block = bench.block(planned.subject())) {
            int valid = 0;
            while (valid < planned.count() && again < planned.count() + AGAIN_MAX) {
                announce(planned, valid);
                Repetition repetition = measure(block, planned, valid);
                if (repetition == null || repetition.isDiscarded()) {
                    again++;
                } else {
                    valid++;
                }
            }
        } catch (AssertionError | UncheckedIOException e) {
            failed(name(planned) + ": " + e.getMessage());
        }
    }

    private static String name(Schedule.Block block) {
        return block.fault().id() + " " + block.feed().word() + " "
                + block.subject().word();
    }

    private void announce(Schedule.Block block, int valid) {
        double minutes = (left.seconds(valid) + afterwardsSeconds) / 60;
        progress.println(String.format(
                Locale.ROOT,
                "%s %d of %d, about %.1f min left",
                name(block),
                block.done() + valid + 1,
                plan.asked(block.fault(), block.feed()).getOrDefault(block.subject(), 0),
                minutes));
    }

    private @Nullable Repetition measure(FailoverBench.Block block, Schedule.Block planned, int valid) {
        long beginNanos = System.nanoTime();
        try {
            Repetition repetition = block.measure(planned.fault(), planned.done() + valid + 1, planned.isLast(valid));
            results.accept(repetition.json());
            if (!repetition.faults().isEmpty()) {
                progress.println(repetition.faults() + "\n" + block.log());
            }
            return repetition;
        } catch (UaException | AssertionError | UncheckedIOException e) {
            failed(name(planned) + ": " + e.getMessage());
            progress.println(block.log());
            return null;
        } finally {
            double seconds = (System.nanoTime() - beginNanos) / 1e9;
            left.took(planned, seconds);
            progress.println(String.format(Locale.ROOT, "  took %.1f s", seconds));
        }
    }

    private void failed(String what) {
        failures.accept(what);
        progress.println(what);
    }
}
