package org.tandemopc.core.monitor;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/** Values of monitor items as people write them, and what they mean in a type (MON-7, MON-10). Pure. */
public final class MonitorValues {
    private MonitorValues() {}

    /** Why the text is no value of the type; empty if it is one. The default type takes any text. */
    public static Optional<String> whyNot(MonitorType type, String text) {
        try {
            parse(type, text);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /**
     * @return a Boolean, BigInteger (whole numbers), Float, Double, String or Instant; of the default type the text itself
     * @throws IllegalArgumentException with half a sentence for people
     */
    public static Object parse(MonitorType type, String text) {
        return switch (type) {
            case DEFAULT, STRING -> text;
            case BOOLEAN -> bool(text);
            case SBYTE -> whole(text, -0x80, 0x7F);
            case BYTE -> whole(text, 0, 0xFF);
            case INT16 -> whole(text, Short.MIN_VALUE, Short.MAX_VALUE);
            case UINT16 -> whole(text, 0, 0xFFFF);
            case INT32 -> whole(text, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case UINT32 -> whole(text, 0, 0xFFFF_FFFFL);
            case INT64 -> whole(text, Long.MIN_VALUE, Long.MAX_VALUE);
            case UINT64 -> whole(text, BigInteger.ZERO, BigInteger.TWO.pow(64).subtract(BigInteger.ONE));
            case FLOAT -> (float) real(text);
            case DOUBLE -> real(text);
            case DATE -> date(text);
        };
    }

    private static Boolean bool(String text) {
        return switch (text) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw new IllegalArgumentException("neither true nor false");
        };
    }

    private static BigInteger whole(String text, long least, long most) {
        return whole(text, BigInteger.valueOf(least), BigInteger.valueOf(most));
    }

    private static BigInteger whole(String text, BigInteger least, BigInteger most) {
        if (!text.matches("[+-]?[0-9]{1,30}")) {
            throw new IllegalArgumentException("not a whole number");
        }
        BigInteger value = new BigInteger(text);
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException("not from " + least + " to " + most);
        }
        return value;
    }

    private static double real(String text) {
        if (text.length() > 100) {
            throw new IllegalArgumentException("too long for a number");
        }
        try {
            return new BigDecimal(text).doubleValue();
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a number", e);
        }
    }

    private static Instant date(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("not a time such as 2026-01-31T12:00:00Z", e);
        }
    }
}
