package org.tandemopc.core.config;

/** Which certificates of the other side are accepted. */
public enum Trust {
    /** Every certificate; only for networks where nobody else can listen. */
    ALL("all"),
    /** Only certificates that a person has put on the list in the data folder. */
    LISTED("listed");

    private final String label;

    Trust(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }
}
