package org.tandemopc.core.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tandemopc.core.pair.Pair.PRIMARY;
import static org.tandemopc.core.pair.Pair.SECONDARY;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.PairEffect.Attach;
import org.tandemopc.core.pair.PairEffect.CloseLink;
import org.tandemopc.core.pair.PairEffect.Detach;
import org.tandemopc.core.pair.PairEffect.OpenLink;
import org.tandemopc.core.pair.PairEffect.UseSettings;
import org.tandemopc.core.pair.PairState.Phase;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.testkit.Requirement;

/** What changes while clients are served: settings, and whether there is redundancy at all. */
class HotChangeTest {
    @Nested
    class Settings {
        @ParameterizedTest
        @EnumSource(Mode.class)
        @Requirement("APP-1")
        void aNewIntervalReachesWhoUsesItAndTouchesNoLink(Mode mode) {
            Pair pair = Pair.serving(mode);
            PairSettings changed = withInterval(pair.state().settings(), 777);

            List<PairEffect> orders = Pair.orders(pair.change(_ -> changed));

            assertThat(orders).containsExactly(new UseSettings(changed));
            assertThat(pair.phase()).isEqualTo(new Phase.Serving(PRIMARY));
        }

        /** A parked queue reaches as far as a dead member may go unnoticed; the queues of a warm standby become longer. */
        @ParameterizedTest
        @CsvSource({"WARM, true", "HOT, false", "COLD, false"})
        @Requirement("APP-1")
        void aLongerIntervalParksTheWarmStandbyAnew(Mode mode, boolean isAnew) {
            Pair pair = Pair.serving(mode);

            List<PairEffect> orders = Pair.orders(pair.change(s -> withInterval(s, 10_000)));

            assertThat(orders.contains(new Detach(SECONDARY))).isEqualTo(isAnew);
            assertThat(orders.contains(new Attach(SECONDARY))).isEqualTo(isAnew);
            assertThat(orders).doesNotContain(new Detach(PRIMARY));
        }

        @Test
        void theSameSettingsAgainAreNoNews() {
            Pair pair = Pair.serving(Mode.HOT);

            assertThat(pair.change(UnaryOperator.identity())).isEmpty();
        }

        /** What the relay has of the standby was made for the other mode. */
        @ParameterizedTest
        @CsvSource({"WARM, HOT", "HOT, WARM"})
        @Requirement("APP-1")
        void betweenWarmAndHotTheStandbyIsBroughtOverAnewAndTheActiveStays(Mode from, Mode to) {
            Pair pair = Pair.serving(from);

            List<PairEffect> orders = Pair.orders(pair.change(s -> withMode(s, to)));

            assertThat(orders)
                    .containsExactly(
                            new UseSettings(pair.state().settings()), new Detach(SECONDARY), new Attach(SECONDARY));
            assertThat(pair.member(SECONDARY).isSynchronized()).isFalse();
            assertThat(pair.phase()).isEqualTo(new Phase.Serving(PRIMARY));
        }

        @ParameterizedTest
        @EnumSource(
                value = Mode.class,
                names = {"WARM", "HOT"})
        @Requirement("APP-1")
        void toColdTheStandbyIsClosedAndTheActiveStays(Mode from) {
            Pair pair = Pair.serving(from);

            List<PairEffect> orders = Pair.orders(pair.change(s -> withMode(s, Mode.COLD)));

            assertThat(orders)
                    .containsExactly(
                            new UseSettings(pair.state().settings()), new Detach(SECONDARY), new CloseLink(SECONDARY));
            assertThat(pair.phase()).isEqualTo(new Phase.Serving(PRIMARY));
        }

        @ParameterizedTest
        @EnumSource(
                value = Mode.class,
                names = {"WARM", "HOT"})
        @Requirement("APP-1")
        void fromColdTheStandbyIsConnectedAndTheActiveStays(Mode to) {
            Pair pair = Pair.serving(Mode.COLD);

            List<PairEffect> orders = Pair.orders(pair.change(s -> withMode(s, to)));
            pair.opened(SECONDARY);

            assertThat(orders).containsExactly(new UseSettings(pair.state().settings()), new OpenLink(SECONDARY));
            assertThat(pair.lastOrders()).containsExactly(new Attach(SECONDARY));
        }

        /** The member that is left may still owe answers: its sessions must not be cut for the sake of a setting. */
        @Test
        void whileASwitchIsUnderWayNobodyIsDetachedAndAfterItTheNewStandbyIs() {
            Pair pair = Pair.serving(Mode.WARM);
            pair.switchTo(SECONDARY);
            pair.change(s -> withMode(s, Mode.HOT));
            assertThat(pair.lastOrders()).noneMatch(Detach.class::isInstance);

            pair.rehomed();

            assertThat(pair.phase()).isEqualTo(new Phase.Serving(SECONDARY));
            assertThat(pair.lastOrders()).contains(new Detach(PRIMARY), new Attach(PRIMARY));
        }

        /** Control for the one above: a switch in an unchanged mode brings nobody over anew. */
        @Test
        void aSwitchAloneDetachesNobody() {
            Pair pair = Pair.serving(Mode.WARM);
            pair.switchTo(SECONDARY);
            pair.rehomed();

            assertThat(pair.lastOrders()).noneMatch(Detach.class::isInstance);
        }
    }

