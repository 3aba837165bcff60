package org.tandemopc.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.pair.PairEffect;
import org.tandemopc.core.pair.PairEvent;
import org.tandemopc.core.pair.PairMachine;
import org.tandemopc.core.pair.PairSettings;
import org.tandemopc.core.pair.PairState;
import org.tandemopc.core.pair.RehomeReport;
import org.tandemopc.core.pair.Route;
import org.tandemopc.core.pair.ServerCondition;
import org.tandemopc.core.pair.Step;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;

/** Mistakes in decisions and their records: M1-M3, M5-M7, ML1, ML2, I10-I12, S11, S12, S14, S15, S35. */
final class DecisionBugs {
    private DecisionBugs() {}

    static List<PlantedBug> all() {
        return List.of(
                bug("a promotion does not raise the epoch", Set.of("M1"), OneEpoch::new),
                bug("epochs start anew when the pair is enabled", Set.of("M1"), EpochsStartAnew::new),
                new PlantedBug(
                        "an answer to an earlier order is taken",
                        Set.of("M2"),
                        TakesLateAnswers::new,
                        TakesLateAnswers::story),
                bug("the pair is released before the relays have moved", Set.of("M2"), ReleasesAtOnce::new),
                told(
                        "the state that a server reports is not looked at",
                        Set.of("M3", "I11"),
                        (s, e) -> condition(
                                e,
                                c -> new ServerCondition(
                                        ServerCondition.State.RUNNING,
                                        c.serviceLevel(),
                                        c.clockSkewNanos(),
                                        c.roundTripNanos()))),
                told(
                        "a ServiceLevel of 0 or 1 counts as good",
                        Set.of("M3", "I11", "S11"),
                        (s, e) -> condition(
                                e,
                                c -> new ServerCondition(
                                        c.state(),
                                        c.serviceLevel() <= 1 ? 2 : c.serviceLevel(),
                                        c.clockSkewNanos(),
                                        c.roundTripNanos()))),
                deaf(
                        "an announced shutdown is ignored",
                        Set.of("M3", "I11", "S11"),
                        e -> e instanceof PairEvent.ShutdownAnnounced),
                deaf(
                        "a failed monitor item is ignored",
                        Set.of("M3", "I11", "S11"),
                        e -> e instanceof PairEvent.MonitorTestChanged m && !m.passed()),
                deaf(
                        "a subscription without its first notification is ignored",
                        // Taken for usable, it lets the last one be cut for a late answer.
                        Set.of("M3", "I11", "S11"),
                        e -> e instanceof PairEvent.FirstNotificationMissing),
                deaf(
                        "an unanswered status request is ignored",
                        Set.of("I11", "M3", "S7"),
                        e -> e instanceof PairEvent.ProbeTimedOut),
                deaf(
                        "relays that cannot follow are waited for",
                        Set.of("I11"),
                        e -> e instanceof PairEvent.RelayFailed),
                deaf(
                        "a pause of our own is read as the members' silence",
                        Set.of("S35", "S11"),
                        e -> e instanceof PairEvent.OwnPauseNoticed),
                deaf("a person's pin is ignored", Set.of("S15"), e -> e instanceof PairEvent.PinRequested),
                settings(
                        "failback does not wait for its dwell time",
                        Set.of("S14"),
                        s -> new PairSettings(
                                s.name(),
                                s.members(),
                                s.mode(),
                                s.failback(),
                                s.pingInterval(),
                                s.pingTimeout(),
                                s.holdTimeout(),
                                Duration.ZERO)),
                settings(
                        "failback happens though it is off",
                        Set.of("I10"),
                        s -> new PairSettings(
                                s.name(),
                                s.members(),
                                s.mode(),
                                true,
                                s.pingInterval(),
                                s.pingTimeout(),
                                s.holdTimeout(),
                                s.failbackDwell())),
                settings(
                        "failback never happens",
                        Set.of("ML1"),
                        s -> new PairSettings(
                                s.name(),
                                s.members(),
                                s.mode(),
                                false,
                                s.pingInterval(),
                                s.pingTimeout(),
                                s.holdTimeout(),
                                s.failbackDwell())),
                settings(
                        "cold mode is run like warm",
                        Set.of("M7"),
                        s -> new PairSettings(
                                s.name(),
                                s.members(),
                                s.mode() == Mode.COLD ? Mode.WARM : s.mode(),
                                s.failback(),
                                s.pingInterval(),
                                s.pingTimeout(),
                                s.holdTimeout(),
                                s.failbackDwell())),
                bug("a member counts as synchronized once it is connected", Set.of("S14"), SynchronizedAtOnce::new),
                bug("the penalties of a flapping member are forgotten", Set.of("M5"), ForgetsPenalties::new),
                bug("the pair goes to whoever came last", Set.of("I10"), FollowsTheNewest::new),
                bug("the standby counts as good while both are bad", Set.of("S11", "M3"), TriesTheOther::new),
                new PlantedBug(
                        "two members that shut down are tried in turn",
                        Set.of("ML2"),
                        TakesTurns::new,
                        TakesTurns::story),
                orders(
                        "a promotion is recorded twice",
                        Set.of("M6"),
                        e -> promotion(e) == null ? List.of(e) : List.of(e, e)),
                orders("a promotion is not recorded", Set.of("M6"), e -> promotion(e) == null ? List.of(e) : List.of()),
                field(
                        "the record always blames the connection",
                        Set.of("I12"),
                        "cause",
                        (Object v) -> LossCause.CONNECTION_CLOSED.name()),
                field("the record names the epoch before", Set.of("I12"), "epoch", (Object v) -> (Long) v - 1),
                field("the record has no evidence", Set.of("I12"), "evidence", (Object v) -> ""),
                field(
                        "the record counts no requests of unknown fate",
                        Set.of("I12"),
                        "requestsUnknown",
                        (Object v) -> 0),
                field("the record's duration is not measured", Set.of("I12"), "durationMs", (Object v) -> 0L),
                bug("clients are stranded during every switch", Set.of("I11", "S12"), StrandsAtEachSwitch::new),
                bug("a stranded pair never serves again", Set.of("I11", "ML1"), StaysStranded::new),
                orders(
                        "the ServiceLevel stays high while stranded",
                        Set.of("S12"),
                        e -> e instanceof PairEffect.ShowServiceLevel l && l.level() == 1 ? List.of() : List.of(e)),
                bug("the ServiceLevel stays that of the first member", Set.of("S11", "S12"), ShowsTheFirstLevel::new));
    }

