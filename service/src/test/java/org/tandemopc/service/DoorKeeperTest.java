package org.tandemopc.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tandemopc.core.config.OpcUaConfig;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.relay.FrontDoorLostException;
import org.tandemopc.testkit.Requirement;

/** A front door that was lost, in virtual time. */
class DoorKeeperTest {
    private static final OpcUaConfig CONFIGURED = OpcUaConfig.open("127.0.0.1", 4840);
    private static final OpcUaConfig OTHER = OpcUaConfig.open("127.0.0.1", 4841);

    private final ManualTime time = new ManualTime();
    private final FakeProtocol protocol = new FakeProtocol();
    private final List<PairRecord> told = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private DoorKeeper keeper;

    @BeforeEach
    void make() {
        keeper = new DoorKeeper(protocol, time, () -> keeper.tryAgain(CONFIGURED), told::add);
    }

    @Test
    @Requirement("S26")
    void lostDoorIsTriedEverMoreSeldomUntilItIsOpenAndToldOnce() {
        lose();
        assertThat(keeper.isOpen()).isFalse();

        List<Integer> tries = new ArrayList<>();
        for (int second = 1; second <= 130; second++) {
            int before = protocol.calls.size();
            time.advanceMs(1_000);
            if (protocol.calls.size() > before) {
                tries.add(second);
            }
        }
        assertThat(tries).containsExactly(1, 3, 7, 15, 31, 61, 91, 121);
        assertThat(told).extracting(PairRecord::kind).containsExactly(RecordKind.FRONT_DOOR_LOST);

        protocol.losesDoor = false;
        time.advanceMs(DoorKeeper.MAX_MS);

        assertThat(keeper.isOpen()).isTrue();
        assertThat(protocol.calls.getLast()).isEqualTo("reopen 4840");
        assertThat(told).extracting(PairRecord::kind).containsExactly(RecordKind.FRONT_DOOR_LOST, RecordKind.NOTE);
        int done = protocol.calls.size();
        time.advanceMs(10 * DoorKeeper.MAX_MS);
        assertThat(protocol.calls).hasSize(done);
    }

    @Test
    @Requirement("S26")
    void anotherDoorThatOpensEndsTheTries() throws IOException {
        lose();
        protocol.losesDoor = false;

        keeper.reopen(OTHER);

        assertThat(keeper.isOpen()).isTrue();
        time.advanceMs(10 * DoorKeeper.MAX_MS);
        assertThat(protocol.calls).containsExactly("reopen 4841", "reopen 4841");
    }

    @Test
    @Requirement("S26")
    void doorThatCouldBeOpenedAgainIsNotLost() {
        assertThatThrownBy(() -> keeper.reopen(OpcUaConfig.open("127.0.0.1", FakeProtocol.TAKEN_PORT)))
                .isInstanceOf(IOException.class);

        assertThat(keeper.isOpen()).isTrue();
        assertThat(told).isEmpty();
    }

    private void lose() {
        protocol.losesDoor = true;
        assertThatThrownBy(() -> keeper.reopen(OTHER)).isInstanceOf(FrontDoorLostException.class);
    }
}
