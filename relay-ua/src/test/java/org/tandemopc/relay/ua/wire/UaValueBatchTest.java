package org.tandemopc.relay.ua.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.junit.jupiter.api.Test;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

class UaValueBatchTest {
    private static final long OVERFLOW = 0x480;

    @Test
    void itemTimeStatusAndOverflowAreReadWithoutDecoding() {
        var batch = UaValueBatch.of(
                new int[] {7, -1}, new DataValue[] {value(1, 0, 100), value(2, 0x8000_0000L | OVERFLOW, 0)});

        assertThat(batch.kind()).isEqualTo(UaValueBatch.Kind.VALUES);
        assertThat(batch.size()).isEqualTo(2);
        assertThat(batch.item(0)).isEqualTo(7);
        assertThat(batch.item(1)).isEqualTo(-1);
        assertThat(batch.sourceTime(0)).isEqualTo(100);
        assertThat(batch.sourceTime(1)).isZero();
        assertThat(batch.overflow(0)).isFalse();
        assertThat(batch.overflow(1)).isTrue();
    }

    /** Bit 7 means Overflow only under InfoType DataValue (Part 4, 7.39.1). */
    @Test
    void bitSevenWithoutInfoTypeIsNoOverflow() {
        assertThat(UaValueBatch.of(new int[] {1}, new DataValue[] {value(1, 0x80, 1)})
                        .overflow(0))
                .isFalse();
    }

    @Test
    void fingerprintIsOfValueAndStatusAlone() {
        long one = fingerprint(value(1, 0, 100));

        assertThat(fingerprint(value(1, 0, 999))).as("another source time").isEqualTo(one);
        assertThat(fingerprint(value(1, OVERFLOW, 100))).as("Overflow").isEqualTo(one);
        assertThat(fingerprint(value(2, 0, 100))).as("another value").isNotEqualTo(one);
        assertThat(fingerprint(value(1, 0x8000_0000L, 100)))
                .as("another status")
                .isNotEqualTo(one);
        assertThat(fingerprint(value(1, 0x500, 100))).as("limit low").isNotEqualTo(one);
        assertThat(fingerprint(value(1, 0x580, 100)))
                .as("limit low, with and without Overflow")
                .isEqualTo(fingerprint(value(1, 0x500, 100)));
        assertThat(fingerprint(new DataValue(new Variant("1")))).isNotEqualTo(one);
    }

    @Test
    void fingerprintsOfDifferentValuesDiffer() {
        var seen = new java.util.HashSet<Long>();
        for (int i = 0; i < 100_000; i++) {
            assertThat(seen.add(fingerprint(new DataValue(new Variant(i))))).isTrue();
            assertThat(seen.add(fingerprint(new DataValue(new Variant("value " + i)))))
                    .isTrue();
        }
    }

    @Test
    void handlesOfItemsThatWereMadeAnewAreReplacedAndThoseOfTheOldOnesLeftOut() {
        var batch = UaValueBatch.of(
                new int[] {1, -1, 3}, new DataValue[] {value(1, 0, 10), value(2, 0, 20), value(3, 0, 30)});

        UaValueBatch named = Objects.requireNonNull(
                batch.ofItems(handle -> handle == 1 ? UaValueBatch.NO_ITEM : Math.abs(handle) + 4));

        assertThat(IntStream.range(0, named.size()).mapToObj(named::item)).containsExactly(5, 7);
        assertThat(IntStream.range(0, named.size()).mapToObj(named::sourceTime)).containsExactly(20L, 30L);
        assertThat(named.fingerprint(0)).isEqualTo(batch.fingerprint(1));
        assertThat(batch.item(1)).as("what it was made of").isEqualTo(-1);
    }

    @Test
    void aBatchOfItemsIsGivenAsItIsAndOneOfNoItemNotAtAll() {
        var batch = UaValueBatch.of(new int[] {1, 2}, new DataValue[] {value(1, 0, 10), value(2, 0, 20)});

        assertThat(batch.ofItems(handle -> handle)).isSameAs(batch);
        assertThat(batch.ofItems(handle -> UaValueBatch.NO_ITEM)).isNull();
    }

