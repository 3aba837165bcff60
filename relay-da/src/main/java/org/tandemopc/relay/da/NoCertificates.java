package org.tandemopc.relay.da;

import java.util.List;
import org.tandemopc.relay.Certificates;

/** Of a protocol that has none. */
final class NoCertificates implements Certificates {
    @Override
    public List<Entry> entries() {
        return List.of();
    }

    @Override
    public void trust(Side side, String thumbprint) {
        throw new IllegalArgumentException("OPC DA has no certificates.");
    }

    @Override
    public void remove(Side side, String thumbprint) {
        throw new IllegalArgumentException("OPC DA has no certificates.");
    }
}
