package org.tandemopc.bench.failover;

import java.util.Arrays;
import java.util.List;

/** What the servers of a fault show, and the client subscribes to: counters that change with every tick. */
public enum Feed {
    /** As many items as a screen of a plant has. */
    WIDE("1000x100ms", "1,000 counters, 100 ms", 1_000, 100),
    /** Few items, so fast that a gap of some milliseconds is to be seen. */
    FAST("10x10ms", "10 counters, 10 ms", 10, 10);

    private final String word;
    private final String text;
    private final int items;
    private final long periodMs;

    Feed(String word, String text, int items, long periodMs) {
        this.word = word;
        this.text = text;
        this.items = items;
        this.periodMs = periodMs;
    }

    /** @throws IllegalArgumentException with a sentence for people */
    public static Feed of(String word) {
        return Arrays.stream(values())
                .filter(each -> each.word.equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no feed '" + word + "'. There are: "
                        + String.join(
                                ", ", Arrays.stream(values()).map(Feed::word).toList()) + "."));
    }

    /** The word for command lines and result lines. */
    public String word() {
        return word;
    }

    public String text() {
        return text;
    }

    int items() {
        return items;
    }

    /** Of a tick, and of publishing. */
    long periodMs() {
        return periodMs;
    }

    /** Who is measured with it unless somebody chooses: all for whom a target is with the first, the bound with the other. */
    List<Subject> usual() {
        return switch (this) {
            case WIDE ->
                List.of(
                        Subject.TANDEM_HOT,
                        Subject.TANDEM_WARM,
                        Subject.TANDEM_COLD,
                        Subject.HAPROXY,
                        Subject.MILO_COLD,
                        Subject.MILO_WARM,
                        Subject.MILO_HOT);
            case FAST -> List.of(Subject.TANDEM_HOT, Subject.TANDEM_HOT_DEFAULTS, Subject.HAPROXY, Subject.MILO_HOT);
        };
    }
}
