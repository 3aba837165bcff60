package org.tandemopc.relay.ua.back;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A TCP relay before a test server that forwards whole OPC UA chunks, counts them, holds answers back and cuts. */
final class ByteRelay implements AutoCloseable {
    private static final int REQUEST_ID_OFFSET = 20;

    private final ServerSocket listening;
    private final InetSocketAddress target;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<Long> answered = new CopyOnWriteArrayList<>();
    private final List<Long> connectedAtNanos = new CopyOnWriteArrayList<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger channelRequests = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition thawed = lock.newCondition();
    private boolean frozen;
    private volatile boolean requestsWait;
    private volatile boolean freezeAfterPart;
    private final AtomicInteger shift = new AtomicInteger();
    private final AtomicInteger untilFreeze = new AtomicInteger();

    ByteRelay(int targetPort) {
        target = new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort);
        try {
            listening = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    int connections() {
        return connectedAtNanos.size();
    }

    List<Long> connectedAtNanos() {
        return List.copyOf(connectedAtNanos);
    }

    /** MSG chunks from the client so far. */
    int requests() {
        return requests.get();
    }

    /** Request ids of the MSG chunks to the client, in order on the wire. Policy None only. */
    List<Long> answered() {
        return List.copyOf(answered);
    }

    /** OPN chunks from the client so far. */
    int channelRequests() {
        return channelRequests.get();
    }

    /** Answers wait after the first part of the next answer that has parts. */
    void freezeWithinAMessage() {
        freezeAfterPart = true;
    }

    /** The next MSG chunk to the client will say that it answers the request so many after its own. Policy None only. */
    void shiftNextAnswer(int by) {
        shift.set(by);
    }

    /** Answers wait from when so many MSG chunks more have come from the client, the answer to the last of them too. */
    void freezeAfterRequests(int count) {
        untilFreeze.set(count);
    }

    /** Answers wait from now on. */
    void freeze() {
        setFrozen(true);
    }

    /** Requests wait as well: nothing is read from the client any more. */
    void freezeBothWays() {
        requestsWait = true;
        freeze();
    }

    void thaw() {
        setFrozen(false);
    }

    private void setFrozen(boolean value) {
        lock.lock();
        try {
            frozen = value;
            thawed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Resets every connection. */
    void cut() {
        for (Socket socket : sockets) {
            try {
                socket.setSoLinger(true, 0);
                socket.close();
            } catch (IOException e) {
                // closed already
            }
        }
        sockets.clear();
    }

    /** No connection is open any more. */
    boolean isClosedByClient() {
        return sockets.stream().allMatch(Socket::isClosed);
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                connectedAtNanos.add(System.nanoTime());
                Socket server = new Socket();
                server.connect(target);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                sockets.add(client);
                sockets.add(server);
                Thread.ofVirtual().start(() -> pump(client, server, true));
                Thread.ofVirtual().start(() -> pump(server, client, false));
            } catch (IOException e) {
                // the listening socket was closed, or the server is not there: the next accept tells
            }
        }
    }

    private void pump(Socket from, Socket to, boolean isRequest) {
        try (from;
                to) {
            DataInputStream in = new DataInputStream(from.getInputStream());
            OutputStream out = to.getOutputStream();
            while (true) {
                byte[] chunk = chunk(in);
                note(chunk, isRequest);
                if (!isRequest || requestsWait) {
                    awaitThaw();
                }
                if (!isRequest && chunk[0] == 'M') {
                    ByteBuffer answer = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
                    answer.putInt(REQUEST_ID_OFFSET, answer.getInt(REQUEST_ID_OFFSET) + shift.getAndSet(0));
                }
                out.write(chunk);
                if (!isRequest && freezeAfterPart && chunk[3] == 'C') {
                    freeze();
                }
            }
        } catch (IOException e) {
            // either side has closed
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static byte[] chunk(DataInputStream in) throws IOException {
        byte[] head = new byte[8];
        in.readFully(head);
        int size = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
        byte[] chunk = Arrays.copyOf(head, size);
        in.readFully(chunk, head.length, size - head.length);
        return chunk;
    }

    private void note(byte[] chunk, boolean isRequest) {
        if (isRequest && chunk[0] == 'O') {
            channelRequests.incrementAndGet();
        }
        if (chunk[0] != 'M' || chunk[1] != 'S') {
            return;
        }
        if (isRequest) {
            if (untilFreeze.get() > 0 && untilFreeze.decrementAndGet() == 0) {
                freeze();
            }
            requests.incrementAndGet();
        } else {
            int id = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN).getInt(REQUEST_ID_OFFSET);
            answered.add(Integer.toUnsignedLong(id));
        }
    }

    private void awaitThaw() throws InterruptedException {
        lock.lock();
        try {
            while (frozen) {
                thawed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thaw();
        cut();
    }
}
