package org.tandemopc.it.matrix;

import static org.tandemopc.core.pair.LossCause.CONNECTION_CLOSED;
import static org.tandemopc.core.pair.LossCause.MONITOR_TEST;
import static org.tandemopc.core.pair.LossCause.NOT_RUNNING;
import static org.tandemopc.core.pair.LossCause.NO_ANSWER;
import static org.tandemopc.core.pair.LossCause.NO_FIRST_NOTIFICATION;
import static org.tandemopc.core.pair.LossCause.SERVICE_LEVEL;
import static org.tandemopc.core.pair.LossCause.SHUTDOWN_ANNOUNCED;

import java.time.Duration;
import java.util.Random;
import java.util.Set;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.it.history.Injected;
import org.tandemopc.it.matrix.Victim.Deed;
import org.tandemopc.testkit.proxy.Direction;
import org.tandemopc.testkit.proxy.Ending;
import org.tandemopc.testkit.proxy.Fault;
import org.tandemopc.testkit.proxy.Fault.Door;
import org.tandemopc.testkit.proxy.Fault.Strike;
import org.tandemopc.testkit.proxy.UaMessages;

/**
 * The faults of the matrix: what strikes a member, how it is healed, and why the pair may leave the member for it. Of
 * what stays away, the monitor item that watches for changes may be the first to tell.
 */
