package org.tandemopc.dcom.orpc.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.InterfacePointer;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.ntlm.NtHash;
import org.tandemopc.dcom.ntlm.NtlmAcceptor;
import org.tandemopc.dcom.ntlm.NtlmServerSettings;
import org.tandemopc.dcom.orpc.ComVersion;
import org.tandemopc.dcom.orpc.DualStringArray;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.ObjRef;
import org.tandemopc.dcom.orpc.OrpcThat;
import org.tandemopc.dcom.orpc.OrpcThis;
import org.tandemopc.dcom.orpc.SecurityBinding;
import org.tandemopc.dcom.orpc.StdObjRef;
import org.tandemopc.dcom.orpc.StringBinding;
import org.tandemopc.dcom.orpc.wire.ActivationProperties;
import org.tandemopc.dcom.orpc.wire.IActivation;
import org.tandemopc.dcom.orpc.wire.IObjectExporter;
import org.tandemopc.dcom.orpc.wire.IRemUnknown;
import org.tandemopc.dcom.orpc.wire.IRemoteSCMActivator;
import org.tandemopc.dcom.orpc.wire.PropsOutInfo;
import org.tandemopc.dcom.orpc.wire.RemInterfaceRef;
import org.tandemopc.dcom.orpc.wire.RemQiResult;
import org.tandemopc.dcom.orpc.wire.ScmReplyInfo;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.CallContext;
import org.tandemopc.dcom.rpc.InterfaceTable;
import org.tandemopc.dcom.rpc.PduTap;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.PortRange;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.dcom.rpc.RpcHandler;
import org.tandemopc.dcom.rpc.RpcInterface;
import org.tandemopc.dcom.rpc.RpcServer;
import org.tandemopc.dcom.rpc.RpcStatus;
import org.tandemopc.dcom.rpc.SecurityMechanism;
import org.tandemopc.dcom.rpc.ServerLimits;
import org.tandemopc.dcom.rpc.ServerPolicy;
import org.tandemopc.dcom.rpc.SyntaxId;
import org.tandemopc.testkit.process.PortPicker;

/**
 * A host that does what a test says, resolver and one process with objects, put together from the codecs alone: it is no
 * server, it keeps no rules, and it writes down what it was asked.
 */
final class ScriptedHost implements AutoCloseable {
    static final Guid CLASS = Guid.of("6a1f3c10-77aa-4b0e-9d5e-0d8f3a5b00c1");
    static final Guid ABSENT_CLASS = Guid.of("6a1f3c10-77aa-4b0e-9d5e-0d8f3a5b00c2");
    static final Guid OTHER_IID = Guid.of("6a1f3c10-77aa-4b0e-9d5e-0d8f3a5b0012");
    static final String USER = "opc";
    static final String PASSWORD = "Secret1!";

    private static final int PATIENCE_S = 20;

    // ---- what it is told

    volatile ComVersion version = new ComVersion(5, 7);
    volatile boolean isScmOffered = true;
    volatile boolean isResolve2Known = true;

    /** In place of the answer to ServerAlive2. */
    volatile @Nullable Bytes aliveAnswer;

    /** In place of any answer of both ways of activation. */
    volatile @Nullable RpcFaultException activationFault;

    volatile int activationResult;

    /** Put into the answer of IRemoteSCMActivator in place of the properties. */
    volatile @Nullable InterfacePointer properties;

    volatile List<StringBinding> exporterBindings = List.of();
    volatile List<StringBinding> resolverBindings = List.of();
    volatile long authnHint = 1;
    volatile long publicRefs = 5;
    volatile Guid marshaledIid = Guid.NULL;
    volatile int pingStatus;
    volatile boolean isGone;
    volatile @Nullable RpcFaultException callFault;
    volatile boolean isQueryRefused;
    volatile int remAddRefResult;
    volatile long queriedOxid;

    // ---- what it was asked

