package org.tandemopc.dcom.orpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ntlm.Leniency;
import org.tandemopc.dcom.ntlm.NtlmAcceptor;
import org.tandemopc.dcom.ntlm.RecordedServer;
import org.tandemopc.dcom.orpc.Activator;
import org.tandemopc.dcom.orpc.Codec;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.ObjRef;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.OrpcThat;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.wire.ActivationProperties;
import org.tandemopc.dcom.orpc.wire.IActivation;
import org.tandemopc.dcom.orpc.wire.IObjectExporter;
import org.tandemopc.dcom.orpc.wire.IRemUnknown;
import org.tandemopc.dcom.orpc.wire.IRemoteSCMActivator;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.FaultLog;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.PortRange;
import org.tandemopc.dcom.rpc.WeakCalls;
import org.tandemopc.dcom.vectors.Replay;
import org.tandemopc.dcom.vectors.VectorFile;

/**
 * What real clients sent, sent again octet by octet to our server, which has the names, the challenge and the clock of the server
 * that they spoke to: so their logins, signatures and seals are verified for what they are, and their calls find their objects.
 */
@Timeout(120)
class RecordedClientsTest {
    private static final int FAULT = 3;
    private static final int RESPONSE_STUB_AT = 24;
    private static final int TOKEN_BYTES = 16;
    private static final int TRAILER_BYTES = 8;

    /** What one of the recorded clients calls of OPC's; nothing comes back but S_OK. */
    private interface Called {
        Result<Nothing> called(String name, String parameter);

        static Operation<Called, String, Nothing> operation(int opnum, String name, boolean hasText) {
            Codec<String> in = Codec.of(reader -> hasText ? reader.string("text") : "", (out, text) -> {});
            return Operation.of(opnum, name, in, (target, text) -> target.called(name, text));
        }
    }

    private static final InterfaceDef<Called> SERVER = InterfaceDef.of(
            "39c13a4d-011e-11d0-9675-0020afd8adb3",
            "IOPCServer",
            caller -> (name, parameter) -> Result.ok(Nothing.NOTHING),
            List.of(Called.operation(6, "GetStatus", false)));
    private static final InterfaceDef<Called> COMMON = InterfaceDef.of(
            "f31dfde2-07b6-11d2-b2d8-0060083ba1fb",
            "IOPCCommon",
            caller -> (name, parameter) -> Result.ok(Nothing.NOTHING),
            List.of(Called.operation(7, "SetClientName", true)));

    private static final Guid RECORDED_CLASS = Guid.of("f8582cf2-88fb-11d0-b850-00c0f0104305");

    private final AtomicReference<Instant> clock = new AtomicReference<>(Instant.EPOCH);
    private final List<String> called = new CopyOnWriteArrayList<>();
    private final ConcurrentLinkedQueue<Guid> ipids = new ConcurrentLinkedQueue<>();

    @SuppressWarnings("NullAway.Init") // each test begins with serve
    private DcomServer server;

    /** @param names of IRemUnknown, and of the interfaces in the order in which they are handed out */
    private void serve(AuthLevel least, Guid... names) throws IOException {
        ipids.addAll(List.of(names));
        NtlmAcceptor acceptor = RecordedServer.acceptor(
                least == AuthLevel.CONNECT ? EnumSet.allOf(Leniency.class) : Set.of(), clock::get);
        PeerPolicy policy = PeerPolicy.strict().withMinCallLevel(least).withMinActivationLevel(least);
        Names recorded = new Names(
                () -> 0x1122_3344_5566L, () -> Optional.ofNullable(ipids.poll()).orElseGet(Guid::random));
        server = new DcomServer(
                DcomServerSettings.of(acceptor, policy)
                        .at(InetAddress.getLoopbackAddress())
                        .withResolverPorts(PortRange.ANY),
                Optional.of(Activator.of(Map.of(RECORDED_CLASS, call -> object()))),
                System::nanoTime,
                recorded,
                FaultLog::new,
                new WeakCalls());
    }

