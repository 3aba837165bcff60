package org.tandemopc.app.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.ExitCode;
import org.tandemopc.app.Version;
import org.tandemopc.relay.FileTrouble;
import org.tandemopc.service.SecretReferences;
import org.tandemopc.service.backup.Backup;
import org.tandemopc.service.backup.BackupFile;
import org.tandemopc.service.backup.DataFiles;

/** {@code tandem backup}. */
final class BackupCommand implements Command {
    private static final long CONFIG_BYTES_MAX = 1 << 20;

    @Override
    public CommandSpec spec() {
        return new CommandSpec(
                "backup",
                "FILE",
                List.of(Option.Values.FILES),
                List.of(Option.CONFIG, Option.DATA),
                "put configuration, keys, trust lists, users and state into one file",
                "While the service runs, too. FILE is made for its owner only (0600), for it holds private keys and the passwords"
                        + " that are written in the configuration: keep it like a key. Passwords in files and variables that the"
                        + " configuration only names are not in it; they are listed. Neither are records and logs.");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CommandFailure {
        Path file = Path.of(arguments.onlyWord("the file to be made, as tandem-backup.zip"))
                .toAbsolutePath();
        Path config = Path.of(Places.config(arguments));
        Path data = Path.of(Places.data(arguments)).toAbsolutePath();
        try {
            if (Files.size(config) > CONFIG_BYTES_MAX) {
                throw new CommandFailure(ExitCode.FAILED, config + " is longer than 1 MB: it is no configuration.");
            }
            if (!Files.isDirectory(data)) {
                throw new CommandFailure(ExitCode.FAILED, "There is no folder " + data + ". Name it with --data.");
            }
            Backup backup = new Backup(
                    DataFiles.host(),
                    Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                    Version.text(),
                    Files.readString(config),
                    DataFiles.read(data));
            BackupFile.write(file, backup);
            tell(backup, file, console);
            return ExitCode.OK;
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.FAILED, "No backup was made: " + FileTrouble.of(e));
        }
    }

    private static void tell(Backup backup, Path file, Console console) {
        console.line(
                "%s holds the configuration and %d files of the data folder. It holds private keys: keep it like one."
                        .formatted(file, backup.data().size()));
        List<String> references = SecretReferences.of(backup.config());
        if (!references.isEmpty()) {
            console.line("Not in it, for the configuration only names them: " + String.join(", ", references));
        }
    }
}
