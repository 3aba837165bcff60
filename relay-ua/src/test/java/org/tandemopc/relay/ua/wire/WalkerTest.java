package org.tandemopc.relay.ua.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.eclipse.milo.opcua.stack.core.encoding.binary.OpcUaBinaryDecoder;
import org.junit.jupiter.api.Test;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

class WalkerTest {
    /** Golden against Milo: what its encoder wrote ends where the walker says. */
    @Test
    void variantsOfEveryBuiltInTypeEndWhereMiloEndedThem() {
        Samples.variants().forEach((name, bytes) -> walksWhole(name, bytes, w -> w.skipVariant("value")));
    }

    @Test
    void variantsThatMiloCannotWriteAreWalkedToo() {
        Samples.foreignVariants().forEach((name, bytes) -> walksWhole(name, bytes, w -> w.skipVariant("value")));
    }

    /** Milo's decoder as the oracle: it must have eaten as many bytes. */
    @Test
    void dataValuesWithEveryMaskEndWhereMilosDecoderEnds() {
        for (byte[] bytes : Samples.dataValues()) {
            walksWhole("DataValue", bytes, w -> w.skipDataValue("value"));
        }
        for (byte[] variant : Samples.variants().values()) {
            for (int mask = 0; mask < 64; mask++) {
                byte[] bytes = Samples.dataValue(mask, variant);
                OpcUaBinaryDecoder oracle = Samples.decoder(bytes);
                assertThat(oracle.decodeDataValue()).isNotNull();
                assertThat(remaining(oracle)).isZero();
                walksWhole("DataValue", bytes, w -> w.skipDataValue("value"));
            }
        }
    }

    @Test
    void numericNamespaceZeroIdentifiersAreToldInEveryEncoding() {
        assertThat(walker("00 55").nodeId("id")).isEqualTo(85);
        assertThat(walker("01 00 d308").nodeId("id")).isEqualTo(2259);
        assertThat(walker("01 02 d308").nodeId("id")).isEqualTo(-1);
        assertThat(walker("02 0000 ffffffff").nodeId("id")).isEqualTo(0xFFFF_FFFFL);
        assertThat(walker("02 0100 55000000").nodeId("id")).isEqualTo(-1);
        assertThat(walker("03 0000 01000000 41").nodeId("id")).isEqualTo(-1);
        assertThat(walker("04 0000 000102030405060708090a0b0c0d0e0f").nodeId("id"))
                .isEqualTo(-1);
        assertThat(walker("05 0000 ffffffff").nodeId("id")).isEqualTo(-1);
        // a NodeId with the flags of an ExpandedNodeId: Milo and open62541 ignore them
        assertThat(walker("c0 55").nodeId("id")).isEqualTo(85);
    }

    @Test
    @Requirement(value = "I9", protocol = Protocol.UA)
    void hostileLengthsAreRefusedBeforeAnythingIsUsed() {
        Map<String, Consumer<Walker>> refused = Map.of(
                "feffffff 00", w -> w.skipString("s"),
                "ffffff7f 00", w -> w.skipString("s"),
                "00000080 00", w -> w.skipString("s"),
                "86 feffffff 00", w -> w.skipVariant("v"),
                "86 ffffff7f 00", w -> w.skipVariant("v"),
                "98 ffffff7f 00", w -> w.skipVariant("v"),
                "c6 01000000 00000000 ffffff7f", w -> w.skipVariant("v"),
                "16 00 00 03", w -> w.skipVariant("v"),
                "06 00 00", w -> w.skipNodeId("n"),
                "20 00", w -> w.skipVariant("v"));
        refused.forEach((hex, walk) ->
                assertThatThrownBy(() -> walk.accept(walker(hex))).as(hex).isInstanceOf(MalformedException.class));
    }

    @Test
    @Requirement(value = "I9", protocol = Protocol.UA)
    void nestingIsBoundedForVariantsAndDiagnosticInfos() {
        byte[] variants = new byte[100_000];
        Arrays.fill(variants, (byte) 24);
        byte[] diagnostics = new byte[100_000];
        Arrays.fill(diagnostics, (byte) 0x40);
        byte[] dataValues = new byte[100_000];
        for (int i = 0; i < dataValues.length; i += 2) {
            dataValues[i] = 23;
            dataValues[i + 1] = 1;
        }
        assertThatThrownBy(() -> new Walker(variants).skipVariant("v")).hasMessageContaining("nested deeper than 128");
        assertThatThrownBy(() -> new Walker(diagnostics).skipDiagnosticInfo("d"))
                .hasMessageContaining("nested deeper than 128");
        assertThatThrownBy(() -> new Walker(dataValues).skipVariant("v"))
                .hasMessageContaining("nested deeper than 128");
    }

