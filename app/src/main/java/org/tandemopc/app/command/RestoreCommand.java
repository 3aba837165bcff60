package org.tandemopc.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.ExitCode;
import org.tandemopc.app.Service;
import org.tandemopc.core.record.Printable;
import org.tandemopc.relay.FileTrouble;
import org.tandemopc.service.DataFolder;
import org.tandemopc.service.StateFile;
import org.tandemopc.service.backup.Backup;
import org.tandemopc.service.backup.BackupFile;
import org.tandemopc.service.backup.DataFiles;
import org.tandemopc.service.backup.Restore;

/** {@code tandem restore}: where no service runs. */
final class RestoreCommand implements Command {
    private static final String KEEP_STATE = "--keep-state";

    @Override
    public CommandSpec spec() {
        return new CommandSpec(
                "restore",
                "FILE",
                List.of(Option.Values.FILES),
                List.of(
                        Option.CONFIG,
                        Option.DATA,
                        Option.flag(
                                KEEP_STATE,
                                "pairs are enabled and pinned as in the backup, though it is of another machine")),
                "put a backup in the place of configuration and data folder",
                "Stop the service first. The whole file is checked before anything is changed: its list, lengths and hashes, and"
                        + " whether its configuration can be served. What it replaces goes to before-restore in the data folder."
                        + " A backup of another machine leaves all pairs disabled here until they are enabled, so that two"
                        + " machines never serve the same clients by accident.");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CommandFailure {
        Path file = Path.of(arguments.onlyWord("the backup"));
        Path config = Path.of(Places.config(arguments)).toAbsolutePath();
        Path data = Path.of(Places.data(arguments)).toAbsolutePath();
        try {
            DataFolder.refuseOfAnotherUser(data);
            Backup backup = BackupFile.read(file);
            boolean isOfHere = backup.host().equals(DataFiles.host()) || arguments.has(KEEP_STATE);
            try (DataFolder folder = DataFolder.hold(data)) {
                Service.check(file + " (tandem.yaml)", backup.config(), folder.path(), console.err());
                Backup fitting = isOfHere ? checked(backup) : withoutState(backup);
                Path before = Restore.into(folder.path(), config, fitting);
                tell(backup, isOfHere, config, before, console);
            }
            return ExitCode.OK;
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.FAILED, "Nothing was restored: " + FileTrouble.of(e));
        }
    }

    private static Backup checked(Backup backup) throws IOException {
        byte[] state = backup.data().get(StateFile.NAME);
        if (state != null && !StateFile.isUsable(state)) {
            throw new IOException("its " + StateFile.NAME + " is damaged.");
        }
        return backup;
    }

    /** DEP-4: what is enabled is said on each machine. */
    private static Backup withoutState(Backup backup) {
        Map<String, byte[]> data = new HashMap<>(backup.data());
        data.remove(StateFile.NAME);
        return new Backup(backup.host(), backup.at(), backup.version(), backup.config(), data);
    }

    private static void tell(Backup backup, boolean isOfHere, Path config, Path before, Console console) {
        console.line("Restored from the backup of %s on %s: %s and %d files of the data folder."
                .formatted(
                        Printable.of(backup.at()),
                        Printable.of(backup.host()),
                        config,
                        backup.data().size()));
        console.line("What was there before is in " + before + ".");
        if (!isOfHere) {
            console.line("It is of another machine: enable each pair here with 'tandem enable PAIR'.");
        }
    }
}
