package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.ClientEvent;
import org.tandemopc.it.client.LedgerCheck;
import org.tandemopc.it.client.Operation;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.client.StreamVerdict;
import org.tandemopc.it.node.NodeClient;
import org.tandemopc.it.pair.Fault;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.Security;
import org.tandemopc.it.pair.Timelines;
import org.tandemopc.it.wire.WireTap;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.LedgerEntry;
import org.tandemopc.testkit.proxy.Fault.Strike;

/**
 * The network between a client and Tandem fails, alone and while the members are switched. The client's own stack comes
 * back, takes over what it had, and asks for the messages that were lost on the way: nothing is missing and nothing comes
 * twice.
 */
@ExtendWith(Timelines.class)
@Timeout(240)
class ReconnectIT {
    private static final int ITEMS = 5;
    /** Longer than any of the breaks. */
    private static final int QUEUE_SIZE = 500;
    /** Half of the connections that are broken are noticed by silence only. */
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    @Test
    @Requirement(
            value = {"CON-7", "S13", "S17", "S20", "I1", "I4", "I7"},
            protocol = Protocol.UA)
    void aMiloClientTakesBackWhatItHad() throws Exception {
        try (PairUnderTest pair = PairUnderTest.start(Mode.HOT);
                StreamClient client = StreamClient.connect(
                        pair.url(),
                        config -> config.setKeepAliveInterval(uint(1000))
                                .setKeepAliveTimeout(uint((int) PATIENCE.toMillis()))
                                .setKeepAliveFailuresAllowed(uint(0))
                                .setRequestTimeout(uint((int) PATIENCE.toMillis())))) {
            client.watchCounters(0, ITEMS, new StreamClient.Subscribing(100, 0, QUEUE_SIZE));
            client.keepReading(Duration.ofMillis(50));
            client.keepWriting("static/0", Duration.ofMillis(50));
            client.keepCalling("c", Duration.ofMillis(50));
            breakInEveryWay(pair, client::fewestSamples);
            client.stopWorking();

            client.streams().forEach((item, samples) -> {
                StreamVerdict verdict = StreamVerdict.of(samples, PairUnderTest.PERIOD_MS);
                assertThat(verdict.isPerfect()).as(item + " " + verdict).isTrue();
            });
            assertThat(client.events())
                    .as("events at the client")
                    .extracting(ClientEvent::what)
                    .contains("session active again")
                    .noneMatch(what -> what.contains("subscription") || what.contains("lost"));
            judge(client.operations(), pair.ledgers());
        }
    }

    @Test
    @Requirement(
            value = {"CON-7", "S13", "S17", "S20", "I1", "I4", "I7"},
            protocol = Protocol.UA)
    void aNodeOpcuaClientTakesBackWhatItHad() throws Exception {
        try (PairUnderTest pair = PairUnderTest.start(Mode.HOT);
                NodeClient client =
                        NodeClient.connect(pair.url(), ITEMS, "node", Security.NONE, PATIENCE, List.of(100))) {
            breakInEveryWay(pair, client::fewestSamples);

            judge(pair, client.finish());
        }
    }

    /** It must prove anew who it is, on each new channel. What gets lost nobody can choose there. */
    @Test
    @Requirement(
            value = {"CON-1", "CON-7", "S13", "S17", "S20", "S32", "I1", "I4", "I7"},
            protocol = Protocol.UA)
    void aSecuredNodeOpcuaClientTakesBackWhatItHad() throws Exception {
        try (PairUnderTest pair = PairUnderTest.start(Mode.HOT, Security.SECURED::of, Security.SECURED.ofSimulator());
                NodeClient client =
                        NodeClient.connect(pair.url(), ITEMS, "node", Security.SECURED, PATIENCE, List.of(100))) {
            pair.awaitReady();
            awaitSamples(client::fewestSamples);
            breakOnce(pair, client::fewestSamples, Strike.RESET);
            breakDuringASwitch(pair, client::fewestSamples, Fault.KILL, Strike.CLOSE);
            breakDuringASwitch(pair, client::fewestSamples, Fault.FREEZE, Strike.HALF_OPEN);

            judge(pair, client.finish());
        }
    }

