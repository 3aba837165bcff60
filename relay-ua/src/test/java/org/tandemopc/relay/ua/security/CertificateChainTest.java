package org.tandemopc.relay.ua.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Own certificates that an authority of the plant has issued, with the issuers in the same file. */
class CertificateChainTest {
    @TempDir
    private Path folder;

    private final MadeCertificate root;
    private final MadeCertificate between;
    private final MadeCertificate leaf;

    CertificateChainTest() throws Exception {
        root = MadeCertificate.authority("plant root");
        between = root.intermediate("plant applications");
        leaf = MadeCertificate.wish().uri("urn:t").issuedBy(between).make();
    }

    @BeforeEach
    void rest() throws Exception {
        ApplicationCertificates.loadOrCreate(folder, "urn:t", List.of());
        Files.writeString(
                folder.resolve("front.key"), Pem.privateKey(leaf.keys().getPrivate()));
        Files.setPosixFilePermissions(folder.resolve("front.key"), PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void certificatesOfAFileAreBroughtIntoTheOrderOfTheChain() throws Exception {
        write(pem(between, leaf, root));

        ApplicationCertificate front = load();

        assertThat(front.chain()).containsExactly(leaf.certificate(), between.certificate(), root.certificate());
        assertThat(front.certificate()).isEqualTo(leaf.certificate());
        assertThat(front.encoded().bytesOrEmpty()).isEqualTo(leaf.certificate().getEncoded());
        assertThat(front.encodedChain().bytesOrEmpty()).isEqualTo(der(leaf, between, root));
    }

    @Test
    void derIsReadToo() throws Exception {
        write(der(leaf, between));

        assertThat(load().chain()).containsExactly(leaf.certificate(), between.certificate());
    }

    @Test
    void issuerThatIsAddedLaterCountsWithoutARestart() throws Exception {
        write(pem(leaf));
        OwnCertificates own = OwnCertificates.loadOrCreate(folder, "urn:t", List.of());
        assertThat(own.front().chain()).hasSize(1);

        write(pem(leaf, between));
        own.look();

        assertThat(own.front().chain()).containsExactly(leaf.certificate(), between.certificate());
    }

    @Test
    void certificateThatIsNoIssuerIsRefused() throws Exception {
        write(pem(leaf, between, MadeCertificate.wish().uri("urn:other").make()));

        assertRefused("has issued none of the others");
    }

    @Test
    void issuersWithoutTheirCertificateAreRefused() throws Exception {
        write(pem(between, root));

        assertRefused("is not the key of");
    }

    /** It would not fit the message that opens a channel, and nobody could connect any more. */
    @Test
    void chainThatCannotBeSentIsRefused() throws Exception {
        List<MadeCertificate> chain = new ArrayList<>(List.of(root));
        while (chain.size() < CertificateChain.COUNT_MAX) {
            chain.add(chain.getLast().intermediate("level " + chain.size()));
        }
        chain.add(MadeCertificate.wish().issuedBy(chain.getLast()).make());
        MadeCertificate[] all = chain.toArray(MadeCertificate[]::new);
        write(pem(all));
        assertRefused("leave out the topmost issuers");

        write(pem(List.of(all).subList(4, all.length).toArray(MadeCertificate[]::new)));

        assertThat(load().chain()).as("control").hasSize(all.length - 4);
    }

    private void write(byte[] file) throws IOException {
        Files.write(folder.resolve("front.crt"), file);
    }

    private ApplicationCertificate load() throws IOException {
        return ApplicationCertificates.load(folder, "front");
    }

    private void assertRefused(String why) {
        assertThatThrownBy(this::load)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("front.crt")
                .hasMessageContaining(why);
    }

    private static byte[] pem(MadeCertificate... certificates) throws Exception {
        StringBuilder text = new StringBuilder();
        for (MadeCertificate one : certificates) {
            text.append(Pem.certificate(one.certificate()));
        }
        return text.toString().getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }

    private static byte[] der(MadeCertificate... certificates) throws Exception {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (MadeCertificate one : certificates) {
            X509Certificate certificate = one.certificate();
            all.writeBytes(certificate.getEncoded());
        }
        return all.toByteArray();
    }
}
