package org.tandemopc.bench.failover;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The order of all repetitions of a run: rounds with a block of each fault and subject, each round starting with
 * another subject than the one before, so that what changes on the machine meanwhile touches all of them.
 */
final class Schedule {
    /**
     * Repetitions of one subject in a row.
     *
     * @param done repetitions of this fault and subject in earlier rounds
     */
    record Block(int round, Fault fault, Subject subject, int done, int count) {}

    private Schedule() {}

    /** All blocks in order; those of one round share a pair of servers. */
    static List<Block> of(FailoverRun.Plan plan) {
        List<Block> blocks = new ArrayList<>();
        int rounds = Math.ceilDiv(plan.repetitions(), plan.perBlock());
        List<Subject> order = new ArrayList<>(plan.subjects());
        for (int round = 0; round < rounds; round++) {
            for (Fault fault : plan.faults()) {
                for (Subject subject : order) {
                    int done = subject.share(plan.repetitions()) * round / rounds;
                    int count = subject.share(plan.repetitions()) * (round + 1) / rounds - done;
                    if (count > 0 && fault.concerns(subject)) {
                        blocks.add(new Block(round, fault, subject, done, count));
                    }
                }
            }
            Collections.rotate(order, -1);
        }
        return blocks;
    }
}
