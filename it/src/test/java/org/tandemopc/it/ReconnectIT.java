package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.client.Unnoticed;
import org.tandemopc.it.pair.PairSpec;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.Timelines;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.ServerProcess;
import org.tandemopc.testkit.proxy.Fault;
import org.tandemopc.testkit.proxy.FaultProxy;

/** How a server is connected to again: by many sessions not all at once, and one that comes and goes not served from. */
@ExtendWith(Timelines.class)
@Timeout(300)
class ReconnectIT {
    private static final int CLIENTS = 50;
    /** Of client links to one member; Tandem's own link is not counted among them. */
    private static final int PER_SECOND_MAX = 20;
    /** Tandem's own link, and what a busy machine moves from one second into the next. */
    private static final int SLACK = 4;

    private static final int WAVES = 5;

    /** Counted at the network before the server: connects within any second. */
    @Test
    @Requirement(value = "S16", protocol = Protocol.UA)
    void fiftySessionsReturnToAServerNotAllAtOnce() throws Exception {
        try (PairUnderTest pair = PairUnderTest.behindProxies(Mode.HOT, spec -> spec, "--no-rate-limit")) {
            pair.awaitReady();
            for (int i = 0; i < CLIENTS; i++) {
                pair.connect();
            }
            int active = pair.active();
            FaultProxy network = pair.proxy(active);
            Await.until("all are connected", PairUnderTest.LONG, () -> network.connections() > CLIENTS);
            pair.awaitReady();
            int before = network.acceptances().size();
            network.strike(Fault.Strike.RESET);
            pair.awaitServing(1 - active);
            Await.until("all are back", PairUnderTest.LONG, () -> network.connections() > CLIENTS);
            pair.awaitReady();

            List<Long> again = network.acceptances();
            List<Long> connects = again.subList(before, again.size());
            System.out.println("RECONNECTS through Tandem: " + connects.size() + ", at most " + mostInASecond(connects)
                    + " in a second");
            assertThat(connects).as("one each, or hardly more").hasSizeBetween(CLIENTS + 1, CLIENTS + 10);
            assertThat(mostInASecond(connects)).isLessThanOrEqualTo(PER_SECOND_MAX + SLACK);
        }
    }

    /** Control: as many clients that go to the server themselves. */
    @Test
    @Requirement(value = "S16", protocol = Protocol.UA)
    void fiftyClientsWithoutTandemReturnAtOnce() throws Exception {
        List<StreamClient> clients = new ArrayList<>();
        try (ServerProcess server = ServerProcess.start("A", "--no-rate-limit");
                FaultProxy network = FaultProxy.before(server.port())) {
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(StreamClient.connect(network.url(server.url())));
            }
            int before = network.acceptances().size();
            network.strike(Fault.Strike.RESET);
            Await.until(
                    "all are back",
                    PairUnderTest.LONG,
                    () -> network.acceptances().size() >= before + CLIENTS && network.connections() >= CLIENTS);

            List<Long> again = network.acceptances();
            int most = mostInASecond(again.subList(before, again.size()));
            System.out.println("RECONNECTS without Tandem: at most " + most + " in a second");
            assertThat(most).isGreaterThan(PER_SECOND_MAX + SLACK);
            for (StreamClient client : clients) {
                client.close();
            }
        }
    }

    private static int mostInASecond(List<Long> nanos) {
        int most = 0;
        for (int first = 0; first < nanos.size(); first++) {
            int last = first;
            while (last < nanos.size() && nanos.get(last) - nanos.get(first) < 1_000_000_000L) {
                last++;
            }
            most = Math.max(most, last - first);
        }
        return most;
    }

    /** The preferred server is away for a second and there for some, again and again. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Requirement(
            value = {"S15", "I10", "GEN-6"},
            protocol = Protocol.UA)
    void aPrimaryThatComesAndGoesIsSoonNotReturnedTo(boolean damped) throws Exception {
        try (PairUnderTest pair = PairUnderTest.behindProxies(Mode.HOT, PairSpec::withFailback, "--no-rate-limit")) {
            pair.awaitServing(0);
            pair.awaitReady();
            StreamClient client = pair.connect();
            client.watchCounters(0, 2, StreamClient.Subscribing.NORMAL);
            FaultProxy network = pair.proxy(0);
            for (int i = 0; i < WAVES; i++) {
                network.set(Fault.Door.REFUSE);
                network.strike(Fault.Strike.RESET);
                awaitTime(Duration.ofSeconds(1));
                network.set(Fault.Door.OPEN);
                if (damped) {
                    awaitTime(Duration.ofSeconds(4));
                } else {
                    pair.tandem().command("reset " + PairUnderTest.NAME);
                    pair.awaitServing(0);
                    pair.awaitReady();
                }
            }
            client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
            client.stopWorking();

            int switches = pair.tandem().records(PairUnderTest.NAME, "PROMOTED").size();
            System.out.println("SQUARE WAVE " + WAVES + " times, " + (damped ? "damped" : "damping taken off each time")
                    + ": " + switches + " switches");
            if (damped) {
                assertThat(switches).isBetween(1, 3);
                assertThat(pair.tandem().records(PairUnderTest.NAME, "DAMPED")).isNotEmpty();
            } else {
                assertThat(switches).as("control").isGreaterThan(3);
            }
            Unnoticed.values(client, PairUnderTest.PERIOD_MS);
        }
    }

    private static void awaitTime(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        Await.until("time passes", PairUnderTest.LONG, () -> System.nanoTime() > end);
    }
}
