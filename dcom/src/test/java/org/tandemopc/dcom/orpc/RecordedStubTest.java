package org.tandemopc.dcom.orpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.InterfacePointer;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrLimits;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.ndr.SafeArray;
import org.tandemopc.dcom.ndr.TypeSerialization;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.vectors.Hostile;
import org.tandemopc.dcom.vectors.VectorFile;

/**
 * Stubs that other implementations sent, read to the values that they stand for and written again octet for octet, with the
 * referents that the peer had chosen. The structures here are those of the calls, written down as a user of this library
 * would.
 */
class RecordedStubTest {
    /** OPCITEMDEF of OPC DA 2.05a: pointers, a blob, a vt. */
    record ItemDef(Optional<String> path, Optional<String> id, boolean active, long client, Bytes blob, int vt) {
        private static final int BYTES = 28;

        static Late<ItemDef> fixed(NdrReader in) throws MalformedException {
            Late<Optional<String>> path = in.align(Integer.BYTES).uniqueString("szAccessPath");
            Late<Optional<String>> id = in.uniqueString("szItemID");
            boolean active = in.bool32("bActive");
            long client = in.u32("hClient");
            long blobSize = in.u32("dwBlobSize");
            Late<Optional<Bytes>> blob = in.unique("pBlob", here -> here.conformantOctets("blob"));
            int vt = in.u16("vtRequestedDataType");
            in.u16("wReserved");
            return () -> {
                Bytes octets = blob.get().orElse(Bytes.EMPTY);
                if (octets.size() != blobSize) {
                    throw in.malformed("dwBlobSize", in.offset(), "is " + blobSize + " of " + octets.size());
                }
                return new ItemDef(path.get(), id.get(), active, client, octets, vt);
            };
        }

        void write(NdrWriter out) {
            out.construct(() -> out.align(Integer.BYTES)
                    .uniqueString(path)
                    .uniqueString(id)
                    .bool32(active)
                    .u32(client, "hClient")
                    .u32(blob.size(), "dwBlobSize")
                    .unique(blob.isEmpty() ? Optional.empty() : Optional.of(blob), NdrWriter::conformantOctets)
                    .u16(vt, "vtRequestedDataType")
                    .u16(0, "wReserved"));
        }
    }

    /** IOPCItemMgt::AddItems. */
    record AddItems(OrpcThis header, List<ItemDef> items) {
        static AddItems read(NdrReader in) throws MalformedException {
            OrpcThis header = OrpcThis.read(in);
            long count = in.u32("dwCount");
            return new AddItems(
                    header,
                    in.construct(
                            here -> Late.all(here.conformant("pItemArray", count, ItemDef.BYTES, ItemDef::fixed))));
        }

        void write(NdrWriter out) {
            header.write(out);
            out.u32(items.size(), "dwCount").construct(() -> out.conformant(items, (here, item) -> item.write(here)));
        }
    }

    /** IOPCSyncIO::Write. */
    record Write(OrpcThis header, List<Long> handles, List<Variant> values) {
        static Write read(NdrReader in) throws MalformedException {
            OrpcThis header = OrpcThis.read(in);
            long count = in.u32("dwCount");
            return new Write(
                    header,
                    in.conformant("phServer", count, 4, here -> here.u32("hServer")),
                    in.construct(here -> Late.all(here.conformant("pItemValues", count, 4, Variant::slot))));
        }

        void write(NdrWriter out) {
            header.write(out);
            out.u32(handles.size(), "dwCount").conformant(handles, (here, handle) -> here.u32(handle, "hServer"));
            out.construct(() -> out.conformant(values, (here, value) -> value.write(here)));
        }
    }

    @Nested
    class Writes {
        static Stream<Arguments> writes() {
            return Stream.of(
                    Arguments.of("connect-req-iopcsyncio-write.hex", 1L, new Variant.I4(42)),
                    Arguments.of("connect-req-iopcsyncio-write-i4.hex", 1L, new Variant.I4(42)),
                    Arguments.of("connect-req-iopcsyncio-write-r8.hex", 7L, new Variant.R8(3.25)),
                    Arguments.of("connect-req-iopcsyncio-write-bstr.hex", 2L, Variant.Str.of("hello w")),
                    Arguments.of(
                            "connect-req-iopcsyncio-write-i4-array.hex",
                            8L,
                            new Variant.Array(SafeArray.ofI4(1, 2, 3))));
        }

