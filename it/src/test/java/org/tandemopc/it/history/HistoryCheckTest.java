package org.tandemopc.it.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.it.client.ClientEvent;
import org.tandemopc.it.client.LedgerCheck;
import org.tandemopc.it.client.Operation;
import org.tandemopc.it.client.Operation.Kind;
import org.tandemopc.it.client.Sample;
import org.tandemopc.it.pair.TandemRecord;
import org.tandemopc.testkit.process.LedgerEntry;

/**
 * Each kind of wrong history is seen, and nothing is seen in the right one: a switch from member 0 to member 1 at
 * 10,000 ms, because of a connection that was closed at 9,900 ms.
 */
class HistoryCheckTest {
    private static final List<String> MACHINES = List.of("opc.tcp://a/", "opc.tcp://b/");
    private static final long BAD_NO_COMMUNICATION = 0x8031_0000L;
    private static final long BAD_OUT_OF_SERVICE = 0x808D_0000L;
    private static final long OVERFLOW = 0x480;

    private final List<Operation> operations = new ArrayList<>();
    private final List<Sample> stream = new ArrayList<>();
    private final List<ClientEvent> events = new ArrayList<>();
    private final List<List<LedgerEntry>> ledgers = List.of(new ArrayList<>(), new ArrayList<>());
    private final List<TandemRecord> records = new ArrayList<>();
    private final List<Injected> injected = new ArrayList<>();
    private long lastEpoch = 1;
    private boolean gapless;

    private List<String> findings() {
        return HistoryCheck.findings(history());
    }

    private History history() {
        return new History(
                operations,
                Map.of("counter/0#0", stream),
                events,
                ledgers,
                records,
                injected,
                MACHINES,
                0,
                1,
                lastEpoch,
                gapless,
                100,
                0);
    }

    private void assertOneFinding(String text) {
        assertThat(findings()).singleElement().asString().contains(text);
    }

    // ---- the right history

    private void rightHistory() {
        fault(0, 9_900, 12_000, LossCause.CONNECTION_CLOSED);
        switched(10_000, 0, 1, 2, LossCause.CONNECTION_CLOSED);
        write(1, 5_000, 0, 0);
        write(2, 11_000, 0, 1);
        write(3, 9_890, LedgerCheck.OUTCOME_UNKNOWN, 0);
        unknownRecorded(3);
        read(9_950, 0);
        ticks(90, 91, 92, 93);
    }

    private void fault(int member, long fromMs, long untilMs, LossCause... causes) {
        injected.add(Injected.of("test", member, fromMs, untilMs, Set.of(causes)));
    }

    private void switched(long atMs, int from, int to, long epoch, LossCause cause) {
        lastEpoch = epoch;
        records.add(record(
                "PROMOTED",
                atMs,
                Map.of(
                        "from", MACHINES.get(from),
                        "to", MACHINES.get(to),
                        "epoch", String.valueOf(epoch),
                        "durationMs", "40",
                        "cause", cause.name())));
    }

    private void outage() {
        records.add(record("STRANDED", 9_900, Map.of("epoch", String.valueOf(++lastEpoch))));
    }

    /** Of a write of this value to member 0. */
    private void unknownRecorded(int value) {
        unknownRecorded(0, asked(value));
    }

    private static String asked(int value) {
        return UnknownCheck.asRecorded(new Operation(Kind.WRITE, 0, 0, "static/0=" + value, 0, ""));
    }

    private void unknownRecorded(int member, String asked) {
        String[] parts = asked.split("#");
        records.add(record(
                "OUTCOME_UNKNOWN",
                9_960,
                Map.of(
                        "service",
                        "Write",
                        "member",
                        String.valueOf(member),
                        "operations",
                        "1",
                        "nodes",
                        parts[0],
                        "hashes",
                        parts[1])));
    }

    private TandemRecord record(String kind, long atMs, Map<String, String> fields) {
        return new TandemRecord(
                records.size(), Instant.ofEpochMilli(atMs).toString(), kind, "ERROR", "tandem", kind, fields);
    }

