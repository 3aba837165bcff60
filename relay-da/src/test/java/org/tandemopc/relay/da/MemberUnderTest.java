package org.tandemopc.relay.da;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Set;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.simulator.da.DaFaults;
import org.tandemopc.simulator.da.DaSimulatedServer;
import org.tandemopc.simulator.da.DaSimulatorSettings;
import org.tandemopc.simulator.da.DaVersion;
import org.tandemopc.testkit.process.PortPicker;

/**
 * A simulated server at an address of its own that can die and come back at its ports. Its class is that of the pair, as it is
 * where Tandem was put before servers that clients knew. Its counters change 10 times a second, at the same time as those of any other.
 */
final class MemberUnderTest implements AutoCloseable {
    static final int TICK_MS = 100;

    private DaSimulatorSettings settings;
    private DaSimulatedServer server;

    MemberUnderTest(String address) throws IOException {
        settings = DaSimulatorSettings.at(InetAddress.ofLiteral(address))
                .withRates(TICK_MS, 10, 10)
                .withClass(Rig.PAIR_CLSID, "Plant.Server.1")
                .withPorts(PortPicker.pick(), PortPicker.pick());
        server = DaSimulatedServer.start(settings);
    }

    /** Offers these versions alone, from a new start on. */
    void restartWith(Set<DaVersion> versions) throws IOException {
        die();
        settings = settings.withVersions(versions);
        comeBack();
    }

    DaSimulatedServer server() {
        return server;
    }

    DaFaults faults() {
        return server.faults();
    }

    /** Where clients would activate it without a Tandem. */
    RemoteHost address() {
        return RemoteHost.of(settings.addresses().getFirst()).withResolverPort(port());
    }

    String host() {
        return settings.addresses().getFirst().getHostAddress();
    }

    int port() {
        return settings.resolverPort();
    }

    /** As records call it. */
    String machine() {
        return host() + ":" + port();
    }

    /** How many items were written since it began to serve. */
    int writes() {
        return server.ledger().lines().size();
    }

    void die() {
        server.vanish();
    }

    void comeBack() throws IOException {
        server = DaSimulatedServer.start(settings);
    }

    /** The account has another password, which nobody told Tandem. */
    void comeBackWithPassword(String password) throws IOException {
        server = DaSimulatedServer.start(settings.withAccount(settings.user(), password));
    }

    @Override
    public void close() {
        server.faults().hang(false);
        server.vanish();
    }
}
