package org.tandemopc.simulation;

import static org.tandemopc.simulation.VirtualTime.MS;
import static org.tandemopc.simulation.VirtualTime.SECOND;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.pair.PairEffect;
import org.tandemopc.core.pair.PairEvent;
import org.tandemopc.core.pair.RehomeReport;
import org.tandemopc.core.pair.Route;
import org.tandemopc.core.pair.ServerCondition;
import org.tandemopc.core.pair.Step;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;

/** What the machine was told, and whether what it ordered is right: M1-M3, M5-M7, ML2, I10, I12, S11, S12, S14, S15, S35. */
final class DecisionChecker {
    private static final long NEVER = Long.MIN_VALUE;
    private static final long TROUBLE_ECHO = 20 * SECOND;

    private enum Usable {
        YES,
        NO,
        UNSURE
    }

    /** What the events so far say of a member. */
    private static final class Known {
        boolean wanted;
        boolean open;
        boolean doubted;
        /** For the shutdown that it announced, which it may take back. */
        boolean doubtedForShutdown;

        boolean tested;
        boolean monitorFailed;
        boolean missed;
        /** A pause of our own excuses one miss, until the next pause. */
        boolean missExcused;

        boolean isSynchronized;
        /** The shutdown that it announced has its record. */
        boolean shutdownTold;
        /** When the first of the answers that it owes did not come. */
        long owesSince = Long.MAX_VALUE;

        @Nullable
        ServerCondition condition;

        /** Whether it was fit to serve, as far as was known: a doubt that is not settled yet counts as fit. */
        boolean wasFit;

        boolean wasUnsure;
        long usableSince;
        final Set<LossCause> causes = EnumSet.noneOf(LossCause.class);
        double points;
        long pointsAt;
        boolean suppressed;
        long holdUntil;
        int suppressions;
        /** Since when something may be wrong with it that the model did, {@link Long#MAX_VALUE} = nothing is. */
        int troubles;

        long lastTrouble = Long.MIN_VALUE / 2;

        Usable usable() {
            ServerCondition c = condition;
            if (!open || c == null || doubted || monitorFailed || c.serviceLevel() <= 1) {
                return Usable.NO;
            }
            if (c.state() != ServerCondition.State.RUNNING && c.state() != ServerCondition.State.TEST) {
                return Usable.NO;
            }
            return missed ? Usable.UNSURE : Usable.YES;
        }

        int grade() {
            ServerCondition c = condition;
            return c != null && c.serviceLevel() >= 200 ? 3 : 2;
        }
    }

    private final World world;
    private final Known[] known = {new Known(), new Known()};
    private final List<Set<String>> connected = List.of(new HashSet<>(), new HashSet<>());
    /** Since when there are connections to both members. */
    private long bothSince = NEVER;

    private final Map<Long, Integer> memberOfEpoch = new HashMap<>();
    private final Map<Long, Integer> rehomedInEpoch = new HashMap<>();
    private long highestEpoch;
    private long highestOrdered;
    private int active = Route.NONE;
    private int lastActive = Route.NONE;
    private boolean hasServed;
    private boolean stranded;
    private boolean switching;
    private boolean troubledSwitch;
    /** Somebody had ordered it when it began: a primary that fails meanwhile takes nothing from that. */
    private boolean orderedSwitch;

    private long switchStarted;
    private final Set<LossCause> switchCauses = EnumSet.noneOf(LossCause.class);
    private long graceUntil;
    private int orderedTarget = Route.NONE;
    private long orderedUntil;
    private boolean pinned;
    /** As recorded, or as it must have been taken: an order to pin may be refused. */
    private int pinnedTo = Route.NONE;
    /** Where the relays are on the way to. */
    private int movingTo = Route.NONE;

    /** As the last resort: it was in doubt already when they were sent there. */
    private boolean movesInDoubt;

    private boolean personSwitched;
    private int shownLevel = -1;
    private int switches;
    private int unorderedSwitches;
    private int switchesWhileBothBad;
    private boolean bothBad;
    /** The member that the switch under way leaves was connected when it was left. */
    private boolean leftAlive;

    DecisionChecker(World world) {
        this.world = world;
    }

    int switches() {
        return switches;
    }

    int unorderedSwitches() {
        return unorderedSwitches;
    }

