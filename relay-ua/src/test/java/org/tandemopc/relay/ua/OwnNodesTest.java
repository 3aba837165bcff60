package org.tandemopc.relay.ua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.List;
import java.util.Objects;
import org.eclipse.milo.opcua.stack.core.AttributeId;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UByte;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MonitoringMode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.ServerState;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ModifyMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ModifyMonitoredItemsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ModifySubscriptionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ModifySubscriptionResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateResult;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemModifyRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoringParameters;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.ServerStatusDataType;
import org.eclipse.milo.opcua.stack.core.types.structured.SetMonitoringModeRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.SetMonitoringModeResponse;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.relay.ua.wire.UaWire;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** What a client sees of the server itself: one steady server, whatever member is active. */
@NullUnmarked
class OwnNodesTest {
    private static final NodeId STATUS = new NodeId(0, OwnNodes.SERVER_STATUS);
    private static final NodeId STATE = new NodeId(0, OwnNodes.STATE);
    private static final NodeId START_TIME = new NodeId(0, OwnNodes.START_TIME);
    private static final NodeId SERVICE_LEVEL = new NodeId(0, OwnNodes.SERVICE_LEVEL);
    private static final NodeId SERVERS = new NodeId(0, OwnNodes.SERVER_ARRAY);
    private static final NodeId NAMESPACES = new NodeId(0, OwnNodes.NAMESPACE_ARRAY);
    private static final NodeId PRODUCT_NAME = new NodeId(0, OwnNodes.PRODUCT_NAME);
    private static final NodeId REDUNDANCY = new NodeId(0, OwnNodes.REDUNDANCY_SUPPORT);
    private static final NodeId CURRENT_SERVER = new NodeId(0, OwnNodes.CURRENT_SERVER_ID);

    private final RedundantPair world = new RedundantPair(Mode.WARM).started();
    private final FakeClient client = world.client();

    private Object value(NodeId node) {
        return client.readNow(node).getValue().getValue();
    }

    private ServerStatusDataType status() {
        return (ServerStatusDataType) ((ExtensionObject) value(STATUS)).decode(UaWire.plainContext());
    }

    @Test
    @Requirement(
            value = {"GAP-16", "CON-7"},
            protocol = Protocol.UA)
    void serverIsTheSameBeforeAndAfterASwitch() {
        Object startTime = value(START_TIME);
        String product = (String) value(PRODUCT_NAME);
        assertThat(product).isEqualTo("Model 0");

        world.a.kill();
        world.failOver(0, 1);
        world.time.run(500);

        assertThat(value(START_TIME)).isEqualTo(startTime);
        assertThat(status().getStartTime()).isEqualTo(startTime);
        assertThat(value(PRODUCT_NAME)).isEqualTo(product);
        assertThat(status().getBuildInfo().getProductName()).isEqualTo(product);
        assertThat(value(CURRENT_SERVER)).isEqualTo("member1");
    }

    @Test
    void redundancyIsTransparent() {
        assertThat(value(REDUNDANCY)).isEqualTo(4);
    }

    @Test
    @Requirement(
            value = {"S12", "GAP-11"},
            protocol = Protocol.UA)
    void withoutAMemberTheStateIsCommunicationFaultAndTheServiceLevelIsShown() {
        assertThat(value(STATE)).isEqualTo(ServerState.Running.getValue());
        world.pair.showServiceLevel(1);
        world.lose(0);
        world.strand();

        assertThat(value(STATE)).isEqualTo(ServerState.CommunicationFault.getValue());
        assertThat(status().getState()).isEqualTo(ServerState.CommunicationFault);
        assertThat(value(SERVICE_LEVEL)).isEqualTo(UByte.valueOf(1));
    }

