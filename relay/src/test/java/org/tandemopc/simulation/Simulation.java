package org.tandemopc.simulation;

import static org.tandemopc.simulation.VirtualTime.MS;
import static org.tandemopc.simulation.VirtualTime.SECOND;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.pair.PairEvent;
import org.tandemopc.core.pair.Route;

/**
 * One run: a world made of one seed, a safety phase in which anything may fail and nothing bad may happen, then a
 * liveness phase in which all must become good within a bound.
 */
final class Simulation {
    /**
     * Within this all clients have Good values after the last fault: reconnection backs off to 30 s with jitter, an
     * attempt that hangs takes some more, and cold mode may try the wrong member first.
     */
    static final long LIVENESS = 90 * SECOND;

    private static final long LOOK = 250 * MS;

    /**
     * What came of a run.
     *
     * @param violation null if all was well
     * @param timeline empty unless logging was on
     */
    record Result(
            Knobs knobs,
            @Nullable Violation violation,
            List<String> timeline,
            String summary,
            int switches,
            DeliveryChecker.Tally delivery,
            long unknown) {}

    final Knobs knobs;
    final World world;
    final ModelRelay relay;
    final ModelActor actor;
    final Faults faults;
    private final List<ModelClient> clients = new ArrayList<>();
    private final Chance chance;

    private Simulation(Knobs knobs, Chance chance, Plant plant, boolean logging) {
        this.knobs = knobs;
        this.chance = chance;
        world = new World(knobs, chance.split(), plant, logging);
        relay = new ModelRelay(world);
        actor = new ModelActor(world, relay);
        relay.listener(actor);
        faults = new Faults(world, actor, relay, chance.split());
        for (int i = 0; i < knobs.sessions; i++) {
            clients.add(new ModelClient(world, relay, i, chance.split()));
        }
    }

    /** The run of a seed. */
    static Result run(long seed, Supplier<Plant> plant, boolean logging) {
        Chance chance = new Chance(seed);
        Knobs knobs = Knobs.drawn(seed, chance);
        return run(knobs, chance, plant, logging, s -> s.faults.plan());
    }

    /** A named scenario: knobs and story by hand; the story is told to the scheduler before time starts. */
    static Result scenario(Knobs knobs, boolean logging, Consumer<Simulation> story) {
        return scenario(knobs, Plant::new, logging, story);
    }

    static Result scenario(Knobs knobs, Supplier<Plant> plant, boolean logging, Consumer<Simulation> story) {
        return run(knobs, new Chance(knobs.seed), plant, logging, story);
    }

    private static Result run(
            Knobs knobs, Chance chance, Supplier<Plant> plant, boolean logging, Consumer<Simulation> story) {
        Simulation s = new Simulation(knobs, chance, plant.get(), logging);
        Violation violation = null;
        try {
            s.go(story);
        } catch (Violation v) {
            violation = v;
        } catch (IllegalStateException | IllegalArgumentException | NullPointerException e) {
            violation = new Violation("DEFECT", e.toString());
            violation.initCause(e);
        }
        if (violation != null && logging) {
            s.world.log.line(s.world.time.now(), "CHECKER", "VIOLATION", String.valueOf(violation.getMessage()));
        }
        return new Result(
                knobs,
                violation,
                s.world.log.lines(),
                s.world.checker.delivery + " " + s.world.checker.requests + " switches "
                        + s.world.checker.decisions.switches() + " steps " + s.world.time.steps(),
                s.world.checker.decisions.switches(),
                s.world.checker.delivery.tally(),
                s.world.checker.requests.unknown());
    }

    private void go(Consumer<Simulation> story) {
        long start = world.time.now();
        actor.offer(at -> new PairEvent.EnableRequested(at, "test"));
        for (ModelClient c : clients) {
            long late = chance.in(0.2) ? chance.between(0, knobs.safety) : chance.between(0, 500 * MS);
            world.time.after(late, c::start);
        }
        story.accept(this);
        watchOutages();
        world.time.runUntil(start + knobs.safety);
        live();
    }

    /** Runs on from within a story. */
    void at(long afterStart, Runnable what) {
        world.time.after(afterStart, what);
    }

    private void watchOutages() {
        world.time.after(500 * MS, () -> {
            world.checker.delivery.checkOutage();
            world.checker.delivery.checkGaps();
            world.checker.delivery.checkPromises();
            watchOutages();
        });
    }

    private void live() {
        long healed = world.time.now();
        boolean forgets = world.checker.decisions.anyFailure() && chance.in(0.8);
        faults.heal(forgets);
        for (ModelClient c : clients) {
            c.behave();
            world.time.after(200 * MS, () -> world.host.network(c::enableAll));
        }
        boolean mustBePrimary = knobs.failback
                && knobs.mode != Mode.COLD
                && !world.checker.decisions.personSwitched()
                && (forgets || !world.checker.decisions.anyFailure());
        String pair = "";
        String missing = "";
        long wellSince = Long.MAX_VALUE;
        while (world.time.now() < healed + LIVENESS) {
            world.time.runUntil(world.time.now() + LOOK);
            pair = missingOfPair(mustBePrimary);
            missing = pair.isEmpty() ? missing(healed) : pair;
            wellSince = missing.isEmpty() ? Math.min(wellSince, world.time.now()) : Long.MAX_VALUE;
            if (world.time.now() - SECOND >= wellSince) {
                break;
            }
        }
        if (!missing.isEmpty()) {
            throw new Violation(
                    pair.isEmpty() ? "I11" : "ML1",
                    "not well " + LIVENESS / SECOND + " s after the last fault: " + missing);
        }
        world.checker.decisions.finish(mustBePrimary);
        world.checker.requests.finish();
    }

    private String missingOfPair(boolean mustBePrimary) {
        int active = world.checker.decisions.active();
        if (active == Route.NONE || world.checker.decisions.isSwitching()) {
            return "no member serves";
        }
        if (mustBePrimary && active != 0) {
            return "not on the primary";
        }
        return "";
    }

    private String missing(long healed) {
        for (ModelClient c : clients) {
            if (c.session() == null) {
                return "client " + c.id + " has no session";
            }
            if (c.lastGoodRead() < healed || c.lastGoodWrite() < healed) {
                return "client " + c.id + " has no Good answer to a read or a write";
            }
        }
        String data = world.checker.delivery.whatIsMissing();
        return data == null ? "" : data;
    }
}