    int active() {
        return active;
    }

    /** A switch is under way. */
    boolean isSwitching() {
        return switching;
    }

    boolean personSwitched() {
        return personSwitched || pinned;
    }

    boolean isSuppressed(int member) {
        return suppressed(known[member], 0);
    }

    /** When the last thing was done to it that may still show; never while one lasts. */
    long quietSince(int member) {
        Known k = known[member];
        return k.troubles > 0 ? world.time.now() : k.lastTrouble;
    }

    /** Whether a failure of a member was counted. */
    boolean anyFailure() {
        return known[0].points > 0 || known[1].points > 0;
    }

    /** The active member of this epoch, as the machine released it, or {@link Route#NONE}. */
    int memberOf(long epoch) {
        return memberOfEpoch.getOrDefault(epoch, Route.NONE);
    }

    long highestOrdered() {
        return highestOrdered;
    }

    // ---- what the model does to members

    /** Something is done to the member that may make it look bad. */
    void troubleBegins(int member) {
        known[member].troubles++;
    }

    void troubleEnds(int member) {
        known[member].troubles--;
        known[member].lastTrouble = world.time.now();
    }

    /** A single blow. */
    void trouble(int member) {
        known[member].lastTrouble = world.time.now();
    }

    // ---- connections

    void connecting(int member, String name) {
        connected.get(member).add(name);
        boolean isBoth = !connected.get(1 - member).isEmpty();
        if (world.knobs.mode == Mode.COLD && isBoth && bothSince == NEVER) {
            bothSince = world.time.now();
            watchBoth(bothSince);
        }
    }

    /** The orders to close and to open travel separately; they may cross for a moment each time, not for longer. */
    private void watchBoth(long since) {
        world.time.after(20 * MS + 2 * world.knobs.hop, () -> {
            if (bothSince != since) {
                return;
            }
            if (world.host.paused() || world.time.now() - world.lastPauseEnd() <= SECOND) {
                watchBoth(since);
                return;
            }
            throw new Violation("M7", "cold mode has connections to both: " + connected);
        });
    }

    void closed(int member, String name) {
        connected.get(member).remove(name);
        if (connected.get(member).isEmpty()) {
            bothSince = NEVER;
        }
    }

    // ---- the relay

    void relayOrdered(long epoch) {
        highestOrdered = Math.max(highestOrdered, epoch);
    }

    void synchronizedOn(int member) {
        world.checker.delivery.checkSynchronized(member);
    }

    void recorded(PairRecord record) {}

    // ---- the machine

    void decided(PairEvent event, Step step) {
        learn(event, step);
        noteUsability();
        int promotions = 0;
        int expected = 0;
        Route released = null;
        for (PairEffect effect : step.effects()) {
            switch (effect) {
                case PairEffect.OpenLink e -> known[e.member()].wanted = true;
                case PairEffect.CloseLink e -> closedByOrder(e.member());
                case PairEffect.HoldRelays e -> held(e.epoch());
                case PairEffect.RehomeRelays e -> rehomed(e);
                case PairEffect.ReleaseRelays e -> {
                    if (!(event instanceof PairEvent.RelayRehomed answer)
                            || answer.epoch() != e.route().epoch()) {
                        throw new Violation("M2", "released without the relays' answer to this order: " + e);
                    }
                    released = released(e.route());
                    expected += hasServed ? 1 : 0;
                    hasServed = true;
                }
                case PairEffect.StrandRelays e -> stranded(e.epoch());
                case PairEffect.CloseRelays e -> disabled(e.epoch());
                case PairEffect.ShowServiceLevel e -> shownLevel = e.level();
                case PairEffect.Record e -> {
                    if (e.record().kind() == RecordKind.PROMOTED) {
                        promotions++;
                        checkPromotion(event, released, e.record());
                    } else if (e.record().kind() == RecordKind.SHUTDOWN_RECEIVED) {
                        tellShutdown(e.record());
                    } else if (e.record().kind() == RecordKind.PINNED) {
                        pinnedTo = e.record().fields().get("member") instanceof Integer m ? m : Route.NONE;
                    }
                }
                case PairEffect.ProbeNow e -> {}
                case PairEffect.AdmitClients e -> {}
                case PairEffect.UseSettings e -> {}
                case PairEffect.Attach e -> {}
                case PairEffect.Detach e -> {}
                case PairEffect.StartTimer e -> {}
            }
        }
        if (promotions != expected) {
            throw new Violation("M6", promotions + " promotion records for " + expected + " promotions");
        }
        checkLevel();
        checkNotStuck();
        noteBothBad();
    }

