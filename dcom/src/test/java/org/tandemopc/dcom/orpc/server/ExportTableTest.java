package org.tandemopc.dcom.orpc.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ExportLimitException;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.StdObjRef;
import org.tandemopc.dcom.orpc.Thermometer;
import org.tandemopc.dcom.orpc.Thermometer.Alarm;
import org.tandemopc.dcom.orpc.server.ExportTable.Pings;
import org.tandemopc.dcom.rpc.Principal;

/** Who has references on what, and when nobody has any more; [MS-DCOM] 3.1.1.5. */
class ExportTableTest {
    private static final long OXID = 77;
    private static final Client ANN = client("ann", 1);
    private static final Client BOB = client("bob", 2);
    private static final Guid OTHER_IID = Guid.of("0badcafe-0000-0000-0000-000000000001");
    private static final long TIMEOUT = 360;

    private final AtomicLong oids = new AtomicLong(1_000);
    private final AtomicLong ipids = new AtomicLong(1);
    private final ComObject room = room("room");
    private ExportTable table = table(ExportLimits.DEFAULT);

    private ExportTable table(ExportLimits limits) {
        return new ExportTable(OXID, limits, oids::incrementAndGet, () -> new Guid(0, ipids.incrementAndGet()));
    }

    static Client client(String user, int host) {
        return new Client(new Principal("PLANT", user), InetAddress.ofLiteral("10.0.0." + host));
    }

    static ComObject room(String name) {
        return ComObject.named(name)
                .with(Thermometer.DEF, new Room())
                .with(Alarm.DEF, times -> Result.ok(Nothing.NOTHING))
                .build();
    }

    private StdObjRef exported(long refs) {
        return table.export(room, Thermometer.DEF.iid(), refs, ANN, 0);
    }

    private Optional<ComObject> released(StdObjRef reference, long refs) {
        return table.release(reference.ipid(), refs, 0, ANN, 0);
    }

    private StdObjRef queried(StdObjRef by, Guid iid) {
        return Objects.requireNonNull(table.query(by.ipid(), List.of(iid), 1, ANN, 0)
                .orElseThrow()
                .getFirst()
                .reference());
    }

    /** A living set of the client's with the object. */
    private static Pings pings(long wanted, Client by) {
        return new Pings() {
            @Override
            public boolean has(long oid) {
                return oid == wanted;
            }

            @Override
            public boolean has(long oid, Client client) {
                return oid == wanted && client.equals(by);
            }
        };
    }

    @Nested
    class Identity {
        /** 3.1.1.5.1: an object has one OID, and one IPID for each interface, however often it is handed out. */
        @Test
        void anObjectHandedOutAgainKeepsItsNames() {
            StdObjRef first = exported(5);
            StdObjRef second = exported(5);
            assertThat(second).isEqualTo(first);
            assertThat(table.objects()).isEqualTo(1);
            assertThat(table.interfaces()).isEqualTo(1);
        }

        @Test
        void whicheverInterfaceAsksTheAnswerIsTheSame() {
            StdObjRef thermometer = exported(5);
            StdObjRef alarm = queried(thermometer, Alarm.DEF.iid());
            StdObjRef unknown = queried(thermometer, IUnknown.IID);
            for (StdObjRef by : List.of(thermometer, alarm, unknown)) {
                assertThat(queried(by, Thermometer.DEF.iid()).ipid()).isEqualTo(thermometer.ipid());
                assertThat(queried(by, Alarm.DEF.iid()).ipid()).isEqualTo(alarm.ipid());
                assertThat(queried(by, IUnknown.IID).ipid()).isEqualTo(unknown.ipid());
                assertThat(queried(by, IUnknown.IID).oid()).isEqualTo(thermometer.oid());
            }
        }

        @Test
        void differentObjectsAreDifferentToTheirClients() {
            StdObjRef one = queried(exported(5), IUnknown.IID);
            StdObjRef other = table.export(room("other"), IUnknown.IID, 5, ANN, 0);
            assertThat(other.oid()).isNotEqualTo(one.oid());
            assertThat(other.ipid()).isNotEqualTo(one.ipid());
        }

        @Test
        void anInterfaceThatTheObjectLacksIsNoInterface() {
            StdObjRef thermometer = exported(5);
            assertThat(table.query(thermometer.ipid(), List.of(OTHER_IID, Alarm.DEF.iid()), 5, ANN, 0)
                            .orElseThrow())
                    .extracting(ExportTable.Queried::hresult)
                    .containsExactly(HResult.E_NOINTERFACE, HResult.S_OK);
        }

