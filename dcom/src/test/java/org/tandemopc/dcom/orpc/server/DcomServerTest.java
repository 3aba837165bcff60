package org.tandemopc.dcom.orpc.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.ndr.InterfacePointer;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ExportLimitException;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.Importer;
import org.tandemopc.dcom.orpc.Marshaler;
import org.tandemopc.dcom.orpc.ObjRef;
import org.tandemopc.dcom.orpc.StdObjRef;
import org.tandemopc.dcom.orpc.StringBinding;
import org.tandemopc.dcom.orpc.Thermometer;
import org.tandemopc.dcom.orpc.wire.IActivation;
import org.tandemopc.dcom.orpc.wire.IObjectExporter;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.PortRange;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.testkit.process.PortPicker;

/** Where a server listens, and that it begins and ends whole. */
@Timeout(120)
class DcomServerTest {
    private static final InetAddress ONE = InetAddress.ofLiteral("127.0.0.2");
    private static final InetAddress TWO = InetAddress.ofLiteral("127.0.0.3");

    private static RawClient client(InetSocketAddress address) throws Exception {
        return RawClient.connect(address, IObjectExporter.SYNTAX, "opc", AuthLevel.PKT_INTEGRITY);
    }

    private static IActivation.Response made(RawClient client) throws Exception {
        IActivation.Response answer = client.oldActivation(TestDcom.ROOM, 0, Thermometer.DEF.iid());
        assertThat(answer.hresult()).isEqualTo(HResult.S_OK);
        return answer;
    }

    private static List<String> addresses(IActivation.Response answer) {
        return answer.bindings().orElseThrow().strings().stream()
                .map(StringBinding::address)
                .toList();
    }

    @Test
    void eachClientIsToldTheAddressThatItHasReached() throws Exception {
        int resolver = PortPicker.pick();
        int objects = PortPicker.pick();
        try (TestDcom dcom = TestDcom.with(settings -> settings.at(ONE, TWO)
                .withResolverPorts(PortRange.only(resolver))
                .withObjectPorts(PortRange.only(objects))
                .withPublished(true, List.of("plant.example")))) {
            assertThat(dcom.server().resolverAddresses())
                    .containsExactlyInAnyOrder(
                            new InetSocketAddress(ONE, resolver), new InetSocketAddress(TWO, resolver));
            for (InetAddress address : List.of(ONE, TWO)) {
                try (RawClient client = client(new InetSocketAddress(address, resolver))) {
                    assertThat(addresses(made(client)))
                            .containsExactly(
                                    "%s[%d]".formatted(address.getHostAddress(), objects),
                                    "plant.example[%d]".formatted(objects));
                }
            }
        }
    }

