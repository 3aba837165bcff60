package org.tandemopc.relay.ua.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.eclipse.milo.opcua.stack.core.util.CertificateUtil;
import org.eclipse.milo.opcua.stack.core.util.validation.CertificateValidationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApplicationCertificatesTest {
    private static final List<String> HOSTS = List.of("gate", "10.1.2.3", "::1");

    @TempDir
    private Path folder;

    @Test
    void madeOnceAndLoadedAfterwards() throws Exception {
        ApplicationCertificates made = ApplicationCertificates.loadOrCreate(folder.resolve("pki"), "urn:t", HOSTS);
        ApplicationCertificates loaded =
                ApplicationCertificates.loadOrCreate(folder.resolve("pki"), "urn:ignored", List.of());

        assertThat(loaded.front().certificate()).isEqualTo(made.front().certificate());
        assertThat(loaded.back().certificate()).isEqualTo(made.back().certificate());
        assertThat(loaded.front().keyPair().getPrivate())
                .isEqualTo(made.front().keyPair().getPrivate());
        assertThat(made.front().keyPair().getPublic())
                .isNotEqualTo(made.back().keyPair().getPublic());
        assertThat(Files.getPosixFilePermissions(folder.resolve("pki/front.key")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(loaded.toString()).doesNotContain("PRIVATE");
    }

    @Test
    void certificateIsFitForOpcUa() throws Exception {
        ApplicationCertificates made = ApplicationCertificates.loadOrCreate(folder, "urn:t", HOSTS);
        for (ApplicationCertificate one : List.of(made.front(), made.back())) {
            assertThat(((RSAPublicKey) one.certificate().getPublicKey())
                            .getModulus()
                            .bitLength())
                    .isEqualTo(2048);
            CertificateValidationUtil.checkEndEntityKeyUsage(one.certificate());
            CertificateValidationUtil.checkEndEntityExtendedKeyUsage(one.certificate(), true);
            CertificateValidationUtil.checkEndEntityExtendedKeyUsage(one.certificate(), false);
            CertificateValidationUtil.checkValidity(one.certificate(), true);
            assertThat(one.certificate().getNotAfter().toInstant())
                    .isAfter(Instant.now().plus(Duration.ofDays(9 * 365)));
            assertThat(CertificateUtil.getSanDnsNames(one.certificate())).containsExactly("gate");
            assertThat(CertificateUtil.getSanIpAddresses(one.certificate())).contains("10.1.2.3");
        }
        assertThat(made.front().applicationUri()).isEqualTo("urn:t");
        assertThat(made.back().applicationUri()).isEqualTo("urn:t:client");
    }

    @Test
    void keyThatOthersMayReadIsRefused() throws Exception {
        ApplicationCertificates.loadOrCreate(folder, "urn:t", HOSTS);
        Files.setPosixFilePermissions(folder.resolve("back.key"), PosixFilePermissions.fromString("rw-r-----"));

        assertRefused("open to others");
    }

    @Test
    void keyOfAnotherCertificateIsRefused() throws Exception {
        ApplicationCertificates.loadOrCreate(folder, "urn:t", HOSTS);
        Files.copy(
                folder.resolve("back.key"),
                folder.resolve("front.key"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING,
                java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);

        assertRefused("is not the key of");
    }

    /** Making a new certificate in silence would stop every client that trusts the old one. */
    @Test
    void halfOfAPairIsNotReplaced() throws Exception {
        ApplicationCertificates.loadOrCreate(folder, "urn:t", HOSTS);
        Files.delete(folder.resolve("front.crt"));

        assertRefused("front.crt is missing");
        assertThat(folder.resolve("front.crt")).doesNotExist();
    }

    /** The first start was killed between the two files: the next one finishes it, and a person need not. */
    @Test
    void killBetweenKeyAndCertificateIsFinishedByTheNextStart() throws Exception {
        ApplicationCertificates made = ApplicationCertificates.loadOrCreate(folder, "urn:t", HOSTS);
        Files.move(folder.resolve("front.crt"), folder.resolve("front.crt.new"));

        ApplicationCertificates found = ApplicationCertificates.loadOrCreate(folder, "urn:t", HOSTS);

        assertThat(found.front().certificate()).isEqualTo(made.front().certificate());
        assertThat(folder.resolve("front.crt.new")).doesNotExist();
    }

    @Test
    void killBeforeTheKeyHasItsNameLeavesNothing() throws Exception {
        ApplicationCertificates.loadOrCreate(folder, "urn:t", HOSTS);
        Files.move(folder.resolve("front.crt"), folder.resolve("front.crt.new"));
        Files.move(folder.resolve("front.key"), folder.resolve("front.key.new"));

        ApplicationCertificates made = ApplicationCertificates.loadOrCreate(folder, "urn:t", HOSTS);

        assertThat(ApplicationCertificates.loadOrCreate(folder, "urn:t", HOSTS)
                        .front()
                        .certificate())
                .isEqualTo(made.front().certificate());
    }

    @Test
    void certificateOfAnotherKeyFinishesNothing() throws Exception {
        ApplicationCertificates.loadOrCreate(folder, "urn:t", HOSTS);
        Files.delete(folder.resolve("front.crt"));
        Files.copy(folder.resolve("back.crt"), folder.resolve("front.crt.new"));

        assertRefused("is not the key of");
        assertThat(folder.resolve("front.crt")).doesNotExist();
    }

    @Test
    void damagedFileIsRefused() throws Exception {
        ApplicationCertificates.loadOrCreate(folder, "urn:t", HOSTS);
        for (String text : List.of("", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "rubbish")) {
            Files.writeString(folder.resolve("front.crt"), text);
            assertRefused("front.crt");
        }
    }

    /** The two forms in which keys most often come; the line names the key's file and what makes a fit one of it. */
    @Test
    void keyInAnotherFormIsRefusedWithWhatMakesOneOfIt() throws Exception {
        ApplicationCertificates made = ApplicationCertificates.loadOrCreate(folder, "urn:t", HOSTS);
        byte[] der = made.front().keyPair().getPrivate().getEncoded();
        Files.write(folder.resolve("front.key"), der);
        assertRefused(folder.resolve("front.key") + " holds no RSA key in PEM form");

        Files.writeString(
                folder.resolve("front.key"),
                Pem.privateKey(made.front().keyPair().getPrivate()).replace("PRIVATE KEY", "RSA PRIVATE KEY"));
        assertRefused("openssl pkcs8 -topk8 -nocrypt");
    }

    private void assertRefused(String why) {
        assertThatThrownBy(() -> ApplicationCertificates.loadOrCreate(folder, "urn:t", HOSTS))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(why);
    }
}
