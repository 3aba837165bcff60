package org.tandemopc.relay.ua;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A part of an array of one dimension, as a NumericRange names it (Part 4, 7.27). Pure.
 *
 * @param first index of the first element, from 0
 * @param last index of the last one, which the array need not have
 */
record ArrayPart(long first, long last) {
    /** No longer than the numbers of a UInt32. */
    private static final Pattern RANGE = Pattern.compile("([0-9]{1,10})(?::([0-9]{1,10}))?");

    /** Null for what is no range of one dimension. */
    static @Nullable ArrayPart parse(String range) {
        Matcher matcher = RANGE.matcher(range);
        if (!matcher.matches()) {
            return null;
        }
        long first = Long.parseLong(matcher.group(1));
        String to = matcher.group(2);
        if (to == null) {
            return new ArrayPart(first, first);
        }
        long last = Long.parseLong(to);
        return first < last ? new ArrayPart(first, last) : null;
    }

    /** The elements, as many as there are; null if there is none. */
    String @Nullable [] of(String[] array) {
        return first >= array.length
                ? null
                : Arrays.copyOfRange(array, (int) first, (int) Math.min(array.length, last + 1));
    }
}
