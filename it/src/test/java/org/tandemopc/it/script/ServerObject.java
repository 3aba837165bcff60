package org.tandemopc.it.script;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.stack.core.AttributeId;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.enumerated.BrowseDirection;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseResult;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.ReferenceDescription;

/**
 * Everything that a server says of itself: the Server object, whatever is below it in namespace 0, and all attributes.
 *
 * @param nodes the Server object, all below it, and a few more
 * @param diagnostics those of them that are below ServerDiagnostics, and itself
 * @param values attributes and references as text, by node and attribute
 */
public record ServerObject(Set<NodeId> nodes, Set<NodeId> diagnostics, Map<String, String> values) {
    private static final String REFERENCES = "references";
    /** What {@link #values} holds of each node. */
    public static final List<String> ATTRIBUTES = Stream.concat(
                    Arrays.stream(AttributeId.values()).map(AttributeId::name), Stream.of(REFERENCES))
            .toList();

    private static final int NODES_MAX = 3000;
    private static final int READS_AT_ONCE = 500;
    /** Read by their id, though not every server has them in its tree. */
    private static final List<NodeId> READ_ANYWAY = List.of(NodeIds.Server_ServerRedundancy_CurrentServerId);

    public static ServerObject read(OpcUaClient client) throws UaException {
        Map<String, String> values = new LinkedHashMap<>();
        Set<NodeId> nodes = below(client, NodeIds.Server, values);
        Set<NodeId> diagnostics = below(client, NodeIds.Server_ServerDiagnostics, new LinkedHashMap<>());
        nodes.addAll(READ_ANYWAY);
        List<ReadValueId> reads = new ArrayList<>();
        for (NodeId node : nodes) {
            for (AttributeId attribute : AttributeId.values()) {
                reads.add(new ReadValueId(node, attribute.uid(), null, QualifiedName.NULL_VALUE));
            }
        }
        for (int from = 0; from < reads.size(); from += READS_AT_ONCE) {
            List<ReadValueId> part = reads.subList(from, Math.min(reads.size(), from + READS_AT_ONCE));
            DataValue[] answers = Objects.requireNonNull(
                    client.read(0, TimestampsToReturn.Neither, part).getResults());
            for (int i = 0; i < answers.length; i++) {
                AttributeId attribute =
                        AttributeId.from(part.get(i).getAttributeId()).orElseThrow();
                values.put(key(part.get(i).getNodeId(), attribute.name()), text(answers[i]));
            }
        }
        return new ServerObject(nodes, diagnostics, values);
    }

    /** Under which a node's attribute is kept in {@link #values}. */
    public static String key(NodeId node, String attribute) {
        return node.toParseableString() + " " + attribute;
    }

    private static String text(DataValue value) {
        return value.value() + " " + Answers.text(value.statusCode());
    }

    private static Set<NodeId> below(OpcUaClient client, NodeId root, Map<String, String> references)
            throws UaException {
        Set<NodeId> seen = new LinkedHashSet<>(List.of(root));
        Deque<NodeId> open = new ArrayDeque<>(seen);
        while (!open.isEmpty() && seen.size() < NODES_MAX) {
            NodeId next = open.remove();
            BrowseResult result = client.browse(new BrowseDescription(
                    next, BrowseDirection.Forward, NodeIds.HierarchicalReferences, true, uint(0), uint(63)));
            ReferenceDescription[] found = result.getReferences();
            List<ReferenceDescription> standard = Stream.of(found == null ? new ReferenceDescription[0] : found)
                    .filter(each -> isStandard(target(client, each)))
                    .toList();
            references.put(key(next, REFERENCES), standard.toString());
            for (ReferenceDescription each : standard) {
                if (seen.add(target(client, each))) {
                    open.add(target(client, each));
                }
            }
        }
        return seen;
    }

    private static NodeId target(OpcUaClient client, ReferenceDescription reference) {
        return reference.getNodeId().toNodeId(client.getNamespaceTable()).orElseThrow();
    }

    /** Objects of sessions, which have ids of the server's own, come and go. */
    private static boolean isStandard(NodeId node) {
        return node.getNamespaceIndex().intValue() == 0;
    }
}
