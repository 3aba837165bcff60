package org.tandemopc.bench.failover;

import java.util.function.Consumer;
import org.eclipse.milo.opcua.sdk.client.OpcUaClientConfigBuilder;
import org.eclipse.milo.opcua.stack.core.UaException;

/**
 * What a server that has just been started gets to do before it counts: a plant's standby has been running for weeks, and
 * the first client of a fresh JVM waits for the loading of classes, which no subject is to be measured by.
 */
final class Visits {
    /** Items that a server has made when it has been visited enough, and the fewest visits that it gets. */
    private static final int ITEMS = 2_000;

    private static final int VISITS_MIN = 3;
    private static final int VISITS_MAX = 10;
    private static final Consumer<OpcUaClientConfigBuilder> USUAL = config -> {};
    private static final MiloLink.Owner NOBODY = new MiloLink.Owner() {
        @Override
        public void sessionLost(MiloLink link) {}

        @Override
        public void subscriptionLost(MiloLink link) {}
    };

    private Visits() {}

    /** Connects, subscribes, reads and leaves, some times over. Blocks for about a second. */
    static void to(String url, Feed feed) throws UaException {
        int visits = Math.clamp(ITEMS / feed.items(), VISITS_MIN, VISITS_MAX);
        for (int i = 0; i < visits; i++) {
            try (MiloLink link = new MiloLink("visit", url, USUAL, new Recorder(feed.items(), false), feed, NOBODY)) {
                link.connect();
                link.subscribe();
                boolean unused = link.read();
            }
        }
    }
}
