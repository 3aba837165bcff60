package org.tandemopc.bench.failover;

import java.util.Arrays;

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

    /** Whether it says something about the subject; a false suspicion is a matter of those that watch their servers closely. */
    public boolean concerns(Subject subject) {
        return this != SUSPICION
                || subject == Subject.TANDEM_HOT
                || subject == Subject.TANDEM_WARM
                || subject == Subject.MILO_COLD
                || subject == Subject.MILO_HOT;
    }

    public String id() {
        return id;
    }

    public String text() {
        return text;
    }
}
