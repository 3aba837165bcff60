package org.tandemopc.service;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.FileTrouble;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What this machine remembers of its pairs over a restart: which are enabled, and which are pinned to what. Not part of
 * the configuration, so that copying {@code tandem.yaml} to another machine starts nothing there (DEP-4). Saved whole
 * or not at all. Any thread; saving blocks.
 */
public final class StateFile {
    /** In the data folder. */
    public static final String NAME = "state.json";

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final int VERSION = 1;

    /** @param pinned index of the member, or null */
    record PairMemory(boolean enabled, @Nullable Integer pinned) {}

    private final Path file;
    private final @Nullable String trouble;
    /** The file that is there could not be used: it is put aside before another one takes its place. */
    private boolean isInTheWay;

    private Map<String, PairMemory> pairs;
    /** Of which pairs somebody said since the file was read whether they are enabled. */
    private final Set<String> said = new HashSet<>();

    private StateFile(Path file, Map<String, PairMemory> pairs, @Nullable String trouble) {
        this.file = file;
        this.pairs = pairs;
        this.trouble = trouble;
        this.isInTheWay = trouble != null;
    }

    /** Reads the file; one that is missing is empty, one that cannot be read is empty too and says so. */
    public static StateFile read(Path file) {
        try {
            return new StateFile(file, parse(Files.readString(file)), null);
        } catch (NoSuchFileException e) {
            return new StateFile(file, new TreeMap<>(), null);
        } catch (IOException | JacksonException | IllegalArgumentException e) {
            return new StateFile(
                    file,
                    new TreeMap<>(),
                    "Cannot read " + file + " (" + why(e)
                            + "). All pairs count as not enabled on this machine; the next change writes a new file and"
                            + " leaves this one beside it as " + aside(file).getFileName() + ".");
        }
    }

    /** Whether these are the bytes of such a file. */
    public static boolean isUsable(byte[] bytes) {
        try {
            parse(new String(bytes, StandardCharsets.UTF_8));
            return true;
        } catch (JacksonException | IllegalArgumentException e) {
            return false;
        }
    }

    /** Why the file that was there could not be used, or null. */
    public @Nullable String trouble() {
        return trouble;
    }

    /** Whether this machine has ever heard of the pair. */
    public synchronized boolean knows(String pair) {
        return pairs.containsKey(pair);
    }

    public synchronized boolean isEnabled(String pair) {
        PairMemory memory = pairs.get(pair);
        return memory != null && memory.enabled();
    }

    /**
     * Whether the pair is to be served.
     *
     * @param all though the file that was read did not have it enabled; what somebody said since then counts more
     */
    synchronized boolean isServed(String pair, boolean all) {
        return isEnabled(pair) || (all && !said.contains(pair));
    }

    public synchronized OptionalInt pinned(String pair) {
        PairMemory memory = pairs.get(pair);
        Integer pin = memory == null ? null : memory.pinned();
        return pin == null ? OptionalInt.empty() : OptionalInt.of(pin);
    }

    /** @throws IOException nothing changed, neither here nor on the disk */
    public synchronized void saveEnabled(String pair, boolean enabled) throws IOException {
        PairMemory old = pairs.get(pair);
        save(pair, new PairMemory(enabled, old == null ? null : old.pinned()));
        said.add(pair);
    }

    /** @throws IOException nothing changed, neither here nor on the disk */
    public synchronized void savePin(String pair, OptionalInt member) throws IOException {
        PairMemory old = pairs.get(pair);
        save(
                pair,
                new PairMemory(old != null && old.enabled(), member.isPresent() ? (Integer) member.getAsInt() : null));
    }

    /** What is known of these pairs, to be given back by {@link #restore}. */
    synchronized Map<String, PairMemory> remember(Collection<String> names) {
        Map<String, PairMemory> known = new TreeMap<>(pairs);
        known.keySet().retainAll(names);
        return known;
    }

    /**
     * Of these pairs just this is known again.
     *
     * @throws IOException nothing changed, neither here nor on the disk
     */
    synchronized void restore(Collection<String> names, Map<String, PairMemory> known) throws IOException {
        Map<String, PairMemory> changed = new TreeMap<>(pairs);
        changed.keySet().removeAll(names);
        changed.putAll(known);
        replace(changed);
        said.removeIf(pair -> names.contains(pair) && !known.containsKey(pair));
    }

    /** @throws IOException nothing changed, neither here nor on the disk */
    synchronized void forget(Collection<String> names) throws IOException {
        restore(names, Map.of());
    }

    /**
     * A pair has got another name; one that is known already keeps what is known of it.
     *
     * @throws IOException nothing changed, neither here nor on the disk
     */
    synchronized void copy(String from, String to) throws IOException {
        PairMemory memory = pairs.get(from);
        if (memory != null && !pairs.containsKey(to)) {
            save(to, memory);
            if (said.contains(from)) {
                said.add(to);
            }
        }
    }

    private void replace(Map<String, PairMemory> changed) throws IOException {
        if (!changed.equals(pairs)) {
            write(changed);
        }
    }

    private void save(String pair, PairMemory memory) throws IOException {
        Map<String, PairMemory> changed = new TreeMap<>(pairs);
        changed.put(pair, memory);
        write(changed);
    }

    private void write(Map<String, PairMemory> changed) throws IOException {
        if (isInTheWay && Files.exists(file)) {
            Files.move(file, aside(file), StandardCopyOption.REPLACE_EXISTING);
        }
        isInTheWay = false;
        AtomicFile.write(file, format(changed));
        pairs = changed;
    }

    private static String why(Exception e) {
        String why = e instanceof IOException io ? FileTrouble.why(io) : String.valueOf(e.getMessage());
        return why.lines().findFirst().orElse("");
    }

    private static Path aside(Path file) {
        return file.resolveSibling(file.getFileName() + ".unreadable");
    }

    private static Map<String, PairMemory> parse(String text) {
        JsonNode root = MAPPER.readTree(text);
        if (root.path("version").asInt(0) != VERSION) {
            throw new IllegalArgumentException("version is not " + VERSION);
        }
        Map<String, PairMemory> pairs = new TreeMap<>();
        root.path("pairs").properties().forEach(entry -> {
            JsonNode pin = entry.getValue().path("pinned");
            pairs.put(
                    entry.getKey(),
                    new PairMemory(
                            entry.getValue().path("enabled").asBoolean(false), pin.isInt() ? pin.asInt() : null));
        });
        return pairs;
    }

    private static String format(Map<String, PairMemory> pairs) {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("version", VERSION);
        ObjectNode all = root.putObject("pairs");
        pairs.forEach((name, memory) -> {
            ObjectNode pair = all.putObject(name);
            pair.put("enabled", memory.enabled());
            Integer pin = memory.pinned();
            if (pin != null) {
                pair.put("pinned", pin);
            }
        });
        return MAPPER.writeValueAsString(root) + "\n";
    }
}
