package org.tandemopc.bench.failover;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.tandemopc.bench.report.Line;
import org.tandemopc.bench.report.Spread;
import org.tandemopc.bench.report.Table;
import org.tandemopc.bench.report.Target;
import org.tandemopc.bench.world.Machine;

/** What the repetitions of a run say together. */
public final class FailoverReport {
    private static final double HOT_GAP_MAX = 1.5;
    private static final double HOT_INTERVAL_MAX = 1.2;
    private static final double WARM_GAP_MAX = 1.0;
    private static final double COLD_GAP_MAX = 0.5;

    private final Feed feed;
    private final List<Repetition> repetitions;

    private FailoverReport(Feed feed, List<Repetition> repetitions) {
        this.feed = feed;
        this.repetitions = List.copyOf(repetitions);
    }

    /** Of the lines of results that are of B-F1, B-F2 and B-F6 with this feed. */
    public static FailoverReport of(List<Line> lines, Feed feed) {
        return new FailoverReport(
                feed,
                lines.stream()
                        .filter(line -> Arrays.stream(Fault.values()).anyMatch(fault -> line.is("bench", fault.id())))
                        .map(Repetition::of)
                        .filter(repetition -> repetition.feed() == feed)
                        .toList());
    }

    /** Whether a subject has a result. */
    public boolean has(Fault fault, Subject subject) {
        return !of(fault, subject).isEmpty();
    }

    private List<Repetition> of(Fault fault, Subject subject) {
        return repetitions.stream()
                .filter(r -> r.fault() == fault && r.subject() == subject)
                .toList();
    }

    private List<Repetition> valid(Fault fault, Subject subject) {
        return of(fault, subject).stream().filter(r -> !r.isDiscarded()).toList();
    }

    private Spread spread(Fault fault, Subject subject, ToDoubleFunction<Repetition> figure) {
        return Spread.of(valid(fault, subject).stream()
                .mapToDouble(figure)
                .filter(Double::isFinite)
                .boxed()
                .toList());
    }

    private Spread gap(Fault fault, Subject subject) {
        return spread(fault, subject, r -> r.outcome().gapMs());
    }

    /**
     * What the application saw, a row for each subject that was measured.
     *
     * @param asked repetitions that the run was to have
     */
    public Table seen(Fault fault, Map<Subject, Integer> asked) {
        Table table = new Table(
                "subject",
                "n",
                "false alarms",
                "gap ms",
                "lost",
                "lost before",
                "doubled",
                "reordered",
                "stale",
                "events",
                "read errors");
        for (Subject subject : Subject.values()) {
            List<Repetition> all = of(fault, subject);
            if (all.isEmpty()) {
                continue;
            }
            table.row(
                    subject.word(),
                    valid(fault, subject).size() + " of " + asked.getOrDefault(subject, 0),
                    String.valueOf(alarms(all)),
                    gap(fault, subject).withRange() + doubt(fault, subject),
                    spread(fault, subject, r -> r.outcome().lost()).withRange(),
                    spread(fault, subject, r -> r.outcome().lostBefore()).withRange(),
                    spread(fault, subject, r -> r.outcome().doubled()).withRange(),
                    spread(fault, subject, r -> r.outcome().reordered()).withRange(),
                    spread(fault, subject, r -> r.outcome().stale()).withRange(),
                    spread(fault, subject, r -> r.outcome().events()).withRange(),
                    spread(fault, subject, r -> r.outcome().readErrors()).withRange());
        }
        return table;
    }

    /** Times, a row for each subject that was measured. */
    public Table times(Fault fault) {
        Table table = new Table(
                "subject",
                "detected ms",
                "age before ms",
                "slowest read ms",
                "slowest read before ms",
                "longest interval before ms",
                "longest interval after ms",
                "after / before",
                "PSI % avg10",
                "PSI % quiet time");
        for (Subject subject : Subject.values()) {
            if (of(fault, subject).isEmpty()) {
                continue;
            }
            String doubt = doubt(fault, subject);
            Spread before = spread(fault, subject, r -> r.outcome().longestBeforeMs());
            Spread after = spread(fault, subject, r -> r.outcome().longestAfterMs());
            table.row(
                    subject.word(),
                    spread(fault, subject, Repetition::detectMs).withRange() + doubt,
                    spread(fault, subject, r -> r.outcome().ageBeforeMs()).withRange() + doubt,
                    spread(fault, subject, r -> r.outcome().slowestReadMs()).withRange() + doubt,
                    spread(fault, subject, r -> r.outcome().slowestReadBeforeMs())
                                    .withRange()
                            + doubt,
                    before.withRange() + doubt,
                    after.withRange() + doubt,
                    Spread.number(after.median() / before.median()),
                    spread(fault, subject, Repetition::pressure).withRange(),
                    spread(fault, subject, Repetition::quietPressure).withRange());
        }
        return table;
    }

