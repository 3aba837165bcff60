package org.tandemopc.service;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Replaces a file whole or not at all, also when the machine loses power in the middle (S21): written under another
 * name, forced to the disk, renamed, and the folder forced. A new file is for its owner only, because a configuration
 * may hold passwords; one that is replaced keeps the permissions that a person gave it.
 */
final class AtomicFile {
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
        try {
            actions.write(temporary, text.getBytes(StandardCharsets.UTF_8), file);
            actions.force(temporary);
            actions.rename(temporary, file);
        } catch (IOException e) {
            // Half a file would take the last of a full disk, and may hold passwords.
            forget(actions, temporary, e);
            throw e;
        }
        try {
            actions.forceFolder(folder);
        } catch (IOException e) {
            // Not every system lets a folder be forced; the file itself is complete either way.
            return;
        }
    }

    private static void forget(FileActions actions, Path temporary, IOException why) {
        try {
            actions.delete(temporary);
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }
}
