package org.tandemopc.dcom.orpc;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.InterfacePointer;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.vectors.Hostile;
import org.tandemopc.dcom.vectors.Octets;
import org.tandemopc.dcom.vectors.VectorFile;

class ObjRefTest {
    private static final Guid IUNKNOWN = Guid.of("00000000-0000-0000-c000-000000000046");
    private static final Guid IPID = Guid.of("00010203-0405-0607-0809-0a0b0c0d0e0f");
    private static final StdObjRef STD =
            new StdObjRef(StdObjRef.NO_PING, 5, 0x1122_3344_5566_7788L, 0xFFEE_DDCC_BBAA_9988L, IPID);
    private static final DualStringArray RESOLVER =
            new DualStringArray(List.of(new StringBinding(7, "a")), List.of(SecurityBinding.of(10)));

    private static final String HEAD = "4d454f57 %s000000 0000000000000000c000000000000046";
    private static final String STD_OCTETS =
            "00100000 05000000 8877665544332211 8899aabbccddeeff 03020100050407060809 0a0b0c0d0e0f";
    private static final String RESOLVER_OCTETS = "0800 0400 0700 6100 0000 0000 0a00 ffff 0000 0000";

    @Nested
    class Recorded {
        /** The sink that Utgard passed to Advise. */
        @Test
        void sinkOfUtgardIsReadAndWrittenAgain() throws MalformedException {
            Bytes octets = Bytes.of(VectorFile.named("utgard/objref-sink-objref-in-advise-of-icb.hex")
                    .pdu());
            ObjRef reference = ObjRef.read(octets.reader());
            assertEquals(
                    new ObjRef.Standard(
                            IUNKNOWN,
                            new StdObjRef(
                                    0,
                                    5,
                                    0xfd69_d3a6_3264_6b2fL,
                                    0xa82b_3000_2be9_70f1L,
                                    Guid.of("c75d8e20-e652-11f1-bad4-02fc00000001")),
                            new DualStringArray(
                                    List.of(
                                            new StringBinding(7, "127.0.0.1[35509]"),
                                            new StringBinding(7, "localhost[35509]")),
                                    List.of(new SecurityBinding(10, 0xFFFF, "")))),
                    reference);
            assertEquals(octets, reference.toBytes());
        }

        /** Both Advise requests carry their sink as MInterfacePointer. */
        @ParameterizedTest
        @ValueSource(
                strings = {"utgard/connect-req-iconnectionpoint-advise.hex", "utgard/v2-req-iconnectionpoint-advise.hex"
                })
        void adviseCarriesItsSink(String name) throws MalformedException {
            VectorFile vector = VectorFile.named(name);
            Bytes stub = Bytes.of(vector.stub());
            NdrReader in = NdrReader.over(stub, ByteOrder.LITTLE_ENDIAN);
            OrpcThis.read(in);
            InterfacePointer pointer = InterfacePointer.read(in, "pUnkSink").orElseThrow();
            assertEquals(150, pointer.objref().size());
            ObjRef.Standard sink = (ObjRef.Standard) ObjRef.of(pointer);
            assertEquals(
                    Guid.read(Bytes.of(vector.field("pUnkSink.std.ipid")).reader(), "ipid"),
                    sink.std().ipid());
            assertTrue(sink.std().isPinged());

            int referent = ByteReader.over(vector.field("pUnkSink.referent")).i32("referent");
            NdrWriter out = new NdrWriter(() -> referent);
            out.octets(Bytes.of(stub.toArray(), 0, 32));
            InterfacePointer.write(out, Optional.of(sink.toInterfacePointer()));
            assertEquals(Bytes.of(stub.toArray(), 0, in.offset()), out.toBytes());
        }

        static List<VectorFile> activations() {
            return VectorFile.all("").stream()
                    .filter(vector -> vector.name().contains("objref-activation"))
                    .toList();
        }

        /** Activation properties travel in a custom one. */
        @ParameterizedTest
        @MethodSource("activations")
        void activationPropertiesAreReadAndWrittenAgain(VectorFile vector) throws MalformedException {
            Bytes octets = Bytes.of(vector.pdu());
            ObjRef.Custom reference = (ObjRef.Custom) ObjRef.read(octets.reader());
            assertEquals(Guid.of("000001a2-0000-0000-c000-000000000046"), reference.iid());
            assertEquals(Guid.of("00000338-0000-0000-c000-000000000046"), reference.clsid());
            assertEquals(368, reference.data().size());
            assertEquals(octets, reference.toBytes());
        }

        static List<VectorFile> remoteCreations() {
            return VectorFile.all("impacket/").stream()
                    .filter(vector -> vector.header("what").startsWith("request IRemoteSCMActivator"))
                    .toList();
        }