    private static void judge(PairUnderTest pair, NodeClient.Report report) {
        assertThat(report.events())
                .contains("connection_lost", "session_restored")
                .noneMatch(what -> what.contains("subscription") || what.contains("session_closed"));
        assertThat(report.streams())
                .hasSize(ITEMS)
                .allMatch(stream -> stream.lost() == 0
                        && stream.marked() + stream.doubled() + stream.backwards() + stream.notGood() == 0);
        judge(report.operations(), pair.ledgers());
    }

    private static void breakInEveryWay(PairUnderTest pair, IntSupplier samples) {
        WireTap tap = pair.tap();
        pair.awaitReady();
        awaitSamples(samples);
        for (Strike strike : Strike.values()) {
            breakOnce(pair, samples, strike);
        }

        int before = tap.connections();
        int asked = tap.republishes();
        tap.loseNextPublish();
        Await.until("a message is lost", PairUnderTest.LONG, tap::hasLost);
        tap.resume();
        awaitBack(pair, samples, before, "a lost message");
        assertThat(tap.republishes()).as("messages asked for again").isGreaterThan(asked);

        breakDuringASwitch(pair, samples, Fault.FREEZE, Strike.CLOSE);
        breakDuringASwitch(pair, samples, Fault.KILL, Strike.RESET);
        breakDuringASwitch(pair, samples, Fault.FREEZE, Strike.HALF_OPEN);
    }

    private static void breakOnce(PairUnderTest pair, IntSupplier samples, Strike strike) {
        int before = pair.tap().connections();
        pair.tap().strike(strike);
        awaitBack(pair, samples, before, strike.toString());
    }

    private static void breakDuringASwitch(PairUnderTest pair, IntSupplier samples, Fault fault, Strike strike) {
        pair.awaitReady();
        int before = pair.tap().connections();
        int active = pair.active();
        fault.strike(pair.server(active), 0);
        pair.tap().strike(strike);
        pair.awaitServing(1 - active);
        awaitBack(pair, samples, before, fault + " and " + strike);
        fault.heal(pair.server(active));
    }

    /** The client has made another connection, values come, and nothing of it is there twice. */
    private static void awaitBack(PairUnderTest pair, IntSupplier samples, int connectionsBefore, String what) {
        Await.until(
                "a new connection after " + what,
                PairUnderTest.LONG,
                () -> pair.tap().connections() > connectionsBefore);
        awaitSamples(samples);
        assertThat(pair.tandem().figure(PairUnderTest.NAME, "subscriptions"))
                .as(what)
                .isOne();
        assertThat(pair.tandem().figure(PairUnderTest.NAME, "items")).as(what).isEqualTo(ITEMS);
    }

    /** Whoever lost the connection knows nothing of what was under way: what is Good was done, and nothing twice. */
    private static void judge(Collection<Operation> operations, List<List<LedgerEntry>> ledgers) {
        List<Operation> asKnown = new ArrayList<>();
        for (Operation each : operations) {
            asKnown.add(
                    each.isGood()
                            ? each
                            : new Operation(
                                    each.kind(),
                                    each.startNanos(),
                                    each.endNanos(),
                                    each.token(),
                                    LedgerCheck.OUTCOME_UNKNOWN,
                                    each.detail()));
        }
        assertThat(LedgerCheck.faults(asKnown, ledgers)).isEmpty();
        assertThat(operations).filteredOn(Operation::isGood).hasSizeGreaterThan(100);
    }

    private static void awaitSamples(IntSupplier fewest) {
        int seen = fewest.getAsInt();
        Await.until("20 samples more", PairUnderTest.LONG, () -> fewest.getAsInt() >= seen + 20);
    }
}