    // ---- ways to plant

    private static PlantedBug bug(String mistake, Set<String> rules, Supplier<Plant> plant) {
        return new PlantedBug(mistake, rules, plant);
    }

    /** The machine is told something else than what happened. */
    private static PlantedBug told(
            String mistake, Set<String> rules, BiFunction<PairState, PairEvent, PairEvent> change) {
        return bug(mistake, rules, () -> new Plant() {
            @Override
            Step next(PairState state, PairEvent event) {
                return super.next(state, change.apply(state, event));
            }
        });
    }

    private static PlantedBug deaf(String mistake, Set<String> rules, Predicate<PairEvent> ignored) {
        return bug(mistake, rules, () -> new Plant() {
            @Override
            Step next(PairState state, PairEvent event) {
                return ignored.test(event) ? new Step(state, List.of()) : super.next(state, event);
            }
        });
    }

    /** The machine runs with other settings than it was given. */
    private static PlantedBug settings(String mistake, Set<String> rules, UnaryOperator<PairSettings> wrong) {
        return bug(mistake, rules, () -> new Plant() {
            @Override
            Step next(PairState state, PairEvent event) {
                PairSettings changed = wrong.apply(state.settings());
                return changed.equals(state.settings())
                        ? super.next(state, event)
                        : both(state, new PairEvent.SettingsChanged(event.atNanos(), changed), event);
            }
        });
    }

    private static PlantedBug orders(String mistake, Set<String> rules, Function<PairEffect, List<PairEffect>> change) {
        return bug(mistake, rules, () -> new Plant() {
            @Override
            Step next(PairState state, PairEvent event) {
                return changed(super.next(state, event), change);
            }
        });
    }

    /** A field of the record of a promotion is wrong. */
    private static PlantedBug field(String mistake, Set<String> rules, String name, UnaryOperator<Object> wrong) {
        return orders(mistake, rules, effect -> List.of(inRecord(effect, name, wrong)));
    }

