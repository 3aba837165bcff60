package org.tandemopc.dcom.orpc.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.InterfacePointer;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.DualStringArray;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.ObjRef;
import org.tandemopc.dcom.orpc.OrpcThat;
import org.tandemopc.dcom.orpc.StdObjRef;
import org.tandemopc.dcom.orpc.wire.IRemUnknown;
import org.tandemopc.dcom.orpc.wire.IRemUnknown.AddRefResponse;
import org.tandemopc.dcom.orpc.wire.IRemUnknown.QueryInterface2Request;
import org.tandemopc.dcom.orpc.wire.IRemUnknown.QueryInterface2Response;
import org.tandemopc.dcom.orpc.wire.IRemUnknown.QueryInterfaceRequest;
import org.tandemopc.dcom.orpc.wire.IRemUnknown.QueryInterfaceResponse;
import org.tandemopc.dcom.orpc.wire.IRemUnknown.ReferencesRequest;
import org.tandemopc.dcom.orpc.wire.RemInterfaceRef;
import org.tandemopc.dcom.orpc.wire.RemQiResult;
import org.tandemopc.dcom.rpc.CallContext;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.dcom.rpc.RpcHandler;
import org.tandemopc.dcom.rpc.RpcInterface;
import org.tandemopc.dcom.rpc.SyntaxId;

/** IRemUnknown or IRemUnknown2 of an exporter ([MS-DCOM] 3.1.1.5.6, 3.1.1.5.7): what clients do with their references. */
final class RemUnknown implements RpcInterface {
    /** Interfaces that one call may ask for. */
    private static final int IIDS_MAX = 1_000;

    private static final StdObjRef NO_REFERENCE = new StdObjRef(0, 0, 0, 0, Guid.NULL);

    private final ServerContext context;
    private final Guid iid;

    /** @param iid of the one or the other; both have all methods, as clients are not strict about it */
    RemUnknown(ServerContext context, Guid iid) {
        this.context = context;
        this.iid = iid;
    }

    @Override
    public SyntaxId syntax() {
        return new SyntaxId(iid, 0, 0);
    }

    @Override
    public @Nullable RpcHandler operation(int opnum) {
        return switch (opnum) {
            case IRemUnknown.REM_QUERY_INTERFACE -> called(this::queryInterface);
            case IRemUnknown.REM_ADD_REF -> called(this::addRef);
            case IRemUnknown.REM_RELEASE -> called(this::release);
            case IRemUnknown.REM_QUERY_INTERFACE2 -> called(this::queryInterface2);
            default -> null;
        };
    }

    /** One method: reads its parameters, and writes its results and the HRESULT. */
    @FunctionalInterface
    private interface Method {
        int call(CallContext call, NdrReader in, NdrWriter out) throws MalformedException;
    }

    private RpcHandler called(Method method) {
        return (call, stub) -> {
            NdrReader in = NdrReader.over(stub, call.order());
            var unused = ServerContext.begin(call, in);
            requireOurs(call);
            NdrWriter out = new NdrWriter();
            OrpcThat.PLAIN.write(out);
            int hresult = method.call(call, in, out);
            return out.i32(hresult).toBytes();
        };
    }

    private void requireOurs(CallContext call) throws RpcFaultException {
        var object = call.object();
        if (object == null || !object.equals(context.exporter().remUnknown())) {
            throw new RpcFaultException(HResult.RPC_E_DISCONNECTED, true);
        }
    }

    private int queryInterface(CallContext call, NdrReader in, NdrWriter out) throws MalformedException {
        QueryInterfaceRequest request = QueryInterfaceRequest.read(in);
        Optional<List<ExportTable.Queried>> results = query(call, in, request.ripid(), request.iids(), request.refs());
        if (results.isEmpty()) {
            new QueryInterfaceResponse(List.of()).write(out);
            return HResult.RPC_E_INVALID_OBJECT;
        }
        new QueryInterfaceResponse(
                        results.get().stream().map(RemUnknown::result).toList())
                .write(out);
        return overall(results.get());
    }

    private static RemQiResult result(ExportTable.Queried queried) {
        StdObjRef reference = queried.reference();
        return new RemQiResult(queried.hresult(), reference == null ? NO_REFERENCE : reference);
    }

