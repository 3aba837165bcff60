package org.tandemopc.dcom.orpc.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.InterfacePointer;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.ComVersion;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.OrpcThat;
import org.tandemopc.dcom.orpc.OrpcThis;
import org.tandemopc.dcom.orpc.wire.ActivationContextInfo;
import org.tandemopc.dcom.orpc.wire.ActivationProperties;
import org.tandemopc.dcom.orpc.wire.ActivationProperties.Direction;
import org.tandemopc.dcom.orpc.wire.IActivation;
import org.tandemopc.dcom.orpc.wire.IRemoteSCMActivator;
import org.tandemopc.dcom.orpc.wire.InstantiationInfo;
import org.tandemopc.dcom.orpc.wire.LocationInfo;
import org.tandemopc.dcom.orpc.wire.PropsOutInfo;
import org.tandemopc.dcom.orpc.wire.ScmReplyInfo;
import org.tandemopc.dcom.orpc.wire.ScmRequestInfo;
import org.tandemopc.dcom.rpc.BindRefusedException;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.dcom.rpc.RpcStatus;

/**
 * What a class and interfaces come to at a resolver: by IRemoteSCMActivator, and by IActivation where that is not there
 * ([MS-DCOM] 3.2.4.1.1.2). Where the newer one refuses, the older one is not tried: it would be refused as well, and a wrong
 * password would count twice.
 */
final class Activation {
    private static final Logger LOG = LoggerFactory.getLogger(Activation.class);

    /** RPC_C_IMP_LEVEL_IMPERSONATE, as every client sends it ([MS-RPCE] 2.2.1.1.9). */
    private static final int IMPERSONATE = 3;

    /** Clients below are served by IActivation alone ([MS-DCOM] 3.2.4.1.1.2). */
    private static final ComVersion WITH_SCM = new ComVersion(5, 6);

    private Activation() {}

    /**
     * What the resolver answered.
     *
     * @param hresult of the whole
     * @param exporter that has the object; empty exactly if the whole has failed
     * @param interfaces in the order in which they were asked for
     */
    record Answer(int hresult, Optional<ExporterInfo> exporter, List<One> interfaces) {
        static Answer failed(int hresult) {
            return new Answer(hresult, Optional.empty(), List.of());
        }
    }

    /** One interface: a success has a pointer. */
    record One(int hresult, Optional<InterfacePointer> pointer) {}

    static Answer ask(Resolver resolver, Guid clsid, List<Guid> iids, boolean isClassObject, Deadline deadline)
            throws LinkException, RpcFaultException {
        ComVersion version = resolver.version(deadline);
        if (!resolver.isOldActivation() && version.serves(WITH_SCM)) {
            try {
                return byScm(resolver, version, clsid, iids, isClassObject, deadline);
            } catch (RpcFaultException e) {
                if (e.status() != RpcStatus.UNKNOWN_INTERFACE && e.status() != RpcStatus.OPNUM_OUT_OF_RANGE) {
                    throw e;
                }
                LOG.info("{} has no IRemoteSCMActivator ({}): IActivation is used there.", resolver, e.getMessage());
            } catch (BindRefusedException e) {
                if (e.isAboutLogin() || !resolver.connection().hasBeenProven()) {
                    throw e;
                }
                LOG.info("{} takes no IRemoteSCMActivator ({}): IActivation is used.", resolver, e.getMessage());
            }
        }
        Answer answer = byActivation(resolver, version, clsid, iids, isClassObject, deadline);
        resolver.isOldActivation(true);
        return answer;
    }

    // ---- IRemoteSCMActivator

    private static Answer byScm(
            Resolver resolver,
            ComVersion version,
            Guid clsid,
            List<Guid> iids,
            boolean isClassObject,
            Deadline deadline)
            throws LinkException, RpcFaultException {
        NdrWriter in = new NdrWriter();
        OrpcThis.of(version, Guid.random()).write(in);
        Optional<InterfacePointer> properties = Optional.of(properties(version, clsid, iids));
        int opnum;
        if (isClassObject) {
            opnum = IRemoteSCMActivator.REMOTE_GET_CLASS_OBJECT;
            new IRemoteSCMActivator.GetClassObjectRequest(properties).write(in);
        } else {
            opnum = IRemoteSCMActivator.REMOTE_CREATE_INSTANCE;
            new IRemoteSCMActivator.CreateInstanceRequest(Optional.empty(), properties).write(in);
        }
        return resolver.call(IRemoteSCMActivator.SYNTAX, opnum, in, stub -> scmAnswer(stub, version, iids), deadline);
    }

    /**
     * What impacket sends, which Windows takes. Deviation: no client context, though [MS-DCOM] 2.2.22.2.5 asks for one, because
     * there is none here, and no server is known that minds.
     */
    static InterfacePointer properties(ComVersion version, Guid clsid, List<Guid> iids) {
        return ActivationProperties.of(
                        Direction.IN,
                        new InstantiationInfo(clsid, 0, 0, iids, version),
                        ActivationContextInfo.NONE,
                        LocationInfo.NONE,
                        new ScmRequestInfo(0, Resolver.TOWERS))
                .toInterfacePointer();
    }

