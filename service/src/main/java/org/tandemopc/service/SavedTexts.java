package org.tandemopc.service;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Texts of the configuration that were in use or were meant to be, in a folder beside the state: one file each, with its
 * checksum, when it was saved and by whom, and whether it ever ran. A file that was damaged is left out. Not thread-safe:
 * the store that owns it takes care.
 */
final class SavedTexts {
    private static final Logger LOG = LoggerFactory.getLogger(SavedTexts.class);
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final String SUFFIX = ".json";
    private static final Pattern WHOLE = Pattern.compile("[0-9]{1,18}\\.json");
    private static final Pattern HALF = Pattern.compile("[0-9]{1,18}\\.json\\.new");
    private static final int VERSION_DIGITS = 16;
    private static final long BYTES_MAX = 8 << 20;

    private final Path folder;
    private final FileActions actions;

    SavedTexts(Path folder, FileActions actions) {
        this.folder = folder;
        this.actions = actions;
    }

    /**
     * @param number grows with each save
     * @param hasRun false: edited and never applied, or applied in vain
     */
    record Entry(long number, String text, Instant at, String by, boolean hasRun) {
        String version() {
            return SavedTexts.version(text);
        }
    }

    /** Identifies a text: the first 16 hexadecimal digits of its SHA-256. */
    static String version(String text) {
        return checksum(text).substring(0, VERSION_DIGITS);
    }

    private static String checksum(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** All that can be read, newest first. */
    List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        for (long number : numbers()) {
            read(number).ifPresent(entries::add);
        }
        return entries;
    }

    /**
     * Keeps a text as the newest.
     *
     * @return its number
     * @throws IOException it is not kept
     */
    long add(String text, Instant at, String by, boolean hasRun) throws IOException {
        long number = numbers().stream().findFirst().orElse(0L) + 1;
        write(new Entry(number, text, at, by, hasRun));
        return number;
    }

    /**
     * Remembers that a text runs.
     *
     * @throws IOException it is kept as before
     */
    void markRun(Entry entry) throws IOException {
        write(new Entry(entry.number(), entry.text(), entry.at(), entry.by(), true));
    }

    private void write(Entry entry) throws IOException {
        ObjectNode node = MAPPER.createObjectNode();
        node.put("version", entry.version());
        node.put("sha256", checksum(entry.text()));
        node.put("at", entry.at().toString());
        node.put("by", entry.by());
        node.put("ran", entry.hasRun());
        node.put("text", entry.text());
        AtomicFile.write(actions, file(entry.number()), MAPPER.writeValueAsString(node) + "\n");
    }

    /** Forgets one, as if it had not been added. One that cannot be deleted stays: it harms nobody. */
    void drop(long number) {
        drop(file(number));
    }

    private void drop(Path file) {
        try {
            actions.delete(file);
        } catch (IOException e) {
            LOG.warn("{} could not be deleted: {}", file, e.toString());
        }
    }

    /**
     * Keeps the {@link #newest}. What an interrupted save left half written goes too.
     *
     * @param keep so many of those that ran, and of those that never did
     */
    void prune(int keep) {
        for (Path half : files(HALF)) {
            drop(half);
        }
        List<Entry> all = entries();
        List<Entry> kept = newest(all, keep);
        all.stream().filter(e -> !kept.contains(e)).forEach(e -> drop(e.number()));
    }

    /**
     * The newest of those that ran and of those that never did, in one order; each text once. Counted apart, so that a row
     * of edits that nobody applied takes the place of none that ran.
     */
    static List<Entry> newest(List<Entry> entries, int each) {
        Map<Boolean, Integer> counts = new HashMap<>();
        Set<String> seen = new HashSet<>();
        return entries.stream()
                .filter(e -> seen.add(e.version()))
                .filter(e -> counts.merge(e.hasRun(), 1, Integer::sum) <= each)
                .toList();
    }

    private Optional<Entry> read(long number) {
        Path file = file(number);
        try {
            if (Files.size(file) > BYTES_MAX) {
                throw new IOException("too long");
            }
            JsonNode node = MAPPER.readTree(Files.readString(file));
            String text = node.path("text").asString("");
            if (!checksum(text).equals(node.path("sha256").asString(""))) {
                throw new IOException("the checksum does not fit the text");
            }
            return Optional.of(new Entry(
                    number,
                    text,
                    Instant.parse(node.path("at").asString("")),
                    node.path("by").asString(""),
                    node.path("ran").asBoolean(true)));
        } catch (IOException | JacksonException | DateTimeException e) {
            LOG.warn("{} is left out: {}", file, e.toString());
            return Optional.empty();
        }
    }

    /** Newest first. */
    private List<Long> numbers() {
        return files(WHOLE).stream()
                .map(f -> numberOf(String.valueOf(f.getFileName())))
                .sorted(Comparator.reverseOrder())
                .toList();
    }

    private List<Path> files(Pattern name) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(
                            f -> name.matcher(String.valueOf(f.getFileName())).matches())
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            LOG.warn("{} cannot be read: {}", folder, e.toString());
            return List.of();
        }
    }

    private static long numberOf(String name) {
        return Long.parseLong(name.substring(0, name.length() - SUFFIX.length()));
    }

    private Path file(long number) {
        return folder.resolve(String.format(Locale.ROOT, "%06d%s", number, SUFFIX));
    }
}
