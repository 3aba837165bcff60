package org.tandemopc.dcom.rpc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.DeadlineException;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.MalformedException;

/**
 * A connection of RPC, in either role (C706 12.6). What both have in common:
 *
 * <p>One thread at a time reads; which one, is the role's business ({@link #readOn}). It cuts the stream into PDUs, checks and
 * decrypts each in the order of arrival, and hands it on. Whoever writes takes the one write lock, and only there is a PDU encoded,
 * protected and written, so that signatures count in the order of the wire. All PDUs of a message are written under one hold of
 * the lock: fragments of different messages do not mix ([MS-RPCE] 3.3.1.5.4).
 *
 * <p>It ends once, with the reason why; all that wait on it hear that reason.
 */
public abstract sealed class RpcConnection implements AutoCloseable permits RpcClient, ServerConnection {
    private static final Logger LOG = LoggerFactory.getLogger(RpcConnection.class);
    private static final AtomicLong LAST_ID = new AtomicLong();
    private static final Duration JOIN = Duration.ofSeconds(2);
    private static final Duration LINGER = Duration.ofSeconds(1);
    private static final int LINGER_BYTES = 1 << 20;

    /** A peer whose machine is gone is noticed after about a minute, though nothing is sent to it. */
    private static final int KEEP_ALIVE_IDLE_S = 30;

    private static final int KEEP_ALIVE_INTERVAL_S = 10;
    private static final int KEEP_ALIVE_COUNT = 3;

    /** So long a peer may take to accept octets, at least: others call over the connection than one who has no time left. */
    private static final long WRITE_NANOS_MIN = 100_000_000;

    /** For {@link #next}: until something comes, or the connection ends. */
    static final int FOR_EVER = 0;

    final Watch watch;

    private final long id = LAST_ID.incrementAndGet();
    private final String role;
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final InetSocketAddress remote;
    private final InetSocketAddress local;
    private final FrameReader frames;
    private final PduTap tap;
    private final boolean isTapped;
    private final long writeNanos;
    private final ReentrantLock writing = new ReentrantLock();
    private final Object ending = new Object();
    private final List<Consumer<LinkException>> closeListeners = new ArrayList<>();
    private volatile Thread reader;
    private volatile @Nullable LinkException end;
    private volatile int sendFragMax = Fragments.LEAST_SIZE;

    /** Of who reads. */
    private final Lookout lookout = new Lookout();

    /** As the socket has it; of who reads. */
    private int waitsMillis = FOR_EVER;

    /** Messages that wait for others to go out with; of who holds the write lock. */
    private final Gather gather = new Gather();

    private volatile boolean isHolding;

    /**
     * @param readerThread what kind of thread reads first
     * @param bufferBytes that one read takes at most
     * @param restNanos how long the rest of a PDU or a message may take to come
     * @param budget for PDUs that are longer than most
     * @param writeNanos how long the peer may take to accept what is written at once, where no deadline is nearer
     */
    RpcConnection(
            String role,
            Thread.Builder readerThread,
            Socket socket,
            int bufferBytes,
            int fragMax,
            long restNanos,
            long writeNanos,
            Budget budget,
            PduTap tap)
            throws IOException {
        this.role = role;
        this.socket = socket;
        this.tap = tap;
        this.isTapped = !tap.equals(PduTap.NONE);
        this.writeNanos = writeNanos;
        socket.setTcpNoDelay(true);
        keepAlive(socket);
        in = socket.getInputStream();
        out = socket.getOutputStream();
        remote = (InetSocketAddress) socket.getRemoteSocketAddress();
        local = (InetSocketAddress) socket.getLocalSocketAddress();
        watch = new Watch("dcom-" + role + "-watch-" + id, this::isOver);
        frames = new FrameReader(in, bufferBytes, fragMax, budget, () -> watch.set(Watch.Wait.REST, restNanos));
        reader = readerOf(readerThread);
    }

    private static void keepAlive(Socket socket) throws IOException {
        socket.setKeepAlive(true);
        set(socket, ExtendedSocketOptions.TCP_KEEPIDLE, KEEP_ALIVE_IDLE_S);
        set(socket, ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEP_ALIVE_INTERVAL_S);
        set(socket, ExtendedSocketOptions.TCP_KEEPCOUNT, KEEP_ALIVE_COUNT);
    }

    private static void set(Socket socket, SocketOption<Integer> option, int value) throws IOException {
        if (socket.supportedOptions().contains(option)) {
            socket.setOption(option, value);
        }
    }

    /** Unlike that of any other connection of this process. */
    public long id() {
        return id;
    }

    public InetSocketAddress remoteAddress() {
        return remote;
    }

