package org.tandemopc.simulation;

/** A server's answer. Compared by identity: each execution makes one. */
final class SimAnswer {
    static final int GOOD = 0;
    static final int REFUSED = 0x801F0000;

    final long request;
    final int member;
    final long epoch;
    final int status;
    final long servedAt;

    SimAnswer(long request, int member, long epoch, int status, long servedAt) {
        this.request = request;
        this.member = member;
        this.epoch = epoch;
        this.status = status;
        this.servedAt = servedAt;
    }

    @Override
    public String toString() {
        return "#" + request + " from " + member + " e" + epoch + " " + Integer.toHexString(status);
    }
}
