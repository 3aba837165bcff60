package org.tandemopc.relay.ua.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Renewal of Tandem's own certificates by replacing their files (S27). */
@Requirement(value = "S27", protocol = Protocol.UA)
class OwnCertificatesTest {
    @TempDir
    private Path folder;

    @TempDir
    private Path elsewhere;

    private ApplicationCertificates first;
    private OwnCertificates own;

    @BeforeEach
    void load() throws Exception {
        first = ApplicationCertificates.loadOrCreate(folder, "urn:t", List.of());
        own = new OwnCertificates(folder, first);
    }

    @Test
    void replacedFilesCountAndTheOldCertificateIsRemembered() throws Exception {
        ApplicationCertificates next = ApplicationCertificates.loadOrCreate(elsewhere, "urn:t", List.of());
        replace("front.crt");
        replace("front.key");

        later();

        assertThat(own.front().certificate()).isEqualTo(next.front().certificate());
        assertThat(own.front().keyPair().getPrivate())
                .isEqualTo(next.front().keyPair().getPrivate());
        assertThat(own.knownFronts())
                .extracting(ApplicationCertificate::certificate)
                .containsExactly(next.front().certificate(), first.front().certificate());
        assertThat(own.back().certificate())
                .as("the other side is another certificate")
                .isEqualTo(first.back().certificate());
        assertThat(own.contains(first.front().certificate())).isTrue();
    }

    @Test
    void replacementOfHalfAPairChangesNothingUntilItIsWhole() throws Exception {
        ApplicationCertificates next = ApplicationCertificates.loadOrCreate(elsewhere, "urn:t", List.of());
        replace("front.crt");
        later();
        assertThat(own.front().certificate()).isEqualTo(first.front().certificate());

        replace("front.key");
        later();

        assertThat(own.front().certificate()).isEqualTo(next.front().certificate());
    }

    @Test
    void keyOfAnotherCertificateOtherUriAndOpenKeyAreRefused() throws Exception {
        ApplicationCertificates.loadOrCreate(elsewhere, "urn:other", List.of());
        replace("front.crt");
        later();
        assertThat(own.front().certificate())
                .as("key of another")
                .isEqualTo(first.front().certificate());
        replace("front.key");
        later();
        assertThat(own.front().certificate())
                .as("other URI")
                .isEqualTo(first.front().certificate());

        Path same = Files.createDirectories(elsewhere.resolve("same"));
        ApplicationCertificates.loadOrCreate(same, "urn:t", List.of());
        Files.copy(same.resolve("front.crt"), folder.resolve("front.crt"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(same.resolve("front.key"), folder.resolve("front.key"), StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(folder.resolve("front.key"), PosixFilePermissions.fromString("rw-r--r--"));
        touch("front.crt");
        touch("front.key");
        try (LoggedLines lines = new LoggedLines(OwnCertificates.class)) {
            later();
            later();
            assertThat(own.front().certificate())
                    .as("open to others")
                    .isEqualTo(first.front().certificate());
            assertThat(lines.texts()).as("said once").singleElement().asString().contains("chmod 600");

            // As the line says, and nothing else: a permission changes neither the time of the file nor its size.
            Files.setPosixFilePermissions(folder.resolve("front.key"), PosixFilePermissions.fromString("rw-------"));
            later();
            assertThat(own.front().certificate())
                    .as("control")
                    .isNotEqualTo(first.front().certificate());
        }
    }

    @Test
    void filesThatVanishChangeNothing() throws Exception {
        Files.delete(folder.resolve("front.crt"));
        Files.delete(folder.resolve("front.key"));

        later();

        assertThat(own.front().certificate()).isEqualTo(first.front().certificate());
    }

    private void replace(String file) throws Exception {
        Files.copy(
                elsewhere.resolve(file),
                folder.resolve(file),
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.COPY_ATTRIBUTES);
        touch(file);
    }

    private int touches;

    /** Files of a test are made within one millisecond; those of a person are not. */
    private void touch(String file) throws Exception {
        Files.setLastModifiedTime(
                folder.resolve(file), FileTime.fromMillis(System.currentTimeMillis() - 60_000 + 1_000L * ++touches));
    }

    private void later() {
        own.look();
    }
}
