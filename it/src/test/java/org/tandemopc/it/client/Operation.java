package org.tandemopc.it.client;

/**
 * A Read, Write or Call as the client saw it.
 *
 * @param token what was written or recorded; unique per client for writes and calls
 * @param status of the one operation, or of the failed service
 * @param detail of a failure, else empty
 */
public record Operation(Kind kind, long startNanos, long endNanos, String token, long status, String detail) {
    /** Which service. */
    public enum Kind {
        READ,
        WRITE,
        CALL
    }

    public boolean isGood() {
        return status == 0;
    }

    public double tookMs() {
        return (endNanos - startNanos) / 1e6;
    }

    @Override
    public String toString() {
        return "%s %s 0x%08X %.0f ms %s".formatted(kind, token, status, tookMs(), detail);
    }
}
