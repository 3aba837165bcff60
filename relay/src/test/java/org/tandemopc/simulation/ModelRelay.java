package org.tandemopc.simulation;

import static org.tandemopc.simulation.VirtualTime.MS;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.pair.RehomeReport;
import org.tandemopc.core.pair.Route;
import org.tandemopc.relay.RelayListener;

/**
 * The data plane's shell for a pair, as the reference of how a relay handles orders: checks the epoch, spreads new
 * links over time, collects the sessions' answers.
 */
final class ModelRelay {
    /** No more than 20 new client links a second and member (architecture 9, Links). */
    private static final long LINK_SPACING = 50 * MS;

    private final World world;
    private final List<ModelSession> sessions = new ArrayList<>();
    private final boolean[] attached = new boolean[2];
    private final boolean[] reported = new boolean[2];
    private final long[] nextLinkAt = new long[2];
    private final Set<ModelSession> moving = new LinkedHashSet<>();
    private @Nullable RelayListener listener;
    private long acceptedEpoch;
    private boolean held;
    private boolean stranded;
    private boolean closed = true;
    private int rehomingTo = Route.NONE;
    private Route route = new Route(0, Route.NONE);
    private int inFlightAtHold;
    private int unknownSinceHold;
    private int notSentSinceHold;

    ModelRelay(World world) {
        this.world = world;
    }

    void listener(RelayListener to) {
        listener = to;
    }

    RelayListener listener() {
        if (listener == null) {
            throw new IllegalStateException("no listener yet");
        }
        return listener;
    }

    List<ModelSession> sessions() {
        return List.copyOf(sessions);
    }

    /** The member that the relays are on or moving to: the others are parked, or wait. */
    int target() {
        return rehomingTo != Route.NONE ? rehomingTo : route.member();
    }

    int released() {
        return route.member();
    }

    /** A new client session joins where the pair is. */
    void join(ModelSession session) {
        sessions.add(session);
        if (held) {
            session.hold(acceptedEpoch);
        } else if (stranded) {
            session.strand(acceptedEpoch);
        } else if (route.hasMember()) {
            session.startOn(route);
        } else {
            session.hold(acceptedEpoch);
        }
        for (int m = 0; m < 2; m++) {
            if (attached[m]) {
                session.attach(m, slot(m));
            }
        }
        if (rehomingTo != Route.NONE) {
            moving.add(session);
            session.rehome(acceptedEpoch, rehomingTo);
        }
    }

    void leave(ModelSession session) {
        sessions.remove(session);
        session.close();
        sessionMoved(session, acceptedEpoch);
        for (int m = 0; m < 2; m++) {
            checkSynchronized(m);
        }
    }

    long slot(int member) {
        long at = Math.max(world.time.now() + world.net.between(0, LINK_SPACING / 10), nextLinkAt[member]);
        nextLinkAt[member] = at + LINK_SPACING;
        return at;
    }

    boolean isAttached(int member) {
        return attached[member];
    }

    /** False: the order is an old one and refused. */
    private boolean accepts(long epoch) {
        world.checker.decisions.relayOrdered(epoch);
        if (epoch < acceptedEpoch && world.rules.refusesStaleOrders) {
            return false;
        }
        acceptedEpoch = epoch;
        return true;
    }

    void attach(int member) {
        attached[member] = true;
        reported[member] = false;
        for (ModelSession s : sessions) {
            s.attach(member, slot(member));
        }
        checkSynchronized(member);
    }

    void detach(int member) {
        attached[member] = false;
        reported[member] = false;
        for (ModelSession s : sessions()) {
            s.detach(member);
        }
    }

    void hold(long epoch) {
        if (!accepts(epoch)) {
            return;
        }
        if (!held) {
            inFlightAtHold = sessions.stream()
                    .mapToInt(ModelSession::repeatablesUnderWay)
                    .sum();
            unknownSinceHold = 0;
            notSentSinceHold = 0;
        }
        held = true;
        stranded = false;
        rehomingTo = Route.NONE;
        moving.clear();
        for (ModelSession s : sessions) {
            s.hold(epoch);
        }
    }

    void rehome(long epoch, int member) {
        if (!accepts(epoch)) {
            return;
        }
        rehomingTo = member;
        moving.clear();
        moving.addAll(sessions);
        for (ModelSession s : sessions()) {
            s.rehome(epoch, member);
        }
        if (moving.isEmpty() && rehomingTo == member) {
            allMoved(epoch);
        }
    }

    void sessionMoved(ModelSession session, long epoch) {
        if (!moving.remove(session) || epoch != acceptedEpoch || rehomingTo == Route.NONE) {
            return;
        }
        if (moving.isEmpty() || !world.rules.waitsForAllSessions) {
            moving.clear();
            allMoved(epoch);
        }
    }

    private void allMoved(long epoch) {
        listener()
                .rehomed(
                        epoch,
                        new RehomeReport(
                                sessions.size(),
                                inFlightAtHold,
                                notSentSinceHold,
                                unknownSinceHold,
                                sessions.stream()
                                        .mapToInt(ModelSession::itemCount)
                                        .sum(),
                                0));
    }

    /** A session cannot get to the member that the relays are moving to. */
    void rehomeFailed(int member, long epoch, String why) {
        if (rehomingTo == member && epoch == acceptedEpoch && !moving.isEmpty()) {
            moving.clear();
            listener().rehomeFailed(epoch, why);
        }
    }

    void release(Route to) {
        if (!accepts(to.epoch())) {
            return;
        }
        held = false;
        stranded = false;
        closed = false;
        rehomingTo = Route.NONE;
        moving.clear();
        route = to;
        for (ModelSession s : sessions()) {
            s.release(to);
        }
        for (int m = 0; m < 2; m++) {
            checkSynchronized(m);
        }
    }

    void strand(long epoch) {
        if (!accepts(epoch)) {
            return;
        }
        held = false;
        stranded = true;
        rehomingTo = Route.NONE;
        moving.clear();
        route = new Route(epoch, Route.NONE);
        for (ModelSession s : sessions()) {
            s.strand(epoch);
        }
    }

    void closeSessions(long epoch) {
        if (!accepts(epoch)) {
            return;
        }
        held = false;
        stranded = false;
        closed = true;
        rehomingTo = Route.NONE;
        moving.clear();
        route = new Route(epoch, Route.NONE);
        for (ModelSession s : sessions()) {
            sessions.remove(s);
            s.close();
        }
    }

    void admit() {
        closed = false;
    }

    /** Whether clients may connect. */
    boolean isOpen() {
        return !closed;
    }

    void suspects(int member, String evidence) {
        listener().suspects(member, evidence);
    }

    void requestEnded(boolean unknown, boolean notSent) {
        unknownSinceHold += unknown ? 1 : 0;
        notSentSinceHold += notSent ? 1 : 0;
    }

    /** Tells once per attachment that every session could go on at this standby. */
    void checkSynchronized(int member) {
        if (!attached[member] || reported[member] || member == route.member()) {
            return;
        }
        if (world.rules.waitsForFirstMessages) {
            for (ModelSession s : sessions) {
                if (!s.isSynchronized(member)) {
                    return;
                }
            }
        }
        reported[member] = true;
        world.checker.decisions.synchronizedOn(member);
        listener().synchronizedOn(member);
    }
}
