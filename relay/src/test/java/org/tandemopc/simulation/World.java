package org.tandemopc.simulation;

import java.util.List;

/** What everybody in a run needs: the clock, the network's chance, the members, the log, the checker. */
final class World {
    final Knobs knobs;
    final VirtualTime time = new VirtualTime(1000 * VirtualTime.SECOND);
    final Chance net;
    final Timeline log;
    final Host host = new Host(time);
    final Plant plant;
    final ShellRules rules;
    final List<ModelServer> servers;
    final Checker checker;
    /** What servers stamp themselves cannot be compared between them. */
    boolean clocksDiffer;

    private int nextId = 1;
    private long lastPauseEnd = Long.MIN_VALUE / 2;

    World(Knobs knobs, Chance chance, Plant plant, boolean logging) {
        this.knobs = knobs;
        this.net = chance.split();
        this.log = new Timeline(logging);
        this.plant = plant;
        this.rules = plant.shell();
        this.servers = List.of(
                new ModelServer(this, 0, chance.between(0, 2_000_000), 0),
                new ModelServer(this, 1, chance.between(0, 2_000_000), knobs.clockOffset));
        this.checker = new Checker(this);
        this.clocksDiffer = knobs.clockOffset != 0;
    }

    ModelServer server(int member) {
        return servers.get(member);
    }

    /** When the last pause of our own ended. */
    long lastPauseEnd() {
        return lastPauseEnd;
    }

    void pauseEnded() {
        lastPauseEnd = time.now();
    }

    /** Ids of subscriptions, items, tokens and requests: one counter, so that mixing them up shows. */
    int nextId() {
        return nextId++;
    }
}
