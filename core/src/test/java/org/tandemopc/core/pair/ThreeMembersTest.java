package org.tandemopc.core.pair;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.testkit.Requirement;

/** Decisions know a list of members in order of preference, not two of them; a configuration has two for now. */
class ThreeMembersTest {
    private static final int TERTIARY = 2;

    private static Pair serving(Mode mode) {
        PairSettings settings = new PairSettings(
                "Boiler",
                List.of(
                        new PairSettings.MemberName("alpha"),
                        new PairSettings.MemberName("beta"),
                        new PairSettings.MemberName("gamma")),
                mode,
                true,
                Duration.ofMillis(2500),
                Duration.ofMillis(1000),
                Duration.ofSeconds(5),
                Duration.ZERO);
        Pair pair = Pair.serving(settings);
        if (mode != Mode.COLD) {
            ready(pair, TERTIARY);
        }
        return pair;
    }

    private static void ready(Pair pair, int member) {
        pair.opened(member);
        pair.synchronizedOn(member);
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"WARM", "HOT"})
    @Requirement("LIM-1")
    void theNextInOrderServesAndThePrimaryAgainWhenItIsBack(Mode mode) {
        Pair pair = serving(mode);

        pair.lost(Pair.PRIMARY);
        pair.rehomed();
        assertThat(pair.state().active()).isEqualTo(Pair.SECONDARY);

        pair.lost(Pair.SECONDARY);
        pair.rehomed();
        assertThat(pair.state().active()).isEqualTo(TERTIARY);

        pair.pass(2);
        ready(pair, Pair.PRIMARY);
        pair.rehomed();
        assertThat(pair.state().active()).isEqualTo(Pair.PRIMARY);
    }

    @Test
    @Requirement("LIM-1")
    void coldTriesTheOthersInOrderUntilOneServes() {
        Pair pair = serving(Mode.COLD);

        pair.lost(Pair.PRIMARY);
        assertThat(pair.lastOrders()).contains(new PairEffect.OpenLink(Pair.SECONDARY));
        pair.failed(Pair.SECONDARY);
        pair.pass(0.5);
        assertThat(pair.all()).contains(new PairEffect.OpenLink(TERTIARY));
        pair.opened(TERTIARY);
        pair.rehomed();

        assertThat(pair.state().active()).isEqualTo(TERTIARY);
    }
}
