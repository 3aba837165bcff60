package org.tandemopc.relay.ua.wire;

import java.util.BitSet;
import java.util.function.IntPredicate;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.structured.CallMethodRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CallMethodResult;
import org.eclipse.milo.opcua.stack.core.types.structured.ResponseHeader;
import org.jspecify.annotations.Nullable;

/** A CallRequest (OPC UA Part 4, 5.12.2), read as far as a relay must. Immutable. Any thread. */
public final class CallBody {
    private final Operations operations;
    private final int[] objects;
    private final int[] methods;

    private CallBody(Operations operations, int[] objects, int[] methods) {
        this.operations = operations;
        this.objects = objects;
        this.methods = methods;
    }

    /**
     * @throws MalformedException if the body is no CallRequest
     * @throws IllegalArgumentException if it is another service's request
     */
    public static CallBody parse(RawRequest request) {
        if (request.type() != RawType.CALL) {
            throw new IllegalArgumentException("not a CallRequest: " + request);
        }
        Operations operations = Operations.parse(request);
        int[] objects = new int[operations.size()];
        int[] methods = new int[operations.size()];
        for (int i = 0; i < objects.length; i++) {
            Walker call = operations.walker(i);
            objects[i] = NodeSet.id(call.nodeId("objectId"));
            methods[i] = NodeSet.id(call.nodeId("methodId"));
        }
        return new CallBody(operations, objects, methods);
    }

    public RawRequest request() {
        return operations.request();
    }

    /** For taking some calls out and merging the answers. */
    public Operations operations() {
        return operations;
    }

    public int size() {
        return objects.length;
    }

    /** Numeric identifier in namespace 0, or -1 for every other object. */
    public int ns0Object(int index) {
        return objects[index];
    }

    /** Numeric identifier in namespace 0, or -1 for every other method. */
    public int ns0Method(int index) {
        return methods[index];
    }

    /** The whole of one call, decoded: for methods whose arguments name things of Tandem's. */
    public CallMethodRequest call(int index) {
        return UaWire.decodePart(operations.walker(index), CallMethodRequest.TYPE_ID, CallMethodRequest.class);
    }

    /** The request with one call replaced, the others as they came. */
    public RawRequest with(int index, CallMethodRequest call) {
        return operations.with(
                index, UaWire.encodePart(e -> e.encodeStruct("MethodsToCall", call, CallMethodRequest.TYPE_ID)));
    }

    /** Whether any object or method is one of these (namespace 0 only). */
    public boolean touches(IntPredicate ownNodeId) {
        return NodeSet.touches(objects, ownNodeId) || NodeSet.touches(methods, ownNodeId);
    }

    /** Which calls are of one of these methods (namespace 0 only). */
    public BitSet of(IntPredicate methodId) {
        return NodeSet.on(methods, methodId);
    }

    /**
     * One answer in the client's order; the member's results and DiagnosticInfos byte for byte.
     *
     * @param fromMember the answer to the calls that are not local; null if every call is local
     * @param header of the answer; must carry the member's string table, into which its DiagnosticInfos point
     * @param local the calls that the member was not asked
     * @param results as many as the client asked for; only those of local calls are looked at
     * @throws MalformedException if the member's answer is none, or has another number of results than it was asked for
     * @throws IllegalArgumentException if a local result is missing, or nobody answers the rest
     */
    public RawResponse merge(
            @Nullable RawResponse fromMember,
            ResponseHeader header,
            BitSet local,
            @Nullable CallMethodResult[] results) {
        return Answers.merge(RawType.CALL, size(), fromMember, header, local, (out, i) -> {
            CallMethodResult result = results[i];
            if (result == null) {
                throw new IllegalArgumentException("no result for call " + i);
            }
            byte[] bytes = UaWire.encodePart(e -> e.encodeStruct("Results", result, CallMethodResult.TYPE_ID));
            out.copy(bytes, 0, bytes.length);
        });
    }

    /** One status for all; see {@link Operations#uniform}. */
    public RawResponse uniform(ResponseHeader header, StatusCode status, @Nullable String diagnostic) {
        return operations.uniform(header, status, diagnostic);
    }
}
