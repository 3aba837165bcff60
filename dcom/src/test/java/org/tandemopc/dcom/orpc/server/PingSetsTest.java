package org.tandemopc.dcom.orpc.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tandemopc.dcom.orpc.server.PingSets.INVALID_OID;
import static org.tandemopc.dcom.orpc.server.PingSets.INVALID_SET;
import static org.tandemopc.dcom.orpc.server.PingSets.NO_ROOM;
import static org.tandemopc.dcom.orpc.server.PingSets.OK;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.tandemopc.dcom.orpc.server.PingSets.Answer;
import org.tandemopc.dcom.orpc.server.PingSets.Dropped;

/** Pings, as [MS-DCOM] 3.1.2.5.1.2, 3.1.2.5.1.3 and 3.1.2.6 have them, and as peers send them. */
class PingSetsTest {
    private static final Client ANN = ExportTableTest.client("ann", 1);
    private static final Client EVE = ExportTableTest.client("eve", 1);
    private static final long TIMEOUT = 360;
    private static final PingLimits LIMITS = new PingLimits(Duration.ofNanos(TIMEOUT), 5, 3, 4, 6, 8);

    private final AtomicLong setIds = new AtomicLong(100);
    private final PingSets sets = new PingSets(LIMITS, setIds::incrementAndGet);
    private final List<Dropped> dropped = new ArrayList<>();
    private long goneFrom = 1_000;

    private Answer ping(long setId, int sequence, List<Long> add, List<Long> remove, Client client, long now) {
        return sets.complexPing(setId, sequence, add, remove, client, oid -> oid < goneFrom, dropped, now);
    }

    private long made(Client client, long now, Long... oids) {
        Answer answer = ping(0, 1, List.of(oids), List.of(), client, now);
        assertThat(answer.status()).isEqualTo(OK);
        return answer.setId();
    }

    @Test
    void aSetKeepsItsObjectsAsLongAsItIsPinged() {
        long set = made(ANN, 0, 1L, 2L);
        assertThat(sets.has(1)).isTrue();
        assertThat(sets.simplePing(set, ANN, TIMEOUT - 1)).isEqualTo(OK);
        assertThat(sets.expire(2 * TIMEOUT - 2)).isEmpty();
        assertThat(sets.expire(2 * TIMEOUT - 1))
                .containsExactly(new Dropped(1, ANN, TIMEOUT - 1), new Dropped(2, ANN, TIMEOUT - 1));
        assertThat(sets.has(1)).isFalse();
        assertThat(sets.size()).isZero();
        assertThat(sets.simplePing(set, ANN, 2 * TIMEOUT)).isEqualTo(INVALID_SET);
    }

    @Test
    void aChangeIsAPingToo() {
        long set = made(ANN, 0, 1L);
        assertThat(ping(set, 2, List.of(2L), List.of(1L), ANN, 100).status()).isEqualTo(OK);
        assertThat(dropped).containsExactly(new Dropped(1, ANN, 100));
        assertThat(sets.has(1)).isFalse();
        assertThat(sets.has(2)).isTrue();
        assertThat(sets.expire(TIMEOUT + 99)).isEmpty();
    }

    @Test
    void anObjectInTwoSetsStaysWhenOneEnds() {
        long first = made(ANN, 0, 1L);
        long second = made(EVE, 100, 1L);
        assertThat(second).isNotEqualTo(first);
        assertThat(sets.expire(TIMEOUT)).containsExactly(new Dropped(1, ANN, 0));
        assertThat(sets.has(1)).isTrue();
    }

    /** Whether a client lives is asked of its own sets. */
    @Test
    void aSetSpeaksForItsMakerAlone() {
        made(ANN, 0, 1L);
        assertThat(sets.has(1, ANN)).isTrue();
        assertThat(sets.has(1, EVE)).isFalse();
        long eves = made(EVE, 100, 1L);
        assertThat(sets.expire(TIMEOUT)).containsExactly(new Dropped(1, ANN, 0));
        assertThat(sets.has(1, ANN)).isFalse();
        assertThat(sets.has(1, EVE)).isTrue();
        assertThat(ping(eves, 2, List.of(), List.of(1L), EVE, TIMEOUT).status()).isEqualTo(OK);
        assertThat(sets.has(1, EVE)).isFalse();
        assertThat(sets.has(1)).isFalse();
    }

    /** A client that orders its sets anew adds to one and then takes out of the other. */
    @Test
    void anObjectMovedBetweenSetsStaysAllTheWhile() {
        long first = made(ANN, 0, 1L, 2L);
        long second = made(ANN, 0);
        assertThat(ping(second, 2, List.of(1L), List.of(), ANN, 10).status()).isEqualTo(OK);
        assertThat(ping(first, 2, List.of(), List.of(1L), ANN, 20).status()).isEqualTo(OK);
        assertThat(sets.has(1, ANN)).isTrue();
        assertThat(sets.simplePing(second, ANN, 300)).isEqualTo(OK);
        assertThat(sets.expire(TIMEOUT + 20)).containsExactly(new Dropped(2, ANN, 20));
        assertThat(sets.has(1)).isTrue();
        assertThat(sets.expire(TIMEOUT + 300)).containsExactly(new Dropped(1, ANN, 300));
        assertThat(sets.has(1)).isFalse();
    }

    @Test
    void aSetThatThereIsNotIsNotPinged() {
        assertThat(sets.simplePing(5, ANN, 0)).isEqualTo(INVALID_SET);
        assertThat(ping(5, 1, List.of(1L), List.of(), ANN, 0)).isEqualTo(new Answer(5, INVALID_SET));
    }