    /** Whatever is known of a member is acted on at once: what is bad is left, and not moved to. */
    private void checkNotStuck() {
        if (switching) {
            if (movingTo != Route.NONE && (!known[movingTo].open || (known[movingTo].doubted && !movesInDoubt))) {
                throw new Violation("I11", "the relays go on moving to member " + movingTo + ", which is lost");
            }
        } else if (active != Route.NONE
                && world.knobs.mode != Mode.COLD
                && !isOrdered()
                && known[active].usable() == Usable.NO
                && known[1 - active].usable() == Usable.YES) {
            throw new Violation("I11", "stays on member " + active + ", which is bad, and the other is good");
        }
    }

    private void learn(PairEvent event, Step step) {
        long now = event.atNanos();
        switch (event) {
            case PairEvent.LinkOpened e -> {
                Known k = known[e.member()];
                if (k.wanted) {
                    k.open = true;
                    answered(k);
                    k.condition = e.condition();
                    k.shutdownTold &= e.condition().state() == ServerCondition.State.SHUTDOWN;
                    blame(k, e.condition());
                }
            }
            case PairEvent.LinkFailed e -> {
                if (known[e.member()].wanted && !known[e.member()].open) {
                    lost(e.member(), e.cause());
                }
            }
            case PairEvent.LinkLost e -> {
                if (known[e.member()].open) {
                    lost(e.member(), e.cause());
                }
            }
            case PairEvent.ConditionReported e -> {
                Known k = known[e.member()];
                if (k.open) {
                    if (k.doubtedForShutdown && isShutdown(k.condition) && !isShutdown(e.condition())) {
                        k.doubted = false;
                        k.doubtedForShutdown = false;
                    }
                    k.condition = e.condition();
                    answered(k);
                    if (isShutdown(e.condition())) {
                        shutdown(e.member());
                    } else if (!k.doubted) {
                        k.shutdownTold = false;
                    }
                    blame(k, e.condition());
                }
            }
            case PairEvent.ProbeTimedOut e -> {
                Known k = known[e.member()];
                k.causes.add(LossCause.NO_ANSWER);
                if (k.open && now < graceUntil && !k.missExcused) {
                    k.missExcused = true;
                    k.missed = true;
                    k.owesSince = Math.min(k.owesSince, now);
                } else if (k.open) {
                    missed(e, step);
                }
            }
            case PairEvent.ShutdownAnnounced e -> shutdown(e.member());
            case PairEvent.FirstNotificationMissing e -> doubt(e.member(), LossCause.NO_FIRST_NOTIFICATION);
            case PairEvent.MemberSynchronized e -> known[e.member()].isSynchronized |= known[e.member()].open;
            // The model's relay never tells it.
            case PairEvent.MemberLags e -> {}
            case PairEvent.MonitorTestChanged e -> {
                Known k = known[e.member()];
                if (k.open) {
                    k.monitorFailed = !e.passed();
                    if (!e.passed()) {
                        k.causes.add(LossCause.MONITOR_TEST);
                        if (!k.tested) {
                            // It has not been well since it was connected: not a failure more.
                            k.wasFit = false;
                        }
                    }
                    k.tested = true;
                }
            }
            case PairEvent.RelayFailed e -> {
                if (switching && e.epoch() == highestEpoch) {
                    int to = rehomedInEpoch.getOrDefault(e.epoch(), Route.NONE);
                    if (to != Route.NONE) {
                        doubt(to, LossCause.REHOME_FAILED);
                        switchCauses.add(LossCause.REHOME_FAILED);
                    }
                }
            }
            case PairEvent.OwnPauseNoticed e -> {
                graceUntil = now + world.knobs.pingInterval + world.knobs.pingTimeout;
                for (Known k : known) {
                    k.missExcused = false;
                    if (k.owesSince != Long.MAX_VALUE) {
                        k.owesSince = Math.min(now, k.owesSince + e.pausedNanos());
                    }
                }
            }
            case PairEvent.SwitchRequested e -> order(e.target(), now);
            case PairEvent.PinRequested e -> {
                pinned = true;
                // Elsewhere it may be refused: a record says if it was taken.
                if (!switching && e.target() == active) {
                    pinnedTo = e.target();
                }
                order(e.target(), now);
            }
            case PairEvent.PinReleased e -> {
                pinned = false;
                pinnedTo = Route.NONE;
                personSwitched = true;
            }
            case PairEvent.DampingReset e -> {
                for (Known k : known) {
                    k.points = 0;
                    k.suppressed = false;
                    k.suppressions = 0;
                }
            }
            case PairEvent.RelayRehomed e -> {}
            case PairEvent.TimerFired e -> {}
            case PairEvent.EnableRequested e -> {}
            case PairEvent.DisableRequested e -> {}
            case PairEvent.SettingsChanged e -> {}
            case PairEvent.PassThroughRequested e -> {}
        }
    }

