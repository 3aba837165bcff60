package org.tandemopc.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.core.config.ConfigReading;
import org.tandemopc.core.config.MemberConfig;
import org.tandemopc.core.config.MessageMode;
import org.tandemopc.core.config.Secret;
import org.tandemopc.core.config.SecurityChoice;
import org.tandemopc.core.config.Trust;
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
            assertThat(config.opcua().port()).isEqualTo(4841);
            assertThat(config.opcua().security()).containsExactly(SecurityChoice.NONE, SecurityChoice.BASIC256SHA256);
            assertThat(config.opcua().trust()).isEqualTo(Trust.ALL);
            assertThat(config.pairs()).singleElement().satisfies(pair -> {
                assertThat(pair.path()).isEqualTo("/plant1");
                assertThat(pair.settings().mode()).isEqualTo(Mode.HOT);
                assertThat(pair.settings().failback()).isFalse();
                assertThat(pair.settings().pingInterval()).isEqualTo(Duration.ofMillis(500));
                assertThat(pair.settings().pingTimeout()).isEqualTo(Duration.ofMillis(200));
                assertThat(pair.members())
                        .containsExactly(
                                new MemberConfig(
                                        "opc.tcp://10.0.0.1:4840",
                                        SecurityChoice.NONE,
                                        MessageMode.SIGN_AND_ENCRYPT,
                                        new MemberConfig.Account("tandem", new Secret("s3cret")),
                                        Trust.ALL),
                                new MemberConfig(
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

    @Test
    void deeplyNestedFileIsRefusedNotFollowed() throws IOException {
        assertThat(load("[".repeat(500) + "]".repeat(500)).config()).isEmpty();
    }

    private ConfigReading load(String text) throws IOException {
        Path file = folder.resolve("tandem.yaml");
        Files.writeString(file, text);
        return new ConfigStore(file, folder.resolve("data"), Map.of("PLANT1", "s3cret")).load();
    }
}
