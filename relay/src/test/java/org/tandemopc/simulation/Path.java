package org.tandemopc.simulation;

import java.util.ArrayList;
import java.util.List;

/** The network between Tandem and one member, or one connection's own part of it: what faults turn. */
final class Path {
    boolean blockedToServer;
    boolean blockedToRelay;
    long extraDelay;

    private final List<Connection> connections = new ArrayList<>();

    void add(Connection connection) {
        connections.add(connection);
    }

    void remove(Connection connection) {
        connections.remove(connection);
    }

    List<Connection> connections() {
        return List.copyOf(connections);
    }

    /** What waited in the network arrives now, late but in order: TCP sends again. */
    void unblock() {
        blockedToServer = false;
        blockedToRelay = false;
        for (Connection c : connections()) {
            c.drain();
        }
    }
}
