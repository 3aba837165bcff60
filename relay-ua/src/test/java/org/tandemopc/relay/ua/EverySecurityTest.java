package org.tandemopc.relay.ua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.sdk.client.identity.UsernameProvider;
import org.eclipse.milo.opcua.stack.core.AttributeId;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tandemopc.core.config.MessageMode;
import org.tandemopc.core.config.OpcUaConfig;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.config.SecurityChoice;
import org.tandemopc.core.config.Trust;
import org.tandemopc.core.config.UaMemberConfig;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.pair.PairSettings;
import org.tandemopc.relay.Protocol.Plane;
import org.tandemopc.relay.Relay;
import org.tandemopc.relay.ua.back.TestServer;
import org.tandemopc.relay.ua.security.ApplicationCertificate;
import org.tandemopc.relay.ua.security.ApplicationCertificates;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** A Milo client through Tandem to Milo servers, with each policy and mode on both legs, and over a switch. */
@Timeout(120)
class EverySecurityTest {
    private static final ApplicationCertificate CLIENT = client();

    @TempDir
    private Path folder;

    static Stream<Arguments> securities() {
        return Stream.of(SecurityChoice.values())
                .filter(choice -> choice != SecurityChoice.NONE)
                .flatMap(choice -> Stream.of(MessageMode.values()).map(mode -> Arguments.of(choice, mode)));
    }

    @ParameterizedTest
    @MethodSource("securities")
    @Requirement(
            value = {"CON-1", "S32"},
            protocol = Protocol.UA)
    void namedUserIsServedOnBothLegsAndOverASwitch(SecurityChoice choice, MessageMode mode) throws Exception {
        OpcUaConfig front = new OpcUaConfig("127.0.0.1", 0, List.of(choice), List.of(mode), false, Trust.ALL);
        try (TestServer a = TestServer.start("urn:test:a");
                TestServer b = TestServer.start("urn:test:b");
                UaProtocol tandem = new UaProtocol(front, folder)) {
            Rehomings listener = new Rehomings();
            Plane plane = tandem.pair(pair(choice, mode, a, b), listener);
            tandem.start();
            Relay relay = plane.relay();
            relay.attach(0);
            listener.serve(relay, 1, 0);
            OpcUaClient client = connect(tandem, choice, mode);

            assertThat(browseNameOfServer(client)).isEqualTo("Server");
            assertThat(a.sessions()).as("control: it went to the first member").isEqualTo(1);
            assertThat(b.sessions()).as("and not to the other").isZero();

            relay.hold(2);
            relay.detach(0);
            relay.attach(1);
            listener.serve(relay, 2, 1);

            assertThat(browseNameOfServer(client)).isEqualTo("Server");
            assertThat(b.sessions()).as("control: it went to the second member").isEqualTo(1);
            client.disconnect();
            plane.remove();
        }
    }

    private static PairConfig pair(SecurityChoice choice, MessageMode mode, TestServer... servers) {
        List<UaMemberConfig> members = Stream.of(servers)
                .map(server -> new UaMemberConfig(TestServer.url(server.port()), choice, mode, null, Trust.ALL))
                .toList();
        PairSettings settings = PairSettings.of(
                "plant", Mode.COLD, members.get(0).url(), members.get(1).url());
        return PairConfig.of(settings, members);
    }

    private static OpcUaClient connect(UaProtocol tandem, SecurityChoice choice, MessageMode mode) throws Exception {
        String url = "opc.tcp://127.0.0.1:" + tandem.boundAddress().getPort() + "/plant";
        OpcUaClient client = OpcUaClient.create(
                url,
                endpoints -> {
                    assertThat(endpoints).as("only what is configured").hasSize(1);
                    return endpoints.stream()
                            .filter(e ->
                                    String.valueOf(e.getSecurityPolicyUri()).endsWith("#" + choice.label())
                                            && e.getSecurityMode().name().equals(mode.label()))
                            .findFirst();
                },
                transport -> {},
                config -> config.setApplicationUri(CLIENT.applicationUri())
                        .setKeyPair(CLIENT.keyPair())
                        .setCertificate(CLIENT.certificate())
                        .setCertificateChain(new X509Certificate[] {CLIENT.certificate()})
                        .setCertificateValidator((chain, uri, hosts) -> {})
                        .setIdentityProvider(new UsernameProvider("operator", "secret"))
                        .setRequestTimeout(uint(20_000)));
        client.connect();
        return client;
    }

    /** An attribute that Tandem has no answer of its own for. */
    private static Object browseNameOfServer(OpcUaClient client) throws Exception {
        ReadValueId browseName =
                new ReadValueId(NodeIds.Server, AttributeId.BrowseName.uid(), null, QualifiedName.NULL_VALUE);
        DataValue[] results = Objects.requireNonNull(
                client.read(0, TimestampsToReturn.Neither, List.of(browseName)).getResults());
        Object value = results[0].getValue().getValue();
        return value instanceof QualifiedName name ? String.valueOf(name.getName()) : String.valueOf(value);
    }

    private static ApplicationCertificate client() {
        try {
            return ApplicationCertificates.selfSigned("client", "urn:test:client", List.of("127.0.0.1"));
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
