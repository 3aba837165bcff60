package org.tandemopc.bench.failover;

import java.util.Arrays;
import java.util.List;

/** What happens to the active server, or seems to. */
public enum Fault {
    /** kill -9 */
    KILL("B-F1", "kill -9"),
    /** SIGSTOP, and SIGCONT when the client has long recovered: a zombie that answers late. */
    HANG("B-F2", "SIGSTOP"),
    /** Nothing is wrong with it but that it is late: a switch must not be noticed. */
    SUSPICION("B-F6", "false suspicion");

    private final String id;
    private final String text;

    Fault(String id, String text) {
        this.id = id;
        this.text = text;
    }

    /** @throws IllegalArgumentException with a sentence for people */
    public static Fault of(String id) {
        return Arrays.stream(values())
                .filter(each -> each.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no fault '" + id + "'."));
    }

    /**
     * Of so many repetitions, how many are made of this subject: all where a target names it; half where it is a look more
     * closely, and in cold mode, where each takes twice as long; fewer where the figures are seconds apart from the
     * others'. A false suspicion is a matter of those that watch their
     * servers closely, and each of its repetitions has several; 0: it says nothing about the subject.
     */
    public int share(Feed feed, Subject subject, int repetitions) {
        if (this != SUSPICION) {
            return switch (subject) {
                case HAPROXY, TANDEM_HOT_DEFAULTS -> Math.ceilDiv(repetitions, 10);
                case TANDEM_COLD, MILO_COLD -> Math.ceilDiv(repetitions, 2);
                default -> feed == Feed.WIDE ? repetitions : Math.ceilDiv(repetitions, 2);
            };
        }
        if (feed != Feed.FAST) {
            return 0;
        }
        return switch (subject) {
            case TANDEM_HOT, TANDEM_WARM -> Math.ceilDiv(repetitions, 5);
            case MILO_COLD, MILO_HOT -> Math.ceilDiv(repetitions, 10);
            default -> 0;
        };
    }

    /** Who is measured unless somebody chooses. */
    public List<Subject> usual(Feed feed) {
        return this == SUSPICION
                ? List.of(Subject.TANDEM_HOT, Subject.TANDEM_WARM, Subject.MILO_COLD, Subject.MILO_HOT)
                : feed.usual();
    }

    public String id() {
        return id;
    }

    public String text() {
        return text;
    }
}
