package org.tandemopc.service;

import java.io.IOException;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.core.config.DoorConfig;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.core.record.RecordTexts;
import org.tandemopc.relay.FrontDoorLostException;
import org.tandemopc.relay.Protocol;

/**
 * The front door of a running service. One that was lost, because neither a new one nor the one before it could be
 * opened, is told to every pair once and tried again: after {@value #FIRST_MS} ms, then ever more seldom, at least each
 * {@value #MAX_MS} ms. Any thread may ask; whoever opens holds the lock of the runtime.
 */
final class DoorKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(DoorKeeper.class);

    static final long FIRST_MS = 1_000;
    static final long MAX_MS = 30_000;
    private static final long NANOS_PER_MS = 1_000_000;

    private final Protocol protocol;
    private final Scheduler scheduler;
    private final Runnable retry;
    private final Consumer<PairRecord> everyPair;

    private volatile boolean isOpen = true;
    private long delayMs = FIRST_MS;
    private Scheduler.@Nullable Cancellable pending;

    /**
     * @param retry calls {@link #tryAgain} soon; must not block the scheduler
     * @param everyPair writes a record into the log of each pair
     */
    DoorKeeper(Protocol protocol, Scheduler scheduler, Runnable retry, Consumer<PairRecord> everyPair) {
        this.protocol = protocol;
        this.scheduler = scheduler;
        this.retry = retry;
        this.everyPair = everyPair;
    }

    /** Whether clients can connect, as far as the front door goes. */
    boolean isOpen() {
        return isOpen;
    }

    /**
     * As {@link Protocol#reopen}.
     *
     * @throws FrontDoorLostException nothing listens, and it will be tried again
     * @throws IOException the door that was open before is open
     */
    void reopen(DoorConfig wanted) throws IOException {
        try {
            protocol.reopen(wanted);
        } catch (FrontDoorLostException e) {
            lost(e);
            throw e;
        } catch (IOException e) {
            opened();
            throw e;
        }
        opened();
    }

    /**
     * Tries once more, if it is still lost.
     *
     * @param configured what runs, but for the door
     */
    void tryAgain(DoorConfig configured) {
        if (isOpen) {
            return;
        }
        try {
            protocol.reopen(configured);
            opened();
        } catch (IOException | RuntimeException e) {
            LOG.warn("The front door is still closed: {}", e.getMessage());
            delayMs = Math.min(MAX_MS, 2 * delayMs);
            schedule();
        }
    }

    private void lost(FrontDoorLostException why) {
        if (isOpen) {
            isOpen = false;
            String text = RecordTexts.frontDoorLost(String.valueOf(why.getMessage()));
            LOG.error("{}", text);
            everyPair.accept(
                    new PairRecord(RecordKind.FRONT_DOOR_LOST, text, Map.of("why", String.valueOf(why.getMessage()))));
        }
        delayMs = FIRST_MS;
        schedule();
    }

    private void opened() {
        cancel();
        if (!isOpen) {
            isOpen = true;
            String text = RecordTexts.frontDoorOpen();
            LOG.info("{}", text);
            everyPair.accept(new PairRecord(RecordKind.NOTE, text, Map.of()));
        }
    }

    private void schedule() {
        cancel();
        pending = scheduler.after(delayMs * NANOS_PER_MS, retry);
    }

    /** Nothing is tried any more. */
    void stop() {
        cancel();
    }

    private void cancel() {
        Scheduler.Cancellable before = pending;
        if (before != null) {
            before.cancel();
        }
    }
}
