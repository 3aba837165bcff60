package org.tandemopc.relay.da.front;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.testkit.Await;

@SuppressWarnings("NullAway") // nothing of a group is asked here
class StreamRepliesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final StreamReplies replies = new StreamReplies(null, null, Ints.EMPTY);

    /** The member's OnCancelComplete has taken the transaction on its thread when Cancel looks for it. */
    @Test
    void whoCancelsLearnsOfAnEndThatIsJustBeingTold() throws Exception {
        FutureTask<Boolean> cancel = new FutureTask<>(replies::isCancelled);
        Thread caller = Thread.ofPlatform().start(cancel);
        Await.until("it waits", PATIENCE, () -> caller.getState() == Thread.State.TIMED_WAITING);
        replies.cancelled(null);

        assertThat(cancel.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whatHasEndedIsNotCancelled() {
        replies.read(null, List.of());
        assertThat(replies.isCancelled()).isFalse();
    }

    /** Nobody tells how, and nobody waits for long. */
    @Test
    void whatHasNoEndIsNotCancelled() {
        assertThat(replies.isCancelled()).isFalse();
    }
}
