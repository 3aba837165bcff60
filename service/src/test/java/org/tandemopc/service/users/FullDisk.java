package org.tandemopc.service.users;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A folder on a disk that is full until there is room: one of 64 KiB in memory for whoever may mount it, which takes the begin of
 * what does not fit, as disks do; else the file itself stands for {@code /dev/full}, which takes nothing.
 */
final class FullDisk implements AutoCloseable {
    private static final int BYTES = 64 << 10;

    private final Path folder;
    private final boolean isMounted;
    private Path file;
    private Path aside;

    private FullDisk(Path folder, boolean isMounted) {
        this.folder = folder;
        this.isMounted = isMounted;
        this.file = folder.resolve("filler");
        this.aside = folder.resolve("aside");
    }

    static FullDisk at(Path folder) throws IOException, InterruptedException {
        Files.createDirectory(folder);
        return new FullDisk(
                folder,
                runs("mount", "-t", "tmpfs", "-o", "size=" + BYTES + ",mode=700", "tandem-test", folder.toString()));
    }

    private static boolean runs(String... command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(List.of(command))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            return false; // no such command here
        }
        return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    Path folder() {
        return folder;
    }

    /** @param name of the file that is written, and is there already */
    void fill(String name) throws IOException {
        if (!isMounted) {
            file = folder.resolve(name);
            Files.move(file, aside);
            Files.createSymbolicLink(file, Path.of("/dev/full"));
            return;
        }
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int i = 0; i <= BYTES; i++) {
                out.write(0);
            }
            throw new AssertionError("more than " + BYTES + " octets fit into " + folder);
        } catch (IOException e) {
            if (Files.size(file) == 0) {
                throw e;
            }
        }
    }

    void makeRoom() throws IOException {
        if (isMounted) {
            Files.delete(file);
        } else {
            Files.move(aside, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            if (isMounted && !runs("umount", folder.toString())) {
                throw new IOException(folder + " is still mounted");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(folder + " may still be mounted", e);
        }
    }
}
