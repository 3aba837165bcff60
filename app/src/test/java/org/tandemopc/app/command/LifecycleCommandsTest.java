package org.tandemopc.app.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.app.ExitCode;
import org.tandemopc.service.DataFolder;
import org.tandemopc.service.backup.Backup;
import org.tandemopc.service.backup.BackupFile;
import org.tandemopc.service.backup.DataFiles;
import org.tandemopc.testkit.Requirement;

/** What begins, ends and moves a service. */
@Timeout(60)
class LifecycleCommandsTest {
    private static final String CONFIG = """
            version: 1
            pairs:
              - name: plant1
                members:
                  - url: opc.tcp://a:4840
                    user: tandem
                    password: env:TANDEM_NOT_SET_HERE
                  - url: opc.tcp://b:4840
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(Command command, String... words) throws Exception {
        out.reset();
        err.reset();
        List<String> line = new ArrayList<>(Arrays.asList(words));
        line.addAll(List.of("--data", data().toString()));
        return command.run(
                command.parse(line),
                new Console(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        false,
                        false));
    }

    private Path data() {
        return folder.resolve("data");
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    @Requirement("ADM-2")
    void openPrintsAnAddressThatAnswers() throws Exception {
        try (TestService _ = TestService.start(data())) {
            assertThat(run(new OpenCommand(), "--print")).isEqualTo(ExitCode.OK);

            assertThat(printed().strip()).matches("http://127\\.0\\.0\\.1:\\d+/");
        }
        assertThatThrownBy(() -> run(new OpenCommand(), "--print"))
                .isInstanceOfSatisfying(
                        CommandFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.NO_SERVICE));
    }

    @Test
    void addressIsOpenedWhereSomebodySeesIt() {
        assertThat(OpenCommand.opener("linux", Map.of())).isEmpty();
        assertThat(OpenCommand.opener("linux", Map.of("DISPLAY", ":0"))).contains(List.of("xdg-open"));
        assertThat(OpenCommand.opener("mac os x", Map.of())).contains(List.of("open"));
        assertThat(OpenCommand.opener("windows 11", Map.of()).orElseThrow()).startsWith("rundll32");
    }

    @Test
    @Requirement("ADM-4")
    void startLeavesAServiceThatRunsAlone() throws Exception {
        try (TestService _ = TestService.start(data())) {
            assertThat(run(new StartCommand())).isEqualTo(ExitCode.OK);

            assertThat(printed())
                    .contains("runs already (process " + ProcessHandle.current().pid() + ")");
        }
    }

    @Test
    @Requirement("ADM-4")
    void serviceOfTheSystemIsStartedByTheSystem() throws Exception {
        assertThat(ServiceManager.command(folder)).isEmpty();

        Files.createDirectories(folder.resolve("run/systemd/system"));
        assertThat(ServiceManager.command(folder)).isEmpty();

        Files.createDirectories(folder.resolve("lib/systemd/system"));
        Files.createFile(folder.resolve("lib/systemd/system/tandem.service"));
        Optional<String> command = ServiceManager.command(folder);
        assertThat(command).contains("systemctl start tandem");
        assertThatThrownBy(() -> StartCommand.refuseManaged(command))
                .isInstanceOfSatisfying(
                        CommandFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.REFUSED))
                .hasMessageContaining("systemctl start tandem");
    }

    private Path config(String text) throws IOException {
        return Files.writeString(folder.resolve("tandem.yaml"), text);
    }

    private Path backup() {
        return folder.resolve("kept.zip");
    }

    /** A backup is not tied to this service being alive, and says what it does not hold. */
    @Test
    @Requirement("DEP-2")
    void backupAndRestoreMoveAService() throws Exception {
        Path config = config(CONFIG);
        try (DataFolder held = DataFolder.hold(data())) {
            held.stateFile().saveEnabled("plant1", true);
            assertThat(run(new BackupCommand(), backup().toString(), "--config", config.toString()))
                    .isEqualTo(ExitCode.OK);
        }
        assertThat(printed()).contains("1 files of the data folder", "env:TANDEM_NOT_SET_HERE");
        Files.writeString(config, "version: 1\npairs: []\n");
        Files.delete(data().resolve("state.json"));

        // Its password is not there, so its only pair would be left out: that is said, and is no reason not to restore.
        assertThat(run(new RestoreCommand(), backup().toString(), "--config", config.toString()))
                .isEqualTo(ExitCode.OK);

        assertThat(err.toString(StandardCharsets.UTF_8)).contains("TANDEM_NOT_SET_HERE");
        assertThat(Files.readString(config)).isEqualTo(CONFIG);
        try (DataFolder held = DataFolder.hold(data())) {
            assertThat(held.stateFile().isEnabled("plant1")).isTrue();
        }
    }

    /** Two machines must not serve the same clients because somebody moved a file. */
    @Test
    @Requirement({"DEP-4", "ENA-6"})
    void backupOfAnotherMachineEnablesNothingHere() throws Exception {
        Path config = config("");
        byte[] state = "{\"version\":1,\"pairs\":{\"plant1\":{\"enabled\":true}}}".getBytes(StandardCharsets.UTF_8);
        BackupFile.write(backup(), new Backup("elsewhere", "", "", CONFIG, Map.of("state.json", state)));

        assertThat(run(new RestoreCommand(), backup().toString(), "--config", config.toString()))
                .isEqualTo(ExitCode.OK);
        assertThat(printed()).contains("tandem enable");
        assertThat(data().resolve("state.json")).doesNotExist();

        assertThat(run(new RestoreCommand(), backup().toString(), "--config", config.toString(), "--keep-state"))
                .isEqualTo(ExitCode.OK);
        assertThat(data().resolve("state.json")).exists();
    }

    @Test
    void restoreThatCannotBeUsedChangesNothing() throws Exception {
        Path config = config("version: 1\npairs: []\n");
        Files.createDirectories(data());
        Files.writeString(data().resolve("users.json"), "mine");
        String here = DataFiles.host();
        Map<String, byte[]> damaged = Map.of("state.json", new byte[] {'x'});
        for (Backup bad : List.of(
                new Backup(here, "", "", "version: 7\n", Map.of()),
                new Backup(here, "", "", "no: [yaml", Map.of()),
                new Backup(here, "", "", CONFIG, damaged))) {
            Files.deleteIfExists(backup());
            BackupFile.write(backup(), bad);

            assertThatThrownBy(() -> run(new RestoreCommand(), backup().toString(), "--config", config.toString()))
                    .isInstanceOf(CommandFailure.class);

            assertThat(Files.readString(config)).isEqualTo("version: 1\npairs: []\n");
            assertThat(Files.readString(data().resolve("users.json"))).isEqualTo("mine");
        }
    }

    @Test
    void runningServiceIsNotWrittenOver() throws Exception {
        Path config = config(CONFIG);
        BackupFile.write(backup(), new Backup("here", "", "", CONFIG, Map.of()));
        try (DataFolder _ = DataFolder.hold(data())) {
            assertThatThrownBy(() -> run(new RestoreCommand(), backup().toString(), "--config", config.toString()))
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageContaining("in use by another Tandem");
        }
    }

    @Test
    void backupOfNothingIsAnError() throws Exception {
        Path config = config(CONFIG);
        assertThatThrownBy(() -> run(new BackupCommand(), backup().toString(), "--config", config.toString()))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("--data");
        assertThatThrownBy(() -> run(new BackupCommand(), backup().toString(), "--config", "/nowhere/tandem.yaml"))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("no such file");
        assertThat(backup()).doesNotExist();
    }
}
