package org.tandemopc.core.config;

/** The protocols that pairs are served in. */
public enum ProtocolKind {
    OPC_UA("opcua"),
    OPC_DA("opcda");

    private final String label;

    ProtocolKind(String label) {
        this.label = label;
    }

    /** Of its front door, for people. */
    String doorName() {
        return switch (this) {
            case OPC_UA -> "front door";
            case OPC_DA -> "front door of OPC DA";
        };
    }

    /** As the front door is called in the file. */
    public String label() {
        return label;
    }
}