    /** A write that takes 100 ms; @param member whose ledger has it, -1: none */
    private void write(int value, long startMs, long status, int member) {
        operations.add(new Operation(Kind.WRITE, ms(startMs), ms(startMs + 100), "static/0=" + value, status, ""));
        if (member >= 0) {
            applied(value, member);
        }
    }

    private void read(long startMs, long status) {
        operations.add(new Operation(Kind.READ, ms(startMs), ms(startMs + 70), "", status, ""));
    }

    private void applied(int value, int member) {
        long time = member == 0 ? 5_000 : 11_050;
        ledgers.get(member).add(new LedgerEntry(time, "write", "ns=2;s=static/0", String.valueOf(value), "s"));
    }

    private void ticks(long... ticks) {
        for (long tick : ticks) {
            sample(tick, 0);
        }
    }

    private void sample(long tick, long status) {
        stream.add(new Sample(ms(tick * 100), tick, true, tick * 100, status));
    }

    private void bad(long status) {
        stream.add(new Sample(ms(9_950), 0, false, -1, status));
    }

    private static long ms(long ms) {
        return ms * 1_000_000;
    }

    @Test
    void nothingIsFoundInTheRightHistory() {
        rightHistory();
        assertThat(findings()).isEmpty();
    }

    // ---- values

    @Test
    void aValueTwice() {
        rightHistory();
        ticks(93);
        assertOneFinding("a value twice");
    }

    @Test
    void anOldValueAfterANewOne() {
        rightHistory();
        ticks(95, 94);
        assertThat(findings()).hasSize(2).first().asString().contains("an old value after a new one");
    }

    @Test
    void aLossWithoutAMarkAndTheSameWithOne() {
        rightHistory();
        sample(96, OVERFLOW);
        assertThat(findings()).isEmpty();
        ticks(99);
        assertOneFinding("values lost without a mark");
    }

    @Test
    void aLossThatTheServerItselfHid() {
        rightHistory();
        injected.add(new Injected("frozen", 0, 9_400, 9_900, Set.of(), true, Set.of(), 0));
        ticks(99);
        assertThat(findings()).isEmpty();
        ticks(120);
        assertOneFinding("values lost without a mark");
    }

    @Test
    void aLossThoughAMemberWasReady() {
        rightHistory();
        sample(96, OVERFLOW);
        gapless = true;
        assertOneFinding("values lost, though a member was well");
        injected.add(new Injected("frozen", 0, 9_400, 9_500, Set.of(), true, Set.of(), 0));
        assertThat(findings()).isEmpty();
    }

    @Test
    void aValueWithAnotherTime() {
        rightHistory();
        stream.add(new Sample(ms(9_500), 94, true, 9_401, 0));
        assertOneFinding("a value with another time");
        injected.add(new Injected("skew", 0, 9_400, 9_900, Set.of(), false, Set.of(), 1));
        assertThat(findings()).isEmpty();
    }

    @Test
    void badWithoutAnOutageTwiceInOneAndWithAStatusOfNobody() {
        rightHistory();
        fault(1, 9_800, 12_000, LossCause.CONNECT_FAILED);
        bad(BAD_NO_COMMUNICATION);
        assertOneFinding("bad more often");
        outage();
        assertThat(findings()).isEmpty();
        bad(BAD_NO_COMMUNICATION);
        assertOneFinding("bad more often");
        outage();
        bad(BAD_OUT_OF_SERVICE);
        outage();
        assertOneFinding("a status of nobody");
    }

    @Test
    void anOutageThatItemsAreNotToldOf() {
        rightHistory();
        fault(1, 9_800, 12_000, LossCause.CONNECT_FAILED);
        outage();
        assertOneFinding("not told of an outage");
    }

    @Test
    void aStatusThatTheServerItselfShowed() {
        rightHistory();
        injected.add(new Injected("bad", 0, 9_400, 9_900, Set.of(), false, Set.of(BAD_OUT_OF_SERVICE), 0));
        bad(BAD_OUT_OF_SERVICE);
        assertThat(findings()).isEmpty();
    }

    // ---- writes

    @Test
    void aWriteTwiceOnTheSameMember() {
        rightHistory();
        applied(1, 0);
        assertOneFinding("applied 2 times");
    }

