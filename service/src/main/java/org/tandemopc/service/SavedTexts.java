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
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
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
 * Texts of the configuration that were in use, in a folder beside the state: one file each, with its checksum, when it
 * was saved and by whom. A file that was damaged is left out. Not thread-safe: the store that owns it takes care.
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

    /** @param number grows with each save */
    record Entry(long number, String text, Instant at, String by) {
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
    long add(String text, Instant at, String by) throws IOException {
        long number = numbers().stream().findFirst().orElse(0L) + 1;
        ObjectNode node = MAPPER.createObjectNode();
        node.put("version", version(text));
        node.put("sha256", checksum(text));
        node.put("at", at.toString());
        node.put("by", by);
        node.put("text", text);
        AtomicFile.write(actions, file(number), MAPPER.writeValueAsString(node) + "\n");
        return number;
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

    /** Keeps the newest and, of two equal texts, the newer. What an interrupted save left half written goes too. */
    void prune(int keep) {
        for (Path half : files(HALF)) {
            drop(half);
        }
        List<String> seen = new ArrayList<>();
        for (Entry entry : entries()) {
            if (seen.size() >= keep || seen.contains(entry.version())) {
                drop(entry.number());
            } else {
                seen.add(entry.version());
            }
        }
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
                    node.path("by").asString("")));
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
        return folder.resolve("%06d%s".formatted(number, SUFFIX));
    }
}
