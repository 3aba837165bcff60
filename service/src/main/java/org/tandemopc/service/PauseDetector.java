package org.tandemopc.service;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Notices that this process itself did not run for a while (a collector pause, a suspended machine, SIGSTOP: case
 * S35). A server that did not answer while we could not listen is not to blame.
 *
 * <p>A beat every 50 ms is the yardstick: when it is late, we were not running. After a pause everything that was due
 * fires at once and in any order, so whoever is about to report something that rests on waiting asks {@link #check}
 * first: the pause is then in the mailboxes before the accusation. Refused: judging by the wall clock, which is set by
 * people and time servers.
 */
final class PauseDetector {
    static final long BEAT_NANOS = 50_000_000L;

    /** @param thresholdNanos lateness from which on it is told */
    private record Subscriber(long thresholdNanos, LongConsumer onPause) {}

    private final LongSupplier nanoClock;
    private final Scheduler scheduler;
    private final List<Subscriber> subscribers = new CopyOnWriteArrayList<>();
    private long lastBeatNanos;
    private boolean running;

    PauseDetector(LongSupplier nanoClock, Scheduler scheduler) {
        this.nanoClock = nanoClock;
        this.scheduler = scheduler;
    }

    synchronized void start() {
        if (!running) {
            running = true;
            lastBeatNanos = nanoClock.getAsLong();
            scheduler.after(BEAT_NANOS, this::beat);
        }
    }

    synchronized void stop() {
        running = false;
    }

    /**
     * The consumer gets the length of the pause and must return at once.
     *
     * @return ends the subscription
     */
    Scheduler.Cancellable subscribe(long thresholdNanos, LongConsumer onPause) {
        Subscriber subscriber = new Subscriber(thresholdNanos, onPause);
        subscribers.add(subscriber);
        return () -> subscribers.remove(subscriber);
    }

    /**
     * Tells the subscribers of a pause that has just ended, if there was one. When this returns they know. Also moves
     * the yardstick, so that one pause is told once.
     */
    synchronized void check() {
        if (!running) {
            return;
        }
        long now = nanoClock.getAsLong();
        long late = now - lastBeatNanos - BEAT_NANOS;
        if (late <= 0) {
            return;
        }
        boolean told = false;
        for (Subscriber s : subscribers) {
            if (late > s.thresholdNanos()) {
                s.onPause().accept(late);
                told = true;
            }
        }
        if (told) {
            lastBeatNanos = now;
        }
    }

    private synchronized void beat() {
        if (!running) {
            return;
        }
        check();
        lastBeatNanos = nanoClock.getAsLong();
        scheduler.after(BEAT_NANOS, this::beat);
    }
}
