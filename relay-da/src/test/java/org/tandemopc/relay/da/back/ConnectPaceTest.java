package org.tandemopc.relay.da.back;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

class ConnectPaceTest {
    private static final long MS = 1_000_000;

    private final ConnectPace pace = new ConnectPace();

    @Test
    @Requirement(value = "S16", protocol = Protocol.DA)
    void ofManyAtOnceTwentyConnectInASecond() {
        assertThat(LongStream.range(0, 21).map(i -> pace.take(7 * MS)).boxed())
                .startsWith(0L, 50 * MS, 100 * MS)
                .endsWith(1_000 * MS);
    }

    @Test
    void whoComesAfterAWhileConnectsAtOnce() {
        var unused = pace.take(0);

        assertThat(pace.take(20 * MS)).isEqualTo(30 * MS);
        assertThat(pace.take(500 * MS)).isZero();
        assertThat(pace.take(500 * MS)).isEqualTo(50 * MS);
    }
}
