package org.tandemopc.bench.failover;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.jspecify.annotations.Nullable;

/**
 * All repetitions of B-F1 and B-F2, interleaved in blocks: each round has a block of each subject and fault, and starts
 * with another subject than the one before.
 */
public final class FailoverRun {
    /**
     * How much is measured.
     *
     * @param repetitions of each subject and fault; of Tandem with default settings one block
     * @param perBlock repetitions of one subject in a row
     * @param hang how long a hanging server hangs at least
     */
    public record Plan(
            List<Fault> faults, List<Subject> subjects, int repetitions, int perBlock, Duration hang, Pace pace) {
        public Plan {
            faults = List.copyOf(faults);
            subjects = List.copyOf(subjects);
        }
    }

    /** Repetitions that were no result (a set-up that failed, a false alarm) are tried again, this often more than asked. */
    private static final int AGAIN_MAX = 3;

    private final Plan plan;
    private final PrintStream results;
    private final PrintStream progress;
    private final List<Repetition> repetitions = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    /** @param results gets a line of JSON for each repetition */
    public FailoverRun(Plan plan, PrintStream results, PrintStream progress) {
        this.plan = plan;
        this.results = results;
        this.progress = progress;
    }

    public FailoverReport run() {
        runIn();
        int rounds = Math.ceilDiv(plan.repetitions(), plan.perBlock());
        List<Subject> order = new ArrayList<>(plan.subjects());
        for (int round = 0; round < rounds; round++) {
            int count = Math.min(plan.perBlock(), plan.repetitions() - round * plan.perBlock());
            try (FailoverBench bench = new FailoverBench(plan.hang(), plan.pace())) {
                for (Fault fault : plan.faults()) {
                    for (Subject subject : order) {
                        if (subject != Subject.TANDEM_HOT_DEFAULTS || round == 0) {
                            block(bench, fault, subject, round * plan.perBlock(), count);
                        }
                    }
                }
            }
            Collections.rotate(order, -1);
        }
        return new FailoverReport(repetitions);
    }

    /** A repetition that is not counted: the first one has a client whose JVM has just started. */
    private void runIn() {
        progress.println("run-in");
        try (FailoverBench bench = new FailoverBench(Duration.ZERO, plan.pace());
                FailoverBench.Block block = bench.block(Subject.MILO_HOT)) {
            Repetition unused = block.measure(Fault.KILL, 0);
        } catch (UaException | AssertionError e) {
            progress.println("run-in: " + e.getMessage());
        }
    }

    /** Subjects of the plan that have no result at all, with the reasons. */
    public List<String> missing() {
        List<String> missing = new ArrayList<>();
        for (Fault fault : plan.faults()) {
            for (Subject subject : plan.subjects()) {
                if (repetitions.stream().noneMatch(r -> r.fault() == fault && r.subject() == subject)) {
                    missing.add(fault.id() + " " + subject.word() + " has no result: " + failures);
                }
            }
        }
        return missing;
    }

    private void block(FailoverBench bench, Fault fault, Subject subject, int done, int count) {
        int again = 0;
        try (FailoverBench.Block block = bench.block(subject)) {
            int valid = 0;
            while (valid < count && again < count + AGAIN_MAX) {
                progress.println(fault.id() + " " + subject.word() + " " + (done + valid + 1));
                Repetition repetition = measure(block, fault, subject, done + valid + 1);
                if (repetition == null || repetition.isDiscarded()) {
                    again++;
                } else {
                    valid++;
                }
            }
        } catch (AssertionError e) {
            failed(fault, subject, e);
        }
    }

    private @Nullable Repetition measure(FailoverBench.Block block, Fault fault, Subject subject, int number) {
        try {
            Repetition repetition = block.measure(fault, number);
            repetitions.add(repetition);
            results.println(repetition.json());
            results.flush();
            if (!repetition.faults().isEmpty()) {
                progress.println(repetition.faults() + "\n" + block.log());
            }
            return repetition;
        } catch (UaException | AssertionError e) {
            failed(fault, subject, e);
            progress.println(block.log());
            return null;
        }
    }

    private void failed(Fault fault, Subject subject, Throwable why) {
        String failure = fault.id() + " " + subject.word() + ": " + why.getMessage();
        failures.add(failure);
        progress.println(failure);
    }
}
