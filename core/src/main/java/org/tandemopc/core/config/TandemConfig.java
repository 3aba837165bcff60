package org.tandemopc.core.config;

import java.util.List;
import java.util.Optional;

/**
 * The whole of {@code tandem.yaml}, valid.
 *
 * @param frontDoors at most one of each protocol, and one for each protocol of a pair
 */
public record TandemConfig(List<DoorConfig> frontDoors, List<PairConfig> pairs, RestConfig rest) {
    public TandemConfig {
        frontDoors = List.copyOf(frontDoors);
        pairs = List.copyOf(pairs);
        if (frontDoors.stream().map(DoorConfig::kind).distinct().count() != frontDoors.size()) {
            throw new IllegalArgumentException("two front doors of one protocol");
        }
    }

    public TandemConfig(DoorConfig frontDoor, List<PairConfig> pairs, RestConfig rest) {
        this(List.of(frontDoor), pairs, rest);
    }

    /** With the interface for commands where it is by default. */
    public TandemConfig(DoorConfig frontDoor, List<PairConfig> pairs) {
        this(frontDoor, pairs, RestConfig.DEFAULT);
    }

    /** Empty: no clients of this protocol are served. */
    public Optional<DoorConfig> frontDoor(ProtocolKind kind) {
        return frontDoors.stream().filter(door -> door.kind() == kind).findFirst();
    }

    /** That of OPC UA, if there is one. */
    public Optional<OpcUaConfig> opcua() {
        return frontDoor(ProtocolKind.OPC_UA).map(OpcUaConfig.class::cast);
    }

    /** That of OPC DA, if there is one. */
    public Optional<OpcDaConfig> opcda() {
        return frontDoor(ProtocolKind.OPC_DA).map(OpcDaConfig.class::cast);
    }
}