    @Test
    void aWriteOnTheWrongMemberBeforeAndAfterTheSwitch() {
        rightHistory();
        write(4, 5_000, 0, 1);
        assertOneFinding("applied on the wrong member 1");
        operations.removeLast();
        ledgers.get(1).removeLast();
        write(5, 11_000, 0, 0);
        assertOneFinding("applied on the wrong member 0");
    }

    @Test
    void aWriteDuringTheSwitchMayBeOnEither() {
        rightHistory();
        write(4, 9_930, 0, 0);
        write(5, 9_930, 0, 1);
        assertThat(findings()).isEmpty();
    }

    @Test
    void goodForOneThatWasNotDone() {
        rightHistory();
        write(4, 5_000, 0, -1);
        assertOneFinding("answered Good and never applied");
    }

    @Test
    void aWriteThatIsSaidNotToBeSentAndWas() {
        rightHistory();
        write(4, 9_930, BAD_NO_COMMUNICATION, 0);
        assertOneFinding("applied, though the answer says that it was not");
    }

    @Test
    void aWriteThatNobodyAskedFor() {
        rightHistory();
        applied(77, 0);
        assertOneFinding("never asked for");
    }

    @Test
    void anUnknownOutcomeThatIsNotRecordedAndARecordOfNone() {
        rightHistory();
        write(4, 9_930, LedgerCheck.OUTCOME_UNKNOWN, -1);
        assertThat(findings())
                .hasSize(2)
                .contains("unknown outcomes of WRITE: 2 told to the client, 1 recorded")
                .anyMatch(each -> each.startsWith("told to be unknown, and not recorded: [WRITE static/0=4"));
        unknownRecorded(4);
        assertThat(findings()).isEmpty();
        unknownRecorded(4);
        assertThat(findings())
                .contains("unknown outcomes of WRITE: 2 told to the client, 3 recorded")
                .anyMatch(each -> each.startsWith("recorded as unknown, and not told: ns=2;s=static/0#"));
    }

    @Test
    void aRecordOfAnotherValueOfAnotherMemberAndOneThatSaysNothing() {
        rightHistory();
        write(4, 9_930, LedgerCheck.OUTCOME_UNKNOWN, 0);
        unknownRecorded(0, asked(5));
        assertThat(findings())
                .hasSize(2)
                .anyMatch(each -> each.startsWith("recorded as unknown, and not told: "))
                .anyMatch(each -> each.startsWith("told to be unknown, and not recorded: "));
        records.removeLast();
        unknownRecorded(1, asked(4));
        assertOneFinding("applied on member 0, while the record says 1: WRITE static/0=4");
        records.removeLast();
        records.add(record("OUTCOME_UNKNOWN", 9_960, Map.of("service", "Write", "member", "0")));
        assertThat(findings()).anyMatch(each -> each.startsWith("a record that does not say what was asked: "));
    }

    /** A member that does something when it has been left: not by itself wrong, and seen by who asks. */
    @Test
    void whatIsDoneOutOfTime() {
        rightHistory();
        assertThat(HistoryCheck.untimely(history())).isEmpty();
        ledgers.get(0).add(new LedgerEntry(12_000, "write", "ns=2;s=static/0", "3", "session"));
        assertThat(HistoryCheck.untimely(history())).singleElement().asString().startsWith("member 0: ");
    }

    @Test
    void aFailureWithoutAFaultAndOneWithACodeThatSaysNothing() {
        rightHistory();
        write(4, 5_000, BAD_NO_COMMUNICATION, -1);
        assertOneFinding("failed without a reason");
        operations.removeLast();
        write(5, 9_930, BAD_OUT_OF_SERVICE, -1);
        assertOneFinding("failed without a reason");
    }

    @Test
    void aFailureBecauseOfAFaultOfTheStandbyOrOfOneThatIsBorne() {
        rightHistory();
        fault(1, 4_900, 6_000, LossCause.CONNECTION_CLOSED);
        write(4, 5_000, BAD_NO_COMMUNICATION, -1);
        assertOneFinding("failed without a reason");
        injected.add(Injected.of("test", 0, 4_900, 6_000, Set.of()).whichIsBorne());
        assertOneFinding("failed without a reason");
        fault(0, 4_900, 6_000, LossCause.CONNECTION_CLOSED);
        assertThat(findings()).isEmpty();
    }

