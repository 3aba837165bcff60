package org.tandemopc.dcom.rpc;

import java.time.Duration;

/**
 * What strangers can take of a server. What goes beyond is refused, and nothing that is within suffers.
 *
 * @param connectionsMax of the whole server; more are closed as they come
 * @param connectionsPerAddressMax of one client address
 * @param loginWithin from the connection to the first login or permitted call; then it is closed
 * @param anonymousIdle without a PDU or a call in progress, on a connection where nobody has logged in; then it is closed
 * @param idle the same after a login. Long: clients that only listen to callbacks say nothing for hours
 * @param restWithin for the rest of a PDU of which octets came, and for each further fragment of a request
 * @param writeWithin for the client to accept one PDU
 * @param messagesBeforeLoginMax that have led to no login and no permitted call
 * @param failedLoginsMax on one connection
 * @param fragMax octets of the longest request fragment, and of the longest response fragment; 1,432 to 65,535
 * @param stubBytesMax of one request with all its fragments; more is refused before it is kept
 * @param bufferedBytesMax of all requests of all clients that are being received, waiting or running
 * @param concurrentCallsMax on one connection, running or waiting
 * @param presentationContextsMax on one connection
 * @param securityContextsMax on one connection; beyond it the one goes that was not used for longest
 */
public record ServerLimits(
        int connectionsMax,
        int connectionsPerAddressMax,
        Duration loginWithin,
        Duration anonymousIdle,
        Duration idle,
        Duration restWithin,
        Duration writeWithin,
        int messagesBeforeLoginMax,
        int failedLoginsMax,
        int fragMax,
        int stubBytesMax,
        long bufferedBytesMax,
        int concurrentCallsMax,
        int presentationContextsMax,
        int securityContextsMax) {
    private static final int MIB = 1 << 20;

    /** @throws IllegalArgumentException a number that is not positive, or fragments that cannot be */
    public ServerLimits {
        if (fragMax < Fragments.LEAST_SIZE || fragMax > 0xFFFF) {
            throw new IllegalArgumentException("fragMax " + fragMax);
        }
        positive(connectionsMax, "connectionsMax");
        positive(connectionsPerAddressMax, "connectionsPerAddressMax");
        positive(messagesBeforeLoginMax, "messagesBeforeLoginMax");
        positive(failedLoginsMax, "failedLoginsMax");
        positive(stubBytesMax, "stubBytesMax");
        positive(bufferedBytesMax, "bufferedBytesMax");
        positive(concurrentCallsMax, "concurrentCallsMax");
        positive(presentationContextsMax, "presentationContextsMax");
        positive(securityContextsMax, "securityContextsMax");
        positive(loginWithin.toNanos(), "loginWithin");
        positive(anonymousIdle.toNanos(), "anonymousIdle");
        positive(idle.toNanos(), "idle");
        positive(restWithin.toNanos(), "restWithin");
        positive(writeWithin.toNanos(), "writeWithin");
    }

    private static void positive(long value, String name) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " " + value);
        }
    }

    /** For a plant's server: some hundreds of clients, several connections each. */
    public static ServerLimits defaults() {
        return new ServerLimits(
                2_000,
                256,
                Duration.ofSeconds(10),
                Duration.ofMinutes(2),
                Duration.ofDays(1),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                32,
                3,
                5_840,
                4 * MIB,
                64L * MIB,
                64,
                1_024,
                64);
    }
}