public enum CellFault {
    // ---- the server
    KILLED(Effect.LOST, v -> v.server().kill(), Victim::restart, CONNECTION_CLOSED),
    FROZEN(Effect.LOST, v -> v.server().freeze(), v -> v.server().thaw(), NO_ANSWER,
            MONITOR_TEST),
    SHUT_DOWN(Effect.LOST, v -> v.server().command("shutdown 1"), Victim::restart, SHUTDOWN_ANNOUNCED) {
        /** Whoever has nowhere to go stays until the end that was announced. */
        @Override
        Set<LossCause> causes(boolean bothInTrouble) {
            return bothInTrouble ? Set.of(SHUTDOWN_ANNOUNCED, CONNECTION_CLOSED) : super.causes(false);
        }
    },
    FAILED(Effect.LOST, v -> v.server().command("state Failed"), v -> v.server().command("state Running"), NOT_RUNNING),
    LEVEL_ZERO(
            Effect.LOST,
            v -> v.server().command("servicelevel 0"),
            v -> v.server().command("servicelevel 255"),
            SERVICE_LEVEL),
    STALE(Effect.LOST, v -> v.server().command("freeze *"), v -> v.server().command("thaw"), MONITOR_TEST) {
        @Override
        Injected injected(int member, long fromMs, long untilMs, Set<LossCause> causes) {
            return new Injected(name(), member, fromMs, untilMs, causes, true, Set.of(), 0);
        }
    },
    DEVICE_GONE(Effect.LOST, v -> v.server().command("bad *"), v -> v.server().command("good *"), MONITOR_TEST) {
        @Override
        Injected injected(int member, long fromMs, long untilMs, Set<LossCause> causes) {
            return new Injected(name(), member, fromMs, untilMs, causes, true, Set.of(BAD_DEVICE_FAILURE), 0);
        }
    },
    WRONG_SERVER(
            Effect.LOST,
            v -> {
                v.network().moveTo(v.stranger().port());
                v.network().strike(Strike.RESET);
            },
            v -> {
                v.network().moveTo(v.server().port());
                v.network().strike(Strike.RESET);
            },
            CONNECTION_CLOSED) {
        @Override
        String record() {
            return "WRONG_SERVER";
        }
    },
    SKEWED(Effect.BORNE, v -> v.server().command("skew " + CellFault.SKEW_MS), v -> v.server().command("skew 0")) {
        @Override
        String record() {
            return "CLOCK_SKEW";
        }

        @Override
        Injected injected(int member, long fromMs, long untilMs, Set<LossCause> causes) {
            return new Injected(name(), member, fromMs, untilMs, causes, false, Set.of(), SKEW_MS);
        }
    },
    // ---- connections
    REFUSED(Effect.LOST, v -> v.shut(Door.REFUSE), Victim::healNetwork, CONNECTION_CLOSED),
    RESET_AT_CONNECT(Effect.LOST, v -> v.shut(Door.RESET), Victim::healNetwork, CONNECTION_CLOSED),
    SILENT(
            Effect.LOST,
            v -> {
                v.network().set(Door.SILENCE);
                v.network().setBoth(new Fault.Hold());
            },
            Victim::healNetwork,
            NO_ANSWER,
            MONITOR_TEST),
    HALF_OPEN(Effect.BROKEN, v -> v.network().strike(Strike.HALF_OPEN), Victim::healNetwork, NO_ANSWER,
            MONITOR_TEST),
    REQUESTS_LOST(
            Effect.LOST,
            v -> v.network().set(Direction.REQUESTS, new Fault.Drop()),
            Victim::healWithNewConnections,
            NO_ANSWER,
            MONITOR_TEST,
            CONNECTION_CLOSED),
    ANSWERS_LOST(
            Effect.LOST,
            v -> v.network().set(Direction.ANSWERS, new Fault.Drop()),
            Victim::healWithNewConnections,
            NO_ANSWER,
            MONITOR_TEST,
            CONNECTION_CLOSED),
    SLOWLY_CLOSED(
            Effect.LOST,
            v -> {
                v.network().setBoth(new Fault.SlowClose(Duration.ofSeconds(1)));
                v.server().command("vanish");
            },
            v -> {
                v.server().command("revive");
                v.healNetwork();
            },
            CONNECTION_CLOSED,
            NO_ANSWER,
            MONITOR_TEST),
    // ---- messages
    CUT_INSIDE_ANSWER(
            Effect.BROKEN,
            v -> v.once(Direction.ANSWERS, new Fault.CutInside(UaMessages::isService, Ending.RESET_ALL)),
            Victim::healNetwork,
            CONNECTION_CLOSED),
    CUT_INSIDE_REQUEST(
            Effect.BROKEN,
            v -> v.once(Direction.REQUESTS, new Fault.CutInside(UaMessages::isService, Ending.RESET_ALL)),
            Victim::healNetwork,
            CONNECTION_CLOSED),
    CUT_BEFORE_ANSWER(
            Effect.BROKEN,
            v -> v.once(Direction.ANSWERS, new Fault.CutBefore(UaMessages::isService, Ending.RESET_ALL)),
            Victim::healNetwork,
            CONNECTION_CLOSED),
    CUT_AT_A_BYTE(
            Effect.BROKEN,
            v -> v.once(Direction.ANSWERS, new Fault.CutAt(v.chance().nextInt(500), Ending.RESET_ALL)),
            Victim::healNetwork,
            CONNECTION_CLOSED),
    ONE_LINK_CUT(
            Effect.DOUBTFUL,
            v -> v.once(Direction.ANSWERS, new Fault.CutBefore(UaMessages::isService, Ending.RESET)),
            Victim::healNetwork,
            CONNECTION_CLOSED),
    /** In the header of a chunk: its kind, length or channel. Without security, other bytes are believed. */
    CORRUPT(
            Effect.DOUBTFUL,
            v -> v.once(either(v.chance()), new Fault.Corrupt(v.chance().nextInt(12), 1 << v.chance().nextInt(8))),
            Victim::healWithNewConnections,
            CONNECTION_CLOSED,
            NO_ANSWER,
            MONITOR_TEST),
    DOUBLED(
            Effect.DOUBTFUL,
            v -> v.once(Direction.ANSWERS, new Fault.Duplicate(UaMessages::isService)),
            Victim::healNetwork,
            CONNECTION_CLOSED,
            NO_ANSWER,
            MONITOR_TEST),
    // ---- speed
    DELAYED(Effect.BORNE, v -> v.network().setBoth(v.delay(100, 100)), Victim::healNetwork),
    LATE(
            Effect.DOUBTFUL,
            v -> v.network().set(Direction.ANSWERS, v.delay(2_500, 1_000)),
            Victim::healNetwork,
            NO_ANSWER,
            NO_FIRST_NOTIFICATION,
            MONITOR_TEST),
    TRICKLE(
            Effect.DOUBTFUL,
            v -> v.network().set(Direction.ANSWERS, new Fault.Trickle(16, Duration.ofMillis(10))),
            Victim::healNetwork,
            NO_ANSWER,
            NO_FIRST_NOTIFICATION,
            MONITOR_TEST),
    NARROW(
            Effect.DOUBTFUL,
            v -> v.network().setBoth(new Fault.Bandwidth(20_000)),
            Victim::healNetwork,
            NO_ANSWER,
            NO_FIRST_NOTIFICATION,
            MONITOR_TEST);

    private static final long BAD_DEVICE_FAILURE = 0x808B_0000L;
    private static final long SKEW_MS = 3_600_000;

    final Effect effect;
    final Deed strike;
    final Deed heal;
    private final Set<LossCause> causes;

    CellFault(Effect effect, Deed strike, Deed heal, LossCause... causes) {
        this.effect = effect;
        this.strike = strike;
        this.heal = heal;
        this.causes = Set.of(causes);
    }

    private static Direction either(Random chance) {
        return chance.nextBoolean() ? Direction.REQUESTS : Direction.ANSWERS;
    }

    /** Why the pair may have left the member. */
    Set<LossCause> causes(boolean bothInTrouble) {
        return causes;
    }

    /** A kind of record that must have come before the fault is healed, from a mode that connects the member; or empty. */
    String record() {
        return "";
    }

    Injected injected(int member, long fromMs, long untilMs, Set<LossCause> causes) {
        return Injected.of(name(), member, fromMs, untilMs, causes);
    }
}
