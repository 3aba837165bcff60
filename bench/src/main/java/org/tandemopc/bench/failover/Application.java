package org.tandemopc.bench.failover;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.eclipse.milo.opcua.sdk.client.OpcUaClientConfigBuilder;
import org.eclipse.milo.opcua.stack.core.UaException;

/** A client application: it shows the counters and reads one of them now and then. Values go to a {@link Recorder}. */
abstract class Application implements AutoCloseable, MiloLink.Owner {
    private static final int KEEP_ALIVE_MS = 50;
    private static final int TRIES_MAX = 50;
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final AtomicBoolean closing = new AtomicBoolean();

    /** Connects and subscribes. */
    abstract void start() throws UaException;

    /** One read in the foreground. */
    abstract boolean read();

    @Override
    public void sessionLost(MiloLink link) {
        // Milo's own reconnection is all that a plain application has.
    }

    @Override
    public void subscriptionLost(MiloLink link) {
        inBackground("make the subscription anew", link::subscribe);
    }

    /** A step of getting well again. */
    interface Repair {
        void run() throws UaException;
    }

    /** Off Milo's threads, again and again until it succeeds. */
    final void inBackground(String what, Repair repair) {
        Thread.ofPlatform().daemon().name(what).start(() -> {
            for (int i = 0; i < TRIES_MAX && !closing.get(); i++) {
                try {
                    repair.run();
                    return;
                } catch (UaException e) {
                    LockSupport.parkNanos(PAUSE.toNanos());
                }
            }
        });
    }

    /** Keep-alives of a client that has to notice a hang by itself; one may fail. */
    static void watchful(OpcUaClientConfigBuilder config) {
        config.setKeepAliveInterval(uint(KEEP_ALIVE_MS))
                .setKeepAliveTimeout(uint(KEEP_ALIVE_MS))
                .setKeepAliveFailuresAllowed(uint(1));
    }

    abstract List<MiloLink> links();

    @Override
    public final void close() {
        closing.set(true);
        links().forEach(MiloLink::close);
    }

    /** Knows one address, and that a subscription which could not be transferred has to be made anew. */
    static final class Plain extends Application {
        private final MiloLink link;

        Plain(String url, Recorder recorder, Feed feed) throws UaException {
            link = new MiloLink("client", url, unchanged(), recorder, feed, this);
        }

        private static Consumer<OpcUaClientConfigBuilder> unchanged() {
            return config -> {};
        }

        @Override
        void start() throws UaException {
            link.connect();
            link.subscribe();
        }

        @Override
        boolean read() {
            return link.read();
        }

        @Override
        List<MiloLink> links() {
            return List.of(link);
        }
    }

    /** Knows both servers, and goes to the other one when its session is lost. */
    private abstract static class Switching extends Application {
        final MiloLink first;
        final MiloLink second;
        private final AtomicBoolean switched = new AtomicBoolean();
        private volatile MiloLink reading;

        Switching(List<String> urls, Recorder recorder, Feed feed) throws UaException {
            first = new MiloLink("A", urls.get(0), Application::watchful, recorder, feed, this);
            second = new MiloLink("B", urls.get(1), Application::watchful, recorder, feed, this);
            reading = first;
        }

        @Override
        public void sessionLost(MiloLink link) {
            if (link == first && switched.compareAndSet(false, true)) {
                inBackground("switch", this::toSecond);
            }
        }

        @Override
        public void subscriptionLost(MiloLink link) {
            if (link != first) {
                super.subscriptionLost(link);
            }
        }

        abstract void toSecond() throws UaException;

        final void readFromSecond() {
            reading = second;
        }

        @Override
        final boolean read() {
            return reading.read();
        }

        @Override
        final List<MiloLink> links() {
            return List.of(first, second);
        }
    }

    /** Has asked the second server for its endpoints beforehand, and connects when it needs it. */
    static final class Cold extends Switching {
        private boolean isConnected;

        Cold(List<String> urls, Recorder recorder, Feed feed) throws UaException {
            super(urls, recorder, feed);
        }

        @Override
        void start() throws UaException {
            first.connect();
            first.subscribe();
        }

        /** One thread at a time, and again from where it failed. */
        @Override
        void toSecond() throws UaException {
            if (!isConnected) {
                second.connect();
                isConnected = true;
                readFromSecond();
                first.abandon();
            }
            second.subscribe();
        }
    }

    /** Is connected to both, with publishing switched off at the second, and hands on all that its queues hold. */
    static final class Warm extends Switching {
        Warm(List<String> urls, Recorder recorder, Feed feed) throws UaException {
            super(urls, recorder, feed);
        }

        @Override
        void start() throws UaException {
            first.connect();
            first.subscribe();
            second.connect();
            second.subscribeSilently();
        }

        @Override
        void toSecond() throws UaException {
            second.publish();
            readFromSecond();
            first.abandon();
        }
    }

    /** Subscribes to both and takes the first arrival of each tick; the recorder merges. */
    static final class Hot extends Switching {
        Hot(List<String> urls, Recorder recorder, Feed feed) throws UaException {
            super(urls, recorder, feed);
        }

        @Override
        void start() throws UaException {
            first.connect();
            first.subscribe();
            second.connect();
            second.subscribe();
        }

        @Override
        void toSecond() {
            readFromSecond();
            first.abandon();
        }
    }
}
