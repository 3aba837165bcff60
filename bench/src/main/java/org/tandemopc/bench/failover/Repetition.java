package org.tandemopc.bench.failover;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.tandemopc.bench.report.JsonLine;
import org.tandemopc.bench.report.Line;

/**
 * One measured fault.
 *
 * @param victim name of the server that was hit
 * @param events what the application was told, in words
 * @param detectMs from the fault to the decision to leave the server: Tandem's own, else what the application was told
 * @param alarms how often Tandem lost a member without a fault while the fault was waited for
 * @param survivorLost how often Tandem took the other server for lost, from the fault on: false alarms too; either server
 *     in B-F6, where none fails
 * @param stressSeconds how long B-F6 gave cause for suspicion; else 0
 * @param load of the machine at the fault
 * @param pressure of the machine at the fault: percent of the 10 s before it in which some task waited for a processor;
 *     the start of the server that an earlier fault ended is a part of them
 * @param quietPressure the same of the quiet time before the fault only
 */
record Repetition(
        Fault fault,
        Feed feed,
        Subject subject,
        int number,
        String victim,
        Outcome outcome,
        String events,
        double detectMs,
        int alarms,
        int survivorLost,
        double stressSeconds,
        double load,
        double pressure,
        double quietPressure) {

    /** A peer that was in the middle of a false alarm when the fault came: its figures are not those of the fault. */
    boolean isDiscarded() {
        return !subject.isTandem() && outcome.alarmsBefore() > 0;
    }

    /** What is wrong with it by the rules that hold in every run; empty: nothing. Peers are not judged. */
    List<String> faults() {
        List<String> faults = new ArrayList<>();
        if (!subject.isTandem()) {
            return faults;
        }
        if (!outcome.isRecovered()) {
            faults.add("did not recover");
        }
        if (subject.mayLoseNothing()) {
            add(faults, outcome.lost(), "lost");
            add(faults, outcome.lostBefore(), "lost in a false alarm");
        }
        add(faults, outcome.doubled(), "doubled");
        add(faults, outcome.reordered(), "reordered");
        add(faults, outcome.stale(), "stale");
        add(faults, outcome.notGood(), "not good");
        add(faults, outcome.wrongTime(), "with a wrong source time");
        if (fault == Fault.SUSPICION) {
            add(faults, outcome.events(), "events of sessions or subscriptions");
            add(faults, outcome.readErrors(), "reads failed");
        }
        if (!faults.isEmpty() && survivorLost > 0 && fault != Fault.SUSPICION) {
            faults.add("while the other server was taken for lost as well");
        }
        return faults;
    }

    private static void add(List<String> faults, long count, String what) {
        if (count > 0) {
            faults.add(count + " " + what);
        }
    }

    String json() {
        return new JsonLine()
                .put("bench", fault.id())
                .put("subject", subject.word())
                .put("feed", feed.word())
                .put("rep", number)
                .put("victim", victim)
                .put("discarded", isDiscarded())
                .put("recovered", outcome.isRecovered())
                .put("gapMs", outcome.gapMs())
                .put("lost", outcome.lost())
                .put("lostBefore", outcome.lostBefore())
                .put("holesAtMs", outcome.holesMs().toString())
                .put("doubled", outcome.doubled())
                .put("reordered", outcome.reordered())
                .put("stale", outcome.stale())
                .put("notGood", outcome.notGood())
                .put("wrongTime", outcome.wrongTime())
                .put("alarmsBefore", outcome.alarmsBefore())
                .put("eventsBefore", outcome.eventsBefore())
                .put("events", outcome.events())
                .put("told", events)
                .put("alarms", alarms)
                .put("survivorLost", survivorLost)
                .put("stressSeconds", stressSeconds)
                .put("readErrors", outcome.readErrors())
                .put("slowestReadMs", outcome.slowestReadMs())
                .put("slowestReadBeforeMs", outcome.slowestReadBeforeMs())
                .put("longestBeforeMs", outcome.longestBeforeMs())
                .put("longestAfterMs", outcome.longestAfterMs())
                .put("ageBeforeMs", outcome.ageBeforeMs())
                .put("noticedMs", outcome.noticedMs())
                .put("detectMs", detectMs)
                .put("load", load)
                .put("psiSomeAvg10", pressure)
                .put("psiSomeQuiet", quietPressure)
                .put("faults", String.join(", ", faults()))
                .toString();
    }

    /** From what {@link #json()} wrote; figures have two decimals. */
    static Repetition of(Line line) {
        return new Repetition(
                Fault.of(line.text("bench")),
                Feed.of(line.text("feed")),
                Subject.of(line.text("subject")),
                line.count("rep"),
                line.text("victim"),
                outcome(line),
                line.text("told"),
                line.figure("detectMs"),
                line.count("alarms"),
                line.count("survivorLost"),
                line.figure("stressSeconds"),
                line.figure("load"),
                line.figure("psiSomeAvg10"),
                line.figure("psiSomeQuiet"));
    }

    private static Outcome outcome(Line line) {
        return new Outcome(
                line.flag("recovered"),
                line.figure("gapMs"),
                line.whole("lost"),
                line.whole("lostBefore"),
                Stream.of(line.text("holesAtMs").split("[^-0-9]+"))
                        .filter(each -> !each.isEmpty())
                        .map(Long::valueOf)
                        .toList(),
                line.whole("doubled"),
                line.whole("reordered"),
                line.whole("stale"),
                line.whole("notGood"),
                line.whole("wrongTime"),
                line.count("alarmsBefore"),
                line.count("eventsBefore"),
                line.count("events"),
                line.count("readErrors"),
                line.figure("slowestReadMs"),
                line.figure("slowestReadBeforeMs"),
                line.figure("longestBeforeMs"),
                line.figure("longestAfterMs"),
                line.figure("ageBeforeMs"),
                line.figure("noticedMs"));
    }
}
