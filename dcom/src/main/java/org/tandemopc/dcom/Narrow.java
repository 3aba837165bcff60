package org.tandemopc.dcom;

/** Numbers that must fit a field: the only place where a codec narrows. */
public final class Narrow {
    private Narrow() {}

    /** @throws IllegalArgumentException if the value is not 0 to 255 */
    public static byte u8(int value, String field) {
        return (byte) within(value, 0xFF, field);
    }

    /** @throws IllegalArgumentException if the value is not 0 to 65,535 */
    public static short u16(int value, String field) {
        return (short) within(value, 0xFFFF, field);
    }

    /** @throws IllegalArgumentException if the value is not 0 to 4,294,967,295 */
    public static int u32(long value, String field) {
        return (int) within(value, 0xFFFF_FFFFL, field);
    }

    private static long within(long value, long max, String field) {
        if (value < 0 || value > max) {
            throw new IllegalArgumentException("%s: %d is not 0 to %d".formatted(field, value, max));
        }
        return value;
    }
}
