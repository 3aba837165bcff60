package org.tandemopc.bench.failover;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.tandemopc.bench.report.Spread;

/**
 * What a fault cost the application. Counts of values are those of the item that fared worst, over the whole
 * repetition; NaN stands for what did not come.
 *
 * @param isRecovered whether each item showed a tick that began after the fault
 * @param gapMs from the fault to the first good value of a tick that began after it
 * @param lost ticks from the quiet time before the fault on that never came, up to the last that came
 * @param lostBefore the same before the quiet time: in false alarms, since nothing else happened then
 * @param holesMs where they are missing: beginnings of the holes' ticks in ms from the fault, of one item
 * @param doubled ticks that came again
 * @param reordered ticks that came after a newer one, and had not been there before
 * @param stale values with an older source time than one already delivered, after the hanging server went on
 * @param notGood values of all items with a status other than Good
 * @param wrongTime values of all items whose source time is not that of their tick
 * @param alarmsBefore sessions lost before the fault
 * @param eventsBefore all changes of sessions and subscriptions before the fault
 * @param events the same from the fault on
 * @param readErrors failed reads from the fault on
 * @param slowestReadMs of the reads that ended after the fault
 * @param slowestReadBeforeMs of the reads before the fault: the control
 * @param longestBeforeMs longest interval between two new values in the 1.5 s before the fault: the control
 * @param longestAfterMs the same from the last value before the fault to 1.5 s after it, or to the recovery if later
 * @param ageBeforeMs from the start of its tick to its arrival, median of the values in the 1.5 s before the fault
 * @param noticedMs from the fault to the first change of a session or subscription that the application was told
 */
