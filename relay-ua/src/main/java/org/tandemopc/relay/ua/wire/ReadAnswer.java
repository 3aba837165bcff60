package org.tandemopc.relay.ua.wire;

import java.util.BitSet;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.structured.ResponseHeader;
import org.jspecify.annotations.Nullable;

/** ReadResponses that Tandem makes: some or all values are its own. */
public final class ReadAnswer {
    private ReadAnswer() {}

    /**
     * One answer in the client's order; the member's values and DiagnosticInfos byte for byte.
     *
     * @param fromMember the answer to {@link ReadBody#without}; null if every node is local
     * @param header of the answer; must carry the member's string table, into which its DiagnosticInfos point
     * @param local the nodes that the member was not asked for
     * @param values as many as the client asked for; only those of local nodes are looked at
     * @throws MalformedException if the member's answer is none, or has another number of values than it was asked for
     * @throws IllegalArgumentException if a local value is missing, or nobody answers the rest
     */
    public static RawResponse merge(
            @Nullable RawResponse fromMember, ResponseHeader header, BitSet local, @Nullable DataValue[] values) {
        return Answers.merge(RawType.READ, values.length, fromMember, header, local, (out, i) -> {
            DataValue value = values[i];
            if (value == null) {
                throw new IllegalArgumentException("no value for node " + i);
            }
            byte[] bytes = UaWire.encodePart(e -> e.encodeDataValue(value));
            out.copy(bytes, 0, bytes.length);
        });
    }

    /** The same status and no value for every node. */
    public static RawResponse allBad(ResponseHeader header, int size, StatusCode status) {
        var out = new LeWriter(8 + 5 * size).i32(size);
        for (int i = 0; i < size; i++) {
            Layout.writeResult(RawType.READ, out, (int) status.getValue());
        }
        return new RawResponse(RawType.READ, header, out.i32(-1).bytes());
    }
}
