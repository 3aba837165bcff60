package org.tandemopc.relay.ua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.sdk.client.identity.AnonymousProvider;
import org.eclipse.milo.opcua.sdk.client.identity.IdentityProvider;
import org.eclipse.milo.opcua.sdk.client.identity.UsernameProvider;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.relay.Protocol.Plane;
import org.tandemopc.relay.ua.back.TestServer;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/**
 * A user whom something between Tandem and the member keeps out, which only a person can change: the client hears it at
 * once, the same whatever it is, and the record says what and where.
 */
@Timeout(120)
class KeptPasswordTest {
    /** Far below the time that a login waits for a member that may come. */
    private static final Duration AT_ONCE = Duration.ofSeconds(12);

    private static final IdentityProvider OPERATOR =
            new UsernameProvider("operator", "secret", (chain, uri, hosts) -> {});

    @TempDir
    private Path folder;

    private final Rehomings listener = new Rehomings();
    private UaProtocol tandem;

    @BeforeEach
    void open() throws Exception {
        tandem = new UaProtocol(
                new OpcUaConfig(
                        "127.0.0.1",
                        0,
                        List.of(SecurityChoice.NONE, SecurityChoice.BASIC256SHA256),
                        List.of(MessageMode.SIGN_AND_ENCRYPT),
                        true,
                        Trust.ALL),
                folder);
    }

    @AfterEach
    void close() throws Exception {
        tandem.close();
    }

    @Test
    void linkThatWouldCarryThePasswordInClear() throws Exception {
        try (TestServer server = TestServer.start()) {
            serve(server, SecurityChoice.NONE);
            connect(new AnonymousProvider()).disconnect(); // control

            assertThat(refusedAtOnce(OPERATOR)).isEqualTo(StatusCodes.Bad_IdentityTokenRejected);

            assertThat(listener.texts(RecordKind.NOTE))
                    .singleElement()
                    .asString()
                    .contains(
                            "operator",
                            TestServer.url(server.port()),
                            "in clear",
                            "set the security",
                            "Basic256Sha256");
        }
    }

    @Test
    @Requirement(value = "S32", protocol = Protocol.UA)
    void plainLinkToAMemberWhoseCertificateIsNotTrusted() throws Exception {
        try (TestServer server = TestServer.startWithEncryptedPasswords()) {
            serve(server, SecurityChoice.NONE);
            connect(new AnonymousProvider()).disconnect(); // control

            assertThat(refusedAtOnce(OPERATOR)).isEqualTo(StatusCodes.Bad_IdentityTokenRejected);

            assertThat(listener.texts(RecordKind.NOTE))
                    .singleElement()
                    .asString()
                    .contains(
                            "operator",
                            TestServer.url(server.port()),
                            "not trusted",
                            refused(),
                            "move it to " + trusted());
            trustWhatWasRefused();
            Await.until("let in", AT_ONCE, () -> isLetIn(OPERATOR));
        }
    }

    @Test
    @Requirement(value = "S32", protocol = Protocol.UA)
    void securedLinkToAMemberWhoseCertificateIsNotTrusted() throws Exception {
        try (TestServer server = TestServer.start()) {
            serve(server, SecurityChoice.BASIC256SHA256);

            assertThat(refusedAtOnce(OPERATOR)).isEqualTo(StatusCodes.Bad_IdentityTokenRejected);
            assertThat(refusedAtOnce(new AnonymousProvider())).isEqualTo(StatusCodes.Bad_NoCommunication);

            assertThat(listener.texts(RecordKind.CERTIFICATE_REFUSED))
                    .singleElement()
                    .asString()
                    .contains(TestServer.url(server.port()), "not trusted", refused(), "move it to " + trusted());
            trustWhatWasRefused();
            Await.until("let in", AT_ONCE, () -> isLetIn(OPERATOR));
        }
    }

    private void serve(TestServer server, SecurityChoice security) throws Exception {
        UaMemberConfig member = new UaMemberConfig(
                TestServer.url(server.port()), security, MessageMode.SIGN_AND_ENCRYPT, null, Trust.LISTED);
        PairSettings settings = PairSettings.of("plant", Mode.COLD, member.url(), member.url());
        Plane plane = tandem.pair(PairConfig.of(settings, List.of(member, member)), listener);
        tandem.start();
        plane.relay().attach(0);
        listener.serve(plane.relay(), 1, 0);
    }

    private long refusedAtOnce(IdentityProvider user) {
        long began = System.nanoTime();
        UaException refusal = catchThrowableOfType(UaException.class, () -> connect(user));
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(AT_ONCE);
        return refusal.getStatusCode().value();
    }

    private OpcUaClient connect(IdentityProvider user) throws UaException {
        OpcUaClient client = OpcUaClient.create(
                "opc.tcp://127.0.0.1:" + tandem.boundAddress().getPort() + "/plant",
                endpoints -> endpoints.stream()
                        .filter(each ->
                                String.valueOf(each.getSecurityPolicyUri()).endsWith("#None"))
                        .findFirst(),
                transport -> {},
                config -> config.setIdentityProvider(user));
        try {
            return client.connect();
        } catch (UaException e) {
            var unused = client.disconnectAsync();
            throw e;
        }
    }

    private void trustWhatWasRefused() throws Exception {
        Await.until("kept", AT_ONCE, () -> files(refused()).count() == 1);
        Path kept = files(refused()).findFirst().orElseThrow();
        Files.move(kept, Path.of(trusted()).resolve(kept.getFileName()));
    }

    private boolean isLetIn(IdentityProvider user) {
        try {
            connect(user).disconnect();
            return true;
        } catch (UaException refused) {
            return false;
        }
    }

    private String refused() {
        return folder.resolve("members/refused").toString();
    }

    private String trusted() {
        return folder.resolve("members/trusted").toString();
    }

    private static Stream<Path> files(String where) {
        try (Stream<Path> files = Files.list(Path.of(where))) {
            return files.toList().stream();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
