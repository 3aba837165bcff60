package org.tandemopc.service.notify;

import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.core.notify.Batch;
import org.tandemopc.core.notify.Budget;
import org.tandemopc.core.notify.Notice;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;

/**
 * Tells what is offered through one channel, on a virtual thread of its own: as it comes, and gathered while an earlier
 * notification is still under way or the pace does not allow one. What got through nowhere is discarded with one record
 * (NOT-4, S24).
 */
final class ChannelWorker {
    private static final Logger LOG = LoggerFactory.getLogger(ChannelWorker.class);

    private final Channel channel;
    private final Pace pace;
    private final LongSupplier nanoClock;
    private final InstantSource wallClock;
    private final Consumer<PairRecord> records;
    private final NoticeQueue queue = new NoticeQueue();
    private final Thread thread;

    // Of the thread alone.
    private Budget budget;
    private Budget failures;
    private long unreported;

    // Guarded by this.
    private boolean isFailing;
    private @Nullable String lastFailure;
    private long discarded;

    /** @param records takes that a notification failed, at once */
    ChannelWorker(
            String pair,
            Channel channel,
            Pace pace,
            LongSupplier nanoClock,
            InstantSource wallClock,
            Consumer<PairRecord> records) {
        this.channel = channel;
        this.pace = pace;
        this.nanoClock = nanoClock;
        this.wallClock = wallClock;
        this.records = records;
        budget = pace.budget(nanoClock.getAsLong());
        failures = Pace.OF_FAILURES.budget(nanoClock.getAsLong());
        thread = Thread.ofVirtual().name(channel.name() + "-" + pair).start(this::work);
    }

    void offer(Notice notice) {
        queue.offer(notice);
    }

    void offerAll(List<Notice> notices) {
        queue.offerAll(notices);
    }

    synchronized NotificationStatus status() {
        return new NotificationStatus(
                isFailing ? NotificationStatus.State.FAILING : NotificationStatus.State.OK,
                lastFailure,
                queue.size(),
                discarded,
                queue.suppressed());
    }

    /** Tells what waits, gathered, and ends; returns at once. */
    void close() {
        queue.close();
    }

    /** Ends after what is under way, and gives back what waits. */
    List<Notice> abandon() {
        return queue.abandon();
    }

    /** After {@link #close}. What is not told then is not told any more. */
    void awaitEnd(Duration most) {
        try {
            if (!most.isPositive() || !thread.join(most)) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    private void work() {
        try {
            while (queue.awaitSome()) {
                queue.awaitClosed(budget.waitNanos(nanoClock.getAsLong()));
                Batch batch = queue.take(pace.most());
                if (batch.size() > 0) {
                    budget = budget.spent(nanoClock.getAsLong());
                    deliver(batch);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("Notifications by {} end.", channel.name());
        }
    }

    private void deliver(Batch batch) {
        try {
            String through = channel.send(batch);
            LOG.debug("{} events were told by {}, {}.", batch.size(), channel.name(), through);
            succeeded();
        } catch (DeliveryException e) {
            failed(batch, e.why());
        } catch (RuntimeException e) {
            LOG.error("A notification by {} met a defect of Tandem.", channel.name(), e);
            failed(batch, "a defect of Tandem, of which its log says more");
        }
    }

    private synchronized void succeeded() {
        isFailing = false;
    }

    private void failed(Batch batch, String why) {
        unreported++;
        synchronized (this) {
            isFailing = true;
            discarded++;
            lastFailure =
                    "%s, %s: %s".formatted(wallClock.instant().truncatedTo(ChronoUnit.SECONDS), channel.name(), why);
        }
        long now = nanoClock.getAsLong();
        if (failures.waitNanos(now) == 0) {
            failures = failures.spent(now);
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("channel", channel.name());
            fields.put("why", why);
            fields.put("events", batch.size());
            fields.put("discarded", unreported);
            unreported = 0;
            record(new PairRecord(RecordKind.NOTIFICATION_FAILED, channel.failed(), fields));
        }
    }

    private void record(PairRecord record) {
        try {
            records.accept(record);
        } catch (RuntimeException e) {
            LOG.error("That a notification failed could not be recorded; notifications go on.", e);
        }
    }
}
