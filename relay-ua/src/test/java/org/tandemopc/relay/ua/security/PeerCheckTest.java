package org.tandemopc.relay.ua.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** What of a peer's certificate is accepted, and that a refusal says which it was. */
class PeerCheckTest {
    private static final Instant NOW = Instant.now();

    @TempDir
    private Path folder;

    private PeerCertificates certificates;

    @BeforeEach
    void folders() throws IOException {
        certificates = new PeerCertificates(folder);
    }

    @Test
    void certificateOfAnIssuerIsAcceptedWithoutBeingTrustedItself() throws Exception {
        MadeCertificate ca = MadeCertificate.authority("plant");
        X509Certificate peer = MadeCertificate.wish().issuedBy(ca).make().certificate();
        assertThat(refusal(peer)).as("control").isEqualTo("certificate not trusted");

        put("issuers", "plant.der", ca.certificate());

        assertThat(refusal(peer)).isNull();
        assertThat(refusal(MadeCertificate.wish().make().certificate()))
                .as("one that the issuer has nothing to do with")
                .isEqualTo("certificate not trusted");
    }

    /** Security checklist 3.2: a public exponent of thousands of bits makes each check of a signature take seconds. */
    @Test
    void hugeExponentIsRefusedBeforeAnythingIsComputedWithIt() throws Exception {
        MadeCertificate.Wish wish = MadeCertificate.wish();
        RSAPublicKey usual = (RSAPublicKey) wish.keys.getPublic();
        PublicKey huge = KeyFactory.getInstance("RSA")
                .generatePublic(new RSAPublicKeySpec(
                        usual.getModulus(), BigInteger.TWO.pow(2_000).add(BigInteger.ONE)));
        wish.keys = new KeyPair(huge, wish.keys.getPrivate());

        assertThat(refusal(trusted(wish))).isEqualTo("RSA key of 2048 bits, exponent of 2001");
        assertThat(refusal(trusted(MadeCertificate.wish()))).as("control").isNull();
    }

    @Test
    void certificateThatClaimsAnIssuerWhoNeverSignedItIsRefused() throws Exception {
        MadeCertificate ca = MadeCertificate.authority("plant");
        MadeCertificate self = MadeCertificate.wish().make();
        MadeCertificate impostor = new MadeCertificate(self.keys(), ca.certificate());
        put("issuers", "plant.der", ca.certificate());

        assertThat(refusal(MadeCertificate.wish().issuedBy(impostor).make().certificate()))
                .isEqualTo("certificate not trusted");
    }

    @Test
    void onePersonsYesToOneCertificateIsEnoughWhoeverIssuedIt() throws Exception {
        X509Certificate peer = MadeCertificate.wish()
                .issuedBy(MadeCertificate.authority("unknown"))
                .make()
                .certificate();

        put("trusted", "peer.der", peer);

        assertThat(refusal(peer)).isNull();
    }

    @Test
    void revokedCertificateIsRefusedHoweverItIsTrusted() throws Exception {
        MadeCertificate ca = MadeCertificate.authority("plant");
        X509Certificate peer = MadeCertificate.wish().issuedBy(ca).make().certificate();
        X509Certificate other = MadeCertificate.wish().issuedBy(ca).make().certificate();
        put("issuers", "plant.der", ca.certificate());
        assertThat(refusal(peer)).as("control").isNull();

        Files.write(folder.resolve("issuers/plant.crl"), ca.revoking(peer).getEncoded());
        certificates.look();

        assertThat(refusal(peer)).contains("revoked");
        assertThat(refusal(other)).isNull();
        put("trusted", "peer.der", peer);
        assertThat(refusal(peer)).contains("revoked");
    }

