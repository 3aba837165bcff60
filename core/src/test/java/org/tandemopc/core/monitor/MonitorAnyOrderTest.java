package org.tandemopc.core.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.tandemopc.core.monitor.MonitorValue.Quality;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.testkit.Requirement;

/**
 * Events in any order, with sense or without: what is said keeps its form, and does not depend on what does not matter.
 * One seed is one run: {@code -Dseed=…} repeats it.
 */
final class MonitorAnyOrderTest {
    private static final int SEEDS = 300;
    private static final int EVENTS = 300;
    private static final int ITEMS = 4;

    private static LongStream seeds() {
        Long one = Long.getLong("seed");
        return one == null
                ? LongStream.concat(LongStream.range(0, SEEDS), LongStream.of(System.nanoTime()))
                : LongStream.of(one);
    }

    private static Monitoring monitoring(SplittableRandom random) {
        List<MonitorItem> items = List.of(
                Watched.bad("q"),
                Watched.specific("v", MonitorType.INT16, "1"),
                Watched.silent("s", 3_000),
                Watched.silent("t", 5_000));
        return new Monitoring(1 + random.nextInt(ITEMS), items);
    }

    /** An event at a time later than the one before, mostly one that makes sense. */
    private static List<MonitorEvent> events(SplittableRandom random) {
        List<MonitorEvent> events = new ArrayList<>();
        long now = 1_000_000_000L;
        for (int i = 0; i < EVENTS; i++) {
            now += 1 + random.nextLong(1_500_000_000L);
            events.add(event(random, now));
        }
        return events;
    }

    private static MonitorEvent event(SplittableRandom random, long now) {
        return switch (random.nextInt(24)) {
            case 0, 1 -> new MonitorEvent.LinkOpened(now);
            case 2 -> new MonitorEvent.LinkClosed(now);
            case 3 -> new MonitorEvent.OwnPauseNoticed(now, random.nextLong(5_000_000_000L));
            case 4 -> reported(now, new MonitorReport.Interrupted());
            case 5 -> reported(now, new MonitorReport.Refused(item(random), 0x80340000L));
            case 6, 7, 8, 9, 10 -> {
                Duration rate = Duration.ofMillis(1 + random.nextInt(2_000));
                yield new MonitorEvent.Reported(
                        now,
                        List.of(
                                new MonitorReport.Added(0, rate),
                                new MonitorReport.Added(1, rate),
                                new MonitorReport.Added(2, rate),
                                new MonitorReport.Added(3, rate)));
            }
            default -> reported(now, new MonitorReport.Value(item(random), value(random)));
        };
    }

    private static MonitorEvent reported(long now, MonitorReport report) {
        return new MonitorEvent.Reported(now, List.of(report));
    }

    /** Now and then one that is not in the list. */
    private static int item(SplittableRandom random) {
        return random.nextInt(ITEMS + 1);
    }

    private static MonitorValue value(SplittableRandom random) {
        Quality quality = List.of(Quality.values()).get(random.nextInt(3));
        return switch (random.nextInt(6)) {
            case 0 -> MonitorValue.array(quality);
            case 1 -> MonitorValue.of(quality, null);
            default -> MonitorValue.of(quality, BigInteger.valueOf(random.nextInt(3)));
        };
    }

    private static Watched run(long seed, Monitoring monitoring, List<MonitorEvent> events) {
        Watched watched = new Watched(0, monitoring);
        for (MonitorEvent event : events) {
            try {
                watched.on(event);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        return watched;
    }

    @Test
    @Requirement({"EVT-MERR-P", "EVT-MOK-P"})
    void withinOneConnectionNoResultIsSaidTwiceInARow() {
        seeds().forEach(seed -> {
            SplittableRandom random = new SplittableRandom(seed);
            Watched watched = new Watched(0, monitoring(random));
            MonitorResult said = MonitorResult.UNTESTED;
            for (MonitorEvent event : events(random)) {
                List<MonitorEffect> effects = watched.on(event);
                for (MonitorEffect effect : effects) {
                    if (effect instanceof MonitorEffect.TestChanged test) {
                        MonitorResult now = test.passed() ? MonitorResult.PASSED : MonitorResult.FAILED;
                        assertThat(now).as("seed %d, %s", seed, event).isNotEqualTo(said);
                        said = now;
                    }
                }
                if (event instanceof MonitorEvent.LinkOpened || event instanceof MonitorEvent.LinkClosed) {
                    said = MonitorResult.UNTESTED;
                }
                assertThat(watched.result()).as("seed %d, %s", seed, event).isEqualTo(said);
            }
        });
    }

    /** Ticks, reports of unknown items, and the same settings again. */
    @Test
    void whatDoesNotMatterChangesNothing() {
        seeds().forEach(seed -> {
            SplittableRandom random = new SplittableRandom(seed);
            Monitoring monitoring = monitoring(random);
            List<MonitorEvent> plain = events(random);
            List<MonitorEvent> noisy = new ArrayList<>();
            for (MonitorEvent event : plain) {
                if (!(event instanceof MonitorEvent.OwnPauseNoticed)) {
                    long before = event.atNanos() - random.nextLong(2);
                    switch (random.nextInt(4)) {
                        case 0 -> noisy.add(new MonitorEvent.Ticked(before));
                        case 1 -> noisy.add(reported(before, new MonitorReport.Refused(99, 1)));
                        case 2 -> noisy.add(new MonitorEvent.MonitoringChanged(before, monitoring));
                        default -> {}
                    }
                }
                noisy.add(event);
            }

            Watched one = run(seed, monitoring, plain);
            Watched two = run(seed, monitoring, noisy);

            assertThat(two.state()).as("seed %d", seed).isEqualTo(one.state());
            assertThat(two.all()).as("seed %d", seed).isEqualTo(one.all());
        });
    }

    /** GAP-6, I11: whatever came before, a connected member has a result half a minute later. */
    @Test
    @Requirement({"GAP-6", "I11"})
    void everyConnectedMemberHasAResultInTheEnd() {
        seeds().forEach(seed -> {
            SplittableRandom random = new SplittableRandom(seed);
            Watched watched = run(seed, monitoring(random), events(random));
            watched.on(new MonitorEvent.LinkOpened(EVENTS * 2_000_000_000L));
            watched.on(new MonitorEvent.Ticked(EVENTS * 2_000_000_000L + ItemRules.ADD_NANOS_MAX));

            assertThat(watched.result()).as("seed %d", seed).isNotEqualTo(MonitorResult.UNTESTED);
        });
    }

    /** The control of the above: the runs do what they are there for. */
    @Test
    void theRunsReachEveryResultAndRecord() {
        Watched[] all = LongStream.range(0, 50)
                .mapToObj(seed -> {
                    SplittableRandom random = new SplittableRandom(seed);
                    return run(seed, monitoring(random), events(random));
                })
                .toArray(Watched[]::new);

        assertThat(all).anyMatch(w -> w.results().contains(true));
        assertThat(all).anyMatch(w -> w.results().contains(false));
        assertThat(all).anyMatch(w -> !w.records(RecordKind.MONITOR_ARRAY).isEmpty());
        assertThat(all).anyMatch(w -> !w.records(RecordKind.MONITOR_NOT_ADDED).isEmpty());
        assertThat(all).anyMatch(w -> !w.records(RecordKind.NOTE).isEmpty());
    }
}
