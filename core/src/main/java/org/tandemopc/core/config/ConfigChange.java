package org.tandemopc.core.config;

import java.util.Set;

/** One step from one configuration to another. Each can be taken while everything else serves, and can be taken back. */
public sealed interface ConfigChange {
    /** For people: half a sentence, without the name of the pair and without a final period. */
    String what();

    /** Whether clients lose their sessions: those of the pair, or all for the front door. */
    boolean dropsClients();

    /** The step back. */
    ConfigChange reversed();

    /** Published names of the pairs whose memory on this machine the step may change. */
    Set<String> pairs();

    record AddPair(PairConfig pair) implements ConfigChange {
        @Override
        public String what() {
            return "added, reachable under " + pair.foundAs();
        }

        @Override
        public boolean dropsClients() {
            return false;
        }

        @Override
        public ConfigChange reversed() {
            return new RemovePair(pair);
        }

        @Override
        public Set<String> pairs() {
            return Set.of(pair.name());
        }
    }

    record RemovePair(PairConfig pair) implements ConfigChange {
        @Override
        public String what() {
            return "removed; its clients are closed and " + pair.foundAs() + " is no longer answered";
        }

        @Override
        public boolean dropsClients() {
            return true;
        }

        @Override
        public ConfigChange reversed() {
            return new AddPair(pair);
        }

        @Override
        public Set<String> pairs() {
            return Set.of(pair.name());
        }
    }

    /** Settings that take effect while the pair serves. */
    record ChangeSettings(PairConfig from, PairConfig to) implements ConfigChange {
        @Override
        public String what() {
            return String.join(", ", ConfigDifferences.settings(from, to));
        }

        @Override
        public boolean dropsClients() {
            return false;
        }

        @Override
        public ConfigChange reversed() {
            return new ChangeSettings(to, from);
        }

        @Override
        public Set<String> pairs() {
            return Set.of(to.name());
        }
    }

    /** Members, accounts or the published name: links and sessions are made anew. */
    record RestartPair(PairConfig from, PairConfig to) implements ConfigChange {
        @Override
        public String what() {
            return "restarted, its clients are closed: " + String.join(", ", ConfigDifferences.all(from, to));
        }

        @Override
        public boolean dropsClients() {
            return true;
        }

        @Override
        public ConfigChange reversed() {
            return new RestartPair(to, from);
        }

        @Override
        public Set<String> pairs() {
            return from.name().equals(to.name()) ? Set.of(to.name()) : Set.of(from.name(), to.name());
        }
    }

    /** @param to of the same protocol */
    record RestartFrontDoor(DoorConfig from, DoorConfig to) implements ConfigChange {
        @Override
        public String what() {
            return to.kind().doorName() + " opened anew, all clients are closed: "
                    + String.join(", ", ConfigDifferences.frontDoor(from, to));
        }

        @Override
        public boolean dropsClients() {
            return true;
        }

        @Override
        public ConfigChange reversed() {
            return new RestartFrontDoor(to, from);
        }

        @Override
        public Set<String> pairs() {
            return Set.of();
        }
    }

    /** The first of its protocol. */
    record OpenFrontDoor(DoorConfig door) implements ConfigChange {
        @Override
        public String what() {
            return door.kind().doorName() + " opened";
        }

        @Override
        public boolean dropsClients() {
            return false;
        }

        @Override
        public ConfigChange reversed() {
            return new CloseFrontDoor(door);
        }

        @Override
        public Set<String> pairs() {
            return Set.of();
        }
    }

    /** No pair of its protocol is left. */
    record CloseFrontDoor(DoorConfig door) implements ConfigChange {
        @Override
        public String what() {
            return door.kind().doorName() + " closed";
        }

        @Override
        public boolean dropsClients() {
            return true;
        }

        @Override
        public ConfigChange reversed() {
            return new OpenFrontDoor(door);
        }

        @Override
        public Set<String> pairs() {
            return Set.of();
        }
    }
}
