package org.tandemopc.it.history;

import java.util.Set;
import org.tandemopc.core.pair.LossCause;

/**
 * A fault that a test made.
 *
 * @param what for people
 * @param member whom it struck
 * @param fromMs when it began, in ms since the epoch
 * @param healedMs when the test ended it, 0: not at all
 * @param untilMs when its consequences were over: healed, and everything there again
 * @param noticedMs how long Tandem may take to notice it, on a machine as loaded as this one
 * @param mustLeave whether the pair must then leave the member, if it is the active one
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
        long healedMs,
        long untilMs,
        long noticedMs,
        boolean mustLeave,
        Set<LossCause> causes,
        boolean hidesTicks,
        Set<Long> shows,
        long skewMs,
        boolean borne) {
    /** A fault that values do not show and that requests may be lost by; of no member and no time. */
    public static Injected of(String what, Set<LossCause> causes) {
        return new Injected(what, -1, 0, 0, 0, 0, false, causes, false, Set.of(), 0, false);
    }

    /** The same of this member. */
    public Injected of(int struck, Set<LossCause> why) {
        return new Injected(
                what, struck, fromMs, healedMs, untilMs, noticedMs, mustLeave, why, hidesTicks, shows, skewMs, borne);
    }

    /** The same at this time. */
    public Injected at(long began, long healed, long over) {
        return new Injected(
                what, member, began, healed, over, noticedMs, mustLeave, causes, hidesTicks, shows, skewMs, borne);
    }

    /** The same, and noticed within so many ms. @param left whether the pair must leave for it */
    public Injected noticedIn(long ms, boolean left) {
        return new Injected(
                what, member, fromMs, healedMs, untilMs, ms, left, causes, hidesTicks, shows, skewMs, borne);
    }

    /** The same, and every request is answered. */
    public Injected whichIsBorne() {
        return new Injected(
                what, member, fromMs, healedMs, untilMs, noticedMs, mustLeave, causes, hidesTicks, shows, skewMs, true);
    }

    /** The same of a server that kept ticks back. */
    public Injected hidingTicks() {
        return new Injected(
                what, member, fromMs, healedMs, untilMs, noticedMs, mustLeave, causes, true, shows, skewMs, borne);
    }

    /** The same of a server that gave this status to values. */
    public Injected showing(long status) {
        return new Injected(
                what,
                member,
                fromMs,
                healedMs,
                untilMs,
                noticedMs,
                mustLeave,
                causes,
                hidesTicks,
                Set.of(status),
                skewMs,
                borne);
    }

    /** The same of a server whose clock was so far ahead. */
    public Injected skewedBy(long ms) {
        return new Injected(
                what, member, fromMs, healedMs, untilMs, noticedMs, mustLeave, causes, hidesTicks, shows, ms, borne);
    }

    boolean isAt(long fromMs, long untilMs) {
        return fromMs <= this.untilMs && untilMs >= this.fromMs;
    }
}