    /** Lists are often fetched over plain HTTP: whoever changes one on the way must not shut out a good peer. */
    @Test
    void listThatTheIssuerHasNotSignedRevokesNothing() throws Exception {
        MadeCertificate ca = MadeCertificate.authority("plant");
        MadeCertificate peer = MadeCertificate.wish().issuedBy(ca).make();
        MadeCertificate forger = new MadeCertificate(peer.keys(), ca.certificate());
        X509CRL forged = forger.revoking(peer.certificate());
        assertThat(forged.getIssuerX500Principal())
                .as("control: in the issuer's name")
                .isEqualTo(ca.certificate().getSubjectX500Principal());
        assertThat(forged.isRevoked(peer.certificate())).as("control").isTrue();
        put("issuers", "plant.der", ca.certificate());
        Files.write(folder.resolve("issuers/plant.crl"), forged.getEncoded());
        certificates.look();
        PeerCheck check = new PeerCheck(PeerCheck.Role.CLIENT, own -> false, certificates, InstantSource.fixed(NOW));

        try (LoggedLines lines = new LoggedLines(Revocations.class)) {
            for (int i = 0; i < 3; i++) {
                check.check(List.of(peer.certificate()), null);
            }
            assertThat(lines.texts())
                    .singleElement()
                    .asString()
                    .contains("issuers/plant.crl", CertificateText.name(peer.certificate()));
        }
    }

    /** Who trusts one certificate need not know its issuer; the peer may send that one along, and its key proves the list. */
    @Test
    void issuerThatThePeerSendsProvesTheList() throws Exception {
        MadeCertificate ca = MadeCertificate.authority("unknown here");
        X509Certificate peer = MadeCertificate.wish().issuedBy(ca).make().certificate();
        put("trusted", "peer.der", peer);
        Files.write(folder.resolve("trusted/unknown.crl"), ca.revoking(peer).getEncoded());
        certificates.look();
        PeerCheck check = new PeerCheck(PeerCheck.Role.CLIENT, own -> false, certificates, InstantSource.fixed(NOW));

        assertThat(catchThrowable(() -> check.check(List.of(peer, ca.certificate()), null)))
                .hasMessageContaining("revoked");
        assertThat(catchThrowable(() -> check.check(List.of(peer), null)))
                .as("control: without a key there is no proof")
                .isNull();
    }

    @Test
    @Requirement(value = "S27", protocol = Protocol.UA)
    void eachFaultOfATrustedCertificateIsRefusedByItsName() throws Exception {
        Instant past = NOW.minus(Duration.ofDays(2));
        Instant future = NOW.plus(Duration.ofDays(2));
        X509Certificate good = trusted(MadeCertificate.wish());
        X509Certificate expired = trusted(MadeCertificate.wish().valid(past, NOW.minusSeconds(60)));
        X509Certificate early = trusted(MadeCertificate.wish().valid(NOW.plusSeconds(60), future));
        X509Certificate signingOnly = trusted(MadeCertificate.wish().usage(KeyUsage.digitalSignature));
        X509Certificate serverOnly = trusted(MadeCertificate.wish().purposes(KeyPurposeId.id_kp_serverAuth));

        assertThat(refusal(good)).as("control").isNull();
        assertThat(refusal(expired)).startsWith("certificate expired at");
        assertThat(refusal(early)).startsWith("certificate not valid before");
        assertThat(refusal(signingOnly)).startsWith("key usage of the certificate");
        assertThat(refusal(serverOnly)).isEqualTo("extended key usage of the certificate is not for a client");
        assertThat(refusal(PeerCheck.Role.SERVER, serverOnly, null))
                .as("control: a server may show it")
                .isNull();
        assertThat(refusal(PeerCheck.Role.CLIENT, good, "urn:other"))
                .isEqualTo("the certificate is for \"urn:peer\", not for what its owner calls itself");
        assertThat(refusal(PeerCheck.Role.CLIENT, good, "urn:peer")).isNull();
    }

