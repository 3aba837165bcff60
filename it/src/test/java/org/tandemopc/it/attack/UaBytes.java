package org.tandemopc.it.attack;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** OPC UA messages by hand, for policy None (OPC UA Part 6, 5.2 and 7.1). */
final class UaBytes {
    static final int CREATE_SESSION_RESPONSE = 464;

    private static final int BUFFER = 65_535;
    private static final String NONE = "http://opcfoundation.org/UA/SecurityPolicy#None";
    private static final int OPEN_SECURE_CHANNEL_REQUEST = 446;
    private static final int CREATE_SESSION_REQUEST = 461;
    private static final int GET_ENDPOINTS_REQUEST = 428;
    private static final int LOCALE_BYTES = 30_000;

    private final ByteBuffer bytes = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);

    private UaBytes() {}

    static byte[] hello(String url) {
        UaBytes out = new UaBytes().begin("HELF");
        out.bytes.putInt(0).putInt(BUFFER).putInt(BUFFER).putInt(0).putInt(0);
        return out.text(url).end();
    }

    static byte[] openChannel() {
        UaBytes out = new UaBytes().begin("OPNF");
        out.bytes.putInt(0);
        out.text(NONE).nothing().nothing();
        out.bytes.putInt(1).putInt(1);
        out.request(OPEN_SECURE_CHANNEL_REQUEST, new byte[] {0, 0});
        out.bytes.putInt(0).putInt(0).putInt(1);
        out.nothing();
        out.bytes.putInt(3_600_000);
        return out.end();
    }

    /** The first chunk of an OpenSecureChannel request with more to come. */
    static byte[] openingChunk(int length) {
        UaBytes out = new UaBytes().begin("OPNC");
        out.bytes.putInt(0);
        out.text(NONE).nothing().nothing();
        out.bytes.putInt(1).putInt(1);
        out.bytes.position(length);
        return out.end();
    }

    /**
     * @param channelId and tokenId as the answer to {@link #openChannel} has them
     * @param sequence counts the messages of the channel
     */
    static byte[] createSession(int channelId, int tokenId, int sequence, String url) {
        UaBytes out = new UaBytes().begin("MSGF");
        out.bytes.putInt(channelId).putInt(tokenId).putInt(sequence).putInt(sequence);
        out.request(CREATE_SESSION_REQUEST, new byte[] {0, 0});
        out.text("urn:attacker").text("urn:attacker");
        out.bytes.put((byte) 0).putInt(1);
        out.nothing().nothing().nothing().nothing();
        out.text(url).text("flood").nothing().nothing();
        out.bytes.putDouble(60_000).putInt(0);
        return out.end();
    }

    /** As {@link #createSession}, and large: a socket is full soon. */
    static byte[] getEndpoints(int channelId, int tokenId, int sequence, String url) {
        UaBytes out = new UaBytes().begin("MSGF");
        out.bytes.putInt(channelId).putInt(tokenId).putInt(sequence).putInt(sequence);
        out.request(GET_ENDPOINTS_REQUEST, new byte[] {0, 0});
        out.text(url);
        out.bytes.putInt(1);
        return out.text("x".repeat(LOCALE_BYTES)).nothing().end();
    }

    private UaBytes begin(String type) {
        bytes.put(type.getBytes(StandardCharsets.US_ASCII)).putInt(0);
        return this;
    }

    private void request(int typeId, byte[] authenticationToken) {
        bytes.put((byte) 1).put((byte) 0).putShort((short) typeId);
        bytes.put(authenticationToken).putLong(0).putInt(1).putInt(0);
        nothing();
        bytes.putInt(10_000).put(new byte[] {0, 0, 0});
    }

    private UaBytes text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        bytes.putInt(utf8.length).put(utf8);
        return this;
    }

    private UaBytes nothing() {
        bytes.putInt(-1);
        return this;
    }

    private byte[] end() {
        bytes.putInt(4, bytes.position());
        byte[] message = new byte[bytes.position()];
        bytes.get(0, message);
        return message;
    }
}
