package org.tandemopc.relay.ua.front;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Work with keys, which takes milliseconds of a few threads: it waits here, and the addresses take turns. A peer that asks
 * for very much waits for itself; whoever comes from elsewhere is next but one. Bounded for a connection and in all; where
 * all places are taken, the address with the most of them gives one to an address with fewer. Any thread.
 */
final class KeyWork {
    /** Jobs of a connection, waiting or at work: more than any client has sessions to open at once. */
    static final int PER_CONNECTION_MAX = 16;

    static final int WAITING_MAX = 256;

    private final Executor pool;

    // Guarded by this.
    /** By address; the first one's turn is next. */
    private final Map<String, ArrayDeque<Job>> waiting = new LinkedHashMap<>();

    private final Map<Object, Integer> perConnection = new HashMap<>();
    private int count;

    private record Job(Object connection, Runnable work, Runnable refused) {}

    /** @param pool takes as many tasks as jobs may wait, until it ends */
    KeyWork(Executor pool) {
        this.pool = pool;
    }

    /**
     * Exactly one of the two is run, on the pool or, when there is no place, on the caller's thread.
     *
     * @param address whose turn it is to be
     * @param connection whose jobs are counted
     * @param refused must return at once
     */
    void submit(String address, Object connection, Runnable work, Runnable refused) {
        Job job = new Job(connection, work, refused);
        Job putOut = put(address, job);
        if (putOut != null) {
            putOut.refused().run();
            return; // the task of the job that made room will do this one
        }
        try {
            pool.execute(this::runNext);
        } catch (RejectedExecutionException e) {
            // It ends with the door.
            if (takeBack(address, job)) {
                refused.run();
            }
        }
    }

    /** @return the job that has no place: this one, or another one that made room; null if there is room for all */
    private synchronized @Nullable Job put(String address, Job job) {
        if (perConnection.getOrDefault(job.connection(), 0) >= PER_CONNECTION_MAX) {
            return job;
        }
        Job putOut = null;
        if (count >= WAITING_MAX) {
            ArrayDeque<Job> most = Collections.max(waiting.values(), Comparator.comparingInt(ArrayDeque::size));
            if (most.size() <= waitingOf(address) + 1) {
                return job;
            }
            putOut = most.removeLast();
            forget(putOut);
            count--;
        }
        waiting.computeIfAbsent(address, a -> new ArrayDeque<>()).addLast(job);
        perConnection.merge(job.connection(), 1, Integer::sum);
        count++;
        return putOut;
    }

    private int waitingOf(String address) {
        ArrayDeque<Job> jobs = waiting.get(address);
        return jobs == null ? 0 : jobs.size();
    }

    private void runNext() {
        Job job = takeNext();
        if (job == null) {
            return; // it was taken back
        }
        try {
            job.work().run();
        } finally {
            done(job);
        }
    }

    private synchronized @Nullable Job takeNext() {
        Iterator<Map.Entry<String, ArrayDeque<Job>>> first = waiting.entrySet().iterator();
        if (!first.hasNext()) {
            return null;
        }
        Map.Entry<String, ArrayDeque<Job>> turn = first.next();
        String address = turn.getKey();
        ArrayDeque<Job> jobs = turn.getValue();
        first.remove();
        Job job = jobs.removeFirst();
        count--;
        if (!jobs.isEmpty()) {
            waiting.put(address, jobs); // behind the others
        }
        return job;
    }

    private synchronized boolean takeBack(String address, Job job) {
        ArrayDeque<Job> jobs = waiting.get(address);
        if (jobs == null || !jobs.remove(job)) {
            return false;
        }
        if (jobs.isEmpty()) {
            waiting.remove(address);
        }
        count--;
        forget(job);
        return true;
    }

    private synchronized void done(Job job) {
        forget(job);
    }

    private void forget(Job job) {
        perConnection.computeIfPresent(job.connection(), (connection, jobs) -> jobs == 1 ? null : jobs - 1);
    }
}
