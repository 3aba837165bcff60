package org.tandemopc.simulator.da;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.opcda.OpcServerState;
import org.tandemopc.opcda.Quality;
import org.tandemopc.simulator.Glob;

/**
 * What a simulated server does wrong, on command and until told otherwise. Ids of items are given as patterns with {@code *} and
 * {@code ?}. Any thread.
 */
public final class DaFaults {
    /** The longest delay of a call: longer ones hang. */
    public static final Duration DELAY_MAX = Duration.ofMinutes(10);

    private static final int RULES_MAX = 1_000;
    private static final long LOOK_NANOS = 2_000_000;

    /** Kinds of calls that can be slowed down, each with all its interfaces. */
    public enum Kind {
        STATUS,
        READ,
        WRITE,
        BROWSE,
        /** Groups and items: made, changed, removed. */
        GROUPS,
        /** What is done between an asynchronous call and its callback; the call itself answers at once. */
        ASYNC
    }

    private record Rule<T>(Predicate<String> ids, T what) {}

    private final DaPlant plant;
    private final Map<Kind, Long> delays = new EnumMap<>(Kind.class);
    private final List<Rule<Integer>> refused = new ArrayList<>();
    private OpcServerState state = OpcServerState.RUNNING;
    private boolean isHung;
    private boolean isMute;
    private boolean isOver;

    DaFaults(DaPlant plant) {
        this.plant = plant;
    }

    /** What GetStatus says; nothing else changes. */
    public synchronized void state(OpcServerState said) {
        state = said;
    }

    synchronized OpcServerState state() {
        return state;
    }

    /** @param quality that the items have, whatever their value; empty: their own again. @return how many items match */
    public int quality(String ids, Optional<Quality> quality) {
        return plant.setQuality(Glob.of(ids), quality);
    }

    /** Items keep value and time that they have now. @return how many items match */
    public int freeze(String ids, boolean isFrozen) {
        return plant.setFrozen(Glob.of(ids), isFrozen);
    }

    /**
     * AddItems, ValidateItems and the calls that go by item id answer the error for the items. Items that are in groups stay.
     *
     * @param hresult a failure
     */
    public synchronized void refuse(String ids, int hresult) {
        if (HResult.isSuccess(hresult) || refused.size() == RULES_MAX) {
            throw new IllegalArgumentException("no failure, or more than %d rules".formatted(RULES_MAX));
        }
        refused.add(new Rule<>(Glob.of(ids), hresult));
    }

    public synchronized void refuseNothing() {
        refused.clear();
    }

    synchronized Optional<Integer> refusal(String id) {
        return refused.stream()
                .filter(rule -> rule.ids().test(id))
                .map(Rule::what)
                .findFirst();
    }

    /** Calls of the kind answer so much later. @param delay 0: at once again; to {@link #DELAY_MAX} */
    public synchronized void delay(Kind kind, Duration delay) {
        if (delay.isNegative() || delay.compareTo(DELAY_MAX) > 0) {
            throw new IllegalArgumentException("the delay must be 0 to " + DELAY_MAX);
        }
        delays.put(kind, delay.toMillis());
    }

    synchronized long delayMs(Kind kind) {
        return delays.getOrDefault(kind, 0L);
    }

    /** No call is answered, and no callback sent, until it is over; connections stay, and pings are answered. */
    public synchronized void hang(boolean hangs) {
        isHung = hangs;
    }

    synchronized boolean isHung() {
        return isHung;
    }

    /** No callbacks, though everything else works: what a server does whose data side has died. */
    public synchronized void mute(boolean mutes) {
        isMute = mutes;
    }

    synchronized boolean isMute() {
        return isMute;
    }

    /** Ends all waiting, and whatever waits. */
    synchronized void end() {
        isOver = true;
    }

    private synchronized boolean mustWait(long startNanos, Kind kind) {
        if (isOver) {
            throw new CancellationException("the server ends");
        }
        return isHung || System.nanoTime() - startNanos < delays.getOrDefault(kind, 0L) * 1_000_000;
    }

    /**
     * On the thread of a call, before it does anything: waits for as long as the faults say.
     *
     * @throws CancellationException the server ended meanwhile: nothing is to be done
     */
    void pass(Kind kind) {
        long start = System.nanoTime();
        while (mustWait(start, kind)) {
            if (Thread.currentThread().isInterrupted()) {
                throw new CancellationException("the server ends");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
