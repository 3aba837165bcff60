package org.tandemopc.opcda;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.Marshaler;
import org.tandemopc.dcom.orpc.Pointers;
import org.tandemopc.dcom.vectors.Hostile;
import org.tandemopc.dcom.vectors.VectorFile;
import org.tandemopc.opcda.params.Ints;

/** What a server on Windows answered: the properties of an item, with their values. */
class MatrikonTest {
    private static final VectorFile ANSWER = VectorFile.named("matrikon/stub-resp-iopcbrowse-getproperties.hex");
    private static final IOPCBrowse.GetProperties ASKED =
            new IOPCBrowse.GetProperties(List.of("Random.Int4"), true, Ints.EMPTY);

    private static List<OpcItemProperties> read(byte[] octets) throws Exception {
        return IOPCBrowse.GET_PROPERTIES
                .out()
                .read(NdrReader.over(Bytes.of(octets), ByteOrder.LITTLE_ENDIAN), ASKED, none());
    }

    private static Pointers none() {
        return new Pointers(Marshaler.none());
    }

    @Test
    void propertiesHaveTheirValues() throws Exception {
        NdrReader in = NdrReader.over(ANSWER.octets(), ByteOrder.LITTLE_ENDIAN);
        List<OpcItemProperties> all = IOPCBrowse.GET_PROPERTIES.out().read(in, ASKED, none());
        assertThat(in.i32("HRESULT")).isZero();
        assertThat(in.remaining()).isZero();

        assertThat(all).hasSize(1);
        assertThat(all.getFirst().hresult()).isZero();
        List<OpcItemProperty> properties = all.getFirst().properties();
        assertThat(properties.stream().map(OpcItemProperty::id))
                .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 101, -5, -4, -3, -2, -1);
        assertThat(properties)
                .allMatch(one -> one.hresult() == 0 && one.itemId().equals("Random.Int4"));
        assertThat(properties.getFirst())
                .isEqualTo(new OpcItemProperty(
                        2, 1, "Random.Int4", "Item Canonical DataType", new Variant.I2((short) 3), 0));
        assertThat(properties.stream().map(OpcItemProperty::value).limit(9))
                .containsExactly(
                        new Variant.I2((short) 3),
                        new Variant.I4(18_467),
                        new Variant.I2((short) 192),
                        new Variant.Date(Double.longBitsToDouble(0x40E6_8C16_C3FB_72EAL)),
                        new Variant.I4(1),
                        new Variant.R4(100),
                        new Variant.I4(0),
                        Variant.EMPTY,
                        Variant.Str.of("Random value."));
        assertThat(properties.getLast().description()).isEqualTo("Bucket Brigade");
    }

    /** Octet for octet, but for what is reserved: the server leaves there what was in its memory. */
    @Test
    void theAnswerIsWrittenAgain() throws Exception {
        List<OpcItemProperties> all = read(ANSWER.pdu());
        // it numbers its pointers as Windows does, but for the string in a VARIANT
        Queue<Integer> referents = new ArrayDeque<>(Stream.concat(
                        IntStream.range(0, 30).mapToObj(i -> 0x20000 + 4 * i), Stream.of(0x0097_557D))
                .toList());
        NdrWriter out = new NdrWriter(referents::remove);
        IOPCBrowse.GET_PROPERTIES.out().write(out, ASKED, all, none());
        byte[] ours = out.i32(0).toArray();
        byte[] theirs = ANSWER.pdu();
        assertThat(ours).hasSameSizeAs(theirs);
        assertThat(read(ours)).isEqualTo(all);
        long differing = IntStream.range(0, ours.length)
                .filter(i -> ours[i] != theirs[i])
                .peek(i -> assertThat(ours[i]).as("octet %d", i).isZero())
                .count();
        assertThat(differing).isLessThan(100);
    }

    @Test
    void everyPrefixAndManyChangesEndWell() {
        Hostile.Decoder decoder = octets -> {
            NdrReader in = NdrReader.over(Bytes.of(octets), ByteOrder.LITTLE_ENDIAN);
            return IOPCBrowse.GET_PROPERTIES.out().read(in, ASKED, none());
        };
        assertThat(Hostile.prefixes(ANSWER.pdu(), decoder).refusals()).isPositive();
        assertThat(Hostile.randomChanges(ANSWER.pdu(), decoder, 20_261_130, 2_000)
                        .refusals())
                .isPositive();
    }
}
