package org.tandemopc.dcom.rpc;

import java.nio.ByteOrder;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.DeadlineException;
import org.tandemopc.dcom.LinkException;

/** A call that a client has sent. Thread-safe but for the assembly of its answer, which is that of who reads. */
public final class RpcCall {
    private final RpcClient client;
    private final long callId;
    private final Deadline deadline;
    private final long sentNanos = System.nanoTime();
    private final CompletableFuture<RpcAnswer> answer = new CompletableFuture<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final Assembly assembly;
    private final @Nullable LateReply late;
    private final AtomicReference<@Nullable Thread> waiter = new AtomicReference<>();
    private volatile boolean isLeftToReader;
    private final AtomicBoolean kept = new AtomicBoolean();
    private boolean isReleased;
    private int held;
    private boolean begun;
    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;

    RpcCall(RpcClient client, long callId, Deadline deadline, int stubBytesMax, @Nullable LateReply late) {
        this.late = late;
        this.client = client;
        this.callId = callId;
        this.deadline = deadline;
        this.assembly = new Assembly(stubBytesMax);
    }

    long callId() {
        return callId;
    }

    Deadline deadline() {
        return deadline;
    }

    long sentNanos() {
        return sentNanos;
    }

    /** From now on its answer must be read by whoever reads. */
    void leaveToReader() {
        isLeftToReader = true;
    }

    boolean isLeftToReader() {
        return isLeftToReader;
    }

    /** The caller has gone, and the call stays for its answer. */
    void keep() {
        kept.set(true);
    }

    /** True for one caller: who gives the place back that {@link #keep} took. */
    boolean isKeptNoMore() {
        return kept.compareAndSet(true, false);
    }

    boolean isOver() {
        return over.get();
    }

    /** True for one caller: who ends the call gives its place to the next. */
    boolean end() {
        return over.compareAndSet(false, true);
    }

    /** Whether somebody is interested in the answer when the caller is not any more. */
    boolean isHeardLate() {
        return late != null;
    }

    void done(RpcAnswer results) {
        if (!answer.complete(results) && late != null) {
            late.answered(results);
        }
        wake();
    }

    /** The server has answered with a fault. */
    void refused(RpcFaultException fault) {
        if (!answer.completeExceptionally(fault) && late != null) {
            late.refused(fault);
        }
        wake();
    }

    void failed(Exception why) {
        answer.completeExceptionally(why);
        wake();
    }

    /** Whoever waits looks what is the matter. */
    private void wake() {
        LockSupport.unpark(waiter.get());
    }

    /** If somebody waits in vain, he finds out. @return how much longer he waits, in ns; {@link Long#MAX_VALUE}: nobody does */
    long wakeIfOver() {
        if (waiter.get() == null) {
            return Long.MAX_VALUE;
        }
        long left = deadline.remainingNanos();
        if (left == 0) {
            wake();
            return Long.MAX_VALUE;
        }
        return left;
    }

    /** What a fragment of the answer came to. */
    enum Taken {
        MORE,
        WHOLE,
        TOO_LONG,
        MISPLACED
    }

    /** @param budget of all calls of the client */
    Taken take(Pdu.Response fragment, Budget budget) {
        PduHeader header = fragment.header();
        if (header.isFirst() == begun || (begun && header.dataRep().order() != order)) {
            return Taken.MISPLACED;
        }
        begun = true;
        order = header.dataRep().order();
        if (!hold(fragment.stub().size(), budget) || !assembly.add(fragment.stub())) {
            return Taken.TOO_LONG;
        }
        return header.isLast() ? Taken.WHOLE : Taken.MORE;
    }

    private synchronized boolean hold(int octets, Budget budget) {
        if (isReleased || !budget.take(octets)) {
            return false;
        }
        held += octets;
        return true;
    }

    /** Gives back what {@link #take} held, and lets it hold nothing more: the call may end on another thread. */
    synchronized void release(Budget budget) {
        isReleased = true;
        budget.give(held);
        held = 0;
    }

    RpcAnswer whole() {
        return new RpcAnswer(assembly.whole(), order);
    }

    /**
     * Waits until the deadline of the call, and gives the call up then. An interrupt gives it up too, and stays set.
     *
     * @throws RpcFaultException the server answered with a fault
     * @throws LinkException no answer; whether the call has run is unknown
     */
    public RpcAnswer await() throws RpcFaultException, LinkException {
        client.readFor(this);
        try {
            return waited();
        } catch (TimeoutException e) {
            abandon();
            return unlessAnswered(
                    new DeadlineException("no answer from %s in time".formatted(client.remoteAddress()), false));
        } catch (InterruptedException e) {
            abandon();
            Thread.currentThread().interrupt();
            return unlessAnswered(new LinkException("interrupted while waiting for " + client.remoteAddress(), e));
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        }
    }

    /**
     * A virtual thread leaves it to the watch of the connection to look at the time: to wait for a time itself it would have to wake
     * another thread, for each call.
     */
    private RpcAnswer waited() throws InterruptedException, ExecutionException, TimeoutException {
        Thread me = Thread.currentThread();
        if (!me.isVirtual() || !waiter.compareAndSet(null, me)) {
            return answer.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        }
        try {
            client.watchDeadline(this);
            while (!answer.isDone()) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                if (deadline.isOver()) {
                    throw new TimeoutException();
                }
                LockSupport.park(this);
            }
            return answer.get();
        } finally {
            waiter.set(null);
        }
    }

    /** What comes in the last moment is the caller's, or late: whoever reads may have ended the call, and is about to say how. */
    private RpcAnswer unlessAnswered(LinkException over) throws RpcFaultException, LinkException {
        if (answer.completeExceptionally(over)) {
            throw over;
        }
        try {
            return answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RpcFaultException fault) {
                throw fault;
            }
            throw over;
        }
    }

    private static LinkException rethrown(@Nullable Throwable cause) throws RpcFaultException {
        return switch (cause) {
            case RpcFaultException fault -> throw fault;
            case LinkException link -> link.again(link.isNotSent());
            case null, default -> new LinkException("the call failed here", cause);
        };
    }

    public boolean isDone() {
        return answer.isDone();
    }

    /** Asks the server to end the call early. It answers all the same, be it with results or a fault. */
    public void cancel() {
        client.cancel(this);
    }

    /** Gives the call up: whoever waits for it hears that at once. */
    public void abandon() {
        client.abandon(this);
    }
}
