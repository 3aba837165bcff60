package org.tandemopc.simulator.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.ntlm.NtHash;
import org.tandemopc.dcom.ntlm.NtlmAcceptor;
import org.tandemopc.dcom.ntlm.NtlmClientSettings;
import org.tandemopc.dcom.ntlm.NtlmCredentials;
import org.tandemopc.dcom.ntlm.NtlmServerSettings;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.client.ClientSecurity;
import org.tandemopc.dcom.orpc.client.DcomClient;
import org.tandemopc.dcom.orpc.client.DcomClientSettings;
import org.tandemopc.dcom.orpc.server.DcomServer;
import org.tandemopc.dcom.orpc.server.DcomServerSettings;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.PortRange;
import org.tandemopc.opcda.IOPCDataCallback;
import org.tandemopc.opcda.IOPCItemMgt;
import org.tandemopc.opcda.IOPCServer;
import org.tandemopc.opcda.IOPCServer.NewGroup;
import org.tandemopc.opcda.OpcItemDef;
import org.tandemopc.opcda.OpcItemResult;
import org.tandemopc.opcda.ole.IConnectionPoint;
import org.tandemopc.opcda.ole.IConnectionPointContainer;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;
import org.tandemopc.testkit.process.PortPicker;

/**
 * A client of a simulated server, over DCOM at addresses of loopback, with the proxies of opcda. Pointers that nobody closes it
 * gives back when it is closed itself.
 */
final class DaTestClient implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(20);
    static final InetAddress HOST = InetAddress.ofLiteral("127.0.0.2");

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final DcomClient dcom;
    private final RemoteHost there;
    private final DcomServer own;

    private DaTestClient(DaSimulatedServer server) throws IOException {
        own = DcomServer.startWithoutClasses(DcomServerSettings.of(
                        new NtlmAcceptor(
                                NtlmServerSettings.of("STATION"),
                                (domain, user) -> Optional.of(NtHash.of("Secret1!".toCharArray()))),
                        PeerPolicy.strict())
                .at(InetAddress.getLoopbackAddress())
                .withResolverPorts(PortRange.only(PortPicker.pick()))
                .withOnePort());
        opened.add(own);
        ClientSecurity login = ClientSecurity.of(
                NtlmClientSettings.of("STATION"), NtlmCredentials.of("PLANT", "opc", "Secret1!".toCharArray()));
        there = RemoteHost.of(server.resolverAddress().getAddress())
                .withResolverPort(server.resolverAddress().getPort());
        dcom = new DcomClient(DcomClientSettings.of(there, login).withOwnObjects(own));
        opened.add(dcom);
    }

    static DaTestClient of(DaSimulatedServer server) throws IOException {
        return new DaTestClient(server);
    }

    /** At {@link #HOST}, ports of its own. */
    static DaSimulatorSettings settings() {
        return DaSimulatorSettings.at(HOST).withPorts(PortPicker.pick(), 0);
    }

    static Deadline soon() {
        return Deadline.after(PATIENCE);
    }

    <T> ComPointer<T> activate(Guid clsid, InterfaceDef<T> type) throws Exception {
        return dcom.activate(there, clsid, type, soon()).value();
    }

    /** A server object of its own. */
    ComPointer<IOPCServer> server() throws Exception {
        return activate(DaSimulatorSettings.CLSID, IOPCServer.DEF);
    }

    <T> ComPointer<T> ask(ComPointer<?> object, InterfaceDef<T> type) throws Exception {
        return object.queryInterface(type, soon()).value();
    }

    static NewGroup newGroup(String name, long rateMs) {
        return new NewGroup(name, true, rateMs, 7, Optional.empty(), Optional.empty(), 0x409, IOPCItemMgt.DEF.iid());
    }

    /** An active group of a server object. */
    Group group(ComPointer<IOPCServer> server, String name, long rateMs) throws Exception {
        return group(server, newGroup(name, rateMs));
    }

    Group group(ComPointer<IOPCServer> server, NewGroup made) throws Exception {
        IOPCServer.AddedGroup added = server.within(soon()).addGroup(made).value();
        ComPointer<IUnknown> pointer = added.group().orElseThrow();
        return new Group(added.serverHandle(), added.revisedRateMs(), pointer.as(IOPCItemMgt.DEF));
    }

    /** Objects of its own that the server has references on. */
    int exported() {
        return own.objects();
    }

    /** Its objects answer no more, and it says nothing. Its first ping would come after two minutes. */
    void vanish() {
        own.close(Duration.ZERO);
    }

    @Override
    public void close() {
        for (AutoCloseable one : opened.reversed()) {
            try {
                one.close();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    /** A group as the client has it. */
    final class Group {
        final int handle;
        final long rateMs;
        final ComPointer<IOPCItemMgt> items;

        Group(int handle, long rateMs, ComPointer<IOPCItemMgt> items) {
            this.handle = handle;
            this.rateMs = rateMs;
            this.items = items;
        }

        <T> T as(InterfaceDef<T> type) throws Exception {
            return ask(items, type).within(PATIENCE);
        }

        IOPCItemMgt items() {
            return items.within(PATIENCE);
        }

        /** Adds active items of the canonical type with client handles from 1 on. @return their server handles */
        Ints add(String... ids) throws Exception {
            List<OpcItemDef> all = new ArrayList<>();
            for (String id : ids) {
                all.add(OpcItemDef.of(id, all.size() + 1));
            }
            Result<PerItem<OpcItemResult>> added = items().addItems(all);
            assertThat(added.hresult()).isZero();
            return Ints.copyOf(added.value().values().stream()
                    .map(OpcItemResult::serverHandle)
                    .toList());
        }

        ComPointer<IConnectionPoint> point() throws Exception {
            return ask(items, IConnectionPointContainer.DEF)
                    .within(soon())
                    .findConnectionPoint(IOPCDataCallback.DEF.iid())
                    .value()
                    .orElseThrow();
        }

        /** What the group calls back from now on. */
        Heard advise() throws Exception {
            Heard heard = new Heard(point());
            heard.cookie = heard.point.within(soon()).advise(heard.pointer()).value();
            return heard;
        }
    }

    /** A sink, and what it was told. */
    static final class Heard implements IOPCDataCallback {
        final List<DataChange> changes = new CopyOnWriteArrayList<>();
        final List<DataChange> reads = new CopyOnWriteArrayList<>();
        final List<WriteComplete> writes = new CopyOnWriteArrayList<>();
        final List<Integer> cancelled = new CopyOnWriteArrayList<>();
        final ComPointer<IConnectionPoint> point;
        private final ComObject object =
                ComObject.named("sink").with(IOPCDataCallback.DEF, this).build();
        int cookie;

        Heard(ComPointer<IConnectionPoint> point) {
            this.point = point;
        }

        Optional<ComPointer<IUnknown>> pointer() {
            return object.pointer(IUnknown.DEF).map(pointer -> pointer);
        }

        @Override
        public Result<Nothing> onDataChange(DataChange change) {
            changes.add(change);
            return Result.ok(Nothing.NOTHING);
        }

        @Override
        public Result<Nothing> onReadComplete(DataChange change) {
            reads.add(change);
            return Result.ok(Nothing.NOTHING);
        }

        @Override
        public Result<Nothing> onWriteComplete(WriteComplete call) {
            writes.add(call);
            return Result.ok(Nothing.NOTHING);
        }

        @Override
        public Result<Nothing> onCancelComplete(int transactionId, int clientGroup) {
            cancelled.add(transactionId);
            return Result.ok(Nothing.NOTHING);
        }
    }
}
