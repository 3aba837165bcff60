package org.tandemopc.relay;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Says for people who listens on a TCP port of this machine, so that "port in use" names somebody to talk to (S26). Linux
 * only, and only processes that the user may look at; elsewhere nobody is named. Reads {@code /proc}; may take some
 * milliseconds.
 */
public final class PortOwner {
    private static final Path PROC = Path.of("/proc");
    private static final int PROCESSES_MAX = 20_000;
    private static final int FILES_MAX = 200_000;

    /** In {@code /proc/net/tcp}: the state of a socket that listens. */
    private static final String LISTENING = "0A";

    private PortOwner() {}

    /** As {@code java (process 1234)}; empty when nobody is found. */
    public static Optional<String> of(int port) {
        return of(PROC, port);
    }

    static Optional<String> of(Path proc, int port) {
        Set<String> sockets = new HashSet<>();
        for (String table : List.of("net/tcp", "net/tcp6")) {
            sockets.addAll(listening(proc.resolve(table), port));
        }
        return sockets.isEmpty() ? Optional.empty() : owner(proc, sockets);
    }

    /** The sockets of the table that listen on the port, as links of {@code /proc/<process>/fd} name them. */
    private static Set<String> listening(Path table, int port) {
        String suffix = ":%04X".formatted(port);
        Set<String> sockets = new HashSet<>();
        try {
            for (String line : Files.readAllLines(table)) {
                String[] columns = line.strip().split("\\s+");
                if (columns.length > 9
                        && columns[1].toUpperCase(Locale.ROOT).endsWith(suffix)
                        && columns[3].equals(LISTENING)) {
                    sockets.add("socket:[" + columns[9] + "]");
                }
            }
        } catch (IOException e) {
            // Not Linux, or no IPv6: then this table names nobody.
            return Set.of();
        }
        return sockets;
    }

    private static Optional<String> owner(Path proc, Set<String> sockets) {
        int[] budget = {FILES_MAX};
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            int looked = 0;
            for (Path process : processes) {
                if (++looked > PROCESSES_MAX || budget[0] <= 0) {
                    break;
                }
                if (holds(process.resolve("fd"), sockets, budget)) {
                    return Optional.of("%s (process %s)".formatted(name(process), process.getFileName()));
                }
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    private static boolean holds(Path files, Set<String> sockets, int[] budget) {
        try (DirectoryStream<Path> links = Files.newDirectoryStream(files)) {
            for (Path link : links) {
                if (budget[0]-- <= 0) {
                    return false;
                }
                if (pointsTo(link, sockets)) {
                    return true;
                }
            }
        } catch (IOException e) {
            // Another user's process, or one that has just ended.
            return false;
        }
        return false;
    }

    private static boolean pointsTo(Path link, Set<String> sockets) {
        try {
            return sockets.contains(Files.readSymbolicLink(link).toString());
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }

    private static String name(Path process) {
        try {
            return Files.readString(process.resolve("comm")).strip().replaceAll("\\p{C}", "?");
        } catch (IOException e) {
            return "a program";
        }
    }
}
