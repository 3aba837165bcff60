package org.tandemopc.relay.ua.front;

import java.time.Duration;
import java.util.List;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MessageSecurityMode;
import org.tandemopc.relay.ua.security.SecurityPolicies;

/**
 * How a front door listens and whom it lets in.
 *
 * @param bindHost address to listen on, e.g. {@code 0.0.0.0}
 * @param port 0: any free one
 * @param publishedHosts {@code host} or {@code host:port} as clients reach this machine, for the URLs of endpoints;
 *     empty: whatever the client itself used
 * @param securities offered to sessions, at least one; discovery always works without security as well
 * @param anonymous whether anonymous users are let in
 * @param userName whether users with name and password are let in
 * @param sessionTimeoutMin shortest session timeout that a client gets
 * @param sessionTimeoutMax longest one
 */
public record FrontDoorConfig(
        String bindHost,
        int port,
        List<String> publishedHosts,
        List<Security> securities,
        boolean anonymous,
        boolean userName,
        Duration sessionTimeoutMin,
        Duration sessionTimeoutMax,
        Limits limits) {

    public FrontDoorConfig {
        publishedHosts = List.copyOf(publishedHosts);
        for (String host : publishedHosts) {
            if (EndpointUrl.parse("opc.tcp://" + host).host() == null || host.contains("/")) {
                throw new IllegalArgumentException("neither \"host\" nor \"host:port\": " + host);
            }
        }
        securities = List.copyOf(securities);
        if (securities.isEmpty()) {
            throw new IllegalArgumentException("no security policy: no client could open a session");
        }
        if (!anonymous && !userName) {
            throw new IllegalArgumentException("neither anonymous nor named users: no client could open a session");
        }
        if (sessionTimeoutMin.isNegative()
                || sessionTimeoutMin.isZero()
                || sessionTimeoutMax.compareTo(sessionTimeoutMin) < 0) {
            throw new IllegalArgumentException(
                    "session timeout from " + sessionTimeoutMin + " to " + sessionTimeoutMax);
        }
    }

    /** Both kinds of users, session timeouts from 5 s to 1 h, default limits, the host that the client used. */
    public static FrontDoorConfig of(String bindHost, int port, List<Security> securities) {
        return new FrontDoorConfig(
                bindHost,
                port,
                List.of(),
                securities,
                true,
                true,
                Duration.ofSeconds(5),
                Duration.ofHours(1),
                Limits.DEFAULT);
    }

    /** A pair of policy and mode, as one endpoint offers it. Basic128Rsa15 and Basic256 are broken and never offered. */
    public record Security(SecurityPolicy policy, MessageSecurityMode mode) {
        public static final Security NONE = new Security(SecurityPolicy.None, MessageSecurityMode.None);
        public static final Security SIGN = new Security(SecurityPolicy.Basic256Sha256, MessageSecurityMode.Sign);
        public static final Security SIGN_AND_ENCRYPT =
                new Security(SecurityPolicy.Basic256Sha256, MessageSecurityMode.SignAndEncrypt);

        public Security {
            if (policy != SecurityPolicy.None && !SecurityPolicies.isSecured(policy)) {
                throw new IllegalArgumentException(policy + " is not offered");
            }
            if ((policy == SecurityPolicy.None) != (mode == MessageSecurityMode.None)
                    || mode == MessageSecurityMode.Invalid) {
                throw new IllegalArgumentException(policy + " with mode " + mode);
            }
        }
    }

    /**
     * What the door bears.
     *
     * @param sessionsPerPair sessions of one pair, activated or not
     * @param sessions sessions of all pairs together
     * @param sessionsUnactivated sessions that wait for their first activation; beyond it the oldest one goes
     * @param sessionsUnactivatedPerAddress the same for one client address
     * @param activationDeadline from CreateSession to the first ActivateSession
     * @param channelDeadline from the connection to an open secure channel
     * @param channelIdle how long a connection without a session may be silent
     * @param connections TCP connections in all
     * @param connectionsPerAddress TCP connections of one address
     * @param connectsPerSecond new connections a second of one address, with {@code connectsBurst} at once
     * @param connectsBurst see {@code connectsPerSecond}
     * @param messageBytes largest request
     * @param unfinishedBytes requests begun and not ended, over all connections; beyond it the connection that would add
     *     more is closed
     * @param unsentBytesPerConnection memory of answers that the client's socket has not taken; beyond it the connection
     *     is closed
     * @param unsentBytes the same over all connections; beyond it the connection with the most of it is closed
     * @param unsentDeadline how long a client to whom answers wait may take none of them
     * @param requestsPerSession requests of one session that are not answered yet
     * @param unansweredBytes requests that members have not answered, over all sessions; beyond it sessions with more than a
     *     little of that are refused
     * @param refusalDelay a refused user hears of it this long after asking, whatever the reason
     * @param refusalsBurst passwords of one address that may be wrong in a row; more are refused without asking a member,
     *     so that nobody guesses passwords through us, or has members lock their accounts
     * @param refusalsPerMinute how fast an address earns new attempts
     */
    public record Limits(
            int sessionsPerPair,
            int sessions,
            int sessionsUnactivated,
            int sessionsUnactivatedPerAddress,
            Duration activationDeadline,
            Duration channelDeadline,
            Duration channelIdle,
            int connections,
            int connectionsPerAddress,
            int connectsPerSecond,
            int connectsBurst,
            int messageBytes,
            long unfinishedBytes,
            long unsentBytesPerConnection,
            long unsentBytes,
            Duration unsentDeadline,
            int requestsPerSession,
            long unansweredBytes,
            Duration refusalDelay,
            int refusalsBurst,
            int refusalsPerMinute) {
        public static final Limits DEFAULT = new Limits(
                500,
                1_000,
                100,
                50,
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                2_000,
                1_000,
                100,
                400,
                16 << 20,
                128L << 20,
                64L << 20,
                128L << 20,
                Duration.ofSeconds(60),
                2_000,
                128L << 20,
                Duration.ofMillis(500),
                30,
                30);
    }
}
