package org.tandemopc.simulator;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.eclipse.milo.opcua.sdk.core.AccessLevel;
import org.eclipse.milo.opcua.sdk.core.Reference;
import org.eclipse.milo.opcua.sdk.core.ValueRanks;
import org.eclipse.milo.opcua.sdk.server.ManagedNamespaceWithLifecycle;
import org.eclipse.milo.opcua.sdk.server.OpcUaServer;
import org.eclipse.milo.opcua.sdk.server.Session;
import org.eclipse.milo.opcua.sdk.server.items.DataItem;
import org.eclipse.milo.opcua.sdk.server.items.MonitoredItem;
import org.eclipse.milo.opcua.sdk.server.nodes.UaDataTypeNode;
import org.eclipse.milo.opcua.sdk.server.nodes.UaFolderNode;
import org.eclipse.milo.opcua.sdk.server.nodes.UaNode;
import org.eclipse.milo.opcua.sdk.server.nodes.UaObjectNode;
import org.eclipse.milo.opcua.sdk.server.nodes.UaVariableNode;
import org.eclipse.milo.opcua.sdk.server.nodes.filters.AttributeFilter;
import org.eclipse.milo.opcua.sdk.server.nodes.filters.AttributeFilterContext;
import org.eclipse.milo.opcua.stack.core.AttributeId;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.LocalizedText;
import org.eclipse.milo.opcua.stack.core.types.builtin.Matrix;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.StructureType;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.enumerated.UserTokenType;
import org.eclipse.milo.opcua.stack.core.types.structured.EnumDefinition;
import org.eclipse.milo.opcua.stack.core.types.structured.EnumField;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.StructureDefinition;
import org.eclipse.milo.opcua.stack.core.types.structured.StructureField;
import org.eclipse.milo.opcua.stack.core.types.structured.ViewDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteValue;
import org.jspecify.annotations.Nullable;

/**
 * All nodes of the simulator, with string identifiers: {@code counter/i}, {@code watchdog/i}, {@code static/i},
 * {@code static/<Type>}, {@code static/<Type>Array}, {@code static/Int32Matrix}, {@code structure/point},
 * {@code structure/points}, {@code enumeration/mode}, {@code access/readOnly}, {@code access/writeOnly},
 * {@code access/userDenied} (refused to anonymous sessions), {@code methods/…}. Values are pushed to monitored items,
 * never sampled.
 */
final class SimulatorNamespace extends ManagedNamespaceWithLifecycle {
    static final String URI = "urn:tandemopc:simulator";
    static final String POINT_ENCODING = "type/Point/DefaultBinary";

    private final SimulatorSettings settings;
    private final Ledger ledger;
    private final TickingNodes ticking;
    private final Map<NodeId, List<DataItem>> staticItems = new ConcurrentHashMap<>();
    private final Map<NodeId, Boolean> badStatics = new ConcurrentHashMap<>();
    private final Object writing = new Object();
    private volatile boolean muted;

    SimulatorNamespace(OpcUaServer server, SimulatorSettings settings, Ledger ledger, long tick) {
        super(server, URI);
        this.settings = settings;
        this.ledger = ledger;
        this.ticking = new TickingNodes(getNamespaceIndex(), settings, tick);
        getLifecycleManager().addStartupTask(this::createNodes);
    }

    TickingNodes ticking() {
        return ticking;
    }

    // ---- faults

    int setBad(Predicate<String> ids, boolean bad) {
        int matches = ticking.setBad(ids, bad);
        for (UaNode node : getNodeManager().getNodes()) {
            if (node instanceof UaVariableNode && ids.test(id(node.getNodeId()))) {
                matches++;
                setBad(node.getNodeId(), bad);
            }
        }
        return matches;
    }

    private void setBad(NodeId nodeId, boolean bad) {
        if (bad) {
            badStatics.put(nodeId, true);
        } else {
            badStatics.remove(nodeId);
        }
        pushStatic(nodeId);
    }

    int setFrozen(Predicate<String> ids, boolean frozen) {
        return ticking.setFrozen(ids, frozen);
    }

    /** Items are created and answer Good, and then nothing comes but keep-alives. */
    void setMuted(boolean muted) {
        this.muted = muted;
        ticking.setMuted(muted);
    }

    // ---- attribute and view services

