package org.tandemopc.relay.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCGroupStateMgt;
import org.tandemopc.opcda.OpcDataSource;
import org.tandemopc.opcda.OpcItemDef;
import org.tandemopc.opcda.Quality;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.simulator.da.DaFaults;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** What each mode does with the two servers of a pair, by the servers' own counts. */
@Timeout(60)
class ModesTest {
    /** Pauses that grew with each of them would have come to 16 s. */
    private static final int SHORT_CONNECTIONS = 12;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private MemberUnderTest one;

    @SuppressWarnings("NullAway.Init")
    private MemberUnderTest other;

    @BeforeEach
    void begin() throws IOException {
        one = new MemberUnderTest("127.0.0.2");
        other = new MemberUnderTest("127.0.0.3");
    }

    @AfterEach
    void end() {
        one.close();
        other.close();
    }

    private PairUnderTest serving(Mode mode) throws IOException {
        return PairUnderTest.serving(folder, PairUnderTest.Spec.of(mode, one, other));
    }

    private static Ints writes(CounterClient stream, int value) throws Exception {
        Ints handles = stream.addStored();
        assertThat(stream.group.io.write(handles, List.of(new Variant.I4(value))))
                .isEqualTo(Result.ok(Ints.of(0)));
        return handles;
    }

    // ---- cold

    /** Not a single connection, whatever the client does; the control: it comes when the primary is lost. */
    @Test
    @Requirement(
            value = {"CON-5", "GEN-9", "MODE-C1", "MODE-C8"},
            protocol = Protocol.DA)
    void coldLeavesTheStandbyAlone() throws Exception {
        try (Doorbell standby = new Doorbell("127.0.0.3");
                PairUnderTest pair = PairUnderTest.serving(
                        folder,
                        PairUnderTest.Spec.of(Mode.COLD, List.of(PairUnderTest.Spec.member(one), standby.section()))
                                .withStatus(50, 500));
                CounterClient stream = new CounterClient(pair.host())) {
            var unused = writes(stream, 5);
            stream.flow(10);
            assertThat(standby.rings()).isEmpty();
            assertThat(one.writes()).isEqualTo(1);

            one.die();
            Await.until("it is asked", Rig.PATIENCE, () -> !standby.rings().isEmpty());
        }
    }

    @Test
    @Requirement(
            value = {"MODE-C2", "MODE-C5", "MODE-C7"},
            protocol = Protocol.DA)
    void coldGoesToTheOtherAtALossAndNeverBackByItself() throws Exception {
        try (PairUnderTest pair = PairUnderTest.serving(
                        folder, PairUnderTest.Spec.of(Mode.COLD, one, other).withFailback(true));
                CounterClient stream = new CounterClient(pair.host())) {
            one.die();
            pair.awaitServing(1);
            stream.flow();
            one.comeBack();
            stream.flow(10);
            assertThat(pair.active()).isEqualTo(1);
            assertThat(one.server().connections()).isZero();

            other.die();
            pair.awaitServing(0);
            stream.flow();
            stream.requireInOrder();
        }
    }

