package org.tandemopc.core.pair;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.pair.MemberHealth.Link;
import org.tandemopc.core.pair.MemberHealth.Loss;
import org.tandemopc.core.pair.MemberHealth.SearchMark;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.core.record.RecordTexts;

/** Orders about links, and what they mean for the health of a member. */
final class Links {
    private Links() {}

    /** Brings the links to what {@link ConnectPolicy} wants; called once at the end of each turn. */
    static void maintain(Turn turn) {
        for (int i = 0; i < turn.state().members().size(); i++) {
            MemberHealth health = turn.member(i);
            if (health.isOpen() && health.doubt() != null && i != turn.state().kept()) {
                drop(turn, i, health.doubt());
            }
        }
        alignMode(turn);
        List<Integer> wanted = ConnectPolicy.wanted(turn.state());
        for (int i = 0; i < turn.state().members().size(); i++) {
            if (turn.member(i).link() != Link.CLOSED && !wanted.contains(i)) {
                disconnect(turn, i);
            }
        }
        turn.releaseDeferred();
        for (int i : wanted) {
            connect(turn, i);
        }
    }

    /**
     * After a change between warm and hot the standby is brought over anew, as after a reconnection, because what the
     * relay has of it was made for the other mode. The member that serves is the same in every mode. Not while requests
     * may be on their way to the member that is being left.
     */
    private static void alignMode(Turn turn) {
        if (!(turn.state().phase() instanceof PairState.Phase.Serving serving)) {
            return;
        }
        Mode mode = turn.state().mode();
        for (int i = 0; i < turn.state().members().size(); i++) {
            MemberHealth health = turn.member(i);
            if (!health.isAttached() || health.attachedIn() == mode) {
                continue;
            }
            if (i == serving.active()) {
                turn.update(i, h -> h.attached(mode));
            } else if (mode != Mode.COLD) {
                turn.releaseDeferred();
                turn.order(new PairEffect.Detach(i));
                turn.update(i, MemberHealth::detached);
            }
        }
    }

    private static void connect(Turn turn, int member) {
        MemberHealth health = turn.member(member);
        if (health.isOpen() && !turn.state().isCold()) {
            attach(turn, member);
        }
        if (health.link() != Link.CLOSED || turn.state().timers().isPending(Timer.Kind.RECONNECT, member)) {
            return;
        }
        long delayNanos = ConnectPolicy.delayNanos(turn.state(), member, turn.now());
        if (delayNanos == 0) {
            open(turn, member);
        } else {
            turn.startTimer(Timer.Kind.RECONNECT, member, turn.now() + delayNanos);
        }
    }

    /** Starts an attempt now, whatever was planned. */
    static void open(Turn turn, int member) {
        turn.cancelTimer(Timer.Kind.RECONNECT, member);
        turn.update(member, h -> h.opening(turn.now()));
        turn.watch(w -> w.triedCold(member));
        turn.order(new PairEffect.OpenLink(member));
        if (isForesaid(turn.state())) {
            attach(turn, member);
        }
    }

    /**
     * Cold, with clients that were served a moment ago and wait: who is asked now will most likely serve them next, so the
     * relay makes its links while the control link is made, and not after it. Not for a pair that has no member: its
     * members are tried again and again, and hundreds of sessions need not come along each time (S16).
     */
    private static boolean isForesaid(PairState state) {
        return state.isCold() && state.phase() instanceof PairState.Phase.Switching;
    }

    /** The next attempt is made as if there had been none; one that is planned for later is made now, if it is wanted. */
    static void forgetAttempts(Turn turn, int member) {
        turn.cancelTimer(Timer.Kind.RECONNECT, member);
        turn.update(member, MemberHealth::withAttemptsForgotten);
    }

    /** Of the pair: cold mode counts them for all members together. */
    static void forgetColdAttempts(Turn turn) {
        boolean isAnyAsked = turn.state().members().stream().anyMatch(h -> h.link() != Link.CLOSED);
        turn.watch(w -> w.coldFrom(w.coldLast(), isAnyAsked ? 1 : 0));
    }

    /** A planned attempt is due: it is made if it is still wanted. */
    static void reconnect(Turn turn, int member) {
        boolean isWanted = ConnectPolicy.wanted(turn.state()).contains(member);
        if (isWanted && turn.member(member).link() == Link.CLOSED) {
            open(turn, member);
        }
    }

    static void attach(Turn turn, int member) {
        if (!turn.member(member).isAttached()) {
            turn.update(member, h -> h.attached(turn.state().mode()));
            turn.order(new PairEffect.Attach(member));
        }
    }

    /** An attempt failed: what the relay has begun at the member in the meantime ends with it. */
    static void failed(Turn turn, int member, @Nullable Loss why, SearchMark mark) {
        if (turn.member(member).isAttached()) {
            turn.order(new PairEffect.Detach(member));
        }
        turn.update(member, h -> h.closed(why, mark, turn.now()));
    }

    /** The link is gone, or as good as gone; {@code mustClose} if our end of it still stands. */
    static void lost(Turn turn, int member, Loss why, boolean mustClose) {
        detach(turn, member);
        if (mustClose) {
            turn.orderAfterHold(new PairEffect.CloseLink(member));
        }
        turn.update(member, h -> h.closed(why, SearchMark.FAILED, turn.now()));
    }

    /** Leaves a member that is in doubt; it is connected anew. */
    static void drop(Turn turn, int member, Loss doubt) {
        if (doubt.cause() != LossCause.SHUTDOWN_ANNOUNCED) {
            recordDisconnected(turn, member);
        }
        SearchMark mark = turn.member(member).mark();
        detach(turn, member);
        turn.orderAfterHold(new PairEffect.CloseLink(member));
        turn.update(member, h -> h.closed(doubt, mark, turn.now()));
        turn.update(member, h -> h.judged(VerdictMachine.judge(h), turn.now()));
    }

    /** Closes a link that is not wanted any more; not a failure of the member. */
    static void disconnect(Turn turn, int member) {
        if (turn.member(member).isOpen()) {
            recordDisconnected(turn, member);
        }
        SearchMark mark = turn.member(member).mark();
        detach(turn, member);
        turn.orderAfterHold(new PairEffect.CloseLink(member));
        turn.update(member, h -> h.closed(null, mark, turn.now()));
        turn.update(member, h -> h.judged(VerdictMachine.judge(h), turn.now()));
    }

    private static void detach(Turn turn, int member) {
        if (turn.member(member).isAttached()) {
            turn.orderAfterHold(new PairEffect.Detach(member));
        }
    }

    static void recordDisconnected(Turn turn, int member) {
        turn.record(
                RecordKind.DISCONNECTED,
                RecordTexts.disconnected(turn.server(), member, turn.machine(member)),
                "member",
                member);
    }
}
