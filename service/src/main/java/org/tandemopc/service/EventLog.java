package org.tandemopc.service;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.Printable;
import org.tandemopc.core.record.RecordKind;

/**
 * The diagnostics records of one pair: the newest, as many as the configuration says, in memory and on disk, each also
 * told to listeners and to the console log. What an earlier process left on the disk is there again at the start, and
 * the numbers go on. {@link #add} returns at once, whatever disk, console and listeners do: listeners run on a thread of
 * this log behind a bounded queue, and miss the oldest records when they are too slow.
 */
public final class EventLog implements AutoCloseable {
    /** Of a record's text and of each of its fields, in characters: others chose part of them. */
    static final int TEXT_MAX = 2000;

    private static final int UNTOLD_MAX = 1000;
    private static final Logger LOG = LoggerFactory.getLogger("tandem.records");

    private final String pair;
    private final Clock clock;
    private final SegmentLog disk;
    private final ArrayDeque<LoggedRecord> ring = new ArrayDeque<>();
    /** Outlives the ring: many records of another kind must not make the pair forget why it is where it is. */
    private final Map<RecordKind, LoggedRecord> last = new EnumMap<>(RecordKind.class);

    private final ArrayBlockingQueue<LoggedRecord> untold = new ArrayBlockingQueue<>(UNTOLD_MAX);
    private final List<Consumer<LoggedRecord>> listeners = new CopyOnWriteArrayList<>();
    private final Thread teller;
    private int maximumEvents;
    private long number;
    private long lifeBegan;
    private volatile boolean closing;

    /**
     * @param maximumEvents records that are kept, oldest out
     * @param openDisk given the consumer of trouble, opens the log's files
     * @param listener hears each record from the first one on, as with {@link #listen}
     */
    EventLog(
            String pair,
            Clock clock,
            int maximumEvents,
            Function<Consumer<String>, SegmentLog> openDisk,
            Consumer<LoggedRecord> listener) {
        this.pair = pair;
        this.clock = clock;
        this.maximumEvents = maximumEvents;
        this.disk = openDisk.apply(this::diskTrouble);
        listeners.add(EventLog::print);
        listeners.add(listener);
        readBack();
        teller = Thread.ofVirtual().name("records-" + pair).start(this::tell);
    }

    private void readBack() {
        disk.keepLines(maximumEvents);
        try {
            SegmentLog.ReadBack<LoggedRecord> found = disk.readBack(maximumEvents, JsonLines::readRecord);
            ring.addAll(found.newest());
            found.newest().forEach(this::remember);
            LoggedRecord newest = found.newest().isEmpty()
                    ? found.lastCleared()
                    : found.newest().getLast();
            number = newest == null ? 0 : newest.number();
            lifeBegan = number;
            if (found.damaged() > 0) {
                add(new PairRecord(
                        RecordKind.NOTE,
                        "Of the records of earlier runs, %d were not written completely and are left out."
                                .formatted(found.damaged()),
                        Map.of("damaged", found.damaged())));
            }
        } catch (IOException e) {
            diskTrouble("Cannot read earlier records in " + disk.folder() + ": " + e + ".");
        }
    }

    /** Adds a record; any thread. */
    public void add(PairRecord record) {
        PairRecord clipped = clipped(record);
        synchronized (ring) {
            LoggedRecord logged = keep(clipped);
            tellLater(logged);
            // Within the lock, so that the lines have the order of their numbers; it only puts them into a queue.
            disk.append(() -> JsonLines.record(logged), isUrgent(record));
        }
    }

    /**
     * Whether the disk has it as soon as it can: what explains where the clients are, what is wrong, and what a person
     * ordered. Nobody waits for it; records that come together are forced together.
     */
    private static boolean isUrgent(PairRecord record) {
        return record.kind().severity() != RecordKind.Severity.INFORMATIONAL
                || LastRecords.isKept(record.kind())
                || record.fields().containsKey("by")
                || record.fields().containsKey("order");
    }

    /** The newest records, oldest first; at most as many as are kept. */
    public List<LoggedRecord> newest() {
        synchronized (ring) {
            return List.copyOf(ring);
        }
    }

    /** What says why the pair is in its phase, however long ago it was recorded, and also after a {@link #reset}. */
    LastRecords lastRecords() {
        synchronized (ring) {
            return new LastRecords(lifeBegan, last);
        }
    }

