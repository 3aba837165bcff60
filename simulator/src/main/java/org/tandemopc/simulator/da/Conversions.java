package org.tandemopc.simulator.da;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.tandemopc.dcom.ndr.Decimal;
import org.tandemopc.dcom.ndr.SafeArray;
import org.tandemopc.dcom.ndr.VarType;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.OpcResult;

/**
 * Values as other types, as VariantChangeType does it (DA 3.0 6.2, 4.4.2): numbers are rounded to even and checked for overflow,
 * TRUE is -1 as a number, texts are parsed and written without regard to any locale, arrays go element by element. Never from an
 * array to what is none, nor back.
 */
final class Conversions {
    /** As texts write dates; not as a locale would. */
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

    private static final int CY_SCALE = 4;
    private static final double DATE_MIN = -657_434;
    private static final double DATE_END = 2_958_466;

    /** Digits of a text that is taken for a number; more are no number of any type. */
    private static final int TEXT_MAX = 400;

    private static final Set<VarType> CONVERTIBLE = EnumSet.of(
            VarType.I1,
            VarType.UI1,
            VarType.I2,
            VarType.UI2,
            VarType.I4,
            VarType.UI4,
            VarType.I8,
            VarType.UI8,
            VarType.INT,
            VarType.UINT,
            VarType.R4,
            VarType.R8,
            VarType.CY,
            VarType.DATE,
            VarType.BSTR,
            VarType.BOOL,
            VarType.DECIMAL);

    private Conversions() {}

    /** Whether values of one VARTYPE may become another, as far as types can tell; 0: as they are. */
    static boolean isPossible(int from, int to) {
        if (to == VarType.EMPTY.code() || from == to) {
            return true;
        }
        if ((from & VarType.ARRAY_BIT) != (to & VarType.ARRAY_BIT)) {
            return false;
        }
        boolean isArray = (to & VarType.ARRAY_BIT) != 0;
        Optional<VarType> target = element(to);
        return element(from).filter(type -> isConvertible(type, isArray)).isPresent()
                && target.filter(CONVERTIBLE::contains)
                        .filter(type -> !isArray || type.inArrays())
                        .isPresent();
    }

    private static boolean isConvertible(VarType source, boolean isArray) {
        return CONVERTIBLE.contains(source) || (isArray && source == VarType.VARIANT);
    }

    private static Optional<VarType> element(int vt) {
        return VarType.of(vt & ~VarType.ARRAY_BIT);
    }

    /** @return DISP_E_OVERFLOW, DISP_E_TYPEMISMATCH, DISP_E_BADVARTYPE */
    static Result<Variant> convert(Variant value, int to) {
        if (to == VarType.EMPTY.code() || value.vt() == to || value instanceof Variant.Empty) {
            return Result.ok(value);
        }
        Optional<VarType> target = element(to);
        if (target.isEmpty()) {
            return Result.failure(OpcResult.DISP_E_BADVARTYPE);
        }
        boolean toArray = (to & VarType.ARRAY_BIT) != 0;
        return switch (value) {
            case Variant.Array(SafeArray array) when toArray -> ofArray(array, target.get());
            case Variant.Array array -> Result.failure(OpcResult.DISP_E_TYPEMISMATCH);
            default -> toArray ? Result.failure(OpcResult.DISP_E_TYPEMISMATCH) : scalar(value, target.get());
        };
    }

    private static Result<Variant> ofArray(SafeArray array, VarType to) {
        if (!to.inArrays()) {
            return Result.failure(OpcResult.DISP_E_TYPEMISMATCH);
        }
        List<Variant> elements = new ArrayList<>();
        for (Variant element : array.elements()) {
            Result<Variant> each = convert(element, to.code());
            if (!each.isSuccess()) {
                return each;
            }
            elements.add(each.value());
        }
        return Result.ok(new Variant.Array(SafeArray.of(to, array.bounds(), elements)));
    }