    final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    final List<IObjectExporter.ComplexPingRequest> complexPings = Collections.synchronizedList(new ArrayList<>());
    final AtomicInteger simplePings = new AtomicInteger();
    final AtomicInteger reads = new AtomicInteger();
    final AtomicInteger logins = new AtomicInteger();
    final List<RemInterfaceRef> released = Collections.synchronizedList(new ArrayList<>());
    final List<Integer> releaseBatches = Collections.synchronizedList(new ArrayList<>());
    final List<RemInterfaceRef> added = Collections.synchronizedList(new ArrayList<>());
    final List<ObjRef> attached = Collections.synchronizedList(new ArrayList<>());
    final Set<AuthLevel> levels = ConcurrentHashMap.newKeySet();
    final List<ComVersion> versions = Collections.synchronizedList(new ArrayList<>());
    final List<Bytes> activationStubs = Collections.synchronizedList(new ArrayList<>());

    volatile long oxid = Guid.random().low();
    volatile Guid ipidRemUnknown = Guid.random();
    final Map<Guid, Long> objects = new ConcurrentHashMap<>();
    final Map<Integer, CountDownLatch> gates = new ConcurrentHashMap<>();
    private final AtomicInteger lastOid = new AtomicInteger();
    private final RpcServer resolver;
    private final RpcServer exporter;
    private final InetSocketAddress resolverAddress;
    private final InetSocketAddress exporterAddress;

    /** @param isOpen nobody need log in */
    ScriptedHost(boolean isOpen) throws IOException {
        ServerPolicy policy = new Policy(isOpen);
        resolver = new RpcServer(policy, new Resolving(), ServerLimits.defaults(), PduTap.NONE);
        exporter = new RpcServer(policy, new Exporting(), ServerLimits.defaults(), PduTap.NONE);
        InetAddress loopback = InetAddress.getLoopbackAddress();
        resolverAddress = resolver.listen(loopback, PortRange.only(PortPicker.pick()));
        exporterAddress = exporter.listen(loopback, PortRange.only(PortPicker.pick()));
        isAt(resolverAddress.getPort(), exporterAddress.getPort());
    }

    /** What it says of itself: ports of proxies, where there are some. */
    void isAt(int resolverPort, int exporterPort) {
        resolverBindings = List.of(tcp("127.0.0.1[" + resolverPort + "]"));
        exporterBindings = List.of(tcp("127.0.0.1[" + exporterPort + "]"));
    }

    static StringBinding tcp(String address) {
        return new StringBinding(StringBinding.TCP, address);
    }

    int resolverPort() {
        return resolverAddress.getPort();
    }

    int exporterPort() {
        return exporterAddress.getPort();
    }

    int exporterConnections() {
        return exporter.connections();
    }

    int resolverConnections() {
        return resolver.connections();
    }

    long count(String what) {
        synchronized (asked) {
            return asked.stream().filter(what::equals).count();
        }
    }

    /** A reference to a new object, as it would be handed out. */
    ObjRef.Standard newObject(Guid iid) {
        Guid ipid = Guid.random();
        long oid = lastOid.incrementAndGet();
        objects.put(ipid, oid);
        return new ObjRef.Standard(iid, new StdObjRef(0, publicRefs, oxid, oid, ipid), resolverArray());
    }

    private DualStringArray resolverArray() {
        return new DualStringArray(resolverBindings, List.of(SecurityBinding.of(10)));
    }

    private DualStringArray exporterArray() {
        return new DualStringArray(exporterBindings, List.of(SecurityBinding.of(10)));
    }

    /** Reads of that place wait until it is opened. */
    CountDownLatch gate(int place) {
        return gates.computeIfAbsent(place, key -> new CountDownLatch(1));
    }

    @Override
    public void close() {
        gates.values().forEach(CountDownLatch::countDown);
        resolver.close();
        exporter.close();
    }

    /** As if the process had ended, and another one had been started at the same ports. */
    void restart() {
        oxid = Guid.random().low();
        ipidRemUnknown = Guid.random();
        objects.clear();
    }

    private final class Policy implements ServerPolicy {
        private final boolean isOpen;
        private final NtlmAcceptor acceptor = new NtlmAcceptor(
                NtlmServerSettings.of("PLANT"),
                (domain, user) ->
                        user.equals(USER) ? Optional.of(NtHash.of(PASSWORD.toCharArray())) : Optional.empty());

        Policy(boolean isOpen) {
            this.isOpen = isOpen;
        }