    private static Answer scmAnswer(NdrReader stub, ComVersion version, List<Guid> iids) throws MalformedException {
        OrpcThat.read(stub);
        IRemoteSCMActivator.Response response = IRemoteSCMActivator.Response.read(stub);
        if (!HResult.isSuccess(response.hresult())) {
            return Answer.failed(response.hresult());
        }
        if (response.properties().isEmpty()) {
            throw stub.malformed("ppActProperties", stub.offset(), "are NULL in an answer of success");
        }
        ActivationProperties properties =
                ActivationProperties.read(response.properties().get(), Direction.OUT);
        ScmReplyInfo reply = properties
                .scmReply()
                .orElseThrow(() -> stub.malformed("ScmReplyInfo", stub.offset(), "is not in the answer"));
        PropsOutInfo props = properties
                .propsOut()
                .orElseThrow(() -> stub.malformed("PropsOutInfo", stub.offset(), "is not in the answer"));
        ExporterInfo exporter = new ExporterInfo(
                reply.oxid(),
                reply.bindings().orElseThrow(() -> stub.malformed("pdsaOxidBindings", stub.offset(), "are NULL")),
                reply.ipidRemUnknown(),
                reply.authnHint(),
                Resolver.agreed(version, reply.version()));
        List<One> interfaces = new ArrayList<>();
        for (int i = 0; i < iids.size(); i++) {
            interfaces.add(found(props, i, iids.get(i)));
        }
        return new Answer(response.hresult(), Optional.of(exporter), interfaces);
    }

    /** In its place, or, where a server has its own order, wherever it is. */
    private static One found(PropsOutInfo props, int place, Guid iid) {
        List<PropsOutInfo.Result> all = props.interfaces();
        if (place < all.size() && all.get(place).iid().equals(iid)) {
            return one(all.get(place).hresult(), all.get(place).pointer());
        }
        return all.stream()
                .filter(result -> result.iid().equals(iid))
                .findFirst()
                .map(result -> one(result.hresult(), result.pointer()))
                .orElse(one(HResult.E_NOINTERFACE, Optional.empty()));
    }

    private static One one(int hresult, Optional<InterfacePointer> pointer) {
        if (HResult.isSuccess(hresult) && pointer.isEmpty()) {
            return new One(HResult.E_NOINTERFACE, pointer);
        }
        return new One(hresult, pointer);
    }

    // ---- IActivation

    private static Answer byActivation(
            Resolver resolver,
            ComVersion version,
            Guid clsid,
            List<Guid> iids,
            boolean isClassObject,
            Deadline deadline)
            throws LinkException, RpcFaultException {
        NdrWriter in = new NdrWriter();
        OrpcThis.of(version, Guid.random()).write(in);
        long mode = isClassObject ? IActivation.CLASS_OBJECT : 0;
        request(clsid, iids, mode).write(in);
        return resolver.call(
                IActivation.SYNTAX,
                IActivation.REMOTE_ACTIVATION,
                in,
                stub -> oldAnswer(stub, version, iids.size()),
                deadline);
    }

    static IActivation.Request request(Guid clsid, List<Guid> iids, long mode) {
        return new IActivation.Request(
                clsid, Optional.empty(), Optional.empty(), IMPERSONATE, mode, iids, Resolver.TOWERS);
    }

    private static Answer oldAnswer(NdrReader stub, ComVersion version, int count) throws MalformedException {
        OrpcThat.read(stub);
        IActivation.Response response = IActivation.Response.read(stub);
        if (response.status() != 0) {
            return Answer.failed(failure(response.status()));
        }
        if (!HResult.isSuccess(response.hresult())) {
            return Answer.failed(response.hresult());
        }
        if (response.bindings().isEmpty()
                || response.pointers().size() != count
                || response.results().size() != count) {
            throw stub.malformed(
                    "ppInterfaceData",
                    stub.offset(),
                    "or bindings are not as many as asked for, " + count + ", in an answer of success");
        }
        ExporterInfo exporter = new ExporterInfo(
                response.oxid(),
                response.bindings().get(),
                response.ipidRemUnknown(),
                response.authnHint(),
                Resolver.agreed(version, response.version()));
        List<One> interfaces = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            interfaces.add(one(response.results().get(i), response.pointers().get(i)));
        }
        return new Answer(response.hresult(), Optional.of(exporter), interfaces);
    }

    /** A status of RPC is never a success here. */
    private static int failure(int status) {
        int hresult = HResult.ofStatus(status);
        return HResult.isSuccess(hresult) ? HResult.E_UNEXPECTED : hresult;
    }
}