        /** RPC_E_INVALID_OBJECT, which the method says as a whole. */
        @Test
        void anUnknownInterfaceCannotBeAsked() {
            assertThat(table.query(new Guid(9, 9), List.of(IUnknown.IID), 5, ANN, 0))
                    .isEmpty();
        }
    }

    @Nested
    class References {
        @Test
        void theLastReferenceOfTheLastInterfaceTakesTheObject() {
            StdObjRef thermometer = exported(5);
            StdObjRef alarm = queried(thermometer, Alarm.DEF.iid());
            assertThat(released(thermometer, 4)).isEmpty();
            assertThat(released(thermometer, 1)).isEmpty();
            assertThat(table.find(thermometer.ipid())).isEmpty();
            assertThat(table.find(alarm.ipid())).isPresent();
            assertThat(released(alarm, 1)).containsSame(room);
            assertThat(table.objects()).isZero();
            assertThat(table.interfaces()).isZero();
        }

        /** j-Interop and node-dcom name an interface several times in one batch, after it has gone, and with a count of 0. */
        @Test
        void whatIsGoneIsReleasedAgainWithoutHarm() {
            StdObjRef thermometer = exported(5);
            StdObjRef alarm = queried(thermometer, Alarm.DEF.iid());
            assertThat(released(thermometer, 0)).isEmpty();
            assertThat(table.find(thermometer.ipid())).isPresent();
            assertThat(released(thermometer, 5)).isEmpty();
            assertThat(released(thermometer, 5)).isEmpty();
            assertThat(table.find(alarm.ipid())).isPresent();
            assertThat(released(alarm, 1)).containsSame(room);
            assertThat(released(alarm, 1)).isEmpty();
        }

        /** 3.1.1.5.6.1.3: more than there are is all of them. */
        @Test
        void moreThanThereAreIsAllOfThem() {
            assertThat(released(exported(5), 0xFFFF_FFFFL)).containsSame(room);
        }

        @Test
        void addedReferencesCount() {
            StdObjRef thermometer = exported(5);
            assertThat(table.addRef(thermometer.ipid(), 2, 0, ANN, 0)).isEqualTo(HResult.S_OK);
            assertThat(released(thermometer, 5)).isEmpty();
            assertThat(released(thermometer, 2)).containsSame(room);
        }

        @Test
        void referencesAreNotAddedToWhatIsNotThere() {
            assertThat(table.addRef(new Guid(9, 9), 1, 0, ANN, 0)).isEqualTo(HResult.CO_E_OBJNOTREG);
        }

        /** 3.1.1.5.6.1.2: private references are their client's alone. */
        @Test
        void nobodyReleasesThePrivateReferencesOfAnother() {
            StdObjRef thermometer = exported(5);
            assertThat(table.addRef(thermometer.ipid(), 0, 2, ANN, 0)).isEqualTo(HResult.S_OK);
            assertThat(table.release(thermometer.ipid(), 5, 9, BOB, 0)).isEmpty();
            assertThat(table.find(thermometer.ipid())).isPresent();
            assertThat(table.release(thermometer.ipid(), 0, 1, ANN, 0)).isEmpty();
            assertThat(table.release(thermometer.ipid(), 0, 1, ANN, 0)).containsSame(room);
        }

        /** Each is 32 bits, and one client's count must neither turn over nor refuse the others. */
        @Test
        void countsDoNotOverflow() {
            StdObjRef thermometer = exported(5);
            for (int i = 0; i < 3; i++) {
                assertThat(table.addRef(thermometer.ipid(), 0xFFFF_FFFFL, 0xFFFF_FFFFL, ANN, 0))
                        .isEqualTo(HResult.S_OK);
            }
            assertThat(exported(5).publicRefs()).isEqualTo(5);
            for (int i = 0; i < 3; i++) {
                assertThat(table.release(thermometer.ipid(), 0xFFFF_FFFFL, 0xFFFF_FFFFL, ANN, 0))
                        .isEmpty();
            }
            assertThat(released(thermometer, 9)).isEmpty();
            assertThat(released(thermometer, 1)).containsSame(room);
        }

        /** [MS-DCOM] 3.1.1.5.6.1.1 only adds what is asked for: an interface with none holds nothing. */
        @Test
        void anInterfaceAskedForWithoutReferencesHoldsNothing() {
            StdObjRef thermometer = exported(5);
            assertThat(table.query(thermometer.ipid(), List.of(Alarm.DEF.iid()), 0, ANN, 0))
                    .isPresent();
            assertThat(released(thermometer, 5)).containsSame(room);
            assertThat(table.interfaces()).isZero();
        }

