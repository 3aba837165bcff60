package org.tandemopc.bench.failover;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.tandemopc.bench.world.ServerPair;
import org.tandemopc.testkit.process.ServerProcess;

/**
 * Makes healthy servers look dead: ten threads for each processor that do nothing but use it, and now and then a server
 * that stands still for as long as a long garbage collection, one at a time. Ends with everything running again.
 */
final class Stress implements AutoCloseable {
    private static final int THREADS_PER_CORE = 10;
    private static final long SEED = 6;

    private final AtomicBoolean isOn = new AtomicBoolean(true);
    private final List<Thread> spinning = new ArrayList<>();
    /** The same pauses for each subject. */
    private final Random random = new Random(SEED);

    private final ServerPair servers;
    private final long shortestNanos;
    private final long everyNanos;

    /**
     * @param shortest pause of a server; the longest is four times that
     * @param every how long a server is left alone before the next pause
     */
    Stress(ServerPair servers, Duration shortest, Duration every) {
        this.servers = servers;
        shortestNanos = shortest.toNanos();
        everyNanos = every.toNanos();
        int threads = THREADS_PER_CORE * Runtime.getRuntime().availableProcessors();
        for (int i = 0; i < threads; i++) {
            spinning.add(Thread.ofPlatform().daemon().name("spin-" + i).start(this::spin));
        }
    }

    private void spin() {
        while (isOn.get()) {
            Thread.onSpinWait();
        }
    }

    /** Blocks for so long. */
    void last(Duration time) {
        long endNanos = System.nanoTime() + time.toNanos();
        for (int member = 0; endNanos - System.nanoTime() > 0; member = 1 - member) {
            pause(servers.get(member));
            LockSupport.parkNanos(Math.min(everyNanos, Math.max(0, endNanos - System.nanoTime())));
        }
    }

    private void pause(ServerProcess server) {
        server.freeze();
        try {
            LockSupport.parkNanos(random.nextLong(shortestNanos, 4 * shortestNanos));
        } finally {
            server.thaw();
        }
    }

    @Override
    public void close() {
        isOn.set(false);
        for (Thread thread : spinning) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