    private static PairEffect inRecord(PairEffect effect, String name, UnaryOperator<Object> wrong) {
        PairRecord record = promotion(effect);
        if (record == null) {
            return effect;
        }
        Map<String, Object> fields = new LinkedHashMap<>(record.fields());
        fields.computeIfPresent(name, (k, v) -> wrong.apply(v));
        return new PairEffect.Record(new PairRecord(record.kind(), record.text(), fields));
    }

    private static @Nullable PairRecord promotion(PairEffect effect) {
        return effect instanceof PairEffect.Record r && r.record().kind() == RecordKind.PROMOTED ? r.record() : null;
    }

    private static Step changed(Step step, Function<PairEffect, List<PairEffect>> change) {
        return new Step(
                step.state(),
                step.effects().stream().flatMap(e -> change.apply(e).stream()).toList());
    }

    private static Step both(PairState state, PairEvent first, PairEvent second) {
        return and(PairMachine.next(state, first), second);
    }

    private static Step and(Step first, PairEvent second) {
        Step then = PairMachine.next(first.state(), second);
        List<PairEffect> effects = new ArrayList<>(first.effects());
        effects.addAll(then.effects());
        return new Step(then.state(), effects);
    }

    private static PairEvent condition(PairEvent event, UnaryOperator<ServerCondition> seen) {
        return switch (event) {
            case PairEvent.LinkOpened e -> new PairEvent.LinkOpened(e.atNanos(), e.member(), seen.apply(e.condition()));
            case PairEvent.ConditionReported e ->
                new PairEvent.ConditionReported(e.atNanos(), e.member(), seen.apply(e.condition()));
            default -> event;
        };
    }

    private static PairEffect inEpoch(PairEffect effect, UnaryOperator<Long> epoch) {
        return switch (effect) {
            case PairEffect.HoldRelays e -> new PairEffect.HoldRelays(epoch.apply(e.epoch()));
            case PairEffect.RehomeRelays e -> new PairEffect.RehomeRelays(epoch.apply(e.epoch()), e.member());
            case PairEffect.ReleaseRelays e ->
                new PairEffect.ReleaseRelays(
                        new Route(epoch.apply(e.route().epoch()), e.route().member()));
            case PairEffect.StrandRelays e -> new PairEffect.StrandRelays(epoch.apply(e.epoch()));
            case PairEffect.CloseRelays e -> new PairEffect.CloseRelays(epoch.apply(e.epoch()));
            default -> inRecord(effect, "epoch", e -> epoch.apply((Long) e));
        };
    }

    private static PairEvent ofEpoch(PairEvent event, UnaryOperator<Long> epoch) {
        return switch (event) {
            case PairEvent.RelayRehomed e ->
                new PairEvent.RelayRehomed(e.atNanos(), epoch.apply(e.epoch()), e.report());
            case PairEvent.RelayFailed e -> new PairEvent.RelayFailed(e.atNanos(), epoch.apply(e.epoch()), e.why());
            default -> event;
        };
    }

    // ---- plants

    private static final class OneEpoch extends Plant {
        @Override
        Step next(PairState state, PairEvent event) {
            Step step = super.next(state, ofEpoch(event, e -> state.epoch()));
            return changed(step, effect -> List.of(inEpoch(effect, e -> Math.min(1, e))));
        }
    }

    private static final class EpochsStartAnew extends Plant {
        private long base;

        @Override
        Step next(PairState state, PairEvent event) {
            if (event instanceof PairEvent.EnableRequested) {
                base = state.epoch();
            }
            Step step = super.next(state, ofEpoch(event, e -> e + base));
            return changed(step, effect -> List.of(inEpoch(effect, e -> e - base)));
        }
    }

    private static final class TakesLateAnswers extends Plant {
        @Override
        Step next(PairState state, PairEvent event) {
            return super.next(state, ofEpoch(event, e -> state.epoch()));
        }

        /** Drawn schedules do not reach it: an answer takes a millisecond, and no answer is given twice. */
        static void story(Simulation s) {
            s.at(5 * VirtualTime.SECOND, () -> s.faults.begin(Faults.Kind.KILL, 0, 5 * VirtualTime.SECOND));
            for (int i = 0; i < 1000; i++) {
                s.at(
                        5 * VirtualTime.SECOND + i * VirtualTime.MS / 50,
                        () -> s.actor.offer(at -> new PairEvent.RelayRehomed(at, 1, RehomeReport.EMPTY)));
            }
        }
    }