        /** As the stub of COM has a reference of its own while it calls. */
        @Test
        void anObjectStaysWhileACallToItRuns() {
            StdObjRef thermometer = exported(5);
            ExportTable.Hold call =
                    table.called(thermometer.ipid(), ANN, 0).orElseThrow().hold();
            assertThat(released(thermometer, 5)).isEmpty();
            assertThat(table.isExported(room)).isTrue();
            assertThat(table.collect(Pings.none(), TIMEOUT, 10 * TIMEOUT)).isEmpty();
            assertThat(table.unhold(call, 10 * TIMEOUT)).containsSame(room);
            assertThat(table.unhold(call, 10 * TIMEOUT)).isEmpty();
        }

        /** CoDisconnectObject: references are worth nothing from then on, and a call that runs ends as it does. */
        @Test
        void aDisconnectedObjectIsGoneForAllAndMayComeAgain() {
            StdObjRef before = exported(5);
            ExportTable.Hold call =
                    table.called(before.ipid(), ANN, 0).orElseThrow().hold();
            assertThat(table.disconnect(room)).isTrue();
            assertThat(table.disconnect(room)).isFalse();
            assertThat(table.find(before.ipid())).isEmpty();
            StdObjRef after = exported(5);
            assertThat(table.unhold(call, 0)).isEmpty();
            assertThat(released(before, 5)).isEmpty();
            assertThat(table.find(after.ipid())).isPresent();
        }

        @Test
        void anObjectHandedOutAfterItsEndHasNewNames() {
            StdObjRef before = exported(5);
            assertThat(released(before, 5)).containsSame(room);
            StdObjRef after = exported(5);
            assertThat(after.oid()).isNotEqualTo(before.oid());
            assertThat(after.ipid()).isNotEqualTo(before.ipid());
        }

        @Test
        void anOwnReferenceThatCameBackKeepsItsObjectUntilItIsLetGo() {
            StdObjRef thermometer = exported(5);
            ExportTable.Target held = table.hold(thermometer, BOB, 0).orElseThrow();
            assertThat(held.object()).isSameAs(room);
            assertThat(table.find(thermometer.ipid())).isEmpty();
            assertThat(table.objects()).isEqualTo(1);
            assertThat(table.unhold(held.hold(), 0)).containsSame(room);
            assertThat(table.objects()).isZero();
        }

        @Test
        void aReferenceWithTheNamesOfTwoObjectsIsNone() {
            StdObjRef one = exported(5);
            StdObjRef other = table.export(room("other"), IUnknown.IID, 5, ANN, 0);
            StdObjRef mixed = new StdObjRef(0, 5, OXID, other.oid(), one.ipid());
            assertThat(table.hold(mixed, ANN, 0)).isEmpty();
            assertThat(table.find(one.ipid())).isPresent();
        }
    }

    @Nested
    class Limits {
        @Test
        void oneClientCannotTakeTheRoomOfAll() {
            table = table(new ExportLimits(100, 3, 2));
            for (int i = 0; i < 3; i++) {
                table.export(room("room"), IUnknown.IID, 5, ANN, 0);
            }
            assertThat(table.hasRoomFor(ANN)).isFalse();
            assertThatThrownBy(() -> table.export(room, IUnknown.IID, 5, ANN, 0))
                    .isInstanceOf(ExportLimitException.class);
            assertThat(table.objects()).isEqualTo(3);
            assertThat(table.export(room, IUnknown.IID, 5, BOB, 0).publicRefs()).isEqualTo(5);
        }

        @Test
        void roomThatIsGivenBackIsThereAgain() {
            table = table(new ExportLimits(1, 1, 2));
            for (int i = 0; i < 3; i++) {
                StdObjRef reference = exported(5);
                assertThat(table.hasRoomFor(BOB)).isFalse();
                assertThat(released(reference, 5)).containsSame(room);
            }
            assertThat(table.hasRoomFor(BOB)).isTrue();
        }

        @Test
        void holdersOfPrivateReferencesAreLimited() {
            table = table(new ExportLimits(100, 100, 2));
            StdObjRef thermometer = exported(5);
            assertThat(table.addRef(thermometer.ipid(), 0, 1, ANN, 0)).isEqualTo(HResult.S_OK);
            assertThat(table.addRef(thermometer.ipid(), 0, 1, BOB, 0)).isEqualTo(HResult.S_OK);
            assertThat(table.addRef(thermometer.ipid(), 0, 1, client("eve", 3), 0))
                    .isEqualTo(HResult.E_OUTOFMEMORY);
            assertThat(table.addRef(thermometer.ipid(), 0, 1, ANN, 0)).isEqualTo(HResult.S_OK);
        }

