package org.tandemopc.core.monitor;

import org.jspecify.annotations.Nullable;

/**
 * What a server reported of a monitor item, in no protocol's own types.
 *
 * @param isArray the value is an array, which is not looked into (MON-12)
 * @param value a Boolean, BigInteger (whole numbers), Float, Double, String (also for types that have no other form here)
 *     or Instant; null when there is none, or one of a type that cannot be compared
 */
public record MonitorValue(
        Quality quality, boolean isArray, @Nullable Object value) {
    /** The most characters of a text that are kept; no value that people write is longer. */
    static final int TEXT_MAX = 8_192;

    /** As OPC has it: severity of a StatusCode, or the quality bits of DA. */
    public enum Quality {
        GOOD,
        UNCERTAIN,
        BAD
    }

    public MonitorValue {
        if (value instanceof String text && text.length() > TEXT_MAX) {
            value = text.substring(0, TEXT_MAX) + "…";
        }
    }

    public static MonitorValue of(Quality quality, @Nullable Object value) {
        return new MonitorValue(quality, false, value);
    }

    public static MonitorValue array(Quality quality) {
        return new MonitorValue(quality, true, null);
    }
}
