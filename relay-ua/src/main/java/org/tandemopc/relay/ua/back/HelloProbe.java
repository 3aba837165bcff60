package org.tandemopc.relay.ua.back;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Finds out what listens on a port: says Hello as OPC UA wants it (Part 6, 7.1.2.3) and looks at the first bytes that come
 * back. Blocks; a virtual thread is right for it.
 */
final class HelloProbe implements AutoCloseable {
    /** What came back. */
    sealed interface Answer {
        /** An OPC UA server, whether it accepts this Hello or answers with an error of its own. */
        record OpcUa(String how) implements Answer {}

        /** Something else, as far as it can be told. */
        record Other(String what) implements Answer {}

        /** Nothing in time. */
        record Silence() implements Answer {}

        /** The peer closed the connection without a word. */
        record Closed() implements Answer {}
    }

    private static final int HEADER_BYTES = 8;
    private static final int BUFFER_BYTES = 65_535;
    /** Makes a server that waits for the end of a line, such as one for HTTP, say what it is. */
    private static final byte[] LINE_END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Socket socket;

    private HelloProbe(Socket socket) {
        this.socket = socket;
    }

    /** @throws IOException nothing listens there, or no answer within the time */
    static HelloProbe connect(InetSocketAddress address, long timeoutMs) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(address, Math.toIntExact(Math.max(1, timeoutMs)));
            return new HelloProbe(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    Answer hello(String url, long timeoutMs) throws IOException {
        long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        socket.getOutputStream().write(message(url));
        byte[] header = new byte[HEADER_BYTES];
        int read = read(header, 0, timeoutMs / 2);
        if (read == 0) {
            socket.getOutputStream().write(LINE_END);
        }
        // One deadline for all bytes: a peer that drips them gets no more time than one that sends none.
        while (read >= 0 && read < HEADER_BYTES) {
            long leftMs = TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
            if (leftMs <= 0) {
                break;
            }
            int more = read(header, read, leftMs);
            if (more <= 0) {
                read = more < 0 && read == 0 ? -1 : read;
                break;
            }
            read += more;
        }
        return read < 0 ? new Answer.Closed() : read == 0 ? new Answer.Silence() : judge(header, read);
    }

    /** @return 0 when nothing came in time, -1 at the end of the stream */
    private int read(byte[] into, int offset, long timeoutMs) throws IOException {
        socket.setSoTimeout(Math.toIntExact(Math.max(1, timeoutMs)));
        try {
            InputStream in = socket.getInputStream();
            return in.read(into, offset, into.length - offset);
        } catch (SocketTimeoutException e) {
            return 0;
        }
    }

    private static Answer judge(byte[] header, int length) {
        String start = new String(header, 0, Math.min(length, 4), StandardCharsets.ISO_8859_1);
        if (start.equals("ACKF")) {
            return new Answer.OpcUa("it acknowledges");
        }
        if (start.equals("ERRF")) {
            return new Answer.OpcUa("it answers Hello with an error of its own");
        }
        if (start.startsWith("HTTP")) {
            return new Answer.Other("a web server (HTTP)");
        }
        if (header[0] == 0x15 || header[0] == 0x16) {
            return new Answer.Other("a server for TLS");
        }
        if (start.startsWith("SSH")) {
            return new Answer.Other("a server for SSH");
        }
        return new Answer.Other("something that is not OPC UA");
    }

    private static byte[] message(String url) {
        byte[] name = url.getBytes(StandardCharsets.UTF_8);
        int length = HEADER_BYTES + 5 * Integer.BYTES + Integer.BYTES + name.length;
        return ByteBuffer.allocate(length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("HELF".getBytes(StandardCharsets.US_ASCII))
                .putInt(length)
                .putInt(0) // protocol version
                .putInt(BUFFER_BYTES)
                .putInt(BUFFER_BYTES)
                .putInt(0) // no limit of a message
                .putInt(0) // nor of its chunks
                .putInt(name.length)
                .put(name)
                .array();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
