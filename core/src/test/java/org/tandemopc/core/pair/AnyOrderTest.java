package org.tandemopc.core.pair;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.MemberHealth.Link;
import org.tandemopc.core.pair.PairState.Phase;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.testkit.Requirement;

/**
 * Every event in any order, with sense or without: the invariants hold, and when the nonsense ends a pair with a usable
 * member serves from the right one (CON-4). One seed is one run: {@code -Dseed=…} repeats it.
 */
final class AnyOrderTest {
    private static final int SEEDS = 400;
    private static final int EVENTS = 250;

    @ParameterizedTest
    @EnumSource
    @Requirement({"CON-4", "M1", "M3", "M6", "M7", "I11", "ML1"})
    void invariantsHold(Mode mode) {
        seeds().forEach(seed -> new Run(mode, seed).execute());
    }

    /** What no automatic cause may do: more returns than damping allows (M5). */
    @ParameterizedTest
    @EnumSource(names = {"WARM", "HOT"})
    @Requirement({"M5", "I10"})
    void automaticReturnsStayWithinTheBudget(Mode mode) {
        seeds().forEach(seed -> {
            Run run = new Run(mode, seed);
            run.withPeople = false;
            run.execute();
            assertThat(run.returnsInTenMinutes()).as("seed %d", seed).isLessThanOrEqualTo(BUDGET);
        });
    }

    /**
     * Per member at most one return in each stretch in which its penalty decays from suppression to reuse (at least the
     * hold-down of a minute), and two before the first suppression; two members.
     */
    private static final int BUDGET = 2 * (2 + 10);

    @Test
    void theSameEventsGiveTheSameSteps() {
        Run one = new Run(Mode.HOT, 7);
        Run two = new Run(Mode.HOT, 7);
        one.execute();
        two.execute();

        assertThat(one.pair.all()).isEqualTo(two.pair.all()).hasSizeGreaterThan(100);
    }

    private static LongStream seeds() {
        Long fixed = Long.getLong("seed");
        if (fixed != null) {
            return LongStream.of(fixed);
        }
        return LongStream.rangeClosed(1, SEEDS);
    }

    /** One run, with a checker that keeps its own account of what was ordered. */
    private static final class Run {
        private final SplittableRandom random;
        private final long seed;
        private final Mode mode;
        private final Pair pair;
        private final List<String> timeline = new ArrayList<>();
        private final Map<Long, Integer> movedTo = new HashMap<>();
        private final List<Long> returnsAt = new ArrayList<>();
        private final boolean[] isConnected = new boolean[2];
        private boolean withPeople = true;
        private long epoch;
        private boolean hasServed;
        private int promotions;
        private int releases;

        Run(Mode mode, long seed) {
            this.mode = mode;
            this.seed = seed;
            random = new SplittableRandom(seed);
            pair = new Pair(Pair.settings(mode));
        }

        void execute() {
            try {
                check(pair.enable());
                for (int i = 0; i < EVENTS; i++) {
                    pair.skip(random.nextDouble() * (random.nextInt(20) == 0 ? 40 : 2));
                    step(anyEvent());
                }
                heal();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed %d, %s%n%s".formatted(seed, mode, String.join("\n", timeline)), e);
            }
        }

        private void step(PairEvent event) {
            timeline.add("%12.3f  %-90s %s".formatted(pair.now() / 1e9, event, pair.phase()));
            boolean isAutomatic = pair.phase() instanceof Phase.Serving;
            int before = pair.state().active();
            List<PairEffect> effects = pair.on(event);
            check(effects);
            if (isAutomatic
                    && pair.phase() instanceof Phase.Switching p
                    && (p.cause() == LossCause.FAILBACK
                            || (p.cause() == LossCause.SERVICE_LEVEL
                                    && pair.state().verdict(before).isUsable()))) {
                returnsAt.add(pair.now());
            }
        }

        /** M1, M6, M7 from outside; M3 is asked of the state as a client of the package would. */
        private void check(List<PairEffect> effects) {
            for (PairEffect effect : effects) {
                switch (effect) {
                    case PairEffect.OpenLink(int member) -> {
                        assertThat(isConnected[member]).as("opened twice").isFalse();
                        isConnected[member] = true;
                    }
                    case PairEffect.CloseLink(int member) -> isConnected[member] = false;
                    case PairEffect.HoldRelays(long e) -> grown(e);
                    case PairEffect.StrandRelays(long e) -> grown(e);
                    case PairEffect.CloseRelays(long e) -> {
                        grown(e);
                        hasServed = false;
                    }
                    case PairEffect.RehomeRelays(long e, int member) -> {
                        grown(e);
                        assertThat(movedTo.putIfAbsent(e, member))
                                .as("M1: members in epoch %d", e)
                                .isNull();
                        assertThat(pair.member(member).link()).as("M3").isEqualTo(Link.OPEN);
                    }
                    case PairEffect.ReleaseRelays(Route(long e, int member)) -> {
                        grown(e);
                        assertThat(movedTo).as("M1: route of epoch %d", e).containsEntry(e, member);
                        if (hasServed) {
                            releases++;
                        }
                        hasServed = true;
                    }
                    case PairEffect.Record(var r) -> promotions += r.kind() == RecordKind.PROMOTED ? 1 : 0;
                    case PairEffect.ProbeNow _,
                            PairEffect.Attach _,
                            PairEffect.Detach _,
                            PairEffect.StartTimer _,
                            PairEffect.ShowServiceLevel _ -> {}
                }
                if (mode == Mode.COLD) {
                    assertThat(isConnected[0] && isConnected[1]).as("M7").isFalse();
                }
            }
            assertThat(promotions).as("M6").isEqualTo(releases);
        }

