package org.tandemopc.core.monitor;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/** Values of monitor items as people write them, and what they mean in a type (MON-7, MON-10). Pure. */
public final class MonitorValues {
    private static final BigDecimal HALF = new BigDecimal("0.5");

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

    /**
     * Whether a value that a server reported is the configured one (MON-10), compared as a value of the type; of the
     * default type as one of its own. A value that is none of the type is not the same.
     *
     * @param text as configured
     * @param value as in {@link MonitorValue#value}
     */
    public static boolean isSame(MonitorType type, String text, Object value) {
        try {
            return type == MonitorType.DEFAULT ? isSame(text, value) : isEqual(parse(type, text), convert(type, value));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isSame(String text, Object value) {
        return switch (value) {
            case Boolean b -> b.equals(bool(text));
            case BigInteger whole -> number(text).compareTo(new BigDecimal(whole)) == 0;
            case Float real -> isEqual((float) real(text), real);
            case Double real -> isEqual(real(text), real);
            case Instant time -> time.equals(date(text));
            default -> text.equals(value.toString());
        };
    }

    /** Real numbers by value: no NaN is the same as another, and both zeros are one. */
    private static boolean isEqual(Object wanted, Object found) {
        if (wanted instanceof Float a && found instanceof Float b) {
            return a.floatValue() == b.floatValue();
        }
        if (wanted instanceof Double a && found instanceof Double b) {
            return a.doubleValue() == b.doubleValue();
        }
        return wanted.equals(found);
    }

    /**
     * OPC UA Part 4, 7.7.3 (explicit conversion): a real number becomes the nearest whole one, a text what it says.
     *
     * @throws IllegalArgumentException the value is none of the type
     */
    private static Object convert(MonitorType type, Object value) {
        return switch (value) {
            case String text -> parse(type, text);
            case Boolean b when type == MonitorType.BOOLEAN -> b;
            case Boolean b when type == MonitorType.STRING -> b.toString();
            case Boolean b -> parse(type, b ? "1" : "0");
            case Instant time when type == MonitorType.DATE -> time;
            case Instant time when type == MonitorType.STRING -> time.toString();
            case BigInteger whole -> convert(type, new BigDecimal(whole));
            case Float real -> type == MonitorType.STRING ? real.toString() : convert(type, finite(real));
            case Double real -> type == MonitorType.STRING ? real.toString() : convert(type, finite(real));
            case BigDecimal number -> convert(type, number);
            default -> throw new IllegalArgumentException("no value of type " + type.label());
        };
    }

    private static Object convert(MonitorType type, BigDecimal number) {
        return switch (type) {
            case BOOLEAN -> number.signum() != 0;
            case FLOAT -> number.floatValue();
            case DOUBLE -> number.doubleValue();
            case DATE -> throw new IllegalArgumentException("a number is no time");
            case DEFAULT, STRING, SBYTE, BYTE, INT16, UINT16, INT32, UINT32, INT64, UINT64 ->
                parse(type, nearest(number).toString());
        };
    }

    private static BigInteger nearest(BigDecimal number) {
        return number.add(HALF).setScale(0, RoundingMode.FLOOR).toBigInteger();
    }

    /** A Float as the double of the same decimal digits, so that 0.1f is 0.1. */
    private static BigDecimal finite(Number real) {
        if (!Double.isFinite(real.doubleValue())) {
            throw new IllegalArgumentException("no finite number");
        }
        return new BigDecimal(real.toString());
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
        return number(text).doubleValue();
    }

    private static BigDecimal number(String text) {
        if (text.length() > 100) {
            throw new IllegalArgumentException("too long for a number");
        }
        try {
            return new BigDecimal(text);
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
