package org.tandemopc.relay.ua.back;

import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import org.tandemopc.relay.ua.security.UserIdentity;

/** Opens sessions with one member. Any thread; completes on the loop. */
public interface MemberConnector {
    MemberAddress address();

    /**
     * TCP, Hello, secure channel, CreateSession (with every check of the server's signature and endpoint list),
     * ActivateSession. Fails with {@link LinkException}; a refused user fails with the server's status
     * (Bad_UserAccessDenied, Bad_IdentityTokenRejected, …). Cancelling the future gives the attempt up: nothing of it
     * reaches the member any more.
     *
     * @param sessionName told to the server
     * @param timeoutMs for the whole of it
     */
    CompletableFuture<MemberSession> connect(
            EventLoop loop,
            UserIdentity identity,
            String[] localeIds,
            String sessionName,
            double sessionTimeoutMs,
            long timeoutMs);

    /**
     * As {@link #connect}, for a session of this member whose connection was lost: the member keeps it and its subscriptions
     * until its timeout, and ActivateSession over a new secure channel goes on with it (Part 4, 5.7.3). Where the member does
     * not do that, a new session is made; {@link MemberSession#isResumed} says which.
     *
     * @param lost must not be used any more
     */
    default CompletableFuture<MemberSession> resume(
            MemberSession lost,
            EventLoop loop,
            UserIdentity identity,
            String[] localeIds,
            String sessionName,
            double sessionTimeoutMs,
            long timeoutMs) {
        return connect(loop, identity, localeIds, sessionName, sessionTimeoutMs, timeoutMs);
    }
}
