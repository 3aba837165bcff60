package org.tandemopc.dcom.orpc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.DeadlineException;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.ndr.InterfacePointer;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.ntlm.NtlmClientSettings;
import org.tandemopc.dcom.ntlm.NtlmCredentials;
import org.tandemopc.dcom.orpc.Codec;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.ComVersion;
import org.tandemopc.dcom.orpc.DeadPointerException;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IClassFactory;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.ObjRef;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.Reach;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.StdObjRef;
import org.tandemopc.dcom.orpc.StringBinding;
import org.tandemopc.dcom.orpc.wire.IObjectExporter;
import org.tandemopc.dcom.orpc.wire.RemInterfaceRef;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.BindRefusedException;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.dcom.rpc.RpcStatus;
import org.tandemopc.dcom.rpc.WeakCalls;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.proxy.Fault;
import org.tandemopc.testkit.proxy.FaultProxy;

/**
 * All flows of a client, and all that can go wrong in them, against a host that does as it is told. No server of another maker
 * could be had for activation and references; what is sent is held against recorded peers in {@code orpc.wire}.
 */
@Timeout(120)
class DcomClientTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final AtomicReference<@Nullable Runnable> tick = new AtomicReference<>();

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

    private ScriptedHost openHost() throws IOException {
        return open(new ScriptedHost(true));
    }

    private ScriptedHost strictHost() throws IOException {
        return open(new ScriptedHost(false));
    }

    private static RemoteHost at(int resolverPort) {
        return RemoteHost.of(InetAddress.getLoopbackAddress()).withResolverPort(resolverPort);
    }

    private DcomClient client(RemoteHost host, ClientSecurity security) {
        return client(DcomClientSettings.of(host, security));
    }

    private DcomClient client(DcomClientSettings settings) {
        return open(new DcomClient(settings.withPings(Duration.ofMinutes(2), PATIENCE, (period, body) -> {
            tick.set(body);
            return () -> tick.set(null);
        })));
    }

    private void tick() {
        Runnable body = tick.get();
        assertThat(body).isNotNull();
        if (body != null) {
            body.run();
        }
    }

    private static ClientSecurity login(AuthLevel level, String password) {
        return ClientSecurity.of(
                NtlmClientSettings.of("STATION"),
                NtlmCredentials.of("PLANT", ScriptedHost.USER, password.toCharArray()),
                level);
    }

    private static ComPointer<Meter> activated(DcomClient client, RemoteHost host) throws Exception {
        return client.activate(host, ScriptedHost.CLASS, Meter.DEF, soon()).value();
    }

    private static int read(ComPointer<Meter> pointer, int place) throws Exception {
        return pointer.within(soon()).read(place).value();
    }

    private static void awaitReleased(ScriptedHost host, long references) {
        Await.until("references given back", PATIENCE, () -> {
            synchronized (host.released) {
                return host.released.stream()
                                .mapToLong(RemInterfaceRef::publicRefs)
                                .sum()
                        == references;
            }
        });
    }

    @Nested
    class Activations {
        /** The whole way at both levels: activate, call, ask for another interface, give back. */
        @ParameterizedTest
        @EnumSource(
                value = AuthLevel.class,
                names = {"PKT_INTEGRITY", "PKT_PRIVACY"})
        void objectIsMadeCalledAndGivenBack(AuthLevel level) throws Exception {
            ScriptedHost host = strictHost();
            RemoteHost there = at(host.resolverPort());
            DcomClient client = client(there, login(level, ScriptedHost.PASSWORD));

            ComPointer<Meter> meter = activated(client, there);
            assertThat(read(meter, 4)).isEqualTo(40);
            assertThat(meter.within(soon()).read(0)).isEqualTo(Result.partly(0));
            assertThat(meter.within(soon()).read(-1)).isEqualTo(Result.failure(HResult.E_INVALIDARG));
            ComPointer<IUnknown> unknown =
                    meter.queryInterface(IUnknown.DEF, soon()).value();
            meter.close();
            unknown.close();
            awaitReleased(host, 10);

            assertThat(host.levels).containsExactly(level);
            assertThat(host.count("RemoteCreateInstance")).isEqualTo(1);
            assertThat(host.count("RemoteActivation")).isZero();
            assertThat(client.pointers()).isZero();
            Await.until("nothing is kept", PATIENCE, () -> client.exporters() == 0);
        }

        @Test
        void severalInterfacesComeAtOnceAndTheAbsentOneIsTold() throws Exception {
            ScriptedHost host = openHost();
            RemoteHost there = at(host.resolverPort());
            DcomClient client = client(there, ClientSecurity.none());

            List<Result<ComPointer<IUnknown>>> made = client.activate(
                            there,
                            ScriptedHost.CLASS,
                            List.of(Meter.DEF.iid(), ScriptedHost.OTHER_IID, IUnknown.IID),
                            soon())
                    .value();
            assertThat(made).extracting(Result::hresult).containsExactly(0, HResult.E_NOINTERFACE, 0);
            assertThat(read(made.getFirst().value().as(Meter.DEF), 2)).isEqualTo(20);
            // a pointer to something else is asked for what is wanted when it is called
            assertThat(read(made.getLast().value().as(Meter.DEF), 3)).isEqualTo(30);
            assertThat(host.count("RemQueryInterface")).isEqualTo(1);
        }

        @Test
        void absentClassIsAResult() throws Exception {
            ScriptedHost host = openHost();
            RemoteHost there = at(host.resolverPort());
            DcomClient client = client(there, ClientSecurity.none());
            assertThat(client.activate(there, ScriptedHost.ABSENT_CLASS, Meter.DEF, soon()))
                    .isEqualTo(Result.failure(HResult.REGDB_E_CLASSNOTREG));
            assertThat(client.activate(there, ScriptedHost.CLASS, OTHER, soon()))
                    .isEqualTo(Result.failure(HResult.E_NOINTERFACE));
        }

        @Test
        void classObjectIsAskedForByItsOwnCall() throws Exception {
            ScriptedHost host = openHost();
            RemoteHost there = at(host.resolverPort());
            DcomClient client = client(there, ClientSecurity.none());
            ComPointer<IClassFactory> factory =
                    client.classObject(there, ScriptedHost.CLASS, soon()).value();
            assertThat(factory.iid()).isEqualTo(IClassFactory.DEF.iid());
            assertThat(host.count("RemoteGetClassObject")).isEqualTo(1);
        }

        /** Where the newer way is not there, and only then; and it is remembered. */
        @Test
        void olderWayIsTakenWhereTheNewerIsNotThere() throws Exception {
            ScriptedHost host = openHost();
            host.isScmOffered = false;
            RemoteHost there = at(host.resolverPort());
            DcomClient client = client(there, ClientSecurity.none());
            assertThat(read(activated(client, there), 3)).isEqualTo(30);
            host.isScmOffered = true;
            assertThat(read(activated(client, there), 5)).isEqualTo(50);
            assertThat(client.activate(there, ScriptedHost.ABSENT_CLASS, Meter.DEF, soon()))
                    .isEqualTo(Result.failure(HResult.REGDB_E_CLASSNOTREG));
            assertThat(host.count("RemoteActivation")).isEqualTo(3);
            assertThat(host.count("RemoteCreateInstance")).isZero();
        }

        @Test
        void olderWayIsTakenWhereTheOpnumIsNotThere() throws Exception {
            ScriptedHost host = openHost();
            RemoteHost there = at(host.resolverPort());
            DcomClient client = client(there, ClientSecurity.none());
            host.activationFault = new RpcFaultException(RpcStatus.OPNUM_OUT_OF_RANGE);
            // the same fault meets the older way here: what counts is that it was tried
            assertThatThrownBy(() -> activated(client, there)).isInstanceOf(RpcFaultException.class);
            assertThat(host.asked).contains("RemoteCreateInstance", "RemoteActivation");
        }

        /** A refusal is an answer: asking by the other way would only count as one more attempt on the account. */
        @ParameterizedTest
        @ValueSource(ints = {RpcStatus.ACCESS_DENIED, RpcStatus.SERVER_TOO_BUSY, RpcStatus.BAD_STUB_DATA})
        void olderWayIsNotTakenAfterARefusal(int status) throws Exception {
            ScriptedHost host = openHost();
            RemoteHost there = at(host.resolverPort());
            DcomClient client = client(there, ClientSecurity.none());
            host.activationFault = new RpcFaultException(status);
            assertThatThrownBy(() -> activated(client, there))
                    .isInstanceOfSatisfying(
                            RpcFaultException.class, e -> assertThat(e.status()).isEqualTo(status));
            host.activationFault = null;
            host.activationResult = HResult.E_ACCESSDENIED;
            assertThat(client.activate(there, ScriptedHost.CLASS, Meter.DEF, soon()))
                    .isEqualTo(Result.failure(HResult.E_ACCESSDENIED));
            assertThat(host.count("RemoteActivation")).isZero();
        }

        /** [MS-DCOM] 3.2.4.1.1.2: a server below 5.6 is asked by IActivation, in its own version. */
        @Test
        void oldServerIsSpokenToInItsVersion() throws Exception {
            ScriptedHost host = openHost();
            host.version = new ComVersion(5, 2);
            RemoteHost there = at(host.resolverPort());
            DcomClient client = client(there, ClientSecurity.none());
            assertThat(read(activated(client, there), 1)).isEqualTo(10);
            assertThat(host.count("RemoteActivation")).isEqualTo(1);
            assertThat(host.versions).containsOnly(new ComVersion(5, 2));
        }

        /** What ServerAlive2 brings is advice (j-Interop answers it with rubbish). */
        @ParameterizedTest
        @ValueSource(strings = {"", "05", "07000100", "0500020000000000 3a000000"})
        void rubbishInsteadOfAVersionHurtsNobody(String answer) throws Exception {
            ScriptedHost host = openHost();
            host.aliveAnswer = Bytes.ofHex(answer.replace(" ", ""));
            RemoteHost there = at(host.resolverPort());
            DcomClient client = client(there, ClientSecurity.none());
            assertThat(read(activated(client, there), 1)).isEqualTo(10);
            assertThat(client.activate(there, ScriptedHost.CLASS, Meter.DEF, soon())
                            .isSuccess())
                    .isTrue();
            assertThat(host.count("ServerAlive2")).isEqualTo(1);
        }

        @Test
        void brokenPropertiesEndTheActivationAndNothingElse() throws Exception {
            ScriptedHost host = openHost();
            RemoteHost there = at(host.resolverPort());
            DcomClient client = client(there, ClientSecurity.none());
            host.properties = new InterfacePointer(Bytes.ofHex("4d454f5704000000"));
            assertThatThrownBy(() -> activated(client, there))
                    .isInstanceOf(LinkException.class)
                    .hasMessageContaining("cannot be read");
            host.properties = null;
            assertThat(read(activated(client, there), 1)).isEqualTo(10);
            assertThat(host.count("RemoteActivation")).isZero();
        }

        @Test
        void hostThatWasNotConfiguredIsNotAsked() throws Exception {
            ScriptedHost host = openHost();
            DcomClient client = client(at(host.resolverPort()), ClientSecurity.none());
            RemoteHost other = at(host.resolverPort()).withAliases(Set.of("x"));
            assertThatThrownBy(() -> activated(client, other)).isInstanceOf(IllegalArgumentException.class);
            assertThat(host.asked).isEmpty();
        }

        /** An exporter that asks for a higher level gets it; one that asks for a lower does not ([MS-DCOM] 3.2.4.2). */
        @ParameterizedTest
        @ValueSource(ints = {2, 6})
        void levelOfCallsIsTheHigherOfBoth(int hint) throws Exception {
            ScriptedHost host = strictHost();
            host.authnHint = hint;
            RemoteHost there = at(host.resolverPort());
            DcomClient client = client(there, login(AuthLevel.PKT_INTEGRITY, ScriptedHost.PASSWORD));
            ComPointer<Meter> meter = activated(client, there);
            host.levels.clear();
            assertThat(read(meter, 1)).isEqualTo(10);
            assertThat(host.levels).containsExactly(hint == 6 ? AuthLevel.PKT_PRIVACY : AuthLevel.PKT_INTEGRITY);
        }
    }

    private static final InterfaceDef<Nothing> OTHER =
            InterfaceDef.of(ScriptedHost.OTHER_IID.toString(), "Other", caller -> Nothing.NOTHING, List.of());

    @Nested
    class Resolutions {
        private ScriptedHost host;
        private DcomClient client;

        Resolutions() throws IOException {
            host = openHost();
            client = client(at(host.resolverPort()), ClientSecurity.none());
        }

        private ComPointer<Meter> unmarshaled() {
            return client.unmarshal(host.newObject(Meter.DEF.iid()).toInterfacePointer(), Meter.DEF);
        }

        /** A reference that came out of nowhere: its resolver is asked, once for the whole process. */
        @Test
        void exporterIsResolvedOnceWhenItIsFirstCalled() throws Exception {
            ComPointer<Meter> one = unmarshaled();
            ComPointer<Meter> other = unmarshaled();
            assertThat(host.asked).isEmpty();
            assertThat(read(one, 1)).isEqualTo(10);
            assertThat(read(other, 2)).isEqualTo(20);
            assertThat(read(one, 3)).isEqualTo(30);
            assertThat(host.count("ResolveOxid2")).isEqualTo(1);
            assertThat(host.exporterConnections()).isEqualTo(1);
        }

        /** [MS-DCOM] 3.2.4.1.2.2: then it speaks 5.1. */
        @Test
        void olderResolutionIsAskedWhereTheNewerIsNotThere() throws Exception {
            host.isResolve2Known = false;
            assertThat(read(unmarshaled(), 1)).isEqualTo(10);
            assertThat(host.count("ResolveOxid")).isEqualTo(1);
            assertThat(host.versions).containsOnly(new ComVersion(5, 1));
        }

        @Test
        void exporterThatIsGoneIsToldAsThat() {
            host.isGone = true;
            ComPointer<Meter> pointer = unmarshaled();
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> read(pointer, 1))
                        .isInstanceOfSatisfying(
                                DisconnectedException.class,
                                e -> assertThat(e.isNotSent()).isTrue());
            }
            assertThat(host.count("ResolveOxid2")).isEqualTo(1);
        }

        /** Server-side request forgery: nobody at the address that a reference names hears of it. */
        @Test
        void referenceToAnotherHostIsNotFollowed() throws Exception {
            try (ServerSocket elsewhere = new ServerSocket(0, 8, InetAddress.ofLiteral("127.0.0.3"))) {
                elsewhere.setSoTimeout(300);
                host.resolverBindings = List.of(ScriptedHost.tcp("127.0.0.3[" + elsewhere.getLocalPort() + "]"));
                ComPointer<Meter> pointer = unmarshaled();
                assertThatThrownBy(() -> read(pointer, 1))
                        .isInstanceOfSatisfying(
                                LinkException.class,
                                e -> assertThat(e.isNotSent()).isTrue())
                        .hasMessageContaining("127.0.0.3")
                        .hasMessageContaining("none of the configured hosts");
                assertThatThrownBy(() -> pointer.queryInterface(IUnknown.DEF, soon()))
                        .isInstanceOf(LinkException.class);
                assertThatThrownBy(elsewhere::accept).isInstanceOf(SocketTimeoutException.class);
            }
        }

        /** The same in what a resolver or an activation answers. */
        @Test
        void exporterOnAnotherHostIsNotConnectedTo() throws Exception {
            try (ServerSocket elsewhere = new ServerSocket(0, 8, InetAddress.ofLiteral("127.0.0.3"))) {
                elsewhere.setSoTimeout(300);
                host.exporterBindings = List.of(
                        ScriptedHost.tcp("127.0.0.3[" + elsewhere.getLocalPort() + "]"),
                        ScriptedHost.tcp("localhost[" + host.exporterPort() + "]"));
                ComPointer<Meter> pointer = activated(client, at(host.resolverPort()));
                assertThatThrownBy(() -> read(pointer, 1))
                        .isInstanceOf(LinkException.class)
                        .hasMessageContaining("localhost")
                        .hasMessageContaining("none of the configured hosts");
                assertThatThrownBy(elsewhere::accept).isInstanceOf(SocketTimeoutException.class);
            }
        }

        @Test
        void bindingsOfOthersArePassedOver() throws Exception {
            host.exporterBindings = List.of(
                    ScriptedHost.tcp("10.255.255.1[1]"),
                    ScriptedHost.tcp("nowhere.invalid[1]"),
                    ScriptedHost.tcp("127.0.0.1[" + host.exporterPort() + "]"));
            assertThat(read(unmarshaled(), 1)).isEqualTo(10);
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "4d454f57", "00112233445566778899"})
        void octetsThatAreNoReferenceGiveAPointerThatSaysSo(String octets) {
            ComPointer<Meter> pointer = client.unmarshal(new InterfacePointer(Bytes.ofHex(octets)), Meter.DEF);
            assertThatThrownBy(() -> read(pointer, 1))
                    .isInstanceOf(LinkException.class)
                    .hasMessageContaining("no object reference came");
            assertThatThrownBy(pointer::handOn).isInstanceOf(DeadPointerException.class);
            pointer.close();
        }

        /** Code of another machine is not run, nor asked for. */
        @Test
        void customReferenceIsNotUnderstood() {
            ObjRef custom = new ObjRef.Custom(Meter.DEF.iid(), Guid.random(), Bytes.ofHex("01020304"));
            ComPointer<Meter> pointer = client.unmarshal(custom.toInterfacePointer(), Meter.DEF);
            assertThatThrownBy(() -> read(pointer, 1)).hasMessageContaining("code of another machine");
        }

        /** Some peers send references of IUnknown for everything. */
        @Test
        void referenceOfAnotherInterfaceIsAskedForTheRightOne() throws Exception {
            ComPointer<Meter> pointer =
                    client.unmarshal(host.newObject(IUnknown.IID).toInterfacePointer(), Meter.DEF);
            assertThat(read(pointer, 1)).isEqualTo(10);
            assertThat(read(pointer, 2)).isEqualTo(20);
            assertThat(host.count("RemQueryInterface")).isEqualTo(1);
            pointer.close();
            awaitReleased(host, 10);
        }

        /** The same name at two hosts is two exporters: neither host speaks for the other's. */
        @Test
        void hostsDoNotShareExporters() throws Exception {
            ScriptedHost other = openHost();
            other.oxid = host.oxid;
            RemoteHost one = at(host.resolverPort());
            RemoteHost two = at(other.resolverPort());
            DcomClient both =
                    client(DcomClientSettings.of(one, ClientSecurity.none()).withHosts(List.of(one, two)));
            ComPointer<Meter> here =
                    both.activate(one, ScriptedHost.CLASS, Meter.DEF, soon()).value();
            ComPointer<Meter> there =
                    both.activate(two, ScriptedHost.CLASS, Meter.DEF, soon()).value();
            assertThat(read(here, 1)).isEqualTo(10);
            assertThat(read(there, 2)).isEqualTo(20);
            assertThat(host.reads.get()).isEqualTo(1);
            assertThat(other.reads.get()).isEqualTo(1);
        }

        /** Port scanning by way of a client: many ports of its own address are not many resolvers. */
        @Test
        void referencesWithManyPortsMakeFewResolvers() {
            List<StringBinding> many = new ArrayList<>();
            for (int port = 1; port <= 60; port++) {
                many.add(ScriptedHost.tcp("127.0.0.1[" + port + "]"));
            }
            host.resolverBindings = many;
            List<ComPointer<Meter>> pointers = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                pointers.add(unmarshaled());
            }
            assertThat(client.resolvers()).isEqualTo(Reach.TARGETS_MAX);
            pointers.forEach(ComPointer::close);
            Await.until("resolvers go with what they were named by", PATIENCE, () -> client.resolvers() == 0);
        }

        @Test
        void limitsOfExportersAndPointersHold() throws Exception {
            DcomClient small = client(DcomClientSettings.of(at(host.resolverPort()), ClientSecurity.none())
                    .withLimits(1, 2));
            List<ComPointer<Meter>> pointers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                pointers.add(small.unmarshal(host.newObject(Meter.DEF.iid()).toInterfacePointer(), Meter.DEF));
            }
            assertThat(read(pointers.get(1), 1)).isEqualTo(10);
            assertThatThrownBy(() -> read(pointers.get(2), 1)).hasMessageContaining("limit of 2 pointers");
            // what is not kept goes back at once
            awaitReleased(host, 5);

            ObjRef.Standard reference = host.newObject(Meter.DEF.iid());
            ObjRef stranger = new ObjRef.Standard(
                    reference.iid(), new StdObjRef(0, 5, 1, 2, Guid.random()), reference.resolver());
            ComPointer<Meter> second = small.unmarshal(stranger.toInterfacePointer(), Meter.DEF);
            assertThatThrownBy(() -> read(second, 1)).hasMessageContaining("limit of 1 exporters");
        }
    }

    @Nested
    class Connections {
        private final ScriptedHost host;
        private final FaultProxy resolver;
        private final FaultProxy exporter;
        private final RemoteHost there;
        private final DcomClient client;

        Connections() throws IOException {
            host = openHost();
            resolver = open(FaultProxy.before(host.resolverPort()));
            exporter = open(FaultProxy.before(host.exporterPort()));
            host.isAt(resolver.port(), exporter.port());
            there = at(resolver.port());
            client = client(there, ClientSecurity.none());
        }

        /** Only the connection to the resolver is left, on both sides. */
        private void awaitCut() {
            Await.until(
                    "both sides noticed", PATIENCE, () -> host.exporterConnections() == 0 && client.connections() == 1);
        }

        @Test
        void callsOfAllPointersShareOneConnectionSideBySide() throws Exception {
            ComPointer<Meter> one = activated(client, there);
            ComPointer<Meter> other = activated(client, there);
            CountDownLatch gate = host.gate(7);
            try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<Integer> waiting = callers.submit(() -> read(one, 7));
                Await.until("the first is inside", PATIENCE, () -> host.reads.get() == 1);
                List<Callable<Integer>> calls = new ArrayList<>();
                for (int i = 100; i < 150; i++) {
                    int place = i;
                    calls.add(() -> read(place % 2 == 0 ? one : other, place));
                }
                List<Future<Integer>> answers = callers.invokeAll(calls);
                for (int i = 0; i < answers.size(); i++) {
                    assertThat(answers.get(i).get()).isEqualTo((100 + i) * 10);
                }
                assertThat(waiting.isDone()).isFalse();
                gate.countDown();
                assertThat(waiting.get()).isEqualTo(70);
            }
            assertThat(exporter.accepted()).isEqualTo(1);
        }

        @ParameterizedTest
        @EnumSource(
                value = Fault.Strike.class,
                names = {"CLOSE", "RESET"})
        void connectionThatEndedIsMadeAnewForTheNextCall(Fault.Strike strike) throws Exception {
            ComPointer<Meter> meter = activated(client, there);
            assertThat(read(meter, 1)).isEqualTo(10);
            exporter.strike(strike);
            awaitCut();
            assertThat(read(meter, 2)).isEqualTo(20);
            assertThat(exporter.accepted()).isEqualTo(2);
            // references and their owner are the same: nothing is resolved, nothing taken again
            assertThat(host.count("ResolveOxid2")).isZero();
        }

        /** A call that may have run is never made again. */
        @Test
        @Requirement(
                value = {"S5", "I1", "GAP-10"},
                protocol = Protocol.DA)
        void callThatMayHaveRunIsNotMadeAgain() throws Exception {
            ComPointer<Meter> meter = activated(client, there);
            assertThat(read(meter, 1)).isEqualTo(10);
            CountDownLatch gate = host.gate(9);
            try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<Integer> waiting = callers.submit(() -> read(meter, 9));
                Await.until("the call is inside", PATIENCE, () -> host.reads.get() == 2);
                exporter.strike(Fault.Strike.RESET);
                assertThatThrownBy(waiting::get)
                        .isInstanceOf(ExecutionException.class)
                        .cause()
                        .isInstanceOfSatisfying(
                                LinkException.class,
                                e -> assertThat(e.isNotSent()).isFalse());
                gate.countDown();
            }
            assertThat(host.reads.get()).isEqualTo(2);
        }

        /** Minutes are what DCOM is known for. */
        @Test
        void silentPeerCostsNoMoreThanTheDeadline() throws Exception {
            ComPointer<Meter> meter = activated(client, there);
            assertThat(read(meter, 1)).isEqualTo(10);
            exporter.setBoth(new Fault.Drop());
            long start = System.nanoTime();
            assertThatThrownBy(() -> meter.within(Duration.ofMillis(300)).read(2))
                    .isInstanceOf(DeadlineException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        }

        @ParameterizedTest
        @EnumSource(
                value = Fault.Door.class,
                names = {"REFUSE", "RESET", "SILENCE"})
        void hostThatIsNotReachedIsToldAtOnceOrAtTheDeadline(Fault.Door door) {
            resolver.set(door);
            long start = System.nanoTime();
            assertThatThrownBy(() -> client.activate(
                            there, ScriptedHost.CLASS, Meter.DEF, Deadline.after(Duration.ofMillis(500))))
                    .isInstanceOfSatisfying(
                            LinkException.class, e -> assertThat(e.isNotSent()).isTrue());
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            resolver.heal();
        }

        /** Giving back is a courtesy: a peer that does not answer costs the time set for it, and no more. */
        @Test
        void endOfTheClientDoesNotWaitForASilentPeer() throws Exception {
            ComPointer<Meter> meter = activated(client, there);
            assertThat(read(meter, 1)).isEqualTo(10);
            exporter.setBoth(new Fault.Drop());
            resolver.setBoth(new Fault.Drop());
            long start = System.nanoTime();
            client.close();
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(500), Duration.ofSeconds(8));
        }

        /** Refused at the exporter, and the resolver still knows it: the way is broken, not the object. */
        @Test
        void exporterThatIsOnlyUnreachableIsNotTakenForGone() throws Exception {
            ComPointer<Meter> meter = activated(client, there);
            exporter.set(Fault.Door.REFUSE);
            assertThatThrownBy(() -> read(meter, 1))
                    .isInstanceOf(LinkException.class)
                    .isNotInstanceOf(DisconnectedException.class);
            exporter.heal();
            assertThat(read(meter, 1)).isEqualTo(10);
        }

        /** Refused at the exporter, and the resolver knows nobody of that name any more. */
        @Test
        void processThatHasEndedIsTold() throws Exception {
            ComPointer<Meter> meter = activated(client, there);
            assertThat(read(meter, 1)).isEqualTo(10);
            host.isGone = true;
            exporter.set(Fault.Door.REFUSE);
            exporter.strike(Fault.Strike.RESET);
            awaitCut();
            assertThatThrownBy(() -> read(meter, 2))
                    .isInstanceOfSatisfying(
                            DisconnectedException.class,
                            e -> assertThat(e.isNotSent()).isTrue());
            assertThat(client.exporters()).isZero();
            exporter.heal();
            assertThatThrownBy(() -> read(meter, 2)).isInstanceOf(DisconnectedException.class);
            meter.close();
            assertThat(client.pointers()).isZero();
        }

        /** Another process has taken the port, and knows nothing of our objects. */
        @ParameterizedTest
        @ValueSource(ints = {HResult.RPC_E_DISCONNECTED, RpcStatus.UNKNOWN_INTERFACE})
        void anotherProcessAtTheSamePortIsNotMistakenForTheOldOne(int status) throws Exception {
            ComPointer<Meter> meter = activated(client, there);
            assertThat(read(meter, 1)).isEqualTo(10);
            exporter.strike(Fault.Strike.RESET);
            host.isGone = true;
            host.callFault = new RpcFaultException(status);
            awaitCut();
            assertThatThrownBy(() -> read(meter, 2)).isInstanceOf(DisconnectedException.class);
        }

        /** An object that is released there while its process lives costs no question at the resolver. */
        @Test
        void objectThatIsGoneAloneIsAFault() throws Exception {
            ComPointer<Meter> meter = activated(client, there);
            assertThat(read(meter, 1)).isEqualTo(10);
            host.objects.clear();
            assertThatThrownBy(() -> read(meter, 2))
                    .isInstanceOfSatisfying(
                            RpcFaultException.class, e -> assertThat(e.status()).isEqualTo(HResult.RPC_E_DISCONNECTED));
            assertThat(host.count("ResolveOxid2")).isZero();
        }

        /** The exporter listens elsewhere now: the resolver tells where. */
        @Test
        void exporterThatHasMovedIsFound() throws Exception {
            ComPointer<Meter> meter = activated(client, there);
            assertThat(read(meter, 1)).isEqualTo(10);
            exporter.set(Fault.Door.REFUSE);
            exporter.strike(Fault.Strike.RESET);
            host.isAt(resolver.port(), host.exporterPort());
            awaitCut();
            assertThat(read(meter, 2)).isEqualTo(20);
        }
    }

    @Nested
    class ReferenceCounts {
        private final ScriptedHost host;
        private final DcomClient client;
        private final ComPointer<Meter> meter;

        ReferenceCounts() throws Exception {
            host = openHost();
            RemoteHost there = at(host.resolverPort());
            client = client(there, ClientSecurity.none());
            meter = activated(client, there);
        }

        @Test
        void pointersOfResultsAreCallableAndGivenBack() throws Exception {
            ComPointer<Meter> next = meter.within(soon()).next().value().orElseThrow();
            assertThat(read(next, 6)).isEqualTo(60);
            next.close();
            next.close();
            awaitReleased(host, 5);
            assertThatThrownBy(() -> read(next, 6)).isInstanceOf(IllegalStateException.class);
            assertThat(read(meter, 6)).isEqualTo(60);
        }

        /** As the exporter counts: five and five, and ten go back, in few calls. */
        @Test
        void manyPointersGoBackInFewCalls() throws Exception {
            List<ComPointer<Meter>> all = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                all.add(client.unmarshal(host.newObject(Meter.DEF.iid()).toInterfacePointer(), Meter.DEF));
            }
            all.forEach(ComPointer::close);
            awaitReleased(host, 2_500);
            assertThat(host.releaseBatches.size()).isLessThan(100);
        }

        @Test
        void sameInterfaceTwiceIsOneHeapOfReferences() throws Exception {
            InterfacePointer octets = host.newObject(Meter.DEF.iid()).toInterfacePointer();
            ComPointer<Meter> one = client.unmarshal(octets, Meter.DEF);
            ComPointer<Meter> other = client.unmarshal(octets, Meter.DEF);
            one.close();
            assertThat(read(other, 1)).isEqualTo(10);
            other.close();
            awaitReleased(host, 10);
            assertThat(host.released).hasSize(1);
        }

        /** [MS-DCOM] 3.2.4.4: who gets a pointer without references asks for some before he uses it. */
        @Test
        void pointerThatCameWithoutReferencesAsksForSome() throws Exception {
            host.publicRefs = 0;
            ComPointer<Meter> next = meter.within(soon()).next().value().orElseThrow();
            assertThat(host.added).isEmpty();
            assertThat(read(next, 1)).isEqualTo(10);
            assertThat(read(next, 2)).isEqualTo(20);
            assertThat(host.added).hasSize(1);
            next.close();
            awaitReleased(host, RemoteExporter.REFERENCES_ASKED);
        }

        @Test
        void pointerWhoseObjectWentMeanwhileSaysSo() throws Exception {
            host.publicRefs = 0;
            host.remAddRefResult = HResult.CO_E_OBJNOTREG;
            ComPointer<Meter> next = meter.within(soon()).next().value().orElseThrow();
            assertThatThrownBy(() -> read(next, 1))
                    .isInstanceOfSatisfying(
                            RpcFaultException.class, e -> assertThat(e.status()).isEqualTo(HResult.RPC_E_DISCONNECTED));
        }

        /** A foreign reference keeps its identity when it is passed on; the receiver owns one of our references. */
        @Test
        void pointerIsHandedOnAsItCame() throws Exception {
            ObjRef.Standard came = host.newObject(Meter.DEF.iid());
            ComPointer<Meter> other = client.unmarshal(came.toInterfacePointer(), Meter.DEF);
            assertThat(meter.within(soon()).attach(Optional.of(other)).isSuccess())
                    .isTrue();
            StdObjRef std = came.std();
            assertThat(host.attached)
                    .containsExactly(new ObjRef.Standard(
                            came.iid(), new StdObjRef(0, 1, std.oxid(), std.oid(), std.ipid()), came.resolver()));
            other.close();
            awaitReleased(host, 4);
        }

        /** Each receiver gets one of ours, and before the last one goes there are more. */
        @Test
        void referencesThatRunShortAreAskedForInTime() throws Exception {
            ComPointer<Meter> other =
                    client.unmarshal(host.newObject(Meter.DEF.iid()).toInterfacePointer(), Meter.DEF);
            for (int i = 0; i < 4; i++) {
                assertThat(meter.within(soon()).attach(Optional.of(other)).isSuccess())
                        .isTrue();
            }
            Await.until("more references", PATIENCE, () -> isAttachedWithAReference(other));
            long given = host.attached.stream()
                    .filter(reference -> reference.standard().orElseThrow().publicRefs() == 1)
                    .count();
            assertThat(host.added).hasSize(1);
            other.close();
            awaitReleased(host, 5 + RemoteExporter.REFERENCES_ASKED - given);
        }

        /** Until the answer is there, who gets it is given none, and asks for himself. */
        private boolean isAttachedWithAReference(ComPointer<Meter> other) {
            try {
                assertThat(meter.within(soon()).attach(Optional.of(other)).isSuccess())
                        .isTrue();
            } catch (LinkException | RpcFaultException e) {
                throw new AssertionError(e);
            }
            return host.attached.getLast().standard().orElseThrow().publicRefs() == 1;
        }

        /** What never arrived is given back: a call that was refused before it ran. */
        @Test
        void referencesInACallThatDidNotRunGoBack() throws Exception {
            ComPointer<Meter> other =
                    client.unmarshal(host.newObject(Meter.DEF.iid()).toInterfacePointer(), Meter.DEF);
            host.callFault = new RpcFaultException(HResult.RPC_E_INVALID_IPID, true);
            assertThatThrownBy(() -> meter.within(soon()).attach(Optional.of(other)))
                    .isInstanceOf(RpcFaultException.class);
            awaitReleased(host, 1);
        }

        /** It is known here that they lead nowhere: whoever got them could only find out. */
        @Test
        void pointersThatLeadNowhereAreNotHandedOn() throws Exception {
            ScriptedHost other = openHost();
            DcomClient its = client(at(other.resolverPort()), ClientSecurity.none());
            other.isGone = true;
            ComPointer<Meter> gone =
                    its.unmarshal(other.newObject(Meter.DEF.iid()).toInterfacePointer(), Meter.DEF);
            assertThatThrownBy(() -> read(gone, 1)).isInstanceOf(DisconnectedException.class);
            isNotHandedOn(gone, "is gone");
            isNotHandedOn(
                    client.unmarshal(new InterfacePointer(Bytes.ofHex("4d454f57")), Meter.DEF),
                    "no object reference came");
            assertThat(read(meter, 1)).isEqualTo(10);
            assertThat(host.attached).isEmpty();
        }

        private void isNotHandedOn(ComPointer<Meter> pointer, String why) {
            assertThatThrownBy(() -> meter.within(soon()).attach(Optional.of(pointer)))
                    .isInstanceOfSatisfying(
                            LinkException.class, e -> assertThat(e.isNotSent()).isTrue())
                    .hasMessageContaining("Attach (5) was not called")
                    .hasMessageContaining(why);
        }

        /** A server cannot have its client own references at somebody else's. */
        @Test
        void answerThatNamesAnotherExporterIsRefused() throws Exception {
            host.queriedOxid = 4711;
            assertThat(meter.queryInterface(IUnknown.DEF, soon()))
                    .isEqualTo(Result.failure(HResult.RPC_E_INVALID_OBJREF));
            assertThat(client.exporters()).isEqualTo(1);
        }

        @Test
        void queryForWhatIsNotThereIsAResult() throws Exception {
            assertThat(meter.queryInterface(OTHER, soon())).isEqualTo(Result.failure(HResult.E_NOINTERFACE));
        }

        @Test
        void answerThatCannotBeReadFailsItsCallAlone() throws Exception {
            assertThatThrownBy(() -> meter.call(
                            Operation.of(
                                    3,
                                    "Read",
                                    Codec.of(in -> in.i32("place"), NdrWriter::i32),
                                    Codec.of(in -> in.string("text"), NdrWriter::string),
                                    "",
                                    (Meter target, Integer in) -> Result.ok("")),
                            1,
                            soon()))
                    .isInstanceOf(LinkException.class)
                    .hasMessageContaining("cannot be read");
            assertThat(read(meter, 1)).isEqualTo(10);
        }

        @Test
        void endOfTheClientGivesEverythingBack() throws Exception {
            ComPointer<Meter> next = meter.within(soon()).next().value().orElseThrow();
            client.close();
            awaitReleased(host, 10);
            assertThatThrownBy(() -> read(next, 1)).isInstanceOf(LinkException.class);
            Await.until(
                    "no connections",
                    PATIENCE,
                    () -> host.exporterConnections() == 0 && host.resolverConnections() == 0);
        }

        /** The thread that gives back is on its way when the connection is to end. */
        @Test
        void pointerThatIsClosedRightBeforeItsClientIsGivenBack() throws Exception {
            int clients = 50;
            for (int i = 0; i < clients; i++) {
                try (DcomClient visitor = client(at(host.resolverPort()), ClientSecurity.none());
                        ComPointer<Meter> visited = activated(visitor, at(host.resolverPort()))) {
                    assertThat(read(visited, 1)).isEqualTo(10);
                }
            }

            awaitReleased(host, 5L * clients);
        }

        /** Nobody would end the connection, or give the object back. */
        @Test
        void clientThatIsClosedActivatesNothing() throws Exception {
            client.close();
            int asked = host.activationStubs.size();
            assertThatThrownBy(() -> activated(client, at(host.resolverPort())))
                    .isInstanceOfSatisfying(
                            LinkException.class, e -> assertThat(e.isNotSent()).isTrue())
                    .hasMessageContaining("closed");
            assertThat(host.activationStubs).hasSize(asked);
            assertThat(client.connections()).isZero();
        }
    }

    @Nested
    class Pings {
        private final ScriptedHost host;
        private final FaultProxy resolver;
        private final RemoteHost there;
        private final DcomClient client;

        Pings() throws IOException {
            host = openHost();
            resolver = open(FaultProxy.before(host.resolverPort()));
            host.isAt(resolver.port(), host.exporterPort());
            there = at(resolver.port());
            client = client(there, ClientSecurity.none());
        }

        private void awaitComplexPings(int count) {
            Await.until("complex pings", PATIENCE, () -> host.complexPings.size() == count);
        }

        @Test
        void objectsInUseArePingedAndChangesAreTold() throws Exception {
            ComPointer<Meter> meter = activated(client, there);
            ComPointer<Meter> next = meter.within(soon()).next().value().orElseThrow();
            tick();
            awaitComplexPings(1);
            assertThat(host.complexPings.getFirst())
                    .isEqualTo(new IObjectExporter.ComplexPingRequest(0, 1, List.of(1L, 2L), List.of()));
            Await.until("a simple ping", PATIENCE, () -> {
                tick();
                return host.simplePings.get() > 0;
            });
            next.close();
            Await.until("the change is told", PATIENCE, () -> {
                tick();
                return host.complexPings.size() > 1;
            });
            assertThat(host.complexPings.get(1))
                    .isEqualTo(new IObjectExporter.ComplexPingRequest(4711, 2, List.of(), List.of(2L)));
        }

        @Test
        void forgottenSetIsMadeAnewInTheSamePing() throws Exception {
            ComPointer<Meter> meter = activated(client, there);
            tick();
            awaitComplexPings(1);
            host.pingStatus = IObjectExporter.INVALID_SET;
            Await.until("a new set", PATIENCE, () -> {
                tick();
                return host.complexPings.size() > 1;
            });
            assertThat(host.complexPings.get(1))
                    .isEqualTo(new IObjectExporter.ComplexPingRequest(0, 1, List.of(1L), List.of()));
            meter.close();
        }

        @Test
        void objectsThatLiveWithoutPingsAreNotPinged() {
            ObjRef.Standard came = host.newObject(Meter.DEF.iid());
            StdObjRef std = came.std();
            ObjRef still = new ObjRef.Standard(
                    came.iid(),
                    new StdObjRef(StdObjRef.NO_PING, 5, std.oxid(), std.oid(), std.ipid()),
                    came.resolver());
            try (ComPointer<Meter> pointer = client.unmarshal(still.toInterfacePointer(), Meter.DEF)) {
                assertThat(pointer.iid()).isEqualTo(Meter.DEF.iid());
                assertThat(tick.get()).isNull();
            }
        }

        /** A firewall before the resolver is common: calls go on. */
        @Test
        void failedPingsEndNothing() throws Exception {
            ComPointer<Meter> meter = activated(client, there);
            resolver.set(Fault.Door.REFUSE);
            resolver.strike(Fault.Strike.RESET);
            for (int i = 0; i < 3; i++) {
                tick();
            }
            assertThat(read(meter, 1)).isEqualTo(10);
            resolver.heal();
            Await.until("pinged again", PATIENCE, () -> {
                tick();
                return !host.complexPings.isEmpty();
            });
            assertThat(read(meter, 2)).isEqualTo(20);
        }

        @Test
        void clientThatIsClosedPingsNobody() throws Exception {
            var unused = activated(client, there);
            assertThat(tick.get()).isNotNull();
            client.close();
            assertThat(tick.get()).isNull();
        }
    }

    @Nested
    class Protection {
        private final List<String> said = new CopyOnWriteArrayList<>();

        private void called(ScriptedHost host, ClientSecurity security) throws Exception {
            RemoteHost there = at(host.resolverPort());
            DcomClient client = open(new DcomClient(DcomClientSettings.of(there, security), new WeakCalls(said::add)));
            ComPointer<Meter> meter = activated(client, there);
            assertThat(read(meter, 1)).isEqualTo(10);
            assertThat(read(meter, 2)).isEqualTo(20);
        }

        @Test
        void callsWithoutAnyAreToldAloudOnce() throws Exception {
            called(openHost(), ClientSecurity.none());
            assertThat(said)
                    .singleElement()
                    .asString()
                    .startsWith("INSECURE CALLS (setting ClientSecurity) at level NONE, with ");
        }

        /** The question for the version goes without login, as everybody's does, and is nothing to speak of. */
        @Test
        void signedCallsNeedNoWord() throws Exception {
            called(strictHost(), login(AuthLevel.PKT_INTEGRITY, ScriptedHost.PASSWORD));
            assertThat(said).isEmpty();
        }
    }

    @Nested
    class Logins {
        /** The service account of a plant is not locked because somebody mistyped its password. */
        @Test
        void wrongPasswordIsTriedTwiceAndNoMore() throws Exception {
            ScriptedHost host = strictHost();
            RemoteHost there = at(host.resolverPort());
            DcomClient client = client(there, login(AuthLevel.PKT_INTEGRITY, "wrong"));
            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(() -> activated(client, there))
                        .isInstanceOfAny(LinkException.class, RpcFaultException.class);
            }
            assertThat(host.logins.get()).isEqualTo(2);
            assertThatThrownBy(() -> activated(client, there))
                    .isInstanceOf(LinkException.class)
                    .hasMessageContaining("opc")
                    .hasMessageContaining("not locked");
            client.allowLoginsAgain();
            assertThatThrownBy(() -> activated(client, there))
                    .isInstanceOfAny(LinkException.class, RpcFaultException.class);
            assertThat(host.logins.get()).isEqualTo(3);
        }

        /** Fault 5 from an object that was called before says nothing of the login. */
        @Test
        void permissionThatIsMissingIsNotTakenForAWrongPassword() throws Exception {
            ScriptedHost host = strictHost();
            RemoteHost there = at(host.resolverPort());
            DcomClient client = client(there, login(AuthLevel.PKT_INTEGRITY, ScriptedHost.PASSWORD));
            ComPointer<Meter> meter = activated(client, there);
            assertThat(read(meter, 1)).isEqualTo(10);
            host.callFault = new RpcFaultException(RpcStatus.ACCESS_DENIED);
            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(() -> read(meter, 1)).isInstanceOf(RpcFaultException.class);
            }
            host.callFault = null;
            assertThat(read(meter, 1)).isEqualTo(10);
            assertThat(host.logins.get()).isEqualTo(2);
        }

        @Test
        void clientWithoutLoginIsRefusedByAStrictHost() throws Exception {
            ScriptedHost host = strictHost();
            RemoteHost there = at(host.resolverPort());
            DcomClient client = client(there, ClientSecurity.none());
            assertThatThrownBy(() -> activated(client, there))
                    .isInstanceOfSatisfying(
                            RpcFaultException.class, e -> assertThat(e.status()).isEqualTo(RpcStatus.ACCESS_DENIED));
        }
    }

    /**
     * A server that answers a lower level than it was asked for, as j-Interop's callback server does; its own octets. What is
     * forgiven by policy is tried in {@code RpcSecurityTest}.
     */
    @Nested
    class Downgrades {
        @Test
        void lowerLevelIsAnError() throws Exception {
            try (OldPeer peer = new OldPeer()) {
                RemoteHost there = at(peer.port());
                assertThatThrownBy(() -> client(there, login(AuthLevel.PKT_INTEGRITY, "x"))
                                .unmarshal(peer.reference(), Meter.DEF)
                                .within(soon())
                                .read(1))
                        .isInstanceOf(BindRefusedException.class)
                        .hasMessageContaining("PKT_INTEGRITY with CONNECT");
            }
        }
    }
}