    @Nested
    class WithoutRedundancy {
        @ParameterizedTest
        @EnumSource(Mode.class)
        @Requirement({"ENA-1", "GAP-21"})
        void theClientsStayOnThePrimaryAndTheSecondaryIsClosed(Mode mode) {
            Pair pair = Pair.serving(mode);

            pair.passThrough();

            assertThat(pair.phase()).isEqualTo(new Phase.Serving(PRIMARY));
            assertThat(pair.lastOrders())
                    .isEqualTo(
                            mode == Mode.COLD ? List.of() : List.of(new Detach(SECONDARY), new CloseLink(SECONDARY)));
            assertThat(pair.records(RecordKind.DISABLED))
                    .singleElement()
                    .satisfies(r -> assertThat(r.text())
                            .isEqualTo("Redundancy for server 'Boiler' was disabled by 'operator'."
                                    + " Its clients are served by primary machine 'alpha' alone."));
        }

        @Test
        @Requirement({"ENA-1", "GAP-21"})
        void thePrimaryIsNotReplacedWhenItDies() {
            Pair pair = Pair.serving(Mode.HOT);
            pair.passThrough();

            pair.skip(20);
            pair.lost(PRIMARY);
            pair.failed(PRIMARY);

            assertThat(pair.phase()).isInstanceOf(Phase.Stranded.class);
            assertThat(pair.member(SECONDARY).link()).isEqualTo(MemberHealth.Link.CLOSED);
            assertThat(pair.all()).doesNotContain(new PairEffect.RehomeRelays(2, SECONDARY));
            pair.pass(1);
            pair.opened(PRIMARY);
            pair.rehomed();
            assertThat(pair.phase()).isEqualTo(new Phase.Serving(PRIMARY));
        }

        @ParameterizedTest
        @EnumSource(Mode.class)
        @Requirement("ENA-1")
        void aPairOnItsSecondaryGoesBackToThePrimaryFirst(Mode mode) {
            Pair pair = Pair.serving(Pair.withoutFailback(mode));
            pair.switchTo(SECONDARY);
            if (mode == Mode.COLD) {
                pair.opened(SECONDARY);
            }
            pair.rehomed();
            assertThat(pair.phase()).isEqualTo(new Phase.Serving(SECONDARY));

            pair.passThrough();
            if (mode == Mode.COLD) {
                pair.opened(PRIMARY);
            }
            pair.rehomed();

            assertThat(pair.phase()).isEqualTo(new Phase.Serving(PRIMARY));
            assertThat(pair.member(SECONDARY).link()).isEqualTo(MemberHealth.Link.CLOSED);
        }

        @ParameterizedTest
        @EnumSource(
                value = Mode.class,
                names = {"WARM", "HOT"})
        @Requirement({"ENA-2", "ENA-5"})
        void enablingConnectsTheSecondaryAndTouchesNoClient(Mode mode) {
            Pair pair = Pair.serving(mode);
            pair.skip(20);
            pair.passThrough();

            pair.enable();

            assertThat(pair.lastOrders()).containsExactly(new OpenLink(SECONDARY));
            assertThat(pair.phase()).isEqualTo(new Phase.Serving(PRIMARY));
            assertThat(pair.records(RecordKind.ENABLED)).hasSize(2);
        }

        @Test
        @Requirement("ENA-1")
        void aClosedPairCanBeginToPassThrough() {
            Pair pair = new Pair(Pair.settings(Mode.HOT));

            pair.passThrough();
            pair.opened(PRIMARY);
            pair.rehomed();

            assertThat(pair.phase()).isEqualTo(new Phase.Serving(PRIMARY));
            assertThat(pair.all()).doesNotContain(new OpenLink(SECONDARY));
        }

        @Test
        void switchesAreRefusedAndAPinWaits() {
            Pair pair = Pair.serving(Mode.HOT);
            pair.skip(20);
            pair.passThrough();

            pair.switchTo(SECONDARY);
            pair.pin(SECONDARY);

            assertThat(pair.phase()).isEqualTo(new Phase.Serving(PRIMARY));
            assertThat(pair.texts())
                    .contains("Switch of server 'Boiler', ordered by 'operator', was refused: redundancy is disabled.");
            pair.enable();
            pair.opened(SECONDARY);
            pair.synchronizedOn(SECONDARY);
            pair.rehomed();
            assertThat(pair.phase()).isEqualTo(new Phase.Serving(SECONDARY));
        }

        @Test
        @Requirement("ENA-1")
        void closingEndsItToo() {
            Pair pair = Pair.serving(Mode.HOT);
            pair.passThrough();

            pair.disable();
            pair.enable();

            assertThat(pair.state().isPassThrough()).isFalse();
            assertThat(pair.lastOrders()).contains(new OpenLink(PRIMARY), new OpenLink(SECONDARY));
        }
    }

    private static PairSettings withMode(PairSettings s, Mode mode) {
        return new PairSettings(
                s.name(),
                s.members(),
                mode,
                s.failback(),
                s.pingInterval(),
                s.pingTimeout(),
                s.holdTimeout(),
                s.failbackDwell());
    }

    private static PairSettings withInterval(PairSettings s, long ms) {
        return new PairSettings(
                s.name(),
                s.members(),
                s.mode(),
                s.failback(),
                Duration.ofMillis(ms),
                s.pingTimeout(),
                s.holdTimeout(),
                s.failbackDwell());
    }
}
