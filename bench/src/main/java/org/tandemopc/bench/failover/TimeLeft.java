package org.tandemopc.bench.failover;

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

    private static final double SUSPICION_SECONDS = 25;

    private record Took(Fault fault, Subject subject, double seconds) {}

    private final Deque<Schedule.Block> rest;
    private final List<Took> taken = new ArrayList<>();
    private Schedule.@Nullable Block underWay;

    TimeLeft(List<Schedule.Block> blocks) {
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
    void took(Fault fault, Subject subject, double seconds) {
        taken.add(new Took(fault, subject, seconds));
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
                .filter(t -> t.fault() == block.fault() && t.subject() == block.subject())
                .map(Took::seconds)
                .toList();
        return same.isEmpty()
                ? expected(block.fault(), block.subject())
                : Spread.of(same).median();
    }

    private static double expected(Fault fault, Subject subject) {
        if (fault == Fault.SUSPICION) {
            return SUSPICION_SECONDS;
        }
        boolean isTandem = subject.isTandem();
        return switch (subject) {
            case TANDEM_COLD -> fault == Fault.KILL ? 10.5 : 12.5;
            default -> fault == Fault.KILL ? 5.5 : isTandem ? 10.5 : 7;
        };
    }
}
