package org.tandemopc.dcom.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tandemopc.testkit.Await;

class WatchTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long HOUR = Duration.ofHours(1).toNanos();
    private static final long SHORT = Duration.ofMillis(20).toNanos();

    private final List<Watch.Wait> over = Collections.synchronizedList(new ArrayList<>());
    private final Watch watch = new Watch("dcom-test-watch", over::add);

    WatchTest() {
        watch.start();
    }

    @AfterEach
    void itsThreadEnds() throws InterruptedException {
        watch.stop();
        assertThat(watch.thread().join(PATIENCE)).isTrue();
    }

    @Test
    void tellsOfAMomentThatHasPassedOnce() {
        watch.set(Watch.Wait.REST, SHORT);
        Await.until("told", PATIENCE, () -> over.size() == 1);
        watch.set(Watch.Wait.WRITE, SHORT);
        Await.until("told", PATIENCE, () -> over.size() == 2);

        assertThat(over).containsExactly(Watch.Wait.REST, Watch.Wait.WRITE);
    }

    /** It sleeps for an hour already when a nearer moment is set. */
    @Test
    void wakesForANearerMoment() {
        watch.set(Watch.Wait.IDLE, HOUR);
        Await.until("asleep", PATIENCE, () -> watch.thread().getState() == Thread.State.TIMED_WAITING);
        watch.set(Watch.Wait.WRITE, SHORT);

        Await.until("told", PATIENCE, () -> over.contains(Watch.Wait.WRITE));
    }

    @Test
    void saysNothingOfAMomentThatWasTakenBackOrPutOff() {
        watch.set(Watch.Wait.REST, SHORT);
        watch.take(Watch.Wait.REST);
        watch.set(Watch.Wait.IDLE, SHORT);
        watch.set(Watch.Wait.IDLE, HOUR);
        watch.set(Watch.Wait.WRITE, 4 * SHORT);
        Await.until("told of the later one", PATIENCE, () -> !over.isEmpty());

        assertThat(over).containsExactly(Watch.Wait.WRITE);
    }

    @Test
    void takesForeverAsForever() {
        watch.set(Watch.Wait.IDLE, Long.MAX_VALUE);
        watch.set(Watch.Wait.WRITE, SHORT);
        Await.until("told", PATIENCE, () -> !over.isEmpty());

        assertThat(over).containsExactly(Watch.Wait.WRITE);
    }
}
