package org.tandemopc.dcom.orpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.vectors.Hostile;
import org.tandemopc.dcom.vectors.Octets;
import org.tandemopc.dcom.vectors.VectorFile;

/** ORPCTHIS and ORPCTHAT: of every ORPC message that was recorded, and with extents. */
class OrpcHeaderTest {
    private static final Guid CID = Guid.of("c75291a0-e652-11f1-bad4-02fc00000001");

    /** One extent of 5 octets, one of 8, one without any: three of them, so four pointers. */
    private static final OrpcThis WITH_EXTENTS = new OrpcThis(
            new ComVersion(5, 7),
            0,
            CID,
            List.of(
                    new OrpcExtent(OrpcExtent.ERROR_INFO, Bytes.ofHex("0102030405")),
                    new OrpcExtent(OrpcExtent.CONTEXT, Bytes.ofHex("0102030405060708")),
                    new OrpcExtent(OrpcExtent.CONTEXT, Bytes.EMPTY)));

    private static final Bytes WITH_EXTENTS_OCTETS = Octets.of("""
            05 00 07 00  00 00 00 00  00 00 00 00
            a0 91 52 c7 52 e6 f1 11 ba d4 02 fc 00 00 00 01
            00 00 02 00              # extensions
            03 00 00 00  00 00 00 00 # size, reserved
            04 00 02 00              # extent
            04 00 00 00              # max_count: 3 rounded up to 2
            08 00 02 00  0c 00 02 00  10 00 02 00  00 00 00 00
            08 00 00 00              # max_count: 5 rounded up to 8
            1c 03 00 00 00 00 00 00 c0 00 00 00 00 00 00 46
            05 00 00 00  01 02 03 04 05 00 00 00
            08 00 00 00
            34 03 00 00 00 00 00 00 c0 00 00 00 00 00 00 46
            08 00 00 00  01 02 03 04 05 06 07 08
            00 00 00 00
            34 03 00 00 00 00 00 00 c0 00 00 00 00 00 00 46
            00 00 00 00
            """);

    static List<VectorFile> requests() {
        return VectorFile.all("").stream()
                .filter(vector -> vector.fieldNames().contains("ORPCTHIS.cid"))
                .toList();
    }

    static List<VectorFile> responses() {
        return VectorFile.all("").stream()
                .filter(vector -> vector.fieldNames().contains("ORPCTHAT.flags"))
                .toList();
    }

    @Test
    void noRecordedMessageIsLeftOut() {
        assertEquals(114, requests().size());
        assertEquals(14, responses().size());
    }

    @ParameterizedTest
    @MethodSource("requests")
    void everyRecordedRequestIsReadAndWrittenAgain(VectorFile vector) throws MalformedException {
        Bytes stub = Bytes.of(vector.stub());
        NdrReader in = NdrReader.over(stub, ByteOrder.LITTLE_ENDIAN);
        OrpcThis header = OrpcThis.read(in);

        assertEquals(number(vector, "ORPCTHIS.major"), header.version().major());
        assertEquals(number(vector, "ORPCTHIS.minor"), header.version().minor());
        assertEquals(number(vector, "ORPCTHIS.flags"), header.flags());
        assertEquals(Guid.read(Bytes.of(vector.field("ORPCTHIS.cid")).reader(), "cid"), header.cid());
        assertEquals(List.of(), header.extents());
        if (number(vector, "ORPCTHIS.extensions") == 0) {
            assertEquals(32, in.offset());
            NdrWriter out = new NdrWriter();
            header.write(out);
            assertEquals(Bytes.of(stub.toArray(), 0, 32), out.toBytes());
        } else {
            // impacket's old activation: an array of extents without any; the CLSID asked for stands behind it
            assertEquals("impacket/other-req-iactivation-remoteactivation", vector.name());
            assertEquals(Guid.of("f8582cf2-88fb-11d0-b850-00c0f0104305"), in.guid("Clsid"));
        }
    }

    @ParameterizedTest
    @MethodSource("responses")
    void everyRecordedResponseIsReadAndWrittenAgain(VectorFile vector) throws MalformedException {
        Bytes stub = Bytes.of(vector.stub());
        NdrReader in = NdrReader.over(stub, ByteOrder.LITTLE_ENDIAN);
        OrpcThat header = OrpcThat.read(in);
        assertEquals(OrpcThat.PLAIN, header);
        NdrWriter out = new NdrWriter();
        header.write(out);
        assertEquals(Bytes.of(stub.toArray(), 0, 8), out.toBytes());
    }

