package org.tandemopc.relay.ua.front;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What the door remembers of a connection. */
final class FrontChannel {
    private static final AttributeKey<FrontChannel> KEY = AttributeKey.valueOf(FrontChannel.class, "front-channel");

    /** Requests without a session of a connection, under way at once, with which it has enough. */
    static final int CROWDED = KeyWork.PER_CONNECTION_MAX;

    /** The URL of the Hello message, as the client sent it. Written once, on the channel's loop, before any service. */
    private volatile EndpointUrl url = EndpointUrl.parse(null);

    /** Whether the client's socket takes what we send. Written on the channel's loop. */
    private volatile boolean reads = true;

    private final Channel socket;
    private final Set<DoorSession> sessions = ConcurrentHashMap.newKeySet();

    // On the channel's loop.
    private int withoutSession;
    /** Whether nothing is read because too many requests without a session are not answered yet. */
    private boolean crowded;

    private FrontChannel(Channel socket) {
        this.socket = socket;
    }

    static FrontChannel attachTo(Channel channel) {
        FrontChannel made = new FrontChannel(channel);
        channel.attr(KEY).set(made);
        return made;
    }

    static FrontChannel of(Channel channel) {
        return channel.attr(KEY).get();
    }

    EndpointUrl url() {
        return url;
    }

    void url(EndpointUrl url) {
        this.url = url;
    }

    /**
     * A request that belongs to no session came; how many of them are not answered now. From {@link #CROWDED} on nothing
     * more is read from the connection, so that who sends without waiting waits for himself. The channel's loop.
     */
    int begunWithoutSession() {
        if (++withoutSession == CROWDED) {
            crowded = true;
            readOrNot();
        }
        return withoutSession;
    }

    /** The channel's loop. */
    void answeredWithoutSession() {
        if (--withoutSession == CROWDED / 2 && crowded) {
            crowded = false;
            readOrNot();
        }
    }

    private void readOrNot() {
        var unused = socket.config().setAutoRead(reads && !crowded);
    }

    boolean reads() {
        return reads;
    }

    /** Whether the client's socket takes what we send; from a client that does not read, nothing is read. The channel's loop. */
    void reads(boolean now) {
        if (reads != now) {
            reads = now;
            readOrNot();
            sessions.forEach(DoorSession::readingChanged);
        }
    }

    void bind(DoorSession session) {
        sessions.add(session);
    }

    /** Whether it was bound until now. */
    boolean unbind(DoorSession session) {
        return sessions.remove(session);
    }

    boolean hasSessions() {
        return !sessions.isEmpty();
    }

    void lost(Channel channel) {
        sessions.forEach(session -> session.channelClosed(channel));
    }
}