    /** The active announces its shutdown, or dies: that is a matter between it and Tandem. */
    @Test
    @Requirement(
            value = {"GAP-17"},
            protocol = Protocol.UA)
    void shutdownOfAMemberIsNotTheServersShutdown() {
        int subscription = client.subscribe(100);
        client.items(
                subscription,
                FakeClient.item(FakeClient.readValue(STATE), 1, 100, 10, MonitoringMode.Reporting),
                FakeClient.item(
                        FakeClient.readValue(new NodeId(0, OwnNodes.SECONDS_TILL_SHUTDOWN)),
                        2,
                        100,
                        10,
                        MonitoringMode.Reporting));
        world.time.run(1_000);

        world.a.session().subscriptions.all.clear();
        world.a.kill();
        world.failOver(0, 1);
        world.time.run(2_000);

        assertThat(client.received).hasSize(2);
        assertThat(client.received.get(0).value().getValue().getValue()).isEqualTo(ServerState.Running.getValue());
        assertThat(client.statusChanges).isEmpty();
        assertThat(status().getSecondsTillShutdown().intValue()).isZero();
    }

    @Test
    void namespacesAreThePairs() {
        world.pair.namespaces(List.of("http://opcfoundation.org/UA/", "urn:first", "urn:x"));

        assertThat((String[]) value(NAMESPACES)).containsExactly("http://opcfoundation.org/UA/", "urn:first", "urn:x");
    }

    /** Own nodes and the member's in one request: one answer, in the client's order. */
    @Test
    void ownAndOtherNodesMix() {
        world.a.set("x", 7);

        FakeClient.Answer answer =
                client.send(new ReadRequest(client.header(), 0.0, TimestampsToReturn.Both, new ReadValueId[] {
                    FakeClient.readValue("x"), FakeClient.readValue(STATE), FakeClient.readValue("nowhere")
                }));
        world.time.run(50);

        DataValue[] values = answer.get(ReadResponse.class).getResults();
        assertThat(values[0].getValue().getValue()).isEqualTo(7L);
        assertThat(values[1].getValue().getValue()).isEqualTo(ServerState.Running.getValue());
        assertThat(values[2].getStatusCode().value()).isEqualTo(StatusCodes.Bad_NodeIdUnknown);
        assertThat(world.a.requests(ReadRequest.class).getLast().getNodesToRead())
                .extracting(ReadValueId::getNodeId)
                .containsExactly(FakeMember.node("x"), FakeMember.node("nowhere"));
    }

    @Test
    @Requirement(
            value = {"S12"},
            protocol = Protocol.UA)
    void ownNodesAreAnsweredWhileOthersAreBad() {
        world.lose(0);
        world.strand();

        FakeClient.Answer answer =
                client.send(new ReadRequest(client.header(), 0.0, TimestampsToReturn.Both, new ReadValueId[] {
                    FakeClient.readValue("x"), FakeClient.readValue(STATE)
                }));

        DataValue[] values = answer.get(ReadResponse.class).getResults();
        assertThat(values[0].getStatusCode().value()).isEqualTo(StatusCodes.Bad_NoCommunication);
        assertThat(values[1].getStatusCode()).isEqualTo(StatusCode.GOOD);
    }

    /** Milo 1.1.5 #1803: a member may show everybody who else is logged in. */
    @Test
    void whoElseIsLoggedInIsShownToNobody() {
        NodeId logins = NodeIds.Server_ServerDiagnostics_SessionsDiagnosticsSummary_SessionSecurityDiagnosticsArray;
        world.a.nodes.put(logins, DataValue.valueOnly(Variant.ofString("ann, bob")));

        FakeClient.Answer answer =
                client.send(new ReadRequest(client.header(), 0.0, TimestampsToReturn.Both, new ReadValueId[] {
                    FakeClient.readValue(logins),
                    new ReadValueId(logins, AttributeId.Value.uid(), "0:9", QualifiedName.NULL_VALUE),
                    FakeClient.readValue("x")
                }));
        world.time.run(50);
        client.items(
                client.subscribe(100),
                FakeClient.item(FakeClient.readValue(logins), 7, 100, 10, MonitoringMode.Reporting));
        world.time.run(1_000);

        assertThat(answer.get(ReadResponse.class).getResults())
                .extracting(value -> value.getStatusCode().value())
                .containsExactly(StatusCodes.Bad_UserAccessDenied, StatusCodes.Bad_UserAccessDenied, 0L);
        assertThat(client.received)
                .singleElement()
                .satisfies(r -> assertThat(r.status().value()).isEqualTo(StatusCodes.Bad_UserAccessDenied));
        assertThat(world.a.requests(ReadRequest.class).getLast().getNodesToRead())
                .extracting(ReadValueId::getNodeId)
                .containsExactly(FakeMember.node("x"));
    }

