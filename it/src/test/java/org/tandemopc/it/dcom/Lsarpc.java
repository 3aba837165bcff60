package org.tandemopc.it.dcom;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.rpc.CallContext;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.dcom.rpc.RpcHandler;
import org.tandemopc.dcom.rpc.RpcInterface;
import org.tandemopc.dcom.rpc.RpcStatus;
import org.tandemopc.dcom.rpc.SyntaxId;

/**
 * As much of the local security authority ([MS-LSAD]) as samba's tests of RPC call: a policy handle is opened and closed. It
 * remembers who called and how.
 */
final class Lsarpc implements RpcInterface {
    static final SyntaxId SYNTAX = SyntaxId.of("12345778-1234-abcd-ef00-0123456789ab", 0, 0);

    static final int CLOSE = 0;
    static final int QUERY_SECURITY = 3;
    static final int OPEN_POLICY = 6;
    static final int OPEN_POLICY_2 = 44;

    /** LsarGetUserName, of which a test looks at the status alone. */
    static final int GET_USER_NAME = 45;

    private static final int NULL = 0;
    private static final int OK = 0;

    private record Policy() {}

    private final List<String> callers = new CopyOnWriteArrayList<>();

    @Override
    public SyntaxId syntax() {
        return SYNTAX;
    }

    @Override
    public @Nullable RpcHandler operation(int opnum) {
        return switch (opnum) {
            case CLOSE -> this::close;
            case QUERY_SECURITY -> this::querySecurity;
            case OPEN_POLICY, OPEN_POLICY_2 -> this::open;
            case GET_USER_NAME ->
                (call, stub) -> new ByteWriter().i32(NULL).i32(NULL).i32(OK).toBytes();
            default -> null;
        };
    }

    private Bytes open(CallContext call, Bytes stub) {
        callers.add("%s\\%s %s"
                .formatted(call.principal().domain(), call.principal().user(), call.level()));
        return handle(call.group().open(new Policy()));
    }

    private Bytes close(CallContext call, Bytes stub) throws MalformedException, RpcFaultException {
        Guid handle = handle(call, stub);
        if (!call.group().close(handle)) {
            throw new RpcFaultException(RpcStatus.CONTEXT_MISMATCH);
        }
        return handle(Guid.NULL);
    }

    /** Nobody may do anything with it: there is no descriptor. */
    private Bytes querySecurity(CallContext call, Bytes stub) throws MalformedException, RpcFaultException {
        handle(call, stub);
        return new ByteWriter().i32(NULL).i32(OK).toBytes();
    }

    private static Guid handle(CallContext call, Bytes stub) throws MalformedException, RpcFaultException {
        ByteReader in = stub.reader().order(call.order());
        in.u32("handle.attributes");
        Guid handle = Guid.read(in, "handle");
        if (call.group().find(handle, Policy.class) == null) {
            throw new RpcFaultException(RpcStatus.CONTEXT_MISMATCH);
        }
        return handle;
    }

    private static Bytes handle(Guid handle) {
        ByteWriter out = new ByteWriter().i32(0);
        handle.write(out);
        return out.i32(OK).toBytes();
    }

    /** Of all that opened a policy, in that order: "DOMAIN\\user LEVEL". */
    List<String> callers() {
        return List.copyOf(callers);
    }
}
