package org.tandemopc.simulation;

/**
 * A client's request, with an id that is never used twice.
 *
 * @param operations of a write or call: how many things it does, one after the other
 * @param refusedByServer the server will answer with a bad status, doing nothing
 */
record SimRequest(
        long id, int session, Kind kind, int operations, boolean refusedByServer, long submittedAt, long deadline) {
    enum Kind {
        READ,
        WRITE,
        CALL
    }

    boolean repeatable() {
        return kind == Kind.READ;
    }
}
