package org.tandemopc.service.notify;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to reach a peer, which ends in time whatever the peer does: time-outs of sockets do not end what drips, nor
 * a look-up of a name.
 */
final class Attempt {
    /** What is done, on a virtual thread of its own. */
    interface Body<T> {
        T run(Attempt attempt) throws DeliveryException, IOException;
    }

    // Guarded by this.
    private @Nullable Closeable resource;
    private boolean isOver;

    private Attempt() {}

    /**
     * Runs to its end, or until the time is over.
     *
     * @throws DeliveryException it failed, took too long, or this thread was interrupted (which it is again then)
     */
    static <T> T within(Duration most, Body<T> body) throws DeliveryException {
        Attempt attempt = new Attempt();
        FutureTask<T> task = new FutureTask<>(() -> body.run(attempt));
        Thread thread = Thread.ofVirtual().name("notification").start(task);
        try {
            return task.get(most.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new DeliveryException("it was not done within %d ms".formatted(most.toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DeliveryException("Tandem is stopping");
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } finally {
            attempt.end();
            thread.interrupt();
        }
    }

    private static DeliveryException failure(@Nullable Throwable cause) {
        return switch (cause) {
            case DeliveryException e -> e;
            case IOException e -> Failures.of(e);
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case null, default -> throw new IllegalStateException(cause);
        };
    }

    /** Is closed when the time is over. */
    void closes(Closeable opened) throws IOException {
        boolean isTooLate;
        synchronized (this) {
            isTooLate = isOver;
            resource = opened;
        }
        if (isTooLate) {
            opened.close();
            throw new IOException("too late");
        }
    }

    private void end() {
        Closeable opened;
        synchronized (this) {
            isOver = true;
            opened = resource;
        }
        if (opened != null) {
            try {
                opened.close();
            } catch (IOException e) {
                // It is gone, which is what was wanted.
                opened = null;
            }
        }
    }
}