        @Override
        public @Nullable SecurityMechanism acceptor(int authType, AuthLevel level, InetSocketAddress client) {
            logins.incrementAndGet();
            return authType == 9 ? acceptor.spnego(level) : acceptor.ntlm(level);
        }

        @Override
        public PeerPolicy peer(InetSocketAddress client) {
            return PeerPolicy.strict().withMinCallLevel(isOpen ? AuthLevel.NONE : AuthLevel.PKT_INTEGRITY);
        }
    }

    /** One operation, with its stub as a reader and its answer as a writer. */
    @FunctionalInterface
    private interface Body {
        void run(CallContext call, NdrReader in, NdrWriter out) throws RpcFaultException, MalformedException;
    }

    private record Served(SyntaxId syntax, Map<Integer, RpcHandler> operations, Set<Integer> open)
            implements RpcInterface {
        @Override
        public @Nullable RpcHandler operation(int opnum) {
            return operations.get(opnum);
        }

        @Override
        public AuthLevel minimumLevel(int opnum, PeerPolicy peer) {
            return open.contains(opnum) ? AuthLevel.NONE : peer.minCallLevel();
        }
    }

    private RpcHandler handler(String name, Body body) {
        return (call, stub) -> {
            asked.add(name);
            NdrWriter out = new NdrWriter();
            body.run(call, NdrReader.over(stub, ByteOrder.LITTLE_ENDIAN), out);
            return out.toBytes();
        };
    }

    private RpcHandler orpc(String name, Body body) {
        return handler(name, (call, in, out) -> {
            versions.add(OrpcThis.read(in).version());
            OrpcThat.PLAIN.write(out);
            body.run(call, in, out);
        });
    }

    // ---- the resolver

    private final class Resolving implements InterfaceTable {
        @Override
        public @Nullable RpcInterface find(SyntaxId syntax) {
            if (syntax.equals(IObjectExporter.SYNTAX)) {
                return objectExporter();
            }
            if (syntax.equals(IRemoteSCMActivator.SYNTAX) && isScmOffered) {
                return new Served(
                        syntax,
                        Map.of(
                                IRemoteSCMActivator.REMOTE_CREATE_INSTANCE,
                                orpc("RemoteCreateInstance", (call, in, out) -> {
                                    levels.add(call.level());
                                    scm(
                                            IRemoteSCMActivator.CreateInstanceRequest.read(in)
                                                    .properties()
                                                    .orElseThrow(),
                                            out);
                                }),
                                IRemoteSCMActivator.REMOTE_GET_CLASS_OBJECT,
                                orpc(
                                        "RemoteGetClassObject",
                                        (call, in, out) -> scm(
                                                IRemoteSCMActivator.GetClassObjectRequest.read(in)
                                                        .properties()
                                                        .orElseThrow(),
                                                out))),
                        Set.of());
            }
            if (syntax.equals(IActivation.SYNTAX)) {
                return new Served(
                        syntax,
                        Map.of(
                                IActivation.REMOTE_ACTIVATION,
                                orpc("RemoteActivation", (call, in, out) -> old(IActivation.Request.read(in), out))),
                        Set.of());
            }
            return null;
        }
    }

