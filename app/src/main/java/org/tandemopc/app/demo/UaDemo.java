package org.tandemopc.app.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.tandemopc.core.config.DoorConfig;
import org.tandemopc.core.config.OpcUaConfig;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.config.UaMemberConfig;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.service.PairHandle;
import org.tandemopc.service.TandemRuntime;
import org.tandemopc.simulator.SimulatorMain;

/** The demo in OPC UA. */
final class UaDemo implements DemoProtocol {
    @Override
    public String simulator() {
        return SimulatorMain.class.getName();
    }

    @Override
    public List<String> options(String name, Path folder) {
        return List.of("--data", folder.resolve(name).toString());
    }

    @Override
    public DoorConfig door() {
        return OpcUaConfig.open("127.0.0.1", 0);
    }

    @Override
    public PairConfig pair(Mode mode, List<DemoServer> servers) {
        List<UaMemberConfig> members = servers.stream()
                .map(server -> UaMemberConfig.open(server.url()))
                .toList();
        return PairConfig.of(
                DemoWorld.settings(
                        mode, members.stream().map(UaMemberConfig::machine).toList()),
                members);
    }

    @Override
    public String endpointUrl(TandemRuntime tandem, PairHandle pair) {
        return tandem.endpointUrl(pair);
    }

    @Override
    public DemoClient connect(TandemRuntime tandem, PairHandle pair, Tally tally) throws IOException {
        try {
            return UaDemoClient.connect(tandem.endpointUrl(pair), tally);
        } catch (UaException e) {
            throw new IOException("The client cannot connect to Tandem: " + e.getMessage(), e);
        }
    }
}
