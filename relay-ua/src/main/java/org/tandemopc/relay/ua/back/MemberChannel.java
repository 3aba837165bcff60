package org.tandemopc.relay.ua.back;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.EncoderException;
import io.netty.util.HashedWheelTimer;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.eclipse.milo.opcua.stack.core.Stack;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.UaServiceFaultException;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.DiagnosticInfo;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.structured.ActivateSessionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CloseSecureChannelRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CloseSessionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.RequestHeader;
import org.eclipse.milo.opcua.stack.core.types.structured.ResponseHeader;
import org.eclipse.milo.opcua.stack.core.types.structured.ServiceFault;
import org.eclipse.milo.opcua.stack.transport.client.ClientApplicationContext;
import org.eclipse.milo.opcua.stack.transport.client.uasc.ClientSecureChannel;
import org.eclipse.milo.opcua.stack.transport.client.uasc.InboundUascResponseHandler;
import org.eclipse.milo.opcua.stack.transport.client.uasc.UascClientAcknowledgeHandler;
import org.eclipse.milo.opcua.stack.transport.client.uasc.UascClientConfig;
import org.eclipse.milo.opcua.stack.transport.client.uasc.UascRequest;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.ua.wire.RawRequest;
import org.tandemopc.relay.ua.wire.RawResponse;
import org.tandemopc.relay.ua.wire.UnmappableException;

/**
 * One secure channel to a member: one attempt, then open, then dead; never reopened.
 *
 * <pre>
 *   OPENING --handshake--> OPEN --close()--> CLOSING
 *      |                    |                  |
 *      +-- failure, abort --+-- peer, abort ---+--> CLOSED
 *                           |                        ^
 *                           +--leave()--> LEFT ------+ answers heard, peer, time over
 * </pre>
 *
 * <p>Milo's own client transport reconnects by itself with a delay of up to 16 s and hands each response to an
 * executor, so that two responses can swap. This one uses Milo's channel handlers only (Hello, OpenSecureChannel and
 * its renewal, chunks, security): responses complete their futures on the event loop in order of arrival, each request
 * has its own deadline, and a failure says whether the request may have left (S2, S3).
 *
 * <p>Everything is called and completed on the event loop.
 */
final class MemberChannel {
    /** Requests without an answer; the next one is refused as not sent (I9). */
    static final int PENDING_MAX = 8_192;

    /** Bytes that the socket has not taken; more are refused as not sent, a stopped server must not eat our memory. */
    static final long UNSENT_BYTES_MAX = 64L << 20;

    /** The same, as memory, over all links to the member. */
    static final long UNSENT_BYTES_MEMBER_MAX = 128L << 20;

    /** How long an orderly end may take. */
    static final long CLOSE_MS = 1_000;
    /**
     * Milo renews the channel when three quarters of the lifetime are over that the server granted; a server that grants a
     * millisecond would have us renew, with signatures, and do nothing else.
     */
    static final long RENEWAL_MS_MIN = 500;

    private static final int OPN = 'O' << 16 | 'P' << 8 | 'N';
    private static final long REQUEST_ID_MAX = 0xFFFF_FFFFL;
    private static final long CHANNEL_LIFETIME_MS = 3_600_000;

    /** A server that answers so has forgotten the session or the channel: the link is of no more use (Part 4, 7.39). */
    private static final Set<Long> FATAL_FAULTS = Set.of(
            StatusCodes.Bad_SessionIdInvalid,
            StatusCodes.Bad_SessionClosed,
            StatusCodes.Bad_SessionNotActivated,
            StatusCodes.Bad_SecureChannelIdInvalid,
            StatusCodes.Bad_SecureChannelClosed,
            StatusCodes.Bad_SecureChannelTokenUnknown);

    private enum State {
        OPENING,
        OPEN,
        CLOSING,
        /** Closed for everybody; only answers to what may have changed something are still heard (S8). */
        LEFT,
        CLOSED
    }

    private final EventLoop loop;
    private final ClientApplicationContext application;
    private final LongAdder lateAnswers;
    private final LastHeard lastHeard;
    private final AtomicLong unsentToMember;
    private final Map<Long, Pending> pending = new LinkedHashMap<>();
    private final List<Consumer<LinkException>> closedListeners = new ArrayList<>(1);
    private final CompletableFuture<MemberChannel> opened = new CompletableFuture<>();

    private State state = State.OPENING;
    private long lastRequestId;
    private @Nullable Channel channel;
    private @Nullable ScheduledFuture<?> deadline;

    /** Why the channel is about to end, told by the peer or the socket before the end itself is seen. */
    private @Nullable LinkException endCause;

