package org.tandemopc.dcom.orpc.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tandemopc.dcom.orpc.client.PingSet.Ping;
import org.tandemopc.dcom.orpc.wire.IObjectExporter;
import org.tandemopc.dcom.orpc.wire.IObjectExporter.ComplexPingRequest;

/** [MS-DCOM] 3.2.6.1, without time and network. */
class PingSetTest {
    private static final long SET = 0x55;

    private final PingSet pings = new PingSet();

    private ComplexPingRequest complex() {
        return ((Ping.Complex) pings.next().orElseThrow()).request();
    }

    private boolean answer(int status) {
        return pings.answered(pings.next().orElseThrow(), SET, status);
    }

    @Test
    void nothingInUseIsNothingToSay() {
        assertThat(pings.next()).isEmpty();
        pings.use(1);
        pings.unuse(1);
        assertThat(pings.next()).isEmpty();
    }

    @Test
    void firstPingAsksForASetWithEverything() {
        pings.use(1);
        pings.use(2);
        pings.use(2);
        assertThat(complex()).isEqualTo(new ComplexPingRequest(0, 1, List.of(1L, 2L), List.of()));
    }

    @Test
    void unchangedSetIsPingedSimply() {
        pings.use(1);
        assertThat(answer(0)).isFalse();
        assertThat(pings.next()).contains(new Ping.Simple(new IObjectExporter.SimplePingRequest(SET)));
    }

    @Test
    void changesGoWithTheNextNumber() {
        pings.use(1);
        pings.use(2);
        assertThat(answer(0)).isFalse();
        pings.unuse(1);
        pings.use(3);
        assertThat(complex()).isEqualTo(new ComplexPingRequest(SET, 2, List.of(3L), List.of(1L)));
    }

    /** Two pointers into one object: it is in use until both are closed. */
    @Test
    void objectIsInUseUntilItsLastPointerIsClosed() {
        pings.use(1);
        pings.use(1);
        assertThat(answer(0)).isFalse();
        pings.unuse(1);
        assertThat(pings.next().orElseThrow()).isInstanceOf(Ping.Simple.class);
        pings.unuse(1);
        assertThat(complex().removed()).containsExactly(1L);
    }

    @Test
    void forgottenSetIsMadeAnewAtOnce() {
        pings.use(1);
        pings.use(2);
        assertThat(answer(0)).isFalse();
        assertThat(answer(IObjectExporter.INVALID_SET)).isTrue();
        assertThat(complex()).isEqualTo(new ComplexPingRequest(0, 1, List.of(1L, 2L), List.of()));
    }

    /** A resolver that makes no sets is not asked for ever. */
    @Test
    void newSetThatIsRefusedWaitsForTheNextPing() {
        pings.use(1);
        assertThat(answer(IObjectExporter.INVALID_SET)).isFalse();
    }

    @Test
    void unansweredPingIsSaidAgain() {
        pings.use(1);
        assertThat(complex().added()).containsExactly(1L);
        // nothing came back
        assertThat(complex()).isEqualTo(new ComplexPingRequest(0, 2, List.of(1L), List.of()));
    }

    @Test
    void manyObjectsGoInSeveralPings() {
        for (long oid = 1; oid <= 25_000; oid++) {
            pings.use(oid);
        }
        assertThat(complex().added()).hasSize(PingSet.CHANGES_MAX);
        assertThat(answer(0)).isTrue();
        assertThat(answer(0)).isTrue();
        assertThat(complex().added()).hasSize(5_000);
        assertThat(answer(0)).isFalse();
        assertThat(pings.next().orElseThrow()).isInstanceOf(Ping.Simple.class);
    }

    /** 16 bits. */
    @Test
    void numbersGoRound() {
        pings.use(1);
        for (int i = 0; i < 0x8000; i++) {
            assertThat(answer(0)).isFalse();
            pings.use(2);
            assertThat(answer(0)).isFalse();
            pings.unuse(2);
        }
        // two for each round, so that 0 was the last
        assertThat(complex().sequence()).isEqualTo(1);
    }

    @Test
    void emptySetIsLeftToLapse() {
        pings.use(1);
        assertThat(answer(0)).isFalse();
        pings.unuse(1);
        assertThat(answer(0)).isFalse();
        assertThat(pings.next()).isEmpty();
        pings.use(2);
        assertThat(complex()).isEqualTo(new ComplexPingRequest(0, 1, List.of(2L), List.of()));
    }
}
