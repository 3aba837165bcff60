package org.tandemopc.dcom.orpc.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.ndr.InterfacePointer;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ntlm.Leniency;
import org.tandemopc.dcom.orpc.ComVersion;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IClassFactory;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.ObjRef;
import org.tandemopc.dcom.orpc.OrpcThis;
import org.tandemopc.dcom.orpc.SecurityBinding;
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
import org.tandemopc.dcom.orpc.wire.PropsOutInfo;
import org.tandemopc.dcom.orpc.wire.RemInterfaceRef;
import org.tandemopc.dcom.orpc.wire.ScmReplyInfo;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.dcom.rpc.RpcStatus;
import org.tandemopc.dcom.rpc.SyntaxId;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** What a server owes its clients, over the network and with real logins; [MS-DCOM] 3.1. */
@Timeout(120)
class ServerFlowsTest {
    private static final Guid THERMOMETER = Thermometer.DEF.iid();
    private static final Guid OTHER_IID = Guid.of("0badcafe-0000-0000-0000-000000000001");
    private static final Guid NOWHERE = Guid.of("0badcafe-0000-0000-0000-00000000dead");

    private final TestDcom dcom;

    ServerFlowsTest() throws Exception {
        dcom = TestDcom.strict();
    }

    @AfterEach
    void nothingIsLeft() {
        dcom.close();
    }

    /** An object, and the connection to call it on. */
    private record Made(RawClient client, Guid remUnknown, StdObjRef thermometer) implements AutoCloseable {
        double read(String place) throws Exception {
            return client.read(thermometer.ipid(), place);
        }

        @Override
        public void close() {
            client.close();
        }
    }

    private RawClient resolver(String user, AuthLevel level) throws Exception {
        return RawClient.connect(dcom.resolver(), IObjectExporter.SYNTAX, user, level);
    }

    private RawClient objects(String user, AuthLevel level) throws Exception {
        return RawClient.connect(dcom.objects(), RawClient.REM_UNKNOWN, user, level);
    }

    private Made made() throws Exception {
        return made("opc", AuthLevel.PKT_INTEGRITY);
    }

    private Made made(String user, AuthLevel level) throws Exception {
        try (RawClient client = resolver(user, level)) {
            var answer = client.activation(TestDcom.ROOM, IRemoteSCMActivator.REMOTE_CREATE_INSTANCE, THERMOMETER);
            assertThat(answer.hresult()).isEqualTo(HResult.S_OK);
            ActivationProperties properties = out(answer);
            ScmReplyInfo reply = properties.scmReply().orElseThrow();
            ObjRef reference = ObjRef.of(properties
                    .propsOut()
                    .orElseThrow()
                    .interfaces()
                    .getFirst()
                    .pointer()
                    .orElseThrow());
            return new Made(
                    objects(user, level),
                    reply.ipidRemUnknown(),
                    reference.standard().orElseThrow());
        }
    }

    private static ActivationProperties out(IRemoteSCMActivator.Response answer) throws Exception {
        return ActivationProperties.read(answer.properties().orElseThrow(), ActivationProperties.Direction.OUT);
    }