    private static void answered(Known k) {
        k.missed = false;
        k.owesSince = Long.MAX_VALUE;
    }

    /** GAP-3 and its exceptions (decision record 0008): what is done about a late answer is what the law says. */
    private void missed(PairEvent.ProbeTimedOut e, Step step) {
        Known k = known[e.member()];
        long now = e.atNanos();
        long timeout = world.knobs.pingTimeout;
        k.missed = true;
        k.owesSince = Math.min(k.owesSince, now);
        boolean settingUp = rehomedInEpoch.getOrDefault(highestEpoch, Route.NONE) == e.member()
                && !memberOfEpoch.containsKey(highestEpoch);
        boolean hasOther = pinnedTo != e.member()
                && (world.knobs.mode == Mode.COLD ? !settingUp : known[1 - e.member()].usable() == Usable.YES);
        boolean hasReady =
                hasOther && (world.knobs.mode == Mode.COLD || settingUp || known[1 - e.member()].isSynchronized);
        boolean heard = e.silentNanos() < Math.min(timeout, world.knobs.pingInterval);
        long owed = now - k.owesSince;
        if (step.effects().contains(new PairEffect.CloseLink(e.member()))) {
            if (heard && owed < 4 * timeout) {
                throw new Violation("GAP-3", "member " + e.member() + " is heard, and cut for a late answer");
            }
            if (!hasOther && owed < Math.max(2 * timeout, 2 * SECOND)) {
                throw new Violation("S11", "member " + e.member() + " is the last, and cut for a late answer");
            }
            if (hasOther && !hasReady && owed < 2 * timeout) {
                throw new Violation("S15", "member " + e.member() + " is left at once for one that is not ready");
            }
            lost(e.member(), LossCause.NO_ANSWER);
        } else if (hasOther && !heard && (hasReady || owed >= 2 * timeout)) {
            throw new Violation("S7", "member " + e.member() + " is silent, and kept though there is another one");
        } else if (owed >= Math.max(4 * timeout, 2 * SECOND) && !(heard && settingUp)) {
            throw new Violation("S7", "member " + e.member() + " owes an answer for " + owed / MS + " ms, and is kept");
        }
    }

    private static void blame(Known k, ServerCondition c) {
        if (c.serviceLevel() <= 1) {
            k.causes.add(LossCause.SERVICE_LEVEL);
        }
        if (c.state() != ServerCondition.State.RUNNING) {
            k.causes.add(LossCause.NOT_RUNNING);
        }
    }

    private void order(int target, long now) {
        orderedTarget = target;
        orderedUntil = now + 60 * SECOND;
        personSwitched = true;
    }

    private boolean isOrdered() {
        return pinned || (orderedTarget != Route.NONE && world.time.now() <= orderedUntil);
    }

    /** News once; a server that is connected to again while it counts down is kept, and not used. */
    private void shutdown(int member) {
        if (!known[member].shutdownTold) {
            doubt(member, LossCause.SHUTDOWN_ANNOUNCED);
        }
    }

    private static boolean isShutdown(@Nullable ServerCondition condition) {
        return condition != null && condition.state() == ServerCondition.State.SHUTDOWN;
    }

    private void doubt(int member, LossCause cause) {
        Known k = known[member];
        if (k.open) {
            k.doubtedForShutdown = cause == LossCause.SHUTDOWN_ANNOUNCED
                    || (k.doubtedForShutdown && cause == LossCause.NO_FIRST_NOTIFICATION);
            k.doubted = true;
            k.causes.add(cause);
        }
    }

