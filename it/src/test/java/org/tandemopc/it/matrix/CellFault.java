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
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.history.Injected;
import org.tandemopc.it.matrix.Victim.Deed;
import org.tandemopc.testkit.proxy.Direction;
import org.tandemopc.testkit.proxy.Ending;
import org.tandemopc.testkit.proxy.Fault;
import org.tandemopc.testkit.proxy.Fault.Door;
import org.tandemopc.testkit.proxy.Fault.Strike;

/**
 * A fault of the matrix: what strikes a member, how it is healed, and why the pair may leave the member for it.
 *
 * @param causes of a member that stays away the monitor item that watches for changes may be the first to tell
 * @param more causes that may come when both members are in trouble
 * @param noticed how long it takes at most until the pair knows, on a machine that has time; of a fault that the pair
 *     may bear: until it has made up its mind
 * @param once whether it strikes a single message, which must then have come by
 * @param record a kind of record that must have come before a connected member is healed; empty: none for certain
 * @param ofHealing why the pair may leave a member that is being healed: new connections break those that were
 * @param trace what values show of it, of no member and no time
 */
record CellFault(
        String name,
        Effect effect,
        Deed strike,
        Deed heal,
        Set<LossCause> causes,
        Set<LossCause> more,
        Duration noticed,
        boolean once,
        String record,
        Set<LossCause> ofHealing,
        Injected trace) {
    private static final long BAD_DEVICE_FAILURE = 0x808B_0000L;
    private static final long SKEW_MS = 3_600_000;

    // ---- what the configuration of a lane promises of detection
    static final int INTERVAL_MS = 500;
    static final int TIMEOUT_MS = 1_500;
    static final int NO_CHANGE_MS = 4_000;
    static final int UPDATE_RATE_MS = 200;
    /** A closed connection, and what a server says of itself. */
    private static final Duration AT_ONCE = Duration.ofMillis(INTERVAL_MS);
    /** A question, and no answer. */
    private static final Duration BY_SILENCE = Duration.ofMillis(INTERVAL_MS + TIMEOUT_MS);
    /** Who is heard and does not answer is borne with for four timeouts more (decision 8). */
    private static final Duration BY_PATIENCE = Duration.ofMillis(INTERVAL_MS + 5 * TIMEOUT_MS);

    private static final Duration BY_MONITOR = Duration.ofMillis(NO_CHANGE_MS + UPDATE_RATE_MS);
    /** A better ServiceLevel counts when it has held for ten seconds (S11). */
    private static final Duration BY_LEVEL = Duration.ofSeconds(10).plus(AT_ONCE);

    private static final Set<LossCause> BROKEN = Set.of(CONNECTION_CLOSED);
    private static final Set<LossCause> AWAY = Set.of(NO_ANSWER, MONITOR_TEST);
    private static final Set<LossCause> AWAY_OR_BROKEN = Set.of(NO_ANSWER, MONITOR_TEST, CONNECTION_CLOSED);
    private static final Set<LossCause> SLOW = Set.of(NO_ANSWER, MONITOR_TEST, NO_FIRST_NOTIFICATION);

    private static final List<CellFault> OF_SERVERS = List.of(
            // The system closes connections when it has cleared away the process, which may take longer than patience.
            lost("KILLED", BY_SILENCE, v -> v.server().kill(), Victim::restart, AWAY_OR_BROKEN),
            lost("FROZEN", BY_SILENCE, v -> v.server().freeze(), v -> v.server().thaw(), AWAY),
            // Whoever has nowhere to go stays until the end that was announced.
            told("SHUT_DOWN", Effect.LOST, "shutdown 1", Victim::restart, SHUTDOWN_ANNOUNCED)
                    .orWhenBoth(CONNECTION_CLOSED)
                    .noticedIn(AT_ONCE.plusSeconds(1)),
            told("FAILED", "state Failed", "state Running", NOT_RUNNING),
            told("LEVEL_ZERO", "servicelevel 0", "servicelevel 255", SERVICE_LEVEL),
            of("LEVEL_WORSE", Effect.WORSE, level(199), level(255), Set.of(SERVICE_LEVEL))
                    .noticedIn(BY_LEVEL)
                    .traced(Injected.of("LEVEL_WORSE", Set.of(SERVICE_LEVEL)).whichIsBorne()),
            told("STALE", "freeze *", "thaw", MONITOR_TEST)
                    .noticedIn(BY_MONITOR)
                    .traced(Injected.of("STALE", Set.of(MONITOR_TEST)).hidingTicks()),
            told("DEVICE_GONE", "bad *", "good *", MONITOR_TEST)
                    .traced(Injected.of("DEVICE_GONE", Set.of(MONITOR_TEST))
                            .hidingTicks()
                            .showing(BAD_DEVICE_FAILURE)),
            skewed("SKEWED", SKEW_MS),
            skewed("SKEWED_BACK", -SKEW_MS),
            lost("WRONG_SERVER", AT_ONCE, Victim::replace, Victim::putBack, BROKEN)
                    .recording("WRONG_SERVER"));

    private static final List<CellFault> OF_CONNECTIONS = List.of(
            lost("REFUSED", AT_ONCE, v -> v.shut(Door.REFUSE), Victim::healNetwork, BROKEN),
            lost("RESET_AT_CONNECT", AT_ONCE, v -> v.shut(Door.RESET), Victim::healNetwork, BROKEN),
            lost("SILENT", BY_SILENCE, Victim::silence, Victim::healNetwork, AWAY),
            of("HALF_OPEN", Effect.BROKEN, v -> v.network().strike(Strike.HALF_OPEN), Victim::healNetwork, AWAY)
                    .noticedIn(BY_SILENCE),
            // Answers to the questions that came through before go on: it is heard for a while.
            lossOf("REQUESTS_LOST", Direction.REQUESTS, BY_PATIENCE),
            lossOf("ANSWERS_LOST", Direction.ANSWERS, BY_SILENCE),
            lost("SLOWLY_CLOSED", BY_SILENCE, Victim::vanishSlowly, Victim::revive, AWAY_OR_BROKEN));

    private static final List<CellFault> OF_MESSAGES = List.of(
            cut(
                    "CUT_INSIDE_ANSWER",
                    v -> v.once(Direction.ANSWERS, new Fault.CutInside(v.answers(), Ending.RESET_ALL))),
            cut(
                    "CUT_INSIDE_REQUEST",
                    v -> v.once(Direction.REQUESTS, new Fault.CutInside(v.requests(), Ending.RESET_ALL))),
            cut(
                    "CUT_BEFORE_ANSWER",
                    v -> v.once(Direction.ANSWERS, new Fault.CutBefore(v.answers(), Ending.RESET_ALL))),
            cut(
                    "CUT_AT_A_BYTE",
                    v -> v.once(Direction.ANSWERS, new Fault.CutAt(v.chance().nextInt(500), Ending.RESET_ALL))),
            doubtful(
                            "ONE_LINK_CUT",
                            v -> v.once(Direction.ANSWERS, new Fault.CutBefore(v.answers(), Ending.RESET)),
                            BROKEN)
                    .noticedIn(AT_ONCE),
            // In the header of a chunk: its kind, length or channel. Without security, other bytes are believed.
            doubtful(
                            "CORRUPT",
                            v -> v.once(
                                    either(v.chance()),
                                    new Fault.Corrupt(
                                            v.chance().nextInt(12),
                                            1 << v.chance().nextInt(8))),
                            AWAY_OR_BROKEN)
                    .healingByNewConnections(),
            doubtful("DOUBLED", v -> v.once(Direction.ANSWERS, new Fault.Duplicate(v.answers())), AWAY_OR_BROKEN));

    private static final List<CellFault> OF_SPEED = List.of(
            borne("DELAYED", v -> v.network().setBoth(v.delay(100, 100))),
            // Later than anybody waits for, and silent for longer: lost like one that hangs (decision 8).
            of(
                            "LATE",
                            Effect.LATE,
                            v -> v.network().set(Direction.ANSWERS, v.delay(2_500, 1_000)),
                            Victim::healNetwork,
                            SLOW)
                    .noticedIn(BY_SILENCE),
            // Talks all the time: borne as long as its status comes within the patience of decision 8.
            of(
                            "TRICKLE",
                            Effect.DOUBTFUL,
                            v -> v.network().set(Direction.ANSWERS, new Fault.Trickle(16, Duration.ofMillis(10))),
                            Victim::healNetwork,
                            SLOW)
                    .noticedIn(BY_PATIENCE),
            // Room for many times what one client and the questions need.
            borne("NARROW", v -> v.network().setBoth(new Fault.Bandwidth(20_000))));

    /** In a fixed order. */
    static List<CellFault> all() {
        return java.util.stream.Stream.of(OF_SERVERS, OF_CONNECTIONS, OF_MESSAGES, OF_SPEED)
                .flatMap(List::stream)
                .toList();
    }

    /** Whether a pair in this mode leaves an active member that this strikes alone. */
    boolean isReasonToLeave(Mode mode) {
        return switch (effect) {
            case LOST, USELESS, LATE -> true;
            case BROKEN, WORSE -> mode != Mode.COLD;
            case DOUBTFUL, BORNE -> false;
        };
    }

    /** Whether the member is of no use as long as it lasts. */
    boolean isFatal() {
        return effect == Effect.LOST || effect == Effect.USELESS;
    }

    // ---- how they are made

    private static CellFault of(String name, Effect effect, Deed strike, Deed heal, Set<LossCause> causes) {
        return new CellFault(
                name, effect, strike, heal, causes, Set.of(), AT_ONCE, false, "", Set.of(), Injected.of(name, causes));
    }

    private static CellFault lost(String name, Duration noticed, Deed strike, Deed heal, Set<LossCause> causes) {
        return of(name, Effect.LOST, strike, heal, causes).noticedIn(noticed);
    }

    private static CellFault told(String name, Effect effect, String command, Deed heal, LossCause cause) {
        return of(name, effect, v -> v.server().command(command), heal, Set.of(cause));
    }

    private static CellFault told(String name, String command, String healing, LossCause cause) {
        return told(name, Effect.USELESS, command, v -> v.server().command(healing), cause);
    }

    private static Deed level(int level) {
        return v -> v.server().command("servicelevel " + level);
    }

    private static CellFault skewed(String name, long ms) {
        return of(
                        name,
                        Effect.BORNE,
                        v -> v.server().command("skew " + ms),
                        v -> v.server().command("skew 0"),
                        Set.of())
                .recording("CLOCK_SKEW")
                .traced(Injected.of(name, Set.of()).whichIsBorne().skewedBy(ms));
    }

    private static CellFault lossOf(String name, Direction direction, Duration noticed) {
        return lost(
                name,
                noticed,
                v -> v.network().set(direction, new Fault.Drop()),
                Victim::healWithNewConnections,
                AWAY_OR_BROKEN);
    }

    private static CellFault cut(String name, Deed strike) {
        return of(name, Effect.BROKEN, strike, Victim::healNetwork, BROKEN).striking();
    }

    private static CellFault doubtful(String name, Deed strike, Set<LossCause> causes) {
        return of(name, Effect.DOUBTFUL, strike, Victim::healNetwork, causes)
                .noticedIn(BY_PATIENCE)
                .striking();
    }

    private static CellFault borne(String name, Deed strike) {
        return of(name, Effect.BORNE, strike, Victim::healNetwork, Set.of())
                .traced(Injected.of(name, Set.of()).whichIsBorne());
    }

    private static Direction either(Random chance) {
        return chance.nextBoolean() ? Direction.REQUESTS : Direction.ANSWERS;
    }

    private CellFault orWhenBoth(LossCause cause) {
        return new CellFault(
                name, effect, strike, heal, causes, Set.of(cause), noticed, once, record, ofHealing, trace);
    }

    private CellFault noticedIn(Duration most) {
        return new CellFault(name, effect, strike, heal, causes, more, most, once, record, ofHealing, trace);
    }

    private CellFault striking() {
        return new CellFault(name, effect, strike, heal, causes, more, noticed, true, record, ofHealing, trace);
    }

    private CellFault healingByNewConnections() {
        return new CellFault(
                name,
                effect,
                strike,
                Victim::healWithNewConnections,
                causes,
                more,
                noticed,
                once,
                record,
                BROKEN,
                trace);
    }

    private CellFault recording(String kind) {
        return new CellFault(name, effect, strike, heal, causes, more, noticed, once, kind, ofHealing, trace);
    }

    private CellFault traced(Injected other) {
        return new CellFault(name, effect, strike, heal, causes, more, noticed, once, record, ofHealing, other);
    }
}
