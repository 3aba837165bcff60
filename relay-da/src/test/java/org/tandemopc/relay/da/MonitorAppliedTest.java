package org.tandemopc.relay.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.core.monitor.MonitorResult;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Monitor items that come, change and go while clients are served. */
@Timeout(60)
class MonitorAppliedTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static String watching(String item) {
        return "    monitor:\n      items:\n        - item: " + item + "\n          updateRate: 100ms\n";
    }

    private static void awaitResult(PairUnderTest pair, MonitorResult wanted) {
        Await.until(
                "the primary's test: " + wanted,
                Rig.PATIENCE,
                () -> pair.snapshot().members().getFirst().monitor().result() == wanted);
    }

    @Test
    @Requirement(
            value = {"MON-1", "MON-18", "MON-20", "APP-1"},
            protocol = Protocol.DA)
    void whatIsAppliedIsTestedAndWhatIsNotIsNot() throws Exception {
        try (MemberUnderTest one = new MemberUnderTest("127.0.0.2");
                MemberUnderTest other = new MemberUnderTest("127.0.0.3")) {
            PairUnderTest.Spec spec = PairUnderTest.Spec.of(Mode.COLD, one, other);
            try (PairUnderTest pair = PairUnderTest.serving(folder, spec);
                    CounterClient stream = new CounterClient(pair.host())) {
                Instant since = pair.pair().sessions().getFirst().since();
                String watched = spec.text() + watching("counter.0");
                assertThat(pair.configurations().plan(watched).isApplicable()).isTrue();
                assertThat(pair.pair().config().monitoring().items()).isEmpty();

                pair.apply(watched);
                awaitResult(pair, MonitorResult.PASSED);
                pair.apply(spec.text());
                awaitResult(pair, MonitorResult.UNTESTED);

                stream.flow();
                stream.requireAll();
                assertThat(pair.pair().sessions().getFirst().since()).isEqualTo(since);
            }
        }
    }
}
