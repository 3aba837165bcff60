package org.tandemopc.relay.ua.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

class CertificateFolderTest {
    @TempDir
    private Path path;

    /** Who puts a certificate there as root and then opens it to Tandem changes neither its size nor its time. */
    @Test
    @Requirement(value = "S27", protocol = Protocol.UA)
    void aFileThatMayBeReadAtLastCountsWithoutBeingTouched() throws Exception {
        AtomicBoolean isOpen = new AtomicBoolean();
        MadeCertificate peer = MadeCertificate.wish().make();
        Path file = Files.write(path.resolve("peer.der"), peer.certificate().getEncoded());
        CertificateFolder folder = new CertificateFolder(path, each -> {
            if (!isOpen.get()) {
                throw new AccessDeniedException(each.toString());
            }
            return Files.readAllBytes(each);
        });
        try (LoggedLines lines = new LoggedLines(CertificateFolder.class)) {
            for (int look = 0; look < 3; look++) {
                assertThat(folder.content().certificates()).isEmpty();
            }
            assertThat(lines.texts())
                    .as("said once")
                    .containsExactly(file + " cannot be read and does not count until it can: permission denied");

            isOpen.set(true);

            assertThat(folder.content().certificates()).containsValue(peer.certificate());
            assertThat(lines.texts()).hasSize(1);
        }
    }

    /** A look comes each second: a link that leads round in a circle must not fill the log. */
    @Test
    void aFileThatCannotEvenBeLookedAtIsSaidOnce() throws Exception {
        Files.createSymbolicLink(path.resolve("one"), path.resolve("other"));
        Files.createSymbolicLink(path.resolve("other"), path.resolve("one"));
        CertificateFolder folder = new CertificateFolder(path);
        try (LoggedLines lines = new LoggedLines(CertificateFolder.class)) {
            for (int look = 0; look < 3; look++) {
                assertThat(folder.content().certificates()).isEmpty();
            }

            assertThat(lines.texts()).hasSize(2).allMatch(line -> line.contains("does not count"));
        }
    }

    @Test
    void aFileThatHoldsNoCertificateIsSaidOnceUntilItChanges() throws Exception {
        Files.writeString(path.resolve("peer.der"), "no certificate");
        CertificateFolder folder = new CertificateFolder(path);
        try (LoggedLines lines = new LoggedLines(CertificateFolder.class)) {
            for (int look = 0; look < 3; look++) {
                assertThat(folder.content().certificates()).isEmpty();
            }
            assertThat(lines.texts()).singleElement().asString().contains("holds no certificate");

            Files.write(
                    path.resolve("peer.der"),
                    MadeCertificate.wish().make().certificate().getEncoded());

            assertThat(folder.content().certificates()).hasSize(1);
        }
    }
}
