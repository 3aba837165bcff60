package org.tandemopc.relay.da.front;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.opcda.params.Ints;

/**
 * The transactions of a group that its client waits for. Each is taken exactly once: by the member's callback, by the loss of the
 * member, or by a call that failed. Numbers are Tandem's own towards members, and the client's cancel ids. Any thread.
 */
final class Transactions {
    static final int OPEN_MAX = 1_000;

    enum Kind {
        READ,
        WRITE,
        REFRESH
    }

    /**
     * @param id Tandem's own: the member's transaction, and the client's cancel id
     * @param clientId the client's transaction id, as it likes; of DA 1.0 none
     * @param replies how the client hears its end
     * @param member that was asked
     * @param items Tandem's handles; of a refresh none
     */
    record Transaction(int id, Kind kind, int clientId, Replies replies, int member, long epoch, Ints items) {}

    private final Map<Integer, Transaction> open = new HashMap<>();
    /** The members' cancel ids. */
    private final Map<Integer, Integer> cancelIds = new HashMap<>();

    private int last;

    /** Empty: there are too many. */
    synchronized Optional<Transaction> begin(
            Kind kind, int clientId, Replies replies, int member, long epoch, Ints items) {
        if (open.size() >= OPEN_MAX) {
            return Optional.empty();
        }
        Transaction begun = new Transaction(number(), kind, clientId, replies, member, epoch, items);
        open.put(begun.id(), begun);
        return Optional.of(begun);
    }

    /** A number that no open one has; not 0. */
    synchronized int number() {
        do {
            last = last == Integer.MAX_VALUE ? 1 : last + 1;
        } while (open.containsKey(last));
        return last;
    }

    /** The member took it under this number. @param items that it took of it */
    synchronized void started(int id, int cancelId, Ints items) {
        Transaction begun = open.get(id);
        if (begun != null) {
            cancelIds.put(id, cancelId);
            open.put(
                    id,
                    new Transaction(
                            id, begun.kind(), begun.clientId(), begun.replies(), begun.member(), begun.epoch(), items));
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
        notifyAll();
        return Optional.ofNullable(open.remove(id));
    }

    /** Ends all that the member was asked for. */
    synchronized List<Transaction> takeOf(int member) {
        List<Transaction> taken = new ArrayList<>();
        open.values().removeIf(one -> one.member() == member && taken.add(one));
        taken.forEach(one -> cancelIds.remove(one.id()));
        notifyAll();
        return taken;
    }

    /** Nobody is there to hear their ends. */
    synchronized void forget() {
        open.clear();
        cancelIds.clear();
        notifyAll();
    }

    /** Until the member has ended all that it was asked for. @return false: not in time */
    synchronized boolean awaitNone(int member, Deadline deadline) {
        try {
            while (open.values().stream().anyMatch(one -> one.member() == member)) {
                if (deadline.isOver()) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(this, deadline.remainingNanos());
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
