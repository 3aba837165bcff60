package org.tandemopc.bench.failover;

import java.util.Arrays;
import java.util.Locale;

/** What is measured side by side. */
public enum Subject {
    TANDEM_HOT("Tandem, hot, plain client"),
    TANDEM_WARM("Tandem, warm, plain client"),
    TANDEM_COLD("Tandem, cold, plain client"),
    TANDEM_HOT_DEFAULTS("Tandem, hot, default status interval, plain client"),
    HAPROXY("HAProxy with Hello check, plain client"),
    MILO_COLD("Milo client that switches by itself"),
    MILO_WARM("Milo client that keeps both connected"),
    MILO_HOT("Milo client subscribed to both");

    private final String text;

    Subject(String text) {
        this.text = text;
    }

    /** The word for command lines and result lines. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public String text() {
        return text;
    }

    /** @throws IllegalArgumentException with a sentence for people */
    public static Subject of(String word) {
        return Arrays.stream(values())
                .filter(each -> each.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no subject '" + word + "'. There are: "
                        + String.join(
                                ", ", Arrays.stream(values()).map(Subject::word).toList()) + "."));
    }

    public boolean isTandem() {
        return this == TANDEM_HOT || this == TANDEM_WARM || this == TANDEM_COLD || this == TANDEM_HOT_DEFAULTS;
    }

    /** Whether a lost value is a defect: in cold mode what happens during the switch is lost, and said to be. */
    boolean mayLoseNothing() {
        return isTandem() && this != TANDEM_COLD;
    }

    /** Whether the other server has the items before the fault. */
    boolean hasStandbyItems() {
        return this == TANDEM_HOT || this == TANDEM_WARM || this == TANDEM_HOT_DEFAULTS;
    }

    String mode() {
        return switch (this) {
            case TANDEM_WARM -> "warm";
            case TANDEM_COLD -> "cold";
            default -> "hot";
        };
    }
}
