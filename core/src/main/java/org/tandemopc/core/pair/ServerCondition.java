package org.tandemopc.core.pair;

/**
 * What a server says of itself when asked.
 *
 * @param state how it calls its own state
 * @param serviceLevel 0 to 255, OPC UA Part 4, 6.6.2.4.2; 255 where the protocol has no such thing
 * @param clockSkewNanos the server's clock minus ours at the middle of the round trip; {@link Long#MIN_VALUE} if unknown
 * @param roundTripNanos how long the answer took
 */
public record ServerCondition(State state, int serviceLevel, long clockSkewNanos, long roundTripNanos) {
    /** OPC UA ServerState (Part 5, 12.6) and OPC DA OPCSERVERSTATE folded into what a decision needs. */
    public enum State {
        RUNNING,
        FAILED,
        NO_CONFIGURATION,
        SUSPENDED,
        SHUTDOWN,
        TEST,
        COMMUNICATION_FAULT,
        UNKNOWN
    }
}
