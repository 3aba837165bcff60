package org.tandemopc.relay.ua.wire;

import java.util.BitSet;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.structured.ResponseHeader;
import org.jspecify.annotations.Nullable;

/**
 * The operations of a raw request of any service but Publish: how many, which bytes; and answers to them that Tandem
 * gives itself, to some or to all. Immutable. Any thread.
 */
public final class Operations {
    /** Bit of returnDiagnostics: "operation level AdditionalInfo" (OPC UA Part 4, 7.33). */
    private static final long OPERATION_ADDITIONAL_INFO = 0x80;

    /** Mask of a DiagnosticInfo that has an AdditionalInfo only (Part 6, 5.2.2.12). */
    private static final int ADDITIONAL_INFO = 0x10;

    private final RawRequest request;
    /** Operation i is [i] to [i + 1]; the array's length stands in the four bytes before [0]. */
    private final int[] at;

    private Operations(RawRequest request, int[] at) {
        this.request = request;
        this.at = at;
    }

    /** @throws MalformedException if the body is not such a request */
    public static Operations parse(RawRequest request) {
        RawType type = request.type();
        var in = new Walker(request.body());
        Layout.skipToOperations(type, in);
        int count = Math.max(0, in.count("operations", Layout.operationBytesMin(type)));
        int[] at = new int[count + 1];
        for (int i = 0; i < count; i++) {
            at[i] = in.position();
            Layout.skipOperation(type, in);
        }
        at[count] = in.position();
        in.end(type.serviceName() + "Request");
        return new Operations(request, at);
    }

    public RawRequest request() {
        return request;
    }

    public int size() {
        return at.length - 1;
    }

    /** Over the bytes of one operation. */
    Walker walker(int index) {
        return new Walker(request.body(), at[index], at[index + 1]);
    }

    /** Offset in the body of the first operation. */
    int start() {
        return at[0];
    }

    /**
     * The request without those operations, which somebody else answers.
     *
     * @throws IllegalArgumentException if no operation is left
     */
    public RawRequest without(BitSet local) {
        int left = size() - local.get(0, size()).cardinality();
        if (left == 0) {
            throw new IllegalArgumentException("no operation left");
        }
        if (left == size()) {
            return request;
        }
        var out = new LeWriter(request.body().length);
        out.copy(request.body(), 0, at[0] - 4).i32(left);
        for (int i = local.nextClearBit(0); i < size(); i = local.nextClearBit(i + 1)) {
            out.copy(request.body(), at[i], at[i + 1]);
        }
        return new RawRequest(request.type(), request.header(), out.bytes());
    }

    /** The request with other bytes for one operation. */
    RawRequest with(int index, byte[] operation) {
        byte[] body = request.body();
        var out = new LeWriter(body.length - (at[index + 1] - at[index]) + operation.length);
        out.copy(body, 0, at[index]).copy(operation, 0, operation.length);
        out.copy(body, at[index + 1], body.length);
        return new RawRequest(request.type(), request.header(), out.bytes());
    }

    /**
     * The same status for every operation; service result and everything else of the header as given.
     *
     * @param diagnostic goes as AdditionalInfo into a DiagnosticInfo per operation, if the request asks for that
     */
    public RawResponse uniform(ResponseHeader header, StatusCode status, @Nullable String diagnostic) {
        var out = new LeWriter(16 + size() * 20);
        out.i32(size());
        for (int i = 0; i < size(); i++) {
            Layout.writeResult(request.type(), out, (int) status.getValue());
        }
        long asked = request.header().getReturnDiagnostics().longValue();
        if (diagnostic == null || (asked & OPERATION_ADDITIONAL_INFO) == 0) {
            out.i32(-1);
        } else {
            out.i32(size());
            for (int i = 0; i < size(); i++) {
                out.u8(ADDITIONAL_INFO).string(diagnostic);
            }
        }
        return new RawResponse(request.type(), header, out.bytes());
    }

    /**
     * The member's answer to {@link #without}, and a status for the operations that were left out, in the client's
     * order.
     *
     * @param fromMember null if every operation is local
     * @param header of the answer; must carry the member's string table, into which its DiagnosticInfos point
     * @param local the operations that the member was not asked
     * @param localStatus for each local operation
     * @throws MalformedException if the member's answer is none, or has another number of results than it was asked for
     */
    public RawResponse merge(
            @Nullable RawResponse fromMember, ResponseHeader header, BitSet local, StatusCode localStatus) {
        return Answers.merge(
                request.type(),
                size(),
                fromMember,
                header,
                local,
                (out, i) -> Layout.writeResult(request.type(), out, (int) localStatus.getValue()));
    }
}