        @ParameterizedTest
        @MethodSource("writes")
        void valuesAreReadAndWrittenAgain(String name, long handle, Variant value) throws MalformedException {
            VectorFile vector = VectorFile.named("utgard/" + name);
            NdrReader in = NdrReader.over(Bytes.of(vector.stub()), ByteOrder.LITTLE_ENDIAN);
            Write call = Write.read(in);
            assertEquals(List.of(handle), call.handles());
            assertEquals(List.of(value), call.values());

            byte[] expected = Arrays.copyOf(vector.stub(), in.offset());
            // wReserved of the VARIANT, in which this peer has 0xCC
            int reserved = 32 + 4 + 4 + 4 + 4 + 8 + 10;
            for (int at = reserved; at < reserved + 6; at++) {
                assertEquals((byte) 0xCC, expected[at]);
                expected[at] = 0;
            }
            NdrWriter out = new NdrWriter(recordedReferents(vector));
            call.write(out);
            assertEquals(Bytes.of(expected), out.toBytes());
        }

        @ParameterizedTest
        @MethodSource("writes")
        void everyChangeEndsWell(String name, long handle, Variant value) {
            Hostile.survives(
                    VectorFile.named("utgard/" + name).stub(),
                    octets -> Write.read(NdrReader.over(ByteReader.over(octets))));
        }
    }

    @Nested
    class Items {
        @Test
        void itemsOfUtgardAreReadAndWrittenAgain() throws MalformedException {
            AddItems call = checked(VectorFile.named("utgard/v2-req-iopcitemmgt-additems.hex"));
            assertEquals(
                    List.of(
                            new ItemDef(Optional.of(""), Optional.of("Random.Int4"), true, 11, Bytes.EMPTY, 0),
                            new ItemDef(Optional.of(""), Optional.of("Random.Str"), true, 12, Bytes.EMPTY, 8),
                            new ItemDef(Optional.of("path"), Optional.of("Random.Real8"), true, 13, Bytes.EMPTY, 0)),
                    call.items());
        }

        @Test
        void handlesOfUtgardUseAllBits() throws MalformedException {
            AddItems call = checked(VectorFile.named("utgard/connect-req-iopcitemmgt-additems.hex"));
            assertEquals(10, call.items().size());
            assertEquals(2_223_764_556L, call.items().getFirst().client());
        }

        @Test
        void itemsOfNodeAreReadAndWrittenAgain() throws MalformedException {
            AddItems call = checked(VectorFile.named("node/connect-req-iopcitemmgt-additems.hex"));
            assertEquals(7, call.items().size());
            assertEquals(Optional.of("Random.Real8"), call.items().get(1).id());
        }

        /** 300 items in six fragments: alignment counts over the joined stub. */
        @Test
        void itemsOfSixFragmentsAreReadAndWrittenAgain() throws MalformedException {
            ByteArrayOutputStream joined = new ByteArrayOutputStream();
            List<VectorFile> fragments = VectorFile.all("utgard/big-req-iopcitemmgt-additems-frag");
            fragments.forEach(fragment -> joined.writeBytes(fragment.stub()));
            assertEquals(6, fragments.size());
            byte[] stub = joined.toByteArray();

            NdrReader in = NdrReader.over(Bytes.of(stub), ByteOrder.LITTLE_ENDIAN);
            AddItems call = AddItems.read(in);
            assertEquals(300, call.items().size());
            assertTrue(call.items().stream().allMatch(item -> item.path().equals(Optional.of(""))));
            assertTrue(call.items().stream()
                    .allMatch(item -> item.vt() == 0 && item.blob().isEmpty()));
            assertEquals(
                    300, call.items().stream().map(ItemDef::client).distinct().count());

            // each item begins with two pointers, 28 octets after the one before
            List<Integer> referents = new ArrayList<>();
            ByteReader octets = ByteReader.over(stub);
            octets.skip(32 + 4 + 4, "before the items");
            for (int item = 0; item < 300; item++) {
                referents.add(octets.i32("szAccessPath"));
                referents.add(octets.i32("szItemID"));
                octets.skip(20, "the rest of an item");
            }
            NdrWriter out = new NdrWriter(given(referents));
            call.write(out);
            assertEquals(Bytes.of(stub, 0, in.offset()), out.toBytes());
        }

