package org.tandemopc.core.monitor;

/** The data type in which a monitored value is compared (MON-7). */
public enum MonitorType {
    /** The server's own. */
    DEFAULT("Default"),
    BOOLEAN("Boolean"),
    SBYTE("SByte"),
    BYTE("Byte"),
    INT16("Int16"),
    UINT16("UInt16"),
    INT32("Int32"),
    UINT32("UInt32"),
    INT64("Int64"),
    UINT64("UInt64"),
    FLOAT("Float"),
    DOUBLE("Double"),
    STRING("String"),
    DATE("Date");

    private final String label;

    MonitorType(String label) {
        this.label = label;
    }

    /** As it is spelled in the configuration file. */
    public String label() {
        return label;
    }
}
