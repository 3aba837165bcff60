package org.tandemopc.relay.ua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.sdk.client.DiscoveryClient;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.core.config.MessageMode;
import org.tandemopc.core.config.OpcUaConfig;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.config.SecurityChoice;
import org.tandemopc.core.config.Trust;
import org.tandemopc.core.config.UaMemberConfig;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.pair.PairSettings;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.relay.Certificates;
import org.tandemopc.relay.Certificates.Entry;
import org.tandemopc.relay.Certificates.Side;
import org.tandemopc.relay.Certificates.State;
import org.tandemopc.relay.ua.back.TestServer;
import org.tandemopc.relay.ua.security.ApplicationCertificate;
import org.tandemopc.relay.ua.security.ApplicationCertificates;
import org.tandemopc.relay.ua.security.CertificateText;
import org.tandemopc.relay.ua.security.MadeCertificate;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** The certificates of OPC UA as people see and change them. */
@Timeout(60)
class UaCertificatesTest {
    private static final OpcUaConfig LISTED = new OpcUaConfig(
            "127.0.0.1",
            0,
            List.of(SecurityChoice.BASIC256SHA256),
            List.of(MessageMode.SIGN_AND_ENCRYPT),
            true,
            Trust.LISTED);

    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    @Test
    void everyFolderIsListedAndARefusedOneCanBeTrustedAndTakenAway() throws Exception {
        try (UaProtocol tandem = new UaProtocol(LISTED, folder)) {
            Certificates certificates = tandem.certificates().orElseThrow();
            X509Certificate client = MadeCertificate.wish().uri("urn:c").make().certificate();
            String thumbprint = CertificateText.thumbprint(client);
            Files.write(folder.resolve("clients/refused/x.der"), client.getEncoded());
            Files.write(
                    folder.resolve("members/issuers/plant.der"),
                    MadeCertificate.authority("plant").certificate().getEncoded());

            assertThat(certificates.entries())
                    .extracting(Entry::side, Entry::state)
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple(Side.CLIENTS, State.OWN),
                            org.assertj.core.groups.Tuple.tuple(Side.MEMBERS, State.OWN),
                            org.assertj.core.groups.Tuple.tuple(Side.CLIENTS, State.REFUSED),
                            org.assertj.core.groups.Tuple.tuple(Side.MEMBERS, State.ISSUER));

            certificates.trust(Side.CLIENTS, thumbprint);

            assertThat(certificates.entries())
                    .contains(new Entry(
                            Side.CLIENTS,
                            State.TRUSTED,
                            thumbprint,
                            "CN=peer",
                            "urn:c",
                            client.getNotBefore().toInstant(),
                            client.getNotAfter().toInstant()));
            assertThatThrownBy(() -> certificates.trust(Side.CLIENTS, thumbprint))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("refused certificates of clients");
            assertThatThrownBy(() -> certificates.remove(Side.MEMBERS, thumbprint))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> certificates.remove(Side.CLIENTS, "../../etc\n"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining("etc");

            certificates.remove(Side.CLIENTS, thumbprint);

            assertThat(certificates.entries()).extracting(Entry::thumbprint).doesNotContain(thumbprint);
        }
    }

    /** A running Tandem looks at its folders by itself: nobody restarts it for a client. */
    @Test
    @Requirement(value = "S27", protocol = Protocol.UA)
    void aClientWhoseFileIsMovedToTheTrustedOnesIsServedWithoutARestart() throws Exception {
        ApplicationCertificate client = ApplicationCertificates.selfSigned("c", "urn:c", List.of("127.0.0.1"));
        try (TestServer server = TestServer.start();
                UaProtocol tandem = new UaProtocol(LISTED, folder)) {
            Rehomings listener = new Rehomings();
            org.tandemopc.relay.Protocol.Plane plane = tandem.pair(pair(TestServer.url(server.port())), listener);
            tandem.start();
            plane.relay().attach(0);
            listener.serve(plane.relay(), 1, 0);
            assertThat(isServed(tandem, client))
                    .as("control: it is not trusted")
                    .isFalse();
            Path refused = folder.resolve("clients/refused");
            Await.until("kept", SOON, () -> !files(refused).isEmpty());

            Files.move(files(refused).getFirst(), folder.resolve("clients/trusted/c.der"));

            Await.until("served", SOON, () -> isServed(tandem, client));
            plane.remove();
        }
    }

    @Test
    @Requirement(value = "S27", protocol = Protocol.UA)
    void aCertificateOfOursThatIsReplacedIsShownWithoutARestart(@TempDir Path elsewhere) throws Exception {
        try (UaProtocol tandem = new UaProtocol(LISTED, folder)) {
            tandem.pair(pair("opc.tcp://127.0.0.1:9"), new Rehomings());
            tandem.start();
            String uri =
                    tandem.certificates().orElseThrow().entries().getFirst().applicationUri();
            X509Certificate next = ApplicationCertificates.loadOrCreate(elsewhere, uri, List.of("127.0.0.1"))
                    .front()
                    .certificate();
            assertThat(shows(tandem, next)).as("control").isFalse();

            for (String file : List.of("front.crt", "front.key")) {
                Files.copy(
                        elsewhere.resolve(file),
                        folder.resolve("own").resolve(file),
                        StandardCopyOption.REPLACE_EXISTING,
                        StandardCopyOption.COPY_ATTRIBUTES);
            }

            Await.until("shown", SOON, () -> shows(tandem, next));
        }
    }

