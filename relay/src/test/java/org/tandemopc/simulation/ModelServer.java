package org.tandemopc.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.pair.ServerCondition;

/** A member as a process: accepts connections, samples, applies writes, and fails in every way that servers do. */
final class ModelServer {
    /** When anything of this member last came in at Tandem, over any connection. */
    long lastHeard = Long.MIN_VALUE / 2;

    private final World world;
    final int member;
    final Path path = new Path();
    /** How much later than a change this server stamps what it stamps itself. */
    final long lag;

    long clockOffset;
    boolean refuses;
    boolean wrongIdentity;
    /** Accepts subscriptions but never notifies. */
    boolean mute;

    boolean frozenItems;
    ServerCondition.State state = ServerCondition.State.RUNNING;
    int serviceLevel = 255;
    /** Dies at the next write, at this moment of it. */
    @Nullable
    Trap trap;

    private boolean up = true;
    private boolean stopped;
    private boolean machineGone;
    /** When it stopped sampling; what it says of the plant is as old as that. */
    private long frozenAt;

    private final ArrayDeque<Runnable> inbox = new ArrayDeque<>();
    private final List<Connection> connections = new ArrayList<>();

    /** Where in the life of a write the server dies (S3, S4). */
    enum Trap {
        BEFORE_APPLYING,
        IN_THE_MIDDLE,
        BEFORE_ANSWERING,
        AFTER_ANSWERING
    }

    ModelServer(World world, int member, long lag, long clockOffset) {
        this.world = world;
        this.member = member;
        this.lag = lag;
        this.clockOffset = clockOffset;
    }

    boolean running() {
        return up && !stopped;
    }

    boolean up() {
        return up;
    }

    boolean stopped() {
        return stopped;
    }

    void slowDown(long extra) {
        path.extraDelay = extra;
    }

    /** Reachable, Running and telling the truth. */
    boolean healthy() {
        return running()
                && !refuses
                && !wrongIdentity
                && !mute
                && !frozenItems
                && state == ServerCondition.State.RUNNING
                && !path.blockedToServer
                && !path.blockedToRelay;
    }

    /** The moment that a sample taken now shows. */
    long sampleTime(long now) {
        return frozenItems ? frozenAt : now;
    }

    ServerCondition condition(long roundTripNanos) {
        return new ServerCondition(state, serviceLevel, clockOffset, roundTripNanos);
    }

    /** A message has come to this machine. */
    void receive(Runnable what) {
        if (!up) {
            return;
        }
        if (stopped) {
            inbox.add(what);
        } else {
            what.run();
        }
    }

    /** A connection request has come. */
    void connect(Connection connection, Runnable accepted, Runnable refused) {
        if (machineGone) {
            return;
        }
        if (!up || refuses) {
            connection.toRelay(refused);
        } else if (stopped) {
            inbox.add(() -> connect(connection, accepted, refused));
        } else {
            connection.serverOpen = true;
            connections.add(connection);
            accepted.run();
        }
    }

    /** The process dies; the operating system resets its connections unless the machine is gone as well. */
    void kill(boolean quietly) {
        catchUp();
        up = false;
        stopped = false;
        inbox.clear();
        List<Connection> had = List.copyOf(connections);
        machineGone = quietly;
        for (Connection c : had) {
            if (quietly) {
                c.endAtServer();
            } else {
                c.resetAtServer(world.net.in(0.5));
            }
        }
    }

    void start() {
        state = ServerCondition.State.RUNNING;
        if (up) {
            // Started already when another fault ended; one that is stopped stays so until it is told to go on.
            return;
        }
        up = true;
        stopped = false;
        machineGone = false;
        // A machine that vanished without a word answers old connections with a reset when it is back.
        for (Connection c : path.connections()) {
            if (!c.serverOpen) {
                c.resetAtServer(true);
            }
        }
    }

    /** SIGSTOP: nothing is answered, nothing sampled, connections stay. */
    void stop() {
        catchUp();
        stopped = true;
    }

    /** SIGCONT: what came meanwhile is done now. */
    void thaw() {
        if (!stopped) {
            return;
        }
        stopped = false;
        skip();
        while (!inbox.isEmpty() && running()) {
            inbox.remove().run();
        }
        for (Connection c : List.copyOf(connections)) {
            if (c.session != null) {
                c.session.resumeCycles();
            }
        }
    }

    void freezeItems() {
        catchUp();
        frozenItems = true;
        frozenAt = world.time.now();
    }

    void thawItems() {
        frozenItems = false;
        skip();
    }

    /** All connections are reset, the process goes on. */
    void resetConnections() {
        List<Connection> had = List.copyOf(connections);
        for (Connection c : had) {
            c.resetAtServer(world.net.in(0.5));
        }
    }

    void forget(Connection connection) {
        connections.remove(connection);
    }

    List<Connection> connections() {
        return List.copyOf(connections);
    }

    private void catchUp() {
        if (!running()) {
            return;
        }
        for (Connection c : connections) {
            if (c.session != null) {
                c.session.catchUp(world.time.now());
            }
        }
    }

    private void skip() {
        for (Connection c : connections) {
            if (c.session != null) {
                c.session.skipTo(world.time.now());
            }
        }
    }

    /**
     * Executes a client's request.
     *
     * @param answer takes the answer back; not called if the server dies before
     */
    void execute(SimRequest request, long epoch, java.util.function.Consumer<SimAnswer> answer) {
        Trap sprung = request.repeatable() ? null : trap;
        if (sprung != null) {
            trap = null;
        }
        if (sprung == Trap.BEFORE_APPLYING) {
            kill(false);
            return;
        }
        if (!request.repeatable() && !request.refusedByServer()) {
            int operations = sprung == Trap.IN_THE_MIDDLE ? request.operations() / 2 : request.operations();
            world.checker.requests.applied(request, member, epoch, operations);
        }
        if (sprung == Trap.IN_THE_MIDDLE || sprung == Trap.BEFORE_ANSWERING) {
            kill(false);
            return;
        }
        SimAnswer made = new SimAnswer(
                request.id(),
                member,
                epoch,
                request.refusedByServer() ? SimAnswer.REFUSED : SimAnswer.GOOD,
                world.time.now());
        world.checker.requests.answeredByServer(request, made);
        answer.accept(made);
        if (sprung == Trap.AFTER_ANSWERING) {
            kill(false);
        }
    }
}
