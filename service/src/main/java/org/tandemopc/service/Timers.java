package org.tandemopc.service;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.tandemopc.core.pair.PairEvent;
import org.tandemopc.core.pair.Timer;

/** The timers of one pair: at most one of each kind and member is running. */
final class Timers {
    private record Slot(Timer.Kind kind, int member) {}

    private final LongSupplier nanoClock;
    private final Scheduler scheduler;
    private final PauseDetector pauses;
    private final Mailbox mailbox;
    private final Map<Slot, Scheduler.Cancellable> running = new HashMap<>();

    Timers(LongSupplier nanoClock, Scheduler scheduler, PauseDetector pauses, Mailbox mailbox) {
        this.nanoClock = nanoClock;
        this.scheduler = scheduler;
        this.pauses = pauses;
        this.mailbox = mailbox;
    }

    /** Called by the actor only. */
    void start(Timer timer, long atNanos) {
        Slot slot = new Slot(timer.kind(), timer.member());
        Scheduler.Cancellable earlier =
                running.put(slot, scheduler.after(atNanos - nanoClock.getAsLong(), () -> fire(timer)));
        if (earlier != null) {
            earlier.cancel();
        }
    }

    private void fire(Timer timer) {
        pauses.check();
        mailbox.fact(timer.member(), now -> new PairEvent.TimerFired(now, timer));
    }
}
