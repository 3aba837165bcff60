package org.tandemopc.bench.failover;

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

    public String id() {
        return id;
    }

    public String text() {
        return text;
    }
}
