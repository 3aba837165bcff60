package org.tandemopc.dcom.orpc;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ndr.Bstr;
import org.tandemopc.dcom.ndr.InterfacePointer;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrLimits;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.TypeSerialization;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.vectors.Hostile;
import org.tandemopc.dcom.vectors.VectorFile;

/**
 * Every decoder on octets that were meant for another, from offsets that are multiples of 4, with changes at random: a
 * value or a refusal, and memory in proportion. The seed is fixed, so that a failure comes again.
 */
class StrangeOctetsTest {
    private static final long SEED = 20_260_729;
    private static final int ROUNDS_PER_MESSAGE = 20;

    private static final Map<String, Hostile.Decoder> DECODERS = Map.of(
            "VARIANT", octets -> Variant.read(little(octets)),
            "VARIANTs", octets -> little(octets).construct(in -> Late.all(in.conformant("a", 4, Variant::slot))),
            "VARIANT, big endian",
                    octets ->
                            Variant.read(NdrReader.over(ByteReader.over(octets).order(ByteOrder.BIG_ENDIAN))),
            "BSTR", octets -> Bstr.read(little(octets)),
            "MInterfacePointer", octets -> InterfacePointer.read(little(octets), "p"),
            "ORPCTHIS", octets -> OrpcThis.read(little(octets)),
            "ORPCTHAT", octets -> OrpcThat.read(little(octets)),
            "DUALSTRINGARRAY", octets -> DualStringArray.read(little(octets)),
            "OBJREF", octets -> ObjRef.read(ByteReader.over(octets)),
            "properties",
                    octets -> TypeSerialization.read(ByteReader.over(octets), NdrLimits.DEFAULT)
                            .remaining());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "VARIANT",
                "VARIANTs",
                "VARIANT, big endian",
                "BSTR",
                "MInterfacePointer",
                "ORPCTHIS",
                "ORPCTHAT",
                "DUALSTRINGARRAY",
                "OBJREF",
                "properties"
            })
    void endWell(String name) {
        Hostile.Decoder decoder = Objects.requireNonNull(DECODERS.get(name));
        SplittableRandom offsets = new SplittableRandom(SEED);
        int values = 0;
        int refusals = 0;
        for (VectorFile message : VectorFile.all("")) {
            byte[] octets = message.hasPlaintext() ? message.stub() : message.pdu();
            for (int round = 0; round < ROUNDS_PER_MESSAGE; round++) {
                int offset = Integer.BYTES * offsets.nextInt(octets.length / Integer.BYTES + 1);
                Hostile.Outcome outcome = Hostile.randomChanges(from(octets, offset), decoder, offsets.nextLong(), 1);
                values += outcome.values();
                refusals += outcome.refusals();
            }
        }
        // most of it is nothing that the decoder knows, and some is
        assertTrue(refusals > 100 && values > 0, values + " values, " + refusals + " refusals");
    }

    private static byte[] from(byte[] octets, int offset) {
        return Arrays.copyOfRange(octets, offset, octets.length);
    }

    private static NdrReader little(byte[] octets) {
        return NdrReader.over(ByteReader.over(octets));
    }
}
