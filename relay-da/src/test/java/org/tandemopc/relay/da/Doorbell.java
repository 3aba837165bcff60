package org.tandemopc.relay.da;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.tandemopc.testkit.process.PortPicker;

/** Stands where a server would, writes down each connection that comes, and ends it. */
final class Doorbell implements AutoCloseable {
    private final ServerSocket socket = new ServerSocket();
    private final String host;
    private final int port;
    private final List<String> rings;
    private final Thread thread;

    /** @param rings where each connection is written down, as the port; may be shared */
    Doorbell(String host, int port, List<String> rings) throws IOException {
        this.host = host;
        this.port = port;
        this.rings = rings;
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(host), port));
        thread = Thread.ofVirtual().start(this::listen);
    }

    Doorbell(String host) throws IOException {
        this(host, PortPicker.pick(), new CopyOnWriteArrayList<>());
    }

    private void listen() {
        while (!socket.isClosed()) {
            try (Socket one = socket.accept()) {
                rings.add(String.valueOf(one.getLocalPort()));
            } catch (IOException e) {
                // closed, or a connection that ended by itself
            }
        }
    }

    String section() {
        return PairUnderTest.Spec.member(host, port);
    }

    String machine() {
        return host + ":" + port;
    }

    List<String> rings() {
        return rings;
    }

    @Override
    public void close() throws IOException {
        socket.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
