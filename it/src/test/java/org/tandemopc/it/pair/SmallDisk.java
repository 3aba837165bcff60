package org.tandemopc.it.pair;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.tandemopc.testkit.process.TestFolder;

/** A file system of its own in memory, which can be filled to the last byte. Mounted as root, or by sudo. */
public final class SmallDisk implements AutoCloseable {
    private final TestFolder folder = new TestFolder("disk");

    public SmallDisk(int kilobytes) {
        run("mount", "-t", "tmpfs", "-o", "mode=777,size=" + kilobytes + "k", "tmpfs", path().toString());
    }

    public Path path() {
        return folder.path();
    }

    /** Until nothing more can be written. */
    public void fill() {
        byte[] page = new byte[4096];
        try (OutputStream out = Files.newOutputStream(path().resolve("filler"))) {
            while (true) {
                out.write(page);
            }
        } catch (IOException full) {
            if (freeBytes() > page.length) {
                throw new UncheckedIOException("not full, but failed", full);
            }
        }
    }

    public void free() {
        try {
            Files.delete(path().resolve("filler"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long freeBytes() {
        try {
            return Files.getFileStore(path()).getUsableSpace();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void run(String... words) {
        List<String> command = new ArrayList<>();
        if (!System.getProperty("user.name", "").equals("root")) {
            command.addAll(List.of("sudo", "-n"));
        }
        command.addAll(List.of(words));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError(String.join(" ", command) + ": " + output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @Override
    public void close() {
        run("umount", "-l", path().toString());
        folder.close();
    }
}
