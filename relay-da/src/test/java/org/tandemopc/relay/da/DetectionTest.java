package org.tandemopc.relay.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.opcda.OpcServerState;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** How soon and by what a member is found to be lost, or no member at all. */
@Timeout(60)
class DetectionTest {
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

    /** The mean, since a busy machine delays a single question. */
    @Test
    @Requirement(
            value = {"GEN-7", "GEN-9"},
            protocol = Protocol.DA)
    void everyConnectedMemberIsAskedForItsStatusAtTheInterval() throws Exception {
        try (ModelServer first = new ModelServer(InetAddress.ofLiteral("127.0.0.2"));
                ModelServer second = new ModelServer(InetAddress.ofLiteral("127.0.0.3"));
                PairUnderTest pair =
                        new PairUnderTest(folder, spec(Mode.WARM, first, second).withStatus(150, 500))) {
            pair.awaitReady(1);
            for (ModelServer server : List.of(first, second)) {
                int before = server.statusNanos.size();
                Await.until("asked", Rig.PATIENCE, () -> server.statusNanos.size() >= before + 13);
                List<Long> times = server.statusNanos.subList(before + 1, before + 13);
                double meanMs = (times.getLast() - times.getFirst()) / 11e6;
                assertThat(meanMs).isBetween(135.0, 165.0);
            }
        }
    }

    private static PairUnderTest.Spec spec(Mode mode, ModelServer first, ModelServer second) {
        return PairUnderTest.Spec.of(
                mode, List.of(section(first, ModelServer.CLSID), section(second, ModelServer.CLSID)));
    }

    private static String section(ModelServer server, Guid clsid) {
        return PairUnderTest.Spec.member(
                server.address().name(), server.address().resolverPort(), clsid);
    }

    /** The other connections of a member that hangs stand, and its resolver answers: only the question tells. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(
            value = {"GEN-8", "CON-2"},
            protocol = Protocol.DA)
    void aMemberThatHangsIsLeftWithinIntervalAndTimeout(Mode mode) throws Exception {
        int intervalMs = 400;
        int timeoutMs = 600;
        try (PairUnderTest pair = PairUnderTest.serving(
                        folder, PairUnderTest.Spec.of(mode, one, other).withStatus(intervalMs, timeoutMs));
                CounterClient stream = new CounterClient(pair.host())) {
            if (mode != Mode.COLD) {
                pair.awaitReady(1);
            }
            long hung = System.nanoTime();
            one.faults().hang(true);
            pair.awaitServing(1);
            stream.flow();

            PairRecord lost = pair.records(RecordKind.STATUS_LOST).getFirst();
            assertThat(lost.fields()).containsEntry("cause", "NO_ANSWER");
            OptionalLong left = pair.pair().leftActiveAfter(hung);
            long tookMs = (left.orElseThrow() - hung) / 1_000_000;
            // a question that was answered just before may be up to an interval old; what a busy machine adds is not
            // Tandem's
            assertThat(tookMs).isBetween((long) timeoutMs - 50, (long) intervalMs + timeoutMs + 300);
            String evidence = String.valueOf(lost.fields().get("detail"));
            assertThat(evidence).matches("no answer within \\d+ ms");
            assertThat(Long.parseLong(evidence.replaceAll("\\D", ""))).isBetween(600L, 900L);
        }
    }

    /** Causes of the manual that a server can be made to have; what they are called is the concern of the records. */
    private enum Failure {
        MACHINE_STOPS,
        SERVER_IS_STOPPED,
        NETWORK_IS_SILENT,
        SERVER_IS_IN_ERROR,
        LOGIN_CHANGES
    }

    @ParameterizedTest
    @EnumSource(Failure.class)
    @Requirement(value = "CON-2", protocol = Protocol.DA)
    void whateverFailsAtTheActiveTheOtherServesNext(Failure failure) throws Exception {
        try (PairUnderTest pair = PairUnderTest.serving(
                        folder, PairUnderTest.Spec.of(Mode.WARM, one, other).withFailback(true));
                CounterClient stream = new CounterClient(pair.host())) {
            switch (failure) {
                case MACHINE_STOPS -> one.die();
                case SERVER_IS_STOPPED ->
                    assertThat(one.server().requestShutdown("by a user")).isPositive();
                case NETWORK_IS_SILENT -> one.faults().hang(true);
                case SERVER_IS_IN_ERROR -> one.faults().state(OpcServerState.NO_CONFIG);
                case LOGIN_CHANGES -> {
                    one.die();
                    one.comeBackWithPassword("Other1!");
                }
            }
            Await.until(
                    "served by the other",
                    Rig.PATIENCE,
                    () -> !pair.records(RecordKind.PROMOTED).isEmpty());
            stream.flow();
            stream.requireInOrder();
            if (failure == Failure.LOGIN_CHANGES) {
                pair.awaitRecords(RecordKind.CONNECT_FAILED, 1);
                assertThat(pair.isServing(1)).isTrue();
                // refused, or not tried any more after two refusals, so that the account is not locked
                assertThat(String.valueOf(pair.records(RecordKind.CONNECT_FAILED)
                                .getFirst()
                                .fields()))
                        .containsPattern("code=%d|logins in a row as .* were refused"
                                .formatted(Integer.toUnsignedLong(HResult.E_ACCESSDENIED)));
            }
        }
    }

    /** What a library in the process of its client is asked for at another machine: there is no such class to be activated. */
    @Test
    @Requirement(
            value = {"SYS-9", "LIM-4"},
            protocol = Protocol.DA)
    void aClassThatNoProcessServesIsToldInWords() throws Exception {
        Guid library = Guid.of("6f5a0b11-3b7c-4f0e-8a8e-2f3d51c7dead");
        List<String> members =
                List.of(PairUnderTest.Spec.member(one.host(), one.port(), library), PairUnderTest.Spec.member(other));
        try (PairUnderTest pair = new PairUnderTest(folder, PairUnderTest.Spec.of(Mode.WARM, members))) {
            pair.awaitServing(1);
            pair.awaitRecords(RecordKind.CONNECT_FAILED, 1);

            PairRecord failed = pair.records(RecordKind.CONNECT_FAILED).getFirst();
            assertThat(failed.text()).endsWith("machine '%s' (Error = 0x80040154).".formatted(one.machine()));
            assertThat(String.valueOf(failed.fields().get("detail")))
                    .containsIgnoringCase("6f5a0b11-3b7c-4f0e-8a8e-2f3d51c7dead")
                    .containsIgnoringCase("class");
        }
    }
}
