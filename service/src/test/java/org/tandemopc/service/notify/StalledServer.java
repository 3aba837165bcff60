package org.tandemopc.service.notify;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** Takes connections, and reads nothing of them until it is asked whether they have ended. */
final class StalledServer implements AutoCloseable {
    private static final int WINDOW = 64 << 10;

    private final ServerSocket listening = new ServerSocket();
    private final List<Socket> taken = new ArrayList<>();

    StalledServer() throws IOException {
        listening.setReceiveBufferSize(WINDOW); // so that little of what is sent is on its way
        listening.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 50);
        Thread.ofVirtual().start(this::take);
    }

    private void take() {
        try {
            while (true) {
                Socket socket = listening.accept();
                socket.setSoTimeout(10_000);
                synchronized (taken) {
                    taken.add(socket);
                }
            }
        } catch (IOException e) {
            listening.isClosed(); // the end of the test
        }
    }

    int port() {
        return listening.getLocalPort();
    }

    int count() {
        synchronized (taken) {
            return taken.size();
        }
    }

    /** Whether the other side has closed all of them; reads what was sent before. */
    boolean isLeft() throws IOException {
        List<Socket> all;
        synchronized (taken) {
            all = List.copyOf(taken);
        }
        for (Socket socket : all) {
            InputStream in = socket.getInputStream();
            try {
                while (in.read(new byte[8192]) >= 0) {
                    in.available(); // goes on to the end
                }
            } catch (java.net.SocketException e) {
                in.close(); // a reset is an end, too
            } catch (java.net.SocketTimeoutException e) {
                return false;
            }
        }
        return !all.isEmpty();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        synchronized (taken) {
            for (Socket socket : taken) {
                socket.close();
            }
        }
    }
}