        @Test
        void everyChangeEndsWell() {
            Hostile.survives(
                    VectorFile.named("utgard/v2-req-iopcitemmgt-additems.hex").stub(),
                    octets -> AddItems.read(NdrReader.over(ByteReader.over(octets))));
        }

        private static AddItems checked(VectorFile vector) throws MalformedException {
            NdrReader in = NdrReader.over(Bytes.of(vector.stub()), ByteOrder.LITTLE_ENDIAN);
            AddItems call = AddItems.read(in);
            NdrWriter out = new NdrWriter(recordedReferents(vector));
            call.write(out);
            assertEquals(Bytes.of(vector.stub(), 0, in.offset()), out.toBytes());
            return call;
        }
    }

    @Nested
    class Parameters {
        /** IOPCServer::AddGroup: a string without a referent, two unique numbers, a GUID. The second one was sealed. */
        @ParameterizedTest
        @ValueSource(
                strings = {"utgard/v2-req-iopcserver-addgroup.hex", "utgard/privacy-c3-14-req-iopcserver-addgroup.hex"})
        void addGroupIsReadAndWrittenAgain(String name) throws MalformedException {
            VectorFile vector = VectorFile.named(name);
            NdrReader in = NdrReader.over(Bytes.of(vector.stub()), ByteOrder.LITTLE_ENDIAN);
            OrpcThis header = OrpcThis.read(in);
            assertEquals("g2", in.string("szName"));
            assertEquals(true, in.bool32("bActive"));
            assertEquals(500, in.u32("dwRequestedUpdateRate"));
            assertEquals(77, in.u32("hClientGroup"));
            assertEquals(
                    Optional.of(60),
                    in.unique("pTimeBias", here -> here.i32("TimeBias")).get());
            assertEquals(
                    Optional.of(1.5f),
                    in.unique("pPercentDeadband", here -> here.f32("PercentDeadband"))
                            .get());
            assertEquals(0x409, in.u32("dwLCID"));
            assertEquals(Guid.of("39c13a50-011e-11d0-9675-0020afd8adb3"), in.guid("riid"));

            NdrWriter out = new NdrWriter(recordedReferents(vector));
            header.write(out);
            out.string("g2").bool32(true).u32(500, "rate").u32(77, "hClientGroup");
            out.unique(Optional.of(60), NdrWriter::i32).unique(Optional.of(1.5f), NdrWriter::f32);
            out.u32(0x409, "dwLCID").guid(Guid.of("39c13a50-011e-11d0-9675-0020afd8adb3"));
            assertEquals(Bytes.of(vector.stub(), 0, in.offset()), out.toBytes());
        }

        /** IObjectExporter::ComplexPing: arrays of hypers behind unique pointers. */
        @Test
        void complexPingIsReadAndWrittenAgain() throws MalformedException {
            VectorFile vector = VectorFile.named("utgard/v2-req-iobjectexporter-complexping.hex");
            NdrReader in = NdrReader.over(Bytes.of(vector.stub()), ByteOrder.LITTLE_ENDIAN);
            assertEquals(0, in.i64("pSetId"));
            assertEquals(0, in.u16("SequenceNum"));
            int added = in.u16("cAddToSet");
            int removed = in.u16("cDelFromSet");
            List<Long> oids = in.unique("AddToSet", here -> here.conformant("oids", added, 8, oid -> oid.i64("oid")))
                    .get()
                    .orElseThrow();
            assertEquals(List.of(0x2e4c6df32b01L, 0x2e4c6df32b04L, 0x2e4c6df32b03L, 0x2e4c6df32b02L), oids);
            assertEquals(0, removed);
            assertEquals(
                    Optional.empty(),
                    in.unique("DelFromSet", here -> here.conformant("oids", removed, 8, oid -> oid.i64("oid")))
                            .get());

            NdrWriter out = new NdrWriter(recordedReferents(vector));
            out.i64(0).u16(0, "SequenceNum").u16(4, "cAddToSet").u16(0, "cDelFromSet");
            out.unique(Optional.of(oids), (here, set) -> here.conformant(set, NdrWriter::i64))
                    .nullPointer();
            assertEquals(Bytes.of(vector.stub(), 0, in.offset()), out.toBytes());
        }

