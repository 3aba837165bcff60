package org.tandemopc.service.notify;

import java.time.Duration;

/**
 * How peers are met.
 *
 * @param connect for a connection to one address
 * @param read for each answer
 * @param attempt for all that one attempt at one peer takes
 */
record Peers(PeerTrust trust, Duration connect, Duration read, Duration attempt) {
    static Peers usual(PeerTrust trust) {
        return new Peers(trust, Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(20));
    }
}
