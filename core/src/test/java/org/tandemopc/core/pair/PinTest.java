package org.tandemopc.core.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tandemopc.core.pair.Pair.PRIMARY;
import static org.tandemopc.core.pair.Pair.SECONDARY;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.PairEffect.HoldRelays;
import org.tandemopc.core.pair.PairEffect.OpenLink;
import org.tandemopc.core.pair.PairEffect.RehomeRelays;
import org.tandemopc.core.pair.PairEffect.StrandRelays;
import org.tandemopc.core.pair.PairState.Phase;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.testkit.Requirement;

/** "Stay on this machine", by a person (S15). */
final class PinTest {
    @Test
    @Requirement({"S15"})
    void beatsEveryAutomaticCauseWhileThePinnedMemberAnswers() {
        Pair pair = Pair.serving(Mode.HOT);
        pair.pin(PRIMARY);

        pair.reported(PRIMARY, Pair.running(0));
        pair.tested(PRIMARY, false);
        pair.reported(PRIMARY, Pair.in(ServerCondition.State.FAILED, 1));
        pair.pass(600);

        assertThat(pair.phase()).isEqualTo(new Phase.Serving(PRIMARY));
    }

    @Test
    @Requirement({"S15"})
    void saysLoudlyThatThePinnedMemberIsDead() {
        Pair pair = Pair.serving(Mode.HOT);
        pair.skip(60);
        pair.pin(PRIMARY);

        pair.lost(PRIMARY);
        assertThat(pair.phase()).isInstanceOf(Phase.Switching.class);
        pair.failed(PRIMARY);

        assertThat(pair.last()).contains(new StrandRelays(2));
        assertThat(pair.records(RecordKind.STRANDED))
                .singleElement()
                .satisfies(r -> assertThat(r.text())
                        .isEqualTo("Server 'Boiler' is pinned to primary machine 'alpha', which cannot be used."
                                + " Clients get a bad status until it returns or the pin is released."));
    }

    @Test
    @Requirement({"S15"})
    void releaseLetsTheOtherMemberServe() {
        Pair pair = Pair.serving(Mode.HOT);
        pair.skip(60);
        pair.pin(PRIMARY);
        pair.lost(PRIMARY);
        pair.failed(PRIMARY);

        pair.releasePin();

        assertThat(pair.lastOrders()).containsExactly(new HoldRelays(3), new RehomeRelays(3, SECONDARY));
    }

    @Test
    @Requirement({"S15"})
    void returnOfThePinnedMemberEndsTheOutage() {
        Pair pair = Pair.serving(Mode.HOT);
        pair.skip(60);
        pair.pin(PRIMARY);
        pair.lost(PRIMARY);
        pair.failed(PRIMARY);
        pair.pass(2);

        pair.opened(PRIMARY);

        assertThat(pair.lastOrders()).contains(new RehomeRelays(3, PRIMARY));
    }

    @ParameterizedTest
    @EnumSource(names = {"WARM", "HOT"})
    void pinElsewhereIsAnOrderToGoThere(Mode mode) {
        Pair pair = Pair.serving(mode);

        pair.pin(SECONDARY);
        pair.rehomed();
        pair.pass(600);

        assertThat(pair.phase()).isEqualTo(new Phase.Serving(SECONDARY));
    }

    @Test
    void pinToAMemberThatCannotServeIsRefusedWhileAnotherServes() {
        Pair pair = Pair.serving(Mode.WARM);
        pair.lost(SECONDARY);

        pair.pin(SECONDARY);

        assertThat(pair.state().wishes().pin()).isNull();
        assertThat(pair.phase()).isEqualTo(new Phase.Serving(PRIMARY));
        assertThat(pair.records(RecordKind.NOTE)).hasSize(1);
    }

    @Test
    @Requirement({"M7"})
    void coldPinsTheActiveOnly() {
        Pair pair = Pair.serving(Mode.COLD);

        pair.pin(SECONDARY);
        assertThat(pair.state().wishes().pin()).isNull();
        pair.pin(PRIMARY);

        assertThat(pair.state().wishes().pin()).isEqualTo(new PairState.Pin(PRIMARY, "operator"));
    }

    @Test
    @Requirement({"S15"})
    void coldDoesNotLeaveAPinnedMember() {
        Pair pair = Pair.serving(Mode.COLD);
        pair.pin(PRIMARY);
        pair.skip(60);
        pair.lost(PRIMARY);
        pair.forget();

        for (int i = 0; i < 20; i++) {
            pair.failed(PRIMARY);
            pair.pass(30);
        }

        assertThat(Pair.orders(pair.all())).contains(new OpenLink(PRIMARY)).doesNotContain(new OpenLink(SECONDARY));
    }

    /** The service keeps the pin in its state file. */
    @ParameterizedTest
    @EnumSource
    @Requirement({"S15"})
    void survivesARestart(Mode mode) {
        Pair pair = new Pair(Pair.settings(mode), SECONDARY);
        pair.enable();
        if (mode != Mode.COLD) {
            pair.opened(PRIMARY);
        }

        pair.opened(SECONDARY);

        assertThat(pair.lastOrders()).contains(new RehomeRelays(1, SECONDARY));
    }

    @Test
    void survivesDisableAndEnable() {
        Pair pair = Pair.serving(Mode.WARM);
        pair.pin(PRIMARY);

        pair.disable();

        assertThat(pair.state().wishes().pin()).isNotNull();
    }
}