    /** Those that are asked for; any thread. */
    public RecordPage find(RecordQuery query) {
        return query.of(newest());
    }

    /** Records that did not reach the disk. */
    public long lostOnDisk() {
        return disk.lost();
    }

    /** Where the records are on the disk (DIA-6). */
    public Path folder() {
        return disk.folder().toAbsolutePath();
    }

    SegmentLog disk() {
        return disk;
    }

    /** Keeps so many from now on; what is too much goes at once from memory, and from the disk with its file. */
    void keepNewest(int newMaximumEvents) {
        synchronized (ring) {
            maximumEvents = newMaximumEvents;
            trim(maximumEvents);
        }
        disk.keepLines(newMaximumEvents);
    }

    /**
     * Forgets the records, in memory and on disk (DIA-5); numbers go on. The files are put aside, so that who resets a
     * log cannot hide what was in it.
     *
     * @param by who asks; told to the console log only, for the log is empty afterwards
     */
    public void reset(String by) {
        synchronized (ring) {
            ring.clear();
            disk.clear();
        }
        LOG.atInfo().addKeyValue("pair", pair).log("The records of '{}' were reset by '{}'.", pair, Printable.of(by));
    }

    /**
     * Tells each record from now on; on a thread of this log, so the listener may block, but then misses records.
     *
     * @return closes the subscription
     */
    public AutoCloseable listen(Consumer<LoggedRecord> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Lets the listeners hear what waits, for at most a second. */
    @Override
    public void close() {
        closing = true;
        try {
            if (!teller.join(Duration.ofSeconds(1))) {
                teller.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private LoggedRecord keep(PairRecord record) {
        // Milliseconds, so that a record is the same before and after it was on the disk.
        LoggedRecord logged = new LoggedRecord(++number, clock.instant().truncatedTo(ChronoUnit.MILLIS), pair, record);
        trim(maximumEvents - 1);
        ring.addLast(logged);
        remember(logged);
        return logged;
    }

    private void remember(LoggedRecord logged) {
        if (LastRecords.isKept(logged.record().kind())) {
            last.put(logged.record().kind(), logged);
        }
    }

    private void trim(int atMost) {
        while (ring.size() > atMost) {
            ring.removeFirst();
        }
    }

    private static PairRecord clipped(PairRecord record) {
        Map<String, Object> fields = new LinkedHashMap<>();
        record.fields().forEach((name, value) -> fields.put(name, value instanceof String s ? clipped(s) : value));
        return new PairRecord(
                record.kind(),
                clipped(record.text()),
                clipped(record.client()),
                java.util.Collections.unmodifiableMap(fields));
    }

    private static String clipped(String text) {
        return text.length() <= TEXT_MAX ? text : text.substring(0, TEXT_MAX) + "…";
    }

    /** On the disk's thread. The record goes to memory, console and listeners; the disk would only refuse it again. */
    private void diskTrouble(String text) {
        synchronized (ring) {
            tellLater(keep(new PairRecord(RecordKind.LOG_LOSS, text, Map.of())));
        }
    }

    private void tellLater(LoggedRecord logged) {
        while (!untold.offer(logged)) {
            untold.poll();
        }
    }

    private void tell() {
        try {
            while (true) {
                LoggedRecord next = untold.poll(100, TimeUnit.MILLISECONDS);
                if (next == null) {
                    if (closing) {
                        return;
                    }
                    continue;
                }
                for (Consumer<LoggedRecord> listener : listeners) {
                    tell(listener, next);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("The records of {} are no longer told.", pair);
        }
    }

    private static void tell(Consumer<LoggedRecord> listener, LoggedRecord record) {
        try {
            listener.accept(record);
        } catch (RuntimeException e) {
            LOG.error("A listener of records failed; the others go on.", e);
        }
    }

    private static void print(LoggedRecord logged) {
        Level level = switch (logged.record().kind().severity()) {
            case ERROR -> Level.ERROR;
            case WARNING -> Level.WARN;
            case INFORMATIONAL -> Level.INFO;
        };
        LOG.atLevel(level)
                .addKeyValue("pair", logged.pair())
                .log(Printable.of(logged.record().text()));
    }
}
