package org.tandemopc.dcom.orpc.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.InterfacePointer;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.Codec;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.ComVersion;
import org.tandemopc.dcom.orpc.DeadPointer;
import org.tandemopc.dcom.orpc.DeadPointerException;
import org.tandemopc.dcom.orpc.DualStringArray;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.Importer;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.ObjRef;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.OrpcStub;
import org.tandemopc.dcom.orpc.OrpcThis;
import org.tandemopc.dcom.orpc.Pointers;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.StdObjRef;
import org.tandemopc.dcom.orpc.StringBinding;
import org.tandemopc.dcom.orpc.Thermometer;
import org.tandemopc.dcom.orpc.Thermometer.Alarm;
import org.tandemopc.dcom.orpc.wire.ActivationProperties;
import org.tandemopc.dcom.orpc.wire.IActivation;
import org.tandemopc.dcom.orpc.wire.IObjectExporter;
import org.tandemopc.dcom.orpc.wire.IRemUnknown;
import org.tandemopc.dcom.orpc.wire.IRemoteSCMActivator;
import org.tandemopc.dcom.orpc.wire.InstantiationInfo;
import org.tandemopc.dcom.orpc.wire.RemInterfaceRef;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.CallContext;
import org.tandemopc.dcom.rpc.CallProtection;
import org.tandemopc.dcom.rpc.Principal;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.dcom.rpc.RpcStatus;
import org.tandemopc.dcom.rpc.SyntaxId;
import org.tandemopc.testkit.Await;

/** What clients with a login, or without, can do to others: nothing beyond the cost of their own calls. */
@Timeout(120)
class HostileClientsTest {
    private static final Guid THERMOMETER = Thermometer.DEF.iid();
    private static final Guid NOWHERE = Guid.of("0badcafe-0000-0000-0000-00000000dead");
    private static final ExportLimits FEW_OBJECTS = new ExportLimits(20, 5, 4);
    private static final PingLimits FEW_SETS = new PingLimits(Duration.ofMinutes(6), 5, 2, 10, 15, 30);

    /** Follows references, as far as this server does, and says where they lead. */
    private static final class Recording implements Importer {
        private final List<Origin> origins = new CopyOnWriteArrayList<>();
        private final AtomicInteger open = new AtomicInteger();
        private final AtomicInteger rings = new AtomicInteger();
        private final AtomicInteger notHandedOn = new AtomicInteger();

        @Override
        public <T> ComPointer<T> adopt(ObjRef reference, InterfaceDef<T> type, Origin origin) {
            origins.add(origin);
            open.incrementAndGet();
            return new Pointer<>(this, reference, type);
        }
    }