    /** In turn, with a pause that grows, until one is there. */
    @Test
    @Requirement(value = "MODE-C3", protocol = Protocol.DA)
    void coldTriesOneAfterTheOtherUntilOneConnects() throws Exception {
        one.die();
        other.die();
        List<String> rings = new CopyOnWriteArrayList<>();
        String first = String.valueOf(one.port());
        String second = String.valueOf(other.port());
        Doorbell a = new Doorbell(one.host(), one.port(), rings);
        Doorbell b = new Doorbell(other.host(), other.port(), rings);
        long begun = System.nanoTime();
        try (PairUnderTest pair = new PairUnderTest(folder, PairUnderTest.Spec.of(Mode.COLD, one, other))) {
            Await.until("asked six times in " + rings, Rig.PATIENCE, () -> rings.size() >= 6);
            assertThat(rings.subList(0, 6)).containsExactly(first, second, first, second, first, second);
            // 0.5 s, then 1 s
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(1_400));

            b.close();
            other.comeBack();
            pair.awaitServing(1);
        } finally {
            a.close();
            b.close();
        }
    }

    /** Each connection is shorter than what counts as one; requests are held for 5 s. */
    @Test
    @Requirement(
            value = {"MODE-C5", "I11"},
            protocol = Protocol.DA)
    void coldKeepsNobodyWaitingThoughConnectionsWereShort() throws Exception {
        try (PairUnderTest pair = serving(Mode.COLD);
                CounterClient stream = new CounterClient(pair.host())) {
            Ints handles = writes(stream, 0);
            for (int i = 1; i <= SHORT_CONNECTIONS; i++) {
                MemberUnderTest active = i % 2 == 1 ? one : other;
                active.die();
                pair.awaitServing(i % 2);
                assertThat(stream.group.io.write(handles, List.of(new Variant.I4(i))))
                        .as("write " + i)
                        .isEqualTo(Result.ok(Ints.of(0)));
                active.comeBack();
            }
            assertThat(pair.records(RecordKind.PROMOTED)).hasSize(SHORT_CONNECTIONS);
            assertThat(pair.records(RecordKind.PROMOTED))
                    .allSatisfy(record -> assertThat(durationMs(record)).isLessThan(5_000));
        }
    }

    @Test
    @Requirement(value = "MODE-C4", protocol = Protocol.DA)
    void coldBringsGroupsItemsStatesAndCallbacksToTheNextActive() throws Exception {
        try (PairUnderTest pair = serving(Mode.COLD);
                CounterClient stream = new CounterClient(pair.host())) {
            Ints more = stream.add(OpcItemDef.of("counter.2", 61), OpcItemDef.of("static.0", 62));
            stream.group.items.setActiveState(Ints.of(more.at(0)), false);
            stream.group.items.setClientHandles(more, Ints.of(71, 72));
            stream.group.told.clear();
            stream.group.state.setState(new IOPCGroupStateMgt.StateChange(
                    Optional.of(50L),
                    Optional.empty(),
                    Optional.of(60),
                    Optional.of(3f),
                    Optional.of(0x409),
                    Optional.of(77)));
            stream.client.group("Empty", 8);
            IOPCGroupStateMgt.GroupState before = stream.group.state.getState().value();

            one.die();
            pair.awaitServing(1);
            stream.flow();

            assertThat(other.server().groups()).isEqualTo(2);
            assertThat(other.server().items()).isEqualTo(4);
            assertThat(other.server().sinks())
                    .as("of the group, and of the control link")
                    .isEqualTo(2);
            assertThat(stream.group.state.getState().value()).isEqualTo(before);
            assertThat(stream.group.io.read(OpcDataSource.DEVICE, more).value().values())
                    .extracting(item -> item.clientHandle())
                    .containsExactly(71, 72);
            assertThat(stream.group.told).noneMatch(line -> line.startsWith("71="));
            assertThat(stream.group.io.write(Ints.of(more.at(1)), List.of(new Variant.I4(9))))
                    .isEqualTo(Result.ok(Ints.of(0)));
            Await.until(
                    "told by the new active",
                    Rig.PATIENCE,
                    () -> stream.group.told.contains("72=" + new Variant.I4(9) + " C0"));
        }
    }

    /** What the switch takes is all of what it has to do, and no value is made up for it. */
    @Test
    @Requirement(
            value = {"MODE-C6", "LIM-6"},
            protocol = Protocol.DA)
    void coldTellsNothingWhileItSubscribesAnewAndSaysHowLongItTook() throws Exception {
        try (PairUnderTest pair = serving(Mode.COLD);
                CounterClient stream = new CounterClient(pair.host())) {
            other.faults().delay(DaFaults.Kind.GROUPS, Duration.ofMillis(300));
            // its own first values are not to come before we have looked
            other.faults().mute(true);
            one.die();
            pair.awaitPhase("switching");
            int before = stream.group.told.size();
            Await.until("groups are made", Rig.PATIENCE, () -> other.server().groups() == 1);
            assertThat(stream.group.told).hasSize(before);
            other.faults().mute(false);
            pair.awaitServing(1);
            stream.flow();

            stream.requireInOrder();
            assertThat(durationMs(pair)).isGreaterThanOrEqualTo(300);
            assertThat(pair.records(RecordKind.GAP)).isNotEmpty();
        }
    }

    private static long durationMs(PairUnderTest pair) {
        return durationMs(pair.records(RecordKind.PROMOTED).getLast());
    }

    private static long durationMs(PairRecord promoted) {
        return ((Number) promoted.fields().getOrDefault("durationMs", -1L)).longValue();
    }

    // ---- warm

    @Test
    @Requirement(
            value = {"MODE-W1", "MODE-W2", "MODE-W4"},
            protocol = Protocol.DA)
    void warmHasTheGroupsOnBothAndDataAndWritesOfTheActiveAlone() throws Exception {
        try (PairUnderTest pair = serving(Mode.WARM)) {
            other.faults().quality("*", Optional.of(Quality.COMM_FAILURE));
            try (CounterClient stream = new CounterClient(pair.host())) {
                var unused = writes(stream, 5);
                pair.awaitReady(1);
                Await.until("items", Rig.PATIENCE, () -> other.server().items() == 3);
                stream.flow();

                assertThat(other.server().groups()).isEqualTo(1);
                assertThat(other.server().sinks())
                        .as("of the control link alone")
                        .isEqualTo(1);
                assertThat(one.server().sinks()).isEqualTo(2);
                assertThat(stream.group.told).allMatch(line -> line.endsWith(" C0"));
                assertThat(one.writes()).isEqualTo(1);
                assertThat(other.writes()).isZero();
                assertThat(snapshotConnected(pair)).containsExactly(true, true);
            }
        }
    }

    private static List<Boolean> snapshotConnected(PairUnderTest pair) {
        return pair.snapshot().members().stream()
                .map(member -> member.isConnected())
                .toList();
    }

    /** A server that takes 3 s for each call about groups does not delay it: there is nothing left to be made. */
    @Test
    @Requirement(
            value = {"MODE-W3", "MODE-W8"},
            protocol = Protocol.DA)
    void warmHasOnlyTheCallbacksToBeginAtALoss() throws Exception {
        try (PairUnderTest pair = serving(Mode.WARM);
                CounterClient stream = new CounterClient(pair.host())) {
            pair.awaitReady(1);
            int clients = other.server().clients();
            other.faults().delay(DaFaults.Kind.GROUPS, Duration.ofSeconds(3));
            one.die();
            pair.awaitServing(1);
            stream.flow();

            assertThat(durationMs(pair)).isLessThan(3_000);
            assertThat(other.server().sinks()).isEqualTo(2);
            assertThat(other.server().clients()).isEqualTo(clients);
            stream.requireInOrder();
        }
    }

    @ParameterizedTest
    @CsvSource({"WARM, 0", "WARM, 1", "HOT, 0", "HOT, 1"})
    @Requirement(
            value = {"MODE-W6", "GEN-2"},
            protocol = Protocol.DA)
    void theOnlyMemberThatCanBeReachedIsTheActiveOne(Mode mode, int reachable) throws Exception {
        (reachable == 0 ? other : one).die();
        try (PairUnderTest pair = new PairUnderTest(folder, PairUnderTest.Spec.of(mode, one, other))) {
            pair.awaitServing(reachable);
            try (CounterClient stream = new CounterClient(pair.host())) {
                stream.requireInOrder();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"WARM", "HOT"})
    @Requirement(
            value = {"MODE-ALL3", "MODE-W5", "MODE-H5"},
            protocol = Protocol.DA)
    void theLossOfTheStandbyDisturbsNobodyAndItIsConnectedAgain(Mode mode) throws Exception {
        try (PairUnderTest pair = serving(mode);
                CounterClient stream = new CounterClient(pair.host())) {
            pair.awaitReady(1);
            long epoch = pair.snapshot().epoch();
            other.die();
            pair.awaitRecords(RecordKind.STATUS_LOST, 1);
            pair.awaitRecords(RecordKind.CONNECT_FAILED, 1);
            stream.flow();
            other.comeBack();
            pair.awaitReady(1);
            stream.flow();

            assertThat(pair.snapshot().epoch()).isEqualTo(epoch);
            assertThat(pair.isServing(0)).isTrue();
            assertThat(pair.records(RecordKind.PROMOTED)).isEmpty();
            stream.requireAll();
        }
    }

    /** The same loss and return; what is done is a setting. */
    @ParameterizedTest
    @CsvSource({"WARM, true", "WARM, false", "HOT, true", "HOT, false"})
    @Requirement(
            value = {"CON-6", "GEN-6", "MODE-W7", "MODE-H5"},
            protocol = Protocol.DA)
    void theReturnOfThePrimaryIsFollowedIfTheSettingsSaySo(Mode mode, boolean failback) throws Exception {
        try (PairUnderTest pair = PairUnderTest.serving(
                        folder, PairUnderTest.Spec.of(mode, one, other).withFailback(failback));
                CounterClient stream = new CounterClient(pair.host())) {
            one.die();
            pair.awaitServing(1);
            one.comeBack();
            if (failback) {
                pair.awaitServing(0);
                assertThat(pair.records(RecordKind.PROMOTED).getLast().fields()).containsEntry("cause", "FAILBACK");
            } else {
                pair.awaitReady(0);
                stream.flow(10);
                assertThat(pair.isServing(1)).isTrue();
                assertThat(pair.records(RecordKind.PROMOTED)).hasSize(1);
            }
            stream.flow();
            stream.requireInOrder();
        }
    }

    // ---- hot

    @Test
    @Requirement(
            value = {"MODE-H1", "MODE-H2", "MODE-H6"},
            protocol = Protocol.DA)
    void hotIsToldByBothAndTellsTheClientOnce() throws Exception {
        try (PairUnderTest pair = serving(Mode.HOT);
                CounterClient stream = new CounterClient(pair.host())) {
            pair.awaitReady(1);
            Await.until("told by both", Rig.PATIENCE, () -> other.server().sinks() == 2);
            stream.flow(10);

            assertThat(one.server().sinks()).isEqualTo(2);
            assertThat(other.server().items()).isEqualTo(one.server().items());
            assertThat(other.server().groups()).isEqualTo(one.server().groups());
            stream.requireInOrder();
        }
    }

    /** Nothing is made, and nothing lost: what the standby told meanwhile is delivered. */
    @Test
    @Requirement(value = "MODE-H3", protocol = Protocol.DA)
    void hotGoesOnWithWhatTheStandbyHasToldMeanwhile() throws Exception {
        try (PairUnderTest pair = serving(Mode.HOT);
                CounterClient stream = new CounterClient(pair.host())) {
            pair.awaitReady(1);
            Await.until("told by both", Rig.PATIENCE, () -> other.server().sinks() == 2);
            stream.flow();
            other.faults().delay(DaFaults.Kind.GROUPS, Duration.ofSeconds(3));
            one.faults().hang(true);
            pair.awaitServing(1);
            stream.flow();

            assertThat(durationMs(pair)).isLessThan(3_000);
            stream.requireAll();
            assertThat(pair.records(RecordKind.GAP)).isEmpty();
        }
    }

    /** Each is carried out once, by the member that is active; those that come during a switch wait for the next one. */
    @ParameterizedTest
    @EnumSource(names = {"WARM", "HOT"})
    @Requirement(
            value = {"MODE-H4", "MODE-W4"},
            protocol = Protocol.DA)
    void writesGoToTheActiveAlone(Mode mode) throws Exception {
        try (PairUnderTest pair = serving(mode);
                CounterClient stream = new CounterClient(pair.host())) {
            Ints handles = writes(stream, 0);
            int written = 1;
            for (int round = 1; round <= 4; round++) {
                int active = round % 2;
                pair.awaitReady(active);
                pair.switchTo(active);
                MemberUnderTest serves = active == 0 ? one : other;
                MemberUnderTest waits = active == 0 ? other : one;
                long there = serves.writes();
                long elsewhere = waits.writes();
                for (int i = 0; i < 10; i++) {
                    written++;
                    assertThat(stream.group.io.write(handles, List.of(new Variant.I4(written))))
                            .isEqualTo(Result.ok(Ints.of(0)));
                }
                assertThat(serves.writes()).isEqualTo(there + 10);
                assertThat(waits.writes()).isEqualTo(elsewhere);
            }
        }
    }

    // ---- all

    /** With a server whose calls about groups take half a second each: only cold needs them for a switch. */
    @Test
    @Requirement(
            value = {"MODE-ALL4", "MODE-W8"},
            protocol = Protocol.DA)
    void theModeDecidesHowLongASwitchTakes() throws Exception {
        long cold = switchMs(Mode.COLD);
        long warm = switchMs(Mode.WARM);
        long hot = switchMs(Mode.HOT);

        assertThat(cold).isGreaterThanOrEqualTo(500);
        assertThat(warm).isLessThan(500);
        assertThat(hot).isLessThan(500);
    }

    private long switchMs(Mode mode) throws Exception {
        try (PairUnderTest pair =
                        PairUnderTest.serving(folder.resolve(mode.name()), PairUnderTest.Spec.of(mode, one, other));
                CounterClient stream = new CounterClient(pair.host())) {
            if (mode != Mode.COLD) {
                pair.awaitReady(1);
            }
            other.faults().delay(DaFaults.Kind.GROUPS, Duration.ofMillis(500));
            one.die();
            pair.awaitServing(1);
            stream.flow();
            return durationMs(pair);
        } finally {
            other.faults().delay(DaFaults.Kind.GROUPS, Duration.ZERO);
            one.comeBack();
        }
    }

    /** Whatever happens and in whatever order, who serves follows from settings and health alone. */
    @ParameterizedTest
    @CsvSource({"WARM, 1", "HOT, 2"})
    @Requirement(value = "CON-4", protocol = Protocol.DA)
    void whoIsActiveFollowsFromSettingsAndHealth(Mode mode, long seed) throws Exception {
        Random random = new Random(seed);
        boolean[] isUp = {true, true};
        try (PairUnderTest pair = serving(mode)) {
            int active = 0;
            for (int step = 0; step < 6; step++) {
                int struck = random.nextInt(2);
                MemberUnderTest member = struck == 0 ? one : other;
                if (isUp[struck]) {
                    member.die();
                } else {
                    member.comeBack();
                }
                isUp[struck] = !isUp[struck];
                if (!isUp[0] && !isUp[1]) {
                    pair.awaitPhase("stranded");
                    continue;
                }
                if (!isUp[active]) {
                    active = 1 - active;
                }
                pair.awaitServing(active);
                if (isUp[0] && isUp[1]) {
                    pair.awaitReady(1 - active);
                    assertThat(pair.isServing(active)).as("seed " + seed).isTrue();
                }
            }
        }
    }
}
