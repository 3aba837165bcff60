package org.tandemopc.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class CompletionTest {
    private static final List<CommandSpec> COMMANDS = CommandTable.ofTandem().specs();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /** A real bash completes the last word of the line; the service is played by a function that names two pairs. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "tandem stat            | status",
                "tandem s              | start stop status switch simulate",
                "tandem switch ''      | plant1 plant2",
                "tandem switch plant1 ''  | primary secondary third fourth",
                "tandem switch --data x plant1 sec | secondary",
                "tandem switch --data other '' | plant3",
                "tandem switch --data = other '' | plant3",
                "tandem switch --data = other plant3 sec | secondary",
                "tandem switch --no-wait ''  | plant1 plant2",
                "tandem switch plant1 secondary '' | ''",
                "tandem status --js    | --json",
                "tandem demo --mode w  | warm",
                "tandem trust add m    | members",
                "tandem completion ''  | bash zsh fish",
                "tandem events --severity e | error",
                "tandem plan some      | some.yaml",
                "tandem nothing ''     | ''"
            })
    void bashCompletesCommandsOptionsAndNamesOfPairs(String line, String expected) throws Exception {
        Files.writeString(folder.resolve("some.yaml"), "");
        String words = Arrays.stream(line.strip().split("\\s+"))
                .map(w -> w.equals("''") ? "''" : "'" + w + "'")
                .reduce("", (a, b) -> a + " " + b);

        String completed = run(
                "bash",
                "--norc",
                "tandem() { if [ \"$4\" = other ]; then echo plant3; else echo plant1; echo plant2; fi; }\n"
                        + Completion.bash(COMMANDS)
                        + "COMP_WORDS=(" + words + ")\nCOMP_CWORD=$((${#COMP_WORDS[@]}-1))\n"
                        + "_tandem\necho \"${COMPREPLY[@]}\"\n");

        assertThat(completed.strip()).isEqualTo(expected.equals("''") ? "" : expected.strip());
    }

    /** Two names with blanks are two, and bash is told that they are names of files: it adds the slash of a folder. */
    @Test
    void bashCompletesNamesOfFilesAsSuch() throws Exception {
        Files.createDirectory(folder.resolve("north line"));
        Files.writeString(folder.resolve("north line.yaml"), "");

        String completed = run(
                "bash",
                "--norc",
                "compopt() { printf 'told: %s %s\\n' \"$@\"; }\n"
                        + Completion.bash(COMMANDS)
                        + "COMP_WORDS=(tandem run --config nor)\nCOMP_CWORD=3\n"
                        + "_tandem\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n");

        assertThat(completed.lines()).containsExactlyInAnyOrder("told: -o filenames", "north line", "north line.yaml");
    }

    @Test
    void everyScriptKnowsEveryCommandAndOption() {
        for (CommandSpec command : COMMANDS) {
            for (String script :
                    List.of(Completion.bash(COMMANDS), Completion.zsh(COMMANDS), Completion.fish(COMMANDS))) {
                assertThat(script).contains(command.name());
                for (Option option : command.options()) {
                    assertThat(script).contains(option.name().substring(2));
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tandem switch ''                   | plant1 plant2",
                "tandem switch --data other ''      | plant3",
                "tandem switch --data=other ''      | plant3",
                "tandem remove --json --data other '' | plant3",
            })
    void zshNamesThePairsOfTheServiceThatTheLineIsFor(String line, String expected) throws Exception {
        assertThat(isInstalled("zsh")).as("zsh is installed; ./verify does it").isTrue();
        String words = line.strip();

        String completed = run("zsh", "-f", """
                tandem() { if [ "$4" = other ] || [ "$3" = --data=other ]; then echo plant3; else print -l plant1 plant2; fi; }
                _describe() { :; }
                compadd() { shift; print -r -- "$@"; }
                _arguments() { case "$*" in *1:word:_tandem_pairs*) _tandem_pairs ;; esac; }
                words=(%s)
                CURRENT=$#words
                """.formatted(words) + Completion.zsh(COMMANDS));

        assertThat(completed.strip()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tandem switch pl               | plant1 plant2",
                "tandem switch --data other pl  | plant3",
                "tandem switch --data=other pl  | plant3",
                "tandem remove --json --data other p | plant3",
                "tandem stat                    | status",
            })
    void fishNamesThePairsOfTheServiceThatTheLineIsFor(String line, String expected) throws Exception {
        assertThat(isInstalled("fish"))
                .as("fish is installed; ./verify does it")
                .isTrue();

        String completed =
                run("fish", "--no-config", """
                function tandem
                    if string match -q -- '*other*' "$argv"
                        echo plant3
                    else
                        echo plant1
                        echo plant2
                    end
                end
                """ + Completion.fish(COMMANDS) + "complete -C '" + line.strip() + "'\n");

        assertThat(completed.lines().map(l -> l.split("\t")[0])).containsExactly(expected.split(" "));
    }

    @Test
    void everyScriptAsksTheServiceThatTheLineIsFor() {
        assertThat(Completion.bash(COMMANDS)).contains("tandem pairs --names \"${data[@]}\"");
        for (String script : List.of(Completion.zsh(COMMANDS), Completion.fish(COMMANDS))) {
            assertThat(script.lines().filter(l -> l.contains("pairs --names")))
                    .singleElement()
                    .satisfies(l -> assertThat(l).contains("tandem pairs --names $data 2>/dev/null"));
        }
    }

    private static boolean isInstalled(String shell) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, shell)));
    }

    private String run(String shell, String option, String script) throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("script.sh"), script);
        Process process = new ProcessBuilder(shell, option, file.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }
}
