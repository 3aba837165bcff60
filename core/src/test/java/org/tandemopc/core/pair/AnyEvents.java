package org.tandemopc.core.pair;

import java.util.List;
import java.util.SplittableRandom;

/** Events in any order, with sense or without, from one seed. */
final class AnyEvents {
    static final List<Mode> MODES = List.of(Mode.COLD, Mode.WARM, Mode.HOT);
    private static final int KINDS = 26;
    private static final int KINDS_WITHOUT_PEOPLE = 18;

    private final SplittableRandom random;
    private int kinds = KINDS;

    AnyEvents(SplittableRandom random) {
        this.random = random;
    }

    /** From now on nobody orders anything. */
    void withoutPeople() {
        kinds = KINDS_WITHOUT_PEOPLE;
    }

    PairEvent next(Pair pair) {
        long now = pair.now();
        int member = random.nextInt(2);
        return switch (random.nextInt(kinds)) {
            case 0, 1, 2 -> answer(now, member);
            case 3 -> new PairEvent.LinkLost(now, member, LossCause.CONNECTION_CLOSED, 0, "reset");
            case 4 ->
                new PairEvent.ProbeTimedOut(
                        now, member, random.nextBoolean() ? Long.MAX_VALUE : random.nextLong(2_000_000_000L));
            case 5, 6 -> new PairEvent.ConditionReported(now, member, condition());
            case 7 -> new PairEvent.ShutdownAnnounced(now, member, "soon");
            case 8 -> new PairEvent.FirstNotificationMissing(now, member, "subscription 1");
            case 9 -> new PairEvent.MemberSynchronized(now, member);
            case 10 ->
                new PairEvent.MemberLags(now, member, !pair.member(member).lags());
            case 11 -> new PairEvent.MonitorTestChanged(now, member, random.nextBoolean(), "1 of 2");
            case 12, 13, 14 -> new PairEvent.RelayRehomed(now, epoch(pair), RehomeReport.EMPTY);
            case 15 -> new PairEvent.RelayFailed(now, epoch(pair), "no session");
            case 16 -> new PairEvent.OwnPauseNoticed(now, random.nextLong(60_000_000_000L));
            case 17 -> timer(pair);
            case 18 -> new PairEvent.SwitchRequested(now, "operator", random.nextInt(3));
            case 19 -> new PairEvent.PinRequested(now, "operator", random.nextInt(3));
            case 20 -> new PairEvent.PinReleased(now, "operator");
            case 21 -> new PairEvent.DampingReset(now, "operator");
            case 22 -> new PairEvent.SettingsChanged(now, settings());
            case 23 -> new PairEvent.DisableRequested(now, "operator");
            case 24 -> new PairEvent.PassThroughRequested(now, "operator");
            default -> new PairEvent.EnableRequested(now, "operator");
        };
    }

    /** What a world in which everything works would answer; an event in any order if nothing is being waited for. */
    PairEvent nextKind(Pair pair) {
        long now = pair.now();
        for (int i = 0; i < 2; i++) {
            MemberHealth member = pair.member(i);
            if (member.link() == MemberHealth.Link.OPENING) {
                return new PairEvent.LinkOpened(now, i, Pair.running(255));
            }
            if (member.isOpen() && !member.isSynchronized()) {
                return new PairEvent.MemberSynchronized(now, i);
            }
            if (member.lags()) {
                return new PairEvent.MemberLags(now, i, false);
            }
        }
        return pair.phase() instanceof PairState.Phase.Switching
                ? new PairEvent.RelayRehomed(now, pair.state().epoch(), RehomeReport.EMPTY)
                : next(pair);
    }

    private PairEvent answer(long now, int member) {
        if (random.nextBoolean()) {
            return new PairEvent.LinkOpened(now, member, condition());
        }
        LossCause cause = random.nextBoolean() ? LossCause.CONNECT_FAILED : LossCause.NO_ANSWER;
        return new PairEvent.LinkFailed(now, member, cause, 0x80AC0000L, "refused");
    }

    private ServerCondition condition() {
        ServerCondition.State[] states = ServerCondition.State.values();
        int[] levels = {0, 1, 50, 199, 200, 255, 255, 255};
        ServerCondition.State state =
                random.nextInt(4) == 0 ? states[random.nextInt(states.length)] : ServerCondition.State.RUNNING;
        return Pair.in(state, levels[random.nextInt(levels.length)]);
    }

    private long epoch(Pair pair) {
        return random.nextInt(3) == 0
                ? random.nextLong(pair.state().epoch() + 2)
                : pair.state().epoch();
    }

    private PairSettings settings() {
        Mode mode = MODES.get(random.nextInt(MODES.size()));
        return random.nextBoolean() ? Pair.settings(mode) : Pair.withoutFailback(mode);
    }

    private PairEvent timer(Pair pair) {
        List<Timers.Pending> pending = pair.state().timers().pending();
        Timer stale = new Timer(Timer.Kind.SWITCH_DEADLINE, 1, Route.NONE, 1);
        Timer timer = pending.isEmpty()
                ? stale
                : pending.get(random.nextInt(pending.size())).timer();
        return new PairEvent.TimerFired(pair.now(), timer);
    }
}
