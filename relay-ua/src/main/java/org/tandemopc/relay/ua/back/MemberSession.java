package org.tandemopc.relay.ua.back;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.structured.RequestHeader;
import org.tandemopc.relay.ua.security.UserIdentity;

/**
 * An activated session with one member over its own secure channel. Owned by the event loop it was made for: call it
 * there; everything completes there, without an executor hop.
 */
public interface MemberSession {
    int member();

    boolean isOpen();

    /** Whether it is the one that was to be resumed, with all that it had at the member, and not a new one. */
    default boolean isResumed() {
        return false;
    }

    /** The member's own ApplicationUri, as its certificate or endpoint gives it. */
    String applicationUri();

    /** The authentication token to put into request headers that are not made by {@link #header}. */
    NodeId authenticationToken();

    /** A request header with this session's token, a fresh handle and the timeout hint. */
    RequestHeader header(long timeoutMs);

    /**
     * Sends a request whose header carries this session's token. Exactly one completion: the response; a
     * UaServiceFaultException (the server's own refusal); or a {@link LinkException} (closed, timed out after
     * {@code timeoutMs}, which must be positive).
     */
    CompletableFuture<UaResponseMessageType> send(UaRequestMessageType request, long timeoutMs);

    /** Sets the user anew (ActivateSession on the living session). */
    CompletableFuture<StatusCode> activate(UserIdentity identity, String[] localeIds, long timeoutMs);

    /** Called once, on the loop, when the link has ended, by either side; at once if it has already. */
    void onClosed(Consumer<LinkException> listener);

    /** CloseSession (with deleteSubscriptions) and CloseSecureChannel without waiting longer than a second. */
    void close();

    /** Closes the socket at once, telling nobody. */
    void abort();

    /**
     * Ends the link for everybody, as {@link #abort} does, but listens for so long, at most, for answers to what was sent
     * and may have changed something (writes and calls): only their futures complete later. Sends nothing any more.
     */
    default void leave(long listenMs) {
        abort();
    }
}
