package org.tandemopc.relay.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.OpcDataSource;
import org.tandemopc.opcda.OpcItemState;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;
import org.tandemopc.service.OrderAnswer;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Groups that their client changes, or a member does not take, around a switch. */
class GroupChangesTest {
    /** Tandem's requests wait for 5 s here. */
    private static final Duration MOVE_IS_OVER = Duration.ofMillis(5_500);

    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init") // each test begins with begin
    private Rig rig;

    @SuppressWarnings("NullAway.Init")
    private TestClient client;

    @SuppressWarnings("NullAway.Init")
    private TestClient.Group group;

    @SuppressWarnings("NullAway.Init")
    private Ints handles;

    private void begin(Mode mode) throws Exception {
        rig = new Rig(mode, folder);
        rig.awaitServing(0);
        client = new TestClient(rig.host());
        awaitReady(1);
    }

    private void awaitReady(int member) {
        if (rig.pair().snapshot().mode() != Mode.COLD) {
            rig.awaitStandbyReady(member);
        }
    }

    private void subscribe() throws Exception {
        group = client.group("One", 7);
        handles = group.add("Boiler.Level");
        group.advise();
        group.awaitTold("1=1 C0");
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

    /** The group at the member has callbacks off from before, though our sink there is a new one. */
    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"WARM", "HOT"})
    @Requirement(
            value = {"I4", "MODE-W7"},
            protocol = Protocol.DA)
    void callbacksThatAreSwitchedOnElsewhereAreOnAtTheMemberThatReturns(Mode mode) throws Exception {
        begin(mode);
        subscribe();
        group.async.setEnable(false);
        awaitReady(1);
        switchTo(1);
        group.async.setEnable(true);
        awaitReady(0);
        switchTo(0);

        rig.tick("Boiler.Level", number(2));

        group.awaitTold("1=2 C0");
    }

    /** The new member tells its values when our sink comes; that the client wants none it learns after that, and it tells them once. */
    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"COLD", "WARM"})
    @Requirement(value = "I4", protocol = Protocol.DA)
    void valuesThatCameWhileCallbacksWereOffAreToldWhenTheyAreOn(Mode mode) throws Exception {
        begin(mode);
        subscribe();
        group.async.setEnable(false);
        awaitReady(1);
        rig.tick("Boiler.Level", number(2));
        rig.primary.kill();
        rig.awaitServing(1);
        Await.until(
                "the new member was told that nobody wants values, in " + rig.secondary.groups(),
                Rig.PATIENCE,
                () -> rig.secondary.groups().stream().anyMatch(one -> one.endsWith("advised off")));
        assertThat(group.told).containsExactly("1=1 C0");

        group.async.setEnable(true);

        group.awaitTold("1=2 C0");
        assertThat(group.told).containsExactly("1=1 C0", "1=2 C0");
    }

    @Test
    @Requirement(value = "I7", protocol = Protocol.DA)
    void whatARefreshHasBroughtSinceIsNotFollowedByWhatCameBefore() throws Exception {
        begin(Mode.WARM);
        subscribe();
        group.async.setEnable(false);
        awaitReady(1);
        rig.tick("Boiler.Level", number(2));
        rig.primary.kill();
        rig.awaitServing(1);
        Await.until(
                "the new member was told that nobody wants values, in " + rig.secondary.groups(),
                Rig.PATIENCE,
                () -> rig.secondary.groups().stream().anyMatch(one -> one.endsWith("advised off")));
        rig.secondary.set("Boiler.Level", number(3));
        assertThat(group.async.refresh2(OpcDataSource.DEVICE, 21).isSuccess()).isTrue();
        group.awaitCompleted("21 read 1=3 C0");

        group.async.setEnable(true);
        rig.secondary.set("Boiler.Level", number(4));

        group.awaitTold("1=4 C0");
        assertThat(group.told).containsExactly("1=1 C0", "1=4 C0");
    }

    /** As items that the member refuses: the client must not stay with good values of a member that serves no more (S10). */
    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(
            value = {"S10", "I5", "I9"},
            protocol = Protocol.DA)
    void itemsOfAGroupThatTheNewMemberDoesNotMakeAreBad(Mode mode) throws Exception {
        begin(mode);
        rig.secondary.refusesGroups = true;
        subscribe();
        awaitReady(1);
        rig.primary.kill();
        rig.awaitServing(1);

        group.awaitTold("1=" + Variant.EMPTY + " 04 8007000E");
        int askedBefore = rig.secondary.groupsAsked.get();
        assertThat(group.io.read(OpcDataSource.DEVICE, handles).hresult()).isEqualTo(HResult.E_OUTOFMEMORY);
        assertThat(group.io.write(handles, List.of(number(5))).hresult()).isEqualTo(HResult.E_OUTOFMEMORY);
        assertThat(rig.secondary.groupsAsked.get() - askedBefore).isLessThan(20);
        rig.secondary.refusesGroups = false;

        Await.until(
                "told anew in " + group.told,
                Rig.PATIENCE,
                () -> group.told.getLast().equals("1=1 C0"));
        assertThat(rig.secondary.ledger()).isEmpty();
        assertThat(group.io.read(OpcDataSource.DEVICE, handles).hresult()).isEqualTo(HResult.S_OK);
    }

    /** A call that waited for the switch brings no group to the next member that its client has removed meanwhile. */
    @Test
    @Requirement(
            value = {"MODE-C4", "I9"},
            protocol = Protocol.DA)
    void aGroupThatIsRemovedDuringASwitchIsNotMadeByACallThatWaited() throws Exception {
        begin(Mode.COLD);
        subscribe();
        rig.primary.holdReads();
        CompletableFuture<Result<PerItem<OpcItemState>>> read =
                Rig.inBackground(() -> group.io.read(OpcDataSource.DEVICE, handles));
        Await.until("asked", Rig.PATIENCE, () -> rig.primary.reads.get() == 1);
        rig.primary.kill();
        assertThat(client.server.removeGroup(group.handle, true).hresult()).isEqualTo(HResult.S_OK);

        rig.awaitServing(1);
        read.handle((answer, failure) -> "over").get(20, TimeUnit.SECONDS);

        assertThat(rig.secondary.groups()).isEmpty();
    }

    @Test
    @Requirement(value = "S3", protocol = Protocol.DA)
    void aWriteUnderWayOfAGroupThatItsClientRemovesIsUnknown() throws Exception {
        begin(Mode.WARM);
        subscribe();
        rig.primary.holdWrites();
        assertThat(group.async.write(handles, List.of(number(5)), 11).isSuccess())
                .isTrue();

        client.server.removeGroup(group.handle, true);

        Await.until("recorded", Rig.PATIENCE, () -> rig.records(RecordKind.OUTCOME_UNKNOWN) == 1);
        assertThat(rig.fields(RecordKind.OUTCOME_UNKNOWN))
                .containsEntry("member", 0)
                .containsEntry("items", "Boiler.Level");
    }

    /** The first move still waits for a write at the member that serves again; when its time is over it must not cut that off. */
    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"WARM", "HOT"})
    @Requirement(
            value = {"I2", "I11"},
            protocol = Protocol.DA)
    void aMoveThatWasTakenBackCutsNothingOffLater(Mode mode) throws Exception {
        begin(mode);
        subscribe();
        awaitReady(1);
        rig.primary.holdWrites();
        assertThat(group.async.write(handles, List.of(number(5)), 11).isSuccess())
                .isTrue();
        long orderedNanos = System.nanoTime();
        assertThat(rig.pair().switchTo(1, "test")).isInstanceOf(OrderAnswer.Accepted.class);
        rig.secondary.kill();
        rig.awaitServing(0);
        Await.until(
                "the time for the first move is over, or it has ended the write",
                Rig.PATIENCE,
                () -> System.nanoTime() - orderedNanos > MOVE_IS_OVER.toNanos() || !group.completed.isEmpty());

        rig.primary.thaw();

        group.awaitCompleted("11 written 1 00000000");
        assertThat(rig.records(RecordKind.OUTCOME_UNKNOWN)).isZero();
        rig.primary.set("Boiler.Level", number(6));
        group.awaitTold("1=6 C0");
    }
}
