package org.tandemopc.relay.da.back;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.orpc.Activator;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.ObjectCall;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.server.DcomServer;
import org.tandemopc.dcom.orpc.server.DcomServerSettings;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.PortRange;
import org.tandemopc.opcda.IOPCServer;
import org.tandemopc.opcda.OpcDa;
import org.tandemopc.opcda.OpcEnumScope;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.OpcServerState;
import org.tandemopc.opcda.OpcServerStatus;
import org.tandemopc.opcda.common.IOPCServerList;
import org.tandemopc.opcda.ole.Cursor;
import org.tandemopc.opcda.ole.IEnumGUID;
import org.tandemopc.relay.da.Logins;
import org.tandemopc.testkit.process.PortPicker;

/** A host with one class that can be made, which can do nothing but tell its status, and an OpcEnum of the first kind that knows two. */
final class TinyServer implements AutoCloseable {
    static final Guid CLSID = Guid.of("6f5a0b11-3b7c-4f0e-8a8e-2f3d51c70101");
    /** Is listed, and runs nowhere: a DLL. */
    static final Guid DLL = Guid.of("6f5a0b11-3b7c-4f0e-8a8e-2f3d51c70102");

    private static final int CO_E_CLASSSTRING = 0x8004_01F3;

    private final DcomServer server;
    private final RemoteHost host;

    /** What is different from host to host. */
    interface Difference {
        DcomServerSettings of(DcomServerSettings usual);
    }

    private TinyServer(String address, PeerPolicy peers, Activator activator, Difference difference)
            throws IOException {
        int port = PortPicker.pick();
        InetAddress at = InetAddress.ofLiteral(address);
        server = DcomServer.start(
                difference.of(DcomServerSettings.of(Logins.acceptor(), peers)
                        .at(at)
                        .withResolverPorts(PortRange.only(port))
                        .withOnePort()),
                activator);
        host = RemoteHost.of(at).withResolverPort(port);
    }

    static TinyServer with(PeerPolicy peers, Difference difference) throws IOException {
        return new TinyServer(
                "127.0.0.5",
                peers,
                Activator.of(Map.of(CLSID, call -> object(), OpcDa.CLSID_OPCSERVERLIST, call -> list())),
                difference);
    }

    /** Whatever is asked for, the answer is the same. */
    static TinyServer refusing(int hresult) throws IOException {
        return new TinyServer(
                "127.0.0.5",
                PeerPolicy.strict(),
                new Activator() {
                    @Override
                    public boolean hasClass(Guid clsid) {
                        return true;
                    }

                    @Override
                    public Result<ComObject> activate(Guid clsid, List<Guid> iids, ObjectCall call) {
                        return Result.failure(hresult);
                    }
                },
                usual -> usual);
    }

    RemoteHost host() {
        return host;
    }

    DaMemberAddress member(Guid clsid) {
        return new DaMemberAddress(0, host, clsid);
    }

    private static ComObject object() {
        return ComObject.named("tiny").with(IOPCServer.DEF, new Status()).build();
    }

    private static ComObject list() {
        return ComObject.named("OpcEnum")
                .with(IOPCServerList.DEF, new ServerList())
                .build();
    }

    @Override
    public void close() {
        server.close();
    }

    private static final class ServerList implements IOPCServerList {
        @Override
        public Result<Optional<ComPointer<IEnumGUID>>> enumClassesOfCategories(
                List<Guid> implemented, List<Guid> required) {
            List<Guid> all = implemented.contains(OpcDa.CATID_OPCDASERVER10) ? List.of(CLSID, DLL) : List.of();
            return Result.ok(ComObject.named("classes")
                    .with(IEnumGUID.DEF, new Guids(new Cursor<>(all, 1)))
                    .build()
                    .pointer(IEnumGUID.DEF)
                    .map(pointer -> pointer));
        }

        @Override
        public Result<Optional<ClassDetails>> getClassDetails(Guid clsid) {
            return clsid.equals(DLL)
                    ? Result.ok(Optional.of(new ClassDetails("Tiny.Dll.1", "A server within its client")))
                    : Result.failure(HResult.REGDB_E_CLASSNOTREG);
        }

        @Override
        public Result<Guid> clsidFromProgId(String progId) {
            return progId.equals("Tiny.Dll") ? Result.ok(DLL) : Result.failure(CO_E_CLASSSTRING);
        }
    }

    private record Guids(Cursor<Guid> all) implements IEnumGUID {
        @Override
        public Result<List<Guid>> next(long celt) {
            return all.next(celt);
        }

        @Override
        public Result<Nothing> skip(long celt) {
            return all.skip(celt);
        }

        @Override
        public Result<Nothing> reset() {
            return all.reset();
        }

        @Override
        public Result<Optional<ComPointer<IEnumGUID>>> copy() {
            return Result.failure(HResult.E_NOTIMPL);
        }
    }

    private static final class Status implements IOPCServer {
        @Override
        public Result<AddedGroup> addGroup(NewGroup call) {
            return Result.failure(HResult.E_NOTIMPL);
        }

        @Override
        public Result<String> getErrorString(int hresult, int lcid) {
            return Result.failure(HResult.E_NOTIMPL);
        }

        @Override
        public Result<Optional<ComPointer<IUnknown>>> getGroupByName(String name, Guid iid) {
            return Result.failure(OpcResult.OPC_E_NOTFOUND);
        }

        @Override
        public Result<Optional<OpcServerStatus>> getStatus() {
            return Result.ok(Optional.of(new OpcServerStatus(
                    FileTime.ZERO,
                    FileTime.ZERO,
                    FileTime.ZERO,
                    OpcServerState.SUSPENDED,
                    0,
                    OpcServerStatus.BANDWIDTH_UNKNOWN,
                    1,
                    2,
                    3,
                    "Tiny")));
        }

        @Override
        public Result<Nothing> removeGroup(int serverHandle, boolean force) {
            return Result.failure(HResult.E_NOTIMPL);
        }

        @Override
        public Result<Optional<ComPointer<IUnknown>>> createGroupEnumerator(OpcEnumScope scope, Guid iid) {
            return Result.failure(HResult.E_NOTIMPL);
        }
    }
}
