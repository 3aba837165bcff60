package org.tandemopc.dcom.rpc;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.MalformedException;

/**
 * Who reads the connection of a client: a caller, where it is alone in waiting for an answer and the answer comes soon, so that no
 * thread need wake another; in all other cases the reader, a thread of the connection. The reader rests for a moment after an
 * answer, in which the next call comes if calls come in a row, and then waits for the end of the connection.
 *
 * <p>One of them reads at a time. Whoever has something for the reader to do (a call that nobody reads for, the end that a caller
 * came upon) makes that known first and then looks whether somebody reads: that one looks for it when he gives up reading, and if
 * there is nobody, the reader is woken. So nothing is left lying. Thread-safe.
 */
final class ClientReading {
    /** So long a caller reads: longer answers can wait for a change of threads, and he can be interrupted again. */
    private static final int CALLER_READS_MILLIS = 5;

    private static final long CALLER_READS_NANOS = CALLER_READS_MILLIS * 1_000_000L;

    /** So long nobody reads after an answer: that the server has left is not known before. */
    private static final long REST_NANOS = 2_000_000;

    private final RpcClient client;
    private final AtomicBoolean isRead = new AtomicBoolean();
    private volatile @Nullable Found found;

    /** What a caller has come upon, for the reader to end the connection with; null: the end of the stream. */
    private record Found(@Nullable Exception what) {}

    ClientReading(RpcClient client) {
        this.client = client;
    }

    // ---- the reader

    /** @return true: the stream or the connection has ended */
    boolean readOn() throws IOException, MalformedException, ProtocolErrorException {
        while (client.isOpen()) {
            if (isRead.compareAndSet(false, true)) {
                try {
                    if (isReadToItsEnd()) {
                        return true;
                    }
                } finally {
                    isRead.set(false);
                }
            }
            rest();
        }
        return true;
    }

    /** @return false: nobody waits who does not read by himself */
    private boolean isReadToItsEnd() throws IOException, MalformedException, ProtocolErrorException {
        do {
            Found by = found;
            if (by != null) {
                return isEnd(by);
            }
            Frame frame = client.next(RpcConnection.FOR_EVER);
            if (frame == null) {
                return true;
            }
            client.take(frame);
        } while (client.isWaitedFor());
        return false;
    }

    private static boolean isEnd(Found by) throws IOException, MalformedException, ProtocolErrorException {
        switch (by.what()) {
            case null -> {
                return true;
            }
            case IOException e -> throw e;
            case MalformedException e -> throw e;
            case ProtocolErrorException e -> throw e;
            case RuntimeException e -> throw e;
            case Exception e -> throw new IllegalStateException(e);
        }
    }

    /** Until there is something to do, or nobody has read for a while. */
    private void rest() {
        boolean isResting = true;
        while (isResting && client.isOpen()) {
            long left = REST_NANOS - (System.nanoTime() - client.receivedNanos());
            if (isRead.get()) {
                LockSupport.parkNanos(this, REST_NANOS);
            } else if (isNeeded() || left <= 0) {
                isResting = false;
            } else {
                LockSupport.parkNanos(this, left);
            }
        }
    }

    private boolean isNeeded() {
        return found != null || client.isWaitedFor();
    }

    /** What the reader is to see must be there before. */
    void wakeIfNobodyReads() {
        if (!isRead.get()) {
            client.wakeReader();
        }
    }

    // ---- a caller

    /**
     * On the thread of the caller, which is not kept for longer than a moment. Not on a virtual one: an interrupt would close the
     * socket that it reads.
     *
     * @param isAlone whether it is the only call
     */
    void readFor(RpcCall call, boolean isAlone) {
        boolean reads = isAlone
                && !Thread.currentThread().isVirtual()
                && !Thread.currentThread().isInterrupted()
                && call.deadline().remainingMillis() > 2 * CALLER_READS_MILLIS;
        call.leaveToReader();
        if (reads && isRead.compareAndSet(false, true)) {
            readAsCaller(call);
            if (isNeeded()) {
                wakeIfNobodyReads();
            }
        } else if (!call.isDone()) {
            wakeIfNobodyReads();
        }
    }

    private void readAsCaller(RpcCall call) {
        boolean isKnown = false;
        try {
            if (!isReadUntilOver(call)) {
                found = new Found(null);
            }
            isKnown = true;
        } catch (SocketTimeoutException e) {
            // it takes longer: the reader goes on
            isKnown = true;
        } catch (IOException | MalformedException | ProtocolErrorException | RuntimeException e) {
            found = new Found(e);
            isKnown = true;
        } finally {
            if (!isKnown) {
                found = new Found(new IllegalStateException("an error while a caller read"));
            }
            isRead.set(false);
        }
    }

    /** @return false: the stream has ended */
    private boolean isReadUntilOver(RpcCall call) throws IOException, MalformedException, ProtocolErrorException {
        long start = System.nanoTime();
        while (found == null && !call.isDone() && System.nanoTime() - start < CALLER_READS_NANOS) {
            Frame frame = client.nextOfRow(CALLER_READS_MILLIS);
            if (frame == null) {
                return false;
            }
            client.take(frame);
        }
        return true;
    }
}
