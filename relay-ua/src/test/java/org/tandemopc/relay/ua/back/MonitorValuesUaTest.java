package org.tandemopc.relay.ua.back;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ulong;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ushort;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.LocalizedText;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tandemopc.core.monitor.MonitorValue;
import org.tandemopc.core.monitor.MonitorValue.Quality;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

class MonitorValuesUaTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    static Stream<Arguments> scalars() {
        return Stream.of(
                Arguments.of(true, true),
                Arguments.of((byte) -8, BigInteger.valueOf(-8)),
                Arguments.of((short) -8, BigInteger.valueOf(-8)),
                Arguments.of(-8, BigInteger.valueOf(-8)),
                Arguments.of(-8L, BigInteger.valueOf(-8)),
                Arguments.of(ubyte(255), BigInteger.valueOf(255)),
                Arguments.of(ushort(65_535), BigInteger.valueOf(65_535)),
                Arguments.of(uint(4_294_967_295L), BigInteger.valueOf(4_294_967_295L)),
                Arguments.of(ulong("18446744073709551615"), new BigInteger("18446744073709551615")),
                Arguments.of(0.1f, 0.1f),
                Arguments.of(0.1, 0.1),
                Arguments.of("text", "text"),
                Arguments.of(new DateTime(NOON), NOON),
                Arguments.of(LocalizedText.english("text"), "text"),
                Arguments.of(new NodeId(2, "a"), "ns=2;s=a"),
                Arguments.of(
                        UUID.fromString("72962b91-fa75-4ae6-8d28-b404dc7daf63"),
                        "72962b91-fa75-4ae6-8d28-b404dc7daf63"),
                Arguments.of(ByteString.of(new byte[] {1, -1}), "01ff"),
                Arguments.of(StatusCode.of(StatusCodes.Bad_Timeout), BigInteger.valueOf(0x800A0000L)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scalars")
    @Requirement(
            value = {"MON-7", "MON-10"},
            protocol = Protocol.UA)
    void scalarsHaveAFormInWhichTheyAreCompared(Object value, Object expected) {
        assertThat(MonitorValuesUa.of(new DataValue(Variant.of(value))))
                .isEqualTo(MonitorValue.of(Quality.GOOD, expected));
    }

    @Test
    @Requirement(value = "MON-12", protocol = Protocol.UA)
    void arraysAreOnlyKnownAsSuch() {
        assertThat(MonitorValuesUa.of(new DataValue(Variant.of(new Integer[] {1, 2}))))
                .isEqualTo(MonitorValue.array(Quality.GOOD));
    }

    @ParameterizedTest
    @CsvSource({"00000000, GOOD", "00A60000, GOOD", "40900000, UNCERTAIN", "808B0000, BAD"})
    @Requirement(value = "MON-9", protocol = Protocol.UA)
    void theSeverityOfTheStatusIsTheQuality(String code, Quality quality) {
        DataValue value = new DataValue(Variant.NULL_VALUE, StatusCode.of(Long.parseLong(code, 16)), null, null);

        assertThat(MonitorValuesUa.of(value)).isEqualTo(MonitorValue.of(quality, null));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "i=2267, ns=0;i=2267",
                "ns=2;s=a;b, ns=2;s=a;b",
                "nsu=urn:plant;s=a, ns=2;s=a",
                "nsu=urn:semi%3Bcolon%25;i=5, ns=3;i=5",
                "nsu=http://opcfoundation.org/UA/;i=5, ns=0;i=5",
                "nsu=urn:elsewhere;s=a, none",
                "nsu=urn:plant, none",
                "ns=70000;s=a, none",
                "g=nonsense, none",
            })
    @Requirement(value = "MON-6", protocol = Protocol.UA)
    void itemsAreNodesOfTheMember(String item, String node) {
        NodeId found = MonitorNodes.resolve(
                item, List.of("http://opcfoundation.org/UA/", "urn:own", "urn:plant", "urn:semi;colon%"));

        assertThat(found).isEqualTo(node == null ? null : NodeId.parse(node));
    }
}
