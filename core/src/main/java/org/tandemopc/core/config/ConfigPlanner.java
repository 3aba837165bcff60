package org.tandemopc.core.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * What has to be done to get from one valid configuration to another, in the order in which it is done: the front doors
 * first, since that is what most easily fails; then what goes, so that its name is free; then what changes; then what
 * is new; last the front doors that nobody comes to any more. Pairs that are in no step are not touched. Pure.
 *
 * <p>A pair is known again by its published name; if that is gone, by its original name (an alias was set or removed) or
 * else by its members (it was renamed), where only one pair fits.
 */
public final class ConfigPlanner {
    private record Match(PairConfig from, PairConfig to) {}

    private final List<PairConfig> before;
    private final List<PairConfig> after;
    private final List<Match> matches = new ArrayList<>();

    private ConfigPlanner(TandemConfig from, TandemConfig to) {
        before = new ArrayList<>(from.pairs());
        after = new ArrayList<>(to.pairs());
    }

    /** Empty when both run the same. */
    public static List<ConfigChange> plan(TandemConfig from, TandemConfig to) {
        ConfigPlanner planner = new ConfigPlanner(from, to);
        planner.match((a, b) -> a.name().equals(b.name()));
        planner.match((a, b) -> a.originalName().equals(b.originalName()));
        planner.match((a, b) -> a.members().equals(b.members()));
        List<ConfigChange> changes = new ArrayList<>();
        for (ProtocolKind kind : ProtocolKind.values()) {
            openedDoor(from.frontDoor(kind), to.frontDoor(kind)).ifPresent(changes::add);
        }
        planner.before.forEach(gone -> changes.add(new ConfigChange.RemovePair(gone)));
        for (PairConfig pair : from.pairs()) {
            planner.changeOf(pair).ifPresent(changes::add);
        }
        planner.after.forEach(added -> changes.add(new ConfigChange.AddPair(added)));
        from.frontDoors().stream()
                .filter(door -> to.frontDoor(door.kind()).isEmpty())
                .forEach(door -> changes.add(new ConfigChange.CloseFrontDoor(door)));
        return changes;
    }

    private static Optional<ConfigChange> openedDoor(Optional<DoorConfig> from, Optional<DoorConfig> to) {
        if (to.isEmpty() || to.equals(from)) {
            return Optional.empty();
        }
        return Optional.of(
                from.isEmpty()
                        ? new ConfigChange.OpenFrontDoor(to.get())
                        : new ConfigChange.RestartFrontDoor(from.get(), to.get()));
    }

    /** Takes together what fits one to one. */
    private void match(BiPredicate<PairConfig, PairConfig> fits) {
        for (PairConfig old : List.copyOf(before)) {
            List<PairConfig> candidates =
                    after.stream().filter(b -> fits.test(old, b)).toList();
            boolean isOnly = candidates.size() == 1
                    && before.stream()
                                    .filter(a -> fits.test(a, candidates.getFirst()))
                                    .count()
                            == 1;
            if (isOnly) {
                matches.add(new Match(old, candidates.getFirst()));
                before.remove(old);
                after.remove(candidates.getFirst());
            }
        }
    }

    private Optional<ConfigChange> changeOf(PairConfig pair) {
        return matches.stream()
                .filter(m -> m.from().equals(pair) && !m.from().equals(m.to()))
                .findFirst()
                .map(m -> needsNewLinks(m.from(), m.to())
                        ? new ConfigChange.RestartPair(m.from(), m.to())
                        : new ConfigChange.ChangeSettings(m.from(), m.to()));
    }

    private static boolean needsNewLinks(PairConfig from, PairConfig to) {
        return !from.name().equals(to.name())
                || !from.members().equals(to.members())
                || !from.da().equals(to.da());
    }
}
