package org.tandemopc.dcom.rpc;

import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Guid;

/** Who calls what, how, and whether an answer is still wanted. Thread-safe. */
public interface CallContext {
    /** Anonymous at {@link AuthLevel#NONE}. */
    Principal principal();

    /** How the whole call was protected. */
    CallProtection protection();

    default AuthLevel level() {
        return protection().level();
    }

    SyntaxId abstractSyntax();

    int opnum();

    /** The object UUID of the request: the IPID of a call on an object. */
    @Nullable
    Guid object();

    /** Of the numbers in the request's stub. */
    ByteOrder order();

    /** Whether the client does not wait any more: it cancelled, gave the call up, or is gone. Never taken back. */
    boolean isCancelled();

    /**
     * Is run once, on the call's thread, if the answer does not leave: the client is gone, has given the call up, wants no answer, or
     * gets a fault in its place. For what an answer hands out, which nobody could give back.
     */
    void ifUnanswered(Runnable undo);

    /** Only its addresses and its end are of use here. */
    RpcConnection connection();

    /** Where context handles live. */
    AssociationGroup group();

    default InetSocketAddress remoteAddress() {
        return connection().remoteAddress();
    }

    /** The address that the client connected to. */
    default InetSocketAddress localAddress() {
        return connection().localAddress();
    }
}
