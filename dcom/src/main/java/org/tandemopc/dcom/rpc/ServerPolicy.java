package org.tandemopc.dcom.rpc;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** What a server asks of its clients. Thread-safe. */
public interface ServerPolicy {
    /**
     * The server's side of one login, made afresh for each.
     *
     * @param authType of the client's trailer ([MS-RPCE] 2.2.1.1.7)
     * @return null: no such logins are taken, or not at this level
     */
    @Nullable
    SecurityMechanism acceptor(int authType, AuthLevel level, InetSocketAddress client);

    PeerPolicy peer(InetSocketAddress client);
}
