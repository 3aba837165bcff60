package org.tandemopc.relay.da;

import java.io.IOException;
import java.net.InetAddress;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.simulator.da.DaFaults;
import org.tandemopc.simulator.da.DaSimulatedServer;
import org.tandemopc.simulator.da.DaSimulatorSettings;
import org.tandemopc.testkit.process.PortPicker;

/** A simulated server as a member of a pair, that can die and come back at its ports. */
final class SimulatedMember implements AutoCloseable {
    private final DaSimulatorSettings settings;
    private DaSimulatedServer server;

    /** Ticks every 100 ms; rates from 10 ms. */
    SimulatedMember(String address) throws IOException {
        settings = DaSimulatorSettings.at(InetAddress.ofLiteral(address))
                .withRates(100, 10, 10)
                .withPorts(PortPicker.pick(), PortPicker.pick());
        server = DaSimulatedServer.start(settings);
    }

    DaPairConfig.Member config() {
        return new DaPairConfig.Member(host(), settings.clsid(), Logins.account());
    }

    private RemoteHost host() {
        return RemoteHost.of(settings.addresses().getFirst()).withResolverPort(settings.resolverPort());
    }

    DaFaults faults() {
        return server.faults();
    }

    /** Server objects that clients have. */
    int clients() {
        return server.clients();
    }

    void die() {
        server.vanish();
    }

    void comeBack() throws IOException {
        server = DaSimulatedServer.start(settings);
    }

    /** As an operator at the server itself does. */
    void write(String item, Variant value) throws Exception {
        try (TestClient direct = new TestClient(host(), Logins.account(), settings.clsid())) {
            TestClient.Group group = direct.group("direct", 1);
            Ints handles = group.add(item);
            var unused = group.io.write(handles, java.util.List.of(value));
        }
    }

    @Override
    public void close() {
        server.vanish();
    }
}