    /** Dimensions are not Tandem's to judge, but must not cost anything: negative, or of a product beyond all bounds. */
    @Test
    @Requirement(value = "I9", protocol = Protocol.UA)
    void dimensionsThatFitNothingCostNothing() {
        for (String dimensions : List.of(
                "02000000 ffffffff 01000000", // -1 x 1
                "02000000 00000100 00000100", // 65536 x 65536: 0 in 32 bits
                "03000000 ffffff7f ffffff7f ffffff7f",
                "00000000",
                "ffffffff")) {
            byte[] bytes = Samples.hex("c6 01000000 05000000 " + dimensions);

            walksWhole(dimensions, bytes, w -> w.skipVariant("v"));
            assertThat(Fuzz.isValue(bytes, b -> new Walker(b).skipVariant("v")))
                    .as("within bounds")
                    .isTrue();
        }
    }

    /** Part 6, 5.2.2.16: "decoders shall support at least 100 nesting levels". */
    @Test
    void aHundredLevelsOfNestingPass() {
        byte[] bytes = new byte[102];
        Arrays.fill(bytes, 0, 100, (byte) 24);
        bytes[100] = 1;
        walksWhole("nested", bytes, w -> w.skipVariant("v"));
    }

    @Test
    void aProblemNamesClauseFieldAndOffset() {
        assertThatThrownBy(() -> new Walker(Samples.hex("ffff 05000000 41"), 2, 7).skipString("browseName"))
                .isInstanceOfSatisfying(MalformedException.class, e -> {
                    assertThat(e.clause()).isEqualTo("OPC UA Part 6, 5.2.2.4");
                    assertThat(e.field()).isEqualTo("browseName");
                    assertThat(e.offset()).isEqualTo(2);
                });
    }

    @Test
    @Requirement(value = "I9", protocol = Protocol.UA)
    void everyPrefixAndEveryChangedByteIsAValueOrMalformed() {
        Fuzz.prefixesAreMalformed(Samples.variants().values(), b -> new Walker(b).skipVariant("v"));
        Fuzz.prefixesAreMalformed(Samples.foreignVariants().values(), b -> new Walker(b).skipVariant("v"));
        Fuzz.prefixesAreMalformed(Samples.dataValues(), b -> new Walker(b).skipDataValue("v"));
        Fuzz.changesAreValuesOrMalformed(Samples.variants().values(), b -> new Walker(b).skipVariant("v"));
        Fuzz.changesAreValuesOrMalformed(Samples.foreignVariants().values(), b -> new Walker(b).skipVariant("v"));
        Fuzz.changesAreValuesOrMalformed(Samples.dataValues(), b -> new Walker(b).skipDataValue("v"));
    }

    @Test
    void randomDataValuesAreWalkedToTheirEnd() {
        for (long seed : Fuzz.seeds()) {
            var random = new Random(seed);
            for (int i = 0; i < 1000; i++) {
                byte[] bytes = RandomUa.dataValue(random);
                walksWhole("seed " + seed + " value " + i, bytes, w -> w.skipDataValue("v"));
            }
        }
    }

    private static void walksWhole(String name, byte[] bytes, Consumer<Walker> walk) {
        // something before and behind: the walker must stay in its slice
        byte[] padded = new byte[bytes.length + 7];
        Arrays.fill(padded, (byte) 0x7F);
        System.arraycopy(bytes, 0, padded, 3, bytes.length);
        var walker = new Walker(padded, 3, 3 + bytes.length);
        walk.accept(walker);
        assertThat(walker.remaining()).as(name).isZero();
        var longer = new Walker(padded, 3, padded.length);
        walk.accept(longer);
        assertThat(longer.position()).as(name).isEqualTo(3 + bytes.length);
    }

    private static int remaining(OpcUaBinaryDecoder decoder) {
        int bytes = 0;
        try {
            while (true) {
                decoder.decodeByte();
                bytes++;
            }
        } catch (IndexOutOfBoundsException e) {
            return bytes;
        }
    }

    private static Walker walker(String hex) {
        return new Walker(Samples.hex(hex));
    }
}
