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
    private static final long HOLD_MS = 500;
    private static final long NOTICED_MS = 100;
    private static final long MOVED_MS = 200;
    private static final long SERVED_MS = 300;

    private final List<Operation> operations = new ArrayList<>();
    private final List<Sample> stream = new ArrayList<>();
    private final List<ClientEvent> events = new ArrayList<>();
    private final List<List<LedgerEntry>> ledgers = List.of(new ArrayList<>(), new ArrayList<>());
    private final List<TandemRecord> records = new ArrayList<>();
    private final List<Injected> injected = new ArrayList<>();
    private long lastEpoch = 1;
    private boolean gapless;
    private int outages = -1;
    private int unknownsToCount;
    private long ageMs = 1_000_000;

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
                new Promises(HOLD_MS, MOVED_MS, SERVED_MS, ageMs, outages, gapless),
                100,
                0);
    }

    private void assertOneFinding(String text) {
        assertThat(findings()).singleElement().asString().contains(text);
    }

    // ---- the right history

    private void rightHistory() {
        fault(0, 9_900, 12_000, LossCause.CONNECTION_CLOSED);
        write(1, 5_000, 0, 0);
        write(2, 11_000, 0, 1);
        write(3, 9_890, LedgerCheck.OUTCOME_UNKNOWN, 0);
        unknownRecorded(3);
        switched(10_000, 0, 1, 2, LossCause.CONNECTION_CLOSED);
        read(9_950, 0);
        ticks(90, 91, 92, 93);
    }

    private void fault(int member, long fromMs, long untilMs, LossCause... causes) {
        injected.add(struck("test", member, fromMs, untilMs, causes));
    }

    private static Injected struck(String what, int member, long fromMs, long untilMs, LossCause... causes) {
        return Injected.of(what, Set.of())
                .of(member, Set.of(causes))
                .at(fromMs, 0, untilMs)
                .noticedIn(NOTICED_MS, false);
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
                        "requestsUnknown", String.valueOf(unknownsToCount),
                        "itemsContinuous", "1",
                        "itemsDoubtful", "0",
                        "cause", cause.name())));
        unknownsToCount = 0;
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
        records.add(unknown(member, asked, 9_960));
        unknownsToCount++;
    }

    private TandemRecord unknown(int member, String asked, long atMs) {
        String[] parts = asked.split("#");
        return record(
                "OUTCOME_UNKNOWN",
                atMs,
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
                        parts[1]));
    }

    private TandemRecord record(String kind, long atMs, Map<String, String> fields) {
        return new TandemRecord(
                records.size(), Instant.ofEpochMilli(atMs).toString(), kind, "ERROR", "tandem", kind, fields);
    }

    /** A write that takes 100 ms; @param member whose ledger has it, -1: none */
    private void write(int value, long startMs, long status, int member) {
        operations.add(new Operation(Kind.WRITE, ms(startMs), ms(startMs + 100), "static/0=" + value, status, ""));
        if (member >= 0) {
            applied(value, member, startMs + 50);
        }
    }

    private void read(long startMs, long status) {
        operations.add(new Operation(Kind.READ, ms(startMs), ms(startMs + 70), "", status, ""));
    }

    private void applied(int value, int member, long atMs) {
        ledgers.get(member).add(new LedgerEntry(atMs, "write", "ns=2;s=static/0", String.valueOf(value), "s"));
    }

    private void gapRecorded() {
        records.add(record("GAP", 10_010, Map.of()));
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
        assertOneFinding("values lost that no record tells of");
        gapRecorded();
        assertThat(findings()).isEmpty();
        ticks(99);
        assertOneFinding("values lost without a mark");
    }

    @Test
    void aLossThatTheServerItselfHid() {
        rightHistory();
        injected.add(struck("frozen", 0, 9_400, 9_900).hidingTicks());
        ticks(99);
        assertThat(findings()).isEmpty();
        ticks(120);
        assertOneFinding("values lost without a mark");
    }

    @Test
    void aLossThoughAMemberWasReady() {
        rightHistory();
        outages = 0;
        ticks(96);
        gapless = true;
        assertThat(findings()).hasSize(2).anyMatch(each -> each.contains("values lost, though a member was well"));
        injected.add(struck("frozen", 0, 9_400, 9_500).hidingTicks());
        assertThat(findings()).isEmpty();
    }

    /** A loss that is none, in the stream, in the records, and in the switch's own count. */
    @Test
    void aLossThatIsToldOfAndIsNone() {
        rightHistory();
        gapless = true;
        sample(94, OVERFLOW);
        assertOneFinding("told of a loss that is none");
        stream.removeLast();
        gapRecorded();
        assertOneFinding("a gap, though a member was well");
        records.removeLast();
        Map<String, String> fields =
                new java.util.HashMap<>(records.removeLast().fields());
        fields.put("itemsDoubtful", "1");
        records.add(record("PROMOTED", 10_000, fields));
        assertOneFinding("a switch that tells of 2 items, of 1");
    }

    /** From the switch on the other member's ticks are there, however long the one that hides its own is struck. */
    @Test
    void aLossAfterTheMemberWasLeftThatHidTicks() {
        rightHistory();
        injected.add(struck("frozen", 0, 9_400, 20_000).hidingTicks());
        ticks(101);
        assertThat(findings()).isEmpty();
        ticks(105);
        assertOneFinding("values lost without a mark");
    }

    @Test
    void aValueThatIsTooOld() {
        rightHistory();
        ageMs = 500;
        stream.add(new Sample(ms(9_900), 94, true, 9_400, 0));
        assertThat(findings()).isEmpty();
        stream.add(new Sample(ms(10_001), 95, true, 9_500, 0));
        assertOneFinding("a value that is 501 ms old");
        injected.add(struck("frozen", 0, 9_400, 9_900).hidingTicks());
        assertThat(findings()).as("a server that shows old values as new").isEmpty();
    }

    @Test
    void aValueWithAnotherTime() {
        rightHistory();
        stream.add(new Sample(ms(9_500), 94, true, 9_401, 0));
        assertOneFinding("a value with another time");
        injected.add(struck("skew", 0, 9_400, 9_900).skewedBy(1));
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
        injected.add(struck("bad", 0, 9_400, 9_900).showing(BAD_OUT_OF_SERVICE));
        bad(BAD_OUT_OF_SERVICE);
        assertThat(findings()).isEmpty();
    }

    // ---- writes

    @Test
    void aWriteTwiceOnTheSameMember() {
        rightHistory();
        applied(1, 0, 5_060);
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
        fault(1, 9_900, 12_000, LossCause.CONNECT_FAILED);
        write(4, 9_930, BAD_NO_COMMUNICATION, 0);
        assertOneFinding("applied, though the answer says that it was not");
    }

    @Test
    void aWriteThatNobodyAskedFor() {
        rightHistory();
        applied(77, 0, 5_060);
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
        injected.add(struck("test", 0, 4_900, 6_000).whichIsBorne());
        assertOneFinding("failed without a reason");
        fault(0, 4_900, 6_000, LossCause.CONNECTION_CLOSED);
        assertThat(findings()).isEmpty();
    }

    /** One of them was well: the request has to wait for it, as long as requests wait. */
    @Test
    void aWriteThatIsRefusedBeforeItWaitedThoughAMemberWasWell() {
        rightHistory();
        write(4, 9_930, BAD_NO_COMMUNICATION, -1);
        assertOneFinding("failed without a reason");
        operations.removeLast();
        operations.add(
                new Operation(Kind.WRITE, ms(9_930), ms(9_930 + HOLD_MS), "static/0=4", BAD_NO_COMMUNICATION, ""));
        assertThat(findings()).isEmpty();
        operations.removeLast();
        fault(1, 9_900, 12_000, LossCause.CONNECT_FAILED);
        write(4, 9_930, BAD_NO_COMMUNICATION, -1);
        assertThat(findings()).as("nobody was well").isEmpty();
    }

    @Test
    void anUnknownOutcomeOfAWriteThatWasSentToAMemberKnownToBeLost() {
        rightHistory();
        unknownRecorded(4);
        write(4, 10_005, LedgerCheck.OUTCOME_UNKNOWN, -1);
        assertThat(findings()).as("give or take what clocks differ").isEmpty();
        operations.removeLast();
        write(4, 10_020, LedgerCheck.OUTCOME_UNKNOWN, -1);
        assertOneFinding("failed without a reason");
    }

    @Test
    void anUnknownOutcomeLongAfterAFaultThatThePairStayedFor() {
        rightHistory();
        fault(1, 12_000, 16_000);
        unknownRecorded(1, asked(4));
        write(4, 12_090, LedgerCheck.OUTCOME_UNKNOWN, 1);
        assertThat(findings()).isEmpty();
        operations.removeLast();
        ledgers.get(1).removeLast();
        write(4, 13_000, LedgerCheck.OUTCOME_UNKNOWN, 1);
        assertOneFinding("failed without a reason");
    }

    @Test
    void aWriteThatWasAppliedWhenItWasNotUnderWay() {
        rightHistory();
        operations.add(new Operation(Kind.WRITE, ms(5_000), ms(5_100), "static/0=4", 0, ""));
        applied(4, 0, 5_200);
        assertOneFinding("applied at 5200, when it was not under way");
        ledgers.get(0).removeLast();
        applied(4, 0, 4_900);
        assertOneFinding("applied at 4900, when it was not under way");
    }

    /** The bytes of one that was given up may arrive late; those of one that was answered may not. */
    @Test
    void aWriteThatWasAppliedWhenItsMemberWasNotTheActiveOne() {
        rightHistory();
        operations.add(new Operation(Kind.WRITE, ms(9_930), ms(10_500), "static/0=4", 0, ""));
        applied(4, 0, 10_400);
        assertOneFinding("applied at 10400, when member 0 was not the active one");
        operations.removeLast();
        operations.add(new Operation(Kind.WRITE, ms(9_930), ms(10_100), "static/0=4", LedgerCheck.OUTCOME_UNKNOWN, ""));
        unknownRecorded(4);
        assertThat(findings()).isEmpty();
    }

    @Test
    void aSwitchThatCountsOtherUnknownOutcomesThanAreRecorded() {
        rightHistory();
        fault(1, 12_900, 14_000, LossCause.CONNECTION_CLOSED);
        unknownsToCount = 1;
        switched(13_000, 1, 0, 3, LossCause.CONNECTION_CLOSED);
        assertOneFinding("counts 1 unknown outcomes; recorded since the one before 0");
        records.removeLast();
        write(4, 12_910, LedgerCheck.OUTCOME_UNKNOWN, 1);
        records.add(unknown(1, asked(4), 12_980));
        switched(13_000, 1, 0, 3, LossCause.CONNECTION_CLOSED);
        assertOneFinding("counts 0 unknown outcomes; recorded since the one before 1, 1 while it lasted");
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
        injected.add(struck("bad", 0, 9_900, 9_960).showing(BAD_OUT_OF_SERVICE));
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

    /** Its member was left when the outage began; the pair may come back from several to the same one. */
    @Test
    void whoEndsAnOutageLeavesNobody() {
        rightHistory();
        fault(0, 10_500, 14_000, LossCause.CONNECTION_CLOSED);
        fault(1, 10_500, 14_000, LossCause.NOT_RUNNING);
        switched(11_000, 1, 0, 3, LossCause.NOT_RUNNING);
        for (long epoch = 4; epoch < 8; epoch += 2) {
            records.add(record("STRANDED", 11_000 + 100 * epoch, Map.of("epoch", String.valueOf(epoch))));
            bad(BAD_NO_COMMUNICATION);
            switched(11_050 + 100 * epoch, 0, 0, epoch + 1, LossCause.CONNECTION_CLOSED);
        }
        assertThat(findings()).isEmpty();
        switched(12_000, 0, 1, 8, LossCause.CONNECTION_CLOSED);
        assertThat(findings()).as("the one that left it").isEmpty();
        switched(12_100, 1, 0, 9, LossCause.NOT_RUNNING);
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
    void anOutageThatWasNotMadeAndOneThatIsToldTwice() {
        rightHistory();
        fault(1, 9_800, 12_000, LossCause.CONNECT_FAILED);
        outages = 1;
        assertOneFinding("outages: 1 made, 0 recorded");
        outage();
        bad(BAD_NO_COMMUNICATION);
        assertThat(findings()).isEmpty();
        outage();
        bad(BAD_NO_COMMUNICATION);
        assertOneFinding("outages: 1 made, 2 recorded");
    }

    // ---- times

    @Test
    void aMemberThatIsLeftTooLateAndOneThatIsNotLeft() {
        rightHistory();
        long most = NOTICED_MS + MOVED_MS;
        injected.set(
                0,
                struck("test", 0, 10_000 - most, 12_000, LossCause.CONNECTION_CLOSED)
                        .noticedIn(NOTICED_MS, true));
        assertThat(findings()).isEmpty();
        injected.set(
                0,
                struck("test", 0, 9_999 - most, 12_000, LossCause.CONNECTION_CLOSED)
                        .noticedIn(NOTICED_MS, true));
        assertOneFinding("left after 301 ms, at most 300");
        injected.set(0, struck("test", 0, 9_900, 12_000, LossCause.CONNECTION_CLOSED));
        injected.add(
                struck("test", 1, 12_000, 13_000, LossCause.CONNECTION_CLOSED).noticedIn(NOTICED_MS, true));
        assertOneFinding("a member that was struck was not left");
    }

    @Test
    void aClientThatIsServedTooLateAfterAllWasHealed() {
        rightHistory();
        injected.add(struck("test", 0, 9_900, 12_000).at(9_900, 10_900, 12_000));
        ticks(94, 95, 96, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109);
        read(11_000, 0);
        assertThat(findings()).isEmpty();
        read(11_500, 0);
        injected.set(1, struck("test", 0, 9_900, 12_000).at(9_900, 11_050, 12_000));
        ticks(110, 111);
        assertThat(findings())
                .hasSize(2)
                .anyMatch(each -> each.contains("write: Good after any ms, at most 300"))
                .anyMatch(each -> each.contains("read: Good after 520 ms, at most 300"));
    }

    @Test
    void whatTheApplicationNoticed() {
        rightHistory();
        events.add(new ClientEvent(0, "session inactive"));
        assertOneFinding("session inactive");
    }
}
