package org.tandemopc.relay.da.front;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tandemopc.opcda.params.Ints;

/**
 * The transactions of a group that its client waits for. Each is taken exactly once: by the member's callback, by the loss of the
 * member, or by a call that failed. Numbers are Tandem's own towards members, and the client's cancel ids. Any thread.
 */
final class Transactions {
    static final int OPEN_MAX = 1_000;

    enum Kind {
        READ("AsyncIO2.Read"),
        WRITE("AsyncIO2.Write"),
        WRITE_VQT("AsyncIO3.WriteVQT"),
        REFRESH("AsyncIO2.Refresh2");

        private final String operation;

        Kind(String operation) {
            this.operation = operation;
        }

        /** For records. */
        String operation() {
            return operation;
        }

        boolean isWrite() {
            return this == WRITE || this == WRITE_VQT;
        }
    }

    /**
     * @param id Tandem's own: the member's transaction, and the client's cancel id
     * @param clientId the client's transaction id, as it likes
     * @param member that was asked
     * @param items Tandem's handles; of a refresh none
     */
    record Transaction(int id, Kind kind, int clientId, int member, long epoch, Ints items) {}

    private final Map<Integer, Transaction> open = new HashMap<>();
    /** The members' cancel ids. */
    private final Map<Integer, Integer> cancelIds = new HashMap<>();

    private int last;

    /** Empty: there are too many. */
    synchronized Optional<Transaction> begin(Kind kind, int clientId, int member, long epoch, Ints items) {
        if (open.size() >= OPEN_MAX) {
            return Optional.empty();
        }
        do {
            last = last == Integer.MAX_VALUE ? 1 : last + 1;
        } while (open.containsKey(last));
        Transaction begun = new Transaction(last, kind, clientId, member, epoch, items);
        open.put(last, begun);
        return Optional.of(begun);
    }

    /** The member took it under this number. @param items that it took of it */
    synchronized void started(int id, int cancelId, Ints items) {
        Transaction begun = open.get(id);
        if (begun != null) {
            cancelIds.put(id, cancelId);
            open.put(id, new Transaction(id, begun.kind(), begun.clientId(), begun.member(), begun.epoch(), items));
        }
    }

    /** To be asked to cancel; empty: it is over, or was not taken yet. */
    synchronized Optional<Integer> cancelId(int id) {
        return Optional.ofNullable(cancelIds.get(id));
    }

    synchronized Optional<Transaction> find(int id) {
        return Optional.ofNullable(open.get(id));
    }

    /** Ends it, for whoever comes first. */
    synchronized Optional<Transaction> take(int id) {
        cancelIds.remove(id);
        return Optional.ofNullable(open.remove(id));
    }

    /** Ends all that the member was asked for. */
    synchronized List<Transaction> takeOf(int member) {
        List<Transaction> taken = new ArrayList<>();
        open.values().removeIf(one -> one.member() == member && taken.add(one));
        taken.forEach(one -> cancelIds.remove(one.id()));
        return taken;
    }
}
