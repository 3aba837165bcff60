package org.tandemopc.service.backup;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The files of a data folder that a backup keeps. Blocks; any thread, also while a service runs, which replaces files whole. */
public final class DataFiles {
    private DataFiles() {}

    /** @throws IOException with a sentence for people: a file cannot be read, or has a name that cannot be kept */
    public static Map<String, byte[]> read(Path folder) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        long all = 0;
        for (Path file : all(folder)) {
            String name = folder.relativize(file).toString().replace('\\', '/');
            if (Backup.isPassing(name.split("/")[0]) || name.endsWith(".new")) {
                continue;
            }
            Optional<String> unfit = Backup.unfit(name);
            if (unfit.isPresent()) {
                throw new IOException("%s cannot be kept in a backup: %s. Give it another name, or move it away."
                        .formatted(file, unfit.get()));
            }
            all += Files.size(file);
            if (all > Backup.BYTES_MAX
                    || Files.size(file) > Backup.FILE_BYTES_MAX
                    || files.size() == Backup.FILES_MAX) {
                throw new IOException("%s is too much for a backup (%d files, %d MB): move away what is not Tandem's."
                        .formatted(folder, Backup.FILES_MAX, Backup.BYTES_MAX >> 20));
            }
            files.put(name, Files.readAllBytes(file));
        }
        return files;
    }

    /** Links are not followed: they may lead anywhere. */
    private static List<Path> all(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .filter(file ->
                            !Backup.isPassing(folder.relativize(file).getName(0).toString()))
                    .toList();
        } catch (java.io.UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** How this machine is called, as far as it knows. */
    public static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "";
        }
    }
}
