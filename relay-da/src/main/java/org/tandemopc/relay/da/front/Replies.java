package org.tandemopc.relay.da.front;

import java.util.List;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.relay.da.front.Transactions.Transaction;

/**
 * How a client hears the end of its transaction, by the version of DA that it asked by. One of the methods is called for each
 * transaction, once, whoever ended it. Items are named by Tandem's handles. Any thread; must return at once.
 */
interface Replies {
    /** The interface that it was begun by, for records. */
    String by();

    void read(Transaction one, List<OpcItemChange> changes);

    /** In the order of the values: within the lock of the group's stream. */
    void refreshed(Transaction one, List<OpcItemChange> changes);

    /** @param errors for each of the handles */
    void written(Transaction one, int masterError, Ints handles, Ints errors);

    void cancelled(Transaction one);
}
