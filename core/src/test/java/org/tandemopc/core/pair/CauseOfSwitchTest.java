package org.tandemopc.core.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tandemopc.core.pair.Pair.PRIMARY;
import static org.tandemopc.core.pair.Pair.SECONDARY;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.tandemopc.core.pair.ServerCondition.State;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.testkit.Requirement;

/** One record explains each switch, and names what came first, however much came after it (I12, CON-8). */
class CauseOfSwitchTest {
    /** A pair that serves from the primary in hot mode, what happens to it, and what its record must say. */
    record Case(String name, LossCause cause, String evidence, Consumer<Pair> story) {
        @Override
        public String toString() {
            return name;
        }
    }

    static final List<Case> CASES = List.of(
            new Case("connection closed", LossCause.CONNECTION_CLOSED, "reset", pair -> pair.lost(PRIMARY)),
            new Case("connection closed, and a late miss", LossCause.CONNECTION_CLOSED, "reset", pair -> {
                pair.lost(PRIMARY);
                pair.missed(PRIMARY);
            }),
            new Case("frozen", LossCause.NO_ANSWER, "no answer within 1000 ms", pair -> pair.missed(PRIMARY)),
            new Case("frozen, then the connection breaks", LossCause.NO_ANSWER, "no answer within 1000 ms", pair -> {
                pair.missed(PRIMARY);
                pair.lost(PRIMARY);
            }),
            new Case("shutdown announced", LossCause.SHUTDOWN_ANNOUNCED, "in 5 s", pair -> pair.announced(PRIMARY)),
            new Case("shutdown announced, then the connection closes", LossCause.SHUTDOWN_ANNOUNCED, "in 5 s", pair -> {
                pair.announced(PRIMARY);
                pair.lost(PRIMARY);
            }),
            new Case(
                    "shutdown announced while the standby is away, then the connection closes",
                    LossCause.SHUTDOWN_ANNOUNCED,
                    "in 5 s, then reset",
                    pair -> {
                        standbyAway(pair);
                        pair.announced(PRIMARY);
                        pair.lost(PRIMARY);
                        standbyBack(pair);
                    }),
            new Case(
                    "shutdown announced while the standby is away, then no answer",
                    LossCause.SHUTDOWN_ANNOUNCED,
                    "in 5 s, then no answer within ",
                    pair -> {
                        standbyAway(pair);
                        pair.announced(PRIMARY);
                        for (int i = 0; i < 20 && pair.member(PRIMARY).isOpen(); i++) {
                            pair.missed(PRIMARY);
                            pair.skip(5);
                        }
                        standbyBack(pair);
                    }),
            new Case("shutdown in the state", LossCause.SHUTDOWN_ANNOUNCED, "state SHUTDOWN", pair -> {
                pair.reported(PRIMARY, Pair.in(State.SHUTDOWN, 255));
                pair.lost(PRIMARY);
            }),
            new Case("not running", LossCause.NOT_RUNNING, "state FAILED", pair -> {
                pair.reported(PRIMARY, Pair.in(State.FAILED, 255));
                pair.lost(PRIMARY);
            }),
            new Case(
                    "no data",
                    LossCause.SERVICE_LEVEL,
                    "ServiceLevel 1",
                    pair -> pair.reported(PRIMARY, Pair.running(1))),
            new Case("a better one for ten seconds", LossCause.SERVICE_LEVEL, "ServiceLevel", pair -> {
                pair.reported(PRIMARY, Pair.running(150));
                pair.pass(11);
            }),
            new Case(
                    "a subscription stays silent",
                    LossCause.NO_FIRST_NOTIFICATION,
                    "subscription 7",
                    pair -> pair.silent(PRIMARY)),
            new Case(
                    "monitor item test",
                    LossCause.MONITOR_TEST,
                    "monitor item test in error",
                    pair -> pair.tested(PRIMARY, false)),
            new Case("a person", LossCause.ORDERED, "ordered by operator", pair -> pair.switchTo(SECONDARY)),
            new Case("a pin", LossCause.ORDERED, "ordered by operator", pair -> pair.pin(SECONDARY)),
            new Case("lost, and the standby cannot follow at first", LossCause.CONNECTION_CLOSED, "reset", pair -> {
                pair.lost(PRIMARY);
                pair.relayFailed();
                pair.pass(2);
                pair.opened(SECONDARY);
            }));

    private static void standbyAway(Pair pair) {
        pair.lost(SECONDARY);
        pair.failed(SECONDARY);
    }

    private static void standbyBack(Pair pair) {
        pair.failed(PRIMARY);
        pair.pass(2);
        pair.opened(SECONDARY);
    }

