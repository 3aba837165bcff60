package org.tandemopc.dcom.orpc.client;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.server.DcomServer;
import org.tandemopc.dcom.rpc.ClientOptions;
import org.tandemopc.dcom.rpc.PeerPolicy;

/**
 * How a {@link DcomClient} works.
 *
 * @param hosts the only ones that are connected to, whatever object references say; at least one
 * @param security as whom, and how calls are protected
 * @param options of each connection, with what is forgiven the peers and who listens in
 * @param pingEvery between two pings of a resolver; at most 2 minutes, and Windows gives objects up after three periods of 2
 *     minutes ([MS-DCOM] 3.2.2)
 * @param pingWithin for one ping to be answered
 * @param closeWithin for giving everything back at the end, however many servers there are
 * @param exportersMax processes that are pointed to at once
 * @param pointersMax pointers at once; what comes beyond is given back at once, and leads nowhere
 * @param ticker the clock of pings
 * @param ownObjects serves objects of this process that are handed out in calls, so that they can be called back; empty: none
 *     are handed out. It is the caller's, who closes it after the client
 */
public record DcomClientSettings(
        List<RemoteHost> hosts,
        ClientSecurity security,
        ClientOptions options,
        Duration pingEvery,
        Duration pingWithin,
        Duration closeWithin,
        int exportersMax,
        int pointersMax,
        Ticker ticker,
        Optional<DcomServer> ownObjects) {
    private static final Duration PING_EVERY = Duration.ofMinutes(2);
    private static final int HOSTS_MAX = 64;

    /** @throws IllegalArgumentException no host, one twice, or a number that cannot be */
    public DcomClientSettings {
        hosts = List.copyOf(hosts);
        if (hosts.isEmpty() || hosts.size() > HOSTS_MAX || Set.copyOf(hosts).size() != hosts.size()) {
            throw new IllegalArgumentException("a client has 1 to " + HOSTS_MAX + " hosts, each once: " + hosts);
        }
        if (!pingEvery.isPositive() || pingEvery.compareTo(PING_EVERY) > 0) {
            throw new IllegalArgumentException("pingEvery " + pingEvery + " is not within " + PING_EVERY);
        }
        if (!pingWithin.isPositive() || !closeWithin.isPositive() || exportersMax < 1 || pointersMax < 1) {
            throw new IllegalArgumentException("a limit that is not positive");
        }
    }

    /** Strict about levels; pings every two minutes. */
    public static DcomClientSettings of(RemoteHost host, ClientSecurity security) {
        return new DcomClientSettings(
                List.of(host),
                security,
                ClientOptions.defaults(PeerPolicy.strict()),
                PING_EVERY,
                Duration.ofSeconds(20),
                Duration.ofSeconds(2),
                1_000,
                100_000,
                Ticker.system(),
                Optional.empty());
    }

    public DcomClientSettings withHosts(List<RemoteHost> all) {
        return new DcomClientSettings(
                all,
                security,
                options,
                pingEvery,
                pingWithin,
                closeWithin,
                exportersMax,
                pointersMax,
                ticker,
                ownObjects);
    }

    public DcomClientSettings withOptions(ClientOptions each) {
        return new DcomClientSettings(
                hosts,
                security,
                each,
                pingEvery,
                pingWithin,
                closeWithin,
                exportersMax,
                pointersMax,
                ticker,
                ownObjects);
    }

    public DcomClientSettings withPings(Duration every, Duration within, Ticker clock) {
        return new DcomClientSettings(
                hosts, security, options, every, within, closeWithin, exportersMax, pointersMax, clock, ownObjects);
    }

    public DcomClientSettings withCloseWithin(Duration span) {
        return new DcomClientSettings(
                hosts, security, options, pingEvery, pingWithin, span, exportersMax, pointersMax, ticker, ownObjects);
    }

    public DcomClientSettings withLimits(int exporters, int pointers) {
        return new DcomClientSettings(
                hosts, security, options, pingEvery, pingWithin, closeWithin, exporters, pointers, ticker, ownObjects);
    }

    public DcomClientSettings withOwnObjects(DcomServer server) {
        return new DcomClientSettings(
                hosts,
                security,
                options,
                pingEvery,
                pingWithin,
                closeWithin,
                exportersMax,
                pointersMax,
                ticker,
                Optional.of(server));
    }
}