    public InetSocketAddress localAddress() {
        return local;
    }

    public boolean isOpen() {
        return end == null;
    }

    /** Called once when the connection ends, at once if it has ended. On the thread that ends it: be quick. */
    public void onClose(Consumer<LinkException> listener) {
        LinkException ended;
        synchronized (ending) {
            ended = end;
            if (ended == null) {
                closeListeners.add(listener);
                return;
            }
        }
        listener.accept(ended);
    }

    final void start() {
        watch.start();
        reader.start();
    }

    private Thread readerOf(Thread.Builder builder) {
        return builder.name("dcom-" + role + "-reader-" + id).unstarted(this::read);
    }

    /**
     * Has another thread read from now on: the one that has read so far, be it the caller or not, must not any more.
     *
     * @return false: there are no more threads, and all is as it was
     */
    final boolean isReadOnWith(Thread.Builder builder) {
        Thread before = reader;
        Thread next = readerOf(builder);
        reader = next;
        try {
            next.start();
            return true;
        } catch (OutOfMemoryError e) {
            LOG.warn("There is no further thread for a connection with {}.", remote);
            reader = before;
            return false;
        }
    }

    /** Ends a rest of the reader's thread, if it rests. */
    final void wakeReader() {
        LockSupport.unpark(reader);
    }

    /** Whether the reader's thread does something else, so that its end must not be waited for. */
    boolean isReaderBusy() {
        return false;
    }

    /** The longest PDU that the peer takes. */
    final int sendFragMax() {
        return sendFragMax;
    }

    final void sendFragMax(int octets) {
        sendFragMax = octets;
    }

    /**
     * Checks the signature of a PDU and decrypts it in place. On the thread that reads.
     *
     * @throws ProtocolErrorException the signature is not that of the PDU
     */
    abstract Admission admit(Frame frame) throws ProtocolErrorException;

    /** Takes a PDU. On the thread that reads, which it must not keep. */
    abstract void received(Pdu pdu, Admission admission) throws ProtocolErrorException;

    /**
     * Reads and takes PDU after PDU.
     *
     * @return true: the stream or the connection has ended; false: another thread reads on
     */
    abstract boolean readOn() throws IOException, MalformedException, ProtocolErrorException;

    /** The peer broke the protocol; the connection ends after it returns. On the reader thread. */
    abstract void broken(int status, long callId, Exception why);

    /** The reader broke; the connection ends after it returns. */
    void failed(Throwable e) {
        LOG.error("The reader of a connection with {} failed; the connection ends.", remote, e);
    }

    /** A PDU came or goes. On any thread. */
    void counted(PduTap.Direction direction) {
        // a client keeps no count
    }

    /** The last thing that is done by who reads. */
    void readerEnded() {
        // nothing is kept for it
    }

    /** The connection has ended. Called once, on the thread that ended it, which may hold the write lock. */
    abstract void ended(LinkException why);

    /** A moment has passed. On the thread of the watch. */
    void isOver(Watch.Wait wait) {
        fail(new LinkException("connection with " + remote + " ended: " + wait.complaint()));
    }

    private void read() {
        boolean isOver = true;
        try {
            isOver = readOn();
            if (isOver) {
                fail(new LinkException("connection ended by " + remote));
            }
        } catch (MalformedException e) {
            end(RpcStatus.PROTOCOL_ERROR, e);
        } catch (ProtocolErrorException e) {
            end(e.status(), e);
        } catch (IOException e) {
            fail(new LinkException("connection with " + remote + " lost: " + e.getMessage(), e));
        } catch (RuntimeException | Error e) {
            // an error too, such as of memory: a connection that nobody reads would stay open, and the peer wait for
            // its answers
            failed(e);
            fail(new LinkException("connection with " + remote + " ended by an error of ours", e));
        } finally {
            if (isOver) {
                // nothing to do unless what was done about the end has failed itself
                fail(new LinkException("connection with " + remote + " ended by an error of ours"));
                frames.end();
                readerEnded();
            }
        }
    }

    /**
     * The next PDU, as it came. For who reads.
     *
     * @param millis to wait for it, or {@link #FOR_EVER}; of a PDU that came in part the beginning is kept
     * @return null: the stream has ended
     * @throws java.net.SocketTimeoutException nothing came in time
     */
    final @Nullable Frame next(int millis) throws IOException, MalformedException {
        if (millis != waitsMillis) {
            socket.setSoTimeout(millis);
            waitsMillis = millis;
        }
        return frames.next();
    }

