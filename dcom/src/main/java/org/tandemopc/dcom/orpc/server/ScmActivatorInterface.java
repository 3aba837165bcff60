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
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.ObjectCall;
import org.tandemopc.dcom.orpc.OrpcThat;
import org.tandemopc.dcom.orpc.OrpcThis;
import org.tandemopc.dcom.orpc.wire.ActivationProperties;
import org.tandemopc.dcom.orpc.wire.IRemoteSCMActivator;
import org.tandemopc.dcom.orpc.wire.IRemoteSCMActivator.CreateInstanceRequest;
import org.tandemopc.dcom.orpc.wire.IRemoteSCMActivator.GetClassObjectRequest;
import org.tandemopc.dcom.orpc.wire.InstantiationInfo;
import org.tandemopc.dcom.orpc.wire.PropsOutInfo;
import org.tandemopc.dcom.orpc.wire.ScmReplyInfo;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.CallContext;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.RpcHandler;
import org.tandemopc.dcom.rpc.RpcInterface;
import org.tandemopc.dcom.rpc.SyntaxId;

/** IRemoteSCMActivator ([MS-DCOM] 3.1.2.5.2.2): the way of Windows since XP, and of impacket. */
final class ScmActivatorInterface implements RpcInterface {
    private final Activations activations;
    private final ToIntFunction<CallContext> authnHint;

    ScmActivatorInterface(Activations activations, ToIntFunction<CallContext> authnHint) {
        this.activations = activations;
        this.authnHint = authnHint;
    }

    @Override
    public SyntaxId syntax() {
        return IRemoteSCMActivator.SYNTAX;
    }

    /** Too low a level is answered with an HRESULT, which clients can tell from a wrong password. */
    @Override
    public AuthLevel minimumLevel(int opnum, PeerPolicy peer) {
        return AuthLevel.NONE;
    }

    @Override
    public @Nullable RpcHandler operation(int opnum) {
        return switch (opnum) {
            case IRemoteSCMActivator.REMOTE_GET_CLASS_OBJECT ->
                (call, stub) -> answered(
                        call, stub, in -> GetClassObjectRequest.read(in).properties(), activations::classObject);
            case IRemoteSCMActivator.REMOTE_CREATE_INSTANCE ->
                (call, stub) -> answered(
                        call, stub, in -> CreateInstanceRequest.read(in).properties(), activations::instance);
            default -> null;
        };
    }

    private interface Activation {
        Activations.Activated activate(Guid clsid, List<Guid> iids, ObjectCall call);
    }

    /** ORPCTHIS is read for its version alone: impacket has flags of 1 in it, which are forbidden to calls on objects. */
    private Bytes answered(
            CallContext call, Bytes stub, NdrReader.Decoder<Optional<InterfacePointer>> request, Activation activation)
            throws MalformedException {
        NdrReader in = NdrReader.over(stub, call.order());
        OrpcThis header = OrpcThis.read(in);
        Optional<InterfacePointer> properties = request.read(in);
        NdrWriter out = new NdrWriter();
        OrpcThat.PLAIN.write(out);
        response(properties, new ObjectCall(call, header.version(), header.cid()), activation)
                .write(out);
        return out.toBytes();
    }

    private IRemoteSCMActivator.Response response(
            Optional<InterfacePointer> properties, ObjectCall call, Activation activation) throws MalformedException {
        if (properties.isEmpty()) {
            return new IRemoteSCMActivator.Response(Optional.empty(), HResult.E_INVALIDARG);
        }
        Optional<InstantiationInfo> asked = ActivationProperties.read(
                        properties.get(), ActivationProperties.Direction.IN)
                .instantiation();
        if (asked.isEmpty()) {
            return new IRemoteSCMActivator.Response(Optional.empty(), HResult.E_INVALIDARG);
        }
        List<Guid> iids = asked.get().iids();
        Activations.Activated activated = activation.activate(asked.get().classId(), iids, call);
        if (!HResult.isSuccess(activated.hresult())) {
            return new IRemoteSCMActivator.Response(Optional.empty(), activated.hresult());
        }
        PropsOutInfo interfaces = PropsOutInfo.of(
                iids,
                activated.interfaces().stream()
                        .map(Activations.Interface::hresult)
                        .toList(),
                activated.interfaces().stream()
                        .map(Activations.Interface::pointer)
                        .toList());
        // impacket takes the first for the interfaces and the second for the exporter, whatever they are called
        ActivationProperties out =
                ActivationProperties.of(ActivationProperties.Direction.OUT, interfaces, exporter(call.rpc()));
        return new IRemoteSCMActivator.Response(Optional.of(out.toInterfacePointer()), HResult.S_OK);
    }

    private ScmReplyInfo exporter(CallContext call) {
        ServerContext context = activations.context();
        return new ScmReplyInfo(
                context.exporter().oxid(),
                Optional.of(context.bindings().objects(call.localAddress().getAddress())),
                context.exporter().remUnknown(),
                authnHint.applyAsInt(call),
                ComVersion.OURS);
    }
}
