package org.tandemopc.relay.ua;

import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import java.lang.reflect.Field;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/**
 * An event loop whose time passes only when a test says so: timers run in their order at exactly their time, on the
 * test's thread, so that a test is the same each time and waits for nothing.
 */
@NullUnmarked
final class VirtualTime {
    private static final int TASKS_MAX = 5_000_000;
    /** 2026-01-01, in 100 ns since 1601. */
    private static final long START_TICKS = 134_119_584_000_000_000L;

    private static final long START_NANOS = 1_000_000_000L;

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private long nanos = START_NANOS;

    private @Nullable Throwable failure;

    VirtualTime() {
        channel.freezeTime();
    }

    EventLoop loop() {
        return channel.eventLoop();
    }

    long nanos() {
        return nanos;
    }

    long ms() {
        return (nanos - START_NANOS) / 1_000_000;
    }

    /** Source time of a change that happens now. */
    DateTime stamp() {
        return new DateTime(START_TICKS + (nanos - START_NANOS) / 100);
    }

    /** What a callback cannot throw: the next {@link #run} does. */
    void fail(Throwable why) {
        if (failure == null) {
            failure = why;
        }
    }

    void run(long ms) {
        runTasks(ms);
        if (failure != null) {
            throw new AssertionError("in a callback: " + failure.getMessage(), failure);
        }
    }

    private void runTasks(long ms) {
        long end = nanos + ms * 1_000_000;
        for (int i = 0; i < TASKS_MAX; i++) {
            channel.runPendingTasks();
            long next = channel.runScheduledPendingTasks();
            if (channel.hasPendingTasks()) {
                continue;
            }
            if (next < 0 || next > end - nanos) {
                pass(end - nanos);
                return;
            }
            pass(next);
        }
        throw new AssertionError("the loop is busy for ever at " + ms() + " ms");
    }

    /** Timers that wait. Netty keeps the queue to itself, and what nobody runs in it is what a long life would show. */
    int timers() {
        try {
            Field queue = AbstractScheduledEventExecutor.class.getDeclaredField("scheduledTaskQueue");
            queue.setAccessible(true);
            Collection<?> waiting = (Collection<?>) queue.get(loop());
            return waiting == null ? 0 : waiting.size();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** Nothing runs for so long, as in a pause of the whole process; what has become due meanwhile runs at the next {@link #run}. */
    void pause(long ms) {
        pass(ms * 1_000_000);
    }

    /** What is due now. */
    void settle() {
        run(0);
    }

    private void pass(long byNanos) {
        nanos += byNanos;
        channel.advanceTimeBy(byNanos, TimeUnit.NANOSECONDS);
    }
}
