package org.tandemopc.dcom.rpc;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;

/** One end of a connection that sends what it is told, however wrong, and shows what comes. */
final class RawPeer implements Closeable {
    private static final int PATIENCE_MS = 20_000;

    private final Socket socket;
    private final InputStream in;

    private RawPeer(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MS);
        in = socket.getInputStream();
    }

    static RawPeer to(InetSocketAddress address) throws IOException {
        return new RawPeer(new Socket(address.getAddress(), address.getPort()));
    }

    static RawPeer to(InetSocketAddress address, InetAddress from) throws IOException {
        return new RawPeer(new Socket(address.getAddress(), address.getPort(), from, 0));
    }

    static ServerSocket listener() throws IOException {
        return new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    }

    static RawPeer from(ServerSocket listener) throws IOException {
        listener.setSoTimeout(PATIENCE_MS);
        return new RawPeer(listener.accept());
    }

    /** With one context, number 0, for the interface. */
    static RawPeer bound(InetSocketAddress address, SyntaxId syntax) throws IOException {
        RawPeer peer = to(address);
        peer.send(bind(0, syntax));
        if (!(peer.receive() instanceof Pdu.BindAck ack
                && ack.answer().results().getFirst().isAccepted())) {
            throw new AssertionError("not bound");
        }
        return peer;
    }

    static Pdu.Bind bind(int flags, SyntaxId syntax) {
        return new Pdu.Bind(PduHeader.whole(flags, 1), offer(0, syntax), Tail.NONE);
    }

    static BindOffer offer(int contextId, SyntaxId syntax) {
        ContextElement element = new ContextElement(contextId, 0, syntax, List.of(SyntaxId.NDR));
        return BindOffer.of(4280, 4280, 0, List.of(element));
    }

    static Pdu.Request request(int flags, long callId, int opnum, Bytes stub) {
        PduHeader header = PduHeader.of(flags, callId);
        return new Pdu.Request(header, stub.size(), 0, opnum, null, stub, Tail.NONE);
    }

    static Pdu.Request whole(long callId, int opnum, Bytes stub) {
        return request(PduHeader.FIRST_FRAG | PduHeader.LAST_FRAG, callId, opnum, stub);
    }

    static AuthTrailer trailerOf(Tail tail) {
        AuthTrailer auth = tail.auth();
        if (auth == null) {
            throw new AssertionError("no trailer");
        }
        return auth;
    }

    void send(Pdu pdu) throws IOException {
        send(PduCodec.encode(pdu));
    }

    void send(Bytes octets) throws IOException {
        socket.getOutputStream().write(octets.toArray());
    }

    /** @throws EOFException the other end has closed */
    Pdu receive() throws IOException {
        byte[] header = new byte[PduHeader.BYTES];
        DataInputStream data = new DataInputStream(in);
        data.readFully(header);
        ByteBuffer fields =
                ByteBuffer.wrap(header).order(header[4] == 0 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        byte[] octets = java.util.Arrays.copyOf(header, Short.toUnsignedInt(fields.getShort(8)));
        data.readFully(octets, header.length, octets.length - header.length);
        try {
            return PduCodec.decode(Bytes.of(octets));
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits for the other end to close, and fails if it says anything first. */
    boolean isClosedByTheOther() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    void ends() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
