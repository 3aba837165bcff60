package org.tandemopc.packaging;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.tandemopc.packaging.Shell.Ran;

/**
 * A Debian that was just made, in a folder, and programs in it. Not booted: there is no service manager. It shares the
 * network of this machine. Needs root. One thread.
 */
final class DebianRoot implements AutoCloseable {
    private static final Duration MAKE_MAX = Duration.ofMinutes(8);
    private static final Duration RUN_MAX = Duration.ofMinutes(2);
    /** Mounts are private to each program and end with it. */
    private static final String ENTER =
            "mount -t proc proc \"$0/proc\" && mount --rbind /dev \"$0/dev\" && exec chroot \"$0\" \"$@\"";

    private static final Path MEMORY = Path.of("/dev/shm");
    private static final long NEEDED_BYTES = 2L << 30;

    private static final Set<String> NOT_ON_DISK = Set.of("proc", "sys", "dev");

    private final Path path;

    private DebianRoot(Path path) {
        this.path = path;
    }

    /** Of the release that this machine has, from where it gets its own packages. @param packages beside the fewest */
    static DebianRoot make(String... packages) throws IOException {
        String release = Files.readAllLines(Path.of("/etc/os-release")).stream()
                .filter(line -> line.startsWith("VERSION_CODENAME="))
                .map(line -> line.substring(line.indexOf('=') + 1).replace("\"", ""))
                .findFirst()
                .orElseThrow(() -> new AssertionError("/etc/os-release names no release"));
        DebianRoot root = new DebianRoot(Files.createTempDirectory(place(), "tandem-debian-"));
        try {
            // Others than root have to get in.
            Files.setPosixFilePermissions(root.path, PosixFilePermissions.fromString("rwxr-xr-x"));
            var _ = Shell.run(
                            MAKE_MAX,
                            List.of(
                                    "debootstrap",
                                    "--variant=minbase",
                                    "--include=" + String.join(",", packages),
                                    release,
                                    root.path.toString(),
                                    Mirror.of(release)))
                    .good();
            return root;
        } catch (AssertionError | IOException | UncheckedIOException e) {
            root.close();
            throw e;
        }
    }

    /** In memory where there is enough: dpkg waits for the disk after each file. */
    private static Path place() throws IOException {
        return Files.isDirectory(MEMORY)
                        && Files.getFileStore(MEMORY).type().equals("tmpfs")
                        && Files.getFileStore(MEMORY).getUsableSpace() > NEEDED_BYTES
                ? MEMORY
                : Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
    }

    /** A file of it, by its absolute name there. */
    Path file(String name) {
        return path.resolve(name.substring(1));
    }

    /** The command that runs this program in it, as root; the process is that of the program itself. */
    List<String> command(List<String> program) {
        List<String> line = new ArrayList<>(
                List.of("unshare", "--mount", "--propagation", "private", "--", "sh", "-c", ENTER, path.toString()));
        line.addAll(program);
        return line;
    }

    Ran run(String... program) {
        return Shell.run(RUN_MAX, command(Arrays.asList(program)));
    }

    /** The names of all files and folders. */
    TreeSet<String> names() {
        TreeSet<String> names = new TreeSet<>();
        try (Stream<Path> tops = Files.list(path)) {
            for (Path top : tops.toList()) {
                if (!NOT_ON_DISK.contains(top.getFileName().toString())) {
                    try (Stream<Path> files = Files.walk(top)) {
                        files.forEach(each -> names.add("/" + path.relativize(each)));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return names;
    }

    @Override
    public void close() {
        // One file system only: whatever is mounted in it stays as it is.
        var _ = Shell.run(RUN_MAX, List.of("rm", "-rf", "--one-file-system", path.toString()))
                .good();
    }
}
