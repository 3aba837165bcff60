package org.tandemopc.relay.da.front;

import java.util.ArrayList;
import java.util.List;
import org.tandemopc.opcda.IOPCDataCallback.WriteComplete;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.relay.da.front.Transactions.Transaction;

/** Ends of transactions by the client's callback object (DA 2.05a 4.6.1). Any thread; returns at once. */
record CallbackReplies(DaGroup group, GroupCallbacks callbacks) implements Replies {
    @Override
    public String by() {
        return "AsyncIO2";
    }

    @Override
    public void read(Transaction one, List<OpcItemChange> changes) {
        group.asked(changes);
        callbacks.read(group.data(one.clientId(), group.forClient(changes)));
    }

    @Override
    public void refreshed(Transaction one, List<OpcItemChange> changes) {
        group.asked(changes);
        callbacks.changed(group.data(one.clientId(), group.forClient(changes)), true);
    }

    @Override
    public void written(Transaction one, int masterError, Ints handles, Ints errors) {
        List<Integer> clients = new ArrayList<>();
        List<Integer> told = new ArrayList<>();
        for (int i = 0; i < handles.size(); i++) {
            int error = errors.at(i);
            group.item(handles.at(i)).ifPresent(item -> {
                clients.add(item.def().clientHandle());
                told.add(error);
            });
        }
        callbacks.written(new WriteComplete(
                one.clientId(), group.view().clientHandle(), masterError, Ints.copyOf(clients), Ints.copyOf(told)));
    }

    @Override
    public void cancelled(Transaction one) {
        callbacks.cancelled(one.clientId());
    }
}
