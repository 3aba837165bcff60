package org.tandemopc.it.script;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.sdk.client.identity.UsernameProvider;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.LocalizedText;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.enumerated.ApplicationType;
import org.eclipse.milo.opcua.stack.core.types.enumerated.PerformUpdateType;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.enumerated.UserTokenType;
import org.eclipse.milo.opcua.stack.core.types.structured.AddNodesItem;
import org.eclipse.milo.opcua.stack.core.types.structured.AddNodesRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.AddReferencesItem;
import org.eclipse.milo.opcua.stack.core.types.structured.AddReferencesRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ApplicationDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.CallMethodRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CancelRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CancelResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ContentFilter;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteNodesItem;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteNodesRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteReferencesItem;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteReferencesRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.EndpointDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.FindServersOnNetworkRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.FindServersRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.FindServersResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.GetEndpointsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.GetEndpointsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.HistoryReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.NodeTypeDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.QueryFirstRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.QueryNextRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadRawModifiedDetails;
import org.eclipse.milo.opcua.stack.core.types.structured.RegisterServerRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.RegisteredServer;
import org.eclipse.milo.opcua.stack.core.types.structured.RequestHeader;
import org.eclipse.milo.opcua.stack.core.types.structured.UpdateDataDetails;
import org.eclipse.milo.opcua.stack.core.types.structured.ViewDescription;

/** What is asked of the server as a whole: discovery, registered nodes, history, and services that few servers have. */
final class ServerScript {
    private final OpcUaClient client;
    private final Answers answers;

    private ServerScript(OpcUaClient client, Answers answers) {
        this.client = client;
        this.answers = answers;
    }

    static void run(OpcUaClient client, Answers answers) throws UaException {
        ServerScript script = new ServerScript(client, answers);
        script.discovery();
        script.registeredNodes();
        script.history();
        script.methodsOfTheServer();
        script.seldomServices();
    }

    /** Names, addresses and certificates are each server's own: what a client chooses by is compared. */
    private void discovery() {
        String url = client.getConfig().getEndpoint().getEndpointUrl();
        answers.step("endpoint of this session", () -> {
            EndpointDescription endpoint = client.getConfig().getEndpoint();
            UserTokenType user = client.getConfig().getIdentityProvider() instanceof UsernameProvider
                    ? UserTokenType.UserName
                    : UserTokenType.Anonymous;
            EndpointDescription[] all = ((GetEndpointsResponse)
                            client.sendRequest(new GetEndpointsRequest(header(), url, null, null)))
                    .getEndpoints();
            return Stream.of(Objects.requireNonNull(all))
                    .filter(each -> each.getSecurityMode() == endpoint.getSecurityMode()
                            && Objects.equals(each.getSecurityPolicyUri(), endpoint.getSecurityPolicyUri()))
                    .map(each -> each.getTransportProfileUri() + " for such a user "
                            + Arrays.stream(Objects.requireNonNull(each.getUserIdentityTokens()))
                                    .anyMatch(token -> token.getTokenType() == user))
                    .distinct()
                    .toList();
        });
        answers.step(
                "endpoints of a profile that there is not",
                () -> ((GetEndpointsResponse) client.sendRequest(
                                new GetEndpointsRequest(header(), url, null, new String[] {"urn:nowhere"})))
                        .getEndpoints());
        answers.step("find servers", () -> {
            ApplicationDescription[] servers = ((FindServersResponse)
                            client.sendRequest(new FindServersRequest(header(), url, null, null)))
                    .getServers();
            return Arrays.stream(Objects.requireNonNull(servers))
                    .map(ApplicationDescription::getApplicationType)
                    .toList();
        });
        answers.step(
                "find a server that there is not",
                () -> ((FindServersResponse) client.sendRequest(
                                new FindServersRequest(header(), url, null, new String[] {"urn:nowhere"})))
                        .getServers());
    }

