package org.tandemopc.it.dcom;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.rpc.EndpointMapper;
import org.tandemopc.dcom.rpc.PduTap;
import org.tandemopc.dcom.rpc.RpcConnection;

/**
 * All PDUs of a server or a client, as a capture file: each within IP and TCP headers. Those are made up here, so that no right
 * to listen to a network is needed; the PDUs are octet for octet those of the wire.
 */
final class Traffic implements PduTap {
    private static final int RECORDED_MAX = 64 << 20;
    private static final int SEGMENT_MAX = 32_000;
    private static final int LINKTYPE_RAW_IP = 101;
    private static final int IP_BYTES = 20;
    private static final int TCP_BYTES = 20;
    private static final int DATA_REP_AT = 4;
    private static final int AUTH_LENGTH_AT = 10;
    private static final int TRAILER_BYTES = 8;
    private static final byte INTEGRITY = 5;
    private static final byte PRIVACY = 6;
    private static final int SYN = 0x02;
    /** Ports come again, and a connection that begins with the numbers of an earlier one would be taken for that one. */
    private static final int SYN_STEP = 1_000_003;

    /**
     * From here on are the ports of the capture, but the endpoint mapper's. A system may choose any for a client, and whoever
     * reads the capture would take some of them for chats or databases.
     */
    private static final int PORTS_FROM = 50_000;

    private static final int PUSH_ACK = 0x18;
    private static final int ACK = 0x10;

    /** Sequence numbers of what each end sends next. */
    private static final class Stream {
        private final InetSocketAddress client;
        private int fromClient;
        private int fromServer;

        /** @param syn that of both ends' SYN, which counts as one octet */
        Stream(InetSocketAddress client, int syn) {
            this.client = client;
            fromClient = syn + 1;
            fromServer = syn + 1;
        }
    }

    private final Map<Long, Stream> streams = new HashMap<>();
    private final Map<Integer, Integer> ports = new HashMap<>();
    private final List<byte[]> packets = new ArrayList<>();
    private final List<byte[]> packetsInClear = new ArrayList<>();
    private long recorded;

    @Override
    public void seen(RpcConnection connection, Direction direction, Bytes wire, Bytes plain) {
        boolean sent = direction == Direction.SENT;
        InetSocketAddress from = sent ? connection.localAddress() : connection.remoteAddress();
        InetSocketAddress to = sent ? connection.remoteAddress() : connection.localAddress();
        record(connection.id(), from, to, wire, plain);
    }

    synchronized void record(long connection, InetSocketAddress from, InetSocketAddress to, Bytes wire, Bytes plain) {
        recorded += wire.size();
        if (recorded > RECORDED_MAX) {
            throw new IllegalStateException("more traffic than a test may record");
        }
        Stream stream = streams.get(connection);
        if (stream == null) {
            // who speaks first is the client: so it is in RPC
            int syn = Math.toIntExact(connection) * SYN_STEP;
            stream = new Stream(from, syn);
            streams.put(connection, stream);
            for (List<byte[]> capture : List.of(packets, packetsInClear)) {
                capture.add(packet(from, to, syn, 0, SYN, new byte[0]));
                capture.add(packet(to, from, syn, syn + 1, SYN | ACK, new byte[0]));
                capture.add(packet(from, to, syn + 1, syn + 1, ACK, new byte[0]));
            }
        }
        boolean byClient = from.equals(stream.client);
        byte[] octets = wire.toArray();
        byte[] clear = unsealed(plain.toArray(), octets);
        for (int at = 0; at < octets.length; at += SEGMENT_MAX) {
            int end = Math.min(octets.length, at + SEGMENT_MAX);
            int sequence = byClient ? stream.fromClient : stream.fromServer;
            int acknowledged = byClient ? stream.fromServer : stream.fromClient;
            packets.add(packet(from, to, sequence, acknowledged, PUSH_ACK, Arrays.copyOfRange(octets, at, end)));
            packetsInClear.add(packet(from, to, sequence, acknowledged, PUSH_ACK, Arrays.copyOfRange(clear, at, end)));
            if (byClient) {
                stream.fromClient += end - at;
            } else {
                stream.fromServer += end - at;
            }
        }
    }

    /** Says "signed" where it said "sealed", or whoever reads it takes what is in clear for what is not. */
    private static byte[] unsealed(byte[] octets, byte[] wire) {
        boolean isLittle = octets[DATA_REP_AT] >> 4 == 1;
        int authLength = Byte.toUnsignedInt(octets[AUTH_LENGTH_AT + (isLittle ? 0 : 1)])
                | Byte.toUnsignedInt(octets[AUTH_LENGTH_AT + (isLittle ? 1 : 0)]) << 8;
        int tokenAt = octets.length - authLength;
        if (authLength > 0) {
            System.arraycopy(wire, tokenAt, octets, tokenAt, authLength);
            int levelAt = tokenAt - TRAILER_BYTES + 1;
            octets[levelAt] = octets[levelAt] == PRIVACY ? INTEGRITY : octets[levelAt];
        }
        return octets;
    }

    private short port(InetSocketAddress address) {
        int port = address.getPort();
        return (short)
                (port == EndpointMapper.PORT ? port : ports.computeIfAbsent(port, _ -> PORTS_FROM + ports.size()));
    }

    private byte[] packet(
            InetSocketAddress from, InetSocketAddress to, int sequence, int acknowledged, int flags, byte[] segment) {
        ByteBuffer out = ByteBuffer.allocate(IP_BYTES + TCP_BYTES + segment.length);
        out.put((byte) 0x45).put((byte) 0).putShort((short) out.capacity());
        out.putInt(0).put((byte) 64).put((byte) 6).putShort((short) 0);
        out.put(from.getAddress().getAddress()).put(to.getAddress().getAddress());
        out.putShort(port(from)).putShort(port(to));
        out.putInt(sequence).putInt(acknowledged);
        out.put((byte) ((TCP_BYTES / 4) << 4)).put((byte) flags).putShort((short) 0xFFFF);
        out.putInt(0).put(segment);
        return out.array();
    }

    /** As a file that tshark reads, octet for octet. */
    void saveWire(Path file) {
        save(packets, file);
    }

    /** The same with sealed stubs in clear, and called signed. */
    void saveClear(Path file) {
        save(packetsInClear, file);
    }

    private synchronized void save(List<byte[]> capture, Path file) {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            ByteBuffer header = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
            header.putInt(0xA1B2_C3D4).putShort((short) 2).putShort((short) 4).putLong(0);
            header.putInt(0xFFFF).putInt(LINKTYPE_RAW_IP);
            out.write(header.array());
            int microseconds = 0;
            for (byte[] packet : capture) {
                ByteBuffer record = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
                record.putInt(0).putInt(++microseconds).putInt(packet.length).putInt(packet.length);
                out.write(record.array());
                out.write(packet);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
