package org.tandemopc.service;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.core.pair.PairEffect;
import org.tandemopc.core.pair.PairEvent;
import org.tandemopc.core.pair.PairState;
import org.tandemopc.core.pair.Step;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;

/**
 * The owner of a pair's state: takes one message at a time, stamps the time, asks the machine, writes the journal, and
 * has the effects performed. It never waits for a server, a disk or a client. Runs on one virtual thread; tests call
 * {@link #runPending} instead.
 *
 * <p>A defect (a RuntimeException of the machine or of a performer) does not end the pair: the event that led to it is
 * given up, the state before it stays, an error is recorded. Three defects within a minute pin the pair to its active
 * member, so that a defect cannot throw clients to and fro.
 */
final class PairActor {
    static final int DEFECTS_MAX = 3;
    static final long DEFECT_WINDOW_NANOS = 60_000_000_000L;
    private static final Logger LOG = LoggerFactory.getLogger(PairActor.class);

    private final Mailbox mailbox;
    private final BiFunction<PairState, PairEvent, Step> machine;
    private final LongSupplier nanoClock;
    private final PairJournal journal;
    private final Consumer<List<PairEffect>> performer;
    private final EventLog log;
    private final ArrayDeque<Long> defects = new ArrayDeque<>();
    private volatile PairState state;
    private volatile PairState performed;
    private volatile boolean stopped;

    PairActor(
            PairState initial,
            Mailbox mailbox,
            BiFunction<PairState, PairEvent, Step> machine,
            LongSupplier nanoClock,
            PairJournal journal,
            Consumer<List<PairEffect>> performer,
            EventLog log) {
        this.state = initial;
        this.performed = initial;
        this.mailbox = mailbox;
        this.machine = machine;
        this.nanoClock = nanoClock;
        this.journal = journal;
        this.performer = performer;
        this.log = log;
    }

    /** The state after the last turn; any thread. */
    PairState state() {
        return state;
    }

    /** The state of which all effects have been ordered; any thread. */
    PairState performed() {
        return performed;
    }

    Thread start(String name) {
        return Thread.ofVirtual().name("pair-" + name).start(this::run);
    }

    /** Ends the loop after the turn under way. */
    void stop(Thread thread) {
        stopped = true;
        thread.interrupt();
    }

    /** Takes what waits, and what that leads to, until the box is empty. For tests: no thread is needed. */
    void runPending() {
        for (LongFunction<PairEvent> next = mailbox.poll(); next != null; next = mailbox.poll()) {
            turn(next);
        }
    }

    private void run() {
        while (!stopped) {
            try {
                turn(mailbox.take());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void turn(LongFunction<PairEvent> message) {
        try {
            PairEvent event = message.apply(nanoClock.getAsLong());
            PairState before = state;
            Step step = machine.apply(before, event);
            state = step.state();
            journal.add(before, event, step.effects(), step.state());
            performer.accept(step.effects());
        } catch (RuntimeException | AssertionError | StackOverflowError e) {
            defect(e);
        } finally {
            performed = state;
        }
    }

    private void defect(Throwable e) {
        long now = nanoClock.getAsLong();
        while (!defects.isEmpty() && now - defects.getFirst() > DEFECT_WINDOW_NANOS) {
            defects.removeFirst();
        }
        defects.addLast(now);
        int active = state.active();
        boolean pin = defects.size() >= DEFECTS_MAX && active >= 0;
        LOG.atError().addKeyValue("pair", state.settings().name()).setCause(e).log("A defect of Tandem.");
        log.add(new PairRecord(
                RecordKind.PROGRAM_ERROR,
                "A defect of Tandem was met while deciding for '%s' (%s). The pair goes on from its last state%s."
                        .formatted(state.settings().name(), e, pin ? " and is pinned to its active member" : ""),
                Map.of("defects", defects.size(), "pinned", pin)));
        if (pin) {
            defects.clear();
            mailbox.fact(active, at -> new PairEvent.PinRequested(at, "tandem", active));
        }
    }
}
