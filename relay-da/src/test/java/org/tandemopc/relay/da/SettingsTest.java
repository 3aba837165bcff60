package org.tandemopc.relay.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.core.config.ConfigProblem;
import org.tandemopc.core.config.ConfigReading;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.service.ConfigStore;
import org.tandemopc.service.Configurations;
import org.tandemopc.service.rest.RestServer;
import org.tandemopc.service.rest.ServiceFacade;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** What a configuration says is done, also when it says something else while clients are served. */
@Timeout(60)
class SettingsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private MemberUnderTest one;

    @SuppressWarnings("NullAway.Init")
    private MemberUnderTest other;

    @BeforeEach
    void begin() throws IOException {
        one = new MemberUnderTest("127.0.0.2");
        other = new MemberUnderTest("127.0.0.3");
    }

    @AfterEach
    void end() {
        one.close();
        other.close();
    }

    /** Mode, failback, interval and timeout, one after the other, and the client has the same session and every value. */
    @Test
    @Requirement(
            value = {"APP-1", "GEN-10", "GEN-5", "GEN-6"},
            protocol = Protocol.DA)
    void settingsAreAppliedWhileClientsAreServed() throws Exception {
        PairUnderTest.Spec cold = PairUnderTest.Spec.of(Mode.COLD, one, other);
        try (PairUnderTest pair = PairUnderTest.serving(folder, cold);
                CounterClient stream = new CounterClient(pair.host())) {
            Instant since = pair.pair().sessions().getFirst().since();
            assertThat(other.server().clients()).isZero();

            PairUnderTest.Spec warm = cold.withMode(Mode.WARM).withStatus(100, 300);
            pair.apply(warm.text());
            pair.awaitReady(1);
            assertThat(pair.snapshot().mode()).isEqualTo(Mode.WARM);
            assertThat(other.server().groups()).isEqualTo(1);
            assertThat(other.server().sinks()).isEqualTo(1);

            pair.apply(warm.withMode(Mode.HOT).text());
            Await.until("told by both", Rig.PATIENCE, () -> other.server().sinks() == 2);
            pair.awaitReady(1);
            stream.flow();
            stream.requireAll();

            one.die();
            pair.awaitServing(1);
            one.comeBack();
            pair.awaitReady(0);
            assertThat(pair.isServing(1)).isTrue();
            pair.apply(warm.withMode(Mode.HOT).withFailback(true).text());
            pair.awaitServing(0);

            pair.apply(cold.text());
            Await.until("left alone", Rig.PATIENCE, () -> other.server().clients() == 0);
            stream.flow();
            stream.requireInOrder();
            assertThat(pair.pair().sessions()).hasSize(1);
            assertThat(pair.pair().sessions().getFirst().since()).isEqualTo(since);
        }
    }

    /** The interval and timeout that were applied are those that count. */
    @Test
    @Requirement(
            value = {"APP-1", "GEN-7", "GEN-8"},
            protocol = Protocol.DA)
    void anIntervalThatIsAppliedCountsAtOnce() throws Exception {
        PairUnderTest.Spec slow = PairUnderTest.Spec.of(Mode.WARM, one, other).withStatus(3_600_000, 60_000);
        try (PairUnderTest pair = PairUnderTest.serving(folder, slow);
                CounterClient stream = new CounterClient(pair.host())) {
            one.faults().hang(true);
            assertThat(pair.isServing(0)).isTrue();
            pair.apply(slow.withStatus(100, 300).text());
            pair.awaitServing(1);
            stream.flow();
            stream.requireInOrder();
            assertThat(pair.records(RecordKind.STATUS_LOST)).singleElement().satisfies(lost -> {
                assertThat(lost.fields()).containsEntry("member", 0).containsEntry("cause", "NO_ANSWER");
            });
        }
    }

    /** Nothing of a text counts before it is applied; then the file says what runs. */
    @Test
    @Requirement(value = "GEN-10", protocol = Protocol.DA)
    void whatIsNotAppliedDoesNotRunAndWhatRunsIsInTheFile() throws Exception {
        PairUnderTest.Spec warm = PairUnderTest.Spec.of(Mode.WARM, one, other);
        Path file = folder.resolve("tandem.yaml");
        try (PairUnderTest pair = PairUnderTest.serving(folder, warm);
                CounterClient stream = new CounterClient(pair.host())) {
            String hot = warm.withMode(Mode.HOT).text();
            Files.writeString(file, hot);
            assertThat(pair.configurations().plan(hot).isApplicable()).isTrue();
            stream.flow();
            assertThat(pair.snapshot().mode()).isEqualTo(Mode.WARM);
            assertThat(pair.configurations().text()).isEqualTo(warm.text());
            assertThat(pair.configurations().isFileEdited()).isTrue();

            String wrong = hot.replace("mode: hot", "mode: tepid");
            assertThat(pair.configurations().apply(wrong, null, "test"))
                    .isInstanceOf(Configurations.Outcome.Refused.class);
            assertThat(pair.snapshot().mode()).isEqualTo(Mode.WARM);

            pair.apply(hot);
            Await.until("hot", Rig.PATIENCE, () -> pair.snapshot().mode() == Mode.HOT);
            assertThat(Files.readString(file)).isEqualTo(hot);
            assertThat(pair.configurations().isFileEdited()).isFalse();
            stream.flow();
            stream.requireInOrder();
        }
    }

    /** Pairs come and go, one is disabled and enabled, and clients of the others notice nothing. */
    @Test
    @Requirement(value = "LIM-5", protocol = Protocol.DA)
    void noClientIsStartedAnewForAnotherPair() throws Exception {
        PairUnderTest.Spec warm = PairUnderTest.Spec.of(Mode.WARM, one, other);
        String second = warm.pair("Second.Server.1") + "    clsid: 6f5a0b11-3b7c-4f0e-8a8e-2f3d51c70009\n";
        try (PairUnderTest pair = PairUnderTest.serving(folder, warm);
                CounterClient stream = new CounterClient(pair.host())) {
            Instant since = pair.pair().sessions().getFirst().since();
            pair.apply(warm.text() + second);
            Await.until(
                    "the second pair serves",
                    Rig.PATIENCE,
                    () -> pair.runtime()
                            .pair("Second.Server.1")
                            .filter(added -> added.snapshot().phase().equals("serving"))
                            .isPresent());
            pair.runtime().pair("Second.Server.1").orElseThrow().disable("test");
            pair.runtime().pair("Second.Server.1").orElseThrow().enable("test");
            pair.apply(warm.text());
            assertThat(pair.runtime().pairs()).hasSize(1);
            stream.flow();
            stream.requireAll();
            assertThat(pair.pair().sessions().getFirst().since()).isEqualTo(since);
        }
    }

    /** What its clients meet: they activate anew by the same name and class, without being started anew. */
    @Test
    @Requirement(value = "LIM-5", protocol = Protocol.DA)
    void aPairIsDisabledAndEnabledWhileAClientRuns() throws Exception {
        try (PairUnderTest pair = PairUnderTest.serving(folder, PairUnderTest.Spec.of(Mode.WARM, one, other));
                CounterClient _ = new CounterClient(pair.host())) {
            pair.pair().disable("test");
            pair.awaitPhase("disabled");
            Await.until("left alone", Rig.PATIENCE, () -> one.server().clients() == 0);
            pair.pair().enable("test");
            pair.awaitServing(0);
            try (CounterClient again = new CounterClient(pair.host())) {
                again.requireInOrder();
            }
        }
    }

    /** Any way to write a host is taken, and members of one machine are two servers. */
    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1"})
    @Requirement(
            value = {"GEN-1", "GEN-3", "GEN-4"},
            protocol = Protocol.DA)
    void membersMayBeOnThisMachineByNameOrAddress(String host) throws Exception {
        try (MemberUnderTest first = new MemberUnderTest("127.0.0.1");
                MemberUnderTest second = new MemberUnderTest("127.0.0.1")) {
            PairUnderTest.Spec spec = PairUnderTest.Spec.of(
                    Mode.WARM,
                    List.of(
                            PairUnderTest.Spec.member(host, first.port()),
                            PairUnderTest.Spec.member(host, second.port())));
            try (PairUnderTest pair = PairUnderTest.serving(folder, spec);
                    CounterClient stream = new CounterClient(pair.host())) {
                assertThat(pair.texts())
                        .contains("Connected to 'Plant.Server.1' on primary machine '%s:%d'."
                                .formatted(host, first.port()));
                first.die();
                pair.awaitServing(1);
                stream.flow();
                stream.requireInOrder();
            }
        }
    }

    /** Allowed, as the manual's own example has it, and said to be no redundancy. */
    @Test
    @Requirement(value = "GEN-4", protocol = Protocol.DA)
    void oneServerTwiceIsServedWithAWarning() throws Exception {
        PairUnderTest.Spec twice = PairUnderTest.Spec.of(Mode.WARM, one, one);
        ConfigReading reading = new ConfigStore(folder.resolve("none.yaml"), folder, Map.of()).check(twice.text());
        assertThat(reading.hasErrors()).isFalse();
        assertThat(reading.problems())
                .extracting(ConfigProblem::message)
                .anySatisfy(message -> assertThat(message).contains("no redundancy"));

        try (PairUnderTest pair = PairUnderTest.serving(folder, twice);
                CounterClient stream = new CounterClient(pair.host())) {
            stream.requireInOrder();
        }
    }

    /** A pair whose configuration names no mode is a warm one. */
    @Test
    @Requirement(value = "GEN-5", protocol = Protocol.DA)
    void withoutAModeAPairIsWarm() throws Exception {
        PairUnderTest.Spec spec = PairUnderTest.Spec.of(Mode.WARM, one, other);
        try (PairUnderTest pair = new PairUnderTest(folder, spec, spec.text().replace("    mode: warm\n", ""));
                CounterClient stream = new CounterClient(pair.host())) {
            pair.awaitReady(1);
            assertThat(pair.snapshot().mode()).isEqualTo(Mode.WARM);
            assertThat(other.server().groups()).isEqualTo(1);
            assertThat(other.server().sinks()).isEqualTo(1);
            stream.requireInOrder();
        }
    }

    /** Who shows and commands it may come and go: the interface for that opens and closes, and values go on. */
    @Test
    @Requirement(value = "ARC-3", protocol = Protocol.DA)
    void dataNeedNobodyWhoWatches() throws Exception {
        try (PairUnderTest pair = PairUnderTest.serving(folder, PairUnderTest.Spec.of(Mode.HOT, one, other));
                CounterClient stream = new CounterClient(pair.host())) {
            ServiceFacade facade =
                    new ServiceFacade(pair.runtime(), pair.configurations(), null, null, "test", null, Instant.now());
            InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            try (RestServer console = RestServer.start(anyPort, facade, folder)) {
                assertThat(console.address().getPort()).isPositive();
                stream.flow();
            }
            stream.flow();
            one.die();
            pair.awaitServing(1);
            stream.flow();
            stream.requireAll();
        }
    }
}
