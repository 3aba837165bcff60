package org.tandemopc.dcom.ntlm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.tandemopc.dcom.Bytes;

/**
 * Ties a login to the channel it goes through, so that it is worth nothing on another one: the value of MsvAvChannelBindings
 * ([MS-NLMP] 2.2.2.1, RFC 4121 4.1.1.2). DCOM over TCP has no such channel of its own; whoever tunnels it through TLS has.
 *
 * @param md5 16 octets, not all zero
 */
public record ChannelBinding(Bytes md5) {
    /** What stands for "no channel". */
    static final Bytes NONE = Bytes.of(new byte[16]);

    private static final int ADDRESS_FIELDS_BYTES = 16;

    public ChannelBinding {
        if (md5.size() != NONE.size() || md5.equals(NONE)) {
            throw new IllegalArgumentException("a channel binding has 16 octets, not all zero");
        }
    }

    /**
     * Of a gss_channel_bindings_struct without addresses (RFC 2744 3.11).
     *
     * @param applicationData for TLS "tls-server-end-point:" and the hash of the server's certificate (RFC 5929 4)
     */
    public static ChannelBinding of(Bytes applicationData) {
        byte[] header = ByteBuffer.allocate(ADDRESS_FIELDS_BYTES + Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(ADDRESS_FIELDS_BYTES, applicationData.size())
                .array();
        return new ChannelBinding(Bytes.of(Crypto.md5(header, applicationData.toArray())));
    }
}