    private static void faults(int status, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        RpcFaultException.class,
                        fault -> assertThat(fault.status()).isEqualTo(status));
    }

    @Nested
    class Activation {
        @ParameterizedTest
        @EnumSource(names = {"PKT_INTEGRITY", "PKT_PRIVACY"})
        void anObjectIsMadeAndCalled(AuthLevel level) throws Exception {
            try (Made room = made("opc", level)) {
                assertThat(room.read("boiler")).isEqualTo(84.5);
                assertThat(dcom.calls.getFirst().principal().user()).isEqualTo("opc");
                assertThat(dcom.calls.getFirst().level()).isEqualTo(level);
            }
        }

        /** CLSCTX_REMOTE_SERVER, CLSCTX_LOCAL_SERVER, both, and CLSCTX_ALL: where the object is to live is this server's answer. */
        @ParameterizedTest
        @ValueSource(ints = {0x10, 0x4, 0x14, 0x17})
        @Requirement(value = "SYS-13", protocol = Protocol.DA)
        void anObjectIsMadeHereWhateverContextIsAskedFor(int classContext) throws Exception {
            try (RawClient client = resolver("opc", AuthLevel.PKT_INTEGRITY);
                    RawClient calls = objects("opc", AuthLevel.PKT_INTEGRITY)) {
                var asked =
                        new InstantiationInfo(TestDcom.ROOM, classContext, 0, List.of(THERMOMETER), ComVersion.OURS);
                var answer = client.activation(asked, IRemoteSCMActivator.REMOTE_CREATE_INSTANCE);
                assertThat(answer.hresult()).isEqualTo(HResult.S_OK);
                StdObjRef room = standard(out(answer)
                        .propsOut()
                        .orElseThrow()
                        .interfaces()
                        .getFirst()
                        .pointer());
                assertThat(calls.read(room.ipid(), "boiler")).isEqualTo(84.5);
            }
        }

        /** impacket takes the first property for the interfaces, and the second for the exporter. */
        @Test
        void theAnswerNamesInterfacesFirstAndInTheOrderAsked() throws Exception {
            try (RawClient client = resolver("opc", AuthLevel.PKT_INTEGRITY)) {
                ActivationProperties properties = out(client.activation(
                        TestDcom.ROOM,
                        IRemoteSCMActivator.REMOTE_CREATE_INSTANCE,
                        Alarm.DEF.iid(),
                        OTHER_IID,
                        THERMOMETER));
                assertThat(properties.properties())
                        .extracting(ActivationProperties.Serialized::clsid)
                        .containsExactly(PropsOutInfo.CLSID, ScmReplyInfo.CLSID);
                List<PropsOutInfo.Result> interfaces =
                        properties.propsOut().orElseThrow().interfaces();
                assertThat(interfaces)
                        .extracting(PropsOutInfo.Result::iid)
                        .containsExactly(Alarm.DEF.iid(), OTHER_IID, THERMOMETER);
                assertThat(interfaces)
                        .extracting(PropsOutInfo.Result::hresult)
                        .containsExactly(HResult.S_OK, HResult.E_NOINTERFACE, HResult.S_OK);
                assertThat(interfaces.get(1).pointer()).isEmpty();
                ScmReplyInfo exporter = properties.scmReply().orElseThrow();
                assertThat(exporter.oxid()).isEqualTo(dcom.server().oxid());
                assertThat(exporter.authnHint()).isEqualTo(5);
                assertThat(exporter.version()).isEqualTo(ComVersion.OURS);
            }
        }

        @Test
        void theOlderWayGivesTheSame() throws Exception {
            try (RawClient client = resolver("opc", AuthLevel.PKT_INTEGRITY)) {
                IActivation.Response answer = client.oldActivation(TestDcom.ROOM, 0, THERMOMETER, OTHER_IID);
                assertThat(answer.hresult()).isEqualTo(HResult.S_OK);
                assertThat(answer.status()).isZero();
                assertThat(answer.results()).containsExactly(HResult.S_OK, HResult.E_NOINTERFACE);
                StdObjRef reference = standard(answer.pointers().getFirst());
                assertThat(answer.oxid()).isEqualTo(reference.oxid());
                try (RawClient objects = objects("opc", AuthLevel.PKT_INTEGRITY)) {
                    assertThat(objects.read(reference.ipid(), "boiler")).isEqualTo(84.5);
                }
            }
        }

        /** dcom.md 5.3 and [MS-DCOM] 3.1.2.5.2.3.1: a failure has arrays of NULL and 0, of the size asked for. */
        @Test
        void theOlderWayFailsWithEmptyArrays() throws Exception {
            try (RawClient client = resolver("opc", AuthLevel.PKT_INTEGRITY)) {
                IActivation.Response answer = client.oldActivation(TestDcom.ABSENT, 0, THERMOMETER, OTHER_IID);
                assertThat(answer)
                        .isEqualTo(new IActivation.Response(
                                0,
                                Optional.empty(),
                                Guid.NULL,
                                0,
                                ComVersion.OURS,
                                HResult.REGDB_E_CLASSNOTREG,
                                List.of(Optional.empty(), Optional.empty()),
                                List.of(0, 0),
                                0));
            }
        }

        @Test
        void aClassObjectMakesObjects() throws Exception {
            try (RawClient client = resolver("opc", AuthLevel.PKT_INTEGRITY);
                    RawClient objects = objects("opc", AuthLevel.PKT_INTEGRITY)) {
                ActivationProperties properties = out(client.activation(
                        TestDcom.ROOM, IRemoteSCMActivator.REMOTE_GET_CLASS_OBJECT, IClassFactory.DEF.iid()));
                StdObjRef factory = standard(properties
                        .propsOut()
                        .orElseThrow()
                        .interfaces()
                        .getFirst()
                        .pointer());
                assertThat(dcom.made.get()).isZero();
                SyntaxId syntax = RawClient.syntax(IClassFactory.DEF.iid());
                NdrReader results = objects.orpc(syntax, 3, factory.ipid(), out -> out.guid(THERMOMETER));
                StdObjRef room = standard(InterfacePointer.read(results, "ppv"));
                assertThat(results.i32("HRESULT")).isEqualTo(HResult.S_OK);
                assertThat(objects.read(room.ipid(), "boiler")).isEqualTo(84.5);
                NdrReader none = objects.orpc(syntax, 3, factory.ipid(), out -> out.guid(OTHER_IID));
                assertThat(InterfacePointer.read(none, "ppv")).isEmpty();
                assertThat(none.i32("HRESULT")).isEqualTo(HResult.E_NOINTERFACE);
                assertThat(objects.orpc(syntax, 4, factory.ipid(), out -> out.bool32(true))
                                .i32("HRESULT"))
                        .isEqualTo(HResult.S_OK);
            }
        }

        @Test
        void theOlderWayGivesClassObjectsToo() throws Exception {
            try (RawClient client = resolver("opc", AuthLevel.PKT_INTEGRITY)) {
                assertThat(client.oldActivation(TestDcom.ROOM, IActivation.CLASS_OBJECT, IClassFactory.DEF.iid())
                                .results())
                        .containsExactly(HResult.S_OK);
                assertThat(client.oldActivation(TestDcom.ABSENT, IActivation.CLASS_OBJECT, IClassFactory.DEF.iid())
                                .hresult())
                        .isEqualTo(HResult.REGDB_E_CLASSNOTREG);
            }
        }

        @Test
        void whatCannotBeMadeIsSaidByItsHresult() throws Exception {
            try (RawClient client = resolver("opc", AuthLevel.PKT_INTEGRITY)) {
                int create = IRemoteSCMActivator.REMOTE_CREATE_INSTANCE;
                assertThat(client.activation(TestDcom.ABSENT, create, THERMOMETER))
                        .isEqualTo(new IRemoteSCMActivator.Response(Optional.empty(), HResult.REGDB_E_CLASSNOTREG));
                assertThat(client.activation(TestDcom.BROKEN, create, THERMOMETER)
                                .hresult())
                        .isEqualTo(HResult.E_UNEXPECTED);
                assertThat(client.activation(TestDcom.ROOM, create, OTHER_IID).hresult())
                        .isEqualTo(HResult.E_NOINTERFACE);
                Guid[] many = IntStream.range(0, 65).mapToObj(i -> OTHER_IID).toArray(Guid[]::new);
                assertThat(client.activation(TestDcom.ROOM, create, many).hresult())
                        .isEqualTo(HResult.E_INVALIDARG);
                assertThat(client.activation(TestDcom.ABSENT, IRemoteSCMActivator.REMOTE_GET_CLASS_OBJECT, THERMOMETER)
                                .hresult())
                        .isEqualTo(HResult.REGDB_E_CLASSNOTREG);
                // the room that had no such interface is told that nobody has it
                dcom.awaitUnreferenced(1);
            }
        }

        /** [MS-DCOM] 1.7: the same major, and no higher minor; impacket's flags of 1 are no matter here. */
        @Test
        void theClientsVersionIsHeldAgainstOurs() throws Exception {
            try (RawClient client = resolver("opc", AuthLevel.PKT_INTEGRITY)) {
                assertThat(hresult(client, new OrpcThis(new ComVersion(5, 8), 0, RawClient.CID, List.of())))
                        .isEqualTo(HResult.RPC_E_VERSION_MISMATCH);
                assertThat(hresult(client, new OrpcThis(new ComVersion(4, 7), 0, RawClient.CID, List.of())))
                        .isEqualTo(HResult.RPC_E_VERSION_MISMATCH);
                assertThat(hresult(client, new OrpcThis(new ComVersion(5, 1), 1, RawClient.CID, List.of())))
                        .isEqualTo(HResult.S_OK);
            }
        }

        private int hresult(RawClient client, OrpcThis header) throws Exception {
            IActivation.Request request = new IActivation.Request(
                    TestDcom.ROOM,
                    Optional.empty(),
                    Optional.empty(),
                    IActivation.IDENTIFY,
                    0,
                    List.of(THERMOMETER),
                    List.of(7));
            return IActivation.Response.read(client.orpc(
                            header, IActivation.SYNTAX, IActivation.REMOTE_ACTIVATION, null, request::write))
                    .hresult();
        }

        /** KB5004442: below integrity the answer is E_ACCESSDENIED, by either way, which peers tell from a wrong password. */
        @ParameterizedTest
        @EnumSource(names = {"NONE", "CONNECT"})
        void activationBelowIntegrityIsDenied(AuthLevel level) throws Exception {
            TestDcom connecting =
                    new TestDcom(PeerPolicy.strict(), EnumSet.allOf(Leniency.class), settings -> settings);
            try (connecting;
                    RawClient client = RawClient.connect(connecting.resolver(), IObjectExporter.SYNTAX, "opc", level)) {
                assertThat(client.oldActivation(TestDcom.ROOM, 0, THERMOMETER).hresult())
                        .isEqualTo(HResult.E_ACCESSDENIED);
                assertThat(client.activation(TestDcom.ROOM, IRemoteSCMActivator.REMOTE_CREATE_INSTANCE, THERMOMETER))
                        .isEqualTo(new IRemoteSCMActivator.Response(Optional.empty(), HResult.E_ACCESSDENIED));
                assertThat(connecting.made.get()).isZero();
            }
        }

        @Test
        void operationsOfIUnknownAreNotServed() throws Exception {
            try (RawClient client = resolver("opc", AuthLevel.PKT_INTEGRITY)) {
                for (int opnum = 0; opnum <= 2; opnum++) {
                    int unserved = opnum;
                    faults(
                            RpcStatus.OPNUM_OUT_OF_RANGE,
                            () -> client.call(IRemoteSCMActivator.SYNTAX, unserved, null, out -> {}));
                }
            }
        }
    }

    private static StdObjRef standard(Optional<InterfacePointer> pointer) throws Exception {
        return ObjRef.of(pointer.orElseThrow()).standard().orElseThrow();
    }

    @Nested
    class Calls {
        @Test
        void successesOfAllKindsAndFailuresComeBack() throws Exception {
            try (Made room = made()) {
                SyntaxId syntax = RawClient.syntax(THERMOMETER);
                NdrReader partly =
                        room.client().orpc(syntax, 3, room.thermometer().ipid(), out -> out.string("yard"));
                assertThat(partly.f64("degrees")).isEqualTo(3.0);
                assertThat(partly.i32("HRESULT")).isEqualTo(HResult.S_FALSE);
                NdrReader failed =
                        room.client().orpc(syntax, 3, room.thermometer().ipid(), out -> out.string("moon"));
                assertThat(failed.f64("degrees")).isZero();
                assertThat(failed.i32("HRESULT")).isEqualTo(HResult.E_INVALIDARG);
            }
        }

        /** A server that asks another one tells what became of that, not that its own object is gone. */
        @Test
        void whatAnotherServerFailedAtIsAFailureOfTheMethod() throws Exception {
            try (Made room = made()) {
                assertThat(hresult(room, "cut")).isEqualTo(HResult.CALL_FAILED_DID_NOT_EXECUTE);
                assertThat(hresult(room, "half")).isEqualTo(HResult.CALL_FAILED);
                assertThat(hresult(room, "other")).isEqualTo(HResult.RPC_E_DISCONNECTED);
                assertThat(room.read("boiler")).isEqualTo(84.5);
            }
        }

        private int hresult(Made room, String place) throws Exception {
            NdrReader results = room.client()
                    .orpc(RawClient.syntax(THERMOMETER), 3, room.thermometer().ipid(), out -> out.string(place));
            assertThat(results.f64("degrees")).isZero();
            return results.i32("HRESULT");
        }

        @Test
        void aMethodThatBreaksCostsItsCall() throws Exception {
            try (Made room = made()) {
                faults(HResult.RPC_E_SERVERFAULT, () -> room.read("broken"));
                assertThat(room.read("boiler")).isEqualTo(84.5);
            }
        }

        /** [MS-DCOM] 3.1.1.5.4: flags other than 0 are RPC_E_INVALID_HEADER, versions as with activation. */
        @Test
        void theHeaderIsHeldAgainstTheSpecification() throws Exception {
            try (Made room = made()) {
                faults(
                        HResult.RPC_E_INVALID_HEADER,
                        () -> called(room, new OrpcThis(ComVersion.OURS, 1, Guid.NULL, List.of())));
                faults(
                        HResult.RPC_E_VERSION_MISMATCH,
                        () -> called(room, new OrpcThis(new ComVersion(5, 8), 0, Guid.NULL, List.of())));
                assertThat(called(room, new OrpcThis(new ComVersion(5, 2), 0, Guid.NULL, List.of())))
                        .isEqualTo(84.5);
            }
        }

        private double called(Made room, OrpcThis header) throws Exception {
            return room.client()
                    .orpc(
                            header,
                            RawClient.syntax(THERMOMETER),
                            3,
                            room.thermometer().ipid(),
                            out -> out.string("boiler"))
                    .f64("degrees");
        }

        @Test
        void anUnknownIpidIsDisconnected() throws Exception {
            try (Made room = made()) {
                faults(HResult.RPC_E_DISCONNECTED, () -> room.client().read(NOWHERE, "boiler"));
                faults(
                        HResult.RPC_E_DISCONNECTED,
                        () -> room.client().orpc(RawClient.syntax(THERMOMETER), 3, null, out -> out.string("boiler")));
                faults(HResult.RPC_E_DISCONNECTED, () -> room.client().release(NOWHERE));
                assertThat(room.read("boiler")).isEqualTo(84.5);
            }
        }

        /** Opnum 3 of one interface must not be reached by the number of another. */
        @Test
        void anIpidOfAnotherInterfaceIsRefused() throws Exception {
            try (Made room = made()) {
                StdObjRef alarm = room.client()
                        .query(room.remUnknown(), room.thermometer().ipid(), 1, Alarm.DEF.iid())
                        .only();
                faults(HResult.RPC_E_INVALID_IPID, () -> room.client().read(alarm.ipid(), "boiler"));
                faults(HResult.RPC_E_DISCONNECTED, () -> room.client().read(room.remUnknown(), "boiler"));
            }
        }

        @Test
        void opnumsOutsideTheInterfaceAreOutOfRange() throws Exception {
            try (Made room = made()) {
                for (int opnum : List.of(0, 1, 2, 6, 999)) {
                    faults(
                            RpcStatus.OPNUM_OUT_OF_RANGE,
                            () -> room.client()
                                    .orpc(
                                            RawClient.syntax(THERMOMETER),
                                            opnum,
                                            room.thermometer().ipid(),
                                            out -> {}));
                }
            }
        }

        @Test
        void interfacesThatWereNeverHandedOutAreNotBound() throws Exception {
            try (Made room = made()) {
                faults(
                        RpcStatus.UNKNOWN_INTERFACE,
                        () -> room.client()
                                .orpc(
                                        RawClient.syntax(OTHER_IID),
                                        3,
                                        room.thermometer().ipid(),
                                        out -> {}));
            }
        }

        @Test
        void anotherUserWhoHasAReferenceMayCall() throws Exception {
            try (Made room = made();
                    RawClient other = objects("eve", AuthLevel.PKT_PRIVACY)) {
                assertThat(other.read(room.thermometer().ipid(), "boiler")).isEqualTo(84.5);
            }
        }

        @Test
        void callsWithoutALoginAreDenied() throws Exception {
            try (Made room = made();
                    RawClient nobody = objects("", AuthLevel.NONE)) {
                faults(
                        RpcStatus.ACCESS_DENIED,
                        () -> nobody.read(room.thermometer().ipid(), "boiler"));
                faults(
                        RpcStatus.ACCESS_DENIED,
                        () -> nobody.release(
                                room.remUnknown(),
                                new RemInterfaceRef(room.thermometer().ipid(), 5, 0)));
                assertThat(room.read("boiler")).isEqualTo(84.5);
            }
        }
    }

    @Nested
    class References {
        /** 3.1.1.5.6.1.1: S_OK, S_FALSE, E_NOINTERFACE for all, some, none; fresh references as asked for. */
        @Test
        void remQueryInterfaceAnswersForEach() throws Exception {
            try (Made room = made()) {
                Guid ipid = room.thermometer().ipid();
                var all = room.client().query(room.remUnknown(), ipid, 3, Alarm.DEF.iid(), IUnknown.IID);
                assertThat(all.hresult()).isEqualTo(HResult.S_OK);
                assertThat(all.response().results()).allSatisfy(one -> {
                    assertThat(one.hresult()).isEqualTo(HResult.S_OK);
                    assertThat(one.std().publicRefs()).isEqualTo(3);
                    assertThat(one.std().oid()).isEqualTo(room.thermometer().oid());
                    assertThat(one.std().oxid()).isEqualTo(dcom.server().oxid());
                });
                var some = room.client().query(room.remUnknown(), ipid, 3, OTHER_IID, Alarm.DEF.iid());
                assertThat(some.hresult()).isEqualTo(HResult.S_FALSE);
                assertThat(some.response().results().getFirst().hresult()).isEqualTo(HResult.E_NOINTERFACE);
                var none = room.client().query(room.remUnknown(), ipid, 3, OTHER_IID);
                assertThat(none.hresult()).isEqualTo(HResult.E_NOINTERFACE);
                var unknown = room.client().query(room.remUnknown(), NOWHERE, 3, THERMOMETER);
                assertThat(unknown.hresult()).isEqualTo(HResult.RPC_E_INVALID_OBJECT);
                assertThat(unknown.response().results()).isEmpty();
            }
        }

        /** j-Interop asks this way alone. */
        @Test
        void remQueryInterface2GivesWholeReferences() throws Exception {
            try (Made room = made()) {
                var request = new IRemUnknown.QueryInterface2Request(
                        room.thermometer().ipid(), List.of(OTHER_IID, Alarm.DEF.iid()));
                NdrReader results = room.client()
                        .orpc(
                                RawClient.REM_UNKNOWN2,
                                IRemUnknown.REM_QUERY_INTERFACE2,
                                room.remUnknown(),
                                request::write);
                var response = IRemUnknown.QueryInterface2Response.read(results);
                assertThat(results.i32("HRESULT")).isEqualTo(HResult.S_FALSE);
                assertThat(response.results()).containsExactly(HResult.E_NOINTERFACE, HResult.S_OK);
                assertThat(response.pointers().getFirst()).isEmpty();
                ObjRef alarm = ObjRef.of(response.pointers().get(1).orElseThrow());
                assertThat(alarm.iid()).isEqualTo(Alarm.DEF.iid());
                assertThat(alarm.standard().orElseThrow().publicRefs()).isEqualTo(5);
                assertThat(alarm.resolvers().strings())
                        .contains(new StringBinding(
                                StringBinding.TCP,
                                "127.0.0.1[%d]".formatted(dcom.resolver().getPort())));
            }
        }

        /** Both are on both, as node-dcom and j-Interop each use one alone. */
        @Test
        void eitherNameHasAllMethods() throws Exception {
            try (Made room = made()) {
                var request = new IRemUnknown.QueryInterface2Request(
                        room.thermometer().ipid(), List.of(Alarm.DEF.iid()));
                NdrReader results = room.client()
                        .orpc(
                                RawClient.REM_UNKNOWN,
                                IRemUnknown.REM_QUERY_INTERFACE2,
                                room.remUnknown(),
                                request::write);
                assertThat(IRemUnknown.QueryInterface2Response.read(results).results())
                        .containsExactly(HResult.S_OK);
            }
        }

        @Test
        void theObjectGoesWithItsLastReferenceAndSaysSo() throws Exception {
            try (Made room = made()) {
                Guid ipid = room.thermometer().ipid();
                assertThat(room.client()
                                .addRef(
                                        room.remUnknown(),
                                        new RemInterfaceRef(ipid, 2, 1),
                                        new RemInterfaceRef(NOWHERE, 1, 0)))
                        .containsExactly(HResult.S_OK, HResult.CO_E_OBJNOTREG);
                assertThat(room.client().release(room.remUnknown(), new RemInterfaceRef(ipid, 7, 0)))
                        .isEqualTo(HResult.S_OK);
                assertThat(room.read("boiler")).isEqualTo(84.5);
                // in one batch: what is not there, nothing, the last one, and that again
                assertThat(room.client()
                                .release(
                                        room.remUnknown(),
                                        new RemInterfaceRef(NOWHERE, 1, 0),
                                        new RemInterfaceRef(ipid, 0, 0),
                                        new RemInterfaceRef(ipid, 0, 1),
                                        new RemInterfaceRef(ipid, 5, 5)))
                        .isEqualTo(HResult.S_OK);
                dcom.awaitUnreferenced(1);
                assertThat(dcom.server().objects()).isZero();
                faults(HResult.RPC_E_DISCONNECTED, () -> room.read("boiler"));
                assertThat(room.client().release(room.remUnknown(), new RemInterfaceRef(ipid, 5, 0)))
                        .isEqualTo(HResult.S_OK);
            }
        }
    }

    @Nested
    class Resolver {
        /** [MS-DCOM] 3.1.2.5.1.4, 3.1.2.5.1.6: before any login. */
        @Test
        void itIsAliveForEverybody() throws Exception {
            try (RawClient nobody = resolver("", AuthLevel.NONE)) {
                assertThat(IObjectExporter.Status.read(
                                nobody.call(IObjectExporter.SYNTAX, IObjectExporter.SERVER_ALIVE, null, out -> {})))
                        .isEqualTo(new IObjectExporter.Status(0));
                var alive = IObjectExporter.ServerAlive2Response.read(
                        nobody.call(IObjectExporter.SYNTAX, IObjectExporter.SERVER_ALIVE2, null, out -> {}));
                assertThat(alive.status()).isZero();
                assertThat(alive.version()).isEqualTo(ComVersion.OURS);
                assertThat(alive.bindings().orElseThrow().strings())
                        .containsExactly(new StringBinding(
                                StringBinding.TCP,
                                "127.0.0.1[%d]".formatted(dcom.resolver().getPort())));
                assertThat(alive.bindings().orElseThrow().securities())
                        .extracting(SecurityBinding::authnSvc)
                        .containsExactly(10, 9);
                faults(RpcStatus.ACCESS_DENIED, () -> nobody.ping(0, 1, List.of(), List.of()));
                faults(
                        RpcStatus.ACCESS_DENIED,
                        () -> resolved(nobody, dcom.server().oxid()));
            }
        }

        private IObjectExporter.ResolveOxid2Response resolved(RawClient client, long oxid) throws Exception {
            return IObjectExporter.ResolveOxid2Response.read(client.call(
                    IObjectExporter.SYNTAX,
                    IObjectExporter.RESOLVE_OXID2,
                    null,
                    new IObjectExporter.ResolveOxidRequest(oxid, List.of(7))::write));
        }

        @Test
        void itTellsWhereTheExporterIs() throws Exception {
            try (RawClient client = resolver("opc", AuthLevel.PKT_INTEGRITY)) {
                InetSocketAddress objects = dcom.objects();
                StringBinding there =
                        new StringBinding(StringBinding.TCP, "127.0.0.1[%d]".formatted(objects.getPort()));
                var resolved = resolved(client, dcom.server().oxid());
                assertThat(resolved.status()).isZero();
                assertThat(resolved.bindings().orElseThrow().strings()).containsExactly(there);
                assertThat(resolved.authnHint()).isEqualTo(5);
                assertThat(resolved.version()).isEqualTo(ComVersion.OURS);
                var older = IObjectExporter.ResolveOxidResponse.read(client.call(
                        IObjectExporter.SYNTAX,
                        IObjectExporter.RESOLVE_OXID,
                        null,
                        new IObjectExporter.ResolveOxidRequest(dcom.server().oxid(), List.of())::write));
                assertThat(older.bindings().orElseThrow().strings()).containsExactly(there);
                assertThat(older.ipidRemUnknown()).isEqualTo(resolved.ipidRemUnknown());
                try (RawClient remote = objects("opc", AuthLevel.PKT_INTEGRITY)) {
                    assertThat(remote.release(resolved.ipidRemUnknown())).isEqualTo(HResult.S_OK);
                }
            }
        }

        /** impacket lowers its calls to the hint: who asks sealed must not be told that signed will do. */
        @Test
        void theHintIsNoLowerThanTheLevelOfTheQuestion() throws Exception {
            try (RawClient sealed = resolver("opc", AuthLevel.PKT_PRIVACY)) {
                assertThat(resolved(sealed, dcom.server().oxid()).authnHint()).isEqualTo(6);
                assertThat(sealed.oldActivation(TestDcom.ROOM, 0, THERMOMETER).authnHint())
                        .isEqualTo(6);
            }
        }

        @Test
        void anUnknownOxidIsInvalid() throws Exception {
            try (RawClient client = resolver("opc", AuthLevel.PKT_INTEGRITY)) {
                var resolved = resolved(client, dcom.server().oxid() + 1);
                assertThat(resolved.status()).isEqualTo(IObjectExporter.INVALID_OXID);
                assertThat(resolved.bindings()).isEmpty();
                assertThat(resolved.ipidRemUnknown()).isEqualTo(Guid.NULL);
            }
        }

        @Test
        void pingsKeepObjectsAndTheirAbsenceLetsThemGo() throws Exception {
            try (Made room = made();
                    RawClient client = resolver("opc", AuthLevel.PKT_INTEGRITY)) {
                var set = client.ping(0, 1, List.of(room.thermometer().oid()), List.of());
                assertThat(set.status()).isZero();
                assertThat(set.backoffFactor()).isZero();
                for (int i = 0; i < 5; i++) {
                    assertThat(dcom.pass(Duration.ofMinutes(5))).isZero();
                    assertThat(client.ping(set.setId())).isZero();
                }
                assertThat(dcom.server().pingSets()).isEqualTo(1);
                assertThat(dcom.pass(Duration.ofMinutes(6))).isEqualTo(1);
                dcom.awaitUnreferenced(1);
                assertThat(client.ping(set.setId())).isEqualTo(IObjectExporter.INVALID_SET);
                faults(HResult.RPC_E_DISCONNECTED, () -> room.read("boiler"));
            }
        }

        @Test
        void whoeverCallsNeedNotPing() throws Exception {
            try (Made room = made()) {
                for (int i = 0; i < 5; i++) {
                    assertThat(dcom.pass(Duration.ofMinutes(5))).isZero();
                    assertThat(room.read("boiler")).isEqualTo(84.5);
                }
                assertThat(dcom.pass(Duration.ofMinutes(6))).isEqualTo(1);
            }
        }

        /** Windows signs pings and resolutions for its programs, however those call ([MS-DCOM] notes 84 and 93). */
        @Test
        void pingsAndResolutionsAreSignedWhereCallsMustBeSealed() throws Exception {
            PeerPolicy sealed = PeerPolicy.strict()
                    .withMinCallLevel(AuthLevel.PKT_PRIVACY)
                    .withMinActivationLevel(AuthLevel.PKT_PRIVACY);
            try (TestDcom strictest = new TestDcom(sealed, Set.of(), settings -> settings);
                    RawClient program =
                            RawClient.connect(strictest.resolver(), IActivation.SYNTAX, "opc", AuthLevel.PKT_PRIVACY);
                    RawClient service = RawClient.connect(
                            strictest.resolver(), IObjectExporter.SYNTAX, "opc", AuthLevel.PKT_INTEGRITY);
                    RawClient calls = RawClient.connect(
                            strictest.objects(), RawClient.REM_UNKNOWN, "opc", AuthLevel.PKT_INTEGRITY)) {
                var made = program.oldActivation(TestDcom.ROOM, 0, THERMOMETER);
                StdObjRef thermometer = standard(made.pointers().getFirst());
                var resolved = resolved(service, strictest.server().oxid());
                assertThat(resolved.status()).isZero();
                assertThat(resolved.authnHint()).isEqualTo(6);
                var set = service.ping(0, 1, List.of(thermometer.oid()), List.of());
                assertThat(set.status()).isZero();
                for (int i = 0; i < 3; i++) {
                    assertThat(strictest.pass(Duration.ofMinutes(5))).isZero();
                    assertThat(service.ping(set.setId())).isZero();
                }
                // the control: what is no more than signed calls no object and makes none
                faults(RpcStatus.ACCESS_DENIED, () -> calls.release(made.ipidRemUnknown()));
                assertThat(service.oldActivation(TestDcom.ROOM, 0, THERMOMETER).hresult())
                        .isEqualTo(HResult.E_ACCESSDENIED);
            }
        }

        /** A set that is let go as its object is let go of does not take it: the client may have it by other means. */
        @Test
        void anObjectTakenOutOfItsSetHasTheWholeTimeAgain() throws Exception {
            try (Made room = made();
                    RawClient client = resolver("opc", AuthLevel.PKT_INTEGRITY)) {
                long oid = room.thermometer().oid();
                long set = client.ping(0, 1, List.of(oid), List.of()).setId();
                dcom.pass(Duration.ofMinutes(5));
                assertThat(client.ping(set)).isZero();
                dcom.pass(Duration.ofMinutes(5));
                assertThat(client.ping(set, 2, List.of(), List.of(oid)).status())
                        .isZero();
                assertThat(dcom.pass(Duration.ofMinutes(5))).isZero();
                assertThat(dcom.pass(Duration.ofMinutes(1))).isEqualTo(1);
            }
        }
    }

    @Test
    @Requirement(value = "SYS-14", protocol = Protocol.DA)
    void manyClientsAreServedSideBySide() throws Exception {
        int count = 20;
        CountDownLatch allAreThere = new CountDownLatch(count);
        Callable<Double> client = () -> {
            try (Made room = made()) {
                allAreThere.countDown();
                assertThat(allAreThere.await(TestDcom.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
                return room.read("boiler");
            }
        };
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Double> degrees : clients.invokeAll(Collections.nCopies(count, client))) {
                assertThat(degrees.get()).isEqualTo(84.5);
            }
        }
        assertThat(dcom.made).hasValue(count);
    }

    /** Of an object that both have: what the one held who has vanished does not outlast the other. */
    @Test
    void aClientThatVanishesGivesBackItsOwnReferencesAndNobodyElses() throws Exception {
        StdObjRef shared;
        Guid remUnknown;
        try (RawClient vanishing = resolver("eve", AuthLevel.PKT_INTEGRITY)) {
            var answer = vanishing.oldActivation(TestDcom.SHARED, 0, THERMOMETER);
            shared = standard(answer.pointers().getFirst());
            remUnknown = answer.ipidRemUnknown();
            assertThat(vanishing.ping(0, 1, List.of(shared.oid()), List.of()).status())
                    .isZero();
        }
        try (RawClient client = resolver("opc", AuthLevel.PKT_INTEGRITY);
                RawClient calls = objects("opc", AuthLevel.PKT_INTEGRITY)) {
            assertThat(client.oldActivation(TestDcom.SHARED, 0, THERMOMETER).hresult())
                    .isEqualTo(HResult.S_OK);
            for (int i = 0; i < 3; i++) {
                assertThat(dcom.pass(Duration.ofMinutes(5))).isZero();
                assertThat(calls.read(shared.ipid(), "boiler")).isEqualTo(84.5);
            }
            assertThat(calls.release(remUnknown, new RemInterfaceRef(shared.ipid(), 4, 0)))
                    .isEqualTo(HResult.S_OK);
            assertThat(calls.read(shared.ipid(), "boiler")).isEqualTo(84.5);
            assertThat(calls.release(remUnknown, new RemInterfaceRef(shared.ipid(), 1, 0)))
                    .isEqualTo(HResult.S_OK);
            Await.until("the object let go", TestDcom.PATIENCE, () -> dcom.sharedUnreferenced.get() == 1);
            faults(HResult.RPC_E_DISCONNECTED, () -> calls.read(shared.ipid(), "boiler"));
        }
    }

    /** The leak that users of DCOM complain of most: a client that is gone without a word keeps nothing. */
    @Test
    void aThousandClientsThatVanishLeaveNothing() throws Exception {
        for (int i = 0; i < 1_000; i++) {
            try (RawClient client = resolver("opc", AuthLevel.PKT_INTEGRITY)) {
                var answer = client.oldActivation(TestDcom.ROOM, 0, THERMOMETER, Alarm.DEF.iid());
                // each second one pings before it vanishes
                if (i % 2 == 0) {
                    long oid = standard(answer.pointers().getFirst()).oid();
                    assertThat(client.ping(0, 1, List.of(oid), List.of()).status())
                            .isIn(0, PingSets.NO_ROOM);
                }
            }
        }
        assertThat(dcom.server().objects()).isEqualTo(1_000);
        assertThat(dcom.pass(Duration.ofMinutes(6).minusNanos(1))).isZero();
        assertThat(dcom.pass(Duration.ofNanos(1))).isEqualTo(1_000);
        dcom.awaitUnreferenced(1_000);
        assertThat(dcom.server().objects()).isZero();
        assertThat(dcom.server().pingSets()).isZero();
    }
}
