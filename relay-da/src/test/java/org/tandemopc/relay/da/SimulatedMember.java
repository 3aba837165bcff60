package org.tandemopc.relay.da;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Set;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.simulator.da.DaSimulatedServer;
import org.tandemopc.simulator.da.DaSimulatorSettings;
import org.tandemopc.simulator.da.DaVersion;
import org.tandemopc.testkit.process.PortPicker;

/** A simulated server of chosen versions as a member, which can die and come back at its ports. Counters tick each 100 ms. */
final class SimulatedMember implements AutoCloseable {
    private final DaSimulatorSettings settings;
    private DaSimulatedServer server;

    SimulatedMember(String address, Set<DaVersion> versions) throws IOException {
        settings = DaSimulatorSettings.at(InetAddress.ofLiteral(address))
                .withRates(100, 10, 10)
                .withVersions(versions)
                .withPorts(PortPicker.pick(), PortPicker.pick());
        server = DaSimulatedServer.start(settings);
    }

    RemoteHost host() {
        return RemoteHost.of(settings.addresses().getFirst()).withResolverPort(settings.resolverPort());
    }

    Guid clsid() {
        return settings.clsid();
    }

    DaPairConfig.Member config() {
        return new DaPairConfig.Member(host(), clsid(), Logins.account());
    }

    DaSimulatedServer server() {
        return server;
    }

    void die() {
        server.vanish();
    }

    void comeBack() throws IOException {
        server = DaSimulatedServer.start(settings);
    }

    @Override
    public void close() {
        server.vanish();
    }
}
