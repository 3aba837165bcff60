package org.tandemopc.relay.ua.front;

import java.util.concurrent.CompletableFuture;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.tandemopc.relay.ua.security.UserIdentity;

/** A client session as the front door sees it. Every method is called on the session's event loop. */
public interface FrontSession {
    /**
     * The client proved itself and names a user. Completes (on the loop) with Good when the active member accepted the
     * user, else with the status for the client. May be called again later with another user: then the old one stays in
     * force unless Good comes.
     */
    CompletableFuture<StatusCode> activate(UserIdentity identity, String[] localeIds);

    /**
     * A request of an activated session on the channel it is bound to, any service but the session and discovery ones.
     * The answer may be completed on any thread and at any later time; exceptionally with a UaException for a
     * ServiceFault. The response header's request handle must be the request's.
     */
    CompletableFuture<UaResponseMessageType> handle(UaRequestMessageType request);

    /**
     * Whether the client takes what it is sent; at first it does. While it does not, nothing should be answered that can
     * wait: answers would pile up at its socket.
     */
    default void clientReads(boolean reads) {}

    /** The secure channel of the session is gone; the session lives on until its timeout. */
    void channelLost();

    /** The session is over: by CloseSession, by timeout, by shutdown. Idempotent. */
    void closed(boolean deleteSubscriptions, String why);
}
