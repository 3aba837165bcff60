package org.tandemopc.relay.da.back;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.monitor.MonitorType;
import org.tandemopc.core.monitor.MonitorValue;
import org.tandemopc.dcom.ndr.VarType;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.opcda.Quality;

/** Values of OPC DA as those of monitor items, and data types of monitor items as those of OPC DA. Pure. */
final class MonitorVariants {
    private MonitorVariants() {}

    /** The VARTYPE that is asked of the server; 0: its own. */
    static int typeOf(MonitorType type) {
        return switch (type) {
            case DEFAULT -> VarType.EMPTY.code();
            case BOOLEAN -> VarType.BOOL.code();
            case SBYTE -> VarType.I1.code();
            case BYTE -> VarType.UI1.code();
            case INT16 -> VarType.I2.code();
            case UINT16 -> VarType.UI2.code();
            case INT32 -> VarType.I4.code();
            case UINT32 -> VarType.UI4.code();
            case INT64 -> VarType.I8.code();
            case UINT64 -> VarType.UI8.code();
            case FLOAT -> VarType.R4.code();
            case DOUBLE -> VarType.R8.code();
            case STRING -> VarType.BSTR.code();
            case DATE -> VarType.DATE.code();
        };
    }

    /** @param error the HRESULT of the item: a failure is bad quality without a value, whatever else came with it */
    static MonitorValue of(Variant value, Quality quality, int error) {
        if (!HResult.isSuccess(error)) {
            return MonitorValue.of(MonitorValue.Quality.BAD, null);
        }
        MonitorValue.Quality known = quality(quality);
        boolean isArray = value instanceof Variant.Array || value instanceof Variant.NoArray;
        return isArray ? MonitorValue.array(known) : MonitorValue.of(known, scalar(value));
    }

    /** DA 3.0 6.9: the bits QQ. What no quality has is none that can be trusted. */
    private static MonitorValue.Quality quality(Quality quality) {
        return switch (quality.major()) {
            case GOOD -> MonitorValue.Quality.GOOD;
            case UNCERTAIN -> MonitorValue.Quality.UNCERTAIN;
            case BAD, RESERVED -> MonitorValue.Quality.BAD;
        };
    }

    /** What cannot be compared, such as an object: null. */
    private static @Nullable Object scalar(Variant value) {
        return switch (value) {
            case Variant.Bool(boolean truth) -> truth;
            case Variant.I1(byte n) -> BigInteger.valueOf(n);
            case Variant.UI1(int n) -> BigInteger.valueOf(n);
            case Variant.I2(short n) -> BigInteger.valueOf(n);
            case Variant.UI2(int n) -> BigInteger.valueOf(n);
            case Variant.I4(int n) -> BigInteger.valueOf(n);
            case Variant.UI4(long n) -> BigInteger.valueOf(n);
            case Variant.I8(long n) -> BigInteger.valueOf(n);
            case Variant.UI8(long n) -> new BigInteger(Long.toUnsignedString(n));
            case Variant.Int(int n) -> BigInteger.valueOf(n);
            case Variant.UInt(long n) -> BigInteger.valueOf(n);
            case Variant.R4(float n) -> n;
            case Variant.R8(double n) -> n;
            case Variant.Cy amount -> number(amount.amount());
            case Variant.Dec(var decimal) -> number(decimal.value());
            case Variant.Scode(int hresult) -> BigInteger.valueOf(Integer.toUnsignedLong(hresult));
            case Variant.Str(var text) -> text.text();
            case Variant.Date date -> instant(date);
            case Variant.Empty _, Variant.Null _, Variant.Unknown _, Variant.Dispatch _, Variant.Raw _ -> null;
            case Variant.Array _, Variant.NoArray _ -> null;
        };
    }

    /** Of a fraction with more digits than a Double has, the nearest one. */
    private static Object number(BigDecimal exact) {
        BigDecimal plain = exact.stripTrailingZeros();
        return plain.scale() <= 0 ? plain.toBigIntegerExact() : (Object) plain.doubleValue();
    }

    /** A DATE has no time zone: it is compared with what people wrote as if it were UTC. One that is none has no value. */
    private static @Nullable Object instant(Variant.Date date) {
        return date.time()
                .map((LocalDateTime time) -> (Object) time.toInstant(ZoneOffset.UTC))
                .orElse(null);
    }
}
