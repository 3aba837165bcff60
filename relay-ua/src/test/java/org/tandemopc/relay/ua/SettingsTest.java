package org.tandemopc.relay.ua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.pair.PairSettings;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Settings that change under the sessions of a pair. */
class SettingsTest {
    /** The orders are those of the machine after a change of mode: settings, and the standby anew. */
    @ParameterizedTest
    @CsvSource({"WARM, HOT", "HOT, WARM"})
    @Requirement(value = "APP-1", protocol = Protocol.UA)
    void afterAChangeOfModeTheStandbyIsWhatTheNewModeWantsAndTheClientMissesNothing(Mode from, Mode to) {
        RedundantPair world = new RedundantPair(from).started();
        FakeClient client = world.client();
        client.monitor(client.subscribe(100), "x");
        world.time.run(1_000);
        long next = world.changes("x", 1, 10, 50);

        world.pair.settings(PairSettings.of("plant1", to, "member0", "member1"));
        world.detach(1);
        world.attach(1);
        next = world.changes("x", next, 60, 50);
        assertThat(world.b.session().subscriptions.only().publishing).isEqualTo(to == Mode.HOT);
        world.a.kill();
        world.failOver(0, 1);
        next = world.changes("x", next, 20, 50);
        world.time.run(1_000);

        assertThat(client.numbers("x"))
                .isEqualTo(LongStream.range(0, next).boxed().toList());
    }

    /** Warm: the queues of a standby that is brought over after a longer interval was set reach as far as it asks. */
    @Test
    @Requirement(value = "APP-1", protocol = Protocol.UA)
    void afterALongerIntervalTheParkedQueuesAreLonger() {
        RedundantPair world = new RedundantPair(Mode.WARM).started();
        FakeClient client = world.client();
        client.monitor(client.subscribe(100), "x");
        world.time.run(1_000);
        long before = parkedQueue(world);
        PairSettings s = PairSettings.of("plant1", Mode.WARM, "member0", "member1");
        world.pair.settings(new PairSettings(
                s.name(),
                s.members(),
                s.mode(),
                s.failback(),
                Duration.ofSeconds(20),
                s.pingTimeout(),
                s.holdTimeout(),
                s.failbackDwell()));

        world.detach(1);
        world.attach(1);
        world.time.run(1_000);

        assertThat(parkedQueue(world)).isGreaterThan(3 * before);
    }

    private static long parkedQueue(RedundantPair world) {
        return world.b.session().subscriptions.only().item(FakeMember.node("x")).queueSize;
    }

    /** Its server would else keep the session, with its items, until that times out. */
    @Test
    @Requirement(value = "ENA-1", protocol = Protocol.UA)
    void standbyThatIsNotWantedAnyMoreIsToldSoAndALostActiveIsNot() {
        RedundantPair world = new RedundantPair(Mode.HOT).started();
        FakeClient client = world.client();
        client.monitor(client.subscribe(100), "x");
        world.time.run(1_000);
        FakeMemberSession active = world.a.session();
        FakeMemberSession standby = world.b.session();

        world.detach(1);
        world.time.run(100);
        assertThat(standby.closedPolitely).isTrue();
        assertThat(active.isOpen()).isTrue();
        world.attach(1);
        world.time.run(1_000);
        world.a.silent = true;
        world.lose(0);

        assertThat(active.closedPolitely).isFalse();
        assertThat(active.aborted).isTrue();
    }

    @Test
    void settingsOfAnotherPairAreADefect() {
        RedundantPair world = new RedundantPair(Mode.WARM);

        assertThatThrownBy(() -> world.pair.settings(PairSettings.of("other", Mode.HOT, "member0", "member1")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
