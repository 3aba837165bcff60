package org.tandemopc.core.config;

import java.util.List;

/**
 * The OPC UA front door.
 *
 * @param host address or name to listen on
 * @param port 0 to 65535; 0 lets the system choose
 * @param security policies offered to clients, in this order; not empty
 * @param modes message modes offered with each policy but None; not empty
 * @param anonymous whether clients may come without a user
 * @param trust of client certificates
 */
public record OpcUaConfig(
        String host, int port, List<SecurityChoice> security, List<MessageMode> modes, boolean anonymous, Trust trust)
        implements DoorConfig {
    public OpcUaConfig {
        security = List.copyOf(security);
        modes = List.copyOf(modes);
    }

    @Override
    public ProtocolKind kind() {
        return ProtocolKind.OPC_UA;
    }

    /** Policy None and any client, for a closed network: demo and tests. */
    public static OpcUaConfig open(String host, int port) {
        return new OpcUaConfig(
                host, port, List.of(SecurityChoice.NONE), List.of(MessageMode.SIGN_AND_ENCRYPT), true, Trust.ALL);
    }
}
