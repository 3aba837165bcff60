package org.tandemopc.relay.da;

import java.io.IOException;
import java.net.InetAddress;
import java.util.EnumSet;
import java.util.Set;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.simulator.da.DaSimulatedServer;
import org.tandemopc.simulator.da.DaSimulatorSettings;
import org.tandemopc.simulator.da.DaVersion;
import org.tandemopc.testkit.process.PortPicker;

/** A simulated server that offers some versions of DA, and can die and come back at its ports. Counters tick every 100 ms. */
final class VersionedMember implements AutoCloseable {
    private static final int TICK_MS = 100;

    private final DaSimulatorSettings settings;
    private DaSimulatedServer server;

    VersionedMember(String address, Versions versions) throws IOException {
        settings = DaSimulatorSettings.at(InetAddress.ofLiteral(address))
                .withRates(TICK_MS, 10, 10)
                .withVersions(versions.offered())
                .withPorts(PortPicker.pick(), PortPicker.pick());
        server = DaSimulatedServer.start(settings);
    }

    /** What the members of a test offer. */
    enum Versions {
        FIRST,
        SECOND,
        ALL;

        private Set<DaVersion> offered() {
            return switch (this) {
                case FIRST -> EnumSet.of(DaVersion.DA_1_0);
                case SECOND -> EnumSet.of(DaVersion.DA_2_05A);
                case ALL -> EnumSet.allOf(DaVersion.class);
            };
        }
    }

    DaPairConfig.Member config() {
        RemoteHost host = RemoteHost.of(settings.addresses().getFirst()).withResolverPort(settings.resolverPort());
        return new DaPairConfig.Member(host, settings.clsid(), Logins.account());
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
