package org.tandemopc.dcom.ndr;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.Optional;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;

/**
 * A value of OLE Automation with its type ([MS-OAUT] 2.2.29). Each type is a record; immutable.
 *
 * <p>On the wire a pointer whose referent is "User" and which is never NULL; then, at the end of what contains it, little
 * endian always and aligned to 8:
 * <pre>
 * 0   4  clSize, in units of 8 octets, rounded up
 * 4   4  rpcReserved
 * 8   2  vt: a type, perhaps with 0x2000 array, 0x4000 by reference
 * 10  6  wReserved, says nothing
 * 16  4  discriminant = vt; of arrays the bits 0x2000 and 0x4000 alone
 * 20     the value, aligned to its own size; no padding behind it
 * </pre>
 *
 * <p>What is by reference is read as the plain value and never written. A type that is not known here is kept as {@link Raw},
 * with as many octets as clSize gives; since that is rounded up, what follows such a value outside an array of VARIANTs may
 * be misread. The clSize of known types is not looked at.
 */
public sealed interface Variant {
    Variant EMPTY = new Empty();
    Variant NULL = new Null();

    /** The referent that Windows gives to VARIANTs and other types with marshalers of their own: "User". */
    int USER = 0x7265_7355;

    /** The type as it stands on the wire. */
    int vt();

    /** No value. */
    record Empty() implements Variant {
        @Override
        public int vt() {
            return VarType.EMPTY.code();
        }
    }

    /** The null of databases. */
    record Null() implements Variant {
        @Override
        public int vt() {
            return VarType.NULL.code();
        }
    }

    record I1(byte value) implements Variant {
        @Override
        public int vt() {
            return VarType.I1.code();
        }
    }

    /** @param value 0 to 255 */
    record UI1(int value) implements Variant {
        public UI1 {
            unsigned(value, 0xFF);
        }

        @Override
        public int vt() {
            return VarType.UI1.code();
        }
    }

    record I2(short value) implements Variant {
        @Override
        public int vt() {
            return VarType.I2.code();
        }
    }

    /** @param value 0 to 65,535 */
    record UI2(int value) implements Variant {
        public UI2 {
            unsigned(value, 0xFFFF);
        }

        @Override
        public int vt() {
            return VarType.UI2.code();
        }
    }

    record I4(int value) implements Variant {
        @Override
        public int vt() {
            return VarType.I4.code();
        }
    }

    /** @param value 0 to 4,294,967,295 */
    record UI4(long value) implements Variant {
        public UI4 {
            unsigned(value, 0xFFFF_FFFFL);
        }

        @Override
        public int vt() {
            return VarType.UI4.code();
        }
    }

    record I8(long value) implements Variant {
        @Override
        public int vt() {
            return VarType.I8.code();
        }
    }

    /** @param value unsigned, as {@link Long#toUnsignedString} takes it */
    record UI8(long value) implements Variant {
        @Override
        public int vt() {
            return VarType.UI8.code();
        }
    }

    /** The INT of Windows: as I4, under another type. */
    record Int(int value) implements Variant {
        @Override
        public int vt() {
            return VarType.INT.code();
        }
    }

    /** @param value 0 to 4,294,967,295 */
    record UInt(long value) implements Variant {
        public UInt {
            unsigned(value, 0xFFFF_FFFFL);
        }

        @Override
        public int vt() {
            return VarType.UINT.code();
        }
    }

    record R4(float value) implements Variant {
        @Override
        public int vt() {
            return VarType.R4.code();
        }
    }

    record R8(double value) implements Variant {
        @Override
        public int vt() {
            return VarType.R8.code();
        }
    }

    /** CURRENCY ([MS-OAUT] 2.2.24). */
    record Cy(long tenThousandths) implements Variant {
        private static final int SCALE = 4;

        /** @throws ArithmeticException more than four digits behind the point, or beyond 64 bits */
        public static Cy of(BigDecimal amount) {
            return new Cy(amount.setScale(SCALE).unscaledValue().longValueExact());
        }

        public BigDecimal amount() {
            return BigDecimal.valueOf(tenThousandths, SCALE);
        }

        @Override
        public int vt() {
            return VarType.CY.code();
        }
    }