    private record Pointer<T>(Recording recording, ObjRef reference, InterfaceDef<T> type, AtomicBoolean closed)
            implements ComPointer<T> {
        Pointer(Recording recording, ObjRef reference, InterfaceDef<T> type) {
            this(recording, reference, type, new AtomicBoolean());
        }

        @Override
        public Guid iid() {
            return reference.iid();
        }

        @Override
        public <I, O> Result<O> call(Operation<? super T, I, O> operation, I in, Deadline deadline)
                throws LinkException {
            recording.rings.incrementAndGet();
            throw new LinkException("nobody is there", true);
        }

        @Override
        public <U> Result<ComPointer<U>> queryInterface(InterfaceDef<U> wanted, Deadline deadline) {
            return Result.failure(HResult.E_NOINTERFACE);
        }

        @Override
        public <U> ComPointer<U> as(InterfaceDef<U> wanted) {
            return new Pointer<>(recording, reference, wanted, closed);
        }

        @Override
        public ObjRef handOn() {
            return reference;
        }

        @Override
        public void notHandedOn(ObjRef given) {
            assertThat(given).isEqualTo(reference);
            recording.notHandedOn.incrementAndGet();
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                recording.open.decrementAndGet();
            }
        }
    }

    private final Recording recording = new Recording();
    private final ObjectExporter exporter = new ObjectExporter(ExportLimits.DEFAULT, System::nanoTime, Names.random());
    private final TestDcom dcom;

    HostileClientsTest() throws Exception {
        dcom = TestDcom.with(settings -> settings.withLimits(settings.limits(), FEW_OBJECTS, FEW_SETS)
                .withCallbacks(recording, Set.of(InetAddress.ofLiteral("10.0.9.9"))));
    }

    @AfterEach
    void nothingIsLeft() {
        dcom.close();
        assertThat(recording.open).hasValue(0);
    }

    private RawClient resolver(String user) throws Exception {
        return RawClient.connect(dcom.resolver(), IObjectExporter.SYNTAX, user, AuthLevel.PKT_INTEGRITY);
    }

    private RawClient objects(String user) throws Exception {
        return RawClient.connect(dcom.objects(), RawClient.REM_UNKNOWN, user, AuthLevel.PKT_INTEGRITY);
    }

    private record Room(Guid remUnknown, StdObjRef thermometer) {}

    private static Room room(RawClient client) throws Exception {
        IActivation.Response answer = client.oldActivation(TestDcom.ROOM, 0, THERMOMETER);
        return new Room(
                answer.ipidRemUnknown(),
                ObjRef.of(answer.pointers().getFirst().orElseThrow()).standard().orElseThrow());
    }

    private static void faults(int status, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        RpcFaultException.class,
                        fault -> assertThat(fault.status()).isEqualTo(status));
    }

    /** The flood ends at the client's own limit, before objects are made; others do not notice. */
    @Test
    void aFloodOfActivationsCostsTheOneWhoFloods() throws Exception {
        try (RawClient flood = resolver("eve");
                RawClient other = resolver("opc")) {
            for (int i = 0; i < 5; i++) {
                assertThat(flood.oldActivation(TestDcom.ROOM, 0, THERMOMETER).hresult())
                        .isEqualTo(HResult.S_OK);
            }
            for (int i = 0; i < 50; i++) {
                assertThat(flood.oldActivation(TestDcom.ROOM, 0, THERMOMETER).hresult())
                        .isEqualTo(HResult.E_OUTOFMEMORY);
            }
            assertThat(flood.activation(TestDcom.ROOM, IRemoteSCMActivator.REMOTE_CREATE_INSTANCE, THERMOMETER)
                            .hresult())
                    .isEqualTo(HResult.E_OUTOFMEMORY);
            assertThat(dcom.made).hasValue(5);
            Room room = room(other);
            try (RawClient calls = objects("opc")) {
                assertThat(calls.read(room.thermometer().ipid(), "boiler")).isEqualTo(84.5);
            }
            assertThat(dcom.pass(Duration.ofMinutes(6))).isEqualTo(6);
            assertThat(flood.oldActivation(TestDcom.ROOM, 0, THERMOMETER).hresult())
                    .isEqualTo(HResult.S_OK);
        }
    }

    @Test
    void setsOfPingsEndAtTheClientsLimit() throws Exception {
        try (RawClient flood = resolver("eve");
                RawClient other = resolver("opc")) {
            long oid = room(other).thermometer().oid();
            for (int i = 0; i < 2; i++) {
                assertThat(flood.ping(0, 1, List.of(), List.of()).status()).isZero();
            }
            var refused = flood.ping(0, 1, List.of(oid), List.of());
            assertThat(refused.status()).isEqualTo(PingSets.NO_ROOM);
            assertThat(refused.setId()).isZero();
            assertThat(dcom.server().pingSets()).isEqualTo(2);
            assertThat(other.ping(0, 1, List.of(oid), List.of()).status()).isZero();
        }
    }

    /** The client's own set keeps its objects, whatever others say about it. */
    @Test
    void pingsForSetsOfOthersAreForNobody() throws Exception {
        try (RawClient forger = resolver("eve");
                RawClient owner = resolver("opc")) {
            long oid = room(owner).thermometer().oid();
            long set = owner.ping(0, 1, List.of(oid), List.of()).setId();
            assertThat(forger.ping(set)).isEqualTo(IObjectExporter.INVALID_SET);
            assertThat(forger.ping(set, 9, List.of(), List.of(oid)).status()).isEqualTo(IObjectExporter.INVALID_SET);
            dcom.pass(Duration.ofMinutes(5));
            assertThat(forger.ping(set)).isEqualTo(IObjectExporter.INVALID_SET);
            assertThat(dcom.pass(Duration.ofMinutes(1))).isEqualTo(1);
        }
    }

    /** 32 bits are added to more than 32: nobody's count turns over, and nobody is refused for another's. */
    @Test
    void hugeCountsHarmNobody() throws Exception {
        try (RawClient activation = resolver("opc");
                RawClient client = objects("opc")) {
            Room room = room(activation);
            Guid ipid = room.thermometer().ipid();
            assertThat(client.addRef(
                            room.remUnknown(),
                            new RemInterfaceRef(ipid, 0xFFFF_FFFFL, 0),
                            new RemInterfaceRef(ipid, 0xFFFF_FFFFL, 0xFFFF_FFFFL)))
                    .containsExactly(HResult.S_OK, HResult.S_OK);
            assertThat(client.query(room.remUnknown(), ipid, 0xFFFF_FFFFL, THERMOMETER)
                            .hresult())
                    .isEqualTo(HResult.S_OK);
            RemInterfaceRef much = new RemInterfaceRef(ipid, 0xFFFF_FFFFL, 0);
            assertThat(client.release(room.remUnknown(), much, much, much)).isEqualTo(HResult.S_OK);
            assertThat(client.read(ipid, "boiler")).isEqualTo(84.5);
            assertThat(client.release(room.remUnknown(), new RemInterfaceRef(ipid, 5, 0xFFFF_FFFFL)))
                    .isEqualTo(HResult.S_OK);
            dcom.awaitUnreferenced(1);
        }
    }

    /** Whoever may not call an object can neither ask it for interfaces nor end it for its user. */
    @Test
    void referencesAreUnderThePermissionOfCalls() throws Exception {
        Access notEve = new Access() {
            @Override
            public Optional<String> refusesCall(CallContext call, ComObject object) {
                return call.principal().user().equals("eve")
                        ? Optional.of("permission: eve may not call " + object)
                        : Optional.empty();
            }
        };
        try (TestDcom guarded = TestDcom.with(settings -> settings.withAccess(notEve));
                RawClient activation =
                        RawClient.connect(guarded.resolver(), IObjectExporter.SYNTAX, "opc", AuthLevel.PKT_INTEGRITY);
                RawClient owner =
                        RawClient.connect(guarded.objects(), RawClient.REM_UNKNOWN, "opc", AuthLevel.PKT_INTEGRITY);
                RawClient eve =
                        RawClient.connect(guarded.objects(), RawClient.REM_UNKNOWN, "eve", AuthLevel.PKT_INTEGRITY)) {
            Room room = room(activation);
            Guid ipid = room.thermometer().ipid();
            faults(RpcStatus.ACCESS_DENIED, () -> eve.read(ipid, "boiler"));
            assertThat(eve.query(room.remUnknown(), ipid, 1, THERMOMETER).hresult())
                    .isEqualTo(HResult.RPC_E_INVALID_OBJECT);
            assertThat(eve.addRef(room.remUnknown(), new RemInterfaceRef(ipid, 1, 0)))
                    .containsExactly(HResult.CO_E_OBJNOTREG);
            assertThat(eve.release(room.remUnknown(), new RemInterfaceRef(ipid, 0xFFFF_FFFFL, 0)))
                    .isEqualTo(HResult.S_OK);
            assertThat(owner.read(ipid, "boiler")).isEqualTo(84.5);
        }
    }

    /** What a method gives out is its caller's, be he here or elsewhere: nothing of it stays open. */
    @Test
    void pointersAmongResultsAreClosedOnceTheyAreSent() throws Exception {
        try (RawClient activation = resolver("opc");
                RawClient client = objects("opc")) {
            Room room = room(activation);
            recording.open.incrementAndGet();
            Bytes octets = objref("127.0.0.1[31000]");
            ObjRef foreign = ObjRef.of(new InterfacePointer(octets));
            dcom.rooms.getFirst().lent = new Pointer<>(recording, foreign, IUnknown.DEF);
            NdrReader results = client.orpc(
                    RawClient.syntax(THERMOMETER), 5, room.thermometer().ipid(), out -> out.guid(IUnknown.IID));
            assertThat(InterfacePointer.read(results, "probe")).contains(new InterfacePointer(octets));
            assertThat(results.i32("HRESULT")).isEqualTo(HResult.S_OK);
            assertThat(recording.open).hasValue(0);
        }
    }

    /** An object that many have is not told that nobody has it because one asked it for what it is not. */
    @Test
    void aSharedObjectHearsNothingOfActivationsThatFail() throws Exception {
        Guid other = Guid.of("0badcafe-0000-0000-0000-00000000cccc");
        try (RawClient client = resolver("opc");
                RawClient calls = objects("opc")) {
            IActivation.Response answer = client.oldActivation(TestDcom.SHARED, 0, THERMOMETER);
            StdObjRef shared = ObjRef.of(answer.pointers().getFirst().orElseThrow())
                    .standard()
                    .orElseThrow();
            for (int i = 0; i < 20; i++) {
                assertThat(client.oldActivation(TestDcom.SHARED, 0, other).hresult())
                        .isEqualTo(HResult.E_NOINTERFACE);
            }
            assertThat(calls.read(shared.ipid(), "boiler")).isEqualTo(84.5);
            assertThat(calls.release(answer.ipidRemUnknown(), new RemInterfaceRef(shared.ipid(), 5, 0)))
                    .isEqualTo(HResult.S_OK);
            Await.until("the shared object let go", TestDcom.PATIENCE, () -> dcom.sharedUnreferenced.get() > 0);
            assertThat(dcom.sharedUnreferenced).hasValue(1);
        }
    }

    @Test
    void aListOfInterfacesBeyondTheLimitIsABadStub() throws Exception {
        try (RawClient activation = resolver("opc");
                RawClient client = objects("opc")) {
            Room room = room(activation);
            Guid[] many = new Guid[1_001];
            Arrays.fill(many, THERMOMETER);
            faults(
                    RpcStatus.BAD_STUB_DATA,
                    () -> client.query(room.remUnknown(), room.thermometer().ipid(), 1, many));
            assertThat(client.read(room.thermometer().ipid(), "boiler")).isEqualTo(84.5);
        }
    }

    /** Whatever an activation request is damaged to: an answer or a fault, and the next one is served. */
    @Test
    void damagedActivationsCostTheirCall() throws Exception {
        NdrWriter out = new NdrWriter();
        OrpcThis.of(ComVersion.OURS, RawClient.CID).write(out);
        ActivationProperties properties = ActivationProperties.of(
                ActivationProperties.Direction.IN,
                new InstantiationInfo(TestDcom.ABSENT, 0x14, 0, List.of(THERMOMETER), ComVersion.OURS));
        new IRemoteSCMActivator.CreateInstanceRequest(Optional.empty(), Optional.of(properties.toInterfacePointer()))
                .write(out);
        try (RawClient client = resolver("opc")) {
            damaged(client, IRemoteSCMActivator.REMOTE_CREATE_INSTANCE, out.toArray(), IRemoteSCMActivator.SYNTAX);
            NdrWriter old = new NdrWriter();
            OrpcThis.of(ComVersion.OURS, RawClient.CID).write(old);
            new IActivation.Request(
                            TestDcom.ABSENT,
                            Optional.empty(),
                            Optional.empty(),
                            IActivation.IDENTIFY,
                            0,
                            List.of(THERMOMETER),
                            List.of(7))
                    .write(old);
            damaged(client, IActivation.REMOTE_ACTIVATION, old.toArray(), IActivation.SYNTAX);
            assertThat(room(client).thermometer().publicRefs()).isEqualTo(5);
        }
    }

    @Test
    void damagedCallsOnReferencesAndPingsCostTheirCall() throws Exception {
        try (RawClient activation = resolver("opc");
                RawClient client = objects("opc")) {
            Room room = room(activation);
            NdrWriter query = new NdrWriter();
            OrpcThis.of(ComVersion.OURS, RawClient.CID).write(query);
            new IRemUnknown.QueryInterfaceRequest(room.thermometer().ipid(), 1, List.of(THERMOMETER, Alarm.DEF.iid()))
                    .write(query);
            Random random = new Random(77);
            for (int i = 0; i < 300; i++) {
                answered(() -> client.answer(
                        RawClient.REM_UNKNOWN,
                        IRemUnknown.REM_QUERY_INTERFACE,
                        room.remUnknown(),
                        damage(query.toArray(), random)));
            }
            NdrWriter ping = new NdrWriter();
            new IObjectExporter.ComplexPingRequest(0, 1, List.of(1L, 2L), List.of(3L)).write(ping);
            damaged(activation, IObjectExporter.COMPLEX_PING, ping.toArray(), IObjectExporter.SYNTAX);
            assertThat(client.read(room.thermometer().ipid(), "boiler")).isEqualTo(84.5);
            assertThat(dcom.server().pingSets()).isLessThanOrEqualTo(2);
        }
    }

    private static void damaged(RawClient client, int opnum, byte[] stub, SyntaxId syntax) throws Exception {
        Random random = new Random(78);
        for (int i = 0; i < 300; i++) {
            Bytes damaged = damage(stub, random);
            answered(() -> client.answer(syntax, opnum, null, damaged));
        }
    }

    private static Bytes damage(byte[] stub, Random random) {
        byte[] damaged = Arrays.copyOf(stub, random.nextInt(4) == 0 ? random.nextInt(stub.length) : stub.length);
        for (int i = random.nextInt(4); i > 0 && damaged.length > 0; i--) {
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
        }
        return Bytes.of(damaged);
    }

    private interface Call {
        NdrReader make() throws LinkException, RpcFaultException, MalformedException;
    }

    /** By results or a fault: the connection stands. */
    private static void answered(Call call) throws LinkException, MalformedException {
        try {
            assertThat(call.make()).isNotNull();
        } catch (RpcFaultException fault) {
            assertThat(fault.status()).isNotZero();
        }
    }

    // ---- references to elsewhere

    private int watched(RawClient client, Room room, Bytes objref) throws Exception {
        return client.orpc(
                        RawClient.syntax(THERMOMETER),
                        4,
                        room.thermometer().ipid(),
                        out -> InterfacePointer.write(out, Optional.of(new InterfacePointer(objref))))
                .i32("HRESULT");
    }

    private static Bytes objref(String... addresses) {
        List<StringBinding> bindings = Arrays.stream(addresses)
                .map(address -> new StringBinding(StringBinding.TCP, address))
                .toList();
        StdObjRef standard = new StdObjRef(0, 5, 0x4242, 0x4343, Guid.of("0badcafe-0000-0000-0000-00000000aaaa"));
        return new ObjRef.Standard(Alarm.DEF.iid(), standard, new DualStringArray(bindings, List.of())).toBytes();
    }

    /** The port of the binding counts, names are not looked up, and other hosts than the client's need a permission. */
    @Test
    void referencesAreFollowedToTheClientsOwnAddressAlone() throws Exception {
        try (RawClient activation = resolver("opc");
                RawClient client = objects("opc")) {
            Room room = room(activation);
            assertThat(watched(client, room, objref("10.1.2.3", "localhost", "127.0.0.2[135]")))
                    .isEqualTo(HResult.CALL_FAILED_DID_NOT_EXECUTE);
            assertThat(recording.origins).isEmpty();
            assertThat(watched(client, room, objref("10.1.2.3", "127.0.0.1[31000]", "10.0.9.9")))
                    .isEqualTo(HResult.CALL_FAILED_DID_NOT_EXECUTE);
            assertThat(recording.rings).hasValue(1);
            Importer.Origin origin = recording.origins.getFirst();
            assertThat(origin.resolvers())
                    .containsExactly(
                            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 31000),
                            new InetSocketAddress(InetAddress.ofLiteral("10.0.9.9"), 135));
            assertThat(origin.address()).isEqualTo(InetAddress.ofLiteral("127.0.0.1"));
            assertThat(origin.principal().user()).isEqualToIgnoringCase("opc");
            assertThat(origin.call().level()).isEqualTo(AuthLevel.PKT_INTEGRITY);
        }
    }

    /** Custom marshaling is code of another machine; garbage is nothing; a name of ours that is none leads nowhere. */
    @Test
    void referencesThatAreNoneCostThePointerAndNotTheCall() throws Exception {
        try (RawClient activation = resolver("opc");
                RawClient client = objects("opc")) {
            Room room = room(activation);
            Guid unknown = Guid.of("0badcafe-0000-0000-0000-00000000bbbb");
            List<Bytes> bad = List.of(
                    new ObjRef.Custom(Alarm.DEF.iid(), unknown, Bytes.ofHex("0102")).toBytes(),
                    Bytes.ofHex("4d454f57"),
                    Bytes.EMPTY,
                    new ObjRef.Standard(
                                    Alarm.DEF.iid(),
                                    new StdObjRef(0, 5, dcom.server().oxid(), 1, unknown),
                                    DualStringArray.EMPTY)
                            .toBytes());
            for (Bytes octets : bad) {
                assertThat(watched(client, room, octets)).isEqualTo(HResult.CALL_FAILED_DID_NOT_EXECUTE);
            }
            assertThat(recording.origins).isEmpty();
            assertThat(client.read(room.thermometer().ipid(), "boiler")).isEqualTo(84.5);
        }
    }

    /** [MS-DCOM] 3.1.1.5.3: an own object that comes back is itself, and its references are taken. */
    @Test
    void anOwnReferenceThatComesBackIsTheObject() throws Exception {
        try (RawClient activation = resolver("opc");
                RawClient client = objects("opc")) {
            Room room = room(activation);
            StdObjRef alarm = client.query(room.remUnknown(), room.thermometer().ipid(), 2, Alarm.DEF.iid())
                    .only();
            Bytes own = new ObjRef.Standard(Alarm.DEF.iid(), alarm, DualStringArray.EMPTY).toBytes();
            assertThat(watched(client, room, own)).isEqualTo(HResult.S_OK);
            faults(
                    HResult.RPC_E_DISCONNECTED,
                    () -> client.orpc(RawClient.syntax(Alarm.DEF.iid()), 3, alarm.ipid(), out -> out.i32(1)));
            assertThat(client.release(
                            room.remUnknown(),
                            new RemInterfaceRef(room.thermometer().ipid(), 5, 0)))
                    .isEqualTo(HResult.S_OK);
            dcom.awaitUnreferenced(1);
        }
    }

    /** What was read before the parameters broke off belongs to nobody else. */
    @Test
    void pointersOfACallThatIsNotMadeAreClosed() throws Exception {
        Operation<Thermometer, Nothing, Nothing> broken = Operation.of(
                9,
                "Broken",
                Codec.<Nothing>of(
                        (in, pointers) -> {
                            var unused = pointers.read(in, "alarm", Alarm.DEF);
                            in.u32("more");
                            return Nothing.NOTHING;
                        },
                        (out, nothing, pointers) -> {}),
                (target, in) -> Result.ok(Nothing.NOTHING));
        var marshaler = new PeerMarshaler(
                new ObjectExporter(ExportLimits.DEFAULT, System::nanoTime, Names.random()),
                new Client(Principal.ANONYMOUS, InetAddress.ofLiteral("127.0.0.1")),
                CallProtection.NONE,
                () -> DualStringArray.EMPTY,
                recording,
                Set.of());
        var pointers = new Pointers(marshaler);
        NdrWriter out = new NdrWriter();
        InterfacePointer.write(out, Optional.of(new InterfacePointer(objref("127.0.0.1"))));
        NdrReader in = NdrReader.over(out.toBytes(), ByteOrder.LITTLE_ENDIAN);
        assertThatThrownBy(() -> OrpcStub.parameters(in, broken, pointers)).isInstanceOf(MalformedException.class);
        assertThat(recording.open).hasValue(1);
        pointers.closeTaken();
        assertThat(recording.open).hasValue(0);
    }

    /** Handed on, a reference of elsewhere keeps its names: who gets it asks the exporter that has the object. */
    @Test
    void aForeignReferenceKeepsItsNamesWhenItIsHandedOn() {
        PeerMarshaler marshaler = marshaler();
        Bytes foreign = objref("127.0.0.1[31000]");
        try (ComPointer<Alarm> pointer = marshaler.unmarshal(new InterfacePointer(foreign), Alarm.DEF)) {
            ObjRef handedOn = marshaler.marshal(pointer);
            assertThat(handedOn.toBytes()).isEqualTo(foreign);
            assertThat(exporter.objects()).isZero();
        }
    }

    /** Where this side does not go itself, others may: the first gets the references that came, the next asks for some. */
    @Test
    void aReferenceThatIsNotFollowedIsHandedOnAndItsReferencesOnce() throws Exception {
        PeerMarshaler marshaler = marshaler();
        Bytes elsewhere = objref("10.1.2.3[31000]");
        ComPointer<Alarm> pointer = marshaler.unmarshal(new InterfacePointer(elsewhere), Alarm.DEF);
        ObjRef first = marshaler.marshal(pointer);
        assertThat(first.toBytes()).isEqualTo(elsewhere);
        marshaler.revoke(pointer, first);
        assertThat(marshaler.marshal(pointer).toBytes()).isEqualTo(elsewhere);
        StdObjRef next = marshaler.marshal(pointer.as(IUnknown.DEF)).standard().orElseThrow();
        assertThat(next).isEqualTo(first.standard().orElseThrow().withPublicRefs(0));
        assertThatThrownBy(() -> pointer.within(Duration.ofSeconds(1)).ring(1)).hasMessageContaining("10.1.2.3");
    }

    /** What leads nowhere is an error here, and not one of whoever gets it. */
    @Test
    void whatLeadsNowhereIsNotHandedOn() {
        PeerMarshaler marshaler = marshaler();
        ObjRef custom = new ObjRef.Custom(Alarm.DEF.iid(), Guid.random(), Bytes.ofHex("01020304"));
        for (Bytes octets : List.of(Bytes.ofHex("4d454f57"), custom.toBytes(), ownThatIsGone())) {
            ComPointer<Alarm> pointer = marshaler.unmarshal(new InterfacePointer(octets), Alarm.DEF);
            assertThatThrownBy(() -> marshaler.marshal(pointer))
                    .isInstanceOf(DeadPointerException.class)
                    .hasMessageContaining("nobody at 127.0.0.1 sent");
        }
    }

    private PeerMarshaler marshaler() {
        return new PeerMarshaler(
                exporter,
                new Client(Principal.ANONYMOUS, InetAddress.ofLiteral("127.0.0.1")),
                CallProtection.NONE,
                () -> DualStringArray.EMPTY,
                recording,
                Set.of());
    }

    private Bytes ownThatIsGone() {
        StdObjRef gone = new StdObjRef(0, 5, exporter.oxid(), 1, NOWHERE);
        return new ObjRef.Standard(Alarm.DEF.iid(), gone, DualStringArray.EMPTY).toBytes();
    }

    /** A method that answers such a pointer fails, with a word in the log, and costs nothing but its call. */
    @Test
    void aMethodThatAnswersWhatLeadsNowhereFails() throws Exception {
        try (RawClient activation = resolver("opc");
                RawClient client = objects("opc")) {
            Room room = room(activation);
            dcom.rooms.getFirst().lent = new DeadPointer<>(IUnknown.DEF, Guid.NULL, "it is gone");
            NdrReader results = client.orpc(
                    RawClient.syntax(THERMOMETER), 5, room.thermometer().ipid(), out -> out.guid(IUnknown.IID));
            assertThat(InterfacePointer.read(results, "probe")).isEmpty();
            assertThat(results.i32("HRESULT")).isEqualTo(HResult.CO_E_OBJNOTCONNECTED);
            assertThat(client.read(room.thermometer().ipid(), "boiler")).isEqualTo(84.5);
        }
    }
}