    private ComObject object() {
        Called target = (name, parameter) -> {
            called.add(name + " " + parameter);
            return Result.ok(Nothing.NOTHING);
        };
        return ComObject.named("recorded")
                .with(SERVER, target)
                .with(COMMON, target)
                .build();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Replay conversation(InetSocketAddress address) throws IOException {
        return new Replay(address, clock::set);
    }

    /** The results of an answer that is not sealed. */
    private static NdrReader stub(byte[] response) {
        int token = tokenLength(response);
        int to = token == 0
                ? response.length
                : response.length
                        - token
                        - TRAILER_BYTES
                        - Byte.toUnsignedInt(response[response.length - token - TRAILER_BYTES + 2]);
        assertThat(token).isIn(0, TOKEN_BYTES);
        return NdrReader.over(Bytes.of(response, RESPONSE_STUB_AT, to), ByteOrder.LITTLE_ENDIAN);
    }

    private static int tokenLength(byte[] pdu) {
        return Byte.toUnsignedInt(pdu[10]) | Byte.toUnsignedInt(pdu[11]) << 8;
    }

    private static Guid guid(String file, String field) throws Exception {
        return Guid.read(Bytes.of(VectorFile.named(file).field(field)).reader(), field);
    }

    /** The IPID that a request is for, in clear also where the rest is sealed. */
    private static Guid object(String file) throws Exception {
        byte[] pdu = VectorFile.named(file).pdu();
        return Guid.read(
                Bytes.of(pdu, RESPONSE_STUB_AT, RESPONSE_STUB_AT + Guid.SIZE).reader(), "object");
    }

    private InetSocketAddress resolver() {
        return server.resolverAddresses().getFirst();
    }

    private InetSocketAddress objects() {
        return server.objectAddresses().getFirst();
    }

    private static String[] all(String prefix, String... suffixes) {
        List<String> names = new ArrayList<>();
        for (String suffix : suffixes) {
            names.add(prefix + suffix);
        }
        return names.toArray(String[]::new);
    }

    /** Activation, two questions, AddRef, calls of one and of three fragments, each interface under a login of its own. */
    @ParameterizedTest
    @ValueSource(strings = {"impacket/l5", "impacket/l6"})
    void impacketIsServedSignedAndSealed(String session) throws Exception {
        String query = session + "-orpc-03-req-iremunknown-remqueryinterface";
        String setName = session + "-orpc-11-req-iopccommon-setclientname-frag1";
        Guid server1 = guid(query, "ripid");
        serve(AuthLevel.PKT_INTEGRITY, object(query), server1, object(setName));
        try (Replay activation = conversation(resolver());
                Replay calls = conversation(objects())) {
            byte[] made = activation.replay(all(
                    session,
                    "-act-01-bind-iremotescmactivator",
                    "-act-02-auth3",
                    "-act-03-req-iremotescmactivator-remotecreateinstance"));
            if (session.endsWith("l5")) {
                NdrReader results = stub(made);
                OrpcThat.read(results);
                ActivationProperties properties = ActivationProperties.read(
                        IRemoteSCMActivator.Response.read(results).properties().orElseThrow(),
                        ActivationProperties.Direction.OUT);
                assertThat(ObjRef.of(properties
                                        .propsOut()
                                        .orElseThrow()
                                        .interfaces()
                                        .getFirst()
                                        .pointer()
                                        .orElseThrow())
                                .standard()
                                .orElseThrow()
                                .ipid())
                        .isEqualTo(server1);
            }
            calls.replay(all(
                    session,
                    "-orpc-01-bind-iremunknown",
                    "-orpc-02-auth3",
                    "-orpc-03-req-iremunknown-remqueryinterface",
                    "-orpc-04-req-iremunknown-remqueryinterface",
                    "-orpc-05-req-iremunknown-remaddref",
                    "-orpc-06-alter-context-iopcserver",
                    "-orpc-07-auth3",
                    "-orpc-08-req-iopcserver-getstatus",
                    "-orpc-09-alter-context-iopccommon",
                    "-orpc-10-auth3",
                    "-orpc-11-req-iopccommon-setclientname-frag1",
                    "-orpc-12-req-iopccommon-setclientname-frag2",
                    "-orpc-13-req-iopccommon-setclientname-frag3",
                    "-orpc-14-alter-context-iremunknown",
                    "-orpc-15-auth3",
                    "-orpc-16-req-iremunknown-remrelease",
                    "-orpc-17-req-iremunknown-remrelease"));
        }
        assertThat(called).hasSize(2);
        assertThat(called.getFirst()).isEqualTo("GetStatus ");
        assertThat(called.get(1)).startsWith("SetClientName ").hasSizeGreaterThan(5_000);
        assertThat(server.objects()).isEqualTo(1);
    }

    /** NTLM2 session at CONNECT, nothing signed; asks by RemQueryInterface2 alone, and releases what is not there. */
    @Test
    void utgardIsServedAtConnect() throws Exception {
        String prefix = "utgard/connect-";
        String query = prefix + "req-iremunknown2-remqueryinterface2";
        serve(AuthLevel.CONNECT, object(query), guid(query, "ripid"));
        try (Replay activation = conversation(resolver());
                Replay references = conversation(objects())) {
            NdrReader made = stub(activation.replay(all(
                    prefix,
                    "bind-iobjectexporter",
                    "auth3",
                    "alter-context-iactivation",
                    "req-iactivation-remoteactivation")));
            OrpcThat.read(made);
            IActivation.Response response = IActivation.Response.read(made);
            assertThat(response.hresult()).isEqualTo(HResult.S_OK);
            // of IUnknown and IDispatch
            assertThat(response.results()).containsExactly(HResult.S_OK, HResult.E_NOINTERFACE);

            NdrReader asked = stub(references.replay(
                    all(prefix, "bind-iremunknown2", "auth3", "req-iremunknown2-remqueryinterface2")));
            OrpcThat.read(asked);
            var found = IRemUnknown.QueryInterface2Response.read(asked);
            assertThat(found.results()).containsExactly(HResult.S_OK);
            assertThat(ObjRef.of(found.pointers().getFirst().orElseThrow()).iid())
                    .isEqualTo(SERVER.iid());

            NdrReader added = stub(references.replay(prefix + "req-iremunknown2-remaddref"));
            OrpcThat.read(added);
            assertThat(IRemUnknown.AddRefResponse.read(added).results()).containsExactly(HResult.S_OK);

            NdrReader released = stub(references.replay(prefix + "req-iremunknown2-remrelease"));
            OrpcThat.read(released);
            assertThat(released.i32("HRESULT")).isEqualTo(HResult.S_OK);
            assertThat(server.objects()).isEqualTo(1);
        }
    }

    /** The same with NTLMv2, and what follows activation sealed. */
    @Test
    void utgardIsServedSealed() throws Exception {
        String c2 = "utgard/privacy-c2-";
        serve(
                AuthLevel.CONNECT,
                object(c2 + "03-req-iremunknown2-remaddref"),
                guid(c2 + "03-req-iremunknown2-remaddref", "ref[0].ipid"),
                guid(c2 + "05-req-iremunknown2-remaddref", "ref[0].ipid"));
        try (Replay activation = conversation(resolver());
                Replay references = conversation(objects())) {
            NdrReader made = stub(activation.replay(all(
                    "utgard/privacy-c1-",
                    "01-bind-iobjectexporter",
                    "02-auth3",
                    "03-alter-context-iactivation",
                    "04-req-iactivation-remoteactivation")));
            OrpcThat.read(made);
            assertThat(IActivation.Response.read(made).hresult()).isEqualTo(HResult.S_OK);
            references.replay(VectorFile.all(c2).stream().map(VectorFile::name).toArray(String[]::new));
        }
        assertThat(server.objects()).isEqualTo(1);
    }

    /** call_id 0 for all, a blank last token in alter_context, dummy verifiers. */
    @Test
    void nodeIsServedAtConnect() throws Exception {
        String prefix = "node/connect-";
        String query = prefix + "req-iremunknown-remqueryinterface";
        serve(AuthLevel.CONNECT, object(query), guid(query, "ripid"));
        try (Replay activation = conversation(resolver());
                Replay references = conversation(objects())) {
            NdrReader made = stub(
                    activation.replay(all(prefix, "bind-iactivation", "auth3", "req-iactivation-remoteactivation")));
            OrpcThat.read(made);
            assertThat(IActivation.Response.read(made).hresult()).isEqualTo(HResult.S_OK);

            NdrReader asked = stub(
                    references.replay(all(prefix, "bind-iremunknown", "auth3", "req-iremunknown-remqueryinterface")));
            OrpcThat.read(asked);
            assertThat(IRemUnknown.QueryInterfaceResponse.read(asked)
                            .results()
                            .getFirst()
                            .std()
                            .publicRefs())
                    .isEqualTo(5);
            NdrReader released =
                    stub(references.replay(all(prefix, "req-iremunknown-remaddref", "req-iremunknown-remrelease")));
            OrpcThat.read(released);
            assertThat(released.i32("HRESULT")).isEqualTo(HResult.S_OK);
        }
    }

    /** Without a login: the server is alive, and tells nothing else. */
    @Test
    void impacketFindsTheServerAliveWithoutALogin() throws Exception {
        serve(AuthLevel.PKT_INTEGRITY);
        try (Replay nobody = conversation(resolver())) {
            NdrReader alive = stub(nobody.replay(all(
                    "impacket/other-",
                    "bind-iobjectexporter",
                    "req-iobjectexporter-serveralive",
                    "req-iobjectexporter-serveralive2")));
            assertThat(IObjectExporter.ServerAlive2Response.read(alive).status())
                    .isZero();
        }
    }

    /** Of rpc.oxidresolve, at a level that neither signs nor has a MIC. */
    @Test
    void sambaIsServedAtConnect() throws Exception {
        serve(AuthLevel.CONNECT);
        try (Replay resolving = conversation(resolver());
                Replay activating = conversation(resolver())) {
            NdrReader alive = stub(resolving.replay(all(
                    "samba/oxid-connect-",
                    "bind-iobjectexporter",
                    "auth3",
                    "req-iobjectexporter-serveralive",
                    "req-iobjectexporter-serveralive2")));
            assertThat(IObjectExporter.ServerAlive2Response.read(alive).status())
                    .isZero();
            NdrReader made = stub(activating.replay(
                    all("samba/oxid-connect-", "bind-iactivation", "auth3", "req-iactivation-remoteactivation")));
            OrpcThat.read(made);
            assertThat(IActivation.Response.read(made).hresult()).isEqualTo(HResult.REGDB_E_CLASSNOTREG);
        }
    }

    /** The same signed (packet is signed too) and sealed, with its MIC; at SIGN a ping under a set that there is not. */
    @ParameterizedTest
    @EnumSource(names = {"PKT", "PKT_INTEGRITY", "PKT_PRIVACY"})
    void sambaIsServedSignedAndSealed(AuthLevel level) throws Exception {
        serve(level);
        String prefix = "samba/oxid-%s-"
                .formatted(
                        switch (level) {
                            case PKT -> "packet";
                            case PKT_INTEGRITY -> "sign";
                            default -> "seal";
                        });
        try (Replay resolving = conversation(resolver())) {
            byte[] alive = resolving.replay(all(
                    prefix,
                    "bind-iobjectexporter",
                    "auth3",
                    "req-iobjectexporter-serveralive",
                    "req-iobjectexporter-serveralive2"));
            if (level != AuthLevel.PKT_PRIVACY) {
                assertThat(IObjectExporter.ServerAlive2Response.read(stub(alive))
                                .status())
                        .isZero();
            }
            if (level == AuthLevel.PKT_INTEGRITY) {
                NdrReader pinged = stub(resolving.replay(prefix + "req-iobjectexporter-simpleping"));
                assertThat(IObjectExporter.Status.read(pinged).status()).isEqualTo(IObjectExporter.INVALID_SET);
            }
        }
    }

    /** A login whose MIC was tampered with is none: its first call is denied. */
    @Test
    void sambasLoginWithAnotherMicIsRefused() throws Exception {
        serve(AuthLevel.PKT_INTEGRITY);
        String prefix = "samba/oxid-sign-";
        try (Replay resolving = conversation(resolver())) {
            resolving.replay(prefix + "bind-iobjectexporter");
            VectorFile auth3 = VectorFile.named(prefix + "auth3");
            byte[] damaged = auth3.pdu();
            // the MIC stands at 72 of the token
            damaged[damaged.length - tokenLength(damaged) + 72] ^= 1;
            resolving.send(damaged);
            resolving.send(
                    VectorFile.named(prefix + "req-iobjectexporter-serveralive").pdu());
            assertThat((int) resolving.received()[2]).as("type of the answer").isEqualTo(FAULT);
        }
    }

    /** rpcclient, with MIC and verification trailer: the endpoint mapper, signed and sealed and neither. */
    @ParameterizedTest
    @CsvSource({
        "1, 03-req-epmapper-ept-map, PKT_INTEGRITY",
        "2, 03-req-epmapper-ept-lookup, PKT_INTEGRITY",
        "3, 03-req-epmapper-ept-map, PKT_INTEGRITY",
        "4, 03-req-epmapper-ept-lookup, PKT_INTEGRITY",
        "connect, 03-req-epmapper-ept-map, CONNECT"
    })
    void sambasRpcclientIsServed(String session, String question, AuthLevel least) throws Exception {
        serve(least);
        try (Replay asking = conversation(resolver())) {
            byte[] answer =
                    asking.replay(all("samba/rpcclient-" + session + "-", "01-bind-epmapper", "02-auth3", question));
            assertThat(answer.length).isGreaterThan(RESPONSE_STUB_AT);
        }
    }
}