    private RpcInterface objectExporter() {
        Map<Integer, RpcHandler> operations = new ConcurrentHashMap<>();
        operations.put(IObjectExporter.SERVER_ALIVE2, (call, stub) -> {
            asked.add("ServerAlive2");
            Bytes instead = aliveAnswer;
            if (instead != null) {
                return instead;
            }
            NdrWriter out = new NdrWriter();
            new IObjectExporter.ServerAlive2Response(version, Optional.of(resolverArray()), 0).write(out);
            return out.toBytes();
        });
        operations.put(IObjectExporter.RESOLVE_OXID, handler("ResolveOxid", (call, in, out) -> {
            boolean isHere = isHere(in);
            new IObjectExporter.ResolveOxidResponse(
                            isHere ? Optional.of(exporterArray()) : Optional.empty(),
                            ipidRemUnknown,
                            authnHint,
                            isHere ? 0 : IObjectExporter.INVALID_OXID)
                    .write(out);
        }));
        if (isResolve2Known) {
            operations.put(IObjectExporter.RESOLVE_OXID2, handler("ResolveOxid2", (call, in, out) -> {
                boolean isHere = isHere(in);
                new IObjectExporter.ResolveOxid2Response(
                                isHere ? Optional.of(exporterArray()) : Optional.empty(),
                                ipidRemUnknown,
                                authnHint,
                                version,
                                isHere ? 0 : IObjectExporter.INVALID_OXID)
                        .write(out);
            }));
        }
        operations.put(IObjectExporter.SIMPLE_PING, handler("SimplePing", (call, in, out) -> {
            IObjectExporter.SimplePingRequest.read(in);
            new IObjectExporter.Status(pingStatus).write(out);
            simplePings.incrementAndGet();
        }));
        operations.put(IObjectExporter.COMPLEX_PING, handler("ComplexPing", (call, in, out) -> {
            IObjectExporter.ComplexPingRequest request = IObjectExporter.ComplexPingRequest.read(in);
            new IObjectExporter.ComplexPingResponse(4711, 0, 0).write(out);
            complexPings.add(request);
        }));
        return new Served(IObjectExporter.SYNTAX, operations, Set.of(IObjectExporter.SERVER_ALIVE2));
    }

    private boolean isHere(NdrReader in) throws MalformedException {
        return IObjectExporter.ResolveOxidRequest.read(in).oxid() == oxid && !isGone;
    }

    private void throwIfFaulty() throws RpcFaultException {
        RpcFaultException fault = activationFault;
        if (fault != null) {
            throw fault;
        }
    }

    private void scm(InterfacePointer pointer, NdrWriter out) throws RpcFaultException, MalformedException {
        activationStubs.add(pointer.objref());
        throwIfFaulty();
        ActivationProperties asked = ActivationProperties.read(pointer, ActivationProperties.Direction.IN);
        var wanted = asked.instantiation().orElseThrow();
        int hresult = wanted.classId().equals(ABSENT_CLASS) ? HResult.REGDB_E_CLASSNOTREG : activationResult;
        if (hresult < 0) {
            new IRemoteSCMActivator.Response(Optional.empty(), hresult).write(out);
            return;
        }
        List<PropsOutInfo.Result> results = new ArrayList<>();
        for (Guid iid : wanted.iids()) {
            results.add(
                    iid.equals(OTHER_IID)
                            ? new PropsOutInfo.Result(iid, HResult.E_NOINTERFACE, Optional.empty())
                            : new PropsOutInfo.Result(
                                    iid, 0, Optional.of(newObject(iid).toInterfacePointer())));
        }
        ScmReplyInfo reply = new ScmReplyInfo(oxid, Optional.of(exporterArray()), ipidRemUnknown, authnHint, version);
        InterfacePointer instead = properties;
        InterfacePointer answer = instead != null
                ? instead
                : ActivationProperties.of(ActivationProperties.Direction.OUT, new PropsOutInfo(results), reply)
                        .toInterfacePointer();
        new IRemoteSCMActivator.Response(Optional.of(answer), hresult).write(out);
    }

    private void old(IActivation.Request wanted, NdrWriter out) throws RpcFaultException {
        throwIfFaulty();
        int hresult = wanted.clsid().equals(ABSENT_CLASS) ? HResult.REGDB_E_CLASSNOTREG : activationResult;
        List<Optional<InterfacePointer>> pointers = new ArrayList<>();
        List<Integer> results = new ArrayList<>();
        for (Guid iid : wanted.iids()) {
            boolean isThere = hresult >= 0 && !iid.equals(OTHER_IID);
            pointers.add(isThere ? Optional.of(newObject(iid).toInterfacePointer()) : Optional.empty());
            results.add(isThere ? 0 : HResult.E_NOINTERFACE);
        }
        new IActivation.Response(
                        oxid,
                        hresult >= 0 ? Optional.of(exporterArray()) : Optional.empty(),
                        ipidRemUnknown,
                        authnHint,
                        version,
                        hresult,
                        pointers,
                        results,
                        0)
                .write(out);
    }

    // ---- the process with the objects

