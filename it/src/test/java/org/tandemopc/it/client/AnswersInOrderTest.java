package org.tandemopc.it.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.testkit.Await;

@Timeout(30)
class AnswersInOrderTest {
    private static final Duration LONG = Duration.ofSeconds(10);

    private final ExecutorService pool = Executors.newFixedThreadPool(2);
    private final CountDownLatch slow = new CountDownLatch(1);
    private final List<Integer> handled = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void end() {
        slow.countDown();
        pool.shutdownNow();
    }

    @Test
    void anAnswerDoesNotOvertakeOneWhoseThreadWasHeldUp() {
        Executor inOrder = new AnswersInOrder(pool);
        twoAnswers(inOrder);
        CompletableFuture<Void> other = new CompletableFuture<>();
        inOrder.execute(() -> other.complete(null));
        other.join();
        assertThat(handled).as("while the first is held up").isEmpty();
        slow.countDown();
        Await.until("both were handled", LONG, () -> handled.size() == 2);
        assertThat(handled).containsExactly(1, 2);
    }

    /** What Milo does by itself, or this class were for nothing. */
    @Test
    void inThePoolAloneItDoes() {
        twoAnswers(pool);
        Await.until("the second was handled", LONG, () -> !handled.isEmpty());
        assertThat(handled).containsExactly(2);
    }

    @Test
    void anAnswerThatCameTwiceIsHandledTwice() {
        Executor inOrder = new AnswersInOrder(pool);
        slow.countDown();
        twoAnswers(inOrder);
        twoAnswers(inOrder);
        Await.until("all were handled", LONG, () -> handled.size() == 4);
        assertThat(handled).containsExactly(1, 2, 1, 2);
    }

    private void twoAnswers(Executor executor) {
        CompletableFuture<Integer> first = awaited(executor);
        CompletableFuture<Integer> second = awaited(executor);
        first.complete(1);
        second.complete(2);
    }

    private CompletableFuture<Integer> awaited(Executor executor) {
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        var unused = answer.whenCompleteAsync((number, failure) -> handle(number), executor);
        return answer;
    }

    private void handle(int answer) {
        if (answer == 1) {
            Await.until("the thread goes on", LONG, () -> slow.getCount() == 0);
        }
        handled.add(answer);
    }
}
