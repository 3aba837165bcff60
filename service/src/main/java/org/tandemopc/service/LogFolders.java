package org.tandemopc.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the logs of the pairs are: each under the name of its pair. */
final class LogFolders {
    private static final Logger LOG = LoggerFactory.getLogger(LogFolders.class);

    private final Path logs;

    LogFolders(Path logs) {
        this.logs = logs;
    }

    Path of(String pair) {
        return logs.resolve(pair);
    }

    /**
     * A pair takes its log along to another name. While nobody writes it; blocks on the disk.
     *
     * @return whether what was recorded under the old name is now under the new one; not so when a log of an earlier pair
     *     is there, with numbers of its own
     */
    boolean rename(String from, String to) {
        try {
            if (!Files.exists(of(from)) || (Files.exists(of(to)) && Files.isSameFile(of(from), of(to)))) {
                return true;
            }
            if (Files.exists(of(to))) {
                return false;
            }
            Files.move(of(from), of(to));
            return true;
        } catch (IOException e) {
            LOG.warn("The records of '{}' stay in {}: {}", from, of(from), e.toString());
            return false;
        }
    }
}