    /** A forged ping must neither keep the objects of another alive nor let them go. */
    @Test
    void aSetIsItsMakersAlone() {
        long set = made(ANN, 0, 1L);
        assertThat(sets.simplePing(set, EVE, 100)).isEqualTo(INVALID_SET);
        assertThat(ping(set, 2, List.of(), List.of(1L), EVE, 100).status()).isEqualTo(INVALID_SET);
        assertThat(sets.has(1)).isTrue();
        assertThat(sets.expire(TIMEOUT)).hasSize(1);
    }

    /** 3.1.2.5.1.3: a late change does nothing, and is no error. */
    @Test
    void aLateChangeDoesNothing() {
        long set = made(ANN, 0, 1L);
        assertThat(ping(set, 5, List.of(2L), List.of(), ANN, 10).status()).isEqualTo(OK);
        assertThat(ping(set, 4, List.of(3L), List.of(2L), ANN, 300).status()).isEqualTo(OK);
        assertThat(sets.has(3)).isFalse();
        assertThat(sets.has(2)).isTrue();
        assertThat(sets.expire(TIMEOUT + 10)).hasSize(2);
    }

    /** impacket says 0 always; others count, and come to 65,535. */
    @Test
    void numbersMayStandStillAndGoRound() {
        long set = ping(0, 0, List.of(1L), List.of(), ANN, 0).setId();
        assertThat(ping(set, 0, List.of(2L), List.of(), ANN, 1).status()).isEqualTo(OK);
        assertThat(sets.has(2)).isTrue();
        long other = ping(0, 0xFFFF, List.of(), List.of(), ANN, 0).setId();
        assertThat(ping(other, 0, List.of(3L), List.of(), ANN, 1).status()).isEqualTo(OK);
        assertThat(sets.has(3)).isTrue();
    }

    /** A new set says nothing of them; to an old one the client is told. */
    @Test
    void unknownObjectsAreLeftOut() {
        Answer made = ping(0, 1, List.of(1L, 2_000L), List.of(), ANN, 0);
        assertThat(made.status()).isEqualTo(OK);
        assertThat(ping(made.setId(), 2, List.of(2_000L, 2L), List.of(), ANN, 1).status())
                .isEqualTo(INVALID_OID);
        assertThat(sets.has(2_000)).isFalse();
        assertThat(sets.has(2)).isTrue();
    }

    @Test
    void takingOutWhatIsNotInIsNoError() {
        long set = made(ANN, 0, 1L);
        assertThat(ping(set, 2, List.of(), List.of(9L, 1L, 1L), ANN, 1).status())
                .isEqualTo(OK);
        assertThat(dropped).containsExactly(new Dropped(1, ANN, 1));
    }

    @Test
    void oneClientCannotTakeTheRoomOfAll() {
        for (int i = 0; i < 3; i++) {
            made(ANN, 0);
        }
        assertThat(ping(0, 1, List.of(1L), List.of(), ANN, 0)).isEqualTo(new Answer(0, NO_ROOM));
        assertThat(sets.has(1)).isFalse();
        made(EVE, 0);
        made(EVE, 0);
        assertThat(ping(0, 1, List.of(), List.of(), EVE, 0).status()).isEqualTo(NO_ROOM);
        assertThat(sets.expire(TIMEOUT)).isEmpty();
        assertThat(sets.size()).isZero();
        made(ANN, TIMEOUT);
    }

    /** A new one that does not fit is none; an old one keeps what it has. */
    @Test
    void aSetHasNoMoreThanItsRoom() {
        List<Long> many = LongStream.range(0, 500).boxed().toList();
        assertThat(ping(0, 1, many, List.of(), ANN, 0)).isEqualTo(new Answer(0, NO_ROOM));
        assertThat(sets.size()).isZero();
        assertThat(LongStream.range(0, 500).noneMatch(sets::has)).isTrue();
        long set = made(ANN, 0, 1L, 2L);
        assertThat(ping(set, 2, many, List.of(), ANN, 0).status()).isEqualTo(NO_ROOM);
        assertThat(LongStream.range(0, 500).filter(sets::has).count()).isEqualTo(4);
    }

    /** What many sets hold together is limited too, for one client and for all. */
    @Test
    void manySetsHoldNoMoreThanTheRoomThereIs() {
        long first = made(ANN, 0, 1L, 2L, 3L, 4L);
        long second = made(ANN, 0, 1L, 2L);
        assertThat(second).isNotEqualTo(first);
        assertThat(ping(0, 1, List.of(1L), List.of(), ANN, 0)).isEqualTo(new Answer(0, NO_ROOM));
        made(EVE, 0, 1L, 2L);
        assertThat(ping(0, 1, List.of(3L), List.of(), EVE, 0)).isEqualTo(new Answer(0, NO_ROOM));
        assertThat(ping(second, 2, List.of(), List.of(1L, 2L), ANN, 0).status()).isEqualTo(OK);
        assertThat(ping(0, 1, List.of(3L), List.of(), EVE, 0).status()).isEqualTo(OK);
        assertThat(sets.expire(TIMEOUT)).isNotEmpty();
        made(ANN, TIMEOUT, 1L, 2L, 3L, 4L);
        made(ANN, TIMEOUT, 1L, 2L);
    }

    /** j-Interop never takes out what it has released. */
    @Test
    void whatIsGoneMakesRoom() {
        long set = made(ANN, 0, 6L, 7L, 8L, 9L);
        goneFrom = 6;
        assertThat(ping(set, 2, List.of(1L, 2L), List.of(), ANN, 1).status()).isEqualTo(OK);
        assertThat(sets.has(1)).isTrue();
        assertThat(sets.has(6)).isFalse();
    }
}
