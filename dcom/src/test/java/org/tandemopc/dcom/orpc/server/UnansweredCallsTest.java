package org.tandemopc.dcom.orpc.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.DualStringArray;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.ObjRef;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.StdObjRef;
import org.tandemopc.dcom.orpc.Thermometer;
import org.tandemopc.dcom.orpc.wire.IActivation;
import org.tandemopc.dcom.orpc.wire.IObjectExporter;
import org.tandemopc.dcom.orpc.wire.IRemUnknown;
import org.tandemopc.dcom.orpc.wire.RemInterfaceRef;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.CallContext;
import org.tandemopc.testkit.Await;

/**
 * The client is gone before the answer goes out: what the answer would have handed to it is nobody's, so that it is taken back at
 * once. No time passes in these tests.
 */
@Timeout(120)
class UnansweredCallsTest {
    private static final Guid THERMOMETER = Thermometer.DEF.iid();

    /** When on, whatever is asked about references waits until the asker is gone. */
    private final AtomicBoolean isDelayed = new AtomicBoolean();

    private final CountDownLatch begun = new CountDownLatch(1);
    private final TestDcom dcom;

    UnansweredCallsTest() throws Exception {
        dcom = TestDcom.with(settings -> settings.withAccess(new Access() {
            @Override
            public Optional<String> refusesCall(CallContext call, ComObject object) {
                if (isDelayed.compareAndSet(true, false)) {
                    untilItsClientIsGone();
                }
                return Optional.empty();
            }
        }));
    }

    @AfterEach
    void nothingIsLeft() {
        dcom.close();
    }

    private void untilItsClientIsGone() {
        begun.countDown();
        Await.until("the client is gone", TestDcom.PATIENCE, () -> dcom.server().connections() == 0);
    }

    private RawClient resolver() throws Exception {
        return RawClient.connect(dcom.resolver(), IObjectExporter.SYNTAX, "opc", AuthLevel.PKT_INTEGRITY);
    }

    private RawClient objects() throws Exception {
        return RawClient.connect(dcom.objects(), RawClient.REM_UNKNOWN, "opc", AuthLevel.PKT_INTEGRITY);
    }

    private record Made(Guid remUnknown, StdObjRef thermometer) {}

    private Made made() throws Exception {
        try (RawClient client = resolver()) {
            IActivation.Response answer = client.oldActivation(TestDcom.ROOM, 0, THERMOMETER);
            return new Made(
                    answer.ipidRemUnknown(),
                    ObjRef.of(answer.pointers().getFirst().orElseThrow())
                            .standard()
                            .orElseThrow());
        }
    }

    private interface Call {
        void on(RawClient client) throws Exception;
    }

