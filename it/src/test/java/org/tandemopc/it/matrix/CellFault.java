package org.tandemopc.it.matrix;

import static org.tandemopc.core.pair.LossCause.CONNECTION_CLOSED;
import static org.tandemopc.core.pair.LossCause.MONITOR_TEST;
import static org.tandemopc.core.pair.LossCause.NOT_RUNNING;
import static org.tandemopc.core.pair.LossCause.NO_ANSWER;
import static org.tandemopc.core.pair.LossCause.NO_FIRST_NOTIFICATION;
import static org.tandemopc.core.pair.LossCause.SERVICE_LEVEL;
import static org.tandemopc.core.pair.LossCause.SHUTDOWN_ANNOUNCED;

import java.time.Duration;
import java.util.List;
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
 * A fault of the matrix: what strikes a member, how it is healed, and why the pair may leave the member for it.
 *
 * @param causes of a member that stays away the monitor item that watches for changes may be the first to tell
 * @param more causes that may come when both members are in trouble
 * @param record a kind of record that must have come before a connected member is healed; empty: none for certain
 * @param trace what values show of it, of no member and no time
 */
record CellFault(
        String name,
        Effect effect,
        Deed strike,
        Deed heal,
        Set<LossCause> causes,
        Set<LossCause> more,
        String record,
        Injected trace) {
    private static final long BAD_DEVICE_FAILURE = 0x808B_0000L;
    private static final long SKEW_MS = 3_600_000;
    private static final Set<LossCause> BROKEN = Set.of(CONNECTION_CLOSED);
    private static final Set<LossCause> AWAY = Set.of(NO_ANSWER, MONITOR_TEST);
    private static final Set<LossCause> AWAY_OR_BROKEN = Set.of(NO_ANSWER, MONITOR_TEST, CONNECTION_CLOSED);
    private static final Set<LossCause> SLOW = Set.of(NO_ANSWER, MONITOR_TEST, NO_FIRST_NOTIFICATION);

    private static final List<CellFault> OF_SERVERS = List.of(
            // The system closes connections when it has cleared away the process, which may take longer than patience.
            of("KILLED", Effect.LOST, v -> v.server().kill(), Victim::restart, AWAY_OR_BROKEN),
            of("FROZEN", Effect.LOST, v -> v.server().freeze(), v -> v.server().thaw(), AWAY),
            // Whoever has nowhere to go stays until the end that was announced.
            told("SHUT_DOWN", "shutdown 1", Victim::restart, SHUTDOWN_ANNOUNCED).orWhenBoth(CONNECTION_CLOSED),
            told("FAILED", "state Failed", "state Running", NOT_RUNNING),
            told("LEVEL_ZERO", "servicelevel 0", "servicelevel 255", SERVICE_LEVEL),
            told("STALE", "freeze *", "thaw", MONITOR_TEST).hidingTicks(Set.of()),
            told("DEVICE_GONE", "bad *", "good *", MONITOR_TEST).hidingTicks(Set.of(BAD_DEVICE_FAILURE)),
            of(
                            "SKEWED",
                            Effect.BORNE,
                            v -> v.server().command("skew " + SKEW_MS),
                            v -> v.server().command("skew 0"),
                            Set.of())
                    .recording("CLOCK_SKEW")
                    .skewed(),
            of("WRONG_SERVER", Effect.LOST, Victim::replace, Victim::putBack, BROKEN)
                    .recording("WRONG_SERVER"));

    private static final List<CellFault> OF_CONNECTIONS = List.of(
            of("REFUSED", Effect.LOST, v -> v.shut(Door.REFUSE), Victim::healNetwork, BROKEN),
            of("RESET_AT_CONNECT", Effect.LOST, v -> v.shut(Door.RESET), Victim::healNetwork, BROKEN),
            of("SILENT", Effect.LOST, Victim::silence, Victim::healNetwork, AWAY),
            of("HALF_OPEN", Effect.BROKEN, v -> v.network().strike(Strike.HALF_OPEN), Victim::healNetwork, AWAY),
            lossOf("REQUESTS_LOST", Direction.REQUESTS),
            lossOf("ANSWERS_LOST", Direction.ANSWERS),
            of("SLOWLY_CLOSED", Effect.LOST, Victim::vanishSlowly, Victim::revive, AWAY_OR_BROKEN));

    private static final List<CellFault> OF_MESSAGES = List.of(
            cut("CUT_INSIDE_ANSWER", Direction.ANSWERS, new Fault.CutInside(UaMessages::isService, Ending.RESET_ALL)),
            cut("CUT_INSIDE_REQUEST", Direction.REQUESTS, new Fault.CutInside(UaMessages::isService, Ending.RESET_ALL)),
            cut("CUT_BEFORE_ANSWER", Direction.ANSWERS, new Fault.CutBefore(UaMessages::isService, Ending.RESET_ALL)),
            of(
                    "CUT_AT_A_BYTE",
                    Effect.BROKEN,
                    v -> v.once(Direction.ANSWERS, new Fault.CutAt(v.chance().nextInt(500), Ending.RESET_ALL)),
                    Victim::healNetwork,
                    BROKEN),
            of(
                    "ONE_LINK_CUT",
                    Effect.DOUBTFUL,
                    v -> v.once(Direction.ANSWERS, new Fault.CutBefore(UaMessages::isService, Ending.RESET)),
                    Victim::healNetwork,
                    BROKEN),
            // In the header of a chunk: its kind, length or channel. Without security, other bytes are believed.
            of(
                    "CORRUPT",
                    Effect.DOUBTFUL,
                    v -> v.once(
                            either(v.chance()),
                            new Fault.Corrupt(
                                    v.chance().nextInt(12), 1 << v.chance().nextInt(8))),
                    Victim::healWithNewConnections,
                    AWAY_OR_BROKEN),
            of(
                    "DOUBLED",
                    Effect.DOUBTFUL,
                    v -> v.once(Direction.ANSWERS, new Fault.Duplicate(UaMessages::isService)),
                    Victim::healNetwork,
                    AWAY_OR_BROKEN));

    private static final List<CellFault> OF_SPEED = List.of(
            of("DELAYED", Effect.BORNE, v -> v.network().setBoth(v.delay(100, 100)), Victim::healNetwork, Set.of()),
            slow("LATE", v -> v.network().set(Direction.ANSWERS, v.delay(2_500, 1_000))),
            slow("TRICKLE", v -> v.network().set(Direction.ANSWERS, new Fault.Trickle(16, Duration.ofMillis(10)))),
            slow("NARROW", v -> v.network().setBoth(new Fault.Bandwidth(20_000))));

    /** In a fixed order. */
    static List<CellFault> all() {
        return java.util.stream.Stream.of(OF_SERVERS, OF_CONNECTIONS, OF_MESSAGES, OF_SPEED)
                .flatMap(List::stream)
                .toList();
    }

    // ---- how they are made

    private static CellFault of(String name, Effect effect, Deed strike, Deed heal, Set<LossCause> causes) {
        Injected trace = Injected.of(name, -1, 0, 0, causes);
        Injected shown = effect == Effect.BORNE ? trace.whichIsBorne() : trace;
        return new CellFault(name, effect, strike, heal, causes, Set.of(), "", shown);
    }

    private static CellFault told(String name, String command, Deed heal, LossCause cause) {
        return of(name, Effect.LOST, v -> v.server().command(command), heal, Set.of(cause));
    }

    private static CellFault told(String name, String command, String healing, LossCause cause) {
        return told(name, command, v -> v.server().command(healing), cause);
    }

    private static CellFault lossOf(String name, Direction direction) {
        return of(
                name,
                Effect.LOST,
                v -> v.network().set(direction, new Fault.Drop()),
                Victim::healWithNewConnections,
                AWAY_OR_BROKEN);
    }

    private static CellFault cut(String name, Direction direction, Fault.Line line) {
        return of(name, Effect.BROKEN, v -> v.once(direction, line), Victim::healNetwork, BROKEN);
    }

    private static CellFault slow(String name, Deed strike) {
        return of(name, Effect.DOUBTFUL, strike, Victim::healNetwork, SLOW);
    }

    private static Direction either(Random chance) {
        return chance.nextBoolean() ? Direction.REQUESTS : Direction.ANSWERS;
    }

    private CellFault orWhenBoth(LossCause cause) {
        return new CellFault(name, effect, strike, heal, causes, Set.of(cause), record, trace);
    }

    private CellFault recording(String kind) {
        return new CellFault(name, effect, strike, heal, causes, more, kind, trace);
    }

    private CellFault hidingTicks(Set<Long> shown) {
        return traced(new Injected(name, -1, 0, 0, causes, true, shown, 0));
    }

    private CellFault skewed() {
        return traced(new Injected(name, -1, 0, 0, causes, false, Set.of(), SKEW_MS).whichIsBorne());
    }

    private CellFault traced(Injected other) {
        return new CellFault(name, effect, strike, heal, causes, more, record, other);
    }
}
