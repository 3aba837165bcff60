package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.Sample;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.client.StreamVerdict;
import org.tandemopc.it.client.Unnoticed;
import org.tandemopc.it.node.NodeServer;
import org.tandemopc.it.pair.Fault;
import org.tandemopc.it.pair.PairSpec;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.Security;
import org.tandemopc.it.pair.TandemProcess;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.MemberProcess;
import org.tandemopc.testkit.process.ServerProcess;

/**
 * Servers on an independent stack. Such a server may leave out ticks when the machine is busy: it writes down those that it
 * emits, and losses are judged by that.
 */
@Timeout(240)
class NodeServersIT {
    private static final int ITEMS = 5;
    /** Each of them is a subscription with all items. */
    private static final List<Integer> PUBLISHING_MS = List.of(100, 100, 200, 200, 350, 350, 500, 500, 1000, 1000);

    private static final String PAIR = PairUnderTest.NAME;

    /** A node-opcua server and a simulated one; the former is struck while it is active, in hot mode it is the primary. */
    @ParameterizedTest
    @CsvSource({"COLD, NONE", "WARM, SECURED", "HOT, NONE"})
    @Requirement(
            value = {"SYS-7", "CON-7", "MODE-C5", "MODE-W3", "MODE-H3", "S7", "S8", "I1", "I4", "I7"},
            protocol = Protocol.UA)
    void aPairOfTwoUnrelatedServersIsOneServer(Mode mode, Security security) throws Exception {
        try (NodeServer node = NodeServer.launchOnly(ITEMS, PairUnderTest.PERIOD_MS, security);
                ServerProcess milo = ServerProcess.start("A", security.ofSimulator())) {
            node.awaitReady();
            List<MemberProcess> members = mode == Mode.HOT ? List.of(node, milo) : List.of(milo, node);
            strikeInTurn(mode, security, members, List.of(node), faults(security));
        }
    }

    /** Two of the same make, which are struck in turn. */
    @ParameterizedTest
    @EnumSource
    @Requirement(
            value = {"SYS-7", "CON-7", "MODE-C5", "MODE-W3", "MODE-H3", "S7", "S8", "I1", "I4", "I7"},
            protocol = Protocol.UA)
    void aPairOfTwoNodeOpcuaServersIsOneServer(Mode mode) throws Exception {
        try (NodeServer one = NodeServer.launchOnly(ITEMS, PairUnderTest.PERIOD_MS, Security.NONE);
                NodeServer other = NodeServer.launchOnly(ITEMS, PairUnderTest.PERIOD_MS, Security.NONE)) {
            one.awaitReady();
            other.awaitReady();
            strikeInTurn(mode, Security.NONE, List.of(one, other), List.of(one, other), List.of(Fault.values()));
        }
    }

    private static List<Fault> faults(Security security) {
        return security == Security.NONE ? List.of(Fault.values()) : List.of(Fault.KILL, Fault.FREEZE);
    }

    /** @param struck those of the members that have faults, each one while it is active */
    private static void strikeInTurn(
            Mode mode, Security security, List<MemberProcess> members, List<NodeServer> struck, List<Fault> strikes)
            throws Exception {
        PairSpec spec =
                PairSpec.of(PAIR, mode, members.get(0).url(), members.get(1).url());
        try (TandemProcess tandem = TandemProcess.start(security.of(spec));
                StreamClient client = connect(tandem, security)) {
            for (int publishingMs : PUBLISHING_MS) {
                client.watchCounters(0, ITEMS, new StreamClient.Subscribing(publishingMs, 0, 500));
            }
            client.keepReading(Duration.ofMillis(20));
            client.keepWriting("static/0", Duration.ofMillis(20));
            client.keepCalling("c", Duration.ofMillis(20));
            awaitSamples(client::fewestSamples);
            List<Long> faults = new ArrayList<>();
            for (Fault fault : strikes) {
                awaitBoth(tandem, mode);
                int active = (int) tandem.figure(PAIR, "active");
                if (!struck.contains(members.get(active))) {
                    faults.add(System.nanoTime());
                    tandem.command("switch " + PAIR + " " + (1 - active));
                    tandem.awaitServing(PAIR, 1 - active, PairUnderTest.LONG);
                    active = 1 - active;
                    awaitBoth(tandem, mode);
                }
                faults.add(System.nanoTime());
                fault.strike(members.get(active), 0);
                tandem.awaitServing(PAIR, 1 - active, PairUnderTest.LONG);
                awaitSamples(client::fewestSamples);
                fault.heal(members.get(active));
            }
            awaitSamples(client::fewestSamples);
            client.stopWorking();

            Set<Long> emitted = new TreeSet<>();
            struck.forEach(server -> emitted.addAll(server.emittedTicks()));
            judge(client.streams(), mode, emitted);
            assertThat(client.events()).isEmpty();
            Unnoticed.operations(
                    client, faults, members.stream().map(MemberProcess::ledger).toList());
            assertThat(members)
                    .as("control: all were written to")
                    .noneMatch(member -> member.ledger().isEmpty());
        }
    }

    private static void judge(Map<String, List<Sample>> streams, Mode mode, Set<Long> emitted) {
        assertThat(streams).hasSize(PUBLISHING_MS.size() * ITEMS);
        streams.forEach((item, samples) -> {
            StreamVerdict verdict = StreamVerdict.of(samples, PairUnderTest.PERIOD_MS);
            String what = item + " " + verdict;
            assertThat(verdict.doubled() + verdict.backwards() + verdict.wrongTime() + verdict.notGood())
                    .as(what)
                    .isZero();
            assertThat(verdict.lostUnmarked()).as(what).isZero();
            if (mode != Mode.COLD) {
                assertThat(missing(samples, emitted)).as(what).isEmpty();
            }
        });
    }

    /** What a server emitted between the first and the last value that came, and did not come. */
    private static Set<Long> missing(List<Sample> samples, Set<Long> emitted) {
        Set<Long> came = new HashSet<>();
        samples.stream().filter(Sample::hasTick).forEach(sample -> came.add(sample.tick()));
        Set<Long> missing = new TreeSet<>(emitted);
        missing.removeIf(tick ->
                tick < samples.getFirst().tick() || tick > samples.getLast().tick());
        assertThat(missing).as("control: ticks that were emitted meanwhile").hasSizeGreaterThan(50);
        missing.removeAll(came);
        return missing;
    }

    private static void awaitBoth(TandemProcess tandem, Mode mode) {
        if (mode != Mode.COLD) {
            Await.until(
                    "both are ready",
                    PairUnderTest.LONG,
                    () -> tandem.status(PAIR, "ready").equals("11"));
        }
    }

    /** Whichever server answered first on a busy machine. */
    private static StreamClient connect(TandemProcess tandem, Security security) throws Exception {
        tandem.awaitPhase(PAIR, "serving", PairUnderTest.LONG);
        return security.connect(tandem.url(PAIR));
    }

    private static void awaitSamples(IntSupplier fewest) {
        int seen = fewest.getAsInt();
        Await.until("20 samples more", PairUnderTest.LONG, () -> fewest.getAsInt() >= seen + 20);
    }
}