    @Test
    void otherAttributesOfOwnNodesAreTheMembers() {
        client.send(new ReadRequest(client.header(), 0.0, TimestampsToReturn.Both, new ReadValueId[] {
            new ReadValueId(STATE, AttributeId.DisplayName.uid(), null, QualifiedName.NULL_VALUE)
        }));
        world.time.run(50);

        assertThat(world.a
                        .requests(ReadRequest.class)
                        .getLast()
                        .getNodesToRead()[0]
                        .getNodeId())
                .isEqualTo(STATE);
    }

    /** Part 4, 5.11.2: a server that is asked for nonsense must not answer some nodes as if it were sense. */
    @Test
    void readWithInvalidTimestampsIsTheMembersToRefuse() {
        world.a.nextFault.put(ReadRequest.class, new StatusCode(StatusCodes.Bad_TimestampsToReturnInvalid));

        FakeClient.Answer answer =
                client.send(new ReadRequest(client.header(), 0.0, TimestampsToReturn.Invalid, new ReadValueId[] {
                    FakeClient.readValue("x"), FakeClient.readValue(STATE)
                }));
        FakeClient.Answer ownOnly = client.send(new ReadRequest(
                client.header(), 0.0, TimestampsToReturn.Invalid, new ReadValueId[] {FakeClient.readValue(STATE)}));
        FakeClient.Answer negative = client.send(new ReadRequest(
                client.header(), -1.0, TimestampsToReturn.Both, new ReadValueId[] {FakeClient.readValue(STATE)}));
        world.time.run(50);

        assertThat(answer.status().value()).isEqualTo(StatusCodes.Bad_TimestampsToReturnInvalid);
        assertThat(ownOnly.status().value()).isEqualTo(StatusCodes.Bad_TimestampsToReturnInvalid);
        assertThat(negative.status().value()).isEqualTo(StatusCodes.Bad_MaxAgeInvalid);
    }

    @Test
    void timestampsAreThoseAskedFor() {
        for (TimestampsToReturn wanted : List.of(
                TimestampsToReturn.Both,
                TimestampsToReturn.Source,
                TimestampsToReturn.Server,
                TimestampsToReturn.Neither)) {
            DataValue value = client.ask(
                            new ReadRequest(
                                    client.header(), 0.0, wanted, new ReadValueId[] {FakeClient.readValue(STATE)}),
                            ReadResponse.class)
                    .getResults()[0];

            boolean source = wanted == TimestampsToReturn.Both || wanted == TimestampsToReturn.Source;
            boolean server = wanted == TimestampsToReturn.Both || wanted == TimestampsToReturn.Server;
            assertThat(has(value.getSourceTime())).as(wanted + " source").isEqualTo(source);
            assertThat(has(value.getServerTime())).as(wanted + " server").isEqualTo(server);
        }
    }

    private static boolean has(@org.jspecify.annotations.Nullable DateTime time) {
        return time != null && !time.isNull() && time.getUtcTime() != 0;
    }

    @Test
    void monitoredItemsOnOwnNodesAreSampledByTandem() {
        int subscription = client.subscribe(100);
        MonitoredItemCreateResult[] made = client.items(
                subscription,
                FakeClient.item(FakeClient.readValue(SERVICE_LEVEL), 1, 0, 10, MonitoringMode.Reporting),
                FakeClient.item("x", 2, 100, 10));
        world.time.run(1_000);
        world.pair.showServiceLevel(200);
        world.time.run(1_000);
        world.pair.showServiceLevel(200);
        world.time.run(1_000);

        assertThat(made[0].getStatusCode()).isEqualTo(StatusCode.GOOD);
        assertThat(made[0].getRevisedSamplingInterval()).isEqualTo(100.0);
        assertThat(client.of("2267"))
                .extracting(r -> ((UByte) r.value().getValue().getValue()).intValue())
                .containsExactly(255, 200);
        assertThat(world.a.requests(CreateMonitoredItemsRequest.class))
                .allSatisfy(r -> assertThat(r.getItemsToCreate()).hasSize(1));
    }