    /**
     * DATE ([MS-OAUT] 2.2.25).
     *
     * @param days since 1899-12-30, of no time zone. The fraction is the time of day, counted forwards before that day too:
     *     -1.25 is six in the morning of 1899-12-29
     */
    record Date(double days) implements Variant {
        private static final LocalDateTime EPOCH = LocalDateTime.of(1899, 12, 30, 0, 0);
        private static final double DAYS_MIN = -657_434;
        private static final double DAYS_END = 2_958_466;
        private static final double MILLIS_PER_DAY = 86_400_000;

        /** @throws IllegalArgumentException the year is not 100 to 9999 */
        public static Date of(LocalDateTime time) {
            if (time.getYear() < 100 || time.getYear() > 9999) {
                throw new IllegalArgumentException(time + " is no DATE");
            }
            long day =
                    Duration.between(EPOCH, time.toLocalDate().atStartOfDay()).toDays();
            double part = time.toLocalTime().toNanoOfDay() / (MILLIS_PER_DAY * 1e6);
            return new Date(day < 0 ? day - part : day + part);
        }

        /** To the millisecond; empty: the number is none, or not of the years 100 to 9999. */
        public Optional<LocalDateTime> time() {
            double whole = days < 0 ? Math.ceil(days) : Math.floor(days);
            if (!(whole >= DAYS_MIN && whole < DAYS_END)) {
                return Optional.empty();
            }
            Duration ofDay = Duration.ofMillis(Math.round(Math.abs(days - whole) * MILLIS_PER_DAY));
            return Optional.of(EPOCH.plus(Duration.ofDays(Math.round(whole))).plus(ofDay));
        }

        @Override
        public int vt() {
            return VarType.DATE.code();
        }
    }

    /** A BSTR. */
    record Str(Bstr value) implements Variant {
        public static Str of(String text) {
            return new Str(Bstr.of(text));
        }

        @Override
        public int vt() {
            return VarType.BSTR.code();
        }
    }

    /** A VARIANT_BOOL: 0xFFFF is written for true, and anything but 0 read. */
    record Bool(boolean value) implements Variant {
        @Override
        public int vt() {
            return VarType.BOOL.code();
        }
    }

    /** VT_ERROR: a HRESULT as a value. */
    record Scode(int hresult) implements Variant {
        @Override
        public int vt() {
            return VarType.ERROR.code();
        }
    }

    record Dec(Decimal value) implements Variant {
        @Override
        public int vt() {
            return VarType.DECIMAL.code();
        }
    }

    /** @param pointer empty: NULL */
    record Unknown(Optional<InterfacePointer> pointer) implements Variant {
        @Override
        public int vt() {
            return VarType.UNKNOWN.code();
        }
    }

    /** @param pointer empty: NULL */
    record Dispatch(Optional<InterfacePointer> pointer) implements Variant {
        @Override
        public int vt() {
            return VarType.DISPATCH.code();
        }
    }

    record Array(SafeArray value) implements Variant {
        @Override
        public int vt() {
            return VarType.ARRAY_BIT | value.type().code();
        }
    }

    /** An array type whose pointer is NULL. */
    record NoArray(VarType elements) implements Variant {
        @Override
        public int vt() {
            return VarType.ARRAY_BIT | elements.code();
        }
    }

    /**
     * A value of a type that is not known here.
     *
     * @param discriminant 0 to 0xFFFFFFFF
     * @param octets after the discriminant; only to be sent to somebody who knows the type
     */
    record Raw(int vt, long discriminant, Bytes octets) implements Variant {}

    /** The slot in a structure or array, or a parameter. */
    static Late<Variant> slot(NdrReader in) throws MalformedException {
        return in.ref("VARIANT", VariantCodec::readBody);
    }

    /** A parameter outside any construct. */
    static Variant read(NdrReader in) throws MalformedException {
        return slot(in).get();
    }

    /** The slot in a structure or array, or a parameter. */
    default void write(NdrWriter out) {
        out.i32(USER).deferred(() -> VariantCodec.writeBody(out, this));
    }

    private static void unsigned(long value, long max) {
        if (value < 0 || value > max) {
            throw new IllegalArgumentException(value + " is not 0 to " + max);
        }
    }
}