    /** Calls, and goes while the call is served. */
    private void vanishWithin(RawClient client, Call call) throws Exception {
        FutureTask<Void> calling = new FutureTask<>(() -> {
            call.on(client);
            return null;
        });
        Thread.ofVirtual().start(calling);
        assertThat(begun.await(TestDcom.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        client.close();
        assertThatThrownBy(() -> calling.get(TestDcom.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .hasCauseInstanceOf(LinkException.class);
    }

    /** A pointer to an object elsewhere. */
    private record HandedOn(ObjRef reference, AtomicInteger takenBack) implements ComPointer<IUnknown> {
        @Override
        public InterfaceDef<IUnknown> type() {
            return IUnknown.DEF;
        }

        @Override
        public Guid iid() {
            return reference.iid();
        }

        @Override
        public <I, O> Result<O> call(Operation<? super IUnknown, I, O> operation, I in, Deadline deadline) {
            return Result.failure(HResult.E_NOTIMPL);
        }

        @Override
        public <U> Result<ComPointer<U>> queryInterface(InterfaceDef<U> wanted, Deadline deadline) {
            return Result.failure(HResult.E_NOINTERFACE);
        }

        @Override
        public <U> ComPointer<U> as(InterfaceDef<U> wanted) {
            throw new IllegalArgumentException("not asked for");
        }

        @Override
        public ObjRef handOn() {
            return reference;
        }

        @Override
        public void notHandedOn(ObjRef given) {
            assertThat(given).isEqualTo(reference);
            takenBack.incrementAndGet();
        }

        @Override
        public void close() {
            // nothing is held
        }
    }

    private static void probe(RawClient client, Made room) throws Exception {
        var unused =
                client.orpc(RawClient.syntax(THERMOMETER), 5, room.thermometer().ipid(), out -> out.guid(IUnknown.IID));
    }

    @Test
    void anObjectAmongItsResultsIsTakenBack() throws Exception {
        AtomicInteger letGo = new AtomicInteger();
        ComObject bell =
                ComObject.named("bell").onUnreferenced(letGo::incrementAndGet).build();
        Made room = made();
        Room inside = dcom.rooms.getFirst();
        inside.lent = bell.pointer(IUnknown.DEF).orElseThrow();
        try (RawClient client = objects()) {
            probe(client, room);
            assertThat(dcom.server().isReferenced(bell)).isTrue();
            assertThat(dcom.server().disconnect(bell)).isTrue();
        }
        inside.meanwhile = this::untilItsClientIsGone;
        vanishWithin(objects(), client -> probe(client, room));
        Await.until("let go", TestDcom.PATIENCE, () -> letGo.get() == 1);
        assertThat(dcom.server().isReferenced(bell)).isFalse();
    }

    @Test
    void whatItHandsOnIsTakenBack() throws Exception {
        Made room = made();
        ObjRef foreign =
                new ObjRef.Standard(IUnknown.IID, new StdObjRef(0, 5, 1, 2, Guid.random()), DualStringArray.EMPTY);
        AtomicInteger takenBack = new AtomicInteger();
        dcom.rooms.getFirst().lent = new HandedOn(foreign, takenBack);
        dcom.rooms.getFirst().meanwhile = this::untilItsClientIsGone;
        vanishWithin(objects(), client -> probe(client, room));
        Await.until("taken back", TestDcom.PATIENCE, () -> takenBack.get() == 1);
    }

    @Test
    void anObjectThatItWouldMakeIsTakenBack() throws Exception {
        dcom.meanwhile = this::untilItsClientIsGone;
        vanishWithin(resolver(), client -> client.oldActivation(TestDcom.ROOM, 0, THERMOMETER));
        dcom.awaitUnreferenced(1);
        assertThat(dcom.server().objects()).isZero();
    }

    /** Of the interfaces that it asks for, those that others have too keep what the others have. */
    @Test
    void referencesThatItAsksForAreTakenBack() throws Exception {
        Made room = made();
        isDelayed.set(true);
        vanishWithin(
                objects(),
                client -> client.query(
                        room.remUnknown(), room.thermometer().ipid(), 7, THERMOMETER, Thermometer.Alarm.DEF.iid()));
        releasingItsFiveLetsItGo(room);
    }

    @Test
    void wholeReferencesThatItAsksForAreTakenBack() throws Exception {
        Made room = made();
        isDelayed.set(true);
        var request = new IRemUnknown.QueryInterface2Request(room.thermometer().ipid(), List.of(THERMOMETER));
        vanishWithin(
                objects(),
                client -> client.orpc(
                        RawClient.REM_UNKNOWN2, IRemUnknown.REM_QUERY_INTERFACE2, room.remUnknown(), request::write));
        releasingItsFiveLetsItGo(room);
    }

    @Test
    void referencesThatItAddsAreTakenBack() throws Exception {
        Made room = made();
        isDelayed.set(true);
        vanishWithin(
                objects(),
                client -> client.addRef(
                        room.remUnknown(),
                        new RemInterfaceRef(room.thermometer().ipid(), 7, 3)));
        releasingItsFiveLetsItGo(room);
    }

    private void releasingItsFiveLetsItGo(Made room) throws Exception {
        try (RawClient client = objects()) {
            Guid ipid = room.thermometer().ipid();
            assertThat(client.release(room.remUnknown(), new RemInterfaceRef(ipid, 4, 0)))
                    .isEqualTo(HResult.S_OK);
            assertThat(client.read(ipid, "boiler")).isEqualTo(84.5);
            assertThat(client.release(room.remUnknown(), new RemInterfaceRef(ipid, 1, 0)))
                    .isEqualTo(HResult.S_OK);
            dcom.awaitUnreferenced(1);
        }
    }
}
