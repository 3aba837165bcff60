package org.tandemopc.relay.ua.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
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
import org.tandemopc.testkit.Await;

class FrontTrustTest {
    private static ApplicationCertificates own;
    private static X509Certificate client;

    @TempDir
    private Path folder;

    @BeforeAll
    static void keys() throws Exception {
        own = new ApplicationCertificates(
                ApplicationCertificates.selfSigned("own", "urn:own", List.of()),
                ApplicationCertificates.selfSigned("own", "urn:own:client", List.of()));
        client = ApplicationCertificates.selfSigned("client", "urn:client", List.of("localhost"))
                .certificate();
    }

    @Test
    void unknownClientIsKeptForAPersonToSeeAndAcceptedOnceTrusted() throws Exception {
        try (FrontTrust trust = FrontTrust.lists(folder, own)) {
            assertThat(refusal(trust, client, null)).isEqualTo(StatusCodes.Bad_SecurityChecksFailed);
            Path rejected = onlyFile(folder.resolve("rejected"));

            Files.copy(rejected, folder.resolve("trusted/certs/client.der"));

            Await.until("trusted", Duration.ofSeconds(20), () -> refusal(trust, client, null) == StatusCodes.Good);
            assertThat(refusal(trust, client, "urn:client")).isEqualTo(StatusCodes.Good);
            assertThat(refusal(trust, client, "urn:other")).isEqualTo(StatusCodes.Bad_CertificateUriInvalid);
        }
    }

    @Test
    void acceptingAllStillChecksTheCertificateItself() throws Exception {
        try (FrontTrust trust = FrontTrust.acceptAll(own)) {
            assertThat(refusal(trust, client, "urn:client")).isEqualTo(StatusCodes.Good);
            assertThat(refusal(trust, client, "urn:other")).isEqualTo(StatusCodes.Bad_CertificateUriInvalid);
            assertThat(refusal(trust, made(2048, Period.ofDays(-1)), null))
                    .isEqualTo(StatusCodes.Bad_CertificateTimeInvalid);
            assertThat(refusal(trust, made(1024, Period.ofYears(1)), null))
                    .isEqualTo(StatusCodes.Bad_CertificatePolicyCheckFailed);
        }
    }

    @Test
    void expiredClientIsRefusedAlsoWhenTrusted() throws Exception {
        X509Certificate expired = made(2048, Period.ofDays(-1));
        Files.createDirectories(folder.resolve("trusted/certs"));
        Files.write(folder.resolve("trusted/certs/expired.der"), expired.getEncoded());
        try (FrontTrust trust = FrontTrust.lists(folder, own)) {
            assertThat(refusal(trust, expired, null)).isEqualTo(StatusCodes.Bad_CertificateTimeInvalid);
        }
    }

    @Test
    void ourOwnCertificatesAreNeverAPeers() throws Exception {
        Files.createDirectories(folder.resolve("trusted/certs"));
        Files.write(
                folder.resolve("trusted/certs/own.der"),
                own.back().certificate().getEncoded());
        try (FrontTrust all = FrontTrust.acceptAll(own);
                FrontTrust lists = FrontTrust.lists(folder, own)) {
            assertThat(refusal(all, own.front().certificate(), null)).isEqualTo(StatusCodes.Bad_SecurityChecksFailed);
            assertThat(refusal(all, own.back().certificate(), null)).isEqualTo(StatusCodes.Bad_SecurityChecksFailed);
            assertThat(refusal(lists, own.back().certificate(), null)).isEqualTo(StatusCodes.Bad_SecurityChecksFailed);
        }
    }

    @Test
    void longChainIsRefusedBeforeAnythingIsComputed() throws Exception {
        try (FrontTrust trust = FrontTrust.acceptAll(own)) {
            assertThatThrownBy(
                            () -> trust.validateCertificateChain(Collections.nCopies(100, client), null, new String[0]))
                    .isInstanceOfSatisfying(
                            UaException.class,
                            e -> assertThat(e.getStatusCode().value()).isEqualTo(StatusCodes.Bad_CertificateInvalid));
        }
    }

    /** A flood of unknown clients must not become a flood of files. */
    @Test
    void quarantineIsWrittenAtABoundedRate() throws Exception {
        CountingStore store = new CountingStore();
        CappedQuarantine quarantine = new CappedQuarantine(store, 16 * 1024);
        long began = System.nanoTime();
        for (int i = 0; i < 10_000; i++) {
            quarantine.addRejectedCertificate(client);
        }
        long seconds = 1 + Duration.ofNanos(System.nanoTime() - began).toSeconds();

        assertThat(store.added).isBetween(1, (int) (4 * (seconds + 1)));
        new CappedQuarantine(store, 10).addRejectedCertificate(own.front().certificate());
        assertThat(store.latest).isEqualTo(client);
    }

    private static final class CountingStore
            implements org.eclipse.milo.opcua.stack.core.security.CertificateQuarantine {
        private int added;
        private @Nullable X509Certificate latest;

        @Override
        public List<X509Certificate> getRejectedCertificates() {
            return List.of();
        }

        @Override
        public void addRejectedCertificate(X509Certificate certificate) {
            added++;
            latest = certificate;
        }

        @Override
        public void removeRejectedCertificate(X509Certificate certificate) {
            throw new AssertionError("not used");
        }
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
