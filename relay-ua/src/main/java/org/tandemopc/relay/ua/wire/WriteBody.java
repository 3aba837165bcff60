package org.tandemopc.relay.ua.wire;

import java.util.BitSet;
import java.util.function.IntPredicate;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.structured.ResponseHeader;
import org.jspecify.annotations.Nullable;

/** A WriteRequest (OPC UA Part 4, 5.11.4), read as far as a relay must. Immutable. Any thread. */
public final class WriteBody {
    private final Operations operations;
    private final int[] nodes;
    private final long[] attributes;

    private WriteBody(Operations operations, int[] nodes, long[] attributes) {
        this.operations = operations;
        this.nodes = nodes;
        this.attributes = attributes;
    }

    /**
     * @throws MalformedException if the body is no WriteRequest
     * @throws IllegalArgumentException if it is another service's request
     */
    public static WriteBody parse(RawRequest request) {
        if (request.type() != RawType.WRITE) {
            throw new IllegalArgumentException("not a WriteRequest: " + request);
        }
        Operations operations = Operations.parse(request);
        int[] nodes = new int[operations.size()];
        long[] attributes = new long[operations.size()];
        for (int i = 0; i < nodes.length; i++) {
            Walker node = operations.walker(i);
            nodes[i] = NodeSet.id(node.nodeId("nodeId"));
            attributes[i] = node.u32("attributeId");
        }
        return new WriteBody(operations, nodes, attributes);
    }

    public RawRequest request() {
        return operations.request();
    }

    /** For taking some operations out and merging the answers. */
    public Operations operations() {
        return operations;
    }

    public int size() {
        return nodes.length;
    }

    /** Numeric identifier in namespace 0, or -1 for every other node. */
    public int ns0Node(int index) {
        return nodes[index];
    }

    public long attribute(int index) {
        return attributes[index];
    }

    /** Whether any node is one of these (namespace 0 only). */
    public boolean touches(IntPredicate ownNodeId) {
        return NodeSet.touches(nodes, ownNodeId);
    }

    /** Which operations are on one of these nodes. */
    public BitSet on(IntPredicate ownNodeId) {
        return NodeSet.on(nodes, ownNodeId);
    }

    /** One status for all; see {@link Operations#uniform}. */
    public RawResponse uniform(ResponseHeader header, StatusCode status, @Nullable String diagnostic) {
        return operations.uniform(header, status, diagnostic);
    }
}
