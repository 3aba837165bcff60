package org.tandemopc.core.pair;

/** Connection mode of a pair (manual p.18). */
public enum Mode {
    /** One member is connected at a time. */
    COLD("Cold: Active machine only"),
    /** Both are connected; the items exist on the standby too, but only the active publishes. */
    WARM("Warm: Both machines, subscribe to items on active machine"),
    /** Both are connected and both publish; the standby's values wait. */
    HOT("Hot: Both machines, subscribe to items on both machines");

    private final String label;

    Mode(String label) {
        this.label = label;
    }

    /** The manual's text for this mode. */
    public String label() {
        return label;
    }
}
