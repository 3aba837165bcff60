package org.tandemopc.relay.ua.back;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.milo.opcua.stack.core.AttributeId;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.UaServiceFaultException;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.ActivateSessionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ActivateSessionResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSessionResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.RequestHeader;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.ua.security.UserIdentity;

/** An activated session over a {@link MemberChannel}. Everything on the event loop. */
final class UaMemberSession implements MemberSession {
    private static final long KEEP_ALIVE_MS_MIN = 1_000;
    private static final long KEEP_ALIVE_MS_MAX = 60_000;

    private final UaMemberConnector connector;
    private final EventLoop loop;
    private final MemberChannel channel;
    private final NodeId token;
    private final SessionSecurity security;
    private final long keepAliveMs;
    private final boolean resumed;
    private final LinkNamespaces namespaces;

    private ByteString serverNonce;
    private long lastHandle;
    private boolean sentSinceKeepAlive;
    private boolean closing;
    private @Nullable ScheduledFuture<?> keepAliveTimer;

    UaMemberSession(
            UaMemberConnector connector,
            EventLoop loop,
            MemberChannel channel,
            CreateSessionResponse created,
            SessionSecurity security,
            ByteString serverNonce,
            LinkNamespaces namespaces) {
        this(
                connector,
                loop,
                channel,
                created.getAuthenticationToken(),
                security,
                serverNonce,
                Math.clamp((long) (created.getRevisedSessionTimeout() / 3), KEEP_ALIVE_MS_MIN, KEEP_ALIVE_MS_MAX),
                false,
                namespaces);
    }

    private UaMemberSession(
            UaMemberConnector connector,
            EventLoop loop,
            MemberChannel channel,
            NodeId token,
            SessionSecurity security,
            ByteString serverNonce,
            long keepAliveMs,
            boolean resumed,
            LinkNamespaces namespaces) {
        this.connector = connector;
        this.loop = loop;
        this.channel = channel;
        this.token = token;
        this.security = security;
        this.serverNonce = serverNonce;
        this.keepAliveMs = keepAliveMs;
        this.resumed = resumed;
        this.namespaces = namespaces;
        channel.onClosed(end -> {
            if (keepAliveTimer != null) {
                keepAliveTimer.cancel(false);
            }
        });
    }

    /** Whether it can go on over a channel that was opened with the endpoint. */
    boolean isAt(MemberEndpoint endpoint) {
        return security.isFor(endpoint);
    }

    /** The request that has the server go on with this session over another channel. On a worker: it signs. */
    ActivateSessionRequest reactivation(RequestHeader header, UserIdentity identity, String[] localeIds)
            throws UaException, LinkException {
        return security.activation(header, serverNonce, identity, localeIds);
    }

    /**
     * The same session over another channel; this object is to be forgotten.
     *
     * @param ofOther knows what {@link #namespaces} knows
     * @throws UaException the server repeats its nonce, or gives a weak one
     */
    UaMemberSession over(MemberChannel other, ActivateSessionResponse answer, LinkNamespaces ofOther)
            throws UaException {
        security.checkNextNonce(serverNonce, answer.getServerNonce());
        return new UaMemberSession(
                connector, loop, other, token, security, answer.getServerNonce(), keepAliveMs, true, ofOther);
    }

    @Override
    public int member() {
        return connector.address().member();
    }

    @Override
    public boolean isResumed() {
        return resumed;
    }

    @Override
    public boolean isOpen() {
        return !closing && channel.isOpen();
    }

    @Override
    public String applicationUri() {
        return security.applicationUri();
    }

    @Override
    public NodeId authenticationToken() {
        return token;
    }

    /** Where the server answered from; null when the link has ended. */
    @Nullable
    InetSocketAddress remoteAddress() {
        return channel.remoteAddress();
    }

    LinkNamespaces namespaces() {
        return namespaces;
    }

