package org.tandemopc.relay.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.opcda.IOPCGroupStateMgt.StateChange;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** In hot mode a client need not wait until the pair knows what is wrong with the active member. */
@Timeout(180)
class HotLeadTest {
    /** Until it is known how members usually speak. */
    private static final int LEARNED = 20;

    private static final int SOME = 20;
    private static final int FEW = 5;

    @TempDir
    Path folder;

    private final class Run implements AutoCloseable {
        final SimulatedMember one;
        final SimulatedMember other;
        final TestTandem tandem;
        final CounterClient client;

        Run(int tickMs) throws Exception {
            one = SimulatedMember.ticking("127.0.0.2", tickMs);
            other = SimulatedMember.ticking("127.0.0.3", tickMs);
            tandem = new TestTandem(Mode.HOT, folder, List.of(one.config(), other.config()), account -> true);
            tandem.awaitServing(0);
            client = new CounterClient(tandem.host());
            tandem.awaitStandbyReady(1);
            client.flow(LEARNED);
        }

        long switches() {
            return tandem.records(RecordKind.PROMOTED) + tandem.records(RecordKind.STATUS_LOST);
        }

        void requireServingFromTheBeginning(long switchesBefore) {
            assertThat(tandem.pair().snapshot().active()).isZero();
            assertThat(switches()).isEqualTo(switchesBefore);
        }

        @Override
        public void close() throws IOException {
            client.close();
            tandem.close();
            one.close();
            other.close();
        }
    }

    /** The members answer for their status, so that nobody decides anything: all that flows, flows by itself. */
    @Test
    @Requirement(
            value = {"S7", "S8", "S17", "I7"},
            protocol = Protocol.DA)
    void valuesFlowThoughTheActiveIsMuteAndNothingIsDecided() throws Exception {
        try (Run run = new Run(100)) {
            long before = run.switches();
            run.one.faults().mute(true);
            run.client.flow(SOME);
            run.one.faults().mute(false);
            run.client.flow(SOME);
            run.other.faults().mute(true);
            run.client.flow(SOME);
            run.other.faults().mute(false);
            run.client.flow(SOME);
            run.one.faults().mute(true);
            run.client.flow(SOME);

            run.requireServingFromTheBeginning(before);
            run.client.requireAll();
        }
    }

    /** Hangs that end before and after the decision, and a death. */
    @Test
    @Requirement(
            value = {"S7", "S8", "S17", "I4", "I7"},
            protocol = Protocol.DA)
    void whateverHappensToTheActiveNothingIsLostDoubledOrOutOfOrder() throws Exception {
        try (Run run = new Run(100)) {
            run.one.faults().hang(true);
            run.client.flow(FEW);
            run.one.faults().hang(false);
            run.tandem.awaitServing(run.tandem.pair().snapshot().active());
            run.client.flow(SOME);
            run.one.faults().hang(true);
            run.tandem.awaitServing(1);
            run.client.flow(SOME);
            run.one.faults().hang(false);
            run.tandem.awaitStandbyReady(0);
            run.client.flow(LEARNED);
            run.other.die();
            run.tandem.awaitServing(0);
            run.client.flow(SOME);

            run.client.requireAll();
            assertThat(run.tandem.records(RecordKind.GAP)).isZero();
        }
    }

    /** Ticks come faster than this machine schedules: some are shown by one member alone, and none may come late or twice. */
    @Test
    @Requirement(
            value = {"S8", "S17", "I7"},
            protocol = Protocol.DA)
    void stallsOfAnActiveThatTicksEach10MsShowTheClientNothing() throws Exception {
        try (Run run = new Run(10);
                TestClient direct = new TestClient(run.other.host(), Logins.account(), run.other.clsid())) {
            var unused = run.client.group.state.setState(rate(10));
            TestClient.Group witness = direct.group("Witness", 1);
            witness.add("counter.0");
            var unusedRate = witness.state.setState(rate(10));
            witness.advise();
            run.client.flow(LEARNED);
            for (int stall = 0; stall < SOME; stall++) {
                run.one.faults().mute(true);
                int seen = witness.told.size();
                Await.until("some ticks", Rig.PATIENCE, () -> witness.told.size() >= seen + FEW);
                run.one.faults().mute(false);
                run.client.flow(FEW);
            }
            run.one.faults().hang(true);
            run.tandem.awaitServing(1);
            run.client.flow(SOME);

            run.client.requireInOrder();
        }
    }

    private static StateChange rate(long ms) {
        return new StateChange(
                Optional.of(ms),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
