package org.tandemopc.opcda;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.client.DcomClient;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;

/** Reads an item. */
final class Example {
    private Example() {}

    static Variant read(DcomClient client, RemoteHost host, Guid clsid, String itemId, Deadline deadline)
            throws Exception {
        try (ComPointer<IOPCServer> server =
                client.activate(host, clsid, IOPCServer.DEF, deadline).value()) {
            IOPCServer.NewGroup group = new IOPCServer.NewGroup(
                    "", true, 1_000, 1, Optional.empty(), Optional.empty(), 0, IOPCItemMgt.DEF.iid());
            IOPCServer.AddedGroup added =
                    server.within(deadline).addGroup(group).value();
            try (ComPointer<IOPCItemMgt> items = added.group().orElseThrow().as(IOPCItemMgt.DEF);
                    ComPointer<IOPCSyncIO> io =
                            items.queryInterface(IOPCSyncIO.DEF, deadline).value()) {
                Result<PerItem<OpcItemResult>> known =
                        items.within(deadline).addItems(List.of(OpcItemDef.of(itemId, 1)));
                if (!known.isSuccess()
                        || !known.value().isOf(1)
                        || known.value().errors().at(0) < 0) {
                    throw new IllegalStateException(itemId + ": " + OpcResult.describe(known.hresult()));
                }
                Ints handle = Ints.of(known.value().values().getFirst().serverHandle());
                Result<PerItem<OpcItemState>> read = io.within(deadline).read(OpcDataSource.DEVICE, handle);
                return read.value().values().getFirst().value();
            } finally {
                var unused = server.within(deadline).removeGroup(added.serverHandle(), true);
            }
        }
    }
}
