package org.tandemopc.core.config;

import java.util.List;

/**
 * The OPC UA front door.
 *
 * @param host address or name to listen on
 * @param port 0 to 65535; 0 lets the system choose
 * @param security offered to clients, in this order; not empty
 * @param anonymous whether clients may come without a user
 * @param trust of client certificates
 */
public record OpcUaConfig(String host, int port, List<SecurityChoice> security, boolean anonymous, Trust trust) {
    public OpcUaConfig {
        security = List.copyOf(security);
    }
}
