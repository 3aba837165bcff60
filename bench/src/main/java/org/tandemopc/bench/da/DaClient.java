package org.tandemopc.bench.da;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.client.DcomClient;
import org.tandemopc.dcom.orpc.client.DcomClientSettings;
import org.tandemopc.dcom.orpc.server.DcomServer;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.ClientOptions;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.IOPCDataCallback;
import org.tandemopc.opcda.IOPCItemMgt;
import org.tandemopc.opcda.IOPCServer;
import org.tandemopc.opcda.IOPCSyncIO;
import org.tandemopc.opcda.OpcDataSource;
import org.tandemopc.opcda.OpcItemDef;
import org.tandemopc.opcda.OpcItemResult;
import org.tandemopc.opcda.OpcItemState;
import org.tandemopc.opcda.ole.IConnectionPoint;
import org.tandemopc.opcda.ole.IConnectionPointContainer;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;

/** A client of OPC DA on our own stack: one server object, and groups of counters. Calls block; one thread at a time. */
final class DaClient implements AutoCloseable {
    private static final Duration CALL = Duration.ofSeconds(30);

    private final DcomClient client;
    private final ComPointer<IOPCServer> pointer;
    private final IOPCServer server;

    private DaClient(DcomClient client, ComPointer<IOPCServer> pointer) {
        this.client = client;
        this.pointer = pointer;
        this.server = pointer.within(CALL);
    }

    /** For one that is not called back. */
    static DaClient connect(String address, Guid clsid, AuthLevel level) throws LinkException, RpcFaultException {
        return connect(address, clsid, level, null);
    }

    /** @param own serves what the server calls back; stays open when the client is closed */
    static DaClient connect(String address, Guid clsid, AuthLevel level, @Nullable DcomServer own)
            throws LinkException, RpcFaultException {
        RemoteHost host = RemoteHost.of(InetAddress.ofLiteral(address));
        DcomClientSettings settings = DcomClientSettings.of(host, DaLogins.account(level))
                .withOptions(ClientOptions.defaults(DaLogins.answers(level)));
        DcomClient client = new DcomClient(own == null ? settings : settings.withOwnObjects(own));
        try {
            return new DaClient(
                    client,
                    client.activate(host, clsid, IOPCServer.DEF, Deadline.after(CALL))
                            .value());
        } catch (LinkException | RpcFaultException | RuntimeException e) {
            client.close();
            throw e;
        }
    }

    /** An active group of that rate. */
    Group group(String name, long rateMs) throws LinkException, RpcFaultException {
        IOPCServer.AddedGroup added = server.addGroup(new IOPCServer.NewGroup(
                        name, true, rateMs, 1, Optional.of(0), Optional.of(0f), 0x409, IOPCItemMgt.DEF.iid()))
                .value();
        return new Group(added.serverHandle(), added.group().orElseThrow().as(IOPCItemMgt.DEF));
    }

    /** A group; its items are counters, with their numbers as client handles. */
    final class Group {
        private final int handle;
        private final ComPointer<IOPCItemMgt> items;
        private final ComPointer<IOPCSyncIO> sync;

        private Group(int handle, ComPointer<IOPCItemMgt> items) throws LinkException, RpcFaultException {
            this.handle = handle;
            this.items = items;
            this.sync = as(IOPCSyncIO.DEF);
        }

        private <T> ComPointer<T> as(InterfaceDef<T> type) throws LinkException, RpcFaultException {
            return items.queryInterface(type, Deadline.after(CALL)).value();
        }

        /**
         * Adds the counters from 0 on.
         *
         * @return their server handles
         */
        Ints add(int count) throws LinkException, RpcFaultException {
            List<OpcItemDef> defs = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                defs.add(OpcItemDef.of("counter." + i, i));
            }
            Result<PerItem<OpcItemResult>> added = items.within(CALL).addItems(defs);
            int[] handles = new int[count];
            for (int i = 0; i < count; i++) {
                if (added.value().errors().at(i) != 0) {
                    throw new IllegalStateException("counter.%d: 0x%08X"
                            .formatted(i, added.value().errors().at(i)));
                }
                handles[i] = added.value().values().get(i).serverHandle();
            }
            return Ints.of(handles);
        }

        /** From the cache. @return whether each of them has a good value */
        boolean read(Ints handles) throws LinkException, RpcFaultException {
            Result<PerItem<OpcItemState>> answer = sync.within(CALL).read(OpcDataSource.CACHE, handles);
            if (!answer.isSuccess() || answer.value().values().size() != handles.size()) {
                return false;
            }
            for (OpcItemState state : answer.value().values()) {
                if (!state.quality().isGood()) {
                    return false;
                }
            }
            return true;
        }

        /** Values come to the sink from now on, all active items at once first. */
        void advise(IOPCDataCallback sink) throws LinkException, RpcFaultException {
            ComObject object =
                    ComObject.named("sink").with(IOPCDataCallback.DEF, sink).build();
            Optional<ComPointer<IUnknown>> unknown =
                    object.pointer(IUnknown.DEF).map(one -> one);
            try (ComPointer<IConnectionPointContainer> points = as(IConnectionPointContainer.DEF);
                    ComPointer<IConnectionPoint> point = points.within(CALL)
                            .findConnectionPoint(IOPCDataCallback.DEF.iid())
                            .value()
                            .orElseThrow()) {
                int unused = point.within(CALL).advise(unknown).value();
            }
        }

        void remove() throws LinkException, RpcFaultException {
            sync.close();
            items.close();
            Result<Nothing> unused = server.removeGroup(handle, true);
        }
    }

    @Override
    public void close() {
        pointer.close();
        client.close();
    }
}