        @Test
        void anObjectThatCannotBeHandedOutLeavesNothing() {
            assertThatThrownBy(() -> table.export(room, OTHER_IID, 5, ANN, 0)).isInstanceOf(ExportLimitException.class);
            assertThat(table.objects()).isZero();
            assertThat(table.interfaces()).isZero();
        }
    }

    @Nested
    class Reclamation {
        private List<ComObject> collected(long now) {
            return table.collect(Pings.none(), TIMEOUT, now);
        }

        @Test
        void whatNobodyPingsOrCallsGoesAfterTheTime() {
            StdObjRef thermometer = exported(5);
            assertThat(collected(TIMEOUT - 1)).isEmpty();
            assertThat(collected(TIMEOUT)).containsExactly(room);
            assertThat(table.find(thermometer.ipid())).isEmpty();
            assertThat(table.hasRoomFor(ANN)).isTrue();
        }

        /** 3.1.1.6.2: a call is a sign of life, as is a ping, and as is each use of references. */
        @Test
        void everyUseIsASignOfLife() {
            StdObjRef thermometer = exported(5);
            assertThat(table.unhold(
                            table.called(thermometer.ipid(), ANN, 50)
                                    .orElseThrow()
                                    .hold(),
                            100))
                    .isEmpty();
            assertThat(collected(TIMEOUT + 99)).isEmpty();
            table.lifeSign(thermometer.oid(), ANN, 200);
            assertThat(collected(TIMEOUT + 199)).isEmpty();
            assertThat(table.addRef(thermometer.ipid(), 1, 0, ANN, 300)).isEqualTo(HResult.S_OK);
            assertThat(collected(TIMEOUT + 299)).isEmpty();
            assertThat(table.query(thermometer.ipid(), List.of(IUnknown.IID), 1, ANN, 400))
                    .isPresent();
            assertThat(collected(TIMEOUT + 399)).isEmpty();
            assertThat(table.release(thermometer.ipid(), 1, 0, ANN, 500)).isEmpty();
            assertThat(collected(TIMEOUT + 499)).isEmpty();
            assertThat(collected(TIMEOUT + 500)).containsExactly(room);
        }

        @Test
        void anOldSignDoesNotMakeAYoungOneOlder() {
            StdObjRef thermometer = exported(5);
            table.lifeSign(thermometer.oid(), ANN, 200);
            table.lifeSign(thermometer.oid(), ANN, 100);
            assertThat(collected(TIMEOUT + 199)).isEmpty();
        }

        @Test
        void whatAPingSetHasStays() {
            StdObjRef thermometer = exported(5);
            assertThat(table.collect(pings(thermometer.oid(), ANN), TIMEOUT, 10_000))
                    .isEmpty();
        }

        /** SORF_NOPING. */
        @Test
        void whatIsNotPingedIsNeverTakenBack() {
            ComObject lasting = ComObject.named("lasting").notPinged().build();
            StdObjRef reference = table.export(lasting, IUnknown.IID, 5, ANN, 0);
            assertThat(reference.isPinged()).isFalse();
            assertThat(collected(1_000_000)).isEmpty();
        }

        @Test
        void whatThisSideUsesItselfStays() {
            StdObjRef thermometer = exported(5);
            assertThat(table.hold(thermometer, ANN, 0)).isPresent();
            assertThat(collected(10_000)).isEmpty();
        }
    }

    /** References are counted for each client, as far as [MS-DCOM] lets an exporter know whose they are. */
    @Nested
    class Vanished {
        private static final Client EVE = client("eve", 3);
        private static final long LATE = 10 * TIMEOUT;

        private StdObjRef exportedTo(Client client, long refs, long now) {
            return table.export(room, Thermometer.DEF.iid(), refs, client, now);
        }

        private List<ComObject> collected(Pings pings, long now) {
            return table.collect(pings, TIMEOUT, now);
        }

        @Test
        void aClientThatVanishesGivesBackItsOwnAndAnothersRemain() {
            StdObjRef shared = exportedTo(ANN, 5, 0);
            exportedTo(BOB, 5, 0);
            StdObjRef onlyAnns = queried(shared, Alarm.DEF.iid());
            table.lifeSign(shared.oid(), BOB, LATE);
            assertThat(collected(Pings.none(), LATE)).isEmpty();
            assertThat(table.find(shared.ipid())).isPresent();
            assertThat(table.find(onlyAnns.ipid())).isEmpty();
            assertThat(table.release(shared.ipid(), 4, 0, BOB, LATE)).isEmpty();
            assertThat(table.release(shared.ipid(), 1, 0, BOB, LATE)).containsSame(room);
        }

