package org.tandemopc.it.wire;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tandemopc.testkit.proxy.Direction;
import org.tandemopc.testkit.proxy.Ending;
import org.tandemopc.testkit.proxy.Fault;
import org.tandemopc.testkit.proxy.FaultProxy;
import org.tandemopc.testkit.proxy.UaMessages;

/**
 * A TCP relay on loopback between a client and a server without security, which writes down the PublishResponses in the
 * order of the wire. It can also cut the connections, or hold all bytes back while they stay open.
 */
public final class WireTap implements AutoCloseable {
    private final FaultProxy proxy;
    private final List<WirePublish> publishes = new CopyOnWriteArrayList<>();
    private final AtomicInteger republishes = new AtomicInteger();
    private final AtomicReference<@Nullable String> trouble = new AtomicReference<>();

    private WireTap(int targetPort) {
        proxy = FaultProxy.before(targetPort, UaMessages.FRAMER);
        proxy.observe(Direction.REQUESTS, () -> reader(publish -> {}, republishes::incrementAndGet));
        proxy.observe(Direction.ANSWERS, () -> reader(publishes::add, () -> {}));
    }

    /** Listens on a port of its own and relays to the target. */
    public static WireTap before(int targetPort) {
        return new WireTap(targetPort);
    }

    private Consumer<ByteBuffer> reader(Consumer<WirePublish> onPublish, Runnable onRepublish) {
        FrameReader reader = new FrameReader(onPublish, onRepublish);
        return chunk -> {
            try {
                reader.chunk(chunk);
            } catch (RuntimeException e) {
                trouble.compareAndSet(null, e.toString());
            }
        };
    }

    public int port() {
        return proxy.port();
    }

    /** The same URL with this tap's port. */
    public String url(String targetUrl) {
        return proxy.url(targetUrl);
    }

    public List<WirePublish> publishes() {
        return List.copyOf(publishes);
    }

    /** Verdict on everything so far; fails when the tap itself did not understand the bytes. */
    public WireVerdict verdict() {
        String problem = trouble.get();
        if (problem != null) {
            throw new AssertionError("the tap does not understand the connection: " + problem);
        }
        return WireVerdict.of(publishes());
    }

    /** How often the client asked for a message again. */
    public int republishes() {
        return republishes.get();
    }

    /** How many connections clients made. */
    public int connections() {
        return proxy.accepted();
    }

    /** Closes all connections; new ones are accepted. */
    public void cut() {
        proxy.strike(Fault.Strike.CLOSE);
    }

    /** What happens once, to the connections that there are. */
    public void strike(Fault.Strike strike) {
        proxy.strike(strike);
    }

    /** Resets the connection in front of the next message with values or a sign of life; see {@link #hasLost}. */
    public void loseNextPublish() {
        proxy.set(Direction.ANSWERS, new Fault.CutBefore(UaMessages.ofType(UaMessages.PUBLISH_RESPONSE), Ending.RESET));
    }

    /** Whether the message that was to be lost is. */
    public boolean hasLost() {
        return proxy.hasFired(Direction.ANSWERS);
    }

    /** Holds all bytes back, as a pulled cable does. */
    public void stall() {
        proxy.setBoth(new Fault.Hold());
    }

    /** Lets the bytes go that were held back. */
    public void resume() {
        proxy.heal();
    }

    @Override
    public void close() {
        proxy.close();
    }
}