    @Test
    void extentsAreReadAndWritten() throws MalformedException {
        NdrReader in = NdrReader.over(WITH_EXTENTS_OCTETS, ByteOrder.LITTLE_ENDIAN);
        assertEquals(WITH_EXTENTS, OrpcThis.read(in));
        assertEquals(0, in.remaining());
        NdrWriter out = new NdrWriter();
        WITH_EXTENTS.write(out);
        assertEquals(WITH_EXTENTS_OCTETS, out.toBytes());
    }

    @Test
    void answersMayHaveExtentsToo() throws MalformedException {
        OrpcThat that = new OrpcThat(1, WITH_EXTENTS.extents());
        NdrWriter out = new NdrWriter();
        that.write(out);
        out.i32(0x8000_4005);
        NdrReader in = NdrReader.over(out.toBytes(), ByteOrder.LITTLE_ENDIAN);
        assertEquals(that, OrpcThat.read(in));
        assertEquals(0x8000_4005, in.i32("HRESULT"));
    }

    @Test
    void bigEndianIsRead() throws MalformedException {
        NdrWriter out = new NdrWriter().order(ByteOrder.BIG_ENDIAN);
        WITH_EXTENTS.write(out);
        assertEquals(5, out.toBytes().at(1));
        assertEquals(WITH_EXTENTS, OrpcThis.read(NdrReader.over(out.toBytes(), ByteOrder.BIG_ENDIAN)));
    }

    @Test
    void everyChangeEndsWell() {
        Hostile.survives(
                WITH_EXTENTS_OCTETS.toArray(), octets -> OrpcThis.read(NdrReader.over(ByteReader.over(octets))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "01000000 00000000 01000000 02000000 01000000", // two pointers, and one is there
                "01000000 00000000 01000000 02000000 01000000 00000000 08000000 0000000000000000c000000000000046 09000000 01020304050607080900",
                "01000000 00000000 01000000 02000000 01000000 00000000 08000000 0000000000000000c000000000000046 00000080 01020304050607080900"
            })
    void extentsThatContradictThemselvesAreMalformed(String hex) {
        Bytes octets = Octets.of("05000700 00000000 00000000 00000000000000000000000000000000 01000000" + hex);
        assertThrows(MalformedException.class, () -> OrpcThis.read(NdrReader.over(octets, ByteOrder.LITTLE_ENDIAN)));
    }

    @Test
    void pointersToExtentsAreLimited() throws MalformedException {
        String head = "05000700 00000000 00000000 00000000000000000000000000000000 01000000 00000000 00000000 01000000";
        Bytes most = Octets.of(head + "40000000" + "00000000".repeat(64));
        assertEquals(
                List.of(),
                OrpcThis.read(NdrReader.over(most, ByteOrder.LITTLE_ENDIAN)).extents());
        Bytes more = Octets.of(head + "41000000" + "00000000".repeat(65));
        assertThrows(MalformedException.class, () -> OrpcThis.read(NdrReader.over(more, ByteOrder.LITTLE_ENDIAN)));
    }

    /** Extents are ignored by most; how many there should be is no reason to refuse a call. */
    @ParameterizedTest
    @ValueSource(strings = {"01000000 00000000 00000000", "01000000 00000000 01000000 02000000 00000000 00000000"})
    void sizeThatIsNotTheirsIsNotLookedAt(String hex) throws MalformedException {
        Bytes octets = Octets.of("05000700 00000000 00000000 00000000000000000000000000000000 01000000" + hex);
        NdrReader in = NdrReader.over(octets, ByteOrder.LITTLE_ENDIAN);
        assertEquals(List.of(), OrpcThis.read(in).extents());
        assertEquals(0, in.remaining());
    }

    /** [MS-DCOM] 2.2.11: the major is one, the minor of the client not above the server's, the lower one is spoken. */
    @Test
    void versionsServeThoseBelow() {
        ComVersion ours = ComVersion.OURS;
        assertTrue(ours.serves(new ComVersion(5, 2)));
        assertTrue(ours.serves(ours));
        assertFalse(ours.serves(new ComVersion(5, 8)));
        assertFalse(ours.serves(new ComVersion(6, 1)));
        assertEquals("5.4", ours.with(new ComVersion(5, 4)).toString());
        assertEquals(ours, ours.with(new ComVersion(5, 9)));
    }

    private static int number(VectorFile vector, String field) throws MalformedException {
        ByteReader in = ByteReader.over(vector.field(field));
        return in.remaining() == 2 ? in.u16(field) : in.i32(field);
    }
}
