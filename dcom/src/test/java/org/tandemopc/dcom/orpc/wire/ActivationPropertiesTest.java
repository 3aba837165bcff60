package org.tandemopc.dcom.orpc.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.InterfacePointer;
import org.tandemopc.dcom.ndr.NdrLimits;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.ndr.TypeSerialization;
import org.tandemopc.dcom.orpc.ComVersion;
import org.tandemopc.dcom.orpc.DualStringArray;
import org.tandemopc.dcom.orpc.ObjRef;
import org.tandemopc.dcom.orpc.OrpcThis;
import org.tandemopc.dcom.orpc.SecurityBinding;
import org.tandemopc.dcom.orpc.StdObjRef;
import org.tandemopc.dcom.orpc.StringBinding;
import org.tandemopc.dcom.orpc.wire.ActivationProperties.Direction;
import org.tandemopc.dcom.vectors.Hostile;
import org.tandemopc.dcom.vectors.VectorFile;

class ActivationPropertiesTest {
    private static final Guid OPC_SERVER = Guid.of("39c13a4d-011e-11d0-9675-0020afd8adb3");
    private static final Guid CLASS_FACTORY = Guid.of("00000001-0000-0000-c000-000000000046");
    private static final Guid CLASS = Guid.of("f8582cf2-88fb-11d0-b850-00c0f0104305");
    private static final Guid ABSENT_CLASS = Guid.of("11111111-2222-3333-4444-555555555555");
    private static final Guid IPID = Guid.of("0000ab01-1234-5678-9abc-def012345678");
    private static final long OXID = 0x1122_3344_5566_7788L;
    private static final DualStringArray BINDINGS = new DualStringArray(
            List.of(new StringBinding(7, "10.1.2.3[49200]"), new StringBinding(7, "plant[49200]")),
            List.of(SecurityBinding.of(10), SecurityBinding.of(9)));
    private static final InterfacePointer POINTER =
            new ObjRef.Standard(OPC_SERVER, new StdObjRef(0, 5, OXID, 0x99, IPID), BINDINGS).toInterfacePointer();
    private static final ScmReplyInfo REPLY =
            new ScmReplyInfo(OXID, Optional.of(BINDINGS), IPID, 5, new ComVersion(5, 7));
    private static final PropsOutInfo PROPS =
            new PropsOutInfo(List.of(new PropsOutInfo.Result(OPC_SERVER, 0, Optional.of(POINTER))));

    /** Reads everything that is there. */
    private static ActivationProperties readAll(InterfacePointer pointer, Direction direction)
            throws MalformedException {
        ActivationProperties properties = ActivationProperties.read(pointer, direction);
        List<Optional<?>> all = List.of(
                properties.instantiation(),
                properties.special(),
                properties.scmRequest(),
                properties.context(),
                properties.location(),
                properties.security(),
                properties.scmReply(),
                properties.propsOut());
        assertThat(all).isNotEmpty();
        return properties;
    }