        private void grown(long e) {
            assertThat(e).as("M1: epoch").isGreaterThanOrEqualTo(epoch);
            epoch = e;
        }

        private PairEvent anyEvent() {
            long now = pair.now();
            int member = random.nextInt(2);
            int kind = random.nextInt(withPeople ? 24 : 18);
            return switch (kind) {
                case 0, 1, 2 -> answer(member);
                case 3 -> {
                    isConnected[member] &= !pair.member(member).isOpen();
                    yield new PairEvent.LinkLost(now, member, LossCause.CONNECTION_CLOSED, 0, "reset");
                }
                case 4 -> new PairEvent.ProbeTimedOut(now, member);
                case 5, 6 -> new PairEvent.ConditionReported(now, member, anyCondition());
                case 7 -> new PairEvent.ShutdownAnnounced(now, member, "soon");
                case 8 -> new PairEvent.FirstNotificationMissing(now, member, "subscription 1");
                case 9, 10 -> new PairEvent.MemberSynchronized(now, member);
                case 11 -> new PairEvent.MonitorTestChanged(now, member, random.nextBoolean(), "1 of 2");
                case 12, 13, 14 -> new PairEvent.RelayRehomed(now, anyEpoch(), RehomeReport.EMPTY);
                case 15 -> new PairEvent.RelayFailed(now, anyEpoch(), "no session");
                case 16 -> new PairEvent.OwnPauseNoticed(now, random.nextLong(60_000_000_000L));
                case 17 -> anyTimer();
                case 18 -> new PairEvent.SwitchRequested(now, "operator", random.nextInt(3));
                case 19 -> new PairEvent.PinRequested(now, "operator", random.nextInt(3));
                case 20 -> new PairEvent.PinReleased(now, "operator");
                case 21 -> new PairEvent.DampingReset(now, "operator");
                case 22 -> new PairEvent.DisableRequested(now, "operator");
                default -> new PairEvent.EnableRequested(now, "operator");
            };
        }

        private PairEvent answer(int member) {
            long now = pair.now();
            if (random.nextBoolean()) {
                return new PairEvent.LinkOpened(now, member, anyCondition());
            }
            isConnected[member] &= pair.member(member).link() != Link.OPENING;
            return new PairEvent.LinkFailed(now, member, LossCause.CONNECT_FAILED, 0x80AC0000L, "refused");
        }

        private ServerCondition anyCondition() {
            ServerCondition.State[] states = ServerCondition.State.values();
            int[] levels = {0, 1, 50, 199, 200, 255, 255, 255};
            ServerCondition.State state =
                    random.nextInt(4) == 0 ? states[random.nextInt(states.length)] : ServerCondition.State.RUNNING;
            return Pair.in(state, levels[random.nextInt(levels.length)]);
        }

        private long anyEpoch() {
            return random.nextInt(3) == 0
                    ? random.nextLong(pair.state().epoch() + 2)
                    : pair.state().epoch();
        }

        private PairEvent anyTimer() {
            List<Timers.Pending> pending = pair.state().timers().pending();
            Timer stale = new Timer(Timer.Kind.SWITCH_DEADLINE, 1, Route.NONE, 1);
            Timer timer = pending.isEmpty()
                    ? stale
                    : pending.get(random.nextInt(pending.size())).timer();
            return new PairEvent.TimerFired(pair.now(), timer);
        }

        /** Everything works again and every answer comes: ten minutes later the policy's choice serves. */
        private void heal() {
            pair.on(new PairEvent.PinReleased(pair.now(), "operator"));
            check(pair.last());
            check(pair.enable());
            long end = pair.now() + 900_000_000_000L;
            while (pair.now() < end) {
                for (int i = 0; i < 2; i++) {
                    if (pair.member(i).link() == Link.OPENING) {
                        step(new PairEvent.LinkOpened(pair.now(), i, Pair.running(255)));
                    } else if (pair.member(i).isOpen()) {
                        step(new PairEvent.ConditionReported(pair.now(), i, Pair.running(255)));
                        if (pair.member(i).monitorTest() == MemberHealth.MonitorTest.FAILED) {
                            step(new PairEvent.MonitorTestChanged(pair.now(), i, true, "0 of 2"));
                        }
                        step(new PairEvent.MemberSynchronized(pair.now(), i));
                    }
                }
                step(new PairEvent.RelayRehomed(pair.now(), pair.state().epoch(), RehomeReport.EMPTY));
                nextTimer(2_500_000_000L);
            }
            assertThat(pair.phase()).as("ML1").isInstanceOf(Phase.Serving.class);
            boolean isFree = mode != Mode.COLD && !pair.state().wishes().holdsFailback();
            if (isFree) {
                assertThat(pair.phase()).as("CON-4").isEqualTo(new Phase.Serving(0));
            }
        }

        private void nextTimer(long atMostNanos) {
            long end = pair.now() + atMostNanos;
            List<Timers.Pending> due = pair.state().timers().pending().stream()
                    .filter(p -> p.atNanos() <= end)
                    .toList();
            pair.skip(atMostNanos / 1e9);
            for (Timers.Pending p : due) {
                step(new PairEvent.TimerFired(pair.now(), p.timer()));
            }
        }

        private int returnsInTenMinutes() {
            int most = 0;
            for (long start : returnsAt) {
                most = Math.max(most, (int) returnsAt.stream()
                        .filter(t -> t >= start && t < start + 600_000_000_000L)
                        .count());
            }
            return most;
        }
    }
}
