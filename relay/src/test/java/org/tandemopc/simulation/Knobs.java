package org.tandemopc.simulation;

import static org.tandemopc.simulation.VirtualTime.MS;
import static org.tandemopc.simulation.VirtualTime.SECOND;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.pair.PairSettings;
import org.tandemopc.relay.delivery.DeliveryLimits;

/**
 * Everything that is chosen for a run before it starts. {@link #drawn} takes it from the seed; named scenarios start
 * from {@link #calm} and turn what they are about.
 */
final class Knobs {
    final long seed;
    Mode mode = Mode.HOT;
    boolean failback = true;
    long failbackDwell;
    long pingInterval = 500 * MS;
    long pingTimeout = 200 * MS;
    long holdTimeout = 5 * SECOND;

    int sessions = 1;
    int subscriptionsMax = 1;
    int itemsMax = 4;
    /** Publishing interval of the clients' subscriptions; 0 = drawn for each. */
    long publishing;

    int publishRequests = 3;
    /** Time that a client takes before it publishes again. */
    long clientThink = MS;
    /** How many messages a client leaves unacknowledged before it acknowledges them all. */
    int lateAcks;
    /** Mean time between a client's requests; 0 = none. */
    long requestEvery = 300 * MS;

    boolean clientsModify;
    boolean clientsStall;

    long delay = MS;
    long jitter = MS / 2;
    /** Time from the shell's hand-over to the socket. */
    long socketDelay = MS / 10;
    /** Time that an order or event takes from one owner to the next, at most. */
    long hop = MS / 2;
    /** Publish requests that the relay keeps open at each member for each session. */
    int credits = 10;

    double duplicateAnswers;
    /** Clock of the secondary minus that of the primary; what servers stamp themselves shows it. */
    long clockOffset;
    /** Whether servers report a changed state by themselves, or only when asked. */
    boolean pushesState = true;

    boolean monitorItems = true;

    DeliveryLimits limits = DeliveryLimits.defaults();

    long safety = 20 * SECOND;
    int faults;
    boolean people;
    boolean pauses;

    private Knobs(long seed) {
        this.seed = seed;
    }

    static Knobs calm(long seed) {
        return new Knobs(seed);
    }

    static Knobs drawn(long seed, Chance chance) {
        Knobs k = new Knobs(seed);
        k.mode = chance.any(Mode.COLD, Mode.WARM, Mode.WARM, Mode.HOT, Mode.HOT);
        k.failback = chance.in(0.8);
        k.failbackDwell = chance.in(0.3) ? chance.pick(SECOND, 3 * SECOND) : 0;
        k.pingInterval = chance.pick(100, 250, 500, 1000, 2500) * MS;
        k.pingTimeout = Math.min(chance.pick(50, 100, 300, 1000) * MS, k.pingInterval);
        k.holdTimeout = chance.pick(1, 5) * SECOND;
        k.sessions = (int) chance.between(1, 3);
        k.subscriptionsMax = (int) chance.between(1, 2);
        k.itemsMax = (int) chance.between(1, 5);
        k.publishRequests = (int) chance.between(1, 5);
        k.clientThink = chance.in(0.25) ? chance.between(20, 400) * MS : chance.between(0, 3) * MS;
        k.lateAcks = chance.in(0.3) ? (int) chance.between(1, 6) : 0;
        k.requestEvery = chance.in(0.15) ? 0 : chance.between(30, 600) * MS;
        k.clientsModify = chance.in(0.3);
        k.clientsStall = chance.in(0.2);
        k.delay = chance.in(0.2) ? chance.between(5, 60) * MS : chance.between(100, 3000) * 1000;
        // An operator whose network takes longer than the timeout has set a wrong timeout.
        k.delay = Math.min(k.delay, k.pingTimeout / 10);
        k.jitter = chance.between(0, k.delay);
        k.socketDelay = chance.in(0.3) ? chance.between(0, 4 * MS) : chance.between(0, 100_000);
        k.hop = chance.between(0, Math.min(2 * MS, k.pingTimeout / 50));
        k.credits = (int) chance.between(2, 20);
        k.duplicateAnswers = chance.in(0.2) ? 0.05 : 0;
        k.clockOffset = chance.in(0.3) ? chance.pick(-3_600_000, -30_000, -400, -3, 2, 900, 60_000) * MS : 0;
        k.pushesState = chance.in(0.6);
        k.monitorItems = chance.in(0.4);
        if (chance.in(0.15)) {
            DeliveryLimits d = DeliveryLimits.defaults();
            k.limits = new DeliveryLimits(
                    (int) chance.between(2, 6),
                    chance.between(30, 200) * SimBatch.BYTES_EACH,
                    chance.between(30, 200) * SimBatch.BYTES_EACH,
                    chance.pick(500 * MS, 3 * SECOND),
                    (int) chance.between(1, 8),
                    d.inFlightNanos(),
                    d.bridgeNanos());
        }
        k.safety = chance.between(8, 30) * SECOND;
        k.faults = (int) chance.between(1, 7);
        k.people = chance.in(0.2);
        k.pauses = chance.in(0.2);
        return k;
    }

    PairSettings settings() {
        return new PairSettings(
                "pair",
                List.of(new PairSettings.MemberName("alpha"), new PairSettings.MemberName("beta")),
                mode,
                failback,
                Duration.ofNanos(pingInterval),
                Duration.ofNanos(pingTimeout),
                Duration.ofNanos(holdTimeout),
                Duration.ofNanos(failbackDwell));
    }

    /** Whether the bounds of the engine are so wide that a run cannot reach them. */
    boolean wideLimits() {
        return limits.equals(DeliveryLimits.defaults());
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "seed=%d mode=%s failback=%s dwell=%dms ping=%d/%dms hold=%dms sessions=%d subscriptions<=%d items<=%d"
                        + " publishRequests=%d think=%dus lateAcks=%d requestEvery=%dms modify=%s stall=%s"
                        + " delay=%d+%dus socket=%dus hop=%dus credits=%d duplicateAnswers=%s clockOffset=%dms"
                        + " pushesState=%s monitorItems=%s safety=%dms faults=%d people=%s pauses=%s limits=%s",
                seed,
                mode,
                failback,
                failbackDwell / MS,
                pingInterval / MS,
                pingTimeout / MS,
                holdTimeout / MS,
                sessions,
                subscriptionsMax,
                itemsMax,
                publishRequests,
                clientThink / 1000,
                lateAcks,
                requestEvery / MS,
                clientsModify,
                clientsStall,
                delay / 1000,
                jitter / 1000,
                socketDelay / 1000,
                hop / 1000,
                credits,
                duplicateAnswers,
                clockOffset / MS,
                pushesState,
                monitorItems,
                safety / MS,
                faults,
                people,
                pauses,
                wideLimits() ? "wide" : limits);
    }
}