    @Nested
    class OfPeers {
        /** The whole request, as two peers sent it at two levels. */
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "impacket/l5-act-03-req-iremotescmactivator-remotecreateinstance.hex",
                    "impacket/l6-act-03-req-iremotescmactivator-remotecreateinstance.hex",
                    "impacket/other-req-iremotescmactivator-remotecreateinstance.hex"
                })
        void requestToCreateIsRead(String name) throws MalformedException {
            NdrReader in = RecordedCallsTest.little(VectorFile.named(name).stub());
            // not looked at: impacket has 1 here
            assertThat(OrpcThis.read(in).flags()).isEqualTo(1);
            IRemoteSCMActivator.CreateInstanceRequest request = IRemoteSCMActivator.CreateInstanceRequest.read(in);
            assertThat(request.outer()).isEmpty();
            checkRequest(request.properties().orElseThrow(), name.contains("other") ? ABSENT_CLASS : CLASS, OPC_SERVER);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "impacket/classobject-req-iremotescmactivator-remotegetclassobject.hex",
                    "impacket/other-req-iremotescmactivator-remotegetclassobject.hex"
                })
        void requestForAClassObjectIsRead(String name) throws MalformedException {
            NdrReader in = RecordedCallsTest.little(VectorFile.named(name).stub());
            OrpcThis header = OrpcThis.read(in);
            assertThat(header.version()).isEqualTo(new ComVersion(5, 7));
            IRemoteSCMActivator.GetClassObjectRequest request = IRemoteSCMActivator.GetClassObjectRequest.read(in);
            checkRequest(request.properties().orElseThrow(), CLASS, CLASS_FACTORY);
        }

        private static void checkRequest(InterfacePointer pointer, Guid clsid, Guid iid) throws MalformedException {
            ActivationProperties properties = readAll(pointer, Direction.IN);
            assertThat(properties.instantiation())
                    .contains(new InstantiationInfo(clsid, 0, 0, List.of(iid), new ComVersion(5, 7)));
            assertThat(properties.context()).contains(ActivationContextInfo.NONE);
            assertThat(properties.location()).contains(LocationInfo.NONE);
            assertThat(properties.scmRequest()).contains(new ScmRequestInfo(0, List.of(7)));
            assertThat(properties.special()).isEmpty();
            assertThat(properties.security()).isEmpty();
        }

        /** What is written is what impacket and Utgard wrote, but for what says nothing: padding and two fields before it. */
        @ParameterizedTest
        @CsvSource({
            "impacket/objref-activation-properties-in-opnum-3.hex, 00000001-0000-0000-c000-000000000046",
            "impacket/objref-activation-properties-in-opnum-4.hex, 39c13a4d-011e-11d0-9675-0020afd8adb3",
            "utgard/objref-activation-properties-in-opnum-4.hex, 39c13a4d-011e-11d0-9675-0020afd8adb3"
        })
        void whatIsWrittenIsWhatPeersWrite(String name, String iid) {
            VectorFile vector = VectorFile.named(name);
            List<Integer> referents = vector.referents();
            IntSupplier rest = RecordedCallsTest.given(referents.subList(2, referents.size()));
            ActivationProperties properties = ActivationProperties.of(
                    Direction.IN,
                    () -> new NdrWriter(rest),
                    new InstantiationInfo(CLASS, 0, 0, List.of(Guid.of(iid)), new ComVersion(5, 7)),
                    ActivationContextInfo.NONE,
                    LocationInfo.NONE,
                    new ScmRequestInfo(0, List.of(7)));
            Bytes written = properties
                    .toInterfacePointer(new NdrWriter(RecordedCallsTest.given(referents.subList(0, 2))))
                    .objref();
            assertThat(written).isEqualTo(canonical(vector.canonicalStub()));
        }

        /** The length of each body as it is with its padding, and the filler behind it 0. */
        private static Bytes canonical(byte[] objref) {
            ByteBuffer octets = ByteBuffer.wrap(objref).order(ByteOrder.LITTLE_ENDIAN);
            int blob = 24 + 24;
            List<Integer> starts = new ArrayList<>(List.of(blob + 8));
            List<Integer> sizes = new ArrayList<>(List.of(152));
            for (int size : new int[] {88, 40, 32, 48}) {
                starts.add(starts.getLast() + sizes.getLast());
                sizes.add(size);
            }
            for (int i = 0; i < starts.size(); i++) {
                octets.putInt(starts.get(i) + 8, sizes.get(i) - TypeSerialization.HEADER_BYTES);
                octets.putInt(starts.get(i) + 12, 0);
            }
            return Bytes.of(objref);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "impacket/objref-activation-properties-in-opnum-3.hex",
                    "impacket/objref-activation-properties-in-opnum-4.hex",
                    "utgard/objref-activation-properties-in-opnum-4.hex"
                })
        void everyChangeEndsWell(String name) {
            Hostile.survives(
                    VectorFile.named(name).pdu(),
                    octets -> readAll(new InterfacePointer(Bytes.of(octets)), Direction.IN));
        }

        @Test
        void everyChangeOfARequestEndsWell() {
            Hostile.survives(
                    VectorFile.named("impacket/l5-act-03-req-iremotescmactivator-remotecreateinstance.hex")
                            .stub(),
                    octets -> {
                        NdrReader in = RecordedCallsTest.little(octets);
                        return List.of(OrpcThis.read(in), IRemoteSCMActivator.CreateInstanceRequest.read(in));
                    });
        }
    }

    /** No server of another maker could be had; impacket's encoder made these. */
    @Nested
    class Answers {
        @Test
        void interfacesAreReadAndWrittenAsImpacketDoes() throws MalformedException {
            checkProperty("impacket/stub-propsoutinfo.hex", PROPS, PropsOutInfo::read);
        }

        @Test
        void exporterIsReadAndWrittenAsImpacketDoes() throws MalformedException {
            checkProperty("impacket/stub-scmreplyinfo.hex", REPLY, ScmReplyInfo::read);
        }

        private static <T extends ActivationProperty> void checkProperty(
                String name, T expected, NdrReader.Decoder<T> decoder) throws MalformedException {
            VectorFile vector = VectorFile.named(name);
            NdrReader in = TypeSerialization.read(ByteReader.over(vector.pdu()), NdrLimits.DEFAULT);
            assertThat(decoder.read(in)).isEqualTo(expected);

            NdrWriter out = new NdrWriter(RecordedCallsTest.given(vector.referents()));
            expected.write(out);
            assertThat(out.toBytes())
                    .isEqualTo(Bytes.of(vector.canonicalStub(), TypeSerialization.HEADER_BYTES, vector.pdu().length));
            Hostile.survives(
                    vector.pdu(),
                    octets -> decoder.read(TypeSerialization.read(ByteReader.over(octets), NdrLimits.DEFAULT)));
        }

        @Test
        void answerIsReadAsWritten() throws MalformedException {
            Guid absent = Guid.of("f31dfde2-07b6-11d2-b2d8-0060083ba1fb");
            PropsOutInfo two = PropsOutInfo.of(
                    List.of(OPC_SERVER, absent),
                    List.of(0, 0x8000_4002),
                    List.of(Optional.of(POINTER), Optional.empty()));
            ActivationProperties answer = ActivationProperties.of(Direction.OUT, two, REPLY);
            NdrWriter out = new NdrWriter();
            new IRemoteSCMActivator.Response(Optional.of(answer.toInterfacePointer()), 1).write(out);

            IRemoteSCMActivator.Response read =
                    IRemoteSCMActivator.Response.read(RecordedCallsTest.little(out.toArray()));
            assertThat(read.hresult()).isEqualTo(1);
            ActivationProperties properties = readAll(read.properties().orElseThrow(), Direction.OUT);
            assertThat(properties.propsOut()).contains(two);
            assertThat(properties.scmReply()).contains(REPLY);
            Hostile.survives(
                    answer.toInterfacePointer().objref().toArray(),
                    octets -> readAll(new InterfacePointer(Bytes.of(octets)), Direction.OUT));
        }

        /** impacket cuts the answer by position: it takes the first for the interfaces. */
        @Test
        void propertiesStandInTheOrderGiven() {
            ActivationProperties answer = ActivationProperties.of(Direction.OUT, PROPS, REPLY);
            assertThat(answer.properties())
                    .extracting(ActivationProperties.Serialized::clsid)
                    .containsExactly(PropsOutInfo.CLSID, ScmReplyInfo.CLSID);
        }

        @Test
        void failureIsReadAsWritten() throws MalformedException {
            NdrWriter out = new NdrWriter();
            new IRemoteSCMActivator.Response(Optional.empty(), 0x8007_0005).write(out);
            assertThat(IRemoteSCMActivator.Response.read(RecordedCallsTest.little(out.toArray())))
                    .isEqualTo(new IRemoteSCMActivator.Response(Optional.empty(), 0x8007_0005));
        }
    }

    /** As Windows sends it, built by hand from [MS-DCOM] 2.2.22.2. */
    @Nested
    class Windows {
        private static final SpecialProperties SPECIAL =
                new SpecialProperties(SpecialProperties.ANY_SESSION, false, true, 5, 0x14, 2);

        /** MUST accept both definitions (2.2.22.2.2): they differ in octets that say nothing. */
        @Test
        void bothFormsOfSpecialPropertiesAreRead() throws MalformedException {
            NdrWriter newer = new NdrWriter();
            SPECIAL.write(newer);
            assertThat(newer.toBytes().size()).isEqualTo(84);
            assertThat(SpecialProperties.read(RecordedCallsTest.little(newer.toArray())))
                    .isEqualTo(SPECIAL);
            Bytes older = Bytes.of(newer.toArray(), 0, 48 + 8 * Integer.BYTES);
            assertThat(SpecialProperties.read(RecordedCallsTest.little(older.toArray())))
                    .isEqualTo(SPECIAL);
        }

        @Test
        void securityInfoWithAServerIsRead() throws MalformedException {
            SecurityInfo info = new SecurityInfo(Optional.of("plant"));
            NdrWriter out = new NdrWriter();
            info.write(out);
            assertThat(SecurityInfo.read(RecordedCallsTest.little(out.toArray())))
                    .isEqualTo(info);
        }

        /** A property that nobody asks for may be anything. */
        @Test
        void propertiesThatAreUnknownOrBrokenHurtNobody() throws MalformedException {
            InstantiationInfo wanted = new InstantiationInfo(CLASS, 0x14, 0, List.of(OPC_SERVER), new ComVersion(5, 7));
            List<ActivationProperties.Serialized> all = new ArrayList<>();
            all.add(new ActivationProperties.Serialized(
                    Guid.of("12345678-0000-0000-c000-000000000046"), Bytes.of((byte) 1)));
            all.add(new ActivationProperties.Serialized(SpecialProperties.CLSID, Bytes.of((byte) 1, (byte) 2)));
            all.addAll(ActivationProperties.of(Direction.IN, wanted).properties());
            InterfacePointer pointer = new ActivationProperties(Direction.IN, all).toInterfacePointer();

            ActivationProperties read = ActivationProperties.read(pointer, Direction.IN);
            assertThat(read.instantiation()).contains(wanted);
            assertThat(read.properties()).hasSize(3);
            assertThatThrownBy(read::special).isInstanceOf(MalformedException.class);
        }

        /** Serialized by a machine with big endian numbers ([MS-RPCE] 2.2.6.1). */
        @Test
        void bigEndianPropertyIsRead() throws MalformedException {
            NdrWriter body = new NdrWriter().order(ByteOrder.BIG_ENDIAN);
            REPLY.write(body);
            Bytes octets = new ByteWriter()
                    .order(ByteOrder.BIG_ENDIAN)
                    .u8(1, "version")
                    .u8(0, "endianness")
                    .u16(8, "length")
                    .zeros(12)
                    .bytes(body.align(8).toBytes())
                    .toBytes();
            ActivationProperties properties = new ActivationProperties(
                    Direction.OUT, List.of(new ActivationProperties.Serialized(ScmReplyInfo.CLSID, octets)));
            assertThat(ActivationProperties.read(properties.toInterfacePointer(), Direction.OUT)
                            .scmReply())
                    .contains(REPLY);
        }
    }

    @Nested
    class Refusals {
        @Test
        void questionIsNotTakenForAnAnswer() {
            InterfacePointer question =
                    ActivationProperties.of(Direction.IN, LocationInfo.NONE).toInterfacePointer();
            assertThatThrownBy(() -> ActivationProperties.read(question, Direction.OUT))
                    .isInstanceOf(MalformedException.class);
            assertThatThrownBy(() -> ActivationProperties.read(POINTER, Direction.IN))
                    .isInstanceOf(MalformedException.class);
        }

        /** A count that leads beyond the octets, and one that is more than may be, before memory is taken. */
        @ParameterizedTest
        @ValueSource(ints = {0, 11, Integer.MAX_VALUE, -1})
        void numberOfPropertiesHasALimit(int count) {
            byte[] octets = ActivationProperties.of(Direction.OUT, PROPS, REPLY)
                    .toInterfacePointer()
                    .objref()
                    .toArray();
            ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN).putInt(24 + 24 + 8 + 16 + 16, count);
            assertThatThrownBy(() -> ActivationProperties.read(new InterfacePointer(Bytes.of(octets)), Direction.OUT))
                    .isInstanceOf(MalformedException.class)
                    .hasMessageContaining("cIfs");
        }

        @Test
        void tooManyAreNotWritten() {
            ActivationProperty[] eleven = new ActivationProperty[11];
            Arrays.fill(eleven, LocationInfo.NONE);
            assertThatThrownBy(() -> ActivationProperties.of(Direction.IN, eleven))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
