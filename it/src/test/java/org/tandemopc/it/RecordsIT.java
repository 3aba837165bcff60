package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.record.RecordTexts;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.pair.PairSpec;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.TandemProcess;
import org.tandemopc.it.pair.TandemRecord;
import org.tandemopc.it.pair.Timelines;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.ServerProcess;
import org.tandemopc.testkit.proxy.Fault;
import org.tandemopc.testkit.proxy.FaultProxy;

/** Real servers fail in every way; the records say what happened, once, in the manual's words. */
@ExtendWith(Timelines.class)
@Timeout(300)
class RecordsIT {
    private static final String PAIR = PairUnderTest.NAME;
    private static final String CLIENT = "HMI 3";

    /**
     * A fault of the active server.
     *
     * @param evidence pattern of the evidence that the record must give
     * @param awaited kinds of record that the fault must bring before it is healed
     * @param texts what else must be recorded of the member, once each
     */
    private record Case(
            LossCause cause,
            String evidence,
            List<String> awaited,
            Consumer<ServerProcess> strike,
            Consumer<ServerProcess> heal,
            BiConsumer<Texts, Integer> texts) {}

    /** Gathers the texts that a case expects. */
    private record Texts(List<TandemRecord> found, PairUnderTest pair) {
        void once(String text) {
            assertThat(found).as(text).extracting(TandemRecord::text).containsOnlyOnce(text);
        }

        void never(String text) {
            assertThat(found).extracting(TandemRecord::text).doesNotContain(text);
        }

        String machine(int member) {
            return pair.server(member).url();
        }
    }

    private static final List<Case> CASES = List.of(
            new Case(
                    LossCause.CONNECTION_CLOSED,
                    ".+",
                    List.of("CONNECT_FAILED"),
                    ServerProcess::kill,
                    ServerProcess::restart,
                    (texts, dead) -> {
                        texts.once(RecordTexts.statusLost(PAIR, dead, texts.machine(dead)));
                        assertThat(texts.found())
                                .filteredOn(r -> r.kind().equals("CONNECT_FAILED"))
                                .singleElement()
                                .satisfies(r -> assertThat(r.text())
                                        .matches(
                                                "Failed to connect to 'plant' on %s machine '%s' \\(Error = 0x[0-9A-F]{8}\\)\\."
                                                        .formatted(RecordTexts.role(dead), texts.machine(dead))));
                    }),
            new Case(
                    LossCause.NO_ANSWER,
                    "no answer within \\d+ ms",
                    List.of(),
                    ServerProcess::freeze,
                    ServerProcess::thaw,
                    (texts, dead) -> texts.once(RecordTexts.statusLost(PAIR, dead, texts.machine(dead)))),
            new Case(
                    LossCause.SHUTDOWN_ANNOUNCED,
                    ".+",
                    List.of(),
                    server -> server.command("shutdown 2"),
                    server -> {
                        server.awaitEnd(PairUnderTest.LONG);
                        server.restart();
                    },
                    (texts, dead) -> {
                        texts.once(RecordTexts.shutdownReceived(PAIR, dead, texts.machine(dead)));
                        texts.never(RecordTexts.statusLost(PAIR, dead, texts.machine(dead)));
                    }),
            new Case(
                    LossCause.NOT_RUNNING,
                    "state FAILED",
                    List.of(),
                    server -> server.command("state Failed"),
                    server -> server.command("state Running"),
                    (texts, dead) -> texts.never(RecordTexts.statusLost(PAIR, dead, texts.machine(dead)))),
            new Case(
                    LossCause.SERVICE_LEVEL,
                    "ServiceLevel 0",
                    List.of(),
                    server -> server.command("servicelevel 0"),
                    server -> server.command("servicelevel 255"),
                    (texts, dead) -> texts.never(RecordTexts.statusLost(PAIR, dead, texts.machine(dead)))));

