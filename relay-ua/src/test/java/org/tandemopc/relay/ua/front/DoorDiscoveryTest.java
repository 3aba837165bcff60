package org.tandemopc.relay.ua.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MessageSecurityMode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.UserTokenType;
import org.eclipse.milo.opcua.stack.core.types.structured.ApplicationDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.EndpointDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.FindServersOnNetworkRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.FindServersRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.FindServersResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.GetEndpointsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.GetEndpointsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.UserTokenPolicy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.relay.ua.front.FrontDoorConfig.Security;
import org.tandemopc.relay.ua.security.SecurityPolicies;

/** Discovery over an unsecured channel. */
@Timeout(60)
class DoorDiscoveryTest {
    @Test
    void endpointsCarryTheHostAndPortThatTheClientUsed() throws Exception {
        try (DoorFixture door = DoorFixture.with(Security.NONE, Security.SIGN_AND_ENCRYPT)) {
            door.publish("/p");
            try (RawClient client = door.raw("/p", Security.NONE)) {
                assertThat(urls(endpoints(client, "opc.tcp://Gate.Example:12345/p")))
                        .containsExactly("opc.tcp://Gate.Example:12345/p", "opc.tcp://Gate.Example:12345/p");
                assertThat(urls(endpoints(client, "opc.tcp://[::1]:4841/p"))).contains("opc.tcp://[::1]:4841/p");
                assertThat(urls(endpoints(client, "opc.tcp://gate/p"))).contains("opc.tcp://gate:4840/p");
            }
        }
    }

    /** What comes back goes into other programs' windows and configurations: only a host may. */
    @Test
    void textThatIsNoHostIsNotReflected() throws Exception {
        try (DoorFixture door = DoorFixture.with(Security.NONE)) {
            door.publish("/p");
            try (RawClient client = door.raw("/p", Security.NONE)) {
                for (String url : Arrays.asList("opc.tcp://<b>x</b>/p", "javascript:alert(1)", "", null)) {
                    assertThat(urls(endpoints(client, url))).containsExactly(door.url("/p"));
                }
            }
        }
    }

    @Test
    void publishedHostWins() throws Exception {
        try (DoorFixture door = DoorFixture.with(
                c -> new FrontDoorConfig(
                        c.bindHost(),
                        c.port(),
                        List.of("plant-gate", "outside:9999"),
                        c.securities(),
                        true,
                        true,
                        c.sessionTimeoutMin(),
                        c.sessionTimeoutMax(),
                        c.limits()),
                Security.NONE)) {
            door.publish("/p");
            try (RawClient client = door.raw("/p", Security.NONE)) {
                assertThat(urls(endpoints(client, door.url("/p"))))
                        .containsExactly("opc.tcp://plant-gate:" + door.door().port() + "/p");
                assertThat(urls(endpoints(client, "opc.tcp://OUTSIDE:1/p")))
                        .containsExactly("opc.tcp://outside:9999/p");
            }
        }
    }

    @Test
    void pathChoosesThePairAndEverythingElseListsThemAll() throws Exception {
        try (DoorFixture door = DoorFixture.with(Security.NONE)) {
            door.publish("/p");
            door.publish("/q");
            String p = door.url("/p");
            String q = door.url("/q");
            for (String path : List.of("/p", "", "/discovery", "/nowhere")) {
                try (RawClient client = door.raw(path, Security.NONE)) {
                    assertThat(urls(endpoints(client, p))).containsExactly(p);
                    assertThat(urls(endpoints(client, door.url("")))).containsExactly(p, q);
                    assertThat(urls(endpoints(client, door.url("/discovery")))).containsExactly(p, q);
                    assertThat(urls(endpoints(client, door.url("/nowhere")))).containsExactly(p, q);
                }
            }
        }
    }

    @Test
    void discoveryNeedsNoSecurityEvenWhereSessionsDo() throws Exception {
        try (DoorFixture door = DoorFixture.with(Security.SIGN, Security.SIGN_AND_ENCRYPT)) {
            door.publish("/p");
            try (RawClient client = door.raw("/p", Security.NONE)) {
                List<EndpointDescription> endpoints = endpoints(client, door.url("/p"));

                assertThat(endpoints)
                        .extracting(EndpointDescription::getSecurityMode)
                        .containsExactly(Security.SIGN.mode(), Security.SIGN_AND_ENCRYPT.mode());
                assertThat(endpoints).allSatisfy(e -> {
                    assertThat(e.getSecurityPolicyUri()).isEqualTo(SecurityPolicy.Basic256Sha256.getUri());
                    assertThat(e.getServerCertificate())
                            .isEqualTo(DoorFixture.TANDEM.front().encoded());
                    assertThat(e.getServer().getApplicationUri())
                            .isEqualTo(DoorFixture.TANDEM.front().applicationUri());
                    assertThat(e.getUserIdentityTokens()).hasSize(2);
                });
                assertThat(endpoints.get(1).getSecurityLevel().intValue())
                        .isGreaterThan(endpoints.get(0).getSecurityLevel().intValue());
                assertThat(findServers(client, door.url("/p"))).hasSize(1);
            }
        }
    }

    /** Clients that take the highest level take the strongest policy that encrypts. */
    @Test
    void everySecurityHasALevelOfItsOwnAndEncryptionOutweighsThePolicy() throws Exception {
        Security[] byStrength = Stream.concat(
                        Stream.of(Security.NONE),
                        Stream.of(MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt)
                                .flatMap(mode ->
                                        SecurityPolicies.SECURED.stream().map(policy -> new Security(policy, mode))))
                .toArray(Security[]::new);
        try (DoorFixture door = DoorFixture.with(byStrength)) {
            door.publish("/p");
            try (RawClient client = door.raw("/p", Security.NONE)) {
                assertThat(endpoints(client, door.url("/p")))
                        .extracting(e -> e.getSecurityLevel().intValue())
                        .hasSize(7)
                        .isSorted()
                        .doesNotHaveDuplicates()
                        .startsWith(0);
            }
        }
    }

