package org.tandemopc.core.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tandemopc.core.pair.Pair.PRIMARY;
import static org.tandemopc.core.pair.Pair.SECONDARY;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tandemopc.core.pair.PairEffect.CloseLink;
import org.tandemopc.core.pair.PairEffect.HoldRelays;
import org.tandemopc.core.pair.PairEffect.RehomeRelays;
import org.tandemopc.core.pair.PairState.Phase;
import org.tandemopc.testkit.Requirement;

/** Answers that come too late, twice or never: nothing but the answer to the order that is out is heard. */
final class StaleAnswersTest {
    static Stream<Arguments> staleWhileServing() {
        return Stream.of(
                stale("moved, of this epoch, which has ended", p -> rehomed(p, 1)),
                stale("moved, of an epoch to come", p -> rehomed(p, 2)),
                stale("could not move", p -> new PairEvent.RelayFailed(p.now(), 1, "late")),
                stale(
                        "connecting failed, though connected",
                        p -> new PairEvent.LinkFailed(p.now(), SECONDARY, LossCause.CONNECT_FAILED, 0, "late")),
                stale("synchronized, for the second time", p -> new PairEvent.MemberSynchronized(p.now(), SECONDARY)),
                stale("lags no more, though it did not", p -> new PairEvent.MemberLags(p.now(), SECONDARY, false)),
                stale("a timer never started", p -> timer(p, 999)),
                stale("a timer that was replaced", p -> timer(p, 1)),
                stale("enabled already", p -> new PairEvent.EnableRequested(p.now(), "operator")),
                stale("no pin to release", p -> new PairEvent.PinReleased(p.now(), "operator")));
    }

    private static Arguments stale(String name, Function<Pair, PairEvent> event) {
        return Arguments.of(name, event);
    }

    private static PairEvent rehomed(Pair pair, long epoch) {
        return new PairEvent.RelayRehomed(pair.now(), epoch, RehomeReport.EMPTY);
    }

    private static PairEvent timer(Pair pair, long sequence) {
        return new PairEvent.TimerFired(pair.now(), new Timer(Timer.Kind.SWITCH_DEADLINE, 1, Route.NONE, sequence));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("staleWhileServing")
    @Requirement({"M2", "S8"})
    void changesNothing(String name, Function<Pair, PairEvent> event) {
        Pair pair = Pair.serving(Mode.WARM);
        PairState before = pair.state();

        pair.on(event.apply(pair));

        assertThat(pair.state()).as(name).isEqualTo(before);
        assertThat(pair.last()).isEmpty();
    }

    @Test
    @Requirement({"M2"})
    void staleRehomeAnswerIsIgnoredWhileTheNextSwitchRuns() {
        Pair pair = Pair.serving(Mode.WARM);
        pair.skip(60);
        pair.lost(PRIMARY);
        pair.opened(PRIMARY);
        pair.lost(SECONDARY);
        assertThat(pair.lastOrders()).contains(new RehomeRelays(3, PRIMARY));

        pair.on(new PairEvent.RelayRehomed(pair.now(), 2, RehomeReport.EMPTY));
        assertThat(pair.phase()).isInstanceOf(Phase.Switching.class);
        assertThat(pair.last()).isEmpty();
        pair.on(new PairEvent.RelayFailed(pair.now(), 2, "late"));
        assertThat(pair.last()).isEmpty();

        pair.on(new PairEvent.RelayRehomed(pair.now(), 3, RehomeReport.EMPTY));
        assertThat(pair.phase()).isEqualTo(new Phase.Serving(PRIMARY));
    }

    @Test
    @Requirement({"M2"})
    void answersAfterDisableAreIgnored() {
        Pair pair = Pair.serving(Mode.WARM);
        pair.lost(PRIMARY);
        pair.disable();

        pair.on(new PairEvent.RelayRehomed(pair.now(), 2, RehomeReport.EMPTY));

        assertThat(pair.phase()).isEqualTo(new Phase.Disabled());
        assertThat(pair.last()).isEmpty();
    }

    /** A link that opened while our order to close it was on its way would stay open unknown to us. */
    @Test
    @Requirement({"M7"})
    void aLinkThatOpensAfterItWasGivenUpIsClosed() {
        Pair pair = new Pair(Pair.settings(Mode.WARM));
        pair.enable();
        pair.disable();

        pair.opened(PRIMARY);

        assertThat(pair.last()).containsExactly(new CloseLink(PRIMARY));
    }

    @Test
    @Requirement({"I11"})
    void aRelayThatNeverAnswersIsGivenUp() {
        Pair pair = Pair.serving(Mode.WARM);
        pair.skip(60);
        pair.lost(PRIMARY);
        pair.opened(PRIMARY);

        pair.pass(30);

        assertThat(pair.lastOrders()).contains(new HoldRelays(3), new RehomeRelays(3, PRIMARY));
    }

    @Test
    @Requirement({"I11"})
    void aTargetLostDuringTheSwitchIsReplaced() {
        Pair pair = Pair.serving(Mode.HOT);
        pair.skip(60);
        pair.lost(PRIMARY);
        pair.opened(PRIMARY);

        pair.missed(SECONDARY);

        assertThat(pair.lastOrders()).contains(new HoldRelays(3), new RehomeRelays(3, PRIMARY));
        pair.rehomed();
        assertThat(pair.phase()).isEqualTo(new Phase.Serving(PRIMARY));
    }

    /** Whatever the clock of the shell does, a deadline is neither missed nor anticipated. */
    @Test
    @Requirement({"I11"})
    void aTimerThatFiresTooEarlyIsStartedAnew() {
        Pair pair = Pair.serving(Mode.WARM);
        pair.lost(PRIMARY);
        Timers.Pending deadline = pair.state().timers().pending().stream()
                .filter(p -> p.timer().kind() == Timer.Kind.SWITCH_DEADLINE)
                .findFirst()
                .orElseThrow();

        pair.on(new PairEvent.TimerFired(pair.now(), deadline.timer()));

        assertThat(pair.last()).singleElement().isInstanceOfSatisfying(PairEffect.StartTimer.class, t -> {
            assertThat(t.atNanos()).isEqualTo(deadline.atNanos());
            assertThat(t.timer().sequence()).isGreaterThan(deadline.timer().sequence());
        });
        assertThat(pair.phase()).isInstanceOf(Phase.Switching.class);
    }

    @Test
    void settingsOfAnotherNumberOfMembersAreRefused() {
        Pair pair = Pair.serving(Mode.HOT);

        assertThatThrownBy(() -> pair.change(s -> new PairSettings(
                        s.name(),
                        List.of(s.members().getFirst()),
                        s.mode(),
                        s.failback(),
                        s.pingInterval(),
                        s.pingTimeout(),
                        s.holdTimeout(),
                        s.failbackDwell())))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
