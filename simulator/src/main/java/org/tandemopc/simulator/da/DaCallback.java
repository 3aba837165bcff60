package org.tandemopc.simulator.da;

import java.util.List;
import java.util.OptionalInt;
import org.tandemopc.opcda.IOPCDataCallback.WriteComplete;
import org.tandemopc.opcda.OpcItemChange;

/** Something that a group tells its client. Immutable. */
sealed interface DaCallback {
    /** The connection of DA 1.0 that asked for it; empty: everybody who has advised. */
    OptionalInt connection();

    /** Values: of a subscription, a refresh, or none at all. */
    record Changed(OptionalInt connection, int transactionId, int clientGroup, List<OpcItemChange> items)
            implements DaCallback {
        public Changed {
            items = List.copyOf(items);
        }
    }

    /** What a read gave. */
    record ReadDone(OptionalInt connection, int transactionId, int clientGroup, List<OpcItemChange> items)
            implements DaCallback {
        public ReadDone {
            items = List.copyOf(items);
        }
    }

    record WriteDone(OptionalInt connection, WriteComplete result) implements DaCallback {}

    record Cancelled(int transactionId, int clientGroup) implements DaCallback {
        @Override
        public OptionalInt connection() {
            return OptionalInt.empty();
        }
    }
}
