package org.tandemopc.dcom.orpc.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.InterfacePointer;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.ComVersion;
import org.tandemopc.dcom.orpc.DualStringArray;
import org.tandemopc.dcom.orpc.ObjRef;
import org.tandemopc.dcom.orpc.OrpcThat;
import org.tandemopc.dcom.orpc.OrpcThis;
import org.tandemopc.dcom.orpc.SecurityBinding;
import org.tandemopc.dcom.orpc.StdObjRef;
import org.tandemopc.dcom.orpc.StringBinding;
import org.tandemopc.dcom.vectors.Hostile;
import org.tandemopc.dcom.vectors.Octets;
import org.tandemopc.dcom.vectors.VectorFile;

/**
 * The calls of DCOM itself as four peers wrote them: each is read to the values that it stands for, and written again octet
 * for octet with the referents that the peer had chosen and zeros for its padding.
 */
class RecordedCallsTest {
    private static final Guid OPC_SERVER = Guid.of("39c13a4d-011e-11d0-9675-0020afd8adb3");
    private static final Guid OPC_COMMON = Guid.of("f31dfde2-07b6-11d2-b2d8-0060083ba1fb");
    private static final Guid UNKNOWN = Guid.of("00000000-0000-0000-c000-000000000046");
    private static final Guid DISPATCH = Guid.of("00020400-0000-0000-c000-000000000046");
    private static final Guid CLASS = Guid.of("f8582cf2-88fb-11d0-b850-00c0f0104305");
    private static final Guid SAMBA_CLASS = Guid.of("02b01c80-e03d-101a-b294-00dd010f2bf9");
    private static final Guid MADE_IPID = Guid.of("0000ab01-1234-5678-9abc-def012345678");
    private static final long MADE_OXID = 0x1122_3344_5566_7788L;
    private static final DualStringArray MADE_BINDINGS = new DualStringArray(
            List.of(new StringBinding(7, "10.1.2.3[49200]"), new StringBinding(7, "plant[49200]")),
            List.of(SecurityBinding.of(10), SecurityBinding.of(9)));
    private static final InterfacePointer MADE_POINTER = new ObjRef.Standard(
                    OPC_SERVER, new StdObjRef(0, 5, MADE_OXID, 0x99, MADE_IPID), MADE_BINDINGS)
            .toInterfacePointer();

    private enum Head {
        NONE,
        THIS,
        THAT
    }

    /** One kind of stub: how it begins, how it is read and written. */
    private record Kind<T>(Head head, NdrReader.Decoder<T> decoder, NdrWriter.Encoder<T> encoder) {
        T read(NdrReader in) throws MalformedException {
            switch (head) {
                case NONE -> {
                    // nothing stands before
                }
                case THIS -> OrpcThis.read(in);
                case THAT -> OrpcThat.read(in);
            }
            return decoder.read(in);
        }

        Bytes rewritten(NdrReader in, NdrWriter out) throws MalformedException {
            switch (head) {
                case NONE -> {
                    // nothing stands before
                }
                case THIS -> OrpcThis.read(in).write(out);
                case THAT -> OrpcThat.read(in).write(out);
            }
            encoder.write(out, decoder.read(in));
            return out.toBytes();
        }
    }

