package org.tandemopc.relay.ua.back;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.milo.opcua.sdk.server.servicesets.Service;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaServiceFaultException;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.enumerated.BrowseDirection;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ReferenceDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.ViewDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.relay.ua.security.UserIdentity;
import org.tandemopc.relay.ua.wire.NamespaceMap;
import org.tandemopc.relay.ua.wire.RawResponse;
import org.tandemopc.relay.ua.wire.UaWire;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** What a server hears of node ids, and what comes back, on a link of a pair with other namespace indexes. */
@Timeout(60)
class LinkNamespacesTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String UA = "http://opcfoundation.org/UA/";
    private static final long CALL_MS = 5_000;

    private final Links links = new Links();
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private final List<NodeId> asked = new CopyOnWriteArrayList<>();
    private final PairNamespaces pair = new PairNamespaces();

    @AfterEach
    void closeAll() throws Exception {
        links.close();
        for (AutoCloseable each : toClose.reversed()) {
            each.close();
        }
    }

    private <T extends AutoCloseable> T closing(T each) {
        toClose.add(each);
        return each;
    }

    private TestServer server(String... namespaces) {
        TestServer server = closing(TestServer.start());
        server.namespaces(namespaces);
        server.mirrorBrowse(asked::add);
        return server;
    }

    private void pairHas(String... namespaces) {
        List<String> table = new ArrayList<>(List.of(UA, "urn:first"));
        table.addAll(List.of(namespaces));
        assertThat(pair.difference(0, table)).isNull();
    }

    private ReferenceDescription browsed(UaMemberSession session, NodeId node) {
        UaResponseMessageType answer = Links.get(links.on(() -> session.send(browse(session, node), CALL_MS)));
        UaResponseMessageType typed = answer instanceof RawResponse raw ? UaWire.decode(raw) : answer;
        return Objects.requireNonNull(Objects.requireNonNull(((BrowseResponse) typed).getResults())[0].getReferences())[
                0];
    }

    private static UaRequestMessageType browse(UaMemberSession session, NodeId node) {
        BrowseDescription description =
                new BrowseDescription(node, BrowseDirection.Forward, NodeIds.References, true, uint(0), uint(63));
        BrowseRequest typed = new BrowseRequest(
                session.header(CALL_MS),
                new ViewDescription(NodeId.NULL_VALUE, null, uint(0)),
                uint(0),
                new BrowseDescription[] {description});
        // As a client's own request goes.
        return UaWire.raw(typed);
    }

    @Test
    @Requirement(
            value = {"S10", "LIM-2"},
            protocol = Protocol.UA)
    void aMemberHearsItsOwnNumbersAndIsHeardInThePairs() {
        pairHas("urn:x", "urn:y");
        TestServer server = server("urn:y", "urn:x");

        ReferenceDescription reference = browsed(links.connect(links.passing(server.port(), pair)), new NodeId(2, "n"));

        assertThat(asked).containsExactly(new NodeId(3, "n"));
        assertThat(reference.getNodeId()).isEqualTo(new NodeId(2, "n").expanded());
        assertThat(reference.getBrowseName().namespaceIndex().intValue()).isEqualTo(2);
        assertThat(reference.getReferenceTypeId()).isEqualTo(NodeIds.Organizes);
    }

    @Test
    @Requirement(
            value = {"S10", "SYS-12"},
            protocol = Protocol.UA)
    void aNamespaceThatTheMemberDoesNotHaveIsNoneOfItsOthers() {
        pairHas("urn:x", "urn:y");
        TestServer server = server("urn:y");

        browsed(links.connect(links.passing(server.port(), pair)), new NodeId(2, "n"));

        assertThat(asked).containsExactly(new NodeId(NamespaceMap.NOWHERE, "n"));
    }

    /** The map of a session is that of its own server's life, whatever other links have read before or after it. */
    @Test
    @Requirement(
            value = {"S10", "LIM-2", "I2"},
            protocol = Protocol.UA)
    void aServerThatComesBackWithAnotherOrderIsMappedAnew() {
        pairHas("urn:x", "urn:y");
        TestServer first = TestServer.start();
        first.namespaces("urn:x", "urn:y");
        first.mirrorBrowse(asked::add);
        UaMemberConnector connector = links.passing(first.port(), pair);
        UaMemberSession old = links.connect(connector);
        browsed(old, new NodeId(2, "before"));
        first.close();
        Await.until("the link has ended", SOON, () -> !old.isOpen());

        TestServer second = closing(TestServer.start(TestServer.URI, first.port()));
        second.namespaces("urn:y", "urn:x");
        second.mirrorBrowse(asked::add);
        UaMemberSession anew = (UaMemberSession) Links.get(links.on(() -> connector.resume(
                old, links.loop, new UserIdentity.Anonymous(), new String[0], "test", 60_000, CALL_MS)));
        ReferenceDescription reference = browsed(anew, new NodeId(2, "after"));

        assertThat(anew.isResumed()).isFalse();
        assertThat(asked).containsExactly(new NodeId(2, "before"), new NodeId(3, "after"));
        assertThat(reference.getNodeId()).isEqualTo(new NodeId(2, "after").expanded());
    }

    @Test
    @Requirement(value = "LIM-2", protocol = Protocol.UA)
    void aResumedSessionKeepsItsNumbers() {
        pairHas("urn:x", "urn:y");
        TestServer server = server("urn:y", "urn:x");
        UaMemberConnector connector = links.passing(server.port(), pair);
        UaMemberSession lost = links.connect(connector);
        links.on(() -> {
            lost.abort();
            return true;
        });

        UaMemberSession resumed = (UaMemberSession) Links.get(links.on(() -> connector.resume(
                lost, links.loop, new UserIdentity.Anonymous(), new String[0], "test", 60_000, CALL_MS)));
        browsed(resumed, new NodeId(2, "n"));

        assertThat(resumed.isResumed()).isTrue();
        assertThat(asked).containsExactly(new NodeId(3, "n"));
    }

    /** Nothing of it leaves, and nobody tries again: so it is a refusal. */
    @Test
    @Requirement(
            value = {"S10", "I2"},
            protocol = Protocol.UA)
    void aRequestThatCannotBeMappedIsRefusedAndTheLinkGoesOn() {
        pairHas("urn:x", "urn:y");
        TestServer server = server("urn:y", "urn:x");
        UaMemberSession session = links.connect(links.passing(server.port(), pair));
        WriteValue value =
                new WriteValue(new NodeId(2, "n"), uint(13), null, new DataValue(Variant.of(notAnArgument())));

        Throwable failure = Links.failure(links.on(() -> session.send(
                UaWire.raw(new WriteRequest(session.header(CALL_MS), new WriteValue[] {value})), CALL_MS)));

        assertThat(failure).isInstanceOf(UaServiceFaultException.class);
        assertThat(((UaServiceFaultException) failure).getStatusCode().getValue())
                .isEqualTo(StatusCodes.Bad_DecodingError);
        browsed(session, new NodeId(2, "n"));
    }

    /** What was asked may have been done. */
    @Test
    @Requirement(
            value = {"S10", "S3"},
            protocol = Protocol.UA)
    void anAnswerThatCannotBeMappedEndsTheLink() {
        pairHas("urn:x", "urn:y");
        TestServer server = server("urn:y", "urn:x");
        UaMemberSession session = links.connect(links.passing(server.port(), pair));
        server.answerReads(Variant.of(notAnArgument()));

        LinkException failure = Links.linkFailure(links.on(
                () -> session.send(Links.read(session, CALL_MS, new NodeId(2, "n")), CALL_MS)));

        assertThat(failure.certainlyNotSent()).isFalse();
        assertThat(session.isOpen()).isFalse();
    }

    /** Two bytes that are said to be an Argument. */
    private static ExtensionObject notAnArgument() {
        return ExtensionObject.of(ByteString.of(new byte[] {1, 2}), new NodeId(0, 298));
    }

    /** Without its namespaces nobody could say which node a request of the session would meet. */
    @Test
    @Requirement(value = "S10", protocol = Protocol.UA)
    void aServerThatDoesNotShowItsNamespacesGivesNoSession() {
        TestServer server = server();
        server.refuse(Service.ATTRIBUTE_READ, StatusCodes.Bad_ServiceUnsupported);

        LinkException refused = Links.linkFailure(
                links.connecting(links.passing(server.port(), pair), new UserIdentity.Anonymous(), CALL_MS));

        assertThat(refused.status().getValue()).isEqualTo(StatusCodes.Bad_ServiceUnsupported);
        assertThat(refused.getMessage()).contains("reading its namespaces");
    }

    @Test
    @Requirement(value = "S10", protocol = Protocol.UA)
    void aServerWhoseNamespacesCannotBeMappedIsTheWrongOne() {
        pairHas("urn:x");
        TestServer server = server("urn:first", "urn:x");

        LinkException refused = Links.linkFailure(
                links.connecting(links.passing(server.port(), pair), new UserIdentity.Anonymous(), CALL_MS));

        assertThat(refused.isWrongServer()).isTrue();
        assertThat(refused.getMessage()).contains("urn:first");
    }

    @Test
    @Requirement(
            value = {"S10", "LIM-2"},
            protocol = Protocol.UA)
    void aTableThatGrowsIsMappedWithWhatItHasMore() {
        pairHas("urn:x");
        AtomicReference<List<String>> newest = new AtomicReference<>(List.of());
        LinkNamespaces session = new LinkNamespaces(pair, newest::get);
        assertThat(session.map()).isSameAs(NamespaceMap.IDENTITY);
        List<String> own = List.of(UA, "urn:b", "urn:x");
        session.learned(own);
        assertThat(session.map().isIdentity()).isTrue();

        // The other member has one more: this one's number 3, if it ever gets one, is another namespace.
        assertThat(pair.difference(1, List.of(UA, "urn:c", "urn:x", "urn:z"))).isNull();
        assertThat(session.map().isIdentity()).isFalse();

        // A table that is no continuation is that of another life.
        newest.set(List.of(UA, "urn:b", "urn:z", "urn:x"));
        session.map();
        assertThat(session.table()).isEqualTo(own);

        List<String> grown = List.of(UA, "urn:b", "urn:x", "urn:z");
        newest.set(grown);
        assertThat(session.map().isIdentity()).isTrue();
        assertThat(session.table()).isEqualTo(grown);
    }
}
