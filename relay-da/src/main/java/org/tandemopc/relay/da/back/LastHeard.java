package org.tandemopc.relay.da.back;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** When anything at all came from a member last, over whichever connection of the pair. Any thread. */
public final class LastHeard {
    private static final long NEVER = Long.MIN_VALUE;

    private final LongSupplier nanos;
    private final AtomicLong last = new AtomicLong(NEVER);

    /** @param nanos monotonic clock */
    public LastHeard(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Something has come. */
    public void heard() {
        long now = nanos.getAsLong();
        // NEVER is a moment too, though a rare one
        last.set(now == NEVER ? now + 1 : now);
    }

    /** For how long nothing has come; {@link Long#MAX_VALUE} if nothing ever has. */
    public long silentNanos() {
        long then = last.get();
        return then == NEVER ? Long.MAX_VALUE : Math.max(0, nanos.getAsLong() - then);
    }
}