        /** Its pings may come from it under another name, or it may have handed on what it had. */
        @Test
        void whatItMayHaveHandedOnRemainsAsLongAsSomebodyPings() {
            StdObjRef shared = exportedTo(ANN, 5, 0);
            assertThat(collected(pings(shared.oid(), EVE), LATE)).isEmpty();
            assertThat(table.find(shared.ipid())).isPresent();
            assertThat(table.release(shared.ipid(), 4, 0, EVE, LATE)).isEmpty();
            assertThat(table.release(shared.ipid(), 1, 0, EVE, LATE)).containsSame(room);
        }

        @Test
        void whatItMayHaveHandedOnGoesWithTheLastPing() {
            StdObjRef shared = exportedTo(ANN, 5, 0);
            exportedTo(BOB, 5, LATE - 1);
            assertThat(collected(pings(shared.oid(), BOB), LATE)).isEmpty();
            assertThat(table.release(shared.ipid(), 5, 0, BOB, LATE)).isEmpty();
            assertThat(collected(pings(shared.oid(), BOB), LATE)).isEmpty();
            assertThat(collected(Pings.none(), LATE)).containsExactly(room);
        }

        @Test
        void privateReferencesEndWithTheirClientWhoeverPings() {
            StdObjRef shared = exportedTo(BOB, 5, 0);
            StdObjRef alarm = queried(shared, Alarm.DEF.iid());
            assertThat(table.addRef(alarm.ipid(), 0, 3, EVE, 0)).isEqualTo(HResult.S_OK);
            assertThat(table.release(alarm.ipid(), 1, 0, ANN, 0)).isEmpty();
            assertThat(table.find(alarm.ipid())).isPresent();
            assertThat(collected(pings(shared.oid(), BOB), LATE)).isEmpty();
            assertThat(table.find(alarm.ipid())).isEmpty();
            assertThat(table.find(shared.ipid())).isPresent();
        }

        /** Or clients that come and go would fill the places of those with private references. */
        @Test
        void itsPlaceIsFreeAgain() {
            table = table(new ExportLimits(100, 100, 2));
            StdObjRef shared = exportedTo(ANN, 5, 0);
            assertThat(table.addRef(shared.ipid(), 0, 1, BOB, 0)).isEqualTo(HResult.S_OK);
            assertThat(table.addRef(shared.ipid(), 0, 1, EVE, 0)).isEqualTo(HResult.E_OUTOFMEMORY);
            assertThat(collected(pings(shared.oid(), ANN), LATE)).isEmpty();
            assertThat(table.addRef(shared.ipid(), 0, 1, EVE, LATE)).isEqualTo(HResult.S_OK);
        }

        /** More than are known by name: theirs count too, and have their whole time. */
        @Test
        void clientsBeyondTheLimitHaveTheirReferencesAllTheSame() {
            table = table(new ExportLimits(100, 100, 1));
            StdObjRef shared = exportedTo(ANN, 5, 0);
            exportedTo(BOB, 5, 100);
            assertThat(table.release(shared.ipid(), 5, 0, ANN, 100)).isEmpty();
            assertThat(collected(Pings.none(), TIMEOUT + 99)).isEmpty();
            assertThat(table.release(shared.ipid(), 5, 0, BOB, TIMEOUT + 99)).containsSame(room);
        }

        /** A reference may be handed on without a word to the server: who has it gives it back. */
        @Test
        void whoGivesBackMoreThanHeWasGivenGivesBackAnothers() {
            StdObjRef shared = exportedTo(ANN, 5, 0);
            exportedTo(BOB, 5, 0);
            assertThat(table.release(shared.ipid(), 9, 0, BOB, 0)).isEmpty();
            assertThat(table.release(shared.ipid(), 1, 0, ANN, 0)).containsSame(room);
        }

        @Test
        void aClientThatIsHeardOfHasNotVanished() {
            StdObjRef shared = exportedTo(ANN, 5, 0);
            exportedTo(BOB, 5, 0);
            for (long now = TIMEOUT - 1; now < LATE; now += TIMEOUT - 1) {
                assertThat(collected(pings(shared.oid(), BOB), now)).isEmpty();
                table.lifeSign(shared.oid(), ANN, now);
            }
            assertThat(table.release(shared.ipid(), 5, 0, BOB, LATE)).isEmpty();
            assertThat(table.release(shared.ipid(), 5, 0, ANN, LATE)).containsSame(room);
        }
    }
}
