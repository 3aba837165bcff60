package org.tandemopc.bench.failover;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tandemopc.bench.report.Spread;

/**
 * How long the rest of a run takes: the median of what repetitions of the same kind took, and experience until there is
 * one. One thread at a time.
 */
final class TimeLeft {
    /** Of a block: a proxy that starts, and a share in the start of a pair of servers. */
    private static final double BLOCK_SECONDS = 2;

    /** Of a repetition of B-F6, beside the time for which it gives cause. */
    private static final double AROUND_STRESS_SECONDS = 6;

    private record Took(Schedule.Block block, double seconds) {
        boolean isLike(Schedule.Block other) {
            return block.fault() == other.fault() && block.subject() == other.subject() && block.feed() == other.feed();
        }
    }

    private final double stressSeconds;
    private final Deque<Schedule.Block> rest;
    private final List<Took> taken = new ArrayList<>();
    private Schedule.@Nullable Block underWay;

    /** @param stress how long B-F6 gives cause for suspicion */
    TimeLeft(List<Schedule.Block> blocks, Duration stress) {
        stressSeconds = stress.toMillis() / 1e3;
        rest = new ArrayDeque<>(blocks);
    }

    /** This block begins; those before it in the schedule have ended, or will not come. */
    void begin(Schedule.Block block) {
        underWay = block;
        while (!rest.isEmpty() && !rest.pop().equals(block)) {
            continue;
        }
    }

    /** A repetition has ended, with a result or without. */
    void took(Schedule.Block block, double seconds) {
        taken.add(new Took(block, seconds));
    }

    /** Before the first block. */
    double seconds() {
        return seconds(0);
    }

    /** @param valid repetitions that the block under way has */
    double seconds(int valid) {
        Schedule.Block current = underWay;
        double seconds = current == null ? 0 : (current.count() - valid) * each(current);
        for (Schedule.Block block : rest) {
            seconds += BLOCK_SECONDS + block.count() * each(block);
        }
        return seconds;
    }

    private double each(Schedule.Block block) {
        List<Double> same = taken.stream()
                .filter(took -> took.isLike(block))
                .map(Took::seconds)
                .toList();
        return same.isEmpty()
                ? expected(block.fault(), block.subject())
                : Spread.of(same).median();
    }

    private double expected(Fault fault, Subject subject) {
        if (fault == Fault.SUSPICION) {
            return AROUND_STRESS_SECONDS + stressSeconds;
        }
        return switch (subject) {
            case TANDEM_COLD -> 11;
            case TANDEM_HOT_DEFAULTS, HAPROXY -> 9;
            case TANDEM_HOT, TANDEM_WARM -> fault == Fault.KILL ? 6.2 : 7.5;
            default -> 5;
        };
    }
}
