package org.tandemopc.service;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A clock and a scheduler that stand still until they are moved. Any thread; tasks run without the lock. */
final class ManualTime implements Scheduler, LongSupplier {
    private record Task(long atNanos, long order, Runnable work) {}

    private final List<Task> tasks = new ArrayList<>();
    private long now = 1_000_000_000L;
    private long order;

    @Override
    public synchronized long getAsLong() {
        return now;
    }

    @Override
    public synchronized Cancellable after(long delayNanos, Runnable work) {
        Task task = new Task(now + Math.max(0, delayNanos), order++, work);
        tasks.add(task);
        return () -> cancel(task);
    }

    private synchronized void cancel(Task task) {
        tasks.remove(task);
    }

    /** Runs everything that is due on the way, each at its time. */
    void advanceMs(long ms) {
        long end = getAsLong() + ms * 1_000_000L;
        for (Task next = take(end); next != null; next = take(end)) {
            next.work().run();
        }
        moveTo(end);
    }

    private synchronized @Nullable Task take(long end) {
        Task next = next(end);
        if (next != null) {
            now = Math.max(now, next.atNanos());
            tasks.remove(next);
        }
        return next;
    }

    private synchronized void moveTo(long nanos) {
        now = nanos;
    }

    /** The process stands still: time passes, nothing runs. What was due runs at the next advance. */
    synchronized void pauseMs(long ms) {
        now += ms * 1_000_000L;
    }

    synchronized int tasks() {
        return tasks.size();
    }

    private @Nullable Task next(long end) {
        return tasks.stream()
                .filter(t -> t.atNanos() <= end)
                .min(Comparator.comparingLong(Task::atNanos).thenComparingLong(Task::order))
                .orElse(null);
    }
}
