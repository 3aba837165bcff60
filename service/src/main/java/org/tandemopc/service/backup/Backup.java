package org.tandemopc.service.backup;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a backup holds. An immutable value, though its bytes are not copied; any thread.
 *
 * @param host on which it was made
 * @param at when, as 2026-11-29T09:00:00Z
 * @param version of the Tandem that made it
 * @param config the text of the configuration
 * @param data the files of the data folder by their names within it, with {@code /} between folders
 */
public record Backup(String host, String at, String version, String config, Map<String, byte[]> data) {
    static final int FILES_MAX = 5_000;
    static final long FILE_BYTES_MAX = 16L << 20;
    static final long BYTES_MAX = 64L << 20;
    private static final int NAME_CHARS_MAX = 300;
    private static final int DEPTH_MAX = 8;
    /** What some system takes for something else than a part of a name. */
    private static final String UNFIT = "\\:*?\"<>|";

    /** Of the data folder, what belongs to this run of the service or is history: it is neither kept nor put back. */
    private static final String[] PASSING = {
        "lock",
        "log",
        "audit",
        "audit.jsonl",
        "rest.port",
        "rest.token",
        "setup.token",
        "start.log",
        "before-restore",
        "restore.new"
    };

    public Backup {
        data = Map.copyOf(data);
    }

    /** Whether an entry of the data folder itself is not part of a backup. */
    static boolean isPassing(String name) {
        return Arrays.asList(PASSING).contains(name) || name.endsWith(".new") || name.endsWith(".unreadable");
    }

    /** Why a file of the data folder cannot be called so in a backup; empty when it can. Nothing leads out of the folder. */
    static Optional<String> unfit(String name) {
        String[] parts = name.split("/", -1);
        if (name.length() > NAME_CHARS_MAX || parts.length > DEPTH_MAX) {
            return Optional.of("it is longer than %d characters or %d folders".formatted(NAME_CHARS_MAX, DEPTH_MAX));
        }
        for (String part : parts) {
            boolean isPart = !part.isEmpty()
                    && !part.equals(".")
                    && !part.equals("..")
                    && part.equals(part.strip())
                    && part.chars().noneMatch(c -> Character.isISOControl(c) || UNFIT.indexOf(c) >= 0);
            if (!isPart) {
                return Optional.of("it is no name of a file that every system can have");
            }
        }
        return isPassing(parts[0]) ? Optional.of("it is no part of a backup") : Optional.empty();
    }

    byte[] configBytes() {
        return config.getBytes(StandardCharsets.UTF_8);
    }

    /** In the order of their names. */
    Map<String, byte[]> sorted() {
        return new TreeMap<>(data);
    }
}