    /** Each fault strikes the primary and the secondary, for the cases are of an odd number. */
    @Test
    @Requirement(
            value = {
                "I12",
                "CON-8",
                "CON-9",
                "DIA-2",
                "GAP-19",
                "EVT-CON-P",
                "EVT-CON-S",
                "EVT-DIS-P",
                "EVT-DIS-S",
                "EVT-FAIL-P",
                "EVT-FAIL-S",
                "EVT-STAT-P",
                "EVT-STAT-S",
                "EVT-SHUT-P",
                "EVT-SHUT-S",
                "EVT-PROM-P",
                "EVT-PROM-S"
            },
            protocol = Protocol.UA)
    void eachFaultHasItsRecordsAndEachSwitchNamesItsCause() throws Exception {
        assertThat(CASES.size() % 2).isOne();
        try (PairUnderTest pair = PairUnderTest.start(Mode.HOT);
                StreamClient client = connect(pair)) {
            client.watchCounters(0, 3, StreamClient.Subscribing.NORMAL);
            pair.awaitReady();
            for (int member = 0; member < 2; member++) {
                assertThat(pair.tandem().newestRecords(PAIR, 100))
                        .extracting(TandemRecord::text)
                        .containsOnlyOnce(RecordTexts.connected(
                                PAIR, member, pair.server(member).url()));
            }
            orderIsNamedWithThePerson(pair);
            unknownOutcomeNamesTheClient(pair, client);
            for (int round = 0; round < 2; round++) {
                for (Case each : CASES) {
                    strike(pair, each);
                }
            }
            disabledIsDisconnected(pair);
        }
    }

    /** One server on two ways is no redundancy: people are told, once, however often it starts; and clients are served. */
    @Test
    @Requirement(value = "S33", protocol = Protocol.UA)
    void oneServerOnTwoWaysIsWarnedOf() throws Exception {
        try (ServerProcess only = ServerProcess.start("A");
                FaultProxy way = FaultProxy.before(only.port());
                TandemProcess tandem =
                        TandemProcess.start(PairSpec.of(PAIR, Mode.HOT, only.url(), way.url(only.url())))) {
            tandem.awaitPhase(PAIR, "serving", PairUnderTest.LONG);
            awaitConnected(tandem, 2);
            Await.until("a warning", PairUnderTest.LONG, () -> kinds(tandem).contains("SAME_SERVER"));
            only.kill();
            tandem.awaitPhase(PAIR, "stranded", PairUnderTest.LONG);
            only.restart();
            awaitConnected(tandem, 4);
            try (StreamClient client = StreamClient.connect(tandem.url(PAIR))) {
                client.watchCounters(0, 1, StreamClient.Subscribing.NORMAL);
                client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
            }

            assertThat(tandem.newestRecords(PAIR, 100))
                    .filteredOn(each -> each.kind().equals("SAME_SERVER"))
                    .singleElement()
                    .satisfies(each -> {
                        assertThat(each.severity()).isEqualTo("WARNING");
                        assertThat(each.text()).contains(only.url(), way.url(only.url()));
                    });
        }
    }

    /** Another server at the standby's address is never a standby, and never promoted, whatever becomes of the active. */
    @Test
    @Requirement(
            value = {"S34", "S12"},
            protocol = Protocol.UA)
    void aStrangerAtTheAddressOfAMemberIsNeverServedFrom() throws Exception {
        try (ServerProcess stranger = ServerProcess.start("stranger");
                PairUnderTest pair = PairUnderTest.behindProxies(Mode.HOT, spec -> spec)) {
            pair.awaitReady();
            int active = pair.active();
            int replaced = 1 - active;
            long before = lastNumber(pair);
            pair.proxy(replaced).moveTo(stranger.port());
            pair.proxy(replaced).strike(Fault.Strike.RESET);
            awaitKind(pair, before, "WRONG_SERVER");
            assertThat(pair.tandem().status(PAIR, "ready").charAt(replaced)).isEqualTo('0');

            pair.server(active).kill();
            pair.tandem().awaitPhase(PAIR, "stranded", PairUnderTest.LONG);
            assertThat(stranger.stat("reads") + stranger.stat("writes"))
                    .as("asked of the stranger beyond what it is")
                    .isLessThan(10);
            pair.proxy(replaced).moveTo(pair.server(replaced).port());
            pair.awaitServing(replaced);

            List<TandemRecord> found = pair.tandem().recordsAfter(PAIR, before);
            assertThat(found)
                    .filteredOn(each -> each.kind().equals("WRONG_SERVER"))
                    .singleElement()
                    .satisfies(each -> {
                        assertThat(each.field("member")).isEqualTo(String.valueOf(replaced));
                        assertThat(each.text())
                                .contains(pair.machines().get(replaced), "urn:tandemopc:simulator:stranger");
                    });
        }
    }

    private static void awaitConnected(TandemProcess tandem, int times) {
        Await.until(
                times + " connections",
                PairUnderTest.LONG,
                () -> kinds(tandem).stream().filter("CONNECTED"::equals).count() >= times);
    }

    private static List<String> kinds(TandemProcess tandem) {
        return tandem.newestRecords(PAIR, 100).stream().map(TandemRecord::kind).toList();
    }