    private static final class ReleasesAtOnce extends Plant {
        @Override
        Step next(PairState state, PairEvent event) {
            Step step = super.next(state, event);
            boolean moves = step.effects().stream().anyMatch(e -> e instanceof PairEffect.RehomeRelays);
            return moves
                    ? and(
                            step,
                            new PairEvent.RelayRehomed(
                                    event.atNanos(), step.state().epoch(), RehomeReport.EMPTY))
                    : step;
        }
    }

    private static final class SynchronizedAtOnce extends Plant {
        @Override
        Step next(PairState state, PairEvent event) {
            Step step = super.next(state, event);
            return event instanceof PairEvent.LinkOpened e
                    ? and(step, new PairEvent.MemberSynchronized(e.atNanos(), e.member()))
                    : step;
        }
    }

    private static final class ForgetsPenalties extends Plant {
        @Override
        Step next(PairState state, PairEvent event) {
            return both(state, new PairEvent.DampingReset(event.atNanos(), ""), event);
        }
    }

    private static final class FollowsTheNewest extends Plant {
        @Override
        Step next(PairState state, PairEvent event) {
            Step step = super.next(state, event);
            return event instanceof PairEvent.MemberSynchronized e
                    ? and(step, new PairEvent.SwitchRequested(e.atNanos(), "", e.member()))
                    : step;
        }
    }

    private static final class TriesTheOther extends Plant {
        @Override
        Step next(PairState state, PairEvent event) {
            return super.next(
                    state,
                    event instanceof PairEvent.ConditionReported e && e.member() != state.active()
                            ? condition(
                                    event,
                                    c -> new ServerCondition(
                                            ServerCondition.State.RUNNING,
                                            Math.max(2, c.serviceLevel()),
                                            c.clockSkewNanos(),
                                            c.roundTripNanos()))
                            : event);
        }
    }

    /** A standby that shuts down counts as good, so that each is left for the other. */
    private static final class TakesTurns extends Plant {
        @Override
        Step next(PairState state, PairEvent event) {
            if (event instanceof PairEvent.ShutdownAnnounced) {
                return new Step(state, List.of());
            }
            boolean ofStandby = event instanceof PairEvent.ConditionReported e && e.member() != state.active();
            return super.next(
                    state,
                    condition(
                            event,
                            c -> c.state() == ServerCondition.State.SHUTDOWN
                                    ? new ServerCondition(
                                            ofStandby ? ServerCondition.State.RUNNING : ServerCondition.State.FAILED,
                                            c.serviceLevel(),
                                            c.clockSkewNanos(),
                                            c.roundTripNanos())
                                    : c));
        }

        /** Drawn schedules do not reach it: both would have to shut down within the same second and stay connected. */
        static void story(Simulation s) {
            long lasts = 8 * VirtualTime.SECOND;
            s.at(5 * VirtualTime.SECOND, () -> s.faults.state(1, lasts, ServerCondition.State.SHUTDOWN));
            s.at(6 * VirtualTime.SECOND, () -> s.faults.state(0, lasts, ServerCondition.State.SHUTDOWN));
        }
    }

    private static final class StrandsAtEachSwitch extends Plant {
        @Override
        Step next(PairState state, PairEvent event) {
            return changed(
                    super.next(state, event),
                    effect -> effect instanceof PairEffect.HoldRelays e
                            ? List.of(e, new PairEffect.StrandRelays(e.epoch()))
                            : List.of(effect));
        }
    }

    private static final class StaysStranded extends Plant {
        @Override
        Step next(PairState state, PairEvent event) {
            boolean stays = state.phase() instanceof PairState.Phase.Stranded && event instanceof PairEvent.LinkOpened;
            return stays ? new Step(state, List.of()) : super.next(state, event);
        }
    }

    private static final class ShowsTheFirstLevel extends Plant {
        private final Set<Integer> shown = new HashSet<>();

        @Override
        Step next(PairState state, PairEvent event) {
            return changed(
                    super.next(state, event),
                    effect -> effect instanceof PairEffect.ShowServiceLevel && !shown.isEmpty()
                            ? List.of()
                            : remembered(effect));
        }

        private List<PairEffect> remembered(PairEffect effect) {
            if (effect instanceof PairEffect.ShowServiceLevel e) {
                shown.add(e.level());
            }
            return List.of(effect);
        }
    }
}
