package org.tandemopc.relay.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.core.monitor.MonitorItem;
import org.tandemopc.core.monitor.MonitorResult;
import org.tandemopc.core.monitor.MonitorTrigger;
import org.tandemopc.core.monitor.MonitorType;
import org.tandemopc.core.monitor.Monitoring;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Servers that have one item by several ways, and ask which one is meant. */
@Timeout(60)
class AccessPathTest {
    private static final String PATH = "COM1.Modem2";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static MonitorItem item(String accessPath) {
        return new MonitorItem(
                "Boiler.Level",
                MonitorType.DEFAULT,
                Duration.ofMillis(100),
                new MonitorTrigger.BadQuality(),
                false,
                accessPath);
    }

    private static MonitorResult result(Path folder, MonitorItem item) throws Exception {
        try (ModelServer one = new ModelServer(java.net.InetAddress.ofLiteral("127.0.0.2"));
                ModelServer other = new ModelServer(java.net.InetAddress.ofLiteral("127.0.0.3"))) {
            for (ModelServer server : List.of(one, other)) {
                server.set("Boiler.Level", new Variant.R8(1));
                server.accessPath = PATH;
            }
            List<DaPairConfig.Member> members = List.of(
                    new DaPairConfig.Member(one.address(), ModelServer.CLSID, Logins.account()),
                    new DaPairConfig.Member(other.address(), ModelServer.CLSID, Logins.account()));
            try (TestTandem tandem = new TestTandem(
                    Mode.COLD, folder, members, account -> true, new Monitoring(1, List.of(item)), false)) {
                AtomicReference<MonitorResult> result = new AtomicReference<>();
                Await.until("the test of a member says something", TestTandem.PATIENCE, () -> {
                    tested(tandem).ifPresent(result::set);
                    return result.get() != null;
                });
                return result.get();
            }
        }
    }

    /** Of whichever is connected: on a busy machine the primary may not be there in time. */
    private static Optional<MonitorResult> tested(TestTandem tandem) {
        return tandem.pair().snapshot().members().stream()
                .map(member -> member.monitor().result())
                .filter(result -> result != MonitorResult.UNTESTED)
                .findFirst();
    }

    @Test
    @Requirement(value = "MON-5", protocol = Protocol.DA)
    void aMonitorItemIsAskedForByItsAccessPath() throws Exception {
        assertThat(result(folder.resolve("with"), item(PATH))).isEqualTo(MonitorResult.PASSED);
        assertThat(result(folder.resolve("without"), item(""))).isEqualTo(MonitorResult.FAILED);
    }
}
