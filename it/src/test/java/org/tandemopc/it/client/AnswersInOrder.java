package org.tandemopc.it.client;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.eclipse.milo.opcua.stack.core.util.ExecutionQueue;

/**
 * The executor of a Milo client under which PublishResponses are handled in the order in which they came.
 *
 * <p>Milo completes their futures in that order, and then hands each callback ({@code whenCompleteAsync} in its
 * {@code PublishingManager}) to a pool of threads, where two that came in the same moment may overtake each other. The
 * client then takes the first one for lost, asks for it with Republish, and delivers it twice: to the application it
 * looks as if the server had doubled it. Here the callbacks of futures go through one queue. Everything else, what blocks
 * included, runs in the pool as ever, so that a callback waits for other callbacks only.
 *
 * <p>Nothing is left out: what a server sends twice is delivered twice. Thread-safe. Does not own the pool: to shut it down
 * has no effect.
 */
final class AnswersInOrder extends AbstractExecutorService {
    private final Executor pool;
    private final ExecutionQueue callbacks;

    AnswersInOrder(Executor pool) {
        this.pool = pool;
        this.callbacks = new ExecutionQueue(pool);
    }

    @Override
    public void execute(Runnable task) {
        if (task instanceof CompletableFuture.AsynchronousCompletionTask) {
            callbacks.submit(task);
        } else {
            pool.execute(task);
        }
    }

    @Override
    public void shutdown() {}

    @Override
    public List<Runnable> shutdownNow() {
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public boolean isTerminated() {
        return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return false;
    }
}
