package org.tandemopc.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.core.config.ConfigProblem;
import org.tandemopc.core.config.ConfigReading;
import org.tandemopc.core.config.MemberConfig;
import org.tandemopc.core.config.MessageMode;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.config.Secret;
import org.tandemopc.core.config.SecurityChoice;
import org.tandemopc.core.config.Trust;
import org.tandemopc.core.config.UaMemberConfig;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.testkit.Requirement;

class ConfigStoreTest {
    private static final String FULL = """
            version: 1
            opcua:
              listen: 127.0.0.1:4841
              security: [None, Basic256Sha256]
              anonymous: true
              trust: all
            pairs:
              - name: plant1
                mode: hot
                failback: false
                statusInterval: 500ms
                statusTimeout: 200ms
                holdTimeout: 5s
                members:
                  - url: opc.tcp://10.0.0.1:4840
                    security: None
                    user: tandem
                    password: env:PLANT1
                    trust: all
                  - url: opc.tcp://10.0.0.2:4840
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    @Requirement({"GEN-1", "GEN-3", "GEN-5"})
    void everySettingOfTheFileArrives() throws IOException {
        ConfigReading reading = load(FULL);

        assertThat(reading.problems()).isEmpty();
        assertThat(reading.config()).hasValueSatisfying(config -> {
            assertThat(config.opcua().orElseThrow().port()).isEqualTo(4841);
            assertThat(config.opcua().orElseThrow().security())
                    .containsExactly(SecurityChoice.NONE, SecurityChoice.BASIC256SHA256);
            assertThat(config.opcua().orElseThrow().trust()).isEqualTo(Trust.ALL);
            assertThat(config.pairs()).singleElement().satisfies(pair -> {
                assertThat(pair.path()).isEqualTo("/plant1");
                assertThat(pair.settings().mode()).isEqualTo(Mode.HOT);
                assertThat(pair.settings().failback()).isFalse();
                assertThat(pair.settings().pingInterval()).isEqualTo(Duration.ofMillis(500));
                assertThat(pair.settings().pingTimeout()).isEqualTo(Duration.ofMillis(200));
                assertThat(pair.members())
                        .containsExactly(
                                new UaMemberConfig(
                                        "opc.tcp://10.0.0.1:4840",
                                        SecurityChoice.NONE,
                                        MessageMode.SIGN_AND_ENCRYPT,
                                        new MemberConfig.Account("tandem", new Secret("s3cret")),
                                        Trust.ALL),
                                new UaMemberConfig(
                                        "opc.tcp://10.0.0.2:4840",
                                        SecurityChoice.BASIC256SHA256,
                                        MessageMode.SIGN_AND_ENCRYPT,
                                        null,
                                        Trust.LISTED));
            });
        });
    }

    @Test
    void problemNamesTheLineOfTheFile() throws IOException {
        ConfigReading reading = load(FULL.replace("mode: hot", "mode: tepid"));

        assertThat(reading.problems())
                .singleElement()
                .satisfies(p -> assertThat(p.describe("tandem.yaml"))
                        .isEqualTo("tandem.yaml:9: pairs[0].mode: 'tepid' is not known here."
                                + " Write one of: cold, warm, hot."));
    }

    @Test
    @Requirement("S21")
    void fileThatDoesNotParseIsReplacedByTheLastGoodOneLoudly() throws IOException {
        load(FULL);

        ConfigReading reading = load(FULL.substring(0, FULL.indexOf("hot") + 1) + "\n\t: [");

        assertThat(reading.config()).isPresent();
        assertThat(reading.problems())
                .extracting(p -> p.describe("tandem.yaml"))
                .anySatisfy(text -> assertThat(text).contains("not YAML"))
                .anySatisfy(text -> assertThat(text).contains("last good configuration"));
    }

    /** A full disk must not stop a start. */
    @Test
    @Requirement("S23")
    void dataFolderThatTakesNoCopyIsAWarningOnly() throws IOException {
        Files.writeString(folder.resolve("data"), "a file where the folder should be");

        ConfigReading reading = load(FULL);

        assertThat(reading.config()).isPresent();
        assertThat(reading.hasErrors()).isFalse();
        assertThat(reading.problems())
                .singleElement()
                .satisfies(p -> assertThat(p.message()).contains("No copy could be kept"));
    }

    @Test
    void copyOfTheConfigurationIsForItsOwnerOnly() throws IOException {
        load(FULL);

        assertThat(Files.getPosixFilePermissions(folder.resolve("data/tandem.last-good.yaml")))
                .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    }

    @Test
    void fileThatDoesNotParseAndHasNoForerunnerIsRefused() throws IOException {
        ConfigReading reading = load("pairs: [");

        assertThat(reading.config()).isEmpty();
        assertThat(reading.hasErrors()).isTrue();
    }

    /** The message of the JDK is "Input length = 1", or the name of the file and no more. */
    @Test
    void whatIsNoFileIsSaidInWords() {
        for (ConfigReading reading : List.of(
                new ConfigStore(folder, folder, Map.of()).load(), new ConfigStore(folder, folder, Map.of()).look())) {
            assertThat(reading.problems())
                    .extracting(p -> p.describe("tandem.yaml"))
                    .containsExactly("tandem.yaml: The file cannot be read (Is a directory)."
                            + " See to it that it is a file that the user who runs Tandem may read.");
        }
    }

    @Test
    void missingFileIsSaid() {
        ConfigReading reading = new ConfigStore(folder.resolve("none.yaml"), folder, Map.of()).load();

        assertThat(reading.problems()).extracting(p -> p.message()).containsExactly("There is no such file.");
    }

    @Test
    void passwordThatIsNotThereIsAProblemAndAFoundOneIsNeverPrinted() throws IOException {
        Files.writeString(folder.resolve("pw"), "hidden-thing\n");
        String ofFile = FULL.replace("env:PLANT1", "file:" + folder.resolve("pw"));

        assertThat(load(ofFile).config().orElseThrow().toString()).doesNotContain("hidden-thing");
        assertThat(load(FULL.replace("env:PLANT1", "env:NOPE")).problems())
                .singleElement()
                .satisfies(p -> assertThat(p.message()).contains("NOPE"));
    }

    /** Where the service runs is seldom where the file was written: what is looked for is named whole. */
    @Test
    void passwordFileThatIsNotThereIsNamedWithItsWholePath() throws IOException {
        assertThat(load(FULL.replace("env:PLANT1", "file:no-such-file")).problems())
                .singleElement()
                .satisfies(p -> assertThat(p.message())
                        .isEqualTo(
                                "The password file " + Path.of("no-such-file").toAbsolutePath()
                                        + " cannot be read (no such file or folder)."));
    }

    /** Some editors begin a file with a byte order mark; a password with it is a wrong one, and nobody sees why. */
    @Test
    void byteOrderMarkIsNoPartOfAPassword() throws IOException {
        Files.writeString(folder.resolve("pw"), "\uFEFFhidden-thing\r\n");

        ConfigReading reading = load(FULL.replace("env:PLANT1", "file:" + folder.resolve("pw")));

        UaMemberConfig member = (UaMemberConfig)
                reading.config().orElseThrow().pairs().getFirst().members().getFirst();
        assertThat(Objects.requireNonNull(member.account()).password().reveal()).isEqualTo("hidden-thing");
    }

    /** Not one file name is of this kind, and the text may come from anywhere: the check ends with a problem as always. */
    @ParameterizedTest
    @ValueSource(strings = {"\"file:a\\0b\"", "'file:'", "file:/", "file:no-such-file", "\"env:a\\0b\"", "'env:'"})
    void passwordOfWhatIsNoFileIsAProblemOfItsLine(String password) {
        ConfigReading reading = store().check(FULL.replace("env:PLANT1", password));

        assertThat(reading.problems()).singleElement().satisfies(p -> {
            assertThat(p.isError()).isTrue();
            assertThat(p.path()).isEqualTo("pairs[0].members[0].password");
            assertThat(p.line()).isEqualTo(18);
        });
    }

    @Test
    void fileThatIsTooLongIsNotBlamedOnItsPermissions() throws IOException {
        Files.writeString(folder.resolve("tandem.yaml"), FULL + "#".repeat(1 << 20));

        for (ConfigReading reading :
                List.of(store().load(), store().look(), store().check(FULL + "#".repeat(1 << 20)))) {
            assertThat(reading.config()).isEmpty();
            assertThat(reading.problems())
                    .extracting(p -> p.describe("tandem.yaml"))
                    .containsExactly("tandem.yaml: The configuration is longer than 1 MB. Shorten it.");
        }
        assertThat(store().unapplied()).as("an edit all the same").isPresent();
    }

    @Test
    void deeplyNestedFileIsRefusedNotFollowed() throws IOException {
        assertThat(load("[".repeat(500) + "]".repeat(500)).config()).isEmpty();
    }

    /** The parser gives the name of an alias as the value: the password would be 'pw', and nobody would know. */
    @ParameterizedTest
    @Requirement("S21")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "user: &pw tandem, password: *pw      | password: *pw | An alias (*pw)",
                "anonymous: *other                    | anonymous     | An alias (*other)",
                "security: [*policy]                  | security      | An alias (*policy)",
                "'<<': *defaults                      | defaults      | An alias (*defaults)",
                "security: &policies [None]           | security      | An anchor (&policies)",
                "rest: &rest {listen: 1}              | rest          | An anchor (&rest)",
                "password: !vault plant1              | password      | A tag (!vault)",
                "password: !!binary cGxhbnQx          | password      | A tag (",
            })
    void anAliasIsRefusedWithItsLine(String settings, String at, String why) {
        String text = "version: 1\nopcua:\n  " + settings.strip().replace(", ", "\n  ") + "\npairs: []\n";

        List<ConfigProblem> problems = store().check(text).problems();

        assertThat(problems).singleElement().satisfies(p -> {
            assertThat(p.isError()).isTrue();
            assertThat(p.message()).startsWith(why);
            long before = text.substring(0, text.indexOf(at))
                    .chars()
                    .filter(c -> c == '\n')
                    .count();
            assertThat(p.line()).isEqualTo((int) before + 1);
        });
    }

    /** Control: the same signs within a value, or in quotes, are the value. */
    @ParameterizedTest
    @ValueSource(strings = {"'*pw'", "\"&pw\"", "a*b", "'!vault'", "s&t!"})
    void signsOfYamlInQuotesAreTheValue(String password) {
        ConfigReading reading = store().check(FULL.replace("env:PLANT1", password));

        assertThat(reading.problems()).isEmpty();
        UaMemberConfig member = (UaMemberConfig)
                reading.config().orElseThrow().pairs().getFirst().members().getFirst();
        MemberConfig.Account account = Objects.requireNonNull(member.account());
        assertThat(account.password().reveal()).isEqualTo(password.replaceAll("^['\"]|['\"]$", ""));
    }

    /** A file that parses runs its valid pairs and reports the others (architecture 9). */
    @Test
    @Requirement("S21")
    void pairWithAMistakeIsLeftOutAndTheOthersAreServed() throws IOException {
        ConfigReading reading = load(FULL + """
                  - name: plant2
                    colour: red
                    mode: [hot]
                    members:
                      - url: opc.tcp://10.0.0.3:4840
                  - name: PLANT1
                    members:
                      - url: opc.tcp://10.0.0.5:4840
                      - url: opc.tcp://10.0.0.6:4840
                  - name: plant3
                    members:
                      - url: opc.tcp://10.0.0.7:4840
                      - url: opc.tcp://10.0.0.8:4840
                """.indent(0));

        assertThat(reading.config().orElseThrow().pairs())
                .extracting(PairConfig::name)
                .containsExactly("plant1", "plant3");
        assertThat(reading.problems())
                .extracting(ConfigProblem::line, ConfigProblem::path)
                .containsExactly(
                        tuple(22, "pairs[1].colour"),
                        tuple(23, "pairs[1].mode"),
                        tuple(24, "pairs[1].members"),
                        tuple(26, "pairs[2].name"));
        assertThat(reading.problems()).allSatisfy(p -> assertThat(p.remedy()).isNotBlank());
    }

    @Test
    @Requirement("S21")
    void emptyFileIsNoConfigurationButADamage() throws IOException {
        load(FULL);

        ConfigReading reading = load("\n");

        assertThat(reading.config().orElseThrow().pairs()).hasSize(1);
        assertThat(reading.problems().getFirst().message()).isEqualTo("The file is empty.");
    }

    @Test
    @Requirement("S21")
    void fileThatIsNoTextIsReplacedByTheLastGoodOne() throws IOException {
        load(FULL);
        Files.write(folder.resolve("tandem.yaml"), new byte[] {(byte) 0xC3, 0x28, 0, 1});

        ConfigReading reading = store().load();

        assertThat(reading.config()).isPresent();
        assertThat(reading.hasErrors()).isTrue();
        assertThat(reading.problems().getFirst().remedy()).startsWith("Save it as UTF-8");
    }

    /** The slips that are made most often; "while scanning for the next token", some lines before, would help nobody. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`\tmode: hot`       | TAB                                 | 9",
                "`    mode: \"hot`    | found unexpected end of stream      | 9",
                "`    mode: hot: x`  | mapping values are not allowed here | 9",
                "`    mode hot`      | could not find expected ':'         | 9",
                "`    mode: [hot`    | expected ',' or ']'                 | 10",
                "`   mode: hot`      | expected <block end>                | 9",
            })
    void slipIsNamedWithItsLine(String wrong, String what, int line) {
        assertThat(store().check(FULL.replace("    mode: hot", wrong)).problems())
                .singleElement()
                .satisfies(p -> {
                    assertThat(p.message())
                            .startsWith("This is not YAML: ")
                            .contains(what)
                            .doesNotContain("\n")
                            .hasSizeLessThan(300);
                    assertThat(p.line()).isEqualTo(line);
                });
    }

    /** UTF-16 without its mark is UTF-8 of a kind; the end is that of a file after a loss of power. */
    @ParameterizedTest
    @ValueSource(strings = {"v\0e\0r\0s\0i\0o\0n\0", "version: 1\npairs: []\n\0\0\0\0"})
    void textWithNulsIsNoText(String text) throws IOException {
        assertThat(load(text).problems().getFirst().message()).isEqualTo("This is not text in UTF-8.");
    }

    /** What editors on Windows make of a file. */
    @Test
    void byteOrderMarkAndLineEndsOfWindowsAreNoMatter() throws IOException {
        ConfigReading reading = load("\uFEFF" + FULL.replace("\n", "\r\n").replace("mode: hot", "mode: tepid"));

        assertThat(reading.problems())
                .singleElement()
                .satisfies(p -> assertThat(p.line()).isEqualTo(9));
        assertThat(load("\uFEFF" + FULL.replace("\n", "\r\n")).problems()).isEmpty();
    }

    /** However short an interrupted editor cut it: never fewer pairs in silence. */
    @Test
    @Requirement("S21")
    void everyBeginningOfTheFileIsNoticed() throws IOException {
        String two = FULL + FULL.substring(FULL.indexOf("  - name")).replace("plant1", "plant2");
        load(two);
        for (int length = 0; length < two.length() - 1; length++) {
            if (length > 0 && two.charAt(length - 1) == '\n') {
                continue; // what ends with a line may be what a person meant
            }
            ConfigReading reading = load(two.substring(0, length));

            assertThat(reading.hasErrors()).as("first %d characters", length).isTrue();
            assertThat(reading.config().orElseThrow().pairs()).hasSize(2);
        }
    }

    /** Some editors end no last line. */
    @Test
    @Requirement("S21")
    void fileThatLostNothingButItsLastLineEndIsWhole() throws IOException {
        load(FULL);

        assertThat(load(FULL.stripTrailing()).problems()).isEmpty();
    }

    @Test
    @Requirement("S21")
    void damagedCopyIsPassedOverForATextThatWasSaved() throws IOException {
        load(FULL);
        ConfigStore store = store();
        store.save(FULL.replace("hot", "warm"), "ann");
        store.settle();
        store.save(FULL.replace("hot", "cold"), "bob, in vain");
        Files.writeString(folder.resolve("data/tandem.last-good.yaml"), "\t: [");
        Files.writeString(folder.resolve("tandem.yaml"), "\t: [");

        ConfigReading reading = store().load();

        assertThat(reading.config().orElseThrow().pairs().getFirst().settings().mode())
                .isEqualTo(Mode.WARM);
        assertThat(reading.problems().get(1).message()).contains("the one that 'ann' saved at");
    }

    /** In which digits people write numbers here says nothing of the names of our files, which are read back. */
    @ParameterizedTest
    @Requirement("S21")
    @ValueSource(strings = {"fa-IR", "ar-EG", "mr-IN", "de-DE"})
    void earlierTextsAreFoundInEveryLanguage(String language) throws IOException {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag(language));
        try {
            load(FULL);
            ConfigStore store = store();
            store.load();
            store.save("# next\n" + FULL, "ann");
            store.settle();
        } finally {
            Locale.setDefault(before);
        }

        ConfigStore after = store();
        after.load();
        assertThat(after.earlier()).extracting(SavedTexts.Entry::text).containsExactly(FULL);
    }

    @Test
    @Requirement("S21")
    void linkStaysALinkAndAReplacedFileKeepsItsPermissions() throws IOException {
        Path real = Files.writeString(folder.resolve("real.yaml"), FULL);
        Set<PosixFilePermission> readable = PosixFilePermissions.fromString("rw-r-----");
        Files.setPosixFilePermissions(real, readable);
        Files.createSymbolicLink(folder.resolve("tandem.yaml"), real);
        ConfigStore store = store();
        store.load();

        store.save("# changed\n" + FULL, "ann");

        assertThat(Files.isSymbolicLink(folder.resolve("tandem.yaml"))).isTrue();
        assertThat(real).content().startsWith("# changed");
        assertThat(Files.getPosixFilePermissions(real)).isEqualTo(readable);
    }

    /** S28: each setting is in its range, and together they are odd. */
    @ParameterizedTest
    @Requirement("S28")
    @CsvSource(
            delimiter = '|',
            value = {
                "mode: hot                         |              |",
                "statusInterval: 10m               | statusInterval | is noticed after up to 601000 ms",
                "statusInterval: 54s               |              |",
                "statusInterval: 55s               | statusInterval | Many ask for 60 s",
                "statusInterval: 50ms, statusTimeout: 60s | statusTimeout | longer than the interval",
                "mode: cold, holdTimeout: 4s       | holdTimeout  | In cold mode the other server is connected only after",
                "mode: warm, holdTimeout: 4s       |              |",
                "holdTimeout: 6s                   | holdTimeout  | longer than the shortest session timeout",
                "failbackDwell: 10s, failback: false | failbackDwell | There is no failback",
                "failbackDwell: 10s, mode: cold    | failbackDwell | There is no failback",
                "failbackDwell: 10s                |              |",
            })
    void relationBetweenSettingsIsExplained(String settings, String at, String why) throws IOException {
        String text = """
                version: 1
                pairs:
                  - name: p
                    members: [{url: "opc.tcp://a:1"}, {url: "opc.tcp://b:1"}]
                """
                + String.join(
                        "",
                        List.of(settings.strip().split(", ")).stream()
                                .map(s -> "    " + s + "\n")
                                .toList());

        List<ConfigProblem> problems = store().check(text).problems();

        if (at == null) {
            assertThat(problems).isEmpty();
        } else {
            assertThat(problems).anySatisfy(p -> {
                assertThat(p.path()).isEqualTo("pairs[0]." + at);
                assertThat(p.message()).contains(why);
                assertThat(p.remedy()).isNotBlank();
                assertThat(p.isError()).isFalse();
            });
        }
    }

    private ConfigStore store() {
        return new ConfigStore(folder.resolve("tandem.yaml"), folder.resolve("data"), Map.of("PLANT1", "s3cret"));
    }

    private ConfigReading load(String text) throws IOException {
        Files.writeString(folder.resolve("tandem.yaml"), text);
        return store().load();
    }
}
