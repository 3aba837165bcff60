package org.tandemopc.simulator;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.sdk.client.OpcUaClientConfigBuilder;
import org.eclipse.milo.opcua.sdk.client.identity.IdentityProvider;
import org.eclipse.milo.opcua.sdk.client.subscriptions.OpcUaMonitoredItem;
import org.eclipse.milo.opcua.sdk.client.subscriptions.OpcUaSubscription;
import org.eclipse.milo.opcua.stack.core.AttributeId;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.CallMethodRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CallMethodResult;
import org.eclipse.milo.opcua.stack.core.types.structured.ContentFilter;
import org.eclipse.milo.opcua.stack.core.types.structured.EndpointDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.EventFilter;
import org.eclipse.milo.opcua.stack.core.types.structured.SimpleAttributeOperand;

/** A Milo client, as plain as can be. */
final class TestClient implements AutoCloseable {
    private final OpcUaClient client;

    private TestClient(OpcUaClient client) {
        this.client = client;
    }

    static TestClient connect(String url) throws UaException {
        return connect(url, SecurityPolicy.None, builder -> {});
    }

    static TestClient connect(String url, IdentityProvider identity) throws UaException {
        return connect(url, SecurityPolicy.None, builder -> builder.setIdentityProvider(identity));
    }

    static TestClient connect(String url, SecurityPolicy policy, Consumer<OpcUaClientConfigBuilder> more)
            throws UaException {
        Predicate<EndpointDescription> wanted = endpoint -> policy.getUri().equals(endpoint.getSecurityPolicyUri());
        OpcUaClient client = OpcUaClient.create(
                url, endpoints -> endpoints.stream().filter(wanted).findFirst(), transport -> {}, more);
        client.connect();
        return new TestClient(client);
    }

    OpcUaClient milo() {
        return client;
    }

    DataValue read(String id) throws UaException {
        return read(new NodeId(2, id));
    }

    DataValue read(NodeId nodeId) throws UaException {
        return client.readValues(0, TimestampsToReturn.Both, List.of(nodeId)).get(0);
    }

    StatusCode write(String id, Variant value) throws UaException {
        return client.writeValues(List.of(new NodeId(2, id)), List.of(new DataValue(value)))
                .get(0);
    }

    CallMethodResult call(String name, Variant... inputs) throws UaException {
        CallMethodRequest request =
                new CallMethodRequest(new NodeId(2, "methods"), new NodeId(2, "methods/" + name), inputs);
        return Objects.requireNonNull(client.call(List.of(request)).getResults())[0];
    }

    /** Subscribes and collects every value in order of arrival. */
    List<DataValue> collect(String id, double intervalMs, int queueSize) throws UaException {
        List<DataValue> values = new CopyOnWriteArrayList<>();
        OpcUaSubscription subscription = new OpcUaSubscription(client);
        subscription.setPublishingInterval(intervalMs);
        subscription.create();
        OpcUaMonitoredItem item = OpcUaMonitoredItem.newDataItem(new NodeId(2, id));
        item.setSamplingInterval(0.0);
        item.setQueueSize(uint(queueSize));
        item.setDataValueListener((each, value) -> values.add(value));
        subscription.addMonitoredItem(item);
        subscription.createMonitoredItems();
        return values;
    }

    /** Watches the Server object for events and collects those fields of each, in order of arrival. */
    List<Variant[]> collectEvents(String... fields) throws UaException {
        List<Variant[]> events = new CopyOnWriteArrayList<>();
        SimpleAttributeOperand[] selected = Arrays.stream(fields)
                .map(field -> new SimpleAttributeOperand(
                        NodeIds.BaseEventType,
                        new QualifiedName[] {new QualifiedName(0, field)},
                        AttributeId.Value.uid(),
                        null))
                .toArray(SimpleAttributeOperand[]::new);
        OpcUaSubscription subscription = new OpcUaSubscription(client);
        subscription.setPublishingInterval(100.0);
        subscription.create();
        OpcUaMonitoredItem item =
                OpcUaMonitoredItem.newEventItem(NodeIds.Server, new EventFilter(selected, new ContentFilter(null)));
        item.setQueueSize(uint(10));
        item.setEventValueListener((each, values) -> events.add(values));
        subscription.addMonitoredItem(item);
        subscription.createMonitoredItems();
        return events;
    }

    @Override
    public void close() throws UaException {
        client.disconnect();
    }
}
