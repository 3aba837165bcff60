package org.tandemopc.relay.ua.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.security.CertificateValidator;
import org.eclipse.milo.opcua.stack.core.security.DefaultClientCertificateValidator;
import org.eclipse.milo.opcua.stack.core.security.MemoryCertificateQuarantine;
import org.eclipse.milo.opcua.stack.core.security.MemoryTrustListManager;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MessageSecurityMode;
import org.eclipse.milo.opcua.stack.core.util.CertificateUtil;
import org.eclipse.milo.opcua.stack.core.util.validation.ValidationCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.relay.ua.front.FrontDoorConfig.Security;
import org.tandemopc.relay.ua.front.RawClient.Session;
import org.tandemopc.relay.ua.security.ApplicationCertificate;
import org.tandemopc.relay.ua.security.MadeCertificate;

/** The door's certificate comes from an authority; clients trust that one only and are sent what lies between. */
@Timeout(120)
class IssuedFrontCertificateTest {
    private static final Security SECURE =
            new Security(SecurityPolicy.Basic256Sha256, MessageSecurityMode.SignAndEncrypt);

    private final MadeCertificate root;
    private final ApplicationCertificate front;

    IssuedFrontCertificateTest() throws Exception {
        root = MadeCertificate.authority("plant root");
        MadeCertificate between = root.intermediate("plant applications");
        front = MadeCertificate.wish().uri("urn:t").issuedBy(between).make().withIssuers(between);
    }

    @Test
    void clientThatTrustsOnlyTheAuthorityIsServed() throws Exception {
        try (DoorFixture door = DoorFixture.as(FrontIdentity.fixed(front), SECURE)) {
            door.publish("/p");
            Set<Integer> lengths = ConcurrentHashMap.newKeySet();
            CertificateValidator trusting = trustingOnly(root.certificate());
            OpcUaClient client = door.client(
                    "/p",
                    SECURE,
                    c -> c.setCertificateValidator((chain, uri, hosts) -> {
                        lengths.add(chain.size());
                        trusting.validateCertificateChain(chain, uri, hosts);
                    }));

            client.connect();

            assertThat(lengths).as("in the channel and in the session").containsExactly(2);
            MadeCertificate another = MadeCertificate.authority("another");
            OpcUaClient stranger =
                    door.client("/p", SECURE, c -> c.setCertificateValidator(trustingOnly(another.certificate())));
            assertThatThrownBy(stranger::connect)
                    .as("control: it is looked at")
                    .isInstanceOf(UaException.class)
                    .hasMessageContaining("certification path");
        }
    }

    @Test
    void endpointAndSessionNameTheSameCertificates() throws Exception {
        try (DoorFixture door = DoorFixture.as(FrontIdentity.fixed(front), SECURE)) {
            door.publish("/p");
            try (RawClient client = door.raw("/p", SECURE, DoorFixture.CLIENT.back(), front)) {
                Session session = client.create();

                List<X509Certificate> shown = CertificateUtil.decodeCertificates(
                        session.response().getServerCertificate().bytesOrEmpty());
                assertThat(shown).isEqualTo(front.chain());
                assertThat(Stream.of(session.response().getServerEndpoints()))
                        .allSatisfy(endpoint -> assertThat(endpoint.getServerCertificate())
                                .isEqualTo(session.response().getServerCertificate()));
            }
        }
    }

    /** Part 4, 5.6.3: over the certificate alone; older clients do it over all that they were sent. */
    @Test
    void clientMaySignForTheCertificateOrForTheChain() throws Exception {
        try (DoorFixture door = DoorFixture.as(FrontIdentity.fixed(front), SECURE)) {
            door.publish("/p");
            try (RawClient client = door.raw("/p", SECURE, DoorFixture.CLIENT.back(), front)) {
                client.activate(client.create());
                Session session = client.create();
                client.ask(client.activateRequest(
                        session,
                        RawClient.anonymous(),
                        SessionSecurity.sign(
                                SECURE.policy(),
                                DoorFixture.CLIENT.back().keyPair().getPrivate(),
                                front.encodedChain(),
                                session.nonce())));
                Session other = client.create();
                assertThat(client.status(client.activateRequest(
                                        other,
                                        RawClient.anonymous(),
                                        SessionSecurity.sign(
                                                SECURE.policy(),
                                                DoorFixture.CLIENT
                                                        .back()
                                                        .keyPair()
                                                        .getPrivate(),
                                                DoorFixture.TANDEM.front().encoded(),
                                                other.nonce())))
                                .value())
                        .as("control")
                        .isEqualTo(StatusCodes.Bad_ApplicationSignatureInvalid);
            }
        }
    }

    private static CertificateValidator trustingOnly(X509Certificate authority) {
        MemoryTrustListManager list = new MemoryTrustListManager();
        list.addTrustedCertificate(authority);
        return new DefaultClientCertificateValidator(
                list, ValidationCheck.NO_OPTIONAL_CHECKS, new MemoryCertificateQuarantine());
    }
}