    private final class Exporting implements InterfaceTable {
        @Override
        public @Nullable RpcInterface find(SyntaxId syntax) {
            Guid iid = syntax.uuid();
            if (iid.equals(IRemUnknown.IID)) {
                return remUnknown(syntax);
            }
            return new Served(
                    syntax,
                    Map.of(
                            3, orpc("Read", ScriptedHost.this::read),
                            4, orpc("Next", ScriptedHost.this::next),
                            5, orpc("Attach", ScriptedHost.this::attach)),
                    Set.of());
        }
    }

    private void requireObject(CallContext call) throws RpcFaultException {
        levels.add(call.level());
        RpcFaultException fault = callFault;
        if (fault != null) {
            throw fault;
        }
        Guid object = call.object();
        if (object == null || !objects.containsKey(object)) {
            throw new RpcFaultException(HResult.RPC_E_DISCONNECTED);
        }
    }

    private void read(CallContext call, NdrReader in, NdrWriter out) throws RpcFaultException, MalformedException {
        requireObject(call);
        int place = in.i32("place");
        reads.incrementAndGet();
        CountDownLatch gate = gates.get(place);
        if (gate != null) {
            pass(gate);
        }
        out.i32(place * 10).i32(place < 0 ? HResult.E_INVALIDARG : place == 0 ? HResult.S_FALSE : HResult.S_OK);
    }

    private static void pass(CountDownLatch gate) {
        try {
            if (!gate.await(PATIENCE_S, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody opened");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private void next(CallContext call, NdrReader in, NdrWriter out) throws RpcFaultException {
        requireObject(call);
        Guid iid = marshaledIid.isNull() ? Meter.DEF.iid() : marshaledIid;
        InterfacePointer.write(out, Optional.of(newObject(iid).toInterfacePointer()));
        out.i32(HResult.S_OK);
    }

    private void attach(CallContext call, NdrReader in, NdrWriter out) throws RpcFaultException, MalformedException {
        requireObject(call);
        attached.add(ObjRef.of(InterfacePointer.read(in, "other").orElseThrow()));
        out.i32(HResult.S_OK);
    }

    private RpcInterface remUnknown(SyntaxId syntax) {
        return new Served(
                syntax,
                Map.of(
                        IRemUnknown.REM_QUERY_INTERFACE,
                        orpc("RemQueryInterface", this::query),
                        IRemUnknown.REM_ADD_REF,
                        orpc("RemAddRef", (call, in, out) -> {
                            List<RemInterfaceRef> references =
                                    IRemUnknown.ReferencesRequest.read(in).references();
                            new IRemUnknown.AddRefResponse(Collections.nCopies(references.size(), remAddRefResult))
                                    .write(out);
                            out.i32(remAddRefResult);
                            added.addAll(references);
                        }),
                        IRemUnknown.REM_RELEASE,
                        orpc("RemRelease", (call, in, out) -> {
                            List<RemInterfaceRef> references =
                                    IRemUnknown.ReferencesRequest.read(in).references();
                            out.i32(HResult.S_OK);
                            releaseBatches.add(references.size());
                            released.addAll(references);
                        })),
                Set.of());
    }

    private void query(CallContext call, NdrReader in, NdrWriter out) throws RpcFaultException, MalformedException {
        if (!ipidRemUnknown.equals(call.object())) {
            throw new RpcFaultException(HResult.RPC_E_DISCONNECTED);
        }
        IRemUnknown.QueryInterfaceRequest request = IRemUnknown.QueryInterfaceRequest.read(in);
        Guid iid = request.iids().getFirst();
        Long oid = objects.get(request.ripid());
        if (isQueryRefused || oid == null) {
            throw new RpcFaultException(RpcStatus.ACCESS_DENIED);
        }
        if (iid.equals(OTHER_IID)) {
            new IRemUnknown.QueryInterfaceResponse(List.of(RemQiResult.failed(HResult.E_NOINTERFACE))).write(out);
            out.i32(HResult.E_NOINTERFACE);
            return;
        }
        Guid ipid = Guid.random();
        objects.put(ipid, oid);
        new IRemUnknown.QueryInterfaceResponse(List.of(new RemQiResult(
                        0, new StdObjRef(0, request.refs(), queriedOxid == 0 ? oxid : queriedOxid, oid, ipid))))
                .write(out);
        out.i32(HResult.S_OK);
    }
}
