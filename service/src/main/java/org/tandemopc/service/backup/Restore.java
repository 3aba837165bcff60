package org.tandemopc.service.backup;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.tandemopc.relay.OwnerOnly;

/**
 * Puts a backup in the place of what a data folder and a configuration file hold. All of it is on the disk beside the old ones
 * before the first of them is moved; what is replaced goes to {@code before-restore} in the data folder, and comes back if a
 * move fails, or with {@link #takeBackUnfinished} if the process ended on the way. The caller holds the data folder. Blocks; one
 * thread.
 */
public final class Restore {
    private static final String BEFORE = "before-restore";
    private static final String UNFINISHED = "restore.new";
    private static final String CONFIG = "tandem.yaml";

    /** While it is there, something may have been moved. Holds the new configuration's place until its move, the last one. */
    private static final String BEGUN = "begun";

    /** While it is there, what the data folder has is the backup's. */
    private static final String EMPTIED = "emptied";

    private final Path data;
    private final Path config;
    private final Path before;
    private final Path unfinished;
    private final Runnable afterEach;
    private final Deque<Move> moves = new ArrayDeque<>();

    private record Move(Path from, Path to) {}

    private Restore(Path data, Path config, Runnable afterEach) {
        this.data = data;
        this.config = config;
        this.afterEach = afterEach;
        this.before = data.resolve(BEFORE);
        this.unfinished = data.resolve(UNFINISHED);
    }

    /**
     * @param data held by the caller
     * @param config the configuration file, there or not
     * @return where what was there before is now
     * @throws IOException with a sentence for people; everything is as it was
     */
    public static Path into(Path data, Path config, Backup backup) throws IOException {
        return into(data, config, backup, () -> {});
    }

    /** @param afterEach called after each change on the disk that is one for whoever comes after the end of this process */
    static Path into(Path data, Path config, Backup backup, Runnable afterEach) throws IOException {
        takeBackUnfinished(data);
        Restore restore = new Restore(data, config.toAbsolutePath(), afterEach);
        try {
            restore.prepare(backup);
            restore.swap();
        } finally {
            deleteAll(restore.unfinished);
        }
        return restore.before;
    }

    /**
     * Takes back a restore whose process ended before its last move: the data folder is as it was then. May end on the way itself,
     * and is then to be called again.
     *
     * @param data held by the caller
     * @return whether there was one
     */
    public static boolean takeBackUnfinished(Path data) throws IOException {
        return takeBackUnfinished(data, () -> {});
    }

    static boolean takeBackUnfinished(Path data, Runnable afterEach) throws IOException {
        Path unfinished = data.resolve(UNFINISHED);
        Path begun = unfinished.resolve(BEGUN);
        if (Files.notExists(begun)) {
            return false;
        }
        Path text = Path.of(Files.readString(begun));
        boolean isUndone = Files.exists(text);
        if (isUndone) {
            if (Files.exists(unfinished.resolve(EMPTIED))) {
                moveAll(data, unfinished.resolve("data"), afterEach);
                Files.delete(unfinished.resolve(EMPTIED));
                afterEach.run();
            }
            moveAll(data.resolve(BEFORE), data, afterEach);
            Files.delete(text);
            afterEach.run();
        }
        deleteAll(unfinished);
        return isUndone;
    }

    /** What belongs to a backup. */
    private static void moveAll(Path from, Path to, Runnable afterEach) throws IOException {
        for (Path each : children(from)) {
            String name = String.valueOf(each.getFileName());
            if (!Backup.isPassing(name) && !name.equals(CONFIG)) {
                Files.move(each, to.resolve(name), StandardCopyOption.ATOMIC_MOVE);
                afterEach.run();
            }
        }
    }

    private void prepare(Backup backup) throws IOException {
        deleteAll(unfinished);
        makeFolder(unfinished);
        for (Map.Entry<String, byte[]> entry : backup.sorted().entrySet()) {
            Path file = unfinished.resolve("data").resolve(entry.getKey()).normalize();
            if (!file.startsWith(unfinished) || Backup.unfit(entry.getKey()).isPresent()) {
                throw new IOException("'" + entry.getKey() + "' leads out of the data folder.");
            }
            write(file, entry.getValue());
        }
        // Beside the file whose place it takes: the two may be on different disks.
        Path text = newConfig();
        Files.deleteIfExists(text);
        Files.createDirectories(folderOf(text));
        OwnerOnly.createLike(config, text);
        fill(text, backup.configBytes());
    }

    private Path newConfig() {
        return config.resolveSibling(config.getFileName() + ".new");
    }

    private static Path folderOf(Path file) throws IOException {
        Path folder = file.getParent();
        if (folder == null) {
            throw new IOException("no folder for " + file);
        }
        return folder;
    }

    private void swap() throws IOException {
        deleteAll(before);
        makeFolder(before);
        if (Files.exists(config)) {
            Files.copy(config, before.resolve(CONFIG), StandardCopyOption.COPY_ATTRIBUTES);
        }
        afterEach.run();
        write(unfinished.resolve(BEGUN), newConfig().toString().getBytes(StandardCharsets.UTF_8));
        afterEach.run();
        try {
            for (Path old : children(data)) {
                if (!Backup.isPassing(String.valueOf(old.getFileName()))) {
                    move(old, before.resolve(old.getFileName()));
                }
            }
            write(unfinished.resolve(EMPTIED), new byte[0]);
            afterEach.run();
            for (Path fresh : children(unfinished.resolve("data"))) {
                move(fresh, data.resolve(fresh.getFileName()));
            }
            Path target = Files.isSymbolicLink(config) ? config.toRealPath() : config;
            Files.move(newConfig(), target, StandardCopyOption.REPLACE_EXISTING);
            afterEach.run();
        } catch (IOException e) {
            takeBack(e);
            throw e;
        }
    }

    private void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        moves.push(new Move(from, to));
        afterEach.run();
    }

    private void takeBack(IOException why) {
        while (!moves.isEmpty()) {
            Move move = moves.pop();
            try {
                Files.move(move.to(), move.from(), StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                why.addSuppressed(e);
            }
        }
        try {
            Files.deleteIfExists(newConfig());
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    private static List<Path> children(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.toList();
        }
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        Path folder = folderOf(file);
        if (Files.notExists(folder)) {
            makeFolder(folder);
        }
        OwnerOnly.create(file);
        fill(file, bytes);
    }

    private static void fill(Path file, byte[] bytes) throws IOException {
        Files.write(file, bytes);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private static void makeFolder(Path folder) throws IOException {
        Path outer = folder.getParent();
        if (outer != null && Files.notExists(outer)) {
            makeFolder(outer);
        }
        Files.createDirectories(folder);
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
    }

    private static void deleteAll(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path each : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
