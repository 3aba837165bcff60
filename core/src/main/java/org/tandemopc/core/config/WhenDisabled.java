package org.tandemopc.core.config;

/** What clients of a disabled pair meet (ENA-1, GAP-21). */
public enum WhenDisabled {
    /** The pair refuses them. */
    CLOSED("closed"),
    /** They are served by the primary, without redundancy: the secondary is not connected, and nothing is switched. */
    PRIMARY("primary");

    private final String label;

    WhenDisabled(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }
}
