package org.tandemopc.dcom.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * One connection of a recorded client: what it sent is sent again octet by octet. The server must have the challenge and the clock
 * of the one that the client spoke to, so that logins, signatures and seals are verified for what they are.
 */
public final class Replay implements AutoCloseable {
    private static final int REQUEST = 0;
    private static final int RESPONSE = 2;
    private static final int BIND = 11;
    private static final int BIND_ACK = 12;
    private static final int ALTER = 14;
    private static final int ALTER_RESP = 15;
    private static final int AUTH3 = 16;
    private static final int CONNECT = 2;
    private static final int HEADER_BYTES = 16;
    private static final int LOGIN_NUMBER_BYTES = 4;
    private static final int LAST_FRAGMENT = 2;
    private static final int PATIENCE_MS = 20_000;

    /** FILETIME of 1970. */
    private static final long EPOCH = 116_444_736_000_000_000L;

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final Consumer<Instant> clock;
    private byte[] login = new byte[LOGIN_NUMBER_BYTES];

    /** @param clock of the server, which is set to the time of each login before that begins */
    public Replay(InetSocketAddress address, Consumer<Instant> clock) throws IOException {
        this.clock = clock;
        socket.connect(address);
        socket.setSoTimeout(PATIENCE_MS);
        in = new DataInputStream(socket.getInputStream());
    }

    /** The challenge that the recorded server gave to all. */
    public static RandomGenerator challenge() {
        byte[] challenge = HexFormat.of().parseHex("0123456789abcdef");
        return new RandomGenerator() {
            @Override
            public void nextBytes(byte[] bytes) {
                for (int i = 0; i < bytes.length; i++) {
                    bytes[i] = challenge[i % challenge.length];
                }
            }

            @Override
            public long nextLong() {
                throw new AssertionError("only octets are random here");
            }
        };
    }

    /** Sends all, and expects an answer that is no refusal to each that has one. */
    public byte[] replay(String... names) throws IOException {
        byte[] last = new byte[0];
        for (int i = 0; i < names.length; i++) {
            // the time of the challenge, which the login that follows carries
            for (int next = names.length - 1; next > i; next--) {
                timeOf(VectorFile.named(names[next])).ifPresent(clock);
            }
            byte[] pdu = VectorFile.named(names[i]).pdu();
            underTheLoginOf(pdu);
            send(pdu);
            int type = pdu[2];
            boolean isAnswered = type == BIND || type == ALTER || (type == REQUEST && (pdu[3] & LAST_FRAGMENT) != 0);
            if (isAnswered) {
                last = received();
                int expected = type == BIND ? BIND_ACK : type == ALTER ? ALTER_RESP : RESPONSE;
                assertThat((int) last[2])
                        .as("%s is answered by %s", names[i], HexFormat.of().formatHex(last))
                        .isEqualTo(expected);
            }
        }
        return last;
    }

    /** Sends octets as they are. */
    public void send(byte[] pdu) throws IOException {
        socket.getOutputStream().write(pdu);
    }

    /** One auth3 at CONNECT is recorded; on other connections of the client only the number of the login differs. */
    private void underTheLoginOf(byte[] pdu) {
        int token = ByteBuffer.wrap(pdu).order(order(pdu)).getShort(10) & 0xFFFF;
        int at = pdu.length - token - LOGIN_NUMBER_BYTES;
        boolean isAtConnect = token > 0 && pdu[at - LOGIN_NUMBER_BYTES + 1] == CONNECT;
        if (pdu[2] == BIND) {
            login = Arrays.copyOfRange(pdu, at, at + LOGIN_NUMBER_BYTES);
        } else if (pdu[2] == AUTH3 && isAtConnect) {
            System.arraycopy(login, 0, pdu, at, LOGIN_NUMBER_BYTES);
        }
    }

    private static ByteOrder order(byte[] pdu) {
        return pdu[4] == 0 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    /** The next PDU of the server. */
    public byte[] received() throws IOException {
        byte[] header = in.readNBytes(HEADER_BYTES);
        assertThat(header).hasSize(HEADER_BYTES);
        int length = Byte.toUnsignedInt(header[8]) | Byte.toUnsignedInt(header[9]) << 8;
        byte[] pdu = Arrays.copyOf(header, length);
        in.readFully(pdu, HEADER_BYTES, length - HEADER_BYTES);
        return pdu;
    }

    private static Optional<Instant> timeOf(VectorFile file) {
        if (!file.hasHeader("challenge")) {
            return Optional.empty();
        }
        String challenge = file.header("challenge");
        String timestamp =
                challenge.substring(challenge.lastIndexOf("07000800") + 8).substring(0, 16);
        long filetime = ByteBuffer.wrap(HexFormat.of().parseHex(timestamp))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
        return Optional.of(Instant.ofEpochSecond(0, (filetime - EPOCH) % 10_000_000 * 100)
                .plusSeconds((filetime - EPOCH) / 10_000_000));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
