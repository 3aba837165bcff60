package org.tandemopc.relay.ua.back;

import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.jspecify.annotations.Nullable;

/**
 * Host names to addresses, never on an event loop: a name service may be silent for many seconds. The last good answer
 * of a name is kept and used when the service does not answer in time (S25). Any thread; one per process.
 */
public final class HostResolver implements AutoCloseable {
    /** How long a new answer is waited for while an old one is at hand, ms. */
    private static final long PATIENCE_MS = 300;

    private static final int THREADS = 2;
    private static final int QUEUE_MAX = 256;

    private final Lookup lookup;
    private final ThreadPoolExecutor pool;
    private final ConcurrentHashMap<String, List<InetAddress>> lastGood = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, CompletableFuture<List<InetAddress>>> running = new ConcurrentHashMap<>();

    /** The blocking question; a plug for tests. */
    @FunctionalInterface
    interface Lookup {
        InetAddress[] addresses(String host) throws UnknownHostException;
    }

    public HostResolver() {
        this(InetAddress::getAllByName);
    }

    HostResolver(Lookup lookup) {
        this.lookup = lookup;
        pool = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                30,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(QUEUE_MAX),
                Thread.ofPlatform().daemon().name("resolver-", 0).factory());
        pool.allowCoreThreadTimeOut(true);
    }

    /** Completes on the loop: at least one address, or {@link LinkException} Bad_CommunicationError or Bad_Timeout. */
    CompletableFuture<List<InetAddress>> resolve(String host, EventLoop loop, long timeoutMs) {
        InetAddress literal = NetUtil.createInetAddressFromIpAddressString(host);
        if (literal != null) {
            return CompletableFuture.completedFuture(List.of(literal));
        }
        List<InetAddress> known = lastGood.get(host);
        CompletableFuture<List<InetAddress>> result = new CompletableFuture<>();
        long waitMs = known == null ? timeoutMs : Math.min(timeoutMs, PATIENCE_MS);
        ScheduledFuture<?> timer = loop.schedule(
                () -> settle(result, known, StatusCodes.Bad_Timeout, host + " was not resolved in time"),
                waitMs,
                TimeUnit.MILLISECONDS);
        var unused = ask(host)
                .whenComplete((addresses, failure) -> loop.execute(() -> {
                    timer.cancel(false);
                    if (failure == null) {
                        result.complete(addresses);
                    } else {
                        settle(
                                result,
                                known,
                                StatusCodes.Bad_CommunicationError,
                                "cannot resolve " + host + ": " + failure.getMessage());
                    }
                }));
        return result;
    }

    /** One question per name at a time: a silent name service must not fill the queue. */
    private CompletableFuture<List<InetAddress>> ask(String host) {
        CompletableFuture<List<InetAddress>> fresh = new CompletableFuture<>();
        CompletableFuture<List<InetAddress>> other = running.putIfAbsent(host, fresh);
        if (other != null) {
            return other;
        }
        try {
            pool.execute(() -> answer(host, fresh));
        } catch (RejectedExecutionException e) {
            running.remove(host, fresh);
            fresh.completeExceptionally(e);
        }
        return fresh;
    }

    private void answer(String host, CompletableFuture<List<InetAddress>> fresh) {
        try {
            List<InetAddress> addresses = List.of(lookup.addresses(host));
            lastGood.put(host, addresses);
            running.remove(host, fresh);
            fresh.complete(addresses);
        } catch (UnknownHostException | RuntimeException e) {
            running.remove(host, fresh);
            fresh.completeExceptionally(e);
        }
    }

    private static void settle(
            CompletableFuture<List<InetAddress>> result,
            @Nullable List<InetAddress> known,
            long status,
            String message) {
        if (known != null) {
            result.complete(known);
        } else {
            result.completeExceptionally(LinkException.notSent(status, message));
        }
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
