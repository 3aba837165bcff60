package org.tandemopc.dcom.ndr;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.tandemopc.dcom.MalformedException;

/**
 * DECIMAL ([MS-OAUT] 2.2.26): 96 bits over a power of ten. On the wire 16 octets, aligned to 8:
 * <pre>
 * 0  2  wReserved, says nothing (Windows leaves the VARIANT's vt there)
 * 2  1  scale, 0 to 28
 * 3  1  sign, 0 or 0x80
 * 4  4  Hi32
 * 8  8  Lo64
 * </pre>
 *
 * @param scale digits behind the point, 0 to 28
 * @param high the highest 32 of the 96 bits, 0 to 0xFFFFFFFF
 * @param low the lowest 64, unsigned
 */
public record Decimal(boolean negative, int scale, long high, long low) {
    public static final int SCALE_MAX = 28;

    private static final int BITS = 96;
    private static final int NEGATIVE = 0x80;

    public Decimal {
        if (scale < 0 || scale > SCALE_MAX) {
            throw new IllegalArgumentException("scale " + scale + " is not 0 to " + SCALE_MAX);
        }
        if (high < 0 || high > 0xFFFF_FFFFL) {
            throw new IllegalArgumentException("high " + high + " is not 32 bits");
        }
    }

    /** @throws IllegalArgumentException the value has more than 96 bits or 28 digits behind the point */
    public static Decimal of(BigDecimal value) {
        BigDecimal whole = value.scale() < 0 ? value.setScale(0) : value;
        BigInteger digits = whole.unscaledValue().abs();
        if (digits.bitLength() > BITS) {
            throw new IllegalArgumentException(value + " has more than " + BITS + " bits");
        }
        return new Decimal(
                whole.signum() < 0, whole.scale(), digits.shiftRight(Long.SIZE).longValueExact(), digits.longValue());
    }

    public BigDecimal value() {
        BigInteger digits =
                BigInteger.valueOf(high).shiftLeft(Long.SIZE).or(new BigInteger(Long.toUnsignedString(low)));
        return new BigDecimal(negative ? digits.negate() : digits, scale);
    }

    static Decimal read(NdrReader in) throws MalformedException {
        in.align(Long.BYTES).skip(Short.BYTES, "wReserved");
        int at = in.offset();
        int scale = in.u8("scale");
        if (scale > SCALE_MAX) {
            throw in.malformed("scale", at, "is " + scale + ", more than " + SCALE_MAX);
        }
        int sign = in.u8("sign");
        if (sign != 0 && sign != NEGATIVE) {
            throw in.malformed("sign", at + 1, "is " + sign + ", neither 0 nor " + NEGATIVE);
        }
        return new Decimal(sign == NEGATIVE, scale, in.u32("Hi32"), in.i64("Lo64"));
    }

    void write(NdrWriter out) {
        out.align(Long.BYTES)
                .u16(0, "wReserved")
                .u8(scale, "scale")
                .u8(negative ? NEGATIVE : 0, "sign")
                .u32(high, "Hi32")
                .i64(low);
    }

    @Override
    public String toString() {
        return value().toPlainString();
    }
}
