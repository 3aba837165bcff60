package org.tandemopc.service.notify;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import org.tandemopc.core.config.NotificationConfig;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.notify.Batch;
import org.tandemopc.core.notify.Notice;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;

/**
 * The notifications of all pairs (requirement rows NOT-1 to NOT-15). {@link #offer} returns at once, whatever mail servers
 * do. Any thread.
 */
public final class Notifications implements AutoCloseable {
    private static final Duration STOP_MAX = Duration.ofSeconds(2);
    private static final int TESTS_MAX = 4;

    /** One way of a pair. */
    public enum Way {
        MAIL(MailChannel.NAME),
        WEBHOOK(WebhookChannel.NAME),
        SYSLOG(SyslogChannel.NAME);

        private final String label;

        Way(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    private final Peers peers;
    private final InstantSource wallClock;
    private final BiConsumer<String, PairRecord> records;
    private final Semaphore tests = new Semaphore(TESTS_MAX);

    // Guarded by this.
    private final Map<String, PairNotifier> pairs = new HashMap<>();
    private boolean closed;

    /**
     * @param trusted a folder with certificates that are trusted beside those of the Java runtime; need not exist
     * @param records takes that a notification of a pair failed; must return at once
     */
    public Notifications(Path trusted, InstantSource wallClock, BiConsumer<String, PairRecord> records) {
        this(Peers.usual(new PeerTrust(trusted)), wallClock, records);
    }

    Notifications(Peers peers, InstantSource wallClock, BiConsumer<String, PairRecord> records) {
        this.peers = peers;
        this.wallClock = wallClock;
        this.records = records;
    }

    /** Takes the settings of a pair, also others than before: what waits is told by these. */
    public synchronized void configure(PairConfig pair) {
        PairNotifier before = pairs.get(pair.name());
        NotificationConfig wanted = pair.notifications();
        if (closed || (before != null && before.config().equals(wanted))) {
            return;
        }
        PairNotifier now = new PairNotifier(
                wanted,
                wanted.enabled() ? channels(pair.name(), wanted) : List.of(),
                (channel, pace) -> new ChannelWorker(
                        pair.name(),
                        channel,
                        pace,
                        System::nanoTime,
                        wallClock,
                        record -> records.accept(pair.name(), record)));
        pairs.put(pair.name(), now);
        if (before != null) {
            now.takeOver(before);
        }
    }

    /** The pair is gone: what waits is told, and nothing more. Returns at once. */
    public synchronized void remove(String pair) {
        PairNotifier gone = pairs.remove(pair);
        if (gone != null) {
            gone.close();
        }
    }

    /** Tells of a record if the settings of its pair say so. */
    public void offer(Notice notice) {
        PairNotifier pair;
        synchronized (this) {
            pair = pairs.get(notice.pair());
        }
        if (pair != null) {
            pair.offer(notice);
        }
    }

    public synchronized NotificationStatus status(String pair) {
        PairNotifier notifier = pairs.get(pair);
        return notifier == null ? NotificationStatus.OFF : notifier.status();
    }

    /**
     * Sends a test message (NOT-13) by settings that need be neither enabled nor saved. Blocks for most of a minute at
     * most.
     *
     * @return through which server: primary or secondary
     * @throws DeliveryException it did not get through, these settings do not have that way, or too many tests are under
     *     way
     */
    public String test(String pair, NotificationConfig settings, Way way) throws DeliveryException {
        Optional<Channel> channel = channels(pair, settings).stream()
                .filter(c -> c.name().equals(way.label()))
                .findFirst();
        if (channel.isEmpty()) {
            throw new DeliveryException("these settings have no complete %s".formatted(way.label()));
        }
        if (!tests.tryAcquire()) {
            throw new DeliveryException("%d tests are under way already".formatted(TESTS_MAX));
        }
        try {
            PairRecord text = new PairRecord(
                    RecordKind.NOTE, "This is a test message of Tandem for '%s'.".formatted(pair), Map.of());
            return channel.get().send(new Batch(List.of(new Notice(0, wallClock.instant(), pair, text)), 0, List.of()));
        } finally {
            tests.release();
        }
    }

    private List<Channel> channels(String pair, NotificationConfig settings) {
        List<Channel> channels = new ArrayList<>();
        settings.mail().ifPresent(mail -> channels.add(new MailChannel(mail, peers)));
        settings.webhook().ifPresent(webhook -> channels.add(new WebhookChannel(pair, webhook, peers)));
        settings.syslog().ifPresent(syslog -> channels.add(new SyslogChannel(syslog, peers)));
        return channels;
    }

    /** Tells what waits, gathered, for two seconds at most; idempotent. */
    @Override
    public void close() {
        List<PairNotifier> all;
        synchronized (this) {
            closed = true;
            all = new ArrayList<>(pairs.values());
            pairs.clear();
        }
        all.forEach(PairNotifier::close);
        long end = System.nanoTime() + STOP_MAX.toNanos();
        all.forEach(pair -> pair.awaitEnd(end));
    }
}
