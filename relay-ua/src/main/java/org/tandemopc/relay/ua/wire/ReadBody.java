package org.tandemopc.relay.ua.wire;

import java.util.BitSet;
import java.util.function.IntPredicate;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;

/**
 * A ReadRequest (OPC UA Part 4, 5.11.2), read as far as a relay must to find the nodes that are Tandem's own. Immutable.
 * Any thread.
 */
public final class ReadBody {
    private final Operations operations;
    private final double maxAge;
    private final TimestampsToReturn timestampsToReturn;
    private final int[] nodes;
    private final long[] attributes;
    private final BitSet indexRanges;

    private ReadBody(
            Operations operations,
            double maxAge,
            TimestampsToReturn timestampsToReturn,
            int[] nodes,
            long[] attributes,
            BitSet indexRanges) {
        this.operations = operations;
        this.maxAge = maxAge;
        this.timestampsToReturn = timestampsToReturn;
        this.nodes = nodes;
        this.attributes = attributes;
        this.indexRanges = indexRanges;
    }

    /**
     * @throws MalformedException if the body is no ReadRequest
     * @throws IllegalArgumentException if it is another service's request
     */
    public static ReadBody parse(RawRequest request) {
        if (request.type() != RawType.READ) {
            throw new IllegalArgumentException("not a ReadRequest: " + request);
        }
        Operations operations = Operations.parse(request);
        var in = new Walker(request.body());
        double maxAge = Double.longBitsToDouble(in.i64("maxAge"));
        TimestampsToReturn timestamps = TimestampsToReturn.from(in.i32("timestampsToReturn"));
        int[] nodes = new int[operations.size()];
        long[] attributes = new long[operations.size()];
        var indexRanges = new BitSet();
        for (int i = 0; i < nodes.length; i++) {
            Walker node = operations.walker(i);
            nodes[i] = NodeSet.id(node.nodeId("nodeId"));
            attributes[i] = node.u32("attributeId");
            indexRanges.set(i, node.i32("indexRange") > 0);
        }
        return new ReadBody(
                operations,
                maxAge,
                timestamps == null ? TimestampsToReturn.Invalid : timestamps,
                nodes,
                attributes,
                indexRanges);
    }

    public RawRequest request() {
        return operations.request();
    }

    public Operations operations() {
        return operations;
    }

    /** Milliseconds, as the client gave it: may be negative or no number. */
    public double maxAge() {
        return maxAge;
    }

    /** {@link TimestampsToReturn#Invalid} also for numbers that are no such value. */
    public TimestampsToReturn timestampsToReturn() {
        return timestampsToReturn;
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

    /** Whether only a part of the value is asked for. */
    public boolean hasIndexRange(int index) {
        return indexRanges.get(index);
    }

    /** The whole of one operation, decoded. */
    public ReadValueId node(int index) {
        return UaWire.decodePart(operations.walker(index), ReadValueId.TYPE_ID, ReadValueId.class);
    }

    /** Whether any node is one of these (namespace 0 only). */
    public boolean touches(IntPredicate ownNodeId) {
        return NodeSet.touches(nodes, ownNodeId);
    }

    /** Which operations are on one of these nodes. */
    public BitSet on(IntPredicate ownNodeId) {
        return NodeSet.on(nodes, ownNodeId);
    }

    /** The request without those operations; see {@link Operations#without}. */
    public RawRequest without(BitSet local) {
        return operations.without(local);
    }
}
