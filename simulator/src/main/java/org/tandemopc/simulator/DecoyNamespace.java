package org.tandemopc.simulator;

import java.util.List;
import org.eclipse.milo.opcua.sdk.core.AccessLevel;
import org.eclipse.milo.opcua.sdk.server.ManagedNamespaceWithLifecycle;
import org.eclipse.milo.opcua.sdk.server.OpcUaServer;
import org.eclipse.milo.opcua.sdk.server.items.DataItem;
import org.eclipse.milo.opcua.sdk.server.items.MonitoredItem;
import org.eclipse.milo.opcua.sdk.server.nodes.UaVariableNode;
import org.eclipse.milo.opcua.sdk.server.util.SubscriptionModel;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.LocalizedText;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;

/**
 * A second namespace, with nodes that have the identifiers of the simulator's own: whoever takes one namespace for the
 * other reads a value that never changes, and its writes are taken and are in no ledger.
 */
final class DecoyNamespace extends ManagedNamespaceWithLifecycle {
    static final String URI = "urn:tandemopc:simulator:extra";

    private static final int OF_A_KIND_MAX = 10;

    private final SubscriptionModel sampling;

    DecoyNamespace(OpcUaServer server, SimulatorSettings settings) {
        super(server, URI);
        sampling = new SubscriptionModel(server, this);
        getLifecycleManager().addLifecycle(sampling);
        getLifecycleManager().addStartupTask(() -> {
            for (int i = 0; i < Math.min(OF_A_KIND_MAX, settings.counters()); i++) {
                variable("counter/" + i, NodeIds.Int64, -1L);
            }
            for (int i = 0; i < Math.min(OF_A_KIND_MAX, settings.statics()); i++) {
                variable("static/" + i, NodeIds.Double, -1.0);
            }
        });
    }

    private void variable(String id, NodeId type, Object value) {
        UaVariableNode node = new UaVariableNode.UaVariableNodeBuilder(getNodeContext())
                .setNodeId(newNodeId(id))
                .setBrowseName(newQualifiedName(id))
                .setDisplayName(LocalizedText.english(id))
                .setDataType(type)
                .setTypeDefinition(NodeIds.BaseDataVariableType)
                .setAccessLevel(AccessLevel.READ_WRITE)
                .setUserAccessLevel(AccessLevel.READ_WRITE)
                .build();
        node.setValue(new DataValue(Variant.of(value)));
        getNodeManager().addNode(node);
    }

    @Override
    public void onDataItemsCreated(List<DataItem> items) {
        sampling.onDataItemsCreated(items);
    }

    @Override
    public void onDataItemsModified(List<DataItem> items) {
        sampling.onDataItemsModified(items);
    }

    @Override
    public void onDataItemsDeleted(List<DataItem> items) {
        sampling.onDataItemsDeleted(items);
    }

    @Override
    public void onMonitoringModeChanged(List<MonitoredItem> items) {
        sampling.onMonitoringModeChanged(items);
    }
}
