package org.tandemopc.relay.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.service.OrderAnswer;
import org.tandemopc.simulator.da.DaSimulatedServer;
import org.tandemopc.simulator.da.DaSimulatorSettings;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.PortPicker;

/** Two simulated servers that count in lockstep: what a client gets of a counter tells what a switch has cost. */
@Timeout(180)
class LockstepTest {
    private static final int TICK_MS = 100;
    private static final int LEVELS = 3;

    @TempDir
    Path folder;

    /** A simulated server that can die and come back at its ports. */
    private static final class Member implements AutoCloseable {
        private final DaSimulatorSettings settings;
        private DaSimulatedServer server;

        Member(String address) throws IOException {
            settings = DaSimulatorSettings.at(InetAddress.ofLiteral(address))
                    .withRates(TICK_MS, 10, 10)
                    .withPorts(PortPicker.pick(), PortPicker.pick());
            server = DaSimulatedServer.start(settings);
        }

        DaPairConfig.Member config() {
            RemoteHost host = RemoteHost.of(settings.addresses().getFirst()).withResolverPort(settings.resolverPort());
            return new DaPairConfig.Member(host, settings.clsid(), Logins.account());
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

    /** A run: values go on for a few ticks after each event. */
    private final class Run implements AutoCloseable {
        final Member one = new Member("127.0.0.2");
        final Member other = new Member("127.0.0.3");
        final TestTandem tandem;
        final TestClient client;
        final TestClient.Group group;

        Run(Mode mode) throws Exception {
            tandem = new TestTandem(mode, folder, List.of(one.config(), other.config()), account -> true);
            tandem.awaitServing(0);
            client = new TestClient(tandem.host());
            group = client.group("Counters", 7);
            group.add("counter.0", "counter.1");
            group.advise();
            flow();
        }

        private List<Long> values(int item) {
            String start = item + "=";
            return group.told.stream()
                    .filter(line -> line.startsWith(start))
                    .map(line -> Long.valueOf(line.substring(start.length(), line.indexOf(' '))))
                    .toList();
        }

        /** Until some more ticks have come. */
        void flow() {
            int before = values(1).size();
            Await.until("values flow", Rig.PATIENCE, () -> values(1).size() >= before + LEVELS);
        }

        void switchTo(int member) {
            tandem.awaitStandbyReady(member);
            assertThat(tandem.pair().switchTo(member, "test")).isInstanceOf(OrderAnswer.Accepted.class);
            tandem.awaitServing(member);
            flow();
        }

        void requireInOrderWithoutDoubles() {
            for (int item = 1; item <= 2; item++) {
                assertThat(values(item)).isSorted().doesNotHaveDuplicates();
            }
        }

        void requireAll() {
            for (int item = 1; item <= 2; item++) {
                List<Long> values = values(item);
                assertThat(values)
                        .containsExactlyElementsOf(LongStream.rangeClosed(values.getFirst(), values.getLast())
                                .boxed()
                                .toList());
            }
        }

        @Override
        public void close() throws IOException {
            client.close();
            tandem.close();
            one.close();
            other.close();
        }
    }

    @Test
    @Requirement(
            value = {"S17", "I4", "I7"},
            protocol = Protocol.DA)
    void inHotModeEveryValueComesOnceAndInOrderWhateverSwitches() throws Exception {
        try (Run run = new Run(Mode.HOT)) {
            run.switchTo(1);
            run.switchTo(0);
            run.tandem.awaitStandbyReady(1);
            run.one.die();
            run.tandem.awaitServing(1);
            run.flow();
            run.one.comeBack();
            run.switchTo(0);
            run.tandem.awaitStandbyReady(1);
            run.one.server.faults().hang(true);
            run.tandem.awaitServing(1);
            run.flow();
            run.one.server.faults().hang(false);
            run.switchTo(0);

            run.requireInOrderWithoutDoubles();
            run.requireAll();
            assertThat(run.tandem.records(RecordKind.GAP)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"COLD", "WARM"})
    @Requirement(
            value = {"S17", "I7"},
            protocol = Protocol.DA)
    void inTheOtherModesNothingComesTwiceOrOutOfOrderAndTheGapIsTold(Mode mode) throws Exception {
        try (Run run = new Run(mode)) {
            if (mode == Mode.WARM) {
                run.tandem.awaitStandbyReady(1);
            }
            run.one.die();
            run.tandem.awaitServing(1);
            run.flow();
            run.one.comeBack();
            if (mode == Mode.WARM) {
                run.switchTo(0);
            }

            run.requireInOrderWithoutDoubles();
            assertThat(run.tandem.records(RecordKind.GAP)).isPositive();
        }
    }
}
