package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
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
import org.tandemopc.testkit.proxy.Fault;
import org.tandemopc.testkit.proxy.FaultProxy;

/** How often a server is connected to again: by many sessions, and one that comes and goes. */
@ExtendWith(Timelines.class)
@Timeout(300)
class ReconnectRateIT {
    private static final int CLIENTS = 50;
    /** Of client links to one member; Tandem's own link is not counted among them. */
    private static final int PER_SECOND_MAX = 20;
    /** A busy machine may move the connects of one second into the next; and Tandem's own link. */
    private static final int BUSY_SECOND_MAX = 2 * PER_SECOND_MAX + 1;

    private static final Duration SICK = Duration.ofSeconds(2);

    private static final int WAVES = 5;

    /** Counted at the network before the server. */
    @Test
    @Requirement(value = "S16", protocol = Protocol.UA)
    void aSickServerIsAskedByOneAndFiftySessionsReturnToItNotAllAtOnce() throws Exception {
        try (PairUnderTest pair = PairUnderTest.behindProxies(Mode.HOT, spec -> spec, "--no-rate-limit")) {
            pair.awaitReady();
            for (int i = 0; i < CLIENTS; i++) {
                pair.connect();
            }
            int active = pair.active();
            FaultProxy network = pair.proxy(active);
            Await.until("all are connected", PairUnderTest.LONG, () -> network.connections() == CLIENTS + 1);
            pair.awaitReady();
            int before = network.acceptances().size();
            network.set(Fault.Door.RESET);
            network.strike(Fault.Strike.RESET);
            pair.awaitServing(1 - active);
            Await.until("it was asked for two seconds", PairUnderTest.LONG, () -> lasted(network, before, SICK));
            int sick = network.acceptances().size();
            network.set(Fault.Door.OPEN);
            Await.until("all are back", PairUnderTest.LONG, () -> network.connections() == CLIENTS + 1);
            pair.awaitReady();

            List<Long> all = network.acceptances();
            List<Long> back = all.subList(sick, all.size());
            System.out.printf(
                    "RECONNECTS %d while sick, %d when well, at most %d in a second%n",
                    sick - before, back.size(), mostInASecond(back));
            assertThat(sick - before)
                    .as("connects while the server is sick: at first some, then one now and then")
                    .isLessThanOrEqualTo(BUSY_SECOND_MAX);
            assertThat(mostInASecond(back)).isLessThanOrEqualTo(BUSY_SECOND_MAX);
        }
    }

    private static boolean lasted(FaultProxy network, int before, Duration time) {
        List<Long> all = network.acceptances();
        return all.size() > before && all.getLast() - all.get(before) > time.toNanos();
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

    /**
     * The preferred server is gone each time as soon as it could be returned to, or is: left, returned to, left, and then no
     * more. No wave is worse: a quicker one is never returned to, a slower one comes less often.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Requirement(
            value = {"S15", "I10", "GEN-6"},
            protocol = Protocol.UA)
    void aPrimaryThatComesAndGoesIsSoonNotReturnedTo(boolean damped) throws Exception {
        try (PairUnderTest pair = flapping()) {
            StreamClient client = pair.connect();
            client.watchCounters(0, 2, StreamClient.Subscribing.NORMAL);
            client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
            pair.awaitReady();
            for (int wave = 0; wave < WAVES; wave++) {
                cut(pair);
                Await.until(
                        "it is noticed",
                        PairUnderTest.LONG,
                        () -> pair.tandem().status(PairUnderTest.NAME, "ready").charAt(0) == '0');
                pair.awaitServing(1);
                pair.proxy(0).set(Fault.Door.OPEN);
                if (!damped) {
                    pair.tandem().command("reset " + PairUnderTest.NAME);
                }
                if (!damped || wave == 0) {
                    pair.awaitServing(0);
                }
                pair.awaitReady();
            }
            client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);

            if (damped) {
                assertThat(switches(pair)).isEqualTo(3);
                assertThat(pair.tandem().records(PairUnderTest.NAME, "DAMPED")).hasSize(1);
            } else {
                assertThat(switches(pair)).as("control").isEqualTo(2 * WAVES);
            }
            Unnoticed.values(client, PairUnderTest.PERIOD_MS);
        }
    }

    private static PairUnderTest flapping() {
        PairUnderTest pair = PairUnderTest.behindProxies(Mode.HOT, PairSpec::withFailback, "--no-rate-limit");
        pair.awaitServing(0);
        pair.awaitReady();
        return pair;
    }

    private static void cut(PairUnderTest pair) {
        pair.proxy(0).set(Fault.Door.REFUSE);
        pair.proxy(0).strike(Fault.Strike.RESET);
    }

    private static int switches(PairUnderTest pair) {
        return pair.tandem().records(PairUnderTest.NAME, "PROMOTED").size();
    }
}