    /** Part 4, 7.42: one id of a token policy must not mean two ways to encrypt a password. */
    @Test
    void passwordsAreEncryptedAsTheirChannelIsAndNeverSentInClear() throws Exception {
        Security[] all = Stream.concat(
                        Stream.of(Security.NONE),
                        SecurityPolicies.SECURED.stream()
                                .map(policy -> new Security(policy, MessageSecurityMode.SignAndEncrypt)))
                .toArray(Security[]::new);
        try (DoorFixture door = DoorFixture.with(all)) {
            door.publish("/p");
            try (RawClient client = door.raw("/p", Security.NONE)) {
                List<EndpointDescription> endpoints = endpoints(client, door.url("/p"));

                assertThat(endpoints)
                        .extracting(DoorDiscoveryTest::passwordPolicy)
                        .containsExactly(
                                SecurityPolicy.Basic256Sha256.getUri(),
                                SecurityPolicy.Basic256Sha256.getUri(),
                                SecurityPolicy.Aes128_Sha256_RsaOaep.getUri(),
                                SecurityPolicy.Aes256_Sha256_RsaPss.getUri());
                assertThat(endpoints.stream()
                                .flatMap(e -> Arrays.stream(e.getUserIdentityTokens()))
                                .filter(t -> t.getTokenType() == UserTokenType.UserName)
                                .collect(Collectors.toMap(
                                        UserTokenPolicy::getPolicyId,
                                        UserTokenPolicy::getSecurityPolicyUri,
                                        (a, b) -> a.equals(b) ? a : "two")))
                        .hasSize(3)
                        .doesNotContainValue("two");
            }
        }
    }

    private static @Nullable String passwordPolicy(EndpointDescription endpoint) {
        return Arrays.stream(endpoint.getUserIdentityTokens())
                .filter(t -> t.getTokenType() == UserTokenType.UserName)
                .findFirst()
                .orElseThrow()
                .getSecurityPolicyUri();
    }

    @Test
    void sessionListsTheSameEndpointsAsDiscovery() throws Exception {
        try (DoorFixture door = DoorFixture.with(Security.NONE, Security.SIGN_AND_ENCRYPT)) {
            door.publish("/p");
            door.publish("/q");
            try (RawClient client = door.raw("/p", Security.NONE)) {
                assertThat(client.create().response().getServerEndpoints())
                        .containsExactlyElementsOf(endpoints(client, door.url("/p")));
            }
        }
    }

    @Test
    void findServersNamesOneApplicationWithTheUrlsOfItsPairs() throws Exception {
        try (DoorFixture door = DoorFixture.with(Security.NONE)) {
            door.publish("/p");
            door.publish("/q");
            try (RawClient client = door.raw("/p", Security.NONE)) {
                List<ApplicationDescription> all = findServers(client, "opc.tcp://gate:12345");
                assertThat(all).hasSize(1);
                assertThat(all.get(0).getDiscoveryUrls())
                        .containsExactly("opc.tcp://gate:12345/p", "opc.tcp://gate:12345/q");
                assertThat(all.get(0).getApplicationUri())
                        .isEqualTo(DoorFixture.TANDEM.front().applicationUri());
                assertThat(findServers(client, "opc.tcp://gate:12345/q").get(0).getDiscoveryUrls())
                        .containsExactly("opc.tcp://gate:12345/q");
                assertThat(findServers(client, door.url("/p"), "urn:somebody:else"))
                        .isEmpty();
            }
        }
    }

    @Test
    void foreignTransportProfilesAreFilteredOut() throws Exception {
        try (DoorFixture door = DoorFixture.with(Security.NONE)) {
            door.publish("/p");
            try (RawClient client = door.raw("/p", Security.NONE)) {
                GetEndpointsResponse response = client.ask(new GetEndpointsRequest(
                        client.header(NodeId.NULL_VALUE), door.url("/p"), null, new String[] {"urn:https"}));
                assertThat(response.getEndpoints()).isEmpty();
            }
        }
    }

    @Test
    void networkDiscoveryIsUnsupported() throws Exception {
        try (DoorFixture door = DoorFixture.with(Security.NONE)) {
            door.publish("/p");
            try (RawClient client = door.raw("/p", Security.NONE)) {
                assertThat(client.status(new FindServersOnNetworkRequest(
                                        client.header(NodeId.NULL_VALUE), uint(0), uint(0), null))
                                .value())
                        .isEqualTo(StatusCodes.Bad_ServiceUnsupported);
            }
        }
    }

    private static List<EndpointDescription> endpoints(RawClient client, @Nullable String url) throws Exception {
        GetEndpointsResponse response =
                client.ask(new GetEndpointsRequest(client.header(NodeId.NULL_VALUE), url, null, null));
        return List.of(response.getEndpoints());
    }

    private static List<String> urls(List<EndpointDescription> endpoints) {
        return endpoints.stream().map(EndpointDescription::getEndpointUrl).toList();
    }

    private static List<ApplicationDescription> findServers(RawClient client, String url, String... uris)
            throws Exception {
        FindServersResponse response =
                client.ask(new FindServersRequest(client.header(NodeId.NULL_VALUE), url, null, uris));
        return List.of(response.getServers());
    }
}
