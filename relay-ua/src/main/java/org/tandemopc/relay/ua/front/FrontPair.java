package org.tandemopc.relay.ua.front;

import io.netty.channel.EventLoop;

/** What the front door must know of a pair that it publishes. Any thread. */
public interface FrontPair {
    /** The path of the endpoint URL that names the pair, with a leading slash, e.g. {@code /plant1}; unique per port. */
    String path();

    /** Name shown to clients (ApplicationDescription, session diagnostics). */
    String name();

    /**
     * A client's CreateSession passed every check: make a session that lives on this event loop until closed. Called on
     * the loop.
     *
     * @throws org.eclipse.milo.opcua.stack.core.UaException with the status for the client, to refuse
     */
    FrontSession open(SessionOpening opening, EventLoop loop) throws org.eclipse.milo.opcua.stack.core.UaException;

    /**
     * @param number names the session in logs, unique in the process
     * @param sessionName as the client gave it
     * @param timeoutMs revised session timeout
     * @param maxResponseMessageSize as the client asked, 0 = no limit
     */
    record SessionOpening(
            long number,
            String sessionName,
            org.eclipse.milo.opcua.stack.core.types.builtin.NodeId sessionId,
            String clientAddress,
            String clientApplicationUri,
            double timeoutMs,
            long maxResponseMessageSize) {}
}
