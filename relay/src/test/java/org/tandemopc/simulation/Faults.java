package org.tandemopc.simulation;

import static org.tandemopc.simulation.VirtualTime.MS;
import static org.tandemopc.simulation.VirtualTime.SECOND;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tandemopc.core.pair.PairEvent;
import org.tandemopc.core.pair.Route;
import org.tandemopc.core.pair.ServerCondition;

/** Everything that can go wrong in the world, each fault with a beginning and an end. Named scenarios use it by hand. */
final class Faults {
    enum Kind {
        KILL,
        VANISH,
        STOP,
        SILENCE,
        CUT_TO_SERVER,
        CUT_TO_RELAY,
        RESET,
        RESET_SESSION,
        SILENCE_SESSION,
        SLOW,
        STATE,
        SERVICE_LEVEL,
        SHUTDOWN,
        REFUSE,
        FREEZE_ITEMS,
        CLOCK_STEP,
        WRONG_SERVER,
        MUTE,
        DIE_AT_WRITE,
        FLAP,
        BOTH_DOWN
    }

    private final World world;
    private final ModelActor actor;
    private final ModelRelay relay;
    private final Chance chance;
    private final Map<Object, Runnable> under = new LinkedHashMap<>();
    private boolean pinned;
    private boolean disabled;
    private boolean healed;

    Faults(World world, ModelActor actor, ModelRelay relay, Chance chance) {
        this.world = world;
        this.actor = actor;
        this.relay = relay;
        this.chance = chance;
    }

    /** Draws the faults of the safety phase. */
    void plan() {
        long start = world.time.now();
        long safety = world.knobs.safety;
        for (int i = 0; i < world.knobs.faults; i++) {
            long at = start + chance.between(500 * MS, safety);
            long lasts = chance.pick(10, 200, 1000, 3000, 8000) * MS * chance.between(50, 200) / 100;
            Kind kind = chance.any(Kind.values());
            world.time.at(at, () -> {
                if (!healed) {
                    begin(kind, victim(), lasts);
                }
            });
        }
        if (world.knobs.people) {
            long count = chance.between(1, 4);
            for (int i = 0; i < count; i++) {
                world.time.at(start + chance.between(SECOND, safety), this::person);
            }
        }
        if (world.knobs.pauses) {
            long count = chance.between(1, 3);
            for (int i = 0; i < count; i++) {
                long lasts = chance.pick(20, 200, 1000, 5000) * MS * chance.between(50, 200) / 100;
                world.time.at(start + chance.between(SECOND, safety), () -> pause(lasts));
            }
        }
    }

    /** Mostly the member that hurts. */
    private int victim() {
        int active = world.checker.decisions.active();
        return active != Route.NONE && chance.in(0.65) ? active : chance.below(2);
    }

    private void line(String what, Object details) {
        if (world.log.on()) {
            world.log.line(world.time.now(), "FAULT", what, details);
        }
    }

