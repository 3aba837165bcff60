package org.tandemopc.dcom.orpc.server;

import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.DeadPointerException;
import org.tandemopc.dcom.orpc.ExportLimitException;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.ObjectCall;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.OrpcStub;
import org.tandemopc.dcom.orpc.Pointers;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.CallContext;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.dcom.rpc.RpcHandler;
import org.tandemopc.dcom.rpc.RpcInterface;
import org.tandemopc.dcom.rpc.RpcStatus;
import org.tandemopc.dcom.rpc.SyntaxId;

/**
 * An interface of exported objects, as RPC sees it: the skeleton of all its objects, which the IPID of each call tells apart
 * ([MS-DCOM] 3.1.1.5.4).
 */
final class ObjectInterface implements RpcInterface {
    /** IUnknown's methods, which never travel. */
    private static final int OPNUM_FIRST = 3;

    private final ServerContext context;
    private final Guid iid;

    ObjectInterface(ServerContext context, Guid iid) {
        this.context = context;
        this.iid = iid;
    }

    @Override
    public SyntaxId syntax() {
        return new SyntaxId(iid, 0, 0);
    }

    @Override
    public @Nullable RpcHandler operation(int opnum) {
        return opnum < OPNUM_FIRST ? null : this::handle;
    }

    private Bytes handle(CallContext call, Bytes stub) throws RpcFaultException, MalformedException {
        NdrReader in = NdrReader.over(stub, call.order());
        ObjectCall objectCall = ServerContext.begin(call, in);
        ExportTable.Target target = target(call);
        try {
            return called(objectCall, in, target);
        } finally {
            context.exporter().unhold(target.hold());
        }
    }

    private Bytes called(ObjectCall objectCall, NdrReader in, ExportTable.Target target)
            throws RpcFaultException, MalformedException {
        CallContext call = objectCall.rpc();
        if (!target.type().isA(iid)) {
            // an IPID of another interface: its methods would be called by this one's numbers
            throw new RpcFaultException(HResult.RPC_E_INVALID_IPID, true);
        }
        var refusal = context.access().refusesCall(call, target.object());
        if (refusal.isPresent()) {
            context.log().tell(call.remoteAddress(), refusal.get());
            throw new RpcFaultException(RpcStatus.ACCESS_DENIED, true);
        }
        return invoke(objectCall, in, target.object(), target.type());
    }

    private ExportTable.Target target(CallContext call) throws RpcFaultException {
        var object = call.object();
        ExportTable.Target target = object == null
                ? null
                : context.exporter().called(object, Client.of(call)).orElse(null);
        if (target == null) {
            throw new RpcFaultException(HResult.RPC_E_DISCONNECTED, true);
        }
        return target;
    }

    private <T> Bytes invoke(ObjectCall call, NdrReader in, ComObject object, InterfaceDef<T> type)
            throws RpcFaultException, MalformedException {
        Operation<? super T, ?, ?> operation = type.operation(call.rpc().opnum());
        T target = object.target(type).orElse(null);
        if (operation == null || target == null) {
            throw new RpcFaultException(RpcStatus.OPNUM_OUT_OF_RANGE, true);
        }
        return invoke(call, in, operation, target);
    }

    private <T, I, O> Bytes invoke(ObjectCall call, NdrReader in, Operation<T, I, O> operation, T target)
            throws RpcFaultException, MalformedException {
        Pointers pointers = context.pointers(call.rpc());
        boolean isKept = false;
        try {
            I parameters = OrpcStub.parameters(in, operation, pointers);
            Result<O> result = call.within(() -> result(operation, target, parameters));
            isKept = result.isSuccess();
            return response(call, operation, parameters, result);
        } catch (RuntimeException e) {
            throw failed(call, operation, e);
        } finally {
            if (!isKept) {
                pointers.closeTaken();
            }
        }
    }

    private RpcFaultException failed(ObjectCall call, Operation<?, ?, ?> operation, RuntimeException e) {
        String what = "%s of %s failed, and the caller gets RPC_E_SERVERFAULT".formatted(operation, iid);
        context.log().tell(call.remoteAddress(), what, e);
        return new RpcFaultException(HResult.RPC_E_SERVERFAULT);
    }

    /** A method that calls another server fails as that call does: what a fault says of the other is not true of this one. */
    private static <T, I, O> Result<O> result(Operation<T, I, O> operation, T target, I parameters) {
        try {
            return operation.call(target, parameters);
        } catch (LinkException e) {
            return Result.failure(e.isNotSent() ? HResult.CALL_FAILED_DID_NOT_EXECUTE : HResult.CALL_FAILED);
        } catch (RpcFaultException e) {
            return Result.failure(HResult.ofStatus(e.status()));
        }
    }

    /** What the results point to is the caller's now, here as with a local one: ours are closed, sent or not. */
    private <I, O> Bytes response(ObjectCall call, Operation<?, I, O> operation, I parameters, Result<O> result) {
        Pointers pointers = context.pointers(call.rpc());
        // before it is written: the answer may turn out to be for nobody, and what it hands out is nobody's then
        call.rpc().ifUnanswered(pointers::revokeGiven);
        try {
            return OrpcStub.response(operation, parameters, result, pointers);
        } catch (ExportLimitException e) {
            return failure(call, operation, parameters, HResult.E_OUTOFMEMORY, String.valueOf(e.getMessage()));
        } catch (DeadPointerException e) {
            String why = "%s answers a pointer that leads nowhere: %s".formatted(operation, e.getMessage());
            return failure(call, operation, parameters, HResult.CO_E_OBJNOTCONNECTED, why);
        } finally {
            pointers.closeWritten();
        }
    }

    private <I, O> Bytes failure(ObjectCall call, Operation<?, I, O> operation, I parameters, int hresult, String why) {
        context.log().tell(call.remoteAddress(), why);
        return OrpcStub.response(operation, parameters, Result.failure(hresult), context.pointers(call.rpc()));
    }
}