    /** Part 4, 7.29: only structures have encodings, and whoever asks for another one is not given this one as if it were it. */
    @Test
    @Requirement(value = "CON-1", protocol = Protocol.UA)
    void valuesAreGivenInNoOtherEncodingThanTheyHave() {
        DataValue[] values = client.ask(
                        new ReadRequest(client.header(), 0.0, TimestampsToReturn.Both, new ReadValueId[] {
                            encoded(STATUS, "Default Binary"),
                            encoded(STATUS, "Default XML"),
                            encoded(STATE, "Default Binary"),
                            encoded(STATE, "Default XML"),
                            encoded(STATE, "")
                        }),
                        ReadResponse.class)
                .getResults();
        MonitoredItemCreateResult[] made = client.items(
                client.subscribe(100),
                FakeClient.item(encoded(STATUS, "Default XML"), 1, 100, 1, MonitoringMode.Reporting),
                FakeClient.item(encoded(STATUS, "Default Binary"), 2, 100, 1, MonitoringMode.Reporting),
                FakeClient.item(encoded(STATE, "Default XML"), 3, 100, 1, MonitoringMode.Reporting));

        assertThat(values)
                .extracting(value -> value.getStatusCode().value())
                .containsExactly(
                        0L, StatusCodes.Bad_DataEncodingUnsupported, 0L, StatusCodes.Bad_DataEncodingInvalid, 0L);
        assertThat(values[1].getValue().isNull()).isTrue();
        assertThat(made)
                .extracting(result -> result.getStatusCode().value())
                .containsExactly(StatusCodes.Bad_DataEncodingUnsupported, 0L, StatusCodes.Bad_DataEncodingUnsupported);
        assertThat(world.a.requests(ReadRequest.class))
                .flatExtracting(request -> List.of(request.getNodesToRead()))
                .extracting(node -> node.getDataEncoding().name())
                .allMatch(Objects::isNull);
    }

    private static ReadValueId encoded(NodeId node, String encoding) {
        return new ReadValueId(node, AttributeId.Value.uid(), null, new QualifiedName(0, encoding));
    }

    /** As in a Read: the member cuts an array, but for the one that nobody sees, and the one that is not the member's. */
    @Test
    @Requirement(
            value = {"CON-1", "LIM-2"},
            protocol = Protocol.UA)
    void monitoredPartOfAnOwnArrayIsTheMembersUnlessItIsOfTheNamespaces() {
        NodeId logins = NodeIds.Server_ServerDiagnostics_SessionsDiagnosticsSummary_SessionSecurityDiagnosticsArray;
        world.pair.namespaces(List.of("http://opcfoundation.org/UA/", "urn:first", "urn:x"));
        world.a.nodes.put(SERVERS, DataValue.valueOnly(Variant.of(new String[] {"urn:part"})));
        int subscription = client.subscribe(100);

        client.items(
                subscription,
                FakeClient.item(part(SERVERS), 1, 100, 10, MonitoringMode.Reporting),
                FakeClient.item(part(logins), 2, 100, 10, MonitoringMode.Reporting),
                FakeClient.item(part(NAMESPACES), 3, 100, 10, MonitoringMode.Reporting));
        world.time.run(1_000);

        assertThat(client.of("2254"))
                .singleElement()
                .satisfies(r ->
                        assertThat((String[]) r.value().getValue().getValue()).containsExactly("urn:part"));
        assertThat(client.of("3708"))
                .singleElement()
                .satisfies(r -> assertThat(r.status().value()).isEqualTo(StatusCodes.Bad_UserAccessDenied));
        assertThat(client.of("2255"))
                .singleElement()
                .satisfies(r ->
                        assertThat((String[]) r.value().getValue().getValue()).containsExactly("urn:first"));
        assertThat(world.a.requests(CreateMonitoredItemsRequest.class).getLast().getItemsToCreate())
                .singleElement()
                .satisfies(r -> assertThat(r.getItemToMonitor().getIndexRange()).isEqualTo("1"));
    }

