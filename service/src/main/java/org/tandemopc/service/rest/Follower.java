package org.tandemopc.service.rest;

import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.tandemopc.service.LoggedRecord;
import org.tandemopc.service.RecordListener;

/**
 * What one who follows records has not been sent yet: put in by the threads of the logs, taken by that of the stream. Bounded:
 * a follower that is too slow misses the oldest, and learns how many.
 */
final class Follower implements RecordListener {
    private static final int UNSENT_MAX = 1_000;

    /** What a follower is told. */
    sealed interface News {
        record Recorded(LoggedRecord record) implements News {}

        record Removed(String pair) implements News {}
    }

    private final Optional<String> only;
    private final ArrayBlockingQueue<News> unsent = new ArrayBlockingQueue<>(UNSENT_MAX);
    private final AtomicLong missed = new AtomicLong();

    /** @param only the pair that is followed; empty = all */
    Follower(Optional<String> only) {
        this.only = only;
    }

    @Override
    public void recorded(LoggedRecord record) {
        if (isFollowed(record.pair())) {
            offer(new News.Recorded(record));
        }
    }

    @Override
    public void removed(String pair) {
        if (isFollowed(pair)) {
            offer(new News.Removed(pair));
        }
    }

    private boolean isFollowed(String pair) {
        return only.isEmpty() || only.get().equals(pair);
    }

    private void offer(News news) {
        while (!unsent.offer(news)) {
            if (unsent.poll() != null) {
                missed.incrementAndGet();
            }
        }
    }

    /** Null when nothing came in this time. */
    @Nullable
    News await(long seconds) throws InterruptedException {
        return unsent.poll(seconds, TimeUnit.SECONDS);
    }

    /** How many were missed since this was asked last. */
    long missed() {
        return missed.getAndSet(0);
    }
}