    /** @param lasts how long; a fault that is a single blow ends at once */
    void begin(Kind kind, int member, long lasts) {
        line(kind.name(), "member " + member + " for " + lasts / MS + " ms");
        ModelServer server = world.server(member);
        switch (kind) {
            case KILL -> during(member, lasts, () -> server.kill(false), server::start);
            case VANISH -> during(member, lasts, () -> server.kill(true), server::start);
            case STOP -> during(member, lasts, server::stop, server::thaw);
            case SILENCE ->
                during(
                        member,
                        lasts,
                        () -> {
                            server.path.blockedToServer = true;
                            server.path.blockedToRelay = true;
                        },
                        server.path::unblock);
            case CUT_TO_SERVER -> during(member, lasts, () -> server.path.blockedToServer = true, server.path::unblock);
            case CUT_TO_RELAY -> during(member, lasts, () -> server.path.blockedToRelay = true, server.path::unblock);
            case RESET -> blow(member, server::resetConnections);
            case RESET_SESSION -> session(member, c -> c.resetAtServer(chance.in(0.5)));
            case SILENCE_SESSION ->
                session(member, c -> {
                    c.own.blockedToServer = true;
                    c.own.blockedToRelay = chance.in(0.7);
                    world.time.after(lasts, c.own::unblock);
                });
            case SLOW -> {
                long extra = chance.between(20, 1500) * MS;
                during(member, lasts, () -> server.slowDown(extra), () -> server.slowDown(0));
            }
            case STATE -> {
                ServerCondition.State state = chance.any(
                        ServerCondition.State.FAILED,
                        ServerCondition.State.NO_CONFIGURATION,
                        ServerCondition.State.SUSPENDED,
                        ServerCondition.State.COMMUNICATION_FAULT,
                        ServerCondition.State.TEST,
                        ServerCondition.State.UNKNOWN);
                state(member, lasts, state);
            }
            case SERVICE_LEVEL -> level(member, lasts, (int) chance.pick(0, 1, 2, 50, 199, 200, 220));
            case SHUTDOWN -> shutdown(member, lasts);
            case REFUSE ->
                during(
                        member,
                        lasts,
                        () -> {
                            server.refuses = true;
                            server.resetConnections();
                        },
                        () -> server.refuses = false);
            case FREEZE_ITEMS -> freeze(member, lasts);
            case CLOCK_STEP -> {
                world.clocksDiffer = true;
                server.clockOffset += chance.pick(-3_600_000, -2000, -20, 15, 3000, 3_600_000) * MS;
            }
            case WRONG_SERVER ->
                during(
                        member,
                        lasts,
                        () -> {
                            server.kill(false);
                            server.start();
                            server.wrongIdentity = true;
                        },
                        () -> server.wrongIdentity = false);
            case MUTE -> during(member, lasts, () -> server.mute = true, () -> server.mute = false);
            case DIE_AT_WRITE ->
                during(member, lasts + 3 * SECOND, () -> server.trap = chance.any(ModelServer.Trap.values()), () -> {
                    server.trap = null;
                    if (!server.up()) {
                        server.start();
                    }
                });
            case FLAP -> flap(member, lasts);
            case BOTH_DOWN -> {
                begin(Kind.KILL, member, lasts);
                world.time.after(chance.between(0, 300) * MS, () -> {
                    if (!healed) {
                        begin(Kind.KILL, 1 - member, lasts);
                    }
                });
            }
        }
    }

    private void blow(int member, Runnable what) {
        world.checker.decisions.trouble(member);
        what.run();
    }

    private void during(int member, long lasts, Runnable begin, Runnable end) {
        Object key = new Object();
        world.checker.decisions.troubleBegins(member);
        begin.run();
        under.put(key, () -> {
            end.run();
            world.checker.decisions.troubleEnds(member);
        });
        world.time.after(lasts, () -> end(key));
    }

    private void end(Object key) {
        Runnable end = under.remove(key);
        if (end != null) {
            line("ends", "");
            end.run();
        }
    }

    private void session(int member, java.util.function.Consumer<Connection> what) {
        List<Connection> candidates = new ArrayList<>();
        for (ModelSession s : relay.sessions()) {
            Connection c = s.link(member).connection();
            if (c != null) {
                candidates.add(c);
            }
        }
        if (!candidates.isEmpty()) {
            Connection c = candidates.get(chance.below(candidates.size()));
            world.checker.decisions.trouble(member);
            line("  on", c.name());
            what.accept(c);
        }
    }

    void state(int member, long lasts, ServerCondition.State state) {
        ModelServer server = world.server(member);
        during(
                member,
                lasts,
                () -> {
                    server.state = state;
                    push(member);
                },
                () -> {
                    server.state = ServerCondition.State.RUNNING;
                    push(member);
                });
    }

    void level(int member, long lasts, int level) {
        ModelServer server = world.server(member);
        during(
                member,
                lasts,
                () -> {
                    server.serviceLevel = level;
                    push(member);
                },
                () -> {
                    server.serviceLevel = 255;
                    push(member);
                });
    }