    private void lost(int member, LossCause cause) {
        Known k = known[member];
        forget(k);
        k.wanted = false;
        k.causes.add(cause);
    }

    private void closedByOrder(int member) {
        Known k = known[member];
        if (k.usable() != Usable.NO) {
            // Our own doing is no failure of the member.
            k.wasFit = false;
        }
        forget(k);
        k.wanted = false;
    }

    private static void forget(Known k) {
        k.open = false;
        k.doubted = false;
        k.doubtedForShutdown = false;
        k.monitorFailed = false;
        k.tested = false;
        answered(k);
        k.isSynchronized = false;
        k.condition = null;
    }

    private void noteUsability() {
        long now = world.time.now();
        for (Known k : known) {
            Usable is = k.usable();
            boolean isFit = is != Usable.NO;
            if (is == Usable.YES && (!k.wasFit || k.wasUnsure)) {
                k.causes.clear();
            }
            if (isFit && !k.wasFit) {
                k.usableSince = now;
            }
            if (!isFit && k.wasFit) {
                charge(k, 1000);
                if (k == known[0]) {
                    personSwitched = pinned;
                }
            }
            k.wasFit = isFit;
            k.wasUnsure = is == Usable.UNSURE;
        }
    }

    // ---- damping, by its published law (S15)

    private void charge(Known k, double points) {
        long now = world.time.now();
        boolean was = suppressed(k, 0);
        double sum = Math.min(6000, decayed(k) + points);
        boolean forgotten = now - k.pointsAt > 600 * SECOND;
        k.points = sum;
        k.pointsAt = now;
        if (!was) {
            k.suppressed = sum >= 2000;
            if (k.suppressed) {
                k.suppressions = forgotten ? 1 : k.suppressions + 1;
                k.holdUntil = now + Math.min(600 * SECOND, (60 * SECOND) << Math.min(k.suppressions - 1, 4));
            }
        }
    }

    private double decayed(Known k) {
        return k.points * Math.pow(0.5, (world.time.now() - k.pointsAt) / (60.0 * SECOND));
    }

    /** @param slack points and seconds by which the law may be stretched, for rounding */
    private boolean suppressed(Known k, double slack) {
        return k.suppressed
                && (world.time.now() < k.holdUntil - (long) (slack * SECOND) || decayed(k) > 750 + 20 * slack);
    }

    // ---- orders

    private void epoch(long epoch) {
        if (epoch < highestEpoch) {
            throw new Violation("M1", "the epoch fell from " + highestEpoch + " to " + epoch);
        }
        highestEpoch = epoch;
    }

    private void held(long epoch) {
        epoch(epoch);
        movingTo = Route.NONE;
        if (!switching) {
            switching = true;
            troubledSwitch = stranded;
            orderedSwitch = personSwitched || pinned;
            switchStarted = world.time.now();
            switchCauses.clear();
            leftAlive = active != Route.NONE && known[active].open;
            if (active != Route.NONE) {
                checkLeaving();
            }
        } else {
            troubledSwitch = true;
        }
    }

    /** The pair leaves its active member: somebody ordered it, or there is a reason in the world. */
    private void checkLeaving() {
        Known k = known[active];
        Known other = known[1 - active];
        switchCauses.addAll(k.causes);
        if (isOrdered()) {
            return;
        }
        boolean better = other.usable() == Usable.YES && other.grade() > k.grade();
        boolean failback = world.knobs.failback && world.knobs.mode != Mode.COLD && active == 1;
        if (k.usable() == Usable.YES && !better && !failback) {
            throw new Violation("I10", "a good member is left for no reason: member " + active);
        }
        // A return that is due anyway is no verdict on a member that owes an answer.
        boolean returns =
                failback && k.usable() == Usable.UNSURE && other.usable() == Usable.YES && other.isSynchronized;
        boolean lossAlleged = k.usable() != Usable.YES && !returns;
        if (lossAlleged && k.troubles == 0 && world.time.now() - k.lastTrouble > TROUBLE_ECHO) {
            throw new Violation("S35", "member " + active + " is left as lost, but nothing was ever wrong with it");
        }
        if (lossAlleged
                && other.usable() == Usable.YES
                && other.grade() == 2
                && k.open
                && k.usable() == Usable.UNSURE) {
            throw new Violation("S35", "one missed answer after a pause of our own is read as a loss");
        }
    }