    /** What the application saw of suspicions that were wrong, a row for each subject that was measured. */
    public Table suspected(Map<Subject, Integer> asked) {
        Table table = new Table(
                "subject",
                "n",
                "minutes",
                "suspicions an hour",
                "lost",
                "doubled",
                "reordered",
                "events",
                "read errors",
                "slowest read ms",
                "PSI % avg10");
        for (Subject subject : Subject.values()) {
            List<Repetition> all = of(Fault.SUSPICION, subject);
            if (all.isEmpty()) {
                continue;
            }
            double hours = all.stream().mapToDouble(Repetition::stressSeconds).sum() / 3600;
            // A peer says of itself what it suspects: it gives its session up.
            double suspicions = all.stream()
                    .mapToInt(r ->
                            subject.isTandem() ? r.survivorLost() : r.outcome().events())
                    .sum();
            table.row(
                    subject.word(),
                    all.size() + " of " + asked.getOrDefault(subject, 0),
                    Spread.number(hours * 60),
                    Spread.number(suspicions / hours),
                    spread(Fault.SUSPICION, subject, r -> r.outcome().lost()).withRange(),
                    spread(Fault.SUSPICION, subject, r -> r.outcome().doubled()).withRange(),
                    spread(Fault.SUSPICION, subject, r -> r.outcome().reordered())
                            .withRange(),
                    spread(Fault.SUSPICION, subject, r -> r.outcome().events()).withRange(),
                    spread(Fault.SUSPICION, subject, r -> r.outcome().readErrors())
                            .withRange(),
                    spread(Fault.SUSPICION, subject, r -> r.outcome().slowestReadMs())
                                    .withRange()
                            + doubt(Fault.SUSPICION, subject),
                    spread(Fault.SUSPICION, subject, Repetition::pressure).withRange());
        }
        return table;
    }

    /** The mark of a row whose maxima say nothing: a repetition in it had a machine too busy. */
    private String doubt(Fault fault, Subject subject) {
        boolean isBusy = valid(fault, subject).stream().anyMatch(r -> r.pressure() > Machine.PRESSURE_MAX);
        return isBusy ? " ?" : "";
    }

    private static long alarms(List<Repetition> repetitions) {
        return repetitions.stream()
                .filter(r -> r.isDiscarded() || r.alarms() + r.survivorLost() > 0)
                .count();
    }

    /** The ratios that issue and design aim at. */
    public List<Target> targets(Fault fault) {
        List<Target> targets = new ArrayList<>();
        if (repetitions.stream().noneMatch(r -> r.fault() == fault)) {
            return targets;
        }
        if (fault == Fault.SUSPICION) {
            targets.add(visible(Subject.TANDEM_HOT));
            targets.add(visible(Subject.TANDEM_WARM));
            return targets;
        }
        Spread before = spread(fault, Subject.TANDEM_HOT, r -> r.outcome().longestBeforeMs());
        Spread after = spread(fault, Subject.TANDEM_HOT, r -> r.outcome().longestAfterMs());
        targets.add(gapRatio(fault, Subject.TANDEM_HOT, Subject.MILO_HOT, HOT_GAP_MAX));
        targets.add(Target.atMost(
                name(fault) + " hot: longest interval after / before the fault",
                after.median() / before.median(),
                HOT_INTERVAL_MAX));
        // With the other feed these are measured when somebody asks for them, and then judged by the same targets.
        if (has(fault, Subject.TANDEM_WARM) || feed == Feed.WIDE) {
            targets.add(gapRatio(fault, Subject.TANDEM_WARM, Subject.MILO_WARM, WARM_GAP_MAX));
        }
        if (has(fault, Subject.TANDEM_COLD) || feed == Feed.WIDE) {
            targets.add(gapRatio(fault, Subject.TANDEM_COLD, Subject.MILO_COLD, COLD_GAP_MAX));
        }
        return targets;
    }

    /** Everything that a suspicion was noticed by, over all repetitions. */
    private Target visible(Subject subject) {
        List<Repetition> all = of(Fault.SUSPICION, subject);
        double seen = all.stream()
                .map(Repetition::outcome)
                .mapToLong(o -> o.lost() + o.doubled() + o.reordered() + o.stale() + o.events() + o.readErrors())
                .sum();
        return Target.atMost(
                Fault.SUSPICION.id() + " visible effects, " + subject.word(), all.isEmpty() ? Double.NaN : seen, 0);
    }

    private String name(Fault fault) {
        return fault.id() + " " + feed.word();
    }

    private Target gapRatio(Fault fault, Subject ours, Subject peer, double atMost) {
        return Target.atMost(
                name(fault) + " median gap, " + ours.word() + " / " + peer.word(),
                gap(fault, ours).median() / gap(fault, peer).median(),
                atMost);
    }

    /** What breaks a rule that holds in every run, in words. */
    public List<String> violations() {
        List<String> violations = new ArrayList<>();
        for (Repetition repetition : repetitions) {
            if (!repetition.faults().isEmpty()) {
                violations.add(
                        name(repetition.fault()) + " " + repetition.subject().word() + " repetition "
                                + repetition.number() + ": " + String.join(", ", repetition.faults()));
            }
        }
        return violations;
    }

    public double highestPressure() {
        return repetitions.stream()
                .mapToDouble(Repetition::pressure)
                .filter(Double::isFinite)
                .max()
                .orElse(Double.NaN);
    }
}
