package org.tandemopc.it.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.simulator.da.DaFaults;
import org.tandemopc.simulator.da.DaSimulatedServer;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.proxy.Fault;

/**
 * Writes of all kinds without a pause while the connections to the active member are cut between the doing and the answer, again and
 * again. {@code -Dcuts=500} asks for so many cuts in each mode, with 20 writes for each at least.
 */
@Timeout(3600)
class DaWritesIT {
    private static final int CUTS = Integer.getInteger("cuts", 5);
    private static final int WRITES_PER_CUT = 20;
    /** Answers wait so long after the work was done: time enough to cut in between. */
    private static final Duration BETWEEN = Duration.ofMillis(300);

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(
            value = {"S3", "S4", "I1", "I2", "I3", "GAP-10"},
            protocol = Protocol.DA)
    void nothingIsDoneTwiceOrSaidToBeDoneWithoutBeing(Mode mode) throws Exception {
        try (DaPair pair = new DaPair(mode);
                DaWatcher client = new DaWatcher(pair.front(), 1_000)) {
            for (int i = 1; i <= CUTS; i++) {
                cut(pair, client);
                long wanted = client.ended() + WRITES_PER_CUT;
                Await.until("more writes", PATIENCE, () -> client.ended() >= wanted);
            }
            client.stop();
            Await.until(
                    "everything ended",
                    PATIENCE,
                    () -> client.ended() == client.writes().size());

            List<String> ledger = new ArrayList<>(pair.server(0).ledger().lines());
            ledger.addAll(pair.server(1).ledger().lines());
            Map<Integer, Integer> done = DaVerdict.done(ledger);
            long doneAndUnknown = client.writes().stream()
                    .filter(one -> isUnknown(one) && done.containsKey(one.number()))
                    .count();
            System.out.printf(
                    Locale.ROOT,
                    "DA WRITES %s: %d cuts, %d writes, of unknown outcome %d, done of those %d%n",
                    mode,
                    CUTS,
                    client.writes().size(),
                    unknown(client),
                    doneAndUnknown);
            assertThat(client.errors()).isEmpty();
            assertThat(DaVerdict.ofWrites(client.writes(), done)).isEmpty();
            assertThat(doneAndUnknown).as("unknown outcomes that were done").isPositive();
        }
    }

    /** Cuts when a write has been done and its answer waits; nobody gets in any more either, so that the pair leaves the member. */
    private static void cut(DaPair pair, DaWatcher client) {
        int active = pair.active();
        DaSimulatedServer server = pair.server(active);
        server.faults().delay(DaFaults.Kind.WRITE, BETWEEN);
        // those before may be answered at once
        int first = client.nextNumber();
        Await.until(
                "a write is done that is not answered yet",
                PATIENCE,
                () -> client.isWaitingForAnyOf(
                        DaVerdict.done(server.ledger().lines()).keySet(), first));
        pair.proxy(active).set(Fault.Door.REFUSE);
        pair.proxy(active).strike(Fault.Strike.RESET);
        server.faults().delay(DaFaults.Kind.WRITE, Duration.ZERO);
        pair.awaitServing(1 - active);
        pair.proxy(active).heal();
        pair.forgetFaults();
        pair.awaitStandbyReady(active);
    }

    private static boolean isUnknown(DaWatcher.Written write) {
        return write.error().orElse(HResult.S_OK) == HResult.CALL_FAILED;
    }

    private static long unknown(DaWatcher client) {
        return client.writes().stream().filter(DaWritesIT::isUnknown).count();
    }
}
