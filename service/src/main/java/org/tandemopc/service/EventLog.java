package org.tandemopc.service;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
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
import org.tandemopc.core.record.RecordKind;

/**
 * The diagnostics records of one pair: the newest 5,000 in memory, more on disk, each also told to listeners and to the
 * console log. {@link #add} returns at once, whatever disk, console and listeners do: listeners run on a thread of
 * this log behind a bounded queue, and miss the oldest records when they are too slow.
 */
public final class EventLog implements AutoCloseable {
    static final int RECORDS_MAX = 5000;
    private static final int UNTOLD_MAX = 1000;
    private static final Logger LOG = LoggerFactory.getLogger("tandem.records");

    private final String pair;
    private final Clock clock;
    private final SegmentLog disk;
    private final ArrayDeque<LoggedRecord> ring = new ArrayDeque<>();
    private final ArrayBlockingQueue<LoggedRecord> untold = new ArrayBlockingQueue<>(UNTOLD_MAX);
    private final List<Consumer<LoggedRecord>> listeners = new CopyOnWriteArrayList<>();
    private final Thread teller;
    private long number;
    private volatile boolean closing;

    /**
     * @param openDisk given the consumer of trouble, opens the log's files
     */
    EventLog(String pair, Clock clock, Function<Consumer<String>, SegmentLog> openDisk) {
        this.pair = pair;
        this.clock = clock;
        this.disk = openDisk.apply(this::diskTrouble);
        listeners.add(EventLog::print);
        teller = Thread.ofVirtual().name("records-" + pair).start(this::tell);
    }

    /** Adds a record; any thread. */
    public void add(PairRecord record) {
        LoggedRecord logged;
        synchronized (ring) {
            logged = keep(record);
            while (!untold.offer(logged)) {
                untold.poll();
            }
        }
        LoggedRecord line = logged;
        disk.append(() -> JsonLines.record(line), record.kind().severity() == RecordKind.Severity.ERROR);
    }

    /** The newest records, oldest first; at most 5,000. */
    public List<LoggedRecord> newest() {
        synchronized (ring) {
            return List.copyOf(ring);
        }
    }

    /** Records that did not reach the disk. */
    public long lostOnDisk() {
        return disk.lost();
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
        LoggedRecord logged = new LoggedRecord(++number, clock.instant(), pair, record);
        if (ring.size() >= RECORDS_MAX) {
            ring.removeFirst();
        }
        ring.addLast(logged);
        return logged;
    }

    /** On the disk's thread. The record goes to memory, console and listeners; the disk would only refuse it again. */
    private void diskTrouble(String text) {
        synchronized (ring) {
            LoggedRecord logged = keep(new PairRecord(RecordKind.LOG_LOSS, text, Map.of()));
            while (!untold.offer(logged)) {
                untold.poll();
            }
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
                .log(logged.record().text());
    }
}
