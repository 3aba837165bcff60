package org.tandemopc.core.config;

import java.util.List;

/** The whole of {@code tandem.yaml}, valid. */
public record TandemConfig(OpcUaConfig opcua, List<PairConfig> pairs) {
    public TandemConfig {
        pairs = List.copyOf(pairs);
    }
}