    @Test
    void refusedClientIsKeptWhateverTheReasonAndAcceptedOnceTrustedThroughTheList() throws Exception {
        X509Certificate unknown = MadeCertificate.wish().make().certificate();
        FrontTrust trust = FrontTrust.lists(certificates, own -> false, Runnable::run);
        assertThat(catchThrowable(() -> trust.validateCertificateChain(List.of(unknown), null, new String[0])))
                .isInstanceOf(UaException.class);
        assertThat(certificates.refused()).containsExactly(unknown);

        assertThat(certificates.trust(CertificateText.thumbprint(unknown))).isTrue();

        trust.validateCertificateChain(List.of(unknown), "urn:peer", new String[0]);
        assertThat(certificates.refused()).isEmpty();
        assertThat(certificates.trusted()).containsExactly(unknown);

        assertThat(certificates.remove(CertificateText.thumbprint(unknown))).isTrue();
        assertThat(catchThrowable(() -> trust.validateCertificateChain(List.of(unknown), null, new String[0])))
                .isInstanceOf(UaException.class);
        assertThat(certificates.trust("0".repeat(40))).isFalse();
        assertThat(certificates.remove("0".repeat(40))).isFalse();
    }

    /** A peer must not learn from us where our files are. */
    @Test
    void clientIsToldNothingOfOurFolders() throws Exception {
        FrontTrust trust = FrontTrust.lists(certificates, own -> false, Runnable::run);

        Throwable refused = catchThrowable(() -> trust.validateCertificateChain(
                List.of(MadeCertificate.wish().make().certificate()), null, new String[0]));

        assertThat(refused).hasMessage("certificate not trusted");
        assertThat(((UaException) refused).getStatusCode().value()).isEqualTo(StatusCodes.Bad_SecurityChecksFailed);
    }

    @Test
    void memberIsRefusedWithWhereItsCertificateIs() throws Exception {
        MemberCertificates members = new MemberCertificates(certificates, own -> false, Runnable::run);
        X509Certificate member = MadeCertificate.wish().make().certificate();

        Throwable refused = catchThrowable(() -> members.check(List.of(member), "urn:peer"));

        assertThat(((UaException) refused).getStatusCode().value()).isEqualTo(StatusCodes.Bad_CertificateUntrusted);
        assertThat(refused)
                .hasMessageContaining(CertificateText.thumbprint(member))
                .hasMessageContaining(folder.resolve("refused").toString());
        put("trusted", "member.der", member);
        members.check(List.of(member), "urn:peer");
    }

    @Test
    void fileThatIsNoCertificateDoesNotHideTheOthers() throws Exception {
        X509Certificate good = trusted(MadeCertificate.wish());
        Files.writeString(folder.resolve("trusted/a note.txt"), "these are ours");
        Files.write(folder.resolve("trusted/huge.der"), new byte[CertificateFolder.FILE_BYTES_MAX + 1]);
        Files.writeString(folder.resolve("trusted/as text.pem"), Pem.certificate(good));

        assertThat(certificates.trusted()).containsOnly(good).hasSize(2);
        assertThat(refusal(good)).isNull();
    }

    private X509Certificate trusted(MadeCertificate.Wish wish) throws Exception {
        X509Certificate made = wish.make().certificate();
        put("trusted", CertificateText.thumbprint(made) + ".der", made);
        return made;
    }

    private void put(String where, String file, X509Certificate certificate) throws Exception {
        Files.write(folder.resolve(where).resolve(file), certificate.getEncoded());
        certificates.look();
    }

    private @Nullable String refusal(X509Certificate peer) {
        return refusal(PeerCheck.Role.CLIENT, peer, null);
    }

    private @Nullable String refusal(PeerCheck.Role role, X509Certificate peer, @Nullable String uri) {
        PeerCheck check = new PeerCheck(role, own -> false, certificates, InstantSource.fixed(NOW));
        Throwable refused = catchThrowable(() -> check.check(List.of(peer), uri));
        return refused == null ? null : refused.getMessage();
    }
}