    /** The end of a {@link State#LEFT} or {@link State#CLOSED} channel. */
    private @Nullable LinkException end;

    /**
     * @param lateAnswers counts answers that came after their request's deadline, and were dropped
     * @param lastHeard of the member; told of all bytes that come in
     * @param unsentToMember memory of requests that sockets have not taken, of all links to the member
     */
    MemberChannel(
            EventLoop loop,
            ClientApplicationContext application,
            LongAdder lateAnswers,
            LastHeard lastHeard,
            AtomicLong unsentToMember) {
        this.loop = loop;
        this.application = application;
        this.lateAnswers = lateAnswers;
        this.lastHeard = lastHeard;
        this.unsentToMember = unsentToMember;
    }

    /**
     * Tries the addresses one after the other; the last try may use all the time that is left, the others half of it.
     * Fails with {@link LinkException}.
     */
    CompletableFuture<MemberChannel> open(List<InetSocketAddress> addresses, long timeoutMs) {
        long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        deadline = loop.schedule(
                () -> end(LinkException.notSent(
                        StatusCodes.Bad_Timeout, "no secure channel within " + timeoutMs + " ms")),
                timeoutMs,
                TimeUnit.MILLISECONDS);
        attempt(new ArrayDeque<>(addresses), endNanos);
        return opened;
    }

