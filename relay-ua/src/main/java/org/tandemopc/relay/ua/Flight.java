package org.tandemopc.relay.ua;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Steps at one member that need not wait for each other: so many of them are on their way at a time that a switch costs a
 * few round trips and not one for each subscription, and so few that a small server is not flooded. The steps are started
 * in their order. Owned by the session's loop, on which they must end too.
 */
final class Flight {
    private final int most;
    private final Queue<Supplier<CompletableFuture<Void>>> waiting;
    private final CompletableFuture<Void> landed = new CompletableFuture<>();
    private int underWay;
    private boolean starting;

    private Flight(List<Supplier<CompletableFuture<Void>>> steps, int most) {
        this.waiting = new ArrayDeque<>(steps);
        this.most = most;
    }

    /** Completes when all steps have ended; as soon as one fails, fails as that one, and starts no more. */
    static CompletableFuture<Void> of(List<Supplier<CompletableFuture<Void>>> steps, int most) {
        Flight flight = new Flight(steps, most);
        flight.go();
        return flight.landed;
    }

    private void go() {
        if (starting) {
            // A step that has ended at once: the loop below goes on.
            return;
        }
        starting = true;
        while (underWay < most && !waiting.isEmpty() && !landed.isDone()) {
            underWay++;
            var unused = waiting.remove().get().whenComplete((nothing, failure) -> ended(failure));
        }
        starting = false;
        if (underWay == 0 && waiting.isEmpty()) {
            landed.complete(null);
        }
    }

    private void ended(@Nullable Throwable failure) {
        underWay--;
        if (failure == null) {
            go();
        } else {
            landed.completeExceptionally(failure);
        }
    }
}
