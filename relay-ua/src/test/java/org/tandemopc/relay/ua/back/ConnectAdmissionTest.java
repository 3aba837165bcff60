package org.tandemopc.relay.ua.back;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

class ConnectAdmissionTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long START = -5 * SECOND;

    private final ConnectAdmission admission = new ConnectAdmission(20);

    @Test
    @Requirement(value = "S16", protocol = Protocol.UA)
    void noWindowOfASecondHasMoreThanTwenty() {
        List<Long> granted = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            long now = START + i * SECOND / 100;
            granted.add(now + admission.reserve(now, Long.MAX_VALUE));
        }

        assertThat(granted).isSorted();
        for (int i = 20; i < granted.size(); i++) {
            assertThat(granted.get(i) - granted.get(i - 20)).isGreaterThanOrEqualTo(SECOND);
        }
    }

    @Test
    void firstTwentyDoNotWait() {
        for (int i = 0; i < 20; i++) {
            assertThat(admission.reserve(START, 0)).isZero();
        }
    }

    @Test
    @Requirement(value = "I9", protocol = Protocol.UA)
    void placeBeyondTheAskersPatienceIsRefusedAndNotTaken() {
        for (int i = 0; i < 40; i++) {
            assertThat(admission.reserve(START, SECOND)).isNotNegative();
        }

        assertThat(admission.reserve(START, SECOND)).isEqualTo(ConnectAdmission.REFUSED);
        assertThat(admission.reserve(START, 2 * SECOND)).isEqualTo(2 * SECOND);
    }

    @Test
    void quietSecondGivesAllPlacesBack() {
        for (int i = 0; i < 20; i++) {
            admission.reserve(START, 0);
        }

        assertThat(admission.reserve(START + SECOND, 0)).isZero();
    }
}