    private static Result<Variant> scalar(Variant value, VarType to) {
        if (!CONVERTIBLE.contains(to)) {
            return Result.failure(OpcResult.DISP_E_TYPEMISMATCH);
        }
        if (to == VarType.BSTR) {
            return text(value)
                    .map(text -> Result.<Variant>ok(Variant.Str.of(text)))
                    .orElseGet(Conversions::mismatch);
        }
        if (value instanceof Variant.Str(var text)) {
            return ofText(text.text().strip(), to);
        }
        if (to == VarType.R8 && value instanceof Variant.R4(float number)) {
            return Result.ok(new Variant.R8(number));
        }
        if (to == VarType.R4 && value instanceof Variant.R8(double number) && !Double.isFinite(number)) {
            return Result.ok(new Variant.R4((float) number));
        }
        if (isEndless(value)) {
            return Result.failure(OpcResult.DISP_E_OVERFLOW);
        }
        return number(value).map(number -> ofNumber(number, to)).orElseGet(Conversions::mismatch);
    }

    private static Result<Variant> mismatch() {
        return Result.failure(OpcResult.DISP_E_TYPEMISMATCH);
    }

    private static Result<Variant> ofText(String text, VarType to) {
        if (to == VarType.BOOL) {
            switch (text.toLowerCase(Locale.ROOT)) {
                case "true" -> {
                    return Result.ok(new Variant.Bool(true));
                }
                case "false" -> {
                    return Result.ok(new Variant.Bool(false));
                }
                default -> {
                    // a number, perhaps
                }
            }
        }
        try {
            if (to == VarType.DATE) {
                return Result.ok(Variant.Date.of(LocalDateTime.parse(text, DATE)));
            }
            return text.length() > TEXT_MAX ? mismatch() : ofNumber(new BigDecimal(text), to);
        } catch (DateTimeParseException | NumberFormatException e) {
            return mismatch();
        } catch (IllegalArgumentException e) {
            return Result.failure(OpcResult.DISP_E_OVERFLOW);
        }
    }

    private static boolean isEndless(Variant value) {
        return switch (value) {
            case Variant.R4(float number) -> !Float.isFinite(number);
            case Variant.R8(double number) -> !Double.isFinite(number);
            case Variant.Date(double days) -> !Double.isFinite(days);
            default -> false;
        };
    }

    /** Empty: it is no number, nor counts as one. */
    static Optional<BigDecimal> number(Variant value) {
        return switch (value) {
            case Variant.I1(byte number) -> Optional.of(BigDecimal.valueOf(number));
            case Variant.UI1(int number) -> Optional.of(BigDecimal.valueOf(number));
            case Variant.I2(short number) -> Optional.of(BigDecimal.valueOf(number));
            case Variant.UI2(int number) -> Optional.of(BigDecimal.valueOf(number));
            case Variant.I4(int number) -> Optional.of(BigDecimal.valueOf(number));
            case Variant.UI4(long number) -> Optional.of(BigDecimal.valueOf(number));
            case Variant.I8(long number) -> Optional.of(BigDecimal.valueOf(number));
            case Variant.UI8(long number) -> Optional.of(new BigDecimal(Long.toUnsignedString(number)));
            case Variant.Int(int number) -> Optional.of(BigDecimal.valueOf(number));
            case Variant.UInt(long number) -> Optional.of(BigDecimal.valueOf(number));
            case Variant.R4(float number) when Float.isFinite(number) -> Optional.of(new BigDecimal(number));
            case Variant.R8(double number) when Double.isFinite(number) -> Optional.of(new BigDecimal(number));
            case Variant.Cy amount -> Optional.of(amount.amount());
            case Variant.Date(double days) when Double.isFinite(days) -> Optional.of(new BigDecimal(days));
            case Variant.Dec(Decimal number) -> Optional.of(number.value());
            case Variant.Bool(boolean is) -> Optional.of(BigDecimal.valueOf(is ? -1 : 0));
            default -> Optional.empty();
        };
    }