    private static StreamClient connect(PairUnderTest pair) throws UaException {
        return StreamClient.connect(pair.url(), config -> config.setSessionName(() -> CLIENT));
    }

    private static void strike(PairUnderTest pair, Case each) {
        pair.awaitReady();
        int dead = pair.active();
        int heir = 1 - dead;
        long before = lastNumber(pair);
        long epoch = pair.epoch();
        each.strike().accept(pair.server(dead));
        pair.awaitServing(heir);
        // The attempt to connect again that fails: a quick restart may otherwise forestall it.
        each.awaited().forEach(kind -> awaitKind(pair, before, kind));
        awaitKind(pair, before, "PROMOTED");
        each.heal().accept(pair.server(dead));
        pair.awaitReady();

        List<TandemRecord> found = pair.tandem().recordsAfter(PAIR, before);
        String what = each.cause() + " of member " + dead + ": " + found;
        List<TandemRecord> promoted =
                found.stream().filter(r -> r.kind().equals("PROMOTED")).toList();
        assertThat(promoted).as(what).hasSize(1);
        TandemRecord record = promoted.getFirst();
        Texts texts = new Texts(found, pair);
        texts.once(RecordTexts.promoted(PAIR, heir, texts.machine(heir)));
        assertThat(record.field("cause")).as(what).isEqualTo(each.cause().name());
        assertThat(record.field("evidence")).as(what).matches(each.evidence());
        assertThat(record.field("from")).isEqualTo(texts.machine(dead));
        assertThat(record.field("to")).isEqualTo(texts.machine(heir));
        assertThat(record.field("epoch")).isEqualTo(String.valueOf(epoch + 1));
        assertThat(Long.parseLong(record.field("durationMs"))).isBetween(0L, 30_000L);
        assertThat(record.field("sessions")).isEqualTo("1");
        assertThat(record.fields()).containsKeys("requestsRepeated", "requestsNotSent", "requestsUnknown");
        assertThat(record.client()).isEqualTo("tandem");
        assertThat(record.at()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
        each.texts().accept(texts, dead);
    }

    private static void awaitKind(PairUnderTest pair, long after, String kind) {
        Await.until(
                "a record " + kind,
                PairUnderTest.LONG,
                () -> pair.tandem().recordsAfter(PAIR, after).stream()
                        .anyMatch(record -> record.kind().equals(kind)));
    }

    private static void orderIsNamedWithThePerson(PairUnderTest pair) {
        pair.awaitReady();
        int target = 1 - pair.active();
        long before = lastNumber(pair);
        pair.tandem().command("switch " + PAIR + " " + target);
        pair.awaitServing(target);

        assertThat(pair.tandem().recordsAfter(PAIR, before))
                .filteredOn(r -> r.kind().equals("PROMOTED"))
                .singleElement()
                .satisfies(r -> {
                    assertThat(r.field("cause")).isEqualTo("ORDERED");
                    assertThat(r.field("by")).isEqualTo("test");
                });
    }

    private static void unknownOutcomeNamesTheClient(PairUnderTest pair, StreamClient client) {
        pair.awaitReady();
        int dead = pair.active();
        long before = lastNumber(pair);
        pair.server(dead).command("slow write 20000");
        client.keepWriting("static/0", Duration.ofMillis(20));
        Await.until(
                "a write is under way",
                PairUnderTest.LONG,
                () -> pair.server(dead).stat("writes") > 0);
        pair.server(dead).kill();
        pair.awaitServing(1 - dead);
        client.stopWorking();

        assertThat(pair.tandem().recordsAfter(PAIR, before))
                .filteredOn(r -> r.kind().equals("OUTCOME_UNKNOWN"))
                .isNotEmpty()
                .allSatisfy(r -> {
                    assertThat(r.client()).isEqualTo(CLIENT + " (127.0.0.1)");
                    assertThat(r.severity()).isEqualTo("WARNING");
                });
        pair.server(dead).restart();
        pair.awaitReady();
    }

    private static void disabledIsDisconnected(PairUnderTest pair) {
        long before = lastNumber(pair);
        pair.tandem().command("disable " + PAIR);
        // The last record of it: a phase is seen a moment before what it is told by.
        awaitKind(pair, before, "DISABLED");

        Texts texts = new Texts(pair.tandem().recordsAfter(PAIR, before), pair);
        for (int member = 0; member < 2; member++) {
            texts.once(RecordTexts.disconnected(PAIR, member, texts.machine(member)));
        }
    }

    private static long lastNumber(PairUnderTest pair) {
        return pair.tandem().newestRecords(PAIR, 1).getLast().number();
    }
}
