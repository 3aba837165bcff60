package org.tandemopc.core.pair;

import org.tandemopc.core.pair.PairState.Order;
import org.tandemopc.core.pair.PairState.Phase;
import org.tandemopc.core.pair.PairState.Pin;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.core.record.RecordTexts;

/** What people order. An order that cannot be carried out is refused with a record that says why, never dropped. */
final class Orders {
    /** How long an ordered switch waits for its target to be ready before it goes without a seamless hand-over. */
    static final long WAIT_MAX_NANOS = 10_000_000_000L;

    private Orders() {}

    static boolean switchRequested(Turn turn, PairEvent.SwitchRequested event) {
        String reason = whyNotSwitch(turn.state(), event.target());
        if (!reason.isEmpty()) {
            refuse(turn, "Switch", event.by(), reason);
            return true;
        }
        accept(turn, event.target(), event.by());
        return true;
    }

    /** A pin elsewhere than on the active member is an order to go there as well. */
    static boolean pinRequested(Turn turn, PairEvent.PinRequested event) {
        String reason = whyNotPin(turn.state(), event.target());
        if (!reason.isEmpty()) {
            refuse(turn, "Pin", event.by(), reason);
            return true;
        }
        turn.wishes(w -> w.withPin(new Pin(event.target(), event.by())).withOrder(null));
        turn.record(
                RecordKind.PINNED,
                RecordTexts.pinned(turn.server(), event.target(), turn.machine(event.target()), event.by()),
                "member",
                event.target(),
                "by",
                event.by());
        if (!(turn.state().phase() instanceof Phase.Serving)) {
            Links.forgetAttempts(turn, event.target());
            Links.forgetColdAttempts(turn);
        }
        boolean isPassThrough = turn.state().isPassThrough();
        if (!isPassThrough && turn.state().phase() instanceof Phase.Serving p && p.active() != event.target()) {
            accept(turn, event.target(), event.by());
        }
        return true;
    }

    static boolean pinReleased(Turn turn, PairEvent.PinReleased event) {
        if (turn.state().wishes().pin() == null) {
            return false;
        }
        turn.wishes(w -> w.withPin(null));
        turn.record(RecordKind.PINNED, RecordTexts.pinReleased(turn.server(), event.by()), "by", event.by());
        return true;
    }

    /** Who has mended a machine does not wait for the end of a pause that its failures have made long. */
    static boolean dampingReset(Turn turn, PairEvent.DampingReset event) {
        turn.updateAll(h -> h.damped(Damping.NONE));
        for (int i = 0; i < turn.state().members().size(); i++) {
            Links.forgetAttempts(turn, i);
        }
        Links.forgetColdAttempts(turn);
        turn.record(RecordKind.NOTE, RecordTexts.dampingReset(turn.server(), event.by()), "by", event.by());
        return true;
    }

    /** An order whose target failed while it waited cannot be kept. */
    static void review(Turn turn) {
        Order order = turn.state().wishes().order();
        if (order == null
                || turn.state().isCold()
                || turn.state().verdict(order.target()).isUsable()) {
            return;
        }
        turn.wishes(w -> w.withOrder(null));
        turn.cancelTimer(Timer.Kind.ORDER_DEADLINE, Route.NONE);
        refuse(turn, "Switch", order.by(), whyUnusable(turn.state(), order.target()));
    }

    private static void accept(Turn turn, int target, String by) {
        long deadlineNanos = turn.now() + WAIT_MAX_NANOS;
        turn.wishes(w -> w.withOrder(new Order(target, by, deadlineNanos)));
        turn.startTimer(Timer.Kind.ORDER_DEADLINE, Route.NONE, deadlineNanos);
    }

    private static String whyNotSwitch(PairState state, int target) {
        Pin pin = state.wishes().pin();
        if (target < 0 || target >= state.members().size()) {
            return "there is no such machine";
        }
        if (state.isPassThrough()) {
            return "redundancy is disabled";
        }
        if (!(state.phase() instanceof Phase.Serving p)) {
            return whyNotNow(state);
        }
        if (target == p.active()) {
            return "it is the active machine already";
        }
        if (pin != null && pin.member() != target) {
            return "the pair is pinned to %s machine '%s'"
                    .formatted(
                            RecordTexts.role(pin.member()),
                            state.settings().members().get(pin.member()).machine());
        }
        return state.isCold() ? "" : whyUnusable(state, target);
    }

    /** While a member serves, a pin must not leave the clients without one. */
    private static String whyNotPin(PairState state, int target) {
        if (target < 0 || target >= state.members().size()) {
            return "there is no such machine";
        }
        if (state.isPassThrough() || !(state.phase() instanceof Phase.Serving p) || target == p.active()) {
            return "";
        }
        return state.isCold()
                ? "in cold mode only the active machine can be pinned; switch first"
                : whyUnusable(state, target);
    }

    private static String whyUnusable(PairState state, int target) {
        Verdict verdict = state.verdict(target);
        return verdict.isUsable() ? "" : "the machine cannot be used (%s)".formatted(verdict.evidence());
    }

    private static String whyNotNow(PairState state) {
        return switch (state.phase()) {
            case Phase.Disabled _ -> "the pair is disabled";
            case Phase.Starting _ -> "the pair is starting";
            case Phase.Serving _ -> "";
            case Phase.Switching _ -> "a switch is under way";
            case Phase.Stranded _ -> "no machine can be used";
        };
    }

    private static void refuse(Turn turn, String order, String by, String why) {
        turn.record(
                RecordKind.NOTE,
                RecordTexts.refused(turn.server(), order, by, why),
                "order",
                order,
                "by",
                by,
                "reason",
                why);
    }
}
