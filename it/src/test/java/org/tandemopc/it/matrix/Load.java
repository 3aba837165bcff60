package org.tandemopc.it.matrix;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Predicate;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.testkit.proxy.UaMessages;

/** What the client does meanwhile. */
enum Load {
    /** It is connected. */
    IDLE {
        @Override
        void start(StreamClient client) {}
    },
    /** It subscribes and reads. */
    WATCH {
        @Override
        void start(StreamClient client) throws UaException {
            client.watchCounters(0, ITEMS, StreamClient.Subscribing.NORMAL);
            client.keepReading(PAUSE);
        }
    },
    /** It writes and calls. */
    WORK {
        @Override
        void start(StreamClient client) {
            client.keepWriting("static/0", PAUSE);
            client.keepCalling("c", PAUSE);
        }
    };

    private static final int ITEMS = 3;
    private static final Duration PAUSE = Duration.ofMillis(20);

    abstract void start(StreamClient client) throws UaException;

    /** The messages to a member that a fault of one message is to hit: of what the load makes go there. */
    Predicate<ByteBuffer> requestsTo(boolean isActive) {
        return switch (this) {
            case WATCH -> UaMessages.ofType(UaMessages.PUBLISH_REQUEST);
            case WORK ->
                isActive ? UaMessages.ofType(UaMessages.WRITE_REQUEST, UaMessages.CALL_REQUEST) : UaMessages::isService;
            case IDLE -> UaMessages::isService;
        };
    }

    /** The same of the answers. */
    Predicate<ByteBuffer> answersOf(boolean isActive) {
        return switch (this) {
            case WATCH -> UaMessages.ofType(UaMessages.PUBLISH_RESPONSE);
            case WORK ->
                isActive
                        ? UaMessages.ofType(UaMessages.WRITE_RESPONSE, UaMessages.CALL_RESPONSE)
                        : UaMessages::isService;
            case IDLE -> UaMessages::isService;
        };
    }
}
