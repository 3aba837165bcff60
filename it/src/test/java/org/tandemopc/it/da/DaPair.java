package org.tandemopc.it.da;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.dcom.Loopback;
import org.tandemopc.it.pair.TandemProcess;
import org.tandemopc.simulator.da.DaSimulatedServer;
import org.tandemopc.simulator.da.DaSimulatorSettings;

/** Two simulated servers in this process, on addresses of their own, and a Tandem process with a pair of them. */
final class DaPair implements AutoCloseable {
    static final String NAME = "Tandem.SimulatedDA.1";
    static final String USER = "opc";
    static final String PASSWORD = "Secret1!";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<DaSimulatorSettings> settings = new ArrayList<>();
    private final List<DaSimulatedServer> servers = new ArrayList<>();
    private final InetAddress front = Loopback.withFreePort135();
    private final TandemProcess tandem;
    private final Mode mode;

    /** Serves from the primary when it returns; both members are connected unless the mode is cold. */
    DaPair(Mode mode) {
        try {
            for (int member = 0; member < 2; member++) {
                DaSimulatorSettings one =
                        DaSimulatorSettings.at(Loopback.withFreePort135()).withRates(200, 10, 10);
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
                    """.formatted(one.addresses().getFirst().getHostAddress(), one.clsid(), USER, PASSWORD)
                    .indent(0));
        }
        return yaml.toString();
    }

    /** Where clients activate. */
    InetAddress front() {
        return front;
    }

    InetAddress address(int member) {
        return settings.get(member).addresses().getFirst();
    }

    DaSimulatedServer server(int member) {
        return servers.get(member);
    }

    TandemProcess tandem() {
        return tandem;
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
        servers.forEach(DaSimulatedServer::close);
    }
}