        /** RemoteCreateInstance and RemoteGetClassObject, signed and sealed. */
        @ParameterizedTest
        @MethodSource("remoteCreations")
        void activationRequestsCarryThem(VectorFile vector) throws MalformedException {
            NdrReader in = NdrReader.over(Bytes.of(vector.stub()), ByteOrder.LITTLE_ENDIAN);
            OrpcThis.read(in);
            if (vector.header("what").endsWith("RemoteCreateInstance")) {
                assertEquals(Optional.empty(), InterfacePointer.read(in, "pUnkOuter"));
            }
            ObjRef properties =
                    ObjRef.of(InterfacePointer.read(in, "pActProperties").orElseThrow());
            assertTrue(
                    properties instanceof ObjRef.Custom custom && custom.data().size() == 368);
        }

        /** Where Utgard's callback server is reached: a parameter, so in the form of NDR. */
        @Test
        void bindingsOfUtgardAreReadAndWrittenAgain() throws MalformedException {
            VectorFile vector = VectorFile.named("utgard/callback-resolver-resp-iobjectexporter-resolveoxid2.hex");
            Bytes stub = Bytes.of(vector.stub());
            NdrReader in = NdrReader.over(stub, ByteOrder.LITTLE_ENDIAN);
            DualStringArray bindings =
                    in.unique("ppdsaOxidBindings", DualStringArray::read).get().orElseThrow();
            assertEquals(
                    new DualStringArray(
                            List.of(new StringBinding(7, "127.0.0.1[39759]"), new StringBinding(7, "localhost[39759]")),
                            List.of(SecurityBinding.of(10))),
                    bindings);
            int end = in.offset();
            assertEquals(Guid.of("c762be40-e652-11f1-bad4-02fc00000001"), in.guid("ipidRemUnknown"));
            assertEquals(2, in.u32("authnHint"));
            assertEquals(new ComVersion(5, 2), ComVersion.read(in));
            assertEquals(0, in.u32("status"));

            NdrWriter out = new NdrWriter(() -> 0x2194_f8a8);
            out.unique(Optional.of(bindings), (here, value) -> value.write(here));
            assertEquals(Bytes.of(stub.toArray(), 0, end), out.toBytes());
        }

        /** The same peer's ServerAlive2 has a NULL pointer with bindings behind it, whose sizes do not agree. */
        @Test
        void defectiveBindingsOfUtgardAreMalformed() throws MalformedException {
            VectorFile vector = VectorFile.named("utgard/callback-resolver-resp-iobjectexporter-serveralive2.hex");
            NdrReader in = NdrReader.over(Bytes.of(vector.stub()), ByteOrder.LITTLE_ENDIAN);
            assertEquals(new ComVersion(5, 2), ComVersion.read(in));
            assertEquals(
                    Optional.empty(),
                    in.unique("ppdsaOrBindings", DualStringArray::read).get());
            assertThrows(MalformedException.class, () -> DualStringArray.read(in));
        }

        /** STDOBJREF as a structure of NDR, aligned to 8 behind a HRESULT. */
        @ParameterizedTest
        @CsvSource({
            "utgard/callback-oxid-resp-iremunknown-remqueryinterface.hex, c76c8def-e652-11f1-bad4-02fc00000001, fd69d3a632646b2f",
            "utgard/callback-sealed-anon-01-resp-iremunknown-remqueryinterface.hex, f5b453ad-e654-11f1-a3e0-02fc00000001, 21d7991bb5af1b97"
        })
        void resultOfQueryInterfaceIsReadAndWrittenAgain(String name, String ipid, String oxid)
                throws MalformedException {
            byte[] stub = VectorFile.named(name).stub();
            NdrReader in = NdrReader.over(Bytes.of(stub), ByteOrder.LITTLE_ENDIAN);
            OrpcThat.read(in);
            int referent = in.referent("ppQIResults");
            assertEquals(1, in.count("max_count", 48));
            assertEquals(0, in.i32("hResult"));
            int padding = in.offset();
            StdObjRef std = StdObjRef.read(in);
            assertEquals(Guid.of(ipid), std.ipid());
            assertEquals(Long.parseUnsignedLong(oxid, 16), std.oxid());
            assertEquals(5, std.publicRefs());

            NdrWriter out = new NdrWriter(() -> referent);
            OrpcThat.PLAIN.write(out);
            out.referent().count(1, "max_count").i32(0);
            std.write(out);
            for (int at = padding; at < padding + 4; at++) {
                assertEquals((byte) 0xCC, stub[at]);
                stub[at] = 0;
            }
            assertEquals(Bytes.of(stub, 0, in.offset()), out.toBytes());
        }
    }

