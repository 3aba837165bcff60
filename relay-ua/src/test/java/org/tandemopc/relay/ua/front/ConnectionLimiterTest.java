package org.tandemopc.relay.ua.front;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.tandemopc.relay.ua.front.FrontDoorConfig.Limits;

class ConnectionLimiterTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @Test
    void addressMayComeInABurstAndThenAtItsRate() throws Exception {
        ConnectionLimiter limiter = new ConnectionLimiter(limits(1_000, 1_000, 10, 20));
        InetAddress plant = address(1);

        assertThat(admitted(limiter, plant, 30, 0)).isEqualTo(20);
        assertThat(admitted(limiter, plant, 30, SECOND)).isEqualTo(10);
        assertThat(admitted(limiter, plant, 30, 100 * SECOND)).isEqualTo(20);
        assertThat(admitted(limiter, address(2), 5, 100 * SECOND))
                .as("another address has its own")
                .isEqualTo(5);
    }

    @Test
    void connectionsAreCountedPerAddressAndInAll() throws Exception {
        ConnectionLimiter limiter = new ConnectionLimiter(limits(5, 3, 100, 100));

        assertThat(admitted(limiter, address(1), 4, 0)).isEqualTo(3);
        assertThat(admitted(limiter, address(2), 4, 0)).isEqualTo(2);
        limiter.release(address(1));
        assertThat(admitted(limiter, address(2), 4, 0)).isEqualTo(1);
        assertThat(limiter.open()).isEqualTo(5);
    }

    @Test
    void addressesThatLeftAreForgotten() throws Exception {
        ConnectionLimiter limiter = new ConnectionLimiter(limits(100_000, 3, 10, 10));
        for (int i = 0; i < 5_000; i++) {
            long now = i * SECOND;
            assertThat(limiter.admit(address(i), now)).isTrue();
            limiter.release(address(i));
        }
        assertThat(limiter.addresses()).isLessThan(3_000);
        assertThat(limiter.open()).isZero();
    }

    private static int admitted(ConnectionLimiter limiter, InetAddress address, int attempts, long nowNanos) {
        int admitted = 0;
        for (int i = 0; i < attempts; i++) {
            admitted += limiter.admit(address, nowNanos) ? 1 : 0;
        }
        return admitted;
    }

    private static InetAddress address(int number) throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {10, 1, (byte) (number >> 8), (byte) number});
    }

    private static Limits limits(int connections, int perAddress, int perSecond, int burst) {
        DoorFixture.ChangedLimits limits = new DoorFixture.ChangedLimits();
        limits.connections = connections;
        limits.connectionsPerAddress = perAddress;
        limits.connectsPerSecond = perSecond;
        limits.connectsBurst = burst;
        return limits.make();
    }
}
