package org.tandemopc.relay.ua.back;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.eclipse.milo.opcua.sdk.server.servicesets.Service;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MessageSecurityMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.relay.LegResult;
import org.tandemopc.relay.LegResult.Leg;
import org.tandemopc.relay.ua.security.UserIdentity;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Each peer that goes wrong in one way is named by the leg at which it does, with a remedy for that. */
@Timeout(60)
@Requirement(
        value = {"DEP-8", "ADD-1"},
        protocol = Protocol.UA)
class MemberCheckTest {
    private static final Path PKI = Path.of("/data/pki");
    private static final long LEG_MS = 1_500;
    private static final Function<List<String>, CheckedNamespaces.Comparison> FITS =
            array -> CheckedNamespaces.Comparison.SAME;

    private final Links links = new Links();
    private final List<AutoCloseable> toClose = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        links.close();
        for (AutoCloseable each : toClose.reversed()) {
            each.close();
        }
    }

    @Test
    void aServerInOrderPassesEveryLegAndKeepsNoSession() {
        TestServer server = server();

        List<LegResult> legs = walk(links.plain(server.port()));

        assertThat(legs).extracting(LegResult::leg).containsExactlyElementsOf(Leg.UA);
        assertThat(legs).allMatch(LegResult::passed).allMatch(l -> l.remedy().isEmpty() && l.tookNanos() > 0);
        assertThat(leg(legs, Leg.READ).detail()).contains("RUNNING", "ServiceLevel 255");
        Await.until("the session is closed", java.time.Duration.ofSeconds(20), () -> server.sessions() == 0);
    }

    @Test
    void aSecuredServerWithAUserPassesEveryLeg() {
        TestServer server = server();

        List<LegResult> legs = walk(links.encrypted(server.port(), MemberTrust.acceptAll()), Links.operator(), FITS);

        assertThat(legs).extracting(LegResult::leg).containsExactlyElementsOf(Leg.UA);
        assertThat(legs).allMatch(LegResult::passed);
        assertThat(leg(legs, Leg.CHANNEL).detail()).contains("our certificate");
        assertThat(leg(legs, Leg.LOGIN).detail()).contains("operator").doesNotContain("secret");
    }

    @Test
    void aNameWithoutAddressFailsAtTheName() {
        fails(walk(at("opc.tcp://no-such-host.invalid:4840")), Leg.NAME, "no-such-host.invalid", "/etc/hosts");
    }

    @Test
    void aClosedPortFailsAtThePort() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }

        fails(walk(links.plain(port)), Leg.PORT, String.valueOf(port), "Start the server");
    }

    @Test
    void aPeerThatSaysNothingFailsAtTheProtocol() throws IOException {
        ServerSocket silent = closing(new ServerSocket(0, 10, InetAddress.getLoopbackAddress()));

        fails(walk(links.plain(silent.getLocalPort())), Leg.PROTOCOL, "answers nothing", "hangs");
    }

    @Test
    void aWebServerOnThePortIsCalledOne() throws IOException {
        HttpServer web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5);
        web.start();
        closing(() -> web.stop(0));

        fails(walk(links.plain(web.getAddress().getPort())), Leg.PROTOCOL, "HTTP", "Correct the port");
    }

    /** It answers Hello and then nothing: the legs of the protocol have their deadlines, too. */
    @Test
    void aPeerThatAnswersHelloOnlyFailsAtTheEndpoints() throws IOException {
        ServerSocket half = closing(new ServerSocket(0, 10, InetAddress.getLoopbackAddress()));
        Thread.ofVirtual().start(() -> acknowledgeAll(half));

        fails(walk(links.plain(half.getLocalPort())), Leg.ENDPOINT, "within", "hangs");
    }

    @Test
    void aPolicyThatIsNotOfferedFailsAtTheEndpoint() {
        TestServer server = server();
        UaMemberConnector connector = links.connector(
                new MemberAddress(
                        0,
                        TestServer.url(server.port()),
                        SecurityPolicy.Basic256,
                        MessageSecurityMode.SignAndEncrypt,
                        null),
                links.environment(MemberTrust.acceptAll(), false));

        fails(walk(connector), Leg.ENDPOINT, "Basic256Sha256", "tandem.yaml");
    }

    /** As when what stands behind the port was forgotten. */
    @Test
    void anAddressThatTheServerDoesNotKnowFailsAtTheEndpoint() {
        fails(
                walk(at("opc.tcp://127.0.0.1:" + server().port() + "/elsewhere")),
                Leg.ENDPOINT,
                "0x80830000",
                "/elsewhere",
                "as the server shows its own");
    }

    @Test
    void aServerThatIsNotTrustedHereFailsAtItsCertificate() {
        MemberTrust nobody = (chain, uri) -> {
            throw new UaException(StatusCodes.Bad_CertificateUntrusted, "not trusted");
        };

        fails(
                walk(links.encrypted(server().port(), nobody)),
                Leg.CERTIFICATE,
                "not trusted",
                "tandem trust add members",
                "/data/pki/members/refused");
    }

    @Test
    void aServerThatDoesNotTrustUsFailsAtTheChannel() {
        TestServer server = closing(TestServer.startDistrustful());

        fails(
                walk(links.encrypted(server.port(), MemberTrust.acceptAll())),
                Leg.CHANNEL,
                "It failed",
                "/data/pki/own/back.crt");
    }

    @Test
    void aWrongPasswordFailsAtTheLoginAndIsNotShown() {
        UserIdentity wrong = new UserIdentity.UserName("operator", "hunter2".getBytes(StandardCharsets.UTF_8));

        List<LegResult> legs = walk(links.encrypted(server().port(), MemberTrust.acceptAll()), wrong, FITS);

        fails(legs, Leg.LOGIN, "It failed", "password of 'operator'");
        assertThat(legs.toString()).doesNotContain("hunter2");
    }

    @Test
    void namespacesThatCannotBeMappedFailAtTheNamespaces() {
        CheckedNamespaces checked = new CheckedNamespaces();
        checked.compare("plant1", 1, List.of("http://opcfoundation.org/UA/", "urn:other", "urn:plant", "urn:plant"));

        fails(
                walk(
                        links.plain(server().port()),
                        new UserIdentity.Anonymous(),
                        array -> checked.compare("plant1", 0, array)),
                Leg.NAMESPACES,
                "urn:plant",
                "a URI of its own");
    }

    @Test
    @Requirement(
            value = {"S10", "LIM-2", "DEP-8"},
            protocol = Protocol.UA)
    void namespacesInAnotherOrderPassAndAreSaidToBeMapped() {
        TestServer server = server();
        server.namespaces("urn:y", "urn:x");
        CheckedNamespaces checked = new CheckedNamespaces();
        checked.compare("plant1", 1, List.of("http://opcfoundation.org/UA/", "urn:other", "urn:x", "urn:y"));
        checked.compare("plant2", 1, List.of("http://opcfoundation.org/UA/", "urn:other", "urn:x", "urn:z"));

        assertThat(namespaces(server, array -> checked.compare("plant1", 0, array)))
                .contains("in another order", "mapped by URI");
        assertThat(namespaces(server, array -> checked.compare("plant2", 0, array)))
                .contains("mapped", "does not have: urn:z.");
    }

    private String namespaces(TestServer server, Function<List<String>, CheckedNamespaces.Comparison> comparing) {
        List<LegResult> legs = walk(links.plain(server.port()), new UserIdentity.Anonymous(), comparing);
        assertThat(legs).hasSize(Leg.UA.size()).allMatch(LegResult::passed);
        return leg(legs, Leg.NAMESPACES).detail();
    }

    /** It lets us in and would serve clients; but nothing could ever tell whether it is well. */
    @Test
    void aServerWhoseStateCannotBeReadFailsTheReadLeg() {
        TestServer server = server();
        server.hideState();

        fails(walk(links.plain(server.port())), Leg.READ, "Its state cannot be read", "read");
    }

    /** What an unset clock says is no difference of centuries. */
    @Test
    void aServerWithoutAClockPassesAndItsClockIsNotKnown() {
        TestServer server = server();
        server.clock(new DateTime(0));

        List<LegResult> legs = walk(links.plain(server.port()));

        assertThat(legs).hasSize(Leg.UA.size()).allMatch(LegResult::passed);
        assertThat(leg(legs, Leg.READ).detail()).contains("its clock is not known");
    }

    @Test
    void aServerWithoutSubscriptionsFailsAtTheSubscription() {
        TestServer server = server();
        server.refuse(Service.SUBSCRIPTION_CREATE_SUBSCRIPTION, StatusCodes.Bad_ServiceUnsupported);

        fails(walk(links.plain(server.port())), Leg.SUBSCRIPTION, "0x800B0000", "Allow subscriptions");
    }

    /** The latest check of a member counts: a server that was repaired is no longer compared with its old self. */
    @Test
    void namespacesAreComparedWithTheOtherMemberOnly() {
        CheckedNamespaces checked = new CheckedNamespaces();

        assertThat(checked.compare("p", 0, List.of("ua", "own0", "urn:a")))
                .isEqualTo(CheckedNamespaces.Comparison.SAME);
        assertThat(checked.compare("p", 1, List.of("ua", "own1", "urn:b")).lacking())
                .containsExactly("urn:a");
        assertThat(checked.compare("p", 1, List.of("ua", "own1", "", "")).difference())
                .contains("no URI");
        assertThat(checked.compare("p", 1, List.of("ua", "own1", "urn:a")))
                .isEqualTo(CheckedNamespaces.Comparison.SAME);
        assertThat(checked.compare("q", 1, List.of("ua", "own1", "urn:c")))
                .isEqualTo(CheckedNamespaces.Comparison.SAME);
    }

    private static void fails(List<LegResult> legs, Leg where, String detail, String... remedy) {
        assertThat(legs)
                .extracting(LegResult::leg)
                .containsExactly(
                        Leg.UA.stream().filter(leg -> leg.compareTo(where) <= 0).toArray(Leg[]::new));
        assertThat(legs.subList(0, legs.size() - 1)).allMatch(LegResult::passed);
        LegResult last = legs.getLast();
        assertThat(last.passed()).isFalse();
        assertThat(last.detail()).contains(detail);
        assertThat(last.remedy()).contains(remedy);
    }

    private static LegResult leg(List<LegResult> legs, Leg wanted) {
        return legs.stream().filter(l -> l.leg() == wanted).findFirst().orElseThrow();
    }

    private List<LegResult> walk(UaMemberConnector connector) {
        return walk(connector, new UserIdentity.Anonymous(), FITS);
    }

    private List<LegResult> walk(
            UaMemberConnector connector,
            UserIdentity identity,
            Function<List<String>, CheckedNamespaces.Comparison> namespaces) {
        List<LegResult> legs = new ArrayList<>();
        try {
            new MemberCheck(connector, links.loop, identity, "check", namespaces, PKI, LEG_MS).walk(legs::add);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return legs;
    }

    private UaMemberConnector at(String url) {
        return links.connector(
                new MemberAddress(0, url, SecurityPolicy.None, MessageSecurityMode.None, null),
                links.environment(MemberTrust.acceptAll(), false));
    }

    private static void acknowledgeAll(ServerSocket server) {
        while (true) {
            try {
                Socket socket = server.accept();
                socket.getOutputStream().write(new byte[] {
                    'A', 'C', 'K', 'F', 28, 0, 0, 0, 0, 0, 0, 0, -1, -1, 0, 0, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
                });
            } catch (IOException e) {
                return; // the test is over
            }
        }
    }

    private TestServer server() {
        return closing(TestServer.start());
    }

    private <T extends AutoCloseable> T closing(T each) {
        toClose.add(each);
        return each;
    }
}
