package org.tandemopc.opcda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.InterfacePointer;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.ndr.SafeArray;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Marshaler;
import org.tandemopc.dcom.orpc.ObjRef;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.OrpcStub;
import org.tandemopc.dcom.orpc.OrpcThis;
import org.tandemopc.dcom.orpc.Pointers;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.UnfollowedPointer;
import org.tandemopc.dcom.rpc.Pdu;
import org.tandemopc.dcom.rpc.RpcAnswer;
import org.tandemopc.dcom.vectors.Hostile;
import org.tandemopc.dcom.vectors.VectorFile;
import org.tandemopc.opcda.common.IOPCCommon;
import org.tandemopc.opcda.common.IOPCServerList;
import org.tandemopc.opcda.ole.IConnectionPoint;
import org.tandemopc.opcda.ole.IEnumString;
import org.tandemopc.opcda.params.Ints;

/** The calls that other implementations made of a server of OPC DA, read and written again octet for octet. */
class RecordedCallsTest {
    private static final int REQUEST_STUB_AT = 40;
    private static final Pattern NAME = Pattern.compile(".*-req-([a-z0-9]+)-[a-z0-9-]+");

    /** A field that says nothing, with the place where it is: "cc cc  # 006a value[0].wReserved123 (ignore)". */
    private static final Pattern RESERVED = Pattern.compile("([0-9a-f ]+)# ([0-9a-f]{4}) .*wReserved.*");

    /** Takes OBJREFs for what they are, and gives them back as they came. */
    private static final Marshaler OBJREFS = new Marshaler() {
        @Override
        public ObjRef marshal(ComPointer<?> pointer) {
            return pointer.handOn();
        }

        @Override
        public void revoke(ComPointer<?> pointer, ObjRef reference) {
            pointer.notHandedOn(reference);
        }

        @Override
        public <T> ComPointer<T> unmarshal(InterfacePointer octets, InterfaceDef<T> type) {
            try {
                return new UnfollowedPointer<>(type, ObjRef.of(octets), "recorded");
            } catch (MalformedException e) {
                throw new AssertionError(e);
            }
        }
    };

    private static Optional<InterfaceDef<?>> interfaceOf(VectorFile vector) {
        Matcher name = NAME.matcher(vector.name());
        return name.matches()
                ? InterfacesTest.definitions()
                        .filter(type -> type.name().toLowerCase(Locale.ROOT).equals(name.group(1)))
                        .findFirst()
                : Optional.empty();
    }

    static List<VectorFile> requests() {
        return VectorFile.pdus("").stream()
                .filter(vector -> interfaceOf(vector).isPresent())
                .filter(vector -> !vector.name().contains("-frag"))
                .toList();
    }

    private static Operation<?, ?, ?> operation(VectorFile vector) {
        Pdu.Request request = (Pdu.Request) vector.decoded();
        return Objects.requireNonNull(interfaceOf(vector).orElseThrow().operation(request.opnum()), vector.name());
    }

    /** A call as it was read, and how far. */
    record Read<I>(OrpcThis header, Operation<?, I, ?> operation, I parameters, int end) {
        static <I> Read<I> of(byte[] stub, Operation<?, I, ?> operation) throws MalformedException {
            NdrReader in = NdrReader.over(Bytes.of(stub), ByteOrder.LITTLE_ENDIAN);
            OrpcThis header = OrpcThis.read(in);
            I parameters = operation.in().read(in, new Pointers(OBJREFS));
            return new Read<>(header, operation, parameters, in.offset());
        }

        Bytes written(IntSupplier referents) {
            NdrWriter out = new NdrWriter(referents);
            header.write(out);
            operation.in().write(out, parameters, new Pointers(OBJREFS));
            return out.toBytes();
        }
    }

    @Test
    void theRecordedCallsAreFound() {
        assertThat(requests()).hasSizeGreaterThan(60);
        assertThat(requests().stream().map(vector -> operation(vector).name()).distinct())
                .hasSizeGreaterThan(35);
    }