    /** A member's own part would be in its own order. */
    @Test
    @Requirement(
            value = {"S10", "LIM-2"},
            protocol = Protocol.UA)
    void partOfTheNamespacesIsCutFromThePairs() {
        OwnNodes nodes = world.pair.ownNodes().withNamespaces(List.of("UA", "urn:a", "urn:x", "urn:y"));

        assertThat(namespaces(nodes, "2:9")).containsExactly("urn:x", "urn:y");
        assertThat(namespaces(nodes, "3")).containsExactly("urn:y");
        assertThat(namespaces(nodes, null)).hasSize(4);
        assertThat(statusOf(nodes, "4")).isEqualTo(StatusCodes.Bad_IndexRangeNoData);
        for (String wrong : List.of("2:2", "3:2", "x", "1,2", "-1", "1:", "99999999999")) {
            assertThat(statusOf(nodes, wrong)).as(wrong).isEqualTo(StatusCodes.Bad_IndexRangeInvalid);
        }
    }

    private static String[] namespaces(OwnNodes nodes, @Nullable String range) {
        return (String[]) Objects.requireNonNull(part(nodes, range).value().value());
    }

    private static long statusOf(OwnNodes nodes, String range) {
        return part(nodes, range).statusCode().value();
    }

    private static DataValue part(OwnNodes nodes, @Nullable String range) {
        return nodes.value(OwnNodes.NAMESPACE_ARRAY, range, TimestampsToReturn.Both, UaWire.plainContext());
    }

    private static ReadValueId part(NodeId array) {
        return new ReadValueId(array, AttributeId.Value.uid(), "1", QualifiedName.NULL_VALUE);
    }

    @Test
    @Requirement(
            value = {"S12"},
            protocol = Protocol.UA)
    void monitoredStateTellsOfTheOutageAndOfItsEnd() {
        int subscription = client.subscribe(100);
        client.items(subscription, FakeClient.item(FakeClient.readValue(STATE), 1, 100, 10, MonitoringMode.Reporting));
        world.time.run(500);
        world.lose(0);
        world.strand();
        world.time.run(500);
        world.hold();
        world.promote(1);
        world.time.run(500);

        assertThat(client.of("2259"))
                .extracting(r -> r.value().getValue().getValue())
                .containsExactly(
                        ServerState.Running.getValue(),
                        ServerState.CommunicationFault.getValue(),
                        ServerState.Running.getValue());
        assertThat(client.of("2259")).extracting(FakeClient.Received::status).containsOnly(StatusCode.GOOD);
    }

    private List<Integer> levels() {
        return client.of("2267").stream()
                .map(r -> ((UByte) r.value().getValue().getValue()).intValue())
                .toList();
    }

    private UInteger serviceLevel(int subscription, double samplingMs, long queue, MonitoringMode mode) {
        MonitoredItemCreateResult made = client.items(
                        subscription, FakeClient.item(FakeClient.readValue(SERVICE_LEVEL), 1, samplingMs, queue, mode))[
                0];
        return made.getMonitoredItemId();
    }

    private void modify(int subscription, UInteger item, double samplingMs, long queue) {
        ModifyMonitoredItemsResponse response = client.ask(
                new ModifyMonitoredItemsRequest(
                        client.header(), uint(subscription), TimestampsToReturn.Both, new MonitoredItemModifyRequest[] {
                            new MonitoredItemModifyRequest(
                                    item, new MonitoringParameters(uint(1), samplingMs, null, uint(queue), true))
                        }),
                ModifyMonitoredItemsResponse.class);
        assertThat(response.getResults()[0].getStatusCode()).isEqualTo(StatusCode.GOOD);
    }

