package org.tandemopc.it.client;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What is wrong with the stream of one counter, which every server shows gaplessly.
 *
 * @param samples how many
 * @param lost ticks that never came, between the first and the last
 * @param lostUnmarked those of them where the next value did not carry the Overflow bit, and no bad status came between
 * @param marked values with the Overflow bit though no tick is missing before them: the client is told of a loss that is
 *     none
 * @param doubled ticks that came again
 * @param backwards ticks that came after a newer one, without having been there before
 * @param wrongTime ticks whose source time was not exactly theirs
 * @param notGood samples with another status than Good
 * @param longestGapMs longest time between the arrivals of two good samples
 * @param details the first few faults, for people
 */
public record StreamVerdict(
        int samples,
        long lost,
        long lostUnmarked,
        int marked,
        int doubled,
        int backwards,
        int wrongTime,
        int notGood,
        double longestGapMs,
        List<String> details) {
    private static final int DETAILS_MAX = 10;

    /** @param periodMs of the counter */
    public static StreamVerdict of(List<Sample> samples, long periodMs) {
        Walk walk = new Walk(periodMs);
        samples.forEach(walk::step);
        return walk.verdict(samples.size());
    }

    /** Nothing lost, marked as if it were, doubled, out of order, with a wrong time or with another status than Good. */
    public boolean isPerfect() {
        return samples > 0
                && lost == 0
                && marked == 0
                && doubled == 0
                && backwards == 0
                && wrongTime == 0
                && notGood == 0;
    }

    private static final class Walk {
        private final long periodMs;
        private final Set<Long> seen = new HashSet<>();
        private final List<String> details = new ArrayList<>();
        private long newest = Long.MIN_VALUE;
        private long lastGoodNanos = Long.MIN_VALUE;
        private long lost;
        private long lostUnmarked;
        private int marked;
        private int doubled;
        private int backwards;
        private int wrongTime;
        private int notGood;
        private boolean badSinceTick;
        private long longestGapNanos;

        Walk(long periodMs) {
            this.periodMs = periodMs;
        }

        void step(Sample sample) {
            if (!sample.isGood()) {
                notGood++;
                badSinceTick = true;
                tell("status 0x%08X".formatted(sample.status()));
            }
            if (sample.hasTick()) {
                tick(sample);
                gap(sample);
                badSinceTick = false;
            }
        }

        private void gap(Sample sample) {
            if (lastGoodNanos != Long.MIN_VALUE) {
                longestGapNanos = Math.max(longestGapNanos, sample.arrivalNanos() - lastGoodNanos);
            }
            lastGoodNanos = sample.arrivalNanos();
        }

        private void tick(Sample sample) {
            long tick = sample.tick();
            if (sample.sourceMs() != tick * periodMs) {
                wrongTime++;
                tell("tick %d has source time %d".formatted(tick, sample.sourceMs()));
            }
            if (!seen.add(tick)) {
                doubled++;
                tell("tick %d again (newest %d)".formatted(tick, newest));
            } else if (tick < newest) {
                backwards++;
                // It was counted as lost when it was jumped over.
                lost--;
                tell("tick %d after %d".formatted(tick, newest));
            } else {
                jump(sample);
                newest = tick;
            }
        }

        private void jump(Sample sample) {
            long missing = newest == Long.MIN_VALUE ? 0 : sample.tick() - newest - 1;
            if (missing == 0) {
                if (sample.isOverflow()) {
                    marked++;
                    tell("tick %d is marked, and nothing is missing before it".formatted(sample.tick()));
                }
                return;
            }
            lost += missing;
            if (!sample.isOverflow() && !badSinceTick) {
                lostUnmarked += missing;
            }
            tell("%d ticks missing before %d%s"
                    .formatted(missing, sample.tick(), sample.isOverflow() || badSinceTick ? " (marked)" : ""));
        }

        private void tell(String fault) {
            if (details.size() < DETAILS_MAX) {
                details.add(fault);
            }
        }

        StreamVerdict verdict(int samples) {
            return new StreamVerdict(
                    samples,
                    lost,
                    lostUnmarked,
                    marked,
                    doubled,
                    backwards,
                    wrongTime,
                    notGood,
                    longestGapNanos / 1e6,
                    List.copyOf(details));
        }
    }
}