        /** IActivation::RemoteActivation of four peers, one sealed. */
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "utgard/connect-req-iactivation-remoteactivation.hex",
                    "utgard/privacy-c1-04-req-iactivation-remoteactivation.hex",
                    "node/connect-req-iactivation-remoteactivation.hex",
                    "samba/oxid-connect-req-iactivation-remoteactivation.hex",
                    "samba/oxid-packet-req-iactivation-remoteactivation.hex",
                    "samba/oxid-sign-req-iactivation-remoteactivation.hex",
                    "samba/oxid-seal-req-iactivation-remoteactivation.hex"
                })
        void remoteActivationIsReadAndWrittenAgain(String name) throws MalformedException {
            VectorFile vector = VectorFile.named(name);
            NdrReader in = NdrReader.over(Bytes.of(vector.stub()), ByteOrder.LITTLE_ENDIAN);
            OrpcThis header = OrpcThis.read(in);
            Guid clsid = in.guid("Clsid");
            assertEquals(Optional.empty(), in.uniqueString("pwszObjectName").get());
            assertEquals(Optional.empty(), InterfacePointer.read(in, "pObjectStorage"));
            long level = in.u32("ClientImpLevel");
            long mode = in.u32("Mode");
            long interfaces = in.u32("Interfaces");
            List<Guid> iids = in.unique(
                            "pIIDs", here -> here.conformant("iids", interfaces, 16, iid -> iid.guid("iid")))
                    .get()
                    .orElseThrow();
            int protocols = in.u16("cRequestedProtseqs");
            List<Integer> towers = in.conformant("aRequestedProtseqs", protocols, 2, tower -> tower.u16("tower"));
            assertEquals(0, mode);
            assertEquals(
                    Guid.of(
                            name.startsWith("node")
                                    ? "39c13a4d-011e-11d0-9675-0020afd8adb3"
                                    : "00000000-0000-0000-c000-000000000046"),
                    iids.getFirst());
            boolean samba = name.startsWith("samba");
            assertEquals(samba ? 2 : 3, level);
            assertEquals(samba ? List.of(7, 12, 13) : List.of(7), towers);
            assertEquals(
                    Guid.of(samba ? "02b01c80-e03d-101a-b294-00dd010f2bf9" : "f8582cf2-88fb-11d0-b850-00c0f0104305"),
                    clsid);

            NdrWriter out = new NdrWriter(recordedReferents(vector));
            header.write(out);
            out.guid(clsid).nullPointer().nullPointer().u32(level, "level").u32(mode, "mode");
            out.u32(iids.size(), "Interfaces")
                    .unique(Optional.of(iids), (here, list) -> here.conformant(list, NdrWriter::guid));
            out.u16(towers.size(), "cRequestedProtseqs").conformant(towers, (here, tower) -> here.u16(tower, "tower"));
            assertEquals(Bytes.of(vector.stub(), 0, in.offset()), out.toBytes());
        }

        /**
         * lsarpc OpenPolicy2 of samba, in both byte orders: a structure of pointers with a pointee that has an enum of 16
         * bits. Its referents are those of Windows, and ours.
         */
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "bind-be-ntlm-seal-03", "bind-be-ntlm-sign-03", "bind-be-spnego-seal-03", "bind-be-spnego-sign-03",
                    "bind-ntlm-seal-03", "bind-ntlm-sign-03", "bind-spnego-seal-03", "bind-spnego-sign-03"
                })
        void openPolicyIsReadAndWrittenAgainInBothByteOrders(String name) throws MalformedException {
            VectorFile vector = VectorFile.named("samba/" + name + "-req-lsarpc-openpolicy2.hex");
            ByteOrder order = name.contains("-be-") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
            NdrReader in = NdrReader.over(Bytes.of(vector.stub()), order);
            assertEquals(Optional.of("\\"), in.uniqueString("SystemName").get());
            Qos qos = in.construct(here -> {
                        assertEquals(0, here.align(4).u32("Length"));
                        assertEquals(0, here.referent("RootDirectory"));
                        assertEquals(0, here.referent("ObjectName"));
                        assertEquals(0, here.u32("Attributes"));
                        assertEquals(0, here.referent("SecurityDescriptor"));
                        return here.unique("SecurityQualityOfService", Qos::read);
                    })
                    .orElseThrow();
            assertEquals(new Qos(0, 2, 1, 0), qos);
            assertEquals(0x0200_0000, in.u32("DesiredAccess"));

            NdrWriter out = new NdrWriter().order(order);
            out.uniqueString(Optional.of("\\"));
            out.construct(() -> out.u32(0, "Length")
                    .nullPointer()
                    .nullPointer()
                    .u32(0, "Attributes")
                    .nullPointer()
                    .unique(Optional.of(qos), (here, value) -> value.write(here)));
            out.u32(0x0200_0000, "DesiredAccess");
            assertEquals(Bytes.of(vector.stub(), 0, in.offset()), out.toBytes());
        }

        record Qos(long length, int impersonation, int tracking, int effective) {
            static Qos read(NdrReader in) throws MalformedException {
                return new Qos(
                        in.align(4).u32("Length"), in.enum16("Impersonation"), in.u8("Tracking"), in.u8("Effective"));
            }

            void write(NdrWriter out) {
                out.align(4).u32(length, "Length").enum16(impersonation, "Impersonation");
                out.u8(tracking, "Tracking").u8(effective, "Effective");
            }
        }

        /** ept_map of samba: full pointers, the pointee a conformant structure of octets. */
        @ParameterizedTest
        @ValueSource(strings = {"rpcclient-1-03", "rpcclient-3-03", "rpcclient-connect-03"})
        void endpointMapperRequestIsReadAndWrittenAgain(String name) throws MalformedException {
            VectorFile vector = VectorFile.named("samba/" + name + "-req-epmapper-ept-map.hex");
            NdrReader in = NdrReader.over(Bytes.of(vector.stub()), ByteOrder.LITTLE_ENDIAN);
            Optional<Guid> object =
                    in.full("obj", Guid.class, here -> here.guid("obj")).get();
            Bytes tower = in.full("map_tower", Bytes.class, here -> {
                        int count = here.octetCount("max_count", 1);
                        here.same("tower_length", count);
                        return here.octets(count, "tower_octet_string");
                    })
                    .get()
                    .orElseThrow();
            assertEquals(81, tower.size());
            assertEquals(5, tower.at(0));
            Bytes handle = in.align(4).octets(20, "entry_handle");
            assertEquals(500, in.u32("max_towers"));

            NdrWriter out = new NdrWriter(recordedReferents(vector));
            out.full(object, NdrWriter::guid)
                    .full(
                            Optional.of(tower),
                            (here, octets) -> here.count(octets.size(), "max_count")
                                    .u32(octets.size(), "tower_length")
                                    .octets(octets));
            out.align(4).octets(handle).u32(500, "max_towers");
            assertEquals(Bytes.of(vector.stub(), 0, in.offset()), out.toBytes());
        }
    }

    @Nested
    class Activation {
        private static final Guid INSTANTIATION = Guid.of("000001ab-0000-0000-c000-000000000046");
        private static final Guid SCM_REQUEST = Guid.of("000001aa-0000-0000-c000-000000000046");

        /** CustomHeader ([MS-DCOM] 2.2.22.1): where the properties are. */
        record Header(long headerSize, List<Guid> classes, List<Long> sizes) {
            static Header read(NdrReader in) throws MalformedException {
                return in.construct(here -> {
                    here.u32("totalSize");
                    long headerSize = here.u32("headerSize");
                    here.u32("dwReserved");
                    assertEquals(2, here.u32("destCtx"));
                    long count = here.u32("cIfs");
                    here.guid("classInfoClsid");
                    Late<List<Guid>> classes =
                            here.ref("pclsid", list -> list.conformant("clsid", count, 16, one -> one.guid("clsid")));
                    Late<List<Long>> sizes =
                            here.ref("pSizes", list -> list.conformant("size", count, 4, one -> one.u32("size")));
                    assertEquals(0, here.referent("pdwReserved"));
                    return () -> new Header(headerSize, classes.get(), sizes.get());
                });
            }
        }

        /** A blob of buffers, each with headers of its own, whose alignment begins anew in each. */
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "impacket/objref-activation-properties-in-opnum-3.hex",
                    "impacket/objref-activation-properties-in-opnum-4.hex",
                    "utgard/objref-activation-properties-in-opnum-4.hex"
                })
        void propertiesAreFoundByTheirSizes(String name) throws MalformedException {
            ObjRef.Custom properties = (ObjRef.Custom)
                    ObjRef.read(Bytes.of(VectorFile.named(name).pdu()).reader());
            ByteReader blob = properties.data().reader();
            assertEquals(360, blob.u32("dwSize"));
            blob.u32("dwReserved");
            ByteReader buffers = sliceFrom(properties.data(), 8);
            Header header = Header.read(TypeSerialization.read(sliceFrom(properties.data(), 8), NdrLimits.DEFAULT));
            assertEquals(152, header.headerSize());
            assertEquals(4, header.classes().size());

            buffers.skip(Math.toIntExact(header.headerSize()), "header");
            for (int i = 0; i < header.classes().size(); i++) {
                ByteReader property =
                        buffers.slice(Math.toIntExact(header.sizes().get(i)), "property");
                NdrReader in = TypeSerialization.read(property, NdrLimits.DEFAULT);
                if (header.classes().get(i).equals(INSTANTIATION)) {
                    checkInstantiation(in, name);
                } else if (header.classes().get(i).equals(SCM_REQUEST)) {
                    checkScmRequest(in);
                }
            }
            assertEquals(0, buffers.remaining());
        }

        private static void checkInstantiation(NdrReader in, String name) throws MalformedException {
            List<Guid> iids = in.construct(here -> {
                assertEquals(Guid.of("f8582cf2-88fb-11d0-b850-00c0f0104305"), here.guid("classId"));
                here.u32("classCtx");
                here.u32("actvflags");
                here.i32("fIsSurrogate");
                long count = here.u32("cIID");
                here.u32("instFlag");
                Late<List<Guid>> list =
                        here.ref("pIID", pointee -> pointee.conformant("iid", count, 16, iid -> iid.guid("iid")));
                here.u32("thisSize");
                assertEquals(new ComVersion(5, 7), ComVersion.read(here));
                return list;
            });
            assertEquals(
                    List.of(Guid.of(
                            name.contains("opnum-3")
                                    ? "00000001-0000-0000-c000-000000000046"
                                    : "39c13a4d-011e-11d0-9675-0020afd8adb3")),
                    iids);
        }

        private static void checkScmRequest(NdrReader in) throws MalformedException {
            assertEquals(0, in.referent("pdwReserved"));
            List<Integer> towers = in.unique(
                            "remoteRequest",
                            request -> request.construct(here -> {
                                assertEquals(0, here.u32("ClientImpLevel"));
                                int count = here.u16("cRequestedProtseqs");
                                return here.ref(
                                        "pRequestedProtseqs",
                                        list -> list.conformant("protseq", count, 2, tower -> tower.u16("tower")));
                            }))
                    .get()
                    .orElseThrow();
            assertEquals(List.of(7), towers);
        }

        private static ByteReader sliceFrom(Bytes octets, int from) {
            return ByteReader.over(octets.toArray(), from, octets.size());
        }
    }

    private static IntSupplier recordedReferents(VectorFile vector) {
        return given(vector.referents());
    }

    private static IntSupplier given(List<Integer> referents) {
        Queue<Integer> left = new ArrayDeque<>(referents);
        return left::remove;
    }
}