    @Test
    void aReadThatFailsThoughAMemberWasWell() {
        rightHistory();
        read(9_950, BAD_NO_COMMUNICATION);
        assertOneFinding("failed without a reason");
        fault(1, 9_900, 12_000, LossCause.CONNECT_FAILED);
        assertThat(findings()).isEmpty();
    }

    @Test
    void aReadAndAWriteWithAStatusOfTheServer() {
        rightHistory();
        injected.add(new Injected("bad", 0, 9_900, 9_960, Set.of(), false, Set.of(BAD_OUT_OF_SERVICE), 0));
        read(9_950, BAD_OUT_OF_SERVICE);
        assertThat(findings()).isEmpty();
        write(5, 9_930, BAD_OUT_OF_SERVICE, -1);
        assertOneFinding("failed without a reason: WRITE");
    }

    // ---- switches

    @Test
    void aSwitchWithTheWrongCause() {
        rightHistory();
        fault(1, 13_000, 14_000, LossCause.NO_ANSWER);
        switched(13_500, 1, 0, 3, LossCause.SERVICE_LEVEL);
        assertOneFinding("no fault explains PROMOTED");
    }

    @Test
    void aSwitchWithoutAFaultAndOneAwayFromTheHealthyMember() {
        rightHistory();
        switched(13_000, 1, 0, 3, LossCause.CONNECTION_CLOSED);
        assertOneFinding("no fault explains PROMOTED");
        fault(0, 12_900, 14_000, LossCause.CONNECTION_CLOSED);
        assertOneFinding("no fault explains PROMOTED");
    }

    @Test
    void aSwitchWithoutARecord() {
        rightHistory();
        fault(0, 12_900, 14_000, LossCause.CONNECTION_CLOSED);
        fault(1, 12_900, 14_000, LossCause.CONNECTION_CLOSED);
        switched(13_000, 1, 0, 4, LossCause.CONNECTION_CLOSED);
        assertOneFinding("epoch 3 has no record");
        records.add(records.size() - 1, record("STRANDED", 12_950, Map.of("epoch", "3")));
        bad(BAD_NO_COMMUNICATION);
        assertThat(findings()).isEmpty();
    }

    @Test
    void theLastSwitchWithoutARecord() {
        rightHistory();
        lastEpoch++;
        assertOneFinding("the last epoch is 3, the last one recorded 2");
    }

    @Test
    void severalSwitchesBecauseOfOneFault() {
        rightHistory();
        fault(1, 10_500, 14_000, LossCause.NOT_RUNNING);
        switched(11_000, 1, 0, 3, LossCause.NOT_RUNNING);
        assertThat(findings()).as("to and fro, each for a reason").isEmpty();
        switched(11_500, 0, 1, 4, LossCause.CONNECTION_CLOSED);
        assertOneFinding("one fault, several switches");
    }

    @Test
    void anOutageThoughAMemberWasWell() {
        rightHistory();
        outage();
        bad(BAD_NO_COMMUNICATION);
        assertOneFinding("no fault explains STRANDED");
        fault(1, 9_000, 9_800, LossCause.NO_ANSWER);
        assertOneFinding("no fault explains STRANDED");
        fault(1, 9_800, 9_900);
        assertOneFinding("no fault explains STRANDED");
        fault(1, 9_800, 9_900, LossCause.NO_ANSWER);
        assertThat(findings()).isEmpty();
    }

    @Test
    void aMoveThatFailedThoughTheMemberWasWell() {
        rightHistory();
        records.add(record(
                "SWITCH_FAILED",
                9_990,
                Map.of("from", MACHINES.get(0), "to", MACHINES.get(1), "epoch", "3", "cause", "REHOME_FAILED")));
        lastEpoch++;
        fault(0, 9_900, 10_000, LossCause.REHOME_FAILED);
        assertOneFinding("no fault explains SWITCH_FAILED");
        fault(1, 9_900, 10_000, LossCause.REHOME_FAILED);
        assertThat(findings()).isEmpty();
    }

    @Test
    void whatTheApplicationNoticed() {
        rightHistory();
        events.add(new ClientEvent(0, "session inactive"));
        assertOneFinding("session inactive");
    }
}
