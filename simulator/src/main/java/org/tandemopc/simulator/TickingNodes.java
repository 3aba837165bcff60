package org.tandemopc.simulator;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.eclipse.milo.opcua.sdk.core.AccessLevel;
import org.eclipse.milo.opcua.sdk.core.Reference;
import org.eclipse.milo.opcua.sdk.core.ValueRanks;
import org.eclipse.milo.opcua.sdk.server.items.DataItem;
import org.eclipse.milo.opcua.stack.core.AttributeId;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.LocalizedText;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UShort;
import org.eclipse.milo.opcua.stack.core.types.enumerated.NodeClass;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.jspecify.annotations.Nullable;

/**
 * Counters and watchdogs: their values, who watches them, and how they look in the address space. One tick is one walk
 * over the watched nodes. Thread-safe.
 */
final class TickingNodes {
    static final String COUNTERS = "counter";
    static final String WATCHDOGS = "watchdog";

    private final UShort namespace;
    private final long periodMs;
    private final Map<String, TickingNode> nodes = new LinkedHashMap<>();
    private final Map<String, List<Reference>> children = new LinkedHashMap<>();
    private List<TickingNode> watched = List.of();
    private TickValues now;
    private boolean muted;
    private long skewMs;

    TickingNodes(UShort namespace, SimulatorSettings settings, long tick) {
        this.namespace = namespace;
        this.periodMs = settings.periodMs();
        this.now = TickValues.of(tick, periodMs, 0);
        create(COUNTERS, settings.counters(), false, settings.omitted());
        create(WATCHDOGS, settings.watchdogs(), true, settings.omitted());
    }

    private void create(String folder, int count, boolean watchdog, Set<String> omitted) {
        List<Reference> references = new ArrayList<>(count);
        NodeId folderId = new NodeId(namespace, folder);
        for (int i = 0; i < count; i++) {
            String id = folder + "/" + i;
            if (omitted.contains(id)) {
                continue;
            }
            NodeId nodeId = new NodeId(namespace, id);
            nodes.put(id, new TickingNode(id, nodeId, watchdog));
            references.add(new Reference(folderId, NodeIds.Organizes, nodeId.expanded(), true));
        }
        children.put(folder, references);
    }

    synchronized void tick(long tick) {
        now = TickValues.of(tick, periodMs, skewMs);
        if (muted) {
            return;
        }
        for (TickingNode node : watched) {
            node.push(node.at(now));
        }
    }

    @Nullable
    TickingNode find(NodeId nodeId) {
        return nodeId.getIdentifier() instanceof String id ? nodes.get(id) : null;
    }

    boolean contains(NodeId nodeId) {
        return find(nodeId) != null;
    }

    /** Adds items of value attributes; each gets the value of this tick, and then every following one. */
    synchronized void watch(Collection<DataItem> items) {
        for (DataItem item : items) {
            TickingNode node = find(item.getReadValueId().getNodeId());
            if (node == null) {
                continue;
            }
            node.add(item);
            pushNow(node, item);
        }
        collectWatched();
    }

    synchronized void unwatch(Collection<DataItem> items) {
        for (DataItem item : items) {
            TickingNode node = find(item.getReadValueId().getNodeId());
            if (node != null) {
                node.remove(item);
            }
        }
        collectWatched();
    }

    /** For items that were modified or switched on; the SDK drops what the client has already. */
    synchronized void pushNow(DataItem item) {
        TickingNode node = find(item.getReadValueId().getNodeId());
        if (node != null) {
            pushNow(node, item);
        }
    }

    private void pushNow(TickingNode node, DataItem item) {
        if (!muted && item.isSamplingEnabled()) {
            item.setValue(node.at(now));
        }
    }

    private void collectWatched() {
        watched = nodes.values().stream().filter(TickingNode::isWatched).toList();
    }

    /** @return how many nodes match */
    synchronized int setBad(Predicate<String> ids, boolean bad) {
        int matches = 0;
        for (TickingNode node : nodes.values()) {
            if (ids.test(node.id)) {
                node.bad = bad;
                matches++;
                pushAll(node);
            }
        }
        return matches;
    }

    /** @return how many nodes match */
    synchronized int setFrozen(Predicate<String> ids, boolean frozen) {
        int matches = 0;
        for (TickingNode node : nodes.values()) {
            if (ids.test(node.id)) {
                node.frozen = frozen ? node.at(now) : null;
                matches++;
                pushAll(node);
            }
        }
        return matches;
    }

    private void pushAll(TickingNode node) {
        if (!muted) {
            node.push(node.at(now));
        }
    }

    /** From the next tick on. */
    synchronized void setSkew(long ms) {
        skewMs = ms;
    }

    synchronized void setMuted(boolean muted) {
        this.muted = muted;
    }

    List<Reference> children(NodeId folder) {
        return folder.getIdentifier() instanceof String id ? children.getOrDefault(id, List.of()) : List.of();
    }

    List<Reference> references(TickingNode node) {
        NodeId folder = new NodeId(namespace, node.watchdog ? WATCHDOGS : COUNTERS);
        return List.of(
                new Reference(node.nodeId, NodeIds.HasTypeDefinition, NodeIds.BaseDataVariableType.expanded(), true),
                new Reference(node.nodeId, NodeIds.Organizes, folder.expanded(), false));
    }

    DataValue read(TickingNode node, ReadValueId what, TimestampsToReturn timestamps) {
        AttributeId attribute = AttributeId.from(what.getAttributeId()).orElse(null);
        if (attribute == null) {
            return new DataValue(StatusCodes.Bad_AttributeIdInvalid);
        }
        String range = what.getIndexRange();
        if (range != null && !range.isEmpty()) {
            return new DataValue(StatusCodes.Bad_IndexRangeNoData);
        }
        if (attribute == AttributeId.Value) {
            DataValue value;
            synchronized (this) {
                value = node.at(now);
            }
            return DataValue.derivedValue(value, timestamps);
        }
        Object value = attribute(node, attribute);
        return value == null
                ? new DataValue(StatusCodes.Bad_AttributeIdInvalid)
                : DataValue.derivedNonValue(new DataValue(Variant.of(value)), timestamps);
    }

    private @Nullable Object attribute(TickingNode node, AttributeId attribute) {
        return switch (attribute) {
            case NodeId -> node.nodeId;
            case NodeClass -> NodeClass.Variable;
            case BrowseName -> new QualifiedName(namespace, node.id);
            case DisplayName -> LocalizedText.english(node.id);
            case Description -> LocalizedText.english("tick of the wall clock");
            case WriteMask, UserWriteMask -> uint(0);
            case DataType -> node.watchdog ? NodeIds.Boolean : NodeIds.Int64;
            case ValueRank -> ValueRanks.Scalar;
            case AccessLevel, UserAccessLevel -> AccessLevel.toValue(AccessLevel.CurrentRead);
            case MinimumSamplingInterval -> 0.0;
            case Historizing -> false;
            default -> null;
        };
    }
}
