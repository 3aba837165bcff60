package org.tandemopc.relay.ua.back;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Supplier;
import org.eclipse.milo.opcua.stack.core.Stack;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.LocalizedText;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.enumerated.ApplicationType;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MessageSecurityMode;
import org.eclipse.milo.opcua.stack.core.types.structured.ApplicationDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.EndpointDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.RequestHeader;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.ua.wire.UaWire;

/**
 * A channel without security for the services of discovery, which need no session (Part 4, 5.5). Opened once, for one caller that waits;
 * not for event loops.
 */
public final class PlainChannel implements AutoCloseable {
    private static final long MORE_MS = 500;

    private final EventLoop loop;
    private final ClientIdentity client;
    private @Nullable MemberChannel channel;
    private long eachMs = MORE_MS;
    private String url = "";

    /** @param loop of the channel */
    public PlainChannel(EventLoop loop, ClientIdentity client) {
        this.loop = loop;
        this.client = client;
    }

    /**
     * @param url that the server is told
     * @param withinMs for this, and for each question
     * @throws LinkException there is no channel
     */
    void open(InetAddress address, int port, String url, long withinMs) throws LinkException, InterruptedException {
        eachMs = withinMs;
        this.url = url;
        EndpointDescription plain = new EndpointDescription(
                url,
                new ApplicationDescription(
                        null, null, LocalizedText.NULL_VALUE, ApplicationType.Server, null, null, null),
                ByteString.NULL_VALUE,
                MessageSecurityMode.None,
                SecurityPolicy.None.getUri(),
                null,
                Stack.TCP_UASC_UABINARY_TRANSPORT_URI,
                ubyte(0));
        MemberChannel opening = new MemberChannel(
                loop,
                new ChannelContext(plain, client, List.of(), UaWire.typedContext(), uint(withinMs + 1_000)),
                new LongAdder(),
                new LastHeard(System::nanoTime),
                new AtomicLong());
        channel = opening;
        boolean isOpen = false;
        try {
            var unused = onLoop(() -> opening.open(List.of(new InetSocketAddress(address, port)), withinMs));
            isOpen = true;
        } finally {
            if (!isOpen) {
                close();
            }
        }
    }

    /** That the server was told. */
    String url() {
        return url;
    }

    /**
     * @param question made with a header
     * @throws LinkException no answer, or one of another kind
     */
    <R extends UaResponseMessageType> R ask(Function<RequestHeader, UaRequestMessageType> question, Class<R> type)
            throws LinkException, InterruptedException {
        MemberChannel open = channel;
        if (open == null) {
            throw new IllegalStateException("not opened");
        }
        RequestHeader header =
                new RequestHeader(NodeId.NULL_VALUE, DateTime.now(), uint(0), uint(0), null, uint(eachMs), null);
        UaResponseMessageType answer = onLoop(() -> open.send(question.apply(header), eachMs));
        if (type.isInstance(answer)) {
            return type.cast(answer);
        }
        throw LinkException.notSent(
                StatusCodes.Bad_UnknownResponse,
                "the server answers with " + answer.getClass().getSimpleName());
    }

    private <T> T onLoop(Supplier<CompletableFuture<T>> question) throws LinkException, InterruptedException {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                var unused = question.get().whenComplete((value, failure) -> {
                    if (failure != null) {
                        answer.completeExceptionally(failure);
                    } else {
                        answer.complete(value);
                    }
                });
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            return answer.get(eachMs + MORE_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw cause instanceof LinkException link
                    ? link
                    : LinkException.notSent(MemberChannel.statusOf(cause), String.valueOf(cause.getMessage()));
        } catch (TimeoutException e) {
            throw LinkException.notSent(StatusCodes.Bad_Timeout, "nothing came back within " + eachMs + " ms");
        }
    }

    @Override
    public void close() {
        MemberChannel open = channel;
        channel = null;
        if (open != null) {
            loop.execute(open::close);
        }
    }
}
