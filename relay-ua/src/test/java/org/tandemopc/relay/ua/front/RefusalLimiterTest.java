package org.tandemopc.relay.ua.front;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RefusalLimiterTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @Test
    void addressMayBeWrongSoOftenAndEarnsNewAttempts() {
        RefusalLimiter limiter = limiter(5, 60);

        assertThat(taken(limiter, "a", 10, 0)).isEqualTo(5);
        assertThat(taken(limiter, "a", 10, 2 * SECOND)).isEqualTo(2);
        assertThat(taken(limiter, "b", 10, 2 * SECOND)).isEqualTo(5);
        assertThat(taken(limiter, "a", 10, 1_000 * SECOND)).isEqualTo(5);
    }

    @Test
    void rightPasswordsCostNothing() {
        RefusalLimiter limiter = limiter(5, 1);
        for (int i = 0; i < 1_000; i++) {
            assertThat(limiter.take("a", 0)).isTrue();
            limiter.giveBack("a");
        }
        limiter.giveBack("a");
        assertThat(taken(limiter, "a", 10, 0)).isEqualTo(5);
    }

    @Test
    void addressesThatOweNothingAreForgotten() {
        RefusalLimiter limiter = limiter(5, 60);
        for (int i = 0; i < 10_000; i++) {
            assertThat(limiter.take("address " + i, i * SECOND)).isTrue();
        }
        assertThat(limiter.addresses()).isLessThan(3_000);
    }

    private static int taken(RefusalLimiter limiter, String address, int attempts, long nowNanos) {
        int taken = 0;
        for (int i = 0; i < attempts; i++) {
            taken += limiter.take(address, nowNanos) ? 1 : 0;
        }
        return taken;
    }

    private static RefusalLimiter limiter(int burst, int perMinute) {
        DoorFixture.ChangedLimits limits = new DoorFixture.ChangedLimits();
        limits.refusalsBurst = burst;
        limits.refusalsPerMinute = perMinute;
        return new RefusalLimiter(limits.make());
    }
}
