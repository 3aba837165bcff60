package org.tandemopc.dcom.orpc.server;

import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.InterfacePointer;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.ComVersion;
import org.tandemopc.dcom.orpc.DualStringArray;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.ObjectCall;
import org.tandemopc.dcom.orpc.OrpcThat;
import org.tandemopc.dcom.orpc.OrpcThis;
import org.tandemopc.dcom.orpc.wire.IActivation;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.CallContext;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.RpcHandler;
import org.tandemopc.dcom.rpc.RpcInterface;
import org.tandemopc.dcom.rpc.SyntaxId;

/** IActivation ([MS-DCOM] 3.1.2.5.2.3.1): the older way, which j-Interop and node-dcom go. */
final class ActivationInterface implements RpcInterface {
    private final Activations activations;
    private final ToIntFunction<CallContext> authnHint;

    ActivationInterface(Activations activations, ToIntFunction<CallContext> authnHint) {
        this.activations = activations;
        this.authnHint = authnHint;
    }

    @Override
    public SyntaxId syntax() {
        return IActivation.SYNTAX;
    }

    /** Too low a level is answered with an HRESULT, which clients can tell from a wrong password. */
    @Override
    public AuthLevel minimumLevel(int opnum, PeerPolicy peer) {
        return AuthLevel.NONE;
    }

    @Override
    public @Nullable RpcHandler operation(int opnum) {
        return opnum == IActivation.REMOTE_ACTIVATION ? this::remoteActivation : null;
    }

    private Bytes remoteActivation(CallContext call, Bytes stub) throws MalformedException {
        NdrReader in = NdrReader.over(stub, call.order());
        OrpcThis header = OrpcThis.read(in);
        IActivation.Request request = IActivation.Request.read(in);
        ObjectCall objectCall = new ObjectCall(call, header.version(), header.cid());
        Activations.Activated activated = request.mode() == IActivation.CLASS_OBJECT
                ? activations.classObject(request.clsid(), request.iids(), objectCall)
                : activations.instance(request.clsid(), request.iids(), objectCall);
        NdrWriter out = new NdrWriter();
        OrpcThat.PLAIN.write(out);
        response(activated, request.iids(), call).write(out);
        return out.toBytes();
    }

    private IActivation.Response response(Activations.Activated activated, List<Guid> iids, CallContext call) {
        ServerContext context = activations.context();
        boolean isDone = HResult.isSuccess(activated.hresult());
        Optional<DualStringArray> bindings = isDone
                ? Optional.of(context.bindings().objects(call.localAddress().getAddress()))
                : Optional.empty();
        List<Optional<InterfacePointer>> pointers = isDone
                ? activated.interfaces().stream()
                        .map(Activations.Interface::pointer)
                        .toList()
                : iids.stream()
                        .map(ignored -> Optional.<InterfacePointer>empty())
                        .toList();
        List<Integer> results = isDone
                ? activated.interfaces().stream()
                        .map(Activations.Interface::hresult)
                        .toList()
                : iids.stream().map(ignored -> HResult.S_OK).toList();
        return new IActivation.Response(
                isDone ? context.exporter().oxid() : 0,
                bindings,
                isDone ? context.exporter().remUnknown() : Guid.NULL,
                isDone ? authnHint.applyAsInt(call) : 0,
                ComVersion.OURS,
                activated.hresult(),
                pointers,
                results,
                0);
    }
}
