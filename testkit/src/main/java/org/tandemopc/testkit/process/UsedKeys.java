package org.tandemopc.testkit.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The keys and certificates of a Tandem under test, in its data folder. Making its two RSA keys takes a JVM that has just started seconds
 * of processor time, more than all the rest of its start; so a Tandem gets those of one that has ended, if there is one, as if it were
 * started again, and makes its own if not. No two that run at the same time have the same. They are handed on within a JVM of tests, among
 * Tandems whose front door is on the same address, for that is in the certificates.
 *
 * <p>For tests of a first start, and of keys, this is not. Any thread.
 */
public final class UsedKeys {
    private static final Path PLACE = Path.of("pki", "own");
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /** By the address of the front door; as many as there were Tandems at the same time. */
    private static final Map<String, Queue<Map<String, byte[]>>> FREE = new ConcurrentHashMap<>();

    private final Queue<Map<String, byte[]>> free;
    private final Path own;
    private @Nullable Map<String, byte[]> files;

    /**
     * To be made before Tandem starts.
     *
     * @param address of the front door
     * @param data the folder that Tandem is told; it may not be there yet
     */
    public UsedKeys(String address, Path data) {
        free = FREE.computeIfAbsent(address, _ -> new ConcurrentLinkedQueue<>());
        own = data.resolve(PLACE);
        files = free.poll();
        if (files != null) {
            write(own, files);
        }
    }

    /** To be called when Tandem serves: what it made, if it made any, is remembered. */
    public void remember() {
        if (files == null && Files.isDirectory(own)) {
            Map<String, byte[]> made = read(own);
            files = made.isEmpty() ? null : made;
        }
    }

    /** To be called when Tandem has ended: from now on another may get them. */
    public void handOn() {
        if (files != null) {
            free.add(files);
            files = null;
        }
    }

    private static void write(Path folder, Map<String, byte[]> files) {
        try {
            Files.createDirectories(folder);
            for (Map.Entry<String, byte[]> each : files.entrySet()) {
                Files.write(Files.createFile(folder.resolve(each.getKey()), OWNER_ONLY), each.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, byte[]> read(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            Map<String, byte[]> files = new TreeMap<>();
            for (Path each : all.filter(Files::isRegularFile).toList()) {
                files.put(each.getFileName().toString(), Files.readAllBytes(each));
            }
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