    private record Case<T>(String name, Kind<T> kind, T expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final Kind<IObjectExporter.ResolveOxidRequest> RESOLVE =
            new Kind<>(Head.NONE, IObjectExporter.ResolveOxidRequest::read, (out, value) -> value.write(out));
    private static final Kind<IObjectExporter.ResolveOxidResponse> RESOLVED =
            new Kind<>(Head.NONE, IObjectExporter.ResolveOxidResponse::read, (out, value) -> value.write(out));
    private static final Kind<IObjectExporter.ResolveOxid2Response> RESOLVED2 =
            new Kind<>(Head.NONE, IObjectExporter.ResolveOxid2Response::read, (out, value) -> value.write(out));
    private static final Kind<IObjectExporter.SimplePingRequest> SIMPLE_PING =
            new Kind<>(Head.NONE, IObjectExporter.SimplePingRequest::read, (out, value) -> value.write(out));
    private static final Kind<IObjectExporter.Status> STATUS =
            new Kind<>(Head.NONE, IObjectExporter.Status::read, (out, value) -> value.write(out));
    private static final Kind<IObjectExporter.ComplexPingRequest> COMPLEX_PING =
            new Kind<>(Head.NONE, IObjectExporter.ComplexPingRequest::read, (out, value) -> value.write(out));
    private static final Kind<IObjectExporter.ComplexPingResponse> COMPLEX_PINGED =
            new Kind<>(Head.NONE, IObjectExporter.ComplexPingResponse::read, (out, value) -> value.write(out));
    private static final Kind<IRemUnknown.QueryInterfaceRequest> QUERY =
            new Kind<>(Head.THIS, IRemUnknown.QueryInterfaceRequest::read, (out, value) -> value.write(out));
    private static final Kind<IRemUnknown.QueryInterfaceResponse> QUERIED =
            new Kind<>(Head.THAT, IRemUnknown.QueryInterfaceResponse::read, (out, value) -> value.write(out));
    private static final Kind<IRemUnknown.QueryInterface2Request> QUERY2 =
            new Kind<>(Head.THIS, IRemUnknown.QueryInterface2Request::read, (out, value) -> value.write(out));
    private static final Kind<IRemUnknown.ReferencesRequest> REFERENCES =
            new Kind<>(Head.THIS, IRemUnknown.ReferencesRequest::read, (out, value) -> value.write(out));
    private static final Kind<IRemUnknown.AddRefResponse> ADDED =
            new Kind<>(Head.THAT, IRemUnknown.AddRefResponse::read, (out, value) -> value.write(out));
    private static final Kind<IActivation.Request> ACTIVATE =
            new Kind<>(Head.THIS, IActivation.Request::read, (out, value) -> value.write(out));
    private static final Kind<IActivation.Response> ACTIVATED =
            new Kind<>(Head.THAT, IActivation.Response::read, (out, value) -> value.write(out));

    static Stream<Case<?>> cases() {
        return Stream.of(
                        resolution(),
                        pings(),
                        references(),
                        Stream.of("l5", "l6").flatMap(RecordedCallsTest::referencesOfImpacket),
                        activations())
                .flatMap(all -> all);
    }

    private static Stream<Case<?>> resolution() {
        return Stream.of(
                new Case<>(
                        "impacket/other-req-iobjectexporter-resolveoxid.hex",
                        RESOLVE,
                        new IObjectExporter.ResolveOxidRequest(0x2dfca41ada43d280L, List.of(7))),
                new Case<>(
                        "impacket/other-req-iobjectexporter-resolveoxid2.hex",
                        RESOLVE,
                        new IObjectExporter.ResolveOxidRequest(0x2dfca41ada43d280L, List.of(7))),
                new Case<>(
                        "samba/oxid-null-req-iobjectexporter-resolveoxid.hex",
                        RESOLVE,
                        new IObjectExporter.ResolveOxidRequest(0x43743d608317c3c6L, List.of(7, 15))),
                new Case<>(
                        "samba/oxid-null-req-iobjectexporter-resolveoxid2.hex",
                        RESOLVE,
                        new IObjectExporter.ResolveOxidRequest(0x43743d608317c3c6L, List.of(7, 15))),
                new Case<>(
                        "utgard/callback-resolver-resp-iobjectexporter-resolveoxid2.hex",
                        RESOLVED2,
                        new IObjectExporter.ResolveOxid2Response(
                                Optional.of(new DualStringArray(
                                        List.of(
                                                new StringBinding(7, "127.0.0.1[39759]"),
                                                new StringBinding(7, "localhost[39759]")),
                                        List.of(SecurityBinding.of(10)))),
                                Guid.of("c762be40-e652-11f1-bad4-02fc00000001"),
                                2,
                                new ComVersion(5, 2),
                                0)),
                new Case<>(
                        "impacket/stub-resolveoxid2-response.hex",
                        RESOLVED2,
                        new IObjectExporter.ResolveOxid2Response(
                                Optional.of(MADE_BINDINGS), MADE_IPID, 5, new ComVersion(5, 6), 0)),
                new Case<>(
                        "impacket/stub-resolveoxid-response.hex",
                        RESOLVED,
                        new IObjectExporter.ResolveOxidResponse(Optional.of(MADE_BINDINGS), MADE_IPID, 6, 0)));
    }

    private static Stream<Case<?>> pings() {
        return Stream.of(
                new Case<>(
                        "impacket/other-req-iobjectexporter-simpleping.hex",
                        SIMPLE_PING,
                        new IObjectExporter.SimplePingRequest(0)),
                new Case<>(
                        "samba/oxid-null-req-iobjectexporter-simpleping.hex",
                        SIMPLE_PING,
                        new IObjectExporter.SimplePingRequest(0x7f5ca57845b2L)),
                new Case<>(
                        "utgard/callback-resolver-resp-iobjectexporter-simpleping.hex",
                        STATUS,
                        new IObjectExporter.Status(0)),
                new Case<>(
                        "impacket/other-req-iobjectexporter-complexping.hex",
                        COMPLEX_PING,
                        new IObjectExporter.ComplexPingRequest(0, 0, List.of(), List.of())),
                new Case<>(
                        "impacket/ping-req-iobjectexporter-complexping.hex",
                        COMPLEX_PING,
                        new IObjectExporter.ComplexPingRequest(0, 0, List.of(0x39c4a9cf8701L), List.of())),
                new Case<>(
                        "utgard/v2-req-iobjectexporter-complexping.hex",
                        COMPLEX_PING,
                        new IObjectExporter.ComplexPingRequest(
                                0,
                                0,
                                List.of(0x2e4c6df32b01L, 0x2e4c6df32b04L, 0x2e4c6df32b03L, 0x2e4c6df32b02L),
                                List.of())),
                new Case<>(
                        "utgard/callback-resolver-resp-iobjectexporter-complexping.hex",
                        COMPLEX_PINGED,
                        new IObjectExporter.ComplexPingResponse(0xe600def4b96134dcL, 0, 0)),
                new Case<>(
                        "impacket/stub-complexping-response.hex",
                        COMPLEX_PINGED,
                        new IObjectExporter.ComplexPingResponse(0x55, 0, 0)));
    }

    private static Stream<Case<?>> references() {
        return Stream.of(
                new Case<>(
                        "node/connect-req-iremunknown-remqueryinterface.hex",
                        QUERY,
                        new IRemUnknown.QueryInterfaceRequest(
                                Guid.of("a6565fb2-7923-43f8-ac0c-0686f17eb691"), 5, List.of(OPC_SERVER))),
                new Case<>(
                        "utgard/callback-oxid-resp-iremunknown-remqueryinterface.hex",
                        QUERIED,
                        new IRemUnknown.QueryInterfaceResponse(List.of(new RemQiResult(
                                0,
                                new StdObjRef(
                                        0,
                                        5,
                                        0xfd69d3a632646b2fL,
                                        0xa82b30002be970f1L,
                                        Guid.of("c76c8def-e652-11f1-bad4-02fc00000001")))))),
                new Case<>(
                        "utgard/callback-sealed-anon-01-resp-iremunknown-remqueryinterface.hex",
                        QUERIED,
                        new IRemUnknown.QueryInterfaceResponse(List.of(new RemQiResult(
                                0,
                                new StdObjRef(
                                        0,
                                        5,
                                        0x21d7991bb5af1b97L,
                                        0x8abbfd4343291ddfL,
                                        Guid.of("f5b453ad-e654-11f1-a3e0-02fc00000001")))))),
                new Case<>(
                        "utgard/connect-req-iremunknown2-remqueryinterface2.hex",
                        QUERY2,
                        new IRemUnknown.QueryInterface2Request(
                                Guid.of("83ba2d17-faf7-441b-9eb7-1a2c99e07498"), List.of(OPC_SERVER))),
                new Case<>(
                        "utgard/connect-req-iremunknown2-remaddref.hex",
                        REFERENCES,
                        references("83ba2d17-faf7-441b-9eb7-1a2c99e07498", 5)),
                new Case<>(
                        "utgard/connect-req-iremunknown2-remrelease.hex",
                        REFERENCES,
                        references("7ec9afcd-cfc5-4600-b854-36d51c69dbaa", 5)),
                new Case<>(
                        "node/connect-req-iremunknown-remaddref.hex",
                        REFERENCES,
                        references("a6565fb2-7923-43f8-ac0c-0686f17eb691", 5)),
                new Case<>(
                        "node/connect-req-iremunknown-remrelease.hex",
                        REFERENCES,
                        references("5c2074d2-aafb-42d4-b791-20031b96aed8", 5)),
                new Case<>(
                        "impacket/stub-remaddref-response.hex",
                        ADDED,
                        new IRemUnknown.AddRefResponse(List.of(0, 0x8004_01FB))));
    }

    /** Signed and sealed they ask the same. */
    private static Stream<Case<?>> referencesOfImpacket(String level) {
        VectorFile query = VectorFile.named("impacket/" + level + "-orpc-03-req-iremunknown-remqueryinterface.hex");
        VectorFile release = VectorFile.named("impacket/" + level + "-orpc-17-req-iremunknown-remrelease.hex");
        Guid ripid = guid(query.field("ripid"));
        Guid released = guid(release.field("ref[0].ipid"));
        return Stream.of(
                new Case<>(query.name(), QUERY, new IRemUnknown.QueryInterfaceRequest(ripid, 1, List.of(OPC_COMMON))),
                new Case<>(
                        "impacket/" + level + "-orpc-04-req-iremunknown-remqueryinterface.hex",
                        QUERY,
                        new IRemUnknown.QueryInterfaceRequest(ripid, 1, List.of(DISPATCH))),
                new Case<>(
                        "impacket/" + level + "-orpc-05-req-iremunknown-remaddref.hex",
                        REFERENCES,
                        references(ripid.toString(), 1)),
                new Case<>(release.name(), REFERENCES, references(released.toString(), 1)));
    }

    private static Stream<Case<?>> activations() {
        IActivation.Request samba = new IActivation.Request(
                SAMBA_CLASS, Optional.empty(), Optional.empty(), 2, 0, List.of(UNKNOWN), List.of(7, 12, 13));
        return Stream.of(
                new Case<>(
                        "utgard/connect-req-iactivation-remoteactivation.hex",
                        ACTIVATE,
                        activation(List.of(UNKNOWN, DISPATCH))),
                new Case<>(
                        "utgard/privacy-c1-04-req-iactivation-remoteactivation.hex",
                        ACTIVATE,
                        activation(List.of(UNKNOWN, DISPATCH))),
                new Case<>(
                        "node/connect-req-iactivation-remoteactivation.hex", ACTIVATE, activation(List.of(OPC_SERVER))),
                new Case<>("samba/oxid-connect-req-iactivation-remoteactivation.hex", ACTIVATE, samba),
                new Case<>("samba/oxid-seal-req-iactivation-remoteactivation.hex", ACTIVATE, samba),
                new Case<>(
                        "impacket/stub-remoteactivation-response.hex",
                        ACTIVATED,
                        new IActivation.Response(
                                MADE_OXID,
                                Optional.of(MADE_BINDINGS),
                                MADE_IPID,
                                5,
                                new ComVersion(5, 7),
                                0,
                                List.of(Optional.of(MADE_POINTER)),
                                List.of(0),
                                0)));
    }

    private static IActivation.Request activation(List<Guid> iids) {
        return new IActivation.Request(CLASS, Optional.empty(), Optional.empty(), 3, 0, iids, List.of(7));
    }

    private static IRemUnknown.ReferencesRequest references(String ipid, int count) {
        return new IRemUnknown.ReferencesRequest(List.of(new RemInterfaceRef(Guid.of(ipid), count, 0)));
    }

    private static Guid guid(byte[] octets) {
        try {
            return Guid.read(ByteReader.over(octets), "guid");
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    <T> void isReadToItsValuesAndWrittenAgain(Case<T> recorded) throws MalformedException {
        VectorFile vector = VectorFile.named(recorded.name());
        NdrReader in = little(vector.canonicalStub());
        assertThat(recorded.kind().read(in)).isEqualTo(recorded.expected());

        Bytes written =
                recorded.kind().rewritten(little(vector.canonicalStub()), new NdrWriter(given(vector.referents())));
        assertThat(written).isEqualTo(Bytes.of(Arrays.copyOf(vector.canonicalStub(), in.offset())));
    }

    @ParameterizedTest
    @MethodSource("cases")
    <T> void everyChangeEndsWell(Case<T> recorded) {
        VectorFile vector = VectorFile.named(recorded.name());
        Hostile.survives(vector.canonicalStub(), octets -> recorded.kind().read(little(octets)));
    }

    /** No peer's own: j-Interop sends a defective one, and impacket's encoder takes pReserved for a pointer. */
    @Test
    void answerOfServerAlive2IsReadAndWritten() throws MalformedException {
        Bytes expected = Octets.of("""
                0500 0700 00000200                   # COMVERSION, referent
                0f000000 0f00 0b00                   # max_count, wNumEntries, wSecurityOffset
                0700 31003000 2e003100 2e003200 2e003300 # 10.1.2.3
                0000 0000 0a00 ffff 0000 0000        # NUL, end, NTLM, NUL, end
                0000                                 # padding
                00000000 00000000                    # pReserved, status
                """);
        IObjectExporter.ServerAlive2Response alive = new IObjectExporter.ServerAlive2Response(
                new ComVersion(5, 7),
                Optional.of(new DualStringArray(
                        List.of(new StringBinding(7, "10.1.2.3")), List.of(SecurityBinding.of(10)))),
                0);
        NdrWriter out = new NdrWriter();
        alive.write(out);
        assertThat(out.toBytes()).isEqualTo(expected);
        assertThat(IObjectExporter.ServerAlive2Response.read(little(expected.toArray())))
                .isEqualTo(alive);
        Hostile.survives(expected.toArray(), octets -> IObjectExporter.ServerAlive2Response.read(little(octets)));
    }

    /** What j-Interop answers instead reads as an answer without bindings, and with a status that is none. */
    @Test
    void defectiveAnswerOfJInteropIsNotTakenForBindings() throws MalformedException {
        byte[] stub = VectorFile.named("utgard/callback-resolver-resp-iobjectexporter-serveralive2.hex")
                .stub();
        IObjectExporter.ServerAlive2Response alive = IObjectExporter.ServerAlive2Response.read(little(stub));
        assertThat(alive.version()).isEqualTo(new ComVersion(5, 2));
        assertThat(alive.bindings()).isEmpty();
        assertThat(alive.status()).isNotZero();
    }

    @Test
    void answersWithoutValuesAreReadAsWritten() throws MalformedException {
        NdrWriter out = new NdrWriter();
        new IRemUnknown.QueryInterfaceResponse(List.of()).write(out);
        new IRemUnknown.QueryInterface2Response(
                        List.of(0x8000_4002, 0), List.of(Optional.empty(), Optional.of(MADE_POINTER)))
                .write(out);
        NdrReader in = little(out.toArray());
        assertThat(IRemUnknown.QueryInterfaceResponse.read(in).results()).isEmpty();
        assertThat(IRemUnknown.QueryInterface2Response.read(in))
                .isEqualTo(new IRemUnknown.QueryInterface2Response(
                        List.of(0x8000_4002, 0), List.of(Optional.empty(), Optional.of(MADE_POINTER))));
    }

    /** A NULL array of which elements were announced. */
    @Test
    void pingOfObjectsThatAreNotThereIsRefused() {
        NdrWriter out = new NdrWriter();
        out.i64(7)
                .u16(1, "sequence")
                .u16(2, "cAdd")
                .u16(0, "cDel")
                .nullPointer()
                .nullPointer();
        assertThatThrownBy(() -> IObjectExporter.ComplexPingRequest.read(little(out.toArray())))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("AddToSet");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 0x8001, 0xFFFF_FFFFL})
    void numberOfInterfacesHasALimit(long interfaces) {
        NdrWriter out = new NdrWriter();
        out.guid(CLASS)
                .nullPointer()
                .nullPointer()
                .u32(3, "level")
                .u32(0, "mode")
                .u32(interfaces, "interfaces");
        out.referent().u32(interfaces, "max_count");
        assertThatThrownBy(() -> IActivation.Request.read(little(out.toArray())))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("Interfaces");
    }

    static NdrReader little(byte[] octets) {
        return NdrReader.over(Bytes.of(octets), ByteOrder.LITTLE_ENDIAN);
    }

    static IntSupplier given(List<Integer> referents) {
        Queue<Integer> left = new ArrayDeque<>(referents);
        return left::remove;
    }
}
