package org.tandemopc.it.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.dcom.Loopback;
import org.tandemopc.it.pair.TandemProcess;
import org.tandemopc.simulator.da.DaSimulatedServer;
import org.tandemopc.simulator.da.DaSimulatorSettings;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.PortPicker;
import org.tandemopc.testkit.process.ServerProcess;

/** One Tandem before a pair of OPC UA and one of OPC DA: each goes its own way. */
@Timeout(180)
class BothProtocolsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String UA_PAIR = "plant1";

    @Test
    @Requirement(value = "LIM-10", protocol = Protocol.DA)
    void oneProgramServesPairsOfBothAndASwitchOfOneIsNothingToTheOther() throws Exception {
        InetAddress one = Loopback.withFreePort135();
        InetAddress other = Loopback.withFreePort135();
        InetAddress front = Loopback.withFreePort135();
        try (ServerProcess a = ServerProcess.start("A");
                ServerProcess b = ServerProcess.start("B");
                DaSimulatedServer primary =
                        DaSimulatedServer.start(DaSimulatorSettings.at(one).withRates(200, 10, 10));
                DaSimulatedServer _ =
                        DaSimulatedServer.start(DaSimulatorSettings.at(other).withRates(200, 10, 10));
                TandemProcess tandem = TandemProcess.startWithConfiguration(yaml(a, b, front, one, other))) {
            tandem.awaitServing(UA_PAIR, 0, PATIENCE);
            tandem.awaitServing(DaPair.NAME, 0, PATIENCE);
            tandem.awaitStandby(DaPair.NAME, 1, PATIENCE);
            StreamClient ua = StreamClient.connect(tandem.url(UA_PAIR));
            ua.watchCounters(0, 1, StreamClient.Subscribing.NORMAL);
            Await.until("values of OPC UA", PATIENCE, () -> ua.fewestSamples() > 3);
            try (DaWatcher da = new DaWatcher(front, 1_000)) {
                Await.until("values of OPC DA", PATIENCE, () -> da.values().size() > 3);

                primary.vanish();
                tandem.awaitServing(DaPair.NAME, 1, PATIENCE);
                int daValues = da.values().size();
                int uaValues = ua.fewestSamples();
                Await.until(
                        "both go on",
                        PATIENCE,
                        () -> da.values().size() > daValues + 5 && ua.fewestSamples() > uaValues + 5);

                assertThat(tandem.status(UA_PAIR, "active")).isEqualTo("0");
                assertThat(tandem.records(UA_PAIR, "PROMOTED")).isEmpty();
            }
            ua.close();
        }
    }

    private static String yaml(
            ServerProcess a, ServerProcess b, InetAddress front, InetAddress one, InetAddress other) {
        return """
                version: 1
                opcua:
                  listen: 127.0.0.1:%d
                  security: [None]
                  trust: all
                opcda:
                  listen: %s:135
                  accounts:
                    - user: %s
                      password: %s
                pairs:
                  - name: %s
                    mode: hot
                    members:
                      - url: %s
                        security: None
                      - url: %s
                        security: None
                  - name: %s
                    mode: hot
                    statusInterval: 500ms
                    members:
                """.formatted(
                                PortPicker.pick(),
                                front.getHostAddress(),
                                DaPair.USER,
                                DaPair.PASSWORD,
                                UA_PAIR,
                                a.url(),
                                b.url(),
                                DaPair.NAME)
                + member(one)
                + member(other);
    }

    private static String member(InetAddress address) {
        return """
                      - host: %s
                        clsid: "%s"
                        user: %s
                        password: %s
                """.formatted(address.getHostAddress(), DaSimulatorSettings.CLSID, DaPair.USER, DaPair.PASSWORD)
                .indent(0);
    }
}