    private void rehomed(PairEffect.RehomeRelays e) {
        epoch(e.epoch());
        Integer earlier = rehomedInEpoch.put(e.epoch(), e.member());
        if (earlier != null && earlier != e.member()) {
            throw new Violation("M1", "epoch " + e.epoch() + " has two members");
        }
        Known to = known[e.member()];
        Known other = known[1 - e.member()];
        movingTo = e.member();
        movesInDoubt = to.doubted;
        if (pinnedTo != Route.NONE && e.member() != pinnedTo) {
            throw new Violation("S15", "pinned to member " + pinnedTo + ", and the pair moves to " + e.member());
        }
        if (isOrdered()) {
            return;
        }
        if (to.usable() == Usable.NO && other.usable() == Usable.YES) {
            throw new Violation("M3", "member " + e.member() + " is promoted, which is not usable, and the other is");
        }
        if (!to.open) {
            throw new Violation("M3", "member " + e.member() + " is promoted, which is not connected");
        }
        boolean voluntary = active == 1 - e.member() && other.usable() == Usable.YES;
        if (voluntary) {
            checkVoluntary(e.member(), to, other);
        }
        if (active != Route.NONE && e.member() != active && other.usable() != Usable.YES) {
            checkReturn(e.member(), to, other);
        }
    }

    /** Nothing forces this switch: failback or a better ServiceLevel. */
    private void checkVoluntary(int member, Known to, Known from) {
        if (to.grade() < from.grade()) {
            throw new Violation("I10", "switch to a side known worse");
        }
        boolean better = to.grade() > from.grade();
        boolean failback = world.knobs.failback && world.knobs.mode != Mode.COLD && member == 0;
        if (!better && !failback) {
            throw new Violation("I10", "switch between equals");
        }
        if (!to.isSynchronized) {
            throw new Violation("S14", "planned switch to a member that is not synchronized");
        }
        if (to.usable() == Usable.UNSURE) {
            throw new Violation("S14", "planned switch to member " + member + ", which owes an answer");
        }
        if (suppressed(to, 1)) {
            throw new Violation(
                    "M5", "planned switch to member " + member + " which flaps: penalty " + (long) decayed(to));
        }
        if (!better && world.time.now() - to.usableSince < world.knobs.failbackDwell - MS) {
            throw new Violation("S14", "failback before the dwell time is over");
        }
        if (decayed(to) > 1) {
            charge(to, 500);
        }
    }

    private void checkReturn(int member, Known to, Known from) {
        if (to.usable() == Usable.NO && from.open && !from.doubted && world.knobs.mode != Mode.COLD) {
            // Both are bad and the one that serves still answers.
            throw new Violation("S11", "both members are bad, and the pair moves to member " + member);
        }
    }

    private Route released(Route route) {
        epoch(route.epoch());
        Integer earlier = memberOfEpoch.put(route.epoch(), route.member());
        if (earlier != null && earlier != route.member()) {
            throw new Violation("M1", "epoch " + route.epoch() + " has two active members");
        }
        if (!Objects.equals(rehomedInEpoch.get(route.epoch()), route.member())) {
            throw new Violation("M2", "released to a member that the relays were not moved to: " + route);
        }
        if (lastActive != Route.NONE && route.member() != lastActive) {
            switches++;
            if (!isOrdered()) {
                unorderedSwitches++;
                // From one that is gone there is no staying: the connected one that calls itself bad is better than
                // none.
                if (bothBad && leftAlive && world.knobs.mode != Mode.COLD && ++switchesWhileBothBad > 1) {
                    throw new Violation("ML2", "a second switch while both members are bad");
                }
            }
        }
        active = route.member();
        lastActive = active;
        known[active].isSynchronized |= known[active].open;
        switching = false;
        movingTo = Route.NONE;
        stranded = false;
        if (orderedTarget == active || world.time.now() > orderedUntil) {
            orderedTarget = Route.NONE;
        }
        return route;
    }

