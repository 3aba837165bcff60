package org.tandemopc.relay.ua.front;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A loopback line between client and door that can be cut. */
final class TcpCutter implements AutoCloseable {
    private final ServerSocket listening;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    TcpCutter(int target) throws IOException {
        this.target = target;
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    int lines() {
        return sockets.size() / 2;
    }

    void cut() {
        sockets.forEach(TcpCutter::shut);
        sockets.clear();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        cut();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                Socket door = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(client);
                sockets.add(door);
                Thread.ofVirtual().start(() -> copy(client, door));
                Thread.ofVirtual().start(() -> copy(door, client));
            } catch (IOException e) {
                // closed, or the door is gone: the client finds out
            }
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            var unused = from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // cut
        }
        shut(from);
        shut(to);
    }

    private static void shut(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // closed already
        }
    }
}
