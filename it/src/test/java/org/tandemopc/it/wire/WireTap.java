package org.tandemopc.it.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.tandemopc.testkit.process.PortPicker;

/**
 * A TCP relay on loopback between a client and a server without security, which writes down the PublishResponses in the
 * order of the wire. It can also cut the connections, or hold all bytes back while they stay open.
 */
public final class WireTap implements AutoCloseable {
    private final ServerSocket listener;
    private final int targetPort;
    private final List<WirePublish> publishes = new CopyOnWriteArrayList<>();
    private final AtomicInteger republishes = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicReference<@Nullable String> trouble = new AtomicReference<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Object gate = new Object();
    private boolean stalled;

    private WireTap(ServerSocket listener, int targetPort) {
        this.listener = listener;
        this.targetPort = targetPort;
    }

    /** Listens on a port of its own and relays to the target. */
    public static WireTap before(int targetPort) {
        try {
            ServerSocket listener = new ServerSocket();
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), PortPicker.pick()));
            WireTap tap = new WireTap(listener, targetPort);
            Thread.ofPlatform().daemon().name("tap").start(tap::accept);
            return tap;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** The same URL with this tap's port. */
    public String url(String targetUrl) {
        return targetUrl.replace(":" + targetPort + "/", ":" + port() + "/");
    }

    public List<WirePublish> publishes() {
        return List.copyOf(publishes);
    }

    /** Verdict on everything so far; fails when the tap itself did not understand the bytes. */
    public WireVerdict verdict() {
        String problem = trouble.get();
        if (problem != null) {
            throw new AssertionError("the tap does not understand the connection: " + problem);
        }
        return WireVerdict.of(publishes());
    }

    /** How often the client asked for a message again. */
    public int republishes() {
        return republishes.get();
    }

    /** How many connections clients made. */
    public int connections() {
        return connections.get();
    }

    /** Closes all connections; new ones are accepted. */
    public void cut() {
        sockets.forEach(WireTap::closeQuietly);
    }

    /** Holds all bytes back, as a pulled cable does. */
    public void stall() {
        synchronized (gate) {
            stalled = true;
        }
    }

    /** Lets the bytes go that were held back. */
    public void resume() {
        synchronized (gate) {
            stalled = false;
            gate.notifyAll();
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                connections.incrementAndGet();
                connect(client);
            } catch (IOException e) {
                // The target is down: the client sees its connection closed.
                continue;
            }
        }
    }

    private void connect(Socket client) throws IOException {
        Socket server;
        try {
            server = new Socket(InetAddress.getLoopbackAddress(), targetPort);
        } catch (IOException e) {
            client.close();
            throw e;
        }
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        sockets.add(client);
        sockets.add(server);
        FrameReader requests = new FrameReader(publish -> {}, republishes::incrementAndGet);
        FrameReader responses = new FrameReader(publishes::add, () -> {});
        Thread.ofPlatform().daemon().name("tap requests").start(() -> pump(client, server, requests));
        Thread.ofPlatform().daemon().name("tap responses").start(() -> pump(server, client, responses));
    }

    private void pump(Socket from, Socket to, FrameReader reader) {
        byte[] buffer = new byte[64 * 1024];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                awaitGate();
                out.write(buffer, 0, count);
                reader.feed(buffer, count);
            }
        } catch (IOException e) {
            // One side is gone; closing both is all there is to do.
            return;
        } catch (RuntimeException e) {
            trouble.compareAndSet(null, e.toString());
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private void awaitGate() throws IOException {
        synchronized (gate) {
            while (stalled) {
                try {
                    gate.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException("interrupted", e);
                }
            }
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        resume();
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
    }
}
