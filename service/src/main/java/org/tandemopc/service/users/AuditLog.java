package org.tandemopc.service.users;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.core.record.Printable;
import org.tandemopc.relay.FileTrouble;
import org.tandemopc.relay.OwnerOnly;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Who did what, as JSON lines in files for the service's user alone (0600), bounded: a full file is followed by a new one and
 * the oldest goes. Written and forced by a thread of its own; {@link #add} waits for that, but not long, so that a disk that
 * hangs holds nobody. What does not reach the disk is in memory still, is written once the disk takes it again (the newest of
 * it, {@link #IN_MEMORY_MAX}), and is said in the log once. Any thread.
 */
public final class AuditLog implements AutoCloseable {
    static final int FILES_MAX = 16;
    static final int FILE_BYTES_MAX = 4 << 20;
    /** Entries that are at hand without the disk. */
    static final int IN_MEMORY_MAX = 2_000;
    /** Of each text; longer ones are cut. */
    static final int TEXT_MAX = 300;

    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final int QUEUED_MAX = 1_000;
    private static final long DISK_MS_MAX = 1_000;
    private static final String PREFIX = "audit-";
    private static final String SUFFIX = ".jsonl";

    private final Path folder;
    private final Clock clock;
    private final ArrayBlockingQueue<Waiting> queue = new ArrayBlockingQueue<>(QUEUED_MAX);
    private final ArrayDeque<AuditEntry> newest = new ArrayDeque<>();
    private final Thread writer;
    private long number;
    private volatile boolean closing;
    // of the writer's thread
    private long file;
    private final ArrayDeque<AuditEntry> unwritten = new ArrayDeque<>();
    private long lost;
    private boolean inTrouble;
    /** The file's last line may be half a one: of a process that was killed, or of a disk that was full. */
    private boolean mayBeHalf = true;

    private record Waiting(AuditEntry entry, CountDownLatch written) {
        /** Wakes the writer, which has nothing to write of it. */
        static final Waiting END =
                new Waiting(new AuditEntry(0, Instant.EPOCH, "", "", "", "", "", ""), new CountDownLatch(0));

        boolean isWritten() {
            return entry.number() > 0;
        }
    }

    private AuditLog(Path folder, Clock clock) throws IOException {
        this.folder = folder;
        this.clock = clock;
        Files.createDirectories(folder);
        List<Path> files = files();
        file = files.isEmpty() ? 1 : numberOf(files.getLast());
        Iterator<Path> back = files.reversed().iterator();
        while (back.hasNext() && newest.size() < IN_MEMORY_MAX) {
            List<AuditEntry> entries = read(back.next());
            for (int i = entries.size() - 1; i >= 0 && newest.size() < IN_MEMORY_MAX; i--) {
                newest.addFirst(entries.get(i));
            }
        }
        number = newest.isEmpty() ? 0 : newest.getLast().number();
        writer = Thread.ofPlatform().daemon().name("tandem-audit").start(this::run);
    }

    /** @throws IOException with a sentence for people: the folder cannot be made or read */
    static AuditLog open(Path folder, Clock clock) throws IOException {
        try {
            return new AuditLog(folder, clock);
        } catch (IOException e) {
            throw new IOException("The audit log in " + folder + " cannot be used (" + FileTrouble.of(e) + ").", e);
        }
    }

    /** Texts may be anybody's: what could move a cursor is made visible, and what is too long is cut. */
    public void add(String user, String address, String action, String target, String detail, String outcome) {
        Waiting waiting;
        synchronized (newest) {
            number++;
            AuditEntry entry = new AuditEntry(
                    number,
                    clock.instant().truncatedTo(ChronoUnit.MILLIS),
                    clean(user),
                    clean(address),
                    clean(action),
                    clean(target),
                    clean(detail),
                    clean(outcome));
            newest.addLast(entry);
            if (newest.size() > IN_MEMORY_MAX) {
                newest.removeFirst();
            }
            waiting = new Waiting(entry, new CountDownLatch(1));
            // Within the lock, so that the lines have the order of their numbers.
            if (!queue.offer(waiting)) {
                waiting.written().countDown();
            }
        }
        try {
            boolean unused = waiting.written().await(DISK_MS_MAX, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String clean(String text) {
        String printable = Printable.of(text);
        return printable.length() > TEXT_MAX ? printable.substring(0, TEXT_MAX) + "..." : printable;
    }

    /**
     * Entries, newest first.
     *
     * @param before only those with smaller numbers
     * @throws IOException files of older ones cannot be read
     */
    public List<AuditEntry> page(int limit, long before) throws IOException {
        List<AuditEntry> page = new ArrayList<>();
        synchronized (newest) {
            take(newest.reversed(), page, limit, before);
        }
        for (Path older : files().reversed()) {
            if (page.size() >= limit) {
                break;
            }
            long next = page.isEmpty() ? before : page.getLast().number();
            take(read(older).reversed(), page, limit, next);
        }
        return page;
    }

    private static void take(Iterable<AuditEntry> from, List<AuditEntry> page, int limit, long before) {
        for (AuditEntry entry : from) {
            if (entry.number() < before && page.size() < limit) {
                page.add(entry);
            }
        }
    }

    private void run() {
        try {
            while (!closing || !queue.isEmpty()) {
                Waiting next = queue.poll(1, TimeUnit.SECONDS);
                if (next != null && next.isWritten()) {
                    keep(next.entry());
                    write();
                    next.written().countDown();
                } else if (!unwritten.isEmpty()) {
                    write(); // there may be room by now, also if nothing happens any more
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void keep(AuditEntry entry) {
        unwritten.addLast(entry);
        if (unwritten.size() > IN_MEMORY_MAX) {
            unwritten.removeFirst();
            lost++;
        }
    }

    /** In the order of their numbers, so that the files have it. */
    private void write() {
        try {
            while (!unwritten.isEmpty()) {
                append(line(unwritten.getFirst()));
                unwritten.removeFirst();
            }
            if (inTrouble) {
                LOG.info("The audit log is written again; {} entries are missing in it.", lost);
            }
            inTrouble = false;
            lost = 0;
        } catch (IOException e) {
            if (!inTrouble) {
                LOG.error(
                        "The audit log cannot be written ({}): entries are in memory only until it can be again. Make room"
                                + " where the data folder is.",
                        FileTrouble.of(e));
            }
            inTrouble = true;
        }
    }

    private void append(String line) throws IOException {
        Path path = folder.resolve(name(file));
        if (Files.exists(path) && Files.size(path) >= FILE_BYTES_MAX) {
            file++;
            path = folder.resolve(name(file));
            List<Path> files = files();
            for (int i = 0; i <= files.size() - FILES_MAX; i++) {
                Files.deleteIfExists(files.get(i));
            }
        }
        if (Files.notExists(path)) {
            Files.createDirectories(folder);
            OwnerOnly.create(path);
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.APPEND)) {
            long before = channel.size();
            String begin = mayBeHalf && before > 0 ? "\n" : "";
            ByteBuffer bytes = ByteBuffer.wrap((begin + line + "\n").getBytes(StandardCharsets.UTF_8));
            try {
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(false);
            } catch (IOException e) {
                undo(channel, before, e);
                throw e;
            }
        }
        mayBeHalf = false;
    }

    /** The entry is written again: it must not be there twice, nor half. */
    private void undo(FileChannel channel, long before, IOException why) {
        try {
            channel.truncate(before);
        } catch (IOException e) {
            why.addSuppressed(e);
            mayBeHalf = true;
        }
    }

    private static String line(AuditEntry entry) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("number", entry.number());
        json.put("at", entry.at().toString());
        json.put("user", entry.user());
        json.put("address", entry.address());
        json.put("action", entry.action());
        json.put("target", entry.target());
        json.put("detail", entry.detail());
        json.put("outcome", entry.outcome());
        return MAPPER.writeValueAsString(json);
    }

    private List<AuditEntry> read(Path path) throws IOException {
        List<AuditEntry> entries = new ArrayList<>();
        if (Files.size(path) > 2L * FILE_BYTES_MAX) {
            LOG.warn("{} is longer than Tandem makes it, and left out.", path);
            return entries;
        }
        for (String line : new String(Files.readAllBytes(path), StandardCharsets.UTF_8).split("\n")) {
            AuditEntry entry = entry(line);
            if (entry != null) {
                entries.add(entry);
            }
        }
        return entries;
    }

    /** Null for a line that is not whole: the process ended while it wrote. */
    private static @Nullable AuditEntry entry(String line) {
        try {
            JsonNode json = MAPPER.readTree(line);
            return new AuditEntry(
                    json.path("number").asLong(),
                    Instant.parse(json.path("at").asString("")),
                    json.path("user").asString(""),
                    json.path("address").asString(""),
                    json.path("action").asString(""),
                    json.path("target").asString(""),
                    json.path("detail").asString(""),
                    json.path("outcome").asString(""));
        } catch (JacksonException | DateTimeException e) {
            return null;
        }
    }

    /** Oldest first. */
    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(path -> numberOf(path) > 0)
                    .sorted((a, b) -> Long.compare(numberOf(a), numberOf(b)))
                    .toList();
        }
    }

    private static String name(long number) {
        return String.format(Locale.ROOT, "%s%06d%s", PREFIX, number, SUFFIX);
    }

    private static long numberOf(Path path) {
        String name = String.valueOf(path.getFileName());
        return name.matches(PREFIX + "[0-9]{6,12}" + SUFFIX)
                ? Long.parseLong(name.substring(PREFIX.length(), name.length() - SUFFIX.length()))
                : 0;
    }

    /** Writes what waits; does not wait long for a disk that hangs. */
    @Override
    public void close() {
        closing = true;
        boolean unused = queue.offer(Waiting.END); // full: it is awake
        try {
            writer.join(DISK_MS_MAX * 2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
