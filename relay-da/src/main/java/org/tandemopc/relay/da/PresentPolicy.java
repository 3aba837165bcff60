package org.tandemopc.relay.da;

import java.net.InetSocketAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.SecurityMechanism;
import org.tandemopc.dcom.rpc.ServerPolicy;

/**
 * The policy that holds when somebody connects, for a door that stays open while accounts and levels change. Any thread.
 *
 * @param present must not block
 */
record PresentPolicy(Supplier<ServerPolicy> present) implements ServerPolicy {
    @Override
    public @Nullable SecurityMechanism acceptor(int authType, AuthLevel level, InetSocketAddress client) {
        return present.get().acceptor(authType, level, client);
    }

    @Override
    public PeerPolicy peer(InetSocketAddress client) {
        return present.get().peer(client);
    }
}
