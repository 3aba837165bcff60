package org.tandemopc.service.users;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LoginThrottleTest {
    private static final InetAddress HOME = InetAddress.ofLiteral("10.0.0.1");
    private static final InetAddress EVIL = InetAddress.ofLiteral("10.0.0.66");

    private final LoginThrottle throttle = new LoginThrottle();
    private long now;

    /** @return how many guesses got through within this time */
    private int guesses(InetAddress address, String user, Duration time) {
        long end = now + time.toNanos();
        int tried = 0;
        while (now < end) {
            long wait = throttle.waitNanos(address, user, now);
            if (wait > 0) {
                now += wait;
            } else {
                throttle.begins(address, user, now);
                tried++;
            }
        }
        return tried;
    }

    @Test
    void guessingOneUsersPasswordIsSlow() {
        assertThat(guesses(EVIL, "anna", Duration.ofHours(1))).isBetween(LoginThrottle.OF_BOTH_FREE, 75);
    }

    @Test
    void aSlipCostsNothing() {
        for (int i = 0; i < LoginThrottle.OF_BOTH_FREE - 1; i++) {
            throttle.begins(HOME, "anna", now);
        }

        assertThat(throttle.waitNanos(HOME, "anna", now)).isLessThanOrEqualTo(0);
    }

    @Test
    void tryingManyUsersFromOneAddressIsSlow() {
        int tried = 0;
        for (int i = 0; i < 1_000; i++) {
            if (throttle.waitNanos(EVIL, "user" + i, now) <= 0) {
                throttle.begins(EVIL, "user" + i, now);
                tried++;
            }
        }

        assertThat(tried).isEqualTo(LoginThrottle.OF_ADDRESS_FREE);
        assertThat(throttle.waitNanos(HOME, "anna", now)).as("others").isZero();
    }

    @Test
    void tryingOneUserFromManyAddressesIsSlowAndDoesNotKeepHerFromHerOwnConsole() {
        throttle.begins(HOME, "anna", now);
        throttle.succeeded(HOME, "anna");
        int tried = 0;
        for (int i = 0; i < 250; i++) {
            InetAddress address = InetAddress.ofLiteral("10.0.1." + i);
            if (throttle.waitNanos(address, "Anna", now) <= 0) {
                throttle.begins(address, "Anna", now);
                tried++;
            }
        }

        assertThat(tried).isEqualTo(LoginThrottle.OF_USER_FREE);
        assertThat(throttle.waitNanos(HOME, "anna", now)).isLessThanOrEqualTo(0);
    }

    @Test
    void addressesOfOneNetworkOfIpv6AreOne() {
        for (int i = 0; i < LoginThrottle.OF_BOTH_FREE; i++) {
            throttle.begins(InetAddress.ofLiteral("2001:db8::" + (i + 1)), "anna", now);
        }

        assertThat(throttle.waitNanos(InetAddress.ofLiteral("2001:db8::99"), "anna", now))
                .isPositive();
    }

    @Test
    void waitIsNeverLongAndIsForgotten() {
        for (int i = 0; i < 500; i++) {
            throttle.begins(EVIL, "anna", now);
        }
        assertThat(throttle.waitNanos(EVIL, "anna", now)).isEqualTo(LoginThrottle.WAIT_MAX.toNanos());

        now += LoginThrottle.FORGOTTEN_AFTER.toNanos();
        throttle.begins(EVIL, "anna", now);

        assertThat(throttle.waitNanos(EVIL, "anna", now)).isZero();
    }

    @Test
    void memoryIsBoundedHoweverManyAddressesTry() {
        for (int i = 0; i < 20_000; i++) {
            InetAddress address = InetAddress.ofLiteral("10.%d.%d.1".formatted(i / 250, i % 250));
            throttle.begins(address, "user" + i, now);
            throttle.succeeded(address, "user" + i);
            throttle.begins(address, "other" + i, now);
        }

        assertThat(throttle.kept()).isLessThanOrEqualTo(2 * LoginThrottle.KEPT_MAX);
    }
}