    @ParameterizedTest
    @MethodSource("requests")
    void callsOfOthersAreReadAndWrittenAgain(VectorFile vector) throws Exception {
        Read<?> call = Read.of(vector.stub(), operation(vector));
        byte[] expected = Arrays.copyOf(vector.canonicalStub(), call.end());
        blankReserved(vector, expected);
        assertThat(call.written(given(vector.referents()))).isEqualTo(Bytes.of(expected));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void everyPrefixAndManyChangesEndWell(VectorFile vector) {
        Operation<?, ?, ?> operation = operation(vector);
        Hostile.Decoder decoder = octets -> {
            NdrReader in = NdrReader.over(ByteReader.over(octets));
            OrpcThis.read(in);
            return operation.in().read(in, new Pointers(Marshaler.none()));
        };
        assertThat(Hostile.prefixes(vector.stub(), decoder).refusals()).isPositive();
        assertThat(Hostile.randomChanges(vector.stub(), decoder, 20_261_130, 300)
                        .values())
                .isPositive();
    }

    private static final Guid GROUP_STATE = Guid.of("39c13a50-011e-11d0-9675-0020afd8adb3");

    /** What the fields of the recorded octets are called and hold, as whoever recorded them has written beside them. */
    static Stream<Arguments> values() {
        return Stream.of(
                Arguments.of(
                        "utgard/v2-req-iopcserver-addgroup",
                        new IOPCServer.NewGroup(
                                "g2", true, 500, 77, Optional.of(60), Optional.of(1.5f), 0x409, GROUP_STATE)),
                Arguments.of(
                        "utgard/connect-req-iopcserver-addgroup",
                        new IOPCServer.NewGroup(
                                "utg", true, 1_000, 0, Optional.empty(), Optional.empty(), 0, GROUP_STATE)),
                Arguments.of(
                        "node/connect-req-iopcserver-addgroup",
                        new IOPCServer.NewGroup(
                                "nodegrp",
                                true,
                                1_000,
                                (int) 2_477_087_038L,
                                Optional.of(0),
                                Optional.of(0f),
                                0x409,
                                GROUP_STATE)),
                Arguments.of(
                        "utgard/connect-req-iopcserver-getgroupbyname", new IOPCServer.NamedGroup("utg", GROUP_STATE)),
                Arguments.of("utgard/connect-req-iopcserver-removegroup", new IOPCServer.RemoveGroup(1_002, true)),
                Arguments.of(
                        "utgard/v2-req-iopcserver-creategroupenumerator",
                        new IOPCServer.GroupEnumerator(OpcEnumScope.ALL, IEnumString.DEF.iid())),
                Arguments.of(
                        "utgard/v2-req-iopcgroupstatemgt-setstate",
                        new IOPCGroupStateMgt.StateChange(
                                Optional.of(1_000L),
                                Optional.of(true),
                                Optional.of(60),
                                Optional.of(2.5f),
                                Optional.of(0x409),
                                Optional.of(78))),
                Arguments.of(
                        "utgard/connect-req-iopcgroupstatemgt-setstate",
                        new IOPCGroupStateMgt.StateChange(
                                Optional.empty(),
                                Optional.of(true),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty())),
                Arguments.of(
                        "utgard/v2-req-iopcgroupstatemgt-clonegroup",
                        new IOPCGroupStateMgt.CloneGroup("g3", GROUP_STATE)),
                Arguments.of(
                        "utgard/v2-req-iopcitemmgt-additems",
                        List.of(
                                OpcItemDef.of("Random.Int4", 11),
                                new OpcItemDef("", "Random.Str", true, 12, Bytes.EMPTY, 8),
                                new OpcItemDef("path", "Random.Real8", true, 13, Bytes.EMPTY, 0))),
                Arguments.of(
                        "utgard/v2-req-iopcitemmgt-setclienthandles",
                        new IOPCItemMgt.SetClientHandles(Ints.of(1, 2), Ints.of(21, 22))),
                Arguments.of(
                        "utgard/connect-req-iopcitemmgt-setactivestate",
                        new IOPCItemMgt.SetActiveState(Ints.of(4), false)),
                Arguments.of("utgard/v2-req-iopcasyncio2-read", new IOPCAsyncIO2.Read(Ints.of(1, 2), 4_711)),
                Arguments.of(
                        "utgard/connect-req-iopcasyncio2-refresh2", new IOPCAsyncIO2.Refresh2(OpcDataSource.CACHE, 0)),
                Arguments.of("utgard/v2-req-iopcasyncio2-cancel2", 9),
                Arguments.of("utgard/v2-req-iopcasyncio2-setenable", true),
                Arguments.of(
                        "utgard/connect-req-iopcsyncio-read", new IOPCSyncIO.Read(OpcDataSource.CACHE, Ints.of(1))),
                Arguments.of(
                        "utgard/connect-req-iopcsyncio-write-bstr",
                        new IOPCSyncIO.Write(Ints.of(2), List.of(Variant.Str.of("hello w")))),
                Arguments.of(
                        "utgard/connect-req-iopcsyncio-write-i4-array",
                        new IOPCSyncIO.Write(Ints.of(8), List.of(new Variant.Array(SafeArray.ofI4(1, 2, 3))))),
                Arguments.of(
                        "utgard/v2-req-iopcitemproperties-getitemproperties",
                        new IOPCItemProperties.GetItemProperties("Random.Int4", Ints.of(1, 2, 3, 4, 5, 6, 99))),
                Arguments.of(
                        "utgard/connect-req-iopcbrowseserveraddressspace-browseopcitemids",
                        new IOPCBrowseServerAddressSpace.BrowseOPCItemIDs(OpcBrowseType.FLAT, "", 0, 0)),
                Arguments.of(
                        "utgard/connect-req-iopcbrowseserveraddressspace-changebrowseposition",
                        new IOPCBrowseServerAddressSpace.ChangeBrowsePosition(OpcBrowseDirection.TO, "")),
                Arguments.of("utgard/v2-req-iopccommon-setclientname", "utgard two"),
                // behind the code is an LCID, which is none of the parameters
                Arguments.of("utgard/privacy-c3-09-req-iopccommon-geterrorstring", OpcResult.OPC_E_UNKNOWNITEMID),
                Arguments.of(
                        "utgard/connect-req-iopcserverlist-enumclassesofcategories",
                        new IOPCServerList.EnumClassesOfCategories(List.of(OpcDa.CATID_OPCDASERVER20), List.of())),
                Arguments.of("utgard/connect-req-iopcserverlist-clsidfromprogid", "Plant.Spike.1"),
                Arguments.of(
                        "utgard/connect-req-iconnectionpointcontainer-findconnectionpoint", IOPCDataCallback.DEF.iid()),
                Arguments.of("node/connect-req-ienumstring-next", 10L));
    }

    @ParameterizedTest
    @MethodSource("values")
    void valuesAreThoseThatWereRecorded(String name, Object expected) throws Exception {
        VectorFile vector = VectorFile.named(name);
        assertThat((Object) Read.of(vector.stub(), operation(vector)).parameters())
                .isEqualTo(expected);
    }

    /** The client gives its object's IUnknown, and where it can be found. */
    @Test
    void theSinkOfAnAdviseIsAReference() throws Exception {
        VectorFile vector = VectorFile.named("utgard/connect-req-iconnectionpoint-advise");
        Read<Optional<ComPointer<IUnknown>>> call = Read.of(vector.stub(), IConnectionPoint.ADVISE);
        assertThat(call.parameters().orElseThrow().iid()).isEqualTo(IUnknown.IID);
        assertThat(call.parameters()
                        .orElseThrow()
                        .handOn()
                        .standard()
                        .orElseThrow()
                        .oxid())
                .isEqualTo(0xfd69_d3a6_3264_6b2fL);
    }

    /** 300 items in six fragments: alignment counts over the joined stub. */
    @Test
    void itemsOfSixFragmentsAreReadAndWrittenAgain() throws Exception {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        List<VectorFile> fragments = VectorFile.all("utgard/big-req-iopcitemmgt-additems-frag");
        fragments.forEach(fragment -> joined.writeBytes(fragment.stub()));
        assertThat(fragments).hasSize(6);
        byte[] stub = joined.toByteArray();

        Read<List<OpcItemDef>> call = Read.of(stub, IOPCItemMgt.ADD_ITEMS);
        assertThat(call.parameters()).hasSize(300);
        assertThat(call.parameters().stream().map(OpcItemDef::clientHandle)).doesNotHaveDuplicates();

        // each item begins with two pointers, 28 octets after the one before
        List<Integer> referents = new ArrayList<>();
        ByteReader octets = ByteReader.over(stub);
        octets.skip(32 + 4 + 4, "before the items");
        for (int item = 0; item < 300; item++) {
            referents.add(octets.i32("szAccessPath"));
            referents.add(octets.i32("szItemID"));
            octets.skip(20, "the rest of an item");
        }
        assertThat(call.written(given(referents))).isEqualTo(Bytes.of(stub, 0, call.end()));
    }

    /** A name in three fragments, signed and sealed. */
    @Test
    void aNameOfThreeFragmentsIsRead() throws Exception {
        for (String level : List.of("l5", "l6")) {
            ByteArrayOutputStream joined = new ByteArrayOutputStream();
            VectorFile.all("impacket/" + level + "-orpc-").stream()
                    .filter(vector -> vector.name().contains("setclientname-frag"))
                    .forEach(fragment -> joined.writeBytes(fragment.stub()));
            Read<String> call = Read.of(joined.toByteArray(), IOPCCommon.SET_CLIENT_NAME);
            assertThat(call.parameters()).hasSizeGreaterThan(100);
            assertThat(call.written(given(List.of()))).isEqualTo(Bytes.of(joined.toByteArray(), 0, call.end()));
        }
    }

    /** What clients answered to our callbacks, sealed and not: an HRESULT, and octets that say nothing. */
    static Stream<VectorFile> answers() {
        return VectorFile.pdus("utgard/callback").stream()
                .filter(vector -> vector.name().contains("-resp-iopcdatacallback-"));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void answersToCallbacksAreRead(VectorFile vector) throws Exception {
        String method = vector.name().substring(vector.name().lastIndexOf('-') + 1);
        Operation<?, ?, ?> operation = Loop.operations(IOPCDataCallback.DEF).stream()
                .filter(one -> one.name().toLowerCase(Locale.ROOT).equals(method))
                .findFirst()
                .orElseThrow();
        assertThat(answer(operation, vector).hresult()).isZero();
    }

    private static <I, O> Result<O> answer(Operation<?, I, O> operation, VectorFile vector) throws MalformedException {
        @SuppressWarnings("unchecked") // no answer to a callback looks at what was asked
        I none = (I) "";
        return OrpcStub.result(
                new RpcAnswer(Bytes.of(vector.stub()), ByteOrder.LITTLE_ENDIAN),
                operation,
                none,
                new Pointers(OBJREFS));
    }

    /** Octets that are reserved are read and not kept. */
    private static void blankReserved(VectorFile vector, byte[] stub) throws IOException {
        try (var file = RecordedCallsTest.class.getResourceAsStream("/vectors/" + vector.name() + ".hex")) {
            String text = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
            boolean plain = text.contains("\n---");
            for (String line :
                    text.substring(plain ? text.indexOf("\n---") : 0).lines().toList()) {
                Matcher reserved = RESERVED.matcher(line);
                if (reserved.matches()) {
                    int at = Integer.parseInt(reserved.group(2), 16) - (plain ? 0 : REQUEST_STUB_AT);
                    int octets = reserved.group(1).replace(" ", "").length() / 2;
                    Arrays.fill(stub, at, at + octets, (byte) 0);
                }
            }
        }
    }

    private static IntSupplier given(List<Integer> referents) {
        Queue<Integer> left = new ArrayDeque<>(referents);
        return left::remove;
    }
}
