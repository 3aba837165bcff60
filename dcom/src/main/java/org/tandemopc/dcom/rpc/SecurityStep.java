package org.tandemopc.dcom.rpc;

import org.tandemopc.dcom.Bytes;

/** What a step of a login came to. */
public sealed interface SecurityStep {
    /** Goes on with the peer's answer to this token. */
    record Continue(Bytes token) implements SecurityStep {}

    /**
     * The login is over and well. Later tokens for the same context are ignored.
     *
     * @param token to send still; empty: none
     * @param protection keys and counters for the PDUs of this context
     */
    record Done(Bytes token, Principal principal, MessageProtection protection) implements SecurityStep {}

    /**
     * The login is refused. The peer hears one and the same answer for every cause; the reason is for the log.
     *
     * @param reason which of level, account or permission, in words
     */
    record Failed(String reason) implements SecurityStep {}
}
