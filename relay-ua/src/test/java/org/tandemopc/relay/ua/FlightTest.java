package org.tandemopc.relay.ua;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FlightTest {
    private final List<CompletableFuture<Void>> started = new ArrayList<>();

    private List<Supplier<CompletableFuture<Void>>> steps(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> (Supplier<CompletableFuture<Void>>) this::start)
                .toList();
    }

    private CompletableFuture<Void> start() {
        started.add(new CompletableFuture<>());
        return started.getLast();
    }

    @Test
    void soManyAreUnderWayAtATimeAndNoMore() {
        CompletableFuture<Void> landed = Flight.of(steps(5), 3);
        assertThat(started).hasSize(3);

        started.get(1).complete(null);
        assertThat(started).hasSize(4);
        started.get(0).complete(null);
        started.get(2).complete(null);
        started.get(3).complete(null);
        assertThat(started).hasSize(5);
        assertThat(landed).isNotDone();
        started.get(4).complete(null);

        assertThat(landed).isCompleted();
    }

    @Test
    void failsAsTheFirstThatFailsAndStartsNoMore() {
        CompletableFuture<Void> landed = Flight.of(steps(5), 2);

        started.get(0).completeExceptionally(new IllegalStateException("refused"));
        started.get(1).complete(null);

        assertThat(landed).isCompletedExceptionally();
        assertThat(started).hasSize(2);
    }

    @Test
    void nothingToDoIsDone() {
        assertThat(Flight.of(List.of(), 2)).isCompleted();
    }

    /** However many: what ends at once does not fill the stack. */
    @Test
    void stepsThatEndAtOnceAreNoDepth() {
        List<Supplier<CompletableFuture<Void>>> many = IntStream.range(0, 100_000)
                .mapToObj(i -> (Supplier<CompletableFuture<Void>>) () -> CompletableFuture.completedFuture(null))
                .toList();

        assertThat(Flight.of(many, 8)).isCompleted();
    }
}
