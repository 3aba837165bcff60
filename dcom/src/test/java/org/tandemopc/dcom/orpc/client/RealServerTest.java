package org.tandemopc.dcom.orpc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.ntlm.NtHash;
import org.tandemopc.dcom.ntlm.NtlmAcceptor;
import org.tandemopc.dcom.ntlm.NtlmClientSettings;
import org.tandemopc.dcom.ntlm.NtlmCredentials;
import org.tandemopc.dcom.ntlm.NtlmServerSettings;
import org.tandemopc.dcom.orpc.Activator;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IClassFactory;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.LocalPointer;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.ObjectCall;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.Thermometer;
import org.tandemopc.dcom.orpc.Thermometer.Alarm;
import org.tandemopc.dcom.orpc.server.DcomServer;
import org.tandemopc.dcom.orpc.server.DcomServerSettings;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.CallProtection;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.PortRange;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.PortPicker;

/** Both halves of this library, on two machines: 127.0.0.2 serves, 127.0.0.1 calls and is called back. */
@Timeout(120)
class RealServerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final InetAddress SERVER = InetAddress.ofLiteral("127.0.0.2");
    private static final Guid ROOM = Guid.of("7b1d7f3e-3b57-4b34-9c5c-aa6a5c0a0001");
    private static final Guid ABSENT = Guid.of("7b1d7f3e-3b57-4b34-9c5c-aa6a5c0a0002");

    /** OPC Server List, which clients ask for the CLSIDs of a host. */
    private static final Guid OPC_ENUM = Guid.of("13486d51-4821-11d2-a494-3cb306c10000");

    private static final String PASSWORD = "Secret1!";

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final AtomicInteger made = new AtomicInteger();
    private final AtomicInteger unreferenced = new AtomicInteger();
    private final AtomicReference<@Nullable ComPointer<Alarm>> kept = new AtomicReference<>();
    private final int resolverPort = PortPicker.pick();
    private final int objectPort = PortPicker.pick();

    /** The chains of the calls of Read. */
    private final List<Guid> chains = Collections.synchronizedList(new ArrayList<>());

    /** Keeps the alarm that it is given, and rings it at once. */
    private final class Room implements Thermometer {
        @Override
        public Result<Double> read(String place) {
            chains.add(ObjectCall.current().orElseThrow().causality());
            return switch (place) {
                case "boiler" -> Result.ok(84.5);
                case "yard" -> Result.partly(3.0);
                case "who" ->
                    Result.ok(
                            (double) ObjectCall.current().orElseThrow().level().code());
                default -> Result.failure(HResult.E_INVALIDARG);
            };
        }

        @Override
        public Result<Nothing> watch(Optional<ComPointer<Alarm>> alarm) throws LinkException, RpcFaultException {
            ComPointer<Alarm> pointer = alarm.orElseThrow();
            kept.set(pointer);
            return pointer.within(PATIENCE).ring(1);
        }

        @Override
        public Result<Optional<ComPointer<IUnknown>>> probe(Guid iid) {
            ComPointer<Alarm> pointer = kept.get();
            return pointer == null
                    ? Result.failure(HResult.E_NOINTERFACE)
                    : Result.ok(Optional.of(pointer.as(IUnknown.DEF)));
        }
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    private <T extends AutoCloseable> T open(T one) {
        opened.add(one);
        return one;
    }

    private static Deadline soon() {
        return Deadline.after(PATIENCE);
    }

    private static NtlmAcceptor acceptor() {
        return new NtlmAcceptor(
                NtlmServerSettings.of("TANDEM"),
                (domain, user) ->
                        user.equals("opc") ? Optional.of(NtHash.of(PASSWORD.toCharArray())) : Optional.empty());
    }

    private static ClientSecurity login(AuthLevel level) {
        return ClientSecurity.of(
                NtlmClientSettings.of("STATION"), NtlmCredentials.of("PLANT", "opc", PASSWORD.toCharArray()), level);
    }

    private DcomServer server() throws IOException {
        SinkClients sinks = open(SinkClients.of(login(AuthLevel.PKT_INTEGRITY), 16));
        DcomServerSettings settings = DcomServerSettings.of(acceptor(), PeerPolicy.strict())
                .at(SERVER)
                .withResolverPorts(PortRange.only(resolverPort))
                .withObjectPorts(PortRange.only(objectPort))
                .withCallbacks(sinks, Set.of());
        return open(DcomServer.start(
                settings,
                Activator.of(Map.of(
                        ROOM,
                        call -> ComObject.named("room " + made.incrementAndGet())
                                .with(Thermometer.DEF, new Room())
                                .with(Alarm.DEF, times -> Result.ok(Nothing.NOTHING))
                                .onUnreferenced(unreferenced::incrementAndGet)
                                .build()))));
    }

    private RemoteHost there() {
        return RemoteHost.of("plant", SERVER).withResolverPort(resolverPort);
    }

    private DcomClient client(ClientSecurity security) {
        return open(new DcomClient(DcomClientSettings.of(there(), security)));
    }

    /** One that can be called back. */
    private DcomClient clientWithObjects() throws IOException {
        return clientWithObjects(login(AuthLevel.PKT_INTEGRITY));
    }

    private DcomClient clientWithObjects(ClientSecurity security) throws IOException {
        DcomServer own = open(DcomServer.startWithoutClasses(DcomServerSettings.of(acceptor(), PeerPolicy.strict())
                .at(InetAddress.getLoopbackAddress())
                .withResolverPorts(PortRange.only(PortPicker.pick()))
                .withOnePort()));
        return open(new DcomClient(DcomClientSettings.of(there(), security).withOwnObjects(own)));
    }

    private ComPointer<Thermometer> room(DcomClient client) throws Exception {
        return client.activate(there(), ROOM, Thermometer.DEF, soon()).value();
    }

    @ParameterizedTest
    @CsvSource({"PKT_INTEGRITY, false", "PKT_PRIVACY, false", "PKT_INTEGRITY, true", "PKT_PRIVACY, true"})
    void objectIsMadeCalledAndLetGo(AuthLevel level, boolean isSpnego) throws Exception {
        DcomServer server = server();
        NtlmClientSettings station = NtlmClientSettings.of("STATION");
        NtlmCredentials opc = NtlmCredentials.of("PLANT", "opc", PASSWORD.toCharArray());
        DcomClient client =
                client(isSpnego ? ClientSecurity.spnego(station, opc, level) : ClientSecurity.of(station, opc, level));

        ComPointer<Thermometer> room = room(client);
        assertThat(room.within(soon()).read("boiler")).isEqualTo(Result.ok(84.5));
        assertThat(room.within(soon()).read("yard")).isEqualTo(Result.partly(3.0));
        assertThat(room.within(soon()).read("moon")).isEqualTo(Result.failure(HResult.E_INVALIDARG));
        assertThat(room.within(soon()).read("who")).isEqualTo(Result.ok((double) level.code()));
        ComPointer<Alarm> alarm = room.queryInterface(Alarm.DEF, soon()).value();
        assertThat(alarm.within(soon()).ring(3)).isEqualTo(Result.ok(Nothing.NOTHING));
        assertThat(alarm.queryInterface(IClassFactory.DEF, soon())).isEqualTo(Result.failure(HResult.E_NOINTERFACE));
        assertThat(server.objects()).isEqualTo(1);

        room.close();
        assertThat(alarm.within(soon()).ring(1).isSuccess()).isTrue();
        alarm.close();
        Await.until("the object is let go", PATIENCE, () -> unreferenced.get() == 1);
        assertThat(server.objects()).isZero();
    }

    /** No OpcEnum, no registry: the CLSID is enough, at a host where nothing else is to be had. */
    @Test
    @Requirement(value = "SYS-3", protocol = Protocol.DA)
    void aClassIsFoundByItsClsidAlone() throws Exception {
        var unused = server();
        DcomClient client = client(login(AuthLevel.PKT_INTEGRITY));
        assertThat(client.activate(there(), OPC_ENUM, Thermometer.DEF, soon()))
                .isEqualTo(Result.failure(HResult.REGDB_E_CLASSNOTREG));
        assertThat(room(client).within(soon()).read("boiler")).isEqualTo(Result.ok(84.5));
    }

    @Test
    void classObjectMakesObjects() throws Exception {
        var unused = server();
        DcomClient client = client(login(AuthLevel.PKT_INTEGRITY));
        ComPointer<IClassFactory> factory =
                client.classObject(there(), ROOM, soon()).value();
        ComPointer<IUnknown> made = factory.within(soon())
                .createInstance(Thermometer.DEF.iid())
                .value()
                .orElseThrow();
        assertThat(made.as(Thermometer.DEF).within(soon()).read("boiler")).isEqualTo(Result.ok(84.5));
        assertThat(client.activate(there(), ABSENT, Thermometer.DEF, soon()))
                .isEqualTo(Result.failure(HResult.REGDB_E_CLASSNOTREG));
        made.close();
        factory.close();
        Await.until("the object is let go", PATIENCE, () -> unreferenced.get() == 1);
    }

    @Test
    void eachCallBeginsAChainOfItsOwn() throws Exception {
        var unused = server();
        List<DcomClient> clients =
                List.of(client(login(AuthLevel.PKT_INTEGRITY)), client(login(AuthLevel.PKT_INTEGRITY)));
        for (DcomClient client : clients) {
            ComPointer<Thermometer> room = room(client);
            for (int i = 0; i < 3; i++) {
                assertThat(room.within(soon()).read("boiler")).isEqualTo(Result.ok(84.5));
            }
        }
        assertThat(chains).hasSize(6).doesNotHaveDuplicates().doesNotContain(Guid.NULL);
    }

    @Test
    void callsFromManyThreadsShareOneConnection() throws Exception {
        DcomServer server = server();
        DcomClient client = client(login(AuthLevel.PKT_PRIVACY));
        ComPointer<Thermometer> room = room(client);
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Result<Double>>> calls =
                    Collections.nCopies(300, () -> room.within(soon()).read("boiler"));
            for (Future<Result<Double>> answer : callers.invokeAll(calls)) {
                assertThat(answer.get()).isEqualTo(Result.ok(84.5));
            }
        }
        // one to the resolver, one to the objects
        assertThat(server.connections()).isEqualTo(2);
    }

    /** The server calls the client's object while the client is still inside its call, and again long after. */
    @Test
    void ownObjectIsCalledBackWithinTheCallAndLater() throws Exception {
        var unused = server();
        DcomClient client = clientWithObjects();
        AtomicInteger rings = new AtomicInteger();
        AtomicInteger alarmsLetGo = new AtomicInteger();
        ComObject bell = ComObject.named("bell")
                .with(Alarm.DEF, times -> {
                    rings.addAndGet(times);
                    return Result.ok(Nothing.NOTHING);
                })
                .onUnreferenced(alarmsLetGo::incrementAndGet)
                .build();
        ComPointer<Thermometer> room = room(client);
        LocalPointer<Alarm> pointer = bell.pointer(Alarm.DEF).orElseThrow();
        assertThat(room.within(soon()).watch(Optional.of(pointer))).isEqualTo(Result.ok(Nothing.NOTHING));
        assertThat(rings.get()).isEqualTo(1);

        ComPointer<Alarm> held = kept.get();
        assertThat(held).isNotNull();
        if (held != null) {
            assertThat(held.within(soon()).ring(10).isSuccess()).isTrue();
            assertThat(rings.get()).isEqualTo(11);
            // handed back to its owner, it is his own object again
            ComPointer<IUnknown> back =
                    room.within(soon()).probe(Alarm.DEF.iid()).value().orElseThrow();
            assertThat(back)
                    .isInstanceOfSatisfying(
                            LocalPointer.class,
                            local -> assertThat(local.object()).isSameAs(bell));
            back.close();
            held.close();
        }
        Await.until("the bell is let go", PATIENCE, () -> alarmsLetGo.get() > 0);
    }

    /**
     * The default of [MS-DCOM] 3.2.4.2 for a server that calls its client's objects: at the level and by the security package of the
     * client's own call, by the server's account.
     */
    @ParameterizedTest
    @CsvSource({"PKT_INTEGRITY, false", "PKT_PRIVACY, false", "PKT_INTEGRITY, true", "PKT_PRIVACY, true"})
    void callbackIsProtectedAsTheCallThatBroughtTheReference(AuthLevel level, boolean isSpnego) throws Exception {
        var unused = server();
        NtlmClientSettings station = NtlmClientSettings.of("STATION");
        NtlmCredentials opc = NtlmCredentials.of("PLANT", "opc", PASSWORD.toCharArray());
        DcomClient client = clientWithObjects(
                isSpnego ? ClientSecurity.spnego(station, opc, level) : ClientSecurity.of(station, opc, level));
        List<CallProtection> calls = Collections.synchronizedList(new ArrayList<>());
        List<String> callers = Collections.synchronizedList(new ArrayList<>());
        ComObject bell = ComObject.named("bell")
                .with(Alarm.DEF, times -> {
                    ObjectCall call = ObjectCall.current().orElseThrow();
                    calls.add(call.rpc().protection());
                    callers.add(call.principal().user());
                    return Result.ok(Nothing.NOTHING);
                })
                .build();
        ComPointer<Thermometer> room = room(client);
        LocalPointer<Alarm> pointer = bell.pointer(Alarm.DEF).orElseThrow();
        assertThat(room.within(soon()).watch(Optional.of(pointer))).isEqualTo(Result.ok(Nothing.NOTHING));
        assertThat(calls).containsExactly(new CallProtection(isSpnego ? 9 : 10, level));
        assertThat(callers).containsExactly("opc");
        ComPointer<Alarm> held = kept.get();
        if (held != null) {
            held.close();
        }
    }

    @Test
    void wrongPasswordIsRefusedAndNotTriedForEver() throws Exception {
        var unused = server();
        DcomClient client = client(ClientSecurity.of(
                NtlmClientSettings.of("STATION"), NtlmCredentials.of("PLANT", "opc", "wrong".toCharArray())));
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> room(client)).isInstanceOfAny(LinkException.class, RpcFaultException.class);
        }
        assertThatThrownBy(() -> room(client)).hasMessageContaining("not locked");
        assertThat(made.get()).isZero();
    }

    @Test
    void nobodyIsServedWithoutLogin() throws Exception {
        var unused = server();
        DcomClient client = client(ClientSecurity.none());
        assertThatThrownBy(() -> {
                    Result<ComPointer<Thermometer>> result = client.activate(there(), ROOM, Thermometer.DEF, soon());
                    throw new LinkException("0x%08X".formatted(result.hresult()));
                })
                .satisfiesAnyOf(
                        e -> assertThat(e).isInstanceOf(RpcFaultException.class),
                        e -> assertThat(e).hasMessageContaining("0x80070005"));
        assertThat(made.get()).isZero();
    }

    /** The server ends and comes back at the same ports: one loss, one new object, rebuilt before it is used. */
    @Test
    void restartedServerIsFoundOutAndTheObjectMadeAnew() throws Exception {
        DcomServer first = server();
        DcomClient client = client(login(AuthLevel.PKT_INTEGRITY));
        List<String> heard = Collections.synchronizedList(new ArrayList<>());
        ActivatedObject<Thermometer> room = open(new ActivatedObject<>(
                client,
                there(),
                ROOM,
                Thermometer.DEF,
                (fresh, deadline) ->
                        heard.add("rebuilt " + fresh.within(deadline).read("boiler")),
                new ActivatedObject.Listener() {
                    @Override
                    public void isPresent(int generation) {
                        heard.add("present " + generation);
                    }

                    @Override
                    public void isLost(int generation, String why) {
                        heard.add("lost " + generation);
                    }
                }));
        assertThat(room.within(PATIENCE).read("boiler")).isEqualTo(Result.ok(84.5));
        first.close();
        assertThatThrownBy(() -> room.within(PATIENCE).read("boiler")).isInstanceOf(LinkException.class);
        var unused = server();
        assertThatThrownBy(() -> room.within(PATIENCE).read("boiler"))
                .isInstanceOfAny(DisconnectedException.class, RpcFaultException.class);
        assertThat(room.within(PATIENCE).read("yard")).isEqualTo(Result.partly(3.0));
        assertThat(heard)
                .containsExactly(
                        "rebuilt 0x00000000 84.5", "present 1", "lost 1", "rebuilt 0x00000000 84.5", "present 2");
    }
}
