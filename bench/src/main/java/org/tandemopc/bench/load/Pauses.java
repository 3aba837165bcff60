package org.tandemopc.bench.load;

import java.time.Duration;
import org.tandemopc.testkit.Await;

/** Lets time pass: here it is what is measured, not what is waited for. */
final class Pauses {
    private static final Duration LATE_MAX = Duration.ofSeconds(60);

    private Pauses() {}

    static void pass(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        Await.until("time passes", time.plus(LATE_MAX), () -> System.nanoTime() - end >= 0);
    }
}
