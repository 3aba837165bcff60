package org.tandemopc.relay.da.front;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.tandemopc.core.pair.Route;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.Started;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.relay.da.back.MemberGroup;

/**
 * The transactions of a group that its client waits for. Each is taken exactly once: by the member's callback, by the loss of the
 * member, or by a call that failed. Reads that a lost member does not end stay, at no member, until they are asked of another one.
 * Numbers are Tandem's own towards members, and the client's cancel ids. Any thread.
 */
final class Transactions {
    static final int OPEN_MAX = 1_000;

    enum Kind {
        READ("Read"),
        WRITE("Write"),
        WRITE_VQT("WriteVQT"),
        REFRESH("Refresh");

        private final String method;

        Kind(String method) {
            this.method = method;
        }

        /** Interface and method, for records. */
        String operation(Replies replies) {
            return (this == WRITE_VQT ? "AsyncIO3" : replies.by()) + "." + method;
        }

        boolean isWrite() {
            return this == WRITE || this == WRITE_VQT;
        }
    }

    /** Asks a member for a transaction, the first time or again. */
    @FunctionalInterface
    interface Asking {
        /** @return with the member's cancel id; a failure, or one for each item: no callback comes */
        Result<Started> at(MemberGroup there, Transaction one, Deadline deadline)
                throws LinkException, RpcFaultException;
    }

    /**
     * @param id Tandem's own: the member's transaction, and the client's cancel id
     * @param clientId the client's transaction id, as it likes; of DA 1.0 none
     * @param replies how the client hears its end
     * @param member that was asked; {@link Route#NONE}: it was lost, and none has been asked again yet
     * @param items Tandem's handles; of a refresh none
     * @param account under which the client asked for it
     * @param asking how a member is asked
     * @param isRepeated whether a member was lost with it
     * @param refused items that a member refused when it was asked again, with its reasons, for the end
     */
    record Transaction(
            int id,
            Kind kind,
            int clientId,
            Replies replies,
            int member,
            long epoch,
            Ints items,
            String account,
            Asking asking,
            boolean isRepeated,
            Map<Integer, Integer> refused) {
        Transaction {
            refused = Map.copyOf(refused);
        }

        /** For records. */
        String operation() {
            return kind.operation(replies);
        }

        private Transaction at(int other, long inEpoch) {
            return new Transaction(
                    id, kind, clientId, replies, other, inEpoch, items, account, asking, isRepeated, refused);
        }

        private Transaction orphan() {
            return new Transaction(
                    id, kind, clientId, replies, Route.NONE, epoch, items, account, asking, true, refused);
        }

        private Transaction with(Ints taken, Map<Integer, Integer> alsoRefused) {
            Map<Integer, Integer> all = new HashMap<>(refused);
            all.putAll(alsoRefused);
            return new Transaction(id, kind, clientId, replies, member, epoch, taken, account, asking, isRepeated, all);
        }
    }

    /** What the loss of a member leaves. @param ended writes, which are taken @param orphaned reads, which stay open */
    record Lost(List<Transaction> ended, List<Transaction> orphaned) {}

    private final Map<Integer, Transaction> open = new HashMap<>();
    /** The members' cancel ids. */
    private final Map<Integer, Integer> cancelIds = new HashMap<>();

    private int last;

    /** Empty: there are too many. */
    synchronized Optional<Transaction> begin(
            Kind kind,
            int clientId,
            Replies replies,
            int member,
            long epoch,
            Ints items,
            String account,
            Asking asking) {
        if (open.size() >= OPEN_MAX) {
            return Optional.empty();
        }
        Transaction begun = new Transaction(
                number(), kind, clientId, replies, member, epoch, items, account, asking, false, Map.of());
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
        started(id, cancelId, items, Map.of());
    }

    /** As the other. @param refused items that it did not take, which the end is to tell */
    synchronized void started(int id, int cancelId, Ints items, Map<Integer, Integer> refused) {
        Transaction begun = open.get(id);
        if (begun != null) {
            cancelIds.put(id, cancelId);
            open.put(id, begun.with(items, refused));
        }
    }

    /** It is asked of this member from now on. Empty: it has ended meanwhile, and need not be asked. */
    synchronized Optional<Transaction> moved(int id, int member, long epoch) {
        return Optional.ofNullable(open.computeIfPresent(id, (key, one) -> one.at(member, epoch)));
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
        Optional<Transaction> taken = Optional.ofNullable(open.remove(id));
        notifyAll();
        return taken;
    }

    /** The same, if it is at no member just now. */
    synchronized Optional<Transaction> takeOrphan(int id) {
        return find(id).filter(one -> one.member() == Route.NONE).flatMap(one -> take(id));
    }

    /** Nobody is there to hear their ends. @return writes among them */
    synchronized List<Transaction> forget() {
        List<Transaction> writes =
                open.values().stream().filter(one -> one.kind().isWrite()).toList();
        open.clear();
        cancelIds.clear();
        notifyAll();
        return writes;
    }

    /** The member ends nothing any more: its writes are taken, its reads are at no member. */
    synchronized Lost lost(int member) {
        List<Transaction> ended = new ArrayList<>();
        List<Transaction> orphaned = new ArrayList<>();
        for (Transaction one : List.copyOf(open.values())) {
            if (one.member() != member) {
                continue;
            }
            cancelIds.remove(one.id());
            if (one.kind().isWrite()) {
                open.remove(one.id());
                ended.add(one);
            } else {
                Transaction orphan = one.orphan();
                open.put(one.id(), orphan);
                orphaned.add(orphan);
            }
        }
        notifyAll();
        return new Lost(ended, orphaned);
    }

    /** Until the member has ended all that it was asked for. @return false: not in time */
    synchronized boolean awaitNoneOf(int member, Deadline deadline) {
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
