package org.tandemopc.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The settings of a systemd unit, as far as a test acts as its service manager. */
record Unit(List<String> lines) {
    static Unit read(Path file) throws IOException {
        return new Unit(Files.readAllLines(file));
    }

    /** The only value of a setting. */
    String value(String name) {
        List<String> values = lines.stream()
                .filter(line -> line.startsWith(name + "="))
                .map(line -> line.substring(name.length() + 1))
                .toList();
        if (values.size() != 1) {
            throw new AssertionError(name + " is there " + values.size() + " times");
        }
        return values.getFirst();
    }

    /** As {@code -all,+net_bind_service}, for setpriv. */
    private String capabilities(String setting) {
        StringBuilder text = new StringBuilder("-all");
        for (String each : value(setting).split(" ")) {
            text.append(",+").append(each.toLowerCase(Locale.ROOT).replaceFirst("^cap_", ""));
        }
        return text.toString();
    }

    /** A command as the unit's user, with its rights, its environment and its mask for files. */
    List<String> asItsUser(List<String> command) {
        List<String> line = new ArrayList<>(List.of(
                "setpriv",
                "--reuid=" + value("User"),
                "--regid=" + value("Group"),
                "--clear-groups",
                "--bounding-set=" + capabilities("CapabilityBoundingSet"),
                "--inh-caps=" + capabilities("AmbientCapabilities"),
                "--ambient-caps=" + capabilities("AmbientCapabilities")));
        if (value("NoNewPrivileges").equals("yes")) {
            line.add("--no-new-privs");
        }
        line.addAll(List.of("env", "-i", "PATH=/usr/local/bin:/usr/bin:/bin", value("Environment")));
        line.addAll(List.of(
                "sh",
                "-c",
                "umask " + value("UMask") + " && cd " + value("WorkingDirectory") + " && exec \"$@\"",
                "sh"));
        line.addAll(command);
        return line;
    }

    /** What it starts, in its way. */
    List<String> start() {
        return asItsUser(Arrays.asList(value("ExecStart").split(" ")));
    }

    /** How long an end may take, in seconds. */
    int stopSeconds() {
        return Integer.parseInt(value("TimeoutStopSec").replaceFirst("s$", ""));
    }
}
