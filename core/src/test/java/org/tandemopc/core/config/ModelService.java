package org.tandemopc.core.config;

import java.util.ArrayList;
import java.util.List;

/** A service that only keeps its pairs, and refuses what a real one would. */
final class ModelService {
    private ModelService() {}

    static List<PairConfig> taken(List<PairConfig> running, ConfigChange change, String where) {
        List<PairConfig> now = new ArrayList<>(running);
        switch (change) {
            case ConfigChange.AddPair(var pair) -> add(now, pair, where);
            case ConfigChange.RemovePair(var pair) -> remove(now, pair, where);
            case ConfigChange.ChangeSettings(var from, var to) -> {
                if (!from.members().equals(to.members()) || !from.name().equals(to.name())) {
                    throw new AssertionError(where + ": not a change of settings: " + change);
                }
                remove(now, from, where);
                add(now, to, where);
            }
            case ConfigChange.RestartPair(var from, var to) -> {
                remove(now, from, where);
                add(now, to, where);
            }
            case ConfigChange.RestartFrontDoor _, ConfigChange.OpenFrontDoor _, ConfigChange.CloseFrontDoor _ -> {}
        }
        return now;
    }

    private static void add(List<PairConfig> now, PairConfig pair, String where) {
        if (now.stream().anyMatch(p -> p.name().equals(pair.name()))) {
            throw new AssertionError(where + ": the name is taken: " + pair.name());
        }
        now.add(pair);
    }

    private static void remove(List<PairConfig> now, PairConfig pair, String where) {
        if (!now.remove(pair)) {
            throw new AssertionError(where + ": there is no such pair: " + pair.name());
        }
    }
}