    private void stranded(long epoch) {
        epoch(epoch);
        for (int m = 0; m < 2; m++) {
            if (known[m].usable() == Usable.YES && !isOrdered()) {
                throw new Violation("I11", "stranded, though member " + m + " is usable");
            }
        }
        stranded = true;
        switching = false;
        active = Route.NONE;
    }

    private void disabled(long epoch) {
        epoch(epoch);
        active = Route.NONE;
        lastActive = Route.NONE;
        hasServed = false;
        stranded = false;
        switching = false;
        shownLevel = -1;
        for (Known k : known) {
            k.wasFit = false;
            k.shutdownTold = false;
        }
    }

    // ---- records

    private void tellShutdown(PairRecord record) {
        if (!(record.fields().get("member") instanceof Integer member)) {
            throw new Violation("EVT-SHUT", "no member in " + record);
        }
        if (known[member].shutdownTold) {
            throw new Violation("EVT-SHUT", "one shutdown of member " + member + " is recorded twice");
        }
        known[member].shutdownTold = true;
    }

    private void checkPromotion(PairEvent event, @Nullable Route released, PairRecord promotion) {
        if (released == null) {
            throw new Violation("M6", "a promotion is recorded that did not happen");
        }
        Map<String, Object> f = promotion.fields();
        field(f, "epoch", released.epoch());
        field(f, "to", machine(released.member()));
        if (!(event instanceof PairEvent.RelayRehomed rehomed)) {
            throw new Violation("M6", "a promotion without the relays' answer");
        }
        RehomeReport report = rehomed.report();
        field(f, "sessions", report.sessions());
        field(f, "requestsRepeated", report.requestsRepeated());
        field(f, "requestsNotSent", report.requestsNotSent());
        field(f, "requestsUnknown", report.requestsUnknown());
        checkCause(f, released.member());
        Object evidence = f.get("evidence");
        if (!(evidence instanceof String text) || text.isEmpty()) {
            throw new Violation("I12", "no evidence in " + f);
        }
        long took = (world.time.now() - switchStarted) / MS;
        if (!(f.get("durationMs") instanceof Long duration)
                || duration < 0
                || (troubledSwitch ? duration > took + 1 : Math.abs(duration - took) > 1)) {
            throw new Violation("I12", "the switch took " + took + " ms, the record says " + f.get("durationMs"));
        }
    }

    private void checkCause(Map<String, Object> f, int to) {
        LossCause cause = LossCause.valueOf(String.valueOf(f.get("cause")));
        boolean right = switch (cause) {
            case FAILBACK -> to == 0 && world.knobs.failback && world.knobs.mode != Mode.COLD;
            case ORDERED -> orderedSwitch || personSwitched || pinned;
            case START -> false;
            case SERVICE_LEVEL -> true;
            default ->
                troubledSwitch
                        || switchCauses.contains(cause)
                        || known[0].causes.contains(cause)
                        || known[1].causes.contains(cause);
        };
        if (!right) {
            throw new Violation("I12", "the record names " + cause + ", the causes were " + switchCauses);
        }
    }

    private static void field(Map<String, Object> fields, String name, Object expected) {
        if (!expected.equals(fields.get(name))) {
            throw new Violation("I12", "field " + name + " is " + fields.get(name) + ", true is " + expected);
        }
    }

    private static String machine(int member) {
        return member == 0 ? "alpha" : "beta";
    }

    private void checkLevel() {
        if (stranded && shownLevel != 1) {
            throw new Violation("S12", "stranded, and clients see ServiceLevel " + shownLevel);
        }
        if (!switching && active != Route.NONE) {
            ServerCondition c = known[active].condition;
            if (c != null && c.serviceLevel() != shownLevel) {
                throw new Violation("S11", "clients see ServiceLevel " + shownLevel + " of " + c);
            }
        }
    }

    private void noteBothBad() {
        boolean is = known[0].usable() == Usable.NO && known[1].usable() == Usable.NO;
        if (!is) {
            switchesWhileBothBad = 0;
        }
        bothBad = is;
    }

    /** What must hold at the end of a run: the pair serves from the best member. */
    void finish(boolean mustBePrimary) {
        if (active == Route.NONE || switching) {
            throw new Violation("ML1", "the pair does not serve: active " + active + ", switching " + switching);
        }
        if (mustBePrimary && active != 0) {
            throw new Violation("ML1", "the pair is not back on the primary");
        }
    }
}
