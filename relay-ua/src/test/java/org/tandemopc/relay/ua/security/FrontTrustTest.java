package org.tandemopc.relay.ua.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Period;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.util.SelfSignedCertificateBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FrontTrustTest {
    private static ApplicationCertificates own;
    private static ApplicationCertificates strangers;
    private static X509Certificate client;

    @TempDir
    private Path folder;

    @BeforeAll
    static void keys() throws Exception {
        own = new ApplicationCertificates(
                ApplicationCertificates.selfSigned("own", "urn:own", List.of()),
                ApplicationCertificates.selfSigned("own", "urn:own:client", List.of()));
        strangers = new ApplicationCertificates(
                ApplicationCertificates.selfSigned("strange", "urn:strange", List.of()),
                ApplicationCertificates.selfSigned("strange", "urn:strange:client", List.of()));
        client = ApplicationCertificates.selfSigned("client", "urn:client", List.of("localhost"))
                .certificate();
    }

    @Test
    void unknownClientIsKeptForAPersonToSeeAndAcceptedOnceTrusted() throws Exception {
        PeerCertificates certificates = new PeerCertificates(folder);
        FrontTrust trust = lists(certificates, own);
        assertThat(refusal(trust, client, null)).isEqualTo(StatusCodes.Bad_SecurityChecksFailed);
        Path refused = onlyFile(folder.resolve("refused"));

        Files.move(refused, folder.resolve("trusted/client.der"));
        certificates.look();

        assertThat(refusal(trust, client, null)).isEqualTo(StatusCodes.Good);
        assertThat(refusal(trust, client, "urn:client")).isEqualTo(StatusCodes.Good);
        assertThat(refusal(trust, client, "urn:other")).isEqualTo(StatusCodes.Bad_CertificateUriInvalid);
    }

    @Test
    void acceptingAllStillChecksTheCertificateItself() throws Exception {
        FrontTrust trust = FrontTrust.acceptAll(own::contains);
        assertThat(refusal(trust, client, "urn:client")).isEqualTo(StatusCodes.Good);
        assertThat(refusal(trust, client, "urn:other")).isEqualTo(StatusCodes.Bad_CertificateUriInvalid);
        assertThat(refusal(trust, made(2048, Period.ofDays(-1)), null))
                .isEqualTo(StatusCodes.Bad_CertificateTimeInvalid);
        assertThat(refusal(trust, made(1024, Period.ofYears(1)), null))
                .isEqualTo(StatusCodes.Bad_CertificatePolicyCheckFailed);
    }

    @Test
    void ourOwnCertificatesAreNeverAPeers() throws Exception {
        Files.createDirectories(folder.resolve("trusted"));
        Files.write(folder.resolve("trusted/own.der"), own.back().certificate().getEncoded());
        FrontTrust all = FrontTrust.acceptAll(own::contains);
        FrontTrust lists = lists(new PeerCertificates(folder), own);
        assertThat(refusal(all, own.front().certificate(), null)).isEqualTo(StatusCodes.Bad_SecurityChecksFailed);
        assertThat(refusal(all, own.back().certificate(), null)).isEqualTo(StatusCodes.Bad_SecurityChecksFailed);
        assertThat(refusal(lists, own.back().certificate(), null)).isEqualTo(StatusCodes.Bad_SecurityChecksFailed);
        assertThat(refusal(
                        lists(new PeerCertificates(folder), strangers),
                        own.back().certificate(),
                        null))
                .as("control: to anybody else it is a trusted one")
                .isEqualTo(StatusCodes.Good);
    }

    @Test
    void longChainIsRefusedBeforeAnythingIsComputed() throws Exception {
        FrontTrust trust = FrontTrust.acceptAll(own::contains);
        assertThatThrownBy(() -> trust.validateCertificateChain(Collections.nCopies(100, client), null, new String[0]))
                .isInstanceOfSatisfying(
                        UaException.class,
                        e -> assertThat(e.getStatusCode().value()).isEqualTo(StatusCodes.Bad_CertificateInvalid));
    }

    private static FrontTrust lists(PeerCertificates certificates, ApplicationCertificates own) {
        return FrontTrust.lists(certificates, own::contains, Runnable::run);
    }

    private static long refusal(FrontTrust trust, X509Certificate certificate, @Nullable String uri) {
        try {
            trust.validateCertificateChain(List.of(certificate), uri, new String[0]);
            return StatusCodes.Good;
        } catch (UaException e) {
            return e.getStatusCode().value();
        }
    }

    private static Path onlyFile(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.reduce((a, b) -> {
                        throw new AssertionError("several files in " + folder);
                    })
                    .orElseThrow();
        }
    }

    private static X509Certificate made(int bits, Period validity) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        KeyPair keyPair = generator.generateKeyPair();
        return new SelfSignedCertificateBuilder(keyPair)
                .setApplicationUri("urn:client")
                .setValidityPeriod(validity)
                .build();
    }
}
