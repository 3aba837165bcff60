package org.tandemopc.relay.ua.back;

import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;

/**
 * What a member says that it made of a rate that was asked for (OPC UA Part 4, 5.13.2, 5.14.2), within bounds. Timers run
 * by these numbers and clients are told them, and a Double on the wire may be anything: not a number, infinite, negative.
 * Every revised rate goes through here. Pure; any thread.
 */
public final class Revised {
    /** The shortest publishing interval that is believed, in milliseconds. */
    public static final double PUBLISHING_MS_MIN = 1;

    /** The longest publishing interval, and the longest time between two signs of life, that is believed. */
    public static final double PUBLISHING_MS_MAX = 3_600_000;

    private Revised() {}

    /**
     * A publishing interval in milliseconds: the nearest within bounds.
     *
     * @param askedMs taken where the answer is no interval at all; must be one
     */
    public static double publishingMs(double revisedMs, double askedMs) {
        boolean isInterval = Double.isFinite(revisedMs) && revisedMs > 0;
        return Math.clamp(isInterval ? revisedMs : askedMs, PUBLISHING_MS_MIN, PUBLISHING_MS_MAX);
    }

    /**
     * A sampling interval in milliseconds; 0 tells that the member decides by itself when to sample (Part 4, 7.21).
     *
     * @param askedMs taken where the answer is no interval at all
     */
    public static double samplingMs(double revisedMs, double askedMs) {
        return Double.isFinite(revisedMs) && revisedMs >= 0 ? revisedMs : askedMs;
    }

    /**
     * After how many milliseconds a subscription says at least that there is nothing new.
     *
     * @param publishingMs as {@link #publishingMs} gives it
     */
    public static double keepAliveMs(double publishingMs, UInteger maxKeepAliveCount) {
        return Math.min(publishingMs * Math.max(1, maxKeepAliveCount.longValue()), PUBLISHING_MS_MAX);
    }
}
