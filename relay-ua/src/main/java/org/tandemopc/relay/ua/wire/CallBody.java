package org.tandemopc.relay.ua.wire;

import java.util.BitSet;
import java.util.function.IntPredicate;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.structured.CallMethodRequest;
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

    /** One status for all; see {@link Operations#uniform}. */
    public RawResponse uniform(ResponseHeader header, StatusCode status, @Nullable String diagnostic) {
        return operations.uniform(header, status, diagnostic);
    }
}