    /** A range for firewalls: the first port that is free. */
    @Test
    void objectsAreInTheRange() throws Exception {
        int first = PortPicker.pick();
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress(ONE, first));
            try (TestDcom dcom =
                    TestDcom.with(settings -> settings.at(ONE).withObjectPorts(new PortRange(first, first + 100)))) {
                assertThat(dcom.objects().getPort()).isBetween(first + 1, first + 100);
            }
        }
    }

    @Test
    void withOnePortObjectsAreAtTheResolvers() throws Exception {
        try (TestDcom dcom = TestDcom.with(DcomServerSettings::withOnePort);
                RawClient client = client(dcom.resolver())) {
            assertThat(dcom.objects()).isEqualTo(dcom.resolver());
            IActivation.Response answer = made(client);
            assertThat(addresses(answer))
                    .containsExactly("127.0.0.1[%d]".formatted(dcom.resolver().getPort()));
            assertThat(client.release(answer.ipidRemUnknown())).isEqualTo(HResult.S_OK);
        }
    }

    @Test
    void aServerThatCannotListenServesNothing() throws Exception {
        int free = PortPicker.pick();
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress(ONE, 0));
            assertThatThrownBy(() -> TestDcom.with(settings -> settings.at(ONE)
                            .withObjectPorts(PortRange.only(free))
                            .withResolverPorts(PortRange.only(taken.getLocalPort()))))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(Integer.toString(taken.getLocalPort()));
        }
        try (ServerSocket again = new ServerSocket()) {
            again.bind(new InetSocketAddress(ONE, free));
        }
    }

    @Test
    void atTheEndAllObjectsAreToldThatNobodyHasThem() throws Exception {
        TestDcom dcom = TestDcom.strict();
        try (RawClient client = client(dcom.resolver())) {
            for (int i = 0; i < 3; i++) {
                made(client);
            }
        }
        dcom.server().close();
        dcom.awaitUnreferenced(3);
        assertThat(dcom.server().objects()).isZero();
        dcom.close();
    }

    /** The server looks for the dead of itself, and goes on with it whatever an object does when it hears of it. */
    @Test
    void theCollectorGoesOnAfterANoticeThatBroke() throws Exception {
        Duration silence = Duration.ofSeconds(1);
        CountDownLatch broken = new CountDownLatch(1);
        ComObject breaking = ComObject.named("breaking")
                .onUnreferenced(() -> {
                    broken.countDown();
                    throw new StackOverflowError("broken on purpose");
                })
                .build();
        try (TestDcom dcom = TestDcom.with(settings -> settings.withLimits(
                settings.limits(), ExportLimits.DEFAULT, PingLimits.DEFAULT.withTimeout(silence)))) {
            try (RawClient client = client(dcom.resolver());
                    RawClient calls =
                            RawClient.connect(dcom.objects(), RawClient.REM_UNKNOWN, "opc", AuthLevel.PKT_INTEGRITY)) {
                StdObjRef room = ObjRef.of(made(client).pointers().getFirst().orElseThrow())
                        .standard()
                        .orElseThrow();
                dcom.rooms.getFirst().lent = breaking.pointer(IUnknown.DEF).orElseThrow();
                NdrReader results = calls.orpc(
                        RawClient.syntax(Thermometer.DEF.iid()), 5, room.ipid(), out -> out.guid(IUnknown.IID));
                assertThat(InterfacePointer.read(results, "probe")).isPresent();
                dcom.clock.addAndGet(silence.toNanos());
                dcom.awaitUnreferenced(1);
                assertThat(broken.await(TestDcom.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
                made(client);
                dcom.clock.addAndGet(silence.toNanos());
                dcom.awaitUnreferenced(2);
            }
        }
    }

    /** As RemoveGroup with force has it, and as a group does that goes with its last reference. */
    @Test
    void anObjectCanBeTakenBackAndEndedForGood() throws Exception {
        try (TestDcom dcom = TestDcom.strict();
                RawClient client = client(dcom.resolver());
                RawClient calls =
                        RawClient.connect(dcom.objects(), RawClient.REM_UNKNOWN, "opc", AuthLevel.PKT_INTEGRITY)) {
            IActivation.Response answer = made(client);
            StdObjRef room = ObjRef.of(answer.pointers().getFirst().orElseThrow())
                    .standard()
                    .orElseThrow();
            ComObject object = dcom.objects.getFirst();
            assertThat(dcom.server().isReferenced(object)).isTrue();
            assertThat(dcom.server().retireIfUnreferenced(object)).isFalse();
            assertThat(calls.read(room.ipid(), "boiler")).isEqualTo(84.5);

            assertThat(dcom.server().disconnect(object)).isTrue();
            assertThatThrownBy(() -> calls.read(room.ipid(), "boiler"))
                    .isInstanceOfSatisfying(
                            RpcFaultException.class,
                            fault -> assertThat(fault.status()).isEqualTo(HResult.RPC_E_DISCONNECTED));
            assertThat(dcom.server().isReferenced(object)).isFalse();
            assertThat(dcom.server().retireIfUnreferenced(object)).isTrue();
            // who took it back has told it himself
            object.unreferenced();

            // it is not handed out again by whoever still has it
            Guid other = ObjRef.of(made(client).pointers().getFirst().orElseThrow())
                    .standard()
                    .orElseThrow()
                    .ipid();
            dcom.rooms.getLast().lent = object.pointer(IUnknown.DEF).orElseThrow();
            NdrReader results =
                    calls.orpc(RawClient.syntax(Thermometer.DEF.iid()), 5, other, out -> out.guid(IUnknown.IID));
            assertThat(InterfacePointer.read(results, "probe")).isEmpty();
            assertThat(results.i32("HRESULT")).isEqualTo(HResult.E_OUTOFMEMORY);
        }
    }

    @Test
    void afterTheEndNothingIsHandedOut() throws Exception {
        TestDcom dcom = TestDcom.strict();
        Marshaler marshaler = dcom.server().marshaler(ONE, TWO, Importer.none());
        dcom.close();
        ComObject object = ComObject.named("late").build();
        assertThatThrownBy(() -> marshaler.marshal(object.pointer(IUnknown.DEF).orElseThrow()))
                .isInstanceOf(ExportLimitException.class)
                .hasMessageContaining("closed");
    }
}
