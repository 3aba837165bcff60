package org.tandemopc.dcom.orpc.server;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.ntlm.Leniency;
import org.tandemopc.dcom.ntlm.NtlmClientSettings;
import org.tandemopc.dcom.ntlm.NtlmCredentials;
import org.tandemopc.dcom.ntlm.NtlmInitiator;
import org.tandemopc.dcom.orpc.ComVersion;
import org.tandemopc.dcom.orpc.OrpcThat;
import org.tandemopc.dcom.orpc.OrpcThis;
import org.tandemopc.dcom.orpc.StdObjRef;
import org.tandemopc.dcom.orpc.Thermometer;
import org.tandemopc.dcom.orpc.wire.ActivationProperties;
import org.tandemopc.dcom.orpc.wire.IActivation;
import org.tandemopc.dcom.orpc.wire.IObjectExporter;
import org.tandemopc.dcom.orpc.wire.IRemUnknown;
import org.tandemopc.dcom.orpc.wire.IRemoteSCMActivator;
import org.tandemopc.dcom.orpc.wire.InstantiationInfo;
import org.tandemopc.dcom.orpc.wire.RemInterfaceRef;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.ClientOptions;
import org.tandemopc.dcom.rpc.Login;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.RpcAnswer;
import org.tandemopc.dcom.rpc.RpcClient;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.dcom.rpc.SyntaxId;

/** DCOM by hand, one call after the other, right or wrong: a client without the client's half. */
final class RawClient implements AutoCloseable {
    static final Guid CID = Guid.of("0c0ffee0-0000-4000-8000-000000000001");
    static final SyntaxId REM_UNKNOWN = syntax(IRemUnknown.IID);
    static final SyntaxId REM_UNKNOWN2 = syntax(IRemUnknown.IID2);

    private final RpcClient rpc;

    private RawClient(RpcClient rpc) {
        this.rpc = rpc;
    }

    static SyntaxId syntax(Guid iid) {
        return new SyntaxId(iid, 0, 0);
    }

    /** @param level NONE: without login */
    static RawClient connect(InetSocketAddress address, SyntaxId first, String user, AuthLevel level)
            throws LinkException, RpcFaultException {
        Login login = level == AuthLevel.NONE ? null : new Login(initiator(user).ntlm(level), level);
        ClientOptions options = ClientOptions.defaults(PeerPolicy.strict().withMinCallLevel(AuthLevel.NONE));
        return new RawClient(RpcClient.connect(address, first, login, options, soon()));
    }

    private static NtlmInitiator initiator(String user) {
        return new NtlmInitiator(
                NtlmClientSettings.of("STATION").withLeniencies(Set.of(Leniency.UNSIGNED_CALLS)),
                NtlmCredentials.of("PLANT", user, TestDcom.PASSWORD.toCharArray()));
    }

    static Deadline soon() {
        return Deadline.after(TestDcom.PATIENCE);
    }

    /** A call on something, whose results follow. */
    NdrReader call(SyntaxId syntax, int opnum, @Nullable Guid object, Consumer<NdrWriter> in)
            throws LinkException, RpcFaultException {
        NdrWriter out = new NdrWriter();
        in.accept(out);
        return answer(syntax, opnum, object, out.toBytes());
    }

    NdrReader answer(SyntaxId syntax, int opnum, @Nullable Guid object, Bytes stub)
            throws LinkException, RpcFaultException {
        RpcAnswer answer = rpc.call(syntax, opnum, object == null ? null : object, stub, soon());
        return NdrReader.over(answer.stub(), answer.order());
    }

    /** A call with ORPCTHIS, behind whose ORPCTHAT the results follow. */
    NdrReader orpc(SyntaxId syntax, int opnum, @Nullable Guid object, Consumer<NdrWriter> in) throws Exception {
        return orpc(OrpcThis.of(ComVersion.OURS, CID), syntax, opnum, object, in);
    }

    NdrReader orpc(OrpcThis header, SyntaxId syntax, int opnum, @Nullable Guid object, Consumer<NdrWriter> in)
            throws LinkException, RpcFaultException, MalformedException {
        NdrReader results = call(syntax, opnum, object, out -> {
            header.write(out);
            in.accept(out);
        });
        OrpcThat.read(results);
        return results;
    }

