package org.tandemopc.bench.failover;

import java.util.Arrays;

/** What happens to the active server. */
public enum Fault {
    /** kill -9 */
    KILL("B-F1", "kill -9"),
    /** SIGSTOP, and SIGCONT when the client has long recovered: a zombie that answers late. */
    HANG("B-F2", "SIGSTOP");

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

    public String id() {
        return id;
    }

    public String text() {
        return text;
    }
}