    @Test
    void selectKeepsBytesAndOrderOfTheRest() {
        var batch = UaValueBatch.of(
                new int[] {1, 2, 3}, new DataValue[] {value(1, 0, 10), value(2, 0, 20), value(3, 0, 30)});

        var kept = batch.select(bits(0, 2), bits(), bits());

        assertThat(entries(kept))
                .containsExactly(entries(batch).get(0), entries(batch).get(2));
        assertThat(kept.item(1)).isEqualTo(3);
        assertThat(kept.sourceTime(1)).isEqualTo(30);
        assertThat(batch.select(bits(0, 1, 2), bits(), bits())).isSameAs(batch);
        assertThatThrownBy(() -> batch.select(bits(), bits(), bits())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> batch.select(bits(3), bits(), bits())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @Requirement(value = "I4", protocol = Protocol.UA)
    void markSetsOverflowAlsoWhereTheValueHadNoStatus() {
        var batch = UaValueBatch.of(
                new int[] {1, 2, 3},
                new DataValue[] {value(1, 0, 10), value(2, 0x4080_0000L, 20), value(3, 0x8000_0500L, 30)});

        var marked = batch.select(bits(0, 1, 2), bits(0, 1, 2), bits());

        List<DataValue> values = decoded(marked);
        assertThat(values).extracting(v -> v.statusCode().value()).containsExactly(0x480L, 0x4080_0480L, 0x8000_0580L);
        assertThat(values).extracting(v -> v.value().value()).containsExactly(1, 2, 3);
        assertThat(marked.sourceTime(0)).isEqualTo(10);
        for (int i = 0; i < 3; i++) {
            assertThat(marked.overflow(i)).isTrue();
            assertThat(marked.fingerprint(i)).isEqualTo(batch.fingerprint(i));
        }
    }

    @Test
    void clearTakesOverflowAwayAndNothingElse() {
        var batch = UaValueBatch.of(
                new int[] {1, 2, 3},
                new DataValue[] {value(1, OVERFLOW, 10), value(2, 0x8000_0580L, 20), value(3, 0, 30)});

        var cleared = batch.select(bits(0, 1, 2), bits(), bits(0, 1, 2));

        assertThat(decoded(cleared)).extracting(v -> v.statusCode().value()).containsExactly(0L, 0x8000_0500L, 0L);
        assertThat(entries(cleared).get(2)).isEqualTo(entries(batch).get(2));
    }

    @Test
    void clearThenMarkOfRandomValuesChangesOnlyTheStatus() {
        for (long seed : Fuzz.seeds()) {
            var random = new Random(seed);
            int compared = 0;
            for (int i = 0; i < 1000; i++) {
                byte[] value = RandomUa.dataValue(random);
                var batch = batch(value);
                var marked = batch.select(bits(0), bits(0), bits());
                assertThat(marked.overflow(0)).as("seed %d value %d", seed, i).isTrue();
                assertThat(marked.sourceTime(0)).isEqualTo(batch.sourceTime(0));
                if (DataValues.withoutOverflow(status(batch)) == DataValues.withoutOverflow(status(marked))) {
                    assertThat(marked.fingerprint(0)).isEqualTo(batch.fingerprint(0));
                    compared++;
                }
                var cleared = marked.select(bits(0), bits(), bits(0));
                assertThat(cleared.overflow(0)).isFalse();
                assertThat(cleared.sourceTime(0)).isEqualTo(batch.sourceTime(0));
            }
            assertThat(compared).isGreaterThan(100);
        }
    }

    @Test
    void appendFollowsInOrder() {
        var a = UaValueBatch.of(new int[] {1}, new DataValue[] {value(1, 0, 10)});
        var b = UaValueBatch.of(new int[] {2, 1}, new DataValue[] {value(2, OVERFLOW, 20), value(3, 0, 0)});

        var all = a.append(List.of(b, a));

        assertThat(all.size()).isEqualTo(4);
        assertThat(IntStream.range(0, 4).mapToObj(all::item)).containsExactly(1, 2, 1, 1);
        assertThat(entries(all))
                .containsExactly(
                        entries(a).getFirst(),
                        entries(b).get(0),
                        entries(b).get(1),
                        entries(a).getFirst());
        assertThat(all.overflow(1)).isTrue();
        assertThat(a.append(List.of())).isSameAs(a);
    }

    @Test
    void aSmallBatchOfABigMessageDoesNotKeepTheMessage() {
        byte[] message = new byte[1 << 20];
        System.arraycopy(Samples.hex("05000000 01 06 2a000000"), 0, message, 5000, 10);

        var batch = UaValueBatch.read(new Walker(message, 5000, message.length), UaValueBatch.Kind.VALUES, 1);

        assertThat(batch.item(0)).isEqualTo(5);
        assertThat(decoded(batch).getFirst().value().value()).isEqualTo(42);
        assertThat(batch.bytes()).isLessThan(200);
    }

    @Test
    void eventsHaveNoTimeAndAreComparedWithoutByteStrings() {
        UaValueBatch a = event(1, new Variant(new ByteString(new byte[] {1})), new Variant("alarm"));
        UaValueBatch sameAtOther = event(1, new Variant(new ByteString(new byte[] {2, 3})), new Variant("alarm"));
        UaValueBatch other = event(1, new Variant(new ByteString(new byte[] {1})), new Variant("no alarm"));
        UaValueBatch swapped = event(1, new Variant("alarm"), new Variant(new ByteString(new byte[] {1})));

        assertThat(a.kind()).isEqualTo(UaValueBatch.Kind.EVENTS);
        assertThat(a.sourceTime(0)).isZero();
        assertThat(a.overflow(0)).isFalse();
        assertThat(a.fingerprint(0)).isEqualTo(sameAtOther.fingerprint(0)).isNotEqualTo(other.fingerprint(0));
        assertThat(a.fingerprint(0)).isNotEqualTo(swapped.fingerprint(0));
        assertThat(entries(a.select(bits(0), bits(0), bits(0)))).isEqualTo(entries(a));
        var values = UaValueBatch.of(new int[] {1}, new DataValue[] {value(1, 0, 1)});
        assertThatThrownBy(() -> a.append(List.of(values))).isInstanceOf(IllegalArgumentException.class);
    }

    static DataValue value(int value, long status, long sourceTime) {
        return new DataValue(
                new Variant(value),
                new StatusCode(status),
                sourceTime == 0 ? null : new DateTime(sourceTime),
                null,
                Samples.TIME,
                null);
    }

    static UaValueBatch event(int item, Variant... fields) {
        byte[] bytes = Samples.encode(e -> {
            e.encodeInt32(item);
            e.encodeVariantArray("fields", fields);
        });
        return UaValueBatch.read(new Walker(bytes), UaValueBatch.Kind.EVENTS, 1);
    }

    static UaValueBatch batch(byte[]... dataValues) {
        var out = new LeWriter(64);
        for (int i = 0; i < dataValues.length; i++) {
            out.i32(i).copy(dataValues[i], 0, dataValues[i].length);
        }
        return UaValueBatch.read(new Walker(out.bytes()), UaValueBatch.Kind.VALUES, dataValues.length);
    }

    /** The entries as they would go out to a client that calls items as Tandem does. */
    static List<String> entries(UaValueBatch batch) {
        return IntStream.range(0, batch.size())
                .mapToObj(i -> {
                    var out = new LeWriter(64);
                    int written = batch.select(bits(i), bits(), bits()).writeTo(out, Handles.SAME);
                    assertThat(written).isOne();
                    return java.util.HexFormat.of().formatHex(out.bytes());
                })
                .toList();
    }

    static List<DataValue> decoded(UaValueBatch batch) {
        var out = new LeWriter(64);
        int written = batch.writeTo(out, Handles.SAME);
        assertThat(written).isEqualTo(batch.size());
        var decoder = Samples.decoder(out.bytes());
        return IntStream.range(0, batch.size())
                .mapToObj(i -> {
                    assertThat(decoder.decodeInt32()).isEqualTo(batch.item(i));
                    return decoder.decodeDataValue();
                })
                .toList();
    }

    private static int status(UaValueBatch batch) {
        var out = new LeWriter(64);
        assertThat(batch.writeTo(out, Handles.SAME)).isOne();
        int valueEnd = new Walker(out.bytes(), 4, out.position()).dataValue("value");
        return DataValues.status(out.bytes(), 4, valueEnd);
    }

    private static long fingerprint(DataValue value) {
        return UaValueBatch.of(new int[] {1}, new DataValue[] {value}).fingerprint(0);
    }

    static BitSet bits(int... set) {
        var bits = new BitSet();
        for (int i : set) {
            bits.set(i);
        }
        return bits;
    }
}