    // ---- activation

    IActivation.Response oldActivation(Guid clsid, long mode, Guid... iids) throws Exception {
        IActivation.Request request = new IActivation.Request(
                clsid, Optional.empty(), Optional.empty(), IActivation.IDENTIFY, mode, List.of(iids), List.of(7));
        return IActivation.Response.read(orpc(IActivation.SYNTAX, IActivation.REMOTE_ACTIVATION, null, request::write));
    }

    IRemoteSCMActivator.Response activation(Guid clsid, int opnum, Guid... iids) throws Exception {
        return activation(new InstantiationInfo(clsid, 0x14, 0, List.of(iids), ComVersion.OURS), opnum);
    }

    IRemoteSCMActivator.Response activation(InstantiationInfo asked, int opnum) throws Exception {
        ActivationProperties properties = ActivationProperties.of(ActivationProperties.Direction.IN, asked);
        return IRemoteSCMActivator.Response.read(orpc(IRemoteSCMActivator.SYNTAX, opnum, null, out -> {
            var pointer = Optional.of(properties.toInterfacePointer());
            if (opnum == IRemoteSCMActivator.REMOTE_CREATE_INSTANCE) {
                new IRemoteSCMActivator.CreateInstanceRequest(Optional.empty(), pointer).write(out);
            } else {
                new IRemoteSCMActivator.GetClassObjectRequest(pointer).write(out);
            }
        }));
    }

    // ---- references

    /** What the exporter answers, with the HRESULT of the whole. */
    record Queried(IRemUnknown.QueryInterfaceResponse response, int hresult) {
        StdObjRef only() {
            return response.results().getFirst().std();
        }
    }

    Queried query(Guid remUnknown, Guid ipid, long refs, Guid... iids) throws Exception {
        NdrReader results = orpc(
                REM_UNKNOWN,
                IRemUnknown.REM_QUERY_INTERFACE,
                remUnknown,
                new IRemUnknown.QueryInterfaceRequest(ipid, refs, List.of(iids))::write);
        return new Queried(IRemUnknown.QueryInterfaceResponse.read(results), results.i32("HRESULT"));
    }

    List<Integer> addRef(Guid remUnknown, RemInterfaceRef... references) throws Exception {
        return IRemUnknown.AddRefResponse.read(orpc(
                        REM_UNKNOWN,
                        IRemUnknown.REM_ADD_REF,
                        remUnknown,
                        new IRemUnknown.ReferencesRequest(List.of(references))::write))
                .results();
    }

    int release(Guid remUnknown, RemInterfaceRef... references) throws Exception {
        return orpc(
                        REM_UNKNOWN,
                        IRemUnknown.REM_RELEASE,
                        remUnknown,
                        new IRemUnknown.ReferencesRequest(List.of(references))::write)
                .i32("HRESULT");
    }

    // ---- resolver

    IObjectExporter.ComplexPingResponse ping(long set, int sequence, List<Long> add, List<Long> remove)
            throws Exception {
        return IObjectExporter.ComplexPingResponse.read(call(
                IObjectExporter.SYNTAX,
                IObjectExporter.COMPLEX_PING,
                null,
                new IObjectExporter.ComplexPingRequest(set, sequence, add, remove)::write));
    }

    int ping(long set) throws Exception {
        return IObjectExporter.Status.read(call(
                        IObjectExporter.SYNTAX,
                        IObjectExporter.SIMPLE_PING,
                        null,
                        new IObjectExporter.SimplePingRequest(set)::write))
                .status();
    }

    // ---- an object

    /** @return the degrees; a failure: NaN */
    double read(Guid ipid, String place) throws Exception {
        NdrReader results = orpc(syntax(Thermometer.DEF.iid()), 3, ipid, out -> out.string(place));
        double degrees = results.f64("degrees");
        return results.i32("HRESULT") < 0 ? Double.NaN : degrees;
    }

    @Override
    public void close() {
        rpc.close();
    }
}