    @Nested
    class Forms {
        static List<Form> forms() {
            return List.of(
                    new Form(
                            new ObjRef.Standard(IUNKNOWN, STD, RESOLVER),
                            HEAD.formatted("01") + STD_OCTETS + RESOLVER_OCTETS),
                    new Form(
                            new ObjRef.Handler(IUNKNOWN, STD, IPID, RESOLVER),
                            HEAD.formatted("02") + STD_OCTETS + "03020100050407060809 0a0b0c0d0e0f" + RESOLVER_OCTETS),
                    new Form(
                            new ObjRef.Custom(IUNKNOWN, IPID, Bytes.ofHex("010203")),
                            HEAD.formatted("04") + "03020100050407060809 0a0b0c0d0e0f 00000000 0b000000 010203"),
                    new Form(
                            new ObjRef.Extended(IUNKNOWN, STD, RESOLVER, IPID, Bytes.ofHex("010203")),
                            HEAD.formatted("08") + STD_OCTETS + "5659534e" + RESOLVER_OCTETS
                                    + "01000000 5659534e 03020100050407060809 0a0b0c0d0e0f 03000000 08000000"
                                    + "0102030000000000"));
        }

        record Form(ObjRef reference, String hex) {}

        @ParameterizedTest
        @MethodSource("forms")
        void everyFormIsReadAndWritten(Form form) throws MalformedException {
            Bytes octets = Octets.of(form.hex());
            ByteReader in = octets.reader();
            assertEquals(form.reference(), ObjRef.read(in));
            assertEquals(0, in.remaining());
            assertEquals(octets, form.reference().toBytes());
            assertEquals(form.reference(), ObjRef.of(form.reference().toInterfacePointer()));
        }

        /** Little endian whatever the stub around it is. */
        @ParameterizedTest
        @MethodSource("forms")
        void byteOrderAroundItDoesNotMatter(Form form) throws MalformedException {
            Bytes octets = Octets.of(form.hex());
            assertEquals(form.reference(), ObjRef.read(octets.reader().order(ByteOrder.BIG_ENDIAN)));
            ByteWriter out = new ByteWriter().order(ByteOrder.BIG_ENDIAN);
            form.reference().write(out);
            assertEquals(octets, out.toBytes());
            assertEquals(ByteOrder.BIG_ENDIAN, out.order());
        }

        @ParameterizedTest
        @MethodSource("forms")
        void everyChangeEndsWell(Form form) {
            Hostile.survives(Octets.of(form.hex()).toArray(), octets -> ObjRef.read(ByteReader.over(octets)));
        }

        @ParameterizedTest
        @ValueSource(strings = {"00", "03", "10"})
        void otherFlagsAreMalformed(String flags) {
            assertThrows(
                    MalformedException.class,
                    () -> ObjRef.read(Octets.of(HEAD.formatted(flags) + STD_OCTETS + RESOLVER_OCTETS)
                            .reader()));
        }

        @Test
        void otherSignatureIsMalformed() {
            String hex = HEAD.formatted("01").replace("4d454f57", "4d454f56") + STD_OCTETS + RESOLVER_OCTETS;
            assertThrows(
                    MalformedException.class, () -> ObjRef.read(Octets.of(hex).reader()));
        }

        /** The signatures within an extended one, the number of its elements, the sizes of the one there is. */
        @ParameterizedTest
        @CsvSource({
            "5659534e 0800, 5659534d 0800, Signature1",
            "01000000 5659534e, 02000000 5659534e, nElms",
            "01000000 5659534e, 01000000 5659534d, Signature2",
            "03000000 08000000, 09000000 08000000, cbSize",
            "03000000 08000000, 03000000 09000000, cbRounded"
        })
        void extendedOneThatIsNoneIsMalformed(String good, String bad, String field) {
            String hex = HEAD.formatted("08") + STD_OCTETS + " 5659534e 0800" + RESOLVER_OCTETS.substring(4)
                    + " 01000000 5659534e 03020100050407060809 0a0b0c0d0e0f 03000000 08000000 0102030000000000";
            assertDoesNotThrow(() -> ObjRef.read(Octets.of(hex).reader()));
            assertTrue(hex.contains(good), hex);
            MalformedException refused = assertThrows(
                    MalformedException.class,
                    () -> ObjRef.read(Octets.of(hex.replace(good, bad)).reader()));
            assertEquals(field, refused.field());
        }

        /** A peer's padding behind the reference does no harm. */
        @Test
        void whatFollowsIsLeftAlone() throws MalformedException {
            ByteReader in = Octets.of(HEAD.formatted("01") + STD_OCTETS + RESOLVER_OCTETS + "0000")
                    .reader();
            assertEquals(new ObjRef.Standard(IUNKNOWN, STD, RESOLVER), ObjRef.read(in));
            assertEquals(2, in.remaining());
        }

        @Test
        void pingsAreForThoseThatAskForThem() {
            assertFalse(STD.isPinged());
            assertTrue(new StdObjRef(0, 1, 1, 1, IPID).isPinged());
            assertThrows(IllegalArgumentException.class, () -> new StdObjRef(0, -1, 1, 1, IPID));
        }
    }