    private int queryInterface2(CallContext call, NdrReader in, NdrWriter out) throws MalformedException {
        QueryInterface2Request request = QueryInterface2Request.read(in);
        Optional<List<ExportTable.Queried>> results =
                query(call, in, request.ripid(), request.iids(), ObjectExporter.FRESH_REFERENCES);
        List<ExportTable.Queried> all = results.orElseGet(() -> request.iids().stream()
                .map(ignored -> new ExportTable.Queried(HResult.RPC_E_INVALID_OBJECT, null))
                .toList());
        DualStringArray resolver =
                context.bindings().resolver(call.localAddress().getAddress());
        List<Optional<InterfacePointer>> pointers = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            Guid asked = request.iids().get(i);
            pointers.add(Optional.ofNullable(all.get(i).reference())
                    .map(reference -> new ObjRef.Standard(asked, reference, resolver).toInterfacePointer()));
        }
        new QueryInterface2Response(
                        all.stream().map(ExportTable.Queried::hresult).toList(), pointers)
                .write(out);
        return results.isEmpty() ? HResult.RPC_E_INVALID_OBJECT : overall(all);
    }

    /** Whoever may not call an object knows nothing of it. */
    private boolean isRefused(CallContext call, Guid ipid) {
        Optional<String> why =
                context.exporter().find(ipid).flatMap(target -> context.access().refusesCall(call, target.object()));
        why.ifPresent(reason -> context.log().tell(call.remoteAddress(), reason));
        return why.isPresent();
    }

    private Optional<List<ExportTable.Queried>> query(
            CallContext call, NdrReader in, Guid ipid, List<Guid> iids, long refs) throws MalformedException {
        if (iids.size() > IIDS_MAX) {
            throw in.malformed("cIids", in.offset(), "is " + iids.size() + ", more than " + IIDS_MAX);
        }
        return isRefused(call, ipid)
                ? Optional.empty()
                : given(call, context.exporter().query(ipid, iids, refs, Client.of(call)));
    }

    /** An answer that does not reach the client gives it nothing that it could give back. */
    private Optional<List<ExportTable.Queried>> given(CallContext call, Optional<List<ExportTable.Queried>> results) {
        List<RemInterfaceRef> references = results.stream()
                .flatMap(List::stream)
                .map(ExportTable.Queried::reference)
                .filter(Objects::nonNull)
                .map(std -> new RemInterfaceRef(std.ipid(), std.publicRefs(), 0))
                .toList();
        call.ifUnanswered(() -> context.exporter().release(references, Client.of(call)));
        return results;
    }

    /** S_OK: all are there; S_FALSE: some; the first failure: none. */
    private static int overall(List<ExportTable.Queried> results) {
        long found = results.stream().filter(one -> one.reference() != null).count();
        if (found == results.size()) {
            return HResult.S_OK;
        }
        return found > 0 ? HResult.S_FALSE : results.getFirst().hresult();
    }

    private int addRef(CallContext call, NdrReader in, NdrWriter out) throws MalformedException {
        ReferencesRequest request = ReferencesRequest.read(in);
        // under a name that nothing has, as the answers stand in the order of the questions
        List<RemInterfaceRef> references = request.references().stream()
                .map(ref -> isRefused(call, ref.ipid()) ? new RemInterfaceRef(Guid.NULL, 0, 0) : ref)
                .toList();
        List<Integer> results = context.exporter().addRefs(references, Client.of(call));
        List<RemInterfaceRef> added = IntStream.range(0, references.size())
                .filter(i -> HResult.isSuccess(results.get(i)))
                .mapToObj(references::get)
                .toList();
        call.ifUnanswered(() -> context.exporter().release(added, Client.of(call)));
        new AddRefResponse(results).write(out);
        return results.stream().allMatch(HResult::isSuccess) ? HResult.S_OK : HResult.S_FALSE;
    }

    /** Whatever is named twice, is gone or never was: the rest is released all the same. */
    private int release(CallContext call, NdrReader in, NdrWriter out) throws MalformedException {
        List<RemInterfaceRef> references = ReferencesRequest.read(in).references().stream()
                .filter(ref -> !isRefused(call, ref.ipid()))
                .toList();
        context.exporter().release(references, Client.of(call));
        return HResult.S_OK;
    }
}