    /**
     * As {@link #next}, for a PDU that is likely to come at once: the thread looks for it for a moment before it sleeps. Not on a
     * virtual thread, which would keep others waiting.
     */
    final @Nullable Frame nextOfRow(int millis) throws IOException, MalformedException {
        long start = System.nanoTime();
        try {
            if (!frames.hasMore()) {
                lookout.look(in);
            }
            return next(millis);
        } finally {
            lookout.waited(System.nanoTime() - start);
        }
    }

    /** Whether octets of a further PDU have been read already. For who reads. */
    final boolean hasMore() {
        return frames.hasMore();
    }

    /** Whether a further PDU has been read to its end already. For who reads. */
    final boolean hasWhole() {
        return frames.hasWhole();
    }

    /** Checks, decrypts and hands on what {@link #next} gave. */
    final void take(Frame frame) throws MalformedException, ProtocolErrorException {
        watch.take(Watch.Wait.REST);
        counted(PduTap.Direction.RECEIVED);
        Bytes wire = isTapped ? copy(frame) : Bytes.EMPTY;
        Admission admission = admit(frame);
        if (isTapped) {
            tap.seen(this, PduTap.Direction.RECEIVED, wire, copy(frame));
        }
        received(frame.pdu(), admission);
    }

    private void end(int status, Exception why) {
        broken(status, frames.callId(), why);
        fail(new LinkException(remote + " broke the protocol: " + why.getMessage(), why));
    }

    private static Bytes copy(Frame frame) {
        return Bytes.of(frame.octets());
    }

    /**
     * Writes the PDUs of a message, with nothing of another between them.
     *
     * @param context signs and seals each; null: none
     * @param deadline null: as long as the peer goes on reading
     * @param beforeLast run under the lock before the last PDU leaves: what must be true when the peer has the message
     * @throws LinkException nothing was sent if it says so; otherwise the connection has ended
     */
    final void send(
            List<? extends Pdu> message,
            @Nullable SecurityContext context,
            @Nullable Deadline deadline,
            Runnable beforeLast)
            throws LinkException {
        send(message, context, deadline, beforeLast, false);
    }

    /**
     * As the other.
     *
     * @param isHeld the message need not leave yet: it does so with the next that is sent, or with {@link #flush}, whichever comes
     *     first. Who says so sees to it that one of them does soon
     */
    final void send(
            List<? extends Pdu> message,
            @Nullable SecurityContext context,
            @Nullable Deadline deadline,
            Runnable beforeLast,
            boolean isHeld)
            throws LinkException {
        lock(deadline);
        boolean begun = false;
        try {
            LinkException ended = end;
            if (ended != null) {
                throw ended.again(true);
            }
            if (deadline != null && deadline.isOver()) {
                throw overBefore();
            }
            begun = true;
            for (Pdu pdu : message) {
                if (gather.isFull()) {
                    write(deadline);
                }
                gather.add(encoded(pdu, context));
            }
            beforeLast.run();
            if (!isHeld || gather.isFull()) {
                write(deadline);
            }
            isHolding = !gather.isEmpty();
        } catch (IOException e) {
            if (!begun) {
                throw e instanceof LinkException link ? link : new LinkException(String.valueOf(e.getMessage()), e);
            }
            throw fail(new LinkException("connection with " + remote + " lost: " + e.getMessage(), e));
        } catch (RuntimeException | Error e) {
            // signatures may have been counted, and fragments written, of a message that does not go on
            fail(new LinkException("connection with " + remote + " ended by an error of ours", e));
            throw e;
        } finally {
            watch.take(Watch.Wait.WRITE);
            writing.unlock();
        }
    }

    /** Under the lock. */
    private void write(@Nullable Deadline deadline) throws IOException {
        if (!gather.isEmpty()) {
            long nanos = deadline == null ? writeNanos : Math.max(WRITE_NANOS_MIN, deadline.remainingNanos());
            watch.set(Watch.Wait.WRITE, nanos);
            gather.writeTo(out);
        }
    }

