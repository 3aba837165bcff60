package org.tandemopc.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.service.DataFolder;
import org.tandemopc.testkit.Requirement;

class MainTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void versionIsTheOneOfTheBuild() {
        assertThat(run("--version")).isEqualTo(ExitCode.OK);

        assertThat(text(out)).matches("tandem \\d+\\.\\d+.*\\R");
    }

    @Test
    void helpNamesEveryCommand() {
        assertThat(run("--help")).isEqualTo(ExitCode.OK);

        assertThat(text(out)).contains("tandem run", "tandem enable", "tandem disable", "tandem demo");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "fly",
                "run --confg x",
                "run --config",
                "run here",
                "enable",
                "enable a b",
                "demo --mode tepid",
                "run --data=",
                "run --enable-all=yes"
            })
    void wrongCommandLineIsExplainedAndEndsWithItsOwnCode(String line) {
        assertThat(run(line.isEmpty() ? new String[0] : line.split(" "))).isEqualTo(ExitCode.USAGE);

        assertThat(text(err)).contains("usage:");
    }

    /** What a script with a variable that was never set makes of its line; the present folder is no data folder. */
    @Test
    void anEmptyValueIsNoneAndAFlagHasNone() {
        assertThat(run("run", "--config", "tandem.yaml", "--data", "")).isEqualTo(ExitCode.USAGE);
        assertThat(text(err)).contains("The option --data needs a value.");

        err.reset();
        assertThat(run("run", "--enable-all=true")).isEqualTo(ExitCode.USAGE);
        assertThat(text(err)).contains("The option --enable-all takes no value.");

        err.reset();
        assertThat(run("disable", "", "--data", folder.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(text(err)).contains("is a variable not set?");
    }

    /** No cause of its own has words for it. */
    @Test
    @Requirement("S26")
    void listeningUnderANameThatNobodyKnowsIsSaid() throws IOException {
        String config = config(valid(0).replace("127.0.0.1:0", "no-such-host.invalid:4840"))
                .toString();

        assertThat(run(
                        "run",
                        "--config",
                        config,
                        "--data",
                        folder.resolve("data").toString()))
                .isEqualTo(ExitCode.FAILED);

        assertThat(text(err))
                .contains("Cannot listen on no-such-host.invalid:4840: the name has no address. Correct opcua.listen");
    }

    /** Of a service or a script that starts a simulator, too: it is not the network that is at fault. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "--port x",
                "--policy rot13",
                "--counters many",
                "--no-such 1",
                "--port",
                "--da --versions 2.0",
                "--da --policy none",
                "--old-clients",
                "--clsid {3c1f4f6e-5d0a-4b7e-8a43-2f6a90d1e001}"
            })
    void simulatorWithAWrongValueEndsWithTheCodeOfAWrongCommandLine(String options) {
        assertThat(run(("simulate " + options).split(" "))).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void configurationWithMistakesIsReportedByLineAndNothingIsServed() throws IOException {
        Path config = config("version: 1\nopcua:\n  listen: nowhere\npairs: []\n");

        assertThat(run(
                        "run",
                        "--config",
                        config.toString(),
                        "--data",
                        folder.resolve("data").toString()))
                .isEqualTo(ExitCode.CONFIGURATION);

        assertThat(text(err)).contains(config + ":3: opcua.listen: 'nowhere' is not an address to listen on.");
    }

    @Test
    void dataFolderOfAnotherTandemIsLeftAlone() throws IOException {
        Path data = folder.resolve("data");
        try (DataFolder _ = DataFolder.hold(data)) {
            assertThat(run("run", "--config", config(valid(0)).toString(), "--data", data.toString()))
                    .isEqualTo(ExitCode.FAILED);
        }

        assertThat(text(err)).contains("in use by another Tandem").contains("--data");
    }

    @Test
    @Requirement("S26")
    void portInUseIsSaidWithItsAddressAndEndsTheStart() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Path config = config(valid(taken.getLocalPort()));

            assertThat(run(
                            "run",
                            "--config",
                            config.toString(),
                            "--data",
                            folder.resolve("data").toString()))
                    .isEqualTo(ExitCode.FAILED);

            assertThat(text(err))
                    .contains("Cannot listen on 127.0.0.1:" + taken.getLocalPort() + ": the port is in use by ")
                    .contains("choose another port in opcua.listen");
            if (Files.isDirectory(Path.of("/proc/self/fd"))) {
                assertThat(text(err))
                        .contains("(process " + ProcessHandle.current().pid() + ")");
            }
        }
    }

    @Test
    void keysThatCannotBeReadAreNamedWithWhatToDo() throws IOException {
        Path own = folder.resolve("data/pki/own");
        Files.createDirectories(own);
        Files.writeString(own.resolve("back.crt"), "broken");
        Files.setPosixFilePermissions(
                Files.writeString(own.resolve("back.key"), "broken"), PosixFilePermissions.fromString("rw-------"));

        assertThat(run(
                        "run",
                        "--config",
                        config(valid(0)).toString(),
                        "--data",
                        folder.resolve("data").toString()))
                .isEqualTo(ExitCode.FAILED);

        assertThat(text(err)).contains("back.key", "move the files in " + own + " away: new ones are made");
    }

    /** Moving keys away would not help, and would cost the trust of every client and server. */
    @ParameterizedTest
    @ValueSource(strings = {"clients/trusted", "members/issuers", "clients/refused"})
    void aTrustFolderThatCannotBeReadIsNamed(String name) throws IOException {
        Path trust = folder.resolve("data/pki").resolve(name);
        Files.createDirectories(trust.getParent());
        Files.writeString(trust, "a file where the folder should be");

        for (String command : List.of("run", "check")) {
            err.reset();

            assertThat(run(
                            command,
                            "--config",
                            config(valid(0)).toString(),
                            "--data",
                            folder.resolve("data").toString()))
                    .isEqualTo(ExitCode.FAILED);

            assertThat(text(err))
                    .contains("The folder of certificates " + trust + " cannot be read", "what is in it is to stay")
                    .doesNotContain("away", "\tat ");
        }
    }

    @Test
    void aTrustFolderThatMayNotBeReadIsNamed() throws IOException {
        Path trust = Files.createDirectories(folder.resolve("data/pki/members/trusted"));
        Files.setPosixFilePermissions(trust, PosixFilePermissions.fromString("---------"));
        try {
            assumeThat(Files.isReadable(trust)).as("root may").isFalse();

            assertThat(run(
                            "run",
                            "--config",
                            config(valid(0)).toString(),
                            "--data",
                            folder.resolve("data").toString()))
                    .isEqualTo(ExitCode.FAILED);

            assertThat(text(err)).contains(trust.toString(), "may read").doesNotContain("\tat ");
        } finally {
            Files.setPosixFilePermissions(trust, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void pairIsEnabledForTheNextStart() throws IOException {
        Path data = folder.resolve("data");
        String config = config(valid(0)).toString();

        assertThat(run("enable", "plant1", "--config", config, "--data", data.toString()))
                .isEqualTo(ExitCode.OK);
        try (DataFolder held = DataFolder.hold(data)) {
            assertThat(held.stateFile().isEnabled("plant1")).isTrue();
        }

        assertThat(run("disable", "plant1", "--config", config, "--data", data.toString()))
                .isEqualTo(ExitCode.OK);
        try (DataFolder held = DataFolder.hold(data)) {
            assertThat(held.stateFile().isEnabled("plant1")).isFalse();
        }
    }

    /** The other pairs of that file are enabled no more: whoever changes one must hear of it, and can put it right. */
    @Test
    void aStateThatCannotBeReadIsToldAndPutAside() throws IOException {
        Path data = Files.createDirectories(folder.resolve("data"));
        Files.writeString(data.resolve("state.json"), "{\"version\":1,\"pairs\":{\"plant2\":{\"enab");

        assertThat(run("enable", "plant1", "--config", config(valid(0)).toString(), "--data", data.toString()))
                .isEqualTo(ExitCode.OK);

        assertThat(text(err)).contains("state.json", "All pairs count as not enabled", "state.json.unreadable");
        assertThat(data.resolve("state.json")).content().contains("plant1");
        assertThat(data.resolve("state.json.unreadable")).content().contains("plant2");
    }

    /** What root writes into the folder of a service of another user, that service cannot read. */
    @ParameterizedTest
    @ValueSource(strings = {"enable", "disable", "check"})
    void rootWritesNothingIntoTheFolderOfAServiceOfAnotherUser(String command) throws IOException {
        Path data = Files.createDirectories(folder.resolve("data"));
        boolean isRoot = (Integer) Files.getAttribute(data, "unix:uid") == 0;
        if (isRoot) {
            Files.setAttribute(data, "unix:uid", 12_345);
        }

        int exit = run(command, "plant1", "--config", config(valid(0)).toString(), "--data", data.toString());

        // Only root can give the folder away; to anybody else it is their own.
        assertThat(text(err).contains("Run the command as that user")).isEqualTo(isRoot);
        assertThat(exit == ExitCode.FAILED).isEqualTo(isRoot || command.equals("check"));
        assertThat(data.toFile().list()).matches(made -> isRoot == (made.length == 0));
    }

    @Test
    void pairThatIsNotConfiguredCannotBeEnabled() throws IOException {
        String config = config(valid(0)).toString();

        assertThat(run("enable", "plant9", "--config", config, "--data", folder.toString()))
                .isEqualTo(ExitCode.FAILED);

        assertThat(text(err)).contains("plant9");
    }

    private static String valid(int port) {
        return """
            version: 1
            opcua:
              listen: 127.0.0.1:%d
              security: [None]
              trust: all
            pairs:
              - name: plant1
                members:
                  - url: opc.tcp://127.0.0.1:1
                    security: None
                  - url: opc.tcp://127.0.0.1:2
                    security: None
            """.formatted(port);
    }

    private Path config(String text) throws IOException {
        return Files.writeString(folder.resolve("tandem.yaml"), text);
    }

    private int run(String... line) {
        return new Main(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(List.of(line));
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
