package org.tandemopc.it.client;

import java.util.Objects;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;

/**
 * A value of a counter as the client got it.
 *
 * @param arrivalNanos on the client's monotonic clock
 * @param tick the value; meaningless when {@code !hasTick}
 * @param hasTick false for null, as with a bad status
 * @param sourceMs source time in ms since the epoch, -1 without one
 * @param status whole status code
 */
public record Sample(long arrivalNanos, long tick, boolean hasTick, long sourceMs, long status) {
    private static final long OVERFLOW = 0x480;
    private static final long SEVERITY_AND_CODE = 0xFFFF_0000L;

    static Sample of(DataValue value) {
        Object content = value.value().value();
        boolean hasTick = content instanceof Long;
        return new Sample(
                System.nanoTime(),
                hasTick ? (Long) Objects.requireNonNull(content) : 0,
                hasTick,
                value.sourceTime() == null
                        ? -1
                        : value.sourceTime().getJavaInstant().toEpochMilli(),
                value.statusCode().value());
    }

    /** Part 4, 7.39.1: info type DataValue and the Overflow bit. */
    public boolean isOverflow() {
        return (status & OVERFLOW) == OVERFLOW;
    }

    /** Good, with or without the Overflow bit. */
    public boolean isGood() {
        return (status & SEVERITY_AND_CODE) == 0;
    }

    /** The status without info bits. */
    public long statusWithoutInfo() {
        return status & SEVERITY_AND_CODE;
    }
}
