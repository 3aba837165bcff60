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
            run.events.withoutPeople();
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

    /** A journal keeps a hash of the state's text; it must be the same in every process. */
    @Test
    void theTextOfAStateKnowsNoIdentities() {
        Run run = new Run(Mode.WARM, 11);
        run.execute();

        assertThat(run.pair.state().toString()).contains("Serving").doesNotContainPattern("@[0-9a-f]{3,}");
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
        private final AnyEvents events;
        private final long seed;
        private final Mode mode;
        private final Pair pair;
        private final List<String> timeline = new ArrayList<>();
        private final Map<Long, Integer> movedTo = new HashMap<>();
        private final List<Long> returnsAt = new ArrayList<>();
        private final boolean[] isConnected = new boolean[2];
        private long epoch;
        private long heldEpoch = -1;
        private long disabledEpoch;
        private long answered = -1;
        private boolean hasServed;
        private int promotions;
        private int releases;

        Run(Mode mode, long seed) {
            this.mode = mode;
            this.seed = seed;
            random = new SplittableRandom(seed);
            events = new AnyEvents(random);
            pair = new Pair(Pair.settings(mode));
        }

        void execute() {
            try {
                check(pair.enable(), true);
                for (int i = 0; i < EVENTS; i++) {
                    pair.skip(random.nextDouble() * (random.nextInt(20) == 0 ? 40 : 2));
                    step(events.next(pair));
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
            boolean wasCold = pair.state().isCold();
            hear(event);
            List<PairEffect> effects = pair.on(event);
            check(effects, wasCold);
            if (isAutomatic
                    && pair.phase() instanceof Phase.Switching p
                    && (p.cause() == LossCause.FAILBACK
                            || (p.cause() == LossCause.SERVICE_LEVEL
                                    && pair.state().verdict(before).isUsable()))) {
                returnsAt.add(pair.now());
            }
        }

        /** M1, M6, M7 from outside; M3 is asked of the state as a client of the package would. */
        private void check(List<PairEffect> effects, boolean wasCold) {
            for (PairEffect effect : effects) {
                switch (effect) {
                    case PairEffect.OpenLink(int member) -> {
                        assertThat(isConnected[member]).as("opened twice").isFalse();
                        isConnected[member] = true;
                    }
                    case PairEffect.CloseLink(int member) -> isConnected[member] = false;
                    case PairEffect.HoldRelays(long e) -> {
                        grown(e);
                        heldEpoch = e;
                    }
                    case PairEffect.StrandRelays(long e) -> grown(e);
                    case PairEffect.CloseRelays(long e) -> {
                        grown(e);
                        hasServed = false;
                        disabledEpoch = e;
                    }
                    case PairEffect.RehomeRelays(long e, int member) -> {
                        grown(e);
                        assertThat(movedTo.putIfAbsent(e, member))
                                .as("M1: members in epoch %d", e)
                                .isNull();
                        assertThat(heldEpoch == e || e == 1 + disabledEpoch)
                                .as("requests run on while epoch %d moves", e)
                                .isTrue();
                        assertThat(pair.member(member).link()).as("M3").isEqualTo(Link.OPEN);
                    }
                    case PairEffect.ReleaseRelays(Route(long e, int member)) -> {
                        grown(e);
                        assertThat(movedTo).as("M1: route of epoch %d", e).containsEntry(e, member);
                        assertThat(answered)
                                .as("requests run on before the relays are there")
                                .isEqualTo(e);
                        if (hasServed) {
                            releases++;
                        }
                        hasServed = true;
                    }
                    case PairEffect.Record(var r) -> promotions += r.kind() == RecordKind.PROMOTED ? 1 : 0;
                    case PairEffect.ProbeNow _,
                            PairEffect.AdmitClients _,
                            PairEffect.Attach _,
                            PairEffect.Detach _,
                            PairEffect.StartTimer _,
                            PairEffect.UseSettings _,
                            PairEffect.ShowServiceLevel _ -> {}
                }
                if (wasCold && pair.state().isCold()) {
                    assertThat(isConnected[0] && isConnected[1]).as("M7").isFalse();
                }
            }
            if (pair.state().isCold()) {
                assertThat(isConnected[0] && isConnected[1]).as("M7").isFalse();
            }
            assertThat(promotions).as("M6").isEqualTo(releases);
        }

        /** What the event itself says of connections and relays. */
        private void hear(PairEvent event) {
            answered = event instanceof PairEvent.RelayRehomed answer ? answer.epoch() : -1;
            if (event instanceof PairEvent.LinkLost lost
                    && pair.member(lost.member()).isOpen()) {
                isConnected[lost.member()] = false;
            }
            if (event instanceof PairEvent.LinkFailed failed
                    && pair.member(failed.member()).link() == Link.OPENING) {
                isConnected[failed.member()] = false;
            }
        }

        private void grown(long e) {
            assertThat(e).as("M1: epoch").isGreaterThanOrEqualTo(epoch);
            epoch = e;
        }

        /** Everything works again and every answer comes: ten minutes later the policy's choice serves. */
        private void heal() {
            step(new PairEvent.SettingsChanged(pair.now(), Pair.settings(mode)));
            pair.on(new PairEvent.PinReleased(pair.now(), "operator"));
            check(pair.last(), true);
            check(pair.enable(), true);
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
