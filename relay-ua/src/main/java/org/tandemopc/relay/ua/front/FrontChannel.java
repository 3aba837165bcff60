package org.tandemopc.relay.ua.front;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What the door remembers of a connection. */
final class FrontChannel {
    private static final AttributeKey<FrontChannel> KEY = AttributeKey.valueOf(FrontChannel.class, "front-channel");

    /** The URL of the Hello message, as the client sent it. Written once, on the channel's loop, before any service. */
    private volatile EndpointUrl url = EndpointUrl.parse(null);

    /** Whether the client's socket takes what we send. Written on the channel's loop. */
    private volatile boolean reads = true;

    private final AtomicInteger withoutSession = new AtomicInteger();
    private final Set<DoorSession> sessions = ConcurrentHashMap.newKeySet();

    static FrontChannel attachTo(Channel channel) {
        FrontChannel made = new FrontChannel();
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

    /** A request that belongs to no session came; how many of them are not answered now. */
    int begunWithoutSession() {
        return withoutSession.incrementAndGet();
    }

    void answeredWithoutSession() {
        withoutSession.decrementAndGet();
    }

    boolean reads() {
        return reads;
    }

    void reads(boolean now) {
        if (reads != now) {
            reads = now;
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