    @Override
    public List<DataValue> read(
            ReadContext context, Double maxAge, TimestampsToReturn timestamps, List<ReadValueId> what) {
        List<DataValue> values = new ArrayList<>(what.size());
        for (ReadValueId each : what) {
            values.add(read(context, maxAge, timestamps, each));
        }
        return values;
    }

    private DataValue read(ReadContext context, Double maxAge, TimestampsToReturn timestamps, ReadValueId what) {
        TickingNode node = ticking.find(what.getNodeId());
        if (node != null) {
            return ticking.read(node, what, timestamps);
        }
        DataValue value = super.read(context, maxAge, timestamps, List.of(what)).get(0);
        boolean bad = AttributeId.Value.isEqual(what.getAttributeId()) && badStatics.containsKey(what.getNodeId());
        return bad
                ? new DataValue(
                        Variant.NULL_VALUE,
                        new StatusCode(StatusCodes.Bad_DeviceFailure),
                        value.sourceTime(),
                        value.serverTime())
                : value;
    }

    @Override
    public List<StatusCode> write(WriteContext context, List<WriteValue> values) {
        List<StatusCode> results = new ArrayList<>(values.size());
        for (WriteValue value : values) {
            results.add(write(context, value));
        }
        return results;
    }

    private StatusCode write(WriteContext context, WriteValue value) {
        if (ticking.contains(value.getNodeId())) {
            return new StatusCode(StatusCodes.Bad_NotWritable);
        }
        synchronized (writing) {
            StatusCode result = super.write(context, List.of(value)).get(0);
            if (result.isGood()) {
                ledger.append(
                        "write",
                        value.getNodeId().toParseableString(),
                        Values.text(value.getValue().value().value()),
                        sessionName(context.getSession().orElse(null)));
                pushStatic(value.getNodeId());
            }
            return result;
        }
    }

    static String sessionName(@Nullable Session session) {
        return session == null ? "" : session.getSessionName();
    }

    @Override
    public List<ReferenceResult> browse(BrowseContext context, ViewDescription view, List<NodeId> nodeIds) {
        List<ReferenceResult> results = new ArrayList<>(nodeIds.size());
        for (NodeId nodeId : nodeIds) {
            TickingNode node = ticking.find(nodeId);
            results.add(
                    node != null
                            ? ReferenceResult.of(ticking.references(node))
                            : withChildren(
                                    nodeId,
                                    super.browse(context, view, List.of(nodeId)).get(0)));
        }
        return results;
    }

    private ReferenceResult withChildren(NodeId nodeId, ReferenceResult result) {
        List<Reference> children = ticking.children(nodeId);
        if (children.isEmpty() || !(result instanceof ReferenceResult.ReferenceList list)) {
            return result;
        }
        List<Reference> all = new ArrayList<>(list.references());
        all.addAll(children);
        return ReferenceResult.of(all);
    }

    // ---- monitored items

    @Override
    public void onDataItemsCreated(List<DataItem> items) {
        List<DataItem> ticks = new ArrayList<>();
        for (DataItem item : items) {
            if (isTick(item)) {
                ticks.add(item);
            } else {
                staticItems
                        .computeIfAbsent(nodeId(item), id -> new CopyOnWriteArrayList<>())
                        .add(item);
                pushStatic(item);
            }
        }
        ticking.watch(ticks);
    }

    @Override
    public void onDataItemsModified(List<DataItem> items) {
        items.forEach(this::pushNow);
    }

    @Override
    public void onDataItemsDeleted(List<DataItem> items) {
        List<DataItem> ticks = new ArrayList<>();
        for (DataItem item : items) {
            if (isTick(item)) {
                ticks.add(item);
            } else {
                staticItems.computeIfPresent(nodeId(item), (id, others) -> {
                    others.remove(item);
                    return others.isEmpty() ? null : others;
                });
            }
        }
        ticking.unwatch(ticks);
    }

    @Override
    public void onMonitoringModeChanged(List<MonitoredItem> items) {
        for (MonitoredItem item : items) {
            if (item instanceof DataItem dataItem) {
                pushNow(dataItem);
            }
        }
    }

    private boolean isTick(DataItem item) {
        return ticking.contains(nodeId(item))
                && AttributeId.Value.isEqual(item.getReadValueId().getAttributeId());
    }

