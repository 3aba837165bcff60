package org.tandemopc.dcom.rpc;

import org.tandemopc.dcom.Guid;

/**
 * Features that client and server agree on while they bind ([MS-RPCE] 2.2.2.14): a bit mask in the guise of a transfer syntax,
 * answered by a negotiate_ack.
 */
public final class BindTimeFeatures {
    /** Several logins may share the connection, told apart by auth_context_id. */
    public static final int SECURITY_CONTEXT_MULTIPLEXING = 0x01;

    /** The connection lives on when a call on it is orphaned. */
    public static final int KEEP_CONNECTION_ON_ORPHAN = 0x02;

    /** All that this implementation knows. */
    public static final int ALL = SECURITY_CONTEXT_MULTIPLEXING | KEEP_CONNECTION_ON_ORPHAN;

    private static final long PREFIX = 0x6CB7_1C2C_9812_4540L;

    private BindTimeFeatures() {}

    static boolean isOffer(SyntaxId transferSyntax) {
        return transferSyntax.uuid().high() == PREFIX;
    }

    /** The features that the offer names, as far as they are known here. */
    static int of(SyntaxId offer) {
        return Math.toIntExact(Long.reverseBytes(offer.uuid().low()) & ALL);
    }

    static SyntaxId offer(int features) {
        return new SyntaxId(new Guid(PREFIX, Long.reverseBytes(features)), 1, 0);
    }
}
