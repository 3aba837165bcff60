package org.tandemopc.simulator.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tandemopc.dcom.ndr.SafeArray;
import org.tandemopc.dcom.ndr.VarType;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.OpcResult;

/** Values as other types. */
class ConversionsTest {
    private static Result<Variant> to(VarType type, Variant value) {
        return Conversions.convert(value, type.code());
    }

    private static Variant array(VarType type, Variant... elements) {
        return new Variant.Array(SafeArray.of(type, List.of(elements)));
    }

    @ParameterizedTest
    @CsvSource({"0.5, 0", "1.5, 2", "2.5, 2", "-1.5, -2", "2.500001, 3"})
    void numbersAreRoundedToEven(double from, int expected) {
        assertThat(to(VarType.I4, new Variant.R8(from))).isEqualTo(Result.ok(new Variant.I4(expected)));
    }

    @ParameterizedTest
    @CsvSource({"I1, 128", "UI1, 256", "UI1, -1", "I2, 32768", "UI2, 65536", "I4, 2147483648", "UI4, -1", "UI8, -1"})
    void whatIsTooLargeOverflows(VarType type, double value) {
        assertThat(to(type, new Variant.R8(value))).isEqualTo(Result.failure(OpcResult.DISP_E_OVERFLOW));
        assertThat(to(type, new Variant.R8(Double.NaN))).isEqualTo(Result.failure(OpcResult.DISP_E_OVERFLOW));
    }

    @Test
    void trueIsMinusOneAndAnyNumberButZeroIsTrue() {
        assertThat(to(VarType.I2, new Variant.Bool(true))).isEqualTo(Result.ok(new Variant.I2((short) -1)));
        assertThat(to(VarType.BOOL, new Variant.R8(0.25))).isEqualTo(Result.ok(new Variant.Bool(true)));
        assertThat(to(VarType.BOOL, new Variant.I4(-2))).isEqualTo(Result.ok(new Variant.Bool(true)));
        assertThat(to(VarType.BOOL, new Variant.I4(0))).isEqualTo(Result.ok(new Variant.Bool(false)));
        assertThat(to(VarType.BOOL, Variant.Str.of("True"))).isEqualTo(Result.ok(new Variant.Bool(true)));
        assertThat(to(VarType.BOOL, Variant.Str.of("0"))).isEqualTo(Result.ok(new Variant.Bool(false)));
    }

    @Test
    void textsAreParsedAndWritten() {
        assertThat(to(VarType.I4, Variant.Str.of(" 42 "))).isEqualTo(Result.ok(new Variant.I4(42)));
        assertThat(to(VarType.R8, Variant.Str.of("1e3"))).isEqualTo(Result.ok(new Variant.R8(1000)));
        assertThat(to(VarType.I4, Variant.Str.of("two"))).isEqualTo(Result.failure(OpcResult.DISP_E_TYPEMISMATCH));
        assertThat(to(VarType.I2, Variant.Str.of("40000"))).isEqualTo(Result.failure(OpcResult.DISP_E_OVERFLOW));
        assertThat(to(VarType.BSTR, new Variant.R8(2))).isEqualTo(Result.ok(Variant.Str.of("2")));
        assertThat(to(VarType.BSTR, new Variant.R4(2.5f))).isEqualTo(Result.ok(Variant.Str.of("2.5")));
        assertThat(to(VarType.BSTR, new Variant.UI8(-1))).isEqualTo(Result.ok(Variant.Str.of("18446744073709551615")));
        assertThat(to(VarType.BSTR, new Variant.Bool(false))).isEqualTo(Result.ok(Variant.Str.of("False")));
    }

    @Test
    void datesAreNumbersOfDaysAndTexts() {
        Variant noon = new Variant.Date(46_023.5);

        assertThat(to(VarType.BSTR, noon)).isEqualTo(Result.ok(Variant.Str.of("2026-01-01 12:00:00")));
        assertThat(to(VarType.DATE, Variant.Str.of("2026-01-01 12:00:00"))).isEqualTo(Result.ok(noon));
        assertThat(to(VarType.R8, noon)).isEqualTo(Result.ok(new Variant.R8(46_023.5)));
        assertThat(to(VarType.DATE, new Variant.R8(1e9))).isEqualTo(Result.failure(OpcResult.DISP_E_OVERFLOW));
    }

    /** A number of a text may be written with a huge exponent: it must not cost more than it is long. */
    @Test
    void aHugeExponentOverflowsAtOnce() {
        assertThat(to(VarType.I4, Variant.Str.of("1e999999999"))).isEqualTo(Result.failure(OpcResult.DISP_E_OVERFLOW));
        assertThat(to(VarType.DECIMAL, Variant.Str.of("1e999999999")))
                .isEqualTo(Result.failure(OpcResult.DISP_E_OVERFLOW));
        assertThat(to(VarType.CY, Variant.Str.of("1e999999999"))).isEqualTo(Result.failure(OpcResult.DISP_E_OVERFLOW));
        assertThat(to(VarType.I4, Variant.Str.of("1e-999999999"))).isEqualTo(Result.ok(new Variant.I4(0)));
    }

    @Test
    void arraysGoElementByElementAndKeepTheirBounds() {
        Variant strings = array(VarType.BSTR, Variant.Str.of("1"), Variant.Str.of("2"));

        assertThat(Conversions.convert(strings, VarType.ARRAY_BIT | VarType.I4.code()))
                .isEqualTo(Result.ok(new Variant.Array(SafeArray.ofI4(1, 2))));
        assertThat(Conversions.convert(strings, VarType.I4.code()))
                .isEqualTo(Result.failure(OpcResult.DISP_E_TYPEMISMATCH));
        assertThat(Conversions.convert(new Variant.I4(1), VarType.ARRAY_BIT | VarType.I4.code()))
                .isEqualTo(Result.failure(OpcResult.DISP_E_TYPEMISMATCH));
        Variant matrix = Objects.requireNonNull(DaContents.arrays().get("matrix"));
        assertThat(Conversions.convert(matrix, VarType.ARRAY_BIT | VarType.R8.code())
                        .value())
                .isInstanceOfSatisfying(
                        Variant.Array.class,
                        array -> assertThat(array.value().bounds()).hasSize(2));
    }

    @Test
    void typesTellWhatIsPossible() {
        int i4 = VarType.I4.code();

        assertThat(Conversions.isPossible(i4, 0)).isTrue();
        assertThat(Conversions.isPossible(i4, VarType.BSTR.code())).isTrue();
        assertThat(Conversions.isPossible(i4, VarType.UNKNOWN.code())).isFalse();
        assertThat(Conversions.isPossible(i4, 77)).isFalse();
        assertThat(Conversions.isPossible(i4, VarType.ARRAY_BIT | i4)).isFalse();
        assertThat(Conversions.isPossible(VarType.ARRAY_BIT | i4, VarType.ARRAY_BIT | VarType.R8.code()))
                .isTrue();
        assertThat(Conversions.isPossible(VarType.ARRAY_BIT | i4, VarType.ARRAY_BIT | VarType.DECIMAL.code()))
                .isFalse();
    }
}
