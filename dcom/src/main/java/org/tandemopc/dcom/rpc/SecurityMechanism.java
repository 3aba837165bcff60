package org.tandemopc.dcom.rpc;

import org.tandemopc.dcom.Bytes;

/**
 * One side of one login, as tokens that travel in bind, bind_ack, alter_context and auth3 ([MS-RPCE] 2.2.2.11). Made for one
 * auth_context_id and thrown away with it. Not thread-safe: the connection calls it in the order of arrival.
 */
public interface SecurityMechanism {
    /** The auth_type of the trailer: 9 SPNEGO, 10 NTLM ([MS-RPCE] 2.2.1.1.7). */
    int authType();

    /**
     * Takes what the peer sent and says what goes back. A client begins with an empty token.
     *
     * @param token what a stranger sent: anything may be in it
     */
    SecurityStep step(Bytes token);
}
