package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.history.Story;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.TandemRecord;
import org.tandemopc.it.pair.Timelines;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.ServerProcess;
import org.tandemopc.testkit.proxy.Fault;

/**
 * A member comes back with another certificate: nothing is read of it and nothing sent to it until somebody has compared;
 * the other one serves meanwhile.
 */
@ExtendWith(Timelines.class)
@Timeout(240)
class CertificateIT {
    private static final String[] SECURED = {"--policy", "basic256sha256", "--user", "operator:secret"};

    /** First the active one, which so becomes the standby; then that standby once more. */
    @ParameterizedTest
    @EnumSource(names = {"WARM", "HOT"})
    @Requirement(
            value = {"CON-2", "S27", "I1", "I2", "I3"},
            protocol = Protocol.UA)
    void aMemberWithAnotherCertificateIsNoStandbyUntilItIsTrusted(Mode mode) throws Exception {
        try (PairUnderTest pair = start(mode)) {
            pair.awaitReady();
            int changed = pair.active();
            int other = 1 - changed;
            Story story = Story.of(pair);
            StreamClient client = busyClient(pair);
            try (ServerProcess second = successor(pair, changed);
                    ServerProcess third = successor(pair, changed)) {
                second.awaitReady();
                third.awaitReady();
                long fromMs = System.currentTimeMillis();
                replace(pair, changed, second);
                pair.awaitServing(other);
                refusedUntilTrusted(pair, story, client, changed, second, 1);
                story.struck("active replaced", changed, fromMs, LossCause.CONNECTION_CLOSED);

                long epoch = pair.epoch();
                long againMs = System.currentTimeMillis();
                replace(pair, changed, third);
                refusedUntilTrusted(pair, story, client, changed, third, 2);
                story.struck("standby replaced", changed, againMs);
                assertThat(pair.epoch())
                        .as("a fault of the standby moves nobody")
                        .isEqualTo(epoch);

                long orderedMs = System.currentTimeMillis();
                pair.tandem().command("switch " + PairUnderTest.NAME + " " + changed);
                pair.awaitServing(changed);
                client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
                client.stopWorking();
                story.struck("order", other, orderedMs, LossCause.ORDERED);
                assertThat(story.findings(client, true)).isEmpty();
            }
        }
    }

    /**
     * Nobody is at a standby that could see its certificate: it is refused when it is needed, and clients are told that
     * there is nobody, until it is trusted.
     */
    @ParameterizedTest
    @EnumSource(names = "COLD")
    @Requirement(
            value = {"CON-2", "S27", "S12", "I1", "I2", "I3", "I11"},
            protocol = Protocol.UA)
    void inColdModeItIsRefusedWhenItIsNeeded(Mode mode) throws Exception {
        try (PairUnderTest pair = start(mode)) {
            int changed = pair.active();
            int other = 1 - changed;
            Story story = Story.of(pair);
            StreamClient client = busyClient(pair);
            try (ServerProcess second = successor(pair, changed)) {
                second.awaitReady();
                long fromMs = System.currentTimeMillis();
                replace(pair, changed, second);
                pair.awaitServing(other);
                client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
                long outageMs = System.currentTimeMillis();
                pair.proxy(other).set(Fault.Door.REFUSE);
                pair.proxy(other).strike(Fault.Strike.RESET);
                pair.tandem().awaitPhase(PairUnderTest.NAME, "stranded", PairUnderTest.LONG);
                assertRefused(pair, story, changed, second, 1);
                trust(pair);
                pair.awaitServing(changed);
                client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
                client.stopWorking();
                LossCause[] both = {LossCause.CONNECTION_CLOSED, LossCause.CONNECT_FAILED, LossCause.REHOME_FAILED};
                story.struck("replaced", changed, fromMs, both);
                story.struck("away", other, outageMs, both);
                assertThat(story.findings(client, false)).isEmpty();
            }
        }
    }

    private static PairUnderTest start(Mode mode) {
        return PairUnderTest.behindProxies(mode, spec -> spec.withSecurity().withTrustListed(), SECURED);
    }

    /** The same application with the same ledger, and with another key and certificate. */
    private static ServerProcess successor(PairUnderTest pair, int member) {
        ServerProcess first = pair.server(member);
        String[] more = {"--ledger", first.ledgerFile().toString()};
        String[] options = Stream.of(SECURED, more).flatMap(Stream::of).toArray(String[]::new);
        return ServerProcess.launchOnly(first.name(), List.of("-Xmx256m"), options);
    }

    private static void replace(PairUnderTest pair, int member, ServerProcess by) {
        pair.proxy(member).moveTo(by.port());
        pair.proxy(member).strike(Fault.Strike.RESET);
    }

    private static StreamClient busyClient(PairUnderTest pair) throws Exception {
        StreamClient client = pair.connectAs("operator", "secret");
        client.watchCounters(0, 4, StreamClient.Subscribing.NORMAL);
        client.keepReading(Duration.ofMillis(50));
        client.keepWriting("static/0", Duration.ofMillis(50));
        return client;
    }

    private static void refusedUntilTrusted(
            PairUnderTest pair, Story story, StreamClient client, int member, ServerProcess stranger, int times) {
        assertRefused(pair, story, member, stranger, times);
        client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
        assertThat(pair.active()).isEqualTo(1 - member);
        assertThat(pair.tandem().status(PairUnderTest.NAME, "ready").charAt(member))
                .isEqualTo('0');
        trust(pair);
        pair.awaitReady();
        assertThat(story.records("CERTIFICATE_REFUSED")).hasSize(times);
    }

    private static void assertRefused(PairUnderTest pair, Story story, int member, ServerProcess stranger, int times) {
        Path another = pair.tandem().awaitRefusedMembers(1, PairUnderTest.LONG).getFirst();
        Await.until(
                "the refusal is recorded",
                PairUnderTest.LONG,
                () -> story.records("CERTIFICATE_REFUSED").size() == times);
        TandemRecord record = story.records("CERTIFICATE_REFUSED").getLast();
        assertThat(another.getFileName().toString()).contains(record.field("thumbprint"));
        assertThat(record.text()).contains(pair.machines().get(member));
        assertThat(stranger.stat("sessions")).as("sessions with a stranger").isZero();
    }

    private static void trust(PairUnderTest pair) {
        List<Path> refused = pair.tandem().awaitRefusedMembers(1, PairUnderTest.LONG);
        pair.tandem().trustMembers(refused);
    }
}
