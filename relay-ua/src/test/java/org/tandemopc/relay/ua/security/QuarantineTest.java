package org.tandemopc.relay.ua.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.X509Certificate;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Security checklist 3.2, trust folder flooding: refused certificates are capped in number, bytes and rate. */
class QuarantineTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @TempDir
    private Path folder;

    @Test
    @Requirement(value = "I9", protocol = Protocol.UA)
    void floodOfUnknownPeersIsWrittenAtABoundedRate() throws Exception {
        Quarantine quarantine = new Quarantine(new CertificateFolder(folder));

        for (int i = 0; i < 20; i++) {
            quarantine.keep(MadeCertificate.wish().make().certificate(), 0, () -> false);
        }
        assertThat(files()).isEqualTo(Quarantine.PER_SECOND_MAX);

        assertThat(quarantine.keep(MadeCertificate.wish().make().certificate(), SECOND - 1, () -> false))
                .isFalse();
        assertThat(quarantine.keep(MadeCertificate.wish().make().certificate(), SECOND, () -> false))
                .isTrue();
        assertThat(files()).isEqualTo(Quarantine.PER_SECOND_MAX + 1);
    }

    @Test
    @Requirement(value = "I9", protocol = Protocol.UA)
    void oldestGoWhenThereAreTooMany() throws Exception {
        Quarantine quarantine = new Quarantine(new CertificateFolder(folder));
        X509Certificate first = MadeCertificate.wish().make().certificate();
        assertThat(quarantine.keep(first, 0, () -> false)).isTrue();
        Path oldest = folder.resolve(CertificateText.thumbprint(first) + ".der");
        Files.setLastModifiedTime(oldest, FileTime.fromMillis(1_000));

        for (int i = 1; i < Quarantine.FILES_MAX; i++) {
            assertThat(quarantine.keep(MadeCertificate.wish().make().certificate(), i * SECOND, () -> false))
                    .isTrue();
        }
        assertThat(oldest).as("control: there was room for it until now").exists();
        quarantine.keep(MadeCertificate.wish().make().certificate(), Quarantine.FILES_MAX * SECOND, () -> false);

        assertThat(files()).isEqualTo(Quarantine.FILES_MAX);
        assertThat(oldest).doesNotExist();
    }

    @Test
    void sameCertificateIsWrittenOnceAndCostsNothing() throws Exception {
        Quarantine quarantine = new Quarantine(new CertificateFolder(folder));
        X509Certificate again = MadeCertificate.wish().make().certificate();
        assertThat(quarantine.keep(again, 0, () -> false)).isTrue();

        for (int i = 0; i < 100; i++) {
            assertThat(quarantine.keep(again, 0, () -> false)).isFalse();
        }

        assertThat(quarantine.keep(MadeCertificate.wish().make().certificate(), 0, () -> false))
                .isTrue();
        assertThat(files()).isEqualTo(2);
    }

    /** A peer that comes again before the next look must not put back what a person has just moved away. */
    @Test
    @Requirement(value = "S27", protocol = Protocol.UA)
    void whatAPersonHasJustTrustedIsNotLaidAmongTheRefusedAgain() throws Exception {
        PeerCertificates certificates = new PeerCertificates(folder);
        X509Certificate peer = MadeCertificate.wish().make().certificate();
        assertThat(certificates.refuse(peer))
                .as("control: a stranger's is kept")
                .isTrue();
        String file = CertificateText.thumbprint(peer) + ".der";
        Files.move(
                folder.resolve("refused").resolve(file),
                folder.resolve("trusted").resolve(file));

        assertThat(certificates.refuse(peer)).isFalse();

        assertThat(folder.resolve("refused")).isEmptyDirectory();
    }

    private long files() throws java.io.IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        }
    }
}
