package org.tandemopc.dcom.orpc.client;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.ndr.InterfacePointer;
import org.tandemopc.dcom.orpc.DualStringArray;
import org.tandemopc.dcom.orpc.ObjRef;
import org.tandemopc.dcom.orpc.StdObjRef;
import org.tandemopc.dcom.vectors.VectorFile;

/** Answers each bind as j-Interop does one at packet integrity: with CONNECT. Says nothing else. */
final class OldPeer implements AutoCloseable {
    private static final int HEADER_BYTES = 16;

    private final ServerSocket listener = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());

    OldPeer() throws IOException {
        Thread.ofVirtual().name("old-peer").start(this::serve);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** To an object of it. */
    InterfacePointer reference() {
        DualStringArray here = new DualStringArray(List.of(ScriptedHost.tcp("127.0.0.1[" + port() + "]")), List.of());
        return new ObjRef.Standard(Meter.DEF.iid(), new StdObjRef(0, 5, 1, 2, Guid.random()), here)
                .toInterfacePointer();
    }

    private void serve() {
        while (!listener.isClosed()) {
            try (Socket client = listener.accept()) {
                DataInputStream in = new DataInputStream(client.getInputStream());
                byte[] header = new byte[HEADER_BYTES];
                in.readFully(header);
                ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
                in.skipNBytes(Short.toUnsignedInt(fields.getShort(8)) - HEADER_BYTES);
                byte[] ack = VectorFile.named("utgard/callback-oxid-bound-at-5-bind-ack.hex")
                        .pdu();
                ByteBuffer.wrap(ack).order(ByteOrder.LITTLE_ENDIAN).putInt(12, fields.getInt(12));
                client.getOutputStream().write(ack);
                in.skipNBytes(Long.MAX_VALUE);
            } catch (IOException e) {
                // the client has gone, or the test is over: the condition of the loop tells
                continue;
            }
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