    /**
     * Sends what is held, if something is, or leaves it to another thread that is about to. An interrupt waits. What is held is lost if
     * the connection ends before, or now.
     *
     * @param deadline null: as long as the peer goes on reading
     */
    final void flush(@Nullable Deadline deadline) {
        boolean isInterrupted = false;
        while (isHolding) {
            try {
                long nanos = deadline == null ? writeNanos : deadline.remainingNanos();
                if (!writing.tryLock(nanos, TimeUnit.NANOSECONDS)) {
                    // whoever has the lock has come later than what is held, and sends it
                    break;
                }
                flushLocked(deadline);
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Gives the lock back. */
    private void flushLocked(@Nullable Deadline deadline) {
        try {
            if (end == null) {
                write(deadline);
            }
            isHolding = false;
        } catch (IOException e) {
            isHolding = false;
            fail(new LinkException("connection with " + remote + " lost: " + e.getMessage(), e));
        } finally {
            watch.take(Watch.Wait.WRITE);
            writing.unlock();
        }
    }

    /** Whether something is held that has not been sent. Any thread. */
    final boolean isHolding() {
        return isHolding;
    }

    final void send(Pdu pdu, @Nullable SecurityContext context, @Nullable Deadline deadline) throws LinkException {
        send(List.of(pdu), context, deadline, () -> {});
    }

    /** Whether nothing is being written, nor held, at the latest after the time. */
    final boolean isWritten(long withinNanos) {
        try {
            if (!writing.tryLock(withinNanos, TimeUnit.NANOSECONDS)) {
                return false;
            }
            flushLocked(Deadline.after(Duration.ofNanos(withinNanos)));
            return isOpen();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void lock(@Nullable Deadline deadline) throws LinkException {
        if (deadline == null) {
            // whoever holds it is watched, so that this ends
            writing.lock();
            return;
        }
        try {
            if (!writing.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                throw overBefore();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LinkException("interrupted before a PDU could be written to " + remote, e, true);
        }
    }

    private DeadlineException overBefore() {
        return new DeadlineException("deadline over before a PDU could be written to " + remote, true);
    }

    /** PDUs that go out together: each write is a call into the system, and wakes the peer. */
    private static final class Gather {
        private static final int FULL_BYTES = 1 << 15;

        /** The first must not wait for long. */
        private static final int FULL_PDUS = 16;

        private final List<byte[]> pdus = new ArrayList<>();
        private int size;

        void add(byte[] pdu) {
            pdus.add(pdu);
            size += pdu.length;
        }

        boolean isFull() {
            return size >= FULL_BYTES || pdus.size() == FULL_PDUS;
        }

        boolean isEmpty() {
            return size == 0;
        }

        void writeTo(OutputStream out) throws IOException {
            byte[] all = pdus.size() == 1 ? pdus.getFirst() : joined();
            pdus.clear();
            size = 0;
            out.write(all);
        }

        private byte[] joined() {
            byte[] all = new byte[size];
            int at = 0;
            for (byte[] pdu : pdus) {
                System.arraycopy(pdu, 0, all, at, pdu.length);
                at += pdu.length;
            }
            return all;
        }
    }

    private byte[] encoded(Pdu pdu, @Nullable SecurityContext context) {
        Frame frame = Frame.encode(pdu);
        Bytes plain = isTapped ? copy(frame) : Bytes.EMPTY;
        if (context != null && pdu.tail().auth() != null) {
            context.protect(frame);
        }
        if (isTapped) {
            tap.seen(this, PduTap.Direction.SENT, copy(frame), plain);
        }
        counted(PduTap.Direction.SENT);
        return frame.octets();
    }

    /** Says nothing more, and takes what still comes for a moment, so that the peer reads the last PDU before the end. */
    final void linger() {
        try {
            socket.shutdownOutput();
            Deadline until = Deadline.after(LINGER);
            byte[] unread = new byte[4096];
            for (int taken = 0; taken < LINGER_BYTES && !until.isOver(); ) {
                socket.setSoTimeout(until.remainingMillis());
                int more = in.read(unread);
                if (more < 0) {
                    return;
                }
                taken += more;
            }
        } catch (IOException e) {
            LOG.trace("The end of a connection with {} was not waited for.", remote, e);
        }
    }

    /**
     * Ends the connection, unless it has ended.
     *
     * @return why it ended, be it this or what came first
     */
    final LinkException fail(LinkException why) {
        List<Consumer<LinkException>> listeners;
        synchronized (ending) {
            LinkException ended = end;
            if (ended != null) {
                return ended.again(false);
            }
            end = why;
            listeners = List.copyOf(closeListeners);
        }
        watch.stop();
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("A socket to {} did not close.", remote, e);
        }
        ended(why);
        listeners.forEach(listener -> listener.accept(why));
        return why;
    }

    final @Nullable LinkException end() {
        return end;
    }

    /** Ends the connection at once and waits for its threads, unless it is one of them that calls. */
    @Override
    public void close() {
        fail(new LinkException("connection with " + remote + " closed here"));
        if (!isReaderBusy()) {
            join(reader);
        }
        join(watch.thread());
    }

    private static void join(Thread thread) {
        if (thread.equals(Thread.currentThread()) || thread.getState() == Thread.State.NEW) {
            return;
        }
        try {
            if (!thread.join(JOIN)) {
                LOG.warn("The thread {} has not ended.", thread.getName());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + " " + id + " with " + remote;
    }
}
