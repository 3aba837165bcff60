package org.tandemopc.relay.da;

import java.io.IOException;
import java.net.InetAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.simulator.da.DaFaults;
import org.tandemopc.simulator.da.DaSimulatedServer;
import org.tandemopc.simulator.da.DaSimulatorSettings;
import org.tandemopc.simulator.da.DaVersion;
import org.tandemopc.testkit.process.PortPicker;

/** A simulated server of chosen versions as a member, which can die and come back at its ports. Counters tick each {@link #TICK_MS}. */
final class SimulatedMember implements AutoCloseable {
    private static final int TICK_MS = 100;
    private static final long RATE_STEP_MS = 10;

    private final DaSimulatorSettings settings;
    private DaSimulatedServer server;

    /** Of all versions. */
    SimulatedMember(String address) throws IOException {
        this(address, EnumSet.allOf(DaVersion.class));
    }

    SimulatedMember(String address, Set<DaVersion> versions) throws IOException {
        this(address, versions, TICK_MS, RATE_STEP_MS);
    }

    private SimulatedMember(String address, Set<DaVersion> versions, int tickMs, long rateStepMs) throws IOException {
        settings = DaSimulatorSettings.at(InetAddress.ofLiteral(address))
                .withRates(tickMs, rateStepMs, rateStepMs)
                .withVersions(versions)
                .withPorts(PortPicker.pick(), PortPicker.pick());
        server = DaSimulatedServer.start(settings);
    }

    /** Of all versions, with counters that tick faster or slower. */
    static SimulatedMember ticking(String address, int tickMs) throws IOException {
        return new SimulatedMember(address, EnumSet.allOf(DaVersion.class), tickMs, RATE_STEP_MS);
    }

    /** Of DA 3.0, whose rates are multiples of so many ms. */
    static SimulatedMember withRateStep(String address, long stepMs) throws IOException {
        return new SimulatedMember(address, EnumSet.of(DaVersion.DA_3_0), TICK_MS, stepMs);
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
            var unused = group.io.write(handles, List.of(value));
        }
    }

    @Override
    public void close() {
        server.vanish();
    }
}
