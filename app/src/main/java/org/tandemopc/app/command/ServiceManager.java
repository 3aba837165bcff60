package org.tandemopc.app.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Whether something else is there to start and restart Tandem. */
final class ServiceManager {
    private static final String UNIT = "tandem.service";
    private static final List<String> UNITS = List.of(
            "etc/systemd/system",
            "run/systemd/system",
            "usr/local/lib/systemd/system",
            "usr/lib/systemd/system",
            "lib/systemd/system");
    private static final String DAEMON = "Library/LaunchDaemons/org.tandemopc.tandem.plist";

    private ServiceManager() {}

    /**
     * The command that starts Tandem as a service of the system; empty where it was not installed as one.
     *
     * @param root of the file system
     */
    static Optional<String> command(Path root) {
        boolean hasSystemd = Files.isDirectory(root.resolve("run/systemd/system"));
        if (hasSystemd
                && UNITS.stream()
                        .anyMatch(folder -> Files.exists(root.resolve(folder).resolve(UNIT)))) {
            return Optional.of("systemctl start tandem");
        }
        if (Files.exists(root.resolve(DAEMON))) {
            return Optional.of("launchctl kickstart system/org.tandemopc.tandem");
        }
        return Optional.empty();
    }
}
