package org.tandemopc.it.history;

import java.util.Set;
import org.tandemopc.core.pair.LossCause;

/**
 * A fault that a test made.
 *
 * @param what for people
 * @param member whom it struck
 * @param fromMs when it began, in ms since the epoch
 * @param untilMs when its consequences were over: healed, and everything there again
 * @param causes why the pair may have left the member; empty: it must not have
 * @param hidesTicks whether the server itself kept ticks back, which nobody can mark
 * @param shows statuses that the server itself gave to values
 * @param skewMs by how much the server's clock was ahead, 0: not at all
 * @param borne whether every request is answered all the same
 */
public record Injected(
        String what,
        int member,
        long fromMs,
        long untilMs,
        Set<LossCause> causes,
        boolean hidesTicks,
        Set<Long> shows,
        long skewMs,
        boolean borne) {
    /** One that requests may be lost by. */
    public Injected(
            String what,
            int member,
            long fromMs,
            long untilMs,
            Set<LossCause> causes,
            boolean hidesTicks,
            Set<Long> shows,
            long skewMs) {
        this(what, member, fromMs, untilMs, causes, hidesTicks, shows, skewMs, false);
    }

    /** A fault that values do not show. */
    public static Injected of(String what, int member, long fromMs, long untilMs, Set<LossCause> causes) {
        return new Injected(what, member, fromMs, untilMs, causes, false, Set.of(), 0);
    }

    /** The same of this member and time. */
    public Injected of(int member, long fromMs, long untilMs, Set<LossCause> causes) {
        return new Injected(what, member, fromMs, untilMs, causes, hidesTicks, shows, skewMs, borne);
    }

    /** The same, and every request is answered. */
    public Injected whichIsBorne() {
        return new Injected(what, member, fromMs, untilMs, causes, hidesTicks, shows, skewMs, true);
    }

    boolean isAt(long fromMs, long untilMs) {
        return fromMs <= this.untilMs && untilMs >= this.fromMs;
    }
}
