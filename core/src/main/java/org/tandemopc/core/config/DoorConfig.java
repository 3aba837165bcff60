package org.tandemopc.core.config;

/** Where clients of one protocol come in. There is at most one for each protocol. */
public sealed interface DoorConfig permits OpcUaConfig, OpcDaConfig {
    ProtocolKind kind();
}