    @ParameterizedTest
    @FieldSource("CASES")
    @Requirement({"I12", "M6", "CON-8"})
    void oneRecordNamesWhatCameFirst(Case each) {
        Pair pair = Pair.serving(Pair.withoutFailback(Mode.HOT));
        pair.forget();

        each.story().accept(pair);
        pair.skip(0.25);
        pair.on(new PairEvent.RelayRehomed(pair.now(), pair.state().epoch(), new RehomeReport(3, 4, 5, 6, 7, 8)));

        PairRecord record = only(pair.records(RecordKind.PROMOTED));
        Map<String, Object> fields = record.fields();
        assertThat(fields)
                .containsEntry("cause", each.cause().name())
                .containsEntry("from", "alpha")
                .containsEntry("to", "beta")
                .containsEntry("epoch", pair.state().epoch())
                .containsEntry("sessions", 3)
                .containsEntry("requestsRepeated", 4)
                .containsEntry("requestsNotSent", 5)
                .containsEntry("requestsUnknown", 6)
                .containsEntry("itemsContinuous", 7)
                .containsEntry("itemsDoubtful", 8)
                .containsEntry("by", each.cause() == LossCause.ORDERED ? "operator" : "");
        assertThat(fields.get("evidence")).asString().startsWith(each.evidence());
        assertThat((Long) fields.get("durationMs")).isGreaterThanOrEqualTo(250);
    }

    /** Every cause that can stand in a record has a case; the rest can only head what is no switch yet. */
    @Test
    void everyCauseHasACase() {
        Set<LossCause> covered =
                CASES.stream().map(Case::cause).collect(Collectors.toCollection(() -> EnumSet.noneOf(LossCause.class)));
        covered.addAll(List.of(LossCause.FAILBACK, LossCause.REHOME_FAILED, LossCause.WRONG_SERVER));

        assertThat(Arrays.stream(LossCause.values()).filter(c -> !covered.contains(c)))
                .containsExactly(LossCause.CONNECT_FAILED, LossCause.START);
    }

    @Test
    @Requirement({"I12", "GEN-6"})
    void failbackIsNamedAsSuch() {
        Pair pair = Pair.serving(Mode.HOT);
        pair.lost(PRIMARY);
        pair.rehomed();
        pair.pass(2);
        pair.forget();

        pair.opened(PRIMARY);
        pair.synchronizedOn(PRIMARY);
        pair.rehomed();

        assertThat(only(pair.records(RecordKind.PROMOTED)).fields())
                .containsEntry("cause", "FAILBACK")
                .containsEntry("from", "beta")
                .containsEntry("to", "alpha");
    }

    /** The switch that was ordered failed, and has its record; the way back is not what the person ordered. */
    @Test
    @Requirement("I12")
    void returnAfterAnOrderedSwitchThatFailedNamesTheFailure() {
        Pair pair = Pair.serving(Pair.withoutFailback(Mode.HOT));
        pair.forget();

        pair.switchTo(SECONDARY);
        pair.relayFailed();
        pair.rehomed();

        assertThat(only(pair.records(RecordKind.SWITCH_FAILED)).fields()).containsEntry("to", "beta");
        assertThat(only(pair.records(RecordKind.PROMOTED)).fields())
                .containsEntry("cause", "REHOME_FAILED")
                .containsEntry("evidence", "no session")
                .containsEntry("to", "alpha");
    }

    /** Left for a better one that then could not take over: the member that is back was not lost. */
    @Test
    @Requirement("I12")
    void returnFromABetterMemberThatFailedNamesTheFailure() {
        Pair pair = Pair.serving(Pair.withoutFailback(Mode.HOT));
        pair.reported(PRIMARY, Pair.running(150));
        pair.pass(11);
        pair.forget();

        pair.relayFailed();
        pair.rehomed();

        assertThat(only(pair.records(RecordKind.PROMOTED)).fields()).containsEntry("cause", "REHOME_FAILED");
    }

    @Test
    @Requirement("I12")
    void otherServerAtTheAddressIsNamed() {
        Pair pair = Pair.serving(Pair.withoutFailback(Mode.HOT));
        pair.on(new PairEvent.LinkLost(pair.now(), PRIMARY, LossCause.WRONG_SERVER, 0, "its namespaces differ"));
        pair.rehomed();

        assertThat(only(pair.records(RecordKind.PROMOTED)).fields())
                .containsEntry("cause", "WRONG_SERVER")
                .containsEntry("evidence", "its namespaces differ");
    }

    private static PairRecord only(List<PairRecord> records) {
        assertThat(records).hasSize(1);
        return records.getFirst();
    }
}
