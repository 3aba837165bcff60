package org.tandemopc.dcom.rpc;

import java.time.Duration;

/** What strangers can take of a server. What goes beyond is refused, and nothing that is within suffers. */
public record ServerLimits(Connections connections, Times times, Sizes sizes, PerConnection perConnection) {
    private static final int MIB = 1 << 20;

    /**
     * @param max of the whole server; more are closed as they come
     * @param perAddressMax of one client address
     * @param messagesBeforeLoginMax that have led to no login and no permitted call
     * @param failedLoginsMax on one connection
     */
    public record Connections(int max, int perAddressMax, int messagesBeforeLoginMax, int failedLoginsMax) {
        /** @throws IllegalArgumentException a number that is not positive */
        public Connections {
            positive(max, "max");
            positive(perAddressMax, "perAddressMax");
            positive(messagesBeforeLoginMax, "messagesBeforeLoginMax");
            positive(failedLoginsMax, "failedLoginsMax");
        }
    }

    /**
     * After which a connection is closed.
     *
     * @param login from the connection to the first login or permitted call
     * @param anonymousIdle without a PDU or a call in progress, where nobody has logged in
     * @param idle the same after a login. Long: clients that only listen to callbacks say nothing for hours
     * @param rest for the rest of a PDU of which octets came, and for each further fragment of a request
     * @param write for the client to accept one PDU
     */
    public record Times(Duration login, Duration anonymousIdle, Duration idle, Duration rest, Duration write) {
        /** @throws IllegalArgumentException a time that is not positive */
        public Times {
            positive(login.toNanos(), "login");
            positive(anonymousIdle.toNanos(), "anonymousIdle");
            positive(idle.toNanos(), "idle");
            positive(rest.toNanos(), "rest");
            positive(write.toNanos(), "write");
        }
    }

    /**
     * In octets.
     *
     * @param fragMax of the longest request fragment, and of the longest response fragment; 1,432 to 65,535
     * @param stubMax of one request with all its fragments; more is refused before it is kept
     * @param bufferedMax of all requests of all clients that are being received, waiting or running. Where calls need a login,
     *     those who have not logged in have half of it together
     */
    public record Sizes(int fragMax, int stubMax, long bufferedMax) {
        /** @throws IllegalArgumentException a number that is not positive, or fragments that cannot be */
        public Sizes {
            if (fragMax < Fragments.LEAST_SIZE || fragMax > 0xFFFF) {
                throw new IllegalArgumentException("fragMax " + fragMax);
            }
            positive(stubMax, "stubMax");
            positive(bufferedMax, "bufferedMax");
        }
    }

    /**
     * @param callsMax running or waiting
     * @param presentationContextsMax interfaces under the numbers of the client
     * @param securityContextsMax logins; beyond it the one goes that was not used for longest
     */
    public record PerConnection(int callsMax, int presentationContextsMax, int securityContextsMax) {
        /** @throws IllegalArgumentException a number that is not positive */
        public PerConnection {
            positive(callsMax, "callsMax");
            positive(presentationContextsMax, "presentationContextsMax");
            positive(securityContextsMax, "securityContextsMax");
        }
    }

    private static void positive(long value, String name) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " " + value);
        }
    }

    /** For a plant's server: some hundreds of clients, several connections each. */
    public static ServerLimits defaults() {
        return new ServerLimits(
                new Connections(2_000, 256, 32, 3),
                new Times(
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(2),
                        Duration.ofDays(1),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(30)),
                new Sizes(5_840, 4 * MIB, 64L * MIB),
                new PerConnection(64, 1_024, 64));
    }

    public ServerLimits with(Connections changed) {
        return new ServerLimits(changed, times, sizes, perConnection);
    }

    public ServerLimits with(Times changed) {
        return new ServerLimits(connections, changed, sizes, perConnection);
    }

    public ServerLimits with(Sizes changed) {
        return new ServerLimits(connections, times, changed, perConnection);
    }

    public ServerLimits with(PerConnection changed) {
        return new ServerLimits(connections, times, sizes, changed);
    }
}
