package org.tandemopc.service.backup;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The files of a data folder that a backup keeps. Blocks; any thread, also while a service runs, which replaces files whole. */
public final class DataFiles {
    private DataFiles() {}

    /** @throws IOException with a sentence for people: a file cannot be read, or has a name that cannot be kept */
    public static Map<String, byte[]> read(Path folder) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        if (!Files.isDirectory(folder)) {
            return files;
        }
        // Of the folder itself a link is followed: people put it on another disk that way.
        Path root = folder.toRealPath();
        long all = 0;
        for (Path file : all(root)) {
            String name = root.relativize(file).toString().replace('\\', '/');
            if (name.endsWith(".new")) {
                continue;
            }
            Optional<String> unfit = Backup.unfit(name);
            if (unfit.isPresent()) {
                throw new IOException("%s cannot be kept in a backup: %s. Give it another name, or move it away."
                        .formatted(file, unfit.get()));
            }
            try {
                long size = Files.size(file);
                all += size;
                if (all > Backup.BYTES_MAX || size > Backup.FILE_BYTES_MAX || files.size() == Backup.FILES_MAX) {
                    throw new IOException(
                            "%s is too much for a backup (%d files, %d MB): move away what is not Tandem's."
                                    .formatted(folder, Backup.FILES_MAX, Backup.BYTES_MAX >> 20));
                }
                files.put(name, Files.readAllBytes(file));
            } catch (NoSuchFileException e) {
                continue; // gone since it was found
            }
        }
        return files;
    }

    /**
     * Links are not followed: they may lead anywhere. What the service puts away while this looks (a file that took the place of
     * another, a certificate that somebody removed) is not there; what is no part of a backup is not looked into at all.
     */
    private static List<Path> all(Path folder) throws IOException {
        List<Path> all = new ArrayList<>();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            private boolean isPassing(Path path) {
                return !path.equals(folder)
                        && Backup.isPassing(folder.relativize(path).getName(0).toString());
            }

            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
                return isPassing(path) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
                if (attributes.isRegularFile() && !isPassing(path)) {
                    all.add(path);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path path, IOException why) throws IOException {
                if (why instanceof NoSuchFileException || isPassing(path)) {
                    return FileVisitResult.CONTINUE;
                }
                throw why;
            }
        });
        return all;
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
