package org.tandemopc.relay.ua.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MessageSecurityMode;
import org.eclipse.milo.opcua.stack.core.types.structured.EndpointDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.GetEndpointsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.GetEndpointsResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.relay.ua.front.FrontDoorConfig.Security;
import org.tandemopc.relay.ua.front.RawClient.Session;
import org.tandemopc.relay.ua.security.ApplicationCertificate;
import org.tandemopc.relay.ua.security.ApplicationCertificates;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** The door's certificate is renewed while clients are there (S27). */
@Timeout(60)
@Requirement(value = "S27", protocol = Protocol.UA)
class RenewalTest {
    private static final Security SECURE =
            new Security(SecurityPolicy.Basic256Sha256, MessageSecurityMode.SignAndEncrypt);

    private final ApplicationCertificate old = DoorFixture.TANDEM.front();
    private final ApplicationCertificate next;
    private final Renewable identity = new Renewable();

    RenewalTest() throws Exception {
        next = ApplicationCertificates.selfSigned("tandem", old.applicationUri(), List.of("127.0.0.1"));
    }

    private final class Renewable implements FrontIdentity {
        private final List<ApplicationCertificate> known = new CopyOnWriteArrayList<>(List.of(old));

        @Override
        public ApplicationCertificate present() {
            return known.getFirst();
        }

        @Override
        public List<ApplicationCertificate> known() {
            return List.copyOf(known);
        }

        void renew() {
            known.addFirst(next);
        }
    }

    @Test
    void livingChannelGoesOnUnderTheOldCertificateAndNewOnesNeedTheNew() throws Exception {
        try (DoorFixture door = DoorFixture.as(identity, SECURE, Security.NONE)) {
            door.publish("/p");
            try (RawClient before = door.raw("/p", SECURE, DoorFixture.CLIENT.back(), old)) {
                Session session = before.activate(before.create());
                Session waiting = before.create();

                identity.renew();

                assertThat(before.status(before.readRequest(session, "x"))).isEqualTo(StatusCode.GOOD);
                before.activate(waiting); // created before, activated after
                Session late = before.create();
                before.activate(late, before.user(late, "ann", FakePair.PASSWORD));
                assertThat(late.response().getServerCertificate())
                        .as("the channel's certificate, for the client compares them")
                        .isEqualTo(old.encoded());

                try (RawClient after = door.raw("/p", SECURE, DoorFixture.CLIENT.back(), next)) {
                    Session made = after.create();
                    after.activate(made, after.user(made, "ann", FakePair.PASSWORD));
                    assertThat(made.response().getServerCertificate()).isEqualTo(next.encoded());
                }
                assertThatThrownBy(() -> door.raw("/p", SECURE, DoorFixture.CLIENT.back(), old)
                                .close())
                        .as("a new channel under the old certificate")
                        .isInstanceOf(ExecutionException.class);
                assertThat(before.status(before.readRequest(session, "x"))).isEqualTo(StatusCode.GOOD);
            }
        }
    }

    @Test
    void endpointsShowTheNewCertificateAtOnce() throws Exception {
        try (DoorFixture door = DoorFixture.as(identity, SECURE, Security.NONE)) {
            door.publish("/p");
            try (RawClient client = door.raw("/p", Security.NONE)) {
                assertThat(shown(client)).isEqualTo(old.encoded());

                identity.renew();

                assertThat(shown(client)).isEqualTo(next.encoded());
            }
        }
    }

    /** The client has seen the new certificate on its new channel and the old one with its session: either may be meant. */
    @Test
    void sessionMovesFromAChannelUnderTheOldCertificateToOneUnderTheNew() throws Exception {
        try (DoorFixture door = DoorFixture.as(identity, SECURE)) {
            door.publish("/p");
            try (RawClient before = door.raw("/p", SECURE, DoorFixture.CLIENT.back(), old)) {
                Session session = before.activate(before.create());
                identity.renew();
                try (RawClient after = door.raw("/p", SECURE, DoorFixture.CLIENT.back(), next)) {
                    Session moved = after.activate(session);

                    assertThat(after.status(after.readRequest(moved, "x"))).isEqualTo(StatusCode.GOOD);
                }
            }
        }
    }

    private static Object shown(RawClient client) throws Exception {
        GetEndpointsResponse response = client.ask(
                new GetEndpointsRequest(client.header(NodeId.NULL_VALUE), "opc.tcp://localhost/p", null, null));
        EndpointDescription[] endpoints = Objects.requireNonNull(response.getEndpoints());
        return Arrays.stream(endpoints)
                .map(EndpointDescription::getServerCertificate)
                .distinct()
                .reduce((a, b) -> {
                    throw new AssertionError("two certificates");
                })
                .orElseThrow();
    }
}
