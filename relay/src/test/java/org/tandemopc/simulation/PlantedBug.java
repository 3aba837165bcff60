package org.tandemopc.simulation;

import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A mistake that an engineer could make, planted into a run to prove that the checker sees it.
 *
 * @param mistake one line for people; names the bug in test reports
 * @param rules that it breaks; the first violation that the checker reports must be one of them
 * @param plant a new one for each run
 * @param story by hand, where drawn schedules do not get there; null: they do
 */
record PlantedBug(
        String mistake,
        Set<String> rules,
        Supplier<Plant> plant,
        @Nullable Consumer<Simulation> story) {
    PlantedBug {
        rules = Set.copyOf(rules);
    }

    PlantedBug(String mistake, Set<String> rules, Supplier<Plant> plant) {
        this(mistake, rules, plant, null);
    }

    /** The seed's run with the bug. */
    Simulation.Result run(long seed, boolean logging) {
        return run(seed, plant, logging);
    }

    /** The same run without it. */
    Simulation.Result runWithout(long seed, boolean logging) {
        return run(seed, Plant::new, logging);
    }

    private Simulation.Result run(long seed, Supplier<Plant> with, boolean logging) {
        return story == null
                ? Simulation.run(seed, with, logging)
                : Simulation.scenario(Knobs.calm(seed), with, logging, story);
    }

    boolean breaks(String rule) {
        return rules.contains(rule);
    }

    @Override
    public String toString() {
        return mistake;
    }
}
