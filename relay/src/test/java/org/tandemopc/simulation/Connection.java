package org.tandemopc.simulation;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection from Tandem to a member: in order, without loss, but cut, silent, late or half-open at any moment.
 * Each end knows only what reached it.
 */
final class Connection {
    private final World world;
    final ModelServer server;
    private final Path path;
    private final String name;
    /** Of this connection alone; the member's path applies besides. */
    final Path own = new Path();

    private final Runnable lostAtRelay;
    private final ArrayDeque<Runnable> heldToServer = new ArrayDeque<>();
    private final ArrayDeque<Runnable> heldToRelay = new ArrayDeque<>();
    private long lastToServer;
    private long lastToRelay;
    /** Messages to the relay sent before this are dropped by a reset. */
    private long droppedToRelayBefore;

    private long sentToRelay;
    private boolean relayOpen = true;
    boolean serverOpen;
    /** The server's session on it. */
    @Nullable
    ServerSession session;

    /** @param lostAtRelay hears, at Tandem, that the other side closed or reset it; at most once */
    Connection(World world, ModelServer server, String name, Runnable lostAtRelay) {
        this.world = world;
        this.server = server;
        this.path = server.path;
        this.name = name;
        this.lostAtRelay = lostAtRelay;
        own.add(this);
        path.add(this);
    }

    String name() {
        return name;
    }

    boolean relayOpen() {
        return relayOpen;
    }

    private long delay() {
        return world.knobs.delay
                + path.extraDelay
                + own.extraDelay
                + (world.knobs.jitter == 0 ? 0 : world.net.between(0, world.knobs.jitter));
    }

    void toServer(Runnable atServer) {
        arrives(() -> server.receive(atServer));
    }

    /** Asks for the connection; a dead process on a living machine refuses, a dead machine says nothing. */
    void connect(Runnable accepted, Runnable refused) {
        arrives(() -> server.connect(this, accepted, refused));
    }

    private void arrives(Runnable at) {
        lastToServer = Math.max(lastToServer, world.time.now() + delay());
        world.time.at(lastToServer, () -> {
            if (path.blockedToServer || own.blockedToServer || !heldToServer.isEmpty()) {
                heldToServer.add(at);
            } else {
                at.run();
            }
        });
    }

    /** Runs at Tandem's side even if Tandem has closed meanwhile: what to do then is the receiver's to decide. */
    void toRelay(Runnable atRelay) {
        end(() -> {
            server.lastHeard = world.time.now();
            atRelay.run();
        });
    }

    /** As {@link #toRelay}, but what comes is no word of the server. */
    private void end(Runnable atRelay) {
        long number = sentToRelay++;
        lastToRelay = Math.max(lastToRelay, world.time.now() + delay());
        world.time.at(lastToRelay, () -> {
            Runnable arrived = () -> {
                if (number >= droppedToRelayBefore) {
                    world.host.network(atRelay);
                }
            };
            if (path.blockedToRelay || own.blockedToRelay || !heldToRelay.isEmpty()) {
                heldToRelay.add(arrived);
            } else {
                arrived.run();
            }
        });
    }

    void drain() {
        while (!heldToServer.isEmpty() && !path.blockedToServer && !own.blockedToServer) {
            heldToServer.remove().run();
        }
        while (!heldToRelay.isEmpty() && !path.blockedToRelay && !own.blockedToRelay) {
            heldToRelay.remove().run();
        }
    }

    /** Tandem closes. The server hears of it when the network lets it. */
    void closeAtRelay() {
        if (relayOpen) {
            relayOpen = false;
            toServer(this::endAtServer);
            if (!serverOpen && !server.up()) {
                path.remove(this);
            }
        }
    }

    /**
     * The server's end is gone: the process died, refused or reset.
     *
     * @param dropsInFlight whether what was on its way to Tandem is lost with it
     */
    void resetAtServer(boolean dropsInFlight) {
        if (dropsInFlight) {
            droppedToRelayBefore = sentToRelay;
            heldToRelay.clear();
        }
        endAtServer();
        end(this::lost);
    }

    void endAtServer() {
        serverOpen = false;
        server.forget(this);
        ServerSession ended = session;
        session = null;
        if (ended != null) {
            ended.close();
        }
        if (!relayOpen) {
            path.remove(this);
        }
    }

    private void lost() {
        path.remove(this);
        if (relayOpen) {
            relayOpen = false;
            lostAtRelay.run();
        }
    }
}