    @Nested
    class Bindings {
        /** [MS-DCOM] 2.2.19.1: the smallest there is. */
        @Test
        void emptyOneHasTwoZerosForEachList() throws MalformedException {
            Bytes octets = Octets.of("0400 0200 0000 0000 0000 0000");
            assertEquals(DualStringArray.EMPTY, DualStringArray.readPacket(octets.reader()));
            ByteWriter out = new ByteWriter();
            DualStringArray.EMPTY.writePacket(out);
            assertEquals(octets, out.toBytes());
        }

        @Test
        void bigEndianIsReadAsAParameter() throws MalformedException {
            Bytes octets = Octets.of("00000008 0008 0004 0007 0061 0000 0000 000a ffff 0000 0000");
            assertEquals(RESOLVER, DualStringArray.read(NdrReader.over(octets, ByteOrder.BIG_ENDIAN)));
            NdrWriter out = new NdrWriter().order(ByteOrder.BIG_ENDIAN);
            RESOLVER.write(out);
            assertEquals(octets, out.toBytes());
        }

        /** Lists that just end, and one that is not there, are what they are. */
        @ParameterizedTest
        @ValueSource(strings = {"0000 0000", "0300 0300 0700 6100 0000", "0400 0400 0700 6100 0000 0000"})
        void listsMayEndWithTheArray(String hex) throws MalformedException {
            DualStringArray read = DualStringArray.readPacket(Octets.of(hex).reader());
            assertEquals(List.of(), read.securities());
            assertEquals(hex.startsWith("0000") ? List.of() : List.of(new StringBinding(7, "a")), read.strings());
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "0400 0500 0700 6100 0000 0000", // security begins behind the end
                    "0200 0200 0700 6100", // an address without its NUL
                    "0300 0000 0a00 ffff 6100",
                    "0100 0000 0a00",
                    "0200 0000 0a00 ffff",
                    "0500 0400 0700 6100 0000 0000" // an entry is missing
                })
        void bindingsThatAreCutAreMalformed(String hex) {
            assertThrows(
                    MalformedException.class,
                    () -> DualStringArray.readPacket(Octets.of(hex).reader()));
        }

        @Test
        void maxCountAndNumberOfEntriesAgree() {
            Bytes octets = Octets.of("04000000 0300 0200 0000 0000 0000 0000");
            assertThrows(
                    MalformedException.class,
                    () -> DualStringArray.read(NdrReader.over(octets, ByteOrder.LITTLE_ENDIAN)));
        }

        @Test
        void everyChangeOfAParameterEndsWell() {
            NdrWriter out = new NdrWriter();
            RESOLVER.write(out);
            Hostile.survives(out.toArray(), octets -> DualStringArray.read(NdrReader.over(ByteReader.over(octets))));
        }

        @ParameterizedTest
        @CsvSource(
                value = {
                    "10.0.0.1[5000], 10.0.0.1, 5000, 5000",
                    "10.0.0.1, 10.0.0.1, -, -",
                    "fe80::1[135], fe80::1, 135, 135",
                    "host[], host, '', -",
                    "host[65536], host, 65536, -",
                    "host[0], host, 0, -",
                    "host[-1], host, -1, -",
                    "host[\\pipe\\x], host, \\pipe\\x, -",
                    "host[١], host, ١, -",
                    "a[b][7], a[b], 7, 7",
                    "a[7]b, a[7]b, -, -",
                    "], ], -, -"
                },
                nullValues = "-")
        void addressIsHostAndPerhapsEndpoint(
                String address, String host, @Nullable String endpoint, @Nullable Integer port) {
            StringBinding binding = new StringBinding(7, address);
            assertEquals(host, binding.host());
            assertEquals(Optional.ofNullable(endpoint), binding.endpoint());
            assertEquals(port == null ? OptionalInt.empty() : OptionalInt.of(port), binding.port());
        }

        /** What would end the list or the string on the wire cannot be in one. */
        @Test
        void bindingsThatWouldBeOthersAreRefused() {
            assertThrows(IllegalArgumentException.class, () -> new StringBinding(0, "a"));
            assertThrows(IllegalArgumentException.class, () -> new StringBinding(7, "a\0b"));
            assertThrows(IllegalArgumentException.class, () -> new SecurityBinding(0, 0, ""));
            assertThrows(IllegalArgumentException.class, () -> new SecurityBinding(10, 0x10000, ""));
            assertThrows(IllegalArgumentException.class, () -> new SecurityBinding(10, 0, "\0"));
            DualStringArray large = new DualStringArray(List.of(new StringBinding(7, "a".repeat(65_536))), List.of());
            assertThrows(IllegalArgumentException.class, () -> large.writePacket(new ByteWriter()));
        }
    }
}