    private void pushNow(DataItem item) {
        if (isTick(item)) {
            ticking.pushNow(item);
        } else {
            pushStatic(item);
        }
    }

    private void pushStatic(NodeId nodeId) {
        staticItems.getOrDefault(nodeId, List.of()).forEach(this::pushStatic);
    }

    private void pushStatic(DataItem item) {
        if (muted || !item.isSamplingEnabled()) {
            return;
        }
        synchronized (writing) {
            ReadContext context = new ReadContext(getServer(), item.getSession());
            item.setValue(read(context, 0.0, TimestampsToReturn.Both, item.getReadValueId()));
        }
    }

    private static NodeId nodeId(DataItem item) {
        return item.getReadValueId().getNodeId();
    }

    private static String id(NodeId nodeId) {
        return String.valueOf(nodeId.getIdentifier());
    }

    // ---- address space

    private void createNodes() {
        UaNode root = folder("Simulator", null);
        folder(TickingNodes.COUNTERS, root);
        folder(TickingNodes.WATCHDOGS, root);
        createStatics(folder("static", root));
        createTypes();
        createTyped(folder("structure", root), folder("enumeration", root));
        createAccess(folder("access", root));
        UaObjectNode methods = object("methods", root);
        new SimulatorMethods(getNodeContext(), getNamespaceIndex(), ledger).addTo(methods);
    }

    private UaNode folder(String id, @Nullable UaNode parent) {
        UaFolderNode node =
                new UaFolderNode(getNodeContext(), newNodeId(id), newQualifiedName(id), LocalizedText.english(id));
        getNodeManager().addNode(node);
        node.addReference(new Reference(
                node.getNodeId(),
                NodeIds.Organizes,
                (parent == null ? NodeIds.ObjectsFolder : parent.getNodeId()).expanded(),
                false));
        return node;
    }

    private UaObjectNode object(String id, UaNode parent) {
        UaObjectNode node = new UaObjectNode.UaObjectNodeBuilder(getNodeContext())
                .setNodeId(newNodeId(id))
                .setBrowseName(newQualifiedName(id))
                .setDisplayName(LocalizedText.english(id))
                .setTypeDefinition(NodeIds.BaseObjectType)
                .build();
        getNodeManager().addNode(node);
        node.addReference(new Reference(
                node.getNodeId(), NodeIds.Organizes, parent.getNodeId().expanded(), false));
        return node;
    }

    private void createStatics(UaNode parent) {
        for (int i = 0; i < settings.statics(); i++) {
            variable("static/" + i, parent, NodeIds.Double, 0.0);
        }
        StaticNodes.scalars().forEach((type, sample) -> {
            variable("static/" + type, parent, sample.dataType(), sample.value());
            variable("static/" + type + "Array", parent, sample.dataType(), StaticNodes.array(sample.value()));
        });
        variable("static/Variant", parent, NodeIds.BaseDataType, 42);
        variable("static/VariantArray", parent, NodeIds.BaseDataType, new Variant[] {
            Variant.ofInt32(1), Variant.ofString("two"), Variant.of(new Double[] {3.0, 3.5})
        });
        variable("static/Int32Matrix", parent, NodeIds.Int32, Matrix.ofInt32(new int[][] {{1, 2, 3}, {4, 5, 6}}));
    }

    private void createTypes() {
        StructureDefinition point = new StructureDefinition(
                newNodeId(POINT_ENCODING), NodeIds.Structure, StructureType.Structure, new StructureField[] {
                    field("X", NodeIds.Double), field("Y", NodeIds.Double), field("Name", NodeIds.String)
                });
        UaDataTypeNode pointType = dataType("type/Point", NodeIds.Structure, point);
        UaObjectNode encoding = new UaObjectNode.UaObjectNodeBuilder(getNodeContext())
                .setNodeId(newNodeId(POINT_ENCODING))
                .setBrowseName(new QualifiedName(0, "Default Binary"))
                .setDisplayName(LocalizedText.english("Default Binary"))
                .setTypeDefinition(NodeIds.DataTypeEncodingType)
                .build();
        getNodeManager().addNode(encoding);
        encoding.addReference(new Reference(
                encoding.getNodeId(), NodeIds.HasEncoding, pointType.getNodeId().expanded(), false));
        dataType("type/Mode", NodeIds.Enumeration, new EnumDefinition(new EnumField[] {
            enumField(0, "Off"), enumField(1, "Manual"), enumField(2, "Automatic")
        }));
    }

