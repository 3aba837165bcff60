package org.tandemopc.core.config;

import java.util.List;

/** The whole of {@code tandem.yaml}, valid. */
public record TandemConfig(OpcUaConfig opcua, List<PairConfig> pairs, RestConfig rest) {
    public TandemConfig {
        pairs = List.copyOf(pairs);
    }

    /** With the interface for commands where it is by default. */
    public TandemConfig(OpcUaConfig opcua, List<PairConfig> pairs) {
        this(opcua, pairs, RestConfig.DEFAULT);
    }
}
