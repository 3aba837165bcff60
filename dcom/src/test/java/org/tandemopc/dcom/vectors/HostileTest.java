package org.tandemopc.dcom.vectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;

/** The tester of decoders finds what it looks for. */
class HostileTest {
    private static final byte[] COUNTED = {2, 0, 0, 0, 10, 11};

    @Test
    void everyPrefixAndEveryChangeIsTried() {
        assertEquals(new Hostile.Outcome(0, 6), Hostile.prefixes(COUNTED, HostileTest::counted));
        // the count of 2 may become 0 or 1, and the two octets anything
        assertEquals(
                new Hostile.Outcome(2 + 2 * 255, 4 * 255 - 2), Hostile.singleChanges(COUNTED, HostileTest::counted));
    }

    @Test
    void otherExceptionsAreFound() {
        assertThrows(AssertionError.class, () -> Hostile.survives(COUNTED, octets -> octets[0] / octets[4]));
    }

    @Test
    void memoryTakenForACountIsFound() {
        Hostile.Decoder trusting = octets -> {
            int announced = Math.clamp(ByteReader.over(octets).u32("count"), 0, 1 << 24);
            Object[] taken = new Object[announced];
            return ByteReader.over(octets).bytes(taken.length, "elements");
        };
        assertThrows(AssertionError.class, () -> Hostile.singleChanges(COUNTED, trusting));
    }

    @Test
    void decoderThatRefusesTheGoodMessageIsFound() {
        assertThrows(AssertionError.class, () -> Hostile.survives(new byte[] {9, 0, 0, 0}, HostileTest::counted));
    }

    @Test
    void decoderThatReadsNothingIsFound() {
        assertThrows(AssertionError.class, () -> Hostile.survives(COUNTED, octets -> 0));
    }

    private static Bytes counted(byte[] octets) throws MalformedException {
        ByteReader in = ByteReader.over(octets);
        return in.bytes(in.count("count", 1, 1_000), "elements");
    }
}