    private static String url(UaProtocol tandem) {
        return "opc.tcp://127.0.0.1:" + tandem.boundAddress().getPort() + "/plant";
    }

    private static boolean shows(UaProtocol tandem, X509Certificate wanted) {
        try {
            ByteString shown = DiscoveryClient.getEndpoints(url(tandem))
                    .get(20, TimeUnit.SECONDS)
                    .getFirst()
                    .getServerCertificate();
            return Arrays.equals(shown.bytesOrEmpty(), wanted.getEncoded());
        } catch (ExecutionException e) {
            return false; // Milo's client waits 5 s for the Acknowledge, which a busy machine may take
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isServed(UaProtocol tandem, ApplicationCertificate own) {
        try {
            OpcUaClient client = OpcUaClient.create(
                    url(tandem),
                    endpoints -> endpoints.stream().findFirst(),
                    transport -> {},
                    config -> config.setApplicationUri(own.applicationUri())
                            .setKeyPair(own.keyPair())
                            .setCertificate(own.certificate())
                            .setCertificateChain(new X509Certificate[] {own.certificate()})
                            .setCertificateValidator((chain, uri, hosts) -> {}));
            try {
                client.connectAsync().get(10, TimeUnit.SECONDS);
                return true;
            } catch (ExecutionException e) {
                return false;
            } finally {
                client.disconnectAsync().get(10, TimeUnit.SECONDS);
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static List<Path> files(Path of) {
        try (Stream<Path> files = Files.list(of)) {
            return files.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @Requirement(value = "S27", protocol = Protocol.UA)
    void certificatesThatEndSoonAreRecordedAtTheStartOnceForEachPair() throws Exception {
        Instant lastWeek;
        try (UaProtocol first = new UaProtocol(LISTED, folder)) {
            lastWeek = first.certificates()
                    .orElseThrow()
                    .entries()
                    .getFirst()
                    .notAfter()
                    .minus(Duration.ofDays(6));
        }
        try (UaProtocol tandem = new UaProtocol(LISTED, folder, InstantSource.fixed(lastWeek))) {
            Rehomings machine = new Rehomings();
            tandem.pair(pair("opc.tcp://127.0.0.1:9"), machine);

            tandem.start();

            Await.until(
                    "both told", Duration.ofSeconds(20), () -> machine.records().size() >= 2);
            assertThat(machine.records()).allSatisfy(record -> {
                assertThat(record.kind()).isEqualTo(RecordKind.CERTIFICATE);
                assertThat(record.fields()).containsEntry("step", 7);
            });
            assertThat(machine.records())
                    .extracting(PairRecord::text)
                    .anyMatch(text -> text.startsWith(
                            "Tandem's own certificate towards clients 'O=Tandem,CN=Tandem' expires in 6 days"))
                    .anyMatch(text -> text.startsWith("Tandem's own certificate towards members"));
            tandem.checkExpiry();
            assertThat(machine.records()).as("not again on the same day").hasSize(2);
        }
    }

    @Test
    @Requirement(value = "S27", protocol = Protocol.UA)
    void refusedMemberIsRecordedOnceForEachCertificate() throws Exception {
        Rehomings machine = new Rehomings();
        X509Certificate one = MadeCertificate.wish().make().certificate();
        X509Certificate two = MadeCertificate.wish().make().certificate();
        boolean[] trusted = {false};
        RecordedTrust trust = new RecordedTrust(
                pair("opc.tcp://a:1"),
                1,
                (chain, uri) -> {
                    if (!trusted[0]) {
                        throw new UaException(StatusCodes.Bad_CertificateUntrusted, "not trusted");
                    }
                },
                machine);

        refused(trust, one);
        refused(trust, one);
        refused(trust, two);
        trusted[0] = true;
        trust.check(List.of(two), "urn:peer");
        trusted[0] = false;
        refused(trust, two);

        assertThat(machine.records())
                .extracting(record -> record.fields().get("thumbprint"))
                .containsExactly(
                        CertificateText.thumbprint(one),
                        CertificateText.thumbprint(two),
                        CertificateText.thumbprint(two));
        assertThat(machine.records().getFirst().text())
                .isEqualTo("The certificate of server 'plant' on secondary machine 'opc.tcp://b:1' was refused:"
                        + " not trusted.");
    }

    private static void refused(RecordedTrust trust, X509Certificate certificate) {
        assertThatThrownBy(() -> trust.check(List.of(certificate), "urn:peer")).isInstanceOf(UaException.class);
    }

    private static PairConfig pair(String primary) {
        PairSettings settings = PairSettings.of("plant", Mode.COLD, primary, "opc.tcp://b:1");
        return PairConfig.of(
                settings, List.of(UaMemberConfig.open(primary), UaMemberConfig.open("opc.tcp://127.0.0.1:9")));
    }
}
