package org.tandemopc.relay.ua.front;

import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DiagnosticInfo;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.ua.security.UserIdentity;
import org.tandemopc.relay.ua.wire.RawRequest;
import org.tandemopc.relay.ua.wire.UaWire;

/** A pair that answers by itself: a Read of node "x" in namespace 1 gives "name:x". */
final class FakePair implements FrontPair {
    static final String PASSWORD = "right";

    private final String path;
    final List<FakeSession> sessions = new CopyOnWriteArrayList<>();
    /** What answers requests other than those the session answers by itself. */
    volatile Function<UaRequestMessageType, CompletableFuture<UaResponseMessageType>> service = this::read;
    /** What a member says to users with a password that it knows. */
    volatile StatusCode member = StatusCode.GOOD;

    /** A member's answer that is still to come. */
    volatile @Nullable CompletableFuture<StatusCode> activation;
    /** Why no session is made. */
    volatile @Nullable UaException refuse;

    FakePair(String path) {
        this.path = path;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public String name() {
        return path.substring(1);
    }

    @Override
    public FrontSession open(SessionOpening opening, EventLoop loop) throws UaException {
        UaException refusal = refuse;
        if (refusal != null) {
            throw refusal;
        }
        FakeSession session = new FakeSession(opening, loop);
        sessions.add(session);
        return session;
    }

    FakeSession last() {
        return sessions.get(sessions.size() - 1);
    }

    CompletableFuture<UaResponseMessageType> read(UaRequestMessageType request) {
        UaRequestMessageType typed = request instanceof RawRequest raw ? UaWire.decode(raw) : request;
        if (!(typed instanceof ReadRequest read)) {
            return CompletableFuture.failedFuture(new UaException(StatusCodes.Bad_ServiceUnsupported));
        }
        DataValue[] values = Stream.of(read.getNodesToRead()).map(this::value).toArray(DataValue[]::new);
        return CompletableFuture.completedFuture(new ReadResponse(Faults.good(request), values, new DiagnosticInfo[0]));
    }

    private DataValue value(ReadValueId id) {
        // What Milo's client asks for by itself: the namespace array, operation limits.
        NodeId node = id.getNodeId();
        return node.getNamespaceIndex().intValue() == 1
                ? DataValue.valueOnly(Variant.ofString(name() + ":" + node.getIdentifier()))
                : new DataValue(new StatusCode(StatusCodes.Bad_NodeIdUnknown));
    }

    final class FakeSession implements FrontSession {
        final SessionOpening opening;
        final EventLoop loop;
        final List<String> history = new CopyOnWriteArrayList<>();

        private FakeSession(SessionOpening opening, EventLoop loop) {
            this.opening = opening;
            this.loop = loop;
        }

        @Override
        public CompletableFuture<StatusCode> activate(UserIdentity identity, String[] localeIds) {
            note("activate " + identity);
            if (identity instanceof UserIdentity.UserName user
                    && !new String(user.password(), StandardCharsets.UTF_8).equals(PASSWORD)) {
                return CompletableFuture.completedFuture(new StatusCode(StatusCodes.Bad_UserAccessDenied));
            }
            return activation == null ? CompletableFuture.completedFuture(member) : activation;
        }

        @Override
        public CompletableFuture<UaResponseMessageType> handle(UaRequestMessageType request) {
            note(null);
            return service.apply(request);
        }

        @Override
        public void clientReads(boolean reads) {
            note("reads " + reads);
        }

        @Override
        public void channelLost() {
            note("channelLost");
        }

        @Override
        public void closed(boolean deleteSubscriptions, String why) {
            note("closed " + why);
        }

        private void note(@Nullable String what) {
            if (!loop.inEventLoop()) {
                history.add("NOT ON THE LOOP");
            }
            if (what != null) {
                history.add(what);
            }
        }
    }
}