    private void registeredNodes() {
        NodeId node = new NodeId(2, "static/Int32");
        answers.step("read through a registered id", () -> {
            NodeId[] registered =
                    Objects.requireNonNull(client.registerNodes(List.of(node)).getRegisteredNodeIds());
            Variant value = client.readValues(0, TimestampsToReturn.Neither, List.of(registered[0]))
                    .get(0)
                    .value();
            var unused = client.unregisterNodes(List.of(registered));
            return registered.length + " " + value;
        });
        answers.step("register nothing", () -> client.registerNodes(List.of()).getRegisteredNodeIds());
        answers.step(
                "unregister nothing",
                () -> client.unregisterNodes(List.of()).getResponseHeader().getServiceResult());
    }

    private void history() {
        ReadRawModifiedDetails hour = new ReadRawModifiedDetails(
                false, new DateTime(130_000_000_000_000_000L), new DateTime(130_000_036_000_000_000L), uint(10), false);
        answers.step(
                "history",
                () -> Objects.requireNonNull(client.historyRead(
                                hour,
                                TimestampsToReturn.Both,
                                false,
                                List.of(
                                        new HistoryReadValueId(
                                                new NodeId(2, "counter/0"),
                                                null,
                                                QualifiedName.NULL_VALUE,
                                                ByteString.NULL_VALUE),
                                        new HistoryReadValueId(
                                                new NodeId(2, "nowhere"),
                                                null,
                                                QualifiedName.NULL_VALUE,
                                                ByteString.NULL_VALUE)))
                        .getResults()));
        answers.step(
                "history of nothing",
                () -> client.historyRead(hour, TimestampsToReturn.Both, false, List.of())
                        .getResults());
        answers.step(
                "change of history",
                () -> client.historyUpdate(List.of(new UpdateDataDetails(
                                new NodeId(2, "counter/0"),
                                PerformUpdateType.Insert,
                                new DataValue[] {new DataValue(Variant.ofInt64(1))})))
                        .getResults());
    }

    private void methodsOfTheServer() {
        answers.step("items of an unknown subscription", () -> call(NodeIds.Server_GetMonitoredItems));
        answers.step("values again of an unknown subscription", () -> call(NodeIds.Server_ResendData));
    }

    private Object call(NodeId method) throws UaException {
        CallMethodRequest request =
                new CallMethodRequest(NodeIds.Server, method, new Variant[] {Variant.ofUInt32(uint(4_000_000_000L))});
        return Objects.requireNonNull(client.call(List.of(request)).getResults())[0].getStatusCode();
    }

    private void seldomServices() {
        NodeId nowhere = new NodeId(2, "nowhere");
        seldom("add no nodes", new AddNodesRequest(header(), new AddNodesItem[0]));
        seldom(
                "delete a node",
                new DeleteNodesRequest(header(), new DeleteNodesItem[] {new DeleteNodesItem(nowhere, true)}));
        seldom("add no references", new AddReferencesRequest(header(), new AddReferencesItem[0]));
        seldom("delete no references", new DeleteReferencesRequest(header(), new DeleteReferencesItem[0]));
        seldom(
                "query",
                new QueryFirstRequest(
                        header(),
                        new ViewDescription(NodeId.NULL_VALUE, DateTime.NULL_VALUE, uint(0)),
                        new NodeTypeDescription[0],
                        new ContentFilter(null),
                        uint(0),
                        uint(0)));
        seldom("query on", new QueryNextRequest(header(), false, ByteString.of(new byte[] {1})));
        answers.step(
                "cancel",
                () -> ((CancelResponse) client.sendRequest(new CancelRequest(header(), uint(4_000_000_000L))))
                        .getCancelCount());
        seldom("servers on the network", new FindServersOnNetworkRequest(header(), uint(0), uint(0), null));
        seldom(
                "register a server",
                new RegisterServerRequest(
                        header(),
                        new RegisteredServer(
                                "urn:nowhere",
                                null,
                                new LocalizedText[] {LocalizedText.english("nowhere")},
                                ApplicationType.Server,
                                null,
                                new String[] {"opc.tcp://nowhere"},
                                null,
                                true)));
    }

    private void seldom(String name, UaRequestMessageType request) {
        answers.step(name, () -> client.sendRequest(request));
    }

    private RequestHeader header() {
        try {
            return client.newRequestHeader(client.getSession().getAuthenticationToken());
        } catch (UaException e) {
            throw new IllegalStateException("no session", e);
        }
    }
}
