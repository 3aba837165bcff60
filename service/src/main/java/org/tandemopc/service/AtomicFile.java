package org.tandemopc.service;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * Replaces a file whole or not at all, also when the machine loses power in the middle (S21): written under another
 * name, forced to the disk, renamed, and the folder forced. A new file is for its owner only, because a configuration
 * may hold passwords; one that is replaced keeps the permissions that a person gave it.
 */
final class AtomicFile {
    private static final Set<PosixFilePermission> OWNER_ONLY =
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private AtomicFile() {}

    static void write(Path file, String text) throws IOException {
        write(FileActions.REAL, file, text);
    }

    /** @throws IOException the file is as it was */
    static void write(FileActions actions, Path file, String text) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException("no folder for " + file);
        }
        actions.makeFolder(folder);
        Path temporary = folder.resolve(file.getFileName() + ".new");
        actions.write(temporary, text.getBytes(StandardCharsets.UTF_8), permissions(file));
        actions.force(temporary);
        actions.rename(temporary, file);
        try {
            actions.forceFolder(folder);
        } catch (IOException e) {
            // Not every system lets a folder be forced; the file itself is complete either way.
            return;
        }
    }

    private static Set<PosixFilePermission> permissions(Path file) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        return view != null && Files.exists(file) ? view.readAttributes().permissions() : OWNER_ONLY;
    }
}
