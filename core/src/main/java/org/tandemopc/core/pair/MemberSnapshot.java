package org.tandemopc.core.pair;

import java.util.ArrayList;
import java.util.List;
import org.tandemopc.core.record.RecordTexts;

/**
 * A member at one moment, for people. A pure view of a {@link PairState}; any thread.
 *
 * @param role primary or secondary
 * @param machine host or URL as configured
 * @param isActive it serves the clients, or served them until the switch that is under way
 * @param link of the control link
 * @param serverState as the server calls it; UNKNOWN while not connected
 * @param serviceLevel 0 to 255; 0 while not connected
 * @param grade Tandem's verdict
 * @param evidence for the verdict
 * @param isSynchronized the relay could switch to it without a gap
 * @param attempts to connect since it last was connected for ten seconds
 * @param nextAttemptMs until the next attempt to connect; -1 if none is planned
 * @param penalty for failures, decayed (S15)
 * @param dampedMs how long automatic returns to it are delayed at least; 0 = not delayed
 */
public record MemberSnapshot(
        String role,
        String machine,
        boolean isActive,
        MemberHealth.Link link,
        ServerCondition.State serverState,
        int serviceLevel,
        Verdict.Grade grade,
        String evidence,
        boolean isSynchronized,
        int attempts,
        long nextAttemptMs,
        long penalty,
        long dampedMs) {

    /** All members of a pair in their order. */
    public static List<MemberSnapshot> all(PairState state, long nowNanos) {
        List<MemberSnapshot> members = new ArrayList<>();
        for (int i = 0; i < state.members().size(); i++) {
            members.add(of(state, i, nowNanos));
        }
        return List.copyOf(members);
    }

    private static MemberSnapshot of(PairState state, int member, long nowNanos) {
        MemberHealth health = state.member(member);
        ServerCondition condition = health.condition();
        long dueNanos = state.timers().dueNanos(Timer.Kind.RECONNECT, member);
        Damping damping = health.damping();
        boolean isDamped = DampingPolicy.isSuppressed(damping, nowNanos);
        return new MemberSnapshot(
                RecordTexts.role(member),
                state.settings().members().get(member).machine(),
                state.active() == member,
                health.link(),
                condition == null ? ServerCondition.State.UNKNOWN : condition.state(),
                condition == null ? 0 : condition.serviceLevel(),
                health.verdict().grade(),
                health.verdict().evidence(),
                health.isUpToDate(),
                health.attempts(),
                dueNanos == Long.MAX_VALUE ? -1 : millisUntil(dueNanos, nowNanos),
                DampingPolicy.pointsAt(damping, nowNanos),
                isDamped
                        ? millisUntil(DampingPolicy.reuseNanos(DampingPolicy.thawed(damping, nowNanos)), nowNanos)
                        : 0);
    }

    private static long millisUntil(long dueNanos, long nowNanos) {
        return Math.max(0, dueNanos - nowNanos) / 1_000_000L;
    }
}
