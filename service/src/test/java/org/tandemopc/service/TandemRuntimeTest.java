package org.tandemopc.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.config.TandemConfig;
import org.tandemopc.core.config.UaMemberConfig;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.pair.PairSettings;
import org.tandemopc.testkit.Requirement;

class TandemRuntimeTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final FakeProtocol protocol = new FakeProtocol();

    @Test
    @Requirement("S21")
    void pairThatCannotBeMadeIsLeftOutAndTheOthersAreServed() throws IOException {
        PairConfig broken = PairConfig.of(
                PairSettings.of(FakeProtocol.BROKEN, Mode.HOT, "opc.tcp://c", "opc.tcp://d"),
                List.of(UaMemberConfig.open("opc.tcp://c"), UaMemberConfig.open("opc.tcp://d")));
        TandemConfig config =
                new TandemConfig(Fixtures.config().opcua().orElseThrow(), List.of(broken, Fixtures.pair()));
        try (DataFolder data = DataFolder.hold(folder);
                TandemRuntime runtime = new TandemRuntime(config, door -> protocol, data, true)) {
            runtime.start();

            assertThat(runtime.pairs()).extracting(PairHandle::name).containsExactly("plant1");
            assertThat(runtime.config().pairs()).containsExactly(Fixtures.pair());
        }
    }

    /** A configuration copied to another machine starts nothing there, and says how to start it. */
    @Test
    void pairThatThisMachineDoesNotKnowStaysDisabledAndNamesTheRemedy() throws IOException {
        try (DataFolder data = DataFolder.hold(folder);
                TandemRuntime runtime = new TandemRuntime(Fixtures.config(), door -> protocol, data, false)) {
            runtime.start();

            PairHandle pair = runtime.pair("plant1").orElseThrow();
            assertThat(pair.snapshot().phase()).isEqualTo("disabled");
            assertThat(pair.records())
                    .singleElement()
                    .satisfies(r -> assertThat(r.record().text()).contains("tandem enable plant1"));
        }
    }

    @Test
    void orderForAMemberThatDoesNotExistOrForADisabledPairIsRefusedWithAReason() throws IOException {
        try (DataFolder data = DataFolder.hold(folder);
                TandemRuntime runtime = new TandemRuntime(Fixtures.config(), door -> protocol, data, false)) {
            runtime.start();
            PairHandle pair = runtime.pairs().getFirst();

            assertThat(pair.switchTo(2, "ann"))
                    .isEqualTo(new OrderAnswer.Refused("'plant1' has members 0 to 1, not 2."));
            assertThat(pair.switchTo(1, "ann")).isEqualTo(new OrderAnswer.Refused("'plant1' is disabled."));
        }
    }

    @Test
    void stopTakesThePairsDownBeforeItClosesTheFrontDoorForGood() throws IOException {
        try (DataFolder data = DataFolder.hold(folder)) {
            TandemRuntime runtime = new TandemRuntime(Fixtures.config(), door -> protocol, data, true);
            runtime.start();
            runtime.close();
            runtime.close();
        }

        assertThat(protocol.calls).contains("start").endsWith("close", "remove");
        assertThat(protocol.calls).containsOnlyOnce("close");
    }

    /** Who connects in the first moment waits for the pair; who wants a disabled pair hears so at once. */
    @Test
    void theDoorOpensWhenClientsOfEnabledPairsMayComeAlready() throws IOException {
        try (DataFolder data = DataFolder.hold(folder);
                TandemRuntime runtime = new TandemRuntime(Fixtures.config(), door -> protocol, data, true)) {
            runtime.start();

            assertThat(protocol.calls).startsWith("admit", "start");
        }
        protocol.calls.clear();
        try (DataFolder data = DataFolder.hold(folder);
                TandemRuntime runtime = new TandemRuntime(Fixtures.config(), door -> protocol, data, false)) {
            runtime.start();

            assertThat(protocol.calls).startsWith("start").doesNotContain("admit");
        }
    }
}
