package org.tandemopc.service;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.tandemopc.relay.OwnerOnly;

/** Each action on a file that a save is made of, so that a test can have any of them fail. Blocking; any thread. */
interface FileActions {
    void makeFolder(Path folder) throws IOException;

    /**
     * Makes the file in place of any that is there, closed to others before a byte is in it, and writes the bytes.
     *
     * @param like the file whose place it will take and whose permissions it gets; owner only if there is none
     */
    void write(Path file, byte[] bytes, Path like) throws IOException;

    /** When this returns, the file's content survives a loss of power. */
    void force(Path file) throws IOException;

    /** In one action: whoever opens the target gets the one file or the other. */
    void rename(Path from, Path to) throws IOException;

    /** When this returns, the names in the folder survive a loss of power. */
    void forceFolder(Path folder) throws IOException;

    void delete(Path file) throws IOException;

    /** On the disk. */
    FileActions REAL = new FileActions() {
        @Override
        public void makeFolder(Path folder) throws IOException {
            Files.createDirectories(folder);
        }

        @Override
        public void write(Path file, byte[] bytes, Path like) throws IOException {
            Files.deleteIfExists(file);
            OwnerOnly.createLike(like, file);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            }
        }

        @Override
        public void force(Path file) throws IOException {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }

        @Override
        public void forceFolder(Path folder) throws IOException {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }

        @Override
        public void delete(Path file) throws IOException {
            Files.deleteIfExists(file);
        }
    };
}