    private static Result<Variant> ofNumber(BigDecimal given, VarType to) {
        long digits = (long) given.precision() - given.scale();
        if (digits > TEXT_MAX && given.signum() != 0) {
            return Result.failure(OpcResult.DISP_E_OVERFLOW);
        }
        // what a text with a large exponent makes must not be written out
        BigDecimal number = digits < -TEXT_MAX ? BigDecimal.ZERO : given;
        try {
            return Result.ok(
                    switch (to) {
                        case I1 -> new Variant.I1(whole(number).byteValueExact());
                        case UI1 ->
                            new Variant.UI1(
                                    Math.toIntExact(unsigned(number, Byte.SIZE).longValueExact()));
                        case I2 -> new Variant.I2(whole(number).shortValueExact());
                        case UI2 ->
                            new Variant.UI2(
                                    Math.toIntExact(unsigned(number, Short.SIZE).longValueExact()));
                        case I4 -> new Variant.I4(whole(number).intValueExact());
                        case UI4 ->
                            new Variant.UI4(unsigned(number, Integer.SIZE).longValueExact());
                        case I8 -> new Variant.I8(whole(number).longValueExact());
                        case UI8 -> new Variant.UI8(unsigned(number, Long.SIZE).longValue());
                        case INT -> new Variant.Int(whole(number).intValueExact());
                        case UINT ->
                            new Variant.UInt(unsigned(number, Integer.SIZE).longValueExact());
                        case R4 -> new Variant.R4(finite(number.floatValue()));
                        case R8 -> new Variant.R8(finite(number.doubleValue()));
                        case CY -> Variant.Cy.of(number.setScale(CY_SCALE, RoundingMode.HALF_EVEN));
                        case DATE -> new Variant.Date(date(number.doubleValue()));
                        case BOOL -> new Variant.Bool(number.signum() != 0);
                        case DECIMAL -> new Variant.Dec(decimal(number));
                        default -> throw new IllegalStateException(to + " is no number");
                    });
        } catch (ArithmeticException e) {
            return Result.failure(OpcResult.DISP_E_OVERFLOW);
        }
    }

    private static BigInteger whole(BigDecimal number) {
        return number.setScale(0, RoundingMode.HALF_EVEN).toBigIntegerExact();
    }

    private static BigInteger unsigned(BigDecimal number, int bits) {
        BigInteger whole = whole(number);
        if (whole.signum() < 0 || whole.bitLength() > bits) {
            throw new ArithmeticException(number + " is not " + bits + " bits");
        }
        return whole;
    }

    private static float finite(float number) {
        if (!Float.isFinite(number)) {
            throw new ArithmeticException("too large for R4");
        }
        return number;
    }

    private static double finite(double number) {
        if (!Double.isFinite(number)) {
            throw new ArithmeticException("too large for R8");
        }
        return number;
    }

    private static double date(double days) {
        if (!(days >= DATE_MIN && days < DATE_END)) {
            throw new ArithmeticException(days + " is no DATE");
        }
        return days;
    }

    private static Decimal decimal(BigDecimal number) {
        BigDecimal rounded = number.scale() > Decimal.SCALE_MAX
                ? number.setScale(Decimal.SCALE_MAX, RoundingMode.HALF_EVEN)
                : number;
        try {
            return Decimal.of(rounded);
        } catch (IllegalArgumentException e) {
            ArithmeticException overflow = new ArithmeticException("too large for DECIMAL");
            overflow.initCause(e);
            throw overflow;
        }
    }

    /** Empty: it has no text. */
    private static Optional<String> text(Variant value) {
        return switch (value) {
            case Variant.Bool(boolean is) -> Optional.of(is ? "True" : "False");
            case Variant.R4(float number) -> Optional.of(plain(number, Float.toString(number)));
            case Variant.R8(double number) -> Optional.of(plain(number, Double.toString(number)));
            case Variant.Date date -> date.time().map(DATE::format);
            default -> number(value).map(BigDecimal::toPlainString);
        };
    }

    /** Whole numbers without a point, as other peers write them. */
    private static String plain(double number, String shortest) {
        return shortest.endsWith(".0")
                ? BigDecimal.valueOf(number).stripTrailingZeros().toPlainString()
                : shortest;
    }
}
