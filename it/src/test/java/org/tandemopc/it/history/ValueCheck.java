package org.tandemopc.it.history;

import java.util.ArrayList;
import java.util.List;
import org.tandemopc.it.client.Sample;
import org.tandemopc.it.client.StreamVerdict;
import org.tandemopc.it.pair.TandemRecord;

/** The values of each item against what every server shows in each tick, and against the records. */
final class ValueCheck {
    private final History history;
    private final List<Tenure> tenures;
    private final List<String> findings = new ArrayList<>();

    ValueCheck(History history) {
        this.history = history;
        tenures = Tenure.of(history);
    }

    List<String> findings() {
        history.streams().forEach(this::item);
        gaps();
        return findings;
    }

    private void item(String item, List<Sample> samples) {
        int outages = history.recordsOf("STRANDED").size();
        List<Sample> judged = withHidden(samples.stream()
                .filter(this::isNotTheServersOwn)
                .map(this::withoutSkew)
                .toList());
        StreamVerdict verdict = StreamVerdict.of(judged, history.periodMs());
        String what = item + ": " + verdict.details();
        tellIf(verdict.doubled() > 0, "a value twice: " + what);
        tellIf(verdict.backwards() > 0, "an old value after a new one: " + what);
        tellIf(verdict.wrongTime() > 0, "a value with another time: " + what);
        tellIf(verdict.lostUnmarked() > 0, "values lost without a mark: " + what);
        tellIf(verdict.notGood() > outages, "bad more often than there were outages: " + what);
        tellIf(verdict.notGood() < outages, "not told of an outage: " + what);
        tellIf(judged.stream().anyMatch(ValueCheck::isUnexpected), "a status of nobody: " + what);
        if (history.promises().gapless()) {
            tellIf(verdict.lost() > 0, "values lost, though a member was well and ready: " + what);
            tellIf(verdict.marked() > 0, "told of a loss that is none: " + what);
        }
        if (verdict.lost() > verdict.lostUnmarked() && outages == 0) {
            tellIf(history.recordsOf("GAP").isEmpty(), "values lost that no record tells of: " + what);
        }
        if (!standsStill()) {
            judged.stream()
                    .filter(this::isTooOld)
                    .findFirst()
                    .ifPresent(
                            old -> findings.add("a value that is %d ms old: %s: %s".formatted(ageMs(old), item, old)));
        }
    }

    /** I12: where nothing was lost, Tandem tells of no loss; and a switch knows of each item whether it went on. */
    private void gaps() {
        if (history.promises().gapless()) {
            history.recordsOf("GAP")
                    .forEach(each -> findings.add("a gap, though a member was well and ready: " + each));
        }
        for (TandemRecord switched : history.recordsOf("PROMOTED")) {
            long known =
                    Long.parseLong(switched.field("itemsContinuous")) + Long.parseLong(switched.field("itemsDoubtful"));
            tellIf(
                    known != history.streams().size(),
                    "a switch that tells of %d items, of %d: %s"
                            .formatted(known, history.streams().size(), SwitchCheck.describe(switched)));
        }
    }

    private void tellIf(boolean wrong, String finding) {
        if (wrong) {
            findings.add(finding);
        }
    }

    private boolean isNotTheServersOwn(Sample sample) {
        return sample.isGood()
                || history.injected().stream().noneMatch(fault -> fault.shows().contains(sample.statusWithoutInfo()));
    }

    /** I8: the time of a server whose clock is wrong is passed on as it is. */
    private Sample withoutSkew(Sample sample) {
        long aheadMs = sample.sourceMs() - sample.tick() * history.periodMs();
        boolean isSkew = aheadMs != 0 && history.injected().stream().anyMatch(fault -> fault.skewMs() == aheadMs);
        return isSkew ? sampleOf(sample.arrivalNanos(), sample.tick(), sample.status()) : sample;
    }

    private Sample sampleOf(long arrivalNanos, long tick, long status) {
        return new Sample(arrivalNanos, tick, true, tick * history.periodMs(), status);
    }

    private static boolean isUnexpected(Sample sample) {
        return !sample.isGood() && sample.statusWithoutInfo() != RequestCheck.BAD_NO_COMMUNICATION;
    }

    // ---- what a server kept back itself

    /** With the missing ticks that nobody could deliver. */
    private List<Sample> withHidden(List<Sample> samples) {
        List<Sample> filled = new ArrayList<>();
        long newest = Long.MAX_VALUE;
        for (Sample sample : samples) {
            if (sample.hasTick()) {
                for (long tick = newest; newest != Long.MAX_VALUE && ++tick < sample.tick(); ) {
                    if (isHidden(tick)) {
                        filled.add(sampleOf(sample.arrivalNanos(), tick, 0));
                    }
                }
                newest = newest == Long.MAX_VALUE ? sample.tick() : Math.max(newest, sample.tick());
            }
            filled.add(sample);
        }
        return filled;
    }

    /** Whether the tick fell into a time when the active member kept ticks back; give or take one. */
    private boolean isHidden(long tick) {
        long ms = tick * history.periodMs();
        long slack = history.periodMs() + History.SLACK_MS;
        return history.injected().stream()
                .filter(fault -> fault.hidesTicks() && ms >= fault.fromMs() - slack && ms <= fault.untilMs() + slack)
                .anyMatch(fault ->
                        tenures.stream().anyMatch(each -> each.member() == fault.member() && each.isAt(ms, slack)));
    }

    /** I5 cannot be judged by source times where a server itself shows old values as if they were new. */
    private boolean standsStill() {
        return history.injected().stream()
                .anyMatch(fault -> fault.hidesTicks() && fault.shows().isEmpty());
    }

    private boolean isTooOld(Sample sample) {
        return sample.isGood()
                && sample.hasTick()
                && !sample.isOverflow()
                && ageMs(sample) > history.promises().ageMs();
    }

    private long ageMs(Sample sample) {
        return history.wallMs(sample.arrivalNanos()) - sample.sourceMs();
    }
}
