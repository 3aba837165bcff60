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
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.ExitCode;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(120)
class RegCommandTest {
    private static final UUID CLSID = UUID.fromString("0b317eb7-eb41-567e-b8c0-963e075a7166");
    private static final UUID DA20 = UUID.fromString("63d5f432-cfe4-11d1-b2c8-0060083ba1fb");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestService service;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @BeforeEach
    void start() throws IOException {
        service = TestService.start(folder.resolve("data"));
        service.speaksDa("plant2", "opcda://127.0.0.1/{" + CLSID + "}");
    }

    @AfterEach
    void stop() throws IOException {
        service.close();
    }

    private int run(String... words) throws Exception {
        return run(Optional.of("tandem1"), words);
    }

    private int run(Optional<String> ownName, String... words) throws Exception {
        List<String> line = new ArrayList<>(
                List.of("plant2", "--data", folder.resolve("data").toString()));
        line.addAll(List.of(words));
        RegCommand command = new RegCommand(() -> ownName);
        PrintStream to = new PrintStream(out, true, StandardCharsets.UTF_8);
        return command.run(command.parse(line), new Console(to, to, false, false));
    }

    private Path file() {
        return folder.resolve("out.reg");
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    @Requirement(value = "ADD-6", protocol = Protocol.DA)
    void theFileOfAPairIsWrittenWithTheNameOfThisMachine() throws Exception {
        assertThat(run("--out", file().toString())).isZero();

        assertThat(Files.readAllBytes(file()))
                .isEqualTo(RegistryFile.of("plant2", CLSID, "plant2", "tandem1", List.of(DA20), "Tandem")
                        .bytes());
        assertThat(printed())
                .contains(
                        "it leads Windows clients of 'plant2' {0B317EB7-EB41-567E-B8C0-963E075A7166} to tandem1.",
                        "First export what is registered there",
                        "tandem reg plant2 --undo");
    }

    @Test
    @Requirement(value = "ADD-7", protocol = Protocol.DA)
    void theFileThatUndoesItNeedsNoHost() throws Exception {
        assertThat(run(Optional.empty(), "--undo", "--out", file().toString())).isZero();

        assertThat(Files.readAllBytes(file()))
                .isEqualTo(RegistryFile.undo("plant2", CLSID).bytes());
        assertThat(printed()).contains("What was there before comes back by your backup alone.");
    }

    @Test
    void withJsonOneValueSaysWhereTheFileIs() throws Exception {
        assertThat(run("--host", "10.0.0.7", "--json", "--out", file().toString()))
                .isZero();

        JsonNode json = new JsonMapper().readTree(printed());
        assertThat(json.path("file").asString()).isEqualTo(file().toString());
        assertThat(json.path("progId").asString()).isEqualTo("plant2");
        assertThat(json.path("clsid").asString()).isEqualTo("{0B317EB7-EB41-567E-B8C0-963E075A7166}");
        assertThat(json.path("host").asString()).isEqualTo("10.0.0.7");
    }

    /** Perhaps it is the only backup of somebody. */
    @Test
    void aFileThatIsThereStays() throws Exception {
        Files.writeString(file(), "mine");

        assertThatThrownBy(() -> run("--out", file().toString()))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("is there already. Remove it, or name another file with --out.");
        assertThat(file()).hasContent("mine");
    }

    @Test
    void aFileThatCannotBeWrittenIsTold() {
        assertThatThrownBy(
                        () -> run("--out", folder.resolve("no/such/folder.reg").toString()))
                .isInstanceOfSatisfying(
                        CommandFailure.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.FAILED))
                .hasMessageContaining("Cannot write");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "localhost   | would lead a client to its own machine",
                "LocalHost   | would lead a client to its own machine",
                "127.0.0.4   | would lead a client to its own machine",
                "a b         | is no name of a machine",
                "::1         | is no name of a machine",
                "a\"b        | is no name of a machine",
                "http://a    | is no name of a machine"
            })
    void aHostThatLeadsNowhereIsRefusedBeforeAnythingIsWritten(String host, String why) {
        assertThatThrownBy(() -> run("--host", host, "--out", file().toString()))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(why)
                .hasMessageContaining("Name it as clients reach it: --host NAME.");
        assertThat(file()).doesNotExist();
    }

    @Test
    void aMachineWithoutANameAsksForOne() {
        assertThatThrownBy(() -> run(Optional.empty(), "--out", file().toString()))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("does not know its name");
        assertThatThrownBy(() -> run(Optional.of("localhost"), "--out", file().toString()))
                .isInstanceOf(UsageException.class);
    }
}