record Outcome(
        boolean isRecovered,
        double gapMs,
        long lost,
        long lostBefore,
        List<Long> holesMs,
        long doubled,
        long reordered,
        long stale,
        long notGood,
        long wrongTime,
        int alarmsBefore,
        int eventsBefore,
        int events,
        int readErrors,
        double slowestReadMs,
        double slowestReadBeforeMs,
        double longestBeforeMs,
        double longestAfterMs,
        double ageBeforeMs,
        double noticedMs) {
    private static final long WINDOW_NANOS = 1_500_000_000L;

    Outcome {
        holesMs = List.copyOf(holesMs);
    }

    static Outcome of(Recording recording, Moments moments, int items, long periodMs) {
        return new Reckoning(recording, moments, items, periodMs).outcome();
    }

    /** Nothing lost, doubled, out of order or stale. */
    boolean isPerfect() {
        return lost == 0
                && lostBefore == 0
                && doubled == 0
                && reordered == 0
                && stale == 0
                && notGood == 0
                && wrongTime == 0;
    }

    private record Reckoning(Recording recording, Moments moments, int items, long periodMs) {
        Outcome outcome() {
            long firstNew = Long.MAX_VALUE;
            boolean isRecovered = true;
            Walk worst = new Walk();
            for (Walk walk : walks()) {
                worst.worsen(walk);
                firstNew = Math.min(firstNew, walk.firstNewNanos);
                isRecovered &= walk.firstNewNanos != Long.MAX_VALUE;
            }
            return new Outcome(
                    isRecovered,
                    firstNew == Long.MAX_VALUE ? Double.NaN : ms(firstNew - moments.faultNanos()),
                    worst.lost,
                    worst.lostBefore,
                    worst.holes.stream()
                            .map(tick -> tick * periodMs - moments.faultEpochMicros() / 1000)
                            .toList(),
                    worst.doubled,
                    worst.reordered,
                    worst.stale,
                    recording.notGood(),
                    recording.arrivals().stream()
                            .filter(a -> a.sourceMs() != a.tick() * periodMs)
                            .count(),
                    (int) recording.events().stream()
                            .filter(e -> !isAfter(e.nanos()) && e.isSessionLost())
                            .count(),
                    (int) events(false),
                    (int) events(true),
                    (int) recording.reads().stream()
                            .filter(r -> isAfter(r.endNanos()) && !r.isGood())
                            .count(),
                    slowestRead(true),
                    slowestRead(false),
                    longestBefore(),
                    longestAfter(),
                    ageBefore(),
                    noticed());
        }

        private boolean isAfter(long nanos) {
            return nanos >= moments.faultNanos();
        }

        private long events(boolean after) {
            return recording.events().stream()
                    .filter(e -> isAfter(e.nanos()) == after)
                    .count();
        }

        private double noticed() {
            return recording.events().stream()
                    .filter(e -> isAfter(e.nanos()))
                    .mapToDouble(e -> ms(e.nanos() - moments.faultNanos()))
                    .findFirst()
                    .orElse(Double.NaN);
        }

        private double slowestRead(boolean after) {
            return recording.reads().stream()
                    .filter(r -> isAfter(r.endNanos()) == after)
                    .filter(r -> after || r.endNanos() >= moments.faultNanos() - WINDOW_NANOS)
                    .mapToDouble(r -> ms(r.endNanos() - r.startNanos()))
                    .max()
                    .orElse(Double.NaN);
        }

        /** Of each item. */
        private List<Walk> walks() {
            List<Walk> walks = Stream.generate(Walk::new).limit(items).toList();
            for (Arrival arrival : recording.arrivals()) {
                walks.get(arrival.item()).step(arrival, moments, periodMs);
            }
            long steadyTick = steadyTick();
            walks.forEach(walk -> walk.end(steadyTick));
            return walks;
        }

        private long steadyTick() {
            long sinceMicros = (moments.faultNanos() - moments.steadyNanos()) / 1000;
            return (moments.faultEpochMicros() - sinceMicros) / 1000 / periodMs;
        }

        /** When the first item got something newer than it had. */
        private List<Long> newValues() {
            List<Long> times = new ArrayList<>();
            long newest = Long.MIN_VALUE;
            for (Arrival arrival : recording.arrivals()) {
                if (arrival.item() == 0 && arrival.tick() > newest) {
                    newest = arrival.tick();
                    times.add(arrival.nanos());
                }
            }
            return times;
        }

        private double longestBefore() {
            long longest = -1;
            long last = -1;
            for (long time : newValues()) {
                if (isAfter(time)) {
                    break;
                }
                if (last >= 0 && last >= moments.faultNanos() - WINDOW_NANOS) {
                    longest = Math.max(longest, time - last);
                }
                last = time;
            }
            return longest < 0 ? Double.NaN : ms(longest);
        }

        private double longestAfter() {
            long longest = -1;
            long last = -1;
            for (long time : newValues()) {
                boolean isLate = last - moments.faultNanos() > WINDOW_NANOS;
                if (isAfter(time) && last >= 0 && !isLate) {
                    longest = Math.max(longest, time - last);
                }
                last = time;
            }
            return longest < 0 ? Double.NaN : ms(longest);
        }

        private double ageBefore() {
            double faultEpochMs = moments.faultEpochMicros() / 1e3;
            return Spread.of(recording.arrivals().stream()
                            .filter(a -> !isAfter(a.nanos()) && a.nanos() >= moments.faultNanos() - WINDOW_NANOS)
                            .map(a -> faultEpochMs - ms(moments.faultNanos() - a.nanos()) - a.sourceMs())
                            .toList())
                    .median();
        }

        private static double ms(long nanos) {
            return nanos / 1e6;
        }
    }

    /** The stream of one item, value by value. */
    private static final class Walk {
        private final Set<Long> seen = new HashSet<>();
        private long oldest = Long.MAX_VALUE;
        private long newest = Long.MIN_VALUE;
        private long newestSourceMs = Long.MIN_VALUE;
        private long firstNewNanos = Long.MAX_VALUE;
        private long lost;
        private long lostBefore;
        private long doubled;
        private long reordered;
        private long stale;
        private List<Long> holes = List.of();

        void step(Arrival arrival, Moments moments, long periodMs) {
            long tick = arrival.tick();
            if (!seen.add(tick)) {
                doubled++;
            } else if (tick < newest) {
                reordered++;
            }
            if (arrival.sourceMs() < newestSourceMs && arrival.nanos() >= moments.thawNanos()) {
                stale++;
            }
            if (tick * periodMs * 1000 > moments.faultEpochMicros()) {
                firstNewNanos = Math.min(firstNewNanos, arrival.nanos());
            }
            oldest = Math.min(oldest, tick);
            newest = Math.max(newest, tick);
            newestSourceMs = Math.max(newestSourceMs, arrival.sourceMs());
        }

        void end(long steadyTick) {
            for (long tick = oldest; tick < newest; tick++) {
                if (!seen.contains(tick)) {
                    if (tick < steadyTick) {
                        lostBefore++;
                    } else {
                        lost++;
                    }
                }
            }
            holes = seen.stream()
                    .filter(tick -> tick != newest && !seen.contains(tick + 1))
                    .map(tick -> tick + 1)
                    .sorted()
                    .toList();
        }

        void worsen(Walk other) {
            holes = other.holes.size() > holes.size() ? other.holes : holes;
            lost = Math.max(lost, other.lost);
            lostBefore = Math.max(lostBefore, other.lostBefore);
            doubled = Math.max(doubled, other.doubled);
            reordered = Math.max(reordered, other.reordered);
            stale = Math.max(stale, other.stale);
        }
    }
}
