package org.tandemopc.service;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lines in numbered files of one folder, bounded: a full file is followed by a new one, and the oldest goes. Lines are
 * handed over by any thread, which never waits; they are written by the {@link DiskWriter}'s thread. Lines that find
 * the queue full (a disk that hangs) or cannot be written (a full disk) are counted, told once, and followed by a line
 * that says how many were lost.
 *
 * <p>After trouble the last file is gone on with, cut back to its last whole line: a disk that is full for hours must
 * not push the good files out by a new, empty one at every attempt.
 */
final class SegmentLog {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentLog.class);
    /** Begins the line that stands for lines that were lost. */
    private static final String LOST = "{\"lost\":";

    private static final String SUFFIX = ".jsonl";
    /** Where the files go when the log is cleared; the newest of them stay. */
    private static final String CLEARED_FOLDER = "cleared";

    private static final int CLEARED_MAX = 32;
    /** A disk on the brink takes a short line and refuses the next one: that is one trouble, not many. */
    private static final int TROUBLE_OVER = 10;

    /** A log that keeps a number of lines keeps up to this part of it more: only whole files go. */
    private static final int SEGMENTS_OF_KEPT = 8;

    /**
     * @param prefix of the file names: {@code prefix-000001.jsonl}
     * @param segmentBytesMax from which on a new file is begun
     * @param segmentsMax files kept, whatever is in them
     * @param linesKept at least so many of the newest lines stay, and a little more; 0: files are counted only
     * @param queuedMax lines that wait for the disk
     */
    record Limits(String prefix, long segmentBytesMax, int segmentsMax, int linesKept, int queuedMax) {
        Limits(String prefix, long segmentBytesMax, int segmentsMax, int queuedMax) {
            this(prefix, segmentBytesMax, segmentsMax, 0, queuedMax);
        }
    }

    /**
     * What an earlier process left.
     *
     * @param newest oldest first
     * @param lastCleared the newest line that was put aside, when nothing came after it
     * @param damaged lines that are not whole: the process or the machine ended while it wrote
     */
    record ReadBack<T>(List<T> newest, @Nullable T lastCleared, int damaged) {}

    private final Path folder;
    private final Limits limits;
    private final Consumer<String> onTrouble;
    private final Runnable wake;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile int linesKept;
    private volatile boolean ended;

    private final Object queueLock = new Object();
    private final ArrayDeque<Supplier<String>> queue = new ArrayDeque<>();
    private boolean urgent;
    private boolean mustClear;
    private long lostInQueue;
    private volatile long lost;

    // Only the writer's thread touches what follows, and readBack before the first line.
    private @Nullable Segment current;
    /** Lines of the files that were written or read by this process, by their number. */
    private final Map<Long, Integer> linesOf = new HashMap<>();

    private long highest;
    private boolean inTrouble;
    private int goodInARow;
    private long lostUntold;

    /** The file that is written, or was written last; its end is always that of a whole line. */
    private static final class Segment {
        final long number;
        final Path file;

        @Nullable
        FileChannel channel;

        long bytes;
        int lines;
        boolean isDirty;

        Segment(long number, Path file) {
            this.number = number;
            this.file = file;
        }
    }

    SegmentLog(Path folder, Limits limits, Consumer<String> onTrouble, Runnable wake) {
        this.folder = folder;
        this.limits = limits;
        this.onTrouble = onTrouble;
        this.wake = wake;
        this.linesKept = limits.linesKept();
    }

    /**
     * Hands over one line.
     *
     * @param line made on the writer's thread; without line end
     * @param isUrgent force it to the disk at once
     */
    void append(Supplier<String> line, boolean isUrgent) {
        synchronized (queueLock) {
            if (queue.size() >= limits.queuedMax()) {
                lostInQueue++;
                lost++;
            } else {
                queue.addLast(line);
            }
            urgent |= isUrgent;
        }
        if (isUrgent) {
            wake.run();
        }
    }

    /** Any thread; files that are too many go when the next one is begun. */
    void keepLines(int count) {
        linesKept = count;
    }

    /** Puts the files aside and begins anew; what was handed over before is not written any more. Any thread. */
    void clear() {
        synchronized (queueLock) {
            queue.clear();
            mustClear = true;
            urgent = true;
        }
        wake.run();
    }

    /** Nothing is handed over any more: the writer closes the file when it has written what waits. */
    void end() {
        ended = true;
        wake.run();
    }

    boolean isEnded() {
        return ended;
    }

    /** Once {@link #close} is done. */
    boolean awaitClosed(long msMax) throws InterruptedException {
        return closed.await(msMax, TimeUnit.MILLISECONDS);
    }

    /** Lines lost since start. */
    long lost() {
        return lost;
    }

    Path folder() {
        return folder;
    }

    /** Writes what waits. The writer's thread only. @param force also when nothing urgent was in it */
    void drain(boolean force) {
        List<Supplier<String>> lines;
        boolean forceNow;
        boolean clearNow;
        synchronized (queueLock) {
            lines = List.copyOf(queue);
            queue.clear();
            forceNow = force || urgent;
            urgent = false;
            clearNow = mustClear;
            mustClear = false;
            lostUntold += lostInQueue;
            lostInQueue = 0;
        }
        if (clearNow) {
            putAside();
        }
        int written = 0;
        try {
            if (!lines.isEmpty()) {
                noticeRemoval();
                if (lostUntold > 0) {
                    write(LOST + lostUntold + "}");
                    lostUntold = 0;
                }
            }
            for (Supplier<String> line : lines) {
                String made = made(line);
                if (made != null) {
                    write(made);
                }
                written++;
            }
            if (forceNow) {
                force();
            }
            if (!lines.isEmpty() && ++goodInARow >= TROUBLE_OVER) {
                inTrouble = false;
            }
        } catch (IOException e) {
            trouble(lines.size() - written, e);
        }
    }

    void close() {
        try {
            drain(true);
        } finally {
            closeChannel();
            closed.countDown();
        }
    }

    // ---- what an earlier process left

    /**
     * The newest lines that parse, and goes on from there. Before the first line is handed over; by the thread that
     * opens the log.
     *
     * @param parse null for a line that is damaged
     */
    <T> ReadBack<T> readBack(int max, Function<String, @Nullable T> parse) throws IOException {
        ArrayDeque<T> newest = new ArrayDeque<>();
        int damaged = 0;
        List<Path> files = Files.isDirectory(folder) ? segments(folder) : List.of();
        for (int i = files.size() - 1; i >= 0 && newest.size() < max; i--) {
            Path file = files.get(i);
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            int end = text.lastIndexOf('\n') + 1;
            damaged += end < text.length() ? 1 : 0;
            List<String> lines = text.substring(0, end).lines().toList();
            int whole = 0;
            for (int n = lines.size() - 1; n >= 0; n--) {
                String line = utf8(lines.get(n));
                if (line.startsWith(LOST)) {
                    continue;
                }
                T parsed = parse.apply(line);
                whole += parsed == null ? 0 : 1;
                damaged += parsed == null ? 1 : 0;
                if (parsed != null && newest.size() < max) {
                    newest.addFirst(parsed);
                }
            }
            linesOf.put(numberOf(file), whole);
            if (i == files.size() - 1) {
                goOnWith(file, end, whole);
            }
        }
        T lastCleared = newest.isEmpty() ? lastCleared(parse) : null;
        return new ReadBack<>(new ArrayList<>(newest), lastCleared, damaged);
    }

    private <T> @Nullable T lastCleared(Function<String, @Nullable T> parse) throws IOException {
        Path aside = folder.resolve(CLEARED_FOLDER);
        List<Path> files = Files.isDirectory(aside) ? segments(aside) : List.of();
        T last = null;
        if (!files.isEmpty()) {
            for (String line : Files.readString(files.getLast(), StandardCharsets.ISO_8859_1)
                    .lines()
                    .toList()) {
                T parsed = parse.apply(utf8(line));
                last = parsed == null ? last : parsed;
            }
        }
        return last;
    }

    /** Bytes were read one by one, so that the end of the last whole line is known to the byte. */
    private static String utf8(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private void goOnWith(Path file, int bytes, int lines) {
        Segment last = new Segment(numberOf(file), file);
        last.bytes = bytes;
        last.lines = lines;
        current = last;
        highest = last.number;
    }

    // ---- writing

    private void write(String line) throws IOException {
        Segment segment = current;
        if (segment == null || segment.bytes >= limits.segmentBytesMax() || segment.lines >= segmentLinesMax()) {
            closeChannel();
            segment = nextSegment();
            current = segment;
        }
        FileChannel open = segment.channel;
        if (open == null) {
            Files.createDirectories(folder);
            open = FileChannel.open(segment.file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            segment.channel = open;
            if (open.size() < segment.bytes) {
                // Not the file that it was: somebody removed or emptied it.
                segment.bytes = 0;
                segment.lines = 0;
            }
            open.truncate(segment.bytes);
            open.position(segment.bytes);
        }
        ByteBuffer buffer = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        int length = buffer.remaining();
        segment.isDirty = true;
        while (buffer.hasRemaining()) {
            open.write(buffer);
        }
        segment.bytes += length;
        segment.lines++;
        linesOf.put(segment.number, segment.lines);
    }

    /** A defect in one record must not cost the others. */
    private @Nullable String made(Supplier<String> line) {
        try {
            return line.get();
        } catch (RuntimeException e) {
            LOG.error("A line of {} could not be made; the others are written.", folder, e);
            return null;
        }
    }

    private int segmentLinesMax() {
        int kept = linesKept;
        return kept == 0 ? Integer.MAX_VALUE : Math.max(1, kept / SEGMENTS_OF_KEPT);
    }

    private void force() throws IOException {
        Segment segment = current;
        if (segment != null && segment.isDirty && segment.channel != null) {
            segment.channel.force(false);
            segment.isDirty = false;
        }
    }

    private Segment nextSegment() throws IOException {
        Files.createDirectories(folder);
        List<Path> existing = segments(folder);
        if (!existing.isEmpty()) {
            highest = Math.max(highest, numberOf(existing.getLast()));
        }
        highest++;
        for (Path superfluous : superfluous(existing)) {
            Files.deleteIfExists(superfluous);
            linesOf.remove(numberOf(superfluous));
        }
        return new Segment(highest, folder.resolve(name(highest)));
    }

    /** The oldest, so that the rest and the new one are as many as may be kept, and hold what must be kept. */
    private List<Path> superfluous(List<Path> existing) {
        int kept = linesKept;
        long lines = existing.stream().mapToLong(this::linesOf).sum();
        int count = 0;
        while (count < existing.size()) {
            long without = lines - linesOf(existing.get(count));
            boolean isTooMany = existing.size() - count >= limits.segmentsMax();
            if (!isTooMany && (kept == 0 || without < kept)) {
                break;
            }
            lines = without;
            count++;
        }
        return existing.subList(0, count);
    }

    private long linesOf(Path file) {
        return linesOf.getOrDefault(numberOf(file), 0);
    }

    /** A file that somebody removed takes lines for ever, and nobody ever reads them. */
    private void noticeRemoval() {
        Segment segment = current;
        if (segment != null && segment.channel != null && !Files.exists(segment.file)) {
            closeChannel();
            current = null;
            linesOf.clear();
            tell(segment.file + " was removed while it was written. Records go on in a new file; earlier ones are in"
                    + " memory only.");
        }
    }

    private void trouble(int notWritten, IOException e) {
        synchronized (queueLock) {
            lost += notWritten;
        }
        lostUntold += notWritten;
        goodInARow = 0;
        boolean isNews = !inTrouble;
        inTrouble = true;
        closeChannel();
        if (isNews) {
            tell("Cannot write to " + folder + ": " + e
                    + ". Records stay in memory; writing is tried again with each record.");
        }
    }

    private void tell(String trouble) {
        onTrouble.accept(trouble);
    }

    /** Half a line may be at the end of the file: it is cut off now, or when the file is gone on with. */
    private void closeChannel() {
        Segment segment = current;
        FileChannel open = segment == null ? null : segment.channel;
        if (segment == null || open == null) {
            return;
        }
        segment.channel = null;
        segment.isDirty = false;
        try (open) {
            if (open.size() > segment.bytes) {
                open.truncate(segment.bytes);
            }
        } catch (IOException e) {
            // What could be written was forced before; there is nothing left to save.
            inTrouble = true;
        }
    }

    // ---- clearing

    private void putAside() {
        closeChannel();
        current = null;
        linesOf.clear();
        lostUntold = 0;
        Path aside = folder.resolve(CLEARED_FOLDER);
        try {
            if (!Files.isDirectory(folder)) {
                return;
            }
            Files.createDirectories(aside);
            List<Path> files = segments(folder);
            long next = segments(aside).stream().mapToLong(this::numberOf).max().orElse(0);
            for (Path file : files) {
                highest = Math.max(highest, numberOf(file));
                next++;
                Path to = aside.resolve(name(next));
                Files.move(file, to, StandardCopyOption.REPLACE_EXISTING);
            }
            List<Path> kept = segments(aside);
            for (int i = 0; i < kept.size() - CLEARED_MAX; i++) {
                Files.deleteIfExists(kept.get(i));
            }
        } catch (IOException e) {
            synchronized (queueLock) {
                mustClear = true;
            }
            trouble(0, e);
        }
    }

    /** The files of this log in the folder, oldest first. */
    private List<Path> segments(Path in) throws IOException {
        try (Stream<Path> files = Files.list(in)) {
            return files.filter(f -> numberOf(f) > 0)
                    .sorted((a, b) -> Long.compare(numberOf(a), numberOf(b)))
                    .toList();
        }
    }

    /** Whatever digits people write here: {@link #numberOf} reads these. */
    private String name(long number) {
        return String.format(Locale.ROOT, "%s-%06d%s", limits.prefix(), number, SUFFIX);
    }

    private long numberOf(Path file) {
        String name = String.valueOf(file.getFileName());
        String start = limits.prefix() + "-";
        if (!name.startsWith(start) || !name.endsWith(SUFFIX)) {
            return 0;
        }
        String digits = name.substring(start.length(), name.length() - SUFFIX.length());
        return digits.matches("[0-9]{1,18}") ? Long.parseLong(digits) : 0;
    }
}
