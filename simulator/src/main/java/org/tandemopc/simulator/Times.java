package org.tandemopc.simulator;

import java.time.Instant;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;

/** Exact times. */
final class Times {
    /** Source time of values that nobody has written: the same on all instances. */
    static final DateTime FIXED = new DateTime(Instant.parse("2026-01-01T00:00:00Z"));

    private Times() {}

    /** What a clock shows that is so far ahead. */
    static DateTime nowWith(long skewMs) {
        return new DateTime(Instant.now().plusMillis(skewMs));
    }

    static DateTime ofEpochMs(long epochMs) {
        return new DateTime(Instant.ofEpochMilli(epochMs));
    }
}
