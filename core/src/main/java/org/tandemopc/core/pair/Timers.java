package org.tandemopc.core.pair;

import java.util.ArrayList;
import java.util.List;

/**
 * The timers that the machine waits for: at most one per kind and member. A timer that fires and is not in here is
 * stale.
 *
 * @param lastSequence grows with each timer ever started
 */
public record Timers(long lastSequence, List<Pending> pending) {
    static final Timers NONE = new Timers(0, List.of());

    /** A timer and when it is due. */
    public record Pending(Timer timer, long atNanos) {}

    public Timers {
        pending = List.copyOf(pending);
    }

    boolean contains(Timer timer) {
        return pending.stream().anyMatch(p -> p.timer().equals(timer));
    }

    boolean isPending(Timer.Kind kind, int member) {
        return pending.stream().anyMatch(p -> isOf(p, kind, member));
    }

    /** When the timer of this kind is due, or {@link Long#MAX_VALUE}. */
    long dueNanos(Timer.Kind kind, int member) {
        return pending.stream()
                .filter(p -> isOf(p, kind, member))
                .mapToLong(Pending::atNanos)
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }

    /** With a new timer of this kind and member, which replaces an earlier one; it is the last of the list. */
    Timers started(Timer.Kind kind, long epoch, int member, long atNanos) {
        List<Pending> list = new ArrayList<>(without(kind, member).pending());
        list.add(new Pending(new Timer(kind, epoch, member, lastSequence + 1), atNanos));
        return new Timers(lastSequence + 1, list);
    }

    Timers without(Timer.Kind kind, int member) {
        return new Timers(
                lastSequence,
                pending.stream().filter(p -> !isOf(p, kind, member)).toList());
    }

    Timers without(Timer.Kind kind) {
        return new Timers(
                lastSequence,
                pending.stream().filter(p -> p.timer().kind() != kind).toList());
    }

    Timers cleared() {
        return new Timers(lastSequence, List.of());
    }

    private static boolean isOf(Pending pending, Timer.Kind kind, int member) {
        return pending.timer().kind() == kind && pending.timer().member() == member;
    }
}
