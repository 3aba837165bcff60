package org.tandemopc.relay.da.front;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.relay.da.front.StreamPoints.Connection;
import org.tandemopc.relay.da.front.Transactions.Transaction;

/**
 * The end of one transaction of DA 1.0: a stream to the connection that it was begun for. DA 1.0 begins all items or none, and members
 * of DA 2.05a begin those that they can; so the end waits for the member's answer to the call, and has all items of it. Any thread.
 */
final class StreamReplies implements Replies {
    private static final Duration END_MAX = Duration.ofSeconds(1);

    private final DaGroup group;
    private final Connection connection;

    /** Tandem's handles, as the client named the items; none of a refresh. */
    private final Ints asked;

    // Guarded by this.
    private @Nullable Ints errors;
    private @Nullable Runnable end;
    private boolean isCancelled;
    private boolean isOver;

    StreamReplies(DaGroup group, Connection connection, Ints asked) {
        this.group = group;
        this.connection = connection;
        this.asked = asked;
    }

    /** The member has begun it, and the client learns so. @param answered for each item: those that failed are in no callback */
    void accepted(Ints answered) {
        Runnable now;
        synchronized (this) {
            errors = answered;
            now = end;
            end = null;
        }
        if (now != null) {
            now.run();
        }
    }

    /** The client learns that nothing was begun: it hears nothing of it. */
    synchronized void refused() {
        end = null;
    }

    private void whenAccepted(Runnable what) {
        synchronized (this) {
            if (errors == null) {
                end = what;
                return;
            }
        }
        what.run();
    }

    @Override
    public String by() {
        return "AsyncIO";
    }

    @Override
    public void read(Transaction one, List<OpcItemChange> changes) {
        over();
        whenAccepted(() -> send(one.id(), changes));
    }

    /** There is nothing to wait for, and values that come later must stay later. */
    @Override
    public void refreshed(Transaction one, List<OpcItemChange> changes) {
        over();
        send(one.id(), changes);
    }

    /** @param changes with Tandem's handles */
    private void send(int transaction, List<OpcItemChange> changes) {
        List<OpcItemChange> told = group.forClient(changes);
        int clientGroup = group.view().clientHandle();
        connection.send(() -> ClientStreams.data(clientGroup, transaction, told, connection.format()), true);
    }

    @Override
    public void written(Transaction one, int masterError, Ints handles, Ints late) {
        over();
        whenAccepted(() -> {
            Map<Integer, Integer> told = new HashMap<>();
            for (int i = 0; i < handles.size(); i++) {
                told.put(handles.at(i), late.at(i));
            }
            sendWritten(one.id(), told);
        });
    }

    /** Of what the member took and says nothing of, nobody knows whether it was done. */
    private void sendWritten(int transaction, Map<Integer, Integer> told) {
        Ints answered = answered();
        List<Integer> clients = new ArrayList<>();
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            int early = answered.at(i);
            int late = told.getOrDefault(asked.at(i), HResult.CALL_FAILED);
            int error = HResult.isSuccess(early) ? late : early;
            group.clientHandle(asked.at(i)).ifPresent(client -> {
                clients.add(client);
                all.add(error);
            });
        }
        Bytes stream =
                ClientStreams.written(group.view().clientHandle(), transaction, Ints.copyOf(clients), Ints.copyOf(all));
        connection.send(() -> stream, true);
    }

    private synchronized Ints answered() {
        Ints now = errors;
        return now == null ? Ints.repeat(HResult.S_OK, asked.size()) : now;
    }

    /** DA 1.0 tells nothing of it: Cancel itself has. */
    @Override
    public synchronized void cancelled(Transaction one) {
        isCancelled = true;
        end = null;
        over();
    }

    private synchronized void over() {
        isOver = true;
        notifyAll();
    }

    /**
     * How it has ended. Its end may have been taken by another thread just now, which is about to tell: waited for, a moment at most.
     *
     * @return false: it has ended otherwise
     */
    synchronized boolean isCancelled() {
        Deadline soon = Deadline.after(END_MAX);
        try {
            while (!isOver && !soon.isOver()) {
                TimeUnit.NANOSECONDS.timedWait(this, soon.remainingNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return isCancelled;
    }
}