    /** Part 4, 5.13.3: a change counts within two of the new intervals, not after what is left of the old one. */
    @Test
    void shorterIntervalOfAnOwnItemCountsAtOnce() {
        int subscription = client.subscribe(100);
        UInteger item = serviceLevel(subscription, 3_600_000, 10, MonitoringMode.Reporting);
        world.time.run(1_000);
        world.pair.showServiceLevel(200);
        world.time.run(10_000);
        assertThat(levels()).as("control").containsExactly(255);

        modify(subscription, item, 100, 10);
        world.time.run(300);

        assertThat(levels()).containsExactly(255, 200);
    }

    @Test
    void ownItemThatIsEnabledBeginsWithItsValueAtOnce() {
        int subscription = client.subscribe(100);
        UInteger item = serviceLevel(subscription, 3_600_000, 10, MonitoringMode.Disabled);
        world.time.run(10_000);
        assertThat(levels()).as("control").isEmpty();

        client.ask(
                new SetMonitoringModeRequest(
                        client.header(), uint(subscription), MonitoringMode.Reporting, new UInteger[] {item}),
                SetMonitoringModeResponse.class);
        world.time.run(300);

        assertThat(levels()).containsExactly(255);
    }

    /** An item samples no faster than its subscription could report: that changes with the subscription. */
    @Test
    void shorterPublishingIntervalCountsForOwnItemsAtOnce() {
        int subscription = client.subscribe(3_600_000);
        serviceLevel(subscription, 100, 1, MonitoringMode.Reporting);
        client.ask(
                new ModifySubscriptionRequest(
                        client.header(), uint(subscription), 100.0, uint(1_000), uint(10), uint(0), ubyte(0)),
                ModifySubscriptionResponse.class);
        world.time.run(1_000);
        assertThat(levels()).as("control").containsExactly(255);

        world.pair.showServiceLevel(200);
        world.time.run(300);

        assertThat(levels()).containsExactly(255, 200);
    }

    @Test
    void longerQueueOfAnOwnItemTakesMoreValuesAtOnce() {
        int subscription = client.subscribe(1_000);
        UInteger item = serviceLevel(subscription, 100, 1, MonitoringMode.Reporting);
        world.time.run(3_000);
        modify(subscription, item, 100, 10);

        for (int level = 201; level <= 205; level++) {
            world.pair.showServiceLevel(level);
            world.time.run(150);
        }
        world.time.run(2_000);

        assertThat(levels()).containsExactly(255, 201, 202, 203, 204, 205);
        assertThat(client.of("2267")).noneMatch(FakeClient.Received::isOverflow);
    }

    /** A time that no clock reaches overflows, and what waits for the next time waits for ever. */
    @Test
    @Requirement(value = "I9", protocol = Protocol.UA)
    void endlessIntervalOfAnOwnItemIsRevised() {
        int subscription = client.subscribe(100);

        MonitoredItemCreateResult[] made = client.items(
                subscription,
                FakeClient.item(FakeClient.readValue(SERVICE_LEVEL), 1, 1e300, 1, MonitoringMode.Reporting),
                FakeClient.item(FakeClient.readValue(STATE), 2, Double.POSITIVE_INFINITY, 1, MonitoringMode.Reporting));
        world.time.run(1_000);

        assertThat(made)
                .extracting(MonitoredItemCreateResult::getRevisedSamplingInterval)
                .containsOnly(3_600_000.0);
        assertThat(client.received).hasSize(2);
    }

    @Test
    void itemsOnOwnNodesSurviveASwitchAndGoOnWithoutRepeating() {
        int subscription = client.subscribe(100);
        client.items(
                subscription,
                FakeClient.item(FakeClient.readValue(SERVICE_LEVEL), 1, 100, 10, MonitoringMode.Reporting));
        world.time.run(500);
        world.switchTo(1);
        world.time.run(5_000);

        assertThat(client.received).hasSize(1);
    }
}
