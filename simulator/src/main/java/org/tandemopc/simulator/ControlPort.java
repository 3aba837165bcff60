package org.tandemopc.simulator;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A fault console over TCP on loopback: a command per line; its answer is any number of lines and then {@code ok} or
 * {@code error: …}. At most 32 connections at a time. Any thread.
 */
public final class ControlPort implements AutoCloseable {
    private static final int CONNECTIONS_MAX = 32;
    private static final Logger LOG = LoggerFactory.getLogger(ControlPort.class);

    private final LineConsole console;
    private final @Nullable ServerSocket listener;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

    private ControlPort(LineConsole console, @Nullable ServerSocket listener) {
        this.console = console;
        this.listener = listener;
    }

    /**
     * @param wanted 0: a free one; negative: none
     * @throws IOException the port is not to be had
     */
    public static ControlPort open(int wanted, LineConsole console) throws IOException {
        if (wanted < 0) {
            return new ControlPort(console, null);
        }
        ServerSocket listener = new ServerSocket();
        listener.bind(new InetSocketAddress(
                InetAddress.getLoopbackAddress(), wanted == 0 ? FreePort.find("127.0.0.1") : wanted));
        ControlPort port = new ControlPort(console, listener);
        Thread.ofPlatform().daemon().name("control").start(() -> port.accept(listener));
        return port;
    }

    /** -1: there is none. */
    public int port() {
        return listener == null ? -1 : listener.getLocalPort();
    }

    private void accept(ServerSocket sockets) {
        while (!sockets.isClosed()) {
            try {
                Socket socket = sockets.accept();
                if (connections.size() >= CONNECTIONS_MAX) {
                    socket.close();
                    continue;
                }
                connections.add(socket);
                Thread.ofPlatform().daemon().name("control connection").start(() -> serve(socket));
            } catch (IOException e) {
                LOG.debug("control port", e);
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            converse(console, socket.getInputStream(), socket.getOutputStream());
        } catch (IOException e) {
            LOG.debug("control connection", e);
        } finally {
            connections.remove(socket);
        }
    }

    /** Answers line by line until the input ends. */
    static void converse(LineConsole console, InputStream in, OutputStream out) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        Writer answers = new OutputStreamWriter(out, StandardCharsets.UTF_8);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.isBlank()) {
                continue;
            }
            answers.write(answer(console, line));
            answers.flush();
        }
    }

    private static String answer(LineConsole console, String line) {
        try {
            StringBuilder answer = new StringBuilder();
            for (String each : console.execute(line)) {
                answer.append(each).append('\n');
            }
            return answer.append("ok\n").toString();
        } catch (IllegalArgumentException | IllegalStateException e) {
            return "error: " + e.getMessage() + "\n";
        }
    }

    @Override
    public void close() throws IOException {
        if (listener != null) {
            listener.close();
        }
        for (Socket connection : connections) {
            connection.close();
        }
    }
}
