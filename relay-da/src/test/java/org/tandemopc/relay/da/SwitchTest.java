package org.tandemopc.relay.da;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCBrowseServerAddressSpace;
import org.tandemopc.opcda.IOPCGroupStateMgt;
import org.tandemopc.opcda.IOPCItemIO;
import org.tandemopc.opcda.IOPCSyncIO2;
import org.tandemopc.opcda.OpcBrowseDirection;
import org.tandemopc.opcda.OpcBrowseType;
import org.tandemopc.opcda.OpcDataSource;
import org.tandemopc.opcda.OpcItemDef;
import org.tandemopc.opcda.OpcItemState;
import org.tandemopc.opcda.OpcItemVqt;
import org.tandemopc.opcda.OpcServerState;
import org.tandemopc.opcda.Quality;
import org.tandemopc.opcda.common.IOPCCommon;
import org.tandemopc.opcda.common.IOPCSecurityPrivate;
import org.tandemopc.opcda.common.IOPCShutdown;
import org.tandemopc.opcda.ole.IConnectionPointContainer;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;
import org.tandemopc.service.OrderAnswer;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** What a client notices of it when the active member changes. */
@Timeout(180)
class SwitchTest {
    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init") // each test begins with begin
    private Rig rig;

    @SuppressWarnings("NullAway.Init")
    private TestClient client;

    private void begin(Mode mode) throws Exception {
        rig = new Rig(mode, folder);
        rig.awaitServing(0);
        client = new TestClient(rig.host());
        if (mode != Mode.COLD) {
            rig.awaitStandbyReady(1);
        }
    }

    @AfterEach
    void end() throws Exception {
        client.close();
        rig.close();
    }

    private void switchTo(int member) {
        assertThat(rig.pair().switchTo(member, "test")).isInstanceOf(OrderAnswer.Accepted.class);
        rig.awaitServing(member);
    }

