package org.tandemopc.app.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Servers of OPC DA on a command line, and passwords that are never there. */
class DaAdditionTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static Arguments arguments(String... line) throws UsageException {
        return EditCommand.add().spec().parse(List.of(line));
    }

    private static PasswordSource typing(String text) {
        return new PasswordSource(() -> Optional.of(text));
    }

    private static Map<String, Object> body(String... line) throws UsageException {
        return DaAddition.body(arguments(line), typing("typed"));
    }

    @Test
    @Requirement(
            value = {"ADD-3", "ALI-2"},
            protocol = Protocol.DA)
    void withoutANameAPairIsCalledAsItsPrimarysProgId() throws Exception {
        Map<String, Object> body = body(
                "opcda://10.0.0.1/Plant.Server.1",
                "opcda://[fd00::2]:1135/Plant.Server.1/{F8582CF2-88FB-11D0-B850-00C0F0104305}",
                "--user",
                "PLANT\\tandem",
                "--password",
                "env:PW",
                "--level",
                "privacy",
                "--alias",
                "Line7");

        assertThat(body).containsEntry("pair", "Plant.Server.1").containsEntry("alias", "Line7");
        assertThat(body.get("members"))
                .isEqualTo(List.of(
                        Map.of(
                                "host", "10.0.0.1",
                                "progId", "Plant.Server.1",
                                "level", "privacy",
                                "user", "PLANT\\tandem",
                                "password", "env:PW"),
                        Map.of(
                                "host", "fd00::2",
                                "port", "1135",
                                "progId", "Plant.Server.1",
                                "clsid", "{F8582CF2-88FB-11D0-B850-00C0F0104305}",
                                "level", "privacy",
                                "user", "PLANT\\tandem",
                                "password", "env:PW")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "opcda://a",
                "opcda://a/",
                "opcda:///P.1",
                "opcda://a:b/P.1",
                "opcda://a/{F858}",
                "opcda://a/P.1/x",
                "opcda://a b/P.1",
            })
    void aWordThatNamesNoServerIsRefusedWithTheForm(String word) {
        assertThatThrownBy(() -> DaUrl.of(word)).hasMessageContaining("write opcda://HOST/PROGID");
    }

    @Test
    void aPairThatNothingNamesAndAPairOfOneServerAreRefused() {
        String id = "/{F8582CF2-88FB-11D0-B850-00C0F0104305}";
        assertThatThrownBy(() -> body("opcda://a" + id, "opcda://b" + id)).hasMessageContaining("Name the pair first");
        assertThatThrownBy(() -> body("opcda://a/P.1")).hasMessageContaining("Name the secondary, too");
    }

    @Test
    void aPasswordOnTheCommandLineIsRefusedAndNotRepeated() {
        assertThatThrownBy(() -> body("opcda://a/P.1", "opcda://b/P.1", "--user", "u", "--password", "Secret1!"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("does not belong on a command line")
                .hasMessageNotContaining("Secret1!");
        assertThatThrownBy(() -> body("opcda://a/P.1", "opcda://b/P.1", "--user", "u"))
                .hasMessageContaining("go together");
    }

    @Test
    void aPasswordIsAskedForOrReadFromAFile() throws Exception {
        Path file = Files.writeString(folder.resolve("pw"), "in the file\n");
        Arguments prompt = arguments("--user", "u", "--password", "prompt");
        Arguments named = arguments("--user", "u", "--password", "file:" + file);

        assertThat(typing("typed").forConfiguration(prompt)).contains("typed");
        assertThat(typing("typed").forUse(prompt)).contains("typed");
        assertThat(typing("typed").forConfiguration(named)).contains("file:" + file);
        assertThat(typing("typed").forUse(named)).contains("in the file");
        assertThatThrownBy(() -> new PasswordSource(Optional::empty).forUse(prompt))
                .hasMessageContaining("needs a terminal");
        assertThatThrownBy(() -> typing("").forUse(arguments("--user", "u", "--password", "file:" + folder)))
                .hasMessageContaining("cannot be read");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"--level | privacy", "--user | u", "--alias | a", "--password | env:A"})
    void optionsOfOpcDaAreRefusedForServersOfOpcUa(String option, String value) {
        assertThatThrownBy(() -> DaAddition.refuse(arguments("p", "opc.tcp://a", "opc.tcp://b", option, value)))
                .hasMessageContaining(option + " is for servers of OPC DA");
    }
}
