package org.tandemopc.it.da;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.dcom.rpc.EndpointMapper;
import org.tandemopc.it.dcom.Loopback;
import org.tandemopc.it.pair.TandemProcess;
import org.tandemopc.simulator.da.DaSimulatedServer;
import org.tandemopc.simulator.da.DaSimulatorSettings;
import org.tandemopc.testkit.proxy.FaultProxy;

/**
 * Two simulated servers in this process, on addresses of their own, each behind a proxy, and a Tandem process with a pair of them. Callbacks
 * of the servers do not go through the proxies.
 */
final class DaPair implements AutoCloseable {
    static final String NAME = "Tandem.SimulatedDA.1";
    static final String USER = "opc";
    static final String PASSWORD = "Secret1!";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<DaSimulatorSettings> settings = new ArrayList<>();
    private final List<DaSimulatedServer> servers = new ArrayList<>();
    private final List<FaultProxy> proxies = new ArrayList<>();
    private final InetAddress front = Loopback.withFreePort135();
    private final TandemProcess tandem;
    private final Mode mode;

    /** Serves from the primary when it returns; both members are connected unless the mode is cold. */
    DaPair(Mode mode) {
        try {
            for (int member = 0; member < 2; member++) {
                InetAddress behind = Loopback.withFreePort135();
                InetAddress shown = Loopback.withFreePort135();
                proxies.add(FaultProxy.between(atResolver(shown), atResolver(behind)));
                DaSimulatorSettings one = DaSimulatorSettings.at(behind)
                        .withPorts(EndpointMapper.PORT, EndpointMapper.PORT)
                        .withPublished(shown)
                        .withRates(200, 10, 10);
                settings.add(one);
                servers.add(DaSimulatedServer.start(one));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        tandem = TandemProcess.startWithConfiguration(yaml(mode));
        tandem.awaitServing(NAME, 0, PATIENCE);
        this.mode = mode;
        awaitStandbyReady(1);
    }

    /** The member could take over at once; in cold mode nothing is waited for. */
    void awaitStandbyReady(int member) {
        if (mode != Mode.COLD) {
            tandem.awaitStandby(NAME, member, PATIENCE);
        }
    }

    private String yaml(Mode mode) {
        StringBuilder yaml = new StringBuilder("""
                version: 1
                opcda:
                  listen: %s:135
                  level: connect
                  oldClients: true
                  accounts:
                    - user: %s
                      password: %s
                pairs:
                  - name: %s
                    mode: %s
                    failback: false
                    holdTimeout: 20s
                    statusInterval: 500ms
                    statusTimeout: 1500ms
                    members:
                """.formatted(
                front.getHostAddress(), USER, PASSWORD, NAME, mode.name().toLowerCase(Locale.ROOT)));
        for (DaSimulatorSettings one : settings) {
            yaml.append("""
                          - host: %s
                            clsid: "%s"
                            user: %s
                            password: %s
                    """.formatted(one.published().getFirst().getHostAddress(), one.clsid(), USER, PASSWORD)
                    .indent(0));
        }
        return yaml.toString();
    }

    private static InetSocketAddress atResolver(InetAddress address) {
        return new InetSocketAddress(address, EndpointMapper.PORT);
    }

    /** Where clients activate. */
    InetAddress front() {
        return front;
    }

    /** The way from Tandem to the member. */
    FaultProxy proxy(int member) {
        return proxies.get(member);
    }

    DaSimulatedServer server(int member) {
        return servers.get(member);
    }

    TandemProcess tandem() {
        return tandem;
    }

    int active() {
        return Integer.parseInt(tandem.status(NAME, "active"));
    }

    /** The pair shall be as new for the next fault, not warier with each. */
    void forgetFaults() {
        var unused = tandem.command("reset " + NAME);
    }

    void awaitServing(int member) {
        tandem.awaitServing(NAME, member, PATIENCE);
    }

    /** Starts a server that has gone anew, at its address. */
    void revive(int member) {
        try {
            servers.set(member, DaSimulatedServer.start(settings.get(member)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        tandem.close();
        proxies.forEach(FaultProxy::close);
        servers.forEach(DaSimulatedServer::close);
    }
}
