package org.tandemopc.core.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tandemopc.testkit.Requirement;

final class MonitorValuesTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    static Stream<Arguments> comparisons() {
        return Stream.of(
                // the server's own type
                row(MonitorType.DEFAULT, "1", whole(1), true),
                row(MonitorType.DEFAULT, "1.0", whole(1), true),
                row(MonitorType.DEFAULT, "2", whole(1), false),
                row(MonitorType.DEFAULT, "18446744073709551615", new BigInteger("18446744073709551615"), true),
                row(MonitorType.DEFAULT, "true", true, true),
                row(MonitorType.DEFAULT, "1", true, true),
                row(MonitorType.DEFAULT, "0", true, false),
                row(MonitorType.DEFAULT, "0.1", 0.1f, true),
                row(MonitorType.DEFAULT, "0.1", 0.1, true),
                row(MonitorType.DEFAULT, "0", -0.0, true),
                row(MonitorType.DEFAULT, "0", Double.NaN, false),
                row(MonitorType.DEFAULT, "dead", "dead", true),
                row(MonitorType.DEFAULT, "dead", "Dead", false),
                row(MonitorType.DEFAULT, "dead", whole(1), false),
                row(MonitorType.DEFAULT, "2026-01-31T12:00:00Z", NOON, true),
                row(MonitorType.DEFAULT, "dead", NOON, false),
                // whole numbers, by the type that people chose
                row(MonitorType.INT16, "1", whole(1), true),
                row(MonitorType.INT16, "-32768", whole(-32_768), true),
                row(MonitorType.INT16, "1", true, true),
                row(MonitorType.INT16, "1", "1", true),
                row(MonitorType.INT16, "1", 1.4, true),
                row(MonitorType.INT16, "2", 1.5, true),
                row(MonitorType.INT16, "-1", -1.5f, true),
                row(MonitorType.INT16, "1", whole(65_537), false),
                row(MonitorType.INT16, "1", Double.POSITIVE_INFINITY, false),
                row(MonitorType.INT16, "1", "one", false),
                row(MonitorType.INT16, "1", NOON, false),
                row(MonitorType.SBYTE, "-1", whole(-1), true),
                row(MonitorType.BYTE, "255", whole(255), true),
                row(MonitorType.BYTE, "255", whole(-1), false),
                row(MonitorType.UINT16, "65535", whole(65_535), true),
                row(MonitorType.INT32, "-2147483648", whole(Integer.MIN_VALUE), true),
                row(MonitorType.UINT32, "4294967295", whole(4_294_967_295L), true),
                row(MonitorType.INT64, "9223372036854775807", whole(Long.MAX_VALUE), true),
                row(MonitorType.UINT64, "18446744073709551615", new BigInteger("18446744073709551615"), true),
                // booleans
                row(MonitorType.BOOLEAN, "true", true, true),
                row(MonitorType.BOOLEAN, "1", whole(7), true),
                row(MonitorType.BOOLEAN, "false", whole(0), true),
                row(MonitorType.BOOLEAN, "false", 0.0, true),
                row(MonitorType.BOOLEAN, "true", "true", true),
                row(MonitorType.BOOLEAN, "true", "yes", false),
                // real numbers by value
                row(MonitorType.FLOAT, "0.1", 0.1f, true),
                row(MonitorType.FLOAT, "0.1", 0.1, true),
                row(MonitorType.FLOAT, "1e3", whole(1_000), true),
                row(MonitorType.FLOAT, "0", -0.0f, true),
                row(MonitorType.FLOAT, "0", Float.NaN, false),
                row(MonitorType.DOUBLE, "0.1", 0.1, true),
                row(MonitorType.DOUBLE, "0.1", 0.1f, true),
                row(MonitorType.DOUBLE, "0.1", 0.1000001, false),
                row(MonitorType.DOUBLE, "1", true, true),
                row(MonitorType.DOUBLE, "1e400", Double.MAX_VALUE, false),
                // texts
                row(MonitorType.STRING, "dead", "dead", true),
                row(MonitorType.STRING, "1", whole(1), true),
                row(MonitorType.STRING, "1.5", 1.5, true),
                row(MonitorType.STRING, "true", true, true),
                row(MonitorType.STRING, "2026-01-31T12:00:00Z", NOON, true),
                // dates
                row(MonitorType.DATE, "2026-01-31T12:00:00Z", NOON, true),
                row(MonitorType.DATE, "2026-01-31T12:00:00.0000001Z", NOON.plusNanos(100), true),
                row(MonitorType.DATE, "1601-01-01T00:00:00Z", Instant.parse("1601-01-01T00:00:00Z"), true),
                row(MonitorType.DATE, "2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z", true),
                row(MonitorType.DATE, "2026-01-31T12:00:00Z", NOON.plusMillis(1), false),
                row(MonitorType.DATE, "2026-01-31T12:00:00Z", whole(0), false));
    }

    private static Arguments row(MonitorType type, String text, Object value, boolean isSame) {
        return Arguments.of(type, text, value, isSame);
    }

    private static BigInteger whole(long value) {
        return BigInteger.valueOf(value);
    }

    @ParameterizedTest(name = "{0} ''{1}'' and {2}: {3}")
    @MethodSource("comparisons")
    @Requirement({"MON-7", "MON-10"})
    void valuesAreComparedInTheirType(MonitorType type, String text, Object value, boolean isSame) {
        assertThat(MonitorValues.isSame(type, text, value)).isEqualTo(isSame);
    }

    /** I9: a server may send texts of any length. */
    @Test
    @Requirement("I9")
    void ofALongTextOnlyTheBeginningIsKept() {
        MonitorValue value = MonitorValue.of(MonitorValue.Quality.GOOD, "x".repeat(1_000_000));

        assertThat((String) value.value()).hasSize(MonitorValue.TEXT_MAX + 1);
    }
}
