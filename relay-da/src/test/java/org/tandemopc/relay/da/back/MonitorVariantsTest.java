package org.tandemopc.relay.da.back;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.monitor.MonitorType;
import org.tandemopc.core.monitor.MonitorValue;
import org.tandemopc.core.monitor.MonitorValues;
import org.tandemopc.dcom.ndr.Decimal;
import org.tandemopc.dcom.ndr.SafeArray;
import org.tandemopc.dcom.ndr.VarType;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.Quality;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

class MonitorVariantsTest {
    private static MonitorValue good(Variant value) {
        return MonitorVariants.of(value, Quality.GOOD, HResult.S_OK);
    }

    private static void is(Variant value, Object expected) {
        assertThat(good(value)).isEqualTo(MonitorValue.of(MonitorValue.Quality.GOOD, expected));
    }

    @Test
    @Requirement(
            value = {"MON-7", "MON-10"},
            protocol = Protocol.DA)
    void eachTypeBecomesWhatIsCompared() {
        is(new Variant.Bool(true), true);
        is(new Variant.I1((byte) -8), BigInteger.valueOf(-8));
        is(new Variant.UI1(200), BigInteger.valueOf(200));
        is(new Variant.I2((short) -1_600), BigInteger.valueOf(-1_600));
        is(new Variant.UI2(60_000), BigInteger.valueOf(60_000));
        is(new Variant.I4(-32_000_000), BigInteger.valueOf(-32_000_000));
        is(new Variant.UI4(4_000_000_000L), BigInteger.valueOf(4_000_000_000L));
        is(new Variant.I8(-64_000_000_000L), BigInteger.valueOf(-64_000_000_000L));
        is(new Variant.UI8(-1), BigInteger.TWO.pow(64).subtract(BigInteger.ONE));
        is(new Variant.Int(-42), BigInteger.valueOf(-42));
        is(new Variant.UInt(3_000_000_000L), BigInteger.valueOf(3_000_000_000L));
        is(new Variant.R4(3.25f), 3.25f);
        is(new Variant.R8(-2.5), -2.5);
        is(Variant.Cy.of(new BigDecimal("1234.5678")), 1234.5678);
        is(Variant.Cy.of(new BigDecimal("1200")), BigInteger.valueOf(1_200));
        is(new Variant.Dec(Decimal.of(new BigDecimal("0.1"))), 0.1);
        is(Variant.Str.of("auto"), "auto");
        is(new Variant.Scode(0x8000_4005), BigInteger.valueOf(0x8000_4005L));
        is(Variant.Date.of(LocalDateTime.of(2026, 1, 31, 12, 0)), Instant.parse("2026-01-31T12:00:00Z"));
    }

    @Test
    void whatIsNoValueIsNone() {
        for (Variant none : List.of(Variant.EMPTY, Variant.NULL, new Variant.Date(Double.NaN))) {
            assertThat(good(none)).isEqualTo(MonitorValue.of(MonitorValue.Quality.GOOD, null));
        }
    }

    @Test
    @Requirement(value = "MON-12", protocol = Protocol.DA)
    void anArrayIsToldAsOne() {
        Variant array = new Variant.Array(SafeArray.of(VarType.I4, List.of(new Variant.I4(1))));

        assertThat(good(array)).isEqualTo(MonitorValue.array(MonitorValue.Quality.GOOD));
        assertThat(good(new Variant.NoArray(VarType.I4)).isArray()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0xC0,GOOD", "0xD8,GOOD", "0x40,UNCERTAIN", "0x54,UNCERTAIN", "0x00,BAD", "0x18,BAD", "0x80,BAD"})
    @Requirement(value = "MON-9", protocol = Protocol.DA)
    void theQualityBitsDecide(int bits, MonitorValue.Quality quality) {
        assertThat(MonitorVariants.of(new Variant.I4(1), Quality.of(bits), HResult.S_OK)
                        .quality())
                .isEqualTo(quality);
    }

    @Test
    @Requirement(value = "MON-9", protocol = Protocol.DA)
    void anItemThatFailedIsBadWhateverItsQualitySays() {
        assertThat(MonitorVariants.of(new Variant.I4(1), Quality.GOOD, OpcResult.OPC_E_BADRIGHTS))
                .isEqualTo(MonitorValue.of(MonitorValue.Quality.BAD, null));
    }

    /** Each type asks for one that the server's value comes back in, so that the configured text is found again. */
    @ParameterizedTest
    @EnumSource(value = MonitorType.class, mode = EnumSource.Mode.EXCLUDE, names = "DEFAULT")
    @Requirement(value = "MON-7", protocol = Protocol.DA)
    void eachDataTypeHasAVarType(MonitorType type) {
        assertThat(VarType.of(MonitorVariants.typeOf(type))).get().isNotEqualTo(VarType.EMPTY);
        String text = type == MonitorType.DATE ? "2026-01-31T12:00:00Z" : "1";
        Variant value = type == MonitorType.DATE
                ? Variant.Date.of(LocalDateTime.of(2026, 1, 31, 12, 0))
                : type == MonitorType.STRING ? Variant.Str.of("1") : new Variant.I4(1);
        assertThat(MonitorValues.isSame(
                        type, text, Objects.requireNonNull(good(value).value())))
                .isTrue();
    }
}
