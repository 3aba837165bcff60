package org.tandemopc.it.attack;

/** What is done to a front door, and by which count it is known to have arrived there. */
public enum Attack {
    SESSIONS_NEVER_ACTIVATED("created", 300),
    HELLO_ONLY("acknowledged", 200),
    UNFINISHED_CHUNKS("acknowledged", 200),
    MALFORMED("errors", 100),
    CONNECT_STORM("acknowledged", 300),
    LOGINS("wrong-80210000", 3),
    /** Asks for endpoints without end and reads nothing, in no session. */
    DEAF_READER("held", 4),
    /** Reads large values within sessions, without end, and takes no answer. */
    DEAF_SESSIONS("held", 4),
    /** Asks for sessions over secured channels, many at once on each: every answer costs a signature. */
    SECURED_SESSIONS("created", 20);

    private final String evidence;
    private final int atLeast;

    Attack(String evidence, int atLeast) {
        this.evidence = evidence;
        this.atLeast = atLeast;
    }

    /** A count in the line that the attacker prints at its end. */
    public String evidence() {
        return evidence;
    }

    /** Fewer, and it was no attack. */
    public int atLeast() {
        return atLeast;
    }
}
