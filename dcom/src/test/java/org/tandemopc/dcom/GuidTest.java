package org.tandemopc.dcom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuidTest {
    private static final String IOPCSERVER = "39c13a4d-011e-11d0-9675-0020afd8adb3";

    /** [MS-DTYP] 2.3.4: the first three groups follow the byte order, the last eight octets do not. */
    @Test
    void wireFormsAreThoseOfTheSpecification() throws MalformedException {
        Guid guid = Guid.of(IOPCSERVER);
        Bytes little = Bytes.ofHex("4d3ac1391e01d01196750020afd8adb3");
        Bytes big = Bytes.ofHex("39c13a4d011e11d096750020afd8adb3");

        assertEquals(guid, Guid.read(little.reader(), "iid"));
        assertEquals(guid, Guid.read(big.reader().order(ByteOrder.BIG_ENDIAN), "iid"));
        assertEquals(little, written(guid, ByteOrder.LITTLE_ENDIAN));
        assertEquals(big, written(guid, ByteOrder.BIG_ENDIAN));
    }

    /** The byte order of the stream is what it was, for what comes after. */
    @Test
    void byteOrderOfTheStreamStays() throws MalformedException {
        ByteReader in = Bytes.ofHex("4d3ac1391e01d01196750020afd8adb30100").reader();
        Guid.read(in, "iid");
        assertEquals(1, in.u16("next"));
        ByteWriter out = new ByteWriter();
        Guid.NULL.write(out);
        assertEquals(ByteOrder.LITTLE_ENDIAN, out.order());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {IOPCSERVER, "39C13A4D-011E-11D0-9675-0020AFD8ADB3", "{39C13A4D-011E-11d0-9675-0020AFD8ADB3}"})
    void textIsReadInEitherCaseAndInBraces(String text) {
        assertEquals(IOPCSERVER, Guid.of(text).toString());
    }

    /** A group that lost a digit must not become another class. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "39c13a4d-011e-11d0-9675-0020afd8adb",
                "39c13a4d-011e-11d0-9675-0020afd8adb33",
                "39c13a4d-11e-011d0-9675-0020afd8adb3",
                "39c13a4d-011e-11d0-9675_0020afd8adb3",
                "{39c13a4d-011e-11d0-9675-0020afd8adb3",
                "39c13a4g-011e-11d0-9675-0020afd8adb3"
            })
    void otherTextsAreRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> Guid.of(text));
    }

    @Test
    void nullIsAllZeroAndFreshOnesDiffer() {
        assertTrue(Guid.NULL.isNull());
        assertEquals("00000000-0000-0000-0000-000000000000", Guid.NULL.toString());
        assertFalse(Guid.of("00000000-0000-0000-c000-000000000046").isNull());
        assertNotEquals(Guid.random(), Guid.random());
    }

    @Test
    void cutGuidsAreMalformed() {
        Bytes whole = Bytes.ofHex("4d3ac1391e01d01196750020afd8adb3");
        for (int size = 0; size < Guid.SIZE; size++) {
            ByteReader in = ByteReader.over(whole.toArray(), 0, size);
            assertThrows(MalformedException.class, () -> Guid.read(in, "iid"));
        }
    }

    private static Bytes written(Guid guid, ByteOrder order) {
        ByteWriter out = new ByteWriter().order(order);
        guid.write(out);
        return out.toBytes();
    }
}
