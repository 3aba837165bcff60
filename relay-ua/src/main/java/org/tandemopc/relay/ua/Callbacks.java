package org.tandemopc.relay.ua;

import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * What futures, timers and orders call back on the event loop of a session. A RuntimeException in such a callback is a
 * programming error, and nobody would hear of it: futures and scheduled tasks keep it to themselves, and the session
 * would hang for ever. So every callback of a session and of its links goes through here, where it is caught and ends
 * what the callback belongs to (house style: a programming error stops the session, not the process).
 *
 * <p>A callback of what has ended meanwhile is dropped: it carries the generation that was current when it was made.
 * Owned by the loop, but for {@link #order}.
 */
final class Callbacks {
    private final EventLoop loop;
    private final LongSupplier generation;
    private final Consumer<RuntimeException> broken;

    /** How a request ended; exactly one of the two is called. */
    interface Completion<T> {
        void done(T answer);

        void failed(Throwable cause);

        /** Instead of {@link #done}, where what this belongs to has ended meanwhile. */
        default void late(T answer) {}
    }

    /**
     * @param generation changes when what the callbacks belong to ends; read on the loop
     * @param broken hears of a programming error, on the loop
     */
    Callbacks(EventLoop loop, LongSupplier generation, Consumer<RuntimeException> broken) {
        this.loop = loop;
        this.generation = generation;
        this.broken = broken;
    }

    /** Runs it now. On the loop. */
    void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            broken.accept(e);
        }
    }

    /** Runs it on the loop, soon, whatever ends meanwhile; any thread. */
    void order(Runnable task) {
        loop.execute(() -> run(task));
    }

    /** Runs it on the loop after the delay. */
    void later(long delay, TimeUnit unit, Runnable task) {
        long of = generation.getAsLong();
        Runnable checked = () -> {
            if (of == generation.getAsLong()) {
                run(task);
            }
        };
        if (delay <= 0) {
            loop.execute(checked);
        } else {
            var unused = loop.schedule(checked, delay, unit);
        }
    }

    /** Tells how the future ended, which it does on the loop; causes are unwrapped. */
    <T> void when(CompletableFuture<T> future, Completion<? super T> then) {
        long of = generation.getAsLong();
        var unused = future.whenComplete((answer, error) -> {
            boolean isLate = of != generation.getAsLong();
            if (isLate && error != null) {
                return;
            }
            try {
                if (isLate) {
                    then.late(answer);
                } else if (error != null) {
                    then.failed(unwrap(error));
                } else {
                    then.done(answer);
                }
            } catch (RuntimeException e) {
                broken.accept(e);
            }
        });
    }

    <T> void when(CompletableFuture<T> future, Consumer<? super T> done, Consumer<Throwable> failed) {
        when(future, new Completion<T>() {
            @Override
            public void done(T answer) {
                done.accept(answer);
            }

            @Override
            public void failed(Throwable cause) {
                failed.accept(cause);
            }
        });
    }

    static Throwable unwrap(Throwable error) {
        Throwable cause = error;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
