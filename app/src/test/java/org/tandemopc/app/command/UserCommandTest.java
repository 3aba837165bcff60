package org.tandemopc.app.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.ExitCode;

/** {@code tandem user} on a running service. */
@Timeout(120)
class UserCommandTest {
    private static final String PASSWORD = "four words in a row";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestService service;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private String password = PASSWORD;
    private int asked;

    @BeforeEach
    void start() throws IOException {
        service = TestService.start(folder.resolve("data"));
    }

    @AfterEach
    void stop() throws IOException {
        service.close();
    }

    private int run(String... line) throws Exception {
        UserCommand command = new UserCommand((prompt, console) -> {
            asked++;
            return password;
        });
        List<String> all = new ArrayList<>(Arrays.asList(line));
        all.addAll(List.of("--data", folder.resolve("data").toString()));
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        return command.run(command.parse(all), new Console(stream, stream, false, false));
    }

    private String printed() {
        String text = out.toString(StandardCharsets.UTF_8);
        out.reset();
        return text;
    }

    private int refused(String... line) {
        try {
            run(line);
        } catch (CommandFailure e) {
            return e.exitCode();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        throw new AssertionError(printed());
    }

    @Test
    void usersAreMadeListedChangedAndRemovedOnTheRunningService() throws Exception {
        assertThat(run()).isEqualTo(ExitCode.OK);
        assertThat(printed()).contains("no users", "tandem user add");
        assertThat(folder.resolve("data").resolve("setup.token")).exists();

        assertThat(run("add", "anna", "engineer")).isEqualTo(ExitCode.OK);
        assertThat(run("add", "ben", "viewer")).isEqualTo(ExitCode.OK);
        assertThat(run("role", "ben", "operator")).isEqualTo(ExitCode.OK);
        assertThat(run("password", "ben")).isEqualTo(ExitCode.OK);
        printed();
        assertThat(run("list")).isEqualTo(ExitCode.OK);

        assertThat(printed()).containsPattern("anna +engineer +never").containsPattern("ben +operator +never");
        assertThat(folder.resolve("data").resolve("setup.token")).doesNotExist();
        assertThat(run("remove", "ben")).isEqualTo(ExitCode.OK);
        assertThat(run("list", "--json")).isEqualTo(ExitCode.OK);
        assertThat(printed()).contains("\"anna\"").doesNotContain("\"ben\"", PASSWORD);
        assertThat(asked).as("for the three that need one").isEqualTo(3);
        assertThat(service.get("/api/v1/audit").toString())
                .contains("\"add user\"", "\"local\"", "by " + System.getProperty("user.name"));
    }

    @Test
    void whatIsRefusedHasAnExitCode() throws Exception {
        assertThat(refused("add", "ben", "viewer"))
                .as("the first is an engineer")
                .isEqualTo(ExitCode.REFUSED);
        run("add", "anna", "engineer");
        assertThat(refused("remove", "anna")).isEqualTo(ExitCode.REFUSED);
        assertThat(refused("add", "Anna", "viewer")).isEqualTo(ExitCode.REFUSED);
        assertThat(refused("remove", "nobody")).isEqualTo(ExitCode.FAILED);
        password = "short";
        assertThat(refused("add", "ben", "viewer")).isEqualTo(ExitCode.FAILED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"make", "add", "add ben", "add ben king", "add ben viewer secret", "remove", "list all"})
    void slipOfTheLineIsSaidBeforeAnythingIsAsked(String line) {
        assertThatThrownBy(() -> run(line.split(" "))).isInstanceOf(UsageException.class);
        assertThat(asked).isZero();
    }

    @Test
    void passwordIsTheFirstLineOfWhatIsFedIn() throws Exception {
        assertThat(NewPassword.firstLine(new ByteArrayInputStream(
                        "gr\u00fcne W\u00e4lder am Fluss\nx\n".getBytes(StandardCharsets.UTF_8))))
                .isEqualTo("gr\u00fcne W\u00e4lder am Fluss");
        assertThatThrownBy(() -> NewPassword.firstLine(new ByteArrayInputStream(new byte[0])))
                .isInstanceOf(CommandFailure.class);
    }

    @Test
    void nothingOfThePasswordIsInTheDataFolder() throws Exception {
        run("add", "anna", "engineer");
        try (var files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(PASSWORD);
            }
        }
    }
}
