package org.tandemopc.service.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.core.config.RestConfig;
import org.tandemopc.core.config.RestTls;

class TlsFilesTest {
    private static final Instant NOW = Instant.now();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static RestConfig config(String host, String... names) {
        return new RestConfig(host, 8443, List.of(names), Optional.of(new RestTls.Own()));
    }

    private X509Certificate certificate() throws Exception {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(folder.resolve("console.crt"))));
    }

    @Test
    void certificateOfOurOwnIsForServersUnderTheirNamesAndSignsItself() throws Exception {
        TlsFiles.own(config("10.1.2.3", "tandem.plant.example:443"), folder, NOW);

        X509Certificate made = certificate();
        made.verify(made.getPublicKey());
        made.checkValidity();
        assertThat(made.getBasicConstraints()).as("no authority").isEqualTo(-1);
        assertThat(made.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(made.getKeyUsage()).startsWith(true, false);
        assertThat(made.getSubjectAlternativeNames())
                .contains(
                        List.of(2, "tandem.plant.example"),
                        List.of(2, "localhost"),
                        List.of(7, "10.1.2.3"),
                        List.of(7, "127.0.0.1"));
        assertThat(made.getSerialNumber().bitLength()).isGreaterThan(100);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("console.key"))))
                .isEqualTo("rw-------");
    }

    @Test
    void itStaysUntilItsEndIsNearOrItsNamesAreOthers() throws Exception {
        TlsFiles.own(config("10.1.2.3"), folder, NOW);
        X509Certificate first = certificate();
        TlsFiles.own(config("10.1.2.3"), folder, NOW.plus(Duration.ofDays(700)));
        assertThat(certificate()).isEqualTo(first);

        TlsFiles.own(config("10.1.2.3", "other.example"), folder, NOW);
        X509Certificate second = certificate();
        assertThat(second).isNotEqualTo(first);
        TlsFiles.own(config("10.1.2.3", "other.example"), folder, NOW.plus(Duration.ofDays(800)));
        assertThat(certificate()).isNotEqualTo(second);
    }

    @Test
    void timesFrom2050OnAreWrittenInTheLongForm() throws Exception {
        Instant late = Instant.parse("2049-06-01T00:00:00Z");

        X509Certificate made =
                SelfSigned.make(List.of("::1", "a.example"), late).certificate();

        assertThat(made.getNotBefore().toInstant()).isEqualTo(late.minus(Duration.ofDays(1)));
        assertThat(made.getNotAfter().toInstant()).isEqualTo(late.plus(SelfSigned.VALID));
    }

    @Test
    void keyThatOthersMayReadIsRefused() throws Exception {
        TlsFiles.own(config("10.1.2.3"), folder, NOW);
        Files.setPosixFilePermissions(folder.resolve("console.key"), PosixFilePermissions.fromString("rw-r-----"));

        assertThatThrownBy(() -> TlsFiles.own(config("10.1.2.3"), folder, NOW))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("console.key")
                .hasMessageContaining("chmod 600");
    }

    @Test
    void keyOfAnotherCertificateIsRefused() throws Exception {
        TlsFiles.own(config("10.1.2.3"), folder, NOW);
        Path other = folder.resolve("other");
        TlsFiles.own(config("10.1.2.3"), other, NOW);

        assertThatThrownBy(() -> TlsFiles.read(folder.resolve("console.crt"), other.resolve("console.key")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not belong");
    }

    @Test
    void filesThatAreNotThereOrOfAnotherFormAreNamed() throws Exception {
        TlsFiles.own(config("10.1.2.3"), folder, NOW);
        Path certificate = folder.resolve("console.crt");
        Path nothing = folder.resolve("nothing.key");
        Path text = Files.writeString(folder.resolve("text.key"), "-----BEGIN RSA PRIVATE KEY-----\n");
        Files.setPosixFilePermissions(text, PosixFilePermissions.fromString("rw-------"));

        assertThatThrownBy(() -> TlsFiles.read(certificate, nothing)).hasMessageContaining("nothing.key");
        assertThatThrownBy(() -> TlsFiles.read(certificate, text))
                .hasMessageContaining("text.key")
                .hasMessageContaining("openssl pkcs8");
        assertThatThrownBy(() -> TlsFiles.read(text, text)).hasMessageContaining("no certificate");
    }
}
