package org.tandemopc.dcom.rpc;

import org.jspecify.annotations.Nullable;

/** An interface that a server offers. */
public interface RpcInterface {
    /** Its UUID and the highest minor version that is served. */
    SyntaxId syntax();

    /** @return null: there is no such operation, answered with the fault "opnum out of range" */
    @Nullable
    RpcHandler operation(int opnum);

    /** The lowest level at which the operation may be called by the peer. */
    default AuthLevel minimumLevel(int opnum, PeerPolicy peer) {
        return peer.minCallLevel();
    }
}