    private UaDataTypeNode dataType(
            String id,
            NodeId superType,
            org.eclipse.milo.opcua.stack.core.types.structured.DataTypeDefinition definition) {
        String name = id.substring(id.indexOf('/') + 1);
        UaDataTypeNode node = new UaDataTypeNode(
                getNodeContext(),
                newNodeId(id),
                newQualifiedName(name),
                LocalizedText.english(name),
                LocalizedText.NULL_VALUE,
                uint(0),
                uint(0),
                null,
                null,
                null,
                false,
                definition);
        getNodeManager().addNode(node);
        node.addReference(new Reference(node.getNodeId(), NodeIds.HasSubtype, superType.expanded(), false));
        return node;
    }

    private static StructureField field(String name, NodeId dataType) {
        return new StructureField(
                name, LocalizedText.NULL_VALUE, dataType, ValueRanks.Scalar, new UInteger[0], uint(0), false);
    }

    private static EnumField enumField(long value, String name) {
        return new EnumField(value, LocalizedText.english(name), LocalizedText.NULL_VALUE, name);
    }

    private void createTyped(UaNode structures, UaNode enumerations) {
        NodeId point = newNodeId("type/Point");
        ExtensionObject first = StaticNodes.point(getNamespaceIndex(), 1.5, -2.5, "first");
        ExtensionObject second = StaticNodes.point(getNamespaceIndex(), 3.0, 4.0, "second");
        variable("structure/point", structures, point, first);
        variable("structure/points", structures, point, new ExtensionObject[] {first, second});
        variable("enumeration/mode", enumerations, newNodeId("type/Mode"), 1);
    }

    private void createAccess(UaNode parent) {
        setAccess(variable("access/readOnly", parent, NodeIds.Int32, 1), AccessLevel.CurrentRead);
        setAccess(variable("access/writeOnly", parent, NodeIds.Int32, 1), AccessLevel.CurrentWrite);
        UaVariableNode denied = variable("access/userDenied", parent, NodeIds.Int32, 1);
        if (denied != null) {
            denied.getFilterChain().addLast(new AnonymousDenied());
        }
    }

    private static void setAccess(@Nullable UaVariableNode node, AccessLevel level) {
        if (node != null) {
            node.setAccessLevel(AccessLevel.toValue(level));
            node.setUserAccessLevel(AccessLevel.toValue(level));
        }
    }

    private @Nullable UaVariableNode variable(String id, UaNode parent, NodeId dataType, Object value) {
        if (settings.omitted().contains(id)) {
            return null;
        }
        UaVariableNode node = new UaVariableNode.UaVariableNodeBuilder(getNodeContext())
                .setNodeId(newNodeId(id))
                .setBrowseName(newQualifiedName(id))
                .setDisplayName(LocalizedText.english(id))
                .setDataType(dataType)
                .setTypeDefinition(NodeIds.BaseDataVariableType)
                .setValueRank(Values.rank(value))
                .setAccessLevel(AccessLevel.READ_WRITE)
                .setUserAccessLevel(AccessLevel.READ_WRITE)
                .setMinimumSamplingInterval(0.0)
                .build();
        node.setValue(new DataValue(Variant.of(value), StatusCode.GOOD, Times.FIXED, Times.FIXED));
        getNodeManager().addNode(node);
        node.addReference(new Reference(
                node.getNodeId(), NodeIds.Organizes, parent.getNodeId().expanded(), false));
        return node;
    }

    /** Takes every right from sessions without a user. */
    private static final class AnonymousDenied implements AttributeFilter {
        @Override
        public @Nullable Object getAttribute(AttributeFilterContext context, AttributeId attribute) {
            boolean anonymous = context.getSession()
                    .map(Session::getIdentity)
                    .map(identity -> identity.getUserTokenType() == UserTokenType.Anonymous)
                    .orElse(false);
            return attribute == AttributeId.UserAccessLevel && anonymous
                    ? AccessLevel.toValue(AccessLevel.NONE)
                    : context.getAttribute(attribute);
        }
    }
}
