package org.tandemopc.dcom.vectors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class VectorFileTest {
    private static final List<String> SEALED = List.of(
            "source: somebody",
            "rc4-offset: 712  # octets used before",
            "",
            "05  # 0000 rpc_vers = 5",
            "00 02 # 0001 tail",
            "ff # 0003 ...",
            "",
            "--- plaintext stub (2 bytes)",
            "0a # 0000 first (of two) = 10",
            "0b # 0001 second");

    @Test
    void headersOctetsFieldsAndPlaintextAreToldApart() {
        VectorFile file = VectorFile.parse("x", SEALED);
        assertEquals("somebody", file.header("source"));
        assertEquals("712", file.header("rc4-offset"));
        assertArrayEquals(new byte[] {5, 0, 2, -1}, file.pdu());
        assertArrayEquals(new byte[] {10, 11}, file.stub());
        assertEquals(List.of("first", "second"), file.fieldNames());
        assertArrayEquals(new byte[] {11}, file.field("second"));
    }

    @Test
    void everyRecordedFileHasASourceAndOctets() {
        List<VectorFile> all = VectorFile.all("");
        assertEquals(342, all.size());
        for (VectorFile file : all) {
            assertEquals(false, file.header("source").isEmpty(), file.name());
            assertEquals(false, file.pdu().length == 0, file.name());
        }
    }

    /** The length that the header of each PDU gives is that of the octets which the loader gives. */
    @Test
    void everyPduIsAsLongAsItSays() {
        for (VectorFile file : VectorFile.all("")) {
            byte[] pdu = file.pdu();
            if (file.holdsPdu()) {
                int low = Byte.toUnsignedInt(pdu[8]);
                int high = Byte.toUnsignedInt(pdu[9]);
                assertEquals(pdu[4] == 0 ? low << 8 | high : high << 8 | low, pdu.length, file.name());
            }
        }
    }

    /** The stub begins after the header and ends before the padding of the signature: alloc_hint of one fragment is its length. */
    @Test
    void stubIsCutOutOfASignedPdu() {
        VectorFile file = VectorFile.named("impacket/l5-orpc-08-req-iopcserver-getstatus.hex");
        assertEquals(Byte.toUnsignedInt(file.field("alloc_hint")[0]), file.stub().length);
        assertEquals(5, file.stub()[0]);
    }

    @Test
    void nothingFoundIsAnError() {
        assertThrows(NoSuchElementException.class, () -> VectorFile.all("nobody/"));
        assertThrows(
                NoSuchElementException.class,
                () -> VectorFile.parse("x", SEALED).header("auth"));
    }
}