    MemberChannel channel() {
        return channel;
    }

    @Override
    public RequestHeader header(long timeoutMs) {
        lastHandle = (lastHandle + 1) & 0xFFFF_FFFFL;
        return new RequestHeader(token, DateTime.now(), uint(lastHandle), uint(0), null, uint(timeoutMs), null);
    }

    @Override
    public CompletableFuture<UaResponseMessageType> send(UaRequestMessageType request, long timeoutMs) {
        if (closing) {
            return CompletableFuture.failedFuture(
                    LinkException.notSent(StatusCodes.Bad_SessionClosed, "not sent: the session is closing"));
        }
        sentSinceKeepAlive = true;
        return channel.send(request, timeoutMs);
    }

    @Override
    public CompletableFuture<StatusCode> activate(UserIdentity identity, String[] localeIds, long timeoutMs) {
        CompletableFuture<StatusCode> result = new CompletableFuture<>();
        RequestHeader header = header(timeoutMs);
        ByteString nonce = serverNonce;
        try {
            connector.environment().crypto().execute(() -> {
                try {
                    ActivateSessionRequest request = security.activation(header, nonce, identity, localeIds);
                    loop.execute(() -> activate(request, nonce, timeoutMs, result));
                } catch (UaException e) {
                    loop.execute(() -> result.complete(e.getStatusCode()));
                } catch (LinkException e) {
                    loop.execute(() -> result.completeExceptionally(e));
                }
            });
        } catch (RejectedExecutionException e) {
            result.complete(StatusCode.of(StatusCodes.Bad_ResourceUnavailable));
        }
        return result;
    }

    private void activate(
            ActivateSessionRequest request, ByteString nonce, long timeoutMs, CompletableFuture<StatusCode> result) {
        var unused = send(request, timeoutMs).whenComplete((response, failure) -> {
            if (failure instanceof UaServiceFaultException fault) {
                result.complete(fault.getStatusCode());
            } else if (failure != null) {
                result.completeExceptionally(failure);
            } else if (response instanceof ActivateSessionResponse answer) {
                result.complete(adopt(nonce, answer));
            } else {
                result.complete(StatusCode.of(StatusCodes.Bad_UnknownResponse));
            }
        });
    }

    private StatusCode adopt(ByteString before, ActivateSessionResponse answer) {
        try {
            security.checkNextNonce(before, answer.getServerNonce());
        } catch (UaException e) {
            return e.getStatusCode();
        }
        serverNonce = answer.getServerNonce();
        return StatusCode.GOOD;
    }

    /** A session on which nothing is sent would be closed by the server; a parked standby's is such a one. */
    void startKeepAlive() {
        if (isOpen()) {
            sentSinceKeepAlive = false;
            keepAliveTimer = loop.schedule(this::keepAlive, keepAliveMs, TimeUnit.MILLISECONDS);
        }
    }

    private void keepAlive() {
        if (!isOpen()) {
            return;
        }
        if (!sentSinceKeepAlive) {
            ReadValueId state = new ReadValueId(
                    NodeIds.Server_ServerStatus_State, AttributeId.Value.uid(), null, QualifiedName.NULL_VALUE);
            var unused = channel.send(
                    new ReadRequest(header(keepAliveMs), 0.0, TimestampsToReturn.Neither, new ReadValueId[] {state}),
                    keepAliveMs);
        }
        startKeepAlive();
    }

    @Override
    public void onClosed(Consumer<LinkException> listener) {
        channel.onClosed(listener);
    }

    @Override
    public void close() {
        if (closing) {
            return;
        }
        if (!channel.isOpen()) {
            channel.abort();
            return;
        }
        closing = true;
        channel.closeSession(header(MemberChannel.CLOSE_MS));
    }

    @Override
    public void abort() {
        channel.abort();
    }

    @Override
    public void leave(long listenMs) {
        closing = true;
        channel.leave(listenMs);
    }
}
