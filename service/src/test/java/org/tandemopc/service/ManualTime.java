package org.tandemopc.service;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A clock and a scheduler that stand still until they are moved. */
final class ManualTime implements Scheduler, LongSupplier {
    private record Task(long atNanos, long order, Runnable work) {}

    private final List<Task> tasks = new ArrayList<>();
    private long now = 1_000_000_000L;
    private long order;

    @Override
    public long getAsLong() {
        return now;
    }

    @Override
    public Cancellable after(long delayNanos, Runnable work) {
        Task task = new Task(now + Math.max(0, delayNanos), order++, work);
        tasks.add(task);
        return () -> tasks.remove(task);
    }

    /** Runs everything that is due on the way, each at its time. */
    void advanceMs(long ms) {
        long end = now + ms * 1_000_000L;
        for (Task next = next(end); next != null; next = next(end)) {
            now = Math.max(now, next.atNanos());
            tasks.remove(next);
            next.work().run();
        }
        now = end;
    }

    /** The process stands still: time passes, nothing runs. What was due runs at the next advance. */
    void pauseMs(long ms) {
        now += ms * 1_000_000L;
    }

    int tasks() {
        return tasks.size();
    }

    private @Nullable Task next(long end) {
        return tasks.stream()
                .filter(t -> t.atNanos() <= end)
                .min(Comparator.comparingLong(Task::atNanos).thenComparingLong(Task::order))
                .orElse(null);
    }
}