    private static Variant number(int value) {
        return new Variant.R8(value);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void groupsAndItemsAreAtTheNewActiveAsTheClientHasThem(Mode mode) throws Exception {
        begin(mode);
        TestClient.Group one = client.group("One", 7);
        Ints handles = one.add("Boiler.Level", "Line.Speed", "Boiler.Valve");
        one.items.setActiveState(Ints.of(handles.at(1)), false);
        one.items.removeItems(Ints.of(handles.at(2)));
        one.advise();
        client.group("Two", 8);
        TestClient.Group gone = client.group("Gone", 9);
        client.server.removeGroup(gone.handle, true);
        one.state.setState(new IOPCGroupStateMgt.StateChange(
                Optional.of(500L),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));

        rig.primary.kill();
        rig.awaitServing(1);

        Await.until(
                "made anew in " + rig.secondary.groups(),
                Rig.PATIENCE,
                () -> rig.secondary.groups().stream()
                        .sorted()
                        .toList()
                        .equals(List.of(
                                "One 500 ms active {Boiler.Level=active, Line.Speed=inactive} advised",
                                "Two 100 ms active {}")));
        assertThat(one.state.getState().value().serverHandle()).isEqualTo(one.handle);
        PerItem<OpcItemState> read = one.io
                .read(OpcDataSource.DEVICE, Ints.of(handles.at(0), handles.at(2)))
                .value();
        assertThat(read.errors().at(0)).isZero();
        assertThat(read.errors().at(1)).isNotZero();
        assertThat(read.values().getFirst().clientHandle()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(value = "S17", protocol = Protocol.DA)
    void callbacksGoOnAfterTheLossWithoutDoublesAndInOrder(Mode mode) throws Exception {
        begin(mode);
        TestClient.Group group = client.group("One", 7);
        group.add("Boiler.Level");
        group.advise();
        group.awaitTold("1=1 C0");
        rig.tick("Boiler.Level", number(2));
        group.awaitTold("1=2 C0");
        if (mode != Mode.COLD) {
            rig.awaitStandbyReady(1);
        }

        rig.primary.kill();
        rig.awaitServing(1);
        rig.tick("Boiler.Level", number(3));
        group.awaitTold("1=3 C0");
        rig.tick("Boiler.Level", number(4));
        group.awaitTold("1=4 C0");

        assertThat(group.told).containsExactly("1=1 C0", "1=2 C0", "1=3 C0", "1=4 C0");
    }

    /** Of a member that hangs nothing comes, while the standby hears what happens: at the switch the client gets all of it. */
    @Test
    @Requirement(
            value = {"S7", "S17"},
            protocol = Protocol.DA)
    void inHotModeWhatHappensUntilTheSwitchIsNotLost() throws Exception {
        begin(Mode.HOT);
        TestClient.Group group = client.group("One", 7);
        group.add("Boiler.Level");
        group.advise();
        group.awaitTold("1=1 C0");
        Await.until(
                "the standby tells too",
                Rig.PATIENCE,
                () -> rig.secondary.groups().stream().anyMatch(one -> one.contains("advised")));
        rig.awaitStandbyReady(1);

        rig.primary.hang();
        rig.tick("Boiler.Level", number(2));
        rig.tick("Boiler.Level", number(3));
        rig.awaitServing(1);
        rig.tick("Boiler.Level", number(4));
        group.awaitTold("1=4 C0");

        assertThat(group.told).containsExactly("1=1 C0", "1=2 C0", "1=3 C0", "1=4 C0");
    }

    /** What the former active still tells when it wakes is for nobody. */
    @Test
    @Requirement(value = "S8", protocol = Protocol.DA)
    void lateCallbacksOfTheFormerActiveAreDropped() throws Exception {
        begin(Mode.COLD);
        TestClient.Group group = client.group("One", 7);
        group.add("Boiler.Level");
        group.advise();
        group.awaitTold("1=1 C0");

        rig.primary.hang();
        rig.awaitServing(1);
        group.awaitTold("1=1 C0");
        rig.primary.thaw();
        rig.primary.set("Boiler.Level", number(99));
        rig.secondary.set("Boiler.Level", number(2));

        group.awaitTold("1=2 C0");
        assertThat(group.told).doesNotContain("1=99 C0");
    }

    /** Carried out, not answered, and never sent again: the client is told that nobody knows (S3). */
    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(
            value = {"S3", "S4", "I1"},
            protocol = Protocol.DA)
    void aWriteInFlightAtTheLossIsUnknownAndNotRepeated(Mode mode) throws Exception {
        begin(mode);
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("Boiler.Level", "Boiler.Valve");
        rig.primary.holdWrites();

        CompletableFuture<Result<Ints>> write =
                Rig.inBackground(() -> group.io.write(handles, List.of(number(5), number(6))));
        Await.until("carried out", Rig.PATIENCE, () -> rig.primary.ledger().size() == 2);
        rig.primary.kill();

        assertThat(write.get(20, TimeUnit.SECONDS))
                .isEqualTo(Result.partly(Ints.of(HResult.CALL_FAILED, HResult.CALL_FAILED)));
        rig.awaitServing(1);
        assertThat(group.io.write(handles, List.of(number(7), number(8)))).isEqualTo(Result.ok(Ints.of(0, 0)));
        assertThat(rig.secondary.ledger()).containsExactly("Boiler.Level=" + number(7), "Boiler.Valve=" + number(8));
        Await.until("recorded", Rig.PATIENCE, () -> rig.records(RecordKind.OUTCOME_UNKNOWN) == 1);
    }

    /** With quality and time, in a group and without one: as any other write. */
    @Test
    @Requirement(
            value = {"S3", "S4", "I1"},
            protocol = Protocol.DA)
    void writesOfDa3InFlightAtTheLossAreUnknownAndNotRepeated() throws Exception {
        begin(Mode.WARM);
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("Boiler.Level");
        IOPCSyncIO2 sync = group.pointer
                .queryInterface(IOPCSyncIO2.DEF, Deadline.after(TestClient.CALL))
                .value()
                .within(TestClient.CALL);
        IOPCItemIO io = client.as(IOPCItemIO.DEF);
        rig.awaitStandbyReady(1);
        rig.primary.holdWrites();

        CompletableFuture<Result<Ints>> byHandle =
                Rig.inBackground(() -> sync.writeVqt(handles, List.of(OpcItemVqt.of(number(5)))));
        CompletableFuture<Result<Ints>> byId =
                Rig.inBackground(() -> io.writeVqt(List.of("Boiler.Valve"), List.of(OpcItemVqt.of(number(6)))));
        Await.until("carried out", Rig.PATIENCE, () -> rig.primary.ledger().size() == 2);
        rig.primary.kill();

        Result<Ints> unknown = Result.partly(Ints.of(HResult.CALL_FAILED));
        assertThat(byHandle.get(20, TimeUnit.SECONDS)).isEqualTo(unknown);
        assertThat(byId.get(20, TimeUnit.SECONDS)).isEqualTo(unknown);
        rig.awaitServing(1);
        assertThat(rig.secondary.ledger()).isEmpty();
        Await.until("recorded", Rig.PATIENCE, () -> rig.records(RecordKind.OUTCOME_UNKNOWN) == 2);
        assertThat(io.read(List.of("Boiler.Valve"), Ints.of(0))
                        .value()
                        .values()
                        .getFirst()
                        .value())
                .isEqualTo(number(1));
        assertThat(io.writeVqt(List.of("Boiler.Valve"), List.of(OpcItemVqt.of(number(7)))))
                .isEqualTo(Result.ok(Ints.of(0)));
        assertThat(rig.secondary.ledger()).containsExactly("Boiler.Valve=" + number(7));
    }

    @Test
    @Requirement(
            value = {"S3", "S7"},
            protocol = Protocol.DA)
    void aWriteToAMemberThatHangsIsUnknownWhenTheMemberIsLeft() throws Exception {
        begin(Mode.WARM);
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("Boiler.Level");
        rig.awaitStandbyReady(1);
        rig.primary.hang();

        Result<Ints> write = Rig.inBackground(() -> group.io.write(handles, List.of(number(5))))
                .get(20, TimeUnit.SECONDS);

        assertThat(write).isEqualTo(Result.partly(Ints.of(HResult.CALL_FAILED)));
        rig.awaitServing(1);
        assertThat(rig.secondary.ledger()).isEmpty();
    }

    /** When it wakes it does what it had been asked for, and says so: the log knows then, the client has its answer (S8). */
    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"WARM", "HOT"})
    @Requirement(
            value = {"S8", "I1"},
            protocol = Protocol.DA)
    void theLateAnswersOfAMemberThatWakesUpAreRecordedAndToldToNobody(Mode mode) throws Exception {
        begin(mode);
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("Boiler.Level", "Boiler.Valve");
        group.advise();
        rig.awaitStandbyReady(1);
        rig.primary.holdWrites();
        var begun = group.async.write(Ints.of(handles.at(1)), List.of(number(6)), 11);
        assertThat(begun.isSuccess()).isTrue();
        rig.primary.hang();
        CompletableFuture<Result<Ints>> write =
                Rig.inBackground(() -> group.io.write(Ints.of(handles.at(0)), List.of(number(5))));

        assertThat(write.get(20, TimeUnit.SECONDS)).isEqualTo(Result.partly(Ints.of(HResult.CALL_FAILED)));
        group.awaitCompleted("11 written 2 800706BE");
        rig.awaitServing(1);
        Await.until("recorded", Rig.PATIENCE, () -> rig.records(RecordKind.OUTCOME_UNKNOWN) == 2);
        assertThat(rig.records(RecordKind.OUTCOME_RESOLVED)).isZero();
        rig.primary.thaw();

        Await.until("resolved", Rig.PATIENCE, () -> rig.records(RecordKind.OUTCOME_RESOLVED) == 2);
        assertThat(rig.fields(RecordKind.OUTCOME_RESOLVED))
                .containsEntry("member", 0)
                .containsEntry("user", "opc")
                .containsEntry("results", "done");
        assertThat(rig.primary.ledger()).containsExactly("Boiler.Valve=" + number(6), "Boiler.Level=" + number(5));
        assertThat(rig.secondary.ledger()).isEmpty();
        assertThat(group.completed).containsExactly("11 written 2 800706BE");
        assertThat(group.told).doesNotContain("1=5 C0");
    }

    /** Writes of DA 3.0 are recorded as any other, at once and when the member wakes up. */
    @Test
    @Requirement(
            value = {"S3", "S8", "I1"},
            protocol = Protocol.DA)
    void writesOfDa3AreAuditedAndTheirLateAnswersRecorded() throws Exception {
        begin(Mode.HOT);
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("Boiler.Level");
        IOPCSyncIO2 sync = group.pointer
                .queryInterface(IOPCSyncIO2.DEF, Deadline.after(TestClient.CALL))
                .value()
                .within(TestClient.CALL);
        IOPCItemIO io = client.as(IOPCItemIO.DEF);
        rig.awaitStandbyReady(1);
        try (AuditLog audit = new AuditLog()) {
            rig.primary.hang();
            CompletableFuture<Result<Ints>> byHandle =
                    Rig.inBackground(() -> sync.writeVqt(handles, List.of(OpcItemVqt.of(number(5)))));
            CompletableFuture<Result<Ints>> byId =
                    Rig.inBackground(() -> io.writeVqt(List.of("Boiler.Valve"), List.of(OpcItemVqt.of(number(6)))));
            Result<Ints> unknown = Result.partly(Ints.of(HResult.CALL_FAILED));
            assertThat(byHandle.get(20, TimeUnit.SECONDS)).isEqualTo(unknown);
            assertThat(byId.get(20, TimeUnit.SECONDS)).isEqualTo(unknown);
            rig.awaitServing(1);
            assertThat(rig.records(RecordKind.OUTCOME_RESOLVED)).isZero();
            rig.primary.thaw();

            Await.until("resolved", Rig.PATIENCE, () -> rig.records(RecordKind.OUTCOME_RESOLVED) == 2);
            assertThat(rig.fields(RecordKind.OUTCOME_RESOLVED)).containsEntry("results", "done");
            assertThat(rig.secondary.ledger()).isEmpty();
            Await.until("audited", Rig.PATIENCE, () -> audit.lines().size() == 2);
            assertThat(audit.lines())
                    .anyMatch(line ->
                            line.startsWith("SyncIO2.WriteVQT by") && line.endsWith("1 items [Boiler.Level]: unknown"))
                    .anyMatch(line ->
                            line.startsWith("ItemIO.WriteVQT by") && line.endsWith("1 items [Boiler.Valve]: unknown"));
        }
    }

    /** In cold mode nothing leads to a member that was left, so nobody can hear it. */
    @Test
    @Requirement(value = "S8", protocol = Protocol.DA)
    void inColdModeTheLateAnswerIsForNobody() throws Exception {
        begin(Mode.COLD);
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("Boiler.Level");
        rig.primary.hang();

        Result<Ints> write = Rig.inBackground(() -> group.io.write(handles, List.of(number(5))))
                .get(20, TimeUnit.SECONDS);
        assertThat(write).isEqualTo(Result.partly(Ints.of(HResult.CALL_FAILED)));
        rig.awaitServing(1);
        rig.primary.thaw();
        assertThat(group.io.write(handles, List.of(number(6)))).isEqualTo(Result.ok(Ints.of(0)));

        assertThat(rig.records(RecordKind.OUTCOME_UNKNOWN)).isEqualTo(1);
        assertThat(rig.records(RecordKind.OUTCOME_RESOLVED)).isZero();
    }

    /** The former active answers what it was asked before anything goes to the new one (I2, S14). */
    @Test
    @Requirement(
            value = {"I2", "S14"},
            protocol = Protocol.DA)
    void aPlannedSwitchWaitsForTheWriteThatIsUnderWay() throws Exception {
        begin(Mode.WARM);
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("Boiler.Level");
        rig.awaitStandbyReady(1);
        rig.primary.holdWrites();
        CompletableFuture<Result<Ints>> write = Rig.inBackground(() -> group.io.write(handles, List.of(number(5))));
        Await.until("carried out", Rig.PATIENCE, () -> rig.primary.ledger().size() == 1);

        assertThat(rig.pair().switchTo(1, "test")).isInstanceOf(OrderAnswer.Accepted.class);
        rig.awaitPhase("switching");
        // the decision is told before the relay has its orders: until then a write is rightly the former active's
        Await.until(
                "the relay holds",
                Rig.PATIENCE,
                () -> rig.pair().snapshot().relay().route().member() == 1);
        CompletableFuture<Result<Ints>> next = Rig.inBackground(() -> group.io.write(handles, List.of(number(6))));
        assertThat(write).isNotDone();
        rig.primary.thaw();

        assertThat(write.get(20, TimeUnit.SECONDS)).isEqualTo(Result.ok(Ints.of(0)));
        assertThat(next.get(20, TimeUnit.SECONDS)).isEqualTo(Result.ok(Ints.of(0)));
        rig.awaitServing(1);
        assertThat(rig.primary.ledger()).containsExactly("Boiler.Level=" + number(5));
        assertThat(rig.secondary.ledger()).containsExactly("Boiler.Level=" + number(6));
    }

    /** Only one member is connected at a time there: the former's connections end when the switch begins. */
    @Test
    @Requirement(
            value = {"S3", "I1"},
            protocol = Protocol.DA)
    void inColdModeAPlannedSwitchMakesTheWriteThatIsUnderWayUnknown() throws Exception {
        begin(Mode.COLD);
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("Boiler.Level");
        rig.primary.holdWrites();
        CompletableFuture<Result<Ints>> write = Rig.inBackground(() -> group.io.write(handles, List.of(number(5))));
        Await.until("carried out", Rig.PATIENCE, () -> rig.primary.ledger().size() == 1);

        switchTo(1);

        assertThat(write.get(20, TimeUnit.SECONDS)).isEqualTo(Result.partly(Ints.of(HResult.CALL_FAILED)));
        assertThat(rig.secondary.ledger()).isEmpty();
    }

    /** One that does not end in the time that others wait is given up, and its connection with it. */
    @Test
    @Requirement(value = "I2", protocol = Protocol.DA)
    void aPlannedSwitchGivesUpAWriteThatDoesNotEnd() throws Exception {
        begin(Mode.WARM);
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("Boiler.Level");
        rig.awaitStandbyReady(1);
        rig.primary.holdWrites();
        CompletableFuture<Result<Ints>> write = Rig.inBackground(() -> group.io.write(handles, List.of(number(5))));
        Await.until("carried out", Rig.PATIENCE, () -> rig.primary.ledger().size() == 1);

        assertThat(rig.pair().switchTo(1, "test")).isInstanceOf(OrderAnswer.Accepted.class);

        assertThat(write.get(20, TimeUnit.SECONDS)).isEqualTo(Result.partly(Ints.of(HResult.CALL_FAILED)));
        rig.awaitServing(1);
        assertThat(rig.secondary.ledger()).isEmpty();
    }

    /** A read that was not answered is asked of the new active (S1). */
    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(value = "S1", protocol = Protocol.DA)
    void aReadInFlightIsAnsweredByTheNewActive(Mode mode) throws Exception {
        begin(mode);
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("Boiler.Level");
        rig.secondary.set("Boiler.Level", number(22));
        rig.primary.hang();

        Result<PerItem<OpcItemState>> read = Rig.inBackground(() -> group.io.read(OpcDataSource.DEVICE, handles))
                .get(30, TimeUnit.SECONDS);

        assertThat(read.value().values().getFirst().value()).isEqualTo(number(22));
        assertThat(read.value().errors()).containsExactly(0);
    }

    /**
     * A member that answers for its status and not what it is asked: a call to it ends with the switch, long before its time is over,
     * whatever the reason for the switch.
     */
    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(
            value = {"S1", "S7", "GAP-10"},
            protocol = Protocol.DA)
    void aReadThatTheFormerActiveDoesNotAnswerIsGivenUpAtAPlannedSwitch(Mode mode) throws Exception {
        begin(mode);
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("Boiler.Level");
        rig.secondary.set("Boiler.Level", number(22));
        rig.primary.holdReads();
        CompletableFuture<Result<PerItem<OpcItemState>>> read =
                Rig.inBackground(() -> group.io.read(OpcDataSource.DEVICE, handles));
        assertThat(rig.pair().switchTo(1, "test")).isInstanceOf(OrderAnswer.Accepted.class);

        PerItem<OpcItemState> answer = read.get(30, TimeUnit.SECONDS).value();

        assertThat(answer.values().getFirst().value()).isEqualTo(number(22));
        assertThat(answer.errors()).containsExactly(0);
        rig.awaitServing(1);
    }

    /**
     * The client adds items, which the member takes its time for, and so the write waits in Tandem; then the member hangs, and is left
     * with it.
     */
    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(
            value = {"S2", "I1", "I2"},
            protocol = Protocol.DA)
    void aWriteThatHasNotLeftYetGoesToTheNextActiveAlone(Mode mode) throws Exception {
        begin(mode);
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("Boiler.Level");
        if (mode != Mode.COLD) {
            rig.awaitStandbyReady(1);
        }
        rig.primary.holdItems();
        CompletableFuture<Ints> adding = Rig.inBackground(() -> group.add("Boiler.Valve"));
        awaitSomebodyIn("SessionLink$Access.exclusive");
        CompletableFuture<Result<Ints>> write = Rig.inBackground(() -> group.io.write(handles, List.of(number(5))));
        awaitSomebodyIn("SessionLink$Access.lockStructure");
        assertThat(write).isNotDone();

        rig.primary.hang();

        assertThat(write.get(20, TimeUnit.SECONDS)).isEqualTo(Result.ok(Ints.of(0)));
        rig.awaitServing(1);
        assertThat(adding.get(20, TimeUnit.SECONDS).size()).isEqualTo(1);
        rig.primary.thaw();
        if (mode != Mode.COLD) {
            rig.awaitStandbyReady(0);
        }
        switchTo(0);
        assertThat(rig.secondary.ledger()).containsExactly("Boiler.Level=" + number(5));
        assertThat(rig.primary.ledger()).isEmpty();
        assertThat(rig.records(RecordKind.OUTCOME_UNKNOWN)).isZero();
    }

    /** The session has lost its link to the member, which is well otherwise, and gets no other there. */
    @Test
    @Requirement(
            value = {"S2", "I11"},
            protocol = Protocol.DA)
    void whoWaitsForALinkToTheFormerActiveGoesToTheNextOne() throws Exception {
        begin(Mode.WARM);
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("Boiler.Level");
        rig.awaitStandbyReady(1);
        rig.primary.holdClients();
        rig.primary.loseGroups();
        CompletableFuture<Result<Ints>> write = Rig.inBackground(() -> group.io.write(handles, List.of(number(5))));
        awaitSomebodyIn("SessionLink.enter");

        switchTo(1);

        assertThat(write.get(20, TimeUnit.SECONDS)).isEqualTo(Result.ok(Ints.of(0)));
        assertThat(rig.secondary.ledger()).containsExactly("Boiler.Level=" + number(5));
        assertThat(rig.primary.ledger()).isEmpty();
    }

    /** By a picture of all threads, as nothing tells of a call that waits. */
    private void awaitSomebodyIn(String method) {
        AtomicInteger pictures = new AtomicInteger();
        HotSpotDiagnosticMXBean machine = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        Await.until("somebody in " + method, Rig.PATIENCE, () -> {
            Path picture = folder.resolve("threads-" + method.hashCode() + "-" + pictures.incrementAndGet());
            try {
                machine.dumpThreads(picture.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
                return Files.readString(picture).contains(method);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Writes are unknown (S3); reads and refreshes are asked of the next active (S1). Each ends once. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(
            value = {"S1", "S3", "GAP-10"},
            protocol = Protocol.DA)
    void transactionsThatTheLostMemberDoesNotEndEndOnce(Mode mode) throws Exception {
        begin(mode);
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("Boiler.Level");
        group.advise();
        group.awaitTold("1=1 C0");
        rig.secondary.set("Boiler.Level", number(22));
        rig.primary.holdWrites();

        assertThat(group.async.write(handles, List.of(number(5)), 11).value().errors())
                .containsExactly(0);
        assertThat(group.async.read(handles, 12).value().errors()).containsExactly(0);
        assertThat(group.async.refresh2(OpcDataSource.DEVICE, 13).isSuccess()).isTrue();
        rig.primary.kill();

        group.awaitCompleted("11 written 1 800706BE");
        group.awaitCompleted("12 read 1=22 C0");
        group.awaitCompleted("13 read 1=22 C0");
        rig.awaitServing(1);
        assertThat(rig.secondary.ledger()).isEmpty();
        assertThat(group.async.write(handles, List.of(number(6)), 14).value().errors())
                .containsExactly(0);
        group.awaitCompleted("14 written 1 00000000");
        assertThat(group.completed).hasSize(4);
    }

    /** While it is at no member, nobody but Tandem can end it: at once, and once. */
    @Test
    @Requirement(value = "S1", protocol = Protocol.DA)
    void aReadThatIsAskedAgainCanBeCancelled() throws Exception {
        begin(Mode.COLD);
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("Boiler.Level");
        group.advise();
        group.awaitTold("1=1 C0");
        rig.primary.holdWrites();
        int cancelId = group.async.read(handles, 12).value().id();
        rig.secondary.hang();
        rig.primary.kill();

        Await.until("cancelled", Rig.PATIENCE, () -> {
            try {
                return group.async.cancel2(cancelId).isSuccess();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        group.awaitCompleted("12 cancelled");
        rig.secondary.thaw();
        rig.awaitServing(1);
        assertThat(group.async.read(handles, 13).value().errors()).containsExactly(0);
        group.awaitCompleted("13 read 1=1 C0");
        assertThat(group.completed).hasSize(2);
    }

    /** With no member left it ends too, as bad. */
    @Test
    @Requirement(value = "S12", protocol = Protocol.DA)
    void aReadThatNobodyCanBeAskedForEndsAsBad() throws Exception {
        begin(Mode.WARM);
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("Boiler.Level");
        group.advise();
        group.awaitTold("1=1 C0");
        rig.primary.holdWrites();
        assertThat(group.async.read(handles, 12).value().errors()).containsExactly(0);
        rig.primary.kill();
        rig.secondary.kill();

        group.awaitCompleted("12 read 1=Empty[] 18 800706BE");
        assertThat(group.completed).hasSize(1);
    }

    /** A member that is left by order tells the ends of what it works on first. */
    @Test
    @Requirement(
            value = {"S14", "I2"},
            protocol = Protocol.DA)
    void aPlannedSwitchWaitsForTheEndOfTransactions() throws Exception {
        begin(Mode.WARM);
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("Boiler.Level");
        group.advise();
        rig.awaitStandbyReady(1);
        rig.primary.holdWrites();
        assertThat(group.async.write(handles, List.of(number(5)), 11).value().errors())
                .containsExactly(0);
        assertThat(group.async.read(handles, 12).value().errors()).containsExactly(0);

        assertThat(rig.pair().switchTo(1, "test")).isInstanceOf(OrderAnswer.Accepted.class);
        Await.until(
                "the relay holds",
                Rig.PATIENCE,
                () -> rig.pair().snapshot().relay().route().member() == 1);
        rig.primary.thaw();

        rig.awaitServing(1);
        group.awaitCompleted("11 written 1 00000000");
        group.awaitCompleted("12 read 1=5 C0");
        assertThat(group.completed).hasSize(2);
    }

    /** The interfaces of DA have no other place where a write is seen with the account of who wrote. */
    @Test
    void eachWriteIsAuditedWithWhatBecameOfIt() throws Exception {
        begin(Mode.COLD);
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("Boiler.Level", "Boiler.Valve");
        group.advise();
        try (AuditLog audit = new AuditLog()) {
            assertThat(group.io.write(handles, List.of(number(5), number(6))).isSuccess())
                    .isTrue();
            var unused = group.async.write(Ints.of(handles.at(0)), List.of(number(7)), 11);
            group.awaitCompleted("11 written 1 00000000");
            rig.primary.holdWrites();
            CompletableFuture<Result<Ints>> lost =
                    Rig.inBackground(() -> group.io.write(Ints.of(handles.at(1)), List.of(number(8))));
            Await.until("carried out", Rig.PATIENCE, () -> rig.primary.ledger().size() == 4);
            rig.primary.kill();
            assertThat(lost.get(20, TimeUnit.SECONDS).isSuccess()).isTrue();

            Await.until(
                    "audited in " + audit.lines(),
                    Rig.PATIENCE,
                    () -> audit.lines().size() == 3);
            assertThat(audit.lines().get(0))
                    .matches("SyncIO.Write by '.*opc' at 127.0.0.1, pair 'Plant', member 0 in epoch \\d+,"
                            + " 2 items \\[Boiler.Level, Boiler.Valve]: done");
            assertThat(audit.lines().get(1)).startsWith("AsyncIO2.Write by").endsWith("1 items [Boiler.Level]: done");
            assertThat(audit.lines().get(2)).endsWith("1 items [Boiler.Valve]: unknown");
        }
    }

    /** Any number of switches: what clients hold is the same, and members' own numbers never show. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    void handlesStayThroughManySwitches(Mode mode) throws Exception {
        begin(mode);
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("Boiler.Level", "Line.Speed");
        group.advise();

        for (int round = 1; round <= 4; round++) {
            int target = round % 2;
            if (mode != Mode.COLD) {
                rig.awaitStandbyReady(target);
            }
            switchTo(target);
            ModelServer active = target == 0 ? rig.primary : rig.secondary;
            assertThat(group.io.write(Ints.of(handles.at(1)), List.of(number(10 + round))))
                    .isEqualTo(Result.ok(Ints.of(0)));
            group.awaitTold("2=" + (10 + round) + " C0");
            assertThat(active.ledger()).endsWith("Line.Speed=" + number(10 + round));
            Ints more = group.add("Boiler.Valve");
            assertThat(more.at(0)).isLessThan(100_000);
            assertThat(group.items.removeItems(more)).isEqualTo(Result.ok(Ints.of(0)));
        }
        assertThat(group.told)
                .allMatch(line -> line.startsWith("1=") || line.startsWith("2=") || line.equals("1=1 C0"));
    }

    @Test
    @Requirement(value = "GAP-17", protocol = Protocol.DA)
    void theNoticeOfAMemberSwitchesAtOnceAndIsNotPassedOn() throws Exception {
        begin(Mode.WARM);
        List<String> heard = new java.util.concurrent.CopyOnWriteArrayList<>();
        IOPCShutdown target = reason -> {
            heard.add(reason);
            return Result.ok(Nothing.NOTHING);
        };
        Optional<ComPointer<IUnknown>> sink = ComObject.named("sink")
                .with(IOPCShutdown.DEF, target)
                .build()
                .pointer(IUnknown.DEF)
                .map(one -> one);
        var unused = client.as(IConnectionPointContainer.DEF)
                .findConnectionPoint(IOPCShutdown.DEF.iid())
                .value()
                .orElseThrow()
                .within(TestClient.CALL)
                .advise(sink);

        rig.primary.shutDown("maintenance");

        rig.awaitServing(1);
        assertThat(rig.records(RecordKind.SHUTDOWN_RECEIVED)).isEqualTo(1);
        assertThat(heard).isEmpty();
        rig.pair().disable("test");
        Await.until("told that the pair ends", Rig.PATIENCE, () -> heard.equals(List.of("the pair is disabled")));
    }

    @Test
    @Requirement(
            value = {"S12", "GAP-11", "I5"},
            protocol = Protocol.DA)
    void withNoMemberEachItemIsToldToBeBadOnceAndCallsFailAtOnce() throws Exception {
        begin(Mode.WARM);
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("Boiler.Level", "Line.Speed");
        group.advise();
        group.awaitTold("2=1 C0");

        rig.primary.kill();
        rig.secondary.kill();
        rig.awaitPhase("stranded");

        group.awaitTold("1=Empty[] 18");
        group.awaitTold("2=Empty[] 18");
        PerItem<OpcItemState> read =
                group.io.read(OpcDataSource.DEVICE, handles).value();
        assertThat(read.errors()).containsExactly(0, 0);
        assertThat(read.values()).extracting(OpcItemState::quality).containsOnly(Quality.COMM_FAILURE);
        assertThat(group.io.write(handles, List.of(number(1), number(2))))
                .isEqualTo(Result.partly(Ints.repeat(HResult.CALL_FAILED_DID_NOT_EXECUTE, 2)));
        assertThat(client.server.getStatus().value().orElseThrow().state()).isEqualTo(OpcServerState.COMM_FAULT);
        assertThat(group.items.addItems(List.of(OpcItemDef.of("Boiler.Valve", 3))))
                .isEqualTo(Result.failure(HResult.CALL_FAILED_DID_NOT_EXECUTE));

        rig.secondary.start();
        rig.awaitServing(1);
        Await.until(
                "good again",
                Rig.PATIENCE,
                () -> group.told.stream().filter(line -> line.equals("1=1 C0")).count() == 2);
        assertThat(group.told).filteredOn(line -> line.endsWith(" 18")).hasSize(2);
    }

    @Test
    void languageNameAndBrowsePositionGoAlong() throws Exception {
        begin(Mode.COLD);
        IOPCCommon common = client.as(IOPCCommon.DEF);
        assertThat(common.setLocaleId(0x407).isSuccess()).isTrue();
        assertThat(common.setClientName("panel").isSuccess()).isTrue();
        IOPCBrowseServerAddressSpace browse = client.as(IOPCBrowseServerAddressSpace.DEF);
        assertThat(browse.changeBrowsePosition(OpcBrowseDirection.DOWN, "Boiler")
                        .isSuccess())
                .isTrue();

        rig.primary.kill();
        rig.awaitServing(1);

        assertThat(ThroughTandemTest.browsed(browse, OpcBrowseType.LEAF)).containsExactly("Level", "Valve");
        assertThat(rig.secondary.log).contains("locale 407", "client panel");
    }

    /** Language and name reach a standby that is connected already, too. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(value = "S32", protocol = Protocol.DA)
    void aLoginOfTheClientIsMadeAtEachMember(Mode mode) throws Exception {
        begin(mode);
        client.group("One", 7);
        IOPCSecurityPrivate security = client.as(IOPCSecurityPrivate.DEF);
        assertThat(security.isAvailablePriv()).isEqualTo(Result.ok(true));
        assertThat(security.logon("ann", "guess")).isEqualTo(Result.failure(HResult.E_ACCESSDENIED));
        assertThat(security.logon("ann", "open")).isEqualTo(Result.ok(Nothing.NOTHING));
        assertThat(client.as(IOPCCommon.DEF).setLocaleId(0x407).isSuccess()).isTrue();

        rig.primary.kill();
        rig.awaitServing(1);

        Await.until(
                "known there", Rig.PATIENCE, () -> rig.secondary.log.containsAll(List.of("logon ann", "locale 407")));
        assertThat(rig.primary.log.stream().filter("logon ann"::equals)).hasSize(1);
        assertThat(security.logoff()).isEqualTo(Result.ok(Nothing.NOTHING));
        assertThat(rig.secondary.log).contains("logoff").doesNotContain("refused ann");
    }

    /** Nothing is done there under Tandem's own account in its place (S32). */
    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(value = "S32", protocol = Protocol.DA)
    void whereTheNextMemberRefusesTheLoginTheClientIsRefused(Mode mode) throws Exception {
        begin(mode);
        rig.secondary.refusesLogons = true;
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("Boiler.Level");
        group.advise();
        group.awaitTold("1=1 C0");
        IOPCSecurityPrivate security = client.as(IOPCSecurityPrivate.DEF);
        assertThat(security.logon("ann", "open")).isEqualTo(Result.ok(Nothing.NOTHING));

        rig.primary.kill();
        rig.awaitServing(1);

        group.awaitTold("1=Empty[] 18");
        assertThat(group.io.write(handles, List.of(number(5)))).isEqualTo(Result.failure(HResult.E_ACCESSDENIED));
        assertThat(group.io.read(OpcDataSource.DEVICE, handles)).isEqualTo(Result.failure(HResult.E_ACCESSDENIED));
        assertThat(rig.secondary.ledger()).isEmpty();
        assertThat(rig.secondary.groups()).isEmpty();
        assertThat(rig.records(RecordKind.USER_REFUSED)).isPositive();

        rig.secondary.refusesLogons = false;
        assertThat(security.logon("ann", "open")).isEqualTo(Result.ok(Nothing.NOTHING));
        assertThat(group.io.write(handles, List.of(number(6)))).isEqualTo(Result.ok(Ints.of(0)));
        group.awaitTold("1=6 C0");
    }

    /** An item that only the one member has: at the other it is bad, and the others flow; back again it is good (S10). */
    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(
            value = {"S10", "SYS-12", "GAP-13"},
            protocol = Protocol.DA)
    void anItemThatTheNewActiveDoesNotHaveIsBadAloneUntilTheOtherIsBack(Mode mode) throws Exception {
        begin(mode);
        rig.primary.set("Only.Here", number(3));
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("Boiler.Level", "Only.Here");
        group.advise();
        group.awaitTold("2=3 C0");
        if (mode != Mode.COLD) {
            rig.awaitStandbyReady(1);
        }

        rig.primary.kill();
        rig.awaitServing(1);

        group.awaitTold("2=Empty[] 04 C0040007");
        PerItem<OpcItemState> read =
                group.io.read(OpcDataSource.DEVICE, handles).value();
        assertThat(read.errors()).containsExactly(0, org.tandemopc.opcda.OpcResult.OPC_E_UNKNOWNITEMID);
        rig.tick("Boiler.Level", number(4));
        group.awaitTold("1=4 C0");
        Await.until("recorded", Rig.PATIENCE, () -> rig.records(RecordKind.ITEM_MISSING) == 1);
        group.told.clear();

        rig.primary.start();
        if (mode != Mode.COLD) {
            rig.awaitStandbyReady(0);
        }
        switchTo(0);
        group.awaitTold("2=3 C0");
        assertThat(group.told).doesNotContain("2=Empty[] 04 C0040007");
    }

    /** A member that is told by its people to have the item after all is asked for it again. */
    @Test
    @Requirement(value = "S10", protocol = Protocol.DA)
    void anItemThatWasRefusedIsAskedForAgain() throws Exception {
        begin(Mode.WARM);
        rig.primary.set("Only.Here", number(3));
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("Boiler.Level", "Only.Here");
        group.advise();
        rig.awaitStandbyReady(1);
        rig.primary.kill();
        rig.awaitServing(1);
        group.awaitTold("2=Empty[] 04 C0040007");

        rig.secondary.set("Only.Here", number(5));

        group.awaitTold("2=5 C0");
        assertThat(group.io.write(Ints.of(handles.at(1)), List.of(number(6)))).isEqualTo(Result.ok(Ints.of(0)));
        group.awaitTold("2=6 C0");
        assertThat(group.told).filteredOn(line -> line.startsWith("2=Empty")).hasSize(1);
    }

    /** From the last value of the one to the first of the other nobody knows what was. One record for the session. */
    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"COLD", "WARM"})
    @Requirement(
            value = {"I4", "S17"},
            protocol = Protocol.DA)
    void aGapIsToldWithItsTimes(Mode mode) throws Exception {
        begin(mode);
        TestClient.Group group = client.group("One", 7);
        group.add("Boiler.Level");
        group.advise();
        TestClient.Group other = client.group("Two", 8);
        other.add("Boiler.Level", "Line.Speed");
        group.awaitTold("1=1 C0");
        FileTime last = FileTime.of(Instant.now());
        rig.primary.set("Boiler.Level", number(2), last);
        group.awaitTold("1=2 C0");
        FileTime first = FileTime.of(Instant.now().plusMillis(1));
        rig.secondary.set("Boiler.Level", number(3), first);
        if (mode == Mode.WARM) {
            rig.awaitStandbyReady(1);
        }

        rig.primary.kill();
        group.awaitTold("1=3 C0");

        Await.until("recorded", Rig.PATIENCE, () -> rig.records(RecordKind.GAP) == 1);
        assertThat(rig.fields(RecordKind.GAP))
                .containsEntry("items", "Boiler.Level, Line.Speed")
                .containsEntry("from", last.toString())
                .containsEntry("to", first.toString());
    }

    /** Where the client is told nothing the end is open. */
    @Test
    @Requirement(value = "I4", protocol = Protocol.DA)
    void aGapOfAClientThatOnlyReadsHasNoEnd() throws Exception {
        begin(Mode.COLD);
        client.group("One", 7).add("Boiler.Level");

        rig.primary.kill();

        Await.until("recorded", Rig.PATIENCE, () -> rig.records(RecordKind.GAP) == 1);
        assertThat(rig.fields(RecordKind.GAP)).containsEntry("from", "").containsEntry("to", "");
    }

    /** So it does not change with a switch: which member serves is not to be seen (GAP-15). */
    @Test
    @Requirement(value = "GAP-15", protocol = Protocol.DA)
    void theRateOfAGroupIsThatOfTheSlowerMember() throws Exception {
        begin(Mode.WARM);
        client.group("Zero", 6);
        Await.until(
                "the session is there",
                Rig.PATIENCE,
                () -> rig.secondary.groups().size() == 1);
        rig.secondary.rateStepMs = 250;
        TestClient.Group group = client.group("One", 7);
        assertThat(group.rateMs).isEqualTo(250);
        assertThat(group.state.getState().value().rateMs()).isEqualTo(250);
        assertThat(group.state.setState(rate(600))).isEqualTo(Result.ok(750L));

        switchTo(1);
        rig.secondary.rateStepMs = 1_000;

        assertThat(group.state.getState().value().rateMs()).isEqualTo(750);
    }

    @Test
    @Requirement(value = "GAP-15", protocol = Protocol.DA)
    void theRateIsThatOfTheActiveWhereNoOtherIsConnected() throws Exception {
        begin(Mode.COLD);
        rig.secondary.rateStepMs = 250;
        TestClient.Group group = client.group("One", 7);
        assertThat(group.rateMs).isEqualTo(100);

        switchTo(1);

        assertThat(group.state.getState().value().rateMs()).isEqualTo(100);
        assertThat(group.state.setState(rate(600))).isEqualTo(Result.ok(750L));
    }

    private static IOPCGroupStateMgt.StateChange rate(long ms) {
        return new IOPCGroupStateMgt.StateChange(
                Optional.of(ms),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
