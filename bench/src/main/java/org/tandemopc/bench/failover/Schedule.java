package org.tandemopc.bench.failover;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * The order of all repetitions of a run: rounds with a block of each feed, fault and subject, each round starting with
 * another subject than the one before, so that what changes on the machine meanwhile touches all of them.
 */
final class Schedule {
    /**
     * Repetitions of one subject in a row.
     *
     * @param done repetitions of this feed, fault and subject in earlier rounds
     */
    record Block(int round, Feed feed, Fault fault, Subject subject, int done, int count) {
        /** Whether this repetition of the block, from 0, is its last: the one for which a server hangs long. */
        boolean isLast(int repetition) {
            return repetition == count - 1;
        }
    }

    private Schedule() {}

    /** All blocks in order; those of one round and feed share a pair of servers. */
    static List<Block> of(FailoverRun.Plan plan) {
        List<Block> blocks = new ArrayList<>();
        int rounds = Math.ceilDiv(plan.repetitions(), plan.perBlock());
        for (int round = 0; round < rounds; round++) {
            for (Feed feed : plan.feeds()) {
                for (Fault fault : plan.faults()) {
                    Map<Subject, Integer> asked = plan.asked(fault, feed);
                    List<Subject> order = new ArrayList<>(asked.keySet());
                    Collections.rotate(order, -round);
                    for (Subject subject : order) {
                        int share = asked.getOrDefault(subject, 0);
                        int done = share * round / rounds;
                        int count = share * (round + 1) / rounds - done;
                        if (count > 0) {
                            blocks.add(new Block(round, feed, fault, subject, done, count));
                        }
                    }
                }
            }
        }
        return blocks;
    }
}