    private void attempt(Deque<InetSocketAddress> addresses, long endNanos) {
        InetSocketAddress address = addresses.poll();
        if (address == null) {
            end(LinkException.notSent(StatusCodes.Bad_ConnectionRejected, "no address to connect to"));
            return;
        }
        long leftMs = Math.max(2, TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime()));
        long tryMs = addresses.isEmpty() ? leftMs : leftMs / 2;
        // Milo's timers run on another thread and are never cancelled when a handshake fails: ours comes first.
        ChannelTimes times = new ChannelTimes(uint(leftMs + 1_000));
        CompletableFuture<ClientSecureChannel> handshake = new CompletableFuture<>();
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(tryMs, Integer.MAX_VALUE))
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel socket) {
                        socket.pipeline()
                                .addLast(new ServerGate(MemberChannel.this::refuse))
                                .addLast(new Responses())
                                .addLast(new UascClientAcknowledgeHandler(
                                        times, application, MemberChannel.this::nextRequestId, handshake));
                    }
                });
        ChannelFuture connecting = bootstrap.connect(address);
        channel = connecting.channel();
        var unused = connecting.addListener(f -> {
            if (!f.isSuccess() && state == State.OPENING) {
                connectFailed(address, f.cause(), addresses, endNanos);
            }
        });
        var unused2 = handshake.whenComplete((secure, failure) -> onLoop(() -> handshakeEnded(failure)));
    }

    private void connectFailed(
            InetSocketAddress address, Throwable cause, Deque<InetSocketAddress> others, long endNanos) {
        if (!others.isEmpty()) {
            attempt(others, endNanos);
            return;
        }
        long status = StatusCodes.Bad_CommunicationError;
        if (cause instanceof ConnectTimeoutException) {
            status = StatusCodes.Bad_Timeout;
        } else if (cause instanceof ConnectException) {
            status = StatusCodes.Bad_ConnectionRejected;
        }
        end(LinkException.notSent(status, "cannot connect to " + address + ": " + cause.getMessage()));
    }

    private void handshakeEnded(@Nullable Throwable failure) {
        if (state != State.OPENING || channel == null) {
            return;
        }
        if (failure != null) {
            LinkException told = endCause;
            end(told != null ? told : LinkException.notSent(statusOf(failure), "no secure channel: " + failure));
            return;
        }
        cancelDeadline();
        state = State.OPEN;
        var unused = channel.pipeline().addFirst(new Guard());
        opened.complete(this);
    }

    /**
     * Sends one request; exactly one completion: the response, Milo's UaServiceFaultException, or
     * {@link LinkException}. An answer later than {@code timeoutMs} is dropped and counted.
     */
    CompletableFuture<UaResponseMessageType> send(UaRequestMessageType request, long timeoutMs) {
        return send(request, timeoutMs, true);
    }

    /** As {@link #send}, but a server that has forgotten the session costs the request only, not the channel. */
    CompletableFuture<UaResponseMessageType> sendToResume(ActivateSessionRequest request, long timeoutMs) {
        return send(request, timeoutMs, false);
    }

    private CompletableFuture<UaResponseMessageType> send(
            UaRequestMessageType request, long timeoutMs, boolean needsSession) {
        if (timeoutMs <= 0) {
            throw new IllegalArgumentException("timeoutMs " + timeoutMs);
        }
        Channel socket = channel;
        if (state != State.OPEN || socket == null || !socket.isActive()) {
            return CompletableFuture.failedFuture(closedBeforeSending());
        }
        if (pending.size() >= PENDING_MAX
                || socket.bytesBeforeWritable() > UNSENT_BYTES_MAX
                || unsentToMember.get() > UNSENT_BYTES_MEMBER_MAX) {
            return CompletableFuture.failedFuture(LinkException.notSent(
                    StatusCodes.Bad_TooManyOperations, "too many requests wait for this member's answer"));
        }
        long id = nextRequestId();
        Pending entry = new Pending(request, changesSomething(request), needsSession);
        pending.put(id, entry);
        entry.timer = loop.schedule(() -> expired(id, timeoutMs), timeoutMs, TimeUnit.MILLISECONDS);
        var unused = socket.writeAndFlush(new UascRequest(id, request)).addListener(f -> {
            if (!f.isSuccess()) {
                writeFailed(id, f.cause());
            }
        });
        return entry.answer;
    }

    boolean isOpen() {
        Channel socket = channel;
        return state == State.OPEN && socket != null && socket.isActive();
    }

    @Nullable
    Channel socket() {
        return channel;
    }

    /** The address that answered; null before the connection. */
    @Nullable
    InetSocketAddress remoteAddress() {
        return channel != null && channel.remoteAddress() instanceof InetSocketAddress a ? a : null;
    }

    /** Called once when the channel has ended; at once if it has already. */
    void onClosed(Consumer<LinkException> listener) {
        if (end != null) {
            listener.accept(end);
        } else {
            closedListeners.add(listener);
        }
    }

    /** CloseSecureChannel, then the socket, within a second. */
    void close() {
        Channel socket = channel;
        if (state != State.OPEN || socket == null) {
            abort();
            return;
        }
        state = State.CLOSING;
        // What still comes in would be refused by Milo's handler, noisily, once the channel id is given up.
        var unused = socket.config().setAutoRead(false);
        deadline = loop.schedule(this::abort, CLOSE_MS, TimeUnit.MILLISECONDS);
        RequestHeader header =
                new RequestHeader(NodeId.NULL_VALUE, DateTime.now(), uint(0), uint(0), null, uint(0), null);
        var unused2 = socket.pipeline().fireUserEventTriggered(new CloseSecureChannelRequest(header));
    }

    /**
     * Closes the session, and then this channel; without an answer within {@link #CLOSE_MS} all the same.
     *
     * @param header with the session's token
     */
    void closeSession(RequestHeader header) {
        var unused = loop.schedule(this::abort, CLOSE_MS, TimeUnit.MILLISECONDS);
        var unused2 =
                send(new CloseSessionRequest(header, true), CLOSE_MS).whenComplete((response, failure) -> close());
    }

    /**
     * Closed for everybody; but while something is unanswered that may have been done, its answer is listened to, at most
     * for so long. Nothing is sent any more, and everything else that comes is dropped.
     */
    void leave(long listenMs) {
        if (!isOpen() || pending.values().stream().noneMatch(each -> each.changesSomething)) {
            abort();
            return;
        }
        state = State.LEFT;
        LinkException cause = LinkException.maybeSent(StatusCode.of(StatusCodes.Bad_ConnectionClosed), "left by us");
        end = cause;
        List<Pending> others =
                pending.values().stream().filter(each -> !each.changesSomething).toList();
        pending.values().removeAll(others);
        deadline = loop.schedule(this::abort, listenMs, TimeUnit.MILLISECONDS);
        others.forEach(each -> each.fail(cause));
        closedListeners.forEach(listener -> listener.accept(cause));
        closedListeners.clear();
    }

    private void endIfAllIsHeard() {
        if (state == State.LEFT && pending.isEmpty()) {
            abort();
        }
    }

    private static boolean changesSomething(UaRequestMessageType request) {
        return request instanceof RawRequest raw
                && switch (raw.type()) {
                    case WRITE, CALL, HISTORY_UPDATE -> true;
                    case READ, BROWSE, BROWSE_NEXT, TRANSLATE, HISTORY_READ, PUBLISH -> false;
                };
    }

    /** Closes the socket at once. */
    void abort() {
        end(LinkException.maybeSent(StatusCode.of(StatusCodes.Bad_ConnectionClosed), "closed by us"));
    }

    private void end(LinkException cause) {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        end = cause;
        cancelDeadline();
        if (channel != null) {
            var unused = channel.close();
        }
        Collection<Pending> lost = new ArrayList<>(pending.values());
        pending.clear();
        lost.forEach(p -> p.fail(LinkException.maybeSent(cause.status(), String.valueOf(cause.getMessage()))));
        opened.completeExceptionally(cause);
        closedListeners.forEach(listener -> listener.accept(cause));
        closedListeners.clear();
    }

    private void refuseAnswer(Pending entry) {
        refuse("what the server answers to a " + entry.service + " request belongs to another request");
    }

    private void refuse(String why) {
        end(LinkException.maybeSent(StatusCode.of(StatusCodes.Bad_TcpInternalError), why));
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    private LinkException closedBeforeSending() {
        long status = end != null ? end.status().getValue() : StatusCodes.Bad_ConnectionClosed;
        String why = end != null ? end.getMessage() : "the connection is closing";
        return LinkException.notSent(status, "not sent: " + why);
    }

    private void expired(long id, long timeoutMs) {
        Pending entry = pending.remove(id);
        if (entry != null) {
            entry.answer.completeExceptionally(LinkException.maybeSent(
                    StatusCode.of(StatusCodes.Bad_Timeout), "no answer within " + timeoutMs + " ms"));
        }
        endIfAllIsHeard();
    }

    /**
     * Milo's handler writes the chunks before it answers for the request, and always without a promise, so a failed
     * promise is proof of "not sent" only when encoding refused.
     */
    private void writeFailed(long id, Throwable cause) {
        Pending entry = pending.remove(id);
        if (entry == null) {
            return;
        }
        entry.fail(
                cause instanceof EncoderException
                        ? notEncoded(entry, cause)
                        : LinkException.maybeSent(
                                StatusCode.of(StatusCodes.Bad_ConnectionClosed), "writing failed: " + cause));
    }

    /**
     * Nothing of it has left. What is no message of a client is refused as the member would, so that nobody tries again; all
     * else is the link's failure.
     */
    private static Exception notEncoded(Pending entry, Throwable cause) {
        if (UnmappableException.in(cause) == null) {
            return LinkException.notSent(StatusCodes.Bad_EncodingError, "cannot be encoded: " + cause.getMessage());
        }
        return new UaServiceFaultException(new ServiceFault(new ResponseHeader(
                DateTime.now(),
                entry.handle,
                StatusCode.of(StatusCodes.Bad_DecodingError),
                DiagnosticInfo.NULL_VALUE,
                null,
                null)));
    }

    private long nextRequestId() {
        lastRequestId = lastRequestId >= REQUEST_ID_MAX ? 1 : lastRequestId + 1;
        return lastRequestId;
    }

    private void onLoop(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    static long statusOf(Throwable failure) {
        return UaException.extractStatusCode(failure)
                .map(StatusCode::getValue)
                .orElse(StatusCodes.Bad_CommunicationError);
    }

    private static final class Pending {
        final CompletableFuture<UaResponseMessageType> answer = new CompletableFuture<>();
        final boolean changesSomething;
        /** The channel is of no use without the session that the request names. */
        final boolean needsSession;
        /** As OPC UA Part 4 names it. */
        final String service;

        private final @Nullable UInteger handle;

        @Nullable
        ScheduledFuture<?> timer;

        Pending(UaRequestMessageType request, boolean changesSomething, boolean needsSession) {
            this.changesSomething = changesSomething;
            this.needsSession = needsSession;
            service = request instanceof RawRequest raw ? raw.type().serviceName() : serviceOf(request, "Request");
            handle = request.getRequestHeader().getRequestHandle();
        }

        /**
         * Whether it is of the same service and has the same handle (Part 4, 7.33): the number of the message alone may have
         * been damaged on the way, and an answer to another request would be told as the outcome of this one. A server that
         * leaves the handle out is believed.
         */
        boolean isAnsweredBy(UaResponseMessageType response) {
            String answered =
                    response instanceof RawResponse raw ? raw.type().serviceName() : serviceOf(response, "Response");
            return answered.equals(service) && isAnsweredBy(response.getResponseHeader());
        }

        boolean isAnsweredBy(ResponseHeader response) {
            UInteger echoed = response.getRequestHandle();
            return echoed == null || handle == null || echoed.longValue() == 0 || echoed.equals(handle);
        }

        private static String serviceOf(Object message, String suffix) {
            String name = message.getClass().getSimpleName();
            return name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : name;
        }

        void complete(UaResponseMessageType response) {
            cancelTimer();
            answer.complete(response);
        }

        void fail(Exception failure) {
            cancelTimer();
            answer.completeExceptionally(failure);
        }

        private void cancelTimer() {
            if (timer != null) {
                timer.cancel(false);
            }
        }
    }

    /** Times for Milo's handlers. */
    private record ChannelTimes(UInteger acknowledgeTimeout) implements UascClientConfig {
        @Override
        public UInteger getAcknowledgeTimeout() {
            return acknowledgeTimeout;
        }

        @Override
        public UInteger getChannelLifetime() {
            return uint(CHANNEL_LIFETIME_MS);
        }

        @Override
        public HashedWheelTimer getWheelTimer() {
            return Stack.sharedWheelTimer();
        }
    }

    /** Takes what Milo's message handler decoded, in order of arrival. */
    private final class Responses extends InboundUascResponseHandler {
        @Override
        public void handleResponse(long requestId, UaResponseMessageType response) {
            Pending entry = pending.get(requestId);
            if (entry != null && !entry.isAnsweredBy(response)) {
                refuseAnswer(entry);
                return;
            }
            pending.remove(requestId);
            if (entry != null) {
                entry.complete(response);
            } else {
                lateAnswers.increment();
            }
            endIfAllIsHeard();
        }

        @Override
        public void handleSendFailure(long requestId, UaException failure) {
            Pending entry = pending.remove(requestId);
            if (entry != null) {
                entry.fail(notEncoded(entry, failure));
            }
        }

        @Override
        public void handleReceiveFailure(long requestId, UaException failure) {
            UnmappableException unmappable = UnmappableException.in(failure);
            if (unmappable != null) {
                // It may have been done, and what follows on this connection is no better.
                refuse("an answer cannot be read: " + unmappable.why());
                return;
            }
            Pending entry = pending.get(requestId);
            if (entry != null
                    && failure instanceof UaServiceFaultException fault
                    && !entry.isAnsweredBy(fault.getServiceFault().getResponseHeader())) {
                refuseAnswer(entry);
                return;
            }
            pending.remove(requestId);
            StatusCode status = failure.getStatusCode();
            boolean fatal = FATAL_FAULTS.contains(status.getValue())
                    && state == State.OPEN
                    && (entry == null || entry.needsSession);
            LinkException cause = LinkException.maybeSent(status, "the server has given up the session: " + status);
            if (entry == null) {
                lateAnswers.increment();
            } else {
                entry.fail(fatal ? cause : failure);
            }
            if (fatal) {
                end(cause);
            }
            endIfAllIsHeard();
        }

        @Override
        public void handleChannelError(UaException error) {
            endCause = LinkException.maybeSent(
                    error.getStatusCode(), "the server reports " + error.getStatusCode() + " " + error.getMessage());
        }

        @Override
        public void handleChannelInactive() {
            if (channel != null) {
                PendingChunks.release(channel);
            }
            // While opening, Milo's message handler has told the handshake's own failure before; Milo's acknowledge
            // handler tells nothing.
            end(
                    endCause != null
                            ? endCause
                            : LinkException.maybeSent(
                                    StatusCode.of(StatusCodes.Bad_ConnectionClosed), "connection closed"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            socketFailed(context, cause);
        }
    }

    /**
     * Stands before Milo's message handler: notes that the member is heard and what it does not take, and keeps a stack trace for each reset
     * connection from being printed.
     */
    private final class Guard extends ChannelDuplexHandler {
        private long renewedNanos = System.nanoTime();

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
            if (!(message instanceof ByteBuf bytes)) {
                super.write(context, message, promise);
                return;
            }
            if (bytes.readableBytes() >= 3 && bytes.getUnsignedMedium(bytes.readerIndex()) == OPN) {
                renews();
            }
            int memory = bytes.capacity();
            unsentToMember.addAndGet(memory);
            ChannelPromise told = promise.unvoid();
            var unused = told.addListener(taken -> unsentToMember.addAndGet(-memory));
            super.write(context, message, told);
        }

        private void renews() {
            long now = System.nanoTime();
            if (now - renewedNanos < TimeUnit.MILLISECONDS.toNanos(RENEWAL_MS_MIN)) {
                // Not from within a write: what fails by the end would be written to.
                loop.execute(() -> refuse("the server grants its secure channel less time than can be kept up"));
            }
            renewedNanos = now;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            lastHeard.now();
            var unused = context.fireChannelRead(bytes);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            socketFailed(context, cause);
        }
    }

    private void socketFailed(ChannelHandlerContext context, Throwable cause) {
        if (endCause == null) {
            endCause = LinkException.maybeSent(
                    StatusCode.of(StatusCodes.Bad_ConnectionClosed), "connection lost: " + cause.getMessage());
        }
        var unused = context.close();
        if (state == State.OPENING) {
            end(endCause);
        }
    }
}
