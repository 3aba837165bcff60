package org.tandemopc.core.pair;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * All that the machine knows of one pair. An immutable value; see {@link PairMachine}.
 *
 * @param epoch grows with each promotion
 * @param members in the order of the settings
 * @param wishes what people ordered; data beside the phase
 * @param watch what is being waited for
 */
public record PairState(
        PairSettings settings,
        Phase phase,
        long epoch,
        List<MemberHealth> members,
        Timers timers,
        Wishes wishes,
        Watch watch) {
    public PairState {
        members = List.copyOf(members);
    }

    /** What we are doing. */
    public sealed interface Phase {
        /** Closed. */
        record Disabled() implements Phase {}

        /**
         * No route yet.
         *
         * @param isPatient the preferred member still has time to connect before another one is taken
         */
        record Starting(boolean isPatient) implements Phase {}

        /** Routes point at the active member. */
        record Serving(int active) implements Phase {}

        /**
         * Requests are held; a member is looked for, or the relays move to it.
         *
         * @param from the active member before, or {@link Route#NONE} at the start
         * @param to the member that the relays are moving to, or {@link Route#NONE} while one is looked for
         * @param cause why {@code from} was left
         * @param deadlineNanos when this attempt is given up
         * @param story the rest of what the record of this switch will say
         */
        record Switching(int from, int to, LossCause cause, long deadlineNanos, Story story) implements Phase {
            boolean isRehoming() {
                return to != Route.NONE;
            }
        }

        /** No usable member; clients get the protocol's bad status, attempts go on. */
        record Stranded(int last, LossCause cause) implements Phase {}
    }

    /**
     * What a switch remembers for its record (I12).
     *
     * @param startedNanos when the decision fell
     * @param orderedBy the person who ordered it, or empty
     * @param wanted the member that a person ordered, or {@link Route#NONE}
     * @param isAfterOutage the pair was stranded before: a failure does not make a second record of that
     */
    public record Story(long startedNanos, String evidence, String orderedBy, int wanted, boolean isAfterOutage) {}

    /** "Stay on this member", by a person; beats every automatic cause. */
    public record Pin(int member, String by) {}

    /**
     * A switch ordered by a person, waiting for its target to be ready.
     *
     * @param deadlineNanos from then on it goes without waiting longer
     */
    public record Order(int target, String by, long deadlineNanos) {}

    /**
     * What people ordered.
     *
     * @param holdsFailback a person switched away from the preferred member: automatic failback waits until it has
     *     failed and returned, or somebody switches back
     * @param passThroughBy who disabled the pair and has its clients served by the primary alone, or null: it then runs
     *     as a cold pair of one member, and a pin waits until the pair is enabled again
     */
    public record Wishes(
            @Nullable Pin pin,
            @Nullable Order order,
            boolean holdsFailback,
            @Nullable String passThroughBy) {
        static final Wishes NONE = new Wishes(null, null, false, null);

        Wishes withPin(@Nullable Pin newPin) {
            return new Wishes(newPin, order, holdsFailback, passThroughBy);
        }

        Wishes withOrder(@Nullable Order newOrder) {
            return new Wishes(pin, newOrder, holdsFailback, passThroughBy);
        }

        Wishes withFailbackHeld(boolean held) {
            return new Wishes(pin, order, held, passThroughBy);
        }

        Wishes passingThrough(@Nullable String by) {
            return new Wishes(pin, null, false, by);
        }
    }

    /** Another member is in a better sub-range of ServiceLevel than the active one. */
    public record Better(int member, long sinceNanos) {}

    /**
     * What is being waited for.
     *
     * @param hasServed a member was promoted since the pair was enabled: the next promotion is recorded
     * @param graceUntilNanos until then a missed answer may be due to a pause of our own (S35)
     * @param coldLast the member that cold mode tried last, or {@link Route#NONE}
     * @param coldAttempts of cold mode since it last served for {@link MemberHealth#STABLE_NANOS}, or a person pinned a member while
     *     none served;
     *     counted in whole rounds at each loss before that
     * @param coldRetryNanos cold mode serves from a member that calls itself unusable, or whose test is awaited while no
     *     other is known to be better, and tries again then; 0 = no
     * @param shownLevel the ServiceLevel that clients see, -1 before the first
     */
    public record Watch(
            boolean hasServed,
            long graceUntilNanos,
            @Nullable Better better,
            int coldLast,
            int coldAttempts,
            long coldRetryNanos,
            int shownLevel) {
        static final Watch NONE = new Watch(false, Long.MIN_VALUE, null, Route.NONE, 0, 0, -1);

        Watch served() {
            return new Watch(true, graceUntilNanos, better, coldLast, coldAttempts, coldRetryNanos, shownLevel);
        }

        Watch graceUntil(long nanos) {
            return new Watch(hasServed, nanos, better, coldLast, coldAttempts, coldRetryNanos, shownLevel);
        }

        Watch withBetter(@Nullable Better newBetter) {
            return new Watch(hasServed, graceUntilNanos, newBetter, coldLast, coldAttempts, coldRetryNanos, shownLevel);
        }

        Watch triedCold(int member) {
            return new Watch(hasServed, graceUntilNanos, better, member, coldAttempts + 1, coldRetryNanos, shownLevel);
        }

        Watch coldFrom(int last, int attempts) {
            return new Watch(hasServed, graceUntilNanos, better, last, attempts, coldRetryNanos, shownLevel);
        }

        Watch coldRetryAt(long nanos) {
            return new Watch(hasServed, graceUntilNanos, better, coldLast, coldAttempts, nanos, shownLevel);
        }

        Watch showing(int level) {
            return new Watch(hasServed, graceUntilNanos, better, coldLast, coldAttempts, coldRetryNanos, level);
        }
    }

    static PairState disabled(PairSettings settings, @Nullable Pin pin) {
        return new PairState(
                settings,
                new Phase.Disabled(),
                0,
                Collections.nCopies(settings.members().size(), MemberHealth.UNKNOWN),
                Timers.NONE,
                Wishes.NONE.withPin(pin),
                Watch.NONE);
    }

    /** The member that serves, or served until the switch that is under way; {@link Route#NONE} if there is none. */
    public int active() {
        return switch (phase) {
            case Phase.Disabled _, Phase.Starting _, Phase.Stranded _ -> Route.NONE;
            case Phase.Serving p -> p.active();
            case Phase.Switching p -> p.from();
        };
    }

    /** The member whose link must stay as it is: the active one, or the one that the relays are moving to. */
    int kept() {
        return switch (phase) {
            case Phase.Disabled _, Phase.Starting _, Phase.Stranded _ -> Route.NONE;
            case Phase.Serving p -> p.active();
            case Phase.Switching p -> p.to();
        };
    }

    /** The members that may be promoted, in order of preference: all, or the pinned one alone. */
    List<Integer> candidates() {
        if (isPassThrough()) {
            return List.of(0);
        }
        Pin pin = wishes.pin();
        if (pin != null) {
            return List.of(pin.member());
        }
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            all.add(i);
        }
        return all;
    }

    /** The member that the pair would serve from if all were equal: the pinned one, or the first. */
    int preferred() {
        return candidates().getFirst();
    }

    MemberHealth member(int index) {
        return members.get(index);
    }

    Verdict verdict(int index) {
        return members.get(index).verdict();
    }

    /** Warm and hot: whether it could be switched to now, without a gap but for what clients have asked for a moment ago. */
    boolean isReady(int index) {
        return verdict(index).isUsable()
                && member(index).isSynchronized()
                && !member(index).isOverdue();
    }

    boolean isCold() {
        return mode() == Mode.COLD;
    }

    /** Cold mode: the member was connected a moment ago, and its monitor items have shown nothing yet. */
    boolean isTestAwaited(int index) {
        return isCold() && settings.isMonitored() && member(index).monitorTest() == MemberHealth.MonitorTest.UNTESTED;
    }

    /** The mode that the pair runs in. */
    Mode mode() {
        return isPassThrough() ? Mode.COLD : settings.mode();
    }

    /** The pair is disabled and served by its primary alone. */
    public boolean isPassThrough() {
        return wishes.passThroughBy() != null;
    }

    PairState withSettings(PairSettings newSettings) {
        return new PairState(newSettings, phase, epoch, members, timers, wishes, watch);
    }

    PairState withPhase(Phase newPhase) {
        return new PairState(settings, newPhase, epoch, members, timers, wishes, watch);
    }

    PairState withNextEpoch() {
        return new PairState(settings, phase, epoch + 1, members, timers, wishes, watch);
    }

    PairState withMember(int index, UnaryOperator<MemberHealth> change) {
        List<MemberHealth> list = new ArrayList<>(members);
        list.set(index, change.apply(list.get(index)));
        return new PairState(settings, phase, epoch, list, timers, wishes, watch);
    }

    PairState withTimers(Timers newTimers) {
        return new PairState(settings, phase, epoch, members, newTimers, wishes, watch);
    }

    PairState withWishes(Wishes newWishes) {
        return new PairState(settings, phase, epoch, members, timers, newWishes, watch);
    }

    PairState withWatch(Watch newWatch) {
        return new PairState(settings, phase, epoch, members, timers, wishes, newWatch);
    }
}