    private void push(int member) {
        if (world.knobs.pushesState) {
            actor.control(member).push();
        }
    }

    private void shutdown(int member, long lasts) {
        ModelServer server = world.server(member);
        during(
                member,
                lasts + 2 * SECOND,
                () -> {
                    server.state = ServerCondition.State.SHUTDOWN;
                    actor.control(member).pushShutdown();
                    world.time.after(chance.between(0, 2000) * MS, () -> {
                        if (server.state == ServerCondition.State.SHUTDOWN) {
                            server.kill(false);
                        }
                    });
                },
                server::start);
    }

    private void freeze(int member, long lasts) {
        ModelServer server = world.server(member);
        during(
                member,
                lasts + SECOND,
                () -> {
                    server.freezeItems();
                    world.time.after(chance.between(100, 1500) * MS, () -> actor.reportMonitorTest(member));
                },
                () -> {
                    server.thawItems();
                    actor.reportMonitorTest(member);
                });
    }

    /** Comes and goes (S15). */
    void flap(int member, long lasts) {
        long half = chance.pick(50, 200, 500, 1000, 2500, 5000) * MS;
        boolean kills = chance.in(0.5);
        long until = world.time.now() + Math.max(lasts, 4 * half);
        flap(member, half, kills, until);
    }

    void flap(int member, long half, boolean kills, long until) {
        if (healed || world.time.now() >= until) {
            return;
        }
        begin(kills ? Kind.KILL : Kind.REFUSE, member, half);
        world.time.after(2 * half, () -> flap(member, half, kills, until));
    }

    /** Tandem itself does not run for a while. */
    void pause(long lasts) {
        if (world.host.paused() || healed) {
            return;
        }
        line("PAUSE", lasts / MS + " ms");
        world.host.pause();
        world.time.after(lasts, () -> {
            line("pause ends", "");
            world.pauseEnded();
            world.host.resume(chance.in(0.5), () -> {
                relay.sessions().forEach(ModelSession::paused);
                actor.pauseNoticed(lasts);
            });
        });
    }

    // ---- people

    private void person() {
        if (healed || world.host.paused()) {
            return;
        }
        int target = chance.below(2);
        switch (chance.below(8)) {
            case 0, 1, 2 -> actor.offer(at -> new PairEvent.SwitchRequested(at, "someone", target));
            case 3, 4 -> {
                pinned = true;
                actor.offer(at -> new PairEvent.PinRequested(at, "someone", target));
            }
            case 5 -> {
                pinned = false;
                actor.offer(at -> new PairEvent.PinReleased(at, "someone"));
            }
            case 6 -> actor.offer(at -> new PairEvent.DampingReset(at, "someone"));
            default -> {
                disabled = true;
                actor.offer(at -> new PairEvent.DisableRequested(at, "someone"));
                world.time.after(chance.between(200, 3000) * MS, this::enable);
            }
        }
    }

    private void enable() {
        if (disabled) {
            disabled = false;
            actor.offer(at -> new PairEvent.EnableRequested(at, "someone"));
        }
    }

    /** The world is well from now on, and people let the pair have its way. */
    void heal(boolean forgetsFailures) {
        healed = true;
        line("HEAL", "");
        for (Object key : List.copyOf(under.keySet())) {
            end(key);
        }
        for (int m = 0; m < 2; m++) {
            ModelServer s = world.server(m);
            s.trap = null;
            if (!s.up()) {
                s.start();
            }
            s.state = ServerCondition.State.RUNNING;
            s.serviceLevel = 255;
            for (Connection c : s.path.connections()) {
                c.own.unblock();
            }
            push(m);
        }
        enable();
        if (pinned) {
            actor.offer(at -> new PairEvent.PinReleased(at, "someone"));
        }
        if (forgetsFailures) {
            actor.offer(at -> new PairEvent.DampingReset(at, "someone"));
        }
    }
}
