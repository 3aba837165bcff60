package org.tandemopc.relay.ua;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.tandemopc.relay.ua.Complaints.Kind;

@NullUnmarked
class ComplaintsTest {
    private final AtomicLong now = new AtomicLong();
    private final Complaints complaints = new Complaints(now::get);

    @Test
    void firstFaultIsSaidAndTheNextOnesAreCountedForAMinute() {
        assertThat(complaints.due(0, Kind.LINK_FAILED)).isZero();
        for (int i = 0; i < 500; i++) {
            assertThat(complaints.due(0, Kind.LINK_FAILED)).isEqualTo(-1);
        }

        now.addAndGet(Complaints.QUIET_NANOS);
        assertThat(complaints.due(0, Kind.LINK_FAILED)).isEqualTo(500);
        assertThat(complaints.due(0, Kind.LINK_FAILED)).isEqualTo(-1);
        now.addAndGet(Complaints.QUIET_NANOS);
        assertThat(complaints.due(0, Kind.LINK_FAILED)).isEqualTo(1);
    }

    @Test
    void otherKindAndOtherMemberAreSaidBesides() {
        assertThat(complaints.due(0, Kind.LINK_FAILED)).isZero();
        assertThat(complaints.due(0, Kind.MESSAGE_LOST)).isZero();
        assertThat(complaints.due(1, Kind.LINK_FAILED)).isZero();
    }
}
