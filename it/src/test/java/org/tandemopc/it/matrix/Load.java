package org.tandemopc.it.matrix;

import java.time.Duration;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.tandemopc.it.client.StreamClient;

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
}
