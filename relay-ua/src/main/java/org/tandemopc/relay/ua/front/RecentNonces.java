package org.tandemopc.relay.ua.front;

import java.util.LinkedHashSet;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;

/** The latest client nonces, so that none is taken twice (OPC UA Part 4, 5.6.2). Any thread. */
final class RecentNonces {
    private static final int KEPT = 1_024;

    private final LinkedHashSet<ByteString> nonces = new LinkedHashSet<>();

    /** Whether the nonce is new; it is not any more afterwards. */
    synchronized boolean take(ByteString nonce) {
        if (!nonces.add(nonce)) {
            return false;
        }
        if (nonces.size() > KEPT) {
            nonces.removeFirst();
        }
        return true;
    }
}
